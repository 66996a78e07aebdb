"""Arithmetic, functions and choices of torch, element by element."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from netsym.layers.elementwise import Activation, PReLU
from netsym.readers.graph.builder import Builder, Constant, checked
from netsym.readers.graph.clamp import clamped
from netsym.readers.graph.operations import (
    Value,
    elementwise,
    function,
    where,
)
from netsym.readers.graph.traced import Traced, Unreadable

#: What an operator gives, from the layers that are built and its arguments as torch has them.
Rule = Callable[..., Any]


def as_value(value: Any) -> Value:
    """A number as an array."""
    return value if isinstance(value, Traced) else np.asarray(value)


def _function(name: str) -> Rule:
    return lambda build, *values, **_: function(build, name, *map(as_value, values))


def _activation(name: str, *options: str) -> Rule:
    def rule(build: Builder, value: Traced, *given: Any, **named: Any) -> Traced:
        known = dict(zip(options, given, strict=False)) | named
        if any(key not in options for key in known):
            raise Unreadable(f"has the options {', '.join(known)}")
        said = {key: float(number) for key, number in known.items()}
        return elementwise(build, Activation(activation=name, **said), value)

    return rule


def _added(name: str) -> Rule:
    """A sum or a difference, whose second value may have a factor."""

    def rule(build: Builder, one: Any, other: Any, alpha: float = 1) -> Traced:
        second = as_value(other)
        if alpha != 1:
            second = function(build, "multiply", second, np.array(float(alpha))) if isinstance(
                second, Traced) else second * alpha  # fmt: skip
        return function(build, name, as_value(one), second)

    return rule


def _reversed_difference(build: Builder, one: Any, other: Any, alpha: float = 1) -> Traced:
    made: Traced = _added("subtract")(build, other, one, alpha)
    return made


def _divided(build: Builder, one: Any, other: Any, rounding_mode: str | None = None) -> Traced:
    if rounding_mode is not None:
        raise Unreadable("rounds its quotient")
    return function(build, "divide", as_value(one), as_value(other))


def _negative(build: Builder, value: Traced) -> Traced:
    return function(build, "multiply", value, np.array(-1.0))


def _reciprocal(build: Builder, value: Traced) -> Traced:
    return function(build, "divide", np.array(1.0), value)


def _reciprocal_root(build: Builder, value: Traced) -> Traced:
    return _reciprocal(build, function(build, "sqrt", value))


def square(build: Builder, value: Traced) -> Traced:
    """`x²`."""
    return function(build, "power", value, np.array(2.0))


def _exp2(build: Builder, value: Traced) -> Traced:
    return function(build, "power", np.array(2.0), value)


def _shifted(name: str, by: float, after: bool) -> Rule:
    """`f(x) + by`, or `f(x + by)`: expm1 and log1p."""

    def rule(build: Builder, value: Traced) -> Traced:
        if not after:
            return function(build, name, function(build, "add", value, np.array(by)))
        return function(build, "add", function(build, name, value), np.array(by))

    return rule


def _gelu(build: Builder, value: Traced, *, approximate: str = "none") -> Traced:
    name = "gelu_tanh" if approximate == "tanh" else "gelu"
    return elementwise(build, Activation(activation=name), value)


def _elu(
    build: Builder, value: Traced, alpha: float = 1, scale: float = 1, by: float = 1
) -> Traced:
    if (scale, by) != (1, 1):
        raise Unreadable("scales its input")
    return elementwise(build, Activation(activation="elu", alpha=float(alpha)), value)


def _softplus(build: Builder, value: Traced, beta: float = 1, threshold: float = 20) -> Traced:
    """`log(1 + exp(βx))/β`; beyond the threshold torch gives x, which is as near as floats are."""
    plain = Activation(activation="softplus")
    if beta == 1:
        return elementwise(build, plain, value)
    scaled = function(build, "multiply", value, np.array(float(beta)))
    return function(build, "divide", elementwise(build, plain, scaled), np.array(float(beta)))


def _clamp(
    build: Builder, value: Traced, low: Any = None, high: Any = None, **named: Any
) -> Traced:
    return clamped(build, value, named.get("min", low), named.get("max", high))


def _full(number: float) -> Rule:
    """An array of one number, with the shape of another."""
    return lambda _build, value, **_options: np.full(value.shape, number)


def _hardtanh(build: Builder, value: Traced, low: float = -1, high: float = 1) -> Traced:
    return _clamp(build, value, low, high)


def _log_sigmoid(build: Builder, value: Traced) -> Traced:
    """`log σ(x) = -log(1 + exp(-x))`."""
    plain = Activation(activation="softplus")
    return _negative(build, elementwise(build, plain, _negative(build, value)))


def _shrunk_tanh(build: Builder, value: Traced) -> Traced:
    tanh = elementwise(build, Activation(activation="tanh"), value)
    return function(build, "subtract", value, tanh)


def _prelu(build: Builder, value: Traced, slopes: Constant) -> Traced:
    shared = slopes.size == 1
    batch = value.batch if shared else value.batch_at(0)
    given = {"slopes": checked(slopes).reshape(-1)}
    return build.apply(PReLU(shared=shared), value, batch, given)


def _glu(build: Builder, value: Traced, dim: int = -1) -> Traced:
    first = value.moved(lambda places: np.split(places, 2, axis=dim)[0])
    second = value.moved(lambda places: np.split(places, 2, axis=dim)[1])
    gate = elementwise(build, Activation(activation="sigmoid"), second)
    return function(build, "multiply", first, gate)


def _compared(name: str, turned: bool) -> Rule:
    """1 where a difference is above zero, or at it; else 0."""

    def rule(build: Builder, one: Any, other: Any) -> Traced:
        pair = (other, one) if turned else (one, other)
        return function(build, name, function(build, "subtract", *map(as_value, pair)))

    return rule


def _where(build: Builder, chosen: Any, one: Any, other: Any) -> Value:
    if not isinstance(chosen, Traced):
        return where(build, np.asarray(chosen), as_value(one), as_value(other))
    rest = function(build, "subtract", np.array(1.0), chosen)
    kept = [function(build, "multiply", mask, as_value(value))
            for mask, value in ((chosen, one), (rest, other))
            if isinstance(value, Traced) or np.any(value)]  # fmt: skip
    return function(build, "add", *kept)


def _masked_fill(build: Builder, value: Any, mask: Any, number: Any) -> Value:
    return _where(build, mask, number, value)


def _to(build: Builder, value: Traced, *given: Any, **named: Any) -> Traced:
    for each in [*given, *named.values()]:
        if getattr(each, "is_floating_point", True) is False:
            raise Unreadable("makes whole numbers of values")
    return value


def _same(build: Builder, value: Traced, *_: Any, **__: Any) -> Traced:
    return value


def _dropout(build: Builder, value: Traced, rate: float = 0.5, train: bool = False) -> Traced:
    if train and rate:
        raise Unreadable("trains: its dropout is random")
    return value


#: By the name of the operator.
ELEMENTWISE: Mapping[str, Rule] = {
    **{name: _function(name) for name in ("abs", "atan", "cos", "cosh", "erf", "exp", "log",
                                          "sign", "sin", "sinh", "sqrt", "tan")},
    "arctan": _function("atan"), "sgn": _function("sign"), "mul": _function("multiply"),
    "multiply": _function("multiply"), "maximum": _function("max"), "minimum": _function("min"),
    "pow": _function("power"), "float_power": _function("power"),
    "add": _added("add"), "sub": _added("subtract"), "subtract": _added("subtract"),
    "rsub": _reversed_difference, "div": _divided, "divide": _divided, "true_divide": _divided,
    "neg": _negative, "negative": _negative, "reciprocal": _reciprocal, "rsqrt": _reciprocal_root,
    "square": square, "exp2": _exp2, "expm1": _shifted("exp", -1.0, True),
    "log1p": _shifted("log", 1.0, False),
    **{name: _activation(name) for name in ("relu", "sigmoid", "tanh", "relu6", "silu", "mish",
                                            "selu")},
    "hardswish": _activation("hard_swish"), "hardsigmoid": _activation("hard_sigmoid"),
    "softsign": _activation("softsign"), "leaky_relu": _activation("leaky_relu", "alpha"),
    "celu": _activation("celu", "alpha"), "elu": _elu, "gelu": _gelu, "softplus": _softplus,
    "zeros_like": _full(0.0), "ones_like": _full(1.0),
    "hardtanh": _hardtanh, "clamp": _clamp, "clip": _clamp, "log_sigmoid": _log_sigmoid,
    "clamp_min": lambda build, x, low: _clamp(build, x, low),
    "clamp_max": lambda build, x, high: _clamp(build, x, None, high),
    "tanhshrink": _shrunk_tanh, "prelu": _prelu, "glu": _glu,
    "gt": _compared("heaviside", False), "lt": _compared("heaviside", True),
    "ge": _compared("step", False), "le": _compared("step", True),
    "where": _where, "masked_fill": _masked_fill, "to": _to, "_to_copy": _to, "float": _same,
    "double": _same, "type_as": _same, "dropout": _dropout, "feature_dropout": _dropout,
    "alpha_dropout": _dropout, "native_dropout": _dropout, "identity": _same, "positive": _same,
    "_assert_tensor_metadata": _same,
}  # fmt: skip
