"""Activations of Keras by their names, and the layers that are one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netsym.layers.elementwise import Activation, PReLU
from netsym.readers.graph.builder import Builder
from netsym.readers.graph.clamp import clamped
from netsym.readers.graph.operations import elementwise, function, reduce, softmax
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.keras.call import Call
from netsym.readers.keras.options import shown

Rule = Callable[[Builder, Traced], Traced]


def named(name: str, **options: float) -> Rule:
    """An activation of netsym, with its options."""
    layer = Activation(activation=name, **options)
    return lambda build, x: elementwise(build, layer, x)


def _function(name: str) -> Rule:
    return lambda build, x: function(build, name, x)


def _log_softmax(build: Builder, x: Traced) -> Traced:
    return function(build, "subtract", x, reduce(build, "logsumexp", x, [-1], keep=True))


def _log_sigmoid(build: Builder, x: Traced) -> Traced:
    """`-log(1 + exp(-x))`."""
    minus = function(build, "multiply", x, np.array(-1.0))
    return function(build, "multiply", named("softplus")(build, minus), np.array(-1.0))


def _squareplus(build: Builder, x: Traced) -> Traced:
    """`(x + √(x² + 4))/2`."""
    square = function(build, "power", x, np.array(2.0))
    root = function(build, "sqrt", function(build, "add", square, np.array(4.0)))
    return function(build, "divide", function(build, "add", x, root), np.array(2.0))


def _tanh_shrink(build: Builder, x: Traced) -> Traced:
    return function(build, "subtract", x, named("tanh")(build, x))


def _soft_shrink(build: Builder, x: Traced) -> Traced:
    """`x - min(max(x, -1/2), 1/2)`."""
    return function(build, "subtract", x, clamped(build, x, -0.5, 0.5))


def _sparse_sigmoid(build: Builder, x: Traced) -> Traced:
    """`(x + 1)/2`, between 0 and 1."""
    half = function(build, "divide", function(build, "add", x, np.array(1.0)), np.array(2.0))
    return clamped(build, half, 0.0, 1.0)


def _glu(build: Builder, x: Traced) -> Traced:
    if x.shape[-1] % 2:
        raise Unreadable(f"halves {x.shape[-1]} values")
    half = x.shape[-1] // 2
    left, right = x.moved(lambda a: a[..., :half]), x.moved(lambda a: a[..., half:])
    return function(build, "multiply", left, named("sigmoid")(build, right))


#: By their names in Keras, with the options that they have there if none are given.
ACTIVATIONS: Mapping[str, Rule] = {
    **{name: named(name) for name in (
        "relu", "relu6", "selu", "softplus", "softsign", "silu", "tanh", "sigmoid",
        "hard_sigmoid", "hard_tanh", "mish", "elu", "celu")},
    "leaky_relu": named("leaky_relu", alpha=0.2), "swish": named("silu"),
    "gelu": named("gelu"), "hard_silu": named("hard_swish"), "hard_swish": named("hard_swish"),
    "exponential": _function("exp"), "linear": lambda _, x: x,
    "softmax": lambda build, x: softmax(build, x, -1), "log_softmax": _log_softmax,
    "log_sigmoid": _log_sigmoid, "squareplus": _squareplus, "tanh_shrink": _tanh_shrink,
    "soft_shrink": _soft_shrink, "sparse_sigmoid": _sparse_sigmoid, "glu": _glu,
}  # fmt: skip


def activated(call: Call, x: Traced, key: str = "activation") -> Traced:
    """A value after the activation that an option says, by its name or as a layer."""
    given = call.options.given.get(key)
    if given is None:
        return x
    if isinstance(given, str) and given in ACTIVATIONS:
        return ACTIVATIONS[given](call.build, x)
    if isinstance(given, dict) and isinstance(given.get("config"), dict):
        made = call.within(key, x)
        if not isinstance(made, Traced):
            raise Unreadable(f"has an {key} that cannot be read")
        return made
    name = given.get("config") if isinstance(given, dict) else given
    raise Unreadable(f"has the {key} {shown(name)}, which is not read here")


def activation_name(call: Call, key: str, default: str) -> str:
    """The name of an activation; raises `Unreadable` if it has none."""
    found = call.options.given.get(key, default)
    if not isinstance(found, str):
        raise Unreadable(f"has the {key} {shown(found)}, which is not read here")
    return found


# -- layers -----------------------------------------------------------------------------------
def _activation(call: Call) -> Traced:
    return activated(call, call.value())


def _relu(call: Call) -> Traced:
    """`min(max(x, 0), m)`, with a slope below 0 if there is one."""
    x, options = call.value(), call.options
    slope, threshold = options.number("negative_slope", 0.0), options.number("threshold", 0.0)
    most = options.number("max_value") if options.has("max_value") else None
    if threshold:
        raise Unreadable("has a threshold that is not 0, where it jumps")
    if not slope:
        return clamped(call.build, x, 0.0, most)
    if most is not None:
        x = function(call.build, "min", x, np.array(most))
    return named("leaky_relu", alpha=slope)(call.build, x)


def _leaky_relu(call: Call) -> Traced:
    slope = call.options.number("negative_slope", 0.3)
    return named("leaky_relu", alpha=slope)(call.build, call.value())


def _elu(call: Call) -> Traced:
    return named("elu", alpha=call.options.number("alpha", 1.0))(call.build, call.value())


def _prelu(call: Call) -> Traced:
    """With a slope for each entry, which axes may share."""
    x = call.value()
    shared = call.options.axes("shared_axes", len(x.shape), []) if call.options.has(
        "shared_axes") else []  # fmt: skip
    lengths = tuple(1 if axis in shared else n for axis, n in enumerate(x.shape))
    alpha = call.arrays(alpha=lengths)["alpha"]
    along = [axis for axis, n in enumerate(lengths) if n > 1]
    if len(along) <= 1:  # one slope, or one for each channel
        axis = along[0] if along else 0
        layer = PReLU(shared=not along)
        first = x.moved(lambda a: np.moveaxis(a, axis, 0))
        made = call.apply(layer, first, slopes=alpha.reshape(-1))
        return made.moved(lambda a: np.moveaxis(a, 0, axis))
    above = named("relu")(call.build, x)
    below = function(call.build, "multiply", function(call.build, "min", x, np.array(0.0)), alpha)
    return function(call.build, "add", above, below)


def _softmax(call: Call) -> Traced:
    x = call.value()
    axes = call.options.axes("axis", len(x.shape))
    if len(axes) == 1:
        return softmax(call.build, x, axes[0])
    rest = [axis for axis in range(len(x.shape)) if axis not in axes]
    order, lengths = [*rest, *axes], [x.shape[axis] for axis in [*rest, *axes]]
    flat = x.moved(lambda a: a.transpose(order).reshape(*lengths[: len(rest)], -1))
    made = softmax(call.build, flat, -1)
    return made.moved(lambda a: a.reshape(lengths).transpose(np.argsort(order)))


#: By the class of the layer.
LAYERS: Mapping[str, Callable[[Call], Any]] = {
    "Activation": _activation, "ReLU": _relu, "LeakyReLU": _leaky_relu, "ELU": _elu,
    "PReLU": _prelu, "Softmax": _softmax,
}  # fmt: skip
