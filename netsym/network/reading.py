"""A network in any reading: its outputs from its inputs, layer by layer."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial
from itertools import accumulate, pairwise
from math import prod
from typing import Generic, NamedTuple, TypeVar

import numpy as np

from netsym.network.once import Steps
from netsym.network.wired import Wired
from netsym.ops import NoReading, Ops, Place

A = TypeVar("A")

_NO_STEPS = Steps()


def read(network: Wired, ops: Ops[A], x: A, flat: bool = True) -> A:
    """The entries of all outputs as one vector, from those of all inputs; shapes (…, entries).

    If it is not to be `flat`, the one output has its shape.
    """
    ready = Ready(network, ops)
    return ready(x) if flat else ready.arrays(ready.apart(x))[0]


def read_arrays(network: Wired, ops: Ops[A], inputs: Sequence[A]) -> list[A]:
    """The outputs in their shapes, from the inputs in theirs.

    Where what is applied many times is read once, it is from one step of the sequences: steps have
    no number then, and the outputs of a sequence are those of one step.
    """
    return Ready(network, ops).arrays(inputs)


class Turn(NamedTuple, Generic[A]):
    """A layer in a reading: what its value is made of, and what nobody needs after it."""

    name: str
    number: int
    sources: tuple[str, ...]
    made: Callable[..., A]
    named: Callable[[A], A] | None  # an output alone has the name of the output
    done: tuple[str, ...]


class Ready(Generic[A]):
    """A network in a reading, for one set of inputs, or `kept` for any number of them.

    The parameters of a layer are read when it is its turn, or once for all.
    """

    def __init__(self, network: Wired, ops: Ops[A], kept: bool = False) -> None:
        self.ops = ops
        steps = Steps.of(network) if ops.once else _NO_STEPS
        self.names = [each.name for each in network.inputs]
        self.ends = [output.source for output in network.outputs]
        shapes = [steps.shape(each) for each in network.inputs]
        self.widths = [prod(shape) for shape in shapes]
        axes = [len(output.shape) for output in network.outputs]
        self.not_vectors = [(n, shape) for n, shape in enumerate(shapes) if len(shape) != 1]
        self.not_flat = [(n, count) for n, count in enumerate(axes) if count != 1]
        turns = _turns(network, ops, steps)
        self.turns: Iterable[Turn[A]] = tuple(turns) if kept else turns

    def __call__(self, x: A) -> A:
        """The entries of all outputs as one vector, from those of all inputs."""
        vectors = self.arrays(self.apart(x))
        for place, axes in self.not_flat:
            vectors[place] = self.ops.reshape(vectors[place], axes, (-1,))
        return vectors[0] if len(vectors) == 1 else self.ops.concatenate(vectors)

    def arrays(self, inputs: Sequence[A]) -> list[A]:
        """The outputs in their shapes, from the inputs in theirs; see `read_arrays`."""
        values = dict(zip(self.names, inputs, strict=True))
        for turn in self.turns:
            try:
                value = turn.made(*map(values.__getitem__, turn.sources))
            except NoReading as error:
                error.layer = turn.number
                raise
            values[turn.name] = value if turn.named is None else turn.named(value)
            for name in turn.done:  # values of large networks are large, and so are parameters
                del values[name]
            del turn
        return [*map(values.__getitem__, self.ends)]

    def apart(self, x: A) -> list[A]:
        """The inputs in their shapes, from all of their entries as one vector."""
        parts = [x]
        if len(self.widths) != 1:
            edges = accumulate(self.widths, initial=0)
            parts = [self.ops.take(x, np.arange(first, stop)) for first, stop in pairwise(edges)]
        for place, shape in self.not_vectors:
            parts[place] = self.ops.reshape(parts[place], 1, shape)
        return parts


def _turns(network: Wired, ops: Ops[A], steps: Steps) -> Iterator[Turn[A]]:
    """The layers, one after another, each in its place."""
    last_readers = {source: p.name for p in network.layers for source in p.sources}
    ends = {output.source for output in network.outputs}
    apart = ops.at(Place(length=steps.count))
    of_step = ops.at(Place(step=(0, 1), length=steps.count))
    for placed in network.layers:
        here = placed.at(of_step if placed.name in steps.values else apart)
        is_copy = ops.once and placed.copy_of and not ops.whole
        named = None
        if placed.name in last_readers and type(here).name is not Ops.name:
            named = partial(here.name, base=network.letters[placed.name])
        last = {source for source in placed.sources if last_readers[source] == placed.name}
        yield Turn(
            placed.name,
            placed.number,
            (placed.copy_of,) if is_copy else placed.sources,
            _itself if is_copy else placed.ready(here),
            named,
            () if ops.once else tuple(last - ends),
        )


def _itself(value: A) -> A:
    return value
