"""The `sums` reading: an element is a sum of products, multiplied out; and how many they will be.

`Sums` reads the parameters of a linear network so; `Paths` counts the products before that.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import chain
from typing import Any

import flint

from netsym.graph.builder import Builder
from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.arrays import Elements, Objects, at_each_place, filled
from netsym.ops.proved.rationals import NotRational


@dataclass(frozen=True, slots=True)
class Term:
    """A number times powers of nodes, as (node, exponent) in the order in which they came.

    `rounds` says that the number comes from float64 numbers, other than whole ones.
    """

    number: Fraction | int
    powers: tuple[tuple[int, int], ...] = ()
    rounds: bool = False

    def __mul__(self, other: Term) -> Term:
        powers = self.powers + other.powers
        if self.powers and other.powers:
            raised = dict(self.powers)
            for node, exponent in other.powers:
                raised[node] = raised.get(node, 0) + exponent
            powers = tuple(each for each in raised.items() if each[1])
        return Term(self.number * other.number, powers, self.rounds or other.rounds)

    def inverse(self) -> Term:
        """Its reciprocal; raises `ZeroDivisionError` if it is 0."""
        powers = tuple((node, -exponent) for node, exponent in self.powers)
        return Term(Fraction(1, self.number), powers, self.rounds)


@dataclass(frozen=True, slots=True)
class Sum:
    """Terms by their powers, without those that are 0."""

    terms: Mapping[frozenset[tuple[int, int]], Term]

    @classmethod
    def of(cls, terms: Iterable[Term]) -> Sum:
        """The sum of terms, like ones as one."""
        found: dict[frozenset[tuple[int, int]], Term] = {}
        for term in terms:
            key = frozenset(term.powers)
            like = found.get(key)
            if like is not None:
                number, rounds = like.number + term.number, like.rounds or term.rounds
                term = Term(number, like.powers, rounds)
            found[key] = term
        return cls({key: term for key, term in found.items() if term.number})

    def __iter__(self) -> Iterator[Term]:
        return iter(self.terms.values())

    def __add__(self, other: Sum) -> Sum:
        return Sum.of(chain(self, other))

    def __mul__(self, other: Sum) -> Sum:
        return Sum.of(one * two for one in self for two in other)

    def __neg__(self) -> Sum:
        minus = Term(-1)
        return Sum.of(term * minus for term in self)


class _Ring(Elements):
    """Object arrays of elements that are added and multiplied by Python's operators."""

    @abstractmethod
    def symbol(self, name: str) -> Any:
        """The element of a name."""

    @abstractmethod
    def joined(self, elements: list[Any]) -> Any:
        """The sum of elements."""

    @abstractmethod
    def quotient(self, above: Any, below: Any) -> Any:
        """The element of a quotient."""

    @abstractmethod
    def function(self, function: str, *operands: Any) -> Any:
        """The element of a function, which is a factor as it stands."""

    def symbols(self, names: Names) -> Objects:
        return filled(map(self.symbol, names.all()), (len(names),))

    def divide(self, numerator: Objects, denominator: Objects) -> Objects:
        return self.each(self.quotient, numerator, denominator)

    def power(self, base: Objects, exponent: int) -> Objects:
        if exponent < 0:
            return self.divide(self.constant(Fraction(1)), self.power(base, -exponent))
        raised = self.constant(Fraction(1))
        for _ in range(exponent):
            raised = self.multiply(raised, base)
        return raised

    def call(self, function: str, *operands: Objects) -> Objects:
        return self.each(lambda *each: self.function(function, *each), *operands)

    def add(self, *terms: Objects) -> Objects:
        return self.each(lambda *each: self.joined(list(each)), *terms)

    def total(self, values: Objects, present: Present | None = None) -> Objects:
        values = values if present is None else self.kept(values, present)
        rows = values.reshape(-1, values.shape[-1])
        found = (self.joined(row.tolist()) for row in rows)
        return filled(found, (*values.shape[:-1], 1))


