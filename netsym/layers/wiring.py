"""Layers in their places: wired as a graph without cycles, with parameters of the right shapes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from heapq import heappop, heappush
from typing import Any, TypeVar

from netsym.errors import SpecError, did_you_mean
from netsym.formula.names import Names, literal
from netsym.layers import Layer
from netsym.layers.entries import entries
from netsym.layers.formulas import Given, read_parameters
from netsym.ops import Ops
from netsym.ops.formulas import read_parameter
from netsym.ops.parameters import Parameter

A = TypeVar("A")

INPUT = "input"


@dataclass(frozen=True, slots=True)
class Placed:
    """A layer in its place: what it reads from, and its parameters.

    `number` is its place among the layers of the network that it was written for; its values and
    the names that the notation gives to its parameters have that number.
    """

    name: str
    layer: Layer
    sources: tuple[str, ...]
    parameters: Mapping[str, Parameter]
    widths: tuple[int, ...]  # of its inputs
    width: int  # of its output
    number: int

    def read(self, ops: Ops[A], *inputs: A) -> A:
        """Its output in a reading, from its inputs there."""
        parameters = {key: read_parameter(p, ops) for key, p in self.parameters.items()}
        return self.layer.forward(ops, parameters, *inputs)


def input_names(inputs: int | Sequence[str]) -> Names:
    """The names of the inputs: as given, or as many as given."""
    if isinstance(inputs, int):
        if inputs < 1:
            raise SpecError(f"a network needs at least one input, not {inputs}")
        return Names("x", None, () if inputs == 1 else (inputs,))
    if not inputs:
        raise SpecError("a network needs at least one input; the list of inputs is empty")
    return literal(*inputs)


def wired(
    width: int, layers: list[tuple[str, Layer, Sequence[str], Mapping[str, Any]]]
) -> list[Placed]:
    """The layers in an order in which each comes after what it reads from, checked."""
    if not layers:
        raise SpecError("a network needs at least one layer; this one has none")
    names = [name for name, *_ in layers]
    for name, times in Counter(names).items():
        if times > 1 or name == INPUT:
            raise SpecError(f"two layers are called {name!r}; give each its own name")
    origins = dict.fromkeys((INPUT, *names))
    for name, layer, sources, _ in layers:
        _check_sources(name, layer, sources, origins)
    ordered = _ordered(layers)
    read = {source for _, _, sources, _ in layers for source in sources}
    unread = [name for name in names if name not in read]
    if len(unread) > 1:
        raise SpecError(
            f"nothing reads from {' and '.join(unread)}, but a network has one output; "
            "read from all but one of them, or join them in a concat layer"
        )
    widths = {INPUT: width}
    rows: list[tuple[str, Layer, tuple[str, ...], dict[str, Given], tuple[int, ...]]] = []
    for number, (name, layer, sources, given) in enumerate(ordered, 1):
        where = f"layer {number} ({layer.kind}{'' if name == f'layer{number}' else ' ' + name})"
        taken = tuple(widths[source] for source in sources)
        try:
            widths[name] = layer.width(*taken)
        except SpecError as error:
            raise SpecError(f"{where} {error}") from None
        shapes = layer.parameters(*taken)
        for key in given:
            if key not in shapes:
                known = f"it takes {' and '.join(shapes)}" if shapes else "it takes none"
                raise SpecError(f"{where} has no parameter {key!r}; {known}")
        arrays = {
            key: _given(f"{where}: {key}", Names(layer.letters[key], number, shape), given.get(key))
            for key, shape in shapes.items()
        }
        rows.append((name, layer, tuple(sources), arrays, taken))
    found = iter(read_parameters([each for row in rows for each in row[3].values()]))
    return [
        Placed(name, layer, sources, {k: next(found) for k in arrays}, taken, widths[name], number)
        for number, (name, layer, sources, arrays, taken) in enumerate(rows, 1)
    ]


def _given(where: str, names: Names, given: Any) -> Given:
    """A parameter as given, its entries checked."""
    return Given(where, names, None if given is None else entries(where, given, names.shape))


def _check_sources(
    name: str, layer: Layer, sources: Sequence[str], known: Mapping[str, None]
) -> None:
    for source in sources:
        if source not in known:
            raise SpecError(f"layer {name} reads from {source!r}; {did_you_mean(source, known)}")
    if layer.joins and len(sources) < 2:
        raise SpecError(
            f"layer {name} ({layer.kind}) joins two or more values; say which in from = […]"
        )
    if not layer.joins and len(sources) != 1:
        raise SpecError(
            f"layer {name} ({layer.kind}) reads from one value, but from lists {len(sources)}; "
            "join them in an add or concat layer first"
        )


def _ordered(
    layers: list[tuple[str, Layer, Sequence[str], Mapping[str, Any]]],
) -> list[tuple[str, Layer, Sequence[str], Mapping[str, Any]]]:
    """The layers as listed, each moved after what it reads from; raises on a cycle."""
    place = {name: n for n, (name, *_) in enumerate(layers)}
    waits = [set(sources) - {INPUT} for _, _, sources, _ in layers]
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
