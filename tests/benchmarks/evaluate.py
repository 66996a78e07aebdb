"""Values at 1,000 points and at one: of the inlined formula, and of the network layer by layer.

What is made before the first call, a session, a compiled function, is not counted for anybody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import numpy as np

from netsym.files.files import loads
from netsym.formula import Formula
from netsym.network.network import Network
from tests import rivals
from tests.benchmarks.measure import (
    Bar,
    Line,
    Rival,
    agree,
    at_most,
    call,
    faster,
    race,
    row,
    within,
)
from tests.benchmarks.networks import (
    DEEP,
    LSTM,
    SMALL,
    SQUARE,
    WIDE,
    numbered,
    numeric,
    random_points,
)
from tests.rivals.dense import Floats, Weights, arrays, dense

Evaluation = Callable[[Sequence[Weights], Floats], Callable[[], Any]]

MANY = 1000
NUMPY = "NumPy by hand"
CASADI = "CasADi SX, mapped buffers"
SYMENGINE = "symengine LLVM, compiled"
SYMPY = "sympy.lambdify, cse"
BY_HAND = "C by hand"
SINGLE = "onnxruntime float32"
RIVALS: dict[str, Evaluation] = {
    CASADI: rivals.casadi.evaluation,
    SYMENGINE: rivals.symengine.evaluation,
    SYMPY: rivals.sympy.evaluation,
    NUMPY: rivals.numpy.evaluation,
    "onnxruntime float64": rivals.onnxruntime.evaluation,
    SINGLE: partial(rivals.onnxruntime.evaluation, real=np.float32),
}
#: What makes its function of so large a network only in a minute or more.
SLOW = {SQUARE: {SYMPY}, WIDE: {SYMPY, SYMENGINE}}


@row("formula(x) at 1000 points, 4-8-8-3")
def formula_small() -> list[Line]:
    return _formula(SMALL)


@row("formula(x) at 1000 points, 10-32-32-1")
def formula_deep() -> list[Line]:
    return _formula(DEEP)


@row("formula(x, dtype='float32') at 1000 points, 10-32-32-1")
def formula_single() -> list[Line]:
    return _single(numeric(DEEP).inlined)


@row("network(x, dtype='float32') at 1000 points, 10-32-32-1")
def network_single() -> list[Line]:
    return _single(numeric(DEEP))


@row("formula(x) at 1000 points, 64-64-64-10")
def formula_square() -> list[Line]:
    return _formula(SQUARE)


@row("formula(x) at 1000 points, 784-128-10")
def formula_wide() -> list[Line]:
    return _formula(WIDE)


@row("network(x) at 1000 points, 4-8-8-3")
def network_small() -> list[Line]:
    return _network(SMALL)


@row("network(x) at 1000 points, 10-32-32-1")
def network_deep() -> list[Line]:
    return _network(DEEP)


@row("network(x) at 1000 points, 64-64-64-10")
def network_square() -> list[Line]:
    return _network(SQUARE)


@row("network(x) at 1000 points, 784-128-10")
def network_wide() -> list[Line]:
    return _network(WIDE)


@row("formula(x) at one point, 4-8-8-3")
def point_of_formula() -> list[Line]:
    return _formula(SMALL, 1)


@row("network(x) at one point, 4-8-8-3")
def point_of_network() -> list[Line]:
    return _network(SMALL, 1)


@row("formula.compiled() at one point, 4-8-8-3")
def point_compiled() -> list[Line]:
    """Called with plain floats; the rivals have the point in an array."""
    network = numeric(SMALL)
    layers, x = dense(network), random_points(network, 1)
    compiled, numbers = network.inlined.compiled(), x[0].tolist()
    others = [at_most(3e-6)]
    for name, made in {CASADI: rivals.casadi.evaluation, BY_HAND: rivals.c.evaluation}.items():
        evaluate = made(layers, x)
        agree(f"values against {name}", np.reshape(compiled(*numbers), (1, -1)), evaluate())
        others.append(Rival(name, call(evaluate)))
    return race(call(lambda: compiled(*numbers)), others, most=101)


@row("formula.compiled() at 1000 points, 10-32-32-1")
def points_compiled() -> list[Line]:
    """The layered form, as its inlined form has the same hidden units again and again."""
    network = numeric(DEEP)
    layers, x = dense(network), random_points(network, MANY)
    compiled, theirs = network.layered.compiled(), rivals.c.evaluation(layers, x)
    agree(f"values against {BY_HAND}", np.reshape(compiled(x), (MANY, -1)), theirs())
    return race(call(lambda: compiled(x)), [Rival(BY_HAND, call(theirs), within(1.5))])


@row("network(x) at 1000 sequences, LSTM")
def network_lstm() -> list[Line]:
    network: Any = numbered(loads(LSTM))
    x = np.random.default_rng(1).normal(size=(MANY, 20, 3))
    memory, head = arrays(network)

    def theirs() -> Floats:
        return rivals.numpy.lstm(memory, head, x)

    agree(f"values against {NUMPY}", np.reshape(network(x), (MANY, -1)), theirs())
    return race(call(lambda: network(x)), [Rival(NUMPY, call(theirs))])


def _single(ours: Formula | Network) -> list[Line]:
    network = numeric(DEEP)
    x = random_points(network, MANY).astype(np.float32)
    theirs = RIVALS[SINGLE](dense(network), x)
    values = np.reshape(ours(x, dtype="float32"), (MANY, -1))
    agree(f"values against {SINGLE}", values, theirs(), 1e-5)
    rival = Rival(SINGLE, call(theirs), within(1.3))
    return race(call(lambda: ours(x, dtype="float32")), [rival], most=101)


def _formula(spec: str, count: int = MANY) -> list[Line]:
    bars = {CASADI: faster(1), NUMPY: faster(1)} if count > 1 else {}
    return _values(spec, numeric(spec).inlined, count, bars)


def _network(spec: str, count: int = MANY) -> list[Line]:
    return _values(spec, numeric(spec), count, {NUMPY: within(1.2)} if count > 1 else {})


def _values(spec: str, ours: Formula | Network, count: int, bars: dict[str, Bar]) -> list[Line]:
    """The calls themselves, made before, which all give the same values."""
    network = numeric(spec)
    layers, x = dense(network), random_points(network, count)
    given = x if count > 1 else x[0]  # for netsym; rivals take a row for every point
    values = np.asarray(ours(given)).reshape(count, -1)
    others = [at_most(1e-5)] if count == 1 else []
    for name, made in RIVALS.items():
        if name not in SLOW.get(spec, ()):
            evaluate = made(layers, x)
            tolerance = 1e-5 if name == SINGLE else 1e-9
            agree(f"values against {name}", values, evaluate(), tolerance)
            others.append(Rival(name, call(evaluate), bars.get(name)))
    return race(call(lambda: ours(given)), others, most=101)
