"""Convolution, pooling, normalisation and resizing in ONNX."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import numpy as np

from netsym.layers import Layer, Shape, refuse_vast
from netsym.layers.normalisation import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from netsym.layers.pooling import GlobalAveragePool, GlobalMaxPool
from netsym.layers.shaping import Upsample
from netsym.readers.graph.builder import Constant, checked
from netsym.readers.graph.operations import Value, along_last, function, linear
from netsym.readers.graph.traced import Traced, Unreadable, fresh
from netsym.readers.graph.windows import (
    AVERAGE,
    CONV,
    CONV_BACK,
    MAX,
    in_zeros,
    of_axes,
    short,
    to_ceil,
)
from netsym.readers.onnx.operator import Operator


@dataclass(frozen=True, slots=True)
class _Windows:
    """How a kernel moves along the axes after the channels."""

    kernel: Shape
    stride: Shape
    dilation: Shape
    before: Shape
    after: Shape

    @property
    def padding(self) -> Shape:
        """As layers have it: one number for each axis, or those before and those after."""
        both = self.before + self.after
        if len(set(both)) == 1:
            return both[:1]
        return self.before if self.before == self.after else both

    @property
    def options(self) -> dict[str, Shape]:
        """The options of a layer."""
        return {
            "kernel": self.kernel, "stride": short(self.stride), "padding": self.padding,
            "dilation": short(self.dilation),
        }  # fmt: skip


def _windows(op: Operator, lengths: Shape, kernel: Shape, ceil: bool = False) -> _Windows:
    axes = len(lengths)

    def along(name: str, default: int) -> Shape:
        return tuple(int(n) for n in op.options.get(name, [default] * axes))

    stride, dilation, pads = along("strides", 1), along("dilations", 1), op.options.get("pads")
    before = tuple(int(n) for n in (pads or [0] * axes)[:axes])
    after = tuple(int(n) for n in (pads or [0] * 2 * axes)[axes:])
    reach = [d * (k - 1) + 1 for k, d in zip(kernel, dilation, strict=True)]
    auto = op.text("auto_pad", "NOTSET")
    if auto.startswith("SAME"):
        totals = [
            max((-(-n // s) - 1) * s + r - n, 0)
            for n, s, r in zip(lengths, stride, reach, strict=True)
        ]
        less, more = [t // 2 for t in totals], [t - t // 2 for t in totals]
        before, after = map(tuple, (less, more) if auto == "SAME_UPPER" else (more, less))
    if ceil:
        after = tuple(
            a + to_ceil(n + b + a, r, s, n + b)
            for n, b, a, r, s in zip(lengths, before, after, reach, stride, strict=True)
        )
    return _Windows(kernel, stride, dilation, before, after)


def _conv(op: Operator) -> Value:
    value, weights = op.value(), op.constant(1)
    bias = op.constant_or(2)
    kernel = weights.shape[2:]
    windows = _windows(op, value.shape[2:], kernel)
    layer = of_axes(CONV, len(kernel))(
        channels=len(weights), groups=int(op.options.get("group", 1)), use_bias=bias is not None,
        **windows.options,
    )  # fmt: skip
    return op.build.apply(layer, value, value.batch_at(0), _given(weights, bias))


def _given(weights: Constant, bias: Constant | None) -> dict[str, Constant]:
    given = {"weights": checked(weights)}
    return given if bias is None else given | {"bias": checked(bias)}


def _conv_transposed(op: Operator) -> Value:
    value, weights = op.value(), op.constant(1)
    bias, groups = op.constant_or(2), int(op.options.get("group", 1))
    kernel, lengths = weights.shape[2:], value.shape[2:]
    axes = len(kernel)
    windows = _windows(op, lengths, kernel)
    more = tuple(int(n) for n in op.options.get("output_padding", [0] * axes))
    wanted = op.options.get("output_shape")
    auto = op.text("auto_pad", "NOTSET")
    if wanted is not None or auto.startswith("SAME"):
        reach = [d * (k - 1) + 1 for k, d in zip(kernel, windows.dilation, strict=True)]
        target = [int(n) for n in wanted] if wanted is not None else [
            n * s for n, s in zip(lengths, windows.stride, strict=True)]  # fmt: skip
        totals = [
            s * (n - 1) + m + r - t
            for s, n, m, r, t in zip(windows.stride, lengths, more, reach, target, strict=True)
        ]
        extra = [max(-t, 0) for t in totals]
        totals = [max(t, 0) for t in totals]
        more = tuple(m + e for m, e in zip(more, extra, strict=True))
        less = tuple(t // 2 for t in totals)
        rest = tuple(t - t // 2 for t in totals)
        before, after = (less, rest) if auto == "SAME_UPPER" else (rest, less)
        windows = _Windows(kernel, windows.stride, windows.dilation, before, after)
    layer = of_axes(CONV_BACK, axes)(
        channels=weights.shape[1] * groups, groups=groups, use_bias=bias is not None,
        output_padding=short(more), **windows.options,
    )  # fmt: skip
    return op.build.apply(layer, value, value.batch_at(0), _given(weights, bias))


def _pool(op: Operator, kinds: Sequence[type[Layer]], **more: Any) -> Traced:
    value, windows = op.value(), _windows_of_pool(op)
    op.only_first_output()
    return _pooled(op, kinds, value, windows, **more)


def _windows_of_pool(op: Operator, to_whole: bool = True) -> _Windows:
    """Those of a pooling, with what ceil_mode adds after the input if `to_whole`."""
    kernel = tuple(int(n) for n in op.options["kernel_shape"])
    ceil = bool(op.options.get("ceil_mode", 0)) and to_whole
    return _windows(op, op.value().shape[2:], kernel, ceil)


def _pooled(
    op: Operator, kinds: Sequence[type[Layer]], value: Traced, windows: _Windows, **more: Any
) -> Traced:
    layer = of_axes(kinds, len(windows.kernel))(**windows.options, **more)
    return op.build.apply(layer, value, value.batch_at(0))


def _max_pool(op: Operator) -> Value:
    return _pool(op, MAX)


def _average_pool(op: Operator) -> Value:
    counted = bool(op.options.get("count_include_pad", 0))
    plain, windows = _windows_of_pool(op, to_whole=False), _windows_of_pool(op)
    counted = counted and any(plain.padding)
    if counted and windows != plain:  # what ceil_mode adds does not count
        value = in_zeros(op.value(), plain.before, plain.after)
        more = tuple(b - a for a, b in zip(plain.after, windows.after, strict=True))
        windows = replace(windows, before=(0,) * len(more), after=more)
        return _pooled(op, AVERAGE, value, windows, count_padding=False)
    return _pool(op, AVERAGE, count_padding=counted)


def _lp_pool(op: Operator) -> Value:
    """`(Σ |x|^p)^(1/p)` of every window, by the mean of powers."""
    order = float(op.options.get("p", 2))
    count = float(np.prod(op.options["kernel_shape"]))
    raised = function(op.build, "power", function(op.build, "abs", op.value()), np.array(order))
    pooled = _pool(_reading(op, raised), AVERAGE, count_padding=True)
    total = function(op.build, "multiply", pooled, np.array(count))
    return function(op.build, "power", total, np.array(1 / order))


def _reading(op: Operator, value: Traced) -> Operator:
    """The operator with another first input."""
    return Operator(op.kind, [value, *op.inputs[1:]], op.options, op.used, op.opset, op.build)


def _global_pool(layer: Layer) -> Callable[[Operator], Value]:
    def rule(op: Operator) -> Value:
        value = op.value()
        batch = value.batch_at(0)
        source, shape = op.build.laid_out(value, batch)
        name = op.build.put(layer, [source])
        return fresh(name, shape[:1], batch, (shape[0], *(1,) * (len(shape) - 1)))

    return rule


# -- normalisation ----------------------------------------------------------------------------
def _eps(op: Operator, default: float = 1e-5) -> float:
    return float(str(np.float32(op.options.get("epsilon", default))))


def _batch_norm(op: Operator) -> Value:
    if op.options.get("training_mode"):
        raise Unreadable("trains: it has the mean of its batch")
    keys = ("gamma", "beta", "mean", "variance")
    given = {key: checked(op.constant(n)) for n, key in enumerate(keys, 1)}
    value = op.value()
    batch = value.batch_at(0) if value.batch is not None or value.shape[0] == 1 else None
    if batch is None:
        raise Unreadable("normalises several examples at once")
    return op.build.apply(BatchNorm(eps=_eps(op)), value, batch, given)


def _over_last(op: Operator, kind: type[LayerNorm | RMSNorm]) -> Value | None:
    """A norm over all axes from one on, as that of a vector of all their values."""
    if any(op.used[1:]):
        return None  # its definition says those, too
    value = op.value()
    axis = int(op.options.get("axis", -1)) % len(value.shape)
    lengths = value.shape[axis:]
    given = {"gamma": checked(np.broadcast_to(op.constant(1), lengths).reshape(-1))}
    options: dict[str, Any] = {"eps": _eps(op)}
    if kind is LayerNorm:
        options["use_beta"] = op.has(2)
        if op.has(2):
            given["beta"] = checked(np.broadcast_to(op.constant(2), lengths).reshape(-1))
    flat = value.moved(lambda places: places.reshape(*value.shape[:axis], -1))
    flat.axis_of_each(-1)
    made = op.build.apply(kind(**options), flat, flat.batch, given)
    return made.moved(lambda places: places.reshape(value.shape))


def _layer_norm(op: Operator) -> Value | None:
    return _over_last(op, LayerNorm)


def _rms_norm(op: Operator) -> Value | None:
    return _over_last(op, RMSNorm)


def _instance_norm(op: Operator) -> Value:
    value = op.value()
    given = {"gamma": checked(op.constant(1)), "beta": checked(op.constant(2))}
    return op.build.apply(InstanceNorm(eps=_eps(op)), value, value.batch_at(0), given)


def _group_norm(op: Operator) -> Value:
    value, groups = op.value(), int(op.options["num_groups"])
    each = value.shape[1] // groups if op.opset < 21 else 1
    given = {
        key: checked(np.repeat(op.constant(n), each)) for n, key in ((1, "gamma"), (2, "beta"))
    }
    return op.build.apply(GroupNorm(groups=groups, eps=_eps(op)), value, value.batch_at(0), given)


# -- resizing ---------------------------------------------------------------------------------
def _resized(op: Operator) -> Value:
    """Interpolation is linear along every axis: its matrix is what the identity becomes."""
    from netsym.readers.onnx.resizing import matrices

    value = op.value()
    every = [*matrices(op, value.shape)]
    scales = [_repeats(matrix) for matrix in every]
    whole, batch = tuple(n for n in scales if n), value.batch
    is_plain = batch is not None and batch.axis == 0 and batch.alone
    if is_plain and len(whole) == len(every) > 2 and whole[:2] == (1, 1) and max(whole) > 1:
        return op.build.apply(Upsample(scale=short(whole[2:])), value, batch)
    for axis, matrix in enumerate(every):
        if matrix is None:
            continue
        refuse_vast("would make", *value.shape[:axis], len(matrix), *value.shape[axis + 1 :])
        taken = matrix.argmax(axis=1)
        if (matrix == np.eye(value.shape[axis])[taken]).all():  # every value is one of before
            value = value.moved(partial(np.take, indices=taken, axis=axis))
        else:
            value = along_last(value, axis, partial(_mapped, op, matrix))
    return value


def _repeats(matrix: Constant | None) -> int | None:
    """How often each value comes, one after another, if all come as often; 1 of what is left."""
    if matrix is None:
        return 1
    after, before = matrix.shape
    times = after // before
    same = after % before == 0 and bool((matrix == np.repeat(np.eye(before), times, axis=0)).all())
    return times if same else None


def _mapped(op: Operator, matrix: Constant, value: Traced) -> Traced:
    return linear(op.build, value, matrix)


WINDOWS: Mapping[str, Callable[[Operator], Any]] = {
    "Conv": _conv, "ConvTranspose": _conv_transposed, "MaxPool": _max_pool,
    "AveragePool": _average_pool, "LpPool": _lp_pool,
    "GlobalAveragePool": _global_pool(GlobalAveragePool()),
    "GlobalMaxPool": _global_pool(GlobalMaxPool()),
    "BatchNormalization": _batch_norm, "LayerNormalization": _layer_norm,
    "RMSNormalization": _rms_norm, "InstanceNormalization": _instance_norm,
    "GroupNormalization": _group_norm, "Resize": _resized, "Upsample": _resized,
}  # fmt: skip
