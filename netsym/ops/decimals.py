"""Numbers as decimals: 0.1 is 1/10, not the float64 next to it."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.index import sorted_distinct
from netsym.ops.arrays import Objects, filled
from netsym.ops.shortest import shortest

_TRIED = 16


def decimal(value: float | Fraction) -> Fraction:
    """A number as the shortest decimal that float64 reads as it; what is exact stays.

    >>> decimal(0.1), decimal(Fraction(1, 3)), decimal(2.0)
    (Fraction(1, 10), Fraction(1, 3), Fraction(2, 1))
    """
    return Fraction(Decimal(repr(value))) if isinstance(value, float) else value


def decimals(values: npt.NDArray[Any]) -> Objects:
    """The same for arrays of float64, or of objects, which are float and Fraction."""
    if values.dtype == object:
        return filled(map(decimal, values.reshape(-1).tolist()), values.shape)
    whole, places = shortest(values.reshape(-1))
    return filled(map(Fraction, whole, map(partial(pow, 10), places)), values.shape)


def are_decimals(values: npt.NDArray[Any]) -> bool:
    """Whether all of them are decimals as they stand, so that nothing depends on the reading."""
    if values.dtype == object:  # fractions are, and sorting them takes long
        values = np.array([v for v in values.flat if isinstance(v, float)], dtype=np.float64)
    few = values.reshape(-1)[:_TRIED]  # of numbers that are none, sorting would take longest
    return all(
        decimal(value) == value
        for part in (few, values)
        for value in sorted_distinct(part).tolist()
    )
