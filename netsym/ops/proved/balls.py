"""The `balls` reading: an element is a midpoint with a rigorous radius.

Arb does the arithmetic (Johansson, "Arb: efficient arbitrary-precision midpoint-radius interval
arithmetic", IEEE Transactions on Computers, 2017), through python-flint.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from fractions import Fraction
from functools import cache
from operator import truediv
from typing import Any

import flint
import numpy.typing as npt

from netsym.ops.arrays import Objects, filled
from netsym.ops.fixed_point import BITS, FixedPoint
from netsym.ops.proved.scalars import Scalars
from netsym.ops.shortest import shortest

#: A ball: flint.arb.
Ball = Any


@contextmanager
def precision(bits: int) -> Iterator[None]:
    """Let flint, whose precision is one for the whole thread, compute with so many bits here."""
    before = flint.ctx.prec
    flint.ctx.prec = bits
    try:
        yield
    finally:
        flint.ctx.prec = before


def exactly(value: Fraction) -> Ball:
    """A fraction as a ball."""
    return flint.arb(flint.fmpq(*value.as_integer_ratio()))


@cache
def _power_of_ten(exponent: int) -> Ball:
    """A whole number as a ball, exact at any precision."""
    return flint.arb(10**exponent)


def power(base: Ball, exponent: int) -> Ball:
    """An integer power by squaring: flint's own goes by the logarithm where the middle is 0."""
    result, square, left = flint.arb(1), base, abs(exponent)
    while left:
        if left & 1:
            result *= square
        left >>= 1
        if left:
            square *= square
    return 1 / result if exponent < 0 else result


def _sigmoid(z: Ball) -> Ball:
    if z > 0:
        return 1 / (1 + (-z).exp())
    small = z.exp()
    return small / (1 + small)


def _softplus(z: Ball) -> Ball:
    return z + (-z).exp().log1p() if z > 0 else z.exp().log1p()


def rising(function: Callable[[Ball], Ball], low: float, high: float) -> Callable[[Ball], Ball]:
    """A function that rises from low to high, tight for wide balls too: by its ends."""

    def of(z: Ball) -> Ball:
        if z.rad() < 0.125 or z.is_nan():
            return function(z)
        if not z.is_finite():
            return flint.arb(low).union(flint.arb(high))
        return function(z.lower()).union(function(z.upper()))

    return of


def _sign(z: Ball) -> Ball:
    if z.is_nan():
        return z
    if z > 0 or z < 0 or z == 0:
        return flint.arb(1 if z > 0 else -1 if z < 0 else 0)
    low = 0 if z >= 0 else -1
    return flint.arb(low).union(flint.arb(0 if z <= 0 else 1))


def _heaviside(z: Ball) -> Ball:
    if z.is_nan():
        return z
    if z > 0 or z <= 0:
        return flint.arb(1 if z > 0 else 0)
    return flint.arb(0).union(flint.arb(1))


_TANH = rising(flint.arb.tanh, -1, 1)
_ERF = rising(flint.arb.erf, -1, 1)
_SIGMOID = rising(_sigmoid, 0, 1)
_SOFTPLUS = rising(_softplus, 0, math.inf)

