"""The rows of activations, and of what losses are made of, by elementary functions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from netsym.graph.elementary import erf, one_minus
from netsym.graph.function import Function


def _sigmoid(z: Any) -> Any:
    decay = np.exp(-np.abs(z))
    return np.where(np.asarray(z) >= 0, 1.0, decay) / (1.0 + decay)


def _softmax(z: Any) -> Any:
    with np.errstate(invalid="ignore"):  # inf - inf is nan, and nan is the honest answer
        shifted = np.exp(z - np.max(z, axis=-1, keepdims=True))
    return shifted / np.sum(shifted, axis=-1, keepdims=True)


def _logsumexp(z: Any) -> Any:
    largest = np.max(z, axis=-1, keepdims=True)
    largest = np.where(np.isfinite(largest), largest, 0.0)
    return largest + np.log(np.sum(np.exp(z - largest), axis=-1, keepdims=True))


def _elu(z: Any, alpha: Any) -> Any:
    return np.where(np.asarray(z) > 0, z, alpha * np.expm1(np.minimum(z, 0.0)))


def _gelu_tanh(z: Any) -> Any:
    return 0.5 * z * (1.0 + np.tanh(math.sqrt(2.0 / math.pi) * (z + 0.044715 * z * z * z)))


def _expand_sigmoid(ops: Any, z: Any) -> Any:
    return ops.divide(ops.constant(1), ops.add(ops.constant(1), ops.call("exp", ops.negate(z))))


def _expand_silu(ops: Any, z: Any) -> Any:
    return ops.divide(z, ops.add(ops.constant(1), ops.call("exp", ops.negate(z))))


def _expand_softplus(ops: Any, z: Any) -> Any:
    return ops.call("log", ops.add(ops.constant(1), ops.call("exp", z)))


def _expand_relu(ops: Any, z: Any) -> Any:
    return ops.call("max", ops.constant(0), z)


def _expand_leaky_relu(ops: Any, z: Any, alpha: Any) -> Any:
    below = ops.call("min", ops.constant(0), z)
    return ops.add(ops.call("max", ops.constant(0), z), ops.multiply(alpha, below))


def _expand_elu(ops: Any, z: Any, alpha: Any) -> Any:
    below = ops.add(ops.call("exp", ops.call("min", ops.constant(0), z)), ops.constant(-1))
    return ops.add(ops.call("max", ops.constant(0), z), ops.multiply(alpha, below))


def _expand_gelu(ops: Any, z: Any) -> Any:
    scaled = ops.call("erf", ops.divide(z, ops.call("sqrt", ops.constant(2))))
    return ops.multiply(ops.constant(0.5), z, ops.add(ops.constant(1), scaled))


def _expand_gelu_tanh(ops: Any, z: Any) -> Any:
    cubic = ops.multiply(ops.constant(0.044715), ops.power(z, 3))
    root = ops.call("sqrt", ops.divide(ops.constant(2), ops.call("pi")))
    curve = ops.call("tanh", ops.multiply(root, ops.add(z, cubic)))
    return ops.multiply(ops.constant(0.5), z, ops.add(ops.constant(1), curve))


def _expand_hard_sigmoid(ops: Any, z: Any) -> Any:
    line = ops.add(ops.divide(z, ops.constant(6)), ops.constant(0.5))
    return ops.call("max", ops.constant(0), ops.call("min", ops.constant(1), line))


def _expand_softmax(ops: Any, z: Any) -> Any:
    powers = ops.call("exp", z)
    return ops.divide(powers, ops.total(powers))


def _expand_logsumexp(ops: Any, z: Any) -> Any:
    return ops.call("log", ops.total(ops.call("exp", z)))


def _slope_sigmoid(ops: Any, a: Any, _: Any) -> tuple[Any, ...]:
    return (ops.multiply(a, one_minus(ops, a)),)


def _slope_tanh(ops: Any, a: Any, _: Any) -> tuple[Any, ...]:
    return (one_minus(ops, ops.power(a, 2)),)


def _slope_leaky_relu(ops: Any, _: Any, z: Any, alpha: Any) -> tuple[Any, ...]:
    active = ops.call("heaviside", z)
    below = ops.multiply(alpha, one_minus(ops, active))
    return ops.add(active, below), ops.call("min", ops.constant(0), z)


def _slope_elu(ops: Any, _: Any, z: Any, alpha: Any) -> tuple[Any, ...]:
    active = ops.call("heaviside", z)
    decay = ops.call("exp", ops.call("min", ops.constant(0), z))
    below = ops.multiply(alpha, decay, one_minus(ops, active))
    return ops.add(active, below), ops.add(decay, ops.constant(-1))


def _slope_silu(ops: Any, a: Any, z: Any) -> tuple[Any, ...]:
    """`a + σ(z)(1 - a)` (Ramachandran et al., Searching for Activation Functions, 2017)."""
    return (ops.add(a, ops.multiply(ops.call("sigmoid", z), one_minus(ops, a))),)


def _slope_gelu(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    """`Φ(z) + zφ(z)`, with the normal distribution and its density."""
    scaled = ops.call("erf", ops.divide(z, ops.call("sqrt", ops.constant(2))))
    below = ops.multiply(ops.constant(0.5), ops.add(ops.constant(1), scaled))
    bell = ops.call("exp", ops.negate(ops.divide(ops.power(z, 2), ops.constant(2))))
    root = ops.call("sqrt", ops.multiply(ops.constant(2), ops.call("pi")))
    return (ops.add(below, ops.divide(ops.multiply(z, bell), root)),)


def _slope_gelu_tanh(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    cubic = ops.multiply(ops.constant(0.044715), ops.power(z, 3))
    root = ops.call("sqrt", ops.divide(ops.constant(2), ops.call("pi")))
    curve = ops.call("tanh", ops.multiply(root, ops.add(z, cubic)))
    inner = ops.add(
        ops.constant(1),
        ops.multiply(ops.constant(3), ops.constant(0.044715), ops.power(z, 2)),
    )
    left = ops.multiply(ops.constant(0.5), ops.add(ops.constant(1), curve))
    steep = one_minus(ops, ops.power(curve, 2))
    return (ops.add(left, ops.multiply(ops.constant(0.5), z, steep, root, inner)),)


def _slope_hard_sigmoid(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    three = ops.constant(3)
    inside = (
        ops.call("heaviside", ops.add(three, z)),
        ops.call("heaviside", ops.add(three, ops.negate(z))),
    )
    return (ops.divide(ops.multiply(*inside), ops.constant(6)),)


#: Klambauer et al., Self-Normalizing Neural Networks, 2017, to the digits that torch has.
_SELU_ALPHA = 1.6732632423543772848170429916717
_SELU_SCALE = 1.0507009873554804934193349852946


def _clipped(low: float, high: float) -> Callable[[Any, Any], Any]:
    """The expansion of a line that is cut off below and above."""
    return lambda ops, z: ops.call("max", ops.constant(low), ops.call("min", ops.constant(high), z))


def _inside(low: float, high: float) -> Callable[[Any, Any, Any], tuple[Any, ...]]:
    """Its derivative: 1 between them, and 0 at both."""
    return lambda ops, _, z: (_between(ops, low, z, high),)


def _between(ops: Any, low: float, z: Any, high: float) -> Any:
    above = z if low == 0 else ops.add(z, ops.constant(-low))
    below = ops.add(ops.constant(high), ops.negate(z))
    return ops.multiply(ops.call("heaviside", above), ops.call("heaviside", below))


def _expand_selu(ops: Any, z: Any) -> Any:
    curve = _expand_elu(ops, z, ops.constant(_SELU_ALPHA))
    return ops.multiply(ops.constant(_SELU_SCALE), curve)


def _slope_selu(ops: Any, a: Any, z: Any) -> tuple[Any, ...]:
    slope, _ = _slope_elu(ops, a, z, ops.constant(_SELU_ALPHA))
    return (ops.multiply(ops.constant(_SELU_SCALE), slope),)


def _expand_celu(ops: Any, z: Any, alpha: Any) -> Any:
    bent = ops.call("exp", ops.divide(ops.call("min", ops.constant(0), z), alpha))
    below = ops.multiply(alpha, ops.add(bent, ops.constant(-1)))
    return ops.add(ops.call("max", ops.constant(0), z), below)


def _slope_celu(ops: Any, _: Any, z: Any, alpha: Any) -> tuple[Any, ...]:
    active = ops.call("heaviside", z)
    ratio = ops.divide(ops.call("min", ops.constant(0), z), alpha)
    bent = ops.call("exp", ratio)
    by_alpha = ops.add(bent, ops.constant(-1), ops.negate(ops.multiply(ratio, bent)))
    return ops.add(active, ops.multiply(bent, one_minus(ops, active))), by_alpha


def _expand_mish(ops: Any, z: Any) -> Any:
    return ops.multiply(z, ops.call("tanh", _expand_softplus(ops, z)))


def _slope_mish(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    """`t + z (1 - t²) σ(z)`, where t = tanh(softplus(z))."""
    curve = ops.call("tanh", ops.call("softplus", z))
    steep = one_minus(ops, ops.power(curve, 2))
    return (ops.add(curve, ops.multiply(z, steep, ops.call("sigmoid", z))),)


def _expand_hard_swish(ops: Any, z: Any) -> Any:
    cut = _clipped(0, 6)(ops, ops.add(z, ops.constant(3)))
    return ops.divide(ops.multiply(z, cut), ops.constant(6))


def _slope_hard_swish(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    """`(2z + 3)/6` between -3 and 3, 0 at -3, and 1 from 3 on."""
    line = ops.divide(ops.add(ops.multiply(ops.constant(2), z), ops.constant(3)), ops.constant(6))
    below = ops.call("heaviside", ops.add(ops.constant(3), ops.negate(z)))
    within = ops.multiply(ops.call("heaviside", ops.add(z, ops.constant(3))), below)
    return (ops.add(ops.multiply(line, within), one_minus(ops, below)),)


def _expand_softsign(ops: Any, z: Any) -> Any:
    return ops.divide(z, ops.add(ops.constant(1), ops.call("abs", z)))


def _slope_softsign(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    size = ops.add(ops.constant(1), ops.call("abs", z))
    return (ops.divide(ops.constant(1), ops.power(size, 2)),)


def _expand_gaussian(ops: Any, z: Any) -> Any:
    return ops.call("exp", ops.negate(ops.power(z, 2)))


def _slope_gaussian(ops: Any, a: Any, z: Any) -> tuple[Any, ...]:
    return (ops.negate(ops.multiply(ops.constant(2), z, a)),)


def _expand_clip(ops: Any, z: Any, low: Any, high: Any) -> Any:
    return ops.call("min", ops.call("max", z, low), high)


def _slope_clip(ops: Any, _: Any, z: Any, low: Any, high: Any) -> tuple[Any, ...]:
    above = ops.call("heaviside", ops.add(z, ops.negate(low)))
    below = ops.call("heaviside", ops.add(high, ops.negate(z)))
    return ops.multiply(above, below), one_minus(ops, above), one_minus(ops, below)


def _expand_step(ops: Any, z: Any) -> Any:
    return ops.add(ops.constant(1), ops.call("min", ops.constant(0), ops.call("sign", z)))


_PYTHON_SIGMOID = """\
def sigmoid(z):
    return 1/(1 + exp(-z)) if z >= 0 else exp(z)/(1 + exp(z))
