"""Convex cells of any dimension, by their sides and a point inside, cut exactly."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import flint
import numpy as np

from netsym.ops.arrays import filled
from netsym.pieces.cells import ENTRIES
from netsym.pieces.hyperplane import Hyperplane
from netsym.pieces.redundancy import Array, Vector, beyond, irredundant, whole


@dataclass(frozen=True, slots=True, eq=False)
class Polyhedron:
    """Where all `rows` (sides, dimensions + 1), affine functions with the constant last, are
    positive, as they are at `point` (dimensions,). The rows are whole numbers, the point flint's
    fractions.
    """

    rows: Array
    point: Array

    @property
    def effort(self) -> int:
        """Of asking for its parts: by the simplex method, a step for each dimension."""
        return len(self.rows) * len(self.point) ** 2 // ENTRIES

    @property
    def slack(self) -> Array:
        """The values of the rows at the point."""
        found: Array = _values(self.rows, self.point)
        return found

    def parts(self, plane: Hyperplane) -> list[tuple[Polyhedron, int]]:
        """Those on both sides of a hyperplane; itself, if it is on one of both."""
        row = np.array(plane.form, dtype=object)
        value = _values(row, self.point)
        if not value:
            step = self._step(row[:-1])
            ends = [(sign, self._rounded(sign * row, self.point + sign * step * row[:-1]))
                    for sign in (1, -1)]  # fmt: skip
            return [(self._with(sign * row, point), sign) for sign, point in ends]
        sign = 1 if value > 0 else -1
        other = self._other_side(-sign * row)
        if other is None:
            return [(self, sign)]
        return [
            (self._with(sign * row, self.point), sign),
            (self._with(-sign * row, other), -sign),
        ]

    @property
    def facets(self) -> list[int]:
        """The rows that do not follow from the others."""
        return irredundant(-self.rows[:, :-1], self.slack)

    def points(self) -> Iterator[Vector]:
        """Points inside, one more than dimensions, by which an affine function is known."""
        yield whole((*self.point, 1))
        for direction in np.eye(len(self.point), dtype=int).astype(object):
            step = self._step(direction)
            yield whole((*(self.point + step * direction), 1))

    def _with(self, form: Array, point: Array) -> Polyhedron:
        return Polyhedron(np.vstack([self.rows, form]), point)

    def _step(self, direction: Array) -> Any:
        """A step that stays inside in this direction, and against it."""
        rates = self.rows[:, :-1] @ direction
        ends = [
            abs(v / rate)
            for v, rate in zip(self.slack.tolist(), rates.tolist(), strict=True)
            if rate
        ]
        return min(ends, default=flint.fmpq(2)) / 2

    def _other_side(self, form: Array) -> Array | None:
        """A point inside where an affine function, negative at `point`, is positive; or None."""
        limit, normal = -_values(form, self.point), form[:-1]
        across = limit / (normal @ normal)
        rates = self.rows[:, :-1] @ normal
        ends = [
            -s / rate
            for s, rate in zip(self.slack.tolist(), rates.tolist(), strict=True)
            if rate < 0
        ]
        if all(end > across for end in ends):
            until = min([*ends, 2 * across])
            return self._rounded(form, self.point + (across + until) / 2 * normal)
        way = beyond(normal, limit, -self.rows[:, :-1], self.slack)
        if way is None:
            return None
        part = (limit / (normal @ way) + 1) / 2
        return self._rounded(form, self.point + part * way)

    def _rounded(self, form: Array, point: Array) -> Array:
        """A point with short coordinates near one where another function is positive, too."""
        rows = np.vstack([self.rows, form])
        scale = flint.fmpq(1)
        while _is_long(point, scale):
            short = filled(
                ((x * scale + flint.fmpq(1, 2)).floor() / scale for x in point), point.shape
            )
            if all(value > 0 for value in _values(rows, short)):
                return short
            scale *= 16
        return point


def _is_long(point: Array, scale: Any) -> bool:
    """Whether some coordinate has more digits than a rounded one."""
    return any(int(x.q) > scale for x in point)


def _values(rows: Array, point: Array) -> Any:
    return rows[..., :-1] @ point + rows[..., -1]


def space(dimensions: int) -> Polyhedron:
    """All of it."""
    zero = flint.fmpq(0)
    return Polyhedron(
        np.empty((0, dimensions + 1), dtype=object), filled([zero] * dimensions, (dimensions,))
    )


def box(sides: Sequence[tuple[Fraction, Fraction]]) -> Polyhedron:
    """The points with each coordinate between a low and a high one."""
    found = space(len(sides))
    ends = [[flint.fmpq(*end.as_integer_ratio()) for end in side] for side in sides]
    middle = filled(((low + high) / 2 for low, high in ends), (len(sides),))
    unit = np.eye(len(sides), dtype=int).tolist()
    rows = [
        whole((*(sign * one for one in unit[place]), -sign * end))
        for place, pair in enumerate(ends)
        for sign, end in zip((1, -1), pair, strict=True)
    ]
    return Polyhedron(np.vstack([found.rows, np.array(rows, dtype=object)]), middle)
