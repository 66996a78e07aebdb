"""Proofs and witnesses: attacks by hand, and pairs whose truth is known by how they are made."""

from __future__ import annotations

import random
from fractions import Fraction

import pytest

from tests.effort import sample
from tests.pieces.pairs import (
    at_witness,
    bumped,
    compared,
    drawn,
    judged,
    twin,
    value,
)

F = Fraction

MANY = "+".join(f"relu(x-{n}/7)" for n in range(1, 201))

EQUAL = [
    ("relu(x)*relu(-x)", "0"), ("relu(x^2)", "x^2"), ("abs(x)^2", "x^2"), ("sign(x)*abs(x)", "x"),
    ("relu(x)", "x*step(x)"), ("abs(x^3-2)", "max(x^3-2, 2-x^3)"), ("sign((x^2-2)^2+1)", "1"),
    ("max(x^3-3*x+1,0)*min(x^3-3*x+1,0)", "0"), ("abs(1/x)", "1/abs(x)"), ("x/abs(x)", "sign(x)"),
    ("hard_sigmoid(x)", "min(max(0, x + 3), 6)/6"), ("relu6(x)", "min(relu(x), 6)"),
    ("relu(x)/(1+relu(x))", "relu(x/(1+abs(x)))"), ("softsign(x)", "x/(1+abs(x))"),
    ("max(x,x^2)", "(x+x^2+abs(x-x^2))/2"), ("abs(x^5-x-1)", "sign(x^5-x-1)*(x^5-x-1)"),
    ("clip(x,0,1)", "relu(x)-relu(x-1)"), ("leaky_relu(x,1/4)", "max(x, x/4)"),
    ("hard_swish(x)", "x*hard_sigmoid(x)"), ("relu(relu(x)+1)", "relu(x)+1"),
    ("relu(-relu(x)-1)", "0"), ("2", "1+1"), ("sqrt(4)", "2"), ("relu(3)*x", "3*x"),
    ("(x^2-1)/(x-1)", "x+1"), ("relu(a)-relu(-a)", "a"),
    ("step(x)+step(-x)", "1+(1-sign(x)^2)"), (MANY, "+".join(reversed(MANY.split("+")))),
    (f"relu({MANY})", MANY), ("relu(x)-relu(-x)", "x"), ("x*0+abs(abs(x))", "abs(x)"),
    ("abs(x+y)+abs(x-y)", "2*max(abs(x),abs(y))"), ("max(x,y,z)", "max(z,max(x,y))"),
    ("relu(x+y)", "x+y+relu(-x-y)"), ("max(x,min(x,y))", "x"),
    ("relu(relu(x-y)+relu(y-x))", "abs(x-y)"),
    ("min(max(x,y),z)", "max(min(x,z),min(y,z))"), ("x*y-y*x", "0"),
    ("max(a+b,c+d,a+d)", "max(c+d,a+max(d,b))"),
    ("relu(a+b+c+d-relu(-u))", "max(0,a+b+c+d+min(0,u))"),
]  # fmt: skip

#: What differs, and where it must not, or must: None for anywhere.
DIFFERENT = [
    ("5+relu(relu(x-50))", "5"), ("relu(x)*relu(1e-20-x)*1e40", "0"), ("sign(x)^2", "1"),
    ("step(x)+step(-x)", "1"), ("2", "3"), ("heaviside(x)", "step(x)"),
    ("relu(x)", "abs(x)"), ("1/x", "1/(x+1e-30)"),
    ("relu(max(x-12, 1/10-abs(abs(x-3/2)-6/5)-10*relu(3/2-x)))", "relu(x-12)"),
    ("relu(max(x-2000, 1/10-abs(abs(x-500)-499.777)-10*relu(500-x)))", "relu(x-2000)"),
    ("relu((x-10)*((x-0.305)^2-0.00000001))+relu(relu(x)-1)",
     "relu(x-10)*((x-0.305)^2-0.00000001)+relu(relu(x)-1)"),
    ("relu(relu(1e-20-abs(x-1e6)))", "0"), (MANY, MANY.replace("x-100/7", "x-101/7")),
    (f"relu({MANY}-1e-9*relu(x-1e6))", MANY), ("relu(2-x^2)*relu(x-1.414213562)", "0"),
    ("relu((x^2-2)*(2.0000000001-x^2))", "0"), ("sign(x*(x^2-2))^2", "1"),
    ("leaky_relu(x,0.01)", "leaky_relu(x,0.010000001)"), ("x+0*(1/relu(-x))", "x+relu(x)+relu(-x)"),
    ("heaviside(1-x)*heaviside(x-1+1e-12)", "0"), ("1/relu(x)", "1/relu(x)+relu(x-9)/x"),
    ("relu(1e-6-abs(x-1)-abs(y-2))", "0"), ("abs(x+y)+abs(x-y)", "2*max(abs(x),y)"),
    ("relu(1e-20-abs(a)-abs(b)-abs(c))", "0"), ("max(x,y,z)", "max(z,max(x,y))+relu(x-y-1e6)"),
    ("x+y", "x+y+relu(relu(y-x)-100)"),
]  # fmt: skip

