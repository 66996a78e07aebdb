"""Inputs are called as the columns of a person's table are."""

from __future__ import annotations

from io import BytesIO
from zipfile import ZipFile

import pytest

import netsym
from netsym.writers import WRITERS
from tests.cli.running import run
from tests.code.networks import NETWORKS
from tests.code.test_targets import QUICK, certified


def test_the_command_renames_inputs(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", "2-1:tanh", "--to", "javascript", "--names", "x1=age, x_2=income")
    assert ran.code == 0, ran.err
    assert "f(age, income, {w1_1_1, w1_1_2, b1_1})" in ran.out
    assert "w1_1_1*age + w1_1_2*income + b1_1" in ran.out
    assert "x_1" not in ran.out


@pytest.mark.parametrize("to", [to for to in QUICK if to != "onnx"])  # which has one array
def test_it_is_the_same_network(to: str) -> None:
    for name in ("sigmoid", "LSTM of 3 steps"):
        network = NETWORKS[name]()
        names = {each: f"column{n}" for n, each in enumerate(network.input_names.all())}
        found = certified(network, to, names=names)
        assert found.verdict == "certified", found.report()
        assert "column0" in found.code


def test_the_columns_of_a_workbook_have_the_names() -> None:
    form = NETWORKS["sigmoid"]().layered
    first = form.input_names()[0]
    with ZipFile(BytesIO(WRITERS["excel"].bytes(form, names={first: "age"}))) as book:
        assert b"<t>age</t>" in book.read("xl/sharedStrings.xml")


def test_a_reserved_word_is_a_harmless_name() -> None:
    assert "const double int_ = in[0];" in netsym.parse("1-1").inlined.code("c", names="x=int")


@pytest.mark.parametrize(
    ("names", "said"),
    [
        ("x1=age,x3=b", r"no input is called 'x3'; "),
        ("x1", r"names is 'x1'; write each as x_1=age, with commas"),
        ("x1=x_2", r"'x_2' would be the name of two values"),
        ("x1=a,x2=a", r"'a' would be the name of two values"),
        ("x1=w1_1_1", r"'w1_1_1' would be the name of two values"),
        ("x1=drop table", r"'drop table' is not a name here"),
        ("x1=*/", r"'\*/' is not a name here"),
        ("x1=\u202ea", r"is not a name here"),
    ],
)
def test_what_is_no_name_is_refused(names: str, said: str) -> None:
    with pytest.raises(netsym.SpecError, match=said):
        netsym.parse("2-1").inlined.code("c", names=names)
