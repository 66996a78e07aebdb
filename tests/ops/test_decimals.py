"""Numbers as decimals: what is said of arrays, against each of their numbers."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

from netsym.ops.decimals import are_decimals, decimal, decimals
from netsym.ops.proved.balls import Balls, exactly, precision
from netsym.ops.shortest import shortest
from tests.effort import many

HALVES = np.arange(-40, 41).reshape(3, 27) / 2


@pytest.mark.parametrize("place", [None, 0, 7, 40, 80])
@pytest.mark.parametrize("kind", [float, object])
def test_arrays_are_decimals_if_every_number_is(place: int | None, kind: type) -> None:
    values = HALVES.astype(kind)
    if place is not None:
        values.reshape(-1)[place] = 0.1
    assert are_decimals(values) is (place is None)
    assert are_decimals(values) is all(decimal(v) == v for v in values.ravel().tolist())


def test_fractions_are_what_they_are() -> None:
    assert are_decimals(np.array([Fraction(1, 3), 0.5], dtype=object))
    assert are_decimals(np.empty(0))


def _numbers(source: np.random.Generator, count: int) -> Iterator[np.ndarray]:
    """Float64 numbers of every magnitude, of few digits, of few bits, and beside such."""
    normal = source.normal(size=count)
    powers = 10.0 ** source.integers(-30, 30, count)
    yield normal * powers
    yield normal * 10.0 ** source.integers(-6, 15, count)
    for digits in (1, 4, 14, 15, 16):
        yield np.array([float(f"{value:.{digits}g}") for value in (normal * 100).tolist()])
    yield normal.astype(np.float32).astype(float)
    yield source.integers(-(2**40), 2**40, count) / 2.0 ** source.integers(0, 60, count)
    twos = 2.0 ** source.integers(-25, 60, count)
    for exact in (powers, twos, np.zeros(count), np.rint(normal * 3)):
        yield exact
        yield np.nextafter(exact, source.choice([-np.inf, np.inf], count))


def test_the_shortest_decimals_are_those_that_are_written() -> None:
    for values in _numbers(np.random.default_rng(3), many(20_000, 400)):
        found = [
            Fraction(whole, 10**places) for whole, places in zip(*shortest(values), strict=True)
        ]
        assert found == [Fraction(Decimal(repr(value))) for value in values.tolist()]
        assert decimals(values).tolist() == found


@pytest.mark.parametrize("bits", [53, 128, 1024, 8192])
def test_balls_of_decimals_are_those_of_fractions(bits: int) -> None:
    values = np.concatenate([*_numbers(np.random.default_rng(4), 20)])
    with precision(bits):
        found = Balls(bits=bits).in_decimals().numbers(values)
        wanted = [exactly(decimal(value)) for value in values.tolist()]
        assert all(
            a.mid() == b.mid() and a.rad() == b.rad() for a, b in zip(found, wanted, strict=True)
        )
