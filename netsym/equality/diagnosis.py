"""Diagnosis: where a formula departs from a network, and the mistakes that explain it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from netsym.equality import spans
from netsym.equality.anatomy import Anatomy, Unit
from netsym.equality.recognition import Recognition
from netsym.equality.same_graph import together
from netsym.equality.search import Together, double, single
from netsym.equality.sides import Subject
from netsym.equality.substitution import Mutant
from netsym.equality.typed_numbers import taken
from netsym.typed.carets import Span, mistake
from netsym.wording import agreed

_LARGEST = 200_000  # nodes: what is larger is not searched
_MOST_TERMS = 1000  # of units, that are looked for in the formula


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known of the mistake in a formula.

    `departs` is the first unit of the network that the formula does not contain, `present` how
    many it contains of how many. `mistakes` are the single mistakes that turn the network into the
    formula, proved; the words complete "this is your network …"; `tried` of `thinkable` mistakes
    were tried. `span` is where the formula departs in the text.
    """

    mistakes: tuple[str, ...]
    departs: Unit | None
    present: int
    units: int
    span: Span | None
    text: str
    tried: int
    thinkable: int

    def headline(self, start: str) -> str:
        """The mistake, if there is one that explains it; `start` is "this is your network"."""
        if len(self.mistakes) == 1:
            return f"{start} {self.mistakes[0]}"
        if self.mistakes:
            return f"{start} with one of {len(self.mistakes)} mistakes, each of which explains it"
        return "no single mistake that was tried explains it"

    def listed(self) -> tuple[str, ...]:
        """The mistakes, where it is one of several."""
        if len(self.mistakes) < 2:
            return ()
        return (f"either {self.mistakes[0]}", *(f"or {each}" for each in self.mistakes[1:]))

    def reasons(self) -> list[str]:
        """Which part of the network the formula has."""
        if self.departs is None:
            return []
        some = self.present < self.units and self.units > 1
        are = agreed(self.present, "is", "are")
        there = f"; {self.present} of {self.units} units {are} there" if some else ""
        found = [f"it departs at {self.departs.where}{there}"]
        if self.tried < self.thinkable and not self.mistakes:
            found.append(f"{self.tried:,} of {self.thinkable:,} single mistakes were tried")
        return found

    def caret(self, ascii: bool = False) -> str:
        """The text with carets under where it departs; `?` for what ASCII does not have."""
        assert self.span is not None
        text = str(mistake("", self.text, self.span)).removeprefix("\n")
        return text.encode("ascii", "replace").decode() if ascii else text

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        departs = self.departs
        return {
            "mistakes": list(self.mistakes),
            "departs": None
            if departs is None
            else {"layer": departs.layer, "unit": departs.number, "name": departs.name},
            "units": {"present": self.present, "of": self.units},
            "span": None if self.span is None else list(self.span),
        }


def diagnose(one: Subject, other: Subject, seed: int = 0) -> Diagnosis | None:
    """Explain why `other` is not the network `one`; None where nothing can be said.

    Every unit of the network is looked for among the values of the formula, in float64 at points
    that are always the same. Then the network is made with every single mistake, or else with two,
    and what agrees with the formula is proved equal to it, at points that `seed` chooses.
    """
    if one.network is None or one.network.count_nodes("layered") > _LARGEST:
        return None
    graph, (mine, theirs) = together([one, other])
    both = Together(one, other, graph, mine, taken(graph, mine, theirs, other.typed_digits))
    values = Recognition(one, graph)
    units, present = both.anatomy.units, _present(both, values)
    missing = [unit for unit, there in zip(units, present, strict=True) if not there]
    departs = missing[0] if missing else None
    alone = single(both, departs)
    proved = alone.proved(seed)
    if proved:
        touched = (unit for unit in units if _touches(both.anatomy, proved[0], unit))
        departs = next(touched, departs)
    else:
        proved = double(both, alone, values, missing).proved(seed)
    first = proved[0] if proved else None
    span = spans.departs(both, values, first, other.parsed) if other.parsed is not None else None
    return Diagnosis(
        tuple(dict.fromkeys(mutant.words for mutant in proved)), departs, sum(present), len(units),
        span, other.parsed.text if other.parsed is not None else "",
        len(alone.mutants), alone.thinkable,
    )  # fmt: skip


def _present(both: Together, values: Recognition) -> list[bool]:
    """Which units the formula has: by their values, in a term, or inside of one that it has."""
    anatomy, units = both.anatomy, both.anatomy.units
    known = {unit.node: number for number, unit in enumerate(units)}
    there = values.among([unit.node for unit in units], both.typed)
    terms = list(anatomy.weighted(known).items())[:_MOST_TERMS]
    either = [node for term, _ in terms for node in (term, anatomy.negative(term))]
    found = values.among(either, both.typed) if terms else []
    for number, (_, unit) in enumerate(terms):
        there[known[unit]] |= found[2 * number] or found[2 * number + 1]
    for number in reversed(range(len(units))):
        for node in anatomy.values(units[number]) if there[number] else ():
            if node in known:
                there[known[node]] = True
    return there


def _touches(anatomy: Anatomy, mutant: Mutant, unit: Unit) -> bool:
    """Whether a mistake is in a unit, or in a name or a number that it has."""
    leaves = (n for node in unit.own for n in anatomy.operands(node) if not anatomy.operands(n))
    return not mutant.changes.keys().isdisjoint((unit.node, *unit.own, *leaves))
