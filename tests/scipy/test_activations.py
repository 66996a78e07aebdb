"""Activations, in every layer that has one, against scipy."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.special

import netsym
from netsym.graph.functions import ACTIVATIONS
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from tests.layers.test_layers import single

RNG = np.random.default_rng(7)
POINTS = RNG.normal(size=(20, 3)) * 3
W, B = RNG.normal(size=(3, 3)), RNG.normal(size=3)
SCIPY = {
    "linear": lambda z: z,
    "tanh": np.tanh,
    "sigmoid": scipy.special.expit,
    "relu": lambda z: np.where(z > 0, z, 0),
    "leaky_relu": lambda z: np.where(z > 0, z, 0.01 * z),
    "elu": lambda z: np.where(z > 0, z, scipy.special.expm1(np.minimum(z, 0))),
    "softplus": lambda z: -scipy.special.log_expit(-z),
    "silu": lambda z: z * scipy.special.expit(z),
    "gelu": lambda z: z * scipy.special.ndtr(z),
    "gelu_tanh": lambda z: z * scipy.special.expit(
        2 * np.sqrt(2 / np.pi) * (z + 0.044715 * z**3)
    ),
    "hard_sigmoid": lambda z: np.minimum(np.maximum((z + 3) / 6, 0), 1),
    "exp": np.exp,
    "sin": np.sin,
    "gaussian": lambda z: np.exp(-np.square(z)),
    "softsign": lambda z: z / (np.abs(z) + 1),
    "selu": lambda z: 1.0507009873554805 * np.where(
        z > 0, z, 1.6732632423543772 * scipy.special.expm1(np.minimum(z, 0))
    ),
    "celu": lambda z: np.where(z > 0, z, scipy.special.expm1(np.minimum(z, 0))),
    "mish": lambda z: z * np.tanh(-scipy.special.log_expit(-z)),
    "relu6": lambda z: np.minimum(np.maximum(z, 0), 6),
    "hard_tanh": lambda z: np.minimum(np.maximum(z, -1), 1),
    "satlin": lambda z: np.minimum(np.maximum(z, 0), 1),
    "hard_swish": lambda z: z * np.minimum(np.maximum(z + 3, 0), 6) / 6,
    "step": lambda z: (z >= 0).astype(float),
    "softmax": lambda z: scipy.special.softmax(z, axis=-1),
}  # fmt: skip


@pytest.mark.parametrize("name", SCIPY)
def test_dense_and_activation_against_scipy(name: str) -> None:
    z = POINTS @ W.T + B
    dense = Dense(units=3, activation=name)
    found = single(dense, {"weights": W, "bias": B})(POINTS)
    np.testing.assert_allclose(found, SCIPY[name](z), rtol=1e-12, atol=1e-14)
    with_skip = Dense(units=3, activation=name, skip=True)
    found = single(with_skip, {"weights": W, "bias": B})(POINTS)
    np.testing.assert_allclose(found, SCIPY[name](z) + POINTS, rtol=1e-12, atol=1e-13)
    without = Dense(units=3, activation=name, use_bias=False)
    found = single(without, {"weights": W})(POINTS)
    np.testing.assert_allclose(found, SCIPY[name](POINTS @ W.T), rtol=1e-12, atol=1e-14)
    found = single(Activation(activation=name))(POINTS)
    np.testing.assert_allclose(found, SCIPY[name](POINTS), rtol=1e-12, atol=1e-14)


def test_every_activation_was_tried() -> None:
    assert set(ACTIVATIONS) == set(SCIPY)


def test_softmax_far_from_zero() -> None:
    network = netsym.Network.of("far", 3, [("a", Activation(activation="softmax"), ["input"], {})])
    points = np.array([[1000.0, -1000.0, 999.0], [0, 0, 0], [-1000, -1000, -1000], [1e3, 1e3, 0]])
    np.testing.assert_allclose(
        network(points), scipy.special.softmax(points, axis=1), rtol=1e-14, atol=0
    )
