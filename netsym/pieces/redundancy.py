"""Which of some inequalities follow from the others: exact linear programs by the simplex method.

The inequalities are `normals @ u <= slack` with all of `slack` positive, so that 0 is inside.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from flint import fmpq

Array = npt.NDArray[Any]

#: A point or an affine function in whole numbers: the last is the scale, or the constant.
Vector = tuple[int, ...]
#: Fractions in whole numbers over one.
Whole = tuple[Vector, int]


def irredundant(normals: Array, slack: Array) -> list[int]:
    """The inequalities that do not follow from the others, in order.

    `normals` (n, inputs) and `slack` (n,) are exact numbers; no row of normals is zero, and no
    inequality is there twice. Each is compared with those that are known to be needed; where it
    does not follow from them, a point beyond it leads to one more (Clarkson, More
    output-sensitive geometric algorithms, 1994).
    """
    needed = _met_first(normals, slack)
    kept = list(range(len(slack)))
    for one in range(len(slack)):
        while one not in needed:
            known = sorted(needed)
            way = beyond(normals[one], slack[one], normals[known], slack[known])
            met = None if way is None else _met(normals @ way, slack)
            if met is None and way is not None:  # an edge is met, which tells nothing
                known = [other for other in kept if other != one]
                way = beyond(normals[one], slack[one], normals[known], slack[known])
                met = one
            if way is None:
                kept.remove(one)
                break
            assert met is not None
            needed.add(met)
    return kept


def nowhere_positive(normals: Array, offsets: Array) -> bool:
    """Whether no u makes all of `normals @ u + offsets` positive: the largest t below all of them.

    `normals` (n, inputs) and `offsets` (n,) are exact numbers.
    """
    least = min(offsets) - 1  # t + least is below all at u = 0 and t = 0
    with_t = np.column_stack([-normals, 0 * offsets + 1])
    aim = np.append(normals[0] * 0, offsets[0] * 0 + 1)
    return beyond(aim, -least, with_t, offsets - least) is None


def _met_first(normals: Array, slack: Array) -> set[int]:
    """Those that a ray from 0 meets first and alone; the rays go straight to each of them."""
    rates = normals @ normals.T
    return {met for speeds in rates.T if (met := _met(speeds, slack)) is not None}


def _met(speeds: Array, slack: Array) -> int | None:
    """The inequality that a ray from 0 meets first, by the speeds to them; None for several."""
    towards = np.flatnonzero(speeds > 0).tolist()
    times = [slack[one] / speeds[one] for one in towards]
    first = min(times)
    return towards[times.index(first)] if times.count(first) == 1 else None


def beyond(normal: Array, limit: Any, normals: Array, slack: Array) -> Array | None:
    """A point u where `normals @ u <= slack` and `normal @ u > limit`, or None: there is none.

    The simplex method (Dantzig) with Bland's rule, which never cycles, in whole numbers (Edmonds,
    Systems of Distinct Representatives and Linear Algebra, 1967). The rows of the table say what
    the slack of each inequality is by the variables that are zero, the last row how far the normal
    is above the limit, all times `scale`; `u` is first among these and free, so it leaves them and
    never comes back.
    """
    inputs = len(normal)
    rows_given = np.vstack([np.column_stack([slack, -normals]), [-limit, *normal]])
    table = np.array([whole(row) for row in rows_given.tolist()], dtype=object)
    zero = list(range(inputs))  # below `inputs`: u; from there: slack
    rows = list(range(inputs, inputs + len(slack)))
    scale = 1
    while table[-1, 0] <= 0:
        column = _entering(table[-1, 1:], zero, inputs)
        if column is None:
            return None
        rate = table[-1, column + 1]
        sign = 1 if rate > 0 else -1
        limits = [
            (fmpq(-value, change * sign), rows[row], row)
            for row, (value, change) in enumerate(
                zip(table[:-1, 0].tolist(), table[:-1, column + 1].tolist(), strict=True)
            )
            if rows[row] >= inputs and change * sign < 0
        ]
        if not limits:  # it is as large as one likes
            step = fmpq(1 - 2 * table[-1, 0], rate)
            ends = table[:-1, 0] + step * table[:-1, column + 1]
            return _point(inputs, [*rows, zero[column]], [*ends, step * scale], scale)
        row = min(limits)[2]
        scale = _exchange(table, row, column + 1, scale)
        zero[column], rows[row] = rows[row], zero[column]
    return _point(inputs, rows, table[:-1, 0].tolist(), scale)


def _point(inputs: int, variables: Sequence[int], values: Sequence[Any], scale: int) -> Array:
    """The u among variables that have these values, but for the scale; others are zero."""
    known = dict(zip(variables, values, strict=True))
    return np.array([known.get(place, 0) * fmpq(1, scale) for place in range(inputs)])


def _entering(gains: Array, zero: Sequence[int], inputs: int) -> int | None:
    """The first variable by number that improves the aim."""
    better = [
        (variable, column)
        for column, (variable, gain) in enumerate(zip(zero, gains.tolist(), strict=True))
        if gain > 0 or (variable < inputs and gain < 0)
    ]
    return min(better)[1] if better else None


def _exchange(table: Array, row: int, column: int, scale: int) -> int:
    """Solve a row for the variable of a column, and put it into all others; gives the new scale."""
    solved, rates = table[row].copy(), table[:, column].copy()
    pivot: int = solved[column]
    table *= pivot
    table -= np.outer(rates, solved)
    table //= scale
    table[row] = -solved
    table[:, column] = rates
    table[row, column] = scale
    if pivot < 0:
        np.negative(table, out=table)
    return abs(pivot)


def whole(row: Iterable[Any]) -> Vector:
    """A row of fractions (flint's or Python's) in whole numbers, times a positive one."""
    return over_one(row)[0]


def over_one(row: Iterable[Any]) -> Whole:
    """Fractions (flint's or Python's) as whole numbers over one denominator."""
    parts = [(int(number.numerator), int(number.denominator)) for number in row]
    common = math.lcm(*(below for _, below in parts))
    return tuple(above * (common // below) for above, below in parts), common
