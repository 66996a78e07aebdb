"""Normalisation in Keras, by numbers that are kept and by those of every example."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netsym.layers import Shape
from netsym.layers.normalisation import BatchNorm, GroupNorm, LayerNorm, RMSNorm
from netsym.readers.graph.builder import Constant, checked
from netsym.readers.graph.operations import function
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.keras.call import Call
from netsym.readers.keras.shaping import normalised

_LEAST = 1e-7  # that Normalization divides by, Keras's own epsilon


def _eps(call: Call, default: float) -> float:
    return call.options.number("epsilon", default)


def _learned(call: Call, shape: Shape) -> tuple[dict[str, Shape | None], dict[str, bool]]:
    """The shapes of gamma and beta, and the options of the layer that say which there are."""
    gamma, beta = call.options.flag("scale", True), call.options.flag("center", True)
    shapes = {"gamma": shape if gamma else None, "beta": shape if beta else None}
    return shapes, {"use_gamma": gamma, "use_beta": beta}


def _batch_norm(call: Call) -> Traced:
    if call.options.flag("renorm"):
        raise Unreadable("renormalises its batches")
    x = call.value()
    axis = call.options.axis("axis", len(x.shape))
    first = x.moved(lambda a: np.moveaxis(a, axis, 0))
    shape = first.shape[:1]
    learned, options = _learned(call, shape)
    given = call.arrays(**learned, mean=shape, variance=shape)
    made = call.apply(BatchNorm(eps=_eps(call, 1e-3), **options), first, **given)
    return made.moved(lambda a: np.moveaxis(a, 0, axis))


def _group_norm(call: Call) -> Traced:
    x = call.value()
    axis = call.options.axis("axis", len(x.shape))
    first = x.moved(lambda a: np.moveaxis(a, axis, 0))
    groups = call.options.whole("groups", 32, least=-1)
    learned, options = _learned(call, first.shape[:1])
    layer = GroupNorm(
        groups=first.shape[0] if groups == -1 else groups, eps=_eps(call, 1e-3), **options
    )
    made = call.apply(layer, first, **call.arrays(**learned))
    return made.moved(lambda a: np.moveaxis(a, 0, axis))


def _over(call: Call, layer: LayerNorm | RMSNorm, **shapes: Shape | None) -> Traced:
    """A norm over axes, as that of a vector of all their values."""
    x = call.value()
    axes = sorted(call.options.axes("axis", len(x.shape)))
    rest = [axis for axis in range(len(x.shape)) if axis not in axes]
    order, lengths = [*rest, *axes], [x.shape[axis] for axis in [*rest, *axes]]
    flat = x.moved(lambda a: a.transpose(order).reshape(*lengths[: len(rest)], -1))
    given = {key: each.reshape(-1) for key, each in call.arrays(**shapes).items()}
    made = call.apply(layer, flat, **given)
    return made.moved(lambda a: a.reshape(lengths).transpose(np.argsort(order)))


def _lengths(call: Call) -> Shape:
    """The lengths of the axes that are normalised over."""
    shape = call.value().shape
    return tuple(shape[axis] for axis in sorted(call.options.axes("axis", len(shape))))


def _layer_norm(call: Call) -> Traced:
    if call.options.flag("rms_scaling"):
        raise Unreadable("has rms_scaling, which is not read here")
    learned, options = _learned(call, _lengths(call))
    return _over(call, LayerNorm(eps=_eps(call, 1e-3), **options), **learned)


def _rms_norm(call: Call) -> Traced:
    return _over(call, RMSNorm(eps=_eps(call, 1e-6)), gamma=_lengths(call))


def _unit_norm(call: Call) -> Traced:
    x = call.value()
    return normalised(call, x, call.options.axes("axis", len(x.shape)), 1e-12)


def _normalization(call: Call) -> Traced:
    """`(x - m)/√v` with the means and variances of the data, or back."""
    x = call.value()
    axes = sorted(call.options.axes("axis", len(x.shape), [])) if call.options.has("axis") else []
    kept = tuple(x.shape[axis] for axis in axes)
    along = [n if axis in axes else 1 for axis, n in enumerate(x.shape)]
    if call.options.has("mean"):
        mean, variance = (_numbers(call, key, kept) for key in ("mean", "variance"))
    else:
        found = call.arrays(mean=kept, variance=kept, count=())
        mean, variance = found["mean"], found["variance"]
    if (variance < 0).any():
        raise Unreadable("has a variance below 0")
    deviation = np.maximum(np.sqrt(variance), _LEAST)
    steps = [("subtract", mean), ("divide", deviation)]
    if call.options.flag("invert"):
        steps = [("multiply", deviation), ("add", mean)]
    for name, numbers in steps:
        x = function(call.build, name, x, numbers.reshape(along))
    return x


def _numbers(call: Call, key: str, kept: Shape) -> Constant:
    """Numbers that stand among the options, for each place of the axes that are kept."""
    found = np.asarray(call.options.given.get(key), dtype=np.float64)
    return np.broadcast_to(checked(found), kept)


def _rescaling(call: Call) -> Traced:
    """`s x + o`."""
    scaled = function(call.build, "multiply", call.value(), _of_last(call, "scale", None))
    return function(call.build, "add", scaled, _of_last(call, "offset", 0.0))


def _layer_scale(call: Call) -> Traced:
    """`gamma x`, with a gamma for each channel, as in the ConvNeXt of Keras."""
    x = call.value()
    return function(call.build, "multiply", x, call.arrays(gamma=x.shape[-1:])["gamma"])


def _of_last(call: Call, key: str, default: float | None) -> Constant:
    """A number, or one for each entry along the last axis."""
    given: Any = call.options.given.get(key, default)
    if isinstance(given, dict) and isinstance(given.get("config"), dict):
        given = given["config"].get("value")
    return np.asarray(given, dtype=np.float64)


#: By the class of the layer.
LAYERS: Mapping[str, Callable[[Call], Any]] = {
    "BatchNormalization": _batch_norm, "GroupNormalization": _group_norm,
    "LayerNormalization": _layer_norm, "RMSNormalization": _rms_norm,
    "UnitNormalization": _unit_norm, "Normalization": _normalization, "Rescaling": _rescaling,
    "LayerScale": _layer_scale,
}  # fmt: skip