class Sums(_Ring):
    """Elements are `Sum`; what is not a product or a sum is a factor, a node of `builder`."""

    def __init__(self) -> None:
        self.builder = Builder()

    def symbol(self, name: str) -> Sum:
        """The element of a name."""
        return self._factor(self.builder.symbol(name))

    def _factor(self, node: int, exponent: int = 1) -> Sum:
        return Sum.of([Term(1, ((node, exponent),))])

    def number(self, value: float | Fraction) -> Sum:
        """The element of a number."""
        exact = Fraction(value)
        if exact.denominator == 1:
            return Sum.of([Term(int(exact))])
        return Sum.of([Term(exact, (), isinstance(value, float))])

    def joined(self, elements: list[Sum]) -> Sum:
        """The sum of elements."""
        return Sum.of(chain.from_iterable(elements))

    def quotient(self, above: Sum, below: Sum) -> Sum:
        """The element of a quotient."""
        if not below.terms:
            raise NotRational("a division by zero")
        if len(below.terms) > 1:
            return above * self._factor(self.sum(below), -1)
        return above * Sum.of(term.inverse() for term in below)

    def function(self, function: str, *operands: Sum) -> Sum:
        """The element of a function, which is a factor as it stands."""
        nodes = tuple(map(self.sum, operands))
        return self._factor(self.builder.operation(function, nodes))

    # -- as nodes
    def sum(self, terms: Sum) -> int:
        """The node of a sum."""
        return self.added([self.product(term) for term in terms])

    def added(self, nodes: list[int]) -> int:
        """The node of a sum of nodes; of none, 0."""
        if not nodes:
            return self.builder.constant(0.0)
        return nodes[0] if len(nodes) == 1 else self.builder.operation("add", tuple(nodes))

    def product(self, term: Term, *factors: int) -> int:
        """The node of a product, with these factors above the line at the end.

        Raises `OverflowError` for a number that is too large for float64.
        """
        above = [self._power(node, e) for node, e in term.powers if e > 0] + list(factors)
        below = [self._power(node, -e) for node, e in term.powers if e < 0]
        minus = term.number == -1 and bool(above)
        if abs(term.number) != 1 or not above:
            number = float(term.number) if term.rounds else Fraction(term.number)
            above.insert(0, self.builder.constant(number))
        node = self._times(above)
        if below:
            node = self.builder.operation("divide", (node, self._times(below)))
        return self.builder.operation("negate", (node,)) if minus else node

    def _times(self, nodes: list[int]) -> int:
        return nodes[0] if len(nodes) == 1 else self.builder.operation("multiply", tuple(nodes))

    def _power(self, node: int, exponent: int) -> int:
        if exponent == 1:
            return node
        return self.builder.operation("power", (node, self.builder.constant(float(exponent))))


class Paths(_Ring, ByMatrices[Objects]):
    """Elements count products by how many factors they have, names and functions.

    One integer holds all counts: `each` to the power of k is a product of k factors, so that sums
    and products of elements are those of integers. Numbers add up to one number.
    """

    def __init__(self, bits: int = 0) -> None:
        self.bits = bits

    def symbol(self, name: str) -> int:
        """The element of a name."""
        return 1 << self.bits

    def number(self, value: float | Fraction) -> int:
        """The element of a number."""
        return int(value != 0)

    def joined(self, elements: list[int]) -> int:
        """The sum of elements."""
        total = sum(elements)
        numbers = total & ((1 << self.bits) - 1)
        return total - max(0, numbers - 1)

    def negate(self, value: Objects) -> Objects:
        """An element counts as many products with the other sign."""
        return value

    def quotient(self, above: int, below: int) -> int:
        """The element of a quotient."""
        return above << self.bits

    def function(self, function: str, *operands: int) -> int:
        """The element of a function, which is a factor as it stands."""
        return 1 << self.bits

    def products(self, weights: Objects, values: Objects) -> Objects:
        """In whole matrices, as this is what refuses large networks."""
        return at_each_place(self._product, weights, values)

    def _product(self, weights: Objects, values: Objects) -> Objects:
        rows = values.reshape(-1, values.shape[-1])
        left = flint.fmpz_mat(len(rows), rows.shape[1], rows.reshape(-1).tolist())
        right = flint.fmpz_mat(rows.shape[1], len(weights), weights.T.reshape(-1).tolist())
        shape = (*values.shape[:-1], len(weights))
        return filled((self.joined([int(n)]) for n in (left * right).entries()), shape)

    def counts(self, element: int) -> list[int]:
        """How many products have no factor but a number, one factor, two, and so on."""
        found = []
        while element:
            found.append(element & ((1 << self.bits) - 1))
            element >>= self.bits
        return found
