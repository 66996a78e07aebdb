"""Convolutions in every reading, and against ONNX's reference implementation."""

from __future__ import annotations

import re
import tracemalloc
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.equality.identity import identity
from netsym.errors import SpecError
from netsym.layers import Layer, Shape
from netsym.layers.convolution import (
    Conv1d,
    Conv2d,
    Conv3d,
    Convolution,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
    Direct,
)
from netsym.layers.dense import Dense
from netsym.layers.normalisation import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from netsym.layers.pooling import AveragePool2d, GlobalAveragePool, MaxPool2d
from netsym.layers.shaping import Flatten, Pad, Transpose, Upsample
from netsym.ops.counts.sizes import Sizes
from tests.effort import heavy
from tests.layers.every_reading import chain, check, single
from tests.layers.onnx_operators import onnx
from tests.tex import compiled
from tests.work import Work

RNG = np.random.default_rng(11)

CASES: list[tuple[Layer, Shape]] = [
    (Conv1d(channels=2, kernel=(2,)), (1, 4)),
    (Conv1d(channels=1, kernel=(1,), use_bias=False), (1, 1)),
    (Conv1d(channels=2, kernel=(3,), padding=(1,), activation="tanh"), (2, 3)),
    (Conv1d(channels=4, kernel=(2,), groups=2, dilation=(2,)), (4, 4)),
    (Conv1d(channels=2, kernel=(3,), stride=(2,), padding=(3, 0)), (1, 4)),
    (Conv2d(channels=2, kernel=(2,)), (2, 3, 3)),
    (
        Conv2d(channels=2, kernel=(3, 2), padding=(1, 0), stride=(1, 2), activation="relu"),
        (1, 3, 4),
    ),
    (Conv2d(channels=2, kernel=(2,), groups=2, use_bias=False), (2, 3, 2)),
    (Conv2d(channels=1, kernel=(3,), padding=(2,), dilation=(2,)), (1, 3, 3)),
    (Conv3d(channels=2, kernel=(2, 1, 2), padding=(1, 0, 0)), (1, 2, 2, 3)),
    (ConvTranspose3d(channels=1, kernel=(2,), stride=(1, 2, 1)), (2, 1, 2, 1)),
    (ConvTranspose1d(channels=2, kernel=(3,), stride=(2,)), (2, 3)),
    (ConvTranspose1d(channels=2, kernel=(1,), stride=(3,), output_padding=(1,)), (1, 2)),
    (ConvTranspose1d(channels=2, kernel=(2,), stride=(3,), use_bias=False), (2, 2)),
    (ConvTranspose1d(channels=4, kernel=(3,), groups=2, padding=(1,), dilation=(2,)), (2, 3)),
    (ConvTranspose2d(channels=2, kernel=(2, 3), stride=(2,), padding=(0, 1)), (1, 2, 2)),
]


def said(case: tuple[Layer, Shape]) -> str:
    layer, shape = case
    return f"{layer.describe()} of {shape}"


@pytest.mark.parametrize("case", CASES, ids=said)
def test_every_reading(case: tuple[Layer, Shape]) -> None:
    check(single(*case))


@pytest.mark.parametrize("case", CASES, ids=said)
def test_onnx_computes_the_same(case: tuple[Layer, Shape]) -> None:
    layer, shape = case
    assert isinstance(layer, Convolution)
    arrays = {key: RNG.normal(size=s) for key, s in layer.parameters(shape).items()}
    geometry = layer.geometry
    before, after = zip(*geometry.padding, strict=True)
    options: dict[str, Any] = {
        "kernel_shape": geometry.kernel, "strides": geometry.stride, "pads": [*before, *after],
        "dilations": geometry.dilation, "group": layer.groups,
    }  # fmt: skip
    x = RNG.normal(size=(2, *shape))
    if isinstance(layer, Direct):
        expected = onnx("Conv", x, *arrays.values(), **options)
    else:
        expected = transposed(x, arrays, output_padding=layer.more, **options)
    functions: dict[str, Any] = {
        "relu": lambda z: np.maximum(z, 0),
        "tanh": np.tanh,
        "linear": lambda z: z,
    }
    expected = functions[layer.activation](expected)
    found = np.asarray(single(layer, shape, arrays)(x.reshape(2, -1)))
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-12, atol=1e-13)


