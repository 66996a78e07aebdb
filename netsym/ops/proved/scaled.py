"""The `scaled` reading: exact fractions of a point have a common denominator.

So sums and products are of whole numbers, which takes a tenth of the time that fractions take which
are reduced one by one.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.arrays import Objects, at_each_place, concatenated, filled, taken
from netsym.ops.decimals import decimals
from netsym.ops.parameters import values_of
from netsym.ops.proved.rationals import Rationals

_SCALE = 2**64  # of most parameters, so that sums of them need no other
_AT_ONCE = 1_000_000  # products, which take 0.1 s


@dataclass(frozen=True, slots=True)
class Scaled:
    """Fractions: whole numbers `above` (points, …), and for each point one `below` (points,).

    What does not depend on the inputs has no points axis: one number is below all, of shape (). So
    it may be for points.
    """

    above: Objects
    below: Objects

    @property
    def shape(self) -> tuple[int, ...]:
        """That of the numbers."""
        return self.above.shape

    def pairs(self) -> list[list[int]]:
        """What is above and below of each, in order."""
        axes = self.above.ndim - self.below.ndim
        both = np.broadcast_arrays(self.above, np.expand_dims(self.below, tuple(range(-axes, 0))))
        return [part.reshape(-1).tolist() for part in both]

    def at_scale(self, below: Objects, axes: int) -> Objects:
        """The numbers above multiples of what is below, in as many axes at least."""
        factor = np.asarray(below // self.below, dtype=object)
        if np.all(factor == 1):
            return self.above
        more = axes - factor.ndim if factor.ndim else 0
        return np.asarray(self.above * np.expand_dims(factor, tuple(range(-more, 0))))


def scaled(values: npt.NDArray[Any], points: bool = False) -> Scaled:
    """Floats, Python's or flint's fractions, exactly; the first axis may be that of points."""
    flat = values.reshape(len(values) if points else 1, -1).tolist()
    rows = [[_parts(number) for number in row] for row in flat]
    below = [math.lcm(1 if points else _SCALE, *(down for _, down in row)) for row in rows]
    above = (up * (down // own) for row, down in zip(rows, below, strict=True) for up, own in row)
    return Scaled(filled(above, values.shape), filled(below, (len(below),) if points else ()))


def _parts(number: Any) -> tuple[int, int]:
    if isinstance(number, float):
        return number.as_integer_ratio()
    return int(number.numerator), int(number.denominator)


class ScaledRationals(ByMatrices[Scaled]):
    """What `Rationals` reads, where numbers are known and most of the work is sums of products."""

    def __init__(self, values: Mapping[str, float | Fraction] | None = None) -> None:
        self.values = values or {}

    # -- where values come from
    def points(self, x: npt.ArrayLike) -> Scaled:
        """The inputs (points, inputs), floats or Fractions."""
        return scaled(np.asarray(x).astype(object), points=True)

    def symbols(self, names: Names) -> Scaled:
        return scaled(np.array(values_of(names.all(), self.values), dtype=object))

    def numbers(self, values: npt.NDArray[Any]) -> Scaled:
        return scaled(decimals(values) if self.decimals else values)

    # -- arithmetic, element by element
    def add(self, *terms: Scaled) -> Scaled:
        parts, below = self._common(terms)
        return Scaled(np.asarray(sum(parts[1:], parts[0]), dtype=object), below)

    def _common(self, values: Sequence[Scaled]) -> tuple[list[Objects], Objects]:
        """The numbers above a common denominator."""
        below = values[0].below
        for each in values[1:]:
            below = np.asarray(np.lcm(below, each.below), dtype=object)
        axes = max(each.above.ndim for each in values)
        return [each.at_scale(below, axes) for each in values], below

    def negate(self, value: Scaled) -> Scaled:
        return replace(value, above=np.asarray(-value.above, dtype=object))

    def multiply(self, *factors: Scaled) -> Scaled:
        above, below = factors[0].above, factors[0].below
        for factor in factors[1:]:
            above, below = above * factor.above, below * factor.below
        return Scaled(np.asarray(above, dtype=object), np.asarray(below, dtype=object))

    def divide(self, numerator: Scaled, denominator: Scaled) -> Scaled:
        return self._reduced(Rationals().divide, numerator, denominator)

    def power(self, base: Scaled, exponent: int) -> Scaled:
        return self._reduced(lambda values: Rationals().power(values, exponent), base)

    def _reduced(self, operation: Callable[..., Objects], *operands: Scaled) -> Scaled:
        """What is done to fractions one by one."""
        values = [
            Rationals().points(filled(map(Fraction, *each.pairs()), each.shape))
            for each in operands
        ]
        return scaled(operation(*values), any(each.below.ndim for each in operands))

    def call(self, function: str, *operands: Scaled) -> Scaled:
        if function == "abs":
            return replace(operands[0], above=np.asarray(abs(operands[0].above), dtype=object))
        if function in ("max", "min"):
            parts, below = self._common(operands)
            larger = np.maximum if function == "max" else np.minimum
            result = parts[0]
            for part in parts[1:]:
                result = np.asarray(larger(result, part), dtype=object)
            return Scaled(result, below)
        expansion = FUNCTIONS[function].expansion
        if function in Rationals.functions or expansion is None:
            return self._reduced(lambda *values: Rationals().call(function, *values), *operands)
        expanded: Scaled = expansion(self, *operands)
        return expanded

    # -- along axes
    def products(self, weights: Scaled, values: Scaled) -> Scaled:
        above = at_each_place(self._product, weights.above, values.above)
        return Scaled(above, np.asarray(weights.below * values.below, dtype=object))

    def _product(self, weights: Objects, values: Objects) -> Objects:
        """A few units at once, so that an interrupt is heard."""
        parts = np.array_split(weights, 1 + values.size * len(weights) // _AT_ONCE)
        return np.concatenate([values @ part.T for part in parts], axis=-1)

    def total(self, values: Scaled, present: Present | None = None) -> Scaled:
        every = values if present is None else self.kept(values, present)
        return replace(every, above=np.sum(every.above, axis=-1, keepdims=True))

    def kept(self, values: Scaled, present: Present) -> Scaled:
        return replace(values, above=np.where(present, values.above, 0))

    # -- structure
    def arranged(
        self, values: Scaled, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
    ) -> Scaled:
        return replace(values, above=change(values.above))

    def concatenate(self, arrays: Sequence[Scaled], axis: int = -1) -> Scaled:
        parts, below = self._common(arrays)
        return Scaled(concatenated(parts, axis), below)

    def take(self, values: Scaled, positions: npt.NDArray[Any], axis: int = -1) -> Scaled:
        return replace(values, above=np.asarray(taken(values.above, positions, axis), dtype=object))
