"""The axes of a plot: where numbers are on a sheet, and ticks that one can read."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from netsym.notes.marks import SMALL, Label, Mark, Path, Point, aside
from netsym.notes.weights import read_as
from netsym.writers.palette import ASIDE

LEFT, TOP = 64.0, 28.0
WIDTH, HEIGHT = 560.0, 360.0
BELOW = 56.0


@dataclass(frozen=True, slots=True)
class Axes:
    """A window of numbers, from `low` to `high` in x and in y, and where it is on a sheet."""

    low: tuple[Fraction, Fraction]
    high: tuple[Fraction, Fraction]

    def at(self, x: Fraction, y: Fraction) -> Point:
        """Where a point is."""
        return LEFT + WIDTH * self.share(0, x), TOP + HEIGHT * (1 - self.share(1, y))

    def share(self, axis: int, number: Fraction) -> float:
        """How far a number is along an axis, from 0 to 1."""
        low, high = self.low[axis], self.high[axis]
        return float((number - low) / (high - low))

    def marks(self, names: tuple[str, str], ticks: Sequence[Fraction] | None) -> Iterator[Mark]:
        """The axes with their names; `ticks` of x, or round ones."""
        bottom, right = TOP + HEIGHT, LEFT + WIDTH
        yield Path(((LEFT, TOP), (LEFT, bottom), (right, bottom)), 1.0, color=ASIDE, role="axis")
        yield Label(right, bottom + 40, (names[0],), color=ASIDE, anchor="end", bold=True)
        yield Label(LEFT - 8, TOP - 14, (names[1],), color=ASIDE, anchor="start", bold=True)
        chosen = round_numbers(self.low[0], self.high[0]) if ticks is None else ticks
        before = -math.inf
        for tick in chosen:
            x, _ = self.at(tick, self.low[1])
            yield Path(((x, bottom), (x, bottom + 5)), 1.0, color=ASIDE, role="axis")
            label = aside(x, bottom + 17, read_as(float(tick)))
            if x - label.width / 2 > before + 6:
                yield label
                before = x + label.width / 2
        for tick in round_numbers(self.low[1], self.high[1]):
            _, y = self.at(self.low[0], tick)
            yield Path(((LEFT - 5, y), (LEFT, y)), 1.0, color=ASIDE, role="axis")
            said = read_as(float(tick))
            yield Label(LEFT - 9, y, (said,), size=SMALL, color=ASIDE, anchor="end")


def round_numbers(low: Fraction, high: Fraction) -> list[Fraction]:
    """Three to seven numbers between two that are 1, 2 or 5 times a power of ten apart.

    >>> [float(n) for n in round_numbers(Fraction(-3, 10), Fraction(21, 10))]
    [0.0, 0.5, 1.0, 1.5, 2.0]
    """
    power = Fraction(10) ** math.floor(math.log10(float(high - low) / 4))
    step = next(n * power for n in (1, 2, 5, 10) if (high - low) / (n * power) < 7)
    first = math.ceil(low / step)
    return [n * step for n in range(first, math.floor(high / step) + 1)]


def padded(numbers: Sequence[Fraction], share: Fraction) -> tuple[Fraction, Fraction]:
    """From the least to the largest of some numbers, and a share more on both sides."""
    low, high = min(numbers), max(numbers)
    more = (high - low) * share or max(abs(low), Fraction(1))
    return low - more, high + more
