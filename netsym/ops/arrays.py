"""What readings share whose arrays are NumPy's, with Python's operators between elements."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.ops import Ops

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

    def total(self, values: npt.NDArray[T]) -> npt.NDArray[T]:
        every: Any = values
        return self.made(np.sum(every, axis=-1, keepdims=True))

    def concatenate(self, arrays: Sequence[npt.NDArray[T]]) -> npt.NDArray[T]:
        leading = np.broadcast_shapes(*(array.shape[:-1] for array in arrays))
        whole = [np.broadcast_to(array, (*leading, array.shape[-1])) for array in arrays]
        return np.concatenate(whole, axis=-1)

    def take(self, values: npt.NDArray[T], positions: npt.NDArray[Any]) -> npt.NDArray[T]:
        taken: npt.NDArray[T] = values[..., positions]
        return taken

    def name(self, values: npt.NDArray[T], base: str) -> npt.NDArray[T]:
        return values
