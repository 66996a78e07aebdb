"""Structure: whether two sides are the same expression, node for node."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from netsym.equality.sides import Subject
from netsym.graph.copying import copied, place_symbols
from netsym.graph.graph import Block, Graph, Ids, Positions

if TYPE_CHECKING:
    from netsym.ops.straight_line import StraightLine


def together(sides: Sequence[Subject]) -> tuple[Graph, list[Ids]]:
    """One graph of several sides, without names, and for each where its nodes are in it.

    Symbols of one name are one node, and so are the inputs of the sides, in order.
    """
    graph, known = Graph(), dict[str, int]()
    inputs = sides[0].inputs.all()
    place_symbols(inputs, known, graph)
    found = []
    for side in sides:
        formula = side.graph
        old = formula.graph
        theirs = set(formula.input_names())
        by_order = bool(theirs) and not theirs & set(inputs)
        renamed = dict(zip(formula.inputs.tolist(), inputs, strict=True)) if by_order else {}

        def symbols(block: Block, rows: Positions, renamed: dict[int, str] = renamed) -> Ids:
            every = block.names.all()
            names = [renamed.get(block.start + row) or every[row] for row in rows.tolist()]
            return place_symbols(names, known, graph)

        found.append(copied(old, formula.mask, graph, symbols))
    return graph, found


def _heights(side: Subject) -> Positions:
    """How many operations are above one another at most in each output."""
    graph = side.graph.graph
    found = np.zeros(len(graph), dtype=np.int64)
    for _, block, rows in graph.operations(side.graph.mask):
        below = found[block.operands[rows]].max(axis=1)
        found[block.start : block.stop][rows] = below + (block.op != "name")
    return found[side.graph.ends]


def same_graph(one: Subject, other: Subject) -> bool:
    """Whether every output is one and the same expression, on both sides."""
    if not np.array_equal(_heights(one), _heights(other)):  # which is found much sooner
        return False
    _, (mine, theirs) = together([one, other])
    return bool((mine[one.graph.ends] == theirs[other.graph.ends]).all())


def same_line(
    one: StraightLine,
    other: StraightLine,
    numbers: tuple[Sequence[Hashable], Sequence[Hashable]],
) -> bool:
    """Whether both are one and the same expression, with these in the places of their numbers."""
    known: dict[Hashable, int] = {}
    ends = []
    for line, given in zip((one, other), numbers, strict=True):
        places: list[int] = []
        for each in line.instructions:
            which = given[int(each.which)] if each.op == "number" else each.which
            operands = tuple(places[operand] for operand in each.operands)
            places.append(known.setdefault((each.op, operands, which), len(known)))
        ends.append([places[end] for end in line.ends])
    return ends[0] == ends[1]


def corresponding(one: StraightLine, other: StraightLine) -> dict[int, int] | None:
    """For each number of `other` that of `one` in its place; None if they differ in more."""
    found: dict[int, int] = {}
    waiting = list(zip(one.ends, other.ends, strict=True))
    done = set(waiting)
    while waiting:
        mine, theirs = waiting.pop()
        here, there = one.instructions[mine], other.instructions[theirs]
        if here.op != there.op or len(here.operands) != len(there.operands):
            return None
        if here.op == "number":
            which = found.setdefault(int(there.which), int(here.which))
            if one.numbers[which].value != one.numbers[int(here.which)].value:
                return None
        elif here.which != there.which:
            return None
        below = {*zip(here.operands, there.operands, strict=True)} - done
        done |= below
        waiting += below
    return found
