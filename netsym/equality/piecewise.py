"""Regions: piecewise-rational functions in exact fractions, on both sides of every kink."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netsym.equality.agreement import Draw, seen_both_ways
from netsym.equality.sides import Subject
from netsym.graph.functions import FUNCTIONS
from netsym.ops.fields.outline import Outlines
from netsym.ops.proved.rationals import NotRational, Rationals
from netsym.wording import plural


@dataclass(frozen=True, slots=True)
class Regions:
    """At how many points two functions are equal in exact fractions, and what these points see.

    Of `units` elements of max, min and abs, `seen` were seen on both sides. `apart` says that this
    is enough: there is one input, whose line they cut into pieces that all have points.
    """

    points: int
    units: int
    seen: int
    apart: bool

    def __str__(self) -> str:
        return (
            f"in exact fractions: equal at {plural(self.points, 'point')}; "
            f"of {seen_both_ways(self.units, self.seen)}"
        )


def exact_on_regions(one: Subject, other: Subject, given: Sequence[Draw]) -> Regions | None:
    """Compare two functions in exact fractions; None if they are not rational, or not equal."""
    ops = Outlines(opaque=True)
    ends = [side.read(ops, ops.inputs(one.inputs)) for side in (one, other)]
    variables = len(one.inputs) + len({*one.names, *other.names})
    # kinks that do not act on each other are known to the finite fields; with several inputs, those
    # that do have more regions than points can be known to see
    apart = variables <= 1 and any(end.kinks > 1 for end in ends)
    rows = [FUNCTIONS[function] for function in ops.found.functions]
    if not rows or not all(row.kinked or row.piecewise for row in rows):
        return None
    points = 0
    sides: dict[tuple[int, int], tuple[Any, Any]] = {}
    for draw in given:
        values = []
        for which, side in enumerate((one, other)):
            exact = Rationals(draw.values)
            try:
                y = side.read(exact, exact.points(draw.x))
            except NotRational:
                return None
            values.append(np.broadcast_to(y, (len(draw.x), len(side.outputs))))
            for number, each in enumerate(exact.coverage):
                above, below = sides.get((which, number), (False, False))
                sides[which, number] = (above | each.above, below | each.below)
        if bool((values[0] != values[1]).any()):
            return None
        points += len(draw.x)
    seen = sum(int(np.sum(above & below)) for above, below in sides.values())
    units = sum(int(np.size(above)) for above, _ in sides.values())
    return Regions(points, units, seen, apart)
