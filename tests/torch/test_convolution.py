"""Convolutions and poolings against torch, in float64, on random shapes and options."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given
from hypothesis import strategies as st
from torch.nn import functional

import netsym
from netsym.errors import SpecError
from netsym.files.files import loads
from netsym.layers import Layer, Shape
from netsym.layers.convolution import Conv1d, Conv2d, ConvTranspose1d, ConvTranspose2d
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.layers.merge import Concat
from netsym.layers.normalisation import BatchNorm, GroupNorm
from netsym.layers.pooling import (
    AveragePool1d,
    AveragePool2d,
    GlobalAveragePool,
    GlobalMaxPool,
    MaxPool1d,
    MaxPool2d,
)
from netsym.layers.shaping import Flatten, Pad, Transpose, Upsample
from netsym.layers.sources import Part
from tests.effort import random_examples
from tests.layers.every_reading import chain, single

FEW = random_examples(60)
SMALL = st.integers(1, 3)
torch.manual_seed(7)


def agree(layer: Layer, shape: Shape, theirs: Any, *arrays: torch.Tensor) -> None:
    """The layer with these parameters computes what torch does on three inputs."""
    given = dict(zip(("weights", "bias"), (a.numpy() for a in arrays), strict=False))
    x = torch.randn(3, *shape, dtype=torch.float64)
    expected = theirs(x).numpy()
    network = single(layer, shape, given)
    found = np.asarray(network(x.reshape(3, -1).numpy())).reshape(3, -1)
    assert network.layers[-1].shape == expected.shape[1:]
    np.testing.assert_allclose(found, expected.reshape(3, -1), rtol=1e-12, atol=1e-12)


@st.composite
def geometries(draw: Any, axes: int) -> dict[str, Any]:
    """Lengths of an input, and the kernel, stride, padding and dilation over it."""
    each = st.tuples(*[SMALL] * axes)
    more = st.tuples(*[st.integers(0, 2)] * axes)
    return {
        "lengths": draw(st.tuples(*[st.integers(1, 7)] * axes)),
        "kernel": draw(each),
        "stride": draw(each),
        "padding": draw(more),
        "dilation": draw(st.tuples(*[st.integers(1, 2)] * axes)),
    }


def random(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64)


# -- convolutions -------------------------------------------------------------------------------
CONVOLUTIONS = {1: (Conv1d, functional.conv1d), 2: (Conv2d, functional.conv2d)}
TRANSPOSED = {
    1: (ConvTranspose1d, functional.conv_transpose1d),
    2: (ConvTranspose2d, functional.conv_transpose2d),
}


@pytest.mark.parametrize("axes", [1, 2])
@given(data=st.data(), groups=SMALL, each=SMALL, out=SMALL, bias=st.booleans())
@FEW
def test_convolution(
    axes: int, data: st.DataObject, groups: int, each: int, out: int, bias: bool
) -> None:
    options = data.draw(geometries(axes))
    shape = (groups * each, *options.pop("lengths"))
    layer, theirs = CONVOLUTIONS[axes]
    made = layer(channels=groups * out, groups=groups, use_bias=bias, **options)
    try:
        made.shape(shape)
    except SpecError as error:
        assert "larger than its input" in str(error)
        with pytest.raises(RuntimeError, match="Kernel size can't be greater"):
            theirs(random(1, *shape), random(groups * out, each, *options["kernel"]), None,
                   options["stride"], options["padding"], options["dilation"], groups)  # fmt: skip
        return
    w, b = random(groups * out, each, *options["kernel"]), random(groups * out)
    arrays = (w, b) if bias else (w,)
    given_bias = b if bias else None
    agree(
        made, shape,
        lambda x: theirs(x, w, given_bias, options["stride"], options["padding"],
                         options["dilation"], groups),
        *arrays,
    )  # fmt: skip


@pytest.mark.parametrize("axes", [1, 2])
@given(data=st.data(), groups=SMALL, each=SMALL, out=SMALL, bias=st.booleans())
@FEW
def test_transposed_convolution(
    axes: int, data: st.DataObject, groups: int, each: int, out: int, bias: bool
) -> None:
    options = data.draw(geometries(axes))
    shape = (groups * each, *options.pop("lengths"))
    most = [max(pair) for pair in zip(options["stride"], options["dilation"], strict=True)]
    more = data.draw(st.tuples(*[st.integers(0, n - 1) for n in most]))
    layer, theirs = TRANSPOSED[axes]
    made = layer(
        channels=groups * out, groups=groups, use_bias=bias, output_padding=more, **options
    )
    try:
        made.shape(shape)
    except SpecError as error:
        assert "cuts off all there is" in str(error)
        return
    w, b = random(groups * each, out, *options["kernel"]), random(groups * out)
    arrays = (w, b) if bias else (w,)
    given_bias = b if bias else None
    agree(
        made, shape,
        lambda x: theirs(x, w, given_bias, options["stride"], options["padding"], more, groups,
                         options["dilation"]),
        *arrays,
    )  # fmt: skip


@pytest.mark.parametrize("activation", ["relu", "tanh", "silu"])
def test_a_convolution_ends_in_its_activation(activation: str) -> None:
    w, b = random(4, 2, 3, 3), random(4)
    layer = Conv2d(channels=4, kernel=(3,), padding=(1,), activation=activation)
    agree(layer, (2, 5, 4), lambda x: getattr(functional, activation)(
        functional.conv2d(x, w, b, padding=1)), w, b)  # fmt: skip


def test_padding_before_and_after_differ() -> None:
    w, b = random(4, 2, 3, 2), random(4)
    layer = Conv2d(channels=4, kernel=(3, 2), padding=(1, 0, 2, 3))  # rows 1 and 2, columns 0 and 3
    agree(
        layer, (2, 5, 4), lambda x: functional.conv2d(functional.pad(x, (0, 3, 1, 2)), w, b), w, b
    )


@pytest.mark.filterwarnings("ignore:Using padding='same'")
@pytest.mark.parametrize("kernel", [2, 3])
def test_same_is_padding_that_keeps_the_lengths(kernel: int) -> None:
    """torch's padding="same" puts the odd one at the end."""
    w, b = random(3, 2, kernel), random(3)
    layer = Conv1d(channels=3, kernel=(kernel,), padding=((kernel - 1) // 2, kernel // 2))
    agree(layer, (2, 6), lambda x: functional.conv1d(x, w, b, padding="same"), w, b)


# -- pooling ------------------------------------------------------------------------------------
POOLS = {
    1: (MaxPool1d, functional.max_pool1d, AveragePool1d, functional.avg_pool1d),
    2: (MaxPool2d, functional.max_pool2d, AveragePool2d, functional.avg_pool2d),
}


@pytest.mark.parametrize("axes", [1, 2])
@given(data=st.data(), channels=SMALL)
@FEW
def test_max_pool(axes: int, data: st.DataObject, channels: int) -> None:
    options = data.draw(geometries(axes))
    shape = (channels, *options.pop("lengths"))
    assume(all(2 * p <= k for p, k in zip(options["padding"], options["kernel"], strict=True)))
    layer, theirs, _, _ = POOLS[axes]
    made = layer(**options)
    try:
        made.shape(shape)
    except SpecError:
        assume(False)
    agree(made, shape, lambda x: theirs(
        x, options["kernel"], options["stride"], options["padding"], options["dilation"]
    ))  # fmt: skip


@pytest.mark.parametrize("axes", [1, 2])
@given(data=st.data(), channels=SMALL, counted=st.booleans())
@FEW
def test_average_pool(axes: int, data: st.DataObject, channels: int, counted: bool) -> None:
    options = data.draw(geometries(axes))
    shape = (channels, *options.pop("lengths"))
    del options["dilation"]
    assume(all(2 * p <= k for p, k in zip(options["padding"], options["kernel"], strict=True)))
    _, _, layer, theirs = POOLS[axes]
    made = layer(count_padding=counted, **options)
    try:
        made.shape(shape)
    except SpecError:
        assume(False)
    agree(made, shape, lambda x: theirs(
        x, options["kernel"], options["stride"], options["padding"], False, counted
    ))  # fmt: skip


def test_the_stride_of_a_pooling_is_its_kernel() -> None:
    agree(MaxPool2d(kernel=(2, 3)), (2, 5, 7), lambda x: functional.max_pool2d(x, (2, 3)))
    agree(AveragePool1d(kernel=(2,)), (2, 5), lambda x: functional.avg_pool1d(x, 2))


@pytest.mark.parametrize("shape", [(3, 4), (2, 3, 5), (1, 1, 1), (2, 2, 2, 2)])
def test_global_pooling(shape: Shape) -> None:
    axes = tuple(range(2, len(shape) + 1))
    agree(GlobalAveragePool(), shape, lambda x: x.mean(dim=axes))
    agree(GlobalMaxPool(), shape, lambda x: x.amax(dim=axes))


# -- shaping ------------------------------------------------------------------------------------
MODES = ["constant", "reflect", "replicate", "circular"]


@pytest.mark.parametrize("mode", MODES)
@given(data=st.data())
@random_examples(20)
def test_pad(mode: str, data: st.DataObject) -> None:
    height, width = data.draw(st.integers(3, 5)), data.draw(st.integers(3, 5))
    top, left, bottom, right = (data.draw(st.integers(0, 2)) for _ in range(4))
    value = data.draw(st.sampled_from([0.0, -1.5])) if mode == "constant" else 0.0
    layer = Pad(padding=(top, left, bottom, right), mode=mode, value=value)
    sides = (left, right, top, bottom)
    agree(layer, (2, height, width), lambda x: functional.pad(x, sides, mode, value))


@pytest.mark.parametrize(
    ("shape", "scale"), [((2, 3), (2,)), ((2, 3, 4), (2, 3)), ((3, 2, 2), (2,))]
)
def test_upsample(shape: Shape, scale: tuple[int, ...]) -> None:
    factor = scale * (len(shape) - 1) if len(scale) == 1 else scale
    agree(Upsample(scale=scale), shape,
          lambda x: functional.interpolate(x, scale_factor=tuple(map(float, factor))))  # fmt: skip


@given(data=st.data())
@random_examples(40)
def test_concat(data: st.DataObject) -> None:
    lengths = data.draw(st.lists(SMALL, min_size=1, max_size=4))
    axis = data.draw(st.integers(-len(lengths), -1))
    others = data.draw(st.lists(SMALL, min_size=2, max_size=3))
    shapes = [(*lengths[:axis], n, *lengths[len(lengths) + axis + 1 :]) for n in others]
    ends = np.cumsum([np.prod(shape) for shape in shapes]).tolist()
    starts = [0, *ends[:-1]]
    last = axis == -1 and len(lengths) < 3
    concat = Concat(axis=data.draw(st.sampled_from([None, -1]))) if last else Concat(axis=axis)
    parts = [
        (f"part{n}", Part(lengths=shape, start=start), ["input"], {})
        for n, (shape, start) in enumerate(zip(shapes, starts, strict=True))
    ]
    wires = [*parts, ("joined", concat, [name for name, *_ in parts], {})]
    network = netsym.Network.of("joined", ends[-1], wires)
    x = torch.randn(3, ends[-1], dtype=torch.float64)
    pieces = [x[:, a:b].reshape(3, *s) for a, b, s in zip(starts, ends, shapes, strict=True)]
    expected = torch.cat(pieces, dim=axis).numpy()
    assert network.layers[-1].shape == expected.shape[1:]
    for found in (network(x.numpy()), network.inlined(x.numpy())):
        assert np.array_equal(found, expected.reshape(3, -1))


# -- together -----------------------------------------------------------------------------------
def test_a_small_convolutional_network_is_torchs() -> None:
    model = torch.nn.Sequential(
        torch.nn.Conv2d(1, 4, 3, padding=1), torch.nn.BatchNorm2d(4), torch.nn.ReLU(),
        torch.nn.MaxPool2d(2), torch.nn.Conv2d(4, 6, 3, groups=2), torch.nn.GroupNorm(3, 6),
        torch.nn.SiLU(), torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(6, 3),
    ).double().eval()  # fmt: skip
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn_like(parameter))
        x = random(5, 1, 8, 8)
        expected = model(x).numpy()
    names = {"weight": "weights", "running_mean": "mean", "running_var": "variance"}
    norm = names | {"weight": "gamma", "bias": "beta"}

    def of(part: int, names: dict[str, str]) -> dict[str, Any]:
        state = model[part].state_dict()
        return {names.get(k, k): v.numpy() for k, v in state.items() if k != "num_batches_tracked"}

    layers: list[tuple[Layer, dict[str, Any]]] = [
        (Conv2d(channels=4, kernel=(3,), padding=(1,)), of(0, names)),
        (BatchNorm(), of(1, norm)),
        (Activation(activation="relu"), {}),
        (MaxPool2d(kernel=(2,)), {}),
        (Conv2d(channels=6, kernel=(3,), groups=2), of(4, names)),
        (GroupNorm(groups=3), of(5, norm)),
        (Activation(activation="silu"), {}),
        (GlobalAveragePool(), {}),
        (Flatten(), {}),
        (Dense(units=3), of(9, names)),
    ]
    wires = [
        (f"layer{n}", layer, [f"layer{n - 1}" if n > 1 else "input"], given)
        for n, (layer, given) in enumerate(layers, 1)
    ]
    network = netsym.Network.of("small", 64, wires, shape=(1, 8, 8))
    np.testing.assert_allclose(network(x.reshape(5, -1).numpy()), expected, rtol=1e-12, atol=1e-13)
    np.testing.assert_allclose(
        network.layered(x.reshape(5, -1).numpy()), expected, rtol=1e-12, atol=1e-13
    )


UNET = """
netsym = 1
shape = [1, 4, 6]
layers = [
  {type = "conv2d", name = "down", channels = 2, kernel = 3, padding = 1, activation = "relu"},
  {type = "max_pool2d", kernel = 2},
  {type = "conv2d", name = "deep", channels = 2, kernel = 1, activation = "relu"},
  {type = "upsample", name = "up", scale = 2},
  {type = "concat", name = "both", from = ["down", "up"]AXIS},
  {type = "conv2d", name = "out", channels = 1, kernel = 1},
]
"""


def test_a_small_u_net_is_torchs(tmp_path: Path) -> None:
    """A skip joins the channels of images, as Ronneberger et al., U-Net, 2015, figure 1."""
    arrays = {
        "down.weights": random(2, 1, 3, 3), "down.bias": random(2), "deep.weights":
        random(2, 2, 1, 1), "deep.bias": random(2), "out.weights": random(1, 4, 1, 1),
        "out.bias": random(1),
    }  # fmt: skip
    np.savez(tmp_path / "unet.npz", **{name: array.numpy() for name, array in arrays.items()})
    text = UNET.replace("netsym = 1", 'netsym = 1\nparameters = "unet.npz"')
    (tmp_path / "unet.toml").write_text(text.replace("AXIS", ", axis = -3"))
    network = netsym.load(tmp_path / "unet.toml")
    x, t = random(3, 1, 4, 6), random(3, 1, 4, 6)
    down = functional.conv2d(x, arrays["down.weights"], arrays["down.bias"], padding=1).relu()
    pooled = functional.max_pool2d(down, 2)
    deep = functional.conv2d(pooled, arrays["deep.weights"], arrays["deep.bias"]).relu()
    both = torch.cat([down, functional.interpolate(deep, scale_factor=2)], dim=1)
    expected = functional.conv2d(both, arrays["out.weights"], arrays["out.bias"])
    for found in (network(x.numpy()), network.layered(x.reshape(3, -1).numpy())):
        np.testing.assert_allclose(found, expected.reshape(3, -1), rtol=1e-12, atol=1e-12)
    cost = netsym.cost(network, "mse", data=(x.numpy(), t.numpy()))
    loss = functional.mse_loss(expected, t)
    np.testing.assert_allclose(cost.layered(), loss, rtol=1e-12)
    netsym.save(network, tmp_path / "again.toml")
    assert "axis = -3" in (tmp_path / "again.toml").read_text()


def test_images_were_joined_along_their_width_in_silence() -> None:
    """What is joined has twice the width or twice the channels: a spec must say which."""
    with pytest.raises(SpecError) as error:
        loads(UNET.replace("AXIS", ""))
    assert str(error.value) == (
        "<text>: layer 5 (concat both) joins arrays of shapes 2 x 4 x 6 and 2 x 4 x 6, so it must "
        "say along which axis: write axis = -3 for the first, the channels of images, or axis = -1 "
        "for the last, their width"
    )
    shapes = [loads(UNET.replace("AXIS", f", axis = {n}")).layers[4].shape for n in (-3, -2)]
    assert shapes == [(4, 4, 6), (2, 8, 6)]
    with pytest.raises(SpecError, match=r"axis 0, but .* the axes -3 to -1, counted from the last"):
        loads(UNET.replace("AXIS", ", axis = 0"))
    sequences = [("both", Concat(), ["input", "input"], {})]
    assert netsym.Network.of("two axes", 6, sequences, shape=(2, 3)).layers[0].shape == (2, 6)


@pytest.mark.parametrize(
    ("make", "axes"),
    [
        (lambda: Conv1d(channels=2, kernel=(1,), activation="softmax"), "[2, 1]"),
        (lambda: Conv2d(channels=2, kernel=(1,), activation="softmax"), "[2, 3, 1]"),
        (lambda: ConvTranspose2d(channels=2, kernel=(1,), activation="softmax"), "[2, 3, 1]"),
    ],
)
def test_softmax_went_along_the_width_of_images_in_silence(make: Any, axes: str) -> None:
    with pytest.raises(SpecError) as error:
        make()
    assert str(error.value) == (
        "softmax acts along the last axis, and here the channels are the first; to apply it to the "
        "channels of every place, leave it out and write a transpose layer with axes = "
        f"{axes}, then an activation layer"
    )


def test_softmax_of_the_channels_is_torchs_after_a_transpose() -> None:
    weights, x = random(3, 2, 1, 1), random(2, 2, 2, 4)
    layers = [
        Conv2d(channels=3, kernel=(1,), use_bias=False), Transpose(axes=(2, 3, 1)),
        Activation(activation="softmax"), Transpose(axes=(3, 1, 2)),
    ]  # fmt: skip
    network = chain(layers, (2, 2, 4), {"weights": weights.numpy()})
    expected = functional.conv2d(x, weights).softmax(dim=1)
    np.testing.assert_allclose(network(x.numpy()), expected.reshape(2, -1), rtol=1e-12)
