"""The networks that are measured: with names or with random numbers."""

from __future__ import annotations

import dataclasses

import numpy as np

from netsym import parse
from netsym.network.network import Network
from tests.rivals.dense import Floats

WIDE = "784-128relu-10"
DEEP = "10-32tanh-32tanh-1"
SQUARE = "64-64tanh-64tanh-10"
SMALL = "4-8tanh-8tanh-3"
LSTM = """
netsym = 1
shape = [20, 3]
[[layers]]
type = "lstm"
units = 4
[[layers]]
type = "dense"
units = 1
"""


def numeric(spec: str, seed: int = 0) -> Network:
    """The network of a shorthand with normally distributed numbers, scaled by the layer's width."""
    return numbered(parse(spec), seed)


def numbered(network: Network, seed: int = 0) -> Network:
    """A network with such numbers for its names."""
    rng = np.random.default_rng(seed)
    layers = []
    for placed in network.layers:
        scale = placed.widths[0] ** -0.5
        parameters = {
            key: dataclasses.replace(p, stored=rng.normal(0, scale, p.shape))
            for key, p in placed.parameters.items()
        }
        layers.append(dataclasses.replace(placed, parameters=parameters))
    return dataclasses.replace(network, layers=tuple(layers))


def fresh(network: Network) -> Network:
    """The same network as a new object, for which nothing has been computed yet."""
    return dataclasses.replace(network)


def random_points(network: Network, count: int) -> Floats:
    """Inputs, shape (count, inputs)."""
    return np.random.default_rng(1).normal(size=(count, len(network.input_names)))
