"""The cost on the command line: --loss, --examples, --data, --l1, --l2, --delta."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import netsym
from tests.cli.running import ROOT, run

Capture = pytest.CaptureFixture[str]
LOSS = "-(t*log(sigmoid(w1_1_1*x + b1_1)) + (1 - t)*log(1 - sigmoid(w1_1_1*x + b1_1)))"


def test_inline_prints_the_cost_as_one_formula(capfd: Capture) -> None:
    ran = run(capfd, "inline", "1-2-1:sigmoid", "--loss", "bce")
    assert ran.code == 0
    assert ran.out.startswith("J = -(t·log(σ(w⁽²⁾₁₁·σ(")
    assert ran.out.count("\n") == 1
    assert ran.err == ""
    assert run(capfd, "inline", "1-1:sigmoid", "--loss", "bce", "--ascii").out == f"J = {LOSS}\n"


def test_what_was_assumed_is_still_said(capfd: Capture) -> None:
    ran = run(capfd, "inline", "1-1", "--loss", "mse", "--ascii")
    assert ran.out == "J = ((w1_1_1*x + b1_1) - t)**2\n"
    assert "no activation was given, so all is linear" in ran.err


def test_show_has_a_heading_for_the_loss_the_cost_and_the_penalty(capfd: Capture) -> None:
    ran = run(capfd, "show", "2-1:sigmoid", "--loss", "bce", "--examples", "2", "--l1", "0.5",
              "--l2", "0.1", "--ascii")  # fmt: skip
    headings = [line for line in ran.out.splitlines() if line.startswith("#")]
    assert headings == [
        "# layer 1: 1 unit, sigmoid",
        "# layer 2: loss, binary cross-entropy",
        "# layer 3: cost, mean of the losses",
        "# layer 4: penalty, L1 0.5 and L2 0.1",
    ]
    assert ran.out.endswith("J = J3_1 + 0.5*(abs(w1_1_1) + abs(w1_1_2)) + "
                            "0.1*(w1_1_1**2 + w1_1_2**2)/2\n")  # fmt: skip


@pytest.mark.parametrize("form", ["layered", "shared", "inlined"])
def test_size_is_that_of_the_cost(form: str, capfd: Capture) -> None:
    ran = run(capfd, "size", "2-3tanh-2softmax", "--loss", "cross_entropy", "--examples", "3",
              "--json")  # fmt: skip
    cost = netsym.cost(netsym.parse("2-3tanh-2softmax"), "cross_entropy", examples=3)
    assert json.loads(ran.out)["forms"][form]["nodes"] == cost.formula(form).size.nodes


def test_grad_is_of_the_cost(capfd: Capture) -> None:
    ran = run(capfd, "grad", "1-1", "--loss", "mse", "--ascii", "--form", "inlined")
    assert ran.code == 0
    assert [line.partition(" = ")[0] for line in ran.out.splitlines()] == ["dJ_dw1_1_1", "dJ_db1_1"]


def test_a_cost_in_latex_is_written_once_for_all_examples(capfd: Capture) -> None:
    """And what is read twice is written out once, with its name."""
    options = ("--loss", "bce", "--l2", "0.1", "--to", "latex")
    ran = run(capfd, "inline", "1-1:sigmoid", *options, "--examples", "3")
    assert ran.out == (
        r"J = \frac{1}{3}\sum_{i=1}^{3}\Bigl[-y^{(i)}\,\log "
        r"{\underbrace{\sigma\bigl(w_{11}^{[1]}x^{(i)} + b_{1}^{[1]}\bigr)}_{\hat{y}^{(i)}}} "
        r"- \bigl(1 - y^{(i)}\bigr)\,\log\bigl(1 - \hat{y}^{(i)}\bigr)\Bigr] "
        r"+ \dfrac{0.1}{2}\,\bigl(w_{11}^{[1]}\bigr)^{2}"
        "\n"
    )
    total = run(capfd, "inline", "1-1:sigmoid", *options, "--examples", "3", "--reduction", "sum")
    assert total.out == ran.out.replace(r"\frac{1}{3}\sum", r"\sum")
    given = run(capfd, "inline", "1-1:sigmoid", *options, "--data", "-1,0;0.5,1;2,1")
    assert given.out == ran.out
    every = run(capfd, "inline", "1-1:sigmoid", *options, "--examples", "3", "--onion", "full")
    assert every.out.count(r"\sigma") == 6


@pytest.mark.parametrize("typed", [["--onion", "1-2-1:tanh"], ["1-2-1:tanh", "--onion"],
                                   ["--onion", "once", "1-2-1:tanh"]])  # fmt: skip
def test_an_onion_needs_no_word(typed: list[str], capfd: Capture) -> None:
    ran = run(capfd, "inline", *typed, "--to", "latex")
    assert ran.out == netsym.parse("1-2-1:tanh").inlined.latex(onion=True) + "\n"


# -- data from a file ----------------------------------------------------------------------------
def test_data_from_a_file(tmp_path: Path, capfd: Capture) -> None:
    data = tmp_path / "data.csv"
    data.write_text("x_2,t,x_1\n2,0,1\n\n4.5,2,3\n", encoding="utf-8")
    ran = run(capfd, "inline", "2-3softmax", "--loss", "cross_entropy", "--data", data, "--ascii")
    cost = netsym.cost(
        netsym.parse("2-3softmax"), "cross_entropy", data=([[1.0, 2.0], [3.0, 4.5]], [0, 2])
    )
    assert ran.out == cost.inlined.text(ascii=True) + "\n"


def test_the_data_are_not_overwritten(tmp_path: Path, capfd: Capture) -> None:
    data = tmp_path / "data.csv"
    data.write_text("1,2\n", encoding="utf-8")
    ran = run(capfd, "inline", "1-1", "--loss", "mse", "--data", data, "-o", data)
    assert ran.code == 2
    assert data.read_text(encoding="utf-8") == "1,2\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "1,2,3\n",
            "has 3 columns, the first line with numbers; this network needs 1 for its inputs and "
            "1 for the target",
        ),
        (
            "x,y,t\n1,2,3\n",
            "3 columns, x, y, t; this network needs 1 for its inputs and 1 for the "
            "target: the inputs x and the targets t or y",
        ),
        ("x,y\n", "has no numbers; write one example a line, its target last"),
        ("x,y\n1,2\n3,z\n", "line 3, column 2: 'z' is not a finite number"),
        ("1,2\n3,nan\n", "line 2, column 2: 'nan' is not a finite number"),
        ("1,2\n3\n", "line 2 has 1 column, and the lines before it 2"),
        ("1,0.5\n2,7\n", "Y, row 2: a target of bce is 0 or 1, or a probability between; this is"),
    ],
)
def test_data_that_do_not_fit(text: str, said: str, tmp_path: Path, capfd: Capture) -> None:
    data = tmp_path / "data.csv"
    data.write_text(text, encoding="utf-8")
    ran = run(capfd, "inline", "1-1:sigmoid", "--loss", "bce", "--data", data)
    assert (ran.code, ran.out) == (2, "")
    assert str(data) in ran.err
    assert said in ran.err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--loss", "bse"), "unknown loss 'bse'; did you mean"),
        (("--l2", "0.1"), "--l2 is for --loss; add --loss, or leave --l2 out"),
        (("--examples", "3"), "--examples is for --loss; add --loss"),
        (("--loss", "bce"), "bce takes a probability, but the last layer is linear"),
        (("--loss", "cross_entropy"), "for one probability use bce"),
        (("--loss", "mse", "--delta", "2"), "--delta is for --loss huber; add"),
        (("--loss", "mse", "--examples", "0"), "--examples"),
        (("--loss", "mse", "--data", "no.csv"), "there is no file no.csv"),
    ],
)
@pytest.mark.parametrize("verb", ["inline", "show", "size", "grad"])
def test_options_that_do_not_fit(
    verb: str, options: tuple[str, ...], said: str, capfd: Capture
) -> None:
    ran = run(capfd, verb, "1-1", *options)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


@pytest.mark.parametrize("examples", [1, 2, 3, 4, 9])
@pytest.mark.parametrize(
    ("net", "options"),
    [("1-2-1:sigmoid", ["--loss", "bce"]), ("2-3tanh-2", ["--loss", "mse", "--l2", "0.1"]),
     ("3-4relu-3softmax", ["--loss", "cross_entropy", "--l1", "0.5"]),
     (str(ROOT / "examples" / "lstm.toml"), ["--loss", "huber", "--expand"])],
    ids=["bce", "mse", "cross_entropy", "lstm"],
)  # fmt: skip
def test_sizes_of_many_examples_are_those_counted_one_by_one(
    net: str, options: list[str], examples: int, capfd: pytest.CaptureFixture[str]
) -> None:
    many = ["size", net, *options, "--examples", str(examples)]
    data = json.loads(run(capfd, *many, "--json").out)  # counted with every name
    forms = data["forms"] | {f"matrix_{form}": size for form, size in data["matrices"].items()}
    lines = run(capfd, *many, "--exact").out.splitlines()
    told = [re.split("  +", line) for line in lines if re.match(r"\w[\w ]*  +[\d,]+  ", line)]
    assert len(told) == len(forms) >= 3
    for form, nodes, height, operations in told:
        one = forms[form.replace(" ", "_")]
        assert (int(nodes.replace(",", "")), int(height)) == (one["nodes"], one["height"])
        kinds = {kind: f"{count:,}" for kind, count in one["operations"].items()}
        found = re.findall(r"(\S+) ([\d,]+)(?:, |$)", operations)
        assert {kind: count.rstrip(",") for kind, count in found} == kinds


def test_sizes_of_more_examples_than_have_names(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "size", "1-2-1:tanh", "--loss", "mse", "--examples", "1000000000")
    assert ran.code == 0
    assert ran.out.startswith("1-2-1:tanh, mse: 2,000,000,000 inputs, 1 output, 7 parameters\n")
    assert "multiply 4,000,000,000" in ran.out


@pytest.mark.parametrize(
    ("formula", "penalty", "note"),
    [
        ("tanh(m*x + c)", "0.1*m**2/2", ""),
        ("y = mx + c", "0.1*m**2/2", ""),
        ("v*tanh(u*x + a) + d", "0.1*(u**2 + v**2)/2", ""),
        ("x^2 + m*x + c", "0.1*m**2/2", "note: penalties are of m"),
        ("(m/k)*x^2 + exp(q)", "0.1*(m**2 + k**2)/2", "note: penalties are of m, k"),
    ],
)
def test_penalties_of_a_formula_are_of_its_weights(
    formula: str, penalty: str, note: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "inline", formula, "--loss", "mse", "--l2", "0.1", "--ascii")
    assert ran.out.endswith(f" + {penalty}\n")
    assert note in ran.err and ("penalties" in ran.err) == bool(note)


def test_weights_and_biases_of_a_formula_are_told_apart(
    capfd: pytest.CaptureFixture[str],
) -> None:
    for wrt, name in (("weights", "m"), ("biases", "c")):
        ran = run(capfd, "grad", "x^2 + m*x + c", "--wrt", wrt, "--ascii")
        lines = [line for line in ran.out.splitlines() if line.startswith("dy_d")]
        assert [line.split(" = ")[0] for line in lines] == [f"dy_d{name}"]
