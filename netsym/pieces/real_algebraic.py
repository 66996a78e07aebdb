"""Real roots of polynomials as exact numbers: rational, or algebraic and known to any precision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import flint

from netsym.ops.proved.balls import precision
from netsym.ops.proved.rationals import NotRational

#: A rational (flint.fmpq) or an `Algebraic`; they are compared exactly.
Real = Any

_FIRST_BITS = 64
_MOST_EFFORT = 20_000  # intervals, times the terms of the polynomial


@dataclass(frozen=True, eq=False)
class Algebraic:
    """An irrational real root of an irreducible polynomial over the integers.

    `coefficients` are those of the polynomial, the constant first; `which` counts its real roots
    from the left.
    """

    coefficients: tuple[int, ...]
    which: int

    def ball(self, bits: int) -> Any:
        """An interval of flint's (arb) in which it is, of so many bits."""
        low, high = _narrowed(self.coefficients, self.which, bits)
        with precision(bits):
            return flint.arb(low).union(flint.arb(high))

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Algebraic)
            and self.which == other.which
            and self.coefficients == other.coefficients
        )

    def __hash__(self) -> int:
        return hash((self.coefficients, self.which))

    def __lt__(self, other: Real) -> bool:
        return self != other and self._compare(other) < 0

    def __gt__(self, other: Real) -> bool:
        return self != other and self._compare(other) > 0

    def _compare(self, other: Real) -> int:
        """-1 or 1: how it stands to another number, which it is not."""
        for bits in more_and_more():
            mine, theirs = enclosed(self, bits), enclosed(other, bits)
            if mine < theirs:
                return -1
            if mine > theirs:
                return 1
        raise AssertionError

    def __str__(self) -> str:
        return str(self.ball(_FIRST_BITS).str(10, radius=False))


def enclosed(real: Real, bits: int) -> Any:
    """An interval of flint's (arb) in which a number is, of so many bits."""
    if not isinstance(real, Algebraic):
        with precision(bits):
            return flint.arb(real)
    return real.ball(bits)


def more_and_more() -> Iterator[int]:
    """Precisions in bits, each twice the one before, without end."""
    bits = _FIRST_BITS
    while True:
        yield bits
        bits *= 2


