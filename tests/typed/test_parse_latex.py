"""LaTeX to formulas: what the writer writes, and what people type."""

from __future__ import annotations

import re
from itertools import product

import pytest
from hypothesis import HealthCheck, assume, given

import netsym
import netsym.writers
from netsym import SpecError
from netsym.files.files import loads
from netsym.formula import Formula
from netsym.graph.names import Names, literal
from netsym.network.network import Network
from tests.effort import random_examples
from tests.networks import Case, cases
from tests.typed import parse_formula
from tests.typed.test_parse import read
from tests.writers.test_golden import GOLDEN, network, table

QUICK = random_examples(40, suppress_health_check=list(HealthCheck))

FRAGMENTS = [
    c for c in table()
    if c.to == "latex" and c.form != "matrix" and "digits" not in c.options
]  # fmt: skip


def printed(text: str) -> str:
    """A text without what print leaves out: factors of 1, what is divided by 1, and terms of 0."""
    text = re.sub(r"(?<![\w.*/])1\*(?!\*)", "", text)
    text = re.sub(r"/1(?![\w.*])", "", text)
    return re.sub(r" [+-] -?0(?:\.0)?(?![\w.*/])", "", text)


@pytest.mark.parametrize("case", FRAGMENTS, ids=lambda case: case.name)
def test_golden_latex_reads_back(case) -> None:
    net = network(case.net)
    formula = net.formula(case.form, case.expand)
    formula = formula.output(case.output) if case.output else formula
    written = (GOLDEN / case.name).read_text()
    assert read(written, net, case.form).text(ascii=True) == printed(formula.text(ascii=True))


def assert_read_back(written: str, net: Network, formula: Formula) -> None:
    """LaTeX is the formula, but for what is left out in print because it changes nothing."""
    text = formula.text(ascii=True)
    if printed(text) == text:
        assert read(written, net, formula.form).text(ascii=True) == text, written
    else:
        assert netsym.compare(net, written).verdict in ("structural", "identical"), written


@QUICK
@given(cases())
def test_networks_read_back(case: Case) -> None:
    net = case.network
    for form in ("inlined", "layered", "shared"):
        formula = net.formula(form)
        if formula.size.nodes > 1500:
            continue
        for notation in ("ng", "cs229", "nielsen"):
            for options in ({}, {"color": True, "onion": form == "inlined"}):
                written = formula.latex(width=100_000, notation=notation, **options)
                assert_read_back(written, net, formula)


@QUICK
@given(cases())
def test_what_is_written_once_reads_back(case: Case) -> None:
    """On lines of any width: with braces, in columns, and with equations for what is too wide."""
    net = case.network
    formula = net.inlined
    assume(formula.size.nodes <= 1500)
    for width in (30, 76, 10_000):
        written = formula.latex(width=width, onion=True, color=width == 76)
        assert_read_back(written, net, formula)


@pytest.mark.parametrize("loss", ["bce", "mse", "huber", "hinge", "mae", "sse"])
@pytest.mark.parametrize("shorthand", ["1-1:sigmoid", "2-3-1:sigmoid", "3-4-2-1:tanh"])
def test_costs_that_are_written_once_read_back(shorthand: str, loss: str) -> None:
    assume_fits = "sigmoid" in shorthand or loss != "bce"
    net = netsym.parse(shorthand if assume_fits else shorthand.replace("tanh", "sigmoid"))
    cost = netsym.cost(net, loss, l2=0.1)
    again = read(cost.inlined.latex(), cost)
    found = netsym.compare(again, cost.inlined)
    assert found.verdict in ("structural", "identical"), found


