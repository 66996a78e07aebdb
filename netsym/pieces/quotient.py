"""Quotients of polynomials of one variable, in lowest terms, beside flint's polynomials."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import flint

from netsym.ops.proved.rationals import NotRational

#: A polynomial over the rationals (flint.fmpq_poly) or a `Quotient` of two.
Rational = Any

_MOST_DEGREE = 100  # whose roots flint finds in 0.1 s
_MOST_BITS = 20_000


@dataclass(frozen=True, slots=True)
class Quotient:
    """A quotient in lowest terms whose denominator has a variable."""

    above: Any
    below: Any

    def __add__(self, other: Rational) -> Rational:
        above, below = parts(other)
        return quotient(self.above * below + above * self.below, self.below * below)

    __radd__ = __add__

    def __mul__(self, other: Rational) -> Rational:
        above, below = parts(other)
        return quotient(self.above * above, self.below * below)

    __rmul__ = __mul__

    def __neg__(self) -> Quotient:
        return Quotient(-self.above, self.below)

    def __sub__(self, other: Rational) -> Rational:
        return self + -other

    def __rsub__(self, other: Rational) -> Rational:
        return -self + other

    def __bool__(self) -> bool:
        return bool(self.above)


def parts(value: Rational) -> tuple[Any, Any]:
    """The polynomials above and below the line."""
    if isinstance(value, Quotient):
        return value.above, value.below
    return value, flint.fmpq_poly([1])


def quotient(above: Any, below: Any) -> Rational:
    """A quotient of polynomials in lowest terms; a polynomial where it is one."""
    common = above.gcd(below)
    if common.degree() > 0:
        above, below = above // common, below // common
    return short(above / below[0] if not below.degree() else Quotient(above, below))


def power(base: Rational, exponent: int) -> Rational:
    """A whole power; of a base that is not 0 where the exponent is negative."""
    above, below = parts(base)
    if max(above.degree(), below.degree()) * abs(exponent) > _MOST_DEGREE:
        raise NotRational(f"a polynomial of degree {_MOST_DEGREE:,} or more")
    if exponent < 0:
        above, below, exponent = below, above, -exponent
    return quotient(above**exponent, below**exponent)


def short(value: Rational) -> Rational:
    """The value; raises `NotRational` if it is too long for flint to be interrupted."""
    for polynomial in parts(value):
        if polynomial.degree() > _MOST_DEGREE:
            raise NotRational(f"a polynomial of degree {polynomial.degree():,}")
        bits = max((c.height_bits() for c in polynomial.coeffs()), default=0)
        if bits > _MOST_BITS:
            raise NotRational(f"a coefficient of more than {_MOST_BITS:,} bits")
    return value
