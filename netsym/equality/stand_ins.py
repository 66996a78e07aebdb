"""Stand-ins: which exact numbers the typed ones stand for, if two functions are the same with them.

A decimal that was typed stands for a number of the other side that it is when rounded; where it
stands for none, as where constants were merged, one assignment of all these numbers is looked for.
"""

from __future__ import annotations

import random
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from fractions import Fraction
from itertools import product
from math import inf, isfinite, nextafter
from typing import Any

import flint
import numpy as np
import numpy.typing as npt

from netsym.equality.agreement import Draw, Place
from netsym.equality.assignment import (
    Free,
    Lines,
    Sample,
    exactly,
    outputs,
    rational,
    solve,
)
from netsym.equality.assumptions import Assumptions
from netsym.equality.identity import Identity, identity
from netsym.equality.points import sample as sampled
from netsym.equality.same_graph import corresponding, same_line
from netsym.equality.sectors import sectors
from netsym.equality.sides import Subject
from netsym.graph.constants import whole
from netsym.graph.function import Function
from netsym.graph.functions import FUNCTIONS
from netsym.ops import Ops
from netsym.ops.decimals import decimal
from netsym.ops.drift import Drifts, Unbounded
from netsym.ops.numeric import Floats, Numeric
from netsym.ops.proved.balls import Ball, Balls, disjoint, precision
from netsym.ops.straight_line import Number, StraightLine
from netsym.pieces.everywhere import everywhere
from netsym.wording import few, joined

Exact = tuple[Sequence[Fraction], Sequence[Fraction]]
Numbers = tuple[Sequence[Fraction | Ball], Sequence[Fraction | Ball]]

_ROOM = 1 + Fraction(1, 2**40)  # 0.125 may be rounded to 0.12, which no float64 is exactly
_LEAST = 3  # digits, from which on a decimal says that it is rounded
_LONG = 15  # digits, from which on it may be what float64 arithmetic made
_MOST_FREE, _MOST_FREED = 90, 40  # numbers
_LARGEST, _LARGEST_SOLVED = 50_000, 5_000  # instructions of both sides
_NEARLY = 1e-4  # difference beside the largest value, above which float64 is no cause
_KNOWN, _OTHERS = 200, 24  # points with the names as where both differ, and as elsewhere
_FRESH, _BESIDE = 60, 16  # new points, and some beside kinks, at which irrational numbers are tried
_BITS, AGREED = 760, 360  # that values are computed with, and of which they must agree
_CLOSE = 2.0**-AGREED
_FEW_DIGITS, _MANY_DIGITS = 12, 20  # of fractions in a report; many, where few show no difference


