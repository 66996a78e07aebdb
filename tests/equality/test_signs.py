"""Signs of expressions: never one too few, by values at random points; and what is nowhere."""

from __future__ import annotations

import random
from fractions import Fraction

import flint
import numpy as np
import pytest

from netsym.equality.expressions import Beyond, Undefined
from netsym.equality.factors import factored
from netsym.equality.rewriting import Rewriting
from netsym.equality.sides import subject
from netsym.equality.signs import (
    ANY,
    NEGATIVE,
    NOT_NEGATIVE,
    NOT_POSITIVE,
    NOT_ZERO,
    POSITIVE,
    ZERO,
    Signs,
)
from netsym.equality.signs_of_expressions import Known
from netsym.graph.names import literal
from netsym.ops.proved.balls import Balls, precision
from netsym.pieces.redundancy import nowhere_positive
from tests.effort import many
from tests.equality.sector_pairs import true_pair


def placed(store: Rewriting, text: str) -> int:
    """A typed formula as a node; all its letters are names."""
    side = subject(text)
    line = side.straight_line
    inputs = [store.leaf("name", name) for name in side.inputs.all()]
    numbers = [store.constant(number.value) for number in line.numbers]
    return line.run(store, inputs, lambda name: store.leaf("name", name), numbers)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("exp(x)", POSITIVE), ("x^2", NOT_NEGATIVE), ("-x^2 - 1", NEGATIVE), ("x", ANY),
     ("x^2 - 2*x + 1", NOT_NEGATIVE), ("x^2 - 2*x + 2", POSITIVE), ("x^2 - 2*x + 1/2", ANY),
     ("2*x*y - x^2 - y^2", NOT_POSITIVE), ("x^2 + x*y + y^2 + 1", POSITIVE),
     ("sqrt(x)", NOT_NEGATIVE), ("sqrt(x - x)", ZERO),
     ("log(1 + exp(x))", POSITIVE), ("log(sigmoid(x))", NEGATIVE), ("softplus(x) - x", POSITIVE),
     ("1 + tanh(x)", POSITIVE), ("1 - sigmoid(x)", POSITIVE), ("cosh(x) - 1", NOT_NEGATIVE),
     ("2 + sin(x)", POSITIVE), ("1 - cos(x)", NOT_NEGATIVE), ("1/2 + sin(x)", ANY),
     ("abs(x)/x", NOT_ZERO), ("1/(1 + abs(x))", POSITIVE), ("sqrt(2) - 1.41421356", POSITIVE),
     ("log(2) - 0.7", NEGATIVE), ("pi - 22/7", NEGATIVE), ("1 + erf(x)", NOT_NEGATIVE), ("0", ZERO),
     ("(x + 1)^2 - x^2 - 2*x - 1", ZERO), ("exp(2*x) - 2*exp(x) + 1", NOT_NEGATIVE)],
)  # fmt: skip
def test_what_is_known_of_a_sign(text: str, expected: Signs) -> None:
    store = Rewriting()
    node = placed(store, text)
    assert Known(store).of(node) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [("exp(x) - exp(y)", "x - y"), ("exp(x) - 1", "x"), ("tanh(x)", "x"), ("x^3", "x"),
     ("erf(x - y)", "x - y"), ("softplus(x) - softplus(y)", "x - y"), ("x*exp(y)", "x"),
     ("x/(1 + exp(x))", "x"), ("sigmoid(x) - 1/2", "x"), ("sinh(x)", "x"), ("4*x - 4*y", "x - y")],
)  # fmt: skip
def test_signs_that_are_those_of_something_simpler(one: str, other: str) -> None:
    store = Rewriting()
    assert Known(store).open_keys(placed(store, one), strict=True) == [placed(store, other)]