def transposed(x: Any, arrays: dict[str, Any], group: int, **options: Any) -> Any:
    """ConvTranspose group by group: the reference implementation knows no groups."""
    each = [np.split(x, group, axis=1), np.split(arrays["weights"], group)]
    z = [onnx("ConvTranspose", *parts, **options) for parts in zip(*each, strict=True)]
    bias = arrays.get("bias", np.zeros(1))
    return np.concatenate(z, axis=1) + bias.reshape(-1, *(1,) * (x.ndim - 2))


# -- what a formula says --------------------------------------------------------------------------
def text(layer: Layer, shape: Shape) -> list[str]:
    return single(layer, shape).inlined.text(ascii=True).splitlines()


def test_padding_writes_no_terms() -> None:
    assert text(Conv1d(channels=1, kernel=(3,), padding=(1,)), (1, 3)) == [
        "y_1_1 = w1_1_1_2*x_1_1 + w1_1_1_3*x_1_2 + b1_1",
        "y_1_2 = w1_1_1_1*x_1_1 + w1_1_1_2*x_1_2 + w1_1_1_3*x_1_3 + b1_1",
        "y_1_3 = w1_1_1_1*x_1_2 + w1_1_1_2*x_1_3 + b1_1",
    ]


def test_a_window_on_padding_alone_is_the_bias_or_zero() -> None:
    alone = Conv1d(channels=1, kernel=(1,), padding=(1,))
    assert text(alone, (1, 1)) == ["y_1_1 = b1_1", "y_1_2 = w1_1_1_1*x_1_1 + b1_1", "y_1_3 = b1_1"]
    without = Conv1d(channels=1, kernel=(1,), padding=(1,), use_bias=False)
    assert text(without, (1, 1)) == ["y_1_1 = 0", "y_1_2 = w1_1_1_1*x_1_1", "y_1_3 = 0"]
    check(single(alone, (1, 1)))
    check(single(without, (1, 1)))


def test_a_transposed_convolution_writes_what_reaches_each_place() -> None:
    layer = ConvTranspose1d(channels=1, kernel=(3,), stride=(2,), use_bias=False)
    assert text(layer, (1, 2)) == [
        "y_1_1 = w1_1_1_1*x_1_1",
        "y_1_2 = w1_1_1_2*x_1_1",
        "y_1_3 = w1_1_1_1*x_1_2 + w1_1_1_3*x_1_1",
        "y_1_4 = w1_1_1_2*x_1_2",
        "y_1_5 = w1_1_1_3*x_1_2",
    ]


def test_groups_do_not_see_each_other() -> None:
    layer = Conv1d(channels=2, kernel=(1,), groups=2, use_bias=False)
    assert text(layer, (2, 1)) == ["y_1_1 = w1_1_1_1*x_1_1", "y_2_1 = w1_2_1_1*x_2_1"]


def test_whole_arrays() -> None:
    conv = single(Conv2d(channels=2, kernel=(2,), activation="relu"), (1, 3, 3)).matrices.latex()
    assert r"\operatorname{ReLU}\bigl(W^{[1]} \ast X + b^{[1]}\bigr)" in conv
    assert r"W^{[1]} \in \mathbf{R}^{2 \times 1 \times 2 \times 2}" in conv
    back = single(ConvTranspose1d(channels=2, kernel=(2,), use_bias=False), (1, 3)).matrices.latex()
    assert r"\bigl(W^{[1]}\bigr)^{\mathsf{T}} \ast X" in back
    moved = single(Conv2d(channels=2, kernel=(2,), stride=(2, 1)), (1, 4, 3)).matrices.latex()
    assert r"\operatorname{convolve}_{\text{stride}~2 \times 1}\bigl(W^{[1]},\, X\bigr)" in moved


def test_describe() -> None:
    assert Conv2d(channels=64, kernel=(3,), padding=(1,), activation="relu").describe() == (
        "conv2d, 64 channels, kernel 3 x 3, padding 1, relu"
    )
    layer = Conv2d(channels=1, kernel=(3, 1), stride=(2, 1), padding=(0, 1, 2, 1), dilation=(2,))
    assert layer.describe() == (
        "conv2d, 1 channel, kernel 3 x 1, stride 2 x 1, padding 0 x 1 before and 2 x 1 after, "
        "dilation 2, linear"
    )


# -- what is the same function --------------------------------------------------------------------
def same(one: netsym.Network, other: netsym.Network) -> bool:
    found = identity(one.read, other.read, one.input_names, len(one.output_names), "seed")
    return found is not None and found.holds


def numbers(*shape: int) -> Any:
    return RNG.integers(-5, 6, size=shape).astype(float)


