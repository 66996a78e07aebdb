"""Numbers in fixed point against Python's fractions, which are exact whatever they are."""

from __future__ import annotations

import random
from collections.abc import Callable
from fractions import Fraction as F
from typing import Any

import flint
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsym.graph.names import Names
from netsym.ops.fields.fields import Fields
from netsym.ops.fields.outline import Outlines
from netsym.ops.fields.tower import WIDE, towers
from netsym.ops.fixed_point import FixedPoint
from netsym.ops.numeric import Numeric
from netsym.ops.parameters import Parameter
from netsym.ops.proved.balls import Balls, precision
from netsym.ops.proved.digits import Digits, NotInDigits
from netsym.ops.reading import read_parameter
from netsym.ops.signs import SignSets

COUNT, BELOW = 14, 9

#: Numbers that a rounding may go wrong with: whole ones, ties, few bits far apart.
FLOATS = st.one_of(
    st.integers(-(2**60), 2**60).map(float),
    st.integers(-(2**53), 2**53).map(lambda n: n * 2.0**-60),
    st.sampled_from([0.0, -0.0, 1.0, -1.0, 0.1, 2.0**-98, -(2.0**-98), 1 + 2.0**-52, 1 - 2.0**-53]),
    st.integers(-98, 60).map(lambda n: 2.0**n),
    st.integers(-98, 60).map(lambda n: -(2.0**n)),
)
MATRIX = st.lists(st.lists(FLOATS, min_size=3, max_size=3), min_size=1, max_size=4).map(np.array)


def exact(values: Any) -> list[F]:
    """The numbers of an array in fixed point."""
    return [F(value) for value in values.fractions.flat]


def given_as(numbers: list[F]) -> FixedPoint:
    """Fractions in fixed point, by the digits of their floats and of what is left of them."""
    ops, parts, left = Digits(COUNT, BELOW), [], list(numbers)
    while any(left):
        floats = [float(value) for value in left]
        parts.append(ops.numbers(np.array(floats)))
        left = [value - F(near) for value, near in zip(left, floats, strict=True)]
    return ops.in_fixed_point(ops.add(*parts, ops.zeros((len(numbers),))))


@given(MATRIX, MATRIX)
def test_sums_and_products(one: Any, other: Any) -> None:
    ops = Digits(4 * COUNT, 2 * BELOW)
    a, b = ops.numbers(one), ops.numbers(other)
    left, right = ([[F(x) for x in row] for row in each.tolist()] for each in (one, other))
    assert exact(ops.in_fixed_point(ops.products(a, b))) == [
        sum(x * y for x, y in zip(row, column, strict=True)) for column in right for row in left
    ]
    assert exact(ops.in_fixed_point(ops.multiply(a, b[:1]))) == [
        x * y for row in left for x, y in zip(row, right[0], strict=True)
    ]
    assert exact(ops.in_fixed_point(ops.add(a, b[:1], ops.negate(b[:1])))) == [
        x for row in left for x in row
    ]
    assert exact(ops.in_fixed_point(ops.total(a))) == [sum(row) for row in left]
    assert ops.is_zero(a).tolist() == (one == 0).tolist()


def of_many_bits(draw: st.DrawFn) -> F:
    """A sum of two floats that may be anywhere, so that ties and digits far below them occur."""
    return F(draw(FLOATS)) + F(draw(FLOATS))


@given(st.lists(st.composite(of_many_bits)(), min_size=1, max_size=5))
def test_what_is_said_of_them(numbers: list[F]) -> None:
    made = given_as(numbers)
    assert exact(made) == numbers
    assert list(made.ratios()) == [number.as_integer_ratio() for number in numbers]
    assert made.floats.tolist() == [float(number) for number in numbers]
    assert made.errors.tolist() == [float(number - F(float(number))) for number in numbers]
    assert made.bits == sum(
        max(n.numerator.bit_length(), n.denominator.bit_length()) for n in numbers
    )


@given(
    st.integers(0, 2**52),
    st.integers(-40, 20),
    st.integers(-98, -70),
    st.sampled_from([-1, 0, 1]),
    st.sampled_from([-1, 1]),
)
def test_ties(mantissa: int, exponent: int, far: int, side: int, sign: int) -> None:
    """Half a unit in the last place, and a bit far behind it that decides."""
    number = sign * ((2**52 + mantissa + F(1, 2)) * F(2) ** (exponent - 52) + side * F(2) ** far)
    assert given_as([number]).floats.tolist() == [float(number)]


