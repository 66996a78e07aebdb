"""One operator of ONNX computed with NumPy by ONNX's own reference: of constants, and of places."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper
from onnx.reference import ReferenceEvaluator

from netsym.layers import Shape, refuse_vast
from netsym.readers.graph.traced import Unreadable

Array = npt.NDArray[Any]

#: What only moves values, by its first input.
MOVES = frozenset({
    "CenterCropPad", "Compress", "DepthToSpace", "Expand", "Flatten", "Gather", "GatherElements",
    "GatherND", "Pad", "Reshape", "ReverseSequence", "Slice", "SpaceToDepth", "Split", "Squeeze",
    "Tile", "Transpose", "Trilu", "Unsqueeze",
})  # fmt: skip
#: What is another number every time.
_RANDOM = ("Random", "Bernoulli", "Multinomial", "Dropout")


def evaluated(node: onnx.NodeProto, arrays: Mapping[str, Array], opset: int) -> list[Array]:
    """The outputs of a node, from its inputs by name; those that are left out are None.

    Raises `Unreadable` for what would be vast, random, or no array.
    """
    if node.domain not in ("", "ai.onnx") or node.op_type.startswith(_RANDOM):
        raise Unreadable("is random, or not of ONNX's own operators")
    if any(attribute.HasField("g") or attribute.graphs for attribute in node.attribute):
        raise Unreadable("has graphs of its own")
    _refuse_vast(node, arrays)
    outputs = [name for name in node.output if name]
    graph = helper.make_graph(
        [node],
        "one operator",
        [helper.make_value_info(name, onnx.TypeProto()) for name in arrays],
        [helper.make_value_info(name, onnx.TypeProto()) for name in outputs],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
    try:
        with np.errstate(all="ignore"):
            found = ReferenceEvaluator(model).run(None, dict(arrays))
    except Exception as error:  # whatever a node of a stranger's file does to the reference
        raise Unreadable(f"cannot be computed: {str(error).splitlines()[0][:200]}") from None
    if not all(isinstance(each, (np.ndarray, np.generic)) for each in found):
        raise Unreadable("gives no array")
    by_name = dict(zip(outputs, found, strict=True))
    return [np.asarray(by_name[name]) if name else None for name in node.output]  # type: ignore[misc]


def _refuse_vast(node: onnx.NodeProto, arrays: Mapping[str, Array]) -> None:
    """Raise `SpecError` for what would fill the memory, before it is computed."""
    given = [arrays[name] if name else None for name in node.input]
    rule = _LENGTHS.get(node.op_type, _broadcast)
    try:
        lengths = [int(n) for n in rule(given)]
    except (ValueError, TypeError, IndexError, OverflowError):
        raise Unreadable("has inputs whose shapes do not fit") from None
    refuse_vast("would make", *lengths)


def _broadcast(given: Sequence[Array | None]) -> Shape:
    shapes = [each.shape for each in given if each is not None]
    try:
        return np.broadcast_shapes(*shapes)
    except ValueError:
        return (prod(max(prod(shape), 1) for shape in shapes),)


def _asked(given: Sequence[Array | None]) -> Shape:
    """The shape that the one input is."""
    (shape,) = given
    return () if shape is None else tuple(shape.tolist())


def _expanded(given: Sequence[Array | None]) -> Shape:
    values, shape = given
    assert values is not None and shape is not None
    return np.broadcast_shapes(values.shape, tuple(shape.tolist()))


def _tiled(given: Sequence[Array | None]) -> Shape:
    values, times = given[:2]
    assert values is not None and times is not None
    return (*values.shape, *times.reshape(-1).tolist())


def _ranged(given: Sequence[Array | None]) -> Shape:
    start, stop, step = (float(each) for each in given if each is not None)
    return (max(int((stop - start) / step) + 1, 0),)


def _padded(given: Sequence[Array | None]) -> Shape:
    values = given[0]
    assert values is not None
    pads = given[1] if len(given) > 1 and given[1] is not None else np.zeros(1)
    longest = max([0, *map(int, pads.reshape(-1).tolist())])
    return tuple(n + 2 * longest for n in values.shape) if longest > 1000 else values.shape


def _as_large(given: Sequence[Array | None]) -> Shape:
    return given[0].shape if given and given[0] is not None else ()


def _picked(given: Sequence[Array | None]) -> Shape:
    values, places = given[:2]
    assert values is not None and places is not None
    return (max(values.shape, default=1) and values.size // max(min(values.shape, default=1), 1),
            places.size)  # fmt: skip


def _joined(given: Sequence[Array | None]) -> Shape:
    return (sum(each.size for each in given if each is not None),)


def _multiplied(given: Sequence[Array | None]) -> Shape:
    left, right = (each for each in given[:2] if each is not None)
    places = np.broadcast_shapes(left.shape[:-2], right.shape[:-2])
    return (*places, *left.shape[-2:-1], *right.shape[-1:])


def _one_hot(given: Sequence[Array | None]) -> Shape:
    values, depth = given[:2]
    assert values is not None and depth is not None
    return (values.size, int(depth.reshape(-1)[0]))


_LENGTHS: Mapping[str, Callable[[Sequence[Array | None]], Sequence[Any]]] = {
    **dict.fromkeys(MOVES, _as_large),
    "ConstantOfShape": _asked, "Expand": _expanded, "Tile": _tiled, "Range": _ranged,
    "Pad": _padded, "Gather": _picked, "GatherND": _as_large, "Concat": _joined,
    "MatMul": _multiplied, "Gemm": _multiplied, "OneHot": _one_hot, "Resize": _as_large,
    **dict.fromkeys(("ReduceSum", "ReduceMean", "ReduceMax", "ReduceMin", "ReduceProd",
                     "ReduceL1", "ReduceL2", "Softmax", "LogSoftmax", "ArgMax", "ArgMin",
                     "DequantizeLinear", "QuantizeLinear", "CumSum", "TopK", "ScatterND",
                     "ScatterElements", "Constant", "Cast", "Clip", "OneHotEncoder"), _as_large),
}  # fmt: skip
