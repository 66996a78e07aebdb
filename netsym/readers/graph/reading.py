"""From collected layers to a network: only what outputs need, and numbers by their digits."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

import numpy as np

from netsym.errors import SpecError
from netsym.layers import Shape, refuse_vast
from netsym.layers.blocks import INPUT, Wire
from netsym.layers.elementwise import Activation
from netsym.network.columns import names_of, renamed
from netsym.network.interface import Input
from netsym.network.network import Network
from netsym.readers.graph.builder import Builder, Made
from netsym.readers.graph.numbers import Digits, digits
from netsym.readers.graph.recognition import recognised
from netsym.readers.graph.traced import Batch, Traced, fresh
from netsym.wording import joined, plural

MOST_SAID = 20  # operators that are listed


@dataclass(frozen=True, slots=True)
class End:
    """An input of a graph: its name there, its shape, and the axis of the examples, if it has one.

    The length of that axis does not matter.
    """

    name: str
    shape: Shape
    batch: int | None

    @property
    def of_each(self) -> Shape:
        """The shape for one example."""
        return tuple(n for axis, n in enumerate(self.shape) if axis != self.batch) or (1,)

    def traced(self, called: str, count: int) -> Traced:
        """Its value in a graph with so many examples; raises `SpecError` if it is vast."""
        refuse_vast(f"input {self.name[:60]!r} is", *self.of_each)
        if self.batch is None:
            return fresh(called, self.of_each, None, self.shape)
        seen = tuple(n for axis, n in enumerate(self.shape) if axis != self.batch)
        return fresh(called, self.of_each, Batch(self.batch, count), seen)


@dataclass
class Graph:
    """What was read of a graph: its layers, and the layer that gives each output, by its name.

    `refused` says what could not be read, and where it stands.
    """

    build: Builder
    outputs: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, ends: Sequence[End], all_digits: bool) -> Graph:
        """A graph of these inputs, of which nothing is read yet."""
        shapes = {name: end.of_each for end, name in zip(ends, called(ends), strict=True)}
        return cls(Builder(shapes, digits(all_digits)))

    def give(self, name: str, value: object) -> None:
        """An output, by its name in the graph."""
        if not isinstance(value, Traced):
            self.refused.append(f"output {name!r} does not depend on the inputs")
            return
        self.build.scope = ""
        try:
            batch = value.batch
            if batch is None and len(value.shape) > 1 and value.shape[0] == 1:
                batch = Batch(0, 1)
            source, _ = self.build.laid_out(value, batch)
        except SpecError as error:
            self.refused.append(f"output {name!r} {error}")
            return
        if source in self.build.inputs:
            source = self.build.put(Activation(activation="linear"), [source])
        self.outputs[name] = source


def called(ends: Sequence[End]) -> list[str]:
    """What the inputs are called as sources of layers."""
    if len(ends) == 1:
        return [INPUT]
    return [*names_of([end.name for end in ends], "x", _is_taken).names]


def _is_taken(name: str) -> bool:
    """Whether the notation may give a name to the values of a layer, or to the outputs."""
    return re.fullmatch(r"[a-zA-Z]\d+|y", name) is not None


def read_twice(
    read: Callable[[int], Graph], ends: Sequence[End], is_batch_fixed: bool, otherwise: str = ""
) -> Graph:
    """What reading with two and with three examples gives, which must be the same.

    A graph that is made for one example alone is read with one, if it cannot be read with more.
    `otherwise` says what to do with a graph that depends on their number.
    """
    if all(end.batch is None for end in ends):
        return checked(read(1))
    two = read(2)
    if not two.refused:
        three = read(3)
        if not three.refused and _same(two, three):
            return two
        why = "what it computes depends on how many examples there are"
        two.refused.append(f"{why}; {otherwise}" if otherwise else why)
    if is_batch_fixed:
        one = read(1)
        if not one.refused:
            return one
    return checked(two)


def checked(graph: Graph) -> Graph:
    """The graph, if everything in it was read; else `SpecError` with all that was not."""
    if graph.refused:
        every = list(dict.fromkeys(graph.refused))
        said = every[:MOST_SAID]
        more = [f"and {len(every) - MOST_SAID} more"] if len(every) > MOST_SAID else []
        raise SpecError("cannot be read: " + "; ".join([*said, *more]))
    return graph


def _same(one: Graph, other: Graph) -> bool:
    """Whether two readings have the same layers with the same numbers."""
    pairs = zip(one.build.layers.values(), other.build.layers.values(), strict=False)
    alike = all(
        (a.name, a.layer, a.sources, a.parameters.keys())
        == (b.name, b.layer, b.sources, b.parameters.keys())
        and all(
            a.parameters[key] is b.parameters[key]
            or np.array_equal(a.parameters[key], b.parameters[key])
            for key in a.parameters
        )
        for a, b in pairs
    )
    count = len(one.build.layers) == len(other.build.layers)
    return alike and count and one.outputs == other.outputs


def network(title: str, ends: Sequence[End], graph: Graph, notes: Sequence[str]) -> Network:
    """The network of a graph; its inputs and outputs have their own names if there are several."""
    made, sources = recognised(graph.build.layers, graph.outputs)
    graph.build.layers.clear()  # so that each number is there but once
    names = called(ends)
    used = {source for each in made for source in each.sources}
    dropped = [end.name for end, name in zip(ends, names, strict=True) if name not in used]
    inputs = [
        Input.of(name, prod(end.of_each), end.of_each)
        for end, name in zip(ends, names, strict=True)
        if name in used
    ]
    wires: list[Wire] = [_wire(each, graph.build.digits) for each in made]
    outputs, said = _outputs(sources, {each.name for each in inputs})
    if dropped:
        said = [
            *said,
            f"no output needs {plural(len(dropped), 'input')} {joined(map(repr, dropped))}",
        ]
    plain = "".join(c if c.isprintable() else " " for c in title)
    return Network.of(plain, inputs, wires, outputs, assumed="; ".join([*notes, *said]))


def _outputs(sources: Mapping[str, str], inputs: set[str]) -> tuple[Mapping[str, str], list[str]]:
    """The layers of outputs by their names: y, of a single one, else their own."""
    if len(sources) == 1:
        return {"y": next(iter(sources.values()))}, []
    found = names_of([*sources], "y", lambda n: n in inputs or _is_taken(n))
    said = renamed(found.notes)
    return dict(zip(found.names, sources.values(), strict=True)), [said] if said else []


def _wire(made: Made, written: Digits) -> Wire:
    given = {}
    for key in [*made.parameters]:
        given[key] = written(made.parameters.pop(key))
        given[key].flags.writeable = False
    return made.name, made.layer, made.sources, given
