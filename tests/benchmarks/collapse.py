"""Collapsing what is linear: against sympy's `expand` and `collect`, and how long large ones take.

sympy gets the same names in the same run, a process of its own for what may not end.
"""

from __future__ import annotations

import subprocess
import sys
import time
from typing import Any

import numpy as np

from netsym import Network, compare, parse
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.formula import Formula
from netsym.layers.elementwise import Standardize
from tests.benchmarks.measure import (
    Bar,
    DisagreementError,
    Line,
    Rival,
    agree,
    faster,
    race,
    row,
    timed,
)
from tests.benchmarks.networks import WIDE, numeric, random_points
from tests.benchmarks.rivals import sympy_graph, sympy_names

_TIMEOUT = 60  # seconds that sympy gets
_SYMPY = """
import sys, time
from netsym import parse
from tests.benchmarks.collapse import by_sympy, expressions
network = parse(sys.argv[1])
given = expressions(network)
started = time.perf_counter()
by_sympy(*given)
print(time.perf_counter() - started)
"""


@row("collapse: 4-4-4-4, names")
def small() -> list[Line]:
    network = parse("4-4-4-4")
    result = _collapsed(network, 1)
    _same_entries(network, result)
    given = expressions(network)
    rival = Rival("sympy expand, collect", timed(lambda: by_sympy(*given)))
    return race(timed(lambda: simplify(network)), [rival], least=3, most=5)


@row("collapse: 10-10-10-10, names")
def named() -> list[Line]:
    spec = "10-10-10-10"
    network = parse(spec)
    _collapsed(network, 1)
    name, seconds = "sympy expand, collect", 0.0
    try:
        done = subprocess.run(
            [sys.executable, "-c", _SYMPY, spec],
            capture_output=True, text=True, check=True, timeout=_TIMEOUT,
        )  # fmt: skip
        seconds = float(done.stdout)
    except subprocess.TimeoutExpired:
        name, seconds = f"{name}, > {_TIMEOUT} s", float(_TIMEOUT)
    ours = race(timed(lambda: simplify(network)), [Rival("", lambda: seconds)], least=3, most=9)[0]
    return [Line(ours.ours, name, seconds, bar=faster(50), rounds=1)]


@row("collapse: 512-512-512-512, numbers")
def square() -> list[Line]:
    return _timed(numeric("512-512-512-512"), 1, 10.0)


@row("collapse: 50 layers of 64, numbers")
def tall() -> list[Line]:
    return _timed(numeric("64-50x64"), 1, 10.0)


@row("collapse: 50 layers of 64, names")
def tall_named() -> list[Line]:
    network = parse("64-50x64")
    _collapsed(network, 1)
    return _within(network, 30.0)


@row("collapse: 784-128-10 relu behind a scaler")
def pipeline() -> list[Line]:
    return _timed(_behind_a_scaler(numeric(WIDE)), 2, 5.0)


# -- what is measured -----------------------------------------------------------------------------
def by_sympy(outputs: list[Any], inputs: list[Any]) -> list[list[Any]]:
    """The coefficients of the inputs and the constant, as one finds them with sympy.

    Of `expand` and `collect(…, evaluate=False)`, against `Poly(…, *inputs)` and derivatives, this
    is what the documentation says to use.
    """
    from sympy import S, collect, expand

    found = []
    for output in outputs:
        parts = collect(expand(output), inputs, evaluate=False)
        found.append([parts.get(each, S.Zero) for each in (*inputs, S.One)])
    return found


def expressions(network: Network) -> tuple[list[Any], list[Any]]:
    """The outputs of a network of dense layers as sympy expressions, and its inputs."""
    from sympy import Symbol

    inputs = [Symbol(name, real=True) for name in network.input_names.all()]
    return sympy_graph(sympy_names(network)), inputs


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
    theirs = by_sympy(*expressions(network))
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
    bar = Bar(1, f"<= {most:g} s")
    rival = Rival("what it may take", lambda: most, bar)
    started = time.perf_counter()
    simplify(network)
    rounds = 1 if time.perf_counter() - started > most else 3
    return race(timed(lambda: simplify(network)), [rival], least=rounds, most=rounds)


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
