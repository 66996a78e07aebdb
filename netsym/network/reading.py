"""A network in any reading: its outputs from its inputs, layer by layer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise
from math import prod
from typing import TypeVar

import numpy as np

from netsym.layers import Shape
from netsym.network.once import Steps
from netsym.network.wired import Wired
from netsym.ops import Ops, Place

A = TypeVar("A")


def read(network: Wired, ops: Ops[A], x: A, flat: bool = True) -> A:
    """The entries of all outputs as one vector, from those of all inputs; shapes (…, entries).

    If it is not to be `flat`, the one output has its shape.
    """
    steps = Steps.of(network) if ops.once else Steps()
    inputs = _apart(ops, x, [steps.shape(each) for each in network.inputs])
    arrays = read_arrays(network, ops, inputs)
    if not flat:
        return arrays[0]
    vectors = [
        array if len(output.shape) == 1 else ops.reshape(array, len(output.shape), (-1,))
        for output, array in zip(network.outputs, arrays, strict=True)
    ]
    return vectors[0] if len(vectors) == 1 else ops.concatenate(vectors)


def _apart(ops: Ops[A], x: A, shapes: Sequence[Shape]) -> list[A]:
    """Arrays of these shapes, from all of their entries as one vector."""
    if len(shapes) == 1:
        parts = [x]
    else:
        edges = accumulate(map(prod, shapes), initial=0)
        parts = [ops.take(x, np.arange(first, stop)) for first, stop in pairwise(edges)]
    return [
        part if len(shape) == 1 else ops.reshape(part, 1, shape)
        for part, shape in zip(parts, shapes, strict=True)
    ]


def read_arrays(network: Wired, ops: Ops[A], inputs: Sequence[A]) -> list[A]:
    """The outputs in their shapes, from the inputs in theirs.

    Where what is applied many times is read once, it is from one step of the sequences: steps have
    no number then, and the outputs of a sequence are those of one step.
    """
    steps = Steps.of(network) if ops.once else Steps()
    values = dict(zip((each.name for each in network.inputs), inputs, strict=True))
    last_readers = {source: p.name for p in network.layers for source in p.sources}
    ends = {output.source for output in network.outputs}
    apart = ops.at(Place(length=steps.count))
    of_step = ops.at(Place(step=(0, 1), length=steps.count))
    for placed in network.layers:
        here = placed.at(of_step if placed.name in steps.values else apart)
        if ops.once and placed.copy_of and not ops.whole:
            value = values[placed.copy_of]
        else:
            value = placed.forward(here, *(values[source] for source in placed.sources))
        if placed.name in last_readers:  # an output alone has the name of the output
            value = here.name(value, network.letters[placed.name])
        values[placed.name] = value
        if not ops.once:  # values of large networks are large
            for source in {s for s in placed.sources if last_readers[s] == placed.name} - ends:
                del values[source]
    return [values[output.source] for output in network.outputs]
