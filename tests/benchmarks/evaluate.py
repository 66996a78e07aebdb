"""Values at 1,000 points: of the scalar graph, and of the network layer by layer."""

from __future__ import annotations

from typing import Any

import numpy as np

from netsym.network.network import Network
from tests.benchmarks import rivals
from tests.benchmarks.measure import Line, Rival, agree, faster, race, row, timed, within
from tests.benchmarks.networks import DEEP, SQUARE, WIDE, Floats, dense, numeric, random_points

POINTS = 1000


@row("scalar graph at 1000 points, 10-32-32-1")
def graph_deep() -> list[Line]:
    network = numeric(DEEP)
    x = random_points(network, POINTS)
    return _graph(network, x, [_lambdified(network, x), _compiled(network, x)])


@row("scalar graph at 1000 points, 64-64-64-10")
def graph_square() -> list[Line]:
    network = numeric(SQUARE)
    x = random_points(network, POINTS)
    return _graph(network, x, [_compiled(network, x)])


def _graph(network: Network, x: Floats, others: list[Rival]) -> list[Line]:
    formula = network.inlined
    arrays = rivals.casadi_arrays(dense(network))
    batch = rivals.casadi_batch(arrays, x)
    agree("values against CasADi", _rows(formula(x)), batch())  # and the plans are made
    return race(
        timed(lambda: formula(x)),
        [Rival("CasADi SX, mapped buffers", timed(batch), faster(1)), *others],
    )


def _lambdified(network: Network, x: Floats) -> Rival:
    import sympy

    roots = rivals.sympy_graph(rivals.sympy_lists(dense(network)))
    symbols = [sympy.Symbol(f"x_{i}", real=True) for i in range(1, x.shape[1] + 1)]
    call = sympy.lambdify(symbols, roots, "numpy", cse=True)
    columns = list(x.T)
    agree("values against lambdify", network.inlined(x), np.asarray(call(*columns))[0])
    return Rival("sympy.lambdify, cse", timed(lambda: call(*columns)))


def _compiled(network: Network, x: Floats) -> Rival:
    """Symengine's LLVM; compiling it (seconds) is not counted."""
    import symengine

    inputs, outputs = rivals.symengine_graph(dense(network))
    call: Any = symengine.Lambdify(inputs, outputs, backend="llvm", cse=True)
    agree("values against symengine", _rows(network.inlined(x)), _rows(call(x)))
    return Rival("symengine LLVM, compiled", timed(lambda: call(x)))


def _rows(values: Any) -> Floats:
    return np.asarray(values).reshape(POINTS, -1)


# -- layer by layer -------------------------------------------------------------------------------
@row("network(x) at 1000 points, 10-32-32-1")
def layers_deep() -> list[Line]:
    return _layers(DEEP)


@row("network(x) at 1000 points, 64-64-64-10")
def layers_square() -> list[Line]:
    return _layers(SQUARE)


@row("network(x) at 1000 points, 784-128-10")
def layers_wide() -> list[Line]:
    return _layers(WIDE)


def _layers(spec: str) -> list[Line]:
    network = numeric(spec)
    x = random_points(network, POINTS)
    by_hand = rivals.numpy_layers(dense(network))
    agree("values against NumPy", _rows(network(x)), by_hand(x))
    return race(
        timed(lambda: network(x)),
        [Rival("NumPy by hand", timed(lambda: by_hand(x)), within(1.2))],
        most=101,
        seconds=3,
    )