def values(store: Rewriting, roots: list[int], at: dict[str, float]) -> list[flint.arb]:
    """Balls of nodes at a point."""
    line = store.program(roots)
    with precision(200):
        balls = Balls(at, 200)
        numbers = [balls.constant(number.value) for number in line.numbers]
        found = line.run(balls, [], lambda name: balls.symbols(literal(name)), numbers)
        return [np.asarray(end).item() for end in found]


def test_no_sign_is_missing_and_factors_have_the_product() -> None:
    """Of formulas made at random, at random points; where some signs are known, at such points."""
    source, seen = random.Random(11), 0
    for _ in range(many(1_500, 300)):
        store = Rewriting()
        try:
            node = placed(store, source.choice(true_pair(source)))
            whole = factored(store, node)
        except (Beyond, Undefined):
            continue
        facts = [(store.leaf("name", "x"), source.choice([POSITIVE, NOT_POSITIVE, NOT_ZERO]))]
        known = Known(store, facts)
        signs, product = known.of(node), store.built(whole)
        for _ in range(6):
            at = {
                name: source.choice([source.uniform(-3, 3), source.randint(-2, 2)])
                for name in "xyz"
            }
            if int(np.sign(at["x"])) not in facts[0][1]:
                continue
            value, again = values(store, [node, product], at)
            if not (value.is_finite() and again.is_finite()):
                continue
            seen += 1
            assert value.overlaps(again)
            sign = 1 if value > 0 else -1 if value < 0 else 0 if value == 0 else None
            assert sign is None or sign in signs
    assert seen > 500


def test_cases_of_keys() -> None:
    store = Rewriting()
    x, y = placed(store, "x"), placed(store, "y")
    known = Known(store)
    assert known.of(placed(store, "x*y")) == ANY
    assert known.open_keys(placed(store, "x*y"), strict=False) == [x, y]
    there = known.among(x, NOT_NEGATIVE, x).among(y, NEGATIVE, y)
    assert there.of(placed(store, "x*y")) == NOT_POSITIVE
    assert there.of(placed(store, "-2*x*y^3")) == NOT_NEGATIVE
    assert there.open_keys(placed(store, "x*y"), strict=True) == [x]
    assert not there.impossible()
    less = placed(store, "x - y")
    assert there.among(less, NEGATIVE, less).impossible()
    assert known.of(x) == ANY


def test_facts_without_room_leave_nothing_out_by_bounds() -> None:
    """Where x = 0 is all there is, x > 0 and x < 0 are both empty, but x = 0 is in the closure."""
    store = Rewriting()
    x = placed(store, "x")
    known = Known(store, [(x, NOT_NEGATIVE), (placed(store, "-x"), NOT_NEGATIVE)])
    assert known.of(x) == ZERO
    assert not known.impossible()


def test_nowhere_positive_is_exact() -> None:
    """Against all corners of a box so large that it has a place if there is any."""
    source, seen = random.Random(2), {True: 0, False: 0}
    for _ in range(300):
        rows = [[source.randint(-2, 2) for _ in range(3)] for _ in range(source.randint(1, 5))]
        exact = np.array([[flint.fmpq(n) for n in row[:2]] for row in rows], dtype=object)
        offsets = np.array([flint.fmpq(row[2]) for row in rows], dtype=object)
        found = nowhere_positive(exact, offsets)
        seen[found] += 1
        assert found == (not _somewhere([[Fraction(n) for n in row] for row in rows]))
    assert min(seen.values()) > 30


def _somewhere(rows: list[list[Fraction]]) -> bool:
    """Whether strict inequalities have a solution, by eliminating one letter after another (Fourier
    and Motzkin).
    """
    for place in (0, 1):
        up, down = ([r for r in rows if r[place] * sign > 0] for sign in (1, -1))
        rest = [r for r in rows if r[place] == 0]
        pairs = [
            [a * -d[place] + b * u[place] for a, b in zip(u, d, strict=True)]
            for u in up
            for d in down
        ]
        rows = rest + pairs
    return all(row[2] > 0 for row in rows)
