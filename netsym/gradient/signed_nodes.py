"""Arithmetic on nodes of a graph as a hand writes it: no terms 0, no factors 1, signs in front."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netsym.graph.graph import Graph, Ids, Mask, common_shape

#: 1 + the id of a node, negative where its negative is meant; 0 is the number 0.
Signed = npt.NDArray[np.int32]


class Product(NamedTuple):
    """A product that is not written yet, so that its factors may join those of another."""

    over: tuple[Signed, ...]
    under: tuple[Signed, ...] = ()


class SignedNodes:
    """The operations that derivatives of functions are written with (`Function.derivative`)."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.first = len(graph)  # products from here on were made here
        self._numbers: dict[float | Fraction, int] = {}
        self.one = 1 + self._number(1.0)

    def constant(self, value: float | Fraction) -> Product:
        """A number."""
        sign = (value > 0) - (value < 0)
        return Product((np.array(sign * (1 + self._number(sign * value)), dtype=np.int32),))

    def _number(self, value: float | Fraction) -> int:
        if value not in self._numbers:
            if isinstance(value, Fraction):
                self._numbers[value] = self.graph.fraction(value)
            else:
                self._numbers[value] = self.graph.constant(float(value))
        return self._numbers[value]

    def add(self, *terms: Product) -> Product:
        """One sum of all the terms."""
        columns = [self.written(term) for term in terms]
        if len(columns) > 1 and all(np.count_nonzero(part) == part.size for part in columns):
            return Product((1 + self.graph.nodes("add", *map(self.plain, columns)),))
        return Product((self.sums(_table(columns)),))

    def multiply(self, *factors: Product) -> Product:
        """One product of all the factors."""
        over = tuple(part for factor in factors for part in factor.over)
        return Product(over, tuple(part for factor in factors for part in factor.under))

    def negate(self, value: Product) -> Product:
        """The value with the other sign."""
        return Product((-value.over[0], *value.over[1:]), value.under)

    def divide(self, numerator: Product, denominator: Product) -> Product:
        """A quotient."""
        below = self.written(denominator)
        return Product(numerator.over, (*numerator.under, below))

    def power(self, base: Product, exponent: float | Fraction) -> Product:
        """A power with a number as exponent."""
        if exponent == 1:
            return base
        if exponent == 0:
            return self.constant(1)
        (raised,) = self.constant(exponent if exponent > 0 else -exponent).over
        nodes = self.graph.nodes("power", self.plain(self.written(base)), raised - 1)
        power = Product((1 + nodes,))
        return power if exponent > 0 else self.divide(self.constant(1), power)

    def call(self, function: str, *operands: Product) -> Product:
        """A function of the table."""
        if not operands:
            node = self.graph.rows(function, np.empty((1, 0), dtype=np.int32))
            return Product((1 + node.reshape(()),))
        columns = [self.plain(self.written(operand)) for operand in operands]
        return Product((1 + self.graph.nodes(function, *columns),))

    # -- what is written
    def written(self, product: Product) -> Signed:
        """A product as nodes; 0 over anything is 0, and anything over 1 is itself."""
        above = self.times(*product.over)
        if not product.under:
            return above
        whole = np.broadcast_arrays(above, self.times(*product.under))
        above, below = (array.reshape(-1) for array in whole)
        made = np.abs(above)
        left = (above != 0) & (np.abs(below) != self.one)
        if left.any():
            quotients = self.graph.nodes("divide", made[left] - 1, np.abs(below[left]) - 1)
            made[left] = 1 + quotients
        made *= np.sign(above) * np.sign(below)
        return made.reshape(whole[0].shape)

    def signs(self, values: Signed) -> Signed | None:
        """-1, 0 or 1 for each value if they are no other numbers: nothing is written with them."""
        ones = np.count_nonzero(np.abs(values) == self.one)
        return np.sign(values) if ones and ones == np.count_nonzero(values) else None

    def times(self, *factors: Signed, new: bool = False) -> Signed:
        """Products of arrays that broadcast."""
        return factors[0] if len(factors) == 1 else self.products(_table(factors), new)

    def products(self, factors: Signed, new: bool = False) -> Signed:
        """Products along the last axis; `new` as in `Graph.append`, and no factor is a number."""
        shape = factors.shape[:-1]
        table = factors.reshape(-1, factors.shape[-1])
        if new:
            return (1 + self.graph.append("multiply", table - 1)).reshape(shape)
        above = np.count_nonzero(table > 0)
        if above == table.size:
            kept = table != self.one
            if np.count_nonzero(kept) == above:
                return (1 + self.graph.rows("multiply", table - 1)).reshape(shape)
            return self._groups("multiply", table, kept, self.one).reshape(shape)
        made: Signed = np.multiply.reduce(np.sign(table), axis=1, dtype=np.int32)
        live = made.nonzero()
        nodes = np.abs(table[live])
        made[live] *= self._groups("multiply", nodes, nodes != self.one, self.one)
        return made.reshape(shape)

    def sums(self, terms: Signed) -> Signed:
        """Sums along the last axis."""
        shape = terms.shape[:-1]
        if terms.shape[-1] == 1:
            return terms.reshape(shape)
        table = terms.reshape(-1, terms.shape[-1])
        if np.count_nonzero(table > 0) == table.size:
            return (1 + self.graph.rows("add", table - 1)).reshape(shape)
        return self._groups("add", table, table != 0, 0).reshape(shape)

    def _groups(self, op: str, table: Signed, kept: Mask, empty: int) -> Signed:
        """Operations on what is kept of each row, those with as many operands at once.

        What is not kept is `empty`: 0 in a sum, 1 in a product.
        """
        if np.count_nonzero(kept) == kept.size:
            return 1 + self.graph.rows(op, self.plain(table))
        made: Signed = np.add.reduce(table, axis=1, dtype=np.int32)
        made -= empty * (table.shape[1] - 1)  # all that is left, where at most one is kept
        counts = np.add.reduce(kept, axis=1, dtype=np.int32)
        for count in np.bincount(counts).nonzero()[0].tolist():
            if count > 1:
                (rows,) = (counts == count).nonzero()
                left = table[rows]
                if count < table.shape[1]:
                    left = left[kept[rows]].reshape(-1, count)
                made[rows] = 1 + self.graph.rows(op, self.plain(left))
        return made

    def plain(self, signed: Signed) -> Ids:
        """Nodes whose sign is written: negations, negative numbers, the number 0."""
        if np.count_nonzero(signed > 0) == signed.size:
            return signed - 1
        negative = signed < 0
        below = np.count_nonzero(negative)
        if below == signed.size and signed.ndim == 1:
            return self._negated(-1 - signed)
        ids = np.asarray(np.abs(signed) - 1 if below else signed - 1)
        if below:
            ids[negative] = self._negated(ids[negative])
        if np.count_nonzero(signed) < signed.size:
            ids[signed == 0] = self.graph.constant(0.0)
        return ids

    def _negated(self, ids: Ids) -> Ids:
        common = self.graph.common_block(ids)
        if common >= 0 and self.graph.blocks[common].op != "constant":
            return self.graph.rows("negate", ids.reshape(-1, 1))
        numbers = self.graph.of_kind(ids, frozenset({"constant"}))
        made = ids.copy()
        made[~numbers] = self.graph.nodes("negate", ids[~numbers])
        for place in np.flatnonzero(numbers).tolist():
            made[place] = self._number(-self.graph.number(int(ids[place])))
        return made

    def opened(self, signed: Signed) -> Product:
        """The factors of products that were made here, so that others may join them."""
        first = abs(signed.item(0)) - 1
        if first < self.first or (block := self.graph.block_of(first)).op != "multiply":
            return Product((signed,))
        nodes = np.abs(signed)
        if int(nodes.min()) <= block.start or int(nodes.max()) > block.stop:
            return Product((signed,))
        columns = 1 + block.operands[nodes - 1 - block.start]
        first, *rest = np.moveaxis(columns, -1, 0)
        return Product((np.sign(signed) * first, *rest))


def _table(columns: Sequence[Signed]) -> Signed:
    """Arrays that broadcast, as the last axis of one."""
    if len(columns) == 1:
        return columns[0][..., None]
    shape = common_shape(columns)
    table = np.empty((*shape, len(columns)), dtype=np.int32)
    for place, column in enumerate(columns):
        table[..., place] = column
    return table
