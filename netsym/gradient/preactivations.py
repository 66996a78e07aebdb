"""Names for what activations are applied to, z, where a slope would write it out again."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator

import numpy as np

from netsym.forms.form import F, Form, in_graph
from netsym.gradient.deltas import Title, shape_of_units
from netsym.graph.copying import kept_names
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.graph.graph import Block, Graph, Ids
from netsym.graph.names import Names, first_words


def with_preactivations(formula: F, every: bool = False) -> F:
    """The same, with a name z for what an activation is applied to, where its slope needs it.

    Otherwise the slope of relu, heaviside(z), would write z out again; and so would that of softmax
    with its sum of powers, which is named s. What a skip connection is added to is named h: its z
    has a δ then, like that of any other layer. With `every` all have a name that have one alone.
    """
    graph = formula.graph
    wanted: dict[int, list[Title]] = {}
    for title in (
        *_activated(formula, every),
        *_skipped(formula, every),
        *_sums_of_powers(formula),
    ):
        title = title.where(~graph.is_named_or_leaf(title.nodes))
        if len(title.nodes):
            last = graph.block_of(int(title.nodes.max())).start
            wanted.setdefault(last, []).append(title)
    return _with_names(formula, wanted) if wanted else formula


def _needs_operand(op: str) -> bool:
    return op in FUNCTIONS and FUNCTIONS[op].of_operand


def _activated(formula: Form, every: bool) -> Iterator[Title]:
    """What activations are applied to whose value has a name, or is an output; named z."""
    graph = formula.graph
    if not every and not any(_needs_operand(op) for op in graph.kinds()):
        return
    for block, rows in graph.walk(formula.mask, "name"):
        if not block.names.literal and block.names.base != "z":
            alone = every and block.names.base in ("a", "h")  # the gates of a cell have one z each
            values = Title(block.operands[rows, 0], block.names, block.places[rows])
            yield from _under(graph, values, alone)
    first, *others = formula.outputs
    if any(output.names is not first.names and output.names != first.names for output in others):
        return  # several arrays of outputs, of layers that are not known here
    names = Names("z", formula.layer_count, shape_of_units(formula, first.names))
    places = np.array([output.position for output in formula.outputs])
    yield from _under(graph, Title(formula.ends, names, places), every)


def _skipped(formula: Form, every: bool) -> Iterator[Title]:
    """Activations that are a term of a named value, named h, and what they are applied to."""
    graph, taken = formula.graph, set[str]()
    for block, rows in graph.walk(formula.mask, "name"):
        if block.names.base != "a":
            continue
        values = block.operands[rows, 0]
        number = graph.common_block(values)
        under = graph.blocks[number]
        if number < 0 or under.op != "add":
            continue
        taken = taken or _taken(formula)
        names, positions = dataclasses.replace(block.names, base="h"), block.places[rows]
        if names.start in taken:
            continue
        for first, _, source in graph.spans(number):
            kind = FUNCTIONS.get(graph.blocks[source].op) if source >= 0 else None
            if kind is not None and kind.activation:
                nodes = under.operands[values - under.start, first]
                yield (activated := Title(nodes, names, positions))
                yield from _under(graph, activated, every)
                break


def _sums_of_powers(formula: Form) -> Iterator[Title]:
    """The sums of powers of e that softmax divides by, and of which logsumexp is the logarithm."""
    graph = formula.graph
    if "exp" not in graph.kinds():
        return
    found: dict[int, list[Ids]] = {}
    for number, block, rows in graph.operations(formula.mask, "add"):
        if _are_powers(graph, number):
            named = (after for after in graph.blocks[number:] if after.op == "name")
            layers = (after.names.layer for after in named if after.names.layer)
            layer = next(layers, formula.layer_count)
            ids = np.arange(block.start, block.stop, dtype=np.int32)[rows]
            found.setdefault(layer, []).append(ids)
    taken = _taken(formula) if found else set()
    for layer, parts in found.items():
        count, start = sum(map(len, parts)), 0
        names = Names("s", layer, (count,) if count > 1 else ())
        for nodes in parts if names.start not in taken else ():
            yield Title(nodes, names, np.arange(start, start + len(nodes)))
            start += len(nodes)


def _taken(formula: Form) -> set[str]:
    """What names begin with that are there already."""
    named = (block.names.start for block in formula.graph.blocks if block.op in ("symbol", "name"))
    return first_words(formula.given_names()).union(named)


def _are_powers(graph: Graph, number: int) -> bool:
    sources = [source for *_, source in graph.spans(number)]
    return all(source >= 0 and graph.blocks[source].op == "exp" for source in sources)


def _under(graph: Graph, values: Title, every: bool) -> Iterator[Title]:
    """What functions are applied to that give these values, if their slopes need it, or `every`;
    named z.
    """
    for number, here in graph.by_block(values.nodes):
        block = graph.blocks[number]
        if _needs_operand(block.op) or (every and block.op in ACTIVATIONS):
            nodes = block.operands[values.nodes[here] - block.start, 0]
            names = dataclasses.replace(values.names, base="z")
            yield Title(nodes, names, values.positions[here])


def _with_names(formula: F, wanted: dict[int, list[Title]]) -> F:
    """The formula in a graph of its own with these names; `wanted` is by the start of the block
    that they follow.
    """
    new = Graph()

    def then(block: Block, moved: Ids) -> None:
        for title in wanted.get(block.start, ()):
            moved[title.nodes] = new.name(moved[title.nodes], title.names, title.positions)

    return in_graph(formula, new, kept_names(new), then)
