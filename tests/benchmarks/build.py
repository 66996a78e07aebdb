"""Building the symbolic graph of a network whose parameters are float64 arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from netsym.formula import Formula
from netsym.network.to_form import unrolled
from tests.benchmarks import rivals
from tests.benchmarks.measure import Bar, Line, Rival, agree, faster, race, row, timed
from tests.benchmarks.networks import DEEP, WIDE, dense, numeric, random_points


@row("build 784-128-10 relu, numbers")
def wide() -> list[Line]:
    return _build(WIDE, casadi=faster(2, aim=5), sympy=faster(20))


@row("build 10-32-32-1 tanh, numbers")
def deep() -> list[Line]:
    return _build(DEEP, casadi=faster(1))


def _build(spec: str, casadi: Bar, sympy: Bar | None = None) -> list[Line]:
    network = numeric(spec)
    layers = dense(network)
    arrays, lists = rivals.casadi_arrays(layers), rivals.sympy_lists(layers)
    _check(spec)
    return race(
        timed(lambda: unrolled(network)),
        [
            Rival("CasADi SX", timed(lambda: rivals.casadi_graph(arrays)), casadi),
            Rival("sympy raw constructors", timed(lambda: rivals.sympy_graph(lists)), sympy),
            Rival("symengine", timed(lambda: rivals.symengine_graph(layers))),
        ],
    )


def _check(spec: str) -> None:
    """The same values at a point, and CasADi's count of nodes."""
    import casadi

    network = numeric(spec)
    layers = dense(network)
    x = random_points(network, 1)
    formula = Formula.of(unrolled(network))
    ours = np.atleast_1d(np.asarray(formula(x[0])))
    inputs, value = rivals.casadi_graph(rivals.casadi_arrays(layers))
    function: Any = casadi.Function("f", [inputs], [value])
    theirs = function(x[0]).full()
    agree("value against CasADi", ours, theirs.reshape(-1))
    zeros = 1 if any(w.activation == "relu" for w in layers) else 0  # of fmax(0, z)
    count: Any = casadi.n_nodes
    agree("nodes against CasADi", _binary_nodes(formula) + zeros, int(count(value)))
    raw = rivals.sympy_graph(rivals.sympy_lists(layers))
    agree("value against sympy", ours, rivals.sympy_values(raw, x[0]))


def _binary_nodes(formula: Formula) -> int:
    """Distinct nodes, with sums of two terms each as CasADi has them, and without names."""
    each = {"add": lambda arity: arity - 1, "name": lambda _: 0}
    return sum(
        len(block) * each.get(block.op, lambda _: 1)(block.operands.shape[1])
        for block in formula.graph.blocks
    )
