"""The `affine` reading: an element is an affine function of the inputs, `A x + c`.

A layer says how it acts by its `forward` alone: read with this, it gives its matrix and its bias,
and a run of layers gives those of their composition. A function of a value that depends on the
inputs is not affine: it raises `NotAffine`, unless a reading above says what it does there.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import NoReading, Ops, Present
from netsym.ops.arrays import concatenated, concatenated_shape, hollow, taken, taken_shape
from netsym.ops.parameters import Parameter

Array = npt.NDArray[Any]


class NotAffine(NoReading):
    """A function, or a product, of values that depend on the inputs; its text names it."""


@dataclass(frozen=True, slots=True)
class Map:
    """Affine functions, as many as `shape` has elements.

    `constant` (*shape) are the values at the origin, None for zeros. The coefficients are `matrix`
    (inputs, *shape), or, where each element depends on the input of its own place alone,
    `diagonal` (inputs,); with neither there are none.
    """

    shape: tuple[int, ...]
    constant: Array | None = None
    matrix: Array | None = None
    diagonal: Array | None = None

    @property
    def varies(self) -> bool:
        """Whether it depends on the inputs."""
        return self.matrix is not None or self.diagonal is not None


class Affine(Ops[Map]):
    """Reads affine functions; their coefficients are what `base` reads, in NumPy's arrays.

    `base` has `zeros(shape)` and `ones(shape)` beside the operations: `Tidy` for formulas of names,
    `Exact` for exact fractions.
    """

    def __init__(self, base: Any, inputs: int) -> None:
        self.base = base
        self.inputs = inputs

    # -- where values come from
    def identity(self) -> Map:
        """The inputs; shape (inputs,)."""
        return Map((self.inputs,), diagonal=self.base.ones((self.inputs,)))

    def symbols(self, names: Names) -> Map:
        return self._fixed(self.base.symbols(names))

    def copied(self, formula: Form, x: Map | None = None) -> Map | None:
        nodes = None if x is not None else self.base.copied(formula)
        return None if nodes is None else self._fixed(nodes)

    def parameter(self, parameter: Parameter) -> Map:
        return self._fixed(self.base.parameter(parameter))

    def numbers(self, values: Array) -> Map:
        return self._fixed(self.base.numbers(values))

    def _fixed(self, values: Array) -> Map:
        return Map(values.shape, values)

    def _value(self, known: Map) -> Array:
        """The constant as an array."""
        zeros: Array = self.base.zeros(known.shape)
        return zeros if known.constant is None else known.constant

    def full(self, known: Map) -> Array:
        """The coefficients (inputs, *shape), whatever they are kept as."""
        if known.matrix is not None:
            return known.matrix
        matrix: Array = self.base.zeros((self.inputs, *known.shape))
        if known.diagonal is not None:
            places = np.arange(self.inputs)
            matrix[places, places] = known.diagonal
        return matrix

    # -- arithmetic, element by element
    def add(self, *terms: Map) -> Map:
        result = terms[0]
        for term in terms[1:]:
            result = self._sum(result, term)
        return result

    def _sum(self, one: Map, other: Map) -> Map:
        shape = np.broadcast_shapes(one.shape, other.shape)
        constants = [each.constant for each in (one, other) if each.constant is not None]
        total = Map(shape, self.base.add(*constants) if len(constants) > 1 else None)
        if len(constants) == 1:
            total = replace(total, constant=np.broadcast_to(constants[0], shape))
        varying = [each for each in (one, other) if each.varies]
        if len(varying) == 1 and varying[0].shape == shape:
            return replace(total, matrix=varying[0].matrix, diagonal=varying[0].diagonal)
        if not varying:
            return total
        if all(each.diagonal is not None for each in varying) and one.shape == other.shape:
            diagonal = self.base.add(*(each.diagonal for each in varying))
            return replace(total, diagonal=diagonal)
        matrices = [self._aligned(self.full(each), len(shape)) for each in varying]
        matrix = self.base.add(*matrices) if len(matrices) > 1 else matrices[0]
        return replace(total, matrix=np.broadcast_to(matrix, (self.inputs, *shape)))

    def _aligned(self, matrix: Array, axes: int) -> Array:
        """Coefficients with as many axes behind the first as a result has."""
        missing = axes + 1 - matrix.ndim
        return matrix.reshape(self.inputs, *(1,) * missing, *matrix.shape[1:])

    def negate(self, value: Map) -> Map:
        return self._each(self.base.negate, value)

    def _each(self, change: Any, value: Map) -> Map:
        """A linear operation on all coefficients and the constant."""
        parts = (value.constant, value.matrix, value.diagonal)
        changed = [None if part is None else change(part) for part in parts]
        return Map(value.shape, *changed)

    def multiply(self, *factors: Map) -> Map:
        result = factors[0]
        for factor in factors[1:]:
            result = self._scaled("multiply", result, factor)
        return result

    def divide(self, numerator: Map, denominator: Map) -> Map:
        if denominator.varies:
            raise NotAffine("a quotient")
        return self._scaled("divide", numerator, denominator)

    def _scaled(self, operation: str, one: Map, other: Map) -> Map:
        """A product or a quotient of which at most one side depends on the inputs."""
        if one.varies and other.varies:
            raise NotAffine("a product")
        shape = np.broadcast_shapes(one.shape, other.shape)
        apply = getattr(self.base, operation)
        varying, factor = (other, one) if other.varies else (one, other)
        by = self._value(factor)

        def scaled(part: Array) -> Array:
            return np.asarray(apply(by, part) if other.varies else apply(part, by))

        constant = None if varying.constant is None else scaled(varying.constant)
        if varying.diagonal is not None and varying.shape == shape:
            return Map(shape, constant, diagonal=scaled(varying.diagonal))
        if not varying.varies:
            return Map(shape, constant)
        return Map(shape, constant, scaled(self._aligned(self.full(varying), len(shape))))

    def power(self, base: Map, exponent: int) -> Map:
        if not base.varies:
            return self._fixed(self.base.power(self._value(base), exponent))
        if exponent == 1:
            return base
        raise NotAffine("a power")

    def call(self, function: str, *operands: Map) -> Map:
        if any(operand.varies for operand in operands):
            return self.nonlinear(function, *operands)
        return self._fixed(self.base.call(function, *map(self._value, operands)))

    def nonlinear(self, function: str, *operands: Map) -> Map:
        """What a function does with values that depend on the inputs; here, not affine."""
        raise NotAffine(function)

    # -- along axes
    def contract(
        self,
        weights: Map,
        values: Map,
        bias: Map | None = None,
        present: Present | None = None,
        axes: int = 1,
    ) -> Map:
        if weights.varies:
            raise NotAffine("a product")
        if present is not None or axes > 1 or len(weights.shape) > 2:
            raise NotAffine("a sum over several axes")
        by = self._value(weights)
        shape = (*values.shape[:-1], weights.shape[0])
        ends = None if bias is None else bias.constant
        if bias is not None and bias.varies:
            return self.add(self.contract(weights, values, None), bias)
        constant = ends
        if values.constant is not None:
            constant = self.base.contract(by, values.constant, ends)
        if constant is not None:
            constant = np.broadcast_to(constant, shape)
        if values.diagonal is not None:
            return Map(shape, constant, self.base.multiply(by, values.diagonal).T)
        if values.matrix is None:
            return Map(shape, constant)
        return Map(shape, constant, self.base.contract(by, values.matrix, None))

    def total(self, values: Map, present: Present | None = None) -> Map:
        if present is not None:
            raise NotAffine("a sum over a part of an axis")
        matrix = self.full(values) if values.varies else None
        full = Map((*values.shape[:-1], 1), values.constant, matrix)
        return self._each(self.base.total, full)

    # -- structure
    def arranged(self, values: Map, change: Callable[[Array], Array]) -> Map:
        constant = None if values.constant is None else change(values.constant)
        matrix = change(self.full(values)) if values.varies else None
        return Map(change(hollow(values.shape)).shape, constant, matrix)

    def concatenate(self, arrays: Sequence[Map], axis: int = -1) -> Map:
        shape = concatenated_shape([array.shape for array in arrays], axis)
        constant = matrix = None
        if any(array.constant is not None for array in arrays):
            constant = concatenated([self._value(array) for array in arrays], axis)
        if any(array.varies for array in arrays):
            parts = [self._aligned(self.full(array), len(shape)) for array in arrays]
            matrix = concatenated(parts, axis)
        return Map(shape, constant, matrix)

    def take(self, values: Map, positions: npt.NDArray[Any], axis: int = -1) -> Map:
        constant = None if values.constant is None else taken(values.constant, positions, axis)
        matrix = taken(self.full(values), positions, axis) if values.varies else None
        return Map(taken_shape(values.shape, positions, axis), constant, matrix)

    def apply(self, function: str, values: Map, *constants: float) -> Map:
        """An activation of the inputs is not affine, whatever it is written by."""
        if values.varies and FUNCTIONS[function].vector:
            raise NotAffine(function)
        return super().apply(function, values, *constants)
