"""Straight-line programs: every use of what was typed as a decimal is an instruction of its own."""

from __future__ import annotations

from fractions import Fraction
from math import isclose

import numpy as np
import pytest

from netsym.equality.sides import subject
from netsym.ops.numeric import Numeric
from netsym.ops.straight_line import StraightLine

#: What is typed, and how often each of its decimals is used.
TYPED = [
    ("0.5*tanh(0.25*x) + 0.125*tanh(0.25*x)", {"0.5": 1, "0.25": 2, "0.125": 1}),
    ("h = tanh(0.75*x); y = 0.5*h + h^2 + h", {"0.75": 3, "0.5": 1}),
    ("h = 1.5*x; g = h*h; y = g + g", {"1.5": 4}),
    ("h = tanh(3*x); y = 0.5*h + h^2", {"0.5": 1}),
]


def computed(line: StraightLine, x: float) -> float:
    numbers = [np.array([float(number.value)]) for number in line.numbers]
    return float(line.read(Numeric({}), np.array([[x]]), 1, numbers)[0, 0])


@pytest.mark.parametrize(("text", "uses"), TYPED)
def test_every_use_of_a_typed_decimal_is_its_own(text: str, uses: dict[str, int]) -> None:
    line = subject(text).straight_line
    apart = line.unshared(100)
    values = [number.value for number in apart.numbers if number.half is not None]
    assert {each: values.count(Fraction(each)) for each in uses} == uses
    assert sum(uses.values()) == len(values)
    for x in (-1.75, 0.0, 0.625):
        assert isclose(computed(apart, x), computed(line, x), rel_tol=1e-15)
    assert apart.unshared(100) is apart


def test_what_would_be_too_long_stays_as_it_is() -> None:
    lines = "; ".join(f"h{n + 1} = h{n}*h{n}" for n in range(40))
    line = subject(f"h0 = 0.75*x; {lines}; y = h40").straight_line
    assert line.unshared(5_000) is line
    short = subject("h = 0.75*x; y = h*h").straight_line
    needed = len(short.unshared(100).instructions)
    assert short.unshared(needed - 1) is short
    assert len(short.unshared(needed).instructions) == needed
