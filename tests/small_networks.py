"""Random small networks of every family of layers, whose numbers are -1, 0, 1 and 2, or others.

Such numbers make what random floats never do: layers and gates with equal weights, which share
their products; zeros, ones; and values that lie on a kink.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any

import numpy as np

import netsym
from netsym.graph.functions import ACTIVATIONS
from netsym.layers import Layer, Shape
from netsym.layers.attention import Attention
from netsym.layers.blocks import Shared
from netsym.layers.convolution import Conv1d, Conv2d, ConvTranspose1d
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale, Standardize
from netsym.layers.merge import Add, Concat, Gate, Multiply
from netsym.layers.normalisation import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from netsym.layers.pooling import (
    AveragePool1d,
    AveragePool2d,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool1d,
    MaxPool2d,
)
from netsym.layers.recurrent import GRU, LSTM, RNN
from netsym.layers.shaping import Flatten

WEIGHTS = (-1.0, 0.0, 1.0, 2.0)
DIVISORS = {"variance": (1.0, 2.0), "scale": (1.0, 2.0, -1.0)}  # what is divided by
SHAPES: tuple[Shape, ...] = ((1,), (2,), (3,), (1, 2), (2, 1), (3, 1), (2, 2), (1, 2, 2), (2, 2, 1))
POINTS = (-2.0, -1.0, -0.5, 0.0, 0.5, 1.0, 2.0)
LARGE = 50.0


@dataclass(frozen=True)
class Small:
    """A network, with a number for every name in it, and a point."""

    network: netsym.Network
    values: dict[str, float]
    point: list[float]

    @property
    def is_tame(self) -> bool:
        """Whether all values are small: of others a softmax that is written out overflows."""
        layered = self.network.layered
        named = replace(layered, outputs=(*layered.bindings, *layered.outputs))
        found = np.asarray(named(*self.point, parameters=self.values))
        return bool(np.abs(found).max() < LARGE)


Chooser = random.Random
Numbers = Callable[[Chooser], float | Fraction]
Maker = Callable[[Chooser, Shape], Layer]


def _activation(source: Chooser, channels: bool = False) -> dict[str, Any]:
    """An activation; softmax goes along the last axis, which `channels` have not."""
    allowed = [each for each in ACTIVATIONS if each != "softmax" or not channels]
    chosen = source.choice(allowed)
    return {"activation": chosen} | ({"alpha": 0.5} if chosen in ("leaky_relu", "elu") else {})


def _dense(source: Chooser, shape: Shape) -> Layer:
    units = source.choice([1, 2, shape[-1]])
    skip = units == shape[-1] and source.random() < 0.3
    bias = source.random() < 0.8
    return Dense(units=units, skip=skip, use_bias=bias, **_activation(source))


def _recurrent(source: Chooser, shape: Shape) -> Layer:
    options: dict[str, Any] = {
        "units": source.choice([1, 1, 2]), "returns": source.choice(["all", "last"]),
        "reverse": source.random() < 0.3, "bias": source.random() < 0.8,
    }  # fmt: skip
    kind = source.choice([RNN, GRU, LSTM])
    if kind is RNN:
        options["activation"] = source.choice(["tanh", "relu"])
    return kind(**options)


def _attention(source: Chooser, shape: Shape) -> Layer:
    heads = source.choice([n for n in (1, 2) if shape[1] % n == 0])
    return Attention(heads=heads, causal=source.random() < 0.5, bias=source.random() < 0.5)


def _signal(source: Chooser, shape: Shape) -> Layer:
    """Convolutions and poolings along one axis."""
    kernel = source.choice([n for n in (1, 2) if n <= shape[1]])
    channels, options = source.choice([1, 2]), _activation(source, channels=True)
    return source.choice([
        Conv1d(channels=channels, kernel=(kernel,), padding=(kernel - 1,), **options),
        ConvTranspose1d(channels=channels, kernel=(2,), stride=(2,), padding=(1, 0), **options),
        MaxPool1d(kernel=(kernel,), stride=(1,)),
        AveragePool1d(kernel=(kernel,), stride=(1,)),
    ])  # fmt: skip


def _image(source: Chooser, shape: Shape) -> Layer:
    kernel = (source.choice([n for n in (1, 2) if n <= shape[1]]), 1)
    conv = Conv2d(channels=source.choice([1, 2]), kernel=kernel, **_activation(source, True))
    return source.choice([conv, MaxPool2d(kernel=kernel), AveragePool2d(kernel=kernel)])


def _channels(source: Chooser, shape: Shape) -> Layer:
    """What looks at whole channels."""
    norm, affine = source.choice([GroupNorm, InstanceNorm]), source.random() < 0.5
    options = {"groups": source.choice([1, shape[0]])} if norm is GroupNorm else {}
    return source.choice([
        norm(eps=0.5, use_gamma=affine, use_beta=affine, **options),
        GlobalAveragePool(), GlobalMaxPool(), Flatten(),
    ])  # fmt: skip


def _norm(source: Chooser, shape: Shape) -> Layer:
    kind, affine = source.choice([LayerNorm, RMSNorm, BatchNorm]), source.random() < 0.5
    return kind(eps=0.5, use_gamma=affine)


def _elementwise(source: Chooser, shape: Shape) -> Layer:
    return source.choice([
        Activation(**_activation(source)), Scale(use_bias=source.random() < 0.5), Standardize(),
    ])  # fmt: skip


MAKERS: dict[int, tuple[Maker, ...]] = {
    1: (_dense, _dense, _dense, _elementwise, _norm),
    2: (_dense, _recurrent, _recurrent, _attention, _signal, _channels, _elementwise, _norm),
    3: (_dense, _image, _image, _channels, _elementwise, _norm),
}


class _Drawn:
    """The layers of a network as they are drawn."""

    def __init__(self, seed: int, numbers: Numbers | None = None) -> None:
        self.source = random.Random(seed)
        self.numbers = numbers
        self.shapes: dict[str, Shape] = {"input": self.source.choice(SHAPES)}
        self.wires: list[Any] = []
        self.arrays: dict[tuple[str, Shape], Any] = {}
        self.names = 0

    def place(self, layer: Layer, *sources: str) -> str:
        name = f"l{len(self.wires) + 1}"
        shapes = [self.shapes[source] for source in sources]
        self.shapes[name] = layer.shape(*shapes)
        self.wires.append((name, layer, list(sources), self.parameters(layer, shapes)))
        return name

    def parameters(self, layer: Layer, shapes: list[Shape]) -> Any:
        """Numbers, names, or both; or all those of a layer before that takes as many."""
        wanted = layer.parameters(*shapes)
        for name, other, sources, _ in self.wires:
            theirs = other.parameters(*(self.shapes[source] for source in sources))
            if wanted and wanted == theirs and self.source.random() < 0.15:
                return Shared(name)
        given = {key: self.entries(key, shape) for key, shape in wanted.items()}
        return {key: entries for key, entries in given.items() if entries is not None}

    def entries(self, key: str, shape: Shape) -> Any:
        """An array of numbers, often one that another layer has; None for names."""
        if self.source.random() < 0.2:
            return None
        allowed = DIVISORS.get(key, WEIGHTS)
        known = self.arrays.get((str(allowed), shape))
        if known is not None and self.source.random() < 0.5:
            return known
        flat: list[Any] = [self.number(key) for _ in range(prod(shape))]
        self.arrays[str(allowed), shape] = np.array(flat, dtype=object).reshape(shape).tolist()
        if self.source.random() < 0.2 and key not in DIVISORS:
            place = self.source.randrange(len(flat))
            self.names += 1
            flat[place] = f"q{self.names}"
        return np.array(flat, dtype=object).reshape(shape).tolist()

    def number(self, key: str) -> float | Fraction:
        """An entry; of what is divided by, none that is zero or below."""
        if self.numbers is None:
            return self.source.choice(DIVISORS.get(key, WEIGHTS))
        drawn = self.numbers(self.source)
        return (abs(drawn) or 1.0) if key in DIVISORS else drawn

    def merged(self) -> bool:
        """Values of one shape joined, if there are some."""
        shape = self.source.choice(list(self.shapes.values()))
        alike = [name for name, other in self.shapes.items() if other == shape]
        kind = self.source.choice([Add, Multiply, Concat, Gate])
        wanted = 3 if kind is Gate else self.source.choice([2, 2, 3])
        if len(alike) < 2:
            return False
        axis = {"axis": self.source.choice([-1, -2, -3])} if len(shape) > 2 else {}
        layer = kind(**axis) if kind is Concat else kind()
        self.place(layer, *(self.source.choice(alike) for _ in range(wanted)))
        return True

    def network(self) -> netsym.Network:
        for _ in range(self.source.choice([1, 2, 2, 3])):
            if self.source.random() < 0.3 and self.merged():
                continue
            name = self.source.choice([*self.shapes, [*self.shapes][-1]])
            shape = self.shapes[name]
            maker = self.source.choice(MAKERS[len(shape)])
            for _ in range(self.source.choice([1, 1, 2])):  # often two alike, side by side
                self.place(maker(self.source, shape), name)
        read = {source for _, _, sources, _ in self.wires for source in sources}
        ends = [name for name, *_ in self.wires if name not in read]
        if len(ends) > 1:
            flat = [n if len(self.shapes[n]) == 1 else self.place(Flatten(), n) for n in ends]
            ends = [self.place(Concat(), *flat)]
        if prod(self.shapes[ends[0]]) > 3:
            vector = ends[0]
            if len(self.shapes[vector]) > 1:
                vector = self.place(Flatten(), vector)
            self.place(Dense(units=self.source.choice([1, 2]), **_activation(self.source)), vector)
        shape = self.shapes["input"]
        return netsym.Network.of("small", prod(shape), self.wires, shape=shape)


def small_network(seed: int, numbers: Numbers | None = None) -> Small:
    """The network of this seed, with others of the `numbers`; it is the same wherever it is drawn.

    Names stand for small whole numbers, in any case.
    """
    drawn = _Drawn(seed, numbers)
    network = drawn.network()
    names = network.parameter_names()
    allowed = {
        name: DIVISORS.get(key, WEIGHTS)
        for placed in network.layers
        for key, parameter in placed.parameters.items()
        for _, name in parameter.named()
    }
    values = {name: drawn.source.choice(allowed[name]) for name in names}
    return Small(network, values, drawn.source.choices(POINTS, k=len(network.input_names)))
