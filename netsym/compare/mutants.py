"""Mutants: a network with one mistake in it, for every mistake that people make, at every place.

A rule is a function that yields `(words, changes)`, the words completing "this is your network …",
and the changes saying which node is replaced by which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, permutations
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.compare.subjects import Subject
from netsym.formula.functions import ACTIVATIONS, FUNCTIONS
from netsym.formula.graph import Graph, Ids
from netsym.formula.names import Names

Changes = dict[int, int]
Rule = Callable[["Anatomy", "Unit"], Iterator[tuple[str, Changes]]]

_MOST_PAIRS = 2000  # of weights of one layer, or of one unit where there are more


@dataclass(frozen=True, slots=True)
class Mutant:
    """A network with one mistake: in words, and what is replaced in its graph.

    `again` says that the mistake is made again above itself: then what replaces a node is made of
    what has been replaced below.
    """

    words: str
    changes: Changes
    again: bool = False


@dataclass(frozen=True, slots=True)
class Unit:
    """A named value of a network: its node, and the nodes that belong to it alone."""

    layer: int
    number: int
    name: str
    node: int
    own: tuple[int, ...]
    output: bool
    width: int

    @property
    def where(self) -> str:
        """The unit in words."""
        layer = "the output layer" if self.output else f"layer {self.layer}"
        return layer if self.width == 1 else f"{layer}, unit {self.number} ({self.name})"


class Anatomy:
    """A network's graph, unit by unit. `moved` says where its nodes are in the graph."""

    def __init__(self, side: Subject, graph: Graph, moved: Ids) -> None:
        self.graph = graph
        self.side = side
        formula = side.graph
        self.last = layers = max(formula.layer_count, 1)
        places = [(b.names.layer or layers, b.names, b.position, b.node, False)
                  for b in formula.bindings]  # fmt: skip
        places += [(layers, o.names, o.position, o.node, True) for o in formula.outputs]
        nodes = {int(moved[node]) for *_, node, _ in places}
        self.units = [
            Unit(layer, names.indices(position)[-1] if names.shape else 1,
                 names.ascii(position), int(moved[node]),
                 tuple(self._own(int(moved[node]), nodes)), output, len(names))
            for layer, names, position, node, output in places
        ]  # fmt: skip

    def _own(self, root: int, units: set[int]) -> Iterator[int]:
        """The operations from a unit down to other units, names and numbers."""
        waiting, seen = [root], set()
        while waiting:
            node = waiting.pop()
            if node not in seen and self.operands(node):
                seen.add(node)
                yield node
                waiting += [n for n in reversed(self.operands(node)) if n not in units]

    def layer(self, number: int) -> str:
        """A layer in words."""
        return "the output layer" if number == self.last else f"layer {number}"

    def op(self, node: int) -> str:
        """The operation of a node."""
        return self.graph.block_of(node).op

    def operands(self, node: int) -> list[int]:
        """The operands of a node."""
        block = self.graph.block_of(node)
        found: list[int] = block.operands[node - block.start].tolist()
        return found

    def make(self, op: str, *operands: int) -> int:
        """A node, new or known."""
        return int(self.graph.rows(op, np.array([operands], dtype=np.int32))[0])

    def negative(self, node: int) -> int:
        """A node with the other sign."""
        if self.op(node) == "constant":
            value = -self.graph.number(node)
            return self.number(value)
        return self.make("negate", node)

    def number(self, value: Any) -> int:
        """A number as a node."""
        if isinstance(value, float):
            return int(self.graph.constants(value))
        return self.graph.fraction(value)

    def call(self, function: str, node: int) -> int:
        """An activation of a node."""
        alpha = FUNCTIONS[function].alpha
        return self.make(function, node, *(() if alpha is None else (self.number(alpha),)))

    def said(self, node: int) -> str:
        """A name or a number in words, an operation by what it begins with."""
        block = self.graph.block_of(node)
        if block.op == "symbol":
            assert isinstance(block.payload, Names)
            return block.payload.ascii(node - block.start)
        if block.op == "constant":
            value = self.graph.number(node)
            return f"{value:.6g}" if isinstance(value, float) else str(value)
        for unit in self.units:
            if unit.node == node:
                return unit.name
        return "*".join(map(self.said, self.operands(node))) if block.op == "multiply" else block.op

    def calls(self, unit: Unit) -> list[int]:
        """The activations of a unit."""
        return [node for node in unit.own if self.op(node) in ACTIVATIONS]

    def sums(self, unit: Unit) -> list[int]:
        """The sums of a unit."""
        return [node for node in unit.own if self.op(node) == "add"]

    def is_parameter(self, node: int) -> bool:
        """Whether a node is a weight or a bias, as a name or a number."""
        block = self.graph.block_of(node)
        if block.op == "constant":
            return True
        return block.op == "symbol" and self.said(node) not in self.side.inputs.all()

    def products(self, unit: Unit) -> list[int]:
        """The products of a weight and a value of a unit."""
        return [
            node
            for node in unit.own
            if self.op(node) == "multiply" and self.is_parameter(self.operands(node)[0])
        ]