@pytest.mark.parametrize(
    "make",
    [
        lambda ops: ops.numbers(np.array([1e60])),
        lambda ops: ops.numbers(np.array([np.inf])),
        lambda ops: ops.numbers(np.array([np.nan])),
        lambda ops: ops.numbers(np.array([5e-324])),
        lambda ops: ops.numbers(np.array([F(1, 3)], dtype=object)),
        lambda ops: ops.multiply(*[ops.numbers(np.array([2.0**90]))] * 2),
        lambda ops: ops.multiply(*[ops.numbers(np.array([2.0**-190]))] * 2),
        lambda ops: ops.products(*[ops.numbers(np.full((1, 9), 2.0**53))] * 2),
        lambda ops: ops.divide(ops.ones((1,)), ops.ones((1,))),
        lambda ops: ops.call("exp", ops.ones((1,))),
    ],
)
def test_what_does_not_fit_is_refused(make: Callable[[Digits], Any]) -> None:
    with pytest.raises(NotInDigits):
        make(Digits(COUNT, BELOW))


def test_more_terms_than_float64_holds() -> None:
    """All digits as large as they are, so that a sum of all products at once would be rounded."""
    ops, terms = Digits(4, 0), 3 * 2**11 + 1
    found = ops.in_fixed_point(ops.products(*[ops.numbers(np.full((1, terms), -(2.0**21)))] * 2))
    assert exact(found) == [terms * 2**42]
    more = np.full((1, terms), -(2.0**21) + 1)
    assert exact(ops.in_fixed_point(ops.products(*[ops.numbers(more)] * 2))) == [
        terms * (2**21 - 1) ** 2
    ]


# -- other readings -------------------------------------------------------------------------------
NUMBERS = [F(1, 2**150) + 3, F(0), -F(7, 2**20) - F(1, 2**99), F(2**60 + 1), F(1, 2) ** 190]


@pytest.fixture
def parameters() -> list[Parameter]:
    """The same numbers in fixed point and as fractions."""
    fractions = np.array(NUMBERS, dtype=object)
    names = Names("c", None, (len(NUMBERS),))
    return [Parameter(names, stored) for stored in (given_as(NUMBERS), fractions)]


@pytest.mark.parametrize("levels", [1, 3])
@pytest.mark.parametrize("bits", [None, WIDE])
def test_residues(parameters: list[Parameter], bits: int | None, levels: int) -> None:
    field = towers(levels, 3, random.Random(1), bits=bits)
    ops = Fields(b"key", field, opaque=True, kinked=True)
    made, known = (read_parameter(parameter, ops) for parameter in parameters)
    assert made.real is not None and known.real is not None
    for residues, others in zip(made.at, known.at, strict=True):
        assert residues is not None and others is not None
        assert residues.dtype == others.dtype
        assert np.array_equal(residues, others)
    assert np.array_equal(made.real.value, known.real.value)
    assert np.array_equal(made.real.error, known.real.error)


@pytest.mark.parametrize("bits", [64, 128, 1024])
def test_balls(parameters: list[Parameter], bits: int) -> None:
    def parts(ball: Any) -> tuple[Any, ...]:
        return tuple(flint.arb.man_exp(part) for part in (ball.mid(), ball.rad()))

    with precision(bits):
        made, known = (read_parameter(parameter, Balls(bits=bits)) for parameter in parameters)
        assert list(map(parts, made)) == list(map(parts, known))


def test_outlines_floats_and_names(parameters: list[Parameter]) -> None:
    made, known = (read_parameter(p, Outlines(opaque=True)) for p in parameters)
    assert made == known
    signs = [read_parameter(parameter, SignSets()).tolist() for parameter in parameters]
    assert signs[0] == signs[1]
    floats = [read_parameter(parameter, Numeric()).tolist() for parameter in parameters]
    assert floats[0] == floats[1] == [float(number) for number in NUMBERS]
    for parameter in parameters:
        assert parameter.has_numbers_alone
        assert not (parameter.is_numeric or parameter.is_notation or parameter.takes_notation)
        assert not (parameter.symbols() or parameter.tied() or [*parameter.named()])
    assert parameters[0] == parameters[1]
