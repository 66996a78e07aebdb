"""A graph of ONNX, node by node: constants computed, movement followed, operators as layers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from onnx import AttributeProto, NodeProto, helper

from netsym.errors import SpecError
from netsym.readers.graph.operations import Value
from netsym.readers.graph.reading import Graph
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.onnx.folding import MOVES, evaluated
from netsym.readers.onnx.functions import body_of
from netsym.readers.onnx.model import array_of
from netsym.readers.onnx.operator import Operator
from netsym.readers.onnx.operators import OPERATORS

_DEEPEST = 8  # definitions within each other
#: What a node raises that is refused, or whose shapes and attributes NumPy cannot make sense of.
_MISFITS = (SpecError, ArithmeticError, LookupError, TypeError, ValueError)
_OWN = ("", "ai.onnx")
_PATH = re.compile(r"\w+(\.\w+)+")

_Known = dict[str, Any]  # values by name; None is what could not be read


class Reader:
    """Reads nodes into the layers of `graph`; values are known by their names."""

    def __init__(self, graph: Graph, numbers: Mapping[str, npt.NDArray[Any]], opset: int) -> None:
        self.graph = graph
        self.numbers = numbers
        self.opset = opset

    def read(self, nodes: Sequence[NodeProto], known: _Known, wanted: Iterable[str]) -> None:
        """All nodes that the wanted values need; what cannot be read is noted in the graph.

        A value is forgotten as soon as nothing else reads it.
        """
        kept, needed = list[tuple[NodeProto, set[str]]](), {*wanted}
        for node in reversed(nodes):
            if needed.intersection(node.output):
                read = {*node.input, *_inside(node)}
                kept.append((node, read - needed - {""}))
                needed |= read
        for node, read_last in reversed(kept):
            self.graph.build.scope = self._scope(node)
            try:
                outputs = self._node(node, known, needed, self.opset, 0)
            except _MISFITS as error:
                self._refuse(node, _reason(error))
                outputs = [None] * len(node.output)
            known.update(zip(node.output, outputs, strict=False))
            for name in read_last:
                known.pop(name, None)

    def _refuse(self, node: NodeProto, why: str) -> None:
        at = f" (node {node.name[:60]!r})" if node.name else ""
        shown = "".join(c if c.isprintable() else "?" for c in f"{node.op_type[:40]}{at}")
        self.graph.refused.append(f"operator {shown} {why}")

    def _node(
        self, node: NodeProto, known: _Known, needed: set[str], opset: int, depth: int
    ) -> Sequence[Value | None]:
        inputs = [known[name] if name else None for name in node.input]
        if any(name and known[name] is None for name in node.input):
            return [None] * len(node.output)  # it was said why already
        traced = [value for value in inputs if isinstance(value, Traced)]
        if node.op_type == "If" and not traced:
            return self._branch(node, inputs, known, opset, depth)
        if not traced and node.op_type not in ("Shape", "Size"):
            if node.op_type == "Constant":
                return [_constant(node)]
            given: dict[str, Any] = dict(zip(node.input, inputs, strict=True))
            return evaluated(node, {name: each for name, each in given.items() if name}, opset)
        if node.domain in _OWN and node.op_type in OPERATORS:
            options = {each.name: _option(each) for each in node.attribute}
            used = [name in needed for name in node.output]
            operator = Operator(node.op_type, inputs, options, used, opset, self.graph.build)
            found = OPERATORS[node.op_type](operator)
            if found is not None:
                return found if isinstance(found, (list, tuple)) else [found]
        elif node.domain in _OWN and node.op_type in MOVES:
            return _moved(node, inputs, opset)
        return self._defined(node, inputs, needed, opset, depth)

    def _defined(
        self,
        node: NodeProto,
        inputs: Sequence[Value | None],
        needed: set[str],
        opset: int,
        depth: int,
    ) -> Sequence[Value | None]:
        """What the definition of an operator gives."""
        types = [None if value is None else (_element(value), value.shape) for value in inputs]
        body = None if depth >= _DEEPEST else body_of(node, opset, types)
        if body is None:
            raise Unreadable("is not read here")
        inner: _Known = dict.fromkeys(body.input, None)
        inner |= dict(zip(body.input, inputs, strict=False))
        missing = {name for name, value in inner.items() if value is None}
        version = max((each.version for each in body.opset_import if each.domain in _OWN),
                      default=opset)  # fmt: skip
        outer = [name for name, own in zip(body.output, node.output, strict=False)
                 if own in needed]  # fmt: skip
        wanted, kept = {*outer}, list[NodeProto]()
        for each in reversed(body.node):
            if wanted.intersection(each.output):
                kept.append(each)
                wanted.update(each.input, _inside(each))
        for each in reversed(kept):
            left = [("" if name in missing else name) for name in each.input]
            del each.input[:]
            each.input.extend(left)
            try:
                outputs = self._node(each, inner, wanted, version, depth + 1)
            except _MISFITS as error:
                raise Unreadable(f"needs {each.op_type}, which {_reason(error)}") from None
            inner.update(zip(each.output, outputs, strict=False))
        return [inner.get(name) for name in body.output]

    def _branch(
        self, node: NodeProto, inputs: Sequence[Any], known: _Known, opset: int, depth: int
    ) -> Sequence[Value | None]:
        """The branch of a condition that is known."""
        if depth >= _DEEPEST:
            raise Unreadable("has too many graphs within each other")
        chosen = "then_branch" if bool(np.reshape(inputs[0], -1)[0]) else "else_branch"
        graph = next(each.g for each in node.attribute if each.name == chosen)
        inner = {**known, **{t.name: array_of(t, None) for t in graph.initializer}}
        wanted = {each.name for each in graph.output}.union(
            name for each in graph.node for name in each.input
        )
        for each in graph.node:
            outputs = self._node(each, inner, wanted, opset, depth + 1)
            inner.update(zip(each.output, outputs, strict=False))
        return [inner[each.name] for each in graph.output]

    def _scope(self, node: NodeProto) -> str:
        """The name of the module that a node belongs to, by its numbers or by its own name."""
        for name in node.input:
            if name in self.numbers and _PATH.fullmatch(name):
                return str(name).rpartition(".")[0]
        path = [part for part in node.name.split("/") if part]
        if path and path[-1].rstrip("_0123456789") == node.op_type:
            path.pop()
        plain = ".".join(path)
        return "" if re.fullmatch(rf"(node_)?{node.op_type}[_\d]*|n?\d*", plain, re.I) else plain


def _reason(error: Exception) -> str:
    if isinstance(error, SpecError):
        return str(error)
    said = "".join(c if c.isprintable() else " " for c in str(error))
    return f"has inputs or attributes that do not fit together: {said[:150]}"


def _inside(node: NodeProto) -> Iterable[str]:
    """The names that the graphs of a node read from outside."""
    open_ = [each.g for each in node.attribute if each.HasField("g")]
    while open_:
        graph = open_.pop()
        yield from (each.name for each in graph.output)
        for each in graph.node:
            yield from each.input
            open_ += [inner.g for inner in each.attribute if inner.HasField("g")]


def _option(attribute: AttributeProto) -> Any:
    if attribute.type == AttributeProto.TENSOR:
        return array_of(attribute.t, None)
    return helper.get_attribute_value(attribute)


def _constant(node: NodeProto) -> npt.NDArray[Any]:
    """The numbers of a Constant node."""
    for attribute in node.attribute:
        found = _option(attribute)
        if attribute.name in ("value", "value_float", "value_floats", "value_int", "value_ints"):
            kind = np.float32 if "float" in attribute.name else np.int64
            is_array = isinstance(found, np.ndarray)
            return found if is_array else np.array(found, dtype=kind)
    raise Unreadable("has no numbers")


def _element(value: Value) -> int:
    """ONNX's number for the type of the entries."""
    if isinstance(value, Traced):
        return 1
    return int(helper.np_dtype_to_tensor_dtype(np.asarray(value).dtype))


