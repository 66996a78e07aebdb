"""Recurrent layers in ONNX: one or two directions over (steps, examples, values)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netsym.layers.recurrent import GRU, LSTM, RNN, Recurrent
from netsym.readers.graph.builder import Constant, checked
from netsym.readers.graph.operations import Value
from netsym.readers.graph.recurrent import Cell, ends, states
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.onnx.operator import Operator
from netsym.writers.code.onnx_operators import GATES, PEEPHOLES

_USUAL = {LSTM: ["sigmoid", "tanh", "tanh"], GRU: ["sigmoid", "tanh"], RNN: ["tanh"]}


def _recurrent(kind: type[Recurrent]) -> Callable[[Operator], Any]:
    def rule(op: Operator) -> list[Value]:
        first = bool(op.options.get("layout", 0))  # whether the examples come first
        x = op.value()
        x = x.moved(lambda places: places.swapaxes(0, 1)) if first else x
        _check(op, kind, x)
        every, _, *more = [*op.used, False, False, False]
        if any(more):
            raise Unreadable("is read by the memory of its cells, which a layer does not give")
        backward = {"forward": [False], "reverse": [True], "bidirectional": [False, True]}
        directions = backward[op.text("direction", "forward")]
        cells = [_cell(op, kind, n, reverse) for n, reverse in enumerate(directions)]
        y = states(op.build, kind, x, op.constant(2).shape[-1], cells, bool(every))
        last = ends(y, cells) if every else y
        if first:
            y, last = (
                y.moved(lambda a: a.transpose(2, 0, 1, 3)) if every else y,
                last.moved(lambda a: a.swapaxes(0, 1)),
            )
        return [y, last]

    return rule


def _check(op: Operator, kind: type[Recurrent], x: Traced) -> None:
    lengths = op.constant_or(4)
    if lengths is not None and (np.asarray(lengths) != x.shape[0]).any():
        raise Unreadable("reads sequences of different lengths")
    directions = 2 if op.text("direction", "forward") == "bidirectional" else 1
    named = [each.decode().lower() for each in op.options.get("activations", [])]
    usual = _USUAL[kind] * directions
    if named and named != usual and not (kind is RNN and set(named) <= {"tanh", "relu"}):
        raise Unreadable(f"has the activations {', '.join(named)}")


def _cell(op: Operator, kind: type[Recurrent], direction: int, backward: bool) -> Cell:
    """One direction."""
    given, options = _parameters(op, kind, direction)
    if kind is RNN and "activations" in op.options:
        options["activation"] = op.options["activations"][direction].decode().lower()
    starts = [_start(op, place, direction) for place in (5, 6)[: len(kind.states)]]
    return Cell(given, options, backward, starts)


def _parameters(
    op: Operator, kind: type[Recurrent], direction: int
) -> tuple[dict[str, Constant], dict[str, Any]]:
    gates, hidden = GATES[kind], op.constant(2).shape[-1]
    weights, recurrent = op.constant(1)[direction], op.constant(2)[direction]
    bias = op.constant_or(3)
    given: dict[str, Constant] = {}
    options: dict[str, Any] = {"bias": bias is not None}
    after = bool(op.options.get("linear_before_reset", 0))
    if op.options.get("clip"):
        options["clip"] = float(str(np.float32(op.options["clip"])))
    if kind is GRU:
        options["reset"] = "after" if after else "before"
    for number, gate in enumerate(gates):
        rows = slice(number * hidden, (number + 1) * hidden)
        given[f"w{gate}"], given[f"u{gate}"] = checked(weights[rows]), checked(recurrent[rows])
        if bias is None:
            continue
        outer, inner = bias[direction][rows], bias[direction][len(gates) * hidden :][rows]
        if kind is GRU and gate == "n" and after:
            given["bn"], given["bu"] = checked(outer), checked(inner)
        else:
            given[f"b{gate}"] = checked(op.build.digits(outer) + op.build.digits(inner))
    if kind is LSTM and op.has(7):
        options["peepholes"] = True
        for number, gate in enumerate(PEEPHOLES):
            peephole = op.constant(7)[direction][number * hidden : (number + 1) * hidden]
            given[f"p{gate}"] = checked(peephole)
    if kind is LSTM and op.options.get("input_forget"):
        options["coupled"] = True
        given = {key: each for key, each in given.items() if not key.endswith("f")}
    return given, options


def _start(op: Operator, place: int, direction: int) -> Value | None:
    """A state before the first step (examples, units); None if it is zero."""
    given = op.given(place)
    if given is None:
        return None
    axis = 1 if op.options.get("layout", 0) else 0
    if isinstance(given, Traced):
        return given.moved(lambda places: places.take(direction, axis))
    taken: Constant = np.take(given, direction, axis)
    return taken


RECURRENT: Mapping[str, Callable[[Operator], Any]] = {
    "LSTM": _recurrent(LSTM), "GRU": _recurrent(GRU), "RNN": _recurrent(RNN),
}  # fmt: skip
