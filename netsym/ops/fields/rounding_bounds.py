"""Float64 values with a running bound on their rounding errors (Higham, 2002, section 3.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

_UNIT = 2.0**-52  # twice the unit roundoff: to first order the bounds have room
_TINY = 2.0**-1074  # what underflow may lose


@dataclass(frozen=True, slots=True)
class Running:
    """Values of some shape, each with a bound on how far off it is."""

    value: Floats
    error: Floats

    @classmethod
    def exact(cls, value: npt.ArrayLike) -> Running:
        """Values that are what they are."""
        array = np.asarray(value, dtype=np.float64)
        return cls(array, np.zeros(array.shape))

    @classmethod
    def rounded(cls, value: npt.ArrayLike) -> Running:
        """Values that are what they are, rounded to float64."""
        array = np.asarray(value, dtype=np.float64)
        return cls(array, _UNIT * np.abs(array) + _TINY)

    def __add__(self, other: Running) -> Running:
        value = self.value + other.value
        return Running(value, self.error + other.error + _UNIT * np.abs(value))

    def __sub__(self, other: Running) -> Running:
        return self + -other

    def __neg__(self) -> Running:
        return Running(-self.value, self.error)

    def __mul__(self, other: Running) -> Running:
        value = self.value * other.value
        error = np.abs(self.value) * other.error + self.error * np.abs(other.value)
        return Running(value, error + self.error * other.error + _UNIT * np.abs(value) + _TINY)

    def __truediv__(self, other: Running) -> Running:
        value = self.value / other.value
        room = np.abs(other.value) - other.error
        error = (self.error + np.abs(value) * other.error) / np.where(room > 0, room, 0.0)
        return Running(value, error + _UNIT * np.abs(value) + _TINY)

    def __matmul__(self, weights: Running) -> Running:
        """`values @ weights.T`; weights of more axes are one matrix for each place."""
        by, off = np.swapaxes(weights.value, -1, -2), np.swapaxes(weights.error, -1, -2)
        value = self.value @ by
        sizes = np.abs(self.value) @ np.abs(by)
        error = np.abs(self.value) @ off + self.error @ np.abs(by)
        underflow = _TINY * self.value.shape[-1]
        error = error + self.error @ off + underflow
        return Running(value, error + _length(self) * sizes)

    def total(self) -> Running:
        """The sum along the last axis, which stays with length 1."""
        value = self.value.sum(axis=-1, keepdims=True)
        sizes = np.abs(self.value).sum(axis=-1, keepdims=True)
        return Running(value, self.error.sum(axis=-1, keepdims=True) + _length(self) * sizes)

    def map(self, function: Callable[[Floats], Any]) -> Running:
        """A change of structure."""
        return Running(function(self.value), function(self.error))

    def unknown(self) -> Running:
        """Values of this shape of which nothing is known."""
        return Running(np.zeros(self.value.shape), np.full(self.value.shape, np.inf))

    def sign(self) -> npt.NDArray[np.int64]:
        """1 and -1 where the sign is certain, else 0."""
        certain = np.abs(self.value) > self.error  # false for nan
        return np.where(certain, np.sign(np.nan_to_num(self.value)), 0.0).astype(np.int64)


def _length(values: Running) -> float:
    return _UNIT * float(values.value.shape[-1])


def called(function: Callable[..., Any], *operands: Running, cancels: bool = False) -> Running:
    """A function, off by as much as it changes where its operands are off.

    `cancels` says that its float64 value is as precise as its operands, but no more.
    """
    values = [operand.value for operand in operands]
    value = np.asarray(function(*values), dtype=np.float64)
    error = 4 * _UNIT * np.abs(value) + _TINY
    for place, operand in enumerate(operands):
        # for what turns back between the ends, as sin does; none is steeper where it does
        error = error + np.where(operand.error < 0.5, 2 * operand.error, np.inf)
        error = error + 8 * _UNIT * np.abs(operand.value) * cancels
        for moved in (operand.value + operand.error, operand.value - operand.error):
            there = function(*values[:place], moved, *values[place + 1 :])
            error = error + np.abs(there - value)
    return Running(value, error)


def joined(function: Callable[[list[Floats]], Any], *operands: Running) -> Running:
    """Arrays put together."""
    return Running(function([o.value for o in operands]), function([o.error for o in operands]))


def summed(*terms: Running) -> Running:
    """A sum of several."""
    return reduce(lambda one, other: one + other, terms)