@lru_cache(maxsize=10_000)
def _isolated(coefficients: tuple[int, ...]) -> list[tuple[Any, Any]]:
    """Intervals with one real root each, from the left, of an irreducible polynomial.

    By bisection and Descartes' rule of signs (Collins and Akritas, Polynomial real root isolation
    using Descartes' rule of signs, 1976). It has no rational root, so no end of an interval is one.
    Raises `NotRational` for roots that are too close together to be told apart soon.
    """
    polynomial = flint.fmpq_poly(list(coefficients))
    bound = flint.fmpq(2 + max(map(abs, coefficients)) // abs(coefficients[-1]))
    waiting = [(flint.fmpq(0), bound), (-bound, flint.fmpq(0))]
    found = []
    effort = 0
    while waiting:
        effort += len(coefficients)
        if effort > _MOST_EFFORT:
            raise NotRational("roots of a polynomial that are too close together")
        low, high = waiting.pop()
        count = _at_most(polynomial, low, high)
        if count == 1:
            found.append((low, high))
        elif count:
            middle = (low + high) / 2
            waiting += [(middle, high), (low, middle)]
    return found


def _at_most(polynomial: Any, low: Any, high: Any) -> int:
    """At least as many as there are roots in an interval, and 0 or 1 only if that is the number."""
    inside = polynomial(flint.fmpq_poly([low, high - low]))  # of 0 to 1
    coefficients = flint.fmpq_poly(inside.coeffs()[::-1])(flint.fmpq_poly([1, 1])).coeffs()
    signs = [number > 0 for number in coefficients if number]
    return sum(one != other for one, other in pairwise(signs))


@lru_cache(maxsize=10_000)
def _narrowed(coefficients: tuple[int, ...], which: int, bits: int) -> tuple[Any, Any]:
    """An interval around a root, whose width is to its ends as 1 to so many bits."""
    low, high = _isolated(coefficients)[which]
    polynomial = flint.fmpq_poly(list(coefficients))
    rises = polynomial(high) > 0
    while (high - low) * 2**bits > max(abs(low), abs(high)):
        middle = (low + high) / 2
        low, high = (low, middle) if (polynomial(middle) > 0) == rises else (middle, high)
    return low, high


@lru_cache(maxsize=10_000)
def _factored(coefficients: tuple[int, ...]) -> list[tuple[Real, int]]:
    found: list[tuple[Real, int]] = []
    for factor, multiplicity in flint.fmpz_poly(list(coefficients)).factor()[1]:
        known = tuple(map(int, factor.coeffs()))
        if len(known) == 2:
            found.append((flint.fmpq(-known[0], known[1]), multiplicity))
        else:
            count = len(_isolated(known))
            found += [(Algebraic(known, which), multiplicity) for which in range(count)]
    return found


def roots(polynomial: Any) -> list[tuple[Real, int]]:
    """The different real roots of a polynomial (fmpq_poly) that is not 0, with multiplicities."""
    if polynomial.degree() < 1:
        return []
    if polynomial.degree() == 1:
        return [(-polynomial[0] / polynomial[1], 1)]
    return _factored(tuple(map(int, polynomial.numer().coeffs())))


def beyond(polynomial: Any, start: Real | None) -> tuple[int, Real | None]:
    """The sign of a polynomial just right of a point, and its next root there, or None.

    Without a `start`, the sign far on the left. It is that of the leading coefficient, changed by
    every root, as often as it is one, that is further right.
    """
    if not polynomial:
        return 0, None
    last = polynomial[polynomial.degree()]
    later = [(root, count) for root, count in roots(polynomial) if start is None or start < root]
    changes = sum(count for _, count in later)
    first = min((root for root, _ in later), default=None)
    return (-1 if (last < 0) != bool(changes % 2) else 1), first


def between(low: Real | None, high: Real | None) -> Iterator[Any]:
    """Rationals strictly between two numbers, without end, the simplest first; None is no end."""
    low, high = _rational_ends(low, high)
    while True:
        high = _simplest(low, high)
        yield high


def _rational_ends(low: Real | None, high: Real | None) -> tuple[Any, Any]:
    """Rationals between two numbers, or these themselves, the first less than the second."""
    for bits in more_and_more():
        with precision(bits):
            ends: list[Any] = [
                _exact(getattr(enclosed(end, bits), side)()) if isinstance(end, Algebraic) else end
                for end, side in ((low, "upper"), (high, "lower"))
            ]
        if None in ends or ends[0] < ends[1]:
            return ends[0], ends[1]
    raise AssertionError


def _exact(end: Any) -> Any:
    mantissa, exponent = map(int, end.man_exp())
    return flint.fmpq(mantissa) * flint.fmpq(2) ** exponent


def _simplest(low: Any, high: Any) -> Any:
    """The rational with the smallest denominator in an open interval, of these the nearest to 0."""
    if (low is None or low < 0) and (high is None or high > 0):
        return flint.fmpq(0)
    if low is None or low < 0:
        return -_simplest_positive(-high, None if low is None else -low)
    return _simplest_positive(low, high)


def _simplest_positive(low: Any, high: Any) -> Any:
    """By continued fractions (Stern and Brocot)."""
    whole_parts = []
    whole = low.floor()
    while high is not None and whole + 1 >= high:
        whole_parts.append(whole)
        low, high = 1 / (high - whole), None if low == whole else 1 / (low - whole)
        whole = low.floor()
    found = flint.fmpq(whole + 1)
    for whole in reversed(whole_parts):
        found = whole + 1 / found
    return found
