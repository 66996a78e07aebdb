"""The numbers of a trained network as the digits that stand for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

#: Numbers of any type as those of float64 that are written for them.
Digits = Callable[[npt.NDArray[Any]], npt.NDArray[np.float64]]
#: How many digits tell the numbers of a type apart.
_MOST = {np.dtype(np.float16): 5, np.dtype(np.float32): 9}
_CHUNK = 2**16  # numbers that are rounded at once


def shortest(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """As float64: of each float32 or float16 the shortest decimal that is read back as it.

    >>> shortest(np.array([0.1, 16777216], dtype=np.float32)).tolist()
    [0.1, 16777216.0]
    """
    most = _MOST.get(values.dtype)
    if most is None:
        return values.astype(np.float64)
    found = np.empty(values.shape)
    flat, out = values.reshape(-1), found.reshape(-1)
    for start in range(0, len(flat), _CHUNK):
        rows = slice(start, start + _CHUNK)
        out[rows] = _shortest(flat[rows], most)
    return found


def digits(every: bool) -> Digits:
    """How the numbers of a model are written: the `shortest`, or with `every` digit they have."""
    return _exact if every else shortest


def _exact(values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    return values.astype(np.float64)


def _shortest(values: npt.NDArray[Any], most: int) -> npt.NDArray[np.float64]:
    """The same of a vector."""
    exact = values.astype(np.float64)
    found, rest = exact.copy(), np.flatnonzero(exact)
    for digits in range(1, most + 1):
        numbers = exact[rest]
        tens = digits - 1 - np.floor(np.log10(np.abs(numbers))).astype(np.int64)
        rounded = _rounded(numbers, tens)
        same = rounded.astype(values.dtype) == values[rest]
        found[rest[same]] = rounded[same]
        rest = rest[~same]
        if not len(rest):
            break
    return found


def _rounded(numbers: npt.NDArray[np.float64], tens: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """Numbers to so many decimals: a whole number of at most 2**53 over, or times, a power of ten.

    Up to 10**22 the power is a float64, so that the quotient is the one next to the decimal.
    """
    near = np.abs(tens) <= 22
    power = 10.0 ** np.abs(np.where(near, tens, 0))
    with np.errstate(over="ignore"):
        up = np.rint(numbers * power) / power
        down = np.rint(numbers / power) * power
    rounded = np.where(tens >= 0, up, down)
    for place in np.flatnonzero(~near):
        rounded[place] = float(f"{numbers[place]:.{max(_digits(numbers[place], tens[place]), 0)}e}")
    return rounded


def _digits(number: float, tens: int) -> int:
    """How many digits come after the first one."""
    return int(tens + np.floor(np.log10(abs(number))))
