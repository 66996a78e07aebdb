"""Operations of Keras on arrays, which functional models call like layers: x + y, x[:, 0]."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from netsym.layers import refuse_vast
from netsym.readers.graph.builder import Constant
from netsym.readers.graph.clamp import clamped
from netsym.readers.graph.operations import Value, concat, function, matmul, reduce, softmax
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.keras.activations import ACTIVATIONS, named
from netsym.readers.keras.call import Call
from netsym.readers.keras.options import Options, shown

Rule = Callable[[Call], Any]


def _options(call: Call, *names: str) -> Options:
    """What is said of an operation: when it is called, by its name or in its place, or before."""
    given = {**call.options.given}
    for place, name in enumerate(names, 1):
        if place < len(call.args):
            given[name] = call.args[place]
        if name in call.named:
            given[name] = call.named.pop(name)
    return Options(given)


def _operands(call: Call, names: tuple[str, ...]) -> list[Value]:
    """Values and numbers, of which those that have no axis for the examples broadcast along it."""
    every = [*call.args, *(call.named.pop(name) for name in names if name in call.named)]
    found = [each if isinstance(each, Traced) else _number(each) for each in every]
    if len(found) != 2 or not any(isinstance(each, Traced) for each in found):
        raise Unreadable("takes two values")
    axes = max(len(each.shape) for each in found if isinstance(each, Traced))
    return [each if isinstance(each, Traced) else _of_each(each, axes) for each in found]


def _number(given: Any) -> Constant:
    found = np.asarray(given)
    if found.dtype.kind not in "fiu":
        raise Unreadable(f"is given {shown(given)}, which is no number")
    return found.astype(np.float64)


def _of_each(given: Constant, axes: int) -> Constant:
    """Numbers without their axis of the examples, which must have length 1, if they have one."""
    if given.ndim <= axes:
        return given
    if given.ndim > axes + 1 or len(given) != 1:
        raise Unreadable("has other numbers for other examples of a batch")
    return np.asarray(given[0])


def _of_two(name: str) -> Rule:
    def rule(call: Call) -> Traced:
        one, other = _operands(call, ("x1", "x2"))
        lengths = {len(each.shape) for each in (one, other) if isinstance(each, Traced)}
        if len(lengths) > 1:
            raise Unreadable("joins the examples of one value with an axis of another")
        return function(call.build, name, one, other)

    return rule


def _of_one(name: str) -> Rule:
    return lambda call: function(call.build, name, _x(call))


def _x(call: Call) -> Traced:
    """The one value, which may be given by its name."""
    given = call.named.pop("x", None)
    return (call if given is None else call.with_argument(0, given)).value()


def _negative(call: Call) -> Traced:
    return function(call.build, "multiply", _x(call), np.array(-1.0))


def _square(call: Call) -> Traced:
    return function(call.build, "power", _x(call), np.array(2.0))


def _reciprocal(call: Call) -> Traced:
    return function(call.build, "divide", np.array(1.0), _x(call))


def _reciprocal_root(call: Call) -> Traced:
    root = function(call.build, "sqrt", _x(call))
    return function(call.build, "divide", np.array(1.0), root)


def _clip(call: Call) -> Traced:
    x, options = _x(call), _options(call, "x_min", "x_max")
    ends = [options.number(key) if options.has(key) else None for key in ("x_min", "x_max")]
    return clamped(call.build, x, *ends)


def _cast(call: Call) -> Traced:
    x, dtype = _x(call), _options(call, "dtype").given.get("dtype")
    if not isinstance(dtype, str) or "float" not in dtype:
        raise Unreadable(f"turns numbers into {shown(dtype)}")
    return x


def _activation(name: str, **usual: Any) -> Rule:
    """An activation, if its options are the usual ones."""

    def rule(call: Call) -> Traced:
        x, options = _x(call), _options(call, *usual)
        for key, value in usual.items():
            options.only(key, value)
        return ACTIVATIONS[name](call.build, x)

    return rule


def _gelu(call: Call) -> Traced:
    x, options = _x(call), _options(call, "approximate")
    name = "gelu_tanh" if options.flag("approximate", True) else "gelu"
    return named(name)(call.build, x)


def _softmax(call: Call) -> Traced:
    x = _x(call)
    return softmax(call.build, x, _options(call, "axis").axis("axis", len(x.shape)))


# -- along axes and moving --------------------------------------------------------------------
def _reduce(name: str) -> Rule:
    def rule(call: Call) -> Traced:
        x, options = _x(call), _options(call, "axis", "keepdims")
        if not options.has("axis"):
            raise Unreadable("works along the axis of the examples of a batch")
        axes = options.axes("axis", len(x.shape))
        return reduce(call.build, name, x, axes, options.flag("keepdims"))

    return rule


def _concatenate(call: Call) -> Traced:
    values, options = _listed(call, "xs").values(), _options(call, "axis")
    return concat(call.build, values, options.axis("axis", len(values[0].shape)))


def _stack(call: Call) -> Traced:
    values, options = _listed(call, "x").values(), _options(call, "axis")
    axis = options.axis("axis", len(values[0].shape) + 1, 0)
    return concat(call.build, [x.moved(lambda a: np.expand_dims(a, axis)) for x in values], axis)


def _listed(call: Call, name: str) -> Call:
    given = call.named.pop(name, None)
    call = call if given is None else call.with_argument(0, given)
    return replace(call, args=call.args[:1], named={})


def _reshape(call: Call) -> Traced:
    x, shape = _x(call), _options(call, "newshape").given.get("newshape")
    if not isinstance(shape, list) or not all(isinstance(n, int) for n in shape) or not shape:
        raise Unreadable("has no shape of whole numbers")
    if shape[0] != -1:
        raise Unreadable(f"takes the shape {shown(shape)}, which does not keep the examples apart")
    return x.moved(lambda a: a.reshape(shape[1:]))


def _transpose(call: Call) -> Traced:
    x, options = _x(call), _options(call, "axes")
    given = options.given.get("axes")
    if not isinstance(given, list) or given[:1] != [0]:
        raise Unreadable("moves the axis of the examples of a batch")
    axes = Options({"axes": given[1:]}).axes("axes", len(x.shape))
    return x.moved(lambda a: a.transpose(axes))


def _expand(call: Call) -> Traced:
    x, options = _x(call), _options(call, "axis")
    axes = sorted(options.axes("axis", len(x.shape) + 1))
    return x.moved(lambda a: np.expand_dims(a, tuple(axes)))


def _squeeze(call: Call) -> Traced:
    x, options = _x(call), _options(call, "axis")
    axes = tuple(options.axes("axis", len(x.shape)))
    return x.moved(lambda a: a.squeeze(axes))


def _swapped(call: Call) -> Traced:
    x, options = _x(call), _options(call, "axis1", "axis2")
    one, other = (options.axis(key, len(x.shape)) for key in ("axis1", "axis2"))
    return x.moved(lambda a: a.swapaxes(one, other))


def _split(call: Call) -> list[Traced]:
    x, options = _x(call), _options(call, "indices_or_sections", "axis")
    axis, given = options.axis("axis", len(x.shape), 0), options.given.get("indices_or_sections")
    parts = np.split(np.arange(x.shape[axis]), given, 0)  # type: ignore[arg-type]
    return [_taken(x, own, axis) for own in parts]


def _taken(x: Traced, places: Constant, axis: int) -> Traced:
    return x.moved(lambda a: a.take(places, axis))


def _flip(call: Call) -> Traced:
    x, options = _x(call), _options(call, "axis")
    axes = options.axes("axis", len(x.shape))
    return x.moved(lambda a: np.flip(a, tuple(axes)))


def _repeat(call: Call) -> Traced:
    x, options = _x(call), _options(call, "repeats", "axis")
    times, axis = options.whole("repeats"), options.axis("axis", len(x.shape), 0)
    refuse_vast("repeats", times, *x.shape)
    return x.moved(lambda a: np.repeat(a, times, axis))


def _item(call: Call) -> Traced:
    """`x[key]`, where the examples are all kept."""
    x = call.value()
    given = call.args[1] if len(call.args) > 1 else call.named.pop("key", None)
    every = list(given) if isinstance(given, list) else [given]
    if not every or every[0] not in (slice(None), ...):
        raise Unreadable("takes single examples out of a batch")
    if not all(each is None or each is ... or isinstance(each, (int, slice)) for each in every):
        raise Unreadable(f"takes out {shown(given)}, which are no places")
    if sum(each is None for each in every) > 8:
        raise Unreadable("has too many new axes")
    chosen = tuple(every if every[0] is ... else every[1:])
    if ... in chosen and len([n for n in chosen if n not in (..., None)]) > len(x.shape):
        raise Unreadable("takes single examples out of a batch")
    return x.moved(lambda a: a[chosen])


def _matmul(call: Call) -> Traced:
    one, other = _operands(call, ("x1", "x2"))
    if isinstance(one, Traced) and isinstance(other, Traced):
        if len(one.shape) != len(other.shape):
            raise Unreadable("multiplies arrays with other numbers of axes")
        if len(one.shape) < 2:
            raise Unreadable("multiplies matrices whose rows are the examples of a batch")
    return matmul(call.build, one, other)


_SAME = ("Tanh", "Exp", "Log", "Sqrt", "Sin", "Cos", "Tan", "Arctan", "Sinh", "Cosh", "Erf",
         "Sign")  # fmt: skip
#: By the class of the operation.
OPERATIONS: Mapping[str, Rule] = {
    **{name: _of_one(name.lower().replace("arctan", "atan")) for name in _SAME},
    "Abs": _of_one("abs"), "Absolute": _of_one("abs"), "Negative": _negative, "Square": _square,
    "Reciprocal": _reciprocal, "Rsqrt": _reciprocal_root, "Clip": _clip, "Cast": _cast,
    "StopGradient": _x,
    "Add": _of_two("add"), "Subtract": _of_two("subtract"), "Multiply": _of_two("multiply"),
    "Divide": _of_two("divide"), "TrueDivide": _of_two("divide"), "Maximum": _of_two("max"),
    "Minimum": _of_two("min"), "Power": _of_two("power"),
    **{name: _activation(word) for name, word in (
        ("Relu", "relu"), ("Relu6", "relu6"), ("Sigmoid", "sigmoid"), ("Softplus", "softplus"),
        ("Softsign", "softsign"), ("Silu", "silu"), ("LogSigmoid", "log_sigmoid"),
        ("Selu", "selu"), ("HardTanh", "hard_tanh"), ("HardSigmoid", "hard_sigmoid"),
        ("HardSilu", "hard_silu"), ("Mish", "mish"))},
    "Elu": _activation("elu", alpha=1.0), "Celu": _activation("celu", alpha=1.0),
    "LeakyRelu": _activation("leaky_relu", negative_slope=0.2),
    "LogSoftmax": _activation("log_softmax", axis=-1), "Gelu": _gelu, "Softmax": _softmax,
    "Mean": _reduce("mean"), "Sum": _reduce("sum"), "Max": _reduce("max"), "Min": _reduce("min"),
    "Amax": _reduce("max"), "Amin": _reduce("min"), "Prod": _reduce("prod"),
    "Logsumexp": _reduce("logsumexp"),
    "Concatenate": _concatenate, "Stack": _stack, "Reshape": _reshape, "Transpose": _transpose,
    "ExpandDims": _expand, "Squeeze": _squeeze, "Swapaxes": _swapped, "Split": _split,
    "Flip": _flip, "Repeat": _repeat,
    "GetItem": _item, "Matmul": _matmul,
}  # fmt: skip
