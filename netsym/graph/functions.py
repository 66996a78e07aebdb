"""The table of functions: one row each, with every spelling and every fact that is asked of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """What netsym knows of one function.

    `expansion(ops, *operands)` writes it by elementary operations, for any reading; `numpy` is the
    numerically stable evaluation; `prelude` defines it for a Python text that has `math` alone.

    `derivative(ops, result, *operands)` gives the partial derivatives, one for each operand, by
    elementary operations and by the result, where that is how it is taught: a(1 - a) for sigmoid.
    At a kink it is what torch says: relu'(0) = abs'(0) = hard_sigmoid'(±3) = 0, leaky_relu'(0) and
    elu'(0) are alpha. Of equal operands of max or min the first has slope 1 and the others 0, as
    in torch.max and max-pooling, so that max(0, z) is relu here too. (torch.maximum gives each of
    two equal ones a half, which is no derivative from either side.)
    """

    name: str
    latex: str
    numpy: Callable[..., Any]
    unicode: str = ""
    arity: int = 1  # -1: any number of operands
    python: str = ""  # what to import from math, or a builtin where `prelude` is empty too
    prelude: str = ""
    sympy: str = ""  # sympy's class, where it has one
    sympy_after: tuple[int, ...] = ()  # what that class takes after the operands
    expansion: Callable[..., Any] | None = None
    derivative: Callable[..., tuple[Any, ...]] | None = None
    of_operand: bool = False  # the derivative is written by the operand, not by the result alone
    repeats: bool = False  # the expansion writes its operand more than once
    vector: bool = False  # of a vector: it has no node of its own, only its expansion
    activation: bool = False  # a layer may use it
    alpha: float | None = None  # default of its one parameter, the second operand
    slope: float | None = None  # no steeper anywhere, nor than a larger alpha; None: no bound
    bound: float | None = None  # no larger anywhere


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


_ERF = np.frompyfunc(math.erf, 1, 1)


def _erf(z: Any) -> Any:
    return np.asarray(_ERF(z), dtype=float)


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


# -- derivatives: (ops, result, *operands) -> one partial derivative for each operand --------------
def _one_minus(ops: Any, value: Any) -> Any:
    return ops.add(ops.constant(1), ops.negate(value))


def _slope_sigmoid(ops: Any, a: Any, _: Any) -> tuple[Any, ...]:
    return (ops.multiply(a, _one_minus(ops, a)),)


def _slope_tanh(ops: Any, a: Any, _: Any) -> tuple[Any, ...]:
    return (_one_minus(ops, ops.power(a, 2)),)


def _slope_leaky_relu(ops: Any, _: Any, z: Any, alpha: Any) -> tuple[Any, ...]:
    active = ops.call("step", z)
    below = ops.multiply(alpha, _one_minus(ops, active))
    return ops.add(active, below), ops.call("min", ops.constant(0), z)


def _slope_elu(ops: Any, _: Any, z: Any, alpha: Any) -> tuple[Any, ...]:
    active = ops.call("step", z)
    decay = ops.call("exp", ops.call("min", ops.constant(0), z))
    below = ops.multiply(alpha, decay, _one_minus(ops, active))
    return ops.add(active, below), ops.add(decay, ops.constant(-1))


def _slope_silu(ops: Any, a: Any, z: Any) -> tuple[Any, ...]:
    """`a + σ(z)(1 - a)` (Ramachandran et al., Searching for Activation Functions, 2017)."""
    return (ops.add(a, ops.multiply(ops.call("sigmoid", z), _one_minus(ops, a))),)


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
    steep = _one_minus(ops, ops.power(curve, 2))
    return (ops.add(left, ops.multiply(ops.constant(0.5), z, steep, root, inner)),)


def _slope_hard_sigmoid(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    three = ops.constant(3)
    inside = ops.call("step", ops.add(three, z)), ops.call("step", ops.add(three, ops.negate(z)))
    return (ops.divide(ops.multiply(*inside), ops.constant(6)),)


def _slope_erf(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    bell = ops.call("exp", ops.negate(ops.power(z, 2)))
    return (ops.divide(ops.multiply(ops.constant(2), bell), ops.call("sqrt", ops.call("pi"))),)


def _slope_max(ops: Any, _: Any, *z: Any) -> tuple[Any, ...]:
    """1 for the operand that no earlier one reaches and no later one exceeds."""
    slopes: list[list[Any]] = [[] for _ in z]
    for later in range(len(z)):
        for earlier in range(later):
            larger = ops.call("step", ops.add(z[later], ops.negate(z[earlier])))
            slopes[earlier].append(_one_minus(ops, larger))
            slopes[later].append(larger)
    return tuple(ops.multiply(*factors) if factors else ops.constant(1) for factors in slopes)


def _slope_min(ops: Any, result: Any, *z: Any) -> tuple[Any, ...]:
    return _slope_max(ops, result, *map(ops.negate, z))


def _expand_step(ops: Any, z: Any) -> Any:
    return ops.call("max", ops.constant(0), ops.call("sign", z))


_PYTHON_SIGMOID = """\
def sigmoid(z):
    return 1/(1 + exp(-z)) if z >= 0 else exp(z)/(1 + exp(z))
