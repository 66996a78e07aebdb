"""Convex cells of any dimension, by their corners, cut exactly.

A point x is where the ray of (x, 1) is, so a cell of points is a cone of rays. It has the rays
along its edges, which are its corners, or directions in which it goes on without end, where the
last coordinate is 0; and lines, if it has no corner (the double description method: Motzkin,
Raiffa, Thompson and Thrall, 1953; Fukuda and Prodon, Double description method revisited, 1996).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property, reduce
from itertools import count
from operator import lshift, or_

from netsym.pieces.cells import ENTRIES
from netsym.pieces.hyperplane import Hyperplane, mixed, value
from netsym.pieces.redundancy import Vector, whole

#: With the rows that are 0 there, as bits.
Ray = tuple[Vector, int]


@dataclass(frozen=True, eq=False)
class Cone:
    """Where all `rows`, affine functions with the constant last, are positive.

    `lines` are directions in which they do not change, `rays` those along the edges.
    """

    rows: tuple[Vector, ...]
    lines: tuple[Vector, ...]
    rays: tuple[Ray, ...]

    @property
    def _dimensions(self) -> int:
        """Those of the cone of rays, without the lines.

        On a ray at least one row less is 0. Where it is just so many, these are independent: each
        is a facet there, and each but one are an edge.
        """
        return len(self.rows[0]) - len(self.lines)

    @property
    def effort(self) -> int:
        """Of asking for its parts: all rays and lines are looked at."""
        return (len(self.lines) + len(self.rays)) * len(self.rows[0]) // ENTRIES

    def parts(self, plane: Hyperplane) -> list[tuple[Cone, int]]:
        """Those on both sides of a hyperplane; itself, if it is on one of both."""
        for line in self.lines:
            if value(plane.form, line):
                return self._along(plane, line)
        heights = [plane.height(ray) for ray, _ in self.rays]
        if min(heights) >= 0:
            return [(self, 1)]
        if max(heights) <= 0:
            return [(self, -1)]
        here = 1 << len(self.rows)
        above: list[Ray] = []
        below: list[Ray] = []
        edge: list[Ray] = []
        for ray, height in zip(self.rays, heights, strict=True):
            if height:
                (above if height > 0 else below).append(ray)
            else:
                edge.append((ray[0], ray[1] | here))
        fewest = self._dimensions - 2  # rows that are 0 on a face of two rays
        for one, zeros in above:
            simple = zeros.bit_count() == fewest + 1
            for other, others in below:
                both = zeros & others
                if both.bit_count() >= fewest and (simple or self._is_edge(both)):
                    edge.append((plane.crossing(one, other), both | here))
        return [
            (Cone((*self.rows, row), self.lines, (*inside, *edge)), sign)
            for inside, row, sign in ((above, plane.form, 1), (below, plane.negative, -1))
        ]

    def _along(self, plane: Hyperplane, line: Vector) -> list[tuple[Cone, int]]:
        """The parts where the function changes along a line: all else is moved to where it is 0."""
        here = 1 << len(self.rows)
        form = plane.form
        slope = value(form, line)
        if slope < 0:
            line, slope = tuple(-x for x in line), -slope
        lines = [mixed(each, slope, line, -value(form, each)) for each in self.lines]
        rays = [
            (mixed(ray, slope, line, -value(form, ray)), zeros | here) for ray, zeros in self.rays
        ]
        kept = tuple(each for each in lines if any(each))
        return [
            (Cone((*self.rows, row), kept, (*rays, (end, here - 1))), sign)
            for row, end, sign in (
                (form, line, 1),
                (plane.negative, tuple(-x for x in line), -1),
            )
        ]

    def _is_edge(self, zeros: int) -> bool:
        """Whether no other ray than two is on the face where these rows are 0."""
        return sum(zeros & others == zeros for _, others in self.rays) == 2

    @cached_property
    def facets(self) -> list[int]:
        """The rows that do not follow from the others, which are 0 on more than others are."""
        fewest = self._dimensions - 1  # rays that a facet has
        if fewest and all(zeros.bit_count() == fewest for _, zeros in self.rays):
            needed = reduce(or_, (zeros for _, zeros in self.rays))
            return [row for row in range(len(self.rows)) if needed >> row & 1]
        touched = [0] * len(self.rows)
        for place, (_, zeros) in enumerate(self.rays):
            while zeros:
                last = zeros & -zeros
                touched[last.bit_length() - 1] |= 1 << place
                zeros ^= last
        wide = {row: on for row, on in enumerate(touched) if on.bit_count() >= fewest}
        return [
            row for row, on in wide.items() if sum(on & other == on for other in wide.values()) == 1
        ]

    def points(self) -> Iterator[Vector]:
        """Points inside, one more than dimensions, by which an affine function is known.

        The first is near the middle, on the coarsest grid where its neighbours are inside, too;
        these are the others.
        """
        *point, scale = self._middle()
        yield (*point, scale)
        for place, x in enumerate(point):
            yield (*point[:place], x + 1, *point[place + 1 :], scale)

    def _middle(self) -> Vector:
        """A mean of the corners, with a step in each direction, rounded to whole numbers."""
        needed = [(self.rows[row], max(map(abs, self.rows[row][:-1]))) for row in self.facets]
        rays = [ray for ray, _ in self.rays]
        sizes = [(ray[-1] or max(map(abs, ray))).bit_length() for ray in rays]
        most = max(sizes)
        shifts = [most - size for size in sizes]
        *mean, scale = [sum(map(lshift, xs, shifts)) for xs in zip(*rays, strict=True)]
        for bits in count(4, 4):
            middle = (*[(x << bits) // scale for x in mean], 1 << bits)
            if all(value(row, middle) > step for row, step in needed):
                return middle
        raise AssertionError


def space(dimensions: int) -> Cone:
    """All of it."""
    *units, last = (
        tuple(int(place == one) for place in range(dimensions + 1)) for one in range(dimensions + 1)
    )
    return Cone((last,), tuple(units), ((last, 0),))


def box(sides: Sequence[tuple[Fraction, Fraction]]) -> Cone:
    """The points with each coordinate between a low and a high one."""
    found = space(len(sides))
    for place, ends in enumerate(sides):
        for sign, end in zip((1, -1), ends, strict=True):
            row = [Fraction(0)] * len(sides) + [-sign * end]
            row[place] = Fraction(sign)
            (found, _), *_ = found.parts(Hyperplane(whole(row)))
    return found
