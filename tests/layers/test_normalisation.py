"""Normalisation in every reading, and against ONNX's reference implementation."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.layers import Layer, Shape
from netsym.layers.dense import Dense
from netsym.layers.normalisation import (
    BatchNorm,
    GroupNorm,
    InstanceNorm,
    LayerNorm,
    Normalisation,
    RMSNorm,
)
from netsym.ops.fields.outline import Outline, Outlines
from tests.layers.every_reading import check, single
from tests.layers.onnx_operators import onnx

RNG = np.random.default_rng(14)

CASES: list[tuple[Layer, Shape]] = [
    (BatchNorm(), (3,)),
    (BatchNorm(use_gamma=False), (2, 2)),
    (BatchNorm(use_beta=False, eps=0.5), (2, 2, 1)),
    (LayerNorm(), (3,)),
    (LayerNorm(), (2, 3)),
    (LayerNorm(use_beta=False, eps=0.25), (2,)),
    (LayerNorm(use_gamma=False, use_beta=False), (1, 2, 2)),
    (RMSNorm(), (3,)),
    (RMSNorm(eps=0.5), (2, 2)),
    (RMSNorm(use_gamma=False), (2,)),
    (GroupNorm(groups=2), (4,)),
    (GroupNorm(groups=1, use_gamma=False), (2, 2)),
    (GroupNorm(groups=2), (4, 1, 2)),
    (InstanceNorm(), (2, 3)),
    (InstanceNorm(use_gamma=False, use_beta=False), (1, 2, 2)),
]


def said(case: tuple[Layer, Shape]) -> str:
    layer, shape = case
    return f"{layer.describe()}, {' '.join(layer.parameters(shape))} of {shape}"


@pytest.mark.parametrize("case", CASES, ids=said)
def test_every_reading(case: tuple[Layer, Shape]) -> None:
    check(single(*case))


def by_onnx(layer: Layer, x: Any, given: dict[str, Any]) -> Any:
    """What ONNX's operator gives; it has no parameters to leave out."""
    match layer:
        case BatchNorm():
            gamma = given.get("gamma", np.ones(x.shape[1]))
            beta = given.get("beta", np.zeros(x.shape[1]))
            moments = given["mean"], given["variance"]
            return onnx("BatchNormalization", x, gamma, beta, *moments, epsilon=layer.eps)
        case LayerNorm():
            gamma = given.get("gamma", np.ones(x.shape[-1]))
            beta = given.get("beta", np.zeros(x.shape[-1]))
            return onnx("LayerNormalization", x, gamma, beta, axis=-1, epsilon=layer.eps)
        case RMSNorm():
            gamma = given.get("gamma", np.ones(x.shape[-1]))
            return onnx("RMSNormalization", x, gamma, axis=-1, epsilon=layer.eps, opset=23)
        case GroupNorm():
            gamma = given.get("gamma", np.ones(x.shape[1]))
            beta = given.get("beta", np.zeros(x.shape[1]))
            options: dict[str, Any] = {
                "num_groups": layer.groups,
                "epsilon": layer.eps,
                "stash_type": 11,
            }
            return onnx("GroupNormalization", x, gamma, beta, **options)
        case InstanceNorm():
            gamma = given.get("gamma", np.ones(x.shape[1]))
            beta = given.get("beta", np.zeros(x.shape[1]))
            return onnx("InstanceNormalization", x, gamma, beta, epsilon=layer.eps)
    raise AssertionError(layer)


@pytest.mark.parametrize("case", CASES, ids=said)
def test_onnx_computes_the_same(case: tuple[Layer, Shape]) -> None:
    layer, shape = case
    assert isinstance(layer, Normalisation)
    layer = replace(layer, eps=float(np.float32(layer.eps)))  # ONNX has options in float32
    given = {key: RNG.uniform(0.5, 2, size=s) for key, s in layer.parameters(shape).items()}
    x = RNG.normal(size=(3, *shape))
    expected = by_onnx(layer, x, given)
    found = np.asarray(single(layer, shape, given)(x.reshape(3, -1)))
    np.testing.assert_allclose(found, expected.reshape(found.shape), rtol=1e-12, atol=1e-13)


# -- what a formula says --------------------------------------------------------------------------
def text(layer: Layer, shape: Shape) -> list[str]:
    return single(layer, shape).layered.text(ascii=True).splitlines()


def test_batch_norm_is_written_as_in_the_paper() -> None:
    assert text(BatchNorm(eps=0.5), (1, 2)) == [
        "sigma1_1 = sqrt(v1_1 + 0.5)",
        "y_1_1 = gamma1_1*((x_1_1 - mu1_1)/sigma1_1) + beta1_1",
        "y_1_2 = gamma1_1*((x_1_2 - mu1_1)/sigma1_1) + beta1_1",
    ]


