"""`netsym step`: one step of gradient descent on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import netsym
from tests.cli.running import ROOT, run

Capture = pytest.CaptureFixture[str]
MAZUR = [ROOT / "examples/mazur.toml", "--parameters", ROOT / "examples/mazur.json"]
ROW = ["--loss", "sse", "--data", "0.05,0.1,0.01,0.99", "--rate", "0.5"]
STEP = ["step", *MAZUR, *ROW, "--wrt", "weights"]
TABLE = """\
J = 0.298371109 before, 0.291027774 after

    before      derivative        after
w1    0.15  0.000438567734  0.149780716
w2     0.2  0.000877135469  0.199561432
w3    0.25  0.000497712735  0.249751144
w4     0.3  0.000995425471  0.299502287
w5     0.4    0.0821670406  0.358916480
w6    0.45    0.0826676278  0.408666186
w7     0.5   -0.0226025405  0.511301270
w8    0.55   -0.0227402422  0.561370121
"""


def test_the_worked_example(capfd: Capture) -> None:
    ran = run(capfd, *STEP)
    assert (ran.code, ran.out, ran.err) == (0, TABLE, "")


def test_the_new_network_is_written_and_tied_biases_are_said(
    tmp_path: Path, capfd: Capture
) -> None:
    target = tmp_path / "after.toml"
    ran = run(capfd, *STEP, "-o", target)
    assert ran.out == TABLE
    assert ran.err == (f"note: {target} has a number in every place of b1, b2: as many parameters "
                       "now, each of its own\n")  # fmt: skip
    after = netsym.load(target)
    assert netsym.cost(after, "sse", data=([[0.05, 0.1]], [[0.01, 0.99]]))() == pytest.approx(
        0.291027774, abs=5e-10
    )
    again = run(capfd, "step", target, *ROW)
    assert again.out.startswith("J = 0.291027774 before, ")
    refused = run(capfd, "step", target, *ROW, "-o", target)
    assert refused.code == 2
    assert "is what was read; write to another file" in refused.err


def test_json_is_read_as_parameters_of_the_next_step(tmp_path: Path, capfd: Capture) -> None:
    said = json.loads(run(capfd, *STEP, "--json").out)
    assert said["before"] == pytest.approx(0.298371109, abs=5e-10)
    assert said["updates"][0]["derivatives"]["w5"] == pytest.approx(0.082167041, abs=5e-10)
    assert list(said["parameters"]) == ["w1", "w2", "w3", "w4", "b1", "w5", "w6", "w7", "w8", "b2"]
    after = tmp_path / "after.json"
    after.write_text(json.dumps(said))
    ran = run(capfd, "value", MAZUR[0], "x=0.05,0.1", "t=0.01,0.99", "--loss", "sse",
              "--parameters", after)  # fmt: skip
    assert ran.out == "J = 0.291027774\n"


def test_a_step_for_each_row_in_order(tmp_path: Path, capfd: Capture) -> None:
    data = tmp_path / "or.csv"
    data.write_text("t,x_1,x_2\n0,0,0\n1,0,1\n")
    typed = ["step", "2-1:linear", "--loss", "sse", "--data", data, "--rate", "0.5", "--each",
             "--parameters", "w1=1,2,b1=1"]  # fmt: skip
    ran = run(capfd, *typed)
    assert ran.out.split("\n\n")[1:] == [
        "# row 1: J = 0.5\n"
        "        before  derivative  after\n"
        "w⁽¹⁾₁₁       1           0      1\n"
        "w⁽¹⁾₁₂       2           0      2\n"
        "b⁽¹⁾₁        1           1    0.5",
        "# row 2: J = 1.125\n"
        "        before  derivative  after\n"
        "w⁽¹⁾₁₁       1           0      1\n"
        "w⁽¹⁾₁₂       2         1.5   1.25\n"
        "b⁽¹⁾₁      0.5         1.5  -0.25\n",
    ]


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["--rate", "1"], "a step needs a loss and examples: add --loss sse --data FILE"),
        (["--rate", "1", "--loss", "sse"], "a step needs a loss and examples"),
        (["--loss", "sse", "--data", "1,1"], "Missing option '--rate'"),
        (["--loss", "sse", "--data", "1,1", "--rate", "0"], "0.0 is not in the range x>0"),
        (["--loss", "sse", "--data", "1,1,1", "--rate", "1"],
         "1,1,1 has 3 columns, the first line with numbers; this network needs 1 for its inputs"),
        (["--loss", "sse", "--data", "1,1;1", "--rate", "1"],
         "1,1;1, line 2 has 1 column, and the lines before it 2"),
        (["--loss", "sse", "--data", "1,1", "--rate", "1"],
         "no number for the 2 parameters w1_1_1, b1_1: give --parameters w1_1_1=0.5,…"),
        (["--loss", "bce", "--data", "1,3", "--rate", "1", "--parameters", "w1=1,b1=0"],
         "1,3: Y, row 1: a target of bce is 0 or 1, or a probability between; this is 3"),
        (["--loss", "sse", "--data", "1,1", "--rate", "1", "--wrt", "v", "--parameters",
          "w1=1,b1=0"], "nothing here is called 'v'"),
    ],
)  # fmt: skip
def test_mistakes_say_what_to_type(typed: list[str], said: str, capfd: Capture) -> None:
    ran = run(capfd, "step", "1-1:sigmoid", *typed)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
