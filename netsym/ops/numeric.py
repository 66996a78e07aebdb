"""The `numeric` reading: an element is a float64; the forward pass at NumPy's speed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.formula.functions import FUNCTIONS
from netsym.formula.names import Names
from netsym.ops import Ops
from netsym.ops.parameters import Parameter

Floats = npt.NDArray[np.float64]


class Numeric(Ops[Floats]):
    """Arrays of shape (points, …). `values` gives the named parameters their numbers."""

    def __init__(self, values: Mapping[str, float] | None = None) -> None:
        self.values = values or {}
        self._known: dict[int, tuple[Parameter, Floats]] = {}  # by id; the names take long

    def symbols(self, names: Names) -> Floats:
        return np.array([self.values[name] for name in names.all()])

    def parameter(self, parameter: Parameter) -> Floats:
        if parameter.is_numeric:
            return parameter.numbers(self.values)
        if id(parameter) not in self._known:
            self._known[id(parameter)] = (parameter, parameter.numbers(self.values))
        return self._known[id(parameter)][1]

    def constant(self, value: float | Fraction) -> Floats:
        return np.asarray(value, dtype=np.float64)

    def add(self, *terms: Floats) -> Floats:
        result = terms[0]
        for term in terms[1:]:
            result = result + term
        return result

    def multiply(self, *factors: Floats) -> Floats:
        result = factors[0]
        for factor in factors[1:]:
            result = result * factor
        return result

    def divide(self, numerator: Floats, denominator: Floats) -> Floats:
        return numerator / denominator

    def power(self, base: Floats, exponent: int) -> Floats:
        raised: Floats = base**exponent
        return raised

    def negate(self, value: Floats) -> Floats:
        return -value

    def call(self, function: str, *operands: Floats) -> Floats:
        result: Floats = FUNCTIONS[function].numpy(*operands)
        return result

    def contract(self, weights: Floats, values: Floats, bias: Floats | None) -> Floats:
        product: Floats = values @ weights.T
        if bias is not None:
            product += bias
        return product

    def total(self, values: Floats) -> Floats:
        total: Floats = np.sum(values, axis=-1, keepdims=True)
        return total

    def concatenate(self, arrays: Sequence[Floats]) -> Floats:
        leading = np.broadcast_shapes(*(array.shape[:-1] for array in arrays))
        whole = [np.broadcast_to(array, (*leading, array.shape[-1])) for array in arrays]
        return np.concatenate(whole, axis=-1)

    def take(self, values: Floats, positions: npt.NDArray[Any]) -> Floats:
        taken: Floats = values[..., positions]
        return taken

    def name(self, values: Floats, base: str) -> Floats:
        return values

    def apply(self, function: str, values: Floats, *constants: float) -> Floats:
        """The stable evaluation of the function, never its expansion."""
        result: Floats = FUNCTIONS[function].numpy(values, *constants)
        return result
