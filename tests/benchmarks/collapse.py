"""Collapsing what is linear: against sympy's `expand` and `collect`, and how long large ones take.

sympy gets the same names in the same run, a process of its own for what may not end.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from netsym import Network, compare, parse
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.formula import Formula
from netsym.layers.elementwise import Standardize
from tests import rivals
from tests.benchmarks.measure import (
    Call,
    DisagreementError,
    Line,
    Rival,
    agree,
    at_most,
    ended_after,
    faster,
    race,
    row,
)
from tests.benchmarks.networks import WIDE, fresh, numeric, random_points

_TIMEOUT = 60  # seconds of process time that sympy gets


@row("collapse: 4-4-4-4, names")
def small() -> list[Line]:
    network = parse("4-4-4-4")
    result = _collapsed(network, 1)
    _same_entries(network, result)
    rival = Rival("sympy expand, collect", by_sympy(network))
    return race(Call(lambda: fresh(network), simplify), [rival], least=3, most=5)


@row("collapse: 10-10-10-10, names")
def named() -> list[Line]:
    spec = "10-10-10-10"
    network = parse(spec)
    _collapsed(network, 1)
    code = f"""
from netsym import parse
from tests.benchmarks.collapse import by_sympy
print(by_sympy(parse({spec!r})).seconds())
"""
    sympys = ended_after(_TIMEOUT, "sympy expand", code, faster(50))
    return race(Call(lambda: fresh(network), simplify), [sympys], least=3, most=9)


@row("collapse: 512-512-512-512, numbers")
def square() -> list[Line]:
    return _timed(numeric("512-512-512-512"), 1, 0.6)


@row("collapse: 64 layers of 50, numbers")
def tall() -> list[Line]:
    return _timed(numeric("64-50x64"), 1, 10.0)


@row("collapse: 64 layers of 50, names")
def tall_named() -> list[Line]:
    network = parse("64-50x64")
    _collapsed(network, 1)
    return _within(network, 1.0)


@row("collapse: 784-128-10 relu behind a scaler")
def pipeline() -> list[Line]:
    return _timed(_behind_a_scaler(numeric(WIDE)), 2, 5.0)


# -- what is measured -----------------------------------------------------------------------------
def by_sympy(network: Network) -> Call[Any]:
    """The linear parts, of expressions with which nothing has been done yet."""
    layers = rivals.sympy.names(network)
    width = len(network.input_names)
    return Call(
        lambda: rivals.sympy.first(layers),
        lambda outputs: rivals.sympy.linear_parts(outputs, rivals.sympy.inputs(width)),
    )


def _collapsed(network: Network, layers: int) -> Simplified:
    result = simplify(network)
    if len(result.network.layers) != layers:
        raise DisagreementError(f"{len(result.network.layers)} layers are left, not {layers}")
    return result


def _same_entries(network: Network, result: Simplified) -> None:
    """The entries are those of sympy."""
    from sympy import expand

    if compare(network, result.exact).verdict != "identical":
        raise DisagreementError("not proved to be the same function")
    sympys = by_sympy(network)
    theirs: Any = sympys.work(sympys.prepare())
    ours, bias = (result.exact.layers[0].parameters[key].formula for key in ("weights", "bias"))
    assert ours is not None and bias is not None
    matrix = np.array(list(Formula.of(ours).sympy()), dtype=object).reshape(len(theirs), -1)
    constants = Formula.of(bias).sympy()
    for row_, constant, expected in zip(matrix.tolist(), constants, theirs, strict=True):
        for one, other in zip([*row_, constant], expected, strict=True):
            if expand(one - other) != 0:
                raise DisagreementError(f"{one} is not {other}")


def _timed(network: Network, layers: int, most: float) -> list[Line]:
    """The time of a collapse of numbers, whose result agrees with float64 products by NumPy."""
    result = _collapsed(network, layers)
    x = random_points(network, 20)
    agree("values", result.network(x), network(x))
    return _within(network, most)


def _within(network: Network, most: float) -> list[Line]:
    return race(Call(lambda: fresh(network), simplify), [at_most(most)], least=3, most=3)


def _behind_a_scaler(network: Network) -> Network:
    rng = np.random.default_rng(3)
    width = len(network.input_names)
    scaler = {"mean": rng.normal(size=width), "scale": rng.uniform(0.5, 2, width)}
    layers = [("scaler", Standardize(), ["input"], scaler)]
    source = "scaler"
    for placed in network.layers:
        given = {key: parameter.numbers({}) for key, parameter in placed.parameters.items()}
        layers.append((placed.name, placed.layer, [source], given))  # type: ignore[arg-type]
        source = placed.name
    return Network.of(f"scaler, {network.title}", width, layers)
