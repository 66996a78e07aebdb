"""The search for the mistakes that turn a network into a formula: one, or two at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice

import numpy as np

from netsym.equality.agreement import PROVING, Draw, agree
from netsym.equality.anatomy import Anatomy, Unit
from netsym.equality.identity import identity
from netsym.equality.mutants import in_units, mutants, numbers_wrong
from netsym.equality.points import values_for
from netsym.equality.recognition import Recognition
from netsym.equality.sides import Subject, aligned, in_decimals, of_formula
from netsym.equality.substitution import Mutant, substituted
from netsym.equality.typed_numbers import numbers
from netsym.equality.unit_mistakes import FIRST_RULES, UNIT_RULES, Rule
from netsym.forms.form import bind
from netsym.formula import Formula
from netsym.graph.copying import regrouped
from netsym.graph.graph import Graph, Ids
from netsym.graph.index import sorted_distinct
from netsym.graph.names import literal

_SIZES = np.array([0.5, 1.0, 2.0, 2.0, 20.0])  # of points at which mutants are refuted
_MOST_CANDIDATES = 40  # mutants that are proved or refuted, of those that agree in float64
_MOST_NODES = 500  # of the network, for which all mistakes are tried; else near the departure
_MOST_MADE = 4_000_000  # nodes of all mutants together
_FEWEST = 50  # mutants, for networks of any size
_MOST_FOR_TWO = 80  # nodes of the network, for which two mistakes at once are tried
_MOST_FIRST = 6  # mistakes that the formula seems to have, on top of which all others are tried


@dataclass(frozen=True, eq=False)
class Together:
    """A network and a formula in one graph; `mine` and `theirs` say where their nodes are in it."""

    one: Subject
    other: Subject
    graph: Graph
    mine: Ids
    theirs: Ids

    @cached_property
    def anatomy(self) -> Anatomy:
        """The network, unit by unit."""
        return Anatomy(self.one, self.graph, self.mine)

    @cached_property
    def typed(self) -> Ids:
        """The nodes of the formula, each once."""
        return sorted_distinct(self.theirs[self.theirs >= 0])

    @property
    def ends(self) -> Ids:
        """The outputs of the formula."""
        return self.theirs[self.other.graph.ends]

    @property
    def size(self) -> int:
        """How many nodes the network has."""
        return int((self.mine >= 0).sum())

    @cached_property
    def numbers(self) -> tuple[list[int], list[int], list[int]]:
        """Numbers of the network that the formula has not, all of the formula, those it has alone;
        a sign in front makes no difference.
        """
        ours, typed = numbers(self.graph, self.mine), numbers(self.graph, self.theirs)
        sizes = [{abs(self.graph.number(node)) for node in nodes} for nodes in (ours, typed)]
        return (
            [node for node in ours if abs(self.graph.number(node)) not in sizes[1]], typed,
            [node for node in typed if abs(self.graph.number(node)) not in sizes[0]],
        )  # fmt: skip

    def in_unit(self, name: str, rules: Iterable[Rule] = UNIT_RULES) -> list[Mutant]:
        """What can go wrong in one unit alone, and with numbers that only the formula has."""
        units = [unit for unit in self.anatomy.units if unit.name == name]
        alone = self.numbers[2]
        return [
            *in_units(self.anatomy, units, rules),
            *numbers_wrong(self.anatomy, units, [], alone, alone),
        ]

    def mistakes(self, units: Sequence[Unit]) -> Iterator[Mutant]:
        """Every mistake in some units, and those of the network."""
        return mutants(self.anatomy, units, *self.numbers)

    def made(self, found: Sequence[Mutant]) -> Ids:
        """The outputs of the network with each of the mistakes, (mistakes, outputs)."""
        return substituted(self.graph, self.mine[self.one.graph.ends], found)

    def after(self, found: Sequence[Mutant]) -> list[Together]:
        """The network with each of the mistakes, in a new graph that they share."""
        mine, theirs = self.mine >= 0, self.theirs >= 0
        rows = substituted(self.graph, self.mine[mine], found)
        needed = np.concatenate([rows.reshape(-1), self.theirs[theirs]])
        graph, places = regrouped(self.graph, needed)
        formula = self.theirs.copy()
        formula[theirs] = places[self.theirs[theirs]]
        moved = np.repeat(self.mine[None, :], len(found), axis=0)
        moved[:, mine] = places[rows]
        return [Together(self.one, self.other, graph, row, formula) for row in moved]


@dataclass(frozen=True, slots=True)
class Tried:
    """Mutants of a network, with the nodes of their outputs (mutants, outputs).

    `formula` are those of the formula, `thinkable` is how many there could have been, which is not
    counted in a large network that the formula departs from nowhere.
    """

    one: Subject
    graph: Graph
    formula: Ids
    mutants: list[Mutant]
    ends: Ids
    thinkable: int

    def proved(self, seed: int) -> list[Mutant]:
        """The mutants that are proved to be the formula, the first of those that are the same."""
        if not self.mutants:
            return []
        first = np.sort(np.unique(self.ends, axis=0, return_index=True)[1])
        needed = np.concatenate([self.ends[first].reshape(-1), self.formula])
        graph, places = regrouped(self.graph, needed)
        ends, formula = places[self.ends[first]], places[self.formula]
        close = Recognition(self.one, graph).agreeing(ends, formula)[:_MOST_CANDIDATES].tolist()
        return [
            self.mutants[first[place]]
            for place in close
            if _equal(_side(self.one, graph, ends[place]), _side(self.one, graph, formula), seed)
        ]


def _side(one: Subject, graph: Graph, ends: Ids) -> Subject:
    """Some nodes as a function by itself, in the inputs of a network."""
    alone, places = regrouped(graph, ends)
    outputs = bind(literal(*one.outputs), places[ends])
    formula = Formula(alone, np.empty(0, dtype=np.int32), outputs)
    return aligned(one, of_formula(formula, "the mutant"))


def _equal(mutant: Subject, formula: Subject, seed: int) -> bool:
    """Whether they are proved equal, with numbers as they are in float64, or as decimals."""
    for one, other in ((mutant, formula), (in_decimals(mutant), in_decimals(formula))):
        if _apart(one, other):  # which is seen much sooner
            continue
        width = len(mutant.outputs)
        found = identity(one.read, other.read, mutant.inputs, width, f"diagnosis {seed}")
        if found is not None and found.convinces:
            return True
    return False


def _apart(one: Subject, other: Subject) -> bool:
    """Whether a few points prove that they differ."""
    x = np.random.default_rng(0).uniform(-1, 1, (len(_SIZES), len(one.inputs)))
    draw = Draw(_SIZES[:, None] * x, values_for([*one.names, *other.names], 0))
    return agree(one, other, [draw], PROVING).apart is not None


def single(both: Together, departs: Unit | None) -> Tried:
    """Every single mistake; in a large network, only where the formula departs."""
    near = both.size > _MOST_NODES and departs is not None
    every = both.mistakes([departs] if near and departs else both.anatomy.units)
    found = [*islice(every, max(_FEWEST, _MOST_MADE // both.size))]
    is_told = departs is not None or both.size <= _MOST_NODES
    thinkable = len(found) + (sum(1 for _ in every) if is_told else 0)
    return Tried(both.one, both.graph, both.ends, found, both.made(found), thinkable)


def double(both: Together, alone: Tried, values: Recognition, missing: Sequence[Unit]) -> Tried:
    """Two mistakes: any on top of one that the formula seems to have, and two in one unit.

    `missing` are the units that the formula has not. Of mistakes that make the same formula, the
    ones that change the least come first; what is said to be changed is what the first changes.
    """
    found: list[tuple[int, Mutant]] = []
    ends = [alone.ends[:0]]
    graph, formula = both.graph, both.ends
    if both.size <= _MOST_FOR_TWO and missing:
        seen, where = _seen(both, alone, values, missing), missing[0].name
        firsts = [*seen, *both.in_unit(where, FIRST_RULES)]
        for number, changed in enumerate(both.after(firsts)):
            graph, formula, first = changed.graph, changed.ends, firsts[number]
            seconds = (
                [*changed.mistakes(changed.anatomy.units)]
                if number < len(seen)
                else changed.in_unit(where)
            )
            ends.append(changed.made(seconds))
            found += [
                (len(first.changes) + len(second.changes),
                 Mutant(f"{first.words} and {second.words}", first.changes))
                for second in seconds
            ]  # fmt: skip
    fewest = np.argsort([count for count, _ in found], kind="stable").astype(np.int64)
    chosen = [found[number][1] for number in fewest.tolist()]
    return Tried(both.one, graph, formula, chosen, np.concatenate(ends)[fewest], len(found))


def _seen(
    both: Together, alone: Tried, values: Recognition, missing: Sequence[Unit]
) -> list[Mutant]:
    """The mistakes that the formula seems to have: with them, more of it is the network's."""
    units = np.array([unit.node for unit in both.anatomy.units], dtype=np.int32)
    made = substituted(both.graph, units, alone.mutants)
    local = [[*mutant.changes.items()] for mutant in alone.mutants]
    changed = np.array([pair for pairs in local for pair in pairs], dtype=np.int32)
    nodes = sorted_distinct(np.concatenate([units, made.reshape(-1), changed.reshape(-1)]))
    have = dict(zip(nodes.tolist(), values.among(nodes, both.typed), strict=True))
    have |= {unit.node: True for unit in both.anatomy.units if unit not in missing}
    scores = np.array([
        2 * sum(have[new] - have[old] for old, new in zip(units.tolist(), row, strict=True))
        + all(have[new] > have[old] and both.graph.operands_of(old) for old, new in changes)
        for row, changes in zip(made.tolist(), local, strict=True)
    ])  # fmt: skip
    best = np.argsort(-scores, kind="stable")[:_MOST_FIRST].tolist()
    return [alone.mutants[number] for number in best if scores[number] > 0]
