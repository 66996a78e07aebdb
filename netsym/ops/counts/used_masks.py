"""Which values are used: masks that go back from the outputs the way the values came.

Layers may leave values out (a stride, the last of several steps), and what nothing uses is not
written. A mask is a bool array with as many axes as what it masks, of length 1 along those where
all elements agree, or True.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.ops import Present
from netsym.ops.counts.rows_of_masks import place_of

#: A mask, or True where all is used.
Used = Present | bool
#: From the mask of a result to that of an operand.
Pull = Callable[[Used], Used]


@dataclass(eq=False, slots=True)
class Way:
    """Where an array came from; `bind` is told which of its elements are used."""

    sources: Sequence[tuple[Way, Pull]]
    bind: Callable[[Used], None] | None = None
    used: Used = field(default=False, init=False)

    def mark(self, mask: Used) -> None:
        """Say that these elements are used, besides those known."""
        mask = either(self.used, mask)
        self.used = mask if isinstance(mask, bool) or not mask.all() else True

    def go_back(self) -> None:
        """Tell `bind` and the sources, and forget all, as masks are large."""
        if self.used is True or (self.used is not False and self.used.any()):
            if self.bind is not None:
                self.bind(self.used)
            for source, pull in self.sources:
                source.mark(pull(self.used))
        self.sources, self.bind, self.used = (), None, False


def either(one: Used, other: Used) -> Used:
    """What is in one mask or in the other; one of them itself, if it is."""
    if one is True or other is False:
        return one
    if one is False or other is True:
        return other
    return one | other if (same := _same(one, other)) is None else same


def both(one: Used, other: Used) -> Used:
    """What is in both masks; one of them itself, if it is."""
    if one is False or other is True:
        return one
    if one is True or other is False:
        return other
    return one & other if (same := _same(one, other)) is None else same


def _same(one: Present, other: Present) -> Present | None:
    """The mask with more axes of two that have the same elements, as views of one mask have."""
    if one is not other and place_of(one) != place_of(other):
        return None
    return one if one.ndim >= other.ndim else other


def narrowed(shape: tuple[int, ...]) -> Pull:
    """To an operand of this shape, which was broadcast."""

    def pull(mask: Used) -> Used:
        if isinstance(mask, bool):
            return mask
        if mask.ndim > len(shape):
            mask = np.asarray(mask.any(axis=tuple(range(mask.ndim - len(shape)))))
        lengths = zip(shape, mask.shape, strict=True)
        many = tuple(axis for axis, (one, length) in enumerate(lengths) if one == 1 < length)
        return np.asarray(mask.any(axis=many, keepdims=True)) if many else mask

    return pull


def summed(present: Present | None, axes: int, shape: tuple[int, ...]) -> Pull:
    """To the terms, of this shape, of sums over the last axes of what is present."""

    def pull(mask: Used) -> Used:
        if not isinstance(mask, bool):
            mask = mask.reshape(*mask.shape, *(1,) * axes)
        if present is not None:
            mask = both(mask, present)
        if isinstance(mask, bool):
            return mask
        return mask.reshape((1,) * (len(shape) - mask.ndim) + mask.shape)

    return pull


def reshaped(before: tuple[int, ...], after: tuple[int, ...]) -> Pull:
    """To the array in the shape that it had before."""

    def pull(mask: Used) -> Used:
        if isinstance(mask, bool):
            return mask
        return compact(np.broadcast_to(mask, after).reshape(before))

    return pull


def transposed(order: Sequence[int]) -> Pull:
    """To the array before its last axes were put into this order."""

    def pull(mask: Used) -> Used:
        if isinstance(mask, bool):
            return mask
        first = mask.ndim - len(order)
        return mask.transpose(*range(first), *(first + place for place in np.argsort(order)))

    return pull


def untaken(positions: npt.NDArray[Any], place: int, shape: tuple[int, ...]) -> Pull:
    """To an array of this shape that positions were taken from along the axis in this place."""

    def pull(mask: Used) -> Used:
        if isinstance(mask, bool):
            mask = np.full((1,) * (len(shape) + positions.ndim - 1), mask)
        before, after = mask.shape[:place], mask.shape[place + positions.ndim :]
        taken = np.broadcast_to(mask, (*before, *positions.shape, *after))
        taken = np.moveaxis(taken.reshape(*before, -1, *after), place, 0)
        found = np.zeros((shape[place], *taken.shape[1:]), dtype=bool)
        np.logical_or.at(found, positions.reshape(-1), taken)
        return np.moveaxis(found, 0, place)

    return pull


def sliced(start: int, length: int, axis: int, shape: tuple[int, ...]) -> Pull:
    """To an array of this shape that is a part of others one after another."""

    def pull(mask: Used) -> Used:
        if isinstance(mask, bool):
            return mask
        place = mask.ndim + axis
        if mask.shape[place] > 1:
            mask = mask[(slice(None),) * place + (slice(start, start + length),)]
        whole = narrowed((*shape[:axis], 2, *shape[len(shape) + axis + 1 :]))  # that axis stays
        return whole(mask)

    return pull


def compact(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The array with length 1 along every axis that repeats one value."""
    return array[tuple(slice(0, 1) if s == 0 else slice(None) for s in array.strides)]
