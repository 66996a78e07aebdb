"""Gradients: every output by every weight, from the graph of the network to the graph of these."""

from __future__ import annotations

import statistics
import time
from itertools import pairwise
from typing import Any

import numpy as np

from netsym import parse
from netsym.formula import Formula
from netsym.network.network import Network
from netsym.network.to_form import unrolled
from tests.benchmarks import rivals
from tests.benchmarks.measure import Line, Rival, agree, faster, race, row, timed, timed_on
from tests.benchmarks.networks import DEEP, SMALL, random_points

_SAMPLED = 12  # weights by which sympy differentiates; its time is scaled to all


@row("gradient 4-8-8-3 tanh, outputs by weights")
def small() -> list[Line]:
    lines = _gradient(SMALL)
    return [*lines, _against_sympy(SMALL, lines[0].ours)]


@row("gradient 10-32-32-1 tanh, output by weights")
def deep() -> list[Line]:
    return _gradient(DEEP)


@row("graph and gradient 4-8-8-3 tanh")
def small_whole() -> list[Line]:
    return _whole(SMALL)


@row("graph and gradient 10-32-32-1 tanh")
def deep_whole() -> list[Line]:
    return _whole(DEEP)


def _gradient(spec: str) -> list[Line]:
    network = parse(spec)
    formula = Formula.of(unrolled(network))
    x, weights, y = _casadi(network)
    _check(network, formula.jacobian(), x, weights, y)
    import casadi

    return race(
        timed_on(lambda: Formula.of(unrolled(network)), lambda formula: formula.jacobian()),
        [Rival("CasADi SX jacobian", timed(lambda: casadi.jacobian(y, weights)), faster(1))],
    )


def _whole(spec: str) -> list[Line]:
    """With the building of the network's own graph, for both."""
    import casadi

    network = parse(spec)

    def theirs() -> Any:
        _, weights, y = _casadi(network)
        return casadi.jacobian(y, weights)

    return race(
        timed(lambda: Formula.of(unrolled(network)).jacobian()),
        [Rival("CasADi SX jacobian", timed(theirs), faster(1))],
    )


def _casadi(network: Network) -> tuple[Any, Any, Any]:
    """Inputs, weights in the order of netsym (bias after weights), outputs."""
    import casadi

    widths = [len(network.input_names), *(placed.width for placed in network.layers)]
    x = value = casadi.SX.sym("x", widths[0])
    every = []
    for layer, (inputs, units) in enumerate(pairwise(widths), 1):
        matrix = casadi.SX.sym(f"W{layer}", inputs, units)  # columns are units
        bias = casadi.SX.sym(f"b{layer}", units)
        every += [casadi.vec(matrix), bias]
        value = casadi.mac(matrix.T, value, bias)
        if layer < len(widths) - 1:
            value = casadi.tanh(value)
    return x, casadi.vertcat(*every), value


def _check(network: Network, slopes: Formula, x: Any, weights: Any, y: Any) -> None:
    """The same values at a point."""
    import casadi

    names = network.parameter_names()
    numbers = np.random.default_rng(2).normal(0, 0.5, len(names))
    point = random_points(network, 1)[0]
    ours = slopes(*point, parameters=dict(zip(names, numbers.tolist(), strict=True)))
    function: Any = casadi.Function("J", [x, weights], [casadi.jacobian(y, weights)])
    theirs = function(point, numbers).full()
    agree("gradient against CasADi", np.asarray(ours).reshape(theirs.shape), theirs)


def _against_sympy(spec: str, ours: float | None) -> Line:
    """sympy's diff of every output by a sample of weights, scaled to all of them."""
    import sympy
    from sympy.core.cache import clear_cache

    network = parse(spec)
    outputs = rivals.sympy_graph(rivals.sympy_names(network))
    names = network.parameter_names()
    chosen = names[:: max(1, len(names) // _SAMPLED)]
    seconds = []
    for name in chosen:
        clear_cache()
        start = time.perf_counter()
        for output in outputs:
            sympy.diff(output, sympy.Symbol(name, real=True))
        seconds.append(time.perf_counter() - start)
    total = statistics.mean(seconds) * len(names)
    words = f"sympy diff, {len(chosen)} of {len(names)}"
    return Line(ours, words, total, bar=faster(1000), rounds=1)
