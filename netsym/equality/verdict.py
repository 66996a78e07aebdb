"""Verdicts: what was found of two functions, in a word, in sentences and in numbers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import inf
from typing import TYPE_CHECKING, Any, NamedTuple

from netsym.equality.sides import Subject
from netsym.later import later
from netsym.wording import agreed, at_most, plural

if TYPE_CHECKING:  # what later steps of the ladder find
    from netsym.equality import identity
    from netsym.equality.agreement import Agreement, Counterexample
    from netsym.equality.assumptions import Assumptions
    from netsym.equality.excuses import Excuse
    from netsym.equality.identity import Identity
    from netsym.equality.sectors import Sectors
    from netsym.equality.stand_ins import Explained, StandIn
    from netsym.equality.terms import Terms
    from netsym.equality.tolerance import Tolerated
    from netsym.pieces.everywhere import Everywhere
else:
    identity = later("netsym.equality.identity")

#: The verdicts, from the most certain; each with the exit code of the command line.
VERDICTS = {
    "structural": 0, "identical": 0, "exact-on-regions": 0, "within-error": 0,
    "different": 1, "undecided": 4,
}  # fmt: skip

_AS = {
    "decimals": "with every number as the decimal that it is written as",
    "stored": "with every number as float64 stores it",
}


class Numbers(NamedTuple):
    """What a verdict rests on, in numbers; None is what it does not rest on.

    Of `points` points both functions are defined at `defined`, known there to `bits` bits, and
    differ by at most `gap`; of `units` places with a kink, `seen` were seen on both sides of it.
    `errors` say how far float64 is off on either side, `broken` at how many points it overflows.
    `chance` is log2 of the chance of an accident in finite fields, `heuristic` says whether that
    assumes anything. `pieces` is how many pieces were compared exactly, `sectors` how many sectors,
    `bound` how far they are apart at most wherever all inputs are within the box.

    `reading` says how numbers were read where that matters: "decimals", or as "stored" in float64.
    `stand_ins` are typed numbers that stand for others; `evidence` is "proved", or "numeric" where
    points alone say that the functions are the same with them.
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
    pieces: int = 0
    sectors: int = 0
    bound: float | None = None
    reading: str = ""
    evidence: str = ""
    stand_ins: tuple[StandIn, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; what is not finite is null."""
        kept = self._asdict()
        return {key: None if kept[key] in (inf, -inf) else kept[key] for key in kept} | {
            "errors": list(self.errors), "broken": list(self.broken),
            "stand_ins": [each.to_json() for each in self.stand_ins],
        }  # fmt: skip


class Verdict(NamedTuple):
    """What was found, the reasons one by one, and a counterexample if there is one."""

    name: str
    because: str
    evidence: tuple[str, ...]
    counterexample: Counterexample | None = None
    numbers: Numbers = Numbers()


def structural(one: Subject, other: Subject, found: Agreement | None = None) -> Verdict:
    """The same expression, node for node; seen in numbers, too, if they were looked at."""
    because = f"{one.words} and {other.words} are the same expression, node for node"
    if found is None:
        return Verdict("structural", because, ())
    return Verdict(
        "structural", because, tuple(_at_points(one, other, found)), numbers=_numbers(found)
    )


def identical(
    one: Subject,
    other: Subject,
    proof: Identity | Sectors,
    found: Agreement,
    defined: str,
    assumed: Assumptions,
) -> Verdict:
    """The same function by the finite fields, perhaps in every sector.

    `defined` says where, if not everywhere.
    """
    known = _numbers(found)._replace(
        chance=proof.chance, heuristic=proof.heuristic,
        sectors=0 if isinstance(proof, identity.Identity) else proof.compared,
    )  # fmt: skip
    evidence = (f"as functions: {proof}", *_at_points(one, other, found))
    return Verdict("identical", _same(one, other, defined, assumed), evidence, numbers=known)


def on_regions(
    one: Subject,
    other: Subject,
    proof: Everywhere,
    found: Agreement,
    defined: str,
    assumed: Assumptions,
) -> Verdict:
    """The same function on every piece, exactly."""
    known = _numbers(found)._replace(pieces=proof.pieces)
    evidence = (f"exactly: {proof.how}", *_at_points(one, other, found))
    return Verdict("exact-on-regions", _same(one, other, defined, assumed), evidence, numbers=known)


def _same(one: Subject, other: Subject, defined: str, assumed: Assumptions) -> str:
    """That both are the same function, where and for what."""
    names = list(dict.fromkeys([*one.names, *other.names]))
    said = f"{one.words} and {other.words} are the same function"
    said += f" {defined}" if defined else ""
    said += f", for all values of {_few(names)}" if names else ""
    return f"{said}, {assumed}" if assumed else said


def with_reading(verdict: Verdict, reading: str, one: Subject, other: Subject) -> Verdict:
    """The verdict that says how numbers were read, if another way was tried before."""
    numbers = verdict.numbers._replace(reading=reading)
    first = "decimals" if one.parsed is not None or other.parsed is not None else "stored"
    if reading == first or VERDICTS[verdict.name]:
        return verdict._replace(numbers=numbers)
    return verdict._replace(because=f"{verdict.because}, {_AS[reading]}", numbers=numbers)


def as_stored(one: Subject, other: Subject, known: Numbers) -> Verdict:
    """Long decimals that were typed, which are numbers that float64 stores."""
    because = f"{one.words} and {other.words} are the same function, {_AS['stored']}"
    return Verdict("identical", because, (), numbers=known._replace(reading="stored"))


def stand_for(
    one: Subject, other: Subject, known: Explained, numbers: Numbers, box: float
) -> Verdict:
    """Within the room that typed digits, or arithmetic, leave to the numbers."""
    from netsym.equality.stand_ins import AGREED, in_words

    because = (
        f"{in_words(known.stand_ins)}; with that, {one.words} and {other.words} are the same "
        "function"
    )
    if not known.proof:
        because += " as far as numbers tell (not proved)"
        evidence = [
            f"the numbers are no simple fractions; at {plural(known.points, 'point')} the values "
            f"agree to {AGREED} bits with them"
        ]
    else:
        evidence = [known.proof]
    bound = known.bound(len(one.inputs), box)
    evidence.append(
        "no bound is proved of how far they are apart as written"
        if bound is None
        else f"as written they differ by at most {at_most(bound)} wherever all inputs are within "
        f"±{box:g} (proved)"
    )
    made = numbers._replace(
        evidence="proved" if known.proof else "numeric", bound=bound, gap=None,
        stand_ins=known.stand_ins, chance=known.chance, heuristic=known.heuristic,
    )  # fmt: skip
    return Verdict("within-error", because, tuple(evidence), numbers=made)


def excused(excuse: Excuse, numbers: Numbers) -> Verdict:
    """Within an error that has a cause."""
    known = numbers._replace(gap=excuse.gap)
    return Verdict("within-error", excuse.because, excuse.evidence, numbers=known)


def within_tolerance(one: Subject, known: Tolerated, numbers: Numbers, terms: Terms) -> Verdict:
    """At most so far apart in the box as a tolerance allows."""
    assert known.bound is not None
    largest = f"{terms.tolerance:g}" if known.bound == terms.tolerance else at_most(known.bound)
    because = (
        f"they differ by at most {largest}, within the tolerance of {terms.tolerance:g}, wherever "
        f"{terms.inside(one.inputs.all())}"
    )
    made = numbers._replace(evidence="proved", bound=known.bound, gap=known.found.bound)
    return Verdict("within-error", because, (f"proved {known.proof}",), numbers=made)


def beyond_tolerance(one: Subject, other: Subject, found: Agreement, terms: Terms) -> Verdict:
    """A point at which they differ by more than a tolerance allows."""
    made = different(one, other, found)
    return made._replace(because=f"{made.because}, more than {terms.tolerance:g} apart")


def not_within_tolerance(one: Subject, found: Agreement, terms: Terms) -> Verdict:
    """No point shows more than a tolerance allows, and there is no proof that none does."""
    box = terms.inside(one.inputs.all())
    reason = (
        f"at {plural(found.defined, 'point')} where {box} they differ by at most "
        f"{at_most(found.bound)}, which says nothing of other points"
        if found.defined
        else f"where {box}, both are defined at none of the points that were tried"
    )
    because = f"neither proved to be within the tolerance of {terms.tolerance:g} nor beyond it"
    return Verdict("undecided", because, (reason,), numbers=_numbers(found))


def of_rounding(loose: Explained | None, beyond: bool) -> str:
    """Whether some rounding of typed numbers would explain a difference."""
    if loose is not None:
        from netsym.equality.stand_ins import in_words

        return f"if more than the last digit were rounded: {in_words(loose.stand_ins)}"
    if beyond:
        return "no rounding of the decimals that were typed can explain it"
    return "no rounding of the decimals that were typed was found that explains it"


def different(one: Subject, other: Subject, found: Agreement) -> Verdict:
    """A point at which they differ."""
    apart = found.apart
    assert apart is not None
    output = f"output {apart.output}, " if len(one.outputs) > 1 else ""
    mine, theirs = apart.short
    because = f"at {apart.place}: {output}{one.words} is {mine}, {other.words} is {theirs} (proved)"
    evidence = (f"{apart.one} and {apart.other} ({found.bits} bits) do not overlap",)
    return Verdict("different", because, evidence, apart, _numbers(found))


def at_irrational(proof: Everywhere, found: Agreement) -> Verdict:
    """They differ at single points that have no decimals."""
    numbers = _numbers(found)._replace(pieces=proof.pieces)
    return Verdict("different", f"{proof.how} (proved)", (), numbers=numbers)


def undecided(
    proof: Identity | None,
    found: Agreement,
    pieces: Everywhere | None,
    parts: Sectors | None,
    enough: int,
) -> Verdict:
    """Neither proved nor refuted, and how far each proof came."""
    reasons = [_in_numbers(found)]
    if proof is None or not proof.holds:
        reasons.append(
            "as functions: no law that the finite fields know makes them equal, which is no proof "
            "that they differ (netsym laws)"
        )
    elif not proof.convinces:
        reasons.append(f"as functions: {proof}; that is too large to be a proof")
    else:
        reasons.append(
            f"as functions they are equal ({proof}), but fewer than {enough} real points agree "
            "where both are defined"
        )
    if pieces is not None and pieces.equal is None:
        reasons.append(f"exactly: {pieces.how}; --budget looks at more")
    if parts is not None and not parts.proved:
        reasons.append(f"by sectors: {parts.why}")
    numbers = _numbers(found)
    if proof is not None and proof.holds:
        numbers = numbers._replace(chance=proof.chance, heuristic=proof.heuristic)
    if pieces is not None:
        numbers = numbers._replace(pieces=pieces.pieces)
    because = "neither proved equal nor proved different"
    return Verdict("undecided", because, tuple(reasons), numbers=numbers)


def _numbers(found: Agreement) -> Numbers:
    """What points say, as numbers alone."""
    return Numbers(
        found.points, found.defined, found.bits, found.bound if found.defined else None,
        found.units, found.seen, tuple(floats.error for floats in found.floats),
        tuple(floats.broken for floats in found.floats),
    )  # fmt: skip


# -- what is said of points ---------------------------------------------------------------------
def _in_numbers(found: Agreement) -> str:
    if not found.defined:
        return "in numbers: at none of the points that were tried both are defined"
    said = (
        f"in numbers: at {plural(found.defined, 'point')} the proved intervals overlap, and the "
        f"values there differ by at most {found.bound:.2g} ({found.bits} bits)"
    )
    if found.units:
        said += f"; of {_seen_both_ways(found.units, found.seen)}"
    if found.defined < found.points:
        said += (
            f"; at {plural(found.points - found.defined, 'more point')} a value is not defined, is "
            "too large, or is not known well enough"
        )
    return said


def _at_points(one: Subject, other: Subject, found: Agreement) -> Iterator[str]:
    """What intervals say there, and float64 of either side."""
    yield _in_numbers(found)
    for side, floats in zip((one, other), found.floats, strict=True):
        said = (
            f"in float64: {side.words} is off by at most {floats.error:.2g} (relative) at these "
            "points"
        )
        if floats.broken:
            said += f", and overflows or is not a number at {plural(floats.broken, 'point')}"
        yield said


def _seen_both_ways(units: int, seen: int) -> str:
    """How many units with a kink were seen on both sides of it, in words."""
    return (
        f"{plural(units, 'unit')} with a kink {seen:,} {agreed(seen, 'was', 'were')} seen both "
        "active and inactive"
    )


def _few(names: Sequence[str]) -> str:
    if len(names) <= 4:
        return ", ".join(names)
    return f"{names[0]}, {names[1]}, … {names[-1]} ({len(names):,} names)"
