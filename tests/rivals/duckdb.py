"""DuckDB: a network of dense layers as one writes it by hand, a SELECT for each layer."""

from __future__ import annotations

from collections.abc import Sequence

from tests.rivals.dense import Weights


def select(layers: Sequence[Weights], table: str) -> str:
    """The outputs y1, y2, … of a table with the columns x_1, x_2, …; the last layer is softmax."""
    names = [f"x_{n + 1}" for n in range(layers[0].matrix.shape[1])]
    source = table
    for number, layer in enumerate(layers):
        sums = [
            " + ".join([*(f"{w!r}::DOUBLE*{n}" for w, n in zip(row, names, strict=True)), repr(b)])
            for row, b in zip(layer.matrix.tolist(), layer.bias.tolist(), strict=True)
        ]
        names = [f"a{number}_{n}" for n in range(len(sums))]
        spelled = "tanh({})" if layer.activation == "tanh" else "{}"
        texts = [f"{spelled.format(z)} AS {n}" for z, n in zip(sums, names, strict=True)]
        source = f"(SELECT {', '.join(texts)} FROM {source})"
    largest = f"greatest({', '.join(names)})"
    powers = ", ".join(f"exp({n} - {largest}) AS e{n}" for n in names)
    total = " + ".join(f"e{n}" for n in names)
    outputs = ", ".join(f"e{n}/({total}) AS y_{i + 1}" for i, n in enumerate(names))
    return f"SELECT {outputs} FROM (SELECT {powers} FROM {source})"
