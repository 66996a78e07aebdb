"""Results are data: each prints, briefly too, has its numbers, is equal to its copy and hashes."""

from __future__ import annotations

import copy
import json
import os
import pickle
import re
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from math import log10
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from click.testing import CliRunner

import netsym
from netsym.cli import group
from netsym.equality.laws import LAWS
from netsym.errors import SpecError
from netsym.layers.dense import Dense
from netsym.pieces.region import at
from tests.effort import many, sample

ROOT = Path(__file__).parents[1]
NET = netsym.parse("1-2-1:sigmoid")
DEEP = netsym.parse("2-10x20-1:tanh")
LSTM = netsym.load(ROOT / "examples" / "lstm.toml")


def relu(spec: str = "2-2-1:relu") -> netsym.Network:
    """A network with small numbers, not all of them alike."""
    net = netsym.parse(spec)
    return net.with_parameters({p: 1 / (3 + n) for n, p in enumerate(net.parameter_names())})


def low_rank() -> netsym.Network:
    """One layer of rank 1."""
    weights = {"weights": np.outer([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])}
    wires = [("a", Dense(units=3, use_bias=False), ["input"], weights)]
    return netsym.Network.of("low, « rank »", 3, wires)


#: Everything that a verb gives, made anew at each call: reports, and what they are made of.
REPORTS: dict[str, Callable[[], Any]] = {
    "structural": lambda: netsym.compare(NET),
    "identical": lambda: netsym.compare("1/(1 + e^-x)", "(1 + tanh(x/2))/2"),
    "within-error": lambda: netsym.compare("x", "x + 0.001", tolerance=0.01),
    "different": lambda: netsym.check(NET, "w2_1_1·σ(w1_1_1·x + b1_1) − b2_1"),
    "undecided": lambda: netsym.compare("atan(x) + atan(1/x) - atan(2*x) - atan(1/(2*x))", "0"),
    "rounded": lambda: netsym.compare(relu("2-2-1"), netsym.simplify(relu("2-2-1"))),
    "simplified": lambda: netsym.simplify(netsym.parse("2-3-2relu-2-1")),
    "factored": lambda: netsym.simplify(low_rank(), factor=True),
    "not simplified": lambda: netsym.simplify(NET),
    "regions": lambda: netsym.regions(relu()),
    "region": lambda: at(relu(), ["1/3", 2]),
    "laws": netsym.laws,
    "certificate": lambda: netsym.certify(relu(), "numpy"),
    "size": lambda: NET.inlined.size,
    "large size": lambda: DEEP.inlined.size,
    "sizes": lambda: netsym.parse("2-10x20-1:tanh").size,
    "growth": lambda: LSTM.growth([1, 2, 3, 40]),
}
PARTS: dict[str, Callable[[], Any]] = {
    "network": lambda: netsym.parse("1-2-1:sigmoid"),
    "network with numbers": relu,
    "layer": lambda: netsym.parse("1-2-1:sigmoid").layers[0],
    "layers": lambda: relu().layers,
    "inputs and outputs": lambda: (relu().inputs, relu().outputs),
    "recurrent layers": lambda: netsym.load(ROOT / "examples" / "lstm.toml").layers,
    "parameter": lambda: relu().layers[0].parameters["weights"],
    "layered": lambda: netsym.parse("1-2-1:sigmoid").layered,
    "shared": lambda: netsym.parse("2-2-2softmax").shared,
    "inlined": lambda: relu().inlined,
    "once": lambda: netsym.load(ROOT / "examples" / "lstm.toml").once,
    "matrices": lambda: netsym.parse("1-2-1:sigmoid").matrices,
    "gradient": lambda: netsym.parse("1-2-1:sigmoid").layered.gradient(),
    "steps": lambda: netsym.simplify(netsym.parse("2-3-2relu-2-1")).steps,
    "step of low rank": lambda: netsym.simplify(low_rank(), factor=True).steps,
    "blocked": lambda: netsym.simplify(NET).blocked,
    "witness": lambda: netsym.simplify(NET).blocked[0].witness,
    "pieces": lambda: netsym.regions(relu()).pieces[:3],
    "finding": lambda: netsym.laws().findings[0],
    "per output": lambda: netsym.parse("2-3").inlined.size.per_output,
    "counterexample": lambda: netsym.compare("x", "x + 1").counterexample,
    "growth along depth": lambda: netsym.parse("2-3-1:tanh").growth(depth=[1, 2, 3]),
    "picture": lambda: netsym.draw(NET),
    "verdict": lambda: netsym.compare("x", "x + 1").found,
    "diagnosis": lambda: netsym.check(NET, "b2_1").diagnosis,
    "sides": lambda: (netsym.compare(NET).one, netsym.compare(NET).other),
    "forms side by side": lambda: netsym.parse("1-2").size.forms["layered"],
}


