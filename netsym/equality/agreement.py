"""Agreement: two functions at real points, with proved bounds on every value."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from hashlib import blake2b
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.equality.points import sample, values_for
from netsym.equality.sides import Subject
from netsym.ops.arrays import filled
from netsym.ops.decimals import decimal
from netsym.ops.numeric import Numeric
from netsym.ops.proved.balls import (
    Balls,
    disjoint,
    exactly,
    in_short,
    midpoint,
    overlap,
    precision,
    side_by_side,
)
from netsym.ops.proved.rationals import NotRational, Rationals, fractions
from netsym.ops.proved.scalars import Coverage
from netsym.watching import Watcher, no_watcher
from netsym.wording import few

Floats = npt.NDArray[np.float64]
Radius = Callable[[float | Fraction], Fraction]
Balled = tuple[npt.NDArray[np.object_], list[Coverage]]

#: Bits of precision: quick ones, and those that look for a difference that is very small.
QUICK, FINE = (64, 128), (256, 1024)
PROVING = QUICK[-1:]
#: Those at a point where two functions are known to differ.
WITNESS = (*FINE, 8192, 65536)
EXACT = Fraction(0)
_SHORT = 6  # characters of a number that is short to type
_KNOWN = 2.0**-30  # relative width of an interval from which on it says something
_POINTS = 16  # at least, over all draws of the names' values
_DRAWS = 3  # of values for names
_MANY = 5000  # names, for which one draw has to do


@dataclass(frozen=True, slots=True)
class Place:
    """A point: numbers for the inputs, and for the names that are not inputs."""

    inputs: Mapping[str, float | Fraction] = field(hash=False)
    parameters: Mapping[str, float | Fraction] = field(hash=False)

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        given = {**self.inputs, **self.parameters}
        return few(given.items(), 12, lambda pair: f"{pair[0]} = {_shown(pair[1])}")


def _shown(value: float | Fraction) -> str:
    short = repr(float(value) or 0.0)  # -0.0 is 0
    return short if Fraction(short) == value or isinstance(value, float) else str(value)


@dataclass(frozen=True, slots=True)
class Counterexample:
    """A point at which the proved intervals of an output do not overlap, with both values.

    `one` and `other` are values and radii in decimals, `short` just enough digits of both.
    """

    place: Place
    output: str
    one: str
    other: str
    short: tuple[str, str]

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "inputs": _as_data(self.place.inputs),
            "parameters": _as_data(self.place.parameters),
            "output": self.output,
            "values": [self.one, self.other],
        }


def _as_data(values: Mapping[str, float | Fraction]) -> dict[str, float | str]:
    """For JSON: what is no float64 number is a fraction, as text."""
    return {
        name: str(value) if isinstance(value, Fraction) else value for name, value in values.items()
    }


@dataclass(frozen=True, slots=True)
class Draw:
    """Points (points, inputs) with one choice of values for the names; exact ones are objects.

    `known` is what was computed there, by the id of the side, which is held so that the id stays
    its own, and the bits.
    """

    x: npt.NDArray[Any]
    values: Mapping[str, float | Fraction]
    known: dict[tuple[int, int], tuple[Subject, Balled]] = field(
        default_factory=dict, init=False, compare=False, repr=False
    )

    def place(self, inputs: Sequence[str], point: int) -> Place:
        """One of the points."""
        return Place(dict(zip(inputs, self.x[point].tolist(), strict=True)), self.values)


@dataclass(frozen=True, slots=True)
class Float:
    """What float64 makes of one side: at how many points it is not finite, and how far off it is.

    `error` is relative to the larger of 1 and the value.
    """

    broken: int = 0
    error: float = 0.0


@dataclass(frozen=True, slots=True)
class Agreement:
    """What real points say of two functions.

    Both are defined at `defined` of `points` points; there they differ by at most `bound`, by
    intervals proved with `bits` of precision; `worst` is the point of that bound. `apart` is a
    counterexample, if there is one. Of `units` places with a kink, of the function that has more of
    them, `seen` were seen on both sides.
    """

    points: int
    defined: int
    bits: int
    bound: float
    worst: Place | None
    apart: Counterexample | None
    seen: int
    units: int
    floats: tuple[Float, Float]


def draws(one: Subject, other: Subject, seed: str, kinks: bool = True) -> list[Draw]:
    """Points of many magnitudes, and at `kinks`, for a few choices of values of all names.

    Those of variances are above 0.
    """
    names = list(dict.fromkeys([*one.names, *other.names]))
    positive = one.positive | other.positive
    start = int.from_bytes(blake2b(seed.encode(), digest_size=4).digest())

    def both(ops: Any, x: Any) -> None:  # so that the kinks of both are looked for
        if kinks:
            one.read(ops, x)
            other.read(ops, x)

    times = _DRAWS if 0 < len(names) <= _MANY else 1
    count = -(-_POINTS // times) + (2 if names else 0)
    made = []
    for number in range(times):
        values = {
            name: float(f"{abs(value) if name in positive else value:.2g}")
            for name, value in values_for(names, start + number).items()
        }
        width = len(one.inputs)
        x = sample(both, width, start + number, count, values) if width else np.zeros((1, 0))
        moderate = np.abs(x[:count]).max(axis=1, initial=0.0) <= 2
        x[:count][moderate] = np.round(x[:count][moderate], 2)  # short to read in a report
        made.append(Draw(x, values))
    return made


def exact_draw(point: Sequence[Fraction], values: Mapping[str, Fraction]) -> Draw:
    """One point in fractions, as float64 numbers if that is what they are."""

    def short(value: Fraction) -> float | Fraction:
        return float(value) if Fraction(float(value)) == value else value

    x = np.empty((1, len(point)), dtype=object)
    x[0, :] = [short(value) for value in point]
    return Draw(x, {name: short(value) for name, value in values.items()})


def evaluate(side: Subject, draw: Draw, bits: int, radius: Radius | None = None) -> Balled:
    """Balls of the outputs (points, outputs), and what was covered."""
    with precision(bits):
        ops = Balls(draw.values, bits, radius)
        y = side.read(ops, ops.points(draw.x))
        return np.broadcast_to(y, (len(draw.x), len(side.outputs))), ops.coverage


def _once(side: Subject, draw: Draw, bits: int) -> Balled:
    """The same, computed once."""
    key = id(side), bits
    if key not in draw.known:
        draw.known[key] = side, evaluate(side, draw, bits)
    return draw.known[key][1]


def _known(side: Subject, draw: Draw, bits: int) -> Balled:
    """As `evaluate`, but from exact fractions at an exact point, where signs of 0 are known."""
    if draw.x.dtype != object:
        return _once(side, draw, bits)
    try:
        ops = Rationals(draw.values)
        y = fractions(side.read(ops, ops.points(draw.x)))
    except NotRational:
        return evaluate(side, draw, bits)
    with precision(bits):
        shape = len(draw.x), len(side.outputs)
        exact = np.broadcast_to(y, shape).reshape(-1).tolist()
        return filled(map(exactly, exact), shape), ops.coverage


def agree(
    one: Subject,
    other: Subject,
    given: Sequence[Draw],
    precisions: Sequence[int],
    progress: Watcher = no_watcher,
    tolerance: Fraction = EXACT,
) -> Agreement:
    """Compare at all points, with one precision after another.

    It ends early with a draw in which a point proves the two different by more than a tolerance.
    `progress` is told how far it is.
    """
    found = _Points()
    for number, draw in enumerate(given):
        for step, bits in enumerate(precisions):
            done = number * len(precisions) + step
            progress(f"proving values to {bits} bits", done, len(given) * len(precisions))
            left, mine = _known(one, draw, bits)
            right, theirs = _known(other, draw, bits)
            found.bits = max(found.bits, bits)
            with precision(bits):
                apart = _apart(one, draw, left, right, tolerance)
                if apart is not None or bits == precisions[-1]:
                    found.take(one, draw, _gaps(left, right, tolerance), [mine, theirs])
                    found.in_float64([one, other], draw, [left, right])
            if apart is not None:
                return found.agreement(apart)
    return found.agreement(None)


class _Points:
    """Collects what points say, draw by draw."""

    def __init__(self) -> None:
        self.points = self.defined = self.bits = 0
        self.bound = 0.0
        self.worst: Place | None = None
        self.sides: list[dict[int, tuple[Any, Any]]] = [{}, {}]
        self.floats: tuple[Float, ...] = (Float(), Float())

    def take(
        self, one: Subject, draw: Draw, gaps: Floats, covered: Sequence[Sequence[Coverage]]
    ) -> None:
        finite = np.isfinite(gaps).all(axis=1)
        self.points += len(gaps)
        self.defined += int(finite.sum())
        largest = np.where(finite, gaps.max(axis=1, initial=0.0), -1.0)
        if finite.any() and (self.worst is None or largest.max() > self.bound):
            self.bound = float(largest.max())
            self.worst = draw.place(one.inputs.all(), int(largest.argmax()))
        for sides, calls in zip(self.sides, covered, strict=True):
            for number, each in enumerate(calls):
                above, below = sides.get(number, (False, False))
                sides[number] = (above | each.above, below | each.below)

    def in_float64(self, sides: Sequence[Subject], draw: Draw, exact: Sequence[Any]) -> None:
        self.floats = tuple(
            _joined(known, _in_float64(side, draw, balls))
            for known, side, balls in zip(self.floats, sides, exact, strict=True)
        )

    def agreement(self, apart: Counterexample | None) -> Agreement:
        counts = [
            (sum(int(np.size(above)) for above, _ in sides.values()),
             sum(int(np.sum(above & below)) for above, below in sides.values()))
            for sides in self.sides
        ]  # fmt: skip
        units, seen = max(counts)  # of the side that has more of them
        return Agreement(
            self.points, self.defined, self.bits, self.bound, self.worst, apart, seen, units,
            (self.floats[0], self.floats[1]),
        )  # fmt: skip


def _apart(
    one: Subject, draw: Draw, left: Any, right: Any, tolerance: Fraction
) -> Counterexample | None:
    """The clearest of the points that prove a difference: moderate, and far apart."""
    allowed = exactly(tolerance)
    best, clearest = None, (False, 0.0)
    moderate = np.abs(draw.x).max(axis=1, initial=0.0) <= 2
    for point, output in np.ndindex(left.shape):
        a, b = left[point, output], right[point, output]
        if disjoint(a, b) and (not tolerance or abs(a - b) > allowed):
            gap = abs(midpoint(a - b)) / max(abs(midpoint(a)), abs(midpoint(b)), 1e-300)
            if best is None or (bool(moderate[point]), gap) > clearest:
                best, clearest = (point, output), (bool(moderate[point]), gap)
    if best is None:
        return None
    values = side_by_side(left[best], right[best])
    return Counterexample(
        draw.place(one.inputs.all(), best[0]), one.outputs[best[1]], *values,
        in_short(left[best], right[best]),
    )  # fmt: skip


def shortened(
    one: Subject,
    other: Subject,
    found: Agreement,
    hold: Callable[[Floats, Mapping[str, float | Fraction]], Any],
    tolerance: Fraction = EXACT,
) -> Agreement:
    """With a counterexample whose inputs have few digits, if there is one near the one found.

    It is one whether these digits are read as decimals or as float64.
    `hold` says at which points, with these values of the names, all is assumed that has to be.
    """
    assert found.apart is not None
    place = found.apart.place
    x = np.array([float(value) for value in place.inputs.values()])
    if all(len(repr(value)) <= _SHORT for value in x.tolist()):
        return found
    for point in _nearby(x):
        draw = Draw(point[None], place.parameters)
        decimals = Draw(filled(map(decimal, point.tolist()), draw.x.shape), draw.values)
        shorter = [
            agree(one, other, [each], PROVING, tolerance=tolerance).apart
            for each in (draw, decimals)
            if hold(each.x, each.values).all()
        ]
        if len(shorter) == 2 and all(shorter):
            return replace(found, apart=shorter[0], bits=PROVING[-1])
    return found


def _nearby(x: Floats) -> Iterator[Floats]:
    """A point rounded to few digits, then such points beside it, then with more digits."""
    for places in range(3):
        yield np.round(x, places)
    for step in (1.0, -1.0, 0.1, -0.1):
        yield np.round(x + step, 1)
    for digits in range(1, 7):
        yield np.array([float(f"{value:.{digits}g}") for value in x.tolist()])


def _gaps(left: Any, right: Any, tolerance: Fraction) -> Floats:
    """Upper bounds of all differences; inf where a value is not finite or hardly known.

    Without a tolerance that is so, too, where the values are certainly different.
    """
    gaps = np.full(left.shape, np.inf)
    for place in np.ndindex(left.shape):
        apart = left[place] - right[place]
        if overlap(left[place], right[place]) or (tolerance and apart.is_finite()):
            gap = float(abs(apart).upper())
            room = float(apart.rad()) if tolerance else gap
            known = room <= _KNOWN * max(1.0, abs(midpoint(left[place])))
            gaps[place] = gap if known else np.inf
    return gaps


def _in_float64(side: Subject, draw: Draw, exact: Any) -> Float:
    with np.errstate(all="ignore"):
        values = dict(zip(draw.values, map(float, draw.values.values()), strict=True))
        y = side.read(Numeric(values), draw.x.astype(np.float64))
    y = np.broadcast_to(y, exact.shape)
    error = 0.0
    for place in np.ndindex(y.shape):
        ball = exact[place]
        if ball.is_finite() and np.isfinite(y[place]):
            off = float(abs(ball - float(y[place])).upper())
            error = max(error, off / max(1.0, abs(midpoint(ball))))
    return Float(int((~np.isfinite(y)).any(axis=1).sum()), error)


def _joined(one: Float, other: Float) -> Float:
    return Float(one.broken + other.broken, max(one.error, other.error))


def largest_gap(one: Subject, other: Subject, given: Sequence[Draw]) -> tuple[float, Place | None]:
    """A proved bound on the differences at all points, and the point of the largest."""
    bound, worst = 0.0, None
    for draw in given:
        left, _ = _once(one, draw, PROVING[0])
        right, _ = _once(other, draw, PROVING[0])
        with precision(PROVING[0]):
            for place in np.ndindex(left.shape):
                gap: Any = abs(left[place] - right[place])
                size = float(gap.upper()) if gap.is_finite() else np.inf
                if worst is None or size > bound:
                    bound, worst = size, draw.place(one.inputs.all(), place[0])
    return bound, worst
