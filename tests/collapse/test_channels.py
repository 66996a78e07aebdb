"""Batch norm, and what else acts on each channel alone, goes into the convolution beside it."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction as F
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.layers import Layer
from netsym.layers.convolution import (
    Conv1d,
    Conv2d,
    Conv3d,
    Convolution,
    ConvTranspose1d,
    ConvTranspose2d,
)
from netsym.layers.elementwise import Activation, Dropout
from netsym.layers.function import Function
from netsym.layers.normalisation import BatchNorm
from netsym.network.interface import Input
from netsym.network.network import Network
from tests.collapse.test_rules import done, kinds, numbers, rules

Given = Mapping[str, Any]
#: With a standard deviation of 2: v + eps = 4.
NORM = BatchNorm(eps=1)
ONE: Given = {"gamma": [F(3)], "beta": [F(5)], "mean": [F(1)], "variance": [F(3)]}


def images(shape: tuple[int, ...], *layers: Layer | tuple[Layer, Given]) -> Network:
    """Layers one after another, of images; those without numbers have names."""
    wires, source = [], "input"
    for number, each in enumerate(layers, 1):
        layer, given = each if isinstance(each, tuple) else (each, {})
        wires.append((f"layer{number}", layer, [source], given))
        source = f"layer{number}"
    return Network.of("net", [Input.of("input", int(np.prod(shape)), shape)], wires)


def reasons(result: Simplified) -> list[str]:
    assert not result.steps
    assert all(str(place) in " ".join(result.report(width=10_000).split()) for place in
               result.blocked)  # fmt: skip
    return [place.because for place in result.blocked]


def test_after_a_convolution_the_numbers_are_those_by_hand() -> None:
    conv = (Conv1d(channels=1, kernel=(2,)), {"weights": [[[F(2), F(4)]]], "bias": [F(7)]})
    result = done(images((1, 3), conv, (NORM, ONE)))
    assert rules(result) == ["absorb_after"]
    assert kinds(result.network) == ["conv1d"]
    assert numbers(result.exact, 0, "weights") == [[[F(3), F(6)]]]
    assert numbers(result.exact, 0, "bias") == [F(3) * (7 - 1) / 2 + 5]


def test_before_a_convolution_the_numbers_are_those_by_hand() -> None:
    conv = (Conv1d(channels=1, kernel=(2,), use_bias=False), {"weights": [[[F(2), F(4)]]]})
    result = done(images((1, 3), (NORM, ONE), conv))
    assert rules(result) == ["absorb_before"]
    assert numbers(result.exact, 0, "weights") == [[[F(3), F(6)]]]
    assert numbers(result.exact, 0, "bias") == [(2 + 4) * (F(5) - F(3, 2))]


CONVOLUTIONS: Mapping[str, tuple[Convolution, tuple[int, ...]]] = {
    "signal": (Conv1d(channels=2, kernel=(2,)), (2, 3)),
    "padded": (Conv2d(channels=2, kernel=(2,), padding=(1,), use_bias=False), (1, 2, 2)),
    "groups": (Conv2d(channels=4, kernel=(2, 1), groups=2, stride=(2,)), (2, 2, 2)),
    "each channel": (Conv1d(channels=2, kernel=(2,), groups=2), (2, 2)),
    "volume": (Conv3d(channels=2, kernel=(1, 1, 2)), (1, 1, 1, 2)),
    "transposed": (ConvTranspose2d(channels=2, kernel=(2,), stride=(2,)), (3, 1, 2)),
    "transposed groups": (ConvTranspose1d(channels=4, kernel=(2,), groups=2), (4, 2)),
}


@pytest.mark.parametrize("name", CONVOLUTIONS)
def test_after_any_convolution(name: str) -> None:
    """With names, so that it is proved for all numbers."""
    conv, shape = CONVOLUTIONS[name]
    result = done(images(shape, conv, BatchNorm()))
    assert kinds(result.network) == [conv.kind]
    assert rules(result) == ["absorb_after"]


@pytest.mark.parametrize("name", ["signal", "groups", "each channel", "volume"])
def test_before_a_convolution_without_padding(name: str) -> None:
    conv, shape = CONVOLUTIONS[name]
    result = done(images(shape, BatchNorm(), conv))
    assert kinds(result.network) == [conv.kind]
    assert rules(result) == ["absorb_before"]


def test_before_a_convolution_its_activation_stays() -> None:
    conv = Conv1d(channels=1, kernel=(2,), activation="tanh")
    result = done(images((2, 3), BatchNorm(), conv))
    assert kinds(result.network) == ["conv1d"]
    assert result.network.layers[0].layer.activation == "tanh"  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "conv",
    [Conv1d(channels=1, kernel=(3,), padding=(1,)), ConvTranspose1d(channels=1, kernel=(2,))],
)
def test_a_shift_before_zeros_is_not_exact(conv: Convolution) -> None:
    network = images((1, 3), BatchNorm(), conv)
    assert reasons(simplify(network)) == [
        "layers 1 and 2 stay apart: layer 1 shifts its values, and the zeros with which layer 2 "
        "pads them come after that"
    ]
    plain = (NORM, {"gamma": [F(3)], "beta": [F(0)], "mean": [F(0)], "variance": [F(3)]})
    result = done(images((1, 3), plain, conv))  # without a shift it is
    assert rules(result) == ["absorb_before"]


def test_what_makes_the_network_larger_is_done_by_force_alone() -> None:
    network = images((1, 3), BatchNorm(), Conv1d(channels=6, kernel=(2,), use_bias=False))
    assert reasons(simplify(network)) == [
        "layers 1 and 2 stay apart: one layer instead would take 2 more parameters and 3 fewer "
        "operations; --force does it all the same"
    ]
    assert kinds(done(network, force=True).network) == ["conv1d"]


def test_a_bend_between_keeps_them_apart() -> None:
    conv = Conv1d(channels=1, kernel=(2,), activation="relu")
    assert reasons(simplify(images((1, 3), conv, BatchNorm()))) == [
        "layers 1 and 2 stay apart: relu stands between"
    ]


def test_what_others_read_stays() -> None:
    wires = [
        ("conv", Conv1d(channels=1, kernel=(1,)), ["input"], {}),
        ("norm", BatchNorm(), ["conv"], {}),
    ]
    inputs = [Input.of("input", 2, (1, 2))]
    network = Network.of("net", inputs, wires, {"a": "conv", "b": "norm"})
    assert reasons(simplify(network)) == [
        "layers 1 and 2 stay apart: an output still needs what is between"
    ]


def test_dropout_between_is_left_out_first() -> None:
    result = done(images((1, 3), Conv1d(channels=2, kernel=(2,)), Dropout(), BatchNorm()))
    assert rules(result) == ["drop_identity", "absorb_after"]


def test_an_image_is_standardized_in_the_first_convolution() -> None:
    """As a model of images does it: a mean and a deviation for each channel of the picture."""
    each = (2, 1, 1)
    mean = (Function(function="subtract", lengths=each), {"constant": [[[0.5]], [[0.25]]]})
    deviation = (Function(function="divide", lengths=each), {"constant": [[[0.5]], [[2.0]]]})
    conv = Conv2d(channels=1, kernel=(2,))
    assert kinds(done(images((2, 2, 3), mean, deviation, conv)).network) == ["conv2d"]
    padded = Conv2d(channels=1, kernel=(2,), padding=(1,))
    result = done(images((2, 2, 3), mean, deviation, padded))
    assert kinds(result.network) == [
        "function",
        "conv2d",
    ]  # the deviation is exact, as it is 0 at 0
    assert "shifts its values" in result.blocked[0].because


def test_floats_are_rounded_once() -> None:
    source = np.random.default_rng(0)
    conv = (Conv2d(channels=2, kernel=(2,)), {"weights": source.normal(size=(2, 1, 2, 2)),
                                              "bias": source.normal(size=2)})  # fmt: skip
    norm = (BatchNorm(), {key: source.uniform(1, 2, 2) for key in ONE})
    network = images((1, 3, 3), conv, norm, Activation(activation="relu"))
    result = done(network)
    assert kinds(result.network) == ["conv2d", "activation"]
    assert result.is_rounded
    found = netsym.compare(network, result)
    assert found.verdict == "within-error"
    assert found.because.startswith("computed exactly, the simplified network is the network")
