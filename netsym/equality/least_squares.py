"""Least squares in balls, by an orthogonal factorisation, and solutions that keep their rooms."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import flint
import numpy as np
import numpy.typing as npt

from netsym.ops.arrays import filled
from netsym.ops.proved.balls import Ball
from netsym.pieces.redundancy import beyond

Floats = npt.NDArray[np.float64]

_RANK = 90  # bits by which a column that is no combination of others may be smaller
_SATURATED = 2.0**-150  # change of a value, beside it, by as much as a number may move


class PivotedQR:
    """An orthogonal factorisation with pivots (Golub and Van Loan, 2013, section 5.4).

    `pivots` are the columns that are independent, `free` the others.
    """

    def __init__(self, columns: npt.NDArray[np.object_]) -> None:
        count = columns.shape[1]
        left = list(range(count))
        work = columns.copy()
        self.rows: list[npt.NDArray[np.object_]] = []
        self.basis: list[npt.NDArray[np.object_]] = []
        self.pivots: list[int] = []
        first = None
        while left:
            sizes = {place: (work[:, place] ** 2).sum().mid() for place in left}
            best = max(left, key=sizes.__getitem__)
            first = sizes[best] if first is None else first
            if not sizes[best] > first * flint.arb(2) ** -_RANK:
                break
            length = sizes[best].sqrt().mid()
            unit = middles(work[:, best] / length)
            row = np.full(count, flint.arb(0), dtype=object)
            row[best] = length
            left.remove(best)
            if left:
                dots = middles(unit @ work[:, left])
                row[left] = dots
                work[:, left] = middles(work[:, left] - np.outer(unit, dots))
            self.basis.append(unit)
            self.rows.append(row)
            self.pivots.append(best)
        self.free = left

    def solved(self, right: Sequence[Ball]) -> list[Ball]:
        """The least squares solution in which what is free stays where it is."""
        values = np.array(right, dtype=object)
        return self._back([(unit @ values).mid() for unit in self.basis])

    def _back(self, right: Sequence[Ball]) -> list[Ball]:
        found = [flint.arb(0)] * len(self.rows[0])
        for place in range(len(self.pivots) - 1, -1, -1):
            rest = right[place]
            for other in self.pivots[place + 1 :]:
                rest -= self.rows[place][other] * found[other]
            found[self.pivots[place]] = (rest / self.rows[place][self.pivots[place]]).mid()
        return found

    def within(self, moved: Sequence[Ball]) -> list[Ball]:
        """The same but for what does not matter, so that all are within their rooms if they can."""
        ways = []
        for place in self.free:
            way = self._back([-row[place] for row in self.rows])
            way[place] = flint.arb(1)
            ways.append(way)
        start = np.array([float(far) for far in moved])
        lines = np.array([[float(by) for by in way] for way in ways])
        if not (np.isfinite(lines).all() and np.isfinite(start).all()):
            return list(moved)
        amounts = _within_rooms(start, lines)
        if amounts is None:
            return list(moved)
        found = list(moved)
        for amount, way in zip(amounts.tolist(), ways, strict=True):
            found = [(far + amount * by).mid() for far, by in zip(found, way, strict=True)]
        return found


def _within_rooms(start: Floats, lines: Floats) -> Floats | None:
    """The amounts with which no element of `start + amounts @ lines` is above 1, or None.

    With room to spare, if there is any; by exact linear programs.
    """
    ways = np.array([[Fraction(by) for by in line] for line in lines], dtype=object).T
    far = np.array([Fraction(each) for each in start], dtype=object)
    top = max(abs(each) for each in far) + 1
    ones = np.full((2 * len(far), 1), Fraction(1), dtype=object)
    normals = np.column_stack([np.concatenate([ways, -ways]), ones])
    slack = np.concatenate([top - far, top + far])
    aim = np.array([Fraction(0)] * len(lines) + [Fraction(1)], dtype=object)
    for room in (Fraction(1, 2), Fraction(9, 10), Fraction(1)):
        found = beyond(aim, top - room - Fraction(1, 2**32), normals, slack)
        if found is not None:
            return np.array([float(Fraction(int(n.p), int(n.q))) for n in found[:-1]])
    return None


def row_weights(slopes: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """By row, 1, or less where a row is larger than most: near a root, differences are none.

    Where a unit is saturated nothing depends on its numbers: such rows are not counted.
    """
    sizes = [max(abs(slope) for slope in row) for row in slopes]
    counted = [size for size in sizes if size > _SATURATED] or sizes
    usual = sorted(counted, key=float)[len(counted) // 2]
    return filled(
        ((usual / size).mid() if size > usual > 0 else flint.arb(1) for size in sizes),
        (len(sizes),),
    )


def middles(balls: npt.NDArray[np.object_]) -> npt.NDArray[np.object_]:
    """Balls without their radii."""
    return filled((ball.mid() for ball in balls.reshape(-1).tolist()), balls.shape)
