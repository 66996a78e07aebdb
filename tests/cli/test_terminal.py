"""On a terminal: tables, prose and excerpts fit it, whatever they are and wherever they go."""

from __future__ import annotations

import re
import sys

import pytest

import netsym
from netsym.cli.process import WIDEST
from netsym.equality.laws import LAWS, laws
from netsym.wording import excerpt, fitted, in_ascii, table
from tests.cli.running import run
from tests.cli.test_cli import on_terminal
from tests.cli.test_progress import Terminal
from tests.effort import many


@pytest.mark.parametrize("columns", [64, 80, 95, 200])
@pytest.mark.parametrize("verb", ["size 2-10x20-1:tanh", "size resnet50", "layers dense",
                                  "grad 1-2-1:sigmoid --size",
                                  "size examples/lstm.toml --steps 1..9"])  # fmt: skip
def test_tables_and_what_stands_below_fit(verb: str, columns: int) -> None:
    """From 80 columns on nothing was broken, but by the terminal, in the middle of words."""
    shown = on_terminal(columns, *verb.split(), ends=None)
    assert max(map(len, shown.splitlines())) <= min(columns, WIDEST)


def test_a_list_goes_on_between_its_items() -> None:
    lines = on_terminal(100, "size", "resnet50").splitlines()
    start = lines[2].index("operations")
    further = [line[start:] for line in lines[3:] if line.strip() and not line[:start].strip()]
    assert len(further) > 3
    assert all(re.match(r"[a-z_]+(\[.*\])? [\d.,]+", line) for line in further)


def test_laws_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    some = LAWS[:: many(1, 10)]
    monkeypatch.setattr("netsym.equality.laws.LAWS", some)
    found = laws()
    for width in (80, 90, 100):
        lines = found.report(width).splitlines()
        assert max(map(len, lines)) <= width
        assert "".join("".join(lines).split()).count("=") >= len(some)


def test_without_a_terminal_tables_are_whole(capfd: pytest.CaptureFixture[str]) -> None:
    assert max(map(len, run(capfd, "size", "resnet50").out.splitlines())) > 180


def test_the_widest_columns_of_a_table_share_the_room() -> None:
    rows = [("one of them", "what it is said to be", "n"), ("b", "short", "12,345")]
    assert table(rows, "<<>", 26) == [
        "one of    what it        n",
        "them      is said",
        "          to be",
        "b         short     12,345",
    ]
    assert table(rows, "<<>", 1000) == table(rows, "<<>")
    assert max(map(len, table(rows, "<<>", 5))) == len("them  short  12,345")  # words are whole


# -- errors ---------------------------------------------------------------------------------------
LONG = "w1_1_1*x+b1_1+" * 9
WRONG = {
    "a list to choose from": ["inline", "1-2-1:qqqq"],
    "too large": ["inline", "2-10x20-1:tanh"],
    "usage": ["inline", "1-2-1", "--to", "qqqqq"],
    "a caret at the end": ["check", "1-1", f"{LONG}(x"],
    "a caret in the middle": ["check", "1-1", f"{LONG}qqq(x) + {LONG}x"],
    "a note": ["size", "1-2-1"],
}


@pytest.mark.parametrize("columns", [40, 60])
@pytest.mark.parametrize("arguments", WRONG.values(), ids=WRONG)
def test_words_on_standard_error_fit(
    arguments: list[str], columns: int, monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:  # fmt: skip
    whole = run(capfd, *arguments).err
    terminal = Terminal()
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr(sys, "stderr", terminal)
    run(capfd, *arguments)
    said = terminal.getvalue()
    assert max(map(len, said.splitlines())) <= columns < max(map(len, whole.splitlines()))
    if "^" not in whole:
        assert said.split() == whole.split()


@pytest.mark.parametrize("columns", range(20, 150, 13))
@pytest.mark.parametrize("at", [0, 3, 60, 110, 139])
def test_carets_stay_under_what_they_mean(at: int, columns: int) -> None:
    text = "".join(chr(ord("a") + n % 26) for n in range(140))
    for margin in ("  ", "  line 7: "):
        line, below = f"{margin}{text}", " " * (len(margin) + at) + "^"
        shown, carets = excerpt(line, below, columns)
        assert len(shown) <= max(columns, 10) and carets.strip() == "^"
        assert shown[carets.index("^")] == text[at]
        assert shown.startswith(margin)
        assert fitted(f"{line}\n{below}", columns) == f"{shown}\n{carets}"
        assert ("..." in shown) is (len(line) > columns)


def test_the_excerpt_of_a_check_fits() -> None:
    typed = "f(x) = w_21*(1/(1+e**(-1*(w_11*x + b_11)))) + w_22*(1/(1+e**(-1*(w_12*x + b_12)))) + b"
    found = netsym.check(netsym.load("examples/forum/sigmoid.toml"), typed)
    for width in (40, 60):
        lines = found.report(width).splitlines()
        assert max(map(len, lines)) <= width
        (carets,) = (line for line in lines if line.strip() and not line.strip(" ^"))
        assert lines[lines.index(carets) - 1][carets.index("^") :].startswith("w_21*(1/(1+e")
    assert typed in str(found)


@pytest.mark.parametrize(
    ("signs", "typed"),
    [("w⁽¹⁾₁₂", "w1_1_2"), ("w⁽¹²⁾₁₀,₃", "w12_10_3"), ("xₜ,₁", "x_t_1"), ("h⁽¹⁾ₜ₋₁,₁", "h1_prev_1"),
     ("hₜ₊₁", "h_next"), ("x²ⁿ", "x^2\\u207f"), ("W²a¹", "W^2a^1"), ("Qᵀ", "Q^T"),
     ("∂ŷ/∂x", "dy_hat/dx"), ("1→2 – 3", "1->2 - 3"), ("é", "\\xe9")],
)  # fmt: skip
def test_signs_as_one_types_them(signs: str, typed: str) -> None:
    assert in_ascii(signs) == typed
