"""The `drift` reading: how far apart two networks can be that differ by little in their numbers.

An element is a bound on the size of a value, wherever the inputs are within a box, and a bound on
the difference of the two values there. Sums and products of bounds have no cancellation, so a
factor that exceeds the rounding of every operation keeps them proved (Higham, Accuracy and
Stability of Numerical Algorithms, 2002, section 3.1).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import inf, nextafter
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import ValueMissingError
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.arrays import concatenated, taken
from netsym.ops.parameters import Parameter

Floats = npt.NDArray[np.float64]

_UNIT = 2.0**-52
_LEAST = 2.0**-1074
_HIGHEST = 64  # power


class Unbounded(Exception):
    """There is no bound: a name without a value, or a function that is arbitrarily steep."""


@dataclass(frozen=True, slots=True)
class Drift:
    """Bounds on the sizes of values of some shape, and on how far apart they are."""

    size: Floats
    apart: Floats

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the values."""
        return self.size.shape


class _Number(Drift):
    """What does not depend on the inputs: its size is known, not only bounded."""


class Drifts(ByMatrices[Drift]):
    """Reads one of two networks of the same layers; `off` says of its parameters, by `id`, how far
    each entry may be from that of the other network. Raises `Unbounded`.
    """

    def __init__(self, off: Mapping[int, Floats]) -> None:
        self.off = off

    def within(self, width: int, largest: float) -> Drift:
        """Inputs of at most this size, the same in both networks."""
        return Drift(np.full(width, largest), np.zeros(width))

    def number(self, value: Fraction, off: float) -> Drift:
        """A number that may be so far off in the other function; shape (1,)."""
        size = nextafter(abs(float(value)), inf)
        return _Number(np.array([size]), np.array([off]))

    # -- where values come from
    def symbols(self, names: Names) -> Drift:
        raise Unbounded(f"{names.ascii(0)} has no value")

    def parameter(self, parameter: Parameter) -> Drift:
        try:
            size = np.abs(parameter.numbers({}))
        except ValueMissingError as error:
            raise Unbounded(str(error)) from None
        return _Number(size, self.off.get(id(parameter), np.zeros(size.shape)))

    def numbers(self, values: npt.NDArray[Any]) -> Drift:
        size = np.abs(values.astype(np.float64))
        return _Number(size, np.zeros(size.shape))

    def constant(self, value: float | Fraction) -> Drift:
        return _Number(np.asarray(nextafter(abs(float(value)), inf)), np.zeros(()))

    def _rounded(self, size: Any, apart: Any, terms: int = 1) -> Drift:
        """Bounds that were computed in so many operations, with room for rounding and underflow."""
        room, least = 1 + (terms + 8) * _UNIT, (terms + 8) * _LEAST
        return Drift(np.asarray(size) * room + least, np.asarray(apart) * room + least)

    # -- arithmetic
    def add(self, *terms: Drift) -> Drift:
        size, apart = terms[0].size, terms[0].apart
        for term in terms[1:]:
            size, apart = size + term.size, apart + term.apart
        return self._rounded(size, apart, len(terms))

    def multiply(self, *factors: Drift) -> Drift:
        result = factors[0]
        for factor in factors[1:]:
            apart = result.apart * factor.size + (result.size + result.apart) * factor.apart
            result = self._rounded(result.size * factor.size, apart)
        return result

    def divide(self, numerator: Drift, denominator: Drift) -> Drift:
        if not isinstance(denominator, _Number):
            raise Unbounded("a quotient by what is not known exactly")
        least = (denominator.size - denominator.apart) * (1 - 4 * _UNIT)
        if (denominator.apart.any() and not (least > 0).all()) or not denominator.size.all():
            raise Unbounded("a quotient by what may be 0")
        inverse = 1 / denominator.size
        return self.multiply(numerator, self._rounded(inverse, denominator.apart * inverse / least))

    def power(self, base: Drift, exponent: int) -> Drift:
        if not 1 <= exponent <= _HIGHEST:
            raise Unbounded("such a power")
        return self.multiply(*[base] * exponent)

    def negate(self, value: Drift) -> Drift:
        return value

    # -- along axes
    def products(self, weights: Drift, values: Drift) -> Drift:
        by, off = np.swapaxes(weights.size, -1, -2), np.swapaxes(weights.apart, -1, -2)
        size = values.size @ by
        apart = values.apart @ by + (values.size + values.apart) @ off
        return self._rounded(size, apart, 4 * weights.shape[-1])

    def kept(self, values: Drift, present: Present) -> Drift:
        return values  # what is left out of a sum only makes it smaller

    def total(self, values: Drift, present: Present | None = None) -> Drift:
        size, apart = (part.sum(axis=-1, keepdims=True) for part in (values.size, values.apart))
        return self._rounded(size, apart, values.shape[-1])

    # -- structure
    def arranged(self, values: Drift, change: Callable[[Floats], Floats]) -> Drift:
        return Drift(change(values.size), change(values.apart))

    def concatenate(self, arrays: Sequence[Drift], axis: int = -1) -> Drift:
        return Drift(
            concatenated([array.size for array in arrays], axis),
            concatenated([array.apart for array in arrays], axis),
        )

    def take(self, values: Drift, positions: npt.NDArray[Any], axis: int = -1) -> Drift:
        return Drift(taken(values.size, positions, axis), taken(values.apart, positions, axis))

    # -- functions
    def apply(self, function: str, values: Drift, *constants: float) -> Drift:
        """By how steep the function is at most, and how large."""
        row = FUNCTIONS[function]
        if row.slope is None:
            raise Unbounded(f"{function} is arbitrarily steep")
        slope = max([row.slope, *map(abs, constants)])
        apart = values.apart
        if row.vector:
            apart = np.broadcast_to(apart.max(axis=-1, keepdims=True), apart.shape)
            size = np.ones(values.shape)
        else:
            size = np.abs(row.numpy(0.0, *constants)) + slope * values.size
        if row.bound is not None:
            size = np.minimum(size, row.bound)
        return self._rounded(size, slope * apart, 4)

    def call(self, function: str, *operands: Drift) -> Drift:
        if function in ("max", "min"):
            size, apart = operands[0].size, operands[0].apart
            for operand in operands[1:]:
                size, apart = np.maximum(size, operand.size), np.maximum(apart, operand.apart)
            return Drift(size, apart)
        if len(operands) != 1:
            raise Unbounded(f"{function} of {len(operands)} operands")
        return self.apply(function, operands[0])
