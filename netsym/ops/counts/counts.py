"""Counts of the elements of an array, as few as there are different ones; and their sums.

Counts are exact Python integers. What all elements have in common is one of them, and what is more
is kept along the axes that it depends on, a list for each where it is a sum of both; so a layer of
a million equal counts is one number, and the scores of attention are two lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.ops import Present
from netsym.ops.arrays import concatenated
from netsym.ops.counts.rows_of_masks import rows_of
from netsym.ops.counts.used_masks import Way

Objects = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """An array of counts of some shape, each the sum (for heights the largest) of its parts.

    `everywhere` is a part of all elements. The others have as many axes as the shape, of length 1
    along those they do not depend on; each depends on one at least, and no two on the same.
    `numbers` says where an element is a number, if not everywhere or nowhere in an array of that
    kind too: then its negative is one as well, and no operation. `way` says which names it is made
    of.
    """

    shape: tuple[int, ...]
    everywhere: int
    parts: tuple[Objects, ...] = ()
    numbers: Present | bool = False
    way: Way | None = None

    def whole(self, join: Callable[[Any, Any], Any]) -> Objects:
        """The counts as one array, of length 1 along the axes that no part depends on."""
        if not self.parts:
            return np.full((1,) * len(self.shape), self.everywhere, dtype=object)
        joined = self.parts[0]
        for part in (*self.parts[1:], self.everywhere):
            joined = np.asarray(join(joined, part), dtype=object)
        return joined


def apart(
    shape: tuple[int, ...], everywhere: int, parts: Iterable[Any], join: Callable[[Any, Any], Any]
) -> tuple[int, tuple[Objects, ...]]:
    """What is everywhere and the parts, from parts that may depend on the same axes or on none."""
    alike: dict[tuple[bool, ...], Any] = {}
    for each in parts:
        part = aligned(np.asarray(each, dtype=object), shape)
        if part.size == 1:
            everywhere = join(everywhere, part.item())
            continue
        axes = tuple(length > 1 for length in part.shape)
        known = alike.get(axes)
        alike[axes] = part if known is None else join(known, part)
    return everywhere, tuple(np.asarray(part, dtype=object) for part in alike.values())


def aligned(part: npt.NDArray[Any], shape: tuple[int, ...]) -> npt.NDArray[Any]:
    """The part with as many axes as the shape."""
    return part.reshape((1,) * (len(shape) - part.ndim) + part.shape)


def joined(
    parts: Sequence[npt.NDArray[Any]], arrays: Sequence[Counts], axis: int
) -> npt.NDArray[Any]:
    """Parts of arrays one after another; other axes stay as short as they can."""
    whole = []
    for part, array in zip(parts, arrays, strict=True):
        shape = list(part.shape)
        shape[axis] = array.shape[axis]
        whole.append(np.broadcast_to(part, shape))
    return concatenated(whole, axis)


def joined_numbers(arrays: Sequence[Counts], axis: int) -> Present | bool:
    """Where arrays one after another are numbers."""
    if all(array.numbers is True for array in arrays):
        return True
    if not any(array.numbers is not False for array in arrays):
        return False
    each = [
        np.full((1,) * len(array.shape), array.numbers) if isinstance(array.numbers, bool)
        else array.numbers
        for array in arrays
    ]  # fmt: skip
    return joined(each, arrays, axis)


def agreed(mask: Present) -> Present | bool:
    """Whether all or none of a mask is True, if so."""
    return True if mask.all() else mask if mask.any() else False


def terms_present(present: Present | None, lengths: tuple[int, ...]) -> Any:
    """How many terms are present along the last axes; an int where it is as many everywhere."""
    if present is None:
        return prod(lengths)
    axes = tuple(range(1 - len(lengths), 0))
    alike = prod(lengths) // prod(present.shape[-len(lengths) :])
    counts = rows_of(present).count.reshape(present.shape[:-1])
    many = np.asarray(counts.sum(axis=axes) * alike)
    return int(many.flat[0]) if (many == many.flat[0]).all() else many


def many_present(present: Present | bool, shape: tuple[int, ...]) -> int:
    """How many elements of an array of a shape are present."""
    if isinstance(present, bool):
        return prod(shape) * present
    return int(np.count_nonzero(present)) * (prod(shape) // present.size)


def over_others(
    present: Present | bool, shape: tuple[int, ...], kept: tuple[int, ...]
) -> npt.NDArray[Any]:
    """How many elements are present along the axes of length 1 in `kept`, Python integers."""
    present = aligned(np.asarray(present), shape)
    others = tuple(axis for axis, length in enumerate(kept) if length == 1)
    alike = prod(shape[axis] // present.shape[axis] for axis in others)
    return np.asarray(present.sum(axis=others, keepdims=True) * alike).astype(object)


def sums_of_present(part: Objects, present: Present) -> Objects:
    """Sums along the last axis, of more than one element, of what is present.

    Where the part is one list, and what is present of it is without gaps (as behind a causal mask),
    each is the difference of two sums from the start.
    """
    length = part.shape[-1]
    rows = rows_of(present)
    if part.size > length or present.shape[-1] < length or not rows.without_gaps:
        return np.asarray(np.where(present, part, 0).sum(axis=-1, keepdims=True), dtype=object)
    sums = np.array([0, *accumulate(part.reshape(-1).tolist())], dtype=object)
    each = np.asarray(sums[rows.stop] - sums[rows.first])
    return each.reshape(*present.shape[:-1], 1)