def test_means_and_deviations_are_written_once() -> None:
    assert text(LayerNorm(eps=0.5), (2,)) == [
        "mu1 = (x_1 + x_2)/2",
        "sigma1 = sqrt(((x_1 - mu1)**2 + (x_2 - mu1)**2)/2 + 0.5)",
        "y_1 = gamma1_1*((x_1 - mu1)/sigma1) + beta1_1",
        "y_2 = gamma1_2*((x_2 - mu1)/sigma1) + beta1_2",
    ]
    assert text(RMSNorm(eps=0.5, use_gamma=False), (2,)) == [
        "r1 = sqrt((x_1**2 + x_2**2)/2 + 0.5)",
        "y_1 = x_1/r1",
        "y_2 = x_2/r1",
    ]
    groups = text(GroupNorm(groups=2), (4,))
    assert groups[:2] == ["mu1_1 = (x_1 + x_2)/2", "mu1_2 = (x_3 + x_4)/2"]
    steps = text(LayerNorm(), (2, 2))
    assert steps[:2] == ["mu1_1 = (x_1_1 + x_1_2)/2", "mu1_2 = (x_2_1 + x_2_2)/2"]


def test_whole_arrays() -> None:
    batch = single(BatchNorm(), (2, 2)).matrices.latex()
    assert r" \odot \dfrac{X - " in batch and r"{\sqrt{v^{[1]} + 10^{-5}}} + " in batch
    layer = single(LayerNorm(), (3,)).matrices.latex()
    assert r"\operatorname{mean}(x)" in layer
    assert r"\sqrt{\operatorname{var}(x) + 10^{-5}}" in layer
    groups = single(GroupNorm(groups=2), (4,)).matrices.latex()
    assert r"\mu^{[1]} &= \operatorname{mean}_{2~\text{groups}}(x)" in groups
    root = single(RMSNorm(use_gamma=False), (3,)).matrices.latex()
    assert r"\dfrac{x}{\sqrt{\operatorname{mean}" in root


def test_names_of_means_are_taken() -> None:
    wires = [("norm", LayerNorm(), ["input"], {"gamma": ["mu1", "g"]})]
    with pytest.raises(SpecError, match="'mu1' is also what the notation calls another value"):
        netsym.Network.of("names", 2, wires)


def test_describe() -> None:
    assert BatchNorm().describe() == "batch_norm, eps 1e-05"
    assert GroupNorm(groups=4, eps=0.5).describe() == "group_norm, 4 groups, eps 0.5"


# -- affine or not --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("layer", "degree"), [(BatchNorm(), 1), (LayerNorm(), 2), (RMSNorm(), 2), (InstanceNorm(), 2)]
)
def test_only_batch_norm_is_affine(layer: Layer, degree: int) -> None:
    (placed,) = single(layer, (2, 2)).layers
    ops = Outlines(opaque=True)
    assert placed.read(ops, Outline((2, 2), above=1, inputs=1)).inputs == degree


def test_a_batch_norm_between_dense_layers_is_collapsed() -> None:
    """Ioffe and Szegedy: at inference it is an affine map, part of the layer before it."""
    given = {
        "gamma": [2.0, 1.0], "beta": [1.0, 0.0], "mean": [0.5, 1.0], "variance": [3.75, 8.75],
    }  # fmt: skip
    wires: list[Any] = [
        (
            "one",
            Dense(units=2),
            ["input"],
            {"weights": [[1.0, 2.0], [3.0, 4.0]], "bias": [1.0, 2.0]},
        ),
        ("norm", BatchNorm(eps=0.25), ["one"], given),
        ("two", Dense(units=1), ["norm"], {"weights": [[1.0, 1.0]], "bias": [0.0]}),
    ]
    network = netsym.Network.of("norm", 2, wires)
    simplified = netsym.simplify(network)
    assert len(simplified.network.layers) == 1, str(simplified)
    x = RNG.normal(size=(20, 2))
    np.testing.assert_allclose(simplified.network(x), network(x), rtol=1e-12)


# -- what does not fit ----------------------------------------------------------------------------
BAD: list[tuple[Any, Shape, str]] = [
    (lambda: GroupNorm(groups=3), (4, 2),
     "layer 1 (group_norm) has 3 groups, which does not divide the number of its input's channels, "
     "4 of 4 x 2; take one that does"),
    (lambda: GroupNorm(groups=0), (4, 2), "groups is 0; it must be a whole number from 1"),
    (lambda: BatchNorm(eps=-1.0), (4,), "eps is -1; it must be a number from 0, as in eps = 1e-5"),
    (lambda: LayerNorm(eps=float("nan")), (4,), "eps is nan; it must be a number from 0"),
    (lambda: InstanceNorm(), (4,),
     "normalises every channel of an input (channels, …), but its input is 4, so that every "
     "channel is one value; take a layer_norm"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "shape", "message"), BAD, ids=[row[2][:40] for row in BAD])
def test_what_does_not_fit(make: Any, shape: Shape, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        single(make(), shape)
