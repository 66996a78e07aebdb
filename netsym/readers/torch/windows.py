"""Convolution, pooling and normalisation in torch."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from netsym.layers import Layer, Shape
from netsym.layers.normalisation import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from netsym.layers.pooling import GlobalAveragePool, GlobalMaxPool
from netsym.readers.graph.builder import Builder, Constant, checked
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
from netsym.readers.torch.elementwise import Rule


def _along(given: Any, axes: int) -> Shape:
    """A number for each axis; none, if none is given."""
    if given in (None, []):
        return ()
    numbers = tuple(int(n) for n in (given if isinstance(given, list) else [given]))
    return numbers * axes if len(numbers) == 1 else numbers


def _examples_first(value: Traced, axes: int) -> Traced:
    """A value with an axis of examples, which one without has as its first."""
    return value if len(value.shape) == axes + 2 else value.moved(lambda a: a[None])


def _conv(build: Builder, value: Traced, weights: Constant, bias: Constant | None = None,
          stride: Any = 1, padding: Any = 0, dilation: Any = 1, groups: int = 1
          ) -> Traced:  # fmt: skip
    if isinstance(weights, Traced):
        raise Unreadable("has kernels that depend on values")
    kernel = weights.shape[2:]
    axes = len(kernel)
    apart = _along(dilation, axes)
    if isinstance(padding, str):
        totals = [d * (k - 1) if padding == "same" else 0
                  for d, k in zip(apart, kernel, strict=True)]  # fmt: skip
        sides = tuple(t // 2 for t in totals) + tuple(t - t // 2 for t in totals)
        padding = sides if len(set(sides)) > 1 else sides[:1]
    layer = of_axes(CONV, axes)(
        channels=len(weights), kernel=kernel, stride=short(_along(stride, axes)),
        padding=short(tuple(padding) if isinstance(padding, tuple) else _along(padding, axes)),
        dilation=short(apart), groups=groups, use_bias=bias is not None,
    )  # fmt: skip
    return _of_images(build, layer, value, axes, weights, bias)


def _of_images(build: Builder, layer: Layer, value: Traced, axes: int, weights: Constant,
               bias: Constant | None) -> Traced:  # fmt: skip
    given = {"weights": checked(weights)} | ({} if bias is None else {"bias": checked(bias)})
    whole = _examples_first(value, axes)
    made = build.apply(layer, whole, whole.batch_at(0), given)
    return made if whole is value else made.moved(lambda a: a[0])


def _conv_transposed(build: Builder, value: Traced, weights: Constant, bias: Any = None,
                     stride: Any = 1, padding: Any = 0, output_padding: Any = 0, groups: int = 1,
                     dilation: Any = 1) -> Traced:  # fmt: skip
    kernel = weights.shape[2:]
    axes = len(kernel)
    layer = of_axes(CONV_BACK, axes)(
        channels=weights.shape[1] * groups, kernel=kernel, stride=short(_along(stride, axes)),
        padding=short(_along(padding, axes)), dilation=short(_along(dilation, axes)),
        output_padding=short(_along(output_padding, axes)), groups=groups,
        use_bias=bias is not None,
    )  # fmt: skip
    return _of_images(build, layer, value, axes, weights, bias)


def _max_pool(axes: int) -> Rule:
    def rule(build: Builder, value: Traced, kernel: Any, stride: Any = None, padding: Any = 0,
             dilation: Any = 1, ceil: bool = False) -> Traced:  # fmt: skip
        return _pool(build, MAX, axes, value, (kernel, stride, padding, dilation), ceil)

    return rule


def _average_pool(axes: int) -> Rule:
    def rule(build: Builder, value: Traced, kernel: Any, stride: Any = None, padding: Any = 0,
             ceil: bool = False, counted: bool = True, divisor: int | None = None
             ) -> Traced:  # fmt: skip
        if divisor is not None:
            raise Unreadable("divides by another number than that of its elements")
        return _pool(build, AVERAGE, axes, value, (kernel, stride, padding, 1), ceil, counted)

    return rule


def _pool(build: Builder, kinds: Sequence[type[Layer]], axes: int, value: Traced,
          moves: tuple[Any, ...], ceil: bool, counted: bool = False) -> Traced:  # fmt: skip
    """`moves` are the kernel, the stride, the padding and the dilation."""
    kernel, stride, around, dilation = (_along(each, axes) for each in moves)
    stride = stride or kernel
    whole = _examples_first(value, axes)
    seen, more = whole, (0,) * axes
    if ceil:
        reach = [d * (k - 1) + 1 for d, k in zip(dilation, kernel, strict=True)]
        more = tuple(
            to_ceil(n + 2 * a, r, s, n + a)
            for n, a, r, s in zip(whole.shape[2:], around, reach, stride, strict=True)
        )
    counted = counted and any(around)
    if counted and any(more):  # what ceil adds does not count
        seen, around, counted = in_zeros(whole, around, around), (0,) * axes, False
    after = tuple(a + m for a, m in zip(around, more, strict=True))
    options: dict[str, Any] = {"count_padding": counted} if kinds is AVERAGE else {
        "dilation": short(dilation)}  # fmt: skip
    layer = of_axes(kinds, axes)(
        kernel=kernel, stride=short(stride),
        padding=short(around) if after == around else around + after, **options,
    )  # fmt: skip
    made = build.apply(layer, seen, seen.batch_at(0))
    return made if whole is value else made.moved(lambda a: a[0])


def _first_of(rule: Rule) -> Rule:
    """What gives the values and their places, of which only the values are read."""
    return lambda build, *given, **named: [rule(build, *given, **named), None]


def _adaptive(layer: Layer, kinds: Sequence[type[Layer]], axes: int) -> Rule:
    def rule(build: Builder, value: Traced, size: Any) -> Traced:
        wanted, whole = _along(size, axes), _examples_first(value, axes)
        lengths = whole.shape[2:]
        batch = whole.batch_at(0)
        if set(wanted) == {1}:
            source, shape = build.laid_out(whole, batch)
            name = build.put(layer, [source])
            made = fresh(name, shape[:1], batch, (shape[0], *(1,) * axes))
        elif any(n % m for n, m in zip(lengths, wanted, strict=True)):
            raise Unreadable("has windows of different lengths")
        elif wanted == lengths:
            made = whole
        else:
            kernel = tuple(n // m for n, m in zip(lengths, wanted, strict=True))
            options = {"count_padding": False} if kinds is AVERAGE else {}
            pool = of_axes(kinds, axes)(kernel=kernel, stride=short(kernel), **options)
            made = build.apply(pool, whole, batch)
        return made if whole is value else made.moved(lambda a: a[0])

    return rule


def _batch_norm(build: Builder, value: Traced, weight: Any, bias: Any, mean: Any, variance: Any,
                training: bool, momentum: float, eps: float, *_: Any) -> Traced:  # fmt: skip
    if training or mean is None:
        raise Unreadable("normalises by its batch, as it keeps no mean and variance")
    given = {"gamma": weight, "beta": bias, "mean": mean, "variance": variance}
    layer = BatchNorm(eps=eps, use_gamma=weight is not None, use_beta=bias is not None)
    known = {key: checked(each) for key, each in given.items() if each is not None}
    return build.apply(layer, value, value.batch_at(0), known)


def _over_last(kind: type[LayerNorm | RMSNorm]) -> Rule:
    def rule(build: Builder, value: Traced, shape: Sequence[int], weight: Any = None,
             *more: Any, **_: Any) -> Traced:  # fmt: skip
        given = {} if weight is None else {"gamma": checked(weight).reshape(-1)}
        options: dict[str, Any] = {"use_gamma": weight is not None}
        if kind is LayerNorm:
            bias, eps = [*more, None, 1e-5][:2] if len(more) != 1 else [more[0], 1e-5]
            options["use_beta"] = bias is not None
            given |= {} if bias is None else {"beta": checked(bias).reshape(-1)}
        else:
            single = np.float32 if weight is None else weight.dtype
            eps = more[0] if more and more[0] is not None else float(np.finfo(single).eps)
        count = len(value.shape) - len(shape)
        flat = value.moved(lambda places: places.reshape(*places.shape[:count], -1))
        flat.axis_of_each(-1)
        made = build.apply(kind(eps=float(eps), **options), flat, flat.batch, given)
        return made.moved(lambda places: places.reshape(value.shape))

    return rule


def _group_norm(build: Builder, value: Traced, groups: int, weight: Any = None, bias: Any = None,
                eps: float = 1e-5, *_: Any) -> Traced:  # fmt: skip
    return _grouped(build, GroupNorm(groups=groups, eps=eps), value, weight, bias)


def _instance_norm(build: Builder, value: Traced, weight: Any, bias: Any, mean: Any, variance: Any,
                   use_input: bool, momentum: float, eps: float, *_: Any) -> Traced:  # fmt: skip
    if not use_input:
        return _batch_norm(build, value, weight, bias, mean, variance, False, momentum, eps)
    return _grouped(build, InstanceNorm(eps=eps), value, weight, bias)


def _grouped(build: Builder, layer: Layer, value: Traced, weight: Any, bias: Any) -> Traced:
    channels = value.shape[1]
    given = {
        "gamma": np.ones(channels) if weight is None else checked(weight),
        "beta": np.zeros(channels) if bias is None else checked(bias),
    }
    return build.apply(layer, value, value.batch_at(0), given)


#: By the name of the operator.
WINDOWS: Mapping[str, Rule] = {
    **dict.fromkeys(("conv1d", "conv2d", "conv3d"), _conv),
    "conv_transpose1d": _conv_transposed, "conv_transpose2d": _conv_transposed,
    "conv_transpose3d": _conv_transposed,
    **{f"max_pool{n}d": _max_pool(n) for n in (1, 2, 3)},
    **{f"max_pool{n}d_with_indices": _first_of(_max_pool(n)) for n in (1, 2, 3)},
    **{f"avg_pool{n}d": _average_pool(n) for n in (1, 2, 3)},
    **{f"adaptive_avg_pool{n}d": _adaptive(GlobalAveragePool(), AVERAGE, n) for n in (1, 2, 3)},
    **{f"adaptive_max_pool{n}d": _first_of(_adaptive(GlobalMaxPool(), MAX, n)) for n in (1, 2, 3)},
    "batch_norm": _batch_norm, "layer_norm": _over_last(LayerNorm),
    "rms_norm": _over_last(RMSNorm), "group_norm": _group_norm, "instance_norm": _instance_norm,
}  # fmt: skip
