"""What sectors prove and what they never prove, the boundaries of jumps, and accidents."""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from netsym.equality import identity as fields
from netsym.equality import sectors as module
from netsym.equality.assumptions import assumptions
from netsym.equality.sectors import Sectors, sectors
from netsym.equality.sides import aligned, subject
from tests.effort import many
from tests.equality.sector_pairs import apart, by_sectors, tried

PAIRS = many(800, 20, 2_500)


def said(left: str, right: str, where: str = "", **options: Any) -> Sectors:
    one = subject(left)
    other = aligned(one, subject(right))
    lines = one.straight_line, other.straight_line
    numbers = [[number.value for number in line.numbers] for line in lines]
    if where:
        options["assumptions"] = assumptions(where, one, other).conditions
    found = sectors(*lines, one.inputs, (numbers[0], numbers[1]), "seed", **options)
    assert found is not None
    return found


# -- laws made at random, and what is nearly one --------------------------------------------------
def test_no_change_of_a_law_is_proved_that_is_seen_to_be_false() -> None:
    found = tried(PAIRS, seed=5)
    assert not found.wrong
    assert found.proved >= 0.85 * PAIRS
    assert found.false >= 0.6 * PAIRS


# -- boundaries -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("left", "right"),
    [("sign(x)*abs(x)", "x"), ("relu(x)", "x*step(x)"), ("sign(x)*x^2", "x*abs(x)"),
     ("sign(x - y)*abs(x - y)", "x - y"), ("sign(exp(x) - 1)*x", "abs(x)"),
     ("step(x)*relu(x - 1)", "relu(x - 1)"), ("step(x*y)*x*y", "relu(x*y)"),
     ("sign(sin(x))*abs(sin(x))", "sin(x)"), ("step(erf(x) - y)*(erf(x) - y)", "relu(erf(x) - y)"),
     ("sign(cos(x) - 1/2)*abs(cos(x) - 1/2)", "cos(x) - 1/2")],
)  # fmt: skip
def test_a_jump_is_looked_at_on_its_boundary(left: str, right: str) -> None:
    found = said(left, right)
    assert found.proved
    assert found.boundaries > 0


@pytest.mark.parametrize(
    ("left", "right"),
    [("step(x)", "heaviside(x)"), ("sign(x)^2", "1"), ("step(x) + step(-x)", "1"),
     ("sign(x - y)^2 + x", "1 + x"), ("step(x*y)", "step(x)*step(y) + step(-x)*step(-y)"),
     ("heaviside(x^2 + y^2)", "1"), ("sign(x^2 - 2*x + 1)", "1"), ("sign(exp(x) - 1)^2", "1"),
     ("abs(sign(sin(x)))", "1"), ("sign(abs(x))", "1"), ("step(-abs(x - y))", "0")],
)  # fmt: skip
def test_what_is_true_but_on_a_boundary_is_not_proved(left: str, right: str) -> None:
    assert not said(left, right).proved


def test_a_kink_needs_no_boundary() -> None:
    found = said("max(x, y)*min(x, y)", "x*y")
    assert (found.proved, found.compared, found.boundaries) == (True, 2, 0)


# -- where both are defined -----------------------------------------------------------------------
@pytest.mark.parametrize(
    ("left", "right", "where"),
    [("log(x^2)", "2*log(x)", "where both are defined"), ("exp(log(x))", "x", "where x > 0"),
     ("sqrt(x)^2", "abs(x)", "where x >= 0"), ("x/abs(x)", "sign(x)", "where both are defined"),
     ("x^2/x", "x", "where x != 0"), ("x*log(y)/y", "log(y)*(x/y)", "where y > 0"),
     ("(x - 3)/(x - 3)", "1", "where both are defined"),
     ("abs(x)*log(x)", "x*log(x)", "where x > 0"),
     ("relu(x - 1)*log(x - 1)", "(x - 1)*log(x - 1)", "where both are defined")],
)  # fmt: skip
def test_values_count_where_both_sides_have_one(left: str, right: str, where: str) -> None:
    found = said(left, right)
    assert found.proved
    assert found.defined == where
    assert not said("abs(x)", "max(x, -x)").defined
    assert not said("sigmoid(x)*sqrt(x^2 + 1)", "sqrt(1 + x^2)/(1 + exp(-x))").defined


