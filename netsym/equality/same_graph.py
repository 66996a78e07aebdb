"""Structure: whether two sides are the same expression, node for node."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netsym.equality.sides import Subject
from netsym.graph.copying import copy_nodes, place_symbols
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Names


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
        moved = np.full(len(old), -1, dtype=np.int32)
        symbols = (old.symbol(node) for node in formula.inputs.tolist())
        theirs = {known_names.ascii(place) for known_names, place in symbols}
        by_order = bool(theirs) and not theirs & set(inputs)
        renamed = dict(zip(formula.inputs.tolist(), inputs, strict=True)) if by_order else {}
        for block, rows in old.walk(formula.mask):
            if block.op == "symbol":
                assert isinstance(block.payload, Names)
                ids, every = block.start + rows, block.payload.all()
                names = [
                    renamed.get(node) or every[row]
                    for node, row in zip(ids.tolist(), rows.tolist(), strict=True)
                ]
                moved[ids] = place_symbols(names, known, graph)
        copy_nodes(old, formula.mask, graph, moved)
        found.append(moved)
    return graph, found


def same_graph(one: Subject, other: Subject) -> bool:
    """Whether every output is one and the same expression, on both sides."""
    _, (mine, theirs) = together([one, other])
    return bool((mine[one.graph.ends] == theirs[other.graph.ends]).all())
