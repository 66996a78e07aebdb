"""Substitution: a graph with nodes replaced, for many replacements at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netsym.graph.graph import Graph, Ids

#: Which node is replaced by which.
Changes = dict[int, int]


@dataclass(frozen=True, slots=True)
class Mutant:
    """A network with one mistake: in words, and what is replaced in its graph.

    `again` says that the mistake is made again above itself: then what replaces a node is made of
    what has been replaced below.
    """

    words: str
    changes: Changes
    again: bool = False


def substituted(graph: Graph, ends: Ids, given: Sequence[Mutant]) -> npt.NDArray[np.int32]:
    """The outputs of every mutant as nodes of the graph, (mutants, outputs).

    All mutants are rebuilt together, a block of the graph at a time; what a mistake does not
    reach stays the same node.
    """
    mask = graph.reachable(ends)
    old = np.flatnonzero(mask)
    blocks = [*graph.walk(mask)]  # as they are now: the graph grows
    place = np.full(len(graph), -1, dtype=np.int64)
    place[old] = np.arange(len(old))
    nodes = np.repeat(old[None, :].astype(np.int32), len(given), axis=0)
    by_node: dict[int, list[tuple[int, int]]] = {}
    for number, mutant in enumerate(given):
        for node, new in mutant.changes.items():
            by_node.setdefault(node, []).append((number, new))
    for block, rows in blocks:
        ids = block.start + rows
        if block.operands.shape[1]:
            before = block.operands[rows]
            after = nodes[:, place[before]]
            who, which = np.nonzero((after != before).any(axis=2))
            if len(who):
                nodes[who, place[ids[which]]] = graph.rows(block.op, after[who, which])
        for node in ids.tolist():
            for number, new in by_node.get(node, ()):
                here = nodes[number]
                nodes[number, place[node]] = (
                    _again(graph, new, place, here) if given[number].again else new
                )
    return nodes[:, place[ends]]


def _again(graph: Graph, new: int, place: npt.NDArray[np.int64], here: Ids) -> int:
    """A replacement, made of the nodes that stand `here` at the places of the old ones."""
    if new < len(place) and place[new] >= 0:
        return int(here[place[new]])
    below = graph.operands_of(new)
    if not below:
        return new
    made = [_again(graph, operand, place, here) for operand in below]  # two or three levels
    return int(graph.rows(graph.block_of(new).op, np.array([made], dtype=np.int32))[0])
