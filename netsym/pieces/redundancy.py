"""Which of some inequalities follow from the others: exact linear programs by the simplex method.

The inequalities are `normals @ u <= slack` with all of `slack` positive, so that 0 is inside.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[Any]


def irredundant(normals: Array, slack: Array) -> list[int]:
    """The inequalities that do not follow from the others, in order.

    `normals` (n, inputs) and `slack` (n,) are exact numbers; no row of normals is zero, and no
    inequality is there twice.
    """
    certain = _met_first(normals, slack)
    kept = list(range(len(slack)))
    for one in range(len(slack)):
        if one not in certain:
            others = [other for other in kept if other != one]
            if _follows(normals[one], slack[one], normals[others], slack[others]):
                kept = others
    return kept


def nowhere_positive(normals: Array, offsets: Array) -> bool:
    """Whether no u makes all of `normals @ u + offsets` positive: the largest t below all of them.

    `normals` (n, inputs) and `offsets` (n,) are exact numbers.
    """
    least = min(offsets) - 1  # t + least is below all at u = 0 and t = 0
    with_t = np.column_stack([-normals, 0 * offsets + 1])
    aim = np.append(normals[0] * 0, offsets[0] * 0 + 1)
    return _follows(aim, -least, with_t, offsets - least)


def _met_first(normals: Array, slack: Array) -> set[int]:
    """Those that a ray from 0 meets first and alone; the rays go straight to each of them."""
    rates = normals @ normals.T
    met = set()
    for speeds in rates.T:
        towards = np.flatnonzero(speeds > 0).tolist()
        times = [slack[one] / speeds[one] for one in towards]
        first = min(times)
        if times.count(first) == 1:
            met.add(towards[times.index(first)])
    return met


def _follows(normal: Array, limit: Any, normals: Array, slack: Array) -> bool:
    """Whether `normal @ u` is at most `limit` wherever all `normals @ u <= slack`.

    The simplex method (Dantzig) with Bland's rule, which never cycles. The rows of the table say
    what the slack of each inequality is by the variables that are zero, the last row what the
    normal is; `u` is first among these and free, so it leaves them and never comes back.
    """
    inputs = len(normal)
    table = np.column_stack([np.append(slack, limit * 0), np.vstack([-normals, normal])])
    zero = list(range(inputs))  # below `inputs`: u; from there: slack
    rows = list(range(inputs, inputs + len(slack)))
    while table[-1, 0] <= limit:
        column = _entering(table[-1, 1:], zero, inputs)
        if column is None:
            return True
        sign = 1 if table[-1, column + 1] > 0 else -1
        limits = [
            (-value / (rate * sign), rows[row], row)
            for row, (value, rate) in enumerate(
                zip(table[:-1, 0], table[:-1, column + 1], strict=True)
            )
            if rows[row] >= inputs and rate * sign < 0
        ]
        if not limits:
            return False
        row = min(limits)[2]
        _exchange(table, row, column + 1)
        zero[column], rows[row] = rows[row], zero[column]
    return False


def _entering(gains: Array, zero: Sequence[int], inputs: int) -> int | None:
    """The first variable by number that improves the aim."""
    better = [
        (variable, column)
        for column, (variable, gain) in enumerate(zip(zero, gains, strict=True))
        if gain > 0 or (variable < inputs and gain < 0)
    ]
    return min(better)[1] if better else None


def _exchange(table: Array, row: int, column: int) -> None:
    """Solve a row for the variable of a column, and put it into all others."""
    pivot = table[row, column]
    solved = -table[row] / pivot
    solved[column] = 1 / pivot
    rates = table[:, column].copy()
    table[:, column] = 0 * pivot
    table += np.outer(rates, solved)
    table[row] = solved
