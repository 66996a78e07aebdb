"""What is differentiated, and by what: the nodes, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, repeat
from typing import NamedTuple

import numpy as np

from netsym.errors import SpecError, did_you_mean
from netsym.forms.form import Form
from netsym.graph.graph import Graph, Ids, Positions
from netsym.graph.names import Name, Names


def names_of_outputs(formula: Form) -> tuple[Name, ...]:
    """The names of the outputs, or of the function."""
    function, many = formula.function, len(formula.outputs[0].names)
    if not function or (many > 1 and formula.outputs[0].names.literal):
        return tuple((output.names, output.position) for output in formula.outputs)
    called = tuple(f"{function}_{n + 1}" for n in range(many)) if many > 1 else (function,)
    names = Names("", formula.layer_count, (many,), called)
    return tuple((names, output.position) for output in formula.outputs)


def named_outputs(ends: Ids, graph: Graph, called: Sequence[Name]) -> Ids:
    """The outputs with their names, so that what uses them need not write them out."""
    found, first = [], 0
    for names, group in groupby(called, lambda name: name[0]):
        positions = np.array([position for _, position in group], dtype=np.int64)
        stop = first + len(positions)
        found.append(graph.name(ends[first:stop], names, positions))
        first = stop
    return np.concatenate(found)


class Chosen(NamedTuple):
    """What is differentiated by: nodes, and their names."""

    nodes: Ids
    names: tuple[Name, ...]


def chosen(formula: Form, wrt: str | Sequence[str]) -> Chosen:
    """What to differentiate by: symbols, in the order of the graph or as they were listed."""
    graph, inputs = formula.graph, formula.inputs
    if wrt == "inputs":
        if not len(inputs):
            raise SpecError("there are no inputs to differentiate by; choose parameters")
        return Chosen(inputs, tuple(graph.symbol(node) for node in inputs.tolist()))
    if not isinstance(wrt, (str, Sequence)):
        raise SpecError(
            f'a derivative is by "parameters", "inputs", or names, not by {type(wrt).__name__}'
        )
    if wrt != "parameters":
        return _listed(formula, [wrt] if isinstance(wrt, str) else list(wrt))
    ids: list[Positions] = []
    names: list[Name] = []
    wanted = formula.mask
    wanted.put(inputs, False)
    for block in graph.blocks:
        if block.op == "symbol":
            (rows,) = wanted[block.start : block.stop].nonzero()
            ids.append(block.start + rows)
            names += zip(repeat(block.names), rows.tolist())
    if not names:
        raise SpecError(
            "there is nothing to differentiate by: all parameters are numbers; choose inputs, "
            "or give the network without numbers"
        )
    return Chosen(np.concatenate(ids).astype(np.int32), tuple(names))


def _listed(formula: Form, wanted: Sequence[str]) -> Chosen:
    """Names of symbols, each of one, or of a whole array as w1."""
    found: dict[str, list[tuple[int, Name]]] = {}
    for block in formula.graph.blocks:
        if block.op == "symbol":
            names = block.names
            for row, name in enumerate(names.all()):
                node = block.start + row, (names, row)
                found.setdefault(name, []).append(node)
                if not names.literal and names.shape:
                    found.setdefault(name.split("_")[0], []).append(node)
    for name in wanted:
        if name not in found:
            raise SpecError(
                f"nothing here is called {name[:60]!r}; {did_you_mean(name, list(found)[:1000])}; "
                "or choose parameters, or inputs"
            )
    if not wanted:
        raise SpecError("the list of names to differentiate by is empty")
    nodes = dict(node for name in wanted for node in found[name])
    return Chosen(np.array(list(nodes), dtype=np.int32), tuple(nodes.values()))
