"""Functions of one value, as data, and which activation of it such a function is.

However an activation was typed, by exp or by max, it is known by what it is at points, to hundreds
of bits. What is found is a proposal: the judge proves the network that is made of it.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.ops.proved.balls import Ball, Balls, power, precision
from netsym.recognise.affine import Affine, Value, Values
from netsym.recognise.coefficients import ONE, ZERO, Coefficient, TooLong

Points = npt.NDArray[np.object_]

BITS, _AGREED = 260, 200  # that values are computed with, and of which they agree
_DEEPEST = 8  # calls within each other, of which no activation has as many
#: Values that are whole: what stands below them is another layer.
UNITS = frozenset({"input", "linear", *ACTIVATIONS}) - {"exp"}
_TENTHS = (-91, -42, -26, -13, -6, -2, 3, 8, 17, 29, 44, 67, 96)
#: Powers of two far away, and values beside and at which functions bend.
_FAR = range(4, 64, 6)
_BENDS = [flint.arb(eighths) / 8 for at in (-6, -3, -1, 0, 1, 3, 6)
          for eighths in (8 * at - 1, 8 * at, 8 * at + 1)]  # fmt: skip
#: How the operand of an activation may lie to the value it is a function of: factor and shift.
_LINES = [
    (Fraction(factor), Fraction(shift))
    for factor, shift in (
        (1, 0), (-1, 0), (2, 0), (-2, 0), (Fraction(1, 2), 0), (Fraction(-1, 2), 0),
        (6, -3), (-6, 3),
    )
]  # fmt: skip

# a line, a sum of such functions, or a call
OfOne = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Match:
    """`factor*activation(slope*t + shift) + offset`, with an alpha if the activation takes one."""

    activation: str
    alpha: Fraction | None
    slope: Fraction
    shift: Fraction
    factor: Fraction
    offset: Fraction

    @property
    def is_plain(self) -> bool:
        """Whether it is the activation and nothing else is done to it."""
        return self.factor == 1 and not self.offset


class OneValue:
    """Sees what is a function of one value in a store, and finds activations."""

    def __init__(self, values: Values) -> None:
        self.values = values
        #: How many terms may still be looked at in search of activations.
        self.left = 100_000
        #: Letters that are constants, as balls.
        self.constants: dict[str, Ball] = {}
        self._found: dict[OfOne, list[Match]] = {}
        with precision(BITS):
            self.points: Points = np.array([flint.arb(n) / 10 for n in _TENTHS], dtype=object)
        self._activations: list[tuple[str, Fraction, Fraction, Points]] = []

    # -- as data --------------------------------------------------------------------------------
    def is_number(self, coefficient: Coefficient) -> bool:
        """Whether it has no letters but constants."""
        return all(letter in self.constants for letter in coefficient.letters())

    def bases(self, affine: Affine) -> list[Affine]:
        """What it may be a function of: operands below it, the deepest first.

        Below whole units there is none: of what is below, they may be at their end wherever one
        looks, so that |a| is a.
        """
        found: dict[Affine, int] = {}
        todo, seen = deque([(affine, 0)]), set[int]()
        while todo:
            given, depth = todo.popleft()
            if depth > _DEEPEST:
                continue
            for value in given.terms:
                self._work(1)
                typed = self.values.typed.get(value)
                whole = self._is_unit(value) and (typed is None or len(given.terms) > 1)
                if value in seen or (whole and given is not affine):
                    continue
                seen.add(value)
                for operand in self.values[value].operands if typed is None else (typed,):
                    if operand.terms and operand not in found:
                        found[operand] = max(self.values.levels[each] for each in operand.terms)
                        todo.append((operand, depth + 1))
        return sorted(found, key=found.__getitem__)

    def stands_in(self, unit: int, affine: Affine) -> bool:
        """Whether a value is one that an affine function is made of already."""
        level, todo, seen = self.values.levels[unit], [*affine.terms], set[int]()
        while todo:
            value = todo.pop()
            if value == unit:
                return True
            if value not in seen and self.values.levels[value] > level:
                seen.add(value)
                self._work(1)
                todo += [each for operand in self.values[value].operands for each in operand.terms]
        return False

    def _work(self, terms: int) -> None:
        """Count what is looked at; raise `TooLong` where it grows without end."""
        self.left -= 1 + terms
        if self.left < 0:
            raise TooLong("functions within each other are too many to look through")

    def _is_unit(self, value: int) -> bool:
        return self.values[value].kind in UNITS

    def of(self, affine: Affine, base: Affine, depth: int = 0) -> OfOne | None:
        """An affine function as one of the base; None if it depends on anything else."""
        if depth > _DEEPEST:
            return None
        self._work(len(affine.terms))
        terms, slope = dict(affine.terms), ZERO
        if base.terms.keys() <= terms.keys():
            slope = self._slope(affine, base)
            for value, factor in base.terms.items():
                left = terms.pop(value) - slope * factor
                if left:
                    terms[value] = left
        offset = affine.constant - slope * base.constant
        if not self.is_number(offset):
            return None
        summands: list[tuple[Coefficient, OfOne]] = []
        for value, factor in terms.items():
            inner = None
            if self.is_number(factor):
                inner = self._of_value(self.values[value], base, depth)
            if inner is None:
                return None
            summands.append((factor, inner))
        line = ("line", slope, offset)
        return ("sum", line, tuple(summands)) if summands else line

    def _slope(self, affine: Affine, base: Affine) -> Coefficient:
        """How often the base is in it, if that is a number."""
        first, factor = next(iter(base.terms.items()))
        if not factor.is_product:
            return ONE if affine.terms[first] == factor else ZERO
        slope = affine.terms[first] * factor.inverse()
        return slope if self.is_number(slope) else ZERO

    def _of_value(self, value: Value, base: Affine, depth: int) -> OfOne | None:
        if value.kind in ("input", "softmax"):
            return None
        operands = []
        for operand in value.operands:
            inner = self.of(operand, base, depth + 1)
            if inner is None:
                return None
            operands.append(inner)
        return ("call", value.kind, value.extra, tuple(operands))

    # -- in numbers -----------------------------------------------------------------------------
    def ball(self, coefficient: Coefficient) -> Ball:
        """The number that it is, if it has no letters but constants."""
        made = flint.arb(0)
        for powers, number in coefficient.terms.items():
            term = _ball(number)
            for letter, exponent in powers:
                term *= power(self.constants[letter], exponent)
            made += term
        return made

    def _at(self, points: Points, function: OfOne) -> Points:
        kind = function[0]
        if kind == "line":
            line: Points = points * self.ball(function[1]) + self.ball(function[2])
            return line
        if kind == "sum":
            made = self._at(points, function[1])
            for factor, inner in function[2]:
                made = made + self._at(points, inner) * self.ball(factor)
            return made
        _, called, extra, operands = function
        return _called(called, extra, [self._at(points, each) for each in operands])

    # -- which activation -----------------------------------------------------------------------
    def matches(self, function: OfOne) -> list[Match]:
        """The activations that a function of one value is, the simplest first."""
        if function not in self._found:
            with precision(BITS):
                wanted = self._at(self.points, function)
                found = self._matches(wanted, _numbers(function))
                if any(called == "sign" for _, called, *_ in _parts(function, "call")):
                    found = [match for match in found if self._agrees_at_0(function, match)]
                if any(_bends(called) for _, called, *_ in _parts(function, "call")):
                    beyond = self._beyond(function)
                    found = [match for match in found if self._agrees(function, match, beyond)]
            self._found[function] = found
        return self._found[function]

    def _agrees_at_0(self, function: OfOne, match: Match) -> bool:
        """Whether it is the same where a sign jumps, too: a step is 1 there, and a sign 0."""
        apart, _ = self._apart(function, match, np.array([flint.arb(0)], dtype=object))
        return bool(apart[0] < flint.arb(2) ** -_AGREED)

    def _agrees(self, function: OfOne, match: Match, points: Points) -> bool:
        """Whether it is the same at these points, wherever both have a value there."""
        near = flint.arb(2) ** -_AGREED
        return not any(
            each.is_finite() and each > size * near
            for each, size in zip(*self._apart(function, match, points), strict=True)
        )

    def _apart(self, function: OfOne, match: Match, points: Points) -> tuple[Points, Points]:
        """How far a match is off at these points, and how large its values are, with 1 added."""
        line = _line(points, match.slope, match.shift)
        value: Points = _called(match.activation, match.alpha, [line]) * _ball(match.factor)
        apart: Points = value + _ball(match.offset) - self._at(points, function)
        return abs(apart), 1 + abs(value)

    def _beyond(self, function: OfOne) -> Points:
        """Points far away, and on both sides of where lines reach what functions bend at."""
        found = [flint.arb(sign * 2**power) for sign in (-1, 1) for power in _FAR]
        for *_, operands in _parts(function, "call"):
            lines = [(self.ball(each[1]), self.ball(each[2])) for each in operands
                     if each[0] == "line"]  # fmt: skip
            lines += [(a - c, b - d) for (a, b), (c, d) in combinations(lines, 2)]
            for slope, shift in lines:
                if abs(slope) > 0:
                    found += [(at - shift) / slope for at in _BENDS]
        return np.array([each.mid() for each in found], dtype=object)

    def _matches(self, wanted: Points, numbers: set[Fraction]) -> list[Match]:
        if not all(ball.is_finite() for ball in wanted):
            return []
        found = [match for match in self._candidates(wanted, numbers) if match is not None]
        return sorted(
            found,
            key=lambda match: (
                bool(match.offset), match.factor != 1, abs(match.factor) != 1,
                bool(match.shift), match.slope < 0, match.slope not in (1, -1),
            ),
        )  # fmt: skip

    def _candidates(self, wanted: Points, numbers: set[Fraction]) -> Iterator[Match | None]:
        if not self._activations:
            self._activations = [*self._plain()]
        for name, slope, shift, values in self._activations:
            yield _fitted(name, None, slope, shift, values, wanted)
        for name in ACTIVATIONS:
            if FUNCTIONS[name].alpha is not None:
                for slope in (Fraction(1), Fraction(-1)):
                    yield self._with_alpha(name, slope, wanted, numbers)

    def _plain(self) -> Iterator[tuple[str, Fraction, Fraction, Points]]:
        for name in ACTIVATIONS:
            row = FUNCTIONS[name]
            if row.vector or row.alpha is not None or name == "linear":
                continue
            homogeneous = name == "relu"
            for slope, shift in _LINES[:2] if homogeneous else _LINES:
                yield name, slope, shift, _called(name, None, [_line(self.points, slope, shift)])

    def _with_alpha(
        self, name: str, slope: Fraction, wanted: Points, numbers: set[Fraction]
    ) -> Match | None:
        """A function that is a line from 0 on: its factor and offset are seen there."""
        line = _line(self.points, slope, Fraction(0))
        order = np.argsort([float(each) for each in line])
        (low, high), below = order[-2:], order[1]
        factor = (wanted[high] - wanted[low]) / (line[high] - line[low])
        if not abs(factor) > 1e-12:
            return None
        wanted_below = (wanted[below] - wanted[high]) / factor + line[high]
        alpha = _alpha(name, float(line[below]), float(wanted_below), numbers)
        if alpha is None or not alpha:
            return None
        values = _called(name, alpha, [line])
        return _fitted(name, alpha, slope, Fraction(0), values, wanted)


def _bends(called: str) -> bool:
    """Whether a function is made of pieces, which points of one piece do not show."""
    return called == "largest" or (
        called in FUNCTIONS and (FUNCTIONS[called].kinked or FUNCTIONS[called].piecewise)
    )


def _line(points: Points, slope: Fraction, shift: Fraction) -> Points:
    line: Points = points * _ball(slope) + _ball(shift)
    return line


def _called(function: str, extra: Fraction | None, operands: list[Points]) -> Points:
    if function == "product":
        product: Points = operands[0] * operands[1]
        return product
    if function == "reciprocal":
        return np.array([1 / each for each in operands[0]], dtype=object)
    if function == "power":
        assert extra is not None
        return np.array([power(each, int(extra)) for each in operands[0]], dtype=object)
    if function == "largest":
        function = "max"
    if function == "linear":
        return operands[0]
    balls = Balls({}, BITS).in_decimals()
    if extra is not None:
        operands = [*operands, balls.constant(extra)]
    found: Points = balls.call(function, *operands)
    return found


def _fitted(
    name: str, alpha: Fraction | None, slope: Fraction, shift: Fraction, values: Points,
    wanted: Points,
) -> Match | None:  # fmt: skip
    """The factor and the offset with which some values are the wanted ones, if both are simple."""
    one = 0
    other = max(range(len(values)), key=lambda place: abs(float(values[place] - values[one])))
    rise = values[other] - values[one]
    if not abs(rise) > 1e-30:
        return None
    factor = (wanted[other] - wanted[one]) / rise
    offset = wanted[one] - factor * values[one]
    room = flint.arb(2) ** -_AGREED
    size = flint.arb(1) + max((abs(each).upper() for each in wanted), default=flint.arb(0))
    for mine, theirs in zip(values, wanted, strict=True):
        if not abs(mine * factor + offset - theirs) < room * size:
            return None
    simple = [_simple(each) for each in (factor, offset)]
    if simple[0] is None or simple[1] is None or not simple[0]:
        return None
    return Match(name, alpha, slope, shift, simple[0], simple[1])


def _simple(ball: Ball) -> Fraction | None:
    """The fraction that a number is, if it is one of at most 17 digits above and below the line."""
    if abs(ball) < flint.arb(2) ** -_AGREED:
        return Fraction(0)
    mantissa, exponent = ball.mid().man_exp()
    exact: Fraction = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    simple = exact.limit_denominator(10**24)
    return simple if abs(simple - exact) < abs(exact) / 2 ** (_AGREED - 20) else None


def _alpha(name: str, at: float, wanted: float, numbers: set[Fraction]) -> Fraction | None:
    """The alpha with which a function has a value below 0: one of the numbers, or a short one."""
    function: Callable[..., Any] = FUNCTIONS[name].numpy
    low, high = 0.0, 1e6
    if not math.isfinite(wanted):
        return None
    ends = [float(function(np.float64(at), each)) for each in (1e-9, high)]
    if not min(ends) <= wanted <= max(ends):
        return None
    falls = ends[0] > ends[1]
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        above = float(function(np.float64(at), middle)) > wanted
        low, high = (middle, high) if above == falls else (low, middle)
    alpha = (low + high) / 2
    nearest = min(numbers, key=lambda each: abs(each - Fraction(alpha)), default=Fraction(0))
    near = abs(nearest - Fraction(alpha)) < Fraction(alpha) / 10**9
    return nearest if near else Fraction(f"{alpha:.12g}")


def _ball(number: Fraction) -> Ball:
    return flint.arb(number.numerator) / number.denominator


def _parts(function: OfOne, kind: str) -> Iterator[OfOne]:
    """The parts of one kind that a function is made of: lines, sums or calls."""
    todo = [function]
    while todo:
        part = todo.pop()
        if part[0] == kind:
            yield part
        if part[0] == "sum":
            todo += [part[1], *(inner for _, inner in part[2])]
        elif part[0] == "call":
            todo += part[3]


def _numbers(function: OfOne) -> set[Fraction]:
    """The numbers of a function, and their ratios: an alpha is among them."""
    written = [each for _, *ends in _parts(function, "line") for each in ends]
    written += [factor for _, _, terms in _parts(function, "sum") for factor, _ in terms]
    found = {abs(each.number) for each in written if each.number}
    return found | {one / other for one in found for other in found}
