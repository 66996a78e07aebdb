"""The operators of ONNX, each as what it does with arrays; what has a definition needs no row."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import pi
from typing import Any

import numpy as np

from netsym.layers.elementwise import Activation, PReLU
from netsym.layers.merge import Gate
from netsym.readers.graph.clamp import clamped
from netsym.readers.graph.einsum import einsum
from netsym.readers.graph.operations import (
    Value,
    concat,
    cumulated,
    elementwise,
    function,
    linear,
    matmul,
    reduce,
    softmax,
    where,
)
from netsym.readers.graph.traced import Traced, Unreadable, fresh
from netsym.readers.onnx.operator import Operator
from netsym.readers.onnx.recurrent import RECURRENT
from netsym.readers.onnx.windows import WINDOWS

#: What an operator gives: a value, or one for each output; None if its definition says it.
Rule = Callable[[Operator], Any]


# -- element by element -----------------------------------------------------------------------
def _function(name: str) -> Rule:
    return lambda op: function(op.build, name, *(op.any(n) for n in range(len(op.inputs))))


def _activation(name: str) -> Rule:
    return lambda op: _activated(op, name)


def _activated(op: Operator, name: str) -> Traced:
    return elementwise(op.build, Activation(activation=name), op.value())


def _with_alpha(name: str, default: float) -> Rule:
    def rule(op: Operator) -> Value:
        alpha = short(op.options.get("alpha", default))
        return elementwise(op.build, Activation(activation=name, alpha=alpha), op.value())

    return rule


def short(number: float) -> float:
    """An attribute, which is a float32, as the shortest decimal that stands for it."""
    return float(str(np.float32(number)))


def _clip(op: Operator) -> Value:
    low, high = op.number(1, "min"), op.number(2, "max")
    low = None if low is None or low < -3e38 else low
    high = None if high is None or high > 3e38 else high
    return clamped(op.build, op.value(), low, high)


def _gelu(op: Operator) -> Value:
    tanh = op.text("approximate", "none") == "tanh"
    return _activated(op, "gelu_tanh" if tanh else "gelu")


def _hard_sigmoid(op: Operator) -> Value:
    alpha, beta = op.options.get("alpha", 0.2), op.options.get("beta", 0.5)
    if abs(alpha - 1 / 6) < 1e-7 and beta == 0.5:
        return _activated(op, "hard_sigmoid")
    scaled = function(op.build, "multiply", op.value(), np.array(short(alpha)))
    shifted = function(op.build, "add", scaled, np.array(short(beta)))
    return elementwise(op.build, Activation(activation="satlin"), shifted)


def _selu(op: Operator) -> Value:
    alpha, gamma = op.options.get("alpha", 1.6732632), op.options.get("gamma", 1.0507010)
    if abs(alpha - 1.6732632) < 1e-6 and abs(gamma - 1.0507010) < 1e-6:
        return _activated(op, "selu")
    bent = elementwise(op.build, Activation(activation="elu", alpha=short(alpha)), op.value())
    return function(op.build, "multiply", bent, np.array(short(gamma)))


def _prelu(op: Operator) -> Value:
    value, slopes = op.value(), op.any(1)
    if not isinstance(slopes, Traced):
        if slopes.size == 1:
            given = {"slopes": slopes.reshape(1)}
            return op.build.apply(PReLU(), value, value.batch, given)
        trailing = len(value.shape) - 2
        if op.opset < 7 and slopes.ndim == 1:  # of channels, whatever comes after them
            slopes = slopes.reshape(-1, *(1,) * trailing)
        if slopes.shape in ((value.shape[1], *(1,) * trailing),) and _is_first(value, 1):
            given = {"slopes": slopes.reshape(-1)}
            return op.build.apply(PReLU(shared=False), value, value.batch, given)
    zero = np.array(0.0)
    above = function(op.build, "max", zero, value)
    below = function(op.build, "min", zero, value)
    return function(op.build, "add", above, function(op.build, "multiply", below, slopes))


def _is_first(value: Traced, axis: int) -> bool:
    """Whether an axis is the first that one example has."""
    batch = value.batch
    return batch is not None and batch.axis < axis and value.axis_of_each(axis) == 0


def _swish(op: Operator) -> Value:
    alpha = short(op.options.get("alpha", 1.0))
    if alpha == 1:
        return _activated(op, "silu")
    scaled = function(op.build, "multiply", op.value(), np.array(alpha))
    return function(
        op.build, "multiply", op.value(),
        elementwise(op.build, Activation(activation="sigmoid"), scaled),
    )  # fmt: skip


def _difference(op: Operator) -> Traced:
    return function(op.build, "subtract", op.any(0), op.any(1))


def _greater(op: Operator) -> Value:
    return function(op.build, "heaviside", _difference(op))


def _less(op: Operator) -> Value:
    return function(op.build, "heaviside", function(op.build, "subtract", op.any(1), op.any(0)))


def _greater_or_equal(op: Operator) -> Value:
    return function(op.build, "step", _difference(op))


def _less_or_equal(op: Operator) -> Value:
    return function(op.build, "step", function(op.build, "subtract", op.any(1), op.any(0)))


def _equal(op: Operator) -> Value:
    apart = function(op.build, "abs", function(op.build, "sign", _difference(op)))
    return function(op.build, "subtract", np.array(1.0), apart)


def _not(op: Operator) -> Value:
    return function(op.build, "subtract", np.array(1.0), op.value())


def _where(op: Operator) -> Value:
    chosen, one, other = (op.any(n) for n in range(3))
    if not isinstance(chosen, Traced):
        return where(op.build, chosen, one, other)
    if isinstance(one, Traced) and isinstance(other, Traced) and (
        chosen.shape == one.shape == other.shape and chosen.batch == one.batch == other.batch
    ):  # fmt: skip
        read = [op.build.laid_out(value, value.batch) for value in (chosen, one, other)]
        name = op.build.put(Gate(), [source for source, _ in read])
        return fresh(name, read[0][1], chosen.batch)
    rest = function(op.build, "subtract", np.array(1.0), chosen)
    first = _times(op, chosen, one)
    last = _times(op, rest, other)
    parts = [part for part in (first, last) if part is not None]
    return function(op.build, "add", *parts) if parts else np.zeros(chosen.shape)


def _times(op: Operator, chosen: Traced, value: Value) -> Traced | None:
    """A product; None of zeros."""
    if not isinstance(value, Traced) and not value.any():
        return None
    return function(op.build, "multiply", chosen, value)


def _cast(op: Operator) -> Value:
    if op.options.get("to", 1) not in (1, 9, 10, 11, 16):  # floats, and truth as 0 or 1
        raise Unreadable("makes whole numbers of values")
    return op.value()


def _mean(op: Operator) -> Value:
    values = [op.any(n) for n in range(len(op.inputs))]
    total = function(op.build, "add", *values) if len(values) > 1 else op.value()
    return function(op.build, "divide", total, np.array(float(len(values))))


def _negative(op: Operator) -> Value:
    return function(op.build, "multiply", op.value(), np.array(-1.0))


def _reciprocal(op: Operator) -> Value:
    return function(op.build, "divide", np.array(1.0), op.value())


def _asin(op: Operator) -> Traced:
    """`asin x = atan(x/√(1 - x²))`."""
    square = function(op.build, "power", op.value(), np.array(2.0))
    root = function(op.build, "sqrt", function(op.build, "subtract", np.array(1.0), square))
    return function(op.build, "atan", function(op.build, "divide", op.value(), root))


def _acos(op: Operator) -> Value:
    return function(op.build, "subtract", np.array(pi / 2), _asin(op))


def _area(sign: float) -> Rule:
    """`asinh x = log(x + √(x² + 1))`, and acosh with a 1 of the other sign."""

    def rule(op: Operator) -> Value:
        square = function(op.build, "power", op.value(), np.array(2.0))
        root = function(op.build, "sqrt", function(op.build, "add", square, np.array(sign)))
        return function(op.build, "log", function(op.build, "add", op.value(), root))

    return rule


def _atanh(op: Operator) -> Value:
    """`atanh x = log((1 + x)/(1 - x))/2`."""
    above = function(op.build, "add", op.value(), np.array(1.0))
    below = function(op.build, "subtract", np.array(1.0), op.value())
    logarithm = function(op.build, "log", function(op.build, "divide", above, below))
    return function(op.build, "divide", logarithm, np.array(2.0))


# -- along axes -------------------------------------------------------------------------------
def _softmax(op: Operator) -> Value:
    value = op.value()
    axis = int(op.options.get("axis", -1 if op.opset >= 13 else 1))
    if op.opset >= 13 or axis % len(value.shape) == len(value.shape) - 1:
        return softmax(op.build, value, axis)
    flat = (*value.shape[:axis], int(np.prod(value.shape[axis:])))
    made = softmax(op.build, value.moved(lambda places: places.reshape(flat)), -1)
    return made.moved(lambda places: places.reshape(value.shape))


def _log_softmax(op: Operator) -> Value:
    value = op.value()
    axis = int(op.options.get("axis", -1 if op.opset >= 13 else 1)) % len(value.shape)
    axes = [axis] if op.opset >= 13 else list(range(axis, len(value.shape)))
    total = reduce(op.build, "logsumexp", value, axes, keep=True)
    return function(op.build, "subtract", value, total)


def _reduction(name: str, after: str = "", before: str = "") -> Rule:
    def rule(op: Operator) -> Value:
        value, axes = op.value(), op.axes()
        if axes is None and op.options.get("noop_with_empty_axes"):
            axes = []
        if before == "square":
            value = function(op.build, "power", value, np.array(2.0))
        keep = bool(op.options.get("keepdims", 1))
        if axes == []:
            if name in ("norm1", "norm2"):
                value = function(op.build, "abs", value)
        else:
            value = reduce(op.build, name, value, axes, keep)
        return function(op.build, after, value) if after else value

    return rule


def _lp_normalization(op: Operator) -> Value:
    """`x/‖x‖`, which ONNX says is 0 where all of x is."""
    value, order = op.value(), op.options.get("p", 2)
    if order not in (1, 2):
        raise Unreadable(f"has a norm of order {order}")
    norm = reduce(op.build, f"norm{order}", value, [op.options.get("axis", -1)], keep=True)
    there = function(op.build, "sign", norm)
    absent = function(op.build, "subtract", np.array(1.0), there)  # 1 where all values are 0
    return function(op.build, "divide", value, function(op.build, "add", norm, absent))


def _cumulated(op: Operator) -> Value:
    axis = int(op.constant(1).reshape(-1)[0])
    less, back = int(op.options.get("exclusive", 0)), bool(op.options.get("reverse", 0))
    return cumulated(op.build, op.value(), axis, less, back)


def _concat(op: Operator) -> Value:
    values = [op.any(n) for n in range(len(op.inputs))]
    return concat(op.build, values, int(op.options.get("axis", 1)))


# -- products ---------------------------------------------------------------------------------
def _matmul(op: Operator) -> Value:
    return matmul(op.build, op.any(0), op.any(1))


def _gemm(op: Operator) -> Value:
    left, right, bias = op.any(0), op.any(1), op.given(2)
    left = _transposed(left) if op.options.get("transA") else left
    right = _transposed(right) if op.options.get("transB") else right
    alpha, beta = short(op.options.get("alpha", 1.0)), short(op.options.get("beta", 1.0))
    if isinstance(left, Traced) and not isinstance(right, Traced):
        right = right * alpha if alpha != 1 else right
        alpha, weights = 1.0, right.T
        if bias is not None and not isinstance(bias, Traced) and bias.size in (1, len(weights)):
            shift = np.broadcast_to(bias.reshape(-1) * beta if beta != 1 else bias.reshape(-1),
                                    (len(weights),))  # fmt: skip
            if bias.ndim < 2 or bias.shape[0] == 1:
                return linear(op.build, left, weights, shift)
        product = linear(op.build, left, weights)
    else:
        product = matmul(op.build, left, right)
    product = function(op.build, "multiply", product, np.array(alpha))
    if bias is None:
        return product
    shift_value = bias if beta == 1 else _scaled(op, bias, beta)
    return function(op.build, "add", product, shift_value)


def _scaled(op: Operator, value: Value, by: float) -> Value:
    if isinstance(value, Traced):
        return function(op.build, "multiply", value, np.array(by))
    return np.asarray(value * by)


def _transposed(value: Value) -> Value:
    if isinstance(value, Traced):
        return value.moved(lambda places: places.T)
    return np.asarray(value.T)


def _einsum(op: Operator) -> Value:
    return einsum(op.build, op.text("equation", ""), [op.any(n) for n in range(len(op.inputs))])


# -- the rest ---------------------------------------------------------------------------------
def _same(op: Operator) -> Value:
    return op.any()


def _dropout(op: Operator) -> Sequence[Value]:
    if op.has(2) and bool(op.constant(2).reshape(-1)[0]):
        raise Unreadable("trains: its dropout is random")
    return [op.any(), np.ones(op.any().shape, dtype=bool)]


def _shape(op: Operator) -> Value:
    shape = np.array(op.any().shape, dtype=np.int64)
    start, stop = op.options.get("start", 0), op.options.get("end")
    return shape[start:stop]


def _size(op: Operator) -> Value:
    return np.array(np.prod(op.any().shape), dtype=np.int64)


def _unreadable(why: str) -> Rule:
    def rule(_: Operator) -> Value:
        raise Unreadable(why)

    return rule


#: By operator.
OPERATORS: Mapping[str, Rule] = {
    **{kind: _function(name) for kind, name in {
        "Abs": "abs", "Add": "add", "And": "multiply", "Atan": "atan", "Cos": "cos",
        "Cosh": "cosh", "Div": "divide", "Erf": "erf", "Exp": "exp", "Log": "log", "Max": "max",
        "Min": "min", "Mul": "multiply", "Or": "max", "Pow": "power", "Sign": "sign",
        "Sin": "sin", "Sinh": "sinh", "Sqrt": "sqrt", "Sub": "subtract", "Sum": "add",
        "Tan": "tan",
    }.items()},
    **{kind: _activation(name) for kind, name in {
        "HardSwish": "hard_swish", "Mish": "mish", "Relu": "relu", "Sigmoid": "sigmoid",
        "Softplus": "softplus", "Softsign": "softsign", "Tanh": "tanh",
    }.items()},
    "LeakyRelu": _with_alpha("leaky_relu", 0.01), "Elu": _with_alpha("elu", 1.0),
    "Celu": _with_alpha("celu", 1.0), "Selu": _selu, "Gelu": _gelu, "Swish": _swish,
    "HardSigmoid": _hard_sigmoid, "PRelu": _prelu, "Clip": _clip,
    "Equal": _equal, "Greater": _greater, "Less": _less, "GreaterOrEqual": _greater_or_equal,
    "LessOrEqual": _less_or_equal, "Not": _not, "Where": _where,
    "Cast": _cast, "CastLike": _same, "Mean": _mean, "Neg": _negative, "Reciprocal": _reciprocal,
    "Asin": _asin, "Acos": _acos, "Asinh": _area(1.0), "Acosh": _area(-1.0), "Atanh": _atanh,
    "Softmax": _softmax, "LogSoftmax": _log_softmax,
    "ReduceSum": _reduction("sum"), "ReduceMean": _reduction("mean"),
    "ReduceMax": _reduction("max"), "ReduceMin": _reduction("min"),
    "ReduceProd": _reduction("prod"), "ReduceL1": _reduction("norm1"),
    "ReduceL2": _reduction("norm2"), "ReduceLogSumExp": _reduction("logsumexp"),
    "ReduceLogSum": _reduction("sum", after="log"),
    "ReduceSumSquare": _reduction("sum", before="square"),
    "LpNormalization": _lp_normalization, "CumSum": _cumulated, "Concat": _concat,
    "MatMul": _matmul, "Gemm": _gemm, "Einsum": _einsum,
    "Identity": _same, "Dropout": _dropout, "Shape": _shape, "Size": _size,
    **dict.fromkeys(("ArgMax", "ArgMin", "Hardmax", "NonZero", "TopK", "Unique",
                     "NonMaxSuppression", "MaxUnpool", "Loop", "Scan", "If"),
                    _unreadable("depends on values")),
    **dict.fromkeys(("Ceil", "Floor", "Round", "Mod"), _unreadable("jumps at every whole number")),
    **WINDOWS, **RECURRENT,
}  # fmt: skip
