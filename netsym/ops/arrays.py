"""What readings share whose arrays are NumPy's, with Python's operators between elements."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.ops import Ops, Present

T = TypeVar("T", bound=np.generic)


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
        every: Any = self.kept(values, present)
        return self.made(np.sum(every, axis=-1, keepdims=True))

    def kept(self, values: npt.NDArray[T], present: Present | None) -> npt.NDArray[T]:
        """Zeros where nothing is present."""
        if present is None:
            return values
        return np.where(present, values, self.constant(0))

    def factors(
        self,
        weights: npt.NDArray[T],
        values: npt.NDArray[T],
        present: Present | None,
        axes: int,
    ) -> tuple[npt.NDArray[T], npt.NDArray[T]]:
        """Both sides of a contraction as matrices: one last axis, zeros where nothing is present.

        A term is left out of all sums of one side, so it is enough to have zeros there.
        """
        if present is not None and present.shape[-axes - 1] == 1:
            values = self.kept(values, np.squeeze(present, -axes - 1))
        elif present is not None:
            weights = self.kept(weights, np.squeeze(present, -axes - 2))
        if axes > 1:
            weights = weights.reshape(*weights.shape[:-axes], -1)
            values = values.reshape(*values.shape[:-axes], -1)
        return weights, values

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

    def name(
        self, values: npt.NDArray[T], base: str, present: Present | None = None
    ) -> npt.NDArray[T]:
        return values


def concatenated(arrays: Sequence[npt.NDArray[Any]], axis: int) -> npt.NDArray[Any]:
    """Arrays one after another along an axis counted from the last; all others broadcast."""
    shapes = [list(array.shape) for array in arrays]
    for shape in shapes:
        shape[axis] = 1
    common = np.broadcast_shapes(*map(tuple, shapes))
    whole = []
    for array in arrays:
        wanted = list(common)
        wanted[axis] = array.shape[axis]
        whole.append(np.broadcast_to(array, wanted))
    return np.concatenate(whole, axis=axis)


def taken(array: npt.NDArray[T], positions: npt.NDArray[Any], axis: int) -> npt.NDArray[T]:
    """Elements by their positions along an axis counted from the last."""
    if axis == -1:
        last: npt.NDArray[T] = array[..., positions]
        return last
    return np.take(array, positions, axis=array.ndim + axis)
