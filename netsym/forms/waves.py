"""A formula in an order to compute it, with small blocks that do not need each other in one.

The steps of a recurrence are thousands of blocks of a few nodes each, and NumPy takes as long for a
few as for hundreds. Where the writing stops a value is a name, and needs nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from netsym.forms.form import Form
from netsym.graph.graph import FEW_OPERANDS, MOST_TOGETHER, Block, Ids, Positions, Spans
from netsym.graph.index import sorted_distinct


class Wave(NamedTuple):
    """Nodes of one operation and arity: the `rows` of a block, or several blocks as one.

    `ids` are the nodes, in the order of the rows; `spans` are those of the block, `number` is its
    number, -1 where it is none.
    """

    op: str
    ids: slice | Positions | Ids
    operands: Ids
    rows: Positions | slice
    spans: Spans
    number: int = -1


def waves(formula: Form) -> Iterator[Wave]:
    """All operations of a formula, operands first."""
    small: list[_Part] = []
    for number, block, rows in formula.graph.operations(formula.mask):
        few = block.operands.size < FEW_OPERANDS
        if small and (not few or len(small) == MOST_TOGETHER):
            yield from _together(formula, small)
            small = []
        if few:
            small.append((number, block, rows))
        else:
            yield _alone(formula, number, block, rows)
    if small:
        yield from _together(formula, small)


_Part = tuple[int, Block, Positions | slice]


def _alone(formula: Form, number: int, block: Block, rows: Positions | slice) -> Wave:
    ids = slice(block.start, block.stop) if isinstance(rows, slice) else block.start + rows
    return Wave(block.op, ids, block.operands, rows, formula.graph.spans(number), number)


def _together(formula: Form, parts: list[_Part]) -> Iterator[Wave]:
    """Blocks one after another, those that are alike and as deep in one."""
    groups: dict[tuple[int, str, int], list[_Part]] = {}
    for part, depth in zip(parts, _depths(formula, parts), strict=True):
        block = part[1]
        groups.setdefault((depth, block.op, block.operands.shape[1]), []).append(part)
    for (_, op, arity), alike in sorted(groups.items(), key=lambda group: group[0][0]):
        if len(alike) == 1:
            yield _alone(formula, *alike[0])
            continue
        ids = np.concatenate(
            [np.arange(b.start, b.stop, dtype=np.int32)[rows] for _, b, rows in alike]
        )
        operands = np.concatenate([block.operands[rows] for _, block, rows in alike])
        yield Wave(op, ids, operands, slice(None), ((0, arity, -1),))


def _depths(formula: Form, parts: list[_Part]) -> list[int]:
    """How many of these blocks each needs, one in another."""
    depths = [0] * len(parts)
    for user, source in _needs(formula, parts):
        depths[user] = max(depths[user], depths[source] + 1)
    return depths


def _needs(formula: Form, parts: list[_Part]) -> Iterator[tuple[int, int]]:
    """Which block needs which, by their places, in order."""
    every = [block.operands[rows].reshape(-1) for _, block, rows in parts]
    users = np.repeat(np.arange(len(parts)), [len(operands) for operands in every])
    starts, stops = (
        np.array([getattr(block, end) for _, block, _ in parts]) for end in ("start", "stop")
    )
    nodes = np.concatenate(every)
    inside = (nodes >= starts[0]) & ~formula.cut_mask[nodes]
    users, nodes = users[inside], nodes[inside]
    begun = np.zeros(stops[-1] - starts[0], dtype=np.intp)
    begun[starts - starts[0]] = 1
    sources = (begun.cumsum() - 1)[nodes - starts[0]]
    pairs = (users * len(parts) + sources)[nodes < stops[sources]]
    new = np.ones(len(pairs), dtype=np.bool_)
    np.not_equal(pairs[1:], pairs[:-1], out=new[1:])
    for pair in sorted_distinct(pairs[new]).tolist():
        yield divmod(pair, len(parts))
