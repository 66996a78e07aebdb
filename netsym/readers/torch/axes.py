"""What torch does along axes: reductions, softmax, joining, padding and resizing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from math import prod
from typing import Any

import numpy as np

from netsym.layers.shaping import Pad, Upsample
from netsym.readers.graph.builder import Builder, Constant
from netsym.readers.graph.operations import (
    Value,
    along_last,
    concat,
    cumulated,
    function,
    linear,
    reduce,
    softmax,
)
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.graph.windows import interpolation, short
from netsym.readers.torch.elementwise import Rule, as_value, square


def _softmax(build: Builder, value: Traced, dim: int, *_: Any, **__: Any) -> Traced:
    return softmax(build, value, dim)


def _log_softmax(build: Builder, value: Traced, dim: int, *_: Any, **__: Any) -> Traced:
    total = reduce(build, "logsumexp", value, [dim], keep=True)
    return function(build, "subtract", value, total)


def axes_of(dim: Any) -> list[int] | None:
    """Axes as torch has them: one, several, or None for all."""
    if dim is None or (isinstance(dim, list) and not dim):
        return None
    return [int(n) for n in dim] if isinstance(dim, list) else [int(dim)]


def _reduction(name: str) -> Rule:
    def rule(
        build: Builder, value: Traced, dim: Any = None, keepdim: bool = False, **_: Any
    ) -> Traced:
        return reduce(build, name, value, axes_of(dim), bool(keepdim))

    return rule


def _largest(name: str) -> Rule:
    """The largest or smallest of all, along an axis with its place, or of two arrays."""

    def rule(build: Builder, value: Traced, other: Any = None, keepdim: bool = False) -> Any:
        if other is None:
            return reduce(build, name, value, None, keep=False)
        if isinstance(other, (Traced, np.ndarray)):
            return function(build, name, value, other)
        return [reduce(build, name, value, [int(other)], bool(keepdim)), None]

    return rule


def _norm(
    build: Builder,
    value: Traced,
    order: float = 2,
    dim: Any = None,
    keepdim: bool = False,
    **_: Any,
) -> Traced:
    if order not in (1, 2):
        raise Unreadable(f"has a norm of order {order}")
    return reduce(build, f"norm{int(order)}", value, axes_of(dim), bool(keepdim))


def _variance(build: Builder, value: Traced, dim: Any = None, unbiased: Any = True,
              keepdim: bool = False, correction: Any = None) -> Traced:  # fmt: skip
    """`Σ (x - mean)²/(n - 1)`, or over n."""
    if isinstance(dim, bool):
        dim, unbiased = None, dim
    axes = axes_of(dim)
    less = int(unbiased) if correction is None else int(correction)
    count = prod(value.shape[n] for n in (range(len(value.shape)) if axes is None else axes))
    mean = reduce(build, "mean", value, axes, keep=True)
    squares = square(build, function(build, "subtract", value, mean))
    if not less:
        return reduce(build, "mean", squares, axes, bool(keepdim))
    total = reduce(build, "sum", squares, axes, bool(keepdim))
    return function(build, "divide", total, np.array(float(count - less)))


def _deviation(build: Builder, value: Traced, *given: Any, **named: Any) -> Traced:
    return function(build, "sqrt", _variance(build, value, *given, **named))


def _cumulated(build: Builder, value: Traced, dim: int, **_: Any) -> Traced:
    return cumulated(build, value, dim)


def _cat(build: Builder, values: Sequence[Any], dim: int = 0) -> Traced:
    return concat(build, [as_value(each) for each in values], dim)


def _stack(build: Builder, values: Sequence[Any], dim: int = 0) -> Traced:
    return concat(build, [_unsqueezed(as_value(each), dim) for each in values], dim)


def _unsqueezed(value: Value, dim: int) -> Value:
    if isinstance(value, Traced):
        return value.moved(lambda places: np.expand_dims(places, dim))
    return np.expand_dims(value, dim)


def _index(build: Builder, value: Traced, indices: Sequence[Any]) -> Traced:
    if any(isinstance(each, Traced) for each in indices):
        raise Unreadable("depends on values where it must know places")
    chosen = tuple(slice(None) if each is None else each for each in indices)
    return value.moved(lambda places: places[chosen])


def _pad(build: Builder, value: Traced, pads: Sequence[int], mode: str = "constant",
         number: float | None = None) -> Traced:  # fmt: skip
    sides = [(0, 0)] * (len(value.shape) - len(pads) // 2)
    sides += [(pads[n], pads[n + 1]) for n in range(len(pads) - 2, -1, -2)]
    kinds = {"constant": "constant", "reflect": "reflect", "replicate": "edge", "circular": "wrap"}
    batch, inner = value.batch, sides[2:]
    plain = batch is not None and batch.axis == 0 and batch.alone
    if plain and not any(sides[0] + sides[1]) and min(map(min, inner), default=-1) >= 0:
        flat = tuple(n for n, _ in inner) + tuple(n for _, n in inner)
        layer = Pad(padding=short(flat), mode=mode, value=float(number or 0))
        return build.apply(layer, value, batch)
    wide = [(max(a, 0), max(b, 0)) for a, b in sides]
    made = value.moved(lambda places: np.pad(places, wide, mode=kinds[mode]))  # type: ignore[call-overload]
    cut = tuple(slice(max(-a, 0), n - max(-b, 0) if b < 0 else None)
                for (a, b), n in zip(sides, made.shape, strict=True))  # fmt: skip
    made = made.moved(lambda places: places[cut])
    if made.is_filled and value.is_filled and value.fill != float(number or 0):
        raise Unreadable("puts several numbers beside values")
    return replace(made, fill=float(number or 0)) if made.is_filled else made


def _constant_pad(build: Builder, value: Traced, pads: Sequence[int], number: float = 0) -> Traced:
    return _pad(build, value, pads, "constant", number)


def _nearest(build: Builder, value: Traced, size: Any = None, *given: Any, **named: Any) -> Traced:
    """Every value as often as the scale says, which must be whole."""
    factors = named.get("scale_factors") or next((e for e in given if isinstance(e, list)), None)
    lengths = value.shape[2:]
    if size is None:
        size = [int(n * f) for n, f in zip(lengths, factors or [], strict=True)]
    if any(m % n for m, n in zip(size, lengths, strict=True)):
        axes = [np.floor(np.arange(m) * n / m).astype(int)
                for m, n in zip(size, lengths, strict=True)]  # fmt: skip
        for axis, chosen in enumerate(axes, 2):
            value = value.moved(partial(np.take, indices=chosen, axis=axis))
        return value
    scale = tuple(m // n for m, n in zip(size, lengths, strict=True))
    return build.apply(Upsample(scale=short(scale)), value, value.batch_at(0))


def _interpolated(build: Builder, value: Traced, size: Any, align: bool, *given: Any,
                  **named: Any) -> Traced:  # fmt: skip
    """Linear interpolation along every axis, as a matrix of weights along each."""
    factors = named.get("scale_factors") or next((e for e in given if isinstance(e, list)), None)
    lengths = value.shape[2:]
    if size is None:
        size = [int(n * f) for n, f in zip(lengths, factors or [], strict=True)]
    scales = [1 / f for f in factors] if factors else [n / m for n, m in
              zip(lengths, size, strict=True)]  # fmt: skip
    for axis, (n, m, scale) in enumerate(zip(lengths, size, scales, strict=True), 2):
        matrix = interpolation(n, int(m), float(scale), align)
        value = along_last(value, axis, partial(_mapped, build, matrix))
    return value


def _mapped(build: Builder, matrix: Constant, value: Traced) -> Traced:
    return linear(build, value, matrix)


#: By the name of the operator.
AXES: Mapping[str, Rule] = {
    "softmax": _softmax, "_softmax": _softmax, "special_softmax": _softmax,
    "log_softmax": _log_softmax, "_log_softmax": _log_softmax,
    "mean": _reduction("mean"), "sum": _reduction("sum"), "amax": _reduction("max"),
    "amin": _reduction("min"), "prod": _reduction("prod"), "logsumexp": _reduction("logsumexp"),
    "max": _largest("max"), "min": _largest("min"), "norm": _norm, "linalg_vector_norm": _norm,
    "var": _variance, "std": _deviation, "cumsum": _cumulated, "cat": _cat, "concat": _cat,
    "stack": _stack, "index": _index, "pad": _pad, "constant_pad_nd": _constant_pad,
    "upsample_nearest1d": _nearest, "upsample_nearest2d": _nearest, "upsample_nearest3d": _nearest,
    "upsample_linear1d": _interpolated, "upsample_bilinear2d": _interpolated,
    "upsample_trilinear3d": _interpolated,
}  # fmt: skip
