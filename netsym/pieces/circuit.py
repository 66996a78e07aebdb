"""Piecewise functions as sums of atoms: variables, and |sum|, sign(sum), products and powers.

Sums are kept in lowest terms, and atoms of sums that are the same but for a factor are one. So
hidden units that are permuted, scaled or split cancel when two functions are subtracted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import flint

from netsym.graph.functions import FUNCTIONS
from netsym.ops import NoReading
from netsym.ops.proved.rationals import NotRational, Rationals
from netsym.ops.straight_line import Instruction

#: The coefficient (flint.fmpq) of each atom by its number, without zeros; atom 0 is the number 1.
Sum = dict[int, Any]

_MOST_BITS = 100_000


class NotPiecewise(NoReading):
    """A function that is not made of pieces of polynomials and quotients; its text names it."""


class Circuit:
    """Computes with sums; a `Machine` of straight-line programs.

    An atom is an instruction whose operands are places in `sums`: `abs`, `sign`, `multiply` (of
    two) and `power` (with a whole exponent, which may be negative), beside `number`, the 1, and the
    variables, `input` and `name`. Its operands are made of atoms before it.
    """

    def __init__(self) -> None:
        self.atoms: list[Instruction] = []
        self.sums: list[Sum] = []
        self._atoms: dict[Instruction, int] = {}
        self._sums: dict[frozenset[tuple[int, Any]], int] = {}
        self._atom("number")

    def variable(self, op: str, which: int | str) -> Sum:
        """An input by its place, or a name."""
        return {self._atom(op, which=which): flint.fmpq(1)}

    def named(self, name: str) -> Sum:
        """A name as a variable."""
        return self.variable("name", name)

    def constant(self, value: float | Fraction) -> Sum:
        return {0: flint.fmpq(*value.as_integer_ratio())} if value else {}

    def add(self, *terms: Sum) -> Sum:
        return self.combined((flint.fmpq(1), term) for term in terms)

    def combined(self, terms: Iterable[tuple[Any, Sum]]) -> Sum:
        """The sum of sums, each with a factor."""
        result: Sum = {}
        for factor, term in terms:
            add_to(result, term, factor)
        return result

    def negate(self, value: Sum) -> Sum:
        return scaled(value, flint.fmpq(-1))

    def multiply(self, *factors: Sum) -> Sum:
        result = factors[0]
        for factor in factors[1:]:
            result = self._product(result, factor)
        return result

    def _product(self, one: Sum, other: Sum) -> Sum:
        if is_constant(one):
            return scaled(other, number(one))
        if is_constant(other):
            return scaled(one, number(other))
        (left, by), (right, more) = self._primitive(one), self._primitive(other)
        operands = (min(left, right), max(left, right))
        return {self._atom("multiply", operands): by * more}

    def divide(self, numerator: Sum, denominator: Sum) -> Sum:
        return self._product(numerator, self.power(denominator, -1))

    def power(self, base: Sum, exponent: int) -> Sum:
        if not base and exponent < 0:
            raise NotRational("a division by zero")
        if exponent == 1:
            return base
        bits = max((factor.height_bits() for factor in base.values()), default=0)
        if bits * abs(exponent) > _MOST_BITS:
            raise NotRational(f"a power of {exponent} is too long to write as a fraction")
        if is_constant(base) or not exponent:
            value = number(base) ** exponent
            return {0: value} if value else {}
        place, factor = self._primitive(base)
        return {self._atom("power", (place,), exponent): factor**exponent}

    def call(self, function: str, *operands: Sum) -> Sum:
        if function in Rationals.functions and all(map(is_constant, operands)):
            value = Rationals.functions[function](*map(number, operands))
            return {0: value} if value else {}
        if function == "abs":
            return self.absolute(operands[0])
        if function == "sign":
            place, factor = self._primitive(operands[0])
            return {self._atom("sign", (place,)): flint.fmpq(1 if factor > 0 else -1)}
        if function in ("max", "min"):
            result = operands[0]
            for operand in operands[1:]:
                result = self._larger(result, operand, 1 if function == "max" else -1)
            return result
        expansion = FUNCTIONS[function].expansion
        if expansion is None:
            raise NotPiecewise(function)
        expanded: Sum = expansion(self, *operands)
        return expanded

    def _larger(self, one: Sum, other: Sum, sign: int) -> Sum:
        """`(a + b + |a - b|)/2`, or `(a + b - |a - b|)/2`."""
        half = flint.fmpq(1, 2)
        apart = self.absolute(self.add(one, self.negate(other)))
        return self.combined([(half, one), (half, other), (sign * half, apart)])

    def absolute(self, value: Sum) -> Sum:
        """`|value|`."""
        atom, factor = self.kink(value)
        return {atom: abs(factor)} if factor else {}

    def kink(self, value: Sum) -> tuple[int, Any]:
        """The atom |operand| and a factor that gives the value times its operand.

        For a number it is the atom 0, and the number.
        """
        if is_constant(value):
            return 0, number(value)
        place, factor = self._primitive(value)
        return self._atom("abs", (place,)), factor

    # -- kept once
    def _primitive(self, value: Sum) -> tuple[int, Any]:
        made, factor = primitive(value)
        return self.place(made), factor

    def place(self, value: Sum) -> int:
        """The place of a sum in `sums`."""
        return self._kept(self._sums, frozenset(value.items()), self.sums, value)

    def _atom(self, op: str, operands: tuple[int, ...] = (), which: int | str = 0) -> int:
        made = Instruction(op, operands, which)
        return self._kept(self._atoms, made, self.atoms, made)

    @staticmethod
    def _kept(places: dict[Any, int], key: Any, kept: list[Any], value: Any) -> int:
        place = places.setdefault(key, len(kept))
        if place == len(kept):
            kept.append(value)
        return place

    # -- what is asked of it
    def divisors(self) -> list[int]:
        """The sums that are divided by: where one is zero, there is no value."""
        return [
            atom.operands[0] for atom in self.atoms if atom.op == "power" and int(atom.which) < 0
        ]

    def used(self, values: Iterable[Sum], sums: Sequence[Sum] | None = None) -> list[int]:
        """The atoms that sums are made of, in order; of `sums` as they are on a piece, if given."""
        known = self.sums if sums is None else sums
        found = {atom for value in values for atom in value}
        for atom in range(max(found, default=-1), -1, -1):
            if atom in found:
                found.update(*(known[place] for place in self.atoms[atom].operands))
        return sorted(found)


def is_constant(value: Sum) -> bool:
    """Whether a sum is a number."""
    return not value or (len(value) == 1 and 0 in value)


def number(value: Sum) -> Any:
    """The number that a sum is, or its constant."""
    return value.get(0, flint.fmpq(0))


def primitive(value: Sum) -> tuple[Sum, Any]:
    """A sum that is no number, with 1 as its first coefficient, and the factor that it had."""
    factor = value[min(atom for atom in value if atom)]
    return scaled(value, 1 / factor), factor


def scaled(value: Sum, factor: Any) -> Sum:
    """A sum times a number."""
    if factor == 1:
        return value
    return {atom: factor * by for atom, by in value.items()} if factor else {}


def add_to(total: Sum, term: Mapping[int, Any], factor: Any) -> None:
    """Add a sum with a factor to a total, in place."""
    for atom, by in term.items():
        known = total.get(atom)
        by = factor * by if known is None else known + factor * by
        if by:
            total[atom] = by
        elif known is not None:
            del total[atom]
