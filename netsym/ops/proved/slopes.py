"""Ranges of values and of slopes over a whole box of inputs, as balls, for straight-line programs.

A function differs from its value in the middle of a box by no more than its slopes there allow
(the mean value form; Moore, Interval Analysis, 1966). At a kink the slopes are all that are beside
it, so that this holds there as well (Clarke, Optimization and Nonsmooth Analysis, 1983).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction

import flint

from netsym.graph.functions import FUNCTIONS
from netsym.ops import NoReading
from netsym.ops.proved.balls import Ball, Balls, exactly, power, rising

_JUMPS = frozenset({"sign", "heaviside"})
_UNKNOWN = flint.arb("nan")


class Undefined(NoReading):
    """There is no value anywhere in the box."""


def _size(z: Ball) -> Ball:
    """`|z|`, never negative."""
    return z if z.is_nan() else z.abs_lower().union(z.abs_upper())


_FUNCTIONS: Mapping[str, Callable[..., Ball]] = {
    **Balls.functions,
    "abs": _size,
    "exp": rising(flint.arb.exp, 0, math.inf),
    "log": rising(flint.arb.log, -math.inf, math.inf),
    "sqrt": rising(flint.arb.sqrt, 0, math.inf),
    "atan": rising(flint.arb.atan, -1.5708, 1.5708),
    "sinh": rising(flint.arb.sinh, -math.inf, math.inf),
}


class Ranges:
    """A machine whose elements are balls that contain every value in a box.

    Where nothing is known of a value its ball is not finite. Raises `Undefined`.
    """

    def constant(self, value: float | Fraction) -> Ball:
        return exactly(Fraction(value))

    def add(self, *terms: Ball) -> Ball:
        return sum(terms[1:], terms[0])

    def multiply(self, *factors: Ball) -> Ball:
        return math.prod(factors[1:], start=factors[0])

    def divide(self, numerator: Ball, denominator: Ball) -> Ball:
        if denominator == 0:
            raise Undefined("a division by zero")
        return numerator / denominator

    def power(self, base: Ball, exponent: int) -> Ball:
        if exponent < 0 and base == 0:
            raise Undefined("a division by zero")
        return power(base if exponent % 2 else _size(base), exponent)

    def negate(self, value: Ball) -> Ball:
        return -value

    def call(self, function: str, *operands: Ball) -> Ball:
        if (function == "log" and operands[0] <= 0) or (function == "sqrt" and operands[0] < 0):
            raise Undefined(f"the {function} of a number that has none")
        if function in ("max", "min"):
            result, *others = operands
            for other in others:
                result = _FUNCTIONS[function](result, other)
            return result
        if function in _FUNCTIONS:
            return _FUNCTIONS[function](*operands)
        expansion = FUNCTIONS[function].expansion
        if expansion is None:
            raise NotImplementedError(f"ranges have no {function}")
        return expansion(self, *operands)


@dataclass(frozen=True, slots=True)
class Sloped:
    """The values of a function in a box, and its slopes there in those variables that it has."""

    value: Ball
    slopes: Mapping[int, Ball] = field(default_factory=dict)


class Slopes:
    """A machine whose elements are `Sloped`. Raises `Undefined`."""

    def __init__(self) -> None:
        self.ranges = Ranges()

    def constant(self, value: float | Fraction) -> Sloped:
        return Sloped(self.ranges.constant(value))

    def add(self, *terms: Sloped) -> Sloped:
        slopes: dict[int, Ball] = {}
        for term in terms:
            for variable, slope in term.slopes.items():
                slopes[variable] = slopes[variable] + slope if variable in slopes else slope
        return Sloped(self.ranges.add(*(term.value for term in terms)), slopes)

    def multiply(self, *factors: Sloped) -> Sloped:
        result = factors[0]
        for factor in factors[1:]:
            value = result.value * factor.value
            result = _chained(value, (result, factor.value), (factor, result.value))
        return result

    def divide(self, numerator: Sloped, denominator: Sloped) -> Sloped:
        value = self.ranges.divide(numerator.value, denominator.value)
        if not denominator.slopes:
            return _chained(value, (numerator, 1 / denominator.value))
        below = -value / denominator.value
        return _chained(value, (numerator, 1 / denominator.value), (denominator, below))

    def power(self, base: Sloped, exponent: int) -> Sloped:
        value = self.ranges.power(base.value, exponent)
        if not exponent:
            return Sloped(value)
        return _chained(value, (base, exponent * self.ranges.power(base.value, exponent - 1)))

    def negate(self, value: Sloped) -> Sloped:
        return _chained(-value.value, (value, flint.arb(-1)))

    def call(self, function: str, *operands: Sloped) -> Sloped:
        if function in ("max", "min"):
            result, *others = operands
            for other in others:
                result = self._called(function, result, other)
            return result
        row = FUNCTIONS[function]
        if function in _FUNCTIONS:
            return self._called(function, *operands)
        assert row.expansion is not None
        expanded: Sloped = row.expansion(self, *operands)
        return expanded

    def _called(self, function: str, *operands: Sloped) -> Sloped:
        inside = [operand.value for operand in operands]
        value = self.ranges.call(function, *inside)
        if not any(operand.slopes for operand in operands):
            return Sloped(value)
        derivative = FUNCTIONS[function].derivative
        if derivative is None or (function in _JUMPS and not value.is_exact()):
            slopes = [_UNKNOWN] * len(operands)
        else:
            slopes = list(derivative(self.ranges, value, *inside))
        return _chained(value, *zip(operands, slopes, strict=True))


def _chained(value: Ball, *parts: tuple[Sloped, Ball]) -> Sloped:
    """By the chain rule: each operand, and the slope in it."""
    slopes: dict[int, Ball] = {}
    for operand, slope in parts:
        for variable, inner in operand.slopes.items():
            made = slope * inner
            slopes[variable] = slopes[variable] + made if variable in slopes else made
    return Sloped(value, slopes)
