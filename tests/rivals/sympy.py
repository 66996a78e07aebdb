"""sympy: expressions by its raw constructors; their sizes, values and linear parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np

from netsym.network.network import Network
from tests.rivals import numpy
from tests.rivals.dense import Floats, Weights


def graph(layers: Sequence[tuple[Any, Any, str]]) -> list[Any]:
    """Outputs with sympy's raw constructors: `_from_args`, `Basic.__new__`, `Float._new`.

    Nothing is evaluated, sorted or looked up, and commutativity is stated rather than asked.
    Entries are floats, which become `Float` here, or sympy symbols, which stand as they are. relu
    is a function that sympy knows nothing of.
    """
    from mpmath.libmp import from_float
    from sympy import Add, Basic, Float, Function, Mul, tanh

    functions = {"relu": Function("relu"), "tanh": tanh}

    def number(entry: Any) -> Any:
        return Float._new(from_float(entry), 53) if isinstance(entry, float) else entry

    values: list[Any] = inputs(len(layers[0][0][0]))
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


def inputs(width: int) -> list[Any]:
    """The symbols of so many inputs."""
    from sympy import Symbol

    return [Symbol(f"x_{i}" if width > 1 else "x", real=True) for i in range(1, width + 1)]


def first(layers: Sequence[tuple[Any, Any, str]]) -> list[Any]:
    """A graph with which nothing has been done yet: all that sympy has cached is forgotten."""
    from sympy.core.cache import clear_cache

    clear_cache()
    return graph(layers)


def lists(layers: Sequence[Weights]) -> list[tuple[Any, Any, str]]:
    """Numbers as Python lists, made outside the timing."""
    return [(w.matrix.tolist(), w.bias.tolist(), w.activation) for w in layers]


def names(network: Network) -> list[tuple[Any, Any, str]]:
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


def order(roots: Sequence[Any]) -> Iterator[Any]:
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


def node_count(roots: Sequence[Any]) -> int:
    """The nodes of sympy expressions written out, summed."""
    sizes: dict[int, int] = {}
    for node in order(roots):
        sizes[id(node)] = 1 + sum(sizes[id(argument)] for argument in node.args)
    return sum(sizes[id(root)] for root in roots)


def value_at(roots: Sequence[Any], point: Floats) -> list[float]:
    """The values of sympy expressions at a point, object by object."""
    held: dict[int, float] = {}
    for node in order(roots):
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
            held[id(node)] = float(numpy.ACTIVATIONS[node.func.__name__](operands[0]))
    return [held[id(root)] for root in roots]


def evaluation(layers: Sequence[Weights], points: Floats) -> Callable[[], Floats]:
    """Evaluation at many points, by `lambdify` with common subexpressions, made before.

    Of 64-64-64-10 it is not made within nine minutes.
    """
    import sympy

    roots = graph(lists(layers))
    known = [numpy.ACTIVATIONS, "numpy"]
    call = sympy.lambdify(inputs(points.shape[1]), roots, known, cse=True)
    columns = list(points.T)
    return lambda: np.stack(call(*columns), axis=-1)


def slopes(name: str, outputs: Sequence[Any]) -> list[Any]:
    """The derivatives of outputs by the parameter of a name."""
    from sympy import Symbol, diff

    return [diff(output, Symbol(name, real=True)) for output in outputs]


def linear_parts(outputs: list[Any], inputs: list[Any]) -> list[list[Any]]:
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


def sigmoid_is_tanh() -> bool:
    """Whether `simplify` sees that 1-2-1 by sigmoid(z) and by (1 + tanh(z/2))/2 are the same."""
    from sympy import exp, simplify, symbols, tanh

    x, *w = symbols("x w1:8", real=True)

    def network(sigmoid: Callable[[Any], Any]) -> Any:
        hidden = sigmoid(w[0] * x + w[1]), sigmoid(w[2] * x + w[3])
        return sigmoid(w[4] * hidden[0] + w[5] * hidden[1] + w[6])

    one = network(lambda z: 1 / (1 + exp(-z)))
    other = network(lambda z: (1 + tanh(z / 2)) / 2)
    return bool(simplify(one - other) == 0)
