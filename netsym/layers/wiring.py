"""Layers in their places: wired as a graph without cycles, with parameters of the right shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from heapq import heappop, heappush
from math import prod
from typing import Any, NamedTuple, TypeVar

import numpy as np

from netsym.errors import SpecError, did_you_mean
from netsym.graph.names import Names
from netsym.layers import MOST_AXES, Layer, Shape, refuse_vast, shape_text
from netsym.layers.blocks import LayerWire, Shared, Wire, end_of, expanded
from netsym.layers.parameter_entries import entries
from netsym.layers.parameter_formulas import GivenParameter, read_parameters
from netsym.ops import NoReading, Ops, Place, WholeOps
from netsym.ops.parameters import Parameter
from netsym.ops.reading import read_parameter
from netsym.wording import plural

A = TypeVar("A")

MOST_SOURCES = 1_000  # that a layer may read from


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer in its place: what it reads from, and its parameters.

    `number` is its place among the layers of the network that it was written for; its values and
    the names that the notation gives to its parameters have that number.
    """

    name: str
    layer: Layer
    sources: tuple[str, ...]
    parameters: Mapping[str, Parameter] = field(hash=False)
    shapes: tuple[Shape, ...]  # of its inputs
    shape: Shape  # of its output
    number: int
    copy_of: str = ""  # the layer that is written in place of this one, if it is written once
    examples: Shape = ()  # the first axes of all its shapes, which the layer does not know of

    def __repr__(self) -> str:
        read = ", ".join(map(shape_text, self.shapes))
        return f"<{self.name}: {self.layer.kind} layer, {read} to {shape_text(self.shape)}>"

    @property
    def widths(self) -> tuple[int, ...]:
        """How many values its inputs have."""
        return tuple(prod(shape) for shape in self.shapes)

    @property
    def width(self) -> int:
        """How many values its output has."""
        return prod(self.shape)

    @property
    def on_vectors(self) -> bool:
        """Whether its inputs and its output have one axis."""
        return len(self.shape) == 1 and all(len(shape) == 1 for shape in self.shapes)

    @property
    def seen(self) -> tuple[Shape, ...]:
        """The shapes of its inputs as the layer sees them: of one example."""
        if not self.examples:
            return self.shapes
        return tuple(shape[len(self.examples) :] for shape in self.shapes)

    def at(self, ops: Ops[A]) -> Ops[A]:
        """The reading at this place; in a sequence, at the step where it is."""
        shapes, place = self.seen, ops.place
        if ops.whole and place.step is not None:  # values are those of one step
            shapes = tuple(shape[1:] for shape in shapes)
        return ops.at(Place(self.number, shapes, place.step, place.length))

    def read(self, ops: Ops[A], *inputs: A) -> A:
        """Its output in a reading, from its inputs there."""
        try:
            return self.ready(self.at(ops))(*inputs)
        except NoReading as error:
            error.layer = self.number
            raise

    def ready(self, ops: Ops[A]) -> Callable[..., A]:
        """Its output as a function of its inputs, in a reading that is at this place."""
        parameters = {key: read_parameter(p, ops) for key, p in self.parameters.items()}
        if isinstance(ops, WholeOps):
            return partial(self.layer.whole, ops, parameters)
        return partial(self.layer.forward, ops, parameters)


class Wiring(NamedTuple):
    """Layers in an order in which each comes after what it reads, and the names of layers that no
    output needs.

    `ends` are the layers that give the outputs.
    """

    layers: tuple[Placed, ...]
    ends: tuple[str, ...]
    left_out: tuple[str, ...] = ()


def wired(
    inputs: Mapping[str, Shape], wires: Sequence[Wire], outputs: Sequence[str] = ()
) -> Wiring:
    """The layers in their places, checked; blocks are laid out as the layers they stand for.

    `inputs` are the shapes of the inputs by their names, `outputs` what gives the outputs, layers
    or blocks; without them it is the one layer that no other reads.
    """
    layers = expanded(wires, inputs)
    if not layers:
        raise SpecError("a network needs at least one layer; this one has none")
    names = [name for name, *_ in layers]
    for name, times in Counter([*inputs, *names]).items():
        if times > 1:
            two = "two layers are" if name not in inputs else "an input and a layer are both"
            raise SpecError(f"{two} called {name!r}; give each its own name")
    for name, layer, sources, _ in layers:
        _check_sources(name, layer, sources)
    ordered = _ordered(layers, inputs)
    ends = tuple(end_of(wires, output) for output in outputs) or (_unread(layers),)
    needed = set(ends)
    for name, _, sources, _ in reversed(ordered):
        if name in needed:
            needed.update(sources)
    ordered.sort(key=lambda layer: layer[0] not in needed)
    placed = _placed(*_rows(ordered, inputs))
    return Wiring(
        tuple(each for each in placed if each.name in needed),
        ends,
        tuple(name for name in names if name not in needed),
    )


