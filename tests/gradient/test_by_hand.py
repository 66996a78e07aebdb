"""Derivatives as a hand writes them: no terms 0, no factors 0, numbers in one product as one."""

from __future__ import annotations

import re
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.graph.factors import Number
from tests.cli.running import run
from tests.typed import parse_formula
from tests.writers.trees import PATIENT


def derivative(text: str) -> str:
    """Of a typed formula by x, as text."""
    return parse_formula(f"y = {text}").formula.gradient("x").text(ascii=True).split(" = ")[1]


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("max(0, x)", "heaviside(x)"), ("max(x, 0)", "1 - heaviside(-x)"),
        ("max(0.0, w*x)", "w*heaviside(w*x)"),
        ("(x + 0)**2", "2*x"), ("(0 + x - 0)**2", "2*x"), ("abs(x - 0)", "sign(x)"),
        ("(w*x + b + 0)**2", "w*(2*(w*x + b))"), ("exp(x)*0 + x", "1"), ("0*x", "0"),
        ("-1*sin(x)", "-cos(x)"), ("(x - w)*(-1)", "-1"), ("x/0", "1/0"), ("(x/0)**2", "2*(x/0)/0"),
    ],
)  # fmt: skip
def test_zero_and_minus_one(text: str, slope: str) -> None:
    """What is divided by 0 stays so: nothing is cancelled there."""
    assert derivative(text) == slope


@pytest.mark.parametrize(
    ("text", "slope"),
    [
        ("0.1*x**2/2", "0.1*x"), ("x**2/2", "x"), ("3*x**2", "6*x"), ("0.25*x**2", "0.5*x"),
        ("x**2/3", "2*x/3"), ("x**4/6", "2*x**3/3"), ("sqrt(x)*2", "1/sqrt(x)"), ("x*2*3", "6"),
        ("exp(x)/4*2", "exp(x)/2"), ("-2*x**2", "-4*x"), ("x/(2*w)*4", "4/(2*w)"),
        ("(1/3)*x**2", "(2/3)*x"), ("x**2*w/0.5", "4*w*x"), ("0.2*x/0.1", "2"),
        # no float64 is exactly 3 times 0.1, and none is written 0.3 and is that
        ("0.1*3*x", "0.1*3"), ("0.1*0.1*x", "0.1*0.1"), ("x**2*w/0.1", "(1/0.1)*w*2*x"),
        ("0.1*3*x**2*w", "0.1*6*w*x"), ("0.3333333333333333*x**2/2", "0.3333333333333333*x"),
        ("5e-324*x**2/4", "5e-324*(1/2)*x"),
    ],
)  # fmt: skip
def test_numbers_in_one_product(text: str, slope: str) -> None:
    assert derivative(text) == slope


DECIMALS = st.decimals(min_value="0.001", max_value=1000, places=3).map(lambda d: f"{d:f}")
NUMBERS = st.one_of(
    st.integers(1, 12).map(str), DECIMALS, st.floats(1e-3, 1e3).map(repr),
    st.sampled_from(["0.1", "0.5", "0.3333333333333333", "1e-05", "1e+22"]),
)  # fmt: skip
TOKEN = re.compile(r"\d+\.?\d*(?:e[+-]?\d+)?")


def exactly(text: str, kind: type[float | str]) -> Fraction:
    """The value of numbers and x = 1 in exact arithmetic; what has a point is read as a `kind`."""
    exact = TOKEN.sub(lambda word: f"number({word[0]!r})", text)

    def number(word: str) -> Fraction:
        return Fraction(word if word.isdecimal() else kind(word))

    return Fraction(eval(exact, {"number": number, "x": 1}))


@PATIENT
@given(st.lists(NUMBERS, min_size=1, max_size=4), st.lists(NUMBERS, max_size=3))
def test_no_number_is_changed(over: list[str], under: list[str]) -> None:
    """The numbers multiply to the same, as the float64 they are and as the decimals they write."""
    typed = "*".join([*over, "x**2"]) + "".join(f"/{number}" for number in under)
    slope = derivative(typed)
    assert exactly(slope, float) == 2 * exactly(typed, float)
    assert exactly(slope, str) == 2 * exactly(typed, str)


@pytest.mark.parametrize("value", [0.1, 0.5, 3.0, 1e22, 1e-300, Fraction(2, 3), Fraction(10**400)])
def test_a_number_is_itself(value: float | Fraction) -> None:
    assert Number.of(value).constant == value
    assert Number.of(value).inverse().inverse() == Number.of(value)
    assert Number.of(value).times(Number.of(value).inverse()).constant == 1