# -- rules for one unit -------------------------------------------------------------------------
def activation_missing(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`g(z) -> z`"""
    for node in anatomy.calls(unit):
        yield f"without the {anatomy.op(node)} on", {node: anatomy.operands(node)[0]}


def activation_other(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`g(z) -> h(z)`"""
    for node in anatomy.calls(unit):
        for other in _ELEMENTWISE:
            if other != anatomy.op(node):
                words = f"with {other} instead of {anatomy.op(node)} on"
                yield words, {node: anatomy.call(other, anatomy.operands(node)[0])}


def activation_extra(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`z -> h(z)`, of a unit without an activation; `g(z) -> g(g(z))`"""
    calls = anatomy.calls(unit)
    for other in [anatomy.op(calls[0])] if calls else _ELEMENTWISE:
        words = f"with {other} applied twice on" if calls else f"with an extra {other} on"
        yield words, {unit.node: anatomy.call(other, unit.node)}


def not_normalised(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`a/b -> a`"""
    for node in unit.own:
        if anatomy.op(node) == "divide":
            above, below = anatomy.operands(node)
            is_softmax = anatomy.op(above) == "exp"
            what = (
                "normalisation by the sum" if is_softmax else f"division by {anatomy.said(below)}"
            )
            yield f"without the {what} on", {node: above}


def bias_missing(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`… + b -> …`"""
    for node, terms, term in _terms(anatomy, unit):
        if anatomy.is_parameter(term):
            yield (
                f"without the bias {anatomy.said(term)} on",
                {node: _without(anatomy, terms, term)},
            )


def term_missing(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`… + w*a + … -> … + …`"""
    for node, terms, term in _terms(anatomy, unit):
        if not anatomy.is_parameter(term):
            words = f"without the term {anatomy.said(term)} on"
            yield words, {node: _without(anatomy, terms, term)}


def sign_changed(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`… + t -> … - t`, `g(z) -> g(-z)`, `g(z) -> -g(z)`"""
    for node, terms, term in _terms(anatomy, unit):
        changed = [anatomy.negative(t) if t == term else t for t in terms]
        words = f"with the sign of {anatomy.said(term)} changed on"
        yield words, {node: anatomy.make("add", *changed)}
    for node in anatomy.calls(unit):
        inside, *rest = anatomy.operands(node)
        function = anatomy.op(node)
        words = f"with the sign inside {function} changed on"
        yield words, {node: anatomy.make(function, anatomy.negative(inside), *rest)}
        yield f"with the sign of {function} changed on", {node: anatomy.negative(node)}


def _terms(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[int, list[int], int]]:
    for node in anatomy.sums(unit):
        terms = anatomy.operands(node)
        yield from ((node, terms, term) for term in dict.fromkeys(terms))


def _without(anatomy: Anatomy, terms: Sequence[int], term: int) -> int:
    left = [t for t in terms if t != term]
    if not left:
        return anatomy.number(0.0)
    return left[0] if len(left) == 1 else anatomy.make("add", *left)


_ELEMENTWISE = tuple(a for a in ACTIVATIONS if a != "linear" and not FUNCTIONS[a].vector)

#: What can go wrong in one unit, and, but for terms and signs, in all units of a layer.
UNIT_RULES: tuple[Rule, ...] = (
    activation_missing, activation_other, activation_extra, not_normalised, bias_missing,
    term_missing, sign_changed,
)  # fmt: skip
LAYER_RULES: tuple[tuple[Rule, str], ...] = (
    (activation_missing, ""), (activation_other, ""), (activation_extra, ""),
    (not_normalised, ""), (bias_missing, "without the biases on"),
)  # fmt: skip


# -- rules for a layer and for the network ------------------------------------------------------
def of_layers(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """The same mistake in every unit of a layer, or of all layers."""
    for rule, words in LAYER_RULES:
        found: dict[str, dict[int, Changes]] = {}
        for unit in units:
            for said, changes in rule(anatomy, unit):
                layers = found.setdefault(words or said, {})
                layers.setdefault(unit.layer, {}).update(changes)
        for said, layers in found.items():
            for layer, changes in layers.items():
                if len(changes) > 1:
                    yield Mutant(f"{said} {anatomy.layer(layer)}", changes)
            if len(layers) > 1:
                every = {node: new for changes in layers.values() for node, new in changes.items()}
                yield Mutant(f"{said} every layer", every, again=True)


def misplaced(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """`w, v -> v, w` and `w, v -> v, v`: weights, biases or values in the place of others."""
    for layer in _layers(units):
        weights = [_Slot(unit, n, 0) for unit in layer for n in anatomy.products(unit)]
        biases = [
            _Slot(unit, node, terms.index(term))
            for unit in layer
            for node, terms, term in _terms(anatomy, unit)
            if anatomy.is_parameter(term)
        ]
        for slots in (weights, biases):
            near = len(slots) ** 2 > 2 * _MOST_PAIRS  # then within one unit only
            pairs = (
                (one, other)
                for one, other in combinations(slots, 2)
                if one.value(anatomy) != other.value(anatomy)
                and one.node != other.node
                and (one.unit is other.unit or not near)
            )
            for one, other in islice(pairs, _MOST_PAIRS):
                yield from _exchange(anatomy, one, other)
        for unit in layer:
            values = [_Slot(unit, n, 1) for n in anatomy.products(unit)]
            for one, other in islice(permutations(values, 2), _MOST_PAIRS):
                yield _instead(anatomy, one, other)


@dataclass(frozen=True, slots=True)
class _Slot:
    """An operand of a node of a unit, which another may take by mistake."""

    unit: Unit
    node: int
    place: int

    def value(self, anatomy: Anatomy) -> int:
        """The node that stands there."""
        return anatomy.operands(self.node)[self.place]

    def filled(self, anatomy: Anatomy, value: int) -> int:
        """The node with another value there."""
        operands = anatomy.operands(self.node)
        operands[self.place] = value
        return anatomy.make(anatomy.op(self.node), *operands)


def _exchange(anatomy: Anatomy, one: _Slot, other: _Slot) -> Iterator[Mutant]:
    first, second = one.value(anatomy), other.value(anatomy)
    changes = {one.node: one.filled(anatomy, second), other.node: other.filled(anatomy, first)}
    yield Mutant(f"with {anatomy.said(first)} and {anatomy.said(second)} swapped", changes)
    yield _instead(anatomy, one, other)
    yield _instead(anatomy, other, one)


def _instead(anatomy: Anatomy, place: _Slot, taken: _Slot) -> Mutant:
    wrong, right = anatomy.said(taken.value(anatomy)), anatomy.said(place.value(anatomy))
    words = f"with {wrong} in the place of {right} on {place.unit.where}"
    return Mutant(words, {place.node: place.filled(anatomy, taken.value(anatomy))})


def transposed(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """`W -> Wᵀ`, where W is square."""
    for layer in _layers(units):
        rows = [anatomy.products(unit) for unit in layer]
        if len(layer) < 2 or any(len(row) != len(layer) for row in rows):
            continue
        changes = {}
        for i, j in np.ndindex(len(rows), len(rows)):
            if i != j:
                weight, values = anatomy.operands(rows[j][i])[0], anatomy.operands(rows[i][j])[1:]
                changes[rows[i][j]] = anatomy.make("multiply", weight, *values)
        yield Mutant(f"with the weights of {anatomy.layer(layer[0].layer)} transposed", changes)


def unit_missing(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """All terms of later units that use a unit are left out."""
    for unit in units:
        changes: Changes = {}
        for later in anatomy.units:
            for node, terms, term in _terms(anatomy, later):
                if unit.node in (term, *anatomy.operands(term)):
                    changes[node] = _without(anatomy, terms, term)
        if changes and not unit.output:
            yield Mutant(f"without unit {unit.number} of layer {unit.layer} ({unit.name})", changes)


def exchanged(anatomy: Anatomy) -> Iterator[Mutant]:
    """Two inputs, or two outputs, in each other's place."""
    known = {anatomy.said(node): node for unit in anatomy.units for own in unit.own
             for node in anatomy.operands(own) if anatomy.op(node) == "symbol"}  # fmt: skip
    inputs = [known[name] for name in anatomy.side.inputs.all()[:32] if name in known]
    outputs = [unit.node for unit in anatomy.units if unit.output][:32]
    for values in (inputs, outputs):
        for one, other in combinations(values, 2):
            if one != other:
                words = f"with {anatomy.said(one)} and {anatomy.said(other)} swapped everywhere"
                yield Mutant(words, {one: other, other: one})


def _layers(units: Sequence[Unit]) -> list[list[Unit]]:
    found: dict[tuple[int, str, bool], list[Unit]] = {}
    for unit in units:
        found.setdefault((unit.layer, unit.name[:1], unit.output), []).append(unit)
    return list(found.values())


def mutants(anatomy: Anatomy, units: Sequence[Unit]) -> list[Mutant]:
    """Every single mistake in these units, each once; the broadest first."""
    found = [*of_layers(anatomy, units)]
    for rule in UNIT_RULES:
        for unit in units:
            found += [
                Mutant(f"{words} {unit.where}", changes) for words, changes in rule(anatomy, unit)
            ]
    for broad in (transposed, unit_missing, misplaced):
        found += broad(anatomy, units)
    found += exchanged(anatomy)
    return found


# -- all of them as functions -------------------------------------------------------------------
def substituted(graph: Graph, ends: Ids, given: Sequence[Mutant]) -> npt.NDArray[np.int32]:
    """The outputs of every mutant as nodes of the graph, (mutants, outputs).

    All mutants are rebuilt together, a block of the graph at a time; what a mistake does not
    reach stays the same node.
    """
    old = np.flatnonzero(graph.reachable(ends))
    blocks = [(block, rows) for block, rows in graph.walk(graph.reachable(ends))]
    place = np.full(len(graph), -1, dtype=np.int64)
    place[old] = np.arange(len(old))
    nodes = np.repeat(old[None, :].astype(np.int32), len(given), axis=0)
    by_node: dict[int, list[tuple[int, int]]] = {}
    for number, mutant in enumerate(given):
        for node, new in mutant.changes.items():
            by_node.setdefault(node, []).append((number, new))
    for block, rows in blocks:
        ids = block.start + rows
        if block.operands.shape[1]:
            before = block.operands[rows]
            after = nodes[:, place[before]]
            who, which = np.nonzero((after != before).any(axis=2))
            if len(who):
                nodes[who, place[ids[which]]] = graph.rows(block.op, after[who, which])
        for node in ids.tolist():
            for number, new in by_node.get(node, ()):
                here = nodes[number]
                nodes[number, place[node]] = (
                    _again(graph, new, place, here) if given[number].again else new
                )
    return nodes[:, place[ends]]


def _again(graph: Graph, new: int, place: npt.NDArray[np.int64], here: Ids) -> int:
    """A replacement, made of the nodes that stand `here` at the places of the old ones."""
    if new < len(place) and place[new] >= 0:
        return int(here[place[new]])
    block = graph.block_of(new)
    below = block.operands[new - block.start].tolist()
    if not below:
        return new
    made = [_again(graph, operand, place, here) for operand in below]  # two or three levels
    return int(graph.rows(block.op, np.array([made], dtype=np.int32))[0])
