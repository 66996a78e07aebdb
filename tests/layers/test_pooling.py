"""Poolings in every reading, and against onnxruntime and ONNX's reference."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.equality.identity import identity
from netsym.errors import SpecError
from netsym.layers import Layer, Shape
from netsym.layers.convolution import Conv1d
from netsym.layers.pooling import (
    AveragePool,
    AveragePool1d,
    AveragePool2d,
    AveragePool3d,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
    Pool,
)
from netsym.ops.proved.balls import Balls, precision
from tests.layers.every_reading import check, single
from tests.layers.onnx_operators import onnx, runtime

RNG = np.random.default_rng(12)

CASES: list[tuple[Layer, Shape]] = [
    (MaxPool1d(kernel=(2,)), (2, 5)),
    (MaxPool1d(kernel=(1,)), (2, 2)),
    (MaxPool1d(kernel=(3,), stride=(1,), padding=(1,)), (1, 3)),
    (MaxPool1d(kernel=(2,), stride=(1,), dilation=(2,)), (1, 4)),
    (MaxPool2d(kernel=(2, 3), stride=(2, 1), padding=(1, 0)), (2, 3, 4)),
    (MaxPool2d(kernel=(2,), padding=(0, 0, 1, 1)), (1, 3, 3)),
    (AveragePool1d(kernel=(3,), stride=(1,)), (2, 4)),
    (AveragePool1d(kernel=(1,)), (1, 2)),
    (AveragePool1d(kernel=(2,), padding=(1,), count_padding=False), (1, 4)),
    (AveragePool1d(kernel=(2,), padding=(1,), count_padding=False), (2, 2)),
    (AveragePool2d(kernel=(2,), padding=(1,)), (2, 2, 3)),
    (AveragePool2d(kernel=(3,), stride=(2,), padding=(1,), count_padding=False), (1, 4, 3)),
    (MaxPool3d(kernel=(2, 1, 2), padding=(1, 0, 0)), (1, 2, 2, 2)),
    (AveragePool3d(kernel=(2,), stride=(1,)), (1, 3, 2, 2)),
    (GlobalAveragePool(), (2, 3)),
    (GlobalAveragePool(), (2, 2, 2)),
    (GlobalAveragePool(), (3, 1, 1)),
    (GlobalMaxPool(), (2, 2, 2)),
    (GlobalMaxPool(), (2, 1, 1)),
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
    x = RNG.normal(size=(2, *shape))
    found = np.asarray(single(layer, shape)(x.reshape(2, -1)))
    if isinstance(layer, Pool):
        geometry = layer.geometry
        before, after = zip(*geometry.padding, strict=True)
        options: dict[str, Any] = {
            "kernel_shape": geometry.kernel, "strides": geometry.stride, "pads": [*before, *after],
            "dilations": geometry.dilation,
        }  # fmt: skip
        if isinstance(layer, AveragePool):
            options["count_include_pad"] = int(layer.count_padding)
            expected = onnx("AveragePool", x, **options)
        else:
            expected = runtime("MaxPool", x, **options)
    else:
        mean = isinstance(layer, GlobalAveragePool)
        expected = onnx("GlobalAveragePool" if mean else "GlobalMaxPool", x)
    np.testing.assert_allclose(found, expected.reshape(found.shape), rtol=1e-12, atol=1e-14)


# -- what a formula says --------------------------------------------------------------------------
def text(layer: Layer, shape: Shape) -> list[str]:
    return single(layer, shape).inlined.text(ascii=True).splitlines()


def test_what_is_padding_is_not_in_a_maximum() -> None:
    assert text(MaxPool1d(kernel=(2,), padding=(1,)), (1, 4)) == [
        "y_1_1 = x_1_1",
        "y_1_2 = max(x_1_2, x_1_3)",
        "y_1_3 = x_1_4",
    ]


def test_means() -> None:
    layer = AveragePool1d(kernel=(2,), padding=(1,))
    assert text(layer, (1, 2)) == ["y_1_1 = x_1_1/2", "y_1_2 = x_1_2/2"]
    layer = AveragePool1d(kernel=(2,), padding=(1,), count_padding=False)
    assert text(layer, (1, 4)) == ["y_1_1 = x_1_1", "y_1_2 = (x_1_2 + x_1_3)/2", "y_1_3 = x_1_4"]
    assert text(layer, (1, 2)) == ["y_1_1 = x_1_1", "y_1_2 = x_1_2"]
    layer = AveragePool1d(kernel=(3,), stride=(1,), padding=(1,), count_padding=False)
    assert text(layer, (1, 3)) == [
        "y_1_1 = (x_1_1 + x_1_2)/2",
        "y_1_2 = (x_1_1 + x_1_2 + x_1_3)/3",
        "y_1_3 = (x_1_2 + x_1_3)/2",
    ]
    assert text(GlobalAveragePool(), (2, 2)) == [
        "y_1 = (x_1_1 + x_1_2)/2",
        "y_2 = (x_2_1 + x_2_2)/2",
    ]


def test_whole_arrays() -> None:
    assert (
        r"\operatorname{maxpool}_{2 \times 3}(X)"
        in single(MaxPool2d(kernel=(2, 3)), (1, 2, 3)).matrices.latex()
    )
    assert r"\operatorname{avgpool}(X)" in single(GlobalAveragePool(), (1, 2, 3)).matrices.latex()


def test_describe() -> None:
    assert MaxPool2d(kernel=(2,)).describe() == "max_pool2d, kernel 2 x 2, stride 2"
    assert AveragePool1d(kernel=(3,), stride=(1,), padding=(1,)).describe() == (
        "average_pool1d, kernel 3, padding 1"
    )
    assert GlobalMaxPool().describe() == "global_max_pool"


# -- what is the same function --------------------------------------------------------------------
def test_a_mean_is_a_convolution_with_equal_weights() -> None:
    given = {"weights": np.full((2, 1, 4), 0.25)}
    conv = single(
        Conv1d(channels=2, kernel=(4,), stride=(4,), groups=2, use_bias=False), (2, 8), given
    )
    pool = single(AveragePool1d(kernel=(4,)), (2, 8))
    found = identity(pool.read, conv.read, pool.input_names, 4, "seed")
    assert found is not None and found.holds


def test_maxima_of_maxima() -> None:
    """Windows of 2 over windows of 2 are windows of 3, also where padding cuts them."""
    small = MaxPool1d(kernel=(2,), stride=(1,), padding=(1, 0))
    wires: list[Any] = [("one", small, ["input"], {}), ("two", small, ["one"], {})]
    twice = netsym.Network.of("twice", 5, wires, shape=(1, 5))
    once = single(MaxPool1d(kernel=(3,), stride=(1,), padding=(2, 0)), (1, 5))
    x = RNG.normal(size=(50, 5))
    assert np.array_equal(np.asarray(twice(x)), np.asarray(once(x)))
    verdict = netsym.compare(twice, once)
    assert verdict.equal, str(verdict)
    smaller = single(MaxPool1d(kernel=(2,), stride=(1,), padding=(1, 0)), (1, 5))
    assert not netsym.compare(smaller, once).equal


# -- what does not fit ----------------------------------------------------------------------------
BAD: list[tuple[Any, Shape, str]] = [
    (lambda: MaxPool2d(kernel=(4,)), (1, 3, 3),
     "layer 1 (max_pool2d) has a kernel of 4 x 4, larger than its input of 3 x 3; take a "
     "smaller kernel or more padding"),
    (lambda: MaxPool1d(kernel=(2,), padding=(2,)), (1, 3),
     "has windows that lie on padding alone: padding [2], kernel [2]; take less padding than "
     "half the kernel"),
    (lambda: AveragePool1d(kernel=(2,), stride=(1,), padding=(2,), count_padding=False), (1, 3),
     "has windows that lie on padding alone"),
    (lambda: MaxPool2d(kernel=(2,)), (3, 3),
     "pools images (channels, height, width), but its input is 3 x 3; give"),
    (lambda: AveragePool1d(kernel=(2, 2)), (1, 3), "kernel is [2, 2]; give 1 number"),
    (lambda: MaxPool1d(kernel=(2,), stride=(-1,)), (1, 3),
     "stride is -1; every number must be at least 1"),
    (lambda: GlobalMaxPool(), (3,),
     "pools every channel of an input (channels, …) as a whole, but its input is 3, which has no "
     "axis but channels"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "shape", "message"), BAD, ids=[row[2][:40] for row in BAD])
def test_what_does_not_fit(make: Any, shape: Shape, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        single(make(), shape)


# -- which sides of a maximum were seen -----------------------------------------------------------
def test_each_window_is_seen_by_itself_and_padding_is_no_side() -> None:
    """Windows (x1), (x2, x3), (x4) of each of two signals: one maximum of two in each."""
    network = single(MaxPool1d(kernel=(2,), padding=(1,)), (2, 4))
    with precision(128):
        ops = Balls({}, 128)
        network.read(ops, ops.points([[0, 1, 2, 0, 0, 2, 1, 0], [0, 2, 1, 0, 0, 3, 0, 0]]))
    (seen,) = ops.coverage
    assert seen.above.tolist() == [True, True]
    assert seen.below.tolist() == [True, False]
