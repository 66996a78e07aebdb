"""Assumptions: where two functions are compared, as in `x > 0` and `0 < y < 1`."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.equality.sides import Subject, read_text
from netsym.equality.signs import (
    ANY,
    NEGATIVE,
    NOT_NEGATIVE,
    NOT_POSITIVE,
    NOT_ZERO,
    POSITIVE,
    Signs,
)
from netsym.errors import SpecError, as_given, did_you_mean
from netsym.ops.numeric import Floats, Numeric
from netsym.ops.proved.balls import Balls, precision
from netsym.ops.straight_line import Machine, StraightLine, straight_line
from netsym.wording import joined

A = TypeVar("A")
Mask = npt.NDArray[np.bool_]

_RELATIONS = {
    ">": POSITIVE, ">=": NOT_NEGATIVE, "≥": NOT_NEGATIVE, "<": NEGATIVE, "<=": NOT_POSITIVE,
    "≤": NOT_POSITIVE, "!=": NOT_ZERO, "≠": NOT_ZERO,
}  # fmt: skip
_RELATION = re.compile(r"([<>!]=|[<>≤≥≠]|=+)")
_EXPECTED = "give conditions like x > 0, x != 0, x > y or 0 < x < 1, with commas between them"
_BITS = 128  # with which a sign must be certain
_ROUNDS = 64  # of moving a point to the right side of one condition after another


@dataclass(frozen=True, slots=True)
class Condition:
    """The sign of what is on the left less what is on the right, each of names alone."""

    words: str
    left: StraightLine
    right: StraightLine
    signs: Signs

    def sides(self, machine: Machine[A], named: Callable[[str], A]) -> tuple[A, A]:
        """Both sides, from the values of names, among which are the inputs."""
        found = []
        for line in (self.left, self.right):
            numbers = [machine.constant(number.value) for number in line.numbers]
            found += line.run(machine, [], named, numbers)
        return found[0], found[1]

    @property
    def names(self) -> list[str]:
        """The names that it is about."""
        return list(dict.fromkeys([*self.left.names, *self.right.names]))


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Conditions that all hold; as text, `where` and what was given."""

    inputs: tuple[str, ...] = ()
    conditions: tuple[Condition, ...] = ()

    def __str__(self) -> str:
        return f"where {joined(dict.fromkeys(each.words for each in self.conditions))}"

    def __bool__(self) -> bool:
        return bool(self.conditions)

    def hold(self, x: Floats, values: Mapping[str, float | Fraction]) -> Mask:
        """At which points (points, inputs) all certainly hold, with these values of the names."""
        kept = np.ones(len(x), dtype=bool)
        with precision(_BITS):
            balls = Balls({}, _BITS)
            for condition in self.conditions:
                apart = self._apart(condition, x, values, balls, balls.points)
                met = [_signs(each) <= condition.signs for each in apart.tolist()]
                kept &= np.array(met, dtype=bool)
        return kept

    def met(
        self, x: Floats, values: Mapping[str, float | Fraction], seed: int = 0
    ) -> tuple[Floats, dict[str, float | Fraction]]:
        """Points (points, inputs) and values of names at which all hold, as near those given.

        Where one does not hold, one of its letters is moved to the other side of where both of its
        sides are equal, at random nearer to it. Points at which that does not help are left out;
        there are none where no values of the names are found.
        """
        source = np.random.default_rng(seed)
        given = dict(values)
        free = [each for each in self.conditions if not set(each.names) & set(self.inputs)]
        names = list(dict.fromkeys(name for each in free for name in each.names))
        if names:
            row = np.array([[given[name] for name in names]])
            found = _moved(
                replace(self, inputs=tuple(names), conditions=tuple(free)), row, {}, source
            )
            if not len(found):
                return x[:0], given
            given |= dict(zip(names, found[0].tolist(), strict=True))
        return _moved(self, x, given, source), given

    def _apart(
        self,
        condition: Condition,
        x: Floats,
        values: Mapping[str, float | Fraction],
        machine: Machine[npt.NDArray[Any]],
        given: Callable[[Floats], npt.NDArray[Any]],
    ) -> npt.NDArray[Any]:
        """The left side less the right one at every point (points,)."""

        def named(name: str) -> npt.NDArray[Any]:
            if name in self.inputs:
                return given(x[:, self.inputs.index(name)])
            return given(np.full(len(x), values[name]))

        left, right = condition.sides(machine, named)
        return np.broadcast_to(left - right, (len(x),))

    def nearly(
        self, condition: Condition, x: Floats, values: Mapping[str, float | Fraction]
    ) -> Floats:
        """The same in float64."""
        with np.errstate(all="ignore"):
            return self._apart(condition, x, values, Numeric(), lambda column: column)