def _unread(layers: Sequence[LayerWire]) -> str:
    """The one layer that no other reads."""
    read = {source for _, _, sources, _ in layers for source in sources}
    unread = [name for name, *_ in layers if name not in read]
    if len(unread) > 1:
        raise SpecError(
            f"nothing reads from {' and '.join(unread)}, but a network has one output unless "
            "its outputs are named; read from all but one of them, join them in a concat layer, or "
            f'name the outputs: [[outputs]] name = "y", from = "{unread[0]}"'
        )
    return unread[0]


def _rows(
    ordered: Sequence[LayerWire], inputs: Mapping[str, Shape]
) -> tuple[list[Row], dict[str, Shape]]:
    """The layers with the shapes of what they read and of the parameters that they want."""
    shapes = dict(inputs)
    rows: list[Row] = []
    for number, (name, layer, sources, given) in enumerate(ordered, 1):
        where = f"layer {number} ({layer.kind}{'' if name == f'layer{number}' else ' ' + name})"
        taken = tuple(shapes[source] for source in sources)
        try:
            shapes[name] = _checked(layer.shape(*taken))
            wanted = layer.parameters(*taken)
        except SpecError as error:
            raise SpecError(f"{where} {error}") from None
        for key in () if isinstance(given, Shared) else given:
            if key not in wanted:
                known = f"it takes {' and '.join(wanted)}" if wanted else "it takes none"
                raise SpecError(f"{where} has no parameter {key!r}; {known}")
        rows.append(Row(name, layer, tuple(sources), where, number, wanted, given, taken))
    return rows, shapes


def _checked(shape: Shape) -> Shape:
    """The shape, if arrays can have it."""
    if len(shape) > MOST_AXES:
        raise SpecError(f"gives an array of {len(shape)} axes; at most {MOST_AXES} can be handled")
    refuse_vast("gives", *shape, most=10**9)
    return shape


class Row(NamedTuple):
    """A layer in its place, before its parameters are read: the shapes that it wants for them."""

    name: str
    layer: Layer
    sources: tuple[str, ...]
    where: str
    number: int
    wanted: Mapping[str, Shape]
    given: Mapping[str, Any] | Shared
    taken: tuple[Shape, ...]


def _placed(rows: Sequence[Row], shapes: Mapping[str, Shape]) -> list[Placed]:
    """The layers with their parameters, own ones or those of another layer."""
    known = {row.name: row for row in rows}
    for row in rows:
        _refuse_transposed(row)
    arrays = [
        _given(
            f"{row.where}: {key}",
            Names(row.layer.letters[key], row.number, shape),
            row.given.get(key, row.layer.names_of(key)),
        )
        for row in rows
        if not isinstance(row.given, Shared)
        for key, shape in row.wanted.items()
    ]
    found = iter(read_parameters(arrays))
    own = {
        row.name: {key: next(found) for key in row.wanted}
        for row in rows
        if not isinstance(row.given, Shared)
    }
    return [
        Placed(
            row.name,
            row.layer,
            row.sources,
            own[row.name] if row.name in own else _shared(row, known, own),
            row.taken,
            shapes[row.name],
            row.number,
            row.given.origin if isinstance(row.given, Shared) and row.given.again else "",
        )
        for row in rows
    ]


def _refuse_transposed(row: Row) -> None:
    """Say so, where weights are inputs x units: only their other side fits the layer."""
    if isinstance(row.given, Shared) or not hasattr(row.layer, "units"):
        return
    given, bias = _sides(row.given.get("weights")), _sides(row.given.get("bias"))
    biases = prod(bias) if bias else 0
    units, inputs = row.wanted.get("weights", (0, 0))
    if len(given) != 2 or given[0] != inputs or given[1] == inputs:
        return
    have = f"weights have {plural(given[0], 'row')} of {given[1]}, the layer has "
    have += plural(inputs, "input")
    kept = "inputs x units, as scikit-learn, Keras and R store it"
    if given[1] == (biases or units):
        others = plural(given[1], *(("bias", "biases") if biases else ("unit", "units")))
        raise SpecError(f"{row.where}: {have} and {others}: this is {kept}; transpose it")
    if given[0] == units and not biases:  # which may only be the number of rows
        raise SpecError(
            f"{row.where}: {have}: if this is {kept}, transpose it; else write a weight for each "
            "input in every row"
        )