#: Every way to put underscores, letters and a digit beside each other, up to three of them.
NAMES = [
    "".join(letters) for n in (1, 2, 3) for letters in product("_a1B", repeat=n)
    if not letters[0].isdecimal()
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_names_of_any_shape_are_told_apart(name: str) -> None:
    """Failed once: `_` did not compile, a_ was written as a, and 2 beside _a was not joined."""
    for other, weight, output in ((f"{name}_", "w_w", f"{name}__"), (f"_{name}", f"{name}0", "z")):
        net = loads(
            f"""
            netsym = 1
            inputs = ["{name}", "{other}"]
            outputs = ["{output}"]
            [[layers]]
            type = "dense"
            activation = "tanh"
            weights = [["{weight}", 2], [3, "v9"]]
            bias = ["b1", 1]
            [[layers]]
            type = "dense"
            weights = [[2, -1]]
            bias = [1]
            """
        )
        for form in ("inlined", "layered"):
            formula = net.formula(form)
            again = read(formula.latex(), net, form)
            assert again.text(ascii=True) == printed(formula.text(ascii=True))


TYPED = [
    (r"\frac{1}{1+e^{-z}}", "y = 1/(1 + exp(-z))"),
    (r"$\frac12 x$", "y = (1/2)*x"),
    (r"\[ \sigma\left(w_1 x_1 + b\right) \]", "y = sigmoid(w_1*x_1 + b)"),
    (r"\max(0, x^{2}) + \tanh(x) \times 2", "y = max(0, x**2) + tanh(x)*2"),
    (r"w_{11}x_1 + w_{1,1}^{[1]}", "y = w_11*x_1 + w1_1_1"),
    (r"w^{(1)}_{12} + w^{[2]}_{1}", "y = w1_1_2 + w2_1"),
    (r"f(x) = \operatorname{LeakyReLU}_{0.2}(x)", "f(x) = leaky_relu(x, 0.2)"),
    (r"\hat{y}_{1} = \sqrt{x}", "y_1 = sqrt(x)"),
    (r"\lvert x \rvert + \left|x\right|", "y = abs(x) + abs(x)"),
    (r"2.5 \cdot 10^{20}\,x + 10^{-5} + 10^{2}", "y = 2.5e+20*x + 1e-05 + 10**2"),
    (r"\ln(x) + \ln 2", "y = log(x) + log(2)"),
    (r"e^{x} + \mathrm{rate\_max}\,\mathrm{gain}", "y = exp(x) + rate_max*gain"),
    (r"(1 + e^{-x})^{-1}", "y = 1/(1 + exp(-x))"),
    (r"$x^2y$", "y = x**2*y"),
    (r"\begin{aligned} h_{1} &= x^{2} \\ y &= h_{1} + 1 \end{aligned}", "y = x**2 + 1"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), TYPED, ids=[text for text, _ in TYPED])
def test_typed(text: str, expected: str) -> None:
    assert parse_formula(text).formula.text(ascii=True) == expected


def test_spans_are_those_of_the_latex() -> None:
    text = r"y = \frac{w_{1}}{2} + \sigma(x)"
    spans = parse_formula(text).spans.values()
    assert {r"w_{1}", r"{w_{1}}{2}", r"\sigma(x)"} <= {text[a:b] for a, b in spans}


def test_names_by_what_is_known() -> None:
    known = [literal("x1", "gain", "w_1_2"), Names("w", 1, (2, 12)), Names("x", None, (12,))]

    def said(text: str, **given: object) -> str:
        return parse_formula(text, known=known, **given).formula.text(ascii=True)[4:]

    assert (
        said(r"w_{1,2} + w_{1,12}^{[1]} + w_{12}^{2} + x_{12}") == "w_1_2 + w1_1_12 + w1_1_2 + x_12"
    )
    assert said(r"\gamma^{*}\,x_{2}", latex_names={"gain": r"\gamma^{*}"}) == "gain*x_2"
    assert said(r"gain\,x_2^{2}") == "gain*x_2**2"


MISTAKES = [
    (r"\foo{x}", "unknown command \\foo\n  \\foo{x}\n  ^^^^\nwrite what it stands for"),
    (r"\sigm(x)", "unknown command \\sigm\n  \\sigm(x)\n  ^^^^^\ndid you mean '\\\\sigma'?"),
    (r"W^{[1]} \odot x", "\\odot belongs to formulas of matrices, which are not read\n"
                         "  W^{[1]} \\odot x\n          ^^^^^\n"
                         "write the layered form, value by value"),
    (r"\frac{1}{x", "1 brace is not closed\n  \\frac{1}{x\n          ^"),
    (r"\frac{1}", "an argument in braces is missing here\n  \\frac{1}\n          ^\n"
                  r"as in \frac{a}{b} and \sqrt{z}"),
    (r"x^{2}}", "this '}' closes nothing\n  x^{2}}\n       ^"),
    (r"\operatorname{sigmod}(x)", "no function called 'sigmod'\n  \\operatorname{sigmod}(x)\n"
                                  "  ^^^^^^^^^^^^^^^^^^^^^\ndid you mean 'sigmoid'?"),
    (r"\sqrt[3]{x}", "only square roots are read\n  \\sqrt[3]{x}\n  ^^^^^\n"
                     "write z^{1/3} for a cube root"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "message"), MISTAKES, ids=[text for text, _ in MISTAKES])
def test_mistakes(text: str, message: str) -> None:
    with pytest.raises(SpecError) as error:
        parse_formula(text)
    assert str(error.value) == message
