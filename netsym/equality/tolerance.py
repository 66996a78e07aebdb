"""Tolerance: whether two functions differ by no more than is allowed, anywhere in a box; proved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import inf, isfinite, nextafter

import numpy as np

from netsym.equality.agreement import (
    QUICK,
    WITNESS,
    Agreement,
    Draw,
    Floats,
    agree,
    exact_draw,
)
from netsym.equality.assumptions import Assumptions
from netsym.equality.narrowed import same_layers
from netsym.equality.samples import Exact, Lines
from netsym.equality.sectors import sectors
from netsym.equality.sides import Subject
from netsym.equality.subdivision import bounded
from netsym.equality.terms import Terms
from netsym.network.network import Network
from netsym.ops.drift import Drifts, Unbounded
from netsym.ops.straight_line import Instruction, Program
from netsym.pieces.everywhere import everywhere
from netsym.pieces.piece import Box
from netsym.watching import Watcher, no_watcher
from netsym.wording import plural

_POINTS = 24  # more of them in the box, for every choice of values of the names
_MOST_CUT = 4  # inputs whose box has sides among the pieces
_FEW = 100  # pieces, of more inputs
_SIZES = (1, 1000, 10**6)  # of names, beside those that they have


@dataclass(frozen=True, slots=True)
class Tolerated:
    """What is known of the tolerance: a point beyond it in `found.apart`, or a proof, or neither.

    `bound` is how far the functions are apart at most in the box, and `proof` how that is known.
    """

    found: Agreement
    bound: float | None = None
    proof: str = ""


def tolerated(
    one: Subject,
    other: Subject,
    numbers: Exact | None,
    given: Sequence[Draw],
    terms: Terms,
    assumed: Assumptions,
    progress: Watcher = no_watcher,
) -> Tolerated:
    """Whether two functions differ by at most a tolerance in the box, where all is assumed.

    `given` are points to look at; those in the box are. `numbers` are those of both sides, None for
    functions that are too large to be looked at instruction by instruction.
    """
    allowed, box = terms.allowed, terms.sides(len(one.inputs))
    inside = [_inside(draw, box, assumed) for draw in given]
    inside += [_scaled(draw, size, assumed) for draw in inside for size in _SIZES if draw.values]
    found = agree(one, other, inside, QUICK, progress, allowed)
    if found.apart is not None or not found.defined:
        return Tolerated(found)
    drift = _drift(one, other, terms.size)
    if drift is not None and drift <= allowed:
        how = "by the sizes of the numbers and the slopes of the functions"
        return Tolerated(found, drift, how)
    if numbers is None:
        return Tolerated(found)
    lines = one.straight_line, other.straight_line
    progress("comparing part by part", 0, 0)
    names, conditions = one.inputs.all(), assumed.conditions
    parts = bounded(lines, numbers, names, box, conditions, allowed, terms.budget)
    if parts.witness is not None:
        beyond = _at(one, other, parts.witness, parts.values, assumed, allowed)
        return Tolerated(found if beyond is None else beyond)
    if parts.apart is not None:
        proof = f"by the values and slopes in {plural(parts.parts, 'part')} of the box"
        return Tolerated(found, parts.apart, proof)
    progress("comparing piece by piece", 0, 0)
    excess, none = _excess(lines, numbers, box, allowed)
    sides, known = (excess.line, none.line), (excess.numbers, none.numbers)
    budget = terms.budget if len(box) <= _MOST_CUT else min(terms.budget, _FEW)
    pieces = everywhere(*sides, len(box), known, budget)
    if pieces is not None and pieces.equal:
        proof = f"exactly, on each of {plural(pieces.pieces, 'piece')}"
        return Tolerated(found, float(allowed), proof)
    if pieces is not None and pieces.witness is not None:
        x = tuple(
            min(max(x, low), high) for x, (low, high) in zip(pieces.witness, box, strict=True)
        )
        beyond = _at(one, other, x, pieces.values, assumed, allowed)
        if beyond is not None:
            return Tolerated(beyond)
    equal = sectors(*sides, one.inputs, known, "tolerance", conditions)
    if equal is not None and equal.proved:
        return Tolerated(found, float(allowed), f"as functions: {equal}")
    return Tolerated(found)


def _at(
    one: Subject,
    other: Subject,
    x: Sequence[Fraction],
    values: Mapping[str, Fraction],
    assumed: Assumptions,
    allowed: Fraction,
) -> Agreement | None:
    """What a point says that is beyond the tolerance; None if it is not, or is not assumed."""
    draw = exact_draw(x, values)
    if not assumed.hold(draw.x, draw.values).all():
        return None
    found = agree(one, other, [draw], WITNESS, tolerance=allowed)
    return None if found.apart is None else found


# -- networks of the same layers --------------------------------------------------------------
def _drift(one: Subject, other: Subject, size: float) -> float | None:
    """How far two networks of the same layers are apart at most, by how far their numbers are."""
    if one.network is None or other.network is None or not same_layers(one, other):
        return None
    off: dict[int, Floats] = {}
    for mine, theirs in zip(one.network.layers, other.network.layers, strict=True):
        for key, parameter in mine.parameters.items():
            pair = parameter, theirs.parameters[key]
            if not all(each.is_numeric for each in pair):
                return None
            a, b = (np.asarray(each.entries, dtype=np.float64) for each in pair)
            off[id(parameter)] = np.where(a == b, 0.0, np.nextafter(np.abs(a - b), inf))
    return drifted([one.network], [off], size)


def drifted(
    networks: Sequence[Network], off: Sequence[Mapping[int, Floats]], size: float
) -> float | None:
    """What changes of numbers can do at most wherever inputs are no larger than a size.

    `off` says for each network, by the `id` of a parameter, how far its numbers are off. None if
    there is no bound.
    """
    total = 0.0
    try:
        for network, changes in zip(networks, off, strict=True):
            ops = Drifts(changes)
            with np.errstate(over="ignore", invalid="ignore"):
                apart = network.read(ops, ops.within(len(network.input_names), size)).apart
            total = nextafter(total + float(apart.max()), inf)
    except Unbounded:
        return None
    return total if isfinite(total) else None


# -- points -----------------------------------------------------------------------------------
def _inside(draw: Draw, box: Box, assumed: Assumptions) -> Draw:
    """The points of a draw that are in a box, and more of these."""
    low, high = (np.array([float(side[end]) for side in box]) for end in (0, 1))
    source = np.random.default_rng(0)
    more = low + (high - low) * np.round(source.random((_POINTS, len(box))), 2)
    x = np.concatenate([draw.x, low[None], high[None], np.round(more, 9)])
    kept = ((x >= low) & (x <= high)).all(axis=1)
    return _assumed(replace(draw, x=x[kept]), assumed)


def _scaled(draw: Draw, size: float, assumed: Assumptions) -> Draw:
    """The same points with larger values of the names."""
    values = {name: float(value) * size for name, value in draw.values.items()}
    return _assumed(Draw(draw.x, values), assumed)


def _assumed(draw: Draw, assumed: Assumptions) -> Draw:
    return replace(draw, x=draw.x[assumed.hold(draw.x, draw.values)]) if assumed else draw


# -- pieces -----------------------------------------------------------------------------------
def _excess(lines: Lines, numbers: Exact, box: Box, allowed: Fraction) -> tuple[Program, Program]:
    """By how much two functions are further apart than allowed, and 0.

    It is so in a box; of many inputs everywhere, since that is more than a box can be cut into.
    """
    box = box if len(box) <= _MOST_CUT else ()
    made, none = Program(), Program()

    def held(each: Instruction) -> int | None:
        """An input within its sides."""
        if each.op != "input" or not box:
            return None
        low, high = map(made.number, box[int(each.which)])
        return made.put("max", made.put("min", made.put("input", which=each.which), high), low)

    one, other = (made.copied(*each, held) for each in zip(lines, numbers, strict=True))
    for a, b in zip(one, other, strict=True):
        apart = made.put("abs", made.put("add", a, made.put("negate", b)))
        over = made.put("add", apart, made.number(-allowed))
        made.line.ends.append(made.put("max", over, made.number(Fraction(0))))
        none.line.ends.append(none.number(Fraction(0)))
    return made, none
