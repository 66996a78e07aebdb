"""Layers that put values in other places: in every reading, and against ONNX."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

from netsym.errors import SpecError
from netsym.layers import Layer, Shape
from netsym.layers.elementwise import Activation
from netsym.layers.merge import Concat
from netsym.layers.shaping import Flatten, Pad, Reshape, Transpose, Upsample
from netsym.network.network import Network
from tests.layers.every_reading import chain, check, single
from tests.layers.onnx_operators import onnx

RNG = np.random.default_rng(13)

CASES: list[tuple[Layer, Shape]] = [
    (Flatten(), (2, 3)),
    (Flatten(), (4,)),
    (Flatten(), (2, 1, 3)),
    (Reshape(to=(3, 2)), (2, 3)),
    (Reshape(to=(1, 2, 2)), (4,)),
    (Transpose(), (2, 3)),
    (Transpose(axes=(2, 3, 1)), (2, 3, 2)),
    (Pad(padding=(1,)), (3,)),
    (Pad(padding=(1, 2), value=-1.5), (2, 2)),
    (Pad(padding=(1, 0, 0, 2)), (2, 2, 3)),
    (Pad(padding=(2, 1), mode="reflect"), (2, 3)),
    (Pad(padding=(3,), mode="replicate"), (1, 2)),
    (Pad(padding=(2, 1), mode="circular"), (1, 2)),
    (Upsample(), (3,)),
    (Upsample(scale=(3,)), (2, 2)),
    (Upsample(scale=(2, 1)), (2, 2, 3)),
]


def said(case: tuple[Layer, Shape]) -> str:
    layer, shape = case
    return f"{layer.kind} {layer.describe()} of {shape}"


@pytest.mark.parametrize("case", CASES, ids=said)
def test_every_reading(case: tuple[Layer, Shape]) -> None:
    layer, shape = case
    check(single(layer, shape))
    check(chain([Activation(activation="tanh"), layer, Activation(activation="relu")], shape))


@pytest.mark.parametrize("axis", [-3, -2, -1])
def test_every_reading_of_joined_images(axis: int) -> None:
    wires = [
        ("one", Activation(activation="tanh"), ["input"], {}),
        ("two", Activation(activation="relu"), ["input"], {}),
        ("both", Concat(axis=axis), ["one", "two"], {}),
        ("out", Activation(activation="sigmoid"), ["both"], {}),
    ]
    check(Network.of("joined", 12, wires, shape=(2, 3, 2)))


MODES = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}


def by_onnx(layer: Layer, x: Any) -> Any:
    """What ONNX's operator gives for inputs (points, *shape)."""
    axes = x.ndim - 1
    match layer:
        case Flatten():
            return onnx("Flatten", x, axis=1)
        case Reshape():
            return onnx("Reshape", x, np.array([len(x), *layer.to]))
        case Transpose():
            order = layer.axes or tuple(range(axes, 0, -1))
            return onnx("Transpose", x, perm=[0, *order])
        case Pad():
            lengths = max(axes - 1, 1)
            numbers = layer.padding
            before, after = numbers[:lengths], numbers[lengths:]
            if len(numbers) <= lengths:
                before = after = numbers * (lengths // len(numbers))
            still = [0] * (axes + 1 - lengths)
            pads = np.array([*still, *before, *still, *after])
            return onnx("Pad", x, pads, np.array(layer.value), mode=MODES[layer.mode])
        case Upsample():
            lengths = max(axes - 1, 1)
            scales = np.array(layer.scale * (lengths // len(layer.scale)), dtype=float)
            still = (1,) * (axes + 1 - lengths)
            none = np.array([], dtype=float)
            how = {"coordinate_transformation_mode": "asymmetric", "nearest_mode": "floor"}
            return onnx("Resize", x, none, np.array([*still, *scales]), mode="nearest", **how)
    raise AssertionError(layer)


@pytest.mark.parametrize("case", CASES, ids=said)
def test_onnx_computes_the_same(case: tuple[Layer, Shape]) -> None:
    layer, shape = case
    x = RNG.normal(size=(2, *shape))
    network = single(layer, shape)
    expected = by_onnx(layer, x)
    assert expected.shape[1:] == network.layers[-1].shape
    assert np.array_equal(np.asarray(network(x.reshape(2, -1))), expected.reshape(2, -1))


def test_whole_arrays() -> None:
    def latex(layer: Layer, shape: Shape) -> str:
        return str(single(layer, shape).matrices.latex())

    assert r"\operatorname{vec}(X)" in latex(Flatten(), (2, 2))
    assert r"X^{\mathsf{T}}" in latex(Transpose(), (2, 3))
    assert r"\operatorname{transpose}_{2, 3, 1}(X)" in latex(Transpose(axes=(2, 3, 1)), (1, 2, 3))
    assert r"\operatorname{reshape}_{3 \times 2}(X)" in latex(Reshape(to=(3, 2)), (2, 3))
    assert r"\operatorname{upsample}_{2}(X)" in latex(Upsample(), (2, 3))
    assert r"\operatorname{pad}_{1~\text{with}~0}(X)" in latex(Pad(padding=(1,)), (2, 3))


def test_describe() -> None:
    assert Reshape(to=(3, 2)).describe() == "reshape to 3 x 2"
    assert Pad(padding=(1, 2), value=0.5).describe() == "pad 1, 2 with 0.5"
    assert Pad(padding=(1,), mode="reflect").describe() == "pad 1 reflect"
    assert Upsample(scale=(2, 3)).describe() == "upsample 2 x 3 times"


BAD: list[tuple[Any, Shape, str]] = [
    (lambda: Reshape(to=(2, 2)), (2, 3),
     "layer 1 (reshape) makes 2 x 2 = 4 values of 2 x 3 = 6; both must have as many"),
    (lambda: Reshape(to=(0, 2)), (2, 3), "to is [0, 2]; give the length of every axis, at least 1"),
    (lambda: Transpose(axes=(1, 1)), (2, 3),
     "puts the axes in the order [1, 1], but its input 2 x 3 has the axes 1 to 2; name each once"),
    (lambda: Transpose(axes=(1, 2)), (2, 3, 4), "has the axes 1 to 3; name each once"),
    (lambda: Pad(padding=(-1,)), (2, 3), "padding is -1; every number must be at least 0"),
    (lambda: Pad(padding=(1, 2, 3)), (1, 2, 3), "padding is [1, 2, 3]; give 1 or 2 or 4 numbers"),
    (lambda: Pad(padding=(3,), mode="reflect"), (1, 3),
     "pads 3 on a side of length 3; with mode 'reflect' it can be 2 at most"),
    (lambda: Pad(padding=(4,), mode="circular"), (1, 3),
     "pads 4 on a side of length 3; with mode 'circular' it can be 3 at most"),
    (lambda: Pad(padding=(1,), mode="mirror"), (1, 3),
     "unknown mode 'mirror'; choose from constant"),
    (lambda: Upsample(scale=(2, 2)), (2, 3), "scale is [2, 2]; give 1 number"),
    (lambda: Upsample(scale=(0,)), (2, 3), "scale is 0; every number must be at least 1"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "shape", "message"), BAD, ids=[row[2][:40] for row in BAD])
def test_what_does_not_fit(make: Any, shape: Shape, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        single(make(), shape)
