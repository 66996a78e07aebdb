"""The numbers among the factors of products, multiplied where that is exact.

A factor 0.1*2 is written 0.2: it is the same float64, and what the decimals say. 0.1*3 stays: the
float64 0.3 is another number than three times the float64 0.1.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from netsym.graph.graph import Block, Graph, Ids, Mask, Positions

#: 1 + the id of a node, negative where its negative is meant; 0 is the number 0.
Signed = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Number:
    """A number as a factor, exactly: the float64 that it is, and the decimal that is written.

    Of 0.1 these are two; of whole numbers and fractions they are one. What has a `point` keeps it.
    """

    value: Fraction
    decimal: Fraction
    point: bool = False

    @classmethod
    def of(cls, value: float | Fraction) -> Number:
        """A constant of a graph."""
        point = isinstance(value, float) and not value.is_integer()
        return cls(Fraction(value), Fraction(str(value)), point)

    def times(self, other: Number) -> Number:
        """The product."""
        value, decimal = self.value * other.value, self.decimal * other.decimal
        return Number(value, decimal, self.point or other.point)

    def inverse(self) -> Number:
        """1 over it."""
        return Number(1 / self.value, 1 / self.decimal, self.point)

    @property
    def constant(self) -> float | Fraction | None:
        """The constant that is this number in both ways; None if there is none."""
        if self.point and abs(self.value) < sys.float_info.max:
            nearest = Number.of(float(self.value))
            if (nearest.value, nearest.decimal) == (self.value, self.decimal):
                return float(self.value)
        return self.value if self.value == self.decimal else None


class Factors:
    """The numbers of a graph, and what is made of them alone, as factors and divisors.

    1 and 0 are none of them: a factor 1 is not written, and where one is 0 there is no product.
    """

    def __init__(self, graph: Graph, constants: Sequence[Block]) -> None:
        self.graph = graph
        self.one = 1 + graph.constant(1.0)
        self._nodes: dict[float | Fraction, int] = {1.0: graph.constant(1.0)}
        self._composed: dict[int, Number] = {}  # what is made of numbers, and names of that
        self._folded: dict[tuple[tuple[int, ...], int], list[int]] = {}
        self._marked = np.zeros(2 + len(graph), dtype=np.bool_)  # numbers, by 1 + their id
        for block in constants:
            exact = isinstance(block.payload, tuple)
            here = slice(1 + block.start, 1 + block.stop)
            self._marked[here] = True if exact else np.asarray(block.payload) != 0
        self._marked[self.one] = False

    def number(self, value: float | Fraction) -> int:
        """The node of a number."""
        if value not in self._nodes:
            if isinstance(value, Fraction):
                node = self.graph.fraction(value)
            else:
                node = self.graph.constant(float(value))
            self._nodes[value] = node
            if value:
                self._mark(node)
        return self._nodes[value]

    def are_numbers(self, factors: Signed) -> Mask:
        """Which factors are numbers; none is that is newer than the last that was marked."""
        return self._marked.take(np.abs(factors), mode="clip")

    def folded(self, table: Signed, edge: int) -> tuple[Signed, Positions]:
        """Rows of factors, from `edge` on divisors, with the numbers in each as one.

        And which of them are numbers alone.
        """
        numbers = self.are_numbers(table)
        if not np.count_nonzero(numbers) or np.count_nonzero(numbers.any(axis=0)) < 1 + (
            edge == table.shape[1]
        ):
            return table, np.empty(0, dtype=np.int64)
        alone = (numbers | (np.abs(table) == self.one)).all(axis=1)
        (rows,) = (np.add.reduce(numbers, axis=1, dtype=np.int32) > 1).nonzero()
        if len(rows):
            table = table.copy()
        for row in rows.tolist():
            (places,) = numbers[row].nonzero()
            first = int(np.count_nonzero(places < edge))
            table[row, places] = self._as_one(tuple(table[row, places].tolist()), first)
        return table, np.flatnonzero(alone)

    def compose(self, made: Signed, table: Signed, edge: int) -> None:
        """Remember what was made of numbers alone."""
        for node, factors in zip((np.abs(made) - 1).tolist(), table.tolist(), strict=True):
            if self.graph.block_of(node).op != "constant":
                self._composed[node] = self._product(factors, edge)
                self._mark(node)

    def renamed(self, ids: Ids, names: Ids) -> None:
        """Names of what was made of numbers alone are such numbers, too."""
        if self._composed:
            for node, name in zip(ids.tolist(), names.tolist(), strict=True):
                if node in self._composed:
                    self._composed[name] = self._composed[node]
                    self._mark(name)

    def _mark(self, node: int) -> None:
        if node + 2 >= len(self._marked):  # the last of all is no number
            self._marked = np.append(self._marked, np.zeros(2 + node, dtype=np.bool_))
        self._marked[1 + node] = True

    def _as_one(self, factors: tuple[int, ...], first: int) -> list[int]:
        """Numbers, from `first` on divisors, as one and 1 in place of the others.

        Where no constant is exactly their product, those with a point stay.
        """
        made = self._folded.get((factors, first))
        if made is None:
            product = self._product(factors, first)
            constant = (product if first else product.inverse()).constant
            if constant is not None:
                made = self._in_place(constant, factors, first)
            else:
                made = self._without_points(factors, first)
            self._folded[factors, first] = made
        return made

    def _without_points(self, factors: tuple[int, ...], first: int) -> list[int]:
        """Only the numbers without a point as one."""
        made, values = [*factors], map(self._value, factors)
        whole = [place for place, value in enumerate(values) if not value.point]
        if 1 < len(whole) < len(factors):
            above = sum(place < first for place in whole)
            found = self._as_one(tuple(factors[place] for place in whole), above)
            for place, factor in zip(whole, found, strict=True):
                made[place] = factor
        return made

    def _in_place(
        self, constant: float | Fraction, factors: tuple[int, ...], first: int
    ) -> list[int]:
        """A number in place of these factors, which keep their signs."""
        numbers: dict[int, float | Fraction] = {0: constant}
        if isinstance(constant, Fraction) and 0 < first < len(factors):
            numbers = {0: Fraction(constant.numerator), first: Fraction(constant.denominator)}
        return [
            self._factor(numbers.get(place, 1.0)) * (1 if factor > 0 else -1)
            for place, factor in enumerate(factors)
        ]

    def _factor(self, value: float | Fraction) -> int:
        return -self.one if value == -1 else 1 + self.number(value)

    def _product(self, factors: Sequence[int], first: int) -> Number:
        product = Number.of(1.0)
        for place, factor in enumerate(factors):
            value = self._value(factor)
            product = product.times(value if place < first else value.inverse())
        return product

    def _value(self, factor: int) -> Number:
        """The number that a factor is, without its sign."""
        node = abs(factor) - 1
        return self._composed.get(node) or Number.of(self.graph.number(node))
