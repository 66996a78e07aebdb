"""Networks read by hand: entries as sympy has them, and layers as a textbook writes them.

Nothing of the package's arithmetic is used here: what the simplifier claims is checked against
sums and products of Python's fractions, mpmath's floats, or sympy's symbols.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import sympy

from netsym.formula import Formula
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.ops.parameters import Parameter
from tests import networks

Apply = Callable[[str, float | None, list[Any]], list[Any]]


def entries(parameter: Parameter) -> list[Any]:
    """The entries in order: float, Fraction, or a sympy expression of names."""
    if parameter.formula is not None:
        found = Formula.of(parameter.formula).sympy()
        flat = list(found) if isinstance(found, (sympy.Tuple, tuple, list)) else [found]
    elif parameter.entries is None:
        flat = [named(name) for name in parameter.names.all()]
    else:
        named_ = dict(parameter.named())
        flat = [
            named(named_[place]) if place in named_ else entry
            for place, entry in enumerate(parameter.entries.reshape(-1).tolist())
        ]
    return flat


def named(name: str) -> sympy.Symbol:
    return sympy.Symbol(name, real=True)


def array(parameter: Parameter, number: Callable[[Any], Any]) -> list[Any]:
    """The entries as nested lists of numbers of some kind."""
    flat = [number(entry) for entry in entries(parameter)]
    if len(parameter.shape) == 1:
        return flat
    rows, columns = parameter.shape
    return [flat[row * columns : (row + 1) * columns] for row in range(rows)]


def exact(entry: Any) -> Any:
    """A number as sympy has it exactly; names stay."""
    if isinstance(entry, (float, Fraction)):
        fraction = Fraction(entry)
        return sympy.Rational(fraction.numerator, fraction.denominator)
    return entry.xreplace({f: exact(float(f)) for f in entry.atoms(sympy.Float)})


def forward(network: Network, x: Sequence[Any], number: Callable[[Any], Any], apply: Apply) -> Any:
    """The outputs of a network from its inputs, layer by layer."""
    values: dict[str, list[Any]] = {"input": list(x)}
    for placed in network.layers:
        values[placed.name] = layer(placed, [values[s] for s in placed.sources], number, apply)
    return values[network.layers[-1].name]


def layer(
    placed: Placed, taken: list[list[Any]], number: Callable[[Any], Any], apply: Apply
) -> list[Any]:
    """What a layer computes."""
    what = placed.layer
    given = {key: array(parameter, number) for key, parameter in placed.parameters.items()}
    x = taken[0]
    if isinstance(what, Dense):
        bias = given.get("bias", [0] * what.units)
        z = [
            sum((w * v for w, v in zip(row, x, strict=True)), start=b)
            for row, b in zip(given["weights"], bias, strict=True)
        ]
        a = apply(what.activation, what.alpha, z)
        return [p + q for p, q in zip(a, x, strict=True)] if what.skip else a
    if isinstance(what, Activation):
        return apply(what.activation, what.alpha, x)
    if isinstance(what, Scale):
        bias = given.get("bias", [0] * len(x))
        return [w * v + b for w, v, b in zip(given["weights"], x, bias, strict=True)]
    if isinstance(what, Standardize):
        mean, scale = given.get("mean", [0] * len(x)), given.get("scale", [1] * len(x))
        return [(v - m) / s for v, m, s in zip(x, mean, scale, strict=True)]
    if isinstance(what, Add):
        return [sum(each[1:], start=each[0]) for each in zip(*taken, strict=True)]
    if isinstance(what, Concat):
        return [value for values in taken for value in values]
    assert isinstance(what, Dropout)
    return x


# -- three kinds of numbers -----------------------------------------------------------------------
def symbolic(network: Network) -> list[Any]:
    """The outputs as sympy expressions; activations are functions that sympy knows nothing of."""

    def apply(name: str, alpha: float | None, z: list[Any]) -> list[Any]:
        if name == "linear":
            return z
        called = sympy.Function(name if alpha is None else f"{name}_{alpha}".replace(".", "_"))
        z = [sympy.expand(each) for each in z]
        if name == "softmax":
            return [called(sympy.Integer(place), *z) for place in range(len(z))]
        return [called(each) for each in z]

    inputs = [named(name) for name in network.input_names.all()]
    return [sympy.expand(y) for y in forward(network, inputs, exact, apply)]


def decimal(network: Network, x: Sequence[float], values: dict[str, float]) -> list[Any]:
    """The outputs to mpmath's precision, names replaced by numbers."""
    known = {named(name): exact(value) for name, value in values.items()}

    def number(entry: Any) -> Any:
        if isinstance(entry, sympy.Basic):
            entry = exact(entry).xreplace(known)
            if entry.is_Rational:
                return mpmath.mpf(int(entry.p)) / int(entry.q)
            return mpmath.mpf(sympy.Float(entry.evalf(mpmath.mp.dps + 5), mpmath.mp.dps)._mpf_)
        return networks.number(entry)

    def apply(name: str, alpha: float | None, z: list[Any]) -> list[Any]:
        a = networks.activated(name, alpha, [networks.Value(v, mpmath.mpf(0)) for v in z])
        return [each.value for each in a]

    return forward(network, [mpmath.mpf(v) for v in x], number, apply)
