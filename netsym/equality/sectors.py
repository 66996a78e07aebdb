"""Equality by sectors: wherever the arguments of abs and sign have given signs, by finite fields.

max, min, relu and the like have a kink or a jump where an argument changes its sign. In a sector,
in which the signs are given, each is one of its sides, and what remains has neither. Sectors of a
kink have its boundary, where both sides are one; at a jump the boundary is looked at by itself. A
sector is left out only where it is certain that nothing is in it.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, inf

import numpy as np

from netsym.equality.assumptions import Condition
from netsym.equality.expressions import Beyond, Call, Leaf, Node, Undefined
from netsym.equality.identity import Read, identity
from netsym.equality.rewriting import Rewriting
from netsym.equality.signs import (
    ANY,
    NEGATIVE,
    NOT_NEGATIVE,
    NOT_POSITIVE,
    NOT_ZERO,
    POSITIVE,
    ZERO,
    Signs,
)
from netsym.equality.signs_of_expressions import Known
from netsym.graph.names import Names
from netsym.ops.straight_line import StraightLine
from netsym.wording import joined, plural

_MOST_SECTORS = 200
_MOST_SIGNS = 60  # that are given at once

#: Instructions of a side that is looked at.
LONGEST = 600
#: Where two functions are compared, if no more can be said of it.
SOMEWHERE = "where both are defined"
_NOWHERE = "nowhere are both defined"
#: The signs that something must have where a function of it is asked for, and how they are said.
_DOMAINS = {"log": POSITIVE, "sqrt": NOT_NEGATIVE, "divide": NOT_ZERO}
_SAID = {POSITIVE: "> 0", NOT_NEGATIVE: ">= 0", NOT_ZERO: "!= 0"}


def _joined(conditions: Collection[str]) -> str:
    """Conditions on names in a few words, or that there are others."""
    if not conditions or SOMEWHERE in conditions or len(conditions) > 3:
        return SOMEWHERE if conditions else ""
    return f"where {joined(conditions)}"


@dataclass(frozen=True, slots=True)
class Sectors:
    """What sectors say of two functions.

    In `compared` sectors both were compared, `pruned` ones are empty, and at `boundaries` of jumps
    they were compared by themselves. `chance` is log2 of a bound on the chance that it is `proved`
    by accident (-inf: none, since both have one normal form), `heuristic` says whether that bound
    assumes that values of exp behave as independent ones. `defined` says where it is proved if one
    of them may not be defined everywhere, `why` why it is not proved.
    """

    proved: bool
    compared: int
    pruned: int
    boundaries: int
    chance: float
    heuristic: bool
    defined: str = ""
    why: str = ""

    def __str__(self) -> str:
        kind = "heuristic, because of exp" if self.heuristic else "proved"
        if not self.compared:
            return "nothing was compared"
        where = f"in each of {plural(self.compared, 'sector')} of the signs of what kinks act on"
        where = "both have one normal form" if self.chance == -inf else where
        if self.compared == 1 and self.chance > -inf:
            where = "by finite fields, once it is put into a normal form"
        chance = (
            ""
            if self.chance == -inf
            else f"; the chance of an accident is below 10^{ceil(self.chance * 0.30103)} ({kind})"
        )
        edges = (
            f", and at {plural(self.boundaries, 'boundary', 'boundaries')}"
            if self.boundaries
            else ""
        )
        return f"{where}{edges}{chance}"


def sectors(
    one: StraightLine,
    other: StraightLine,
    inputs: Names,
    numbers: tuple[Sequence[Fraction], Sequence[Fraction]],
    seed: str,
    assumptions: Sequence[Condition] = (),
    budget: int = _MOST_SECTORS,
) -> Sectors | None:
    """Compare two functions of the same inputs, sector by sector; None if they are too large.

    `numbers` are those of each side, in order. `budget` is how many sectors are looked at. Both
    are compared where both are defined, and all assumptions hold.
    """
    if max(len(one.instructions), len(other.instructions)) > LONGEST:
        return None
    proof = _Proof(inputs, seed, budget)
    try:
        return proof.run([(one, numbers[0]), (other, numbers[1])], assumptions)
    except Beyond:
        return None


def defined_where(
    one: StraightLine,
    other: StraightLine,
    inputs: Names,
    numbers: tuple[Sequence[Fraction], Sequence[Fraction]],
    assumptions: Sequence[Condition] = (),
) -> str:
    """Where both are defined, as far as signs of their parts tell; empty if that is everywhere."""
    if max(len(one.instructions), len(other.instructions)) > LONGEST:
        return SOMEWHERE
    proof = _Proof(inputs, "", 0)
    try:
        return proof.defined_where([(one, numbers[0]), (other, numbers[1])], assumptions)
    except Beyond:
        return SOMEWHERE


class _Open(Exception):
    """A node whose sign must be given, by that of a key, before a kink or a jump is one side."""

    def __init__(self, node: int, key: int, strict: bool) -> None:
        self.node, self.key, self.strict = node, key, strict


class _Exhausted(Exception):
    """There are more sectors than are looked at."""


class _Proof:
    """Both sides in one store, and what was found so far."""

    def __init__(self, inputs: Names, seed: str, budget: int) -> None:
        self.store = Rewriting()
        self.inputs = inputs
        self.places = {name: place for place, name in enumerate(inputs.all())}
        self.seed = seed
        self.left = budget
        self.compared = self.pruned = self.boundaries = 0
        self.chance = -inf
        self.heuristic = False
        self.defined: dict[str, None] = {}
        self._said: dict[tuple[int, int], bool] = {}
        self._names: dict[int, str] = {}  # of inputs and names, by node

    def run(
        self,
        sides: Sequence[tuple[StraightLine, Sequence[Fraction]]],
        assumptions: Sequence[Condition],
    ) -> Sectors:
        """All outputs, each where both sides have it."""
        outputs = range(len(sides[0][0].ends))
        whys = (self._why_not(sides, place, assumptions) for place in outputs)
        why = next(filter(None, whys), "")
        return Sectors(
            not why,
            self.compared,
            self.pruned,
            self.boundaries,
            min(self.chance, 0.0),
            self.heuristic,
            _joined(self.defined),
            why,
        )

    def defined_where(
        self,
        sides: Sequence[tuple[StraightLine, Sequence[Fraction]]],
        assumptions: Sequence[Condition],
    ) -> str:
        """Where all outputs are defined."""
        try:
            for line, numbers in sides:
                self._placed(line, numbers)
            self._note_domain(assumptions)
        except Undefined:
            return SOMEWHERE
        return _joined(self.defined)

    def _why_not(
        self,
        sides: Sequence[tuple[StraightLine, Sequence[Fraction]]],
        place: int,
        assumptions: Sequence[Condition],
    ) -> str:
        """Why an output is not proved, empty if it is."""
        before = self.compared
        self.store.domain.clear()
        try:
            ends = [self._placed(line.output(place), numbers)[0] for line, numbers in sides]
            self._note_domain(assumptions)
            facts = self._facts(assumptions)
        except Undefined:
            return _NOWHERE
        try:
            if not self._holds(ends[0], ends[1], facts):
                return "in a sector no law that is known makes them equal"
        except Undefined:
            return "in a sector a sign is asked for of what is nowhere defined"
        except _Exhausted:
            return "there are too many sectors"
        return "" if self.compared > before else _NOWHERE

    def _note_domain(self, assumptions: Sequence[Condition]) -> None:
        """Note where a logarithm, a root or a quotient may not exist."""
        domain: dict[int, Signs] = {}
        for z, function in self.store.domain:
            domain[z] = domain.get(z, ANY) & _DOMAINS[function]
        known = Known(self.store, self._assumed(assumptions))
        for z, signs in domain.items():
            if not known.of(z) <= signs:
                name = self._names.get(z)
                self.defined[SOMEWHERE if name is None else f"{name} {_SAID[signs]}"] = None

    def _placed(self, line: StraightLine, numbers: Sequence[Fraction]) -> list[int]:
        inputs = list(map(self._leaf, self.inputs.all()))
        return line.run(self.store, inputs, self._leaf, list(map(self.store.constant, numbers)))

    def _leaf(self, name: str) -> int:
        place = self.places.get(name)
        op, which = ("name", name) if place is None else ("input", place)
        found = self.store.leaf(op, which)
        self._names[found] = name
        return found

    def _facts(self, assumptions: Sequence[Condition]) -> list[tuple[int, Signs]]:
        """What holds wherever both are defined and the assumptions are met."""
        domain = [(z, _DOMAINS[function]) for z, function in self.store.domain]
        return [*self._assumed(assumptions), *domain]

    def _assumed(self, assumptions: Sequence[Condition]) -> list[tuple[int, Signs]]:
        facts = []
        for condition in assumptions:
            left, right = condition.sides(self.store, self._leaf)
            facts.append((self.store.difference(left, right), condition.signs))
        return facts

    # -- sectors --------------------------------------------------------------------------------
    def _holds(self, one: int, other: int, facts: Sequence[tuple[int, Signs]]) -> bool:
        """Whether both are equal wherever the facts hold."""
        known = Known(self.store, facts)
        if known.impossible():
            self.pruned += 1
            return True
        return self._in_sector(one, other, known)

    def _in_sector(self, one: int, other: int, known: Known) -> bool:
        if one == other:
            self.compared += 1
            return True
        self.left -= 1
        if self.left < 0 or len(known.cases) > _MOST_SIGNS:
            raise _Exhausted
        try:
            sides = self._without_kinks([one, other], known)
        except _Open as found:
            return self._in_parts(one, other, known, found)
        except Undefined:
            self.pruned += 1
            return True
        self.compared += 1
        return self._same(*sides) or self._on_boundaries(one, other, known)

    def _in_parts(self, one: int, other: int, known: Known, asked: _Open) -> bool:
        """In the sectors that a sign makes of one, and where a jump has its boundary."""
        key, strict = asked.key, asked.strict
        for part in (POSITIVE, NEGATIVE) if strict else (NOT_NEGATIVE, NOT_POSITIVE):
            sector = known.among(key, known.of(key) & part, asked.node)
            if sector.impossible():
                self.pruned += 1
            elif not self._in_sector(one, other, sector):
                return False
        if strict and 0 in known.of(key):
            return self._on_boundary(one, other, known, key)
        return True

    def _without_kinks(self, roots: Sequence[int], known: Known) -> list[int]:
        """Expressions in a sector; raises `_Open` for a sign that is not given."""
        store = self.store

        def side(node: Node, operands: tuple[int, ...]) -> int | None:
            if not isinstance(node, Call) or node.function not in ("abs", "sign", "sqrt"):
                return None
            (z,) = operands
            signs, strict = known.of(z), node.function == "sign"
            if not (len(signs) <= 1 if strict else not signs >= NOT_ZERO):
                raise _Open(z, known.open_keys(z, strict)[0], strict)
            if not signs:  # there is no such place
                raise Undefined
            if strict:
                return store.constant(Fraction(*signs))
            up = signs <= NOT_NEGATIVE
            if node.function == "abs":
                return z if up else store.negate(z)
            return None if up else store.put(Call("sqrt", (store.negate(z),)))

        before: list[int] = []
        found = [*roots]
        while found != before:  # what is put together again may have new ones
            before, found = found, store.rewritten(found, side)
        return found

    def _same(self, one: int, other: int) -> bool:
        """Whether two expressions without kinks are equal where both are defined."""
        if one == other:
            return True
        if (one, other) not in self._said:
            seed = f"{self.seed} {len(self._said)}"
            found = identity(self._read(one), self._read(other), self.inputs, 1, seed)
            said = found is not None and found.convinces
            self._said[one, other] = said
            if found is not None and said:
                self.chance = float(np.logaddexp2(self.chance, found.chance))
                self.heuristic |= found.heuristic
        return self._said[one, other]

    def _read(self, root: int) -> Read:
        line = self.store.program([root])
        return line.with_numbers(len(self.inputs), [each.value for each in line.numbers])

    # -- boundaries -----------------------------------------------------------------------------
    def _on_boundaries(self, one: int, other: int, known: Known) -> bool:
        """Whether a sector lies in boundaries, and both are equal there."""
        flat = [key for key in known.cases if known.of(key) == ZERO]
        flat += [node for node, signs in known.facts if known.of(node) & signs == ZERO]
        for node in flat:
            sign, keys = known.reduced(node)
            if (
                sign
                and keys
                and all(self._on_boundary(one, other, known, key, True) for key in keys)
            ):
                return True
        return self._is_excluded(known)

    def _is_excluded(self, known: Known) -> bool:
        """Whether what must be defined is not, once its kinks are one of their sides."""
        for node, signs in known.facts:
            try:
                (found,) = self._without_kinks([node], known)
            except (_Open, Undefined):
                continue
            if found != node and not known.of(found) & signs:
                return True
        return False

    def _on_boundary(
        self, one: int, other: int, known: Known, key: int, only_solved: bool = False
    ) -> bool:
        """Whether both are equal where a key is 0: there a letter or function is an expression."""
        self.boundaries += 1
        self.left -= 1
        if self.left < 0:
            raise _Exhausted
        solved = self._solved(key)
        if solved is None:
            return not only_solved and self._in_sector(one, other, known.among(key, ZERO, key))
        store, (letter, value) = self.store, solved
        nodes = [one, other, *(node for node, _ in known.facts)]
        try:
            there = store.rewritten(
                nodes, lambda node, _: value if node == store.nodes[letter] else None
            )
        except Undefined:
            return True
        signs = [signs for _, signs in known.facts]
        return self._holds(there[0], there[1], [*zip(there[2:], signs, strict=True)])

    def _solved(self, key: int) -> tuple[int, int] | None:
        """A letter, or else a function, that stands in one term alone where a key is 0."""
        store = self.store
        terms, constant = store.linear(key)
        for kind in (Leaf, Call):
            for core, number in terms.items():
                rest = {each: -other / number for each, other in terms.items() if each != core}
                if isinstance(store.nodes[core], kind) and core not in store.below(rest):
                    return core, store.combined(rest, -constant / number)
        return None
