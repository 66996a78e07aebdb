"""Subdivision: how far two functions are apart at most in a box, by ever smaller parts of it.

Of all parts the one with the largest bound is halved, until that is small enough (branch and
bound; Moore, Kearfott and Cloud, Introduction to Interval Analysis, 2009).
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import count
from math import inf, isnan, nextafter
from typing import Any, TypeVar

import flint

from netsym.equality.assumptions import Condition
from netsym.equality.samples import Exact, Lines
from netsym.ops.proved.balls import Ball, exactly, precision
from netsym.ops.proved.slopes import Sloped, Slopes, Undefined
from netsym.ops.straight_line import Machine
from netsym.pieces.piece import Box

A = TypeVar("A")
#: The (low, high) of a variable, flint.fmpq; None for all numbers.
Side = tuple[Any, Any] | None

_BITS = 128
_MOST_WORK = 3_000_000  # instructions that are run in all


@dataclass(frozen=True, slots=True)
class Bound:
    """What was found in so many `parts` of a box: two functions are at most so far `apart`.

    `apart` is None where the parts became too many, or a point was found at which they are further
    apart than allowed: `witness` are its inputs, and `values` those of the names.
    """

    parts: int
    apart: float | None = None
    witness: tuple[Fraction, ...] | None = None
    values: Mapping[str, Fraction] = field(default_factory=dict)


def bounded(
    lines: Lines,
    numbers: Exact,
    inputs: Sequence[str],
    box: Box,
    conditions: Sequence[Condition],
    allowed: Fraction,
    budget: int,
) -> Bound:
    """How far two functions of these inputs are apart wherever both are defined in a box.

    `numbers` are those of each side. Names have all values that the conditions leave them. It ends
    with a bound that is at most what is `allowed`, or where the budget, in parts, is spent.
    """
    names = list(dict.fromkeys([*lines[0].names, *lines[1].names]))
    with precision(_BITS):
        search = _Search(lines, numbers, conditions, inputs, names, exactly(allowed))
        sides = [(_quotient(low), _quotient(high)) for low, high in box]
        given = zip([*inputs, *names], [*sides, *(None for _ in names)], strict=True)
        return search.run(tuple(_narrowed(*each, conditions) for each in given), budget)


class _Search:
    """Two functions, of inputs and of names, and how far they may be apart."""

    def __init__(
        self,
        lines: Lines,
        numbers: Exact,
        conditions: Sequence[Condition],
        inputs: Sequence[str],
        names: Sequence[str],
        allowed: Ball,
    ) -> None:
        self.lines = lines
        self.conditions = conditions
        self.inputs = inputs
        self.names = names
        self.allowed = allowed
        self.slopes = Slopes()
        self.ranges = self.slopes.ranges
        self.balls = [list(map(self.ranges.constant, known)) for known in numbers]
        self.sloped = [list(map(Sloped, known)) for known in self.balls]

    def run(self, start: tuple[Side, ...], budget: int) -> Bound:
        """Halve the part with the largest bound until all are small enough."""
        if any(side is not None and side[0] > side[1] for side in start):
            return Bound(0)
        size = sum(len(line.instructions) for line in self.lines) * (1 + len(start))
        most = min(budget, _MOST_WORK // max(size, 1))
        if not most:
            return Bound(0)
        order, parts = count(), 0
        waiting: list[tuple[float, int, tuple[Side, ...], list[float]]] = []
        halves: Iterator[tuple[Side, ...]] | list[tuple[Side, ...]] = [start]
        while True:
            for sides in halves:
                parts += 1
                found = self._part(sides)
                if isinstance(found, list):
                    return Bound(parts, None, *self._point(found))
                if found is not None:
                    heapq.heappush(waiting, (-found[0], next(order), sides, found[1]))
            if not waiting or -waiting[0][0] <= self.allowed:
                return Bound(parts, -waiting[0][0] if waiting else 0.0)
            _, _, sides, steep = heapq.heappop(waiting)
            if parts >= most or not any(sides):
                return Bound(parts)
            halves = _halves(sides, steep)

    def _part(self, sides: Sequence[Side]) -> tuple[float, list[float]] | list[Any] | None:
        """A bound on a part, and how much of it is due to each variable.

        Or the middle of it, if they are too far apart there; or None, where the conditions hold
        nowhere, or one of the functions is defined nowhere.
        """
        balls = [_ball(side) for side in sides]
        middle = [None if side is None else (side[0] + side[1]) / 2 for side in sides]
        points = [b if m is None else flint.arb(m) for b, m in zip(balls, middle, strict=True)]
        try:
            if not self._possible(balls):
                return None
            slopes = [{} if side is None else {n: flint.arb(1)} for n, side in enumerate(sides)]
            moving = list(map(Sloped, balls, slopes))
            apart = self._apart(self.slopes, moving, self.sloped)
        except Undefined:
            return None
        inside = self._inside(points)
        if any(abs(each) > self.allowed for each in inside):
            return middle
        largest, steep = 0.0, [0.0] * len(sides)
        off = [ball - point for ball, point in zip(balls, points, strict=True)]
        for place, each in enumerate(apart):
            due = {n: slope * off[n] for n, slope in each.slopes.items()}
            known = sum(due.values(), inside[place]) if inside else each.value
            largest = max(largest, min(_size(each.value), _size(known)))
            for n, part in due.items():
                steep[n] = max(steep[n], _size(part))
        return largest, steep

    def _inside(self, points: Sequence[Ball]) -> list[Ball]:
        """How far they are apart at a point; empty where one is not defined."""
        try:
            return self._apart(self.ranges, points, self.balls)
        except Undefined:
            return []

    def _apart(
        self, machine: Machine[A], variables: Sequence[A], numbers: Sequence[Sequence[A]]
    ) -> list[A]:
        """The differences of all outputs."""
        named = dict(zip(self.names, variables[len(self.inputs) :], strict=True))
        one, other = (
            line.run(machine, variables[: len(self.inputs)], named.__getitem__, known)
            for line, known in zip(self.lines, numbers, strict=True)
        )
        return [machine.add(a, machine.negate(b)) for a, b in zip(one, other, strict=True)]

    def _possible(self, balls: Sequence[Ball]) -> bool:
        """Whether the conditions may hold somewhere."""
        named = dict(zip([*self.inputs, *self.names], balls, strict=True))
        for condition in self.conditions:
            left, right = condition.sides(self.ranges, named.__getitem__)
            apart = left - right
            ruled_out = {1: apart <= 0, -1: apart >= 0, 0: apart > 0 or apart < 0}
            if all(ruled_out[sign] for sign in condition.signs):
                return False
        return True

    def _point(self, middle: Sequence[Any]) -> tuple[tuple[Fraction, ...], dict[str, Fraction]]:
        """Inputs and values of names; of names that may have any, 1."""
        known = [Fraction(1) if m is None else Fraction(int(m.p), int(m.q)) for m in middle]
        width = len(self.inputs)
        return tuple(known[:width]), dict(zip(self.names, known[width:], strict=True))


def _narrowed(name: str, side: Side, conditions: Sequence[Condition]) -> Side:
    """What conditions that compare a name with a number leave of it; None if an end is open."""
    low, high = side or (None, None)
    for condition in conditions:
        pairs = (condition.left, condition.right, 1), (condition.right, condition.left, -1)
        for one, other, sign in pairs:
            if [each.which for each in one.instructions] != [name] or len(other.instructions) > 1:
                continue
            for number in other.numbers:
                end = _quotient(number.value)
                if -sign not in condition.signs:
                    low = end if low is None else max(low, end)
                if sign not in condition.signs:
                    high = end if high is None else min(high, end)
    return None if low is None or high is None else (low, high)


def _halves(sides: tuple[Side, ...], steep: Sequence[float]) -> Iterator[tuple[Side, ...]]:
    """Both halves, in the variable that the bound is due to most; of these the widest."""
    widths = [0.0 if side is None else float(flint.arb(side[1] - side[0])) for side in sides]
    place = max(range(len(sides)), key=lambda n: (bool(widths[n]), steep[n], widths[n]))
    side = sides[place]
    assert side is not None
    middle = (side[0] + side[1]) / 2
    for half in ((side[0], middle), (middle, side[1])):
        yield (*sides[:place], half, *sides[place + 1 :])


def _ball(side: Side) -> Ball:
    return flint.arb(0, inf) if side is None else flint.arb(side[0]).union(flint.arb(side[1]))


def _size(ball: Ball) -> float:
    """The size of the largest number in a ball, at least."""
    size = nextafter(float(ball.abs_upper()), inf)
    return inf if isnan(size) else size


def _quotient(value: Fraction) -> Any:
    return flint.fmpq(value.numerator, value.denominator)
