"""What is differentiated, and by what: the nodes, and their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, repeat

import numpy as np

from netsym.errors import SpecError, did_you_mean
from netsym.forms.form import Form
from netsym.gradient.deltas import (
    Title,
    append_names,
)
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Names

Place = tuple[Names, int]


def output_places(formula: Form) -> tuple[Place, ...]:
    """The names of the outputs, or of the function."""
    function, many = formula.function, len(formula.outputs[0].names)
    if not function or (many > 1 and formula.outputs[0].names.literal):
        return tuple((output.names, output.position) for output in formula.outputs)
    called = tuple(f"{function}_{n + 1}" for n in range(many)) if many > 1 else (function,)
    names = Names("", formula.layer_count, (many,), called)
    return tuple((names, output.position) for output in formula.outputs)


def named_outputs(ends: Ids, graph: Graph, places: Sequence[Place]) -> Ids:
    """The outputs with their names, so that what uses them need not write them out."""
    found, first = [], 0
    for names, group in groupby(places, lambda place: place[0]):
        positions = np.array([position for _, position in group], dtype=np.int64)
        stop = first + len(positions)
        found.append(append_names(graph, Title(ends[first:stop], names, positions)))
        first = stop
    return np.concatenate(found)


@dataclass(frozen=True, slots=True)
class Chosen:
    """What is differentiated by: nodes, and their names."""

    nodes: Ids
    places: tuple[Place, ...]


def chosen(formula: Form, wrt: str | Sequence[str]) -> Chosen:
    """What to differentiate by: symbols, in the order of the graph or as they were listed."""
    graph, inputs = formula.graph, formula.inputs
    if wrt == "inputs":
        if not len(inputs):
            raise SpecError("there are no inputs to differentiate by; choose parameters")
        return Chosen(inputs, tuple(graph.symbol(node) for node in inputs.tolist()))
    if wrt != "parameters":
        return _listed(formula, [wrt] if isinstance(wrt, str) else list(wrt))
    ids: list[Ids] = []
    places: list[Place] = []
    wanted = formula.mask.copy()
    wanted[inputs] = False
    for block in graph.blocks:
        if block.op == "symbol" and isinstance(block.payload, Names):
            (rows,) = wanted[block.start : block.stop].nonzero()
            ids.append((block.start + rows).astype(np.int32))
            places += zip(repeat(block.payload), rows.tolist())
    if not places:
        raise SpecError(
            "there is nothing to differentiate by: all parameters are numbers; choose inputs, "
            "or give the network without numbers"
        )
    return Chosen(np.concatenate(ids), tuple(places))


def _listed(formula: Form, wanted: Sequence[str]) -> Chosen:
    """Names of symbols, each of one, or of a whole array as w1."""
    found: dict[str, list[tuple[int, Place]]] = {}
    for block in formula.graph.blocks:
        if block.op == "symbol" and isinstance(block.payload, Names):
            names = block.payload
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
