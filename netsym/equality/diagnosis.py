"""Diagnosis: where a formula departs from a network, and the single mistakes that explain it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.equality.agreement import PROVING, Draw, Radius, agree, draws, evaluate
from netsym.equality.anatomy import Anatomy, Unit
from netsym.equality.identity import identity
from netsym.equality.mutants import mutants, numbers_wrong
from netsym.equality.same_graph import together
from netsym.equality.sides import Subject, of_formula
from netsym.equality.substitution import Mutant, substituted
from netsym.forms.form import bind
from netsym.forms.values import Evaluation
from netsym.formula import Formula
from netsym.graph.copying import regrouped
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import literal
from netsym.graph.plan import Plan
from netsym.ops.proved.balls import precision, radius
from netsym.typed.carets import mistake
from netsym.wording import agreed

Floats = npt.NDArray[np.float64]

_CLOSE = 1e-9  # relative difference of values that may be the same
_MOST_CANDIDATES = 40  # mutants that are proved or refuted, of those that agree in float64
_MOST_NODES = 500  # of the network, for which all mistakes are tried; else near the departure
_MOST_MADE = 4_000_000  # nodes of all mutants together
_FEWEST = 50  # mutants, for networks of any size
_NONE = Fraction(0)
_ROOM = 1 + Fraction(1, 2**40)
_LARGEST = 200_000  # nodes: what is larger is not searched


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
    span: tuple[int, int] | None
    text: str
    tried: int
    thinkable: int

    def headline(self, start: str) -> str:
        """The mistake, if there is one that explains it; `start` is "this is your network"."""
        if len(self.mistakes) == 1:
            return f"{start} {self.mistakes[0]}"
        if self.mistakes:
            return f"{len(self.mistakes)} mistakes would explain it; {start}"
        return "no single mistake that was tried explains it"

    def listed(self) -> tuple[str, ...]:
        """The mistakes, where there are several."""
        return self.mistakes if len(self.mistakes) > 1 else ()

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

    Every unit of the network is looked for among the values of the formula, in float64; then the
    network is made with every single mistake, and what agrees with the formula is proved equal.
    """
    if one.network is None or one.network.count_nodes("layered") > _LARGEST:
        return None
    graph, (mine, theirs) = together([one, other])
    anatomy = Anatomy(one, graph, mine)
    given = draws(one, other, f"diagnosis {seed}", kinks=False)
    ends = theirs[other.graph.ends]
    typed = np.unique(theirs[theirs >= 0])
    search = _Values(one, graph, given)
    slack = _slack(one, other, given)
    present = search.among([unit.node for unit in anatomy.units], typed, slack)
    missing = [unit for unit, there in zip(anatomy.units, present, strict=True) if not there]
    departs = missing[0] if missing else None
    size = int((mine >= 0).sum())
    units = anatomy.units if size <= _MOST_NODES or departs is None else [departs]
    numbers = numbers_wrong(anatomy, *_unlike(graph, mine, theirs, other.typed_digits))
    every = [*mutants(anatomy, units), *numbers]
    found = every[: max(_FEWEST, _MOST_MADE // size)]
    made = substituted(graph, mine[one.graph.ends], found)
    _, first = np.unique(made, axis=0, return_index=True)
    first = np.sort(first)
    compact, places = regrouped(graph, np.concatenate([made.reshape(-1), ends]))
    quick = _Values(one, compact, given)
    close = first[quick.agreeing(places[made[first]], places[ends], slack)]
    proved = [
        found[number] for number in close[:_MOST_CANDIDATES].tolist()
        if _is(one, other, compact, places[made[number]], given)
    ]  # fmt: skip
    if proved:
        departs = next((unit for unit in anatomy.units if _touches(proved[0], unit)), departs)
    span = _span(other, theirs, search, anatomy, proved, typed, slack)
    text = other.parsed.text if other.parsed is not None else ""
    return Diagnosis(
        tuple(mutant.words for mutant in proved), departs, int(np.sum(present)),
        len(anatomy.units), span, text, len(found), len(every),
    )  # fmt: skip


def _numbers(graph: Graph, moved: Ids) -> set[int]:
    """The nodes that are numbers."""
    nodes = np.unique(moved[moved >= 0])
    found = nodes[graph.of_kind(nodes, frozenset({"constant"}))] if len(nodes) else nodes
    return set(found.tolist())


def _unlike(
    graph: Graph, mine: Ids, theirs: Ids, digits: Mapping[float | Fraction, Fraction]
) -> tuple[set[int], set[int]]:
    """The numbers of the network that the formula does not have, and the other way round.

    A decimal that is a number rounded is that number.
    """
    missing, extra = _numbers(graph, mine), _numbers(graph, theirs)
    missing, extra = missing - extra, extra - missing
    for typed in list(extra):
        value = Fraction(graph.number(typed))
        half = digits.get(graph.number(typed), Fraction(0))
        alike = {n for n in missing if 0 < abs(Fraction(graph.number(n)) - value) <= half}
        if alike:
            extra.remove(typed)
            missing -= alike
    return missing, extra


def _touches(mutant: Mutant, unit: Unit) -> bool:
    return not mutant.changes.keys().isdisjoint((unit.node, *unit.own))


class _Values:
    """Values of nodes of one graph at all points, (points, nodes)."""

    def __init__(self, one: Subject, graph: Graph, given: Sequence[Draw]) -> None:
        self.graph = graph
        self.given = given
        self.inputs = _inputs(graph, one)

    def of(self, nodes: Ids) -> Floats:
        """The values of some nodes."""
        run = Evaluation(Plan(self.graph, self.inputs, np.asarray(nodes, dtype=np.int32)))
        return np.concatenate([run(draw.x, draw.values) for draw in self.given])

    def among(self, nodes: Sequence[int], known: Ids, slack: Floats) -> list[bool]:
        """Whether each node has the values of one of the known ones."""
        theirs = self.of(known)
        mine = self.of(np.array(nodes, dtype=np.int32))
        room = slack.max(axis=1) if slack.any() else np.zeros(len(theirs))
        return [bool(_same(theirs, c[:, None], room[:, None]).any()) for c in mine.T]

    def agreeing(
        self, made: npt.NDArray[np.int32], ends: Ids, slack: Floats
    ) -> npt.NDArray[np.int64]:
        """Which rows of nodes have the values of the ends."""
        wanted = self.of(ends)
        flat, places = np.unique(made, return_inverse=True)
        values = self.of(flat)[:, places.reshape(made.shape)]  # (points, mutants, outputs)
        near = _close(values, wanted[:, None, :], slack[:, None, :])
        return np.flatnonzero(near.all(axis=(0, 2)))


def _close(values: Floats, wanted: Floats, slack: Floats) -> npt.NDArray[Any]:
    """Where values agree, or neither of them is a number."""
    with np.errstate(all="ignore"):
        room = _CLOSE * np.maximum(np.abs(wanted), 1e-30) + slack * (1 + _CLOSE)
        undefined = ~(np.isfinite(values) | np.isfinite(wanted))
        return np.where(undefined, True, np.abs(values - wanted) <= room)


def _same(values: Floats, wanted: Floats, slack: Floats) -> npt.NDArray[Any]:
    """Which columns agree at all points."""
    return np.asarray(_close(values, wanted, slack).all(axis=0))


def _inputs(graph: Graph, one: Subject) -> Ids:
    names = {name: i for i, name in enumerate(one.inputs.all())}
    ids, found = np.zeros(len(names), dtype=np.int32), set()
    for block in graph.blocks:
        if block.op == "symbol":
            for row in range(len(block)):
                place = names.get(block.payload.ascii(row))  # type: ignore[union-attr]
                if place is not None:
                    ids[place] = block.start + row
                    found.add(place)
    unused = [place for place in range(len(names)) if place not in found]
    if unused:  # the graph has no symbols for inputs that nothing reads
        all_names = one.inputs.all()
        ids[unused] = graph.symbols(literal(*(all_names[place] for place in unused)))
    return ids


def _slack(one: Subject, other: Subject, given: Sequence[Draw]) -> Floats:
    """How far the typed digits let every output be off, (points, outputs)."""
    typed = typed_radius(other, one)
    rows = []
    for draw in given:
        if typed is not None:
            balls, _ = evaluate(other, draw, 128, typed)
            with precision(128):
                off = np.array([min(radius(b), 1e300) for b in balls.flat]).reshape(balls.shape)
        else:
            off = np.zeros((len(draw.x), len(other.outputs)))
        rows.append(off)
    return np.concatenate(rows)


def _is(
    one: Subject, other: Subject, graph: Graph, ends: npt.NDArray[np.int32], given: Sequence[Draw]
) -> bool:
    """Whether the mutant with these outputs is proved to be the formula."""
    small, places = regrouped(graph, np.concatenate([ends, _inputs(graph, one)]))
    formula = Formula(small, _inputs(small, one), bind(literal(*one.outputs), places[ends]))
    mutant = dataclasses.replace(of_formula(formula, "the mutant"), inputs=one.inputs)
    typed = typed_radius(other, one)
    if typed is not None:
        loose = agree(mutant, other, given, PROVING, (None, typed))
        return loose.apart is None and loose.defined > 0
    found = identity(mutant.read, other.read, one.inputs, len(one.outputs), "diagnosis")
    return found is not None and found.convinces


def _span(
    other: Subject,
    theirs: Ids,
    search: _Values,
    anatomy: Anatomy,
    proved: Sequence[Mutant],
    typed: Ids,
    slack: Floats,
) -> tuple[int, int] | None:
    """Where the text departs: what a mistake made, or the innermost part that is not known."""
    if other.parsed is None:
        return None
    spans = {
        int(theirs[node]): span
        for node, span in other.parsed.spans.items()
        if node < len(theirs) and theirs[node] >= 0
    }
    room = slack.max(axis=1) if slack.any() else np.zeros(len(slack))
    if proved:
        made = search.of(np.array([*proved[0].changes.values()], dtype=np.int32))
        values = search.of(typed)
        for column in made.T:
            same = typed[_same(values, column[:, None], room[:, None])]
            places = [spans[node] for node in same.tolist() if node in spans]
            if places:
                return max(places, key=lambda span: (span[1] - span[0], -span[0]))
    known = {unit.node for unit in anatomy.units} | {n for u in anatomy.units for n in u.own}
    found = search.among(typed.tolist(), np.array(sorted(known), dtype=np.int32), slack)
    have = dict(zip(typed.tolist(), found, strict=True))
    node = int(theirs[other.graph.ends[0]])
    while True:
        below = [n for n in anatomy.operands(node) if not have.get(n, True) and n in spans
                 and anatomy.operands(n)]  # fmt: skip
        if not below:
            return spans.get(node)
        node = below[0]


def typed_radius(typed: Subject, network: Subject) -> Radius | None:
    """How far the decimals of a typed formula may be off, against a network with numbers.

    A decimal that is a number of the network has no room, and one that is such a number rounded has
    half of its last digit. If most are so, the formula copies the network, and the others have no
    room either; if not, it is in another form, and all have room. Against what was typed as well
    there is no room; the answer is None where there is none.
    """
    digits = {value: half * _ROOM for value, half in typed.typed_digits.items() if value}
    numbers = _sizes(network)
    if not digits or not len(numbers):
        return None
    room, copied = {}, 0
    for value, half in digits.items():
        place = int(np.searchsorted(numbers, abs(float(value))))
        around = numbers[max(place - 1, 0) : place + 2].tolist()
        closest = min(abs(Fraction(number) - abs(Fraction(value))) for number in around)
        copied += closest <= half
        if 0 < closest <= half:
            room[value] = half
    if 2 * copied < len(digits):
        room = digits
    return (lambda value: room.get(value, _NONE)) if room else None


def _sizes(side: Subject) -> Floats:
    """The sizes of all float64 numbers of a network or a formula that was not typed, sorted."""
    arrays: list[Floats] = []
    if side.network is not None:
        for placed in side.network.layers:
            entries = (p.entries for p in placed.parameters.values() if p.entries is not None)
            arrays += [
                np.array([e for e in array.reshape(-1).tolist() if isinstance(e, float)])
                for array in entries
            ]
    elif side.parsed is None:
        blocks = (block.payload for block in side.graph.graph.blocks if block.op == "constant")
        arrays = [payload for payload in blocks if isinstance(payload, np.ndarray)]
    return np.sort(np.abs(np.concatenate(arrays))) if arrays else np.empty(0)