def test_padding_first_is_the_same_function() -> None:
    given = {"weights": numbers(2, 1, 3, 3), "bias": numbers(2)}
    padded = single(Conv2d(channels=2, kernel=(3,), padding=(1, 0, 2, 1)), (1, 4, 4), given)
    wires = [
        ("pad", Pad(padding=(1, 0, 2, 1)), ["input"], {}),
        ("conv", Conv2d(channels=2, kernel=(3,)), ["pad"], given),
    ]
    apart = netsym.Network.of("apart", 16, wires, shape=(1, 4, 4))
    assert same(padded, apart)
    given["weights"][1, 0, 2, 2] += 1
    assert not same(padded, netsym.Network.of("other", 16, [wires[0], (
        "conv", Conv2d(channels=2, kernel=(3,)), ["pad"], given)], shape=(1, 4, 4)))  # fmt: skip


def test_a_kernel_of_one_is_a_dense_layer_on_every_place() -> None:
    given = {"weights": numbers(3, 2, 1), "bias": numbers(3)}
    conv = single(Conv1d(channels=3, kernel=(1,)), (2, 4), given)
    wires = [
        ("in", Transpose(), ["input"], {}),
        ("dense", Dense(units=3), ["in"], {**given, "weights": given["weights"][..., 0]}),
        ("out", Transpose(), ["dense"], {}),
    ]
    assert same(conv, netsym.Network.of("dense", 8, wires, shape=(2, 4)))


def test_a_transposed_convolution_has_the_transpose_of_the_matrix() -> None:
    """W of y = W x, read off at the unit vectors, is that of the convolution, transposed."""
    given = {"weights": numbers(3, 2, 3)}
    options: dict[str, Any] = {"kernel": (3,), "stride": (2,), "padding": (1,), "use_bias": False}
    there = single(Conv1d(channels=3, **options), (2, 7), given)
    back = single(ConvTranspose1d(channels=2, **options), (3, 4), given)
    assert np.array_equal(np.asarray(there(np.eye(14))), np.asarray(back(np.eye(12))).T)


# -- sizes of large networks ----------------------------------------------------------------------
@heavy
def test_large_images_are_counted_at_once() -> None:
    layers: list[Layer] = [
        Conv2d(channels=64, kernel=(3,), padding=(1,), activation="relu"),
        Conv2d(channels=64, kernel=(3,), padding=(1,), activation="relu"),
        MaxPool2d(kernel=(2,)),
        Conv2d(channels=128, kernel=(3,), padding=(1,), activation="relu"),
        Flatten(),
        Dense(units=1),
    ]
    networks = [chain(layers, (3, side, side)) for side in (112, 224)]
    tracemalloc.start()
    small, large = (Work(partial(network.count_nodes, "inlined")) for network in networks)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert large.calls < 1.1 * small.calls  # places that are alike are one
    assert most < 500e6
    assert large.result == by_hand()


def by_hand() -> int:
    """The same count, place by place: a product is 1 + 1 + its value, a sum and relu 1 each."""
    size: Any = np.ones((224, 224), dtype=object)
    for channels, pooled in ((3, False), (64, True), (64, False)):
        padded = np.pad(np.asarray(size + 2, dtype=object), 1)
        height, width = size.shape
        size = sum(padded[i : i + height, j : j + width] for i in range(3) for j in range(3))
        size = channels * size + 1 + 1 + 1  # the sum, its bias, relu
        if pooled:
            size = sum(size[i::2, j::2] for i in range(2) for j in range(2)) + 1
    return int(128 * (size + 2).sum() + 1 + 1)


def test_counts_keep_what_agrees_as_one() -> None:
    ops = Sizes(layered=True)
    layer = Conv2d(channels=64, kernel=(3,), padding=(1,))
    parameters = {k: ops.leaves(s) for k, s in layer.parameters((64, 224, 224)).items()}
    counts = layer.forward(ops, parameters, ops.leaves((64, 224, 224)))
    assert counts.shape == (64, 224, 224)
    assert sum(part.size for part in counts.parts) <= 224 * 224 + 1


