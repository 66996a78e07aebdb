"""Derivatives of a written program by a complex step: exact to rounding, and by no rule of ours.

f(x + ih) is f(x) + ihf'(x) but for terms of h² (Squire and Trapp, Using Complex Variables to
Estimate Derivatives of Real Functions, 1998). Where a function has a kink the branch that x is in
decides, and on the kink the one that the formula has there: the first of two equal values is
the largest, and relu, abs and hard_sigmoid are flat.
"""

from __future__ import annotations

import cmath
import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from netsym.formula import Formula

STEP = 1e-200  # its square is 0 in float64


def _branch(function: Any, slope: Any) -> Any:
    """A real function of a complex number, from its value and its slope at the real part."""
    return lambda z: complex(function(complex(z).real), slope(complex(z).real) * complex(z).imag)


def _elu(z: complex, alpha: float) -> complex:
    return z if complex(z).real > 0 else alpha * (cmath.exp(z) - 1)


def _gelu_tanh(z: complex) -> complex:
    return 0.5 * z * (1 + cmath.tanh(math.sqrt(2 / math.pi) * (z + 0.044715 * z**3)))


def _abs(z: complex) -> complex:
    real = complex(z).real
    return z if real > 0 else -z if real < 0 else 0.0


def _cut(z: complex, low: float, high: float) -> complex:
    real = complex(z).real
    return z if low < real < high else low if real <= low else high


_erf = _branch(math.erf, lambda x: 2 * math.exp(-x * x) / math.sqrt(math.pi))
FUNCTIONS: dict[str, Any] = {
    **{name: getattr(cmath, name) for name in ("exp", "log", "sqrt", "tanh", "pi")},
    "sigmoid": lambda z: (1 + cmath.tanh(z / 2)) / 2,
    "softplus": lambda z: cmath.log(1 + cmath.exp(z)),
    "silu": lambda z: z * (1 + cmath.tanh(z / 2)) / 2,
    "erf": _erf,
    "gelu": lambda z: z * (1 + _erf(z / math.sqrt(2))) / 2,
    "gelu_tanh": _gelu_tanh,
    "relu": lambda z: z if complex(z).real > 0 else 0.0,
    "leaky_relu": lambda z, alpha: z if complex(z).real > 0 else alpha * z,
    "elu": _elu,
    "hard_sigmoid": lambda z: z / 6 + 0.5 if abs(complex(z).real) < 3 else float(z.real > 0),
    "sin": cmath.sin,
    "cos": cmath.cos,
    "gaussian": lambda z: cmath.exp(-z * z),
    "abs": _abs,
    "softsign": lambda z: z / (1 + _abs(z)),
    "selu": lambda z: 1.0507009873554805 * _elu(z, 1.6732632423543772),
    "celu": lambda z, alpha: _elu(z / alpha, 1.0) * alpha,
    "mish": lambda z: z * cmath.tanh(cmath.log(1 + cmath.exp(z))),
    "relu6": lambda z: _cut(z, 0, 6),
    "hard_tanh": lambda z: _cut(z, -1, 1),
    "satlin": lambda z: _cut(z, 0, 1),
    "hard_swish": lambda z: z * _cut(z + 3, 0, 6) / 6,
    "step": lambda z: float(complex(z).real >= 0),
    "heaviside": lambda z: float(complex(z).real > 0),
    "sign": lambda z: float(complex(z).real > 0) - float(complex(z).real < 0),
    "max": lambda *z: max(z, key=lambda value: complex(value).real),
    "min": lambda *z: min(z, key=lambda value: complex(value).real),
}


def complex_step(
    formula: Formula, at: Mapping[str, float], along: Mapping[str, float]
) -> np.ndarray[Any, Any]:
    """How the outputs of its Python text change along a direction, of the names in it."""
    program = formula.python(max_nodes=None)
    scope: dict[str, Any] = {}
    exec(program[program.index("def f(") :], dict(FUNCTIONS), scope)
    inputs = [names.ascii(place) for names, place in map(formula.graph.symbol, formula.inputs)]
    used = {name for _, names in formula.symbols() for name in names}
    moved = {name: value + 1j * STEP * along.get(name, 0.0) for name, value in at.items()}
    parameters = {name: value for name, value in moved.items() if name in used}
    found = scope["f"](*(moved[name] for name in inputs), **parameters)
    outputs = found if isinstance(found, tuple) else (found,)
    return np.array([complex(output).imag / STEP for output in outputs])
