"""An ONNX file as a model whose every number is at hand; what is not sound is refused."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from graphlib import CycleError, TopologicalSorter
from math import prod
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from google.protobuf.message import DecodeError
from onnx import (
    ModelProto,
    NodeProto,
    TensorProto,
    external_data_helper,
    helper,
    inliner,
    numpy_helper,
)
from onnx.checker import ValidationError

from netsym.errors import SpecError
from netsym.files.bounded import opened

Numbers = dict[str, npt.NDArray[Any]]  # by their names

MOST_BYTES = 2**31  # of a file, as of every protobuf
_MOST_NODES = 200_000


def model_in(path: Path) -> tuple[ModelProto, Numbers]:
    """The model in a file, and its numbers apart from it; raises `SpecError` for what is none.

    The memory of the whole file, which a message of protobuf keeps to its end, is given back.
    """
    whole = _parsed(path)
    numbers = initializers(whole, path.parent)
    for tensor in whole.graph.initializer:
        tensor.ClearField("raw_data")
    model = ModelProto()
    model.CopyFrom(whole)
    return model, numbers


def _parsed(path: Path) -> ModelProto:
    with opened(path, MOST_BYTES) as file:
        content = file.read()
    model = ModelProto()
    try:
        model.ParseFromString(content)
    except DecodeError:
        raise SpecError(f"{path} is no ONNX model, or cut off; export it again") from None
    if not model.HasField("graph") or not model.graph.output:
        raise SpecError(f"{path} is no ONNX model: it has no graph with outputs")
    return model


def checked(model: ModelProto) -> ModelProto:
    """The model with functions of its own laid out; raises `SpecError` if it is not sound."""
    if model.functions:
        model = _inlined(model)
    if len(model.graph.node) > _MOST_NODES:
        raise SpecError(
            f"the graph has {len(model.graph.node):,} nodes; at most {_MOST_NODES:,} are read"
        )
    known = {each.name for each in model.graph.input}
    known |= {each.name for each in model.graph.initializer}
    known |= {each.values.name for each in model.graph.sparse_initializer}
    for node in model.graph.node:
        for name in node.input:
            if name and name not in known:
                raise SpecError(
                    f"{node.op_type} {_shown(node.name)}reads {name[:60]!r}, which nothing before "
                    "it gives: the graph has a cycle, or is incomplete"
                )
        known.update(node.output)
    return model


def _inlined(model: ModelProto) -> ModelProto:
    """The model with its functions laid out, after a look at how many nodes that gives."""
    bodies = {(each.domain, each.name): each.node for each in model.functions}
    called = {
        key: [(node.domain, node.op_type) for node in _nested(body)] for key, body in bodies.items()
    }
    counts = dict[tuple[str, str], int]()
    try:
        for key in TopologicalSorter(called).static_order():
            counts[key] = sum(counts[inner] for inner in called[key]) if key in called else 1
        count = sum(counts.get((n.domain, n.op_type), 1) for n in _nested(model.graph.node))
        if count > _MOST_NODES:
            raise SpecError(
                f"its functions laid out are {count:,} nodes; at most {_MOST_NODES:,} are read"
            )
        return inliner.inline_local_functions(model)
    except (CycleError, ValidationError) as error:
        raise SpecError(f"its functions cannot be laid out: {str(error)[:200]}") from None


def _nested(nodes: Iterable[NodeProto]) -> Iterator[NodeProto]:
    """Nodes, and those of the graphs in them, which protobuf reads to a depth of 100 messages."""
    for node in nodes:
        yield node
        for each in node.attribute:
            for graph in (*each.graphs, each.g):
                yield from _nested(graph.node)


def _shown(name: str) -> str:
    return f"(node {name[:60]!r}) " if name else ""


def opset_of(model: ModelProto) -> int:
    """The version of ONNX's own operators."""
    versions = [each.version for each in model.opset_import if each.domain in ("", "ai.onnx")]
    return max(versions, default=1)


