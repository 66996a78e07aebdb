"""symengine: expressions in C++, and functions that LLVM compiles from them."""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

from tests.rivals.dense import Activations, Floats, Weights


def graph(layers: Sequence[Weights]) -> tuple[list[Any], list[Any]]:
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


def layer_texts(widths: Sequence[int]) -> list[str]:
    """The text of every unit, with names for its inputs and weights."""
    import symengine as se

    found = []
    for number, (inputs, units) in enumerate(pairwise(widths), 1):
        x = [se.Symbol(f"a{number - 1}_{i}") for i in range(1, inputs + 1)]
        for j in range(1, units + 1):
            row = [se.Symbol(f"w{number}_{j}_{i}") for i in range(1, inputs + 1)]
            bias = se.Symbol(f"b{number}_{j}")
            found.append(str(se.tanh(se.Add(*map(operator.mul, x, row), bias))))
    return found


def evaluation(layers: Sequence[Weights], points: Floats) -> Callable[[], Floats]:
    """Evaluation at many points, compiled before: within a second, or 784-128-10 in a minute."""
    import symengine as se

    inputs, outputs = graph(layers)
    compiled: Any = se.Lambdify(inputs, outputs, backend="llvm", cse=True)
    return lambda: compiled(points)
