"""`netsym size --steps`, and the form that is written once, from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from running import run

LSTM = str(Path(__file__).parents[2] / "examples" / "lstm.toml")

TABLE = """\
a small memory, nodes for each number of steps

steps  written once  unrolled     inlined
    1            52        30          25
    2            52        77         138
    3            52       124         680
    4            52       171       3,277
    5            52       218      15,720
    6            52       265      75,338
    7            52       312     360,985
    8            52       359   1,729,602
    9            52       406   8,287,040
   10            52       453  39,705,613

written once: constant; unrolled: linear, 47 more per step; \
inlined: exponential, 4.791 times per step at the end
"""


def test_the_table(capfd: pytest.CaptureFixture[str]) -> None:
    result = run(capfd, "size", LSTM, "--steps", "1..10")
    assert (result.code, result.out) == (0, TABLE)


def test_a_list_and_very_large_counts(capfd: pytest.CaptureFixture[str]) -> None:
    lines = run(capfd, "size", LSTM, "--steps", "1, 10,40,80").out.splitlines()
    assert lines[-3].split()[:3] == ["80", "52", "3,743"]
    assert "×" in lines[-3]
    exact = run(capfd, "size", LSTM, "--steps", "80", "--exact").out
    assert len(exact.splitlines()[3].split()[-1].replace(",", "")) > 50
    assert exact.endswith(
        "\n\none number of steps shows no growth; ask for a range, as in --steps 1..10\n"
    )


def test_json(capfd: pytest.CaptureFixture[str]) -> None:
    said = json.loads(run(capfd, "size", LSTM, "--steps", "1..4", "--json").out)
    assert said["steps"] == [1, 2, 3, 4]
    assert said["forms"]["written_once"] == {"nodes": [52, 52, 52, 52], "growth": "constant"}
    assert said["forms"]["layered"]["growth"] == "linear, 47 more per step"
    assert said["forms"]["inlined"]["nodes"] == [25, 138, 680, 3277]
    whole = json.loads(run(capfd, "size", LSTM, "--json").out)["forms"]
    assert list(whole) == ["written_once", "layered", "shared", "inlined"]
    assert whole["written_once"]["nodes"] == 52
    assert "written_once" not in json.loads(run(capfd, "size", "1-2-1", "--json").out)["forms"]


def test_what_is_written_once_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "show", LSTM, "--form", "once", "--ascii").out.splitlines() == [
        "# layer 1: lstm, 1 unit, t = 1 to 5, h1_0 = 0, c1_0 = 0",
        "i1_t_1 = sigmoid(1.5*x_t_1 + 0.5*h1_prev_1 + 0)",
        "f1_t_1 = sigmoid(-0.5*x_t_1 + 0.25*h1_prev_1 + 1)",
        "g1_t_1 = tanh(2*x_t_1 - 1*h1_prev_1 + 0)",
        "c1_t_1 = f1_t_1*c1_prev_1 + i1_t_1*g1_t_1",
        "o1_t_1 = sigmoid(1*x_t_1 + 0.75*h1_prev_1 + 0.5)",
        "h1_t_1 = o1_t_1*tanh(c1_t_1)",
        "",
        "# layer 2: 1 unit, linear",
        "y = 3*h1_5_1 - 0.25",
    ]
    matrix = ("show", LSTM, "--to", "latex", "--level", "matrix")
    once = run(capfd, *matrix, "--form", "once").out
    assert once.count("h_{t-1}") == 4
    assert once == run(capfd, *matrix).out
    said = json.loads(run(capfd, "show", LSTM, "--form", "once", "--json").out)
    assert said["form"] == "once"


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        (["size", "1-2-1", "--steps", "1..3"], "this network reads no sequence step by step"),
        (["size", LSTM, "--steps", "0..3"], "'0..3'; a sequence has one step or more"),
        (["size", LSTM, "--steps", "3..1"], "'3..1'; give numbers that grow, each once"),
        (["size", LSTM, "--steps", "1-10"], "'1-10'; give a range, as in 1..10, or a list"),
        (["size", LSTM, "--steps", "1..5000"], "'1..5000' are 5,000 rows; ask for at most 1,000"),
        (["show", "1-2-1", "--form", "once"], "so there is nothing to write once"),
        (["show", LSTM, "--form", "once", "--to", "python"], "its steps have no number"),
    ],
)
def test_bad_input(capfd: pytest.CaptureFixture[str], arguments: list[str], error: str) -> None:
    result = run(capfd, *arguments)
    assert result.code == 2
    assert error in result.err
    assert not result.out


def test_steps_that_parameters_do_not_fit(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "flat.toml"
    path.write_text(FLAT, encoding="utf-8")
    result = run(capfd, "size", path, "--steps", "1..3")
    assert result.code == 2
    assert "layer layer3 (dense) has parameters for 4 steps, so it cannot read 1" in result.err


FLAT = """
netsym = 1
shape = [4, 1]
[[layers]]
type = "rnn"
units = 2
returns = "all"
[[layers]]
type = "flatten"
[[layers]]
type = "dense"
units = 1
activation = "tanh"
"""