def initializers(model: ModelProto, folder: Path | None) -> Numbers:
    """The numbers of a model by their names; those beside the file must lie in its folder."""
    if model.graph.sparse_initializer:
        raise SpecError("the model has sparse numbers; export it with dense ones")
    return {tensor.name: array_of(tensor, folder) for tensor in model.graph.initializer}


def array_of(tensor: TensorProto, folder: Path | None) -> npt.NDArray[Any]:
    """The numbers of a tensor; raises `SpecError` if they are not as many as it says."""
    where = f"tensor {tensor.name[:60]!r}"
    if tensor.data_type not in _types():
        raise SpecError(f"{where} has a type of numbers that is not known: {tensor.data_type}")
    if external_data_helper.uses_external_data(tensor):
        return _beside(tensor, folder, where)
    if tensor.HasField("raw_data") and tensor.data_type in _WIDTHS:
        dtype = helper.tensor_dtype_to_np_dtype(tensor.data_type)
        raw = tensor.raw_data  # a copy, which the array is made of
        _check_shape(tensor, len(raw) // _WIDTHS[tensor.data_type], where)
        return np.frombuffer(raw, dtype=dtype.newbyteorder("<")).reshape(tuple(tensor.dims))
    _check_shape(tensor, _listed(tensor), where)
    try:
        return np.asarray(numpy_helper.to_array(tensor))
    except (ValueError, TypeError) as error:
        raise SpecError(f"{where} cannot be read: {str(error)[:100]}") from None


def _check_shape(tensor: TensorProto, held: int | None, where: str) -> None:
    if any(n < 0 for n in tensor.dims) or held not in (None, prod(tensor.dims)):
        shape = " x ".join(map(str, tensor.dims))[:60]
        raise SpecError(f"{where} says that it has the shape {shape}, but holds {held} numbers")


def _types() -> set[int]:
    return {int(each) for each in helper.get_all_tensor_dtypes()}


def _listed(tensor: TensorProto) -> int | None:
    """How many numbers the lists of a tensor hold; None where several are packed in a byte."""
    if tensor.HasField("raw_data") or tensor.data_type > TensorProto.UINT64:
        return None
    fields = (tensor.float_data, tensor.double_data, tensor.int32_data, tensor.int64_data,
              tensor.uint64_data, tensor.string_data)  # fmt: skip
    return sum(map(len, fields))


#: How many bytes a number has, by its type, where it has whole ones.
_WIDTHS = {1: 4, 2: 1, 3: 1, 4: 2, 5: 2, 6: 4, 7: 8, 9: 1, 10: 2, 11: 8, 12: 4, 13: 8, 16: 2}


def _beside(tensor: TensorProto, folder: Path | None, where: str) -> npt.NDArray[Any]:
    """Numbers in a file of their own, beside that of the model."""
    said = {entry.key: entry.value for entry in tensor.external_data}
    location = said.get("location", "")
    if folder is None:
        raise SpecError(f"{where} lies in the file {location[:60]!r}; give the path of the model")
    inside = os.path.realpath(folder)
    path = os.path.realpath(folder / location)
    if not location or os.path.commonpath([inside, path]) != inside:
        raise SpecError(f"{where} lies in {location[:60]!r}, outside of the model's folder")
    dtype = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.data_type))
    count = prod(tensor.dims)
    try:
        offset = int(said.get("offset", 0) or 0)
        length = int(said.get("length", 0) or count * dtype.itemsize)
    except ValueError:
        raise SpecError(f"{where} has an offset or a length that is no number") from None
    with opened(Path(path), 2**36) as file:
        size = os.fstat(file.fileno()).st_size
        if not (0 <= offset <= size and length == count * dtype.itemsize <= size - offset):
            raise SpecError(f"{where} goes beyond the end of {location[:60]!r}, which is cut off")
        file.seek(offset)
        return np.frombuffer(file.read(length), dtype=dtype).reshape(tuple(tensor.dims))
