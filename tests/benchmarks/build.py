"""Building the symbolic graph of a network whose parameters are float64 arrays."""

from __future__ import annotations

import numpy as np

from netsym.formula import Formula
from netsym.network.to_form import unrolled
from tests import rivals
from tests.benchmarks.measure import Bar, Call, Line, Rival, agree, call, faster, race, row
from tests.benchmarks.networks import DEEP, WIDE, fresh, numeric, random_points
from tests.rivals.dense import dense


@row("build 784-128-10 relu, numbers")
def wide() -> list[Line]:
    return _build(WIDE, casadi=faster(2, aim=5), sympy=faster(20))


@row("build 10-32-32-1 tanh, numbers")
def deep() -> list[Line]:
    return _build(DEEP, casadi=faster(1))


def _build(spec: str, casadi: Bar, sympy: Bar | None = None) -> list[Line]:
    network = numeric(spec)
    layers = dense(network)
    arrays, lists = rivals.casadi.arrays(layers), rivals.sympy.lists(layers)
    _check(spec)
    return race(
        Call(lambda: fresh(network), unrolled),
        [
            Rival("CasADi SX", call(lambda: rivals.casadi.graph(arrays)), casadi),
            Rival("sympy raw constructors", call(lambda: rivals.sympy.graph(lists)), sympy),
            Rival("symengine", call(lambda: rivals.symengine.graph(layers))),
        ],
    )


def _check(spec: str) -> None:
    """The same values at a point, and CasADi's count of nodes."""
    network = numeric(spec)
    layers = dense(network)
    (x,) = random_points(network, 1)
    formula = Formula.of(unrolled(network))
    ours = np.atleast_1d(np.asarray(formula(x)))
    inputs, value = rivals.casadi.graph(rivals.casadi.arrays(layers))
    theirs = rivals.casadi.value_at([inputs], value, [x])
    agree("value against CasADi", ours, theirs.reshape(-1))
    zeros = 1 if any(w.activation == "relu" for w in layers) else 0  # of fmax(0, z)
    agree("nodes against CasADi", binary_nodes(formula) + zeros, rivals.casadi.node_count(value))
    raw = rivals.sympy.graph(rivals.sympy.lists(layers))
    agree("value against sympy", ours, rivals.sympy.value_at(raw, x))


def binary_nodes(formula: Formula) -> int:
    """Distinct nodes, with sums of two terms each as CasADi has them, and without names."""
    each = {"add": lambda arity: arity - 1, "name": lambda _: 0}
    return sum(
        len(block) * each.get(block.op, lambda _: 1)(block.operands.shape[1])
        for block in formula.graph.blocks
    )
