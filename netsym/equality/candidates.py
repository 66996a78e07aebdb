"""Candidates: what the numbers of one side may stand for.

That is a number of the other side, which it is when it is rounded, or any within some room.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction

import numpy as np

from netsym.equality.assignment import Free
from netsym.equality.same_graph import corresponding
from netsym.equality.samples import Exact, Lines
from netsym.ops.decimals import decimal
from netsym.ops.proved.balls import Ball, exactly
from netsym.ops.straight_line import Number, StraightLine

#: Of a room: 0.125 may be rounded to 0.12, which no float64 is exactly.
SLACK = 1 + Fraction(1, 2**40)
_LEAST = 3  # digits, from which on a decimal says that it is rounded
_UNLIKELY = Fraction(1, 100)  # how often one of all other numbers is in a room by accident
_LONG = 15  # digits, from which on it may be what float64 arithmetic made


class Candidates:
    """What the numbers of one side, the `mover`, may stand for, if the numbers are `exact` else.

    Decimals of two digits are rounded where they are compared with a network, or with one, and not
    between `texts`. With `loose` those of one digit are as well, and whole numbers.
    """

    def __init__(self, lines: Lines, exact: Exact, mover: int, texts: bool, loose: bool) -> None:
        self.lines = lines
        self.exact = exact
        self.mover = mover
        self.moving = lines[mover].numbers
        sizes = _sizes(lines[1 - mover])
        self.sizes, self.others = frozenset(sizes), sorted(sizes)
        self.loose = loose
        self.least = 1 if loose else _LEAST if texts else _LEAST - 1
        digits = [number.digits for number in self.moving]
        self.usual = _usual([count for count in digits if count >= _LEAST]) or _usual(
            [count for count in digits if count == _LEAST - 1]
        )

    @property
    def has_wholes(self) -> bool:
        """Whether a whole number may be rounded."""
        return any(
            number.typed and number.half is None and self._of(number) for number in self.moving
        )

    def in_place(self) -> dict[int, Fraction]:
        """The numbers that stand in the same places on the other side, if all are near enough."""
        places = corresponding(self.lines[1 - self.mover], self.lines[self.mover]) or {}
        found = {}
        for place, which in places.items():
            number, there = self.moving[place], self.exact[1 - self.mover][which]
            if there == self.exact[self.mover][place]:
                continue
            room = self._room(number)
            if room is None or abs(there - number.value) > room * SLACK:
                return {}
            found[place] = there
        return found

    def of(self, place: int) -> list[Fraction]:
        """The sizes of the other side's numbers that a number is when these are rounded."""
        return self._of(self.moving[place])

    def partners(self, wholes: bool, nearest: bool) -> dict[int, Fraction]:
        """By number, the one that it stands for: the nearest, or only where there is one."""
        found = {}
        for place, number in enumerate(self.moving):
            if number.typed and number.half is None and not wholes:
                continue
            size, candidates = abs(number.value), self._of(number)
            if len(candidates) == 1 or (nearest and candidates):
                closest = min(candidates, key=lambda each: abs(each - size))
                found[place] = closest if number.value > 0 else -closest
        return found

    def constants(self, values: Sequence[Ball]) -> dict[int, int]:
        """By number, which of some irrational values is the nearest that it is when rounded."""
        found = {}
        for place, number in enumerate(self.moving):
            room = self._room(number)
            if number.half is None or room is None or abs(number.value) in self.sizes:
                continue
            off = [abs(value - exactly(number.value)) for value in values]
            near = [which for which, each in enumerate(off) if each < exactly(room)]
            if near:
                found[place] = min(near, key=lambda which: float(off[which]))
        return found

    def with_partners(self, partners: Mapping[int, Fraction]) -> Exact:
        """The numbers of both sides, with partners in the places of some."""
        numbers = [*self.exact[0]], [*self.exact[1]]
        for place, value in partners.items():
            numbers[self.mover][place] = value
        return numbers

    def free(self, wholes: bool, partners: Collection[int]) -> Iterator[Free]:
        """The numbers without one partner, and how far each may move."""
        for place, number in enumerate(self.moving):
            size = abs(number.value)
            if not size or size in self.sizes or place in partners:
                continue
            if number.half is None and not wholes:
                continue
            room = self._room_alone(number)
            if room and number.digits >= _LONG and not self._corresponds(size, room):
                room = max(room, size * 8 / 2**53)
            if room:
                yield Free(self.mover, place, room)

    def doubtful(self, partners: Mapping[int, Fraction]) -> Iterator[Free]:
        """The numbers that have a partner, but perhaps by accident.

        Of three digits that happens, and where zeros may have been lost: 0.993 is 0.9930 beside
        numbers of four digits. Else it is so rare that the partner is the one that was meant; if
        it could move, so would the scale of a relu unit, and hide a digit that is wrong.
        """
        for place, partner in partners.items():
            number = self.moving[place]
            if not number.half or max(number.digits, self.usual) < _LEAST:
                continue
            room = self._trimmed(number) or number.half
            likely = len(self.others) * room > _UNLIKELY * abs(number.value)
            if likely or abs(partner - number.value) > room * SLACK:
                yield Free(self.mover, place, room)

    def computed(self, partners: Mapping[int, Fraction]) -> Iterator[Free]:
        """Numbers that arithmetic on several of the other side may have made, and none of it is."""
        sizes = {abs(number.value) for number in self.moving}
        if len(sizes - {*self.others}) > len(self.others):
            return
        taken = {abs(value) for value in partners.values()}
        for place, number in enumerate(self.moving):
            room, size = _computed_room(number), abs(number.value)
            if room and size not in taken and not self._corresponds(size, room):
                yield Free(self.mover, place, room)

    # -- rooms ----------------------------------------------------------------------------------
    def _room(self, number: Number) -> Fraction | None:
        """How far a number that was typed may be off."""
        return number.half if number.digits >= self.least else self._trimmed(number)

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

    def _room_alone(self, number: Number) -> Fraction | None:
        """How far a number may move that has no partner."""
        candidates = self._of(number)
        if number.digits >= (self.least if candidates or self.loose else _LEAST):
            return number.half
        rounded = self.usual >= _LEAST and (number.half or candidates)
        return self._trimmed(number) if rounded else None

    # -- numbers of the other side --------------------------------------------------------------
    def _of(self, number: Number) -> list[Fraction]:
        """The numbers of the other side that it is when they are rounded as it is."""
        if not number.typed:
            return self._fractions(number)
        room = self._room(number)
        if room is None or not number.value or abs(number.value) in self.sizes:
            return []
        size, reach = abs(number.value), room * SLACK
        start, stop = (
            bisect_left(self.others, size - reach),
            bisect_right(self.others, size + reach),
        )
        return self.others[start:stop]

    def _fractions(self, number: Number) -> list[Fraction]:
        """The fractions of the other side whose nearest float64 it is."""
        size = abs(number.value)
        if size in self.sizes or decimal(float(size)) != size:
            return []
        start = bisect_left(self.others, float(size), key=float)
        return self.others[start : bisect_right(self.others, float(size), key=float)]

    def _corresponds(self, size: Fraction, room: Fraction) -> bool:
        """Whether the other side has that number but for the last digits of float64."""
        reach = max(room, size / 10**12)
        near = bisect_left(self.others, size - reach)
        return near < len(self.others) and self.others[near] <= size + reach


def _usual(digits: Sequence[int]) -> int:
    """How many digits most numbers have, the fewer of two; 0 where one number alone has any."""
    counts = Counter(digits)
    return max(counts, key=lambda each: (counts[each], -each)) if len(digits) > 1 else 0


def _sizes(line: StraightLine) -> set[Fraction]:
    """The sizes of the numbers of a side, and of the long ones that its functions are made of."""
    constants = (constant for function in line.functions for constant in function.constants)
    return {abs(number.value) for number in line.numbers} | {
        Fraction(constant) for constant in constants if constant > 0 and _places(constant) >= _LEAST
    }


def _places(value: float) -> int:
    """How many significant digits a float is written with."""
    return len(repr(abs(value)).partition("e")[0].replace(".", "").strip("0"))


def room_in_words(number: Number) -> str:
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