"""

_ROWS = (
    Function(name="pi", unicode="π", latex=r"\pi", arity=0, python="pi", sympy="pi",
             numpy=lambda: np.float64(math.pi),
             derivative=lambda _, __: ()),
    Function(name="exp", latex=r"\exp", numpy=np.exp, python="exp", sympy="exp",
             derivative=lambda _, a, __: (a,)),
    Function(name="log", latex=r"\log", numpy=np.log, python="log", sympy="log",
             derivative=lambda ops, _, z: (ops.divide(ops.constant(1), z),), of_operand=True),
    Function(name="sqrt", latex=r"\sqrt", numpy=np.sqrt, python="sqrt", sympy="sqrt",
             derivative=lambda ops, a, _: (
                 ops.divide(ops.constant(1), ops.multiply(ops.constant(2), a)),)),
    Function(name="sin", slope=1, bound=1, latex=r"\sin", numpy=np.sin, python="sin", sympy="sin",
             derivative=lambda ops, _, z: (ops.call("cos", z),), of_operand=True),
    Function(name="cos", slope=1, bound=1, latex=r"\cos", numpy=np.cos, python="cos", sympy="cos",
             derivative=lambda ops, _, z: (ops.negate(ops.call("sin", z)),), of_operand=True),
    Function(name="tan", latex=r"\tan", numpy=np.tan, python="tan", sympy="tan",
             derivative=lambda ops, a, _: (ops.add(ops.constant(1), ops.power(a, 2)),)),
    Function(name="atan", slope=1, latex=r"\arctan", numpy=np.arctan, python="atan", sympy="atan",
             derivative=lambda ops, _, z: (
                 ops.divide(ops.constant(1), ops.add(ops.constant(1), ops.power(z, 2))),),
             of_operand=True),
    Function(name="sinh", latex=r"\sinh", numpy=np.sinh, python="sinh", sympy="sinh",
             derivative=lambda ops, _, z: (ops.call("cosh", z),), of_operand=True),
    Function(name="cosh", latex=r"\cosh", numpy=np.cosh, python="cosh", sympy="cosh",
             derivative=lambda ops, _, z: (ops.call("sinh", z),), of_operand=True),
    Function(name="erf", slope=1.13, bound=1, latex=r"\operatorname{erf}", numpy=_erf,
             python="erf", sympy="erf",
             derivative=_slope_erf, of_operand=True),
    Function(name="abs", slope=1, latex=r"\operatorname{abs}", numpy=np.abs, python="abs",
             sympy="Abs",
             derivative=lambda ops, _, z: (ops.call("sign", z),), of_operand=True),
    Function(name="sign", bound=1, latex=r"\operatorname{sign}", numpy=np.sign, sympy="sign",
             prelude="def sign(z):\n    return float((z > 0) - (z < 0))\n",
             derivative=lambda ops, _, __: (ops.constant(0),)),
    Function(name="step", bound=1, latex=r"\operatorname{step}",
             numpy=lambda z: np.heaviside(z, 0.0), sympy="Heaviside", sympy_after=(0,),
             prelude="def step(z):\n    return 1.0 if z > 0 else 0.0\n",
             expansion=_expand_step,
             derivative=lambda ops, _, __: (ops.constant(0),)),
    Function(name="max", latex=r"\max", numpy=lambda *z: np.maximum.reduce(np.broadcast_arrays(*z)),
             arity=-1, python="max", sympy="Max",
             derivative=_slope_max, of_operand=True),
    Function(name="min", latex=r"\min", numpy=lambda *z: np.minimum.reduce(np.broadcast_arrays(*z)),
             arity=-1, python="min", sympy="Min",
             derivative=_slope_min, of_operand=True),
    Function(name="sigmoid", slope=0.25, bound=1, unicode="σ", latex=r"\sigma", numpy=_sigmoid,
             activation=True,
             prelude=_PYTHON_SIGMOID, python="exp", expansion=_expand_sigmoid,
             derivative=_slope_sigmoid),
    Function(name="tanh", slope=1, bound=1, latex=r"\tanh", numpy=np.tanh, python="tanh",
             sympy="tanh",
             activation=True,
             derivative=_slope_tanh),
    Function(name="relu", slope=1, latex=r"\operatorname{ReLU}", numpy=lambda z: np.maximum(z, 0.0),
             activation=True, expansion=_expand_relu,
             prelude="def relu(z):\n    return max(z, 0.0)\n",
             derivative=lambda ops, _, z: (ops.call("step", z),), of_operand=True),
    Function(name="leaky_relu", slope=1, latex=r"\operatorname{LeakyReLU}", arity=2, alpha=0.01,
             numpy=lambda z, alpha: np.maximum(z, 0.0) + alpha * np.minimum(z, 0.0),
             activation=True, expansion=_expand_leaky_relu, repeats=True,
             prelude="def leaky_relu(z, alpha):\n    return z if z > 0 else alpha*z\n",
             derivative=_slope_leaky_relu, of_operand=True),
    Function(name="elu", slope=1, latex=r"\operatorname{ELU}", arity=2, alpha=1.0, numpy=_elu,
             activation=True, expansion=_expand_elu, repeats=True, python="expm1",
             prelude="def elu(z, alpha):\n    return z if z > 0 else alpha*expm1(z)\n",
             derivative=_slope_elu, of_operand=True),
    Function(name="softplus", slope=1, latex=r"\operatorname{softplus}", activation=True,
             numpy=lambda z: np.logaddexp(0.0, z), expansion=_expand_softplus, python="exp log1p",
             prelude="def softplus(z):\n    return max(0.0, z) + log1p(exp(-abs(z)))\n",
             derivative=lambda ops, _, z: (ops.call("sigmoid", z),), of_operand=True),
    Function(name="silu", slope=1.1, latex=r"\operatorname{SiLU}", numpy=lambda z: z * _sigmoid(z),
             activation=True, expansion=_expand_silu, repeats=True, python="exp",
             prelude="def silu(z):\n"
                     "    return z/(1 + exp(-z)) if z >= 0 else z*exp(z)/(1 + exp(z))\n",
             derivative=_slope_silu, of_operand=True),
    Function(name="gelu", slope=1.13, latex=r"\operatorname{GELU}", activation=True, repeats=True,
             numpy=lambda z: 0.5 * z * (1.0 + _erf(z / math.sqrt(2.0))), expansion=_expand_gelu,
             python="erf sqrt", prelude="def gelu(z):\n    return 0.5*z*(1 + erf(z/sqrt(2)))\n",
             derivative=_slope_gelu, of_operand=True),
    Function(name="gelu_tanh", slope=1.13, latex=r"\operatorname{GELU}_{\tanh}", numpy=_gelu_tanh,
             activation=True, repeats=True, expansion=_expand_gelu_tanh, python="pi sqrt tanh",
             prelude="def gelu_tanh(z):\n"
                     "    return 0.5*z*(1 + tanh(sqrt(2/pi)*(z + 0.044715*z*z*z)))\n",
             derivative=_slope_gelu_tanh, of_operand=True),
    Function(name="hard_sigmoid", slope=0.17, bound=1, latex=r"\operatorname{hardsigmoid}",
             activation=True,
             numpy=lambda z: np.clip(z / 6.0 + 0.5, 0.0, 1.0), expansion=_expand_hard_sigmoid,
             prelude="def hard_sigmoid(z):\n    return min(max(z/6 + 0.5, 0.0), 1.0)\n",
             derivative=_slope_hard_sigmoid, of_operand=True),
    Function(name="softmax", slope=0.5, bound=1, latex=r"\operatorname{softmax}", numpy=_softmax,
             activation=True,
             vector=True, repeats=True, expansion=_expand_softmax),
    Function(name="logsumexp", latex=r"\operatorname{logsumexp}", numpy=_logsumexp,
             vector=True, expansion=_expand_logsumexp),
)  # fmt: skip

FUNCTIONS: dict[str, Function] = {row.name: row for row in _ROWS}

#: What a layer may be given as its activation; "linear" applies nothing.
ACTIVATIONS: tuple[str, ...] = ("linear", *(row.name for row in _ROWS if row.activation))

#: Functions with f(-z) = -f(z), and with f(-z) = f(z).
ODD = frozenset({"erf", "sin", "atan", "tanh", "sinh", "tan", "sign"})
EVEN = frozenset({"cos", "cosh"})
#: Functions with kinks; those of the table that are written by them alone.
KINKED = frozenset({"abs", "max", "min"})
CANCELLING = frozenset({"gelu", "gelu_tanh"})  # float64 loses all digits of z*(1 - 1)
PIECEWISE = frozenset({"relu", "leaky_relu", "hard_sigmoid"})
