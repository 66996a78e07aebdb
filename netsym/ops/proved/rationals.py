"""The `rationals` reading: an element is an exact fraction."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from netsym.ops import NoReading
from netsym.ops.arrays import Objects, filled
from netsym.ops.proved.scalars import Scalars

_LARGEST_EXPONENT = 1000
_MOST_BITS = 100_000


class NotRational(NoReading):
    """A value is not rational, does not exist, or is too long to compute with."""


class Irrational(NotRational):
    """A value of a function that leaves the rational numbers."""


def _sqrt(value: Any) -> Any:
    if value >= 0:
        root = flint.fmpq(value.p.isqrt(), value.q.isqrt())
        if root * root == value:
            return root
    raise Irrational(f"the square root of {str(value)[:40]} is not rational")


_FUNCTIONS: dict[str, Callable[..., Any]] = {
    "max": max,
    "min": min,
    "abs": abs,
    "sqrt": _sqrt,
    "sign": lambda value: flint.fmpq((value > 0) - (value < 0)),
    "heaviside": lambda value: flint.fmpq(int(value > 0)),
}


class Rationals(Scalars):
    """Exact fractions, flint.fmpq; floats are exact dyadic rationals.

    Every operation raises `NotRational` where there is no exact result: for exp and its like,
    the square root of what is no square, a division by zero, an exponent beyond 1000, and
    fractions that grow beyond 100,000 bits.
    """

    matrix = flint.fmpq_mat
    functions = _FUNCTIONS

    def number(self, value: float | Fraction) -> Any:
        return flint.fmpq(*value.as_integer_ratio())

    def terms_at_once(self, values: Objects) -> int:
        return int(1e6 / (1 + _bits(values) / 64))  # up to 200 ns a term for each 64 bits

    def unknown(self, function: str) -> Objects:
        raise Irrational(f"{function} leaves the rational numbers")

    def add(self, *terms: Objects) -> Objects:
        return _short(super().add(*terms))

    def multiply(self, *factors: Objects) -> Objects:
        result = factors[0]
        for factor in factors[1:]:
            result = _short(super().multiply(result, factor))
        return result

    def divide(self, numerator: Objects, denominator: Objects) -> Objects:
        zeros = np.argwhere(np.asarray(denominator == 0))
        if len(zeros):
            point = f" at point {zeros[0][0] + 1}" if denominator.ndim > 1 else ""
            raise NotRational(f"a division by zero{point}")
        return _short(super().divide(numerator, denominator))

    def power(self, base: Objects, exponent: int) -> Objects:
        if abs(exponent) > _LARGEST_EXPONENT or _bits(base) * abs(exponent) > 10 * _MOST_BITS:
            raise NotRational(f"a power of {exponent} is too long to write as a fraction")
        if exponent < 0:
            return self.divide(self.constant(1), self.power(base, -exponent))
        return _short(self.each(lambda value: value**exponent, base))

    def products(self, weights: Objects, values: Objects) -> Objects:
        return _short(super().products(weights, values))


class Exact(Rationals):
    """Exact fractions in whole matrices, for the coefficients of affine maps (`ops.affine`)."""

    def terms_at_once(self, values: Objects) -> int:
        return 2**62  # a product in pieces would lose flint's fast ones


def fractions(numbers: Objects) -> Objects:
    """Numbers of this reading as Python's fractions, in the same shape."""
    made = (Fraction(int(number.p), int(number.q)) for number in numbers.reshape(-1).tolist())
    return filled(made, numbers.shape)


def _bits(values: Objects) -> int:
    return max(map(flint.fmpq.height_bits, values.reshape(-1).tolist()), default=0)


def _short(values: Objects) -> Objects:
    if _bits(values) > _MOST_BITS:
        raise NotRational(f"a fraction of more than {_MOST_BITS:,} bits")
    return values
