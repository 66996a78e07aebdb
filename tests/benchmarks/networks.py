"""The networks that are measured: with names or with random numbers, and their arrays."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from netsym import parse
from netsym.network.network import Network

Floats = npt.NDArray[np.float64]

WIDE = "784-128relu-10"
DEEP = "10-32tanh-32tanh-1"
SQUARE = "64-64tanh-64tanh-10"
SMALL = "4-8tanh-8tanh-3"


@dataclass(frozen=True, slots=True)
class Weights:
    """A dense layer for a rival: weights (units, inputs), bias (units,), activation."""

    matrix: Floats
    bias: Floats
    activation: str


def numeric(spec: str, seed: int = 0) -> Network:
    """The network of a shorthand with normally distributed numbers, scaled by the layer's width."""
    rng = np.random.default_rng(seed)
    network = parse(spec)
    layers = []
    for placed in network.layers:
        scale = placed.widths[0] ** -0.5
        parameters = {
            key: dataclasses.replace(p, entries=rng.normal(0, scale, p.shape))
            for key, p in placed.parameters.items()
        }
        layers.append(dataclasses.replace(placed, parameters=parameters))
    return dataclasses.replace(network, layers=tuple(layers))


def fresh(network: Network) -> Network:
    """The same network as a new object, for which nothing has been computed yet."""
    return dataclasses.replace(network)


def dense(network: Network) -> list[Weights]:
    """The arrays of a numeric network of dense layers."""
    return [
        Weights(
            placed.parameters["weights"].numbers({}),
            placed.parameters["bias"].numbers({}),
            placed.layer.activation,  # type: ignore[attr-defined]
        )
        for placed in network.layers
    ]


def random_points(network: Network, count: int) -> Floats:
    """Inputs, shape (count, inputs)."""
    return np.random.default_rng(1).normal(size=(count, len(network.input_names)))
