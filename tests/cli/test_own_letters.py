"""Formulas as NET, and letters of a person's own, on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.cli.running import run

THREAD = "w_21*(1/(1+e^-(w_11*x+b_11))) + w_22*(1/(1+e^-(w_12*x+b_12))) + b"


@pytest.mark.parametrize(
    ("arguments", "out", "err"),
    [
        (["show", THREAD], "y = w_21·a⁽¹⁾₁ + w_22·a⁽¹⁾₂ + b", "a 1-2-1 network: 2 units, sigmoid"),
        (["inline", THREAD, "--to", "latex"], r"\sigma(w_{11}", "linear output; input x"),
        (["size", "(x+1)^2"], "inlined", "no network of dense layers: a power of a value"),
        (["grad", "x^2 + w*x"], "∂y/∂w = x", "read as a formula"),
        (["simplify", "2*(3*x+1) + 4*(x-2)"], "y = 10·x - 6", "a 1-2-1 network"),
        (["regions", "relu(2x - 1) + 3"], "2 linear regions", "1 unit, relu"),
        (["value", "f(x) = 2x + 1", "x=3"], "= 7", "a 1-1 network"),
        (["compare", "(x+1)^2", "x^2+2x+1"], "identical", ""),
        (["inline", "f(p, q) = p - q"], "f(p, q) = 1·p - 1·q", "inputs p and q"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_every_verb_takes_a_formula(
    arguments: list[str], out: str, err: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, *arguments)
    assert ran.code == 0
    assert out in ran.out
    assert err in " ".join(ran.err.split())


def test_what_was_recognised_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(capfd, "show", THREAD, "-o", "net.toml").code == 0
    assert run(capfd, "check", "net.toml", THREAD).out.startswith("equal (")
    assert run(capfd, "check", "1-2sigmoid-1", "net.toml", "--up-to-names").out.startswith("equal")
    (tmp_path / "formula.txt").write_text("h = tanh(w*x)\ny = v*h\n")
    assert "v·tanh(w·x)" in run(capfd, "inline", "formula.txt").out


def test_which_names_are_inputs_is_asked_with_commands(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", "a*b")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.splitlines()[1:] == [
        "say it:",
        "  netsym inline 'a*b' --inputs b",
        "  netsym inline 'a*b' --inputs a",
    ]
    assert run(capfd, "inline", "a*b", "--inputs", "a").out == "y = b·a\n"
    assert "leave it out" in run(capfd, "inline", "1-2-1", "--inputs", "a").err
    assert "there is no 'q'" in run(capfd, "inline", "a*b", "--inputs", "q").err


def test_letters_of_ones_own(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", "2-1:sigmoid", "1/(1+e^-(w1*x1 + w2*x2 + b))")
    assert ran.code == 0
    said = " ".join(ran.out.split())
    assert said.endswith("with x1 = x_1, x2 = x_2, w1 = w1_1_1, w2 = w1_1_2, b = b1_1")
    ran = run(capfd, "check", "1-2tanh-1", "v*tanh(w*x + b) + u*tanh(k*x + b) + c", "--json")
    found = json.loads(ran.out)
    assert (ran.code, found["verdict"]) == (1, "different")
    assert "a special case: equal only where b1_2 = b1_1" in found["because"]


@pytest.mark.parametrize("net", ["my-net", "gpt-3", "sigmiod"])
def test_words_are_no_formulas(net: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", net)
    assert (ran.code, ran.out) == (2, "")
    assert f"no network is called {net!r}" in ran.err
