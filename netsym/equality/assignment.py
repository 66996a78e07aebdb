"""One assignment of numbers, each within its own room, with which two functions agree.

It is found by damped least squares (Levenberg 1944, Marquardt 1963) in float64, and then by
Newton's method with a derivative that is kept, in balls of many bits. What is found is a proposal:
whether the functions are the same with it is proved by others.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, log2
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from netsym.equality.least_squares import PivotedQR, middles, row_weights
from netsym.equality.samples import Exact, Lines, Sample, Varied, outputs, varied
from netsym.ops.numeric import Numeric
from netsym.ops.proved.balls import Ball, Balls, exactly, precision

Floats = npt.NDArray[np.float64]

#: Bits of the balls, and log2 of the residual at which numbers are known well enough.
_BITS, _SOLVED = 760, -420
_STEP = 250  # bits of the step of differences
_NEAR = -40  # log2 of the residual from which on float64 sees nothing any more
_VISIBLE = 1e-9  # relative room that differences in float64 see
_ROUNDS, _DAMPED_ROUNDS = 40, 60
_BETTER = 0.999  # of the residual's square, above which damped steps gain nothing any more
_SLOW = 4  # rounds of Newton's method in a row that may gain nothing
_NOTHING = 2.0**-200  # of the largest value or 1, below which a value counts as 0
_FAR_BELOW = 4000  # bits, so that a value may be 0 everywhere
_FAR = 2.0  # rooms that a step may leave, as it may come back


@dataclass(frozen=True, slots=True)
class Free:
    """A number that may move: of which side, which one, and how far either way."""

    side: int
    which: int
    room: Fraction


@dataclass(frozen=True, slots=True)
class Solution:
    """The numbers that were free, as balls, and how much of its room the worst of them takes."""

    values: tuple[Ball, ...]
    used: float


def solve(lines: Lines, numbers: Exact, free: Sequence[Free], sample: Sample) -> Solution | None:
    """Values of the free numbers with which both sides agree at all points; None if there are none.

    The other numbers are what `numbers` of the two sides say.
    """
    search = _Search(lines, numbers, free, sample)
    with np.errstate(all="ignore"):
        start = search.damped(np.zeros(len(free)))
    return None if start is None else search.newton(start)


class _Search:
    """Both sides at the points, by how much of its room every free number is moved."""

    def __init__(
        self,
        lines: Lines,
        numbers: Exact,
        free: Sequence[Free],
        sample: Sample,
    ) -> None:
        self.lines = lines
        self.numbers = numbers
        self.free = free
        self.sample = sample

    # -- in float64
    def damped(self, moved: Floats) -> Floats | None:
        """How far numbers are moved after damped steps, until float64 sees nothing better."""
        damping, best, cost = 1e-2, moved, inf
        residual, slopes = np.empty(0), np.empty((0, len(moved)))
        for _ in range(_DAMPED_ROUNDS):
            here, steep = self._in_float64(moved)
            if len(here) < len(self.free):
                return None
            new = float(here @ here)
            if new <= cost:
                slow = new > _BETTER * cost
                damping, best, cost, residual, slopes = damping / 4, moved, new, here, steep
                if slow or np.abs(residual).max(initial=0.0) < 2.0**_NEAR:
                    return best
            else:
                damping *= 8
                if damping > 1e12:
                    return best
            normal = slopes.T @ slopes
            weight = max(damping, 1e-13) * max(float(normal.diagonal().max(initial=0.0)), 1e-300)
            step = np.linalg.solve(normal + weight * np.eye(len(moved)), -slopes.T @ residual)
            moved = np.clip(best + step, -_FAR, _FAR)
        return best

    def _in_float64(self, moved: Floats) -> tuple[Floats, Floats]:
        """Relative differences where both are finite, and their derivatives."""
        size = 2.0**-10
        ops = Numeric({})
        sides, slopes = [], []
        for side, line in enumerate(self.lines):
            numbers = [float(number) for number in self.numbers[side]]
            steps = {}
            for place, (each, far) in enumerate(zip(self.free, moved, strict=True)):
                if each.side != side:
                    continue
                start, room = numbers[each.which], float(each.room)
                numbers[each.which] = start + room * float(far)
                if room > _VISIBLE * abs(start):
                    steps[each.which] = place, numbers[each.which] + room * size
            found = varied(line, ops, self.sample, numbers, steps)
            sides.append(np.concatenate([each.base for each in found]))
            slopes.append(self._slopes(found, len(self.free), size))
        sizes = np.maximum(np.abs(sides[0]), np.abs(sides[1]))
        top = sizes.max(initial=0.0, where=np.isfinite(sizes))
        scale = np.maximum(sizes, min(max(top, 2.0**-800), 1.0) * _NOTHING)
        residual = (sides[0] - sides[1]) / scale
        slope = (slopes[0] - slopes[1]) / scale[:, None]
        kept = np.isfinite(residual) & np.isfinite(slope).all(axis=1)
        return residual[kept], slope[kept]

    def _slopes(self, found: Sequence[Varied[Any]], count: int, step: Any) -> npt.NDArray[Any]:
        rows = [
            np.stack(
                [
                    (each.by[n] - each.base) / step if n in each.by else each.base * 0
                    for n in range(count)
                ],
                axis=1,
            )
            for each in found
        ]
        return np.concatenate(rows)

    # -- in balls
    def newton(self, start: Floats) -> Solution | None:
        """From where float64 sees no difference to hundreds of bits."""
        with precision(_BITS):
            moved = [flint.arb(float(far)) for far in start]
            factors: PivotedQR | None = None
            weights: npt.NDArray[np.object_] = np.empty(0, dtype=object)
            before, best, slow, far_out = inf, inf, 0, 0
            for _ in range(_ROUNDS):
                residual, kept = self._residual(moved)
                size = _log2(residual)
                if size < _SOLVED:
                    used = max((abs(float(far)) for far in moved), default=0.0)
                    return Solution(tuple(self._value(n, moved) for n in range(len(moved))), used)
                slow = slow + 1 if size > best - 1 else 0
                if len(residual) < len(self.free) or slow > _SLOW:
                    return None
                best = min(best, size)
                if factors is None or size > before - 16 or len(residual) != len(weights):
                    slopes = self._derivative(moved, kept)
                    if self._is_beyond(residual, slopes):
                        return None
                    weights = row_weights(slopes)
                    factors = PivotedQR(middles(slopes * weights[:, None]))
                    if not factors.pivots:
                        return None
                step = factors.solved(
                    [-each * by for each, by in zip(residual, weights, strict=True)]
                )
                moved = [(far + by).mid() for far, by in zip(moved, step, strict=True)]
                if factors.free and size > before - 16:
                    moved = factors.within(moved)
                before = size
                worst = max(abs(float(far)) for far in moved)
                if not worst < 1e9:
                    return None
                if worst > _FAR:
                    far_out += 1
                    if far_out > 12:
                        return None
                    moved = [
                        far if abs(float(far)) <= _FAR else flint.arb(_FAR if far > 0 else -_FAR)
                        for far in moved
                    ]
        return None

    def _is_beyond(self, residual: Sequence[Ball], slopes: npt.NDArray[np.object_]) -> bool:
        """Whether most differences are more than all numbers can make within their rooms.

        That is told where these are so small that what is done in them is linear, but at a kink.
        """
        for each in self.free:
            if each.room > _VISIBLE * abs(self.numbers[each.side][each.which]):
                return False
        reach = np.maximum(2 * _FAR * np.abs(slopes).sum(axis=1), flint.arb(2) ** _SOLVED)
        beyond = sum(abs(left) > far for left, far in zip(residual, reach, strict=True))
        return bool(2 * beyond > len(residual))

    def _value(self, place: int, moved: Sequence[Ball]) -> Ball:
        each = self.free[place]
        start = self.numbers[each.side][each.which]
        return (exactly(start) + exactly(each.room) * moved[place]).mid()

    def _numbers(self, side: int, moved: Sequence[Ball]) -> list[Ball]:
        numbers = [exactly(number) for number in self.numbers[side]]
        for place, each in enumerate(self.free):
            if each.side == side:
                numbers[each.which] = self._value(place, moved)
        return numbers

    def _residual(self, moved: Sequence[Ball]) -> tuple[list[Ball], npt.NDArray[np.int64]]:
        sides = [
            outputs(line, Balls({}, _BITS), self.sample, self._numbers(side, moved))
            for side, line in enumerate(self.lines)
        ]
        pairs = list(zip(*sides, strict=True))
        kept = [n for n, pair in enumerate(pairs) if all(map(_is_known, pair))]
        sizes = [max(abs(value).upper() for value in pairs[place]) for place in kept]
        least = min(max(sizes, default=flint.arb(0)), flint.arb(1)) * _NOTHING
        self.scale = [max(size, least, flint.arb(2) ** -_FAR_BELOW) for size in sizes]
        residual = [
            ((pairs[n][0] - pairs[n][1]) / scale).mid()
            for n, scale in zip(kept, self.scale, strict=True)
        ]
        return residual, np.array(kept, dtype=np.int64)

    def _derivative(
        self, moved: Sequence[Ball], kept: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.object_]:
        """(points, numbers), by differences."""
        small = flint.arb(2) ** -_STEP
        slopes = []
        for side, line in enumerate(self.lines):
            numbers = self._numbers(side, moved)
            steps = {
                each.which: (place, numbers[each.which] + exactly(each.room) * small)
                for place, each in enumerate(self.free)
                if each.side == side
            }
            found = varied(line, Balls({}, _BITS), self.sample, numbers, steps)
            slopes.append(self._slopes(found, len(self.free), small)[kept])
        scaled = (slopes[0] - slopes[1]) / np.array(self.scale, dtype=object)[:, None]
        return middles(scaled)


def _is_known(ball: Ball) -> bool:
    """Whether a value is known well enough to be solved for; zero is known absolutely."""
    size = max(abs(ball).lower(), flint.arb(2) ** (_SOLVED // 2))
    return bool(ball.is_finite() and ball.rad() < size * flint.arb(2) ** (_SOLVED - 40))


def rational(ball: Ball, most: int = 2**150) -> Fraction | None:
    """A fraction that is so near that it is no accident; None if there is none."""
    mantissa, exponent = ball.mid().man_exp()
    value: Fraction = Fraction(int(mantissa)) * Fraction(2) ** int(exponent)
    if abs(value) < 1:
        found = _near(1 / value, most) if value else value
        return 1 / found if found else found
    return _near(value, most)


def _near(value: Fraction, most: int) -> Fraction | None:
    """A simple fraction within 340 bits of a number from 1 on, which many more do not have."""
    size = int(abs(value)) >> 16
    simple = value.limit_denominator(max(most // max(size, 1), 1))
    near = size < most and abs(value - simple) * 2**340 < abs(value)
    return simple if near else None


def _log2(values: Sequence[Ball]) -> float:
    largest = max((abs(value) for value in values), default=flint.arb(0))
    if not largest > 0:
        return -inf
    mantissa, exponent = largest.mid().man_exp()
    return log2(abs(int(mantissa))) + int(exponent)
