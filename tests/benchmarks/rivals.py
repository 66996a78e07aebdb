"""The same networks in other systems, each built in the fastest idiom found for it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from netsym.network.network import Network
from tests.benchmarks.networks import Floats, Weights

Activations = dict[str, Callable[[Any], Any]]


# -- CasADi ---------------------------------------------------------------------------------------
def casadi_arrays(layers: Sequence[Weights]) -> list[tuple[Any, Any, str]]:
    """Weights as `casadi.DM`, made outside the timing, as netsym's NumPy arrays are."""
    import casadi

    return [(casadi.DM(w.matrix), casadi.DM(w.bias), w.activation) for w in layers]


def casadi_graph(arrays: Sequence[tuple[Any, Any, str]]) -> tuple[Any, Any]:
    """The scalar graph (SX) of the outputs, with its inputs.

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
    x = value = casadi.SX.sym("x", arrays[0][0].shape[1])
    for matrix, bias, activation in arrays:
        value = apply[activation](casadi.mac(matrix, value, bias))
    return x, value


def casadi_batch(arrays: Sequence[tuple[Any, Any, str]], points: Floats) -> Callable[[], Floats]:
    """Evaluation of the SX function at many points: a mapped function on buffers.

    This is CasADi's fastest call without a C compiler: `f(x.T)` and `f.map(n)(x.T)`, which turn
    arrays into DM and back, take 10 % longer.
    """
    import casadi

    x, value = casadi_graph(arrays)
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


# -- symengine ------------------------------------------------------------------------------------
def symengine_graph(layers: Sequence[Weights]) -> tuple[list[Any], list[Any]]:
    """Inputs and outputs; symengine has no raw constructors, and its `*` is its fastest product."""
    import symengine as se

    apply: Activations = {"relu": lambda z: se.Max(0, z), "tanh": se.tanh, "linear": lambda z: z}
    inputs = [se.Symbol(f"x_{i}") for i in range(1, layers[0].matrix.shape[1] + 1)]
    values: list[Any] = inputs
    for w in layers:
        activate = apply[w.activation]
        values = [
            activate(se.Add(*map(operator.mul, values, row), bias))
            for row, bias in zip(w.matrix.tolist(), w.bias.tolist(), strict=True)
        ]
    return inputs, values


# -- sympy ----------------------------------------------------------------------------------------
def sympy_functions() -> dict[str, Any]:
    """Activations as sympy functions; relu is a bare function, so that nothing is evaluated."""
    import sympy

    return {"relu": sympy.Function("relu"), "tanh": sympy.tanh}


def sympy_graph(layers: Sequence[tuple[Any, Any, str]]) -> list[Any]:
    """Outputs with sympy's raw constructors: `_from_args`, `Basic.__new__`, `Float._new`.

    Nothing is evaluated, sorted or looked up, and commutativity is stated rather than asked.
    Entries are floats, which become `Float` here, or sympy symbols, which stand as they are.
    """
    from mpmath.libmp import from_float
    from sympy import Add, Basic, Float, Mul, Symbol

    functions = sympy_functions()

    def number(entry: Any) -> Any:
        return Float._new(from_float(entry), 53) if isinstance(entry, float) else entry

    width = len(layers[0][0][0])
    values = [Symbol(f"x_{i}" if width > 1 else "x", real=True) for i in range(1, width + 1)]
    for matrix, bias, activation in layers:
        sums = []
        for row, last in zip(matrix, bias, strict=True):
            terms = [
                Mul._from_args((number(w), v), is_commutative=True)
                for w, v in zip(row, values, strict=True)
            ]
            sums.append(Add._from_args([*terms, number(last)], is_commutative=True))
        if activation == "linear":
            values = sums
        else:
            function = functions[activation]
            values = [Basic.__new__(function, z) for z in sums]
    return values


def sympy_lists(layers: Sequence[Weights]) -> list[tuple[Any, Any, str]]:
    """Numbers as Python lists, made outside the timing."""
    return [(w.matrix.tolist(), w.bias.tolist(), w.activation) for w in layers]


def sympy_names(network: Network) -> list[tuple[Any, Any, str]]:
    """Names of a network's dense layers as symbols, in lists."""
    from sympy import Symbol

    def entries(parameter: Any) -> Any:
        symbols = [Symbol(name, real=True) for _, name in parameter.named()]
        return np.array(symbols, dtype=object).reshape(parameter.shape).tolist()

    return [
        (
            entries(placed.parameters["weights"]),
            entries(placed.parameters["bias"]),
            placed.layer.activation,  # type: ignore[attr-defined]
        )
        for placed in network.layers
    ]


def sympy_order(roots: Sequence[Any]) -> Iterator[Any]:
    """Every object of sympy expressions once, operands first; shared objects are not reopened."""
    seen: set[int] = set()
    stack = [(root, False) for root in reversed(roots)]
    while stack:
        node, closed = stack.pop()
        if closed:
            yield node
        elif id(node) not in seen:
            seen.add(id(node))
            stack.append((node, True))
            stack.extend((argument, False) for argument in node.args)


def sympy_sizes(roots: Sequence[Any]) -> int:
    """The nodes of sympy expressions written out, summed."""
    sizes: dict[int, int] = {}
    for node in sympy_order(roots):
        sizes[id(node)] = 1 + sum(sizes[id(argument)] for argument in node.args)
    return sum(sizes[id(root)] for root in roots)


def sympy_values(roots: Sequence[Any], point: Floats) -> list[float]:
    """The values of sympy expressions at a point, object by object."""
    held: dict[int, float] = {}
    functions: Activations = {"tanh": np.tanh, "relu": lambda z: max(z, 0.0)}
    for node in sympy_order(roots):
        operands = [held[id(argument)] for argument in node.args]
        if node.is_Symbol:
            held[id(node)] = float(point[int(node.name.partition("_")[2] or 1) - 1])
        elif node.is_Float:
            held[id(node)] = float(node)
        elif node.is_Add:
            held[id(node)] = sum(operands)
        elif node.is_Mul:
            held[id(node)] = float(np.prod(operands))
        else:
            held[id(node)] = float(functions[node.func.__name__](operands[0]))
    return [held[id(root)] for root in roots]


# -- NumPy ----------------------------------------------------------------------------------------
def numpy_layers(layers: Sequence[Weights]) -> Callable[[Floats], Floats]:
    """The forward pass as one writes it by hand."""
    apply: Activations = {
        "relu": lambda z: np.maximum(z, 0.0),
        "tanh": np.tanh,
        "linear": lambda z: z,
    }

    def forward(x: Floats) -> Floats:
        for w in layers:
            x = apply[w.activation](x @ w.matrix.T + w.bias)
        return x

    return forward
