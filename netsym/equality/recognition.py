"""Recognition: which nodes of a graph have the same values, at points that are always the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.equality.points import values_for
from netsym.equality.sides import Subject
from netsym.forms.values import Evaluation
from netsym.graph.graph import Graph, Ids
from netsym.graph.plan import Plan

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]

#: How large inputs are at most, group by group: a unit that is at its end in one lives in another.
_MAGNITUDES = (0.3, 1.0, 3.0, 30.0, 300.0)
_IN_GROUP = 8  # points; half of them are the others with the other sign
_ONE = _IN_GROUP  # a point of the second group
_FEWEST = 8  # points at which both have to be finite in float64
_CLOSE = 1e-9  # of the largest value in a group: where others cancel, their digits say little
_NOTHING = 1e-12  # what cancels to less is nothing
_MANY = 5000  # names, for which one choice of values has to do


class Recognition:
    """Values of nodes of one graph, (points, nodes); those of inputs and names go by name."""

    def __init__(self, side: Subject, graph: Graph) -> None:
        self.graph = graph
        symbols = [
            (block.start + row, block.names.ascii(row))
            for block in graph.blocks if block.op == "symbol" for row in range(len(block))
        ]  # fmt: skip
        self.symbols = np.array([node for node, _ in symbols], dtype=np.int32)
        self.x = _points(side.inputs.all(), [name for _, name in symbols])

    def of(self, nodes: Sequence[int] | Ids) -> Floats:
        """The values of some nodes."""
        plan = Plan(self.graph, self.symbols, np.asarray(nodes, dtype=np.int32))
        return Evaluation(plan)(self.x, {})

    def among(self, nodes: Sequence[int] | Ids, known: Sequence[int] | Ids) -> list[bool]:
        """Whether each node has the values of one of the known ones."""
        theirs, mine = self.of(known), self.of(nodes)
        room = _room(mine)[_ONE]
        found = []
        for column, off in zip(mine.T, room, strict=True):
            with np.errstate(all="ignore"):
                gap = np.abs(theirs[_ONE] - column[_ONE])
            likely = ~np.isfinite(gap) | (gap <= off)  # at one point; few are looked at whole
            found.append(bool(same(theirs[:, likely], column[:, None]).any()))
        return found

    def agreeing(self, made: Ids, ends: Ids) -> npt.NDArray[np.int64]:
        """Which rows of nodes (rows, outputs) have the values of the ends (outputs,)."""
        flat, places = np.unique(made, return_inverse=True)
        values = self.of(flat)
        alike = [same(values, column[:, None]) for column in self.of(ends).T]  # (nodes,) each
        rows = [alike[at][column] for at, column in enumerate(places.reshape(made.shape).T)]
        return np.flatnonzero(np.all(rows, axis=0))


def same(values: Floats, wanted: Floats) -> Mask:
    """Which columns agree wherever both are finite, which has to be so at some points."""
    with np.errstate(all="ignore"):
        known = np.isfinite(values) & np.isfinite(wanted)
        near = (np.abs(values - wanted) <= _room(wanted)) | ~known
    return np.asarray(near.all(axis=0) & (known.sum(axis=0) >= _FEWEST))


def _room(wanted: Floats) -> Floats:
    """How far values may be off, (points, columns)."""
    sizes = np.where(np.isfinite(wanted), np.abs(wanted), 0.0)
    largest = sizes.reshape(len(_MAGNITUDES), _IN_GROUP, -1).max(axis=1)
    return _CLOSE * np.repeat(largest, _IN_GROUP, axis=0) + _NOTHING


def _points(inputs: Sequence[str], names: Sequence[str]) -> Floats:
    """The values of names at the points (points, names), those of inputs by their place."""
    source = np.random.default_rng(0)
    sizes = np.repeat(_MAGNITUDES, _IN_GROUP // 2)[:, None]
    half = sizes * source.uniform(-1, 1, (len(sizes), len(inputs)))
    moving = np.stack([half, -half], axis=1).reshape(-1, len(inputs))
    columns: dict[str, Any] = dict(zip(inputs, moving.T, strict=True))
    others = [name for name in names if name not in columns]
    choices = len(_MAGNITUDES) if len(others) <= _MANY else 1
    drawn = [list(values_for(others, choice).values()) for choice in range(choices)]
    held = np.repeat(drawn, len(moving) // choices, axis=0)
    columns |= dict(zip(others, held.T, strict=True))
    return (
        np.stack([columns[name] for name in names], axis=1) if names else np.empty((len(moving), 0))
    )