def _moved(node: NodeProto, inputs: Sequence[Value | None], opset: int) -> Sequence[Value | None]:
    """Run an operator that only moves values on their places."""
    value, *others = inputs
    if not isinstance(value, Traced) or any(isinstance(each, Traced) for each in others):
        raise Unreadable("depends on values where it must know places")
    fill = _filling(node, others)
    arrays: dict[str, Any] = {name: each for name, each in zip(node.input, inputs, strict=True)
                              if name}  # fmt: skip
    if node.op_type == "Pad" and len(node.input) > 2 and node.input[2]:
        arrays[node.input[2]] = np.array(0)
    node = _padding_with_0(node)

    every = evaluated(node, arrays | {node.input[0]: value.places + 1}, opset)
    moved = [value.at(each) for each, name in zip(every, node.output, strict=True) if name]
    if fill is not None and any(each.is_filled for each in moved):
        if value.is_filled and value.fill != fill:
            raise Unreadable("puts several numbers beside values")
        moved = [Traced(m.source, m.source_shape, m.places, m.count, fill) for m in moved]
    by_name = iter(moved)
    return [next(by_name) if name else None for name in node.output]


def _filling(node: NodeProto, others: Sequence[Any]) -> float | None:
    """The number that an operator puts beside values, if it does."""
    if node.op_type in ("Trilu", "CenterCropPad"):
        return 0.0
    if node.op_type != "Pad":
        return None
    given = next((each.f for each in node.attribute if each.name == "value"), 0.0)
    if len(others) > 1 and others[1] is not None:
        given = float(np.reshape(others[1], -1)[0])
    if not np.isfinite(given):
        raise Unreadable("pads with a number that is not finite")
    return float(given)


def _padding_with_0(node: NodeProto) -> NodeProto:
    if not any(each.name == "value" for each in node.attribute) or node.op_type != "Pad":
        return node
    plain = NodeProto()
    plain.CopyFrom(node)
    kept = [each for each in node.attribute if each.name != "value"]
    del plain.attribute[:]
    plain.attribute.extend(kept)
    return plain
