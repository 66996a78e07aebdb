"""A model of ONNX, in memory or in a file, as a network."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from onnx import ModelProto, ValueInfoProto

from netsym.errors import SpecError, checked_whole, did_you_mean
from netsym.network.network import Network
from netsym.readers.graph.reading import End, Graph, called, network, read_twice
from netsym.readers.onnx.model import checked, initializers, model_in, opset_of
from netsym.readers.onnx.reader import Reader
from netsym.wording import few

_MOST_SAID = 5  # outputs that are left out
_ONE_EXAMPLE = (
    "export it with one example, and give that length: from_onnx(…, lengths={'N': 1}) where the "
    "axis of the examples is called N"
)


def network_of_model(
    model: Any, lengths: Mapping[str, int], outputs: Sequence[str], all_digits: bool
) -> Network:
    """What `netsym.from_onnx` gives."""
    if isinstance(model, ModelProto):
        title, numbers = model.graph.name, initializers(model, None)
    else:
        path = Path(os.fspath(model))
        title = path.stem
        model, numbers = model_in(path)
    model = checked(model)
    given = [each for each in model.graph.input if each.name not in numbers]
    ends, is_fixed = _ends(given, lengths)
    wanted = _wanted(model, outputs)

    def read(count: int) -> Graph:
        names = called(ends)
        graph = Graph.of(ends, all_digits)
        known: dict[str, Any] = {"": None, **numbers}
        for end, name in zip(ends, names, strict=True):
            known[end.name] = end.traced(name, count)
        Reader(graph, numbers, opset_of(model)).read(model.graph.node, known, wanted)
        for name in wanted:
            if known.get(name) is not None:
                graph.give(name, known[name])
            elif not graph.refused:
                graph.refused.append(f"output {name!r} is given by no node")
        return graph

    graph = read_twice(read, ends, is_fixed, _ONE_EXAMPLE)
    numbers.clear()  # layers have those that they need
    left = [each.name for each in model.graph.output if each.name not in wanted]
    notes = [f"outputs left out: {few([*map(repr, left)], _MOST_SAID)}"] if left else []
    return network(title or "onnx", ends, graph, notes)


def _wanted(model: ModelProto, outputs: Sequence[str]) -> list[str]:
    known = [each.name for each in model.graph.output]
    for name in outputs:
        if name not in known:
            raise SpecError(f"the model has no output {name!r}; {did_you_mean(name, known)}")
    return list(outputs) or known


def _ends(given: Sequence[ValueInfoProto], lengths: Mapping[str, int]) -> tuple[list[End], bool]:
    """The inputs, and whether the axis of the examples has a fixed length, which is 1."""
    if not given:
        raise SpecError("the model has no inputs, so there is nothing to compute")
    shapes = [_dimensions(each) for each in given]
    free = [
        (axis, name)
        for shape in shapes
        for axis, name in enumerate(shape)
        if isinstance(name, str) and name not in lengths
    ]
    examples = next((name for axis, name in free if axis == 0), free[0][1] if free else None)
    ends, fixed = list[End](), examples is None
    for value, shape in zip(given, shapes, strict=True):
        batch = None
        whole = list[int]()
        for axis, length in enumerate(shape):
            if isinstance(length, str) and length in lengths:
                length = checked_whole(f"the length of {length!r}", lengths[length], 1)
            if isinstance(length, str) and batch is None and (length == examples or (
                    not length and axis == 0)):  # fmt: skip
                batch, length = axis, 1
            if isinstance(length, str):
                raise SpecError(
                    f"axis {axis + 1} of input {value.name[:60]!r}, {length[:60]!r}, has no fixed "
                    f"length; give one: from_onnx(…, lengths={{{length[:60]!r}: 8}})"
                )
            whole.append(length)
        if fixed and len(whole) > 1 and whole[0] == 1:
            batch = 0
        ends.append(End(value.name, tuple(whole), batch))
    if fixed and any(end.batch is None for end in ends):
        ends = [End(end.name, end.shape, None) for end in ends]
    return ends, fixed


def _dimensions(value: ValueInfoProto) -> list[int | str]:
    """The lengths of the axes of an input; a name, which may be empty, where there is none."""
    tensor = value.type.tensor_type
    if not value.type.HasField("tensor_type") or not tensor.HasField("shape"):
        raise SpecError(f"input {value.name[:60]!r} is no array of known axes")
    if tensor.elem_type not in (1, 10, 11, 16):
        raise SpecError(
            f"input {value.name[:60]!r} has whole numbers or texts; only floats are read: a choice "
            "among words is a formula of one-hot rows, or of the vectors of the words, so export "
            "what follows the embedding, or have x @ embedding.weight in the place of embedding(x)"
        )
    found: list[int | str] = []
    for dim in tensor.shape.dim:
        if dim.HasField("dim_value") and dim.dim_value < 1:
            raise SpecError(f"input {value.name[:60]!r} has an axis of length {dim.dim_value}")
        found.append(dim.dim_value if dim.HasField("dim_value") else dim.dim_param)
    return found
