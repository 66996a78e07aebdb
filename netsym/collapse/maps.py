"""Affine maps of layers: read from the layers themselves, and made into one layer again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.collapse.rounding import rounded
from netsym.graph.names import Names
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale
from netsym.layers.wiring import Placed
from netsym.ops.affine.affine import Affine, Map
from netsym.ops.affine.symbolic_tidy import Tidy
from netsym.ops.parameters import Parameter, derived
from netsym.ops.proved.digits import Digits, NotInDigits
from netsym.ops.proved.rationals import Exact, Irrational, NotRational, fractions
from netsym.ops.reading import read_parameter

Array = npt.NDArray[Any]
T = TypeVar("T")
Base = Exact | Tidy | Digits

#: So many float64 numbers are quicker to multiply digit by digit than as fractions.
MANY = 2_000


@dataclass(frozen=True, eq=False)
class Collapsed:
    """An affine map with its coefficients: exact numbers, or nodes of the graph of `base`."""

    map: Map
    base: Base
    inputs: int

    @property
    def is_identity(self) -> bool:
        """Whether it gives its inputs as they are."""
        known = self.map.diagonal
        if known is None and self.inputs == 1:
            known = self.map.matrix
        if known is None or known.size != self.inputs or self._bias() is not None:
            return False
        return bool((known == self.base.ones(known.shape)).all())

    def layer(self, name: str, number: int, sources: tuple[str, ...]) -> Placed:
        """The dense layer that is this map; a scale, if each output needs the input of its place.

        Raises `OverflowError` if a number is too large for float64.
        """
        diagonal = self.map.diagonal
        bias = self._bias()
        use_bias = bias is not None
        layer = (
            Scale(use_bias=use_bias)
            if diagonal is not None
            else Dense(units=self.map.shape[0], use_bias=use_bias)
        )
        arrays = {"weights": self._weights() if diagonal is None else diagonal}
        if bias is not None:
            arrays["bias"] = bias
        parameters = {
            key: as_parameter(Names(layer.letters[key], number, values.shape), self.base, values)
            for key, values in arrays.items()
        }
        shapes = ((self.inputs,),)
        return Placed(name, layer, sources, parameters, shapes, self.map.shape, number)

    def _weights(self) -> Array:
        return np.ascontiguousarray(Affine(self.base, self.inputs).full(self.map).T)

    def _bias(self) -> Array | None:
        constant = self.map.constant
        return None if constant is None or is_zero(self.base, constant) else constant


def as_parameter(names: Names, base: Base, values: Array) -> Parameter:
    """Coefficients as a parameter. Raises `OverflowError` if a number is too large for float64."""
    if isinstance(base, Digits):
        return Parameter(names, base.in_fixed_point(values))
    if isinstance(base, Tidy):
        made = derived(names, base.graph, values)
        exact = _exact(made)
        if exact is None:
            rounded(made)  # raises OverflowError
            return made
        values = exact
    entries = fractions(values)
    _refuse_too_large(entries.reshape(-1))
    return Parameter(names, entries)


def _exact(parameter: Parameter) -> Array | None:
    """The entries as exact numbers; None if they need names, or are not rational."""
    if parameter.symbols():
        return None
    try:
        return read_parameter(parameter, Exact())
    except NotRational:
        return None


def _refuse_too_large(entries: Iterable[Fraction]) -> None:
    for entry in entries:
        if entry.numerator.bit_length() - entry.denominator.bit_length() > 1022:
            float(entry)  # raises OverflowError if it is


#: Gives the values that layers start from, as maps, once it is known what coefficients are.
Start = Callable[[Affine], dict[str, Map]]


def collapse(
    layers: Sequence[Placed], inputs: int, start: Start, begun: Sequence[Placed] = ()
) -> Collapsed:
    """The map of affine layers, in order, of which the last gives the result.

    `begun` are layers that `start` reads. Raises `NotRational` if exact numbers become too long or
    a number is divided by zero.
    """

    def read(base: Base) -> Collapsed:
        ops = Affine(base, inputs)
        values = start(ops)
        for placed in layers:
            values[placed.name] = placed.read(ops, *(values[source] for source in placed.sources))
        return Collapsed(_diagonal(values[layers[-1].name], base, inputs), base, inputs)

    every = (*begun, *layers)
    digits = digits_for(every)
    if digits is not None:
        with suppress(NotInDigits):
            return read(digits)
    return in_exact_numbers(every, read)


def digits_for(layers: Sequence[Placed]) -> Digits | None:
    """Digits in which many float64 numbers are quick to multiply; None where fractions serve."""
    parameters = [list(placed.parameters.values()) for placed in layers]
    if not all(p.is_numeric for each in parameters for p in each):
        return None
    if sum(len(p.names) for each in parameters for p in each) < MANY:
        return None
    return Digits.fitting([[p.numbers({}) for p in each] for each in parameters])


def in_exact_numbers(layers: Iterable[Placed], read: Callable[[Exact | Tidy], T]) -> T:
    """What is read of exact fractions; of nodes, where parameters have names, or are irrational."""
    parameters = (p for placed in layers for p in placed.parameters.values())
    if any(parameter.symbols() for parameter in parameters):
        return read(Tidy())
    try:
        return read(Exact())
    except Irrational:
        return read(Tidy())


def channel_map(base: Exact | Tidy, placed: Placed) -> tuple[Array, Array | None]:
    """What a layer of shape (channels, 1, …) multiplies each by, and what it adds; or None."""
    ops = Affine(base, 1)
    shape = placed.shape
    found = placed.read(ops, Map(shape, matrix=base.ones((1, *shape))))
    shifts = None if found.constant is None or is_zero(base, found.constant) else found.constant
    factors = np.broadcast_to(ops.full(found), (1, *shape)).reshape(-1)
    return factors, None if shifts is None else np.broadcast_to(shifts, shape).reshape(-1)


def _diagonal(found: Map, base: Base, inputs: int) -> Map:
    """The map, as a diagonal one if there is more than one input, and all else is 0."""
    if found.matrix is None or found.shape != (inputs,) or inputs == 1:
        return found
    others = ~np.eye(inputs, dtype=bool)
    if not is_zero(base, found.matrix[others]):
        return found
    return Map(found.shape, found.constant, diagonal=found.matrix[~others])


def is_zero(base: Base, values: Array) -> bool:
    """Whether all of these coefficients are 0."""
    zeros = values == 0 if isinstance(base, Exact) else base.is_zero(values)
    return bool(np.all(zeros))


def side_by_side(widths: Mapping[str, int]) -> Start:
    """Start from these values, one after another, as the inputs of the map."""

    def start(ops: Affine) -> dict[str, Map]:
        whole = ops.identity()
        if len(widths) == 1:
            return dict.fromkeys(widths, whole)
        ends = np.cumsum(list(widths.values()))
        return {
            source: ops.take(whole, np.arange(end - width, end))
            for (source, width), end in zip(widths.items(), ends.tolist(), strict=True)
        }

    return start
