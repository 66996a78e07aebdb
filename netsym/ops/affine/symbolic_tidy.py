"""The `tidy` reading: nodes of the graph, without terms that are 0 and factors that are 1.

Formulas keep what the network computes, whatever it is; where layers are collapsed, zeros and ones
come from the collapsing, and nobody would write them.
"""

from __future__ import annotations

import numpy as np

from netsym.graph.graph import Ids
from netsym.ops import Present
from netsym.ops.symbolic import Symbolic


class Tidy(Symbolic):
    """`0 + a -> a`, `0*a -> 0`, `1*a -> a`, `0/a -> 0`, `a/1 -> a`, `a*(1/b) -> a/b`."""

    def __init__(self) -> None:
        super().__init__()
        self.zero, self.one = self.graph.constants([0.0, 1.0]).tolist()

    def _numbers(self, value: float, shape: tuple[int, ...]) -> Ids:
        return np.full(shape, self.zero if value == 0 else self.one, dtype=np.int32)

    def zeros(self, shape: tuple[int, ...]) -> Ids:
        """Zeros of a shape."""
        return self._numbers(0, shape)

    def ones(self, shape: tuple[int, ...]) -> Ids:
        """Ones of a shape."""
        return self._numbers(1, shape)

    def is_zero(self, values: Ids) -> np.ndarray:
        """Which elements are the number 0 (or -0.0)."""
        return np.isin(values, [self.zero, int(self.graph.constants(-0.0))])

    def add(self, *terms: Ids) -> Ids:
        return self._sum(np.stack(np.broadcast_arrays(*terms), axis=-1))

    def _sum(self, terms: Ids, present: Present | None = None, op: str = "add") -> Ids:
        """Sums of what is not zero along the last axis."""
        if op == "add":
            nonzero = ~self.is_zero(terms)
            present = nonzero if present is None else nonzero & present
        return super()._sum(terms, present, op)

    def multiply(self, *factors: Ids) -> Ids:
        result = factors[0]
        for factor in factors[1:]:
            result = self._product(result, factor)
        return result

    def _product(self, one: Ids, other: Ids) -> Ids:
        shape = np.broadcast_shapes(one.shape, other.shape)
        one, other = (array.reshape(-1) for array in np.broadcast_arrays(one, other))
        product = self.zeros((len(one),))
        nonzero = ~(self.is_zero(one) | self.is_zero(other))
        product[nonzero] = np.where(other == self.one, one, other)[nonzero]
        left = nonzero & (one != self.one) & (other != self.one)
        inverse, below = self._inverses(other[left])
        made = np.empty(len(inverse), dtype=np.int32)
        made[~inverse] = self.graph.nodes("multiply", one[left][~inverse], other[left][~inverse])
        made[inverse] = self.graph.nodes("divide", one[left][inverse], below[inverse])
        product[left] = made
        return product.reshape(shape)

    def _inverses(self, values: Ids) -> tuple[np.ndarray, Ids]:
        """Which elements are 1/b, and their b."""
        inverse, below = np.zeros(len(values), dtype=bool), values.copy()
        numbers = self.graph.block_numbers(values)
        for number in np.unique(numbers).tolist():
            block = self.graph.blocks[number]
            if block.op == "divide":
                here = np.flatnonzero(numbers == number)
                above, under = block.operands[values[here] - block.start].T
                inverse[here[above == self.one]] = True
                below[here] = under
        return inverse, below

    def divide(self, numerator: Ids, denominator: Ids) -> Ids:
        quotient = super().divide(numerator, denominator)
        numerator, denominator = np.broadcast_arrays(numerator, denominator)
        quotient = np.where(denominator == self.one, numerator, quotient)
        return np.where(self.is_zero(numerator), self.zero, quotient).astype(np.int32)

    def negate(self, value: Ids) -> Ids:
        return np.where(self.is_zero(value), self.zero, super().negate(value)).astype(np.int32)
