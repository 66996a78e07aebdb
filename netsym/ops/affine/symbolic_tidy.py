"""The `tidy` reading: nodes of the graph, without terms that are 0 and factors that are 1.

Formulas keep what the network computes, whatever it is; where layers are collapsed, zeros and ones
come from the collapsing, and nobody would write them.
"""

from __future__ import annotations

import numpy as np

from netsym.graph.graph import Ids
from netsym.graph.signed_nodes import Product, SignedNodes
from netsym.ops import Present
from netsym.ops.symbolic import Symbolic


class Tidy(Symbolic):
    """`0 + a -> a`, `0*a -> 0`, `1*a -> a`, `0/a -> 0`, `a/1 -> a`, `a*(1/b) -> a/b`."""

    def __init__(self) -> None:
        super().__init__()
        self.zero, self.one = self.graph.constants([0.0, 1.0]).tolist()
        self.math = SignedNodes(self.graph)

    def zeros(self, shape: tuple[int, ...]) -> Ids:
        """Zeros of a shape."""
        return np.full(shape, self.zero, dtype=np.int32)

    def ones(self, shape: tuple[int, ...]) -> Ids:
        """Ones of a shape."""
        return np.full(shape, self.one, dtype=np.int32)

    def is_zero(self, values: Ids) -> np.ndarray:
        """Which elements are the number 0 (or -0.0)."""
        return np.isin(values, [self.zero, int(self.graph.constants(-0.0))])

    def _signed(self, values: Ids) -> Ids:
        return np.where(self.is_zero(values), 0, 1 + values)

    def add(self, *terms: Ids) -> Ids:
        return self._sum(np.stack(np.broadcast_arrays(*terms), axis=-1))

    def _sum(self, terms: Ids, present: Present | None = None, op: str = "add") -> Ids:
        """Sums of what is not zero along the last axis."""
        if op != "add" or (present is None and not self.is_zero(terms).any()):
            return super()._sum(terms, present, op)
        signed = self._signed(terms)
        return self.math.plain(
            self.math.sums(signed if present is None else np.where(present, signed, 0))
        )

    def multiply(self, *factors: Ids) -> Ids:
        result, *others = factors
        for other in others:
            if not (self._has_numbers(result) or self._has_numbers(other)):
                result = super().multiply(result, other)
                continue
            over, under = self._quotient(other)
            product = Product((self._signed(result), over), (under,))
            result = self.math.plain(self.math.written(product))
        return result

    def _has_numbers(self, values: Ids) -> bool:
        """Whether some element is made of numbers alone, or is a quotient."""
        made = self.graph.of_kind(values.reshape(-1), frozenset({"constant", "divide"}))
        return bool(made.any() or self.math.factors.are_numbers(1 + values).any())

    def _quotient(self, values: Ids) -> tuple[Ids, Ids]:
        """1/b as 1 and b, other elements as themselves and 1."""
        over, under = self._signed(values), np.full_like(values, self.math.one)
        for number, here in self.graph.by_block(values):
            block = self.graph.blocks[number]
            if block.op == "divide":
                above, below = np.moveaxis(block.operands[values[here] - block.start], -1, 0)
                over[here] = np.where(above == self.one, self.math.one, over[here])
                under[here] = np.where(above == self.one, 1 + below, self.math.one)
        return over, under

    def divide(self, numerator: Ids, denominator: Ids) -> Ids:
        over, under = self._signed(numerator), self._signed(denominator)
        return self.math.plain(self.math.written(Product((over,), (under,))))

    def negate(self, value: Ids) -> Ids:
        return np.where(self.is_zero(value), self.zero, super().negate(value)).astype(np.int32)
