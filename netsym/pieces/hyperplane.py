"""A hyperplane that cells are cut by, and where it is: exactly, in whole numbers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from operator import mul

from netsym.pieces.redundancy import Vector


class Hyperplane:
    """Where an affine function is 0, by the rays of points as `cones` has them.

    Cells next to one another share rays, so what is computed for one of them is kept for others.
    """

    __slots__ = ("_crossings", "_heights", "form", "negative")

    def __init__(self, form: Vector) -> None:
        self.form = form
        self.negative = tuple([-x for x in form])
        self._heights: dict[int, tuple[int, Vector]] = {}  # by the identity of what stays with it
        self._crossings: dict[tuple[int, int], Vector] = {}

    def height(self, ray: Vector) -> int:
        """The function along a ray."""
        known = self._heights.get(id(ray))
        if known is None:
            known = self._heights[id(ray)] = value(self.form, ray), ray
        return known[0]

    def crossing(self, above: Vector, below: Vector) -> Vector:
        """The ray where it meets the plane of two on either side of it."""
        ends = id(above), id(below)
        known = self._crossings.get(ends)
        if known is None:
            high, low = self.height(above), self.height(below)
            known = self._crossings[ends] = mixed(above, -low, below, high)
        return known


def value(form: Sequence[int], at: Sequence[int]) -> int:
    """An affine function along a ray."""
    return sum(map(mul, form, at))


def mixed(one: Vector, weight: int, other: Vector, weight_of_other: int) -> Vector:
    """A sum of rays with weights, in smallest whole numbers."""
    found = [weight * x + weight_of_other * y for x, y in zip(one, other, strict=True)]
    common = math.gcd(*found) or 1
    return tuple([x // common for x in found])
