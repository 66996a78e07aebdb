"""Exact numbers in fixed point: an array of digits, of which fractions are made on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from math import prod

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
#: Sums of digits at one place; 0 where there is nothing.
Sums = npt.NDArray[np.int64] | int

#: Bits of a digit, which is from -HALF to HALF - 1.
BITS = 22
HALF = 1 << (BITS - 1)

#: So many digits together are whole bytes.
_TOGETHER, _BYTES = 4, 11

_QUARTER = 0.25  # of the fourth digit: on which side of a tie a number is


@dataclass(frozen=True, eq=False)
class FixedPoint:
    """Exact multiples of a power of two: `Σ_k digits[k] * 2**(22*(k - below))`.

    `digits` has shape (count, *shape), int32; each is from -2**21 to 2**21 - 1, so a number has one
    way to be written.
    """

    digits: npt.NDArray[np.int32]
    below: int

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array of numbers."""
        return self.digits.shape[1:]

    @property
    def size(self) -> int:
        """How many numbers there are."""
        return prod(self.shape)

    def __len__(self) -> int:
        """How many digits a number has."""
        return len(self.digits)

    @cached_property
    def floats(self) -> Floats:
        """Each number to the nearest float64, ties to even; exponents are far from its ends.

        The first four digits are two float64 numbers whose sum is rounded once; of what is behind
        them only the sign matters.
        """
        found = np.zeros(self.shape)
        none = np.zeros(self.shape, dtype=np.int32)
        behind = [np.zeros(self.shape, dtype=np.int8)] * 4  # the last: of all digits but four
        for place, first in enumerate(self.digits):
            second, third, fourth = (
                self.digits[place - back] if place >= back else none for back in (1, 2, 3)
            )
            head = first * 2.0**BITS + second
            tail = third * 2.0**BITS + fourth + _QUARTER * behind[0]
            rounded = np.ldexp(head * 2.0 ** (2 * BITS) + tail, BITS * (place - 3 - self.below))
            there = first != 0
            np.copyto(found, rounded, where=there)
            behind = [*behind[1:], np.where(there, np.sign(first), behind[-1]).astype(np.int8)]
        return found

    @cached_property
    def errors(self) -> Floats:
        """Each number minus what it is in `floats`, to the nearest float64."""
        places, _ = split(self.floats, len(self) + 1, self.below)
        mine = [*(plane.astype(np.int64) for plane in self.digits), 0]
        apart = np.zeros((len(places), *self.shape), dtype=np.int32)
        carry((one - other for one, other in zip(mine, places, strict=True)), apart)
        return FixedPoint(apart, self.below).floats

    @cached_property
    def bits(self) -> int:
        """The length of the longer of numerator and denominator, added up for all."""
        mantissas, before = np.frexp(np.abs(self.floats))
        before -= (mantissas == 0.5) & (self.errors * np.sign(self.floats) < 0)  # it was rounded up
        return int((self._behind + np.maximum(before, 1)).sum())

    @cached_property
    def _behind(self) -> npt.NDArray[np.int64]:
        """How many bits each number has behind the point."""
        found = np.zeros(self.shape, dtype=np.int64)
        for place, plane in reversed([*enumerate(self.digits[: self.below])]):
            bit = np.frexp((plane & -plane).astype(np.float64))[1] - 1
            np.copyto(found, BITS * (self.below - place) - bit, where=plane != 0)
        return found

    @cached_property
    def whole(self) -> list[int]:
        """The numbers in units of the last digit, in order."""
        groups = -(-len(self) // _TOGETHER)
        digits = np.zeros((groups, _TOGETHER, self.size), dtype=np.int64)
        flat = digits.reshape(groups * _TOGETHER, self.size)
        flat[: len(self)] = self.digits.reshape(len(self), self.size) + HALF
        packed = np.empty((self.size, groups, _BYTES), dtype=np.uint8)
        for group, (first, second, third, fourth) in enumerate(digits):
            low = first | second << BITS | third << 2 * BITS
            high = third >> 64 - 2 * BITS | fourth << 3 * BITS - 64
            packed[:, group, :8] = _bytes(low)
            packed[:, group, 8:] = _bytes(high)[:, : _BYTES - 8]
        data, width = packed.tobytes(), groups * _BYTES
        zero = sum(HALF << BITS * place for place in range(len(self)))
        starts = range(0, len(data), width)
        return [int.from_bytes(data[at : at + width], "little") - zero for at in starts]

    def ratios(self) -> Iterator[tuple[int, int]]:
        """Numerators and denominators in lowest terms, in order."""
        most = BITS * self.below
        for number, bits in zip(self.whole, self._behind.reshape(-1).tolist(), strict=True):
            yield number >> most - bits, 1 << bits

    @cached_property
    def fractions(self) -> npt.NDArray[np.object_]:
        """The numbers as fractions."""
        made = (Fraction(*ratio) for ratio in self.ratios())
        return np.fromiter(made, dtype=object, count=self.size).reshape(self.shape)


def _bytes(words: npt.NDArray[np.int64]) -> npt.NDArray[np.uint8]:
    """The eight bytes of each word, the last one first."""
    return words.astype("<i8").view(np.uint8).reshape(-1, 8)


def split(values: Floats, count: int, below: int) -> tuple[list[Sums], Floats]:
    """The digits of floats, the last place first, not carried yet; and what is left of them."""
    left, largest = values, float(np.abs(values).max(initial=0.0))
    places: list[Sums] = [0] * count
    for place in reversed(range(count)):
        unit = 2.0 ** (BITS * (place - below))
        if 2 * largest > unit and left.any():
            digits = np.rint(left / unit)
            left = left - digits * unit
            places[place] = digits.astype(np.int64)
    return places, left


def carry(sums: Iterable[Sums], digits: Iterable[npt.NDArray[np.int32]]) -> bool:
    """Write sums at their places as digits, the last place first; whether all fits."""
    carried: Sums = 0
    for total, plane in zip(sums, digits, strict=True):
        total = total + carried
        above = (total + HALF) >> BITS
        plane[...] = total - (above << BITS)
        carried = above if np.any(above) else 0
    return isinstance(carried, int)
