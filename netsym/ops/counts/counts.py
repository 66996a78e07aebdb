"""Counts of the elements of an array, as few as there are different ones; and their sums.

Counts are exact Python integers. Along an axis where all elements agree only one is kept, and a
count that is a sum of what depends on one axis and what depends on another is kept as the two; so
a layer of a million equal counts is one number, and the scores of attention are two lists.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.ops import Present
from netsym.ops.arrays import concatenated
from netsym.ops.counts.used_masks import Way

Objects = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Counts:
    """An array of counts of some shape, each the sum (for heights the largest) of all `parts`.

    A part has as many axes as the shape, of length 1 along those it does not depend on; no two
    depend on the same axes. `numbers`, of that kind too, says where an element is a number: then
    its negative is one as well, and no operation. `way` says which names it is made of.
    """

    shape: tuple[int, ...]
    parts: tuple[Objects, ...]
    numbers: Present | None = None
    way: Way | None = None

    @classmethod
    def of(
        cls, shape: tuple[int, ...], parts: Iterable[Any], join: Callable[[Any, Any], Any]
    ) -> Counts:
        """Counts from parts that may depend on the same axes, or have fewer."""
        alike: dict[tuple[bool, ...], Any] = {}
        for each in parts:
            part = aligned(np.asarray(each, dtype=object), shape)
            axes = tuple(length > 1 for length in part.shape)
            known = alike.get(axes)
            alike[axes] = part if known is None else join(known, part)
        return cls(shape, tuple(np.asarray(part, dtype=object) for part in alike.values()))

    def whole(self, join: Callable[[Any, Any], Any]) -> Objects:
        """The counts as one array, of length 1 along the axes that no part depends on."""
        joined = self.parts[0]
        for part in self.parts[1:]:
            joined = join(joined, part)
        return joined


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


def are_numbers(terms: Counts, present: Present | None, axes: int, bias: Counts | None) -> Present:
    """Where sums over the last axes are numbers: of no terms, or of one that is a number."""
    many = terms_present(present, terms.shape[-axes:])
    if bias is not None:
        alone = False if bias.numbers is None else bias.numbers
        return np.asarray((many == 0) & alone)
    if terms.numbers is None:
        return np.asarray(many == 0)
    there = terms.numbers if present is None else terms.numbers & present
    return np.asarray((many == 0) | (many == 1) & there.any(axis=tuple(range(-axes, 0))))


def terms_present(present: Present | None, lengths: tuple[int, ...]) -> npt.NDArray[Any]:
    """How many terms are present along the last axes."""
    if present is None:
        return np.asarray(prod(lengths))
    axes = tuple(range(-len(lengths), 0))
    alike = prod(lengths) // prod(present.shape[-len(lengths) :])
    return np.asarray(present.sum(axis=axes) * alike)


def over_others(
    present: Present, shape: tuple[int, ...], kept: tuple[int, ...]
) -> npt.NDArray[Any]:
    """How many elements are present along the axes of length 1 in `kept`, Python integers."""
    present = aligned(present, shape)
    others = tuple(axis for axis, length in enumerate(kept) if length == 1)
    alike = prod(shape[axis] // present.shape[axis] for axis in others)
    return np.asarray(present.sum(axis=others, keepdims=True) * alike).astype(object)


def sums_of_present(part: Objects, present: Present) -> Objects:
    """Sums along the last axis, of more than one element, of what is present.

    Where the part is one list, and the lists of what is present change little from one to the next
    (as behind a causal mask), each sum is the one before and what changed.
    """
    length = part.shape[-1]
    rows = np.broadcast_to(present, (*present.shape[:-1], length)).reshape(-1, length)
    changes = np.diff(rows.astype(np.int8), axis=0, prepend=np.zeros((1, length), np.int8))
    if part.size > length or np.count_nonzero(changes) > rows.size // 2:
        return np.asarray(np.where(present, part, 0).sum(axis=-1, keepdims=True), dtype=object)
    values = part.reshape(-1).tolist()
    sums, total = np.empty(len(rows), dtype=object), 0
    for place, row in enumerate(changes):
        for column in np.flatnonzero(row).tolist():
            total += values[column] * int(row[column])
        sums[place] = total
    return sums.reshape(*present.shape[:-1], 1)