@dataclass(frozen=True, slots=True)
class StandIn:
    """A number as it was typed or stored, and what it stands for, a fraction or a decimal of it.

    It is `off` by so much, within its `room`.
    """

    side: int
    typed: Fraction
    value: Fraction | str
    off: float
    room: str

    def __str__(self) -> str:
        near = self.off * 10**_FEW_DIGITS < abs(self.typed)
        digits = _MANY_DIGITS if near else _FEW_DIGITS
        return f"{written(self.typed, digits)} stands for {written(self.value, digits)}"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; numbers are text."""
        return {"side": self.side, "typed": written(self.typed), "stands_for": str(self.value),
                "off": self.off, "room": self.room}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Explained:
    """With which numbers two functions are the same, and how that is known.

    `exact` are the numbers of both sides as they are read, `numbers` have the stand-ins; `proof` is
    how they are proved to be the same, empty where the numbers are irrational and `points` alone
    speak for it. `chance` is log2 of that of an accident, `heuristic` whether it assumes anything.
    """

    exact: Exact
    numbers: Numbers
    stand_ins: tuple[StandIn, ...]
    proof: str = ""
    chance: float | None = None
    heuristic: bool = False
    points: int = 0

    @property
    def proved(self) -> bool:
        """Whether they are proved to be the same with these numbers."""
        return bool(self.proof)

    def bound(self, one: Subject, other: Subject, box: float) -> float | None:
        """How far both are apart as written, at most, for inputs within ±box; None: not known."""
        if not self.proved:
            return None
        total, width = 0.0, len(one.inputs)
        try:
            for side, numbers, exact in zip((one, other), self.numbers, self.exact, strict=True):
                ops, line = Drifts({}), side.straight_line
                off = [abs(value - known) for value, known in zip(numbers, exact, strict=True)]
                elements = [
                    ops.number(known, nextafter(float(each), inf) if each else 0.0)
                    for known, each in zip(exact, off, strict=True)
                ]
                with np.errstate(over="ignore", invalid="ignore"):
                    apart = line.read(ops, ops.within(width, box), width, elements).apart
                total = nextafter(total + float(np.max(apart)), inf)
        except Unbounded:
            return None
        return total if isfinite(total) else None


def written(value: Fraction | str, digits: int = _FEW_DIGITS) -> str:
    """A number for a report: a fraction with a short denominator, or a decimal.

    >>> written(Fraction(1, 3)), written(Fraction(333, 1000)), written(Fraction(1, 7919))
    ('1/3', '0.333', '0.000126278570527')
    """
    if isinstance(value, str):
        return value
    nearest = float(value)
    if Fraction(repr(nearest)) == value:
        whole_number = whole(nearest)
        return str(nearest if whole_number is None else whole_number)
    if value.denominator < 1000:
        return str(value)
    return f"{Context(digits).divide(Decimal(value.numerator), Decimal(value.denominator)):g}"


def in_words(stand_ins: Sequence[StandIn]) -> str:
    """The first of them, how many more there are, and their rooms."""
    rooms = joined(dict.fromkeys(each.room for each in stand_ins))
    return f"{few(stand_ins, 4)}, within {rooms}"


def explained(
    one: Subject,
    other: Subject,
    given: Sequence[Draw],
    apart: Place,
    assumed: Assumptions,
    loose: bool = False,
) -> Explained | None:
    """The numbers with which both are the same, where typed ones stand for others; else None.

    They are `apart` at a place as written, and were looked at where `given` says.
    With `loose` whole numbers and decimals of one digit have room as well, which they do not have
    by right: that is for reports.
    """
    lines = one.straight_line, other.straight_line
    size = sum(len(line.instructions) for line in lines)
    if size > _LARGEST:
        return None
    typed = [side for side in (1, 0) if any(number.half for number in lines[side].numbers)]
    small = size <= _LARGEST_SOLVED
    readings = (True, False) if one.parsed is None and other.parsed is None else (False,)
    for stored, mover in product(readings, dict.fromkeys([*typed, 1, 0])):
        found = _Search(one, other, given, apart, assumed, mover, stored, small, loose).found()
        if found is not None:
            return found
    return None


def beyond_rounding(one: Subject, other: Subject, place: Place) -> bool:
    """Whether both differ there whatever decimals of the same digits were typed."""
    x = np.array([list(place.inputs.values())], dtype=object).reshape(1, len(one.inputs))
    there = Sample.of(x, place.parameters)
    with precision(_BITS):
        ends = []
        for side in (one, other):
            numbers = [
                exactly(number.value) + flint.arb(0, exactly((number.half or Fraction(0)) * _ROOM))
                for number in side.straight_line.numbers
            ]
            ends.append(outputs(side.straight_line, Balls({}, _BITS), there, numbers))
        return any(disjoint(a, b) for a, b in zip(*ends, strict=True))


def as_stored(one: Subject, other: Subject) -> bool:
    """Whether both are the same with the float64 numbers next to long decimals that were typed.

    Two texts are not: there is nothing that was stored.
    """
    if (one.parsed is None) == (other.parsed is None):
        return False
    lines = one.straight_line, other.straight_line
    numbers_of_both = [number for line in lines for number in line.numbers]
    if not any(n.half and decimal(float(n.value)) != n.value for n in numbers_of_both):
        return False
    numbers = tuple(
        [Fraction(float(n.value)) if n.half else n.stored for n in line.numbers] for line in lines
    )
    fields = _identity(one, lines, (numbers[0], numbers[1]))
    return fields is not None and fields.convinces


class _Search:
    """One side's numbers move; those of the other are exact, as decimals or as they are stored."""

    def __init__(
        self,
        one: Subject,
        other: Subject,
        given: Sequence[Draw],
        apart: Place,
        assumed: Assumptions,
        mover: int,
        stored: bool,
        small: bool,
        loose: bool,
    ) -> None:
        self.one = one
        self.lines = one.straight_line, other.straight_line
        self.given = given
        self.apart = apart
        self.assumed = assumed
        self.mover = mover
        self.small = small
        both = one.parsed is not None and other.parsed is not None
        self.loose = loose
        self.least = 1 if loose else _LEAST if both else _LEAST - 1
        values = [
            [number.stored if stored else number.value for number in line.numbers]
            for line in self.lines
        ]
        self.exact: Exact = (values[0], values[1])
        rows = [row for line in self.lines for row in _functions(line)]
        self.kinked = any(row.kinked or row.piecewise for row in rows)
        self.moving = self.lines[mover].numbers
        self.others = sorted(_sizes(self.lines[1 - mover]))
        digits = [number.digits for number in self.moving]
        self.usual = _usual([count for count in digits if count >= _LEAST]) or _usual(
            [count for count in digits if count == _LEAST - 1]
        )
        self._known: Sample | None = None

    def found(self) -> Explained | None:
        """The first of the ways that is proved."""
        in_place = self._in_place()
        if in_place and (found := self._proved(self._with(in_place))):
            return found
        for wholes in (False, True) if self._wholes() else (False,):
            nearest = self._with(self._partners(wholes, nearest=True))
            if nearest != self.exact and (found := self._proved(nearest)):
                return found
            if self.small and (found := self._assigned(wholes, nearest)):
                return found
        return None

    # -- what a number may stand for
    def _trimmed(self, number: Number) -> Fraction | None:
        """The room of a number that was typed to the usual digits and lost zeros at its end."""
        if self.loose and number.typed and number.half is None:
            return Fraction(1, 2)
        if self.loose:
            return number.half
        if not self.usual:
            return None
        if number.half is not None:
            lost: int = 10 ** max(self.usual - number.digits, 0)
            return number.half / lost
        whole = abs(number.value)
        if number.typed and whole.denominator == 1 and 1 <= whole < 10**self.usual:
            unit: Fraction = Fraction(10) ** (len(str(whole.numerator)) - self.usual)
            return unit / 2
        return None

    def _candidates(self, number: Number) -> list[Fraction]:
        """The numbers of the other side that it is when they are rounded as it is."""
        if not number.typed:
            return self._fractions(number)
        room = number.half if number.digits >= self.least else self._trimmed(number)
        if room is None or not number.value or abs(number.value) in self.others:
            return []
        return [n for n in self.others if abs(n - abs(number.value)) <= room * _ROOM]

    def _fractions(self, number: Number) -> list[Fraction]:
        """The fractions of the other side whose nearest float64 it is."""
        size = abs(number.value)
        if size in self.others or decimal(float(size)) != size:
            return []
        return [n for n in self.others if float(n) == float(size)]

    def _wholes(self) -> bool:
        return any(
            number.typed and number.half is None and self._candidates(number)
            for number in self.moving
        )

    def _partners(self, wholes: bool, nearest: bool) -> dict[int, Fraction]:
        """By number, the one that it stands for: the nearest, or only where there is one."""
        found = {}
        for place, number in enumerate(self.moving):
            if number.typed and number.half is None and not wholes:
                continue
            size, candidates = abs(number.value), self._candidates(number)
            if len(candidates) == 1 or (nearest and candidates):
                closest = min(candidates, key=lambda each: abs(each - size))
                found[place] = closest if number.value > 0 else -closest
        return found

    def _in_place(self) -> dict[int, Fraction]:
        """The numbers that stand in the same places on the other side, if all are near enough."""
        places = corresponding(self.lines[1 - self.mover], self.lines[self.mover]) or {}
        found = {}
        for place, which in places.items():
            number, there = self.moving[place], self.exact[1 - self.mover][which]
            if there == self.exact[self.mover][place]:
                continue
            room = number.half if number.digits >= self.least else self._trimmed(number)
            if room is None or abs(there - number.value) > room * _ROOM:
                return {}
            found[place] = there
        return found

    def _with(self, partners: dict[int, Any]) -> Numbers:
        numbers = [list(self.exact[0]), list(self.exact[1])]
        for place, value in partners.items():
            numbers[self.mover][place] = value
        return numbers[0], numbers[1]

    def _free(self, wholes: bool, partners: dict[int, Fraction]) -> Iterator[Free]:
        """The numbers without one partner, and how far each may move."""
        for place, number in enumerate(self.moving):
            size = abs(number.value)
            if not size or size in self.others or place in partners:
                continue
            if number.half is None and not wholes:
                continue
            candidates = self._candidates(number)
            if candidates and number.half is not None and number.digits >= self.least:
                room: Fraction | None = number.half
            elif number.digits >= (1 if self.loose else _LEAST):
                room = number.half
            elif self.usual >= _LEAST:
                room = self._trimmed(number) if number.half or candidates else None
            else:
                continue
            if room and number.digits >= _LONG and not self._corresponds(size, room):
                room = max(room, size * 8 / 2**53)
            if room:
                yield Free(self.mover, place, room)

    def _room_of_a_partner(self, number: Number) -> Fraction | None:
        """How far a number may move that has a partner, but perhaps by accident."""
        known = number.half is not None and max(number.digits, self.usual) >= _LEAST
        return (self._trimmed(number) or number.half) if known else None

    def _corresponds(self, size: Fraction, room: Fraction) -> bool:
        """Whether the other side has that number but for the last digits of float64."""
        reach = max(room, size / 10**12)
        near = bisect_left(self.others, size - reach)
        return near < len(self.others) and self.others[near] <= size + reach

    def _computed(self, partners: dict[int, Fraction]) -> Iterator[Free]:
        """Numbers that arithmetic on several of the other side may have made, and none of it is."""
        sizes = {abs(number.value) for number in self.moving}
        if len(sizes - {*self.others}) > len(self.others):
            return
        taken = {abs(value) for value in partners.values()}
        for place, number in enumerate(self.moving):
            room, size = _computed_room(number), abs(number.value)
            if room and size not in taken and not self._corresponds(size, room):
                yield Free(self.mover, place, room)

    # -- one assignment
    def _assigned(self, wholes: bool, nearest: Numbers) -> Explained | None:
        partners = self._partners(wholes, nearest=False)
        base = self._with(partners)
        free = list(self._free(wholes, partners))
        if not free and base not in (nearest, self.exact) and (found := self._proved(base)):
            return found
        computed = list(self._computed(partners))
        ways = [free]
        if computed and self._nearly():
            ways.append(free + computed)
        for way in ways:
            if way and len(way) <= _MOST_FREE and (found := self._solved(base, way)):
                return found
        loose = [
            Free(self.mover, place, room)
            for place in partners
            if (room := self._room_of_a_partner(self.moving[place]))
        ]
        if not free or not loose or len(loose) > _MOST_FREED:
            return None
        return self._freed(base, free, loose)

    def _freed(self, base: Numbers, free: Sequence[Free], loose: list[Free]) -> Explained | None:
        """With as few partners given up as possible, and at most half as many as have none."""
        found = self._solved(self._typed_again(base, loose), [*free, *loose])
        if found is None:
            return None
        step = max(1, len(loose) // 2)
        while step:
            start = 0
            while start < len(loose):
                kept = loose[:start] + loose[start + step :]
                less = self._solved(self._typed_again(base, kept), [*free, *kept])
                if less is not None:
                    loose, found = kept, less
                else:
                    start += step
            step //= 2
        return found if 2 * len(loose) <= len(free) else None

    def _typed_again(self, base: Numbers, loose: Sequence[Free]) -> Numbers:
        numbers = [list(base[0]), list(base[1])]
        for each in loose:
            numbers[each.side][each.which] = self.exact[each.side][each.which]
        return numbers[0], numbers[1]

    def _solved(self, base: Numbers, free: Sequence[Free]) -> Explained | None:
        """One assignment of the free numbers that makes both the same; points that refute are
        taken in.
        """
        sample = self._sample(2 * len(free) + 12)
        for again in range(5):
            solution = solve(self.lines, base, free, sample)
            if solution is None or solution.used > 1 + 2.0**-30:
                return None
            values = [
                _recognised(base[each.side][each.which], each.room, ball)
                for each, ball in zip(free, solution.values, strict=True)
            ]
            exact = all(isinstance(value, Fraction) for value in values)
            together = _put(base, free, values)
            if exact and (found := self._proved(together)):
                return found
            fresh = self._fresh(again, together)
            wrong, defined = self._refuting(together, fresh)
            if defined < 16 or (exact and not len(wrong.x)):
                return None
            if not len(wrong.x) and not self._seen(together, fresh):
                return None
            if not len(wrong.x):
                return Explained(self.exact, together, self._stand_ins(together), points=defined)
            sample = sample.joined(wrong.at(range(min(len(wrong.x), 40))))
        return None

    # -- proofs
    def _proved(self, numbers: Exact) -> Explained | None:
        """With these numbers: node for node, by finite fields, piece by piece, or by sectors."""
        made = Explained(self.exact, numbers, self._stand_ins(numbers))
        if same_line(*self.lines, numbers):
            return replace(made, proof="exactly: they are the same expression, node for node")
        if len(self._refuting(numbers, self._sample(0))[0].x):
            return None
        fields = _identity(self.one, self.lines, numbers)
        if fields is not None and fields.convinces:
            return replace(
                made, proof=f"as functions: {fields}", chance=fields.chance,
                heuristic=fields.heuristic,
            )  # fmt: skip
        pieces = everywhere(*self.lines, len(self.one.inputs), numbers) if self.kinked else None
        if pieces is not None and pieces.equal:
            return replace(made, proof=f"exactly: {pieces.how}")
        conditions = self.assumed.conditions
        parts = sectors(*self.lines, self.one.inputs, numbers, "stand-ins", conditions)
        if parts is None or not parts.proved:
            return None
        return replace(
            made, proof=f"as functions: {parts.in_words()}", chance=parts.chance,
            heuristic=parts.heuristic,
        )  # fmt: skip

    def _stand_ins(self, numbers: Numbers) -> tuple[StandIn, ...]:
        found: dict[tuple[int, Fraction, str], StandIn] = {}
        for side, line in enumerate(self.lines):
            together = zip(line.numbers, self.exact[side], numbers[side], strict=True)
            for number, exact, value in together:
                if isinstance(value, Fraction):
                    off, shown = abs(value - exact), str(value)
                    said: Fraction | str = value
                else:
                    with precision(_BITS):
                        off = abs(value - exactly(exact))
                    said = shown = value.str(20, radius=False)
                if off != 0:
                    found.setdefault(
                        (side, number.value, shown),
                        StandIn(side, number.value, said, float(off), _room(number)),
                    )
        return tuple(found.values())

    # -- points
    def _nearly(self) -> bool:
        """Whether they differ by no more than arithmetic in float64, or float32, may have done."""
        sample = self._sample(24)
        with precision(_BITS):
            one, other = self._values(self.exact, sample)
            pairs = [(a, b) for a, b in zip(one, other, strict=True) if (a - b).is_finite()]
            size = max((float(abs(a).upper()) for a, _ in pairs), default=0.0)
            gap = max((float(abs(a - b).upper()) for a, b in pairs), default=0.0)
        return gap <= _NEARLY * size

    def _values(self, numbers: Numbers, sample: Sample) -> list[npt.NDArray[np.object_]]:
        return [
            outputs(line, Balls({}, _BITS), sample, [_ball(value) for value in known])
            for line, known in zip(self.lines, numbers, strict=True)
        ]

    def _refuting(self, numbers: Numbers, sample: Sample) -> tuple[Sample, int]:
        """The points at which they differ, and at how many both are defined."""
        with precision(_BITS):
            one, other = self._values(numbers, sample)
            wrong, defined = set(), 0
            for place, (a, b) in enumerate(zip(one, other, strict=True)):
                if not (a - b).is_finite():
                    continue
                defined += 1
                size = max(abs(a).upper(), abs(b).upper())
                if not a.overlaps(b) and abs(a - b) > size * _CLOSE:
                    wrong.add(place % len(sample.x))
        return sample.at(sorted(wrong)), defined // max(len(one) // len(sample.x), 1)

    def _seen(self, numbers: Numbers, sample: Sample) -> bool:
        """Whether points show every kink from both of its sides, so that none can hide there."""
        with precision(_BITS):
            for line, known in zip(self.lines, numbers, strict=True):
                balls = Balls({}, _BITS)
                outputs(line, balls, sample, [_ball(value) for value in known])
                if not all((each.above & each.below).all() for each in balls.coverage):
                    return False
        return True

    def _sample(self, count: int) -> Sample:
        """Points at which units are alive, at kinks, and where both are known to differ."""
        if self._known is None:
            width, values = len(self.one.inputs), self.apart.parameters
            there = np.array([list(self.apart.inputs.values())]).reshape(1, width)
            same = [each.x for each in self.given if each.values == values]
            alive = _alive(self.lines, width, values)
            x = np.concatenate([there, alive, *same])[:_KNOWN]
            others = [each for each in self.given if each.values != values]
            self._known = self._met(x, values).joined(
                *(self._met(each.x[:_OTHERS], each.values) for each in others)
            )
        return self._known.joined(self._anew(count, 11))

    def _fresh(self, again: int, numbers: Numbers) -> Sample:
        """Other points, among them such as are beside kinks if the numbers are these."""
        found = self._sample(0).joined(self._anew(_FRESH, 99 + again))
        width, values = len(self.one.inputs), self.apart.parameters
        if not (self.kinked and width):
            return found
        return found.joined(self._met(_beside_kinks(self.lines, width, values, numbers), values))

    def _anew(self, count: int, seed: int) -> Sample:
        """Points with short coordinates; names have all values, or such as are assumed of them."""
        width, names = len(self.one.inputs), [*self.apart.parameters]
        if not self.assumed:
            x = _grid(width + len(names), count, seed)
            return Sample(x[:, :width], {n: x[:, width + k] for k, n in enumerate(names)})
        values = [self.apart.parameters, *(each.values for each in self.given)]
        parts = np.array_split(_grid(width, count, seed), len(values))
        made = [self._met(x, known) for x, known in zip(parts, values, strict=True)]
        return made[0].joined(*made[1:])

    def _met(self, x: npt.NDArray[Any], values: Mapping[str, float | Fraction]) -> Sample:
        """The points at which all that is assumed holds."""
        return Sample.of(x[self.assumed.hold(x, values)] if self.assumed else x, values)


def _put(base: Exact, free: Sequence[Free], values: Sequence[Any]) -> tuple[Any, Any]:
    """The numbers of both sides with others in the places of those that were free."""
    numbers: tuple[list[Any], list[Any]] = [*base[0]], [*base[1]]
    for each, value in zip(free, values, strict=True):
        numbers[each.side][each.which] = value
    return numbers


def _ball(value: Fraction | Ball) -> Ball:
    return exactly(value) if isinstance(value, Fraction) else value


def _recognised(known: Fraction, room: Fraction, ball: Ball) -> Fraction | Ball:
    """A number that was found as what it was before, or a simple fraction, if it is one."""
    with precision(_BITS):
        if abs(ball - exactly(known)) < exactly(room) * _CLOSE:
            return known
    simple = rational(ball)
    return ball if simple is None else simple


def _grid(width: int, count: int, seed: int) -> npt.NDArray[np.object_]:
    """Points with short coordinates of several magnitudes."""
    source = random.Random(seed)
    rows = [
        [Fraction(source.randint(-4096, 4096), 4096) * (2, 8, 64, 1)[row % 4] for _ in range(width)]
        for row in range(count)
    ]
    made = np.empty((count, width), dtype=object)
    if made.size:
        made[:] = rows
    return made


def _beside_kinks(
    lines: Lines, width: int, values: Mapping[str, float | Fraction], numbers: Numbers
) -> Floats:
    """Points on and beside the kinks of both sides with these numbers."""

    def both(ops: Ops[Any], x: Any) -> None:
        for line, known in zip(lines, numbers, strict=True):
            line.read(ops, x, width, [ops.numbers(np.array([float(each)])) for each in known])

    names = {name: float(value) for name, value in values.items()}
    x = sampled(both, width, 0, _BESIDE, names)
    finite: Floats = x[np.isfinite(x).all(axis=1)]
    return finite


def _usual(digits: Sequence[int]) -> int:
    """How many digits most numbers have, the fewer of two; 0 where one number alone has any."""
    counts = Counter(digits)
    return max(counts, key=lambda each: (counts[each], -each)) if len(digits) > 1 else 0


class _Arguments(Numeric):
    """Keeps how far the argument of every function is from where it bends."""

    def __init__(self, values: Any) -> None:
        super().__init__(values)
        self.seen: list[Floats] = []

    def call(self, function: str, *operands: Floats) -> Floats:
        if len(operands) == 2 and FUNCTIONS[function].arity == -1:
            self.seen.append(np.abs(operands[0] - operands[1]))
        elif operands:
            self.seen.append(np.abs(operands[0] - (1 if function in ("log", "sqrt") else 0)))
        return super().call(function, *operands)


def _alive(
    lines: Lines, width: int, values: Mapping[str, float | Fraction], each: int = 6
) -> Floats:
    """Points at which the arguments of functions are moderate, so that every unit is alive."""
    source, count = np.random.default_rng(3), 4000
    x = source.normal(size=(count, width)) * 4.0 ** source.integers(0, 6, size=(count, 1))
    x += source.normal(size=(count, width)) * 30 * (source.random((count, 1)) < 0.5)
    x = np.round(x * 64) / 64
    names = {name: np.full(count, value, dtype=object) for name, value in values.items()}
    sample = Sample(x.astype(object), names)
    chosen: dict[int, None] = {}
    for line in lines:
        ops = _Arguments({})
        with np.errstate(all="ignore"):
            outputs(line, ops, sample, [float(number.value) for number in line.numbers])
        for seen in ops.seen:
            if len(seen) != count:
                continue
            distance = np.where(np.isfinite(seen), seen, np.inf).reshape(count, -1)[:, 0]
            chosen.update(dict.fromkeys(np.argsort(distance)[:each].tolist()))
            chosen.update(dict.fromkeys(np.flatnonzero(distance < 3)[:each].tolist()))
    picked: Floats = x[list(chosen)]
    return picked


def _functions(line: StraightLine) -> list[Function]:
    """The functions of the table that a side has."""
    used = dict.fromkeys(each.op for each in line.instructions)
    return [FUNCTIONS[op] for op in used if op in FUNCTIONS]


def _sizes(line: StraightLine) -> set[Fraction]:
    """The sizes of the numbers of a side, and of the long ones that its functions are made of."""
    constants = (constant for row in _functions(line) for constant in row.constants)
    return {abs(number.value) for number in line.numbers} | {
        Fraction(constant) for constant in constants if constant > 0 and _places(constant) >= _LEAST
    }


def _places(value: float) -> int:
    """How many significant digits a float is written with."""
    return len(repr(abs(value)).partition("e")[0].replace(".", "").strip("0"))


def _room(number: Number) -> str:
    """The room of a number in words."""
    if number.half is None and number.typed:
        return "half a unit of the last digit that it has with the others"
    if number.typed and number.digits < _LONG:
        return "half of the last digit"
    return "a few units in the last place"


def _computed_room(number: Number) -> Fraction | None:
    """A few units in the last place of a float64, or float32, that was not typed."""
    if number.typed or (number.value == number.stored and number.value.denominator == 1):
        return None
    value = float(number.value)
    if _places(value) < _LONG:
        return None
    with np.errstate(over="ignore"):
        single = float(np.float32(value)) == value
    return abs(Fraction(value)) * (Fraction(4, 2**24) if single else Fraction(8, 2**53))


def _identity(one: Subject, lines: Lines, numbers: Numbers) -> Identity | None:
    """What the finite fields say of both sides with these numbers."""
    width = len(one.inputs)

    def reader(line: StraightLine, given: Sequence[Any]) -> Any:
        def read(ops: Ops[Any], x: Any) -> Any:
            elements = [ops.numbers(np.array([value], dtype=object)) for value in given]
            return line.read(ops, x, width, elements)

        return read

    one_side, other_side = (reader(*each) for each in zip(lines, numbers, strict=True))
    return identity(one_side, other_side, one.inputs, len(one.outputs), "stand-ins")
