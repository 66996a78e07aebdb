"""Sums and products over an index are their terms."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym import SpecError
from netsym.typed.sums import spread
from tests.effort import random_examples
from tests.typed import parse_formula

SAME = [
    (r"\sum_{i=1}^{3} w_i x_i + b", r"w_1 x_1 + w_2 x_2 + w_3 x_3 + b"),
    (r"\sum_{i=1}^3 w_i\,x_i - b", r"w_1 x_1 + w_2 x_2 + w_3 x_3 - b"),
    (r"\sum^{2}_{k=1} -w_k x_k", "-w_1 x_1 + (-w_2 x_2)"),
    (r"\sum\limits_{i=0}^{1} (w_i + x_{i+1})", "(w_0 + x_1) + (w_1 + x_2)"),
    (r"\sum_{i=1}^{2} \left(w_i + x_i\right) \left|x_i - c\right| + b",
     "(w_1 + x_1)*abs(x_1 - c) + (w_2 + x_2)*abs(x_2 - c) + b"),
    (r"\left[\sum_{i=1}^{2} w_i\right] x", "(w_1 + w_2)*x"),
    (r"\prod_{i=1}^{2} (1 + x_i)", "(1 + x_1)(1 + x_2)"),
    (r"\frac{\sum_{i=1}^{2} w_i x_i}{\sum_{i=1}^{2} w_i}", "(w_1*x_1 + w_2*x_2)/(w_1 + w_2)"),
    (r"\sigma\Bigl(\sum_{i=1}^{2} w_i x_i + b\Bigr)", "sigmoid(w_1*x_1 + w_2*x_2 + b)"),
    (r"\sum_{i=1}^{2} \frac{i}{2} x_i^{i}", "1/2*x_1 + 2/2*x_2^2"),
    (r"\sum_{i=1}^{2} \sum_{j=1}^{i} w_{ij} x_j", "w_11*x_1 + (w_21*x_1 + w_22*x_2)"),
    (r"\sum_{k=1}^{2} w_k x_{k+1}", "w_1*x_2 + w_2*x_3"),
    (r"\sum_{i=1}^{2} |x_i - 1| w_i", "abs(x_1 - 1)*w_1 + abs(x_2 - 1)*w_2"),
    (r"\sum_{i=9}^{10} w_{1i} x_i", "w_1_9*x_9 + w_1_10*x_10"),
    (r"\max(\sum_{i=1}^{2} x_i, 0)", "max(x_1 + x_2, 0)"),
    ("∑_{i=1}^{2} w_i*x_i + b", "w_1*x_1 + w_2*x_2 + b"),
    ("Σ_{i=1}^2 w_i·x_i", "w_1*x_1 + w_2*x_2"),
    ("exp(∏_{i=1}^{3} x_i)", "exp(x_1*x_2*x_3)"),
    ("sum(w[i]*x[i] for i in range(1, 3)) + b", "w_1*x_1 + w_2*x_2 + b"),
    ("sum([w[i]*x[i] for i in range(1, 3)])", "w_1*x_1 + w_2*x_2"),
    ("np.sum([w[i] - x[i + 1] for i in range(1, 3)])", "w_1 - x_2 + (w_2 - x_3)"),
    ("sum(x[i] for i in range(0)) + x[1]", "0 + x_1"),
    ("math.prod(x[i] for i in range(1, 3))", "x_1*x_2"),
    ("x_1 + sum(i*x_1**i for i in range(1, 3))", "x_1 + (1*x_1**1 + 2*x_1**2)"),
    ("sum(w[i][j]*x[j] for i in range(1, 3) for j in range(1, 3))",
     "(w_1_1*x_1 + w_1_2*x_2) + (w_2_1*x_1 + w_2_2*x_2)"),
]  # fmt: skip


@pytest.mark.parametrize(("typed", "written"), SAME, ids=[typed for typed, _ in SAME])
def test_a_sum_is_its_terms(typed: str, written: str) -> None:
    found = netsym.compare(typed, written)
    assert found.verdict in ("structural", "identical"), found.report()


@random_examples(50)
@given(st.integers(0, 2**32))
def test_sums_have_the_values_that_python_finds(seed: int) -> None:
    """The same text, read and run."""
    chance = random.Random(seed)
    typed = _sum_of_python(chance, ["x[0]"], depth=0)
    values = [chance.choice([0, 1, -2, 0.5]) for _ in range(9)]
    formula = parse_formula(typed + " + x[0]").formula
    places = [int(name.partition("_")[2]) - 1 for name in formula.input_names()]
    found = formula(*(values[place] for place in places))
    expected = eval(typed + " + x[0]", {"x": values, "math": math})
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12)


def _sum_of_python(chance: random.Random, values: list[str], depth: int) -> str:
    letter = "ijk"[depth]
    first = chance.randint(0, 2)
    numbers = chance.choice([f"range({first + 1})", f"range({first}, {first + 2})"])
    mine = [*values, letter, f"x[{letter}]", f"x[{letter} + {chance.randint(0, 2)}]"]
    left, right = chance.choice(mine), f"x[{letter}]"
    if depth < 2 and chance.random() < 0.5:
        right = _sum_of_python(chance, mine, depth + 1)
    call = chance.choice(["sum", "sum", "math.prod"])
    body = f"{left}{chance.choice(['*', ' + ', ' - '])}{right}"
    return f"{call}({body} for {letter} in {numbers})"


WRONG = [
    (r"\sum_{i=1}^{n} w_i x_i", r"no number of terms\n.*\n  \^{14}\nwrite from where to where"),
    (r"y = \sum_i w_i x_i + b", r"no number of terms\n.*\n {6}\^{6}\nwrite from where"),
    ("∑ x_i", "no number of terms"),
    ("sum(x[i] for i in range(n))", r"no number of terms\n.*\n {26}\^\nwrite the numbers"),
    (r"\sum_{i=1}^{3} + x", "nothing stands behind this sum"),
    (r"\sum_{i=1}^{1000} \sum_{j=1}^{1000} w_{ij} x_j", "more than the 1,000,000 characters"),
    ("sum(x for i in range(999999999))", "more than the 1,000,000 characters"),
    ("1 + sum(x[i] for i in range(3)", r"1 parenthesis is not closed\n.*\n {9}\^$"),
    ("sum(x)", "no function called 'sum'"),
    (r"\sum_{i=1}^{2} w_i x_i +", r"a value is missing\n.*\n {25}\^"),
]


@pytest.mark.parametrize(("typed", "said"), WRONG, ids=[typed for typed, _ in WRONG])
def test_what_is_no_sum_of_numbers_of_terms_is_said_where_it_was_typed(
    typed: str, said: str
) -> None:
    with pytest.raises(SpecError, match=said):
        parse_formula(typed)


def test_a_sum_that_was_assumed_is_said() -> None:
    parsed = parse_formula(r"\sum_{i=1}^{2} w_i x_i + b")
    assert parsed.notes[0] == r"\sum_{i=1}^{2} w_i x_i was read as (w_1 x_1 + w_2 x_2)"


def test_text_without_sums_is_left_as_it_is() -> None:
    for text in ("summary*x + prod", r"\summary", "Σ_1*x", "w*x"):
        assert spread(text) is None


def test_ten_thousand_sums_are_read_in_their_order() -> None:
    found = spread(" + ".join([r"\sum_{i=1}^{2} x_i"] * 10_000), longest=10**6)
    assert found is not None
    assert found.text == " + ".join(["(x_1 + x_2)"] * 10_000)
    assert len(found.places) == len(found.text) and len(found.notes) == 1


PARTS = [
    r"\sum", "∑", "Σ", "_{i=1}", "^{3}", "_i", "sum(", "prod(", " for i in range(3)", ")", "(", "[",
    "]", "w_i", "x_{ij}", "w[i]", " + ", " - ", "*", "/", "{", "}", "|", r"\left(", r"\right)",
    r"\\", "\n", ",", "i", "2", "=", "y", "_{j=0}^{1}", r"\prod_{k=1}^{2}", r"\sigma(", "^{(i)}",
]  # fmt: skip


@random_examples(300)
@given(st.lists(st.sampled_from(PARTS), min_size=1, max_size=14))
def test_whatever_is_typed_is_read_or_refused(parts: list[str]) -> None:
    typed = "".join(parts)
    try:
        found = spread(typed, longest=10_000)
        if found is not None:
            assert len(found.places) == len(found.text)
            assert all(0 <= place < len(typed) for place in found.places)
        parse_formula(typed, longest=10_000)
    except SpecError as error:
        assert str(error)


def test_the_network_in_sums_is_the_network() -> None:
    typed = (
        r"\hat{y} = \sigma\left(\sum_{i=1}^{12} w^{[2]}_{1i} \tanh\Bigl(\sum_{j=1}^{11} "
        r"w^{[1]}_{ij} x_j + b^{[1]}_i\Bigr) + b^{[2]}_1\right)"
    )
    found = netsym.check(netsym.parse("11-12tanh-1sigmoid"), typed)
    assert found.verdict in ("structural", "identical"), found.report()