# -- costs ---------------------------------------------------------------------------------------
def test_penalties() -> None:
    cost = netsym.cost(netsym.parse("1-1"), "mse", l1=0.3, l2=0.1)
    assert cost.layered.gradient().text(ascii=True).splitlines()[2:] == [
        "dJ_dw1_1_1 = 0.1*w1_1_1 + 0.3*sign(w1_1_1) + delta1_1*x",
        "dJ_db1_1 = delta1_1",
    ]
    assert cost.inlined.text(ascii=True).endswith(" + 0.3*abs(w1_1_1) + 0.1*w1_1_1**2/2")


def test_a_cost_of_given_examples() -> None:
    """What the network computes is as it was stated, with its zeros; its derivatives have none."""
    cost = netsym.cost(netsym.parse("1-1"), "mse", data=([[0.0], [1.0], [-1.0]], [1.0, 0.0, 2.0]))
    assert cost.inlined.text(ascii=True) == (
        "J = (((w1_1_1*0 + b1_1) - 1)**2 + ((w1_1_1*1 + b1_1) - 0.0)**2 + "
        "((w1_1_1*(-1) + b1_1) - 2)**2)/3"
    )
    assert cost.layered.gradient().text(ascii=True).splitlines() == [
        "a1_1_1 = w1_1_1*0 + b1_1",
        "a1_2_1 = w1_1_1*1 + b1_1",
        "a1_3_1 = w1_1_1*(-1) + b1_1",
        "delta1_1_1 = (2/3)*(a1_1_1 - 1)",
        "delta1_2_1 = (2/3)*a1_2_1",
        "delta1_3_1 = (2/3)*(a1_3_1 - 2)",
        "dJ_dw1_1_1 = delta1_2_1 - delta1_3_1",
        "dJ_db1_1 = delta1_1_1 + delta1_2_1 + delta1_3_1",
    ]


#: The loss of Huber names the size of an error, as it states it: not where that is written out.
COSTS = [
    *((loss, "layered") for loss in ("mse", "mae", "huber", "hinge", "bce", "bce_logits")),
    *((loss, "inlined") for loss in ("mse", "mae", "hinge", "bce", "bce_logits")),
]


@pytest.mark.parametrize(("loss", "form"), COSTS)
def test_no_zeros_and_no_two_numbers_in_costs(
    loss: str, form: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "data.csv"
    zero = -1 if loss == "hinge" else 0
    data.write_text(f"x_1,x_2,y\n0,1,{zero}\n2,0,1\n0.5,-1,{zero}\n0,0,1\n")
    network = "2-2tanh-1sigmoid" if loss == "bce" else "2-2tanh-1"
    options = ("--loss", loss, "--data", data, "--l1", "0.2", "--l2", "0.1", "--form", form)
    ran = run(capfd, "grad", network, *options, "--ascii")
    assert ran.code == 0
    slopes = [line for line in ran.out.splitlines() if line.startswith(("d", "δ"))]
    said = "\n".join(slopes)
    if form == "inlined":  # without the values of layer 1, which are as the network states them
        said = re.sub(r"tanh\([^()]*\)", "a", said)
    for untidy in (r"\*0\b(?!\.)", r"\b0\*", r"- 0\.0\b", r"\+ 0\b(?!\.)"):
        assert not re.search(untidy, said), (untidy, said)
    numbers = r"(?:\(\d+/\d+\)|(?<![\w.^*])\d+(?:\.\d+)?)"
    assert not re.search(rf"{numbers}\*{numbers}(?![\w.*])", said), said


def test_values_are_as_before() -> None:
    """Of a cost with penalties, by central differences of the cost itself."""
    data = (np.array([[0.0, 1.0], [2.0, 0.0], [0.5, -1.0]]), np.array([0.0, 1.0, 0.5]))
    cost = netsym.cost(netsym.parse("2-2tanh-1"), "mse", data=data, l1=0.2, l2=0.3)
    names = cost.parameter_names()
    at = dict(zip(names, np.linspace(-1.0, 1.3, len(names)).tolist(), strict=True))
    found = cost.layered.gradient()(parameters=at)
    step = 1e-6
    wanted = [
        (cost(parameters=at | {n: at[n] + step}) - cost(parameters=at | {n: at[n] - step}))
        / (2 * step)
        for n in names
    ]
    np.testing.assert_allclose(found, wanted, rtol=1e-8, atol=1e-9)