_FUNCTIONS: dict[str, Callable[..., Ball]] = {
    **{name: getattr(flint.arb, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tan")},
    **{name: getattr(flint.arb, name) for name in ("atan", "sinh", "cosh", "max", "min", "pi")},
    "abs": abs,
    "sign": _sign,
    "heaviside": _heaviside,
    "tanh": _TANH,
    "erf": _ERF,
    "sigmoid": _SIGMOID,
    "silu": lambda z: z * _SIGMOID(z),
    "softplus": _SOFTPLUS,
}


class Balls(Scalars):
    """Balls that contain the exact value, floats being exact dyadic rationals.

    Run it within `precision(bits)`. `radius(c)` says how far a numeric constant or parameter
    entry c may be off; what `values` gives a name, and the inputs, are exact.

    A function's value that does not exist (the log of a negative ball), or of which nothing is
    known (a quotient by a ball that contains 0), is a ball that is not finite, never an error.
    """

    matrix = flint.arb_mat
    functions = _FUNCTIONS

    def __init__(
        self,
        values: Mapping[str, float | Fraction] | None = None,
        bits: int = 128,
        radius: Callable[[float | Fraction], Fraction | None] | None = None,
    ) -> None:
        super().__init__(values)
        self.bits = bits
        self.radius = radius

    def number(self, value: float | Fraction) -> Ball:
        self._refuse_other_precision()
        return flint.arb(value) if isinstance(value, (float, int)) else exactly(value)

    def _refuse_other_precision(self) -> None:
        if flint.ctx.prec != self.bits:
            raise RuntimeError(f"run this reading within precision({self.bits})")

    def each_number(self, values: Collection[float | Fraction]) -> Iterable[Ball]:
        self._refuse_other_precision()
        made: Callable[..., Ball] = flint.arb if {*map(type, values)} == {float} else self.number
        return map(made, values)

    def fixed_point(self, values: FixedPoint) -> Objects:
        if self.radius is not None:
            return self.numbers(values.fractions)
        self._refuse_other_precision()
        unit = flint.arb(2) ** (-BITS * values.below)
        return filled((flint.arb(number) * unit for number in values.whole), values.shape)

    def given(self, values: Collection[float | Fraction]) -> Iterable[Ball]:
        return self.each_number(values) if self.radius is None else map(self._around, values)

    def given_decimals(self, values: npt.NDArray[Any]) -> Iterable[Ball]:
        if self.radius is not None or values.dtype == object:
            return super().given_decimals(values)
        self._refuse_other_precision()
        whole, places = shortest(values)
        return map(truediv, map(flint.arb, whole), map(_power_of_ten, places))

    def _around(self, value: float | Fraction) -> Ball:
        """A ball that holds all that a number may be."""
        off = self.radius(value) if self.radius is not None else None
        return (
            self.number(value) + flint.arb(0, self.number(off).upper())
            if off
            else self.number(value)
        )

    def exact(self) -> Balls:
        if self.radius is None:
            return self
        exact = copy.copy(self)  # it shares the list of what was covered
        exact.radius = None
        return exact

    def terms_at_once(self, values: Objects) -> int:
        return int(1e7 / max(1.0, self.bits / 128))  # at up to 20 ns a term at 128 bits

    def power(self, base: Objects, exponent: int) -> Objects:
        return self.each(lambda ball: power(ball, exponent), base)


# -- what is said of balls ----------------------------------------------------------------------
def disjoint(one: Ball, other: Ball) -> bool:
    """Whether they are certainly different numbers; False where one is not finite."""
    return bool(one.is_finite() and other.is_finite() and not one.overlaps(other))


def overlap(one: Ball, other: Ball) -> bool:
    """Whether both are finite and may be the same number."""
    return bool(one.is_finite() and other.is_finite() and one.overlaps(other))


def midpoint(ball: Ball) -> float:
    """The nearest float64 to the middle; nan where the ball is not finite."""
    return float(ball.mid()) if ball.is_finite() else math.nan


def radius(ball: Ball) -> float:
    """The radius in float64; inf where the ball is not finite."""
    return float(ball.rad()) if ball.is_finite() else math.inf


def decimal(ball: Ball, digits: int = 20) -> str:
    """The middle and the radius: `0.73105857863000487925 ± 5.9e-39`, to so many digits.

    >>> with precision(128):
    ...     decimal(1 / (1 + flint.arb(-1).exp())), decimal(flint.arb(0.5))
    ('0.73105857863000487925 ± 6.9e-39', '0.5')
    """
    middle = _middle(ball, digits)
    if ball.is_exact() or not ball.is_finite():
        return middle
    return f"{middle} ± {ball.rad().str(2, radius=False, more=True)}"


def _middle(ball: Ball, digits: int) -> str:
    if not ball.is_finite():
        return "nan" if ball.is_nan() else "unbounded"
    middle = str(ball.mid().str(digits, radius=False, more=True))
    return middle.rstrip("0").rstrip(".") if "." in middle and "e" not in middle else middle


def side_by_side(one: Ball, other: Ball) -> tuple[str, str]:
    """Both as `decimal`, with enough digits to see that they differ.

    >>> with precision(128):
    ...     side_by_side(flint.arb(1), flint.arb(1) + flint.arb(2) ** -90)
    ('1', '1.00000000000000000000000000081')
    """
    digits = _digits_apart(one, other, 20)
    return decimal(one, digits), decimal(other, digits)


def in_short(one: Ball, other: Ball) -> tuple[str, str]:
    """Both to six digits, or as many as it takes to see that they differ, without the radius.

    >>> with precision(128):
    ...     in_short(flint.arb(0.75) + flint.arb(2) ** -20, flint.arb(0.75))
    ('0.75000095', '0.75')
    """
    digits = _digits_apart(one, other, 6)
    return _middle(one, digits), _middle(other, digits)


def _digits_apart(one: Ball, other: Ball, least: int) -> int:
    if not disjoint(one, other):
        return least
    larger = one if abs(one.mid()) > abs(other.mid()) else other
    apart = abs(larger) / abs(one - other)
    return max(least, math.ceil(float(apart.log() / flint.arb(10).log())) + 2)
