"""Convex cells of the line and the plane, cut exactly.

A corner is (x…, w) in integers, w >= 0, and stands for the point x/w; with w = 0 it is infinitely
far in direction x. So a half line or a quadrant is a cell like any other.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import product

Corner = tuple[int, ...]

#: Corners in order; any two that follow each other, and the last and the first, are an edge.
Cell = tuple[Corner, ...]


def everywhere(inputs: int) -> list[Cell]:
    """The two half lines, or the four quadrants."""
    origin = (*(0 for _ in range(inputs)), 1)
    if inputs == 1:
        return [(origin, (sign, 0)) for sign in (-1, 1)]
    return [(origin, (x, 0, 0), (0, y, 0)) for x, y in product((-1, 1), repeat=2)]


def box(sides: Sequence[tuple[Fraction, Fraction]]) -> Cell:
    """An interval, or a rectangle, from the (low, high) of each input."""
    if len(sides) == 1:
        return tuple(corner((x,)) for x in sides[0])
    (left, right), (low, high) = sides
    around = [(left, low), (right, low), (right, high), (left, high)]
    return tuple(map(corner, around))


def corner(point: Sequence[Fraction]) -> Corner:
    """A point as a corner."""
    w = math.lcm(*(x.denominator for x in point))
    return (*(int(x * w) for x in point), w)


def value(form: Sequence[int], at: Corner) -> int:
    """An affine form, the constant last, at a corner, but for a positive factor."""
    return sum(a * x for a, x in zip(form, at, strict=True))


def split(cell: Cell, form: Sequence[int]) -> list[Cell]:
    """The parts of a cell where a form is positive, and negative; the cell, if it has one sign."""
    values = [value(form, each) for each in cell]
    if min(values) >= 0 or max(values) <= 0:
        return [cell]
    above: dict[Corner, None] = {}
    below: dict[Corner, None] = {}
    for place, (one, here) in enumerate(zip(cell, values, strict=True)):
        other, there = cell[place - 1], values[place - 1]
        if min(here, there) < 0 < max(here, there):
            crossing = _between(one, abs(there), other, abs(here))
            above[crossing] = below[crossing] = None
        if here >= 0:
            above[one] = None
        if here <= 0:
            below[one] = None
    return [tuple(above), tuple(below)]


def _between(one: Corner, weight: int, other: Corner, weight_of_other: int) -> Corner:
    sums = [weight * x + weight_of_other * y for x, y in zip(one, other, strict=True)]
    common = math.gcd(*sums)
    return tuple(x // common for x in sums)


def inside(cell: Cell) -> Iterator[tuple[Fraction, ...]]:
    """As many points inside a cell as an affine function is known by: one more than inputs."""
    middle = [sum(xs) for xs in zip(*cell, strict=True)]
    for one in cell[: len(middle)]:
        *xs, w = (x + y for x, y in zip(middle, one, strict=True))
        yield tuple(Fraction(x, w) for x in xs)
