"""The verdict: the first step of a ladder that settles whether two functions are equal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
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
from netsym.equality.excuses import within_error
from netsym.equality.identity import Identity, identity
from netsym.equality.piecewise import Regions, exact_on_regions
from netsym.equality.same_graph import same_graph
from netsym.equality.sides import Subject
from netsym.wording import plural
from netsym.writers.language import Watcher, no_watcher

#: The verdicts, from the most certain; each with the exit code of the command line.
VERDICTS = {
    "structural": 0, "identical": 0, "exact-on-regions": 0, "within-error": 0,
    "different": 1, "undecided": 4,
}  # fmt: skip

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

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; what is not finite is null."""
        kept = asdict(self)
        return {key: None if kept[key] in (inf, -inf) else kept[key] for key in kept} | {
            "errors": list(self.errors), "broken": list(self.broken),
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
) -> Verdict:
    """Go down the ladder: structural, identical, exact on regions, within error, or different.

    Both have the same inputs and outputs (see `aligned`). `tolerance` is a difference that is
    allowed. Nothing is rounded up: what is neither proved nor refuted is undecided. `progress` is
    told how far it is.
    """
    size = max(one.parameter_count, other.parameter_count)
    progress("choosing points", 0, 0)
    chosen = f"{seed} {one.fingerprint} {other.fingerprint}"
    given = draws(one, other, chosen)
    precisions = QUICK if size <= _SMALL else PROVING
    found = agree(one, other, given, precisions, progress=progress)
    if found.apart is None and found.defined < found.points:  # perhaps not known well enough
        found = agree(one, other, given, FINE, progress=progress)
    if found.apart is not None:
        return _apart(one, other, given, found, tolerance)
    if size <= _SMALL and same_graph(one, other):
        evidence = (_in_numbers(found), *_float_words(one, other, found))
        because = f"{one.words} and {other.words} are the same expression, node for node"
        return Verdict("structural", because, evidence, numbers=_numbers(found))
    progress("comparing in finite fields", 0, 0)
    fields = identity(one.read, other.read, one.inputs, len(one.outputs), chosen, size)
    if fields is not None and fields.convinces:
        for more in range(_MORE):
            if found.defined >= _ENOUGH or found.apart is not None:
                break
            given += draws(one, other, f"{chosen} {more}")
            found = agree(one, other, given, PROVING, progress=progress)
        enough = _ENOUGH if len(one.inputs) or one.names or other.names else 1
        if found.defined >= enough and found.apart is None:
            return _identical(one, other, fields, found)
    found = _look_longer(one, other, given, chosen, progress)
    if found.apart is not None:
        return _apart(one, other, given, found, tolerance)
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


def _apart(
    one: Subject, other: Subject, given: list[Draw], found: Agreement, tolerance: float | None
) -> Verdict:
    """Within an error that has a cause, or else different."""
    excuse = within_error(one, other, given, tolerance)
    if excuse is not None:
        numbers = replace(_numbers(found), gap=excuse.gap)
        return Verdict("within-error", excuse.because, excuse.evidence, numbers=numbers)
    assert found.apart is not None
    return _different(one, other, found.apart, found)


def _identical(one: Subject, other: Subject, fields: Identity, found: Agreement) -> Verdict:
    names = dict.fromkeys([*one.names, *other.names])
    because = f"{one.words} and {other.words} are the same function"
    if found.defined < found.points or _may_be_undefined(one) or _may_be_undefined(other):
        because += " where both are defined"
    if names:
        because += f", for all values of {_few(list(names))}"
    evidence = (f"as functions: {fields}", _in_numbers(found), *_float_words(one, other, found))
    return Verdict("identical", because, evidence, numbers=_numbers(found, fields))


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
