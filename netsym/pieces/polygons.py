"""Convex cells of the plane, by their corners, cut exactly.

A corner is (x, y, w) in integers, w >= 0, and stands for the point (x/w, y/w); with w = 0 it is
infinitely far in direction (x, y). So a quadrant is a cell like any other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from typing import Any

from netsym.pieces.redundancy import whole

Corner = tuple[int, int, int]


@dataclass(frozen=True, slots=True)
class Polygon:
    """Its corners in order; any two that follow each other, and the last and the first, are an
    edge.
    """

    corners: tuple[Corner, ...]

    @property
    def effort(self) -> int:
        """Of asking for its parts: none."""
        return 0

    def parts(self, row: Sequence[Any]) -> list[tuple[Polygon, int]]:
        """Where an affine function is positive, and negative; itself, if that is one of both."""
        form = whole(row)
        values = [value(form, each) for each in self.corners]
        if min(values) >= 0:
            return [(self, 1)]
        if max(values) <= 0:
            return [(self, -1)]
        above: dict[Corner, None] = {}
        below: dict[Corner, None] = {}
        for place, (one, here) in enumerate(zip(self.corners, values, strict=True)):
            other, there = self.corners[place - 1], values[place - 1]
            if min(here, there) < 0 < max(here, there):
                crossing = _between(one, abs(there), other, abs(here))
                above[crossing] = below[crossing] = None
            if here >= 0:
                above[one] = None
            if here <= 0:
                below[one] = None
        return [(Polygon(tuple(above)), 1), (Polygon(tuple(below)), -1)]

    def has_edge(self, row: Sequence[Any]) -> bool:
        """Whether an affine function is 0 along an edge."""
        form = whole(row)
        return sum(value(form, each) == 0 for each in self.corners) > 1

    def points(self) -> Iterator[tuple[Fraction, ...]]:
        """Three points inside that are on no line, by which an affine function is known."""
        middle = [sum(xs) for xs in zip(*self.corners, strict=True)]
        for corner in self.corners[:3]:
            x, y, w = (a + b for a, b in zip(middle, corner, strict=True))
            yield Fraction(x, w), Fraction(y, w)


def quadrants() -> list[Polygon]:
    """The plane, in cells that have corners."""
    signs = product((-1, 1), repeat=2)
    return [Polygon(((0, 0, 1), (x, 0, 0), (0, y, 0))) for x, y in signs]


def rectangle(sides: Sequence[tuple[Fraction, Fraction]]) -> Polygon:
    """The points with each coordinate between a low and a high one."""
    (left, right), (low, high) = sides
    around = [(left, low), (right, low), (right, high), (left, high)]
    corners = (tuple(whole((*point, Fraction(1)))) for point in around)
    return Polygon(tuple((x, y, w) for x, y, w in corners))


def value(form: Sequence[int], at: Corner) -> int:
    """An affine form, the constant last, at a corner, but for a positive factor."""
    (a, b, c), (x, y, w) = form, at
    return a * x + b * y + c * w


def _between(one: Corner, weight: int, other: Corner, weight_of_other: int) -> Corner:
    x, y, w = (weight * a + weight_of_other * b for a, b in zip(one, other, strict=True))
    common = math.gcd(x, y, w)
    return x // common, y // common, w // common
