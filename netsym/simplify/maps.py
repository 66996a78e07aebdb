"""Affine maps of layers: read from the layers themselves, and made into one layer again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.formula.names import Names
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale
from netsym.layers.wiring import Placed
from netsym.ops.affine import Affine, Map
from netsym.ops.parameters import Parameter, derived
from netsym.ops.rationals import Exact, Irrational
from netsym.ops.tidy import Tidy

Array = npt.NDArray[Any]


@dataclass(frozen=True, eq=False)
class Collapsed:
    """An affine map with its coefficients: exact fractions, or nodes of the graph of `base`."""

    map: Map
    base: Exact | Tidy
    inputs: int

    @property
    def is_identity(self) -> bool:
        """Whether it gives its inputs as they are; known of diagonal ones."""
        diagonal = self.map.diagonal
        ones = self.base.ones((self.inputs,))
        return self.map.constant is None and diagonal is not None and bool((diagonal == ones).all())

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
            key: self._parameter(Names(layer.letters[key], number, values.shape), values)
            for key, values in arrays.items()
        }
        return Placed(name, layer, sources, parameters, (self.inputs,), self.map.shape[0], number)

    def _weights(self) -> Array:
        return np.ascontiguousarray(Affine(self.base, self.inputs).full(self.map).T)

    def _bias(self) -> Array | None:
        constant = self.map.constant
        if constant is None:
            return None
        is_zero = self.base.is_zero(constant) if isinstance(self.base, Tidy) else constant == 0
        return None if bool(np.all(is_zero)) else constant

    def _parameter(self, names: Names, values: Array) -> Parameter:
        if isinstance(self.base, Tidy):
            return derived(names, self.base.graph, values)
        entries = np.empty(values.size, dtype=object)
        entries[:] = [Fraction(int(v.p), int(v.q)) for v in values.reshape(-1).tolist()]
        _refuse_too_large(entries)
        return Parameter(names, entries.reshape(values.shape))


def _refuse_too_large(entries: Iterable[Fraction]) -> None:
    for entry in entries:
        float(entry)  # raises OverflowError


#: Gives the values that layers start from, as maps, once it is known what coefficients are.
Start = Callable[[Affine], dict[str, Map]]


def collapse(layers: Sequence[Placed], inputs: int, start: Start) -> Collapsed:
    """The map of affine layers, in order, of which the last gives the result.

    Raises `NotRational` if exact numbers become too long or a number is divided by zero.
    """

    def read(base: Exact | Tidy) -> Collapsed:
        ops = Affine(base, inputs)
        values = start(ops)
        for placed in layers:
            values[placed.name] = placed.read(ops, *(values[source] for source in placed.sources))
        return Collapsed(values[layers[-1].name], base, inputs)

    if any(parameter.symbols() for placed in layers for parameter in placed.parameters.values()):
        return read(Tidy())
    try:
        return read(Exact())
    except Irrational:
        return read(Tidy())


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
