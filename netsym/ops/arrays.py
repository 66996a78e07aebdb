"""What readings share whose arrays are NumPy's, with Python's operators between elements."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from itertools import repeat
from math import prod
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.ops import Ops, Present

T = TypeVar("T", bound=np.generic)
Objects = npt.NDArray[np.object_]


class Arrays(Ops[npt.NDArray[T]]):
    """Arrays of shape (points, …); what does not depend on the inputs has no points axis."""

    def made(self, result: Any) -> npt.NDArray[T]:
        """A result as an array; NumPy gives the bare element where an array has no axes."""
        return np.asarray(result)

    def add(self, *terms: npt.NDArray[T]) -> npt.NDArray[T]:
        result: Any = terms[0]
        for term in terms[1:]:
            result = self.made(result + term)
        return self.made(result)

    def multiply(self, *factors: npt.NDArray[T]) -> npt.NDArray[T]:
        result: Any = factors[0]
        for factor in factors[1:]:
            result = self.made(result * factor)
        return self.made(result)

    def divide(self, numerator: npt.NDArray[T], denominator: npt.NDArray[T]) -> npt.NDArray[T]:
        above: Any = numerator
        return self.made(above / denominator)

    def negate(self, value: npt.NDArray[T]) -> npt.NDArray[T]:
        positive: Any = value
        return self.made(-positive)

    def total(self, values: npt.NDArray[T], present: Present | None = None) -> npt.NDArray[T]:
        every: Any = values if present is None else self.kept(values, present)
        return self.made(np.sum(every, axis=-1, keepdims=True))

    def kept(self, values: npt.NDArray[T], present: Present) -> npt.NDArray[T]:
        """The values, with zeros where nothing is present."""
        return np.where(present, values, self.constant(0))

    def arranged(
        self, values: npt.NDArray[T], change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
    ) -> npt.NDArray[T]:
        return change(values)

    def concatenate(self, arrays: Sequence[npt.NDArray[T]], axis: int = -1) -> npt.NDArray[T]:
        return concatenated(arrays, axis)

    def take(
        self, values: npt.NDArray[T], positions: npt.NDArray[Any], axis: int = -1
    ) -> npt.NDArray[T]:
        return taken(values, positions, axis)


class Elements(Arrays[np.object_]):
    """Arrays of Python objects, which are made one by one."""

    @abstractmethod
    def number(self, value: float | Fraction) -> Any:
        """The element that equals a number."""

    def numbers(self, values: npt.NDArray[Any]) -> Objects:
        return filled(map(self.number, values.reshape(-1).tolist()), values.shape)

    def zeros(self, shape: tuple[int, ...]) -> Objects:
        """Zeros of a shape."""
        return filled(repeat(self.number(0)), shape)

    def ones(self, shape: tuple[int, ...]) -> Objects:
        """Ones of a shape."""
        return filled(repeat(self.number(1)), shape)

    def made(self, result: Any) -> Objects:
        return np.asarray(result, dtype=object)

    def each(self, function: Callable[..., Any], *operands: Objects) -> Objects:
        """A loop in Python, not one of NumPy's, which an interrupt would have to wait for."""
        if not operands:
            return filled(iter([function()]), ())
        together = np.broadcast_arrays(*operands)
        rows = zip(*(operand.reshape(-1).tolist() for operand in together), strict=True)
        return filled((function(*row) for row in rows), together[0].shape)


def filled(elements: Iterable[Any], shape: tuple[int, ...]) -> Objects:
    """An array of these elements, in order."""
    return np.fromiter(elements, dtype=object, count=prod(shape)).reshape(shape)


def at_each_place(
    product: Callable[[Objects, Objects], Objects], weights: Objects, values: Objects
) -> Objects:
    """`product(weights, values)` of one matrix (i, j), or of each of (*b, i, j) with its values."""
    if weights.ndim == 2:
        return product(weights, values)
    batch = np.broadcast_shapes(weights.shape[:-2], values.shape[:-2])
    left = np.broadcast_to(weights, (*batch, *weights.shape[-2:]))
    right = np.broadcast_to(values, (*batch, *values.shape[-2:]))
    result = np.empty((*batch, values.shape[-2], weights.shape[-2]), dtype=object)
    for place in np.ndindex(*batch):
        result[place] = product(left[place], right[place])
    return result


def concatenated(arrays: Sequence[npt.NDArray[Any]], axis: int) -> npt.NDArray[Any]:
    """Arrays one after another along an axis counted from the last; all others broadcast."""
    place = arrays[0].ndim + axis
    others = {(a.ndim, *a.shape[:place], *a.shape[place + 1 :]) for a in arrays}
    if len(others) == 1:
        return np.concatenate(arrays, axis=axis)
    shape = list(concatenated_shape([array.shape for array in arrays], axis))
    whole = []
    for array in arrays:
        shape[axis] = array.shape[axis]
        whole.append(np.broadcast_to(array, shape))
    return np.concatenate(whole, axis=axis)


def concatenated_shape(shapes: Sequence[tuple[int, ...]], axis: int) -> tuple[int, ...]:
    """The shape of what is `concatenated` from arrays of these shapes."""
    others = [list(shape) for shape in shapes]
    for shape in others:
        shape[axis] = 1
    common = list(np.broadcast_shapes(*map(tuple, others)))
    common[axis] = sum(shape[axis] for shape in shapes)
    return tuple(common)


def taken(array: npt.NDArray[T], positions: npt.NDArray[Any], axis: int) -> npt.NDArray[T]:
    """Elements by their positions along an axis counted from the last."""
    if axis == -1:
        last: npt.NDArray[T] = array[..., positions]
        return last
    return np.take(array, positions, axis=array.ndim + axis)


def taken_shape(shape: tuple[int, ...], positions: npt.NDArray[Any], axis: int) -> tuple[int, ...]:
    """The shape of what is `taken` from an array of a shape."""
    place = len(shape) + axis
    return (*shape[:place], *positions.shape, *shape[place + 1 :])


def hollow(shape: tuple[int, ...]) -> npt.NDArray[np.int8]:
    """An array of a shape, of one byte: to see what becomes of the shape."""
    return np.broadcast_to(np.int8(0), shape)
