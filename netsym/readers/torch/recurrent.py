"""Recurrent layers in torch: stacked, and in both directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from netsym.layers.recurrent import GRU, LSTM, RNN, Recurrent
from netsym.readers.graph.builder import Builder, Constant, checked
from netsym.readers.graph.operations import (
    Value,
    concat,
)
from netsym.readers.graph.recurrent import Cell, ends, states
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.torch.elementwise import Rule

#: The gates in torch's order, by the letters of the layer.
_GATES: Mapping[type[Recurrent], str] = {LSTM: "ifgo", GRU: "rzn"}


def _recurrent(kind: type[Recurrent], **options: Any) -> Rule:
    def rule(build: Builder, x: Traced, start: Any, weights: Sequence[Constant], has_bias: bool,
             layers: int, dropout: float, train: bool, both: bool,
             first: bool = False) -> list[Value | None]:  # fmt: skip
        if train and dropout:
            raise Unreadable("trains: its dropout is random")
        single = len(x.shape) == 2
        x = x.moved(lambda a: a[:, None]) if single else x
        x = x.moved(lambda a: a.swapaxes(0, 1)) if first and not single else x
        starts = start if isinstance(start, list) else [start]
        directions, each = 1 + both, 2 + 2 * has_bias
        units, last = weights[1].shape[1], list[Traced]()
        for layer in range(layers):
            cells = []
            for direction in range(directions):
                place = layer * directions + direction
                own = weights[place * each : (place + 1) * each]
                begin = [_of_cell(state, place, single) for state in starts]
                cells.append(_cell(build, kind, own, begin, direction == 1, options))
            y = states(build, kind, x, units, cells, every=True)
            last.append(ends(y, cells))
            x = y.moved(lambda a: np.moveaxis(a, 1, 2).reshape(len(a), a.shape[2], -1))
        h = last[0] if layers == 1 else concat(build, last, 0)
        out = x.moved(lambda a: a[:, 0]) if single else x
        out = out.moved(lambda a: a.swapaxes(0, 1)) if first and not single else out
        h = h.moved(lambda a: a[:, 0]) if single else h
        return [out, h, None]

    return rule


def _of_cell(state: Value, place: int, single: bool) -> Value:
    """The state (examples, units) of one cell; without examples it is that of one."""
    if isinstance(state, Traced):
        return state.moved(lambda a: a[place][None] if single else a[place])
    taken: Constant = state[place]
    return taken[None] if single else taken


def _cell(build: Builder, kind: type[Recurrent], weights: Sequence[Constant],
          starts: Sequence[Value], backward: bool, options: Mapping[str, Any]
          ) -> Cell:  # fmt: skip
    given: dict[str, Constant] = {}
    hidden = weights[1].shape[1]
    for number, gate in enumerate(_GATES.get(kind, ("",))):
        rows = slice(number * hidden, (number + 1) * hidden)
        given[f"w{gate}"], given[f"u{gate}"] = weights[0][rows], weights[1][rows]
        if len(weights) < 4:
            continue
        outer, inner = weights[2][rows], weights[3][rows]
        if kind is GRU and gate == "n":
            given["bn"], given["bu"] = outer, inner
        else:
            given[f"b{gate}"] = build.digits(outer) + build.digits(inner)
    more: dict[str, Any] = {"bias": len(weights) > 2, **options}
    return Cell({key: checked(each) for key, each in given.items()}, more, backward, starts)


#: By the name of the operator.
RECURRENT: Mapping[str, Rule] = {
    "lstm": _recurrent(LSTM), "gru": _recurrent(GRU, reset="after"),
    "rnn_tanh": _recurrent(RNN), "rnn_relu": _recurrent(RNN, activation="relu"),
}  # fmt: skip
