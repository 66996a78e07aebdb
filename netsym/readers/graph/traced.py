"""Arrays of a graph that depend on its inputs: which entries of which layer they hold.

Data movement needs no rules: an operator that only moves values is run on the places of the
values, and what comes out says where each went, the examples of a batch included.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.layers import Shape, shape_text

Places = npt.NDArray[np.int64]


class Unreadable(SpecError):
    """What an operator does that no layer can say; the reader collects all of them."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Where the examples are in an array: along `axis`, whose length is outer*count*inner.

    Most arrays have an axis for the examples alone; one in which they were merged with others, as
    with the heads of attention, has an outer or inner above 1.
    """

    axis: int
    count: int
    outer: int = 1
    inner: int = 1

    @property
    def alone(self) -> bool:
        """Whether the axis has only the examples; then that of one example has no such axis."""
        return self.outer * self.inner == 1

    def of_each(self, array: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The array with the examples first, and the axes that one example has."""
        shape, axis = array.shape, self.axis
        parted = (*shape[:axis], self.outer, self.count, self.inner, *shape[axis + 1 :])
        examples = np.moveaxis(array.reshape(parted), axis + 1, 0)
        rest = () if self.alone else (self.outer * self.inner,)
        return examples.reshape((self.count, *shape[:axis], *rest, *shape[axis + 1 :]))

    def together(self, examples: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """The array of all examples, from that of each: the inverse of `of_each`."""
        count, axis = len(examples), self.axis
        before, after = examples.shape[1 : axis + 1], examples.shape[axis + 2 - self.alone :]
        parted = examples.reshape((count, *before, self.outer, self.inner, *after))
        length = self.outer * count * self.inner
        return np.moveaxis(parted, 0, axis + 1).reshape((*before, length, *after))

    def from_last(self, axes: int) -> int:
        """The axis counted from the last, which is -1, in an array of so many axes."""
        return self.axis - axes


@dataclass(frozen=True, eq=False)
class Traced:
    """An array that depends on the inputs.

    `places` has its shape and says of each entry which value of the layer (or input) `source` it
    is: example*size + place among the values of one example, or -1 for the number `fill`. `shape`
    is that of the source for one example, and `count` how many examples there are; 0 if the array
    knows of no examples.
    """

    source: str
    source_shape: Shape
    places: Places
    count: int
    fill: float = 0.0

    @property
    def shape(self) -> Shape:
        """The shape of the array, with all examples."""
        return self.places.shape

    @property
    def size(self) -> int:
        """How many values the source has for one example."""
        return prod(self.source_shape)

    @property
    def is_filled(self) -> bool:
        """Whether entries of it are the number `fill`."""
        return bool((self.places < 0).any())

    @cached_property
    def is_whole(self) -> bool:
        """Whether it holds every value of its source once, so only in another order."""
        every = self.size * max(self.count, 1)
        if self.places.size != every or self.is_filled:
            return False
        return len(np.unique(self.places)) == every

    def after(self, layer: str) -> Traced:
        """The same places of what a layer gives that does the same to every entry of the source."""
        made = replace(self, source=layer)
        known = ("batch", "is_whole")
        made.__dict__.update({key: self.__dict__[key] for key in known if key in self.__dict__})
        return made

    def moved(self, change: Callable[[Places], Any]) -> Traced:
        """The same values in other places; what the change makes 0, counting from 1, is `fill`."""
        return self.at(change(self.places + 1))

    def at(self, places: Any) -> Traced:
        """The values at these places, counting from 1; at 0 is `fill`."""
        return replace(self, places=np.asarray(places, dtype=np.int64) - 1)

    @cached_property
    def batch(self) -> Batch | None:
        """Where its examples are; None if it has none. Raises `Unreadable` if they are mixed."""
        if not self.count:
            return None
        if not self.places.size:
            raise Unreadable("has an empty array")
        example = np.where(self.places < 0, -1, self.places // self.size)
        for axis, length in enumerate(self.shape):
            rows = np.moveaxis(example, axis, 0).reshape(length, -1)
            found = rows.max(axis=1, initial=-1)
            if ((rows == found[:, None]) | (rows < 0)).all() and len(np.unique(found)) > 1:
                return self._along(axis, found)
        raise Unreadable("mixes the examples of a batch, or takes single ones out of it")

    def _along(self, axis: int, found: Places) -> Batch:
        """The batch along an axis, at whose places these examples are."""
        inner = int(np.argmax(found != found[0]))
        outer = len(found) // (self.count * inner)
        batch = Batch(axis, self.count, outer, inner)
        if outer * self.count * inner == len(found):
            wanted = np.arange(len(found)) // inner % self.count
            each = batch.of_each(self.places)
            first = np.where(each[:1] < 0, -1, each[:1] % self.size)
            same = np.where(each < 0, -1, each % self.size) == first
            if (found == wanted).all() and same.all():
                return batch
        raise Unreadable("does not do the same with every example of a batch")

    def of_each(self, batch: Batch | None) -> Places:
        """The places of the entries of one example, -1 for `fill`, in the shape that it has."""
        if batch is None:
            return self.places
        one = batch.of_each(self.places)[0]
        return np.where(one < 0, -1, one % self.size)

    def batch_at(self, axis: int) -> Batch:
        """Its batch, which must be along this axis alone; without one, that axis has length 1."""
        batch = self.batch
        axis %= len(self.shape)
        if batch is None and self.shape[axis] == 1:
            return Batch(axis, 1)
        if batch is None or batch.axis != axis or not batch.alone:
            raise Unreadable(
                f"needs the examples along axis {axis} of an array of {shape_text(self.shape)}"
            )
        return batch

    def axis_of_each(self, axis: int) -> int:
        """An axis as one example has it; raises `Unreadable` for that of the examples."""
        axis, batch = axis % len(self.shape), self.batch
        if batch is None:
            return axis
        if axis == batch.axis:
            raise Unreadable("works along the axis of the examples of a batch")
        return axis - (batch.alone and axis > batch.axis)


def fresh(source: str, shape: Shape, batch: Batch | None, seen: Shape | None = None) -> Traced:
    """The value of a layer, of this shape for one example, with the examples where `batch` is.

    `seen` is the shape that the graph sees in it, if that differs in axes of length 1.
    """
    places = np.arange(prod(shape), dtype=np.int64).reshape(shape if seen is None else seen)
    if batch is None:
        return Traced(source, shape, places, 0)
    examples = np.arange(batch.count, dtype=np.int64).reshape(-1, *(1,) * places.ndim)
    whole = batch.together(examples * prod(shape) + places)
    if batch.count == 1:
        return Traced(source, shape, whole, 0)
    made = Traced(source, shape, whole, batch.count)
    made.__dict__.update(batch=batch, is_whole=True)  # which need not be found out
    return made
