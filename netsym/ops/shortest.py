"""The shortest decimals of many float64 numbers at once: those that `repr` writes.

A number times a power of ten is two float64 numbers without an error (Dekker, "A floating-point
technique for extending the available precision", Numerische Mathematik, 1971), which tells its
first 17 digits, and whether fewer of them are nearer to it than to its neighbours (Steele and
White, "How to print floating-point numbers accurately", PLDI, 1990). What is too close to say, or
has an exponent, is left to `repr`.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_DIGITS = 17  # which every float64 is told by
_LEAST, _MOST = 1e-6, 1e15  # where all powers of ten are float64 numbers
_TENS = np.array([float(10**exponent) for exponent in range(23)])
_SPLITTER = 2.0**27 + 1
_ROOM = 2.0**-40  # relative, which rounding is far below


def shortest(values: Floats) -> tuple[list[int], list[int]]:
    """Whole numbers, and how many of their digits are behind the point.

    >>> shortest(np.array([0.1, -2.5, 1e-9]))
    ([100000000000000, -250000000000000, 1], [15, 14, 9])
    """
    sizes = np.abs(values)
    usual = (sizes >= _LEAST) & (sizes < _MOST)
    sizes = np.where(usual, sizes, 1.0)
    places = _DIGITS - 1 - np.floor(np.log10(sizes)).astype(np.int64)
    tens = _TENS[np.clip(places, 0, len(_TENS) - 1)]
    high, low = _product(sizes, tens)
    near = np.rint(low)
    whole, left = high.astype(np.int64) + near.astype(np.int64), low - near
    sure = usual & (high >= 1e16) & (high < 1e17) & (np.abs(left) < 0.5)
    sure &= np.frexp(sizes)[0] != 0.5  # its neighbours are as far on both sides
    room = np.spacing(sizes) / 2 * tens
    found, behind = whole, places
    for fewer in (1, 2):
        short, same, known = _shorter(whole, left, room, 10**fewer)
        found, behind = np.where(same, short, found), np.where(same, places - fewer, behind)
        sure &= known
    return _written(values, np.where(values < 0, -found, found), behind, sure)


def _product(one: Floats, other: Floats) -> tuple[Floats, Floats]:
    """The product to the nearest float64, and what is missing in it."""
    product = one * other
    (a, b), (c, d) = _halves(one), _halves(other)
    return product, ((a * c - product) + a * d + b * c) + b * d


def _halves(values: Floats) -> tuple[Floats, Floats]:
    """Two numbers of half as many bits each, whose sum each is."""
    above = _SPLITTER * values
    above = above - (above - values)
    return above, values - above


def _shorter(whole: Integers, left: Floats, room: Floats, unit: int) -> tuple[Integers, Mask, Mask]:
    """The nearest multiple of a unit to `whole + left`; if it is within the room; if that is known.

    It is given in units.
    """
    short = (2 * whole + unit) // (2 * unit)
    middle = short * unit - whole == unit // 2  # it was rounded up
    short = short - (middle & (left < 0))
    apart = np.abs((whole - short * unit) + left)
    same, other = apart < room * (1 - _ROOM), apart > room * (1 + _ROOM)
    return short, same, (same | other) & ~(middle & (left == 0))


def _written(
    values: Floats, whole: Integers, places: Integers, sure: Mask
) -> tuple[list[int], list[int]]:
    """The same as lists, of which those that are not sure are as `repr` writes them."""
    numbers, behind = whole.tolist(), places.tolist()
    for at in np.flatnonzero(~sure).tolist():
        digits, _, exponent = repr(float(values[at])).partition("e")
        before, _, after = digits.partition(".")
        power = int(exponent or 0) - len(after)
        numbers[at], behind[at] = int(before + after) * 10 ** max(power, 0), max(-power, 0)
    return numbers, behind
