"""The rows of elementary functions, which no expansion goes below."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from netsym.graph.function import Function

_ERF = np.frompyfunc(math.erf, 1, 1)


def erf(z: Any) -> Any:
    """The error function, of arrays."""
    single = getattr(z, "dtype", None) == np.float32
    return np.asarray(_ERF(z), dtype=np.float32 if single else float)


def one_minus(ops: Any, value: Any) -> Any:
    """`1 - a`, as derivatives have it."""
    return ops.add(ops.constant(1), ops.negate(value))


def _slope_erf(ops: Any, _: Any, z: Any) -> tuple[Any, ...]:
    bell = ops.call("exp", ops.negate(ops.power(z, 2)))
    return (ops.divide(ops.multiply(ops.constant(2), bell), ops.call("sqrt", ops.call("pi"))),)


def _slope_max(ops: Any, _: Any, *z: Any) -> tuple[Any, ...]:
    """1 for the operand that no earlier one reaches and no later one exceeds."""
    slopes: list[list[Any]] = [[] for _ in z]
    for later in range(len(z)):
        for earlier in range(later):
            larger = ops.call("heaviside", ops.add(z[later], ops.negate(z[earlier])))
            slopes[earlier].append(one_minus(ops, larger))
            slopes[later].append(larger)
    return tuple(ops.multiply(*factors) if factors else ops.constant(1) for factors in slopes)


def _slope_min(ops: Any, result: Any, *z: Any) -> tuple[Any, ...]:
    return _slope_max(ops, result, *map(ops.negate, z))


def _expand_heaviside(ops: Any, z: Any) -> Any:
    return ops.call("max", ops.constant(0), ops.call("sign", z))


#: In the order in which they are listed.
ROWS = (
    Function(name="pi", aliases=("m_pi",), unicode="π", latex=r"\pi", arity=0, python="pi",
             sympy="pi", numpy=lambda: np.float64(math.pi),
             derivative=lambda _, __: ()),
    Function(name="exp", aliases=("expf",), activation=True, latex=r"\exp", numpy=np.exp,
             python="exp", sympy="exp", derivative=lambda _, a, __: (a,)),
    Function(name="log", aliases=("ln", "logf"), latex=r"\log", numpy=np.log, python="log",
             sympy="log", derivative=lambda ops, _, z: (ops.divide(ops.constant(1), z),)),
    Function(name="sqrt", aliases=("√", "sqrtf"), latex=r"\sqrt", numpy=np.sqrt, python="sqrt",
             sympy="sqrt",
             derivative=lambda ops, a, _: (
                 ops.divide(ops.constant(1), ops.multiply(ops.constant(2), a)),)),
    Function(name="sin", aliases=("sinf",), activation=True, parity=-1, slope=1, bound=1,
             latex=r"\sin", numpy=np.sin, python="sin", sympy="sin",
             derivative=lambda ops, _, z: (ops.call("cos", z),)),
    Function(name="cos", aliases=("cosf",), parity=1, slope=1, bound=1, latex=r"\cos", numpy=np.cos,
             python="cos", sympy="cos",
             derivative=lambda ops, _, z: (ops.negate(ops.call("sin", z)),)),
    Function(name="tan", parity=-1, latex=r"\tan", numpy=np.tan, python="tan", sympy="tan",
             derivative=lambda ops, a, _: (ops.add(ops.constant(1), ops.power(a, 2)),)),
    Function(name="atan", aliases=("arctan", "atanf"), parity=-1, slope=1, latex=r"\arctan",
             numpy=np.arctan, python="atan", sympy="atan",
             derivative=lambda ops, _, z: (
                 ops.divide(ops.constant(1), ops.add(ops.constant(1), ops.power(z, 2))),)),
    Function(name="sinh", parity=-1, latex=r"\sinh", numpy=np.sinh, python="sinh", sympy="sinh",
             derivative=lambda ops, _, z: (ops.call("cosh", z),)),
    Function(name="cosh", parity=1, latex=r"\cosh", numpy=np.cosh, python="cosh", sympy="cosh",
             derivative=lambda ops, _, z: (ops.call("sinh", z),)),
    Function(name="erf", parity=-1, slope=1.13, bound=1, latex=r"\operatorname{erf}", numpy=erf,
             python="erf", sympy="erf",
             derivative=_slope_erf),
    Function(name="abs", aliases=("fabs", "fabsf", "absolute"), parity=1, slope=1,
             latex=r"\operatorname{abs}", numpy=np.abs, python="abs", sympy="Abs",
             derivative=lambda ops, _, z: (ops.call("sign", z),)),
    Function(name="sign", aliases=("sgn",), parity=-1, bound=1, latex=r"\operatorname{sign}",
             numpy=np.sign, sympy="sign",
             prelude="def sign(z):\n    return z if z != z else float((z > 0) - (z < 0))\n",
             derivative=lambda ops, _, __: (ops.constant(0),)),
    Function(name="heaviside", bound=1, latex=r"\operatorname{heaviside}",
             numpy=lambda z: np.heaviside(z, 0.0), sympy="Heaviside", sympy_after=(0,),
             prelude="def heaviside(z):\n    return z if z != z else float(z > 0)\n",
             expansion=_expand_heaviside,
             derivative=lambda ops, _, __: (ops.constant(0),)),
    Function(name="max", aliases=("fmax", "fmaxf", "maximum", "pmax"), latex=r"\max",
             numpy=lambda *z: np.maximum.reduce(np.broadcast_arrays(*z)),
             arity=-1, python="max", sympy="Max",
             derivative=_slope_max),
    Function(name="min", aliases=("fmin", "fminf", "minimum", "pmin"), latex=r"\min",
             numpy=lambda *z: np.minimum.reduce(np.broadcast_arrays(*z)),
             arity=-1, python="min", sympy="Min",
             derivative=_slope_min),
)  # fmt: skip