NEITHER = [
    ("exp(x)", "exp(x)+0"), ("relu(x*y)", "x*y"), ("sin(relu(x))", "0"), ("pi*x", "x"),
    ("1/(x-x)", "1"), ("1/(abs(abs(x))-abs(x))", "1"), ("sign(x+y)", "1"), ("x/y", "x/y+relu(x)"),
    ("sqrt(2)*x", "x"), ("x^1.5", "x"), ("relu(x)^2000", "0"), ("0^(-1)*x", "x"),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other"), EQUAL)
def test_equal(one: str, other: str) -> None:
    found = compared(one, other)
    assert found is not None
    assert found.equal is True
    assert found.witness is None


@pytest.mark.parametrize(("one", "other"), DIFFERENT)
def test_different(one: str, other: str) -> None:
    """The witness is one, as another reading has it."""
    found = compared(one, other)
    assert found is not None
    assert found.equal is False
    mine, theirs = at_witness(one, other, found)
    assert mine != theirs


@pytest.mark.parametrize(("one", "other"), NEITHER)
def test_not_covered(one: str, other: str) -> None:
    assert compared(one, other) is None


def test_a_difference_at_irrational_points_alone() -> None:
    found = compared("sign(x^2-2)^2", "1")
    assert found is not None
    assert (found.equal, found.witness) == (False, None)
    assert found.how == ("they differ only at single points, such as the irrational -1.414213562")


def test_names_have_values_in_a_witness() -> None:
    """Those that do not matter have one, too."""
    found = compared("relu(x)+a+b", "relu(x)+a+b+relu(relu(a-3)-1)")
    assert found is not None
    assert (found.equal, found.witness) == (False, (F(0),))
    assert found.values["a"] > 4
    assert found.values["b"] == 0


def test_the_budget_ends_undecided_at_the_same_piece_everywhere() -> None:
    found = compared(f"relu({MANY})", MANY, budget=150)
    assert found is not None
    assert (found.equal, found.pieces) == (None, 150)
    assert found.how == "they are equal on the 150 pieces furthest left"
    source = random.Random(0)
    layers = drawn([4, 6, 6, 1], source)
    again = [judged(layers, twin(layers, random.Random(1)), budget=5) for _ in range(2)]
    assert again[0] == again[1]


# -- by construction --------------------------------------------------------------------------
WIDTHS = [[1, 5, 1], [1, 30, 2], [1, 4, 4, 1], [2, 4, 1], [2, 4, 3, 2], [3, 4, 3, 1], [3, 5, 1],
          [4, 3, 3, 1], [2, 3, 3, 3, 1], [5, 4, 1]]  # fmt: skip


@pytest.mark.parametrize("seed", sample(range(100), 12))
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_units_permuted_scaled_split_and_dead(widths: list[int], seed: int) -> None:
    source = random.Random(f"{widths} {seed}")
    layers = drawn(widths, source)
    found = judged(layers, twin(layers, source))
    assert found is not None
    assert found.equal is True


@pytest.mark.parametrize("seed", sample(range(100), 12))
@pytest.mark.parametrize("radius", [F(1), F(1, 10**6), F(1, 10**20)], ids=str)
@pytest.mark.parametrize("widths", [[1, 4, 3, 1], [2, 4, 4, 1], [3, 3, 3, 1]], ids=str)
def test_a_bump_has_its_witness(widths: list[int], radius: Fraction, seed: int) -> None:
    source = random.Random(f"{widths} {radius} {seed}")
    layers = drawn(widths, source)
    at = [F(source.randint(-9999, 9999), 1000) for _ in range(widths[0])]
    other = bumped(twin(layers, source), at, radius)
    assert value(layers, at) != value(other, at)
    found = judged(layers, other)
    assert found is not None
    assert found.equal is False
    assert found.witness is not None
    assert value(layers, list(found.witness)) != value(other, list(found.witness))
    assert sum(abs(x - y) for x, y in zip(found.witness, at, strict=True)) < radius


def test_a_bump_of_a_millionth_in_two_layers_of_six() -> None:
    source = random.Random(6)
    layers = drawn([2, 6, 6, 1], source)
    found = judged(layers, bumped(layers, [F(1, 3), F(-2, 7)], F(1, 10**6)))
    assert found is not None
    assert found.witness is not None
