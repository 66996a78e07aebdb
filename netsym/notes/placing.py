"""Where labels go: along lines, so that none covers another or a unit, and few lines cross one."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TypeAlias

from netsym.notes.marks import Point


@dataclass(frozen=True, slots=True)
class Rectangle:
    """A rectangle around (x, y), turned by degrees, clockwise."""

    x: float
    y: float
    width: float
    height: float
    turn: float = 0.0

    @property
    def corners(self) -> list[Point]:
        """Its corners, one after another."""
        across, down = _directions(self.turn)
        halves = [(-1, -1), (1, -1), (1, 1), (-1, 1)]
        return [
            (
                self.x + (a * self.width * across[0] + b * self.height * down[0]) / 2,
                self.y + (a * self.width * across[1] + b * self.height * down[1]) / 2,
            )
            for a, b in halves
        ]


def _directions(turn: float) -> tuple[Point, Point]:
    cos, sin = math.cos(math.radians(turn)), math.sin(math.radians(turn))
    return (cos, sin), (-sin, cos)


def meet(one: Rectangle, other: Rectangle) -> bool:
    """Whether two rectangles have points in common.

    >>> meet(Rectangle(0, 0, 4, 2), Rectangle(3, 0, 4, 2)), meet(Rectangle(0, 0, 4, 2),
    ...     Rectangle(0, 3, 4, 2, 90))
    (True, True)
    >>> meet(Rectangle(0, 0, 4, 2), Rectangle(0, 4, 4, 2, 90))
    False
    """
    return _hulls_meet(one.corners, other.corners, (one.turn, other.turn))


def crosses(line: tuple[Point, Point], box: Rectangle) -> bool:
    """Whether a straight line goes through a rectangle."""
    (x, y), (u, v) = line
    along = math.degrees(math.atan2(v - y, u - x))
    return _hulls_meet(line, box.corners, (along, box.turn))


def _hulls_meet(one: Sequence[Point], other: Sequence[Point], turns: Sequence[float]) -> bool:
    """Whether convex shapes meet whose sides all have these directions: no direction parts them."""
    for x, y in (axis for turn in turns for axis in _directions(turn)):
        here, there = ([x * a + y * b for a, b in points] for points in (one, other))
        if max(here) < min(there) or max(there) < min(here):
            return False
    return True


@dataclass(frozen=True, slots=True)
class Labelled:
    """A line from its source to its target, and how large its label is."""

    source: Point
    target: Point
    width: float
    height: float

    def at(self, distance: float) -> Rectangle:
        """Its label, turned along it, so far from the source."""
        (x, y), (u, v) = self.source, self.target
        share = distance / math.hypot(u - x, v - y)
        turn = math.degrees(math.atan2(v - y, u - x))
        return Rectangle(x + share * (u - x), y + share * (v - y), self.width, self.height, turn)


def labels_along(lines: Sequence[Labelled], near: float, far: float) -> list[Rectangle] | None:
    """The places of labels, all at one distance from their sources, or every second or third one
    further out; None where they do not find room between `near` and `far`.

    Lines of one source stand one after another. Of all ways that are free the one is taken in
    which the fewest lines cross the labels of others.
    """
    best: tuple[int, list[Rectangle]] | None = None
    for places in _ways(lines, near, far):
        if any(meet(one, other) for one, other in combinations(places, 2)):
            continue
        count = sum(
            crosses((line.source, line.target), place)
            for n, line in enumerate(lines)
            for m, place in enumerate(places)
            if n != m
        )
        if best is None or count < best[0]:
            best = (count, places)
    return None if best is None else best[1]


def labels_one_by_one(lines: Sequence[Labelled], near: float, far: float) -> list[Rectangle] | None:
    """Each label as near to its source as those before it let it be."""
    found: list[Rectangle] = []
    for line in lines:
        ways = (line.at(distance) for distance in range(int(near), int(far) + 1, 3))
        free = (way for way in ways if not any(meet(way, other) for other in found))
        place = next(free, None)
        if place is None:
            return None
        found.append(place)
    return found


def _ways(lines: Sequence[Labelled], near: float, far: float) -> Iterator[list[Rectangle]]:
    longest = max(line.width for line in lines)
    for turns in (1, 2, 3):
        for step in range(int(near), int(far - (turns - 1) * longest) + 1, 4):
            yield [line.at(step + (n % turns) * (longest + 4)) for n, line in enumerate(lines)]


#: What places the labels of lines.
Placing: TypeAlias = Callable[[Sequence[Labelled], float, float], list[Rectangle] | None]