@pytest.mark.parametrize(
    ("left", "right"),
    [("sqrt((x - y)^2*(x - 2))", "sqrt((x - y)^2*(x - 2)) + relu(2 - x)"),
     ("sqrt(x^2*(x - 1))", "sqrt(x^2*(x - 1)) + relu(1/2 - x)"),
     ("sqrt(x^2*y)", "sqrt(x^2*y) + relu(-y)"), ("sqrt(-(x - y)^2) + abs(x)", "x")],
)  # fmt: skip
def test_a_single_point_of_a_domain_counts(left: str, right: str) -> None:
    """At x = y the root is 0, though its operand is negative all around."""
    assert not said(left, right).proved


@pytest.mark.parametrize(
    ("left", "right"),
    [("sqrt(-x^2 - 1)", "x"), ("log(-exp(x))", "x"), ("log(x)*sqrt(-x - 1)", "0"),
     ("1/(x - x)", "1/(x - x)"), ("log(0)", "x"), ("1/relu(-exp(x))", "x")],
)  # fmt: skip
def test_what_is_nowhere_defined_is_not_proved(left: str, right: str) -> None:
    found = said(left, right)
    assert not found.proved
    assert "nowhere" in found.why


def test_a_boundary_where_nothing_is_defined_does_not_end_the_proof() -> None:
    """At z = 0 the quotient is one by 0, since y >= 0; x < 0 is still to be compared by then."""
    same = "sign(z)*(sqrt(y) + log(sqrt(y + 1) - exp(1/(abs(y) - y - z))))"
    left, right = f"abs(x) + {same}", f"x + {same}"
    assert apart(left, right, random.Random(0))
    found = said(left, right)
    assert (found.proved, found.compared, found.boundaries) == (False, 2, 1)
    assert found.why == "in a sector a sign is asked for of what is nowhere defined"


# -- signs that contradict each other -------------------------------------------------------------
def test_an_order_that_is_none_is_left_out() -> None:
    found = said("max(max(x, y), z)", "max(x, max(y, z))")
    assert found.proved
    assert found.pruned >= 2
    assert found.compared <= 6


@pytest.mark.parametrize(
    ("left", "right"),
    [("tanh(max(x/3, tanh(y)) + max(z, 0))", "tanh(max(x/3 + z, tanh(y) + z, x/3, tanh(y)))"),
     ("max(x^2 + 1, min(exp(x), y))", "min(max(x^2 + 1, exp(x)), max(x^2 + 1, y))"),
     ("max(sigmoid(x), max(y, z))", "max(max(z, sigmoid(x)), y)")],
)  # fmt: skip
def test_an_order_of_what_has_quotients(left: str, right: str) -> None:
    """The keys are without their denominators, and their sums say nothing of each other."""
    assert said(left, right).proved


def test_a_named_slope_has_either_sign() -> None:
    found = said("relu(w*x)", "relu(w)*relu(x) + relu(-w)*relu(-x)")
    assert (found.proved, found.compared) == (True, 4)
    assert not said("abs(w*x)", "w*abs(x)").proved
    assert not said("max(w*x, w*y)", "w*max(x, y)").proved


# -- assumptions ----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("left", "right", "where"),
    [("log(x^2)", "2*log(x)", "x > 0"), ("abs(x)", "x", "x >= 0"), ("abs(x)", "-x", "x < 0"),
     ("clip(x, 0, 1)", "x", "0 < x < 1"), ("max(x, y)", "x", "x > y"),
     ("clip(x, a, b)", "max(min(x, b), a)", "a <= b"), ("step(x)", "heaviside(x)", "x != 0"),
     ("leaky_relu(x, a)", "max(x, a*x)", "a <= 1"), ("max(w*x, w*y)", "w*max(x, y)", "w > 0"),
     ("abs(x - 1) + abs(x - 2)", "1", "1 <= x <= 2"), ("abs(log(x))", "log(x)", "x >= 1"),
     ("max(x, y, z)", "x", "x > y > z"), ("abs(x)", "-x", "x >= 0, x <= 0"),
     ("sqrt(x*y)", "sqrt(x)*sqrt(y)", "x > 0")],
)  # fmt: skip
def test_what_holds_where_something_is_assumed(left: str, right: str, where: str) -> None:
    assert said(left, right, where).proved


@pytest.mark.parametrize(
    ("left", "right", "where"),
    [("abs(x)", "x", "x != 0"), ("abs(x)", "x", "x > -1"), ("clip(x, a, b)", "x", "a < b"),
     ("clip(x, a, b)", "max(min(x, b), a)", "a > b"), ("step(x)", "heaviside(x)", "x >= 0"),
     ("leaky_relu(x, a)", "max(x, a*x)", "a > 0"), ("abs(x + y)", "x + y", "x > 0"),
     ("sqrt(x^2)", "x", "x < 0"), ("abs(x)", "x", "x > 1, x < 0")],
)  # fmt: skip
def test_what_does_not_hold_though_something_is_assumed(left: str, right: str, where: str) -> None:
    assert not said(left, right, where).proved


