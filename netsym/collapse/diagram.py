"""A network while it is simplified: its layers in stages, so that what is affine stands by itself.

A dense layer, or a convolution, with an activation is two stages here, the affine one called like
the layer with `/1` behind it. `Diagram.network` puts stages that still fit together into one layer
again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import chain

from netsym.collapse.rounding import fractions_in, rounded
from netsym.graph.functions import LINEAR
from netsym.layers.convolution import Convolution
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.layers.merge import Add
from netsym.layers.wiring import Placed
from netsym.network.network import Network


@dataclass(frozen=True)
class Diagram:
    """Layers by name, each after what it reads from; `ends` give the outputs, in order.

    `rounds` are the layers whose numbers are exact results of float64 numbers, so that they are to
    be rounded to float64, once, in the end.
    """

    origin: Network
    layers: dict[str, Placed] = field(hash=False)
    ends: tuple[str, ...]
    rounds: frozenset[str] = frozenset()

    @classmethod
    def of(cls, network: Network) -> Diagram:
        """The stages of a network; a / is for them alone, so it is _ in the names of layers."""
        plain = _with_plain_names(network, network.layers, [o.source for o in network.outputs])
        stages = {placed.name: placed for layer in plain.layers for placed in _stages(layer)}
        return cls(plain, stages, tuple(output.source for output in plain.outputs))

    @cached_property
    def inputs(self) -> dict[str, int]:
        """How many values each input has."""
        return {each.name: len(each.names) for each in self.origin.inputs}

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of every layer; inputs come before."""
        return {name: place for place, name in enumerate((*self.inputs, *self.layers))}

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """By input and layer: who reads from it, in order."""
        found: dict[str, list[str]] = {name: [] for name in (*self.inputs, *self.layers)}
        for name, placed in self.layers.items():
            for source in dict.fromkeys(placed.sources):
                found[source].append(name)
        return found

    def width(self, name: str) -> int:
        """How many values a layer, or an input, has."""
        return self.inputs[name] if name in self.inputs else self.layers[name].width

    def replaced(
        self,
        changed: Sequence[Placed],
        rounds: bool = False,
        instead: Mapping[str, str] | None = None,
    ) -> Diagram:
        """The same with some layers changed or added; what nothing reads any more is dropped.

        A layer that is added stands before the next one that is changed. `instead` says which value
        is read in the place of another. `rounds` marks what is changed.
        """
        waiting = list(changed)
        other = instead or {}
        layers: dict[str, Placed] = {}
        for name, placed in self.layers.items():
            while waiting and waiting[0].name not in self.layers and waiting[1].name == name:
                added = waiting.pop(0)
                layers[added.name] = added
            if waiting and waiting[0].name == name:
                placed = waiting.pop(0)
            sources = tuple(other.get(source, source) for source in placed.sources)
            layers[name] = placed if sources == placed.sources else replace(placed, sources=sources)
        ends = tuple(other.get(end, end) for end in self.ends)
        needed, kept = set(ends), {}
        for name, placed in reversed(list(layers.items())):
            if name in needed:
                kept[name] = placed
                needed.update(placed.sources)
        names = frozenset(p.name for p in changed)
        return Diagram(
            self.origin,
            dict(reversed(kept.items())),
            ends,
            (self.rounds | names if rounds else self.rounds - names).intersection(kept),
        )

    # -- back to a network ----------------------------------------------------------------------
    def network(self, exact: bool = True) -> Network:
        """The network, with numbers rounded to float64 where they come from such, unless exact.

        Fractions that the network was given stay. Raises `OverflowError` if a number is too large
        for float64.
        """
        layers = self.layers
        if not exact and self.rounds:
            parameters = chain.from_iterable(p.parameters.values() for p in self.origin.layers)
            given = frozenset(chain.from_iterable(map(fractions_in, parameters)))
            layers = {
                name: _rounded(placed, given) if name in self.rounds else placed
                for name, placed in layers.items()
            }
        fused = list(self._fused(layers))
        return replace(_with_plain_names(self.origin, fused, self.ends), assumed="")

    def _fused(self, layers: Mapping[str, Placed]) -> Iterator[Placed]:
        """Stages that belonged to one layer, and still are one after another, as one layer."""
        taken: dict[str, Placed] = {}  # stages that wait for the next one
        for name, placed in layers.items():
            whole = self._joined(placed, taken)
            yield from (taken.pop(source) for source in whole.sources if source in taken)
            if "/" in name and len(self.readers[name]) == 1 and name not in self.ends:
                taken[name] = whole
            else:
                yield whole

    def _joined(self, placed: Placed, taken: dict[str, Placed]) -> Placed:
        """A stage with the stages before it that it fits to, which are no longer waiting."""
        before = placed.sources[0] if placed.sources else ""
        first = taken.get(before)
        if first is None or first.number != placed.number:
            return placed
        layer = first.layer
        if not isinstance(layer, Dense | Convolution):
            return placed
        skips = isinstance(layer, Dense) and layer.skip
        if isinstance(placed.layer, Activation) and layer.activation == LINEAR and not skips:
            layer = replace(layer, activation=placed.layer.activation, alpha=placed.layer.alpha)
        elif (
            isinstance(layer, Dense)
            and isinstance(placed.layer, Add)
            and placed.sources[1:] == first.sources
        ):
            layer = replace(layer, skip=True)
        else:
            return placed
        del taken[before]
        return replace(first, name=placed.name, layer=layer)


def first_part(name: str) -> str:
    """The name of the first part of a layer that is split in two."""
    return f"{name}/v"


def was_split(placed: Placed) -> bool:
    """Whether a layer is the second part of one that was split."""
    return placed.sources == (first_part(placed.name),)


def _stages(placed: Placed) -> Iterator[Placed]:
    """The stages of a layer; all but the last are called like it with their number behind."""
    stages = placed.layer.stages()
    names = [f"{placed.name}/{number}" for number in range(1, len(stages))] + [placed.name]
    for name, stage in zip(names, stages, strict=True):
        origins = [(names[n - 1],) if n else placed.sources for n in stage.sources]
        shapes = [(placed.shape,) if n else placed.shapes for n in stage.sources]
        yield replace(
            placed,
            name=name,
            layer=stage.layer,
            sources=sum(origins, ()),
            parameters=placed.parameters if stage is stages[0] else {},
            shapes=sum(shapes, ()),
        )


def _with_plain_names(network: Network, layers: Sequence[Placed], ends: Sequence[str]) -> Network:
    """The network of these layers, with names that have no / in them; each by itself, as one of
    several alike may be changed. `ends` give its outputs.
    """
    names = {placed.name: placed.name for placed in layers if "/" not in placed.name}
    taken = {*(each.name for each in network.inputs), *names}
    for placed in layers:
        free = placed.name.replace("/", "_")
        while placed.name not in names and free in taken:
            free += "_"
        names.setdefault(placed.name, free)
        taken.add(free)
    renamed = tuple(
        replace(
            p, name=names[p.name], sources=tuple(names.get(s, s) for s in p.sources), copy_of=""
        )
        for p in layers
    )
    outputs = tuple(
        replace(output, source=names[end])
        for output, end in zip(network.outputs, ends, strict=True)
    )
    return replace(network, layers=renamed, outputs=outputs)


def _rounded(placed: Placed, given: frozenset[Fraction]) -> Placed:
    parameters = {key: rounded(p, given) for key, p in placed.parameters.items()}
    return replace(placed, parameters=parameters)
