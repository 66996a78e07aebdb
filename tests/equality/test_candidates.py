"""Candidates: the numbers near one are found by halving, as if each were looked at."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from netsym.equality.candidates import SLACK, Candidates
from netsym.ops.decimals import decimal
from netsym.ops.straight_line import Number, StraightLine


def _line(numbers: list[Number]) -> StraightLine:
    line = StraightLine()
    line.numbers.extend(numbers)
    return line


def _untyped(value: Fraction) -> Number:
    return Number(value, value, typed=False)


def _typed(text: str) -> Number:
    value = Fraction(text)
    places = len(text.partition(".")[2])
    return Number(value, Fraction(float(text)), True, Fraction(1, 2 * 10**places))


def _sides(source: random.Random) -> tuple[list[Number], list[Number]]:
    """Numbers of two sides: near and far, whole and small, equal, negative, and of one float64."""
    moving, others = [], []
    for _ in range(20):
        number = source.choice([source.gauss(0, 1), source.randint(-3, 9), source.random() * 1e-9])
        exact = decimal(float(number))
        tiny = Fraction(1, 2**90)
        others += [exact + source.choice([0, tiny, -tiny, Fraction(1, 1000)]) for _ in range(3)]
        others += [Fraction(source.randint(-20, 20), source.randint(1, 7))]
        moving.append(_untyped(exact))
        moving.append(_typed(f"{float(number):.{source.randint(1, 5)}f}"))
    return moving, [_untyped(value) for value in others]


def _one_by_one(found: Candidates, number: Number) -> list[Fraction]:
    size = abs(number.value)
    if size in found.others:
        return []
    if not number.typed:
        same = decimal(float(size)) == size
        return [n for n in found.others if same and float(n) == float(size)]
    room = found._room(number)
    if room is None or not number.value:
        return []
    return [n for n in found.others if abs(n - size) <= room * SLACK]


@pytest.mark.parametrize("seed", range(20))
def test_the_numbers_near_one(seed: int) -> None:
    moving, others = _sides(random.Random(seed))
    lines = _line(moving), _line(others)
    exact = [each.value for each in moving], [each.value for each in others]
    found = Candidates(lines, exact, 0, texts=bool(seed % 2), loose=seed % 3 == 0)
    near = [found.of(place) for place in range(len(moving))]
    assert near == [_one_by_one(found, number) for number in moving]
    assert any(near)