# -- what does not fit ----------------------------------------------------------------------------
BAD: list[tuple[Any, Shape, str]] = [
    (lambda: Conv2d(channels=1, kernel=(5,)), (1, 3, 3),
     "layer 1 (conv2d) has a kernel of 5 x 5, larger than its input of 3 x 3; take a "
     "smaller kernel or more padding"),
    (lambda: Conv2d(channels=1, kernel=(3,), dilation=(3,), padding=(1,)), (1, 3, 3),
     "has a kernel of 7 x 7 with its dilation, larger than its input of 5 x 5 with padding "
     "(3 x 3 without); take"),
    (lambda: Conv1d(channels=1, kernel=(2,), padding=(-1,)), (1, 3),
     "padding is -1; every number must be at least 0"),
    (lambda: Conv1d(channels=1, kernel=(0,)), (1, 3),
     "kernel is 0; every number must be at least 1"),
    (lambda: Conv2d(channels=1, kernel=(3, 3, 3)), (1, 3, 3),
     "kernel is [3, 3, 3]; give 1 or 2 numbers"),
    (lambda: Conv2d(channels=1, kernel=(3,), padding=(1, 1, 1)), (1, 3, 3),
     "padding is [1, 1, 1]; give 1 or 2 or 4 numbers"),
    (lambda: Conv1d(channels=1, kernel=(3,), stride=(0,)), (1, 3),
     "stride is 0; every number must be at least 1"),
    (lambda: Conv2d(channels=3, kernel=(1,), groups=2), (2, 3, 3),
     "3 channels cannot be split into 2 groups; take a multiple"),
    (lambda: Conv2d(channels=4, kernel=(1,), groups=2), (3, 3, 3),
     "has 2 groups, which does not divide the number of its input's channels, 3 of 3 x 3 x 3; "
     "take one that does"),
    (lambda: Conv2d(channels=4, kernel=(1,)), (3, 3),
     "convolves images (channels, height, width), but its input is 3 x 3; give the network's "
     "input that shape, or put a reshape layer before it"),
    (lambda: Conv1d(channels=4, kernel=(1,)), (3,),
     "convolves signals (channels, length), but its input is 3;"),
    (lambda: ConvTranspose1d(channels=1, kernel=(2,), padding=(3,)), (1, 3),
     "has an output of -2: its padding cuts off all there is; take less padding or a larger "
     "kernel"),
    (lambda: ConvTranspose1d(channels=1, kernel=(2,), stride=(2,), output_padding=(2,)), (1, 3),
     "output_padding is 2; it must be smaller than the stride or the dilation"),
    (lambda: Conv1d(channels=1, kernel=(2,), activation="rleu"), (1, 3),
     "unknown activation 'rleu'; did you mean 'relu'?"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "shape", "message"), BAD, ids=[row[2][:40] for row in BAD])
def test_what_does_not_fit(make: Any, shape: Shape, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        single(make(), shape)


def test_a_kernel_of_the_wrong_shape() -> None:
    with pytest.raises(SpecError, match="weights must have shape 2 x 1 x 3 x 3, but 2 x 1 x 9"):
        single(Conv2d(channels=2, kernel=(3,)), (1, 3, 3), {"weights": np.zeros((2, 1, 9))})


# -- the example, and LaTeX that compiles ---------------------------------------------------------
EXAMPLE = Path(__file__).parents[2] / "examples" / "conv.toml"


def test_the_example() -> None:
    network = netsym.load(EXAMPLE)
    assert network.inputs[0].shape == (1, 6, 6)
    assert [placed.layer.kind for placed in network.layers] == [
        "conv2d", "batch_norm", "max_pool2d", "flatten", "dense",
    ]  # fmt: skip
    assert "a⁽³⁾₁₁₁ = max(a⁽²⁾₁₁₁, a⁽²⁾₁₁₂, a⁽²⁾₁₂₁, a⁽²⁾₁₂₂)" in network.layered.text()
    for form in ("layered", "inlined"):
        assert network.forecast(form) == network.formula(form).size


def test_latex_compiles(tmp_path: Path) -> None:
    layers: list[Layer] = [
        Conv2d(channels=2, kernel=(3,), padding=(1,), stride=(2,), activation="relu"),
        BatchNorm(),
        MaxPool2d(kernel=(2,), padding=(1,)),
        GroupNorm(groups=2),
        Upsample(),
        Pad(padding=(1,), mode="reflect"),
        ConvTranspose2d(channels=2, kernel=(2,)),
        InstanceNorm(),
        AveragePool2d(kernel=(3,), padding=(1,), count_padding=False),
        Transpose(axes=(2, 3, 1)),
        GlobalAveragePool(),
        LayerNorm(),
        Flatten(),
        RMSNorm(),
        Dense(units=2),
    ]
    network = chain(layers, (1, 4, 4))
    for formula in (network.matrices, network.layered):
        log = compiled(formula.latex(document=True), tmp_path)
        assert "Overfull \\hbox" not in log
