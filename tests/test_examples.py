"""Every example runs, and leaves what it says; some in the rooms of other systems."""

from __future__ import annotations

import math
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import netsym
from tests.conftest import not_installed

EXAMPLES = Path(__file__).parent.parent / "examples"


def assert_in_order(output: str, answers: list[str]) -> None:
    """All of these stand there, one after another."""
    place = 0
    for answer in answers:
        place = output.index(answer, place) + 1


def run(script: str, folder: Path, *words: str) -> str:
    result = subprocess.run(
        [sys.executable, "-W", "error", str(EXAMPLES / script), str(folder), *words],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_every_script_is_run_here_or_in_the_rooms_of_other_systems() -> None:
    scripts = {str(path.relative_to(EXAMPLES)) for path in EXAMPLES.rglob("*.py")}
    assert scripts == {"thread.py", "cost.py", "lstm.py", "step.py", "iris.py", "digits.py"} | {
        "collapse.py", "microcontroller.py", "spreadsheet.py", "support_vectors.py",
        "torch_mlp.py", "onnx_cnn.py", "warehouse.py",
        "pictures/make.py", "notes/make.py",
    }  # fmt: skip


def test_microcontroller(tmp_path: Path) -> None:
    if shutil.which("gcc") is None:
        not_installed("gcc", "gcc libc6-dev")
    output = run("microcontroller.py", tmp_path)
    assert_in_order(output, [
        "static inline void f(const float in[3], float out[4])", "largest difference ",
        "at ±1e3 and NaN as the network", "rounding to 4 digits",
    ])  # fmt: skip
    assert "static const float w1[12][3] = {" in (tmp_path / "gesture.h").read_text()


@pytest.mark.heavy
def test_spreadsheet(tmp_path: Path) -> None:
    """LibreOffice computes the workbook."""
    if shutil.which("soffice") is None:
        not_installed("LibreOffice", "libreoffice-calc-nogui")
    output = run("spreadsheet.py", tmp_path)
    answers = ["iris.xlsx: ", " bytes, 3 rows", "=(A1 - 5.84)/0.825", "=TANH(", "=MAX(",
               "largest difference ", "; at ±1e3 and NaN as the network"]  # fmt: skip
    assert_in_order(output, answers)
    assert (tmp_path / "iris.xlsx").read_bytes().startswith(b"PK")


def test_thread(tmp_path: Path) -> None:
    """Every sentence has its answer."""
    output = run("thread.py", tmp_path)
    answers = [
        "y = 1/(1 + exp(-(w⁽²⁾₁₁·(1/(1 + exp(-(w⁽¹⁾₁₁·x + b⁽¹⁾₁))))",
        "read as a 1-2-1 network: 2 units, linear; linear output; input x",
        "different: this is your network without the sigmoid on the output layer",
        "equal (identical): the network and the formula are the same function",
        "with w_11 = w1_1_1, b_11 = b1_1",
        "The one formula is 1.81 × 10^17 times as large as the layers",
        "y = σ(w_21·a⁽¹⁾₁ + w_22·a⁽¹⁾₂ + b)",
        "ŷ = tanh(W⁴·tanh(W³·tanh(W²·tanh(W¹x + b¹) + b²) + b³) + b⁴)",
        "because an affine map of an affine map is affine",
        "o⁽¹⁾ₜ,₁ = σ(1·xₜ,₁ + 0.75·h⁽¹⁾ₜ₋₁,₁ + 0.5)",
        "J = (-(t⁽¹⁾·log(σ(w⁽¹⁾₁₁·x⁽¹⁾ + b⁽¹⁾₁))",
        "∂J/∂w⁽¹⁾₁₁ = δ⁽¹⁾₁·x",
        " after\n",
    ]
    assert_in_order(output, answers)


def test_lstm(tmp_path: Path) -> None:
    output = run("lstm.py", tmp_path)
    answers = [
        "# layer 1: lstm, 1 unit, t = 1 to 5, h1_0 = 0, c1_0 = 0",
        r"i_{t}^{[1]} &= \sigma\bigl(W_{i}^{[1]} x_{t} + U_{i}^{[1]} h_{t-1}^{[1]}",
        "   10            52       453  39,705,613",
        "written once: constant; unrolled: linear, 47 more per step; inlined: exponential",
        "y = 3*(sigmoid(",
        "by the layers and by the one formula",
    ]
    assert_in_order(output, answers)


def test_cost(tmp_path: Path) -> None:
    output = run("cost.py", tmp_path)
    answers = [
        "J = -(t·log(σ(",
        "# layer 3: loss, binary cross-entropy",
        "# layer 4: cost, mean of the losses",
        "step   0: J = ",
        "predictions: [0.01 0.01 0.99 1.  ]",
        "identical: the network and the formula are the same function",
    ]
    assert_in_order(output, answers)


def test_step(tmp_path: Path) -> None:
    output = run("step.py", tmp_path)
    answers = [
        "z⁽¹⁾₁ = w1·i1 + w2·i2 + b1 = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775",
        "  = 0.298371109",
        "δ⁽²⁾₁ = da⁽²⁾₁·a⁽²⁾₁·(1 - a⁽²⁾₁)",
        "∂J/∂w5 = δ⁽²⁾₁·a⁽¹⁾₁ = 0.138498562·0.593269992 = 0.0821670406",
        "J = 0.298371109 before, 0.291027774 after",
        "w5     0.4    0.0821670406  0.358916480",
        "turn 60: J = 0.0",
    ]
    assert_in_order(output, answers)


@pytest.mark.usefixtures("tikz")
def test_pictures(tmp_path: Path) -> None:
    if shutil.which("pdftoppm") is None:
        pytest.fail("pdftoppm is missing; install poppler-utils")
    run("pictures/make.py", tmp_path, "one-network")  # tests/matplotlib makes the others
    assert (tmp_path / "one-network.png").read_bytes().startswith(b"\x89PNG")


def test_notes(tmp_path: Path) -> None:
    """Those that are there are what the script makes."""
    run("notes/make.py", tmp_path)
    made = sorted(path.name for path in tmp_path.iterdir())
    assert made == ["forum-page.html", "forum.html", "forum.md", "forum.tex"]
    for name in made:
        there = (EXAMPLES / "notes" / name).read_text(encoding="utf-8")
        assert (tmp_path / name).read_text(encoding="utf-8") == there, name


#: All but those that nobody can build, which tests/test_large.py counts.
SMALL = sorted(path for path in EXAMPLES.rglob("*.toml") if path.parent.name != "large")


@pytest.mark.parametrize("path", SMALL, ids=lambda path: path.name)
def test_networks_in_files(path: Path) -> None:
    network = netsym.load(path)
    assert network.forecast("inlined") == network.inlined.size


def test_the_pair_of_the_readme_takes_an_array_for_each_input() -> None:
    network = netsym.load(EXAMPLES / "pair.toml")
    values = {"w1_1_1": 1.0, "w1_1_2": -2.0, "b1_1": 0.5, "w4_1_1": 3.0, "b4_1": -1.0}
    likeness, code = network([1.0, 0.0], [0.0, 0.25], parameters=values)
    assert code == pytest.approx(math.tanh(1.5))
    assert likeness == pytest.approx(1 / (1 + math.exp(1)))