@pytest.fixture(autouse=True)
def some_laws(monkeypatch: pytest.MonkeyPatch) -> None:
    """Enough of them for a report of laws."""
    monkeypatch.setattr("netsym.equality.laws.LAWS", LAWS[:: many(1, 10)])


@cache
def result(name: str) -> Any:
    """One of them, made once."""
    return (REPORTS | PARTS)[name]()


reports = pytest.mark.parametrize("name", REPORTS)
everything = pytest.mark.parametrize("name", [*REPORTS, *PARTS])


# -- what every result has ------------------------------------------------------------------------
@everything
def test_equal_to_what_is_made_again_and_to_its_copies(name: str) -> None:
    one, again = result(name), (REPORTS | PARTS)[name]()
    for other in (again, copy.copy(one), copy.deepcopy(one), pickle.loads(pickle.dumps(one))):
        assert other == one
        assert hash(other) == hash(one)
    assert one != "something else"
    assert len({one, again}) == 1


@everything
def test_different_from_all_others(name: str) -> None:
    same = [other for other in [*REPORTS, *PARTS] if result(other) == result(name)]
    assert same == [name]


@everything
def test_the_short_form_is_short_and_has_no_address(name: str) -> None:
    short = repr(result(name))
    assert len(short) < 700 and "\n" not in short
    assert not re.search(r" at 0x|array\(|Names\(", short)


@reports
def test_reports_are_the_same_each_time(name: str) -> None:
    one = result(name)
    assert one.report() == one.report()
    assert str(one) == str(one)
    assert str(one).endswith(one.report())
    assert str(pickle.loads(pickle.dumps(one))) == str(one)


@reports
def test_reports_in_ascii(name: str) -> None:
    one = result(name)
    for width in (30, 80, 1000):
        assert one.report(width, ascii=True).isascii()
    assert one.report(ascii=True, digits=2).isascii()
    if isinstance(one, netsym.Comparison):
        assert one.sizes.report(ascii=True).isascii()


@reports
@pytest.mark.parametrize("width", [30, 50, 72])
def test_lines_fit_into_a_narrow_terminal(name: str, width: int) -> None:
    one = result(name)
    text: str = one.report(width)
    if isinstance(one, netsym.Comparison):
        text += f"\n{one.sizes.report(width)}"
        if one.diagnosis is not None and one.diagnosis.span is not None:
            text = text.replace(one.diagnosis.caret(), "")
    wide = [line for line in text.splitlines() if len(line) > width]
    for line in wide:  # one word, or a row of a table that has nothing to break
        words = re.split(r"[ ,;·+]+", line.strip())
        assert len(words) < 3 or name in ("growth", "sizes", "simplified", "factored"), line


def test_operations_and_forms_go_on_below_on_a_narrow_terminal() -> None:
    assert NET.size.report(44).splitlines()[4:6] == [
        "layered            21       3  add 3,",
        "                               multiply 4,",
    ]
    whole, narrow = (result("structural").sizes.report(width) for width in (80, 40))
    assert len(whole.splitlines()[0].split()) == 3
    heads = [part.splitlines()[0].split() for part in narrow.split("\n\n")]
    assert heads == [["layered", "shared"], ["inlined"]]


