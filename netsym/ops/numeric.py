"""The `numeric` reading: an element is a float64 or float32; the forward pass as fast as NumPy."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.forms.values import DOUBLE, Real, product
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.arrays import Arrays
from netsym.ops.parameters import Parameter

Floats = npt.NDArray[np.float64]


class Numeric(Arrays[np.float64], ByMatrices[Floats]):
    """Arrays of shape (points, …), of `real`. `values` gives the named parameters their numbers."""

    def __init__(self, values: Mapping[str, float] | None = None, real: Real = DOUBLE) -> None:
        self.values = values or {}
        self.real = real
        # By id; the names take long.
        self._known: dict[int, tuple[Names | Parameter, Floats]] = {}

    def symbols(self, names: Names) -> Floats:
        if id(names) not in self._known:
            found = self.numbers(np.array([*map(self.values.__getitem__, names.all())]))
            self._known[id(names)] = names, found
        return self._known[id(names)][1]

    def parameter(self, parameter: Parameter) -> Floats:
        if parameter.is_numeric:
            return self.numbers(parameter.numbers(self.values))
        if id(parameter) not in self._known:
            numbers = self.numbers(parameter.numbers(self.values))
            self._known[id(parameter)] = (parameter, numbers)
        return self._known[id(parameter)][1]

    def numbers(self, values: npt.NDArray[Any]) -> Floats:
        return np.asarray(values, dtype=self.real)

    def power(self, base: Floats, exponent: int) -> Floats:
        raised: Floats = base**exponent
        return raised

    def call(self, function: str, *operands: Floats) -> Floats:
        return np.asarray(FUNCTIONS[function].numpy(*operands), dtype=self.real)

    def products(self, weights: Floats, values: Floats) -> Floats:
        return product(values, weights.T if weights.ndim == 2 else weights.swapaxes(-1, -2))

    def biased(self, total: Floats, bias: Floats) -> Floats:
        total += bias[None] if total.ndim == 2 else bias  # of one row in half the time
        return total

    def weighted(self, products: Sequence[tuple[Floats, Floats]], *terms: Floats) -> Floats:
        return self.add(*(self.contract(matrix, x) for matrix, x in products), *terms)

    def maximum(self, values: Floats, count: int, present: Present | None = None) -> Floats:
        return np.asarray(values.max(axis=-1, keepdims=True))

    def softmax(self, values: Floats, present: Present | None = None) -> Floats:
        if present is not None:
            values = np.where(present, values, -np.inf)
        result: Floats = FUNCTIONS["softmax"].numpy(values)
        return result

    def apply(self, function: str, values: Floats, *constants: float) -> Floats:
        """The stable evaluation of the function, never its expansion."""
        result: Floats = FUNCTIONS[function].numpy(values, *constants)
        return result
