"""What has come back to the names: their derivatives."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import accumulate

import numpy as np

from netsym.gradient.collected import collected
from netsym.graph.factors import Signed
from netsym.graph.graph import Ids
from netsym.graph.signed_nodes import SignedNodes


class Leaves:
    """Products that are passed to names, (outputs, nodes): they wait to be written at once."""

    def __init__(self, math: SignedNodes) -> None:
        self.math = math
        self._passed: list[tuple[Ids, tuple[Signed, ...]]] = []
        self._new = True  # whether all their products are different ones that cannot exist yet

    def add(self, nodes: Ids, factors: tuple[Signed, ...], new: bool) -> None:
        """Pass one factor, or a product of two, to names."""
        self._passed.append((nodes, factors))
        self._new &= new or len(factors) == 1

    def derivatives(self, place: Ids, outputs: int, names: int) -> Signed:
        """All of them, (outputs, names); `place` says of a node where it is among the names."""
        found = np.zeros((outputs, names), dtype=np.int32)
        if not self._passed:
            return found
        parts = list(self._parts(outputs))
        columns = place[np.concatenate([nodes for nodes, _ in parts])]
        once = np.zeros(names, dtype=np.bool_)
        once[columns] = True
        if np.count_nonzero(once) == len(columns):
            found[:, columns] = np.concatenate([adjoints for _, adjoints in parts], axis=1)
        else:
            nodes, adjoints = collected(self.math, parts)
            found[:, place[nodes]] = adjoints
        return found

    def _parts(self, outputs: int) -> Iterator[tuple[Ids, Signed]]:
        """What was passed, all products of two written at once."""
        pairs = [(len(nodes), factors) for nodes, factors in self._passed if len(factors) == 2]
        edges = list(accumulate((count for count, _ in pairs), initial=0))
        table = np.empty((outputs, edges[-1], 2), dtype=np.int32)
        for first, stop, (_, (left, right)) in zip(edges, edges[1:], pairs, strict=False):
            table[:, first:stop, 0], table[:, first:stop, 1] = left, right
        products, first = self.math.products(table, self._new), 0
        for nodes, factors in self._passed:
            if len(factors) == 2:
                yield nodes, products[:, first : first + len(nodes)]
                first += len(nodes)
            else:
                yield nodes, factors[0]
