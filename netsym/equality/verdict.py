"""The verdict: the first step of a ladder that settles whether two functions are equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields, replace
from math import inf
from typing import Any

from netsym.equality.agreement import (
    FINE,
    PROVING,
    QUICK,
    Agreement,
    Counterexample,
    Draw,
    agree,
    draws,
    seen_both_ways,
)
from netsym.equality.excuses import rounded, within
from netsym.equality.identity import Identity, identity
from netsym.equality.piecewise import Regions, exact_on_regions
from netsym.equality.same_graph import same_graph
from netsym.equality.sides import Subject, in_decimals
from netsym.equality.stand_ins import (
    Explained,
    StandIn,
    as_stored,
    beyond_rounding,
    explained,
    in_words,
)
from netsym.wording import at_most, plural
from netsym.writers.language import Watcher, no_watcher

#: The verdicts, from the most certain; each with the exit code of the command line.
VERDICTS = {
    "structural": 0, "identical": 0, "exact-on-regions": 0, "within-error": 0,
    "different": 1, "undecided": 4,
}  # fmt: skip

#: The size of inputs for which a bound is given.
BOX = 10.0

_ENOUGH = 16  # real points that must agree
_SMALL = 50_000  # parameters of networks that are also compared as graphs
_MORE = 6  # times that more points are drawn, where values are not defined everywhere


@dataclass(frozen=True, slots=True)
class Numbers:
    """What a verdict rests on, in numbers; None is what it does not rest on.

    Of `points` points both functions are defined at `defined`, known there to `bits` bits, and
    differ by at most `gap`; of `units` places with a kink, `seen` were seen on both sides of it.
    `errors` say how far float64 is off on either side, `broken` at how many points it overflows.
    `chance` is log2 of the chance of an accident in finite fields, `heuristic` says whether that
    assumes anything. `exact` is the number of points compared in exact fractions, `bound` how far
    they are apart at most wherever all inputs are within ±10.
    """

    points: int = 0
    defined: int = 0
    bits: int = 0
    gap: float | None = None
    units: int = 0
    seen: int = 0
    errors: tuple[float, ...] = ()
    broken: tuple[int, ...] = ()
    chance: float | None = None
    heuristic: bool = False
    exact: int = 0
    bound: float | None = None
    reading: str = ""
    evidence: str = ""
    stand_ins: tuple[StandIn, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; what is not finite is null."""
        kept = {each.name: getattr(self, each.name) for each in fields(self)}
        return {key: None if kept[key] in (inf, -inf) else kept[key] for key in kept} | {
            "errors": list(self.errors), "broken": list(self.broken),
            "stand_ins": [each.to_json() for each in self.stand_ins],
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found, the reasons one by one, and a counterexample if there is one."""

    name: str
    because: str
    evidence: tuple[str, ...]
    counterexample: Counterexample | None = None
    numbers: Numbers = Numbers()


def judge(
    one: Subject,
    other: Subject,
    seed: int = 0,
    tolerance: float | None = None,
    progress: Watcher = no_watcher,
    box: float = BOX,
) -> Verdict:
    """Go down the ladder: structural, identical, exact on regions, within error, or different.

    Both have the same inputs and outputs (see `aligned`). Numbers are read as the decimals that
    they are written as, and as float64 stores them: either settles it. `tolerance` is a difference
    that is allowed; what rounding does is bounded for inputs within ±`box`. Nothing is rounded up:
    what is neither proved nor refuted is undecided. The points are always the same; another `seed`
    adds others to them. `progress` is told how far it is.
    """
    progress("choosing points", 0, 0)
    chosen = f"{one.fingerprint} {other.fingerprint}"
    given = draws(one, other, chosen)
    if seed:
        given = [*draws(one, other, f"{chosen} {seed}"), *given]
    found = []
    readings = _readings(one, other)
    for pair in readings:
        verdict = _read_as(*pair, given, chosen, progress)
        if len(readings) > 1 or pair[0].decimals:
            verdict = _with_reading(
                verdict, "decimals" if pair[0].decimals else "stored", one, other
            )
        if not VERDICTS[verdict.name]:
            return verdict
        found.append(verdict)
    for verdict in found:
        if verdict.name == "undecided":
            return verdict
    progress("looking for what typed numbers stand for", 0, 0)
    if as_stored(one, other):
        return _as_stored(one, other, found[0].numbers)
    excuse = rounded(one, other, given)
    pair = in_decimals(one), in_decimals(other)
    place = found[0].counterexample.place if found[0].counterexample else None
    known = explained(*pair, given, place) if excuse is None and place is not None else None
    if known is not None:
        return _stand_for(*pair, known, found[0].numbers, box)
    if excuse is None and tolerance is not None:
        excuse = within(one, other, given, tolerance)
    if excuse is not None:
        numbers = replace(found[0].numbers, gap=excuse.gap)
        return Verdict("within-error", excuse.because, excuse.evidence, numbers=numbers)
    said = _of_rounding(*pair, given, found[0])
    return replace(found[0], evidence=(*found[0].evidence, *said))


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


def _read_as(
    one: Subject, other: Subject, given: list[Draw], chosen: str, progress: Watcher
) -> Verdict:
    """The verdict if numbers are what the sides say that they are: proved, or undecided."""
    size = max(one.parameter_count, other.parameter_count)
    precisions = QUICK if size <= _SMALL else PROVING
    found = agree(one, other, given, precisions, progress=progress)
    if found.apart is None and found.defined < found.points:  # perhaps not known well enough
        found = agree(one, other, given, FINE, progress=progress)
    if found.apart is not None:
        return _different(one, other, found.apart, found)
    if size <= _SMALL and same_graph(one, other):
        evidence = (_in_numbers(found), *_float_words(one, other, found))
        because = f"{one.words} and {other.words} are the same expression, node for node"
        return Verdict("structural", because, evidence, numbers=_numbers(found))
    progress("comparing in finite fields", 0, 0)
    fields = identity(one.read, other.read, one.inputs, len(one.outputs), chosen, size)
    if fields is not None and fields.convinces:
        given = list(given)
        for more in range(_MORE):
            if found.defined >= _ENOUGH or found.apart is not None:
                break
            given += draws(one, other, f"{chosen} {more}")
            found = agree(one, other, given, PROVING, progress=progress)
        enough = _ENOUGH if len(one.inputs) or one.names or other.names else 1
        if found.defined >= enough and found.apart is None:
            return _identical(one, other, fields, found)
    found = _look_longer(one, other, list(given), chosen, progress)
    if found.apart is not None:
        return _different(one, other, found.apart, found)
    regions = exact_on_regions(one, other, given)
    if regions is not None and regions.seen == regions.units and regions.apart:
        because = (
            "both are piecewise rational, and equal in exact fractions at points that see every "
            "unit with a kink active and inactive"
        )
        numbers = _numbers(found, regions=regions)
        return Verdict("exact-on-regions", because, (str(regions),), numbers=numbers)
    return _undecided(fields, found, regions)


def _look_longer(
    one: Subject, other: Subject, given: list[Draw], chosen: str, progress: Watcher
) -> Agreement:
    """With more bits, and then at more points, which are added to those given.

    Where units are seldom active, a difference is seldom seen.
    """
    found = agree(one, other, given, FINE, progress=progress)
    for more in range(_MORE):
        if found.apart is not None:
            return found
        further = draws(one, other, f"{chosen} further {more}")
        given += further
        found = agree(one, other, further, PROVING, progress=progress)
    return found if found.apart else agree(one, other, given, PROVING, progress=progress)


def _identical(one: Subject, other: Subject, fields: Identity, found: Agreement) -> Verdict:
    names = dict.fromkeys([*one.names, *other.names])
    because = f"{one.words} and {other.words} are the same function"
    if found.defined < found.points or _may_be_undefined(one) or _may_be_undefined(other):
        because += " where both are defined"
    if names:
        because += f", for all values of {_few(list(names))}"
    evidence = (f"as functions: {fields}", _in_numbers(found), *_float_words(one, other, found))
    return Verdict("identical", because, evidence, numbers=_numbers(found, fields))


_AS = {
    "decimals": "with every number as the decimal that it is written as",
    "stored": "with every number as float64 stores it",
}


def _with_reading(verdict: Verdict, reading: str, one: Subject, other: Subject) -> Verdict:
    """The verdict that says how numbers were read, if another way was tried before."""
    numbers = replace(verdict.numbers, reading=reading)
    first = "decimals" if one.parsed is not None or other.parsed is not None else "stored"
    if reading == first or VERDICTS[verdict.name]:
        return replace(verdict, numbers=numbers)
    return replace(verdict, because=f"{verdict.because}, {_AS[reading]}", numbers=numbers)


def _as_stored(one: Subject, other: Subject, known: Numbers) -> Verdict:
    """Long decimals that were typed, which are numbers that float64 stores."""
    because = f"{one.words} and {other.words} are the same function, {_AS['stored']}"
    return Verdict("identical", because, (), numbers=replace(known, reading="stored"))


def _stand_for(
    one: Subject, other: Subject, known: Explained, numbers: Numbers, box: float
) -> Verdict:
    """Within the room that typed digits, or arithmetic, leave to the numbers."""
    because = (
        f"{in_words(known.stand_ins)}; with that, {one.words} and {other.words} are the same "
        "function"
    )
    if known.fields is None:
        because += " as far as numbers tell (not proved)"
        evidence = [
            f"the numbers are no simple fractions; at {plural(known.points, 'point')} the values "
            "agree to 120 bits with them"
        ]
    else:
        evidence = [f"as functions: {known.fields}"]
    bound = known.bound(one, other, box)
    evidence.append(
        "no bound is proved of how far they are apart as written"
        if bound is None
        else f"as written they differ by at most {at_most(bound)} wherever all inputs are within "
        f"±{box:g} (proved)"
    )
    made = replace(
        numbers,
        evidence="numeric" if known.fields is None else "proved",
        bound=bound,
        gap=None,
        stand_ins=known.stand_ins,
        chance=None if known.fields is None else known.fields.chance,
        heuristic=known.fields is not None and known.fields.heuristic,
    )
    return Verdict("within-error", because, tuple(evidence), numbers=made)


def _of_rounding(
    one: Subject, other: Subject, given: Sequence[Draw], found: Verdict
) -> Iterator[str]:
    """Whether some rounding of typed numbers would explain a difference."""
    if not any(
        side.parsed and any(n.half for n in side.straight_line.numbers) for side in (one, other)
    ):
        return
    assert found.counterexample is not None
    place = found.counterexample.place
    loose = explained(one, other, given, place, loose=True)
    if loose is not None:
        yield f"if more than the last digit were rounded: {in_words(loose.stand_ins)}"
    elif beyond_rounding(one, other, place):
        yield "no rounding of the decimals that were typed can explain it"
    else:
        yield "no rounding of the decimals that were typed was found that explains it"


def _may_be_undefined(side: Subject) -> bool:
    """Whether a formula has anything that does not exist everywhere."""
    if side.formula is None:
        return False
    graph = side.formula.graph
    used = (block.op for block, _ in graph.walk(side.formula.mask))
    return any(op in ("divide", "power", "log", "sqrt", "tan") for op in used)


def _different(one: Subject, other: Subject, apart: Counterexample, found: Agreement) -> Verdict:
    output = f"output {apart.output}, " if len(one.outputs) > 1 else ""
    mine, theirs = apart.short
    because = f"at {apart.place}: {output}{one.words} is {mine}, {other.words} is {theirs} (proved)"
    evidence = (f"{apart.one} and {apart.other} ({found.bits} bits) do not overlap",)
    return Verdict("different", because, evidence, apart, _numbers(found))


def _undecided(fields: Identity | None, found: Agreement, regions: Regions | None) -> Verdict:
    reasons = [_in_numbers(found)]
    if fields is None or not fields.holds:
        reasons.append(
            "as functions: no law that the finite fields know makes them equal, which is no proof "
            "that they differ (netsym laws)"
        )
    elif not fields.convinces:
        reasons.append(f"as functions: {fields}; that is too large to be a proof")
    else:
        reasons.append(
            f"as functions they are equal ({fields}), but fewer than {_ENOUGH} real points agree "
            "where both are defined"
        )
    if regions is not None:
        reasons.append(str(regions))
        if not regions.apart:
            reasons.append(
                "with several inputs, points would have to see all combinations of active units, "
                "not each unit on both sides"
            )
    because = "neither proved equal nor proved different"
    return Verdict("undecided", because, tuple(reasons), numbers=_numbers(found, fields, regions))


def _numbers(
    found: Agreement, fields: Identity | None = None, regions: Regions | None = None
) -> Numbers:
    """What was found, as numbers alone; a chance is that of functions that are equal."""
    known = Numbers(
        found.points, found.defined, found.bits, found.bound if found.defined else None,
        found.units, found.seen, tuple(floats.error for floats in found.floats),
        tuple(floats.broken for floats in found.floats),
    )  # fmt: skip
    if fields is not None and fields.holds:
        known = replace(known, chance=fields.chance, heuristic=fields.heuristic)
    if regions is not None:
        known = replace(known, exact=regions.points, units=regions.units, seen=regions.seen)
    return known


# -- what is said of points ---------------------------------------------------------------------
def _in_numbers(found: Agreement) -> str:
    if not found.defined:
        return "in numbers: at none of the points that were tried both are defined"
    said = (
        f"in numbers: at {plural(found.defined, 'point')} the proved intervals overlap, and the "
        f"values there differ by at most {found.bound:.2g} ({found.bits} bits)"
    )
    if found.units:
        said += f"; of {seen_both_ways(found.units, found.seen)}"
    if found.defined < found.points:
        said += (
            f"; at {plural(found.points - found.defined, 'more point')} a value is not defined, is "
            "too large, or is not known well enough"
        )
    return said


def _float_words(one: Subject, other: Subject, found: Agreement) -> Iterator[str]:
    for side, floats in zip((one, other), found.floats, strict=True):
        said = (
            f"in float64: {side.words} is off by at most {floats.error:.2g} (relative) at these "
            "points"
        )
        if floats.broken:
            said += f", and overflows or is not a number at {plural(floats.broken, 'point')}"
        yield said


def _few(names: Sequence[str]) -> str:
    if len(names) <= 4:
        return ", ".join(names)
    return f"{names[0]}, {names[1]}, … {names[-1]} ({len(names):,} names)"
