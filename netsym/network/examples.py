"""A cost with its examples written once: the loss of example (i), under their mean or sum."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from netsym.forms.form import Form, inlined
from netsym.graph.array_operations import coded
from netsym.graph.names import Names, Several, literal
from netsym.layers.loss import Cost, Labelled, Loss
from netsym.layers.sources import Given
from netsym.layers.wiring import Placed
from netsym.network.interface import Input
from netsym.network.to_form import unrolled
from netsym.network.wired import W
from netsym.ops import Ops

A = TypeVar("A")

#: The letter of an example.
EXAMPLE = "i"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OverExamples(Cost):
    """The mean, or the sum, of what is written for one of `count` examples."""

    count: int = 1

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        loss = Cost.forward(self, ops, parameters, *inputs)
        return ops.call(coded(self.reduction, f"{EXAMPLE}=1:{self.count}"), loss)


def count_examples(network: W) -> int:
    """How many examples a cost is of; 0 where it is of one alone, and for what is no cost."""
    for placed in network.layers:
        if isinstance(placed.layer, Loss) and placed.layer.examples:
            return placed.shapes[0][0]
    return 0


def of_each_example(network: W) -> Form:
    """The inlined cost, with the loss of example (i) under the mean or sum over all of them.

    Its values are those of one example; an operation `mean[i=1:m]` is what stands for them all, so
    it is for reading and cannot be computed.
    """
    count = count_examples(network)
    layers, latex = list[Placed](), dict(network.latex_names)
    inputs = [_of_one(each, latex) if each.examples else each for each in network.inputs]
    for placed in network.layers:
        if isinstance(placed.layer, Given):
            inputs.append(_of_numbers(placed, latex))
        else:
            layers.append(_one(placed, count))
    one = replace(network, inputs=tuple(inputs), layers=tuple(layers), latex_names=latex)
    return replace(inlined(unrolled(one)), example=EXAMPLE)


def _of_one(each: Input, latex: dict[str, str]) -> Input:
    """An input of all examples as that of one."""
    shape = each.shape[1:]
    first = each.names.parts[0] if isinstance(each.names, Several) else each.names
    names = Names(each.letter, None, first.shape)
    if first.literal:
        names = literal(*(name.removesuffix("_1") for name in first.literal))
    return _named(each.name, names, shape, each.letter, latex)


def _of_numbers(placed: Placed, latex: dict[str, str]) -> Input:
    """What is given in numbers, as an input of one example."""
    assert isinstance(placed.layer, Given)
    shape, letter = placed.shape[1:], placed.layer.letter
    names = Names(letter, None, () if shape == (1,) else shape)
    return _named(placed.name, names, shape, letter, latex)


def _named(
    name: str, names: Names, shape: tuple[int, ...], letter: str, latex: dict[str, str]
) -> Input:
    """The input, and how its names are spelled: y^{(i)}_{1} for t_1."""
    shown = "y" if letter == "t" else letter
    for place, own in enumerate(names.all()):
        below = ",".join(map(str, names.indices(place))) if not names.literal else ""
        base = shown if not names.literal else latex.get(own) or _word(own)
        latex[own] = base + (f"_{{{below}}}" if below else "") + f"^{{({EXAMPLE})}}"
    return Input(name, names, shape, letter)


def _word(name: str) -> str:
    return name if len(name) == 1 else rf"\text{{{name.replace('_', ' ')}}}"


def _one(placed: Placed, count: int) -> Placed:
    """A layer that takes one example."""
    axes = len(placed.examples)
    shapes = tuple(shape[axes:] for shape in placed.shapes)
    layer = placed.layer
    if isinstance(layer, Labelled):
        layer = replace(layer, labels=())
    if isinstance(layer, Loss):
        shapes = tuple(shape[1:] for shape in placed.shapes)
        layer = replace(layer, examples=False)
        return replace(placed, layer=layer, shapes=shapes, shape=layer.shape(*shapes))
    if isinstance(layer, Cost):
        axes = max(1, len(placed.shapes[0]) - 1)
        one = (*placed.shapes[0][1:-1], 1) if axes > 1 else (1,)
        over = _OverExamples(axes=len(one), examples=False, reduction=layer.reduction, count=count)
        return replace(placed, layer=over, shapes=(one,), shape=(1,))
    return replace(placed, shapes=shapes, shape=placed.shape[axes:], examples=())
