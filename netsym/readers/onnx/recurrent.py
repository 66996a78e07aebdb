"""Recurrent layers in ONNX: one or two directions over (steps, examples, values)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netsym.layers.merge import Concat
from netsym.layers.recurrent import GRU, LSTM, RNN, Recurrent
from netsym.readers.graph.builder import Constant, checked
from netsym.readers.graph.operations import Value
from netsym.readers.graph.traced import Batch, Traced, Unreadable, fresh
from netsym.readers.onnx.operator import Operator

#: The gates in ONNX's order, by the letters of the layer.
_GATES: Mapping[type[Recurrent], tuple[str, ...]] = {
    LSTM: ("i", "o", "f", "g"), GRU: ("z", "r", "n"), RNN: ("",),
}  # fmt: skip
_USUAL = {LSTM: ["sigmoid", "tanh", "tanh"], GRU: ["sigmoid", "tanh"], RNN: ["tanh"]}


def _recurrent(kind: type[Recurrent]) -> Callable[[Operator], Any]:
    def rule(op: Operator) -> list[Value]:
        first = bool(op.options.get("layout", 0))  # whether the examples come first
        x = op.value()
        x = x.moved(lambda places: places.swapaxes(0, 1)) if first else x
        batch = x.batch_at(1)
        _check(op, kind, x)
        every, _, *more = [*op.used, False, False, False]
        if any(more):
            raise Unreadable("is read by the memory of its cells, which a layer does not give")
        directions = 2 if op.text("direction", "forward") == "bidirectional" else 1
        states = [_state(op, kind, x, batch, n, bool(every)) for n in range(directions)]
        y = _steps(op, states, batch, bool(every))
        out = [y.moved(lambda a: a.transpose(2, 0, 1, 3)) if first else y] if every else [y]
        ends = _ends(op, y, directions, bool(every))
        return [*out, ends.moved(lambda a: a.swapaxes(0, 1)) if first else ends]

    return rule


def _check(op: Operator, kind: type[Recurrent], x: Traced) -> None:
    lengths = op.constant_or(4)
    if lengths is not None and (np.asarray(lengths) != x.shape[0]).any():
        raise Unreadable("reads sequences of different lengths")
    if "clip" in op.options or op.options.get("input_forget"):
        raise Unreadable("clips its cells, or couples their gates")
    directions = 2 if op.text("direction", "forward") == "bidirectional" else 1
    named = [each.decode().lower() for each in op.options.get("activations", [])]
    usual = _USUAL[kind] * directions
    if named and named != usual and not (kind is RNN and set(named) <= {"tanh", "relu"}):
        raise Unreadable(f"has the activations {', '.join(named)}")


def _state(
    op: Operator, kind: type[Recurrent], x: Traced, batch: Batch, direction: int, every: bool
) -> Traced:
    """The states of one direction, after every step or after the last."""
    backward = direction == 1 or op.text("direction", "forward") == "reverse"
    given, options = _parameters(op, kind, direction)
    if kind is RNN and "activations" in op.options:
        options["activation"] = op.options["activations"][direction].decode().lower()
    layer = kind(
        units=op.constant(2).shape[-1], returns="all" if every else "last", reverse=backward,
        **options,
    )  # fmt: skip
    source, shape = op.build.laid_out(x, batch)
    name = op.build.put(layer, [source], given)
    made = layer.shape(shape)
    return fresh(name, made, Batch(1 if every else 0, batch.count))


def _parameters(
    op: Operator, kind: type[Recurrent], direction: int
) -> tuple[dict[str, Constant], dict[str, Any]]:
    gates, hidden = _GATES[kind], op.constant(2).shape[-1]
    weights, recurrent = op.constant(1)[direction], op.constant(2)[direction]
    bias = op.constant_or(3)
    given: dict[str, Constant] = {}
    options: dict[str, Any] = {"bias": bias is not None}
    after = bool(op.options.get("linear_before_reset", 0))
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
            given[f"b{gate}"] = checked(outer.astype(np.float64) + inner)
    starts = [_start(op, place, direction) for place in (5, 6)[: len(kind.states)]]
    if any(start is not None for start in starts):
        options["state"] = "named"
        zero = np.zeros(hidden)
        for letter, start in zip(kind.states, starts, strict=True):
            given[f"{letter}0"] = zero if start is None else start
    if kind is LSTM and op.has(7):
        options["peepholes"] = True
        for number, gate in enumerate("iof"):
            peephole = op.constant(7)[direction][number * hidden : (number + 1) * hidden]
            given[f"p{gate}"] = checked(peephole)
    return given, options


def _start(op: Operator, place: int, direction: int) -> Constant | None:
    """The state before the first step, the same for every example; None if it is zero."""
    given = op.given(place)
    if given is None:
        return None
    if isinstance(given, Traced):
        raise Unreadable("begins with a state that depends on inputs")
    states = given[:, direction] if op.options.get("layout", 0) else given[direction]
    if (states != states[:1]).any():
        raise Unreadable("begins with other states for other examples of a batch")
    return checked(states[0]) if states.any() else None


def _steps(op: Operator, states: list[Traced], batch: Batch, every: bool) -> Traced:
    """Y: (steps, directions, examples, units), or without the steps."""
    made = states[0]
    if len(states) > 1:
        read = [op.build.laid_out(state, state.batch_at(len(state.shape) - 2)) for state in states]
        layer = Concat()
        name = op.build.put(layer, [source for source, _ in read])
        joined = layer.shape(*(shape for _, shape in read))
        made = fresh(name, joined, Batch(1 if every else 0, batch.count))
    count = len(states)
    return made.moved(
        lambda a: np.moveaxis(a.reshape(*a.shape[:-1], count, a.shape[-1] // count), -2, -3)
    )


def _ends(op: Operator, y: Traced, directions: int, every: bool) -> Traced:
    """Y_h: (directions, examples, units), the state after the last step of each direction."""
    if not every:
        return y
    backward = op.text("direction", "forward") == "reverse"
    if directions == 1:
        return y.moved(lambda a: a[0] if backward else a[-1])
    return y.moved(lambda a: np.stack([a[-1, 0], a[0, 1]]))


RECURRENT: Mapping[str, Callable[[Operator], Any]] = {
    "LSTM": _recurrent(LSTM), "GRU": _recurrent(GRU), "RNN": _recurrent(RNN),
}  # fmt: skip
