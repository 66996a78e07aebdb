"""Time per point of a form, evaluated as it is written: what is written twice is computed twice."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from statistics import median
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.forms.values import ARITHMETIC
from netsym.formula import Formula
from netsym.graph.functions import FUNCTIONS

Floats = npt.NDArray[np.float64]

_REPEATS = 3


def as_written(formula: Formula, x: Floats, values: Mapping[str, float]) -> list[Floats]:
    """The values of the outputs at x (points, inputs), each (points,) or a number.

    A binding is computed once, and everything else each time that it is written; so the time it
    takes grows with the size of the form, as it would for whoever evaluates the text.
    """
    known: dict[int, Any] = {
        int(node): x[:, place] for place, node in enumerate(formula.inputs.tolist())
    }
    cut = formula.cut.tolist()
    for stop, binding in zip(cut, formula.bindings, strict=True):
        if formula.cut_names is None:
            known[stop] = _value(formula, binding.node, known, values)
        else:
            known[stop] = _value(formula, stop, known, values)
    return [_value(formula, output.node, known, values) for output in formula.outputs]


def _value(
    formula: Formula, root: int, known: Mapping[int, Any], values: Mapping[str, float]
) -> Any:
    """One right-hand side, with a stack of what waits and a stack of results."""
    graph = formula.graph
    results: list[Any] = []
    waiting: list[tuple[int, Callable[..., Any] | None]] = [(root, None)]
    while waiting:
        node, function = waiting.pop()
        if function is not None:  # its operands are computed: `node` is how many
            operands = results[len(results) - node :]
            del results[len(results) - node :]
            results.append(function(*operands))
        elif node in known:
            results.append(known[node])
        else:
            block = graph.block_of(node)
            row = node - block.start
            if block.op == "constant":
                results.append(float(block.number(row)))
            elif block.op == "symbol":
                results.append(values[block.names.ascii(row)])
            else:
                below = block.operands[row].tolist()
                made = ARITHMETIC.get(block.op) or FUNCTIONS[block.op].numpy
                waiting.append((len(below), made))
                waiting.extend((operand, None) for operand in reversed(below))
    return results[0]


def seconds_per_point(formula: Formula, x: Floats, values: Mapping[str, float]) -> float:
    """The median time of evaluating a form as it is written, over the number of points."""
    taken = []
    with np.errstate(all="ignore"):
        for _ in range(_REPEATS):
            start = time.perf_counter()
            as_written(formula, x, values)
            taken.append(time.perf_counter() - start)
    return median(taken) / len(x)
