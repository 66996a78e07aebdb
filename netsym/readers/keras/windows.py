"""Convolution, pooling, padding and resizing in Keras, whose channels are last."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import numpy as np

from netsym.layers import Layer, Shape
from netsym.layers.pooling import GlobalAveragePool, GlobalMaxPool
from netsym.layers.shaping import Pad, Upsample
from netsym.readers.graph.builder import Constant
from netsym.readers.graph.operations import along_last, linear
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.graph.windows import (
    AVERAGE,
    CONV,
    CONV_BACK,
    MAX,
    interpolation,
    of_axes,
    short,
)
from netsym.readers.keras.activations import activated
from netsym.readers.keras.call import Call
from netsym.readers.keras.shaping import FORMATS

Rule = Callable[[Call], Any]
_VALID, _SAME, _CAUSAL = "valid", "same", "causal"


def _is_last(call: Call) -> bool:
    return call.options.text("data_format", FORMATS[0], FORMATS) == FORMATS[0]


def _image(call: Call, axes: int) -> Traced:
    """What the layer reads, with its channels first."""
    x = call.value()
    if len(x.shape) != axes + 1:
        raise Unreadable(f"moves along {axes} axes, but reads an array with {len(x.shape) - 1}")
    return x.moved(lambda a: np.moveaxis(a, -1, 0)) if _is_last(call) else x


def _given_back(call: Call, x: Traced) -> Traced:
    """A value with its channels first, with them where the layer has them."""
    return x.moved(lambda a: np.moveaxis(a, 0, -1)) if _is_last(call) else x


def _padding(
    call: Call, lengths: Shape, kernel: Shape, stride: Shape, dilation: Shape, known: Sequence[str]
) -> Shape:
    """The padding before every axis and that after it; one number if all are the same."""
    kind = call.options.text("padding", _VALID, known)
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    totals = [
        max((-(-n // s) - 1) * s + r - n, 0) for n, s, r in zip(lengths, stride, reach, strict=True)
    ]
    if kind == _VALID:
        return (0,)
    before = [t // 2 for t in totals] if kind == _SAME else [r - 1 for r in reach]
    after = [t - t // 2 for t in totals] if kind == _SAME else [0 for _ in reach]
    return _sides(before, after)


def _sides(before: Sequence[int], after: Sequence[int]) -> Shape:
    return short(tuple(before)) if [*before] == [*after] else (*before, *after)


# -- convolution ------------------------------------------------------------------------------
def _moves(call: Call, x: Traced, axes: int) -> dict[str, Any]:
    """The options that say how the kernel of a convolution moves."""
    kernel = call.options.wholes("kernel_size", axes)
    stride, dilation = (call.options.wholes(k, axes, 1) for k in ("strides", "dilation_rate"))
    known = (_VALID, _SAME, _CAUSAL) if axes == 1 else (_VALID, _SAME)
    padding = _padding(call, x.shape[1:], kernel, stride, dilation, known)
    return {"kernel": kernel, "stride": short(stride), "dilation": short(dilation),
            "padding": padding}  # fmt: skip


def _outputs_first(kernel: Constant, axes: int) -> Constant:
    """A kernel (…, inputs, outputs) as (outputs, inputs, …)."""
    return np.ascontiguousarray(kernel.transpose(axes + 1, axes, *range(axes)))


def _conv(axes: int) -> Rule:
    def rule(call: Call) -> Traced:
        x, filters = _image(call, axes), call.options.whole("filters")
        groups, moves = call.options.whole("groups", 1), _moves(call, x, axes)
        bias = (filters,) if call.options.flag("use_bias", True) else None
        shape = (*moves["kernel"], x.shape[0] // groups, filters)
        given = call.arrays(kernel=shape, bias=bias)
        given["weights"] = _outputs_first(given.pop("kernel"), axes)
        layer = of_axes(CONV, axes)(
            channels=filters, groups=groups, use_bias=bias is not None, **moves
        )
        return activated(call, _given_back(call, call.apply(layer, x, **given)))

    return rule


def _each_channel(call: Call, x: Traced, axes: int, kernel: Constant, **bias: Constant) -> Traced:
    """A convolution of every channel by itself, of kernels (…, channels, several)."""
    channels, several = kernel.shape[-2:]
    weights = np.moveaxis(kernel.reshape(*kernel.shape[:-2], -1), -1, 0)[:, None]
    layer = of_axes(CONV, axes)(
        channels=channels * several, groups=channels, use_bias=bool(bias), **_moves(call, x, axes)
    )
    return call.apply(layer, x, weights=np.ascontiguousarray(weights), **bias)


def _depthwise_shape(call: Call, x: Traced, axes: int) -> Shape:
    several = call.options.whole("depth_multiplier", 1)
    return (*call.options.wholes("kernel_size", axes), x.shape[0], several)


def _depthwise(axes: int) -> Rule:
    def rule(call: Call) -> Traced:
        x = _image(call, axes)
        shape = _depthwise_shape(call, x, axes)
        bias = (shape[-1] * shape[-2],) if call.options.flag("use_bias", True) else None
        given = call.arrays(kernel=shape, bias=bias)
        made = _each_channel(call, x, axes, **given)
        return activated(call, _given_back(call, made))

    return rule


def _separable(axes: int) -> Rule:
    """Every channel by itself, and then all of them at every place."""

    def rule(call: Call) -> Traced:
        x, filters = _image(call, axes), call.options.whole("filters")
        shape, ones = _depthwise_shape(call, x, axes), (1,) * axes
        bias = (filters,) if call.options.flag("use_bias", True) else None
        given = call.arrays(
            depthwise=shape, pointwise=(*ones, shape[-1] * shape[-2], filters), bias=bias
        )
        scope = call.build.scope
        call.build.scope = f"{scope}.depthwise"
        each = _each_channel(call, x, axes, given.pop("depthwise"))
        call.build.scope = scope
        given["weights"] = _outputs_first(given.pop("pointwise"), axes)
        layer = of_axes(CONV, axes)(channels=filters, kernel=ones, use_bias=bias is not None)
        return activated(call, _given_back(call, call.apply(layer, each, **given)))

    return rule


def _conv_transposed(axes: int) -> Rule:
    def rule(call: Call) -> Traced:
        x, filters = _image(call, axes), call.options.whole("filters")
        kernel = call.options.wholes("kernel_size", axes)
        stride, dilation = (call.options.wholes(k, axes, 1) for k in ("strides", "dilation_rate"))
        more = call.options.wholes("output_padding", axes, least=0) if call.options.has(
            "output_padding") else [None] * axes  # fmt: skip
        is_same = call.options.text("padding", _VALID, (_VALID, _SAME)) == _SAME
        cuts = [
            _cut(d * (k - 1) + 1, s, m, is_same)
            for k, d, s, m in zip(kernel, dilation, stride, more, strict=True)
        ]
        bias = (filters,) if call.options.flag("use_bias", True) else None
        given = call.arrays(kernel=(*kernel, filters, x.shape[0]), bias=bias)
        given["weights"] = _outputs_first(given.pop("kernel"), axes)
        layer = of_axes(CONV_BACK, axes)(
            channels=filters, kernel=kernel, stride=short(stride), dilation=short(dilation),
            padding=_sides([before for before, _ in cuts], [max(n, 0) for _, n in cuts]),
            output_padding=short(tuple(max(-n, 0) for _, n in cuts)), use_bias=bias is not None,
        )  # fmt: skip
        return activated(call, _given_back(call, call.apply(layer, x, **given)))

    return rule


def _cut(reach: int, stride: int, more: int | None, is_same: bool) -> tuple[int, int]:
    """How much of the longest output is cut off before and after; less than none puts some there.

    So the output has stride times as many places where the padding is the same, unless it is said
    how many `more` there are.
    """
    if not is_same:
        end = max(reach, stride) - reach if more is None else more
        return 0, -end
    total = stride + reach - 2 if more is None else reach + reach % 2 - 2 + more
    before = min(total - total // 2, reach - 1)
    return reach - 1 - before, reach - 1 - (total - before)


# -- pooling ----------------------------------------------------------------------------------
def _pool(kinds: Sequence[type[Layer]], axes: int) -> Rule:
    def rule(call: Call) -> Traced:
        x, kernel = _image(call, axes), call.options.wholes("pool_size", axes)
        has_stride = call.options.has("strides")
        stride = call.options.wholes("strides", axes) if has_stride else kernel
        ones = (1,) * axes
        padding = _padding(call, x.shape[1:], kernel, stride, ones, (_VALID, _SAME))
        more = {"count_padding": False} if kinds is AVERAGE and any(padding) else {}
        layer = of_axes(kinds, axes)(kernel=kernel, stride=short(stride), padding=padding, **more)
        return _given_back(call, call.apply(layer, x))

    return rule


def _global_pool(layer: Layer, axes: int) -> Rule:
    def rule(call: Call) -> Traced:
        made = call.apply(layer, _image(call, axes))
        if not call.options.flag("keepdims"):
            return made
        return _given_back(call, made.moved(lambda a: a.reshape(-1, *(1,) * axes)))

    return rule


# -- padding and resizing ---------------------------------------------------------------------
def _pad(axes: int) -> Rule:
    def rule(call: Call) -> Traced:
        sides = call.options.sides("padding", axes)
        padding = _sides([before for before, _ in sides], [after for _, after in sides])
        return _given_back(call, call.apply(Pad(padding=padding), _image(call, axes)))

    return rule


def _upsample(axes: int) -> Rule:
    def rule(call: Call) -> Traced:
        x, size = _image(call, axes), call.options.wholes("size", axes)
        known = ("nearest", "bilinear") if axes == 2 else ("nearest",)
        if call.options.text("interpolation", "nearest", known) == "nearest":
            return _given_back(call, call.apply(Upsample(scale=short(size)), x))
        return _given_back(call, _interpolated(call, x, [
            n * s for n, s in zip(x.shape[1:], size, strict=True)]))  # fmt: skip

    return rule


def _resize(call: Call) -> Traced:
    call.options.text("interpolation", "bilinear", ("bilinear",))
    for key in ("crop_to_aspect_ratio", "pad_to_aspect_ratio", "antialias"):
        call.options.only(key, False)
    lengths = [call.options.whole(key) for key in ("height", "width")]
    return _given_back(call, _interpolated(call, _image(call, 2), lengths))


def _interpolated(call: Call, x: Traced, lengths: Sequence[int]) -> Traced:
    """Linear interpolation along every axis but the channels."""
    for axis, after in enumerate(lengths, 1):
        before = x.shape[axis]
        matrix = interpolation(before, after, before / after)
        x = along_last(x, axis, partial(_mapped, call, matrix))
    return x


def _mapped(call: Call, matrix: Constant, value: Traced) -> Traced:
    return linear(call.build, value, matrix)


#: By the class of the layer.
LAYERS: Mapping[str, Rule] = {"Resizing": _resize} | {
    f"{name}{n}D{end}": rule(n)
    for n in (1, 2, 3)
    for name, end, rule in (
        ("Conv", "", _conv), ("Conv", "Transpose", _conv_transposed),
        ("DepthwiseConv", "", _depthwise), ("SeparableConv", "", _separable),
        ("MaxPooling", "", partial(_pool, MAX)), ("AveragePooling", "", partial(_pool, AVERAGE)),
        ("GlobalMaxPooling", "", partial(_global_pool, GlobalMaxPool())),
        ("GlobalAveragePooling", "", partial(_global_pool, GlobalAveragePool())),
        ("ZeroPadding", "", _pad), ("UpSampling", "", _upsample),
    )
}  # fmt: skip
