"""NumPy: the forward pass as one writes it by hand, of dense layers and of an LSTM."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from tests.rivals.dense import Activations, Floats, Weights

ACTIVATIONS: Activations = {
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "linear": lambda z: z,
}


def evaluation(layers: Sequence[Weights], points: Floats) -> Callable[[], Floats]:
    """Evaluation at many points, layer by layer."""

    def evaluate() -> Floats:
        x = points
        for w in layers:
            x = ACTIVATIONS[w.activation](x @ w.matrix.T + w.bias)
        return x

    return evaluate


def lstm(given: Mapping[str, Floats], head: Mapping[str, Floats], sequences: Floats) -> Floats:
    """The outputs (count, units) of an LSTM and a linear layer on its last state.

    Sequences have the shape (count, steps, inputs). For each gate i, f, o and the candidate g there
    are weights w of the input, u of the state before, and a bias b.
    """
    state = cell = np.zeros((len(sequences), len(given["bi"])))
    for x in sequences.swapaxes(0, 1):
        i, f, g, o = (
            x @ given[f"w{gate}"].T + state @ given[f"u{gate}"].T + given[f"b{gate}"]
            for gate in "ifgo"
        )
        cell = sigmoid(f) * cell + sigmoid(i) * np.tanh(g)
        state = sigmoid(o) * np.tanh(cell)
    return state @ head["weights"].T + head["bias"]


def sigmoid(z: Floats) -> Floats:
    """By tanh, which overflows nowhere."""
    return 0.5 * (1 + np.tanh(0.5 * z))
