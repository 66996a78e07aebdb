"""What rivals are given: the arrays of layers, most of them dense."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.network.network import Network

Floats = npt.NDArray[np.float64]
Activations = dict[str, Callable[[Any], Any]]


@dataclass(frozen=True, slots=True)
class Weights:
    """A dense layer: weights (units, inputs), bias (units,), activation."""

    matrix: Floats
    bias: Floats
    activation: str


def dense(network: Network) -> list[Weights]:
    """The arrays of a numeric network of dense layers."""
    return [
        Weights(given["weights"], given["bias"], placed.layer.activation)  # type: ignore[attr-defined]
        for placed, given in zip(network.layers, arrays(network), strict=True)
    ]


def arrays(network: Network) -> list[dict[str, Floats]]:
    """The arrays of each layer of a numeric network, by their names."""
    return [
        {key: parameter.numbers({}) for key, parameter in placed.parameters.items()}
        for placed in network.layers
    ]
