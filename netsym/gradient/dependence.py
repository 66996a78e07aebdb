"""Which nodes of a formula depend on the names that it is differentiated by."""

from __future__ import annotations

from itertools import accumulate

import numpy as np

from netsym.graph.graph import Graph, Ids, Mask
from netsym.graph.names import Name

#: How many nodes of a block depend on the names.
NONE, SOME, ALL = range(3)

Alike = tuple[dict[int, slice], tuple[Ids, ...]]


class Dependence:
    """What is differentiated by, and what depends on it.

    `last` is the last block of interest, `share` says of each block up to it how many of its nodes
    depend on the names, `varies` of each node whether it does; `place` is where a name is listed.
    """

    def __init__(self, graph: Graph, ends: Ids, nodes: Ids, names: tuple[Name, ...]) -> None:
        self.nodes, self.names = nodes, names
        self.last = graph.block_number(int(ends.max()))
        size = max(graph.blocks[self.last].stop, int(nodes.max()) + 1)
        self.share, self.varies = _dependence(graph, nodes, size)
        self.place = np.empty(size, dtype=np.int32)
        self.place.put(nodes, np.arange(len(nodes)))
        self._graph, self._alike = graph, dict[tuple[str, int], Alike]()

    def alike(self, op: str, arity: int) -> Alike:
        """The blocks of one kind that depend on the names, one after another.

        First where each is, by its number; then columns, of the results (by their names if they
        have some) and of the operands.
        """
        if (op, arity) not in self._alike:
            numbers = [
                number
                for number, block in enumerate(self._graph.blocks[: self.last + 1])
                if block.op == op and block.operands.shape[1] == arity and self.share[number]
            ]
            blocks = [self._graph.blocks[number] for number in numbers]
            edges = [*accumulate(map(len, blocks), initial=0)]
            named = called(self._graph)
            results = np.concatenate([named[block.start : block.stop] for block in blocks])
            operands = np.concatenate([block.operands for block in blocks])
            rows = dict(zip(numbers, map(slice, edges, edges[1:]), strict=False))
            self._alike[op, arity] = rows, (results, *operands.T)
        return self._alike[op, arity]


def _dependence(graph: Graph, wrt: Ids, size: int) -> tuple[list[int], Mask]:
    """Of each block, and of each node, whether it depends on these nodes."""
    mask = np.zeros(size, dtype=np.bool_)
    mask.put(wrt, True)
    share: list[int] = []
    for number, block in enumerate(graph.blocks):
        if block.start >= size:
            break
        own = mask[block.start : block.stop]
        if spans := graph.spans(number):
            most = max([SOME if source < 0 else share[source] for _, _, source in spans])
            if most != SOME:
                share.append(most)
                if most == ALL:
                    own[:] = True
                continue
            own[:] = mask[block.operands].any(axis=1)
        count = np.count_nonzero(own)
        share.append(NONE if not count else ALL if count == len(own) else SOME)
    return share, mask


def called(graph: Graph) -> Ids:
    """For each node the one that names it, or the node itself."""
    named = np.arange(len(graph), dtype=np.int32)
    for block in graph.blocks:
        if block.op == "name":
            named.put(block.operands, named[block.start : block.stop])
    return named
