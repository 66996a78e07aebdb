"""The ladder, of which the first step that holds settles whether two functions are equal.

What a step needs is loaded there: most comparisons end before the later ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache, cached_property
from typing import TYPE_CHECKING

import numpy as np

from netsym.equality import verdict as say
from netsym.equality.same_graph import same_graph
from netsym.equality.sides import Subject, in_decimals
from netsym.equality.terms import USUAL, Terms
from netsym.equality.verdict import VERDICTS, Verdict
from netsym.later import later
from netsym.watching import Watcher, no_watcher

if TYPE_CHECKING:
    from netsym.equality import (
        agreement,
        assumptions,
        excuses,
        identity,
        sectors,
        stand_ins,
        tolerance,
    )
    from netsym.equality.agreement import Agreement, Draw
    from netsym.equality.assumptions import Assumptions
    from netsym.pieces import everywhere
else:
    agreement, assumptions, excuses, identity, sectors, stand_ins, tolerance = (
        later(f"netsym.equality.{step}")
        for step in (
            "agreement", "assumptions", "excuses", "identity", "sectors", "stand_ins", "tolerance",
        )
    )  # fmt: skip
    everywhere = later("netsym.pieces.everywhere")

_ENOUGH = 16  # real points that must agree
_SMALL = 50_000  # parameters of networks, and nodes of formulas, that are looked at node by node
_MORE = 6  # times that more points are drawn, where values are not defined everywhere


def judge(
    one: Subject,
    other: Subject,
    terms: Terms = USUAL,
    progress: Watcher = no_watcher,
) -> Verdict:
    """Go down the ladder: structural, identical, exact on regions, within error, or different.

    Both have the same inputs and outputs (see `aligned`). Numbers are read as the decimals that
    they are written as, and as float64 stores them: either settles it. Nothing is rounded up: what
    is neither proved nor refuted is undecided. `progress` is told how far it is. Raises `SpecError`
    for conditions that cannot be read.
    """
    bench = _Bench(one, other, terms.where, terms.budget, terms.evidence, progress)

    @cache
    def given() -> list[Draw]:
        progress("choosing points", 0, 0)
        usual = bench.draws("")
        return [*bench.draws(f"seed {terms.seed}"), *usual] if terms.seed else usual

    found: list[Verdict] = []
    readings = _readings(one, other)
    for pair in readings:
        here = replace(bench, one=pair[0], other=pair[1])
        if found and here.differs_as(found[0]):
            continue
        verdict = here.verdict(given)
        if len(readings) > 1 or pair[0].decimals:
            reading = "decimals" if pair[0].decimals else "stored"
            verdict = say.with_reading(verdict, reading, one, other)
        if not VERDICTS[verdict.name]:
            return verdict
        found.append(verdict)
    bench = replace(bench, one=readings[0][0], other=readings[0][1])
    for verdict in found:
        if verdict.name == "undecided":
            return verdict if terms.tolerance is None else bench.tolerated(given(), verdict, terms)
    return _up_to_numbers(bench, given(), found[0], terms)


def _readings(one: Subject, other: Subject) -> list[tuple[Subject, Subject]]:
    """Both as they stand, and in decimals where that is not the same; what was typed so first."""
    stored = one, other
    if not (one.is_rounded or other.is_rounded):
        return [stored]
    decimals = in_decimals(one), in_decimals(other)
    typed = [side.parsed is not None for side in stored]
    if all(typed):
        return [decimals]
    return [decimals, stored] if any(typed) else [stored, decimals]


def _up_to_numbers(bench: _Bench, given: list[Draw], found: Verdict, terms: Terms) -> Verdict:
    """Two functions that differ as written: within an error that has a cause, or different."""
    one, other = bench.one, bench.other
    if stand_ins.as_stored(one, other):
        return say.as_stored(one, other, found.numbers)
    excuse = excuses.rounded(one, other, given)
    if excuse is not None:
        return say.excused(excuse, found.numbers)
    one, other = in_decimals(one), in_decimals(other)
    place = found.counterexample.place if found.counterexample else None
    if place is not None:
        bench.progress("looking for what typed numbers stand for", 0, 0)
        known = stand_ins.explained(one, other, given, place, bench.assumed)
        if known is not None:
            return say.stand_for(one, other, known, found.numbers, terms.size)
    if terms.tolerance is not None:
        return bench.tolerated(given, found, terms)
    if place is None or not (one.has_typed_decimals or other.has_typed_decimals):
        return found
    loose = stand_ins.explained(one, other, given, place, bench.assumed, loose=True)
    beyond = loose is None and stand_ins.beyond_rounding(one, other, place)
    return found._replace(evidence=(*found.evidence, say.of_rounding(loose, beyond)))


@dataclass(frozen=True)
class _Bench:
    """Two sides with their numbers read in one way, and what is assumed of their names."""

    one: Subject
    other: Subject
    where: tuple[str, ...]
    budget: int
    evidence: bool
    progress: Watcher

    @cached_property
    def assumed(self) -> Assumptions:
        return assumptions.assumptions(self.where, self.one, self.other)

    @property
    def _chosen(self) -> str:
        return f"{self.one.fingerprint} {self.other.fingerprint}"

    @property
    def _size(self) -> int:
        return max(self.one.parameter_count, self.other.parameter_count)

    def draws(self, more: str) -> list[Draw]:
        """Points at which all that is assumed holds."""
        made = agreement.draws(self.one, self.other, f"{self._chosen} {more}")
        return [self._met(draw) for draw in made] if self.assumed else made

    def _met(self, draw: Draw) -> Draw:
        x, values = self.assumed.met(draw.x, draw.values)
        return agreement.Draw(x[self.assumed.hold(x, values)], values)

    def differs_as(self, found: Verdict) -> bool:
        """Whether one point proves it, which is quicker than all: that of another reading."""
        if found.counterexample is None:
            return False
        place = found.counterexample.place
        x = np.array([list(place.inputs.values())], dtype=np.float64)
        if not self.assumed.hold(x, place.parameters).all():
            return False
        draw = agreement.Draw(x, place.parameters)
        return agreement.agree(self.one, self.other, [draw], agreement.PROVING).apart is not None

    @cached_property
    def _alike(self) -> bool:
        return self._size <= _SMALL and same_graph(self.one, self.other)

    def verdict(self, points: Callable[[], list[Draw]]) -> Verdict:
        """The verdict if the numbers are what both sides say that they are."""
        one, other = self.one, self.other
        if not (self.evidence or self.where) and self._alike:
            return say.structural(one, other)
        given = points()
        precisions = agreement.QUICK if self._size <= _SMALL else agreement.PROVING
        found = agreement.agree(one, other, given, precisions, progress=self.progress)
        if found.apart is None and found.defined < found.points:  # perhaps not known well enough
            found = agreement.agree(one, other, given, agreement.FINE, progress=self.progress)
        if found.apart is not None:
            return self._different(found)
        if self._alike:
            return say.structural(one, other, found)
        self.progress("comparing in finite fields", 0, 0)
        fields = identity.identity(
            one.read, other.read, one.inputs, len(one.outputs), self._chosen, self._size
        )
        if fields is not None and fields.convinces:
            found = self._enough(given, found)
            if found.apart is None and found.defined >= self._needed:
                return say.identical(one, other, fields, found, self._defined(found), self.assumed)
        pieces = self._pieces() if found.apart is None and self._small else None
        if pieces is not None and pieces.equal is not None:
            settled = self._by_pieces(pieces, found)
            if settled is not None:
                return settled
        parts = self._sectors() if found.apart is None and self._small else None
        if parts is not None and parts.proved:
            found = self._enough(given, found)
            if found.apart is None and found.defined >= self._needed:
                return say.identical(one, other, parts, found, parts.defined, self.assumed)
        found = self._look_longer(given) if found.apart is None else found
        if found.apart is not None:
            return self._different(found)
        return say.undecided(fields, found, pieces, parts, _ENOUGH)

    def _different(self, found: Agreement) -> Verdict:
        one, other = self.one, self.other
        return say.different(one, other, agreement.shortened(one, other, found, self.assumed.hold))

    def tolerated(self, given: list[Draw], found: Verdict, terms: Terms) -> Verdict:
        """The verdict if a tolerance is allowed, of what is not equal."""
        one, other = self.one, self.other
        numbers = self._numbers() if self._small else None
        known = tolerance.tolerated(one, other, numbers, given, terms, self.assumed, self.progress)
        if known.found.apart is not None:
            beyond = agreement.shortened(one, other, known.found, self.assumed.hold, terms.allowed)
            return say.beyond_tolerance(one, other, beyond, terms)
        if known.bound is not None:
            return say.within_tolerance(one, known, found.numbers, terms)
        return say.not_within_tolerance(one, known.found, terms)

    # -- exact proofs
    @property
    def _small(self) -> bool:
        """Whether both are small enough to be looked at instruction by instruction."""
        return self._size <= _SMALL and all(
            side.formula is None or len(side.formula.mask) <= _SMALL
            for side in (self.one, self.other)
        )

    def _numbers(self) -> tuple[list[Fraction], list[Fraction]]:
        one, other = (
            [n.value if side.decimals else n.stored for n in side.straight_line.numbers]
            for side in (self.one, self.other)
        )
        return one, other

    def _pieces(self) -> everywhere.Everywhere | None:
        self.progress("comparing piece by piece", 0, 0)
        lines = self.one.straight_line, self.other.straight_line
        return everywhere.everywhere(*lines, len(self.one.inputs), self._numbers(), self.budget)

    def _by_pieces(self, pieces: everywhere.Everywhere, found: Agreement) -> Verdict | None:
        """What the pieces prove; None if that is outside of what is assumed."""
        one, other = self.one, self.other
        if pieces.equal:
            return say.on_regions(one, other, pieces, found, self._defined(found), self.assumed)
        if pieces.witness is None:
            return None if self.assumed else say.at_irrational(pieces, found)
        draw = agreement.exact_draw(pieces.witness, pieces.values)
        if self.assumed and not self.assumed.hold(draw.x, draw.values).all():
            return None
        apart = agreement.agree(one, other, [draw], agreement.WITNESS, progress=self.progress)
        return None if apart.apart is None else self._different(apart)

    def _sectors(self) -> sectors.Sectors | None:
        self.progress("comparing sector by sector", 0, 0)
        lines = self.one.straight_line, self.other.straight_line
        conditions = self.assumed.conditions
        return sectors.sectors(*lines, self.one.inputs, self._numbers(), self._chosen, conditions)

    def _defined(self, found: Agreement) -> str:
        """Where both are defined; empty if that is everywhere."""
        one, other = self.one, self.other
        if one.is_total and other.is_total:
            return ""
        if not self._small or max(one.least_length, other.least_length) > sectors.LONGEST:
            return sectors.SOMEWHERE
        said = sectors.defined_where(
            one.straight_line, other.straight_line, one.inputs, self._numbers(),
            self.assumed.conditions,
        )  # fmt: skip
        return said or (sectors.SOMEWHERE if found.defined < found.points else "")

    # -- more points
    @property
    def _needed(self) -> int:
        """How many points have to agree: with nothing that could vary, one."""
        one, other = self.one, self.other
        return _ENOUGH if len(one.inputs) or one.names or other.names else 1

    def _enough(self, given: list[Draw], found: Agreement) -> Agreement:
        """More points, until there are enough at which both are defined."""
        given = list(given)
        for more in range(_MORE):
            if found.defined >= _ENOUGH or found.apart is not None:
                break
            given += [draw for each in range(2**more) for draw in self.draws(f"{more} {each}")]
            found = agreement.agree(
                self.one, self.other, given, agreement.PROVING, progress=self.progress
            )
        return found

    def _look_longer(self, given: list[Draw]) -> Agreement:
        """With more bits, and then at more points: units may be active seldom."""
        given = list(given)
        found = agreement.agree(self.one, self.other, given, agreement.FINE, progress=self.progress)
        for more in range(_MORE):
            if found.apart is not None:
                return found
            further = self.draws(f"further {more}")
            given += further
            found = agreement.agree(
                self.one, self.other, further, agreement.PROVING, progress=self.progress
            )
        if found.apart is not None:
            return found
        return agreement.agree(
            self.one, self.other, given, agreement.PROVING, progress=self.progress
        )
