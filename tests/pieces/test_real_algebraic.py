"""Real roots as exact numbers, against polynomials whose roots are known."""

from __future__ import annotations

from itertools import islice, pairwise
from math import isqrt

import pytest
from flint import fmpq, fmpq_poly
from hypothesis import given
from hypothesis import strategies as st

from netsym.ops.proved.rationals import NotRational
from netsym.pieces.real_algebraic import Algebraic, between, beyond, roots
from tests.effort import random_examples

X = fmpq_poly([0, 1])
RATIONALS = st.fractions(-9, 9, max_denominator=30).map(lambda f: fmpq(f.numerator, f.denominator))


@random_examples(60)
@given(st.lists(RATIONALS, min_size=1, max_size=5), st.booleans())
def test_rational_roots_are_found_with_their_multiplicity(known: list[fmpq], more: bool) -> None:
    polynomial = fmpq_poly([3]) * (X**2 + 1 if more else 1)
    for root in known:
        polynomial *= X - root
    assert dict(roots(polynomial)) == {root: known.count(root) for root in known}


def test_irrational_roots_are_ordered_among_all_others() -> None:
    polynomial = (X**2 - 2) * (X**3 - 3 * X + 1) * (X - fmpq(3, 2)) * (X**2 - fmpq(200001, 100000))
    found = sorted(root for root, _ in roots(polynomial))
    assert len(found) == 8
    assert all(one < other and not other < one for one, other in pairwise(found))
    assert [isinstance(root, Algebraic) for root in found].count(False) == 1
    assert sorted(str(root)[:7] for root in found if isinstance(root, Algebraic))[0] == "-1.4142"


@pytest.mark.parametrize("digits", [3, 30, 300])
def test_what_is_close_together_is_told_apart(digits: int) -> None:
    """√2, and a rational as close to it as one likes."""
    ((_, _), (root, _)) = roots(X**2 - 2)
    near = fmpq(isqrt(2 * 10 ** (2 * digits)), 10**digits)
    assert near < root
    assert root < near + fmpq(1, 10**digits)
    assert root != near
    for x in islice(between(near, root), 3):
        assert near < x < root


def test_roots_that_are_nearly_one() -> None:
    """Mignotte's polynomials; what would take minutes is refused, not waited for."""
    found = [root for root, _ in roots(X**20 - 2 * (10**10 * X - 1) ** 2)]
    assert len(found) == 4
    assert found == sorted(found)
    assert next(between(found[1], found[2])) == fmpq(1, 10**10)
    with pytest.raises(NotRational, match="too close together"):
        roots(X**90 - 2 * (10**30 * X - 1) ** 2)


@random_examples(60)
@given(st.lists(RATIONALS, min_size=2, max_size=2, unique=True))
def test_numbers_between_are_simple_and_do_not_end(ends: list[fmpq]) -> None:
    low, high = sorted(ends)
    found = list(islice(between(low, high), 5))
    assert len(set(found)) == 5
    assert all(low < x < high for x in found)
    simplest = int(found[0].q)
    assert not any(
        low < fmpq(above, below) < high
        for below in range(1, simplest) for above in range(-10 * below, 10 * below)
    )  # fmt: skip
    assert next(between(None, low)) < low < next(between(low, None))


@random_examples(60)
@given(st.lists(st.integers(-5, 5), min_size=1, max_size=6), RATIONALS)
def test_the_sign_beyond_a_point(coefficients: list[int], start: fmpq) -> None:
    """Against the value at a point that is before the next root."""
    polynomial = fmpq_poly(coefficients)
    for at in (None, start):
        sign, following = beyond(polynomial, at)
        here = polynomial(next(between(at, following)))
        assert sign == (here > 0) - (here < 0)
        assert following is None or at is None or at < following