@reports
def test_digits_and_widths_are_checked(name: str) -> None:
    for options in ({"digits": 0}, {"digits": 18}, {"width": 0}, {"width": "x"}):
        with pytest.raises(SpecError, match=f"{next(iter(options))} is "):
            result(name).report(**options)


@reports
def test_the_data_is_json(name: str) -> None:
    one = result(name)
    data = one.to_json()
    assert json.loads(json.dumps(data, allow_nan=False)) == json.loads(json.dumps(one.to_json()))
    assert "schema" in data or name.endswith("size")


@reports
def test_a_notebook_shows_it(name: str) -> None:
    bundle = result(name)._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "text/latex", "text/html"}
    assert all(bundle.values()) and len(bundle["text/plain"].splitlines()) <= 25


# -- numbers as attributes ------------------------------------------------------------------------
def test_the_numbers_of_a_verdict() -> None:
    same, apart = result("identical").numbers, result("different").numbers
    assert same.points >= same.defined >= 16
    assert 0 <= same.gap < 1e-15 and same.bits >= 64
    assert same.chance <= -40 and same.heuristic
    assert len(same.errors) == 2 and max(same.errors) < 1e-12 and same.broken == (0, 0)
    assert (apart.chance, apart.bound) == (None, None)
    assert result("undecided").numbers.chance is None
    assert result("within-error").numbers.gap == pytest.approx(0.001)
    rounded = result("rounded").numbers
    assert 0 < rounded.gap < 1e-12 and 0 < rounded.bound < 1e-12  # points go beyond ±10
    assert result("identical").to_json()["numbers"]["chance"] == same.chance


def test_the_chances_of_laws() -> None:
    for finding in result("laws"):
        assert (finding.chance is not None) == (finding.proved and finding.how != "exactly")
        if finding.chance is not None:
            power = int(finding.how.partition("^")[2])
            assert power - 1 <= finding.chance * log10(2) <= power


def test_digits_round_what_is_abbreviated() -> None:
    sizes = result("sizes")
    assert re.search(r"\d\.\d\d × 10\^\d\d", sizes.report())
    assert re.search(r"\d\.\d{5} × 10\^\d\d", sizes.report(digits=6))
    assert "×" not in sizes.report(exact=True).partition("\n\nThe one")[0]
    assert " x 10^" in sizes.report(ascii=True)
    assert "us per point" in result("structural").sizes.report(ascii=True)


# -- commands -------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "arguments",
    sample(
        [
            ["size", "2-10x20-1:tanh"],
            ["compare", "1-2-1:sigmoid"],
            ["compare", "2-10x20-1:tanh"],
            ["check", "1-2-1:sigmoid", "w2_1_1·σ(w1_1_1·x + b1_1)"],
            ["simplify", "2-3-3relu-2-1"],
            ["laws"],
        ],
        1,
    ),
    ids=" ".join,
)
def test_on_an_ascii_terminal(arguments: list[str]) -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "netsym", *arguments],
        capture_output=True, cwd=ROOT, env={**os.environ, "PYTHONIOENCODING": "ascii"}, check=False,
    )  # fmt: skip
    assert ran.stdout and not ran.stderr.startswith(b"Traceback")
    assert ran.stdout.isascii()
    assert b"\\u" not in ran.stdout and b"\\x" not in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "narrow"),
    [
        (["size", "1-2-1:sigmoid"], lambda: NET.size.report(44)),
        (["check", "1-2-1:sigmoid", "b2_1"], lambda: netsym.check(NET, "b2_1").report(44)),
        (["laws"], lambda: result("laws").report(44)),
        (["size", str(ROOT / "examples" / "lstm.toml"), "--steps", "1..3"],
         lambda: LSTM.growth([1, 2, 3]).report(44)),
    ],
)  # fmt: skip
def test_on_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, arguments: list[str], narrow: Callable[[], str]
) -> None:
    monkeypatch.setattr("netsym.cli.output._terminal_width", lambda: 44)
    assert CliRunner().invoke(group, arguments).stdout == f"{narrow()}\n"
