"""Assumptions: how they are read, at which points they hold, and points that are moved there."""

from __future__ import annotations

import re

import numpy as np
import pytest

from netsym.equality.assumptions import Assumptions, assumptions
from netsym.equality.sides import aligned, subject
from netsym.errors import SpecError


def assumed(
    where: str | list[str], one: str = "f(x, y) = x + y", other: str = "f(x, y) = x*y + a"
) -> Assumptions:
    first = subject(one)
    return assumptions(where, first, aligned(first, subject(other)))


def test_they_are_told_as_they_were_given() -> None:
    assert str(assumed("x > 0")) == "where x > 0"
    assert str(assumed("0 < x < 1, x != y")) == "where 0 < x < 1 and x != y"
    assert str(assumed(["x > 0", "y≥1,a <= 2"])) == "where x > 0, y≥1 and a <= 2"
    assert str(assumed("max(x, y) > 0, clip(x, 0, 1) < a")) == (
        "where max(x, y) > 0 and clip(x, 0, 1) < a"
    )
    assert assumed("x > 0")
    assert not assumed([])


@pytest.mark.parametrize(
    ("where", "x", "a", "expected"),
    [("x > 0", [[1, 0], [0, 0], [-1, 0]], 1, [1, 0, 0]),
     ("x >= 0", [[1, 0], [0, 0], [-1, 0]], 1, [1, 1, 0]),
     ("x < 0", [[1, 0], [0, 0], [-1, 0]], 1, [0, 0, 1]),
     ("x <= 0", [[1, 0], [0, 0], [-1, 0]], 1, [0, 1, 1]),
     ("x != 0", [[1, 0], [0, 0], [-1, 0]], 1, [1, 0, 1]),
     ("0 < x < 1", [[0.5, 0], [1, 0], [2, 0], [-3, 0]], 1, [1, 0, 0, 0]),
     ("x > y", [[1, 0], [0, 1], [2, 2]], 1, [1, 0, 0]),
     ("a > x", [[1, 0], [3, 0]], 2, [1, 0]),
     ("x > 0, y > 0", [[1, 1], [1, -1], [-1, 1]], 1, [1, 0, 0]),
     ("log(x) > 0", [[2, 0], [0.5, 0], [-1, 0]], 1, [1, 0, 0]),
     ("0.1 + 0.2 - x > 0", [[0.3, 0], [0.2, 0]], 1, [1, 1]), ("x > 0.1", [[0.1, 0]], 1, [1])],
)  # fmt: skip
def test_where_they_hold(where: str, x: list[list[float]], a: float, expected: list[int]) -> None:
    """Decimals are exact, and the float64 0.3 is below, but 0.1 is above what it is written as."""
    kept = assumed(where).hold(np.array(x, dtype=float), {"a": a})
    assert kept.astype(int).tolist() == expected


@pytest.mark.parametrize(
    "where",
    ["x > 0", "x < 0", "0 < x < 1", "x > y", "x > y > a", "a > 3", "0 < a < 0.01, x < a",
     "x + y > 10", "x*y > 0", "x != y", "x >= 5, y <= -5", "2*x - 3*y < 1, x > 100", "exp(x) > 2",
     "abs(x) < 1", "0 < a < x < y < 1", "a != 1.5", "x^2 + y^2 < 1"],
)  # fmt: skip
def test_points_are_moved_to_where_they_hold(where: str) -> None:
    source = np.random.default_rng(3)
    x = source.choice([-1, 1], (40, 2)) * 10 ** source.uniform(-3, 4, (40, 2))
    x[0] = 0
    given = assumed(where)
    moved, values = given.met(x, {"a": -1.5}, 1)
    assert len(moved) >= 20
    assert given.hold(moved, values).all()
    assert len(np.unique(moved, axis=0)) >= 15
    again, same = given.met(x, {"a": -1.5}, 1)
    assert np.array_equal(moved, again)
    assert values == same


def test_points_at_which_they_hold_stay() -> None:
    x = np.array([[1.0, 2.0], [3.0, -4.0]])
    moved, values = assumed("x > 0, a < 0").met(x, {"a": -1.5})
    assert np.array_equal(moved, x)
    assert values == {"a": -1.5}


@pytest.mark.parametrize("where", ["x > 1, x < 0", "a > 1, a < 0", "x^2 < 0", "x > x"])
def test_where_nothing_is_there_are_no_points(where: str) -> None:
    moved, _ = assumed(where).met(np.ones((5, 2)), {"a": 0.5})
    assert moved.shape == (0, 2)


@pytest.mark.parametrize(
    ("where", "message"),
    [("x", "'x' is no condition; give conditions like x > 0"),
     ("", "'' is no condition"), ("x > 0,", "'' is no condition"), ("x >", "'x >' is no condition"),
     ("x >> 0", "'x >> 0' is no condition"),
     ("x = 1", "'x = 1' has '=', but an assumption is about a sign: write what is equal"),
     ("x == 1", "'x == 1' has '=='"), ("q > 0", "'q' in 'q > 0' is a name of neither side; choose"),
     ("1 > 0", "'1 > 0' is about numbers alone"), ("x > (y", "1 parenthesis is not closed"),
     ("x > f(y)", "no function called 'f'"), ("x > __import__('os')", "has no meaning"),
     ("x > y_1 = 1", "has '='")],
)  # fmt: skip
def test_what_is_no_assumption(where: str, message: str) -> None:
    with pytest.raises(SpecError, match=re.escape(message)):
        assumed(where)


def test_what_is_no_text() -> None:
    with pytest.raises(SpecError, match=re.escape("where is [3]; give conditions like x > 0")):
        assumed([3])  # type: ignore[list-item]


def test_names_of_a_network_as_they_are_written() -> None:
    import netsym

    one = subject(netsym.parse("2-2-1"))
    found = assumptions("x₁ > 0, w⁽¹⁾₁₂ < 0", one, one)
    assert [condition.names for condition in found.conditions] == [["x_1"], ["w1_1_2"]]
