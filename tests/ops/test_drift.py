"""Bounds on how far apart networks can be whose numbers differ a little: never too small."""

from __future__ import annotations

import dataclasses
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.layers.elementwise import Standardize
from netsym.ops.drift import Drifts, Unbounded
from netsym.ops.parameters import Parameter
from tests.networks import TEXTBOOK, numeric

WITH_SLOPE = [name for name in ACTIVATIONS if name == "linear" or FUNCTIONS[name].slope is not None]


def shaken(network: Any, seed: int, by: float) -> tuple[Any, dict[int, Any]]:
    """The network with its numbers moved by up to `by`, and by how much each may be off."""
    source = np.random.default_rng(seed)
    off, layers = {}, []
    for placed in network.layers:
        parameters = {}
        for key, parameter in placed.parameters.items():
            moved = parameter.entries + source.choice([-by, by], parameter.shape)
            parameters[key] = Parameter(parameter.names, moved)
            off[id(parameters[key])] = np.abs(moved - parameter.entries)
        layers.append(dataclasses.replace(placed, parameters=parameters))
    return dataclasses.replace(network, layers=tuple(layers)), off


@given(st.sampled_from(WITH_SLOPE), st.integers(0, 10**6), st.sampled_from([1e-3, 1e-9]))
def test_no_two_networks_are_further_apart_than_the_bound(name: str, seed: int, by: float) -> None:
    one = numeric(f"2-3{name}-3{name}+-2", seed)
    other, off = shaken(one, seed, by)
    ops = Drifts(off)
    bound = other.read(ops, ops.within(2, 3.0)).apart
    x = np.random.default_rng(seed).uniform(-3, 3, (500, 2))
    assert (np.abs(one(x) - other(x)).max(axis=0) <= bound + 1e-12).all()


@pytest.mark.parametrize("by", [1e-6, 0.25])
def test_the_bound_of_one_layer_is_what_the_worst_point_gives(by: float) -> None:
    one = numeric("2-1", 0)
    other, off = shaken(one, 1, by)
    ops = Drifts(off)
    bound = float(other.read(ops, ops.within(2, 10.0)).apart[0])
    assert bound == pytest.approx(21 * by)  # two weights at the corners, and the bias


@pytest.mark.parametrize("name", [n for n in FUNCTIONS if FUNCTIONS[n].slope is not None])
def test_no_function_is_steeper_or_larger_than_its_row_says(name: str) -> None:
    """Slopes by mpmath, which differentiates what the textbooks write."""
    row = FUNCTIONS[name]
    alpha = [] if row.alpha is None else [mpmath.mpf(row.alpha)]
    special = {"abs": abs, "softmax": lambda z: mpmath.exp(z) / (mpmath.exp(z) + mpmath.exp(-z))}
    textbook = special.get(name) or TEXTBOOK.get(name) or getattr(mpmath, name)

    def function(z: Any) -> Any:
        return textbook(z, *alpha)

    steepest = largest = mpmath.mpf(0)
    for step in range(-640, 640):
        z = mpmath.mpf(step) / 64 + mpmath.mpf(1) / 977
        steepest = max(steepest, abs(mpmath.diff(function, z)))
        largest = max(largest, abs(function(z)))
    assert row.slope is not None
    assert steepest <= row.slope * (1 + mpmath.mpf(10) ** -9)
    assert steepest >= row.slope * mpmath.mpf("0.95")  # and it is no wild guess
    if row.bound is not None:
        assert largest <= row.bound


def test_what_has_no_bound_says_so() -> None:
    ops = Drifts({})
    with pytest.raises(Unbounded, match="w1_1_1"):
        netsym.parse("1-1").read(ops, ops.within(1, 1.0))
    divided = netsym.Network.of(
        "t", 1, [("s", Standardize(), ["input"], {"mean": [1.0], "scale": [2.0]})]
    )
    scale = divided.layers[0].parameters["scale"]
    rounded = Drifts({id(scale): np.array([2.0])})
    with pytest.raises(Unbounded, match="quotient"):
        divided.read(rounded, rounded.within(1, 1.0))
    assert float(divided.read(ops, ops.within(1, 1.0)).size[0]) == pytest.approx(1.0)
    with pytest.raises(Unbounded, match="steep"):
        ops.apply("exp", ops.within(1, 1.0))
