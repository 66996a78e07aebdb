"""Derivatives of random small networks of whole numbers, against a complex step."""

from __future__ import annotations

from itertools import permutations

import numpy as np
import pytest

from tests.complex_step import complex_step
from tests.effort import sample
from tests.small_networks import Small, small_network

ORDERS = [*permutations(("layered", "shared", "inlined"))]


def compared(seed: int, small: Small) -> None:
    """The Jacobian in one form, the Hessian of an output in another, along one direction."""
    network, x, rng = small.network, small.point, np.random.default_rng(seed)
    inputs = network.input_names.all()
    names = [*inputs, *small.values]
    at = small.values | dict(zip(inputs, x, strict=True))
    one, two, _ = ORDERS[seed % len(ORDERS)]

    slopes = network.formula(one).jacobian(names)
    found = np.asarray(slopes(*x, parameters=small.values)).reshape(-1, len(names))
    wanted = [complex_step(network.layered, at, {name: 1.0}) for name in names]
    what = f"seed {seed}, {at}, {one}, layers {[p.layer for p in network.layers]}"
    agree(found, np.transpose(wanted), what)

    output = int(rng.integers(len(found))) + 1
    v = dict(zip(names, rng.choice((-1.0, 0.5, 2.0), len(names)).tolist(), strict=True))
    product = network.formula(two).output(output).hessian_vector(names)
    found = np.asarray(product(*x, *v.values(), parameters=small.values))
    gradient = network.layered.gradient(names, output=output)
    agree(found.reshape(-1), complex_step(gradient, at, v), f"{two} Hessian along {v}, {what}")


def agree(found: np.ndarray, wanted: np.ndarray, what: str) -> None:
    scale = max(1.0, np.abs(wanted).max())
    np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-10 * scale, err_msg=what)


@pytest.mark.parametrize("first", sample(range(0, 480, 20), 1))
def test_small_networks(first: int) -> None:
    drawn = {seed: small_network(seed) for seed in range(first, first + 20)}
    tame = {seed: small for seed, small in drawn.items() if small.is_tame}
    assert len(tame) > 16
    for seed, small in tame.items():
        compared(seed, small)