def assumptions(given: str | Sequence[str], one: Subject, other: Subject) -> Assumptions:
    """Conditions on the inputs and names of two sides, in text or as several texts.

    Raises `SpecError` for what is no condition, or about a name that neither side has.
    """
    texts = [given] if isinstance(given, str) else given
    if not all(isinstance(text, str) for text in texts):
        raise SpecError(f"where is {as_given(given)}; {_EXPECTED}")
    known = [*one.inputs.all(), *one.names, *other.names]
    conditions = [
        condition
        for text in texts
        for part in _parts(text)
        for condition in _conditions(part.strip(), one, known)
    ]
    return Assumptions(tuple(one.inputs.all()), tuple(conditions))


def _parts(text: str) -> list[str]:
    """What stands between commas, but for those in parentheses."""
    found: list[str] = []
    for part in text.split(","):
        if found and found[-1].count("(") > found[-1].count(")"):
            found[-1] += f",{part}"
        else:
            found.append(part)
    return found


def _conditions(text: str, one: Subject, known: Sequence[str]) -> Iterator[Condition]:
    """The conditions of a chain like `0 < x < 1`, which are called as it is typed."""
    parts = [part.strip() for part in _RELATION.split(text)]
    if len(parts) < 3 or not all(parts):
        raise SpecError(f"{text!r} is no condition; {_EXPECTED}")
    relations = parts[1::2]
    wrong = next((each for each in relations if each not in _RELATIONS), None)
    if wrong is not None:
        raise SpecError(
            f"{text!r} has {wrong!r}, but an assumption is about a sign: write what is equal in "
            f"its place in the formulas, or {_EXPECTED}"
        )
    lines = [_side(part, text, one, known) for part in parts[::2]]
    for (left, right), relation in zip(pairwise(lines), relations, strict=True):
        if not left.names and not right.names:
            raise SpecError(f"{text!r} is about numbers alone; {_EXPECTED}")
        yield Condition(text, left, right, _RELATIONS[relation])


def _side(part: str, text: str, one: Subject, known: Sequence[str]) -> StraightLine:
    """One side of a condition; all its letters are names there."""
    formula = read_text(part, one).formula
    nothing = np.empty(0, dtype=np.int32)
    line = straight_line(replace(formula, inputs=nothing))
    if len(line.ends) != 1:
        raise SpecError(f"{part!r} in {text!r} is no single value; {_EXPECTED}")
    for name in line.names:
        if name not in known:
            hint = did_you_mean(name, dict.fromkeys(known))
            raise SpecError(f"{name!r} in {text!r} is a name of neither side; {hint}")
    return line


def _signs(ball: Any) -> Signs:
    """The signs that a ball leaves open."""
    if not ball.is_finite():
        return ANY
    return Signs(
        sign for sign, there in ((1, ball <= 0), (-1, ball >= 0), (0, ball != 0)) if not there
    )


def _moved(
    assumed: Assumptions,
    x: Floats,
    values: Mapping[str, float | Fraction],
    source: np.random.Generator,
) -> Floats:
    """Points at which all hold: moved, a letter at a time, for a number of rounds."""
    x = x.copy()
    for number in range(_ROUNDS):
        if assumed.hold(x, values).all():
            break
        for condition in assumed.conditions:
            letters = [name for name in condition.names if name in assumed.inputs]
            apart = assumed.nearly(condition, x, values)
            wrong = ~np.isin(np.sign(apart), list(condition.signs))
            if not wrong.any() or not letters:
                continue
            place = assumed.inputs.index(letters[int(source.integers(len(letters)))])
            further = x.copy()
            further[:, place] += 1
            part = source.uniform(0, 1, len(x))
            with np.errstate(all="ignore"):
                rate = assumed.nearly(condition, further, values) - apart
                step = apart / rate  # back to where the sides are equal, if they are affine
                nearer = np.where(step == 0, 1, np.abs(step)) * part
                up = np.sign(rate) if 1 in condition.signs else -np.sign(rate)
                target = x[:, place] - step + up * nearer
            usable = np.isfinite(target) & (number % 3 < 2)  # if they are not affine, 0 may help
            target = np.where(usable, target, x[:, place] * (2 * part - 1))
            x[:, place] = np.where(wrong, target, x[:, place])
    return x[assumed.hold(x, values)]
