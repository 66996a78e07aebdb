"""Layers that are put together one by one, from what an operator of a graph does to its arrays."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import permutations
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import LINEAR
from netsym.layers import Layer, Shape, refuse_vast
from netsym.layers.blocks import INPUT, MOST_LAYERS
from netsym.layers.dense import Dense
from netsym.layers.function import Function
from netsym.layers.shaping import Flatten, Rearrange, Reshape, Transpose
from netsym.layers.sources import Given, Part
from netsym.readers.graph.numbers import Digits, shortest
from netsym.readers.graph.traced import Batch, Places, Traced, Unreadable, fresh

Constant = npt.NDArray[Any]

_MOST_AXES = 4  # of which all orders are tried


@dataclass(slots=True)
class Made:
    """A layer with its name, what it reads, its parameters, and the shape of what it gives.

    `called` is what it is called in the end, if no other layer is; empty if by its number.
    """

    name: str
    layer: Layer
    sources: list[str]
    parameters: dict[str, Constant]
    shape: Shape
    called: str


@dataclass
class Names:
    """Names of which each is given once; `taken` are those that are."""

    taken: set[str]
    _next: dict[str, int] = field(default_factory=dict)

    def free(self, called: str) -> str:
        """The name, with a number if it is taken."""
        name, number = called, self._next.get(called, 1)
        while name in self.taken:
            number += 1
            name = f"{called}_{number}"
        self._next[called] = number
        self.taken.add(name)
        return name


@dataclass
class Builder:
    """Collects layers; `inputs` are the shapes of the inputs by their names.

    `digits` says how the numbers of the model are written, also where layers need a sum of them.
    `scope` is the name that the layers of the operator have that is read just now.
    """

    inputs: Mapping[str, Shape]
    digits: Digits = shortest
    layers: dict[str, Made] = field(default_factory=dict)
    scope: str = ""
    _moved: dict[tuple[Any, ...], str] = field(default_factory=dict)
    _numbers: dict[tuple[Any, ...], Traced] = field(default_factory=dict)
    _names: Names = field(init=False)

    def __post_init__(self) -> None:
        self._names = Names({INPUT, *self.inputs})

    def put(
        self, layer: Layer, sources: Sequence[str], parameters: Mapping[str, Constant] | None = None
    ) -> str:
        """Add a layer, named after the operator; gives its name."""
        if len(self.layers) >= MOST_LAYERS:
            raise Unreadable(f"is one too many: at most {MOST_LAYERS:,} layers are read")
        shape = layer.shape(*map(self.shape, sources))
        refuse_vast("gives", *shape)
        called = as_layer_name(self.scope) if self.scope else ""
        name = self._names.free(called or layer.kind)
        self.layers[name] = Made(name, layer, [*sources], {**(parameters or {})}, shape, called)
        return name

    def shape(self, name: str) -> Shape:
        """The shape of what a layer gives, or of an input."""
        return self.layers[name].shape if name in self.layers else self.inputs[name]

    def apply(
        self,
        layer: Layer,
        value: Traced,
        batch: Batch | None,
        parameters: Mapping[str, Constant] | None = None,
    ) -> Traced:
        """A layer of one value, of which the examples are where `batch` is, and stay."""
        source, shape = self.laid_out(value, batch)
        name = self.put(layer, [source], parameters)
        return fresh(name, layer.shape(shape), batch)

    def laid_out(self, value: Traced, batch: Batch | None) -> tuple[str, Shape]:
        """A layer that gives the entries of one example in their order, and the shape they have."""
        places = value.of_each(batch)
        if not places.size:
            raise Unreadable("gives an empty array")
        shape = places.shape or (1,)
        places = places.reshape(shape)
        value, places = self._of_units(value, places)
        if self._is_itself(value, places):
            return value.source, shape
        key = (value.source, shape, places.tobytes(), value.fill)
        if key not in self._moved:
            scope, self.scope = self.scope, ""
            self._moved[key] = self._move(value, places)
            self.scope = scope
        return self._moved[key], shape

    def _of_units(self, value: Traced, places: Places) -> tuple[Traced, Places]:
        """Of units of a linear layer that are taken apart, the linear layer of those alone.

        So queries, keys and values that were computed together have a layer each.
        """
        dense = self._dense(value.source)
        if dense is None or value.is_filled:
            return value, places
        layer, made = dense
        count = layer.units
        units = np.unique(places % count)
        start, width = int(units[0]), len(units)
        if layer.activation != LINEAR or width == count or int(units[-1]) != start + width - 1:
            return value, places
        key = (value.source, start, width)
        if key not in self._moved:
            rows = {name: given[start : start + width] for name, given in made.parameters.items()}
            scope, self.scope = self.scope, made.called
            self._moved[key] = self.put(replace(layer, units=width), made.sources, rows)
            self.scope = scope
        moved = places // count * width + places % count - start
        name = self._moved[key]
        return Traced(name, self.shape(name), moved, 0), moved

    def _dense(self, name: str) -> tuple[Dense, Made] | None:
        """The dense layer of this name; one without a bias takes what is added to its units."""
        made = self.layers.get(name)
        if made is None:
            return None
        if isinstance(made.layer, Dense):
            return made.layer, made
        bias, before = made.parameters.get("constant"), self.layers.get(made.sources[0])
        is_bias = isinstance(made.layer, Function) and made.layer.function == "add"
        if bias is None or before is None or not is_bias or not isinstance(before.layer, Dense):
            return None
        units = (before.layer.units,)
        if before.layer.use_bias or bias.shape not in (units, (1,)):
            return None
        given = {**before.parameters, "bias": np.broadcast_to(bias, units)}
        return replace(before.layer, use_bias=True), replace(before, parameters=given)

    def _is_itself(self, value: Traced, places: Places) -> bool:
        return places.shape == value.source_shape and _in_order(places)

    def _move(self, value: Traced, places: Places) -> str:
        """The fewest layers as they are taught: flatten, reshape, transpose, part; or rearrange."""
        shape, size = places.shape, value.size
        if places.size == size and _in_order(places):
            return self._reshaped(value.source, value.source_shape, shape)
        order = _transposed(places, size)
        if order is not None:
            before = tuple(shape[axis] for axis in np.argsort(order))
            source = value.source
            if before != value.source_shape:
                source = self._reshaped(source, value.source_shape, before)
            return self.put(Transpose(axes=tuple(n + 1 for n in order)), [source])
        order = _of_axes(places, value.source_shape)
        if order is not None:
            axes = tuple(n + 1 for n in order)
            turned = self.put(Transpose(axes=axes), [value.source])
            return self._reshaped(turned, self.shape(turned), shape)
        start = int(places.flat[0])
        if len(value.source_shape) == 1 and _in_order(places - start) and start >= 0:
            return self.put(Part(lengths=shape, start=start), [value.source])
        positions = np.where(places < 0, size, places).reshape(-1).tolist()
        lengths = shape if len(shape) > 1 else ()
        layer = Rearrange(positions=tuple(positions), lengths=lengths, value=value.fill)
        return self.put(layer, [value.source])

    def _reshaped(self, source: str, before: Shape, shape: Shape) -> str:
        return self.put(Flatten() if shape == (prod(before),) else Reshape(to=shape), [source])

    def numbers(self, values: Constant) -> Traced:
        """Numbers as the value of a layer, the same for every example."""
        values = checked(values)
        shape = values.shape or (1,)
        key = (shape, values.tobytes())
        if key not in self._numbers:
            scope, self.scope = self.scope, ""
            name = self.put(
                Given(lengths=shape), [next(iter(self.inputs))], {"values": values.reshape(shape)}
            )
            self.scope = scope
            self._numbers[key] = fresh(name, shape, None)
        known = self._numbers[key]
        return Traced(known.source, shape, known.places.reshape(values.shape), 0)


def as_layer_name(wanted: str) -> str:
    """A text as the name of a layer.

    >>> as_layer_name("encoder.layers.0"), as_layer_name("0"), as_layer_name("/a b/")
    ('encoder.layers.0', 'layer_0', 'a_b')
    """
    plain = re.sub(r"[^A-Za-z0-9_.-]", "_", wanted).strip("_.-")
    return plain if re.match(r"[A-Za-z_]", plain) else f"layer_{plain}".rstrip("_")


def checked(values: Constant) -> Constant:
    """Numbers of a layer; raises `Unreadable` if some are infinite or none."""
    found = np.asarray(values)
    found = found if found.dtype.kind == "f" else found.astype(np.float64)
    if not np.isfinite(found).all():
        raise Unreadable("has numbers that are not finite")
    return found


def _in_order(places: Places) -> bool:
    return bool((places.reshape(-1) == np.arange(places.size)).all())


def _of_axes(places: Places, shape: Shape) -> tuple[int, ...] | None:
    """The order of the axes of a shape in which its values stand so, one after another."""
    if places.size != prod(shape) or len(shape) > _MOST_AXES:
        return None
    flat, plain = places.reshape(-1), np.arange(prod(shape)).reshape(shape)
    for order in permutations(range(len(shape))):
        if (plain.transpose(order).reshape(-1) == flat).all():
            return order
    return None


def _transposed(places: Places, size: int) -> tuple[int, ...] | None:
    """The order of axes that makes places of those that go 0, 1, 2, …; None if none does."""
    if places.size != size or places.flat[0] != 0:
        return None
    strides = [
        int(places.take(1, axis).flat[0]) if n > 1 else 0 for axis, n in enumerate(places.shape)
    ]
    before = sorted(range(places.ndim), key=lambda axis: (-strides[axis], axis))
    plain = np.arange(size).reshape([places.shape[axis] for axis in before])
    order = tuple(int(n) for n in np.argsort(before))
    return order if (plain.transpose(order) == places).all() else None
