"""Mutants: a network with one mistake in it, for every mistake that people make, at every place.

Those of single units are rows in `unit_mistakes`; what goes wrong with several units at once, or
with the numbers of a formula, is a function here, which yields mutants; a further one is a row more
in `BROAD`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations, islice, permutations, product
from math import e

import numpy as np

from netsym.equality.anatomy import Anatomy, Slot, Unit, number_in_words
from netsym.equality.mistyped import with_base
from netsym.equality.substitution import Changes, Mutant
from netsym.equality.unit_mistakes import RULES, UNIT_RULES, Rule, terms
from netsym.ops.decimals import decimal

Broad = Callable[[Anatomy, Sequence[Unit]], Iterator[Mutant]]

_MOST_NUMBERS = 1000  # pairs of a place for a number and one of the formula
_NEAR_E = 0.05  # 2.7 and 2.718 are meant as e
_MOST_PAIRS = 2000  # of weights of one layer, or of one unit where there are more


def in_all_units(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """The same mistake in every unit of a layer, or of all layers."""
    for rule, words in RULES:
        if words is None:
            continue
        every: dict[str, dict[int, Changes]] = {}
        for alike in _layers(units):
            found: dict[str, Changes] = {}
            for unit in alike:
                for said, changes in rule(anatomy, unit):
                    found.setdefault(words or said, {}).update(changes)
            for said, changes in found.items():
                every.setdefault(said, {}).setdefault(alike[0].layer, {}).update(changes)
                if len(changes) > 1:
                    yield Mutant(f"{said} {anatomy.layer(alike[0].layer)}", changes)
        for said, layers in every.items():
            if len(layers) > 1:
                yield Mutant(f"{said} every layer", _joined(layers.values()), again=True)


def _joined(found: Iterable[Changes]) -> Changes:
    return {node: new for changes in found for node, new in changes.items()}


def layer_missing(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """`w*x + b -> x`, of all elements of a layer that scales or standardizes."""
    for layer in _layers(units):
        number, values = layer[0].layer, [anatomy.values(unit) for unit in layer]
        if anatomy.is_elementwise(number) and all(len(below) == 1 for below in values):
            place = "the last layer" if number == anatomy.last else f"layer {number}"
            changes = {unit.node: below[0] for unit, below in zip(layer, values, strict=True)}
            yield Mutant(f"without {place} ({anatomy.kinds[number].kind})", changes)


def misplaced(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """`w, v -> v, w` and `w, v -> v, v`: weights, biases or values in the place of others."""
    for layer in _layers(units):
        weights = [slot for unit in layer for slot in anatomy.products(unit)]
        biases = [slot for unit in layer for slot in anatomy.biases(unit)]
        for slots in (weights, biases):
            near = len(slots) ** 2 > 2 * _MOST_PAIRS  # then within one unit only
            pairs = (
                (one, other)
                for one, other in combinations(slots, 2)
                if anatomy.filling(one) != anatomy.filling(other)
                and (one.unit is other.unit or not near)
            )
            for one, other in islice(pairs, _MOST_PAIRS):
                yield _swapped(anatomy, one, other, "swapped")
                yield _instead(anatomy, one, other)
                yield _instead(anatomy, other, one)
        for unit in layer:
            values = anatomy.products(unit, 1)
            for one, other in islice(permutations(values, 2), _MOST_PAIRS):
                yield _instead(anatomy, one, other)


def skips_crossed(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """`g(z₁) + x₁, g(z₂) + x₂ -> g(z₁) + x₂, g(z₂) + x₁`"""
    for layer in _layers(units):
        skips = [slot for unit in layer for slot in anatomy.skips(unit)]
        for one, other in islice(combinations(skips, 2), _MOST_PAIRS):
            yield _swapped(anatomy, one, other, "crossed in the skips")


def _swapped(anatomy: Anatomy, one: Slot, other: Slot, words: str) -> Mutant:
    first, second = anatomy.filling(one), anatomy.filling(other)
    changes = anatomy.refilled({one: second, other: first})
    return Mutant(f"with {anatomy.said(first)} and {anatomy.said(second)} {words}", changes)


def _instead(anatomy: Anatomy, place: Slot, taken: Slot) -> Mutant:
    wrong, right = anatomy.filling(taken), anatomy.filling(place)
    words = f"with {anatomy.said(wrong)} in the place of {anatomy.said(right)} on"
    return Mutant(f"{words} {place.unit.where}", anatomy.refilled({place: wrong}))


def transposed(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """`W -> Wᵀ`, where W is square."""
    for layer in _layers(units):
        rows = [anatomy.products(unit) for unit in layer]
        if len(layer) < 2 or any(len(row) != len(layer) for row in rows):
            continue
        turned = {
            rows[i][j]: anatomy.filling(rows[j][i])
            for i, j in np.ndindex(len(rows), len(rows)) if i != j
        }  # fmt: skip
        words = f"with the weights of {anatomy.layer(layer[0].layer)} transposed"
        yield Mutant(words, anatomy.refilled(turned))


def unit_missing(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """All terms of later units that use a unit are left out."""
    for unit in units:
        changes: Changes = {}
        for slot in chain.from_iterable(terms(anatomy, later) for later in anatomy.units):
            term = anatomy.filling(slot)
            if unit.node in (term, *anatomy.operands(term)):
                changes |= anatomy.removed(slot)
        if changes and not unit.output:
            yield Mutant(f"without unit {unit.number} of layer {unit.layer} ({unit.name})", changes)


def exchanged(anatomy: Anatomy, _: Sequence[Unit]) -> Iterator[Mutant]:
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


def output_repeated(anatomy: Anatomy, _: Sequence[Unit]) -> Iterator[Mutant]:
    """`y₁, y₂ -> y₁, y₁`"""
    outputs = [unit for unit in anatomy.units if unit.output][:32]
    for one, other in permutations(outputs, 2):
        yield Mutant(f"with {one.name} in the place of {other.name}", {other.node: one.node})


def one_outside(anatomy: Anatomy, units: Sequence[Unit]) -> Iterator[Mutant]:
    """`Σ wᵢ (2/(1 + e^(-2zᵢ)) - 1) -> Σ wᵢ 2/(1 + e^(-2zᵢ)) - 1`: of one tanh, or of all in a sum,
    with the 1 subtracted once or as often.
    """
    for unit in units:
        slots = [
            slot for slot in anatomy.products(unit, 1)
            if slot.term is not None and anatomy.op(anatomy.filling(slot)) == "tanh"
        ]  # fmt: skip
        for some in [*([slot] for slot in slots), *([slots] if len(slots) > 1 else [])]:
            one = anatomy.number(1)
            shifted = {slot: anatomy.make("add", anatomy.filling(slot), one) for slot in some}
            names = ", ".join(anatomy.said(anatomy.filling(slot)) for slot in some)
            for times in dict.fromkeys((1, len(some))):
                changes = {
                    host: anatomy.make("add", made, anatomy.number(-times))
                    for host, made in anatomy.refilled(shifted).items()
                }
                words = f"with the -1 of the tanh of {names} outside the sum on {unit.where}"
                yield Mutant(words, changes)


def one_activation_round_everything(anatomy: Anatomy, _: Sequence[Unit]) -> Iterator[Mutant]:
    """`v*g(w*x + b) + c -> g(v*(w*x + b) + c)`"""
    calls = {node: unit for unit in anatomy.units for node in anatomy.calls(unit)}
    outputs = [unit for unit in anatomy.units if unit.output]
    if any(unit.output for unit in calls.values()):
        return
    for function in dict.fromkeys(map(anatomy.op, calls)):
        like = next(node for node in calls if anatomy.op(node) == function)
        changes = {node: anatomy.operands(node)[0] for node in calls}
        changes |= {
            unit.node: anatomy.make(function, unit.node, *anatomy.operands(like)[1:])
            for unit in outputs
        }
        yield Mutant(f"with one {function} round everything, none on a unit", changes, again=True)


def rounded_e(anatomy: Anatomy, typed: Sequence[int]) -> Iterator[Mutant]:
    """`e^z -> 2.718^z`, everywhere"""
    for base in typed:
        if abs(float(anatomy.graph.number(base)) - e) < _NEAR_E:
            every = {
                node: made
                for unit in anatomy.units
                for node in anatomy.calls(unit)
                if (made := with_base(anatomy.graph, node, base)) is not None
            }
            words = f"with {anatomy.said(base)} in the place of e = 2.71828… everywhere"
            yield Mutant(words, every, again=True)


def numbers_wrong(
    anatomy: Anatomy,
    units: Sequence[Unit],
    missing: Sequence[int],
    typed: Sequence[int],
    alone: Sequence[int],
) -> Iterator[Mutant]:
    """A number that was typed in the place of one of the network: of those that are `missing` in
    the formula everywhere, of others in one place; where there are many, only if it is typed
    `alone`, the network having none like it.
    """
    slots = [slot for unit in units for slot in (*anatomy.products(unit), *anatomy.biases(unit))]
    slots = [slot for slot in slots if anatomy.op(anatomy.filling(slot)) == "constant"]
    for wrong in (typed, alone):
        if 2 * (len(missing) + len(slots)) * len(wrong) <= _MOST_NUMBERS:
            break
    else:
        return
    both = [number for node in wrong for number in (node, anatomy.negative(node))]
    for right, number in product(missing, both):
        yield Mutant(_off(anatomy, right, number), {right: number})
    for slot, number in product(slots, both):
        if number != anatomy.filling(slot):
            words = f"{_off(anatomy, anatomy.filling(slot), number)} on {slot.unit.where}"
            yield Mutant(words, anatomy.refilled({slot: number}))


def _off(anatomy: Anatomy, right: int, wrong: int) -> str:
    values = [decimal(anatomy.graph.number(node)) for node in (wrong, right)]
    off = abs(values[0] - values[1])
    said = number_in_words(float(off) if abs(off) < Fraction(2) ** 1000 else off)
    return f"with {anatomy.said(wrong)} in the place of {anatomy.said(right)} (off by {said})"


def _layers(units: Sequence[Unit]) -> list[list[Unit]]:
    found: dict[tuple[int, str, bool], list[Unit]] = {}
    for unit in units:
        found.setdefault((unit.layer, unit.name[:1], unit.output), []).append(unit)
    return list(found.values())


#: What can go wrong with several units at once; those of the whole network are told all units.
BROAD: tuple[Broad, ...] = (
    transposed, unit_missing, misplaced, skips_crossed, output_repeated, one_outside, exchanged,
    one_activation_round_everything,
)  # fmt: skip


def in_units(
    anatomy: Anatomy, units: Sequence[Unit], rules: Iterable[Rule] = UNIT_RULES
) -> Iterator[Mutant]:
    """Every mistake that can be made in one of some units."""
    for rule in rules:
        for unit in units:
            for words, changes in rule(anatomy, unit):
                yield Mutant(f"{words} {unit.where}", changes)


def mutants(
    anatomy: Anatomy,
    units: Sequence[Unit],
    missing: Sequence[int],
    typed: Sequence[int],
    alone: Sequence[int],
) -> Iterator[Mutant]:
    """Every single mistake in these units, and those of whole layers; the broadest first.

    For the numbers see `numbers_wrong`.
    """
    yield from layer_missing(anatomy, anatomy.units)
    yield from in_all_units(anatomy, anatomy.units)
    yield from in_units(anatomy, units)
    for broad in BROAD:
        yield from broad(anatomy, units)
    yield from numbers_wrong(anatomy, units, missing, typed, alone)
    yield from rounded_e(anatomy, typed)
