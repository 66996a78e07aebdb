"""Which values are used: masks that go back from the outputs the way the values came.

Layers may leave values out (a stride, the last of several steps), and what nothing uses is not
written. A mask is a bool array with as many axes as what it masks, of length 1 along those where
all elements agree.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.ops import Present

#: From the mask of a result to that of an operand.
Pull = Callable[[Present], Present]


@dataclass(eq=False, slots=True)
class Way:
    """Where an array came from; `bind` is told which of its elements are used."""

    sources: Sequence[tuple[Way, Pull]]
    bind: Callable[[Present], None] | None = None
    used: Present | None = field(default=None, init=False)

    def mark(self, mask: Present) -> None:
        """Say that these elements are used, besides those known."""
        if self.used is not None:
            mask = self.used | mask
        self.used = np.ones((1,) * mask.ndim, dtype=bool) if mask.all() else mask

    def go_back(self) -> None:
        """Tell `bind` and the sources, and forget all, as masks are large."""
        if self.used is not None and self.used.any():
            if self.bind is not None:
                self.bind(self.used)
            for source, pull in self.sources:
                source.mark(pull(self.used))
        self.sources, self.bind, self.used = (), None, None


def narrowed(shape: tuple[int, ...]) -> Pull:
    """To an operand of this shape, which was broadcast."""

    def pull(mask: Present) -> Present:
        mask = np.asarray(mask.any(axis=tuple(range(mask.ndim - len(shape)))))
        ones = tuple(axis for axis, length in enumerate(shape) if length == 1)
        return np.asarray(mask.any(axis=ones, keepdims=True))

    return pull


def summed(present: Present | None, axes: int, shape: tuple[int, ...]) -> Pull:
    """To the terms, of this shape, of sums over the last axes of what is present."""

    def pull(mask: Present) -> Present:
        mask = mask.reshape(*mask.shape, *(1,) * axes)
        if present is not None:
            mask = mask & present
        return mask.reshape((1,) * (len(shape) - mask.ndim) + mask.shape)

    return pull


def reshaped(before: tuple[int, ...], after: tuple[int, ...]) -> Pull:
    """To the array in the shape that it had before."""

    def pull(mask: Present) -> Present:
        return compact(np.broadcast_to(mask, after).reshape(before))

    return pull


def transposed(order: Sequence[int]) -> Pull:
    """To the array before its last axes were put into this order."""

    def pull(mask: Present) -> Present:
        first = mask.ndim - len(order)
        return mask.transpose(*range(first), *(first + place for place in np.argsort(order)))

    return pull


def untaken(positions: npt.NDArray[Any], place: int, length: int) -> Pull:
    """To an axis of this length, in this place, that positions were taken along."""

    def pull(mask: Present) -> Present:
        before, after = mask.shape[:place], mask.shape[place + positions.ndim :]
        taken = np.broadcast_to(mask, (*before, *positions.shape, *after))
        taken = np.moveaxis(taken.reshape(*before, -1, *after), place, 0)
        found = np.zeros((length, *taken.shape[1:]), dtype=bool)
        np.logical_or.at(found, positions.reshape(-1), taken)
        return np.moveaxis(found, 0, place)

    return pull


def sliced(start: int, length: int, axis: int, shape: tuple[int, ...]) -> Pull:
    """To an array of this shape that is a part of others one after another."""

    def pull(mask: Present) -> Present:
        place = mask.ndim + axis
        if mask.shape[place] > 1:
            mask = mask[(slice(None),) * place + (slice(start, start + length),)]
        whole = narrowed((*shape[:axis], 2, *shape[len(shape) + axis + 1 :]))  # that axis stays
        return whole(mask)

    return pull


def compact(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array with length 1 along every axis that repeats one value."""
    return array[tuple(slice(0, 1) if s == 0 else slice(None) for s in array.strides)]
