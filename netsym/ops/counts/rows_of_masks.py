"""What is known of the rows of a mask: how much each has, and where it begins and ends.

The layers of a network share a mask, as the causal one of millions of places; what is worked out of
one that nobody can change is kept for the next layer.
"""

from __future__ import annotations

from collections.abc import Hashable
from functools import cached_property, lru_cache
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.ops import Present


class Rows:
    """The rows of a mask, along its last axis."""

    def __init__(self, mask: Present) -> None:
        self._mask = mask.reshape(prod(mask.shape[:-1]), mask.shape[-1])

    @cached_property
    def count(self) -> npt.NDArray[np.intp]:
        """How many are present in each row."""
        return np.asarray(self._mask.sum(axis=1))

    @cached_property
    def first(self) -> npt.NDArray[np.intp]:
        """Where the first is that is present; 0 if none is."""
        return np.asarray(self._mask.argmax(axis=1))

    @cached_property
    def stop(self) -> npt.NDArray[np.intp]:
        """One past the last that is present; 0 if none is."""
        length = self._mask.shape[1]
        last = length - self._mask[:, ::-1].argmax(axis=1)
        return np.where(self.count > 0, last, 0)

    @cached_property
    def without_gaps(self) -> bool:
        """Whether all from the first to the last are present, in every row."""
        return bool((self.stop - self.first == self.count).all())


def rows_of(mask: Present) -> Rows:
    """The rows of a mask."""
    return _known(_Unchanging(mask)) if _is_unchanging(mask) else Rows(mask)


def any_in_row(mask: Present) -> Present:
    """Which rows have something that is present."""
    return np.asarray(rows_of(mask).count.reshape(mask.shape[:-1]) > 0)


def place_of(mask: npt.NDArray[Any]) -> Hashable:
    """Where in memory its elements are; axes of length 1 in front make no difference."""
    ahead = next((axis for axis, length in enumerate(mask.shape) if length > 1), mask.ndim)
    return mask.__array_interface__["data"], mask.shape[ahead:], mask.strides[ahead:]


class _Unchanging:
    """A mask that is told from others by its place."""

    def __init__(self, mask: Present) -> None:
        self.mask = mask
        self.place = place_of(mask)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Unchanging) and self.place == other.place

    def __hash__(self) -> int:
        return hash(self.place)


def _is_unchanging(mask: Present) -> bool:
    owner = mask if mask.base is None else mask.base
    return isinstance(owner, np.ndarray) and not owner.flags.writeable


@lru_cache(maxsize=2)
def _known(seen: _Unchanging) -> Rows:
    return Rows(seen.mask)
