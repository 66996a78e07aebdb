"""Arithmetic on nodes of a graph as a hand writes it: no terms 0, no factors 1, signs in front.

The numbers in one product are multiplied where that is exact (`Factors`).
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

import numpy as np

from netsym.graph.factors import Factors, Signed
from netsym.graph.graph import Block, Graph, Ids, Mask, common_shape
from netsym.graph.index import all_positive, sorted_distinct


class Product(NamedTuple):
    """A product that is not written yet, so that its factors may join those of another."""

    over: tuple[Signed, ...]
    under: tuple[Signed, ...] = ()


class SignedNodes:
    """The operations that derivatives of functions are written with (`Function.derivative`)."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.first = len(graph)  # products from here on were made here
        constants = [block for block in graph.blocks if block.op == "constant"]
        self.factors = Factors(graph, constants)
        self.one = self.factors.one
        self._meant = np.arange(1, 1 + len(graph), dtype=np.int32)
        self._looked_at: set[int] | None = None  # blocks; None where no sum has a zero
        for block in constants:
            if isinstance(block.payload, np.ndarray):
                meant = self._meant[block.start : block.stop]
                meant[block.payload == -1] = -self.one
                meant[block.payload == 0] = 0
        last = next((block.start for block in reversed(graph.blocks) if block.op == "add"), 0)
        if np.count_nonzero(self._meant[:last]) < last:
            self._looked_at = set()

    def read(self, ids: Ids) -> Signed:
        """Nodes of the formula: the numbers 0 and -1 as such, sums without zeros, x for x + 0."""
        if self._looked_at is not None:
            for number in (
                set(sorted_distinct(self.graph.block_numbers(ids)).tolist()) - self._looked_at
            ):
                self._looked_at.add(number)
                self._leave_zeros_out(self.graph.blocks[number])
        return self._meant.take(ids)

    def _leave_zeros_out(self, block: Block) -> None:
        meant = self._meant[block.start : block.stop]
        if block.op == "add":
            terms = self._meant[block.operands]
            rows = (terms == 0).any(axis=1)
            meant[rows] = self.sums(terms[rows])
        elif block.op == "name":
            named = self.read(block.operands[:, 0])
            rows = (named != 1 + block.operands[:, 0]) & (np.abs(named) <= self.first)
            meant[rows] = named[rows]

    @staticmethod
    def node(node: int | Ids) -> Product:
        """A node, or several."""
        return Product((np.asarray(1 + node, dtype=np.int32),))

    def constant(self, value: float | Fraction) -> Product:
        """A number."""
        sign = (value > 0) - (value < 0)
        return Product((np.array(sign * (1 + self.factors.number(sign * value)), dtype=np.int32),))

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
        over, under = (*numerator.over, *denominator.under), (*numerator.under, *denominator.over)
        return Product(over, under)

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
        over, under = product
        if not under:
            return self.times(*over)
        if not any(np.count_nonzero(self.factors.are_numbers(part)) for part in under):
            return self._quotients(*np.broadcast_arrays(self.times(*over), self.times(*under)))
        table = _table((*over, *under))
        shape, edge = table.shape[:-1], len(over)
        table, alone = self.factors.folded(table.reshape(-1, table.shape[-1]), edge)
        made = self._quotients(self.products(table[:, :edge]), self.products(table[:, edge:]))
        if len(alone):
            self.factors.compose(made[alone], table[alone], edge)
        return made.reshape(shape)

    def _quotients(self, above: Signed, below: Signed) -> Signed:
        shape, above, below = above.shape, above.reshape(-1), below.reshape(-1)
        if np.count_nonzero(below) < below.size:  # nothing is cancelled that is divided by 0
            below = 1 + self.plain(below)
        made = np.abs(above)
        left = (above != 0) & (np.abs(below) != self.one)
        if left.any():
            quotients = self.graph.nodes("divide", made[left] - 1, np.abs(below[left]) - 1)
            made[left] = 1 + quotients
        made *= np.sign(above) * np.sign(below)
        return made.reshape(shape)

    def signs(self, values: Signed) -> Signed | None:
        """-1, 0 or 1 for each value if they are no other numbers: nothing is written with them."""
        if not self.are_zeros_and_ones(np.abs(values)) or not np.count_nonzero(values):
            return None
        return np.sign(values)

    def are_zeros_and_ones(self, values: Signed) -> bool:
        """Whether there are no other values than the numbers 0 and 1."""
        if values.size and values.item(0) not in (0, self.one):  # mostly told by one
            return False
        return bool(np.count_nonzero(values == self.one) == np.count_nonzero(values))

    def times(self, *factors: Signed, new: bool = False) -> Signed:
        """Products of arrays that broadcast."""
        return factors[0] if len(factors) == 1 else self.products(_table(factors), new)

    def products(self, factors: Signed, new: bool = False) -> Signed:
        """Products along the last axis; `new` as in `Graph.append`, and no factor is a number."""
        shape = factors.shape[:-1]
        table = factors.reshape(-1, factors.shape[-1])
        if new:
            return (1 + self.graph.append("multiply", table - 1)).reshape(shape)
        if table.shape[1] == 1:
            return table.reshape(shape)
        table, alone = self.factors.folded(table, table.shape[1])
        made = self._written(table)
        if len(alone):
            self.factors.compose(made[alone], table[alone], table.shape[1])
        return made.reshape(shape)

    def _written(self, table: Signed) -> Signed:
        """Rows of factors as products."""
        above = np.count_nonzero(table > 0)
        if above == table.size:
            kept = table != self.one
            if np.count_nonzero(kept) == above:
                return 1 + self.graph.rows("multiply", table - 1)
            return self._groups("multiply", table, kept, self.one)
        made: Signed = np.multiply.reduce(np.sign(table), axis=1, dtype=np.int32)
        live = made.nonzero()
        nodes = np.abs(table[live])
        made[live] *= self._groups("multiply", nodes, nodes != self.one, self.one)
        return made

    def sums(self, terms: Signed) -> Signed:
        """Sums along the last axis."""
        shape = terms.shape[:-1]
        if terms.shape[-1] == 1:
            return terms.reshape(shape)
        table = terms.reshape(-1, terms.shape[-1])
        if all_positive(table):
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
        if all_positive(signed):
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
            made[place] = self.factors.number(-self.graph.number(int(ids[place])))
        return made

    def opened(self, signed: Signed) -> Product:
        """The factors of products and quotients made here, so that others may join them."""
        first = abs(signed.item(0)) - 1
        if first < self.first:
            return Product((signed,))
        block, nodes = self.graph.block_of(first), np.abs(signed)
        if block.op not in ("multiply", "divide"):
            return Product((signed,))
        if int(nodes.min()) <= block.start or int(nodes.max()) > block.stop:
            return Product((signed,))
        columns = 1 + block.operands[nodes - 1 - block.start]
        first, *rest = np.moveaxis(columns, -1, 0)
        first = np.sign(signed) * first
        if block.op == "multiply":
            return Product((first, *rest))
        return self.divide(self.opened(first), Product((*rest,)))


def _table(columns: Sequence[Signed]) -> Signed:
    """Arrays that broadcast, as the last axis of one."""
    if len(columns) == 1:
        return columns[0][..., None]
    shape = common_shape(columns)
    table = np.empty((*shape, len(columns)), dtype=np.int32)
    for place, column in enumerate(columns):
        table[..., place] = column
    return table
