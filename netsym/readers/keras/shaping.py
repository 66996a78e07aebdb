"""Layers of Keras that only move values, or join them; and those that do nothing at inference."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netsym.layers import refuse_vast
from netsym.readers.graph.einsum import einsum
from netsym.readers.graph.operations import concat, function, reduce
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.keras.call import Call

_LETTERS = "abcdefghijklmnopqrstuvwxyz"
Rule = Callable[[Call], Any]


def _nothing(call: Call) -> Traced:
    return call.value()


# -- moving -----------------------------------------------------------------------------------
def _flatten(call: Call) -> Traced:
    x = call.value()
    if call.options.text("data_format", "channels_last", FORMATS) == FORMATS[1]:
        x = x.moved(lambda a: np.moveaxis(a, 0, -1) if a.ndim else a)
    return x.moved(lambda a: a.reshape(-1))


FORMATS = ("channels_last", "channels_first")


def _reshape(call: Call) -> Traced:
    shape = call.options.given.get("target_shape")
    if not isinstance(shape, list) or not all(isinstance(n, int) for n in shape):
        raise Unreadable("has no target_shape of whole numbers")
    return call.value().moved(lambda a: a.reshape(shape))


def _permute(call: Call) -> Traced:
    x = call.value()
    axes = call.options.axes("dims", len(x.shape))
    return x.moved(lambda a: a.transpose(axes))


def _repeat(call: Call) -> Traced:
    x, times = call.value(), call.options.whole("n")
    refuse_vast("repeats", times, *x.shape)
    return x.moved(lambda a: np.repeat(a[None], times, axis=0))


def _crop(axes: int) -> Rule:
    def rule(call: Call) -> Traced:
        x = call.value()
        first = axes > 1 and call.options.text("data_format", FORMATS[0], FORMATS) == FORMATS[1]
        if len(x.shape) != axes + 1:
            raise Unreadable(f"crops {axes} axes of an array with {len(x.shape) - 1}")
        cut = [slice(before, n - after) for (before, after), n in zip(
            call.options.sides("cropping", axes), x.shape[first:], strict=False)]  # fmt: skip
        whole = tuple([slice(None), *cut] if first else cut)
        return x.moved(lambda a: a[whole])

    return rule


# -- joining ----------------------------------------------------------------------------------
def _aligned(call: Call) -> list[Traced]:
    """Values with as many axes as the one with most, the new ones first."""
    values = call.values()
    if not values:
        raise Unreadable("joins nothing")
    most = max(len(value.shape) for value in values)
    return [value.moved(lambda a: a.reshape((1,) * (most - a.ndim) + a.shape)) for value in values]


def _merge(name: str) -> Rule:
    return lambda call: function(call.build, name, *_aligned(call))


def _subtract(call: Call) -> Traced:
    values = _aligned(call)
    if len(values) != 2:
        raise Unreadable(f"takes the difference of {len(values)} values")
    return function(call.build, "subtract", *values)


def _average(call: Call) -> Traced:
    values = _aligned(call)
    total = function(call.build, "add", *values)
    return function(call.build, "divide", total, np.array(float(len(values))))


def _concatenate(call: Call) -> Traced:
    values = call.values()
    axis = call.options.axis("axis", len(values[0].shape))
    return concat(call.build, values, axis)


def normalised(call: Call, x: Traced, axes: list[int], eps: float) -> Traced:
    """`x/√(Σ x²)` along axes, the root no smaller than eps."""
    square = function(call.build, "power", x, np.array(2.0))
    root = function(call.build, "sqrt", reduce(call.build, "sum", square, axes, keep=True))
    return function(call.build, "divide", x, function(call.build, "max", root, np.array(eps)))


def _dot(call: Call) -> Traced:
    values = call.values()
    if len(values) != 2:
        raise Unreadable(f"multiplies {len(values)} values")
    given = call.options.given.get("axes")
    each = given if isinstance(given, list) and len(given) == 2 else [given, given]
    axes = []
    for axis, value in zip(each, values, strict=True):
        if not isinstance(axis, int) or not -len(value.shape) - 1 <= axis <= len(value.shape):
            raise Unreadable("has no axes along which it multiplies")
        axes.append(axis % (len(value.shape) + 1) - 1)
    if min(axes) < 0:
        raise Unreadable("multiplies along the axis of the examples of a batch")
    if call.options.flag("normalize"):
        values = [normalised(call, x, [axis], 1e-7) for x, axis in zip(values, axes, strict=True)]
    letters = iter(_LETTERS)
    terms = [["z" if n == axis else next(letters) for n in range(len(x.shape))]
             for x, axis in zip(values, axes, strict=True)]  # fmt: skip
    one, other = ("".join(term) for term in terms)
    made = einsum(call.build, f"{one},{other}->{(one + other).replace('z', '')}", values)
    return made.moved(lambda a: a.reshape(-1)) if not made.shape else made


#: What does nothing at inference.
_NOTHING = (
    "Dropout", "SpatialDropout1D", "SpatialDropout2D", "SpatialDropout3D", "AlphaDropout",
    "GaussianDropout", "GaussianNoise", "StochasticDepth", "ActivityRegularization", "Identity",
    *(f"Random{what}" for what in (
        "Brightness", "ColorDegeneration", "ColorJitter", "Contrast", "ElasticTransform",
        "Erasing", "Flip", "GaussianBlur", "Grayscale", "Hue", "Invert", "Perspective",
        "Posterization", "Rotation", "Saturation", "Sharpness", "Shear", "Translation", "Zoom")),
)  # fmt: skip
#: By the class of the layer.
LAYERS: Mapping[str, Rule] = {
    **dict.fromkeys(_NOTHING, _nothing),
    "Flatten": _flatten, "Reshape": _reshape, "Permute": _permute, "RepeatVector": _repeat,
    **{f"Cropping{n}D": _crop(n) for n in (1, 2, 3)},
    "Add": _merge("add"), "Multiply": _merge("multiply"), "Maximum": _merge("max"),
    "Minimum": _merge("min"), "Subtract": _subtract, "Average": _average,
    "Concatenate": _concatenate, "Dot": _dot,
}  # fmt: skip
