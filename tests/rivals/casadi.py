"""CasADi: scalar graphs (SX), their values and derivatives."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from tests.rivals.dense import Activations, Floats, Weights


def arrays(layers: Sequence[Weights]) -> list[tuple[Any, Any, str]]:
    """Weights as `casadi.DM`, made outside the timing, as netsym's NumPy arrays are."""
    import casadi

    return [(casadi.DM(w.matrix), casadi.DM(w.bias), w.activation) for w in layers]


def graph(layers: Sequence[tuple[Any, Any, str]]) -> tuple[Any, Any]:
    """The inputs, and the scalar graph of the outputs; weights are numbers or symbols.

    `mac(W, x, b)` was the fastest of: `mtimes(W, x) + b` and `W @ x + b` (5 % slower), weights
    turned into SX first (same), the transposed product (30 %), calling or expanding an MX function
    (15 to 80 %).
    """
    import casadi

    apply: Activations = {
        "relu": lambda z: casadi.fmax(0, z),
        "tanh": casadi.tanh,
        "linear": lambda z: z,
    }
    x = value = casadi.SX.sym("x", layers[0][0].shape[1])
    for matrix, bias, activation in layers:
        value = apply[activation](casadi.mac(matrix, value, bias))
    return x, value


def named_graph(widths: Sequence[int], activation: str) -> tuple[Any, Any, Any]:
    """The inputs, the weights as one column (bias after weights), and the graph of the outputs.

    The last layer is linear.
    """
    import casadi

    layers, every = [], []
    for number, (inputs, units) in enumerate(pairwise(widths), 1):
        columns = casadi.SX.sym(f"W{number}", inputs, units)  # a column is a unit
        bias = casadi.SX.sym(f"b{number}", units)
        every += [casadi.vec(columns), bias]
        layers.append((columns.T, bias, activation if number < len(widths) - 1 else "linear"))
    x, value = graph(layers)
    return x, casadi.vertcat(*every), value


def layer_texts(widths: Sequence[int]) -> list[str]:
    """The text of every layer as a vector, with names for its inputs and weights."""
    import casadi

    found = []
    for number, (inputs, units) in enumerate(pairwise(widths), 1):
        matrix, bias = (
            casadi.SX.sym(f"W{number}", units, inputs),
            casadi.SX.sym(f"b{number}", units),
        )
        x = casadi.SX.sym(f"a{number - 1}", inputs)
        found.append(str(casadi.tanh(casadi.mac(matrix, x, bias))))
    return found


def jacobian(value: Any, weights: Any) -> Any:
    """The graph of every output's derivative by every weight."""
    import casadi

    return casadi.jacobian(value, weights)


def node_count(value: Any) -> int:
    """The distinct nodes of a graph; a sum has two terms."""
    import casadi

    count: Any = casadi.n_nodes
    return int(count(value))


def value_at(inputs: Sequence[Any], value: Any, points: Sequence[Floats]) -> Floats:
    """The value of a graph, given an array for each of its inputs."""
    import casadi

    function: Any = casadi.Function("f", list(inputs), [value])
    found: Floats = function(*points).full()
    return found


def evaluation(layers: Sequence[Weights], points: Floats) -> Callable[[], Floats]:
    """Evaluation of the graph at many points: a mapped function on buffers.

    This is CasADi's fastest call without a C compiler: `f(x.T)` and `f.map(n)(x.T)`, which turn
    arrays into DM and back, take 10 % longer.
    """
    import casadi

    x, value = graph(arrays(layers))
    mapped: Any = casadi.Function("f", [x], [value]).map(len(points))
    buffer, call = mapped.buffer()
    given: Any = np.empty_like(points)
    result: Any = np.empty((len(points), value.shape[0]))
    buffer.set_arg(0, memoryview(given))
    buffer.set_res(0, memoryview(result))

    def evaluate() -> Floats:
        assert buffer is not None and mapped is not None  # `call` does not keep them alive
        given[:] = points
        call()
        values: Floats = result.copy()
        return values

    return evaluate
