"""Mutants: a network with one mistake in it, for every mistake that people make, at every place.

A rule is a function that yields `(words, changes)`, the words completing "this is your network …",
and the changes saying which node is replaced by which.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, islice, permutations, product

import numpy as np

from netsym.equality.anatomy import Anatomy, Unit
from netsym.equality.substitution import Changes, Mutant
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS, LINEAR

Rule = Callable[[Anatomy, Unit], Iterator[tuple[str, Changes]]]

_MOST_NUMBERS = 400  # pairs of a number of the network and one of the formula
_MOST_PAIRS = 2000  # of weights of one layer, or of one unit where there are more


# -- rules for one unit -------------------------------------------------------------------------
def activation_missing(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`g(z) -> z`"""
    for node in anatomy.calls(unit):
        yield f"without the {anatomy.op(node)} on", {node: anatomy.operands(node)[0]}


def activation_other(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`g(z) -> h(z)`"""
    for node in anatomy.calls(unit):
        for other in _elementwise():
            if other != anatomy.op(node):
                words = f"with {other} instead of {anatomy.op(node)} on"
                yield words, {node: anatomy.call(other, anatomy.operands(node)[0])}


def activation_extra(anatomy: Anatomy, unit: Unit) -> Iterator[tuple[str, Changes]]:
    """`z -> h(z)`, of a unit without an activation; `g(z) -> g(g(z))`"""
    calls = anatomy.calls(unit)
    for other in [anatomy.op(calls[0])] if calls else _elementwise():
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


def _elementwise() -> list[str]:
    return [a for a in ACTIVATIONS if a != LINEAR and not FUNCTIONS[a].vector]


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
        every: dict[str, dict[int, Changes]] = {}
        for alike in _layers(units):
            found: dict[str, Changes] = {}
            for unit in alike:
                for said, changes in rule(anatomy, unit):
                    found.setdefault(words or said, {}).update(changes)
            for said, changes in found.items():
                every.setdefault(said, {}).setdefault(alike[0].layer, changes)
                if len(changes) > 1:
                    yield Mutant(f"{said} {anatomy.layer(alike[0].layer)}", changes)
        for said, layers in every.items():
            if len(layers) > 1:
                together = {n: new for changes in layers.values() for n, new in changes.items()}
                yield Mutant(f"{said} every layer", together, again=True)


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


def numbers_wrong(anatomy: Anatomy, missing: set[int], extra: set[int]) -> Iterator[Mutant]:
    """A number of the network that the formula does not have, and one of its own in its place."""
    if len(missing) * len(extra) <= _MOST_NUMBERS:
        for right, wrong in product(sorted(missing), sorted(extra)):
            words = f"with {anatomy.said(wrong)} in the place of {anatomy.said(right)}"
            yield Mutant(words, {right: wrong})


def _layers(units: Sequence[Unit]) -> list[list[Unit]]:
    found: dict[tuple[int, str, bool], list[Unit]] = {}
    for unit in units:
        found.setdefault((unit.layer, unit.name[:1], unit.output), []).append(unit)
    return list(found.values())


def mutants(anatomy: Anatomy, units: Sequence[Unit]) -> list[Mutant]:
    """Every single mistake in these units, and those of whole layers; the broadest first."""
    found = [*of_layers(anatomy, anatomy.units)]
    for rule in UNIT_RULES:
        for unit in units:
            found += [
                Mutant(f"{words} {unit.where}", changes) for words, changes in rule(anatomy, unit)
            ]
    for broad in (transposed, unit_missing, misplaced):
        found += broad(anatomy, units)
    found += exchanged(anatomy)
    return found