# -- limits, and what it says ---------------------------------------------------------------------
def test_too_many_sectors_are_no_proof() -> None:
    names = [f"x_{number}" for number in range(1, 9)]
    left = " + ".join(f"abs({name})" for name in names)
    right = " + ".join(f"max({name}, -{name})" for name in reversed(names))
    assert said(left, right).compared == 1  # written alike before there are any
    few = said(f"exp({left})", " * ".join(f"exp({name}*sign({name}))" for name in names), budget=20)
    assert not few.proved
    assert few.why == "there are too many sectors"


def test_a_large_formula_is_not_looked_at() -> None:
    long = " + ".join(f"abs(x - {number})" for number in range(400))
    assert by_sectors(long, long + " + 1") is None
    deep = "tanh(" * 60 + "x" + ")" * 60
    assert by_sectors(deep, f"{deep} + 1") is None


def test_it_says_how_sure_it_is() -> None:
    exact = said("sqrt(x^2)", "abs(x)")
    assert (exact.chance, exact.heuristic, exact.why) == (-math.inf, False, "")
    circular = said("abs(sin(x)^2 + cos(x)^2)", "1")
    assert circular.proved
    assert circular.heuristic
    assert -200 < circular.chance < -60


def test_a_seed_repeats() -> None:
    one, other = "abs(tanh(x))", "tanh(abs(x))"
    assert by_sectors(one, other, "a") == by_sectors(one, other, "a")
    assert by_sectors(one, other, "a") != by_sectors(one, other, "b")


def test_every_output_must_be_equal() -> None:
    assert said("y_1 = abs(x)\ny_2 = x", "y_1 = max(x, -x)\ny_2 = 1*x").proved
    assert not said("y_1 = abs(x)\ny_2 = x", "y_1 = max(x, -x)\ny_2 = abs(x)").proved


def test_every_output_counts_where_both_sides_have_it() -> None:
    left, right = "y_1 = log(x)\ny_2 = {}", "y_1 = log(x^2)/2\ny_2 = abs(x)"
    assert said(left.format("max(x, -x)"), right).proved
    assert not said(left.format("x"), right).proved
    assert not said(left.format("x"), right, "x < 1").proved
    assert said(left.format("x"), right, "x > 1").proved
    nowhere = said(left.format("sqrt(-1 - x^2)"), right.replace("abs(x)", "sqrt(-2 - x^2)"))
    assert nowhere.why == "nowhere are both defined"


#: False in at least one sector, where the sides are of low degree or by exp and sin.
NEARLY = [
    ("abs(x)*(y + erf(y))", "max(x, -x)*(y + erf(x))"), ("relu(exp(x)*y)", "exp(2*x)*relu(y)"),
    ("max(tanh(x), y)", "max(tanh(2*x), y)"), ("abs(sin(x))*y", "abs(cos(x))*y"),
    ("abs(x)*sin(y)^2", "abs(x)*(1 + cos(y)^2)"), ("relu(x)*cos(2*y)", "relu(x)*cos(y)^2"),
]  # fmt: skip


@pytest.mark.parametrize(("left", "right"), NEARLY)
@pytest.mark.parametrize("bits", [9, 11])
def test_accidents_are_no_more_frequent_than_the_bound(
    left: str, right: str, bits: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With one trial of few bits each, and all that agrees taken for a proof."""
    bounds: list[float] = []

    def of_few_bits(*given: Any) -> Any:
        found = fields.identity(*given, bits=bits, trials=1)
        assert found is not None
        bounds.append(2.0**found.chance)
        return found

    monkeypatch.setattr(fields, "CONVINCING", 1.0)
    monkeypatch.setattr(module, "identity", of_few_bits)
    found = [by_sectors(left, right, str(seed)) for seed in range(many(60, 20))]
    accidents = [each for each in found if each is not None and each.proved]
    bound = sum(bounds)
    assert len(bounds) >= len(found)
    assert bound < 40
    assert len(accidents) <= bound + 4 * math.sqrt(bound + 1)


def test_chances_of_sectors_add_up() -> None:
    one = said("abs(tanh(x))", "tanh(abs(x))")
    two = said("abs(tanh(x))*exp(abs(y))", "tanh(abs(x))*max(exp(y), exp(-y))")
    assert (one.compared, two.compared) == (2, 4)
    assert two.chance > one.chance
