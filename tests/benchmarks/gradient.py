"""Gradients: every output by every weight, from the graph of the network to the graph of these."""

from __future__ import annotations

import statistics
from functools import partial
from typing import Any

import numpy as np

from netsym import parse
from netsym.formula import Formula
from netsym.network.network import Network
from netsym.network.to_form import unrolled
from tests import rivals
from tests.benchmarks.measure import Call, Known, Line, Rival, agree, call, faster, race, row
from tests.benchmarks.networks import DEEP, SMALL, fresh, random_points

_SAMPLED = 12  # weights by which sympy differentiates; its time is scaled to all


@row("gradient 4-8-8-3 tanh, outputs by weights")
def small() -> list[Line]:
    return _gradient(SMALL, _differentiated(SMALL))


@row("gradient 10-32-32-1 tanh, output by weights")
def deep() -> list[Line]:
    return _gradient(DEEP)


@row("graph and gradient 1-2-1 tanh")
def least_whole() -> list[Line]:
    return _whole("1-2tanh-1")


@row("graph and gradient 4-8-8-3 tanh")
def small_whole() -> list[Line]:
    return _whole(SMALL)


@row("graph and gradient 10-32-32-1 tanh")
def deep_whole() -> list[Line]:
    return _whole(DEEP)


def _gradient(spec: str, *others: Rival) -> list[Line]:
    network = parse(spec)
    formula = Formula.of(unrolled(network))
    x, weights, y = _named(network)
    _check(network, formula.jacobian(), x, weights, y)

    def theirs() -> Any:
        return rivals.casadi.jacobian(y, weights)

    return race(
        Call(lambda: Formula.of(unrolled(fresh(network))), lambda formula: formula.jacobian()),
        [Rival("CasADi SX jacobian", call(theirs), faster(1)), *others],
    )


def _whole(spec: str) -> list[Line]:
    """With the building of the network's own graph, for both."""
    network = parse(spec)

    def theirs() -> Any:
        _, weights, y = _named(network)
        return rivals.casadi.jacobian(y, weights)

    return race(
        Call(lambda: fresh(network), lambda network: Formula.of(unrolled(network)).jacobian()),
        [Rival("CasADi SX jacobian", call(theirs), faster(1))],
    )


def _named(network: Network) -> tuple[Any, Any, Any]:
    widths = [len(network.input_names), *(placed.width for placed in network.layers)]
    return rivals.casadi.named_graph(widths, "tanh")


def _check(network: Network, slopes: Formula, x: Any, weights: Any, y: Any) -> None:
    """The same values at a point."""
    names = network.parameter_names()
    numbers = np.random.default_rng(2).normal(0, 0.5, len(names))
    point = random_points(network, 1)[0]
    ours = slopes(*point, parameters=dict(zip(names, numbers.tolist(), strict=True)))
    jacobian = rivals.casadi.jacobian(y, weights)
    theirs = rivals.casadi.value_at([x, weights], jacobian, [point, numbers])
    agree("gradient against CasADi", np.asarray(ours).reshape(theirs.shape), theirs)


def _differentiated(spec: str) -> Rival:
    """sympy's diff of every output by a sample of weights, once each, scaled to all of them."""
    network = parse(spec)
    layers, names = rivals.sympy.names(network), network.parameter_names()
    chosen = names[:: max(1, len(names) // _SAMPLED)]
    slopes = [
        Call(partial(rivals.sympy.first, layers), partial(rivals.sympy.slopes, name))
        for name in chosen
    ]
    seconds = statistics.mean(slope.seconds() for slope in slopes) * len(names)
    words = f"sympy diff, {len(chosen)} of {len(names)}"
    return Rival(words, Known(seconds), faster(1000))