def _sides(given: Any) -> Shape:
    """The shape of a vector or a matrix; () of anything else."""
    if isinstance(given, np.ndarray):
        return tuple(given.shape)
    rows = given if isinstance(given, (list, tuple)) else ()
    widths = {len(row) if isinstance(row, (list, tuple)) else 0 for row in rows}
    nested = any(isinstance(row, (list, tuple)) and _nested(row) for row in rows)
    return (len(rows), *(n for n in widths if n)) if len(widths) == 1 and not nested else ()


def _nested(row: Collection[Any]) -> bool:
    return not {list, tuple}.isdisjoint(map(type, row))


def _shared(
    row: Row, known: Mapping[str, Row], own: Mapping[str, Mapping[str, Parameter]]
) -> dict[str, Parameter]:
    """The parameters that a layer has from another one."""
    assert isinstance(row.given, Shared)
    origin, seen = row.given.origin, {row.name}
    while origin in known and origin not in own and origin not in seen:
        seen.add(origin)
        there = known[origin].given
        origin = there.origin if isinstance(there, Shared) else origin
    if origin not in own:
        raise SpecError(
            f"{row.where} shares the parameters of {row.given.origin!r}; "
            f"{did_you_mean(row.given.origin, own)}"
        )
    for key, shape in row.wanted.items():
        there_is = own[origin].get(key)
        if there_is is None or there_is.shape != shape:
            has = "none" if there_is is None else shape_text(there_is.shape)
            raise SpecError(
                f"{row.where} shares the parameters of {origin} and needs {key} of shape "
                f"{shape_text(shape)}, but {origin} has {has}{_without(row.layer, key)}"
            )
    return {key: own[origin][key] for key in row.wanted}


def _without(layer: Layer, key: str) -> str:
    """How to do without a parameter, if one can."""
    return f"; write {key} = false to do without" if hasattr(layer, f"use_{key}") else ""


def _given(where: str, names: Names, given: Any) -> GivenParameter:
    """A parameter as given, its entries checked."""
    return GivenParameter(
        where, names, None if given is None else entries(where, given, names.shape)
    )


def _check_sources(name: str, layer: Layer, sources: Sequence[str]) -> None:
    least, most = layer.reads
    given = len(sources)
    if given > MOST_SOURCES:
        raise SpecError(
            f"layer {name} reads from {given:,} values; at most {MOST_SOURCES:,} can be"
        )
    if given < least and least > 1:
        many = {2: "two", 3: "three"}[least]
        more = "" if most == least else " or more"
        raise SpecError(
            f"layer {name} ({layer.kind}) joins {many}{more} values; say which in from = […]"
        )
    if given < least or (most is not None and given > most):
        wanted = "one value" if most == 1 else f"{most} values at most"
        raise SpecError(
            f"layer {name} ({layer.kind}) reads from {wanted}, but from lists {given}; "
            "join them in an add or concat layer first"
        )


def _ordered(layers: list[LayerWire], inputs: Collection[str]) -> list[LayerWire]:
    """The layers as listed, each moved after what it reads from; raises on a cycle."""
    place = {name: n for n, (name, *_) in enumerate(layers)}
    waits = [set(sources).difference(inputs) for _, _, sources, _ in layers]
    readers: dict[str, list[int]] = {name: [] for name in place}
    for n, sources in enumerate(waits):
        for source in sources:
            readers[source].append(n)
    ready, ordered = [n for n, sources in enumerate(waits) if not sources], []
    while ready:
        entry = layers[heappop(ready)]
        ordered.append(entry)
        for n in readers[entry[0]]:
            waits[n].remove(entry[0])
            if not waits[n]:
                heappush(ready, n)
    if len(ordered) < len(layers):
        path = _cycle({name: waits[n] for name, n in place.items() if waits[n]})
        shown = [*path[:6], "…", *path[-2:]] if len(path) > 9 else path
        raise SpecError(
            f"the layers read from each other in a cycle: {' <- '.join(shown)}; "
            "a network goes one way, from the input to the output"
        )
    return ordered


def _cycle(sources: Mapping[str, Collection[str]]) -> list[str]:
    """A way from a layer back to itself, where every layer waits for another."""
    path: dict[str, None] = {}
    name = next(iter(sources))
    while name not in path:
        path[name] = None
        name = min(sources[name])
    way = list(path)
    return [*way[way.index(name) :], name]