"""

#: In the order in which they are listed.
ROWS = (
    Function(name="linear", aliases=("identity", "purelin", "none"), parity=-1, slope=1,
             latex=r"\operatorname{linear}", activation=True, numpy=lambda z: z,
             expansion=lambda _, z: z, derivative=lambda ops, _, __: (ops.constant(1),),
             prelude="def linear(z):\n    return z\n"),
    Function(name="sigmoid", aliases=("logistic", "expit", "logsig", "sigm", "sig"),
             slope=0.25, bound=1, unicode="σ", latex=r"\sigma", numpy=_sigmoid,
             activation=True,
             prelude=_PYTHON_SIGMOID, python="exp", expansion=_expand_sigmoid,
             derivative=_slope_sigmoid),
    Function(name="tanh", aliases=("tansig", "tanhf"), parity=-1, slope=1, bound=1, latex=r"\tanh",
             numpy=np.tanh, python="tanh",
             sympy="tanh",
             activation=True,
             derivative=_slope_tanh),
    Function(name="relu", aliases=("poslin", "rectifier"), slope=1, latex=r"\operatorname{ReLU}",
             numpy=lambda z: np.maximum(z, 0.0),
             activation=True, expansion=_expand_relu,
             prelude="def relu(z):\n    return max(z, 0.0)\n",
             derivative=lambda ops, _, z: (ops.call("heaviside", z),)),
    Function(name="leaky_relu", slope=1,
             latex=r"\operatorname{LeakyReLU}", arity=2, alpha=0.01,
             numpy=lambda z, alpha: np.maximum(z, 0.0) + alpha * np.minimum(z, 0.0),
             activation=True, expansion=_expand_leaky_relu,
             prelude="def leaky_relu(z, alpha):\n    return z if z > 0 else alpha*z\n",
             derivative=_slope_leaky_relu),
    Function(name="elu", slope=1, latex=r"\operatorname{ELU}", arity=2, alpha=1.0, numpy=_elu,
             activation=True, expansion=_expand_elu, python="expm1",
             prelude="def elu(z, alpha):\n    return z if z > 0 else alpha*expm1(z)\n",
             derivative=_slope_elu),
    Function(name="softplus", slope=1, latex=r"\operatorname{softplus}", activation=True,
             numpy=lambda z: np.logaddexp(0.0, z), expansion=_expand_softplus, python="exp log1p",
             prelude="def softplus(z):\n    return max(0.0, z) + log1p(exp(-abs(z)))\n",
             derivative=lambda ops, _, z: (ops.call("sigmoid", z),)),
    Function(name="silu", aliases=("swish",), slope=1.1, latex=r"\operatorname{SiLU}",
             numpy=lambda z: z * _sigmoid(z),
             activation=True, expansion=_expand_silu, python="exp",
             prelude="def silu(z):\n"
                     "    return z/(1 + exp(-z)) if z >= 0 else z*exp(z)/(1 + exp(z))\n",
             derivative=_slope_silu),
    Function(name="gelu", cancels=True, slope=1.13, latex=r"\operatorname{GELU}", activation=True,
             numpy=lambda z: 0.5 * z * (1.0 + erf(z / math.sqrt(2.0))), expansion=_expand_gelu,
             python="erf sqrt", prelude="def gelu(z):\n    return 0.5*z*(1 + erf(z/sqrt(2)))\n",
             derivative=_slope_gelu),
    Function(name="gelu_tanh", cancels=True, slope=1.13, latex=r"\operatorname{GELU}_{\tanh}",
             numpy=_gelu_tanh,
             activation=True, expansion=_expand_gelu_tanh, python="pi sqrt tanh",
             prelude="def gelu_tanh(z):\n"
                     "    return 0.5*z*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z*z*z)))\n",
             derivative=_slope_gelu_tanh),
    Function(name="hard_sigmoid", slope=0.17, bound=1,
             latex=r"\operatorname{hardsigmoid}",
             activation=True,
             numpy=lambda z: np.clip(z / 6.0 + 0.5, 0.0, 1.0), expansion=_expand_hard_sigmoid,
             prelude="def hard_sigmoid(z):\n    return min(max(z/6 + 0.5, 0.0), 1.0)\n",
             derivative=_slope_hard_sigmoid),
    Function(name="gaussian", aliases=("radbas",), parity=1, slope=0.86, bound=1,
             latex=r"\operatorname{gaussian}", activation=True, numpy=lambda z: np.exp(-z * z),
             expansion=_expand_gaussian, derivative=_slope_gaussian, python="exp",
             prelude="def gaussian(z):\n    return exp(-z*z)\n"),
    Function(name="softsign", aliases=("elliotsig",), parity=-1, slope=1, bound=1,
             latex=r"\operatorname{softsign}", activation=True,
             numpy=lambda z: z / (1.0 + np.abs(z)),
             expansion=_expand_softsign, derivative=_slope_softsign,
             prelude="def softsign(z):\n    return z/(1 + abs(z))\n"),
    Function(name="selu", slope=1.7582, latex=r"\operatorname{SELU}", activation=True,
             numpy=lambda z: _SELU_SCALE * _elu(z, _SELU_ALPHA),
             expansion=_expand_selu, derivative=_slope_selu, python="expm1",
             prelude="def selu(z):\n"
                     f"    return {_SELU_SCALE!r}*(z if z > 0 else {_SELU_ALPHA!r}*expm1(z))\n"),
    Function(name="celu", latex=r"\operatorname{CELU}", arity=2, alpha=1.0, divisor=True,
             activation=True,
             numpy=lambda z, alpha: np.where(
                 np.asarray(z) > 0, z, alpha * np.expm1(np.minimum(z, 0.0) / alpha)),
             expansion=_expand_celu, derivative=_slope_celu, python="expm1",
             prelude="def celu(z, alpha):\n    return z if z > 0 else alpha*expm1(z/alpha)\n"),
    Function(name="mish", slope=1.09, latex=r"\operatorname{mish}", activation=True,
             numpy=lambda z: z * np.tanh(np.logaddexp(0.0, z)),
             expansion=_expand_mish, derivative=_slope_mish, python="exp log1p tanh",
             prelude="def mish(z):\n"
                     "    return z*tanh(max(0.0, z) + log1p(exp(-abs(z))))\n"),
    Function(name="relu6", slope=1, bound=6, latex=r"\operatorname{ReLU6}", activation=True,
             numpy=lambda z: np.clip(z, 0.0, 6.0),
             expansion=_clipped(0, 6), derivative=_inside(0, 6),
             prelude="def relu6(z):\n    return min(max(z, 0.0), 6.0)\n"),
    Function(name="hard_tanh", aliases=("satlins",), parity=-1, slope=1, bound=1,
             latex=r"\operatorname{hardtanh}", activation=True,
             numpy=lambda z: np.clip(z, -1.0, 1.0),
             expansion=_clipped(-1, 1), derivative=_inside(-1, 1),
             prelude="def hard_tanh(z):\n    return min(max(z, -1.0), 1.0)\n"),
    Function(name="satlin", slope=1, bound=1, latex=r"\operatorname{satlin}", activation=True,
             numpy=lambda z: np.clip(z, 0.0, 1.0),
             expansion=_clipped(0, 1), derivative=_inside(0, 1),
             prelude="def satlin(z):\n    return min(max(z, 0.0), 1.0)\n"),
    Function(name="hard_swish", aliases=("hard_silu", "hardsilu"), slope=1.5,
             latex=r"\operatorname{hardswish}", activation=True,
             numpy=lambda z: z * np.clip(z + 3.0, 0.0, 6.0) / 6.0,
             expansion=_expand_hard_swish, derivative=_slope_hard_swish,
             prelude="def hard_swish(z):\n    return z*min(max(z + 3, 0.0), 6.0)/6\n"),
    Function(name="step", aliases=("hardlim",), bound=1, latex=r"\operatorname{step}",
             activation=True, numpy=lambda z: np.heaviside(z, 1.0),
             sympy="Heaviside", sympy_after=(1,), expansion=_expand_step,
             derivative=lambda ops, _, __: (ops.constant(0),),
             prelude="def step(z):\n    return z if z != z else float(z >= 0)\n"),
    Function(name="clip", latex=r"\operatorname{clip}", arity=3,
             numpy=lambda z, low, high: np.minimum(np.maximum(z, low), high),
             expansion=_expand_clip, derivative=_slope_clip,
             prelude="def clip(z, low, high):\n    return min(max(z, low), high)\n"),
    Function(name="softmax", slope=0.5, bound=1, latex=r"\operatorname{softmax}", numpy=_softmax,
             activation=True,
             vector=True, expansion=_expand_softmax),
    Function(name="logsumexp", latex=r"\operatorname{logsumexp}", numpy=_logsumexp,
             vector=True, expansion=_expand_logsumexp),
)  # fmt: skip
