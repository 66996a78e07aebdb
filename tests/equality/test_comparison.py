"""Comparison: what may be compared, the report and its data, and errors in words that help."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import HealthCheck, given

import netsym
from netsym.equality import comparison, side_by_side
from netsym.equality.comparison import Comparison, compare
from netsym.equality.sides import subject
from netsym.errors import NetsymError, SpecError
from netsym.formula import Formula
from tests.effort import many, random_examples, sample
from tests.networks import Case, cases
from tests.verdicts import SAME

NET = netsym.parse("1-2-1:sigmoid")
FORUM = netsym.load(Path(__file__).parents[2] / "examples" / "forum" / "sigmoid.toml")
TYPED = "f(x) = w_21*(1/(1+e**(-1*(w_11x + b_11)))) + w_22 (1/(1+e**(-1*(w_12*x + b_12)))) + b"


# -- what may be compared -------------------------------------------------------------------------
@pytest.mark.parametrize(
    "first",
    sample(["", "import netsym.equality.sides\n", "from netsym.equality import verdict\n"], 1),
)
def test_the_public_name_can_be_called_again_and_after_any_import(first: str) -> None:
    lines = [
        "import netsym; n = netsym.parse('1-1')",
        "assert netsym.compare(n).verdict == netsym.compare(n).verdict == 'structural'",
        "assert isinstance(netsym.compare(n), netsym.Comparison)",
    ]
    done = subprocess.run(
        [sys.executable, "-c", first + "\n".join(lines)], capture_output=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, b"")


def test_a_text_that_is_a_shorthand_is_a_network() -> None:
    """Both of the first two are -2 as formulas, and were once `identical`."""
    with pytest.raises(SpecError, match="1-2-1 has 1 input, but 2-3-1 has 2; compare functions of"):
        netsym.compare("1-2-1", "2-3-1")
    assert netsym.compare("1-2-1", "1-2-1 ").verdict == "structural"
    assert netsym.compare("1-2-1:tanh", "1-2-1:relu").verdict == "different"
    assert netsym.compare("1-2-1:tanh").one.network is not None
    for one, other in (("1-1", "w1_1_1*x + b1_1"), ("w1_1_1*x + b1_1", "1-1")):
        found = netsym.compare(one, other)
        assert (found.verdict, found.one.words) == ("structural", "the network")
    assert netsym.compare("(1-2-1)", "(2-3-1)").verdict in SAME
    assert netsym.compare("1 - 2 - 1", "1-2-1").verdict == "structural"
    assert netsym.compare("(1 - 2 - 1)", "-2").verdict in SAME
    assert netsym.compare("1 - 2", "-1").verdict in SAME
    assert netsym.compare("2-4x-1", "1 - 4*x").verdict in SAME
    with pytest.raises(SpecError, match="unknown activation"):
        netsym.compare("1-2-1:tahn", "x")


def test_a_text_that_is_a_path_is_what_the_file_holds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    netsym.save(NET, "net.toml")
    netsym.save(NET, "net.json")
    Path("formula.txt").write_text(NET.inlined.text(), encoding="utf-8")
    Path("short").write_text("1-2-1:sigmoid\n")
    Path("1-2-1").write_text("x")
    for path in ("net.json", "formula.txt", str(tmp_path / "short")):
        assert netsym.compare("net.toml", path).verdict == "structural"
    assert netsym.compare("1-2-1", "x").verdict == "structural"
    with pytest.raises(SpecError, match=r"there is no file nets\.toml; check the path"):
        netsym.compare(NET, "nets.toml")
    Path("bad.txt").write_bytes(b"x + \xff")
    with pytest.raises(SpecError, match=r"bad\.txt, line 1, column 5: byte 0xff is not UTF-8"):
        netsym.compare(NET, "bad.txt")


@pytest.mark.parametrize(
    "other",
    [
        NET.inlined.text(), NET.inlined.text(ascii=True), NET.inlined, NET.layered, NET.shared,
        NET.inlined.latex(), NET.inlined.sympy(), netsym.parse("1-2-1:sigmoid"), None,
    ],
    ids=["text", "ascii", "inlined", "layered", "shared", "latex", "sympy", "network", "itself"],
)  # fmt: skip
def test_every_kind_of_other_side(other: Any) -> None:
    found = compare(NET, other)
    assert found.verdict in SAME
    assert found.exit_code == 0
    assert found.counterexample is None
    assert found.diagnosis is None
    assert found.evidence


def test_formulas_without_a_network() -> None:
    x = sympy.Symbol("x")
    assert compare("1/(1 + e^-x)", "(1 + tanh(x/2))/2").verdict == "identical"
    assert compare(1 / (1 + sympy.exp(-x)), "σ(x)").verdict == "identical"
    assert compare("x*y", "y*x").verdict == "identical"
    assert compare("x", "y").verdict == "different"


def test_a_network_stands_first_whatever_the_order() -> None:
    wrong = NET.inlined.text().replace("σ(", "tanh(", 1)
    one, other = compare(NET, wrong), compare(wrong, NET)
    assert one.to_json()["verdict"] == other.to_json()["verdict"] == "different"
    assert one.diagnosis == other.diagnosis
    assert one.counterexample == other.counterexample
    assert other.one.network is NET
    assert str(one.report()) == str(other.report())


def test_inputs_are_matched_by_name_or_in_order() -> None:
    wires = [(p.name, p.layer, p.sources, {}) for p in NET.layers]
    renamed = netsym.Network.of("renamed", ["speed"], wires)
    assert compare(NET, renamed).verdict == "structural"
    two = netsym.parse("2-1:tanh")
    assert compare(two, "tanh(w1_1_2*x_2 + w1_1_1*x_1 + b1_1)").verdict == "identical"
    assert compare(two, "tanh(w1_1_1*x_2 + w1_1_2*x_1 + b1_1)").verdict == "different"
    assert compare(two, "tanh(w1_1_2*x_2)").verdict == "different"  # it uses one input only


def test_nothing_that_is_given_is_changed() -> None:
    before = NET.inlined.text()
    parameters = NET.parameter_names()
    compare(NET, "w1_1_1*x")
    assert NET.inlined.text() == before
    assert NET.parameter_names() == parameters


# -- the network against its own text -------------------------------------------------------------
@given(case=cases(most_layers=3, most_units=3))
@random_examples(25, suppress_health_check=list(HealthCheck))
def test_a_network_is_its_own_formula(case: Case) -> None:
    assert compare(case.network).verdict in SAME


def test_the_text_is_what_is_compared(monkeypatch: pytest.MonkeyPatch) -> None:
    """Break the writer, and the network is not its formula any more."""
    assert compare(NET).verdict == "structural"
    text = Formula.text

    def without_a_bias(self: Formula, *arguments: Any, **options: Any) -> str:
        return text(self, *arguments, **options).replace(" + b1_2", "")

    monkeypatch.setattr(Formula, "text", without_a_bias)
    found = compare(NET)
    assert found.verdict == "different"
    assert found.diagnosis is not None
    assert found.diagnosis.mistakes == ("without the bias b1_2 on layer 1, unit 2 (a1_2)",)


def test_what_is_too_large_to_write_is_compared_as_a_graph(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(comparison, "READ_BACK", 60)
    small = compare(netsym.parse("1-3-1:tanh"))
    assert small.notes == ()
    shared = compare(netsym.parse("2-2-2-2:tanh"))
    assert shared.verdict in SAME
    assert any("inlined" in note or "shared" in note for note in shared.notes)
    monkeypatch.setattr(comparison, "READ_BACK", 10)
    graph = compare(netsym.parse("2-2-2-2:tanh"))
    assert graph.verdict in SAME
    assert any("graph" in note for note in graph.notes)


# -- the report and its data ----------------------------------------------------------------------
def test_the_attempt_of_the_forum() -> None:
    found = compare(FORUM, TYPED)
    assert found.verdict == "different"
    assert found.exit_code == 1
    assert found.diagnosis is not None
    assert found.diagnosis.mistakes == ("without the sigmoid on the output layer",)
    report = found.report()
    assert "this is your network without the sigmoid on the output layer" in report
    assert "w_11x was read as w_11*x" in " ".join(report.split())
    assert "^^^^" in report
    assert found.counterexample is not None
    assert all(value in report for value in found.counterexample.short)


def test_the_report_is_the_sizes_and_the_verdict() -> None:
    found = compare(NET)
    assert isinstance(found, Comparison)
    assert found.report() in str(found)
    table = str(found).removesuffix(found.report())
    for words in ("layered", "shared", "inlined", "nodes", "height", "sigmoid", "characters"):
        assert words in table
    nodes = next(line for line in table.splitlines() if line.startswith("nodes"))
    assert nodes.split()[1:] == ["21", "19", "19"]


def test_lines_are_not_wider_than_asked_for() -> None:
    found = compare(FORUM, "σ(w_21*x + b)")
    for width in (40, 60, 100):
        lines = found.report(width).splitlines()
        caret = next(number for number, line in enumerate(lines) if "^" in line)
        rest = [line for number, line in enumerate(lines) if abs(number - caret) > 1]
        assert all(len(line) <= width or " " not in line.strip() for line in rest)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (NET, None),
        (FORUM, TYPED),
        ("abs(x)^2", "x^2"),
        ("atan(x) + atan(1/x) - atan(2*x) - atan(1/(2*x))", "0"),
    ],
)
def test_the_data(one: Any, other: Any) -> None:
    found = compare(one, other)
    data = json.loads(json.dumps(found.to_json(), allow_nan=False))
    assert data["schema"] == 1
    assert {"forms", "verdict", "evidence", "counterexample", "diagnosis"} <= set(data)
    assert data["verdict"] == found.verdict
    assert data["evidence"] == list(found.evidence)
    assert (data["counterexample"] is None) == (found.verdict != "different")
    assert all(form["nodes"] for form in data["forms"].values())
    if found.counterexample is not None:
        at = data["counterexample"]
        assert set(at) == {"inputs", "parameters", "output", "values"}
        assert len(at["values"]) == 2


def test_the_same_seed_gives_the_same_report() -> None:
    def report(seed: int) -> str:
        return compare(FORUM, TYPED, seed=seed).report()

    assert report(0) == report(0)
    assert report(3) == report(3)
    assert report(0) != report(3)


def test_verdicts_do_not_depend_on_the_seed() -> None:
    for seed in range(many(5, 2)):
        assert compare(NET, NET.inlined.text(), seed=seed).verdict == "structural"
        assert compare(FORUM, TYPED, seed=seed).diagnosis == compare(FORUM, TYPED).diagnosis


@given(case=cases(most_layers=2, most_units=3))
@random_examples(15, suppress_health_check=list(HealthCheck))
def test_what_structure_settles_is_settled_without_evidence(case: Case) -> None:
    text = case.network.inlined.text(ascii=True)
    for typed in (text, f"{text} + 1 - 1", f"{text} + 1"):
        seen, unseen = (compare(case.network, typed, evidence=each) for each in (True, False))
        assert (unseen.verdict, unseen.because) == (seen.verdict, seen.because)
        assert seen.evidence
        assert unseen.evidence == (() if seen.verdict == "structural" else seen.evidence)


def test_conditions_are_read_with_and_without_evidence() -> None:
    for evidence in (True, False):
        with pytest.raises(SpecError, match="give conditions like"):
            compare(NET, NET.inlined.text(), where="x", evidence=evidence)
        assert compare(NET, NET.inlined.text(), where="x > 0", evidence=evidence).equal


def test_a_tolerance_is_passed_on() -> None:
    assert compare("x", "x + 0.01", tolerance=0.1).verdict == "within-error"
    assert compare("x", "x + 0.01", tolerance=0.1).exit_code == 0


# -- errors ---------------------------------------------------------------------------------------
ERRORS: list[tuple[Any, Any, list[str]]] = [
    (NET, netsym.parse("2-2-1:sigmoid"), ["1 input,", "has 2"]),
    (NET, netsym.parse("1-2-2:sigmoid"), ["1 output,", "has 2"]),
    (netsym.parse("1-2"), "x", ["which output", "^", "y_1"]),
    (NET, 5, ["int", "a network, a formula"]),
    (5, NET, ["int", "a network, a formula"]),
    (NET, b"x", ["bytes"]),
    (NET, ["x"], ["list"]),
    ("x", None, ["second side"]),
    (NET.inlined, None, ["second side"]),
    (NET, "w1_1_3*x", ["unknown name 'w1_1_3'", "^^^^^^", "did you mean"]),
    (NET, "sigmiod(x)", ["sigmiod", "^", "did you mean", "sigmoid"]),
    (NET, "w1_1_1*(x + b1_1", ["(", "^"]),
    (NET, "", []),
    (NET, "x + ", ["^"]),
    ("x +* 2", "x", ["^"]),
]


@pytest.mark.parametrize(("one", "other", "fragments"), ERRORS, ids=range(len(ERRORS)))
def test_errors(one: Any, other: Any, fragments: list[str]) -> None:
    with pytest.raises(NetsymError) as caught:
        compare(one, other)
    assert isinstance(caught.value, SpecError)
    for fragment in fragments:
        assert fragment in str(caught.value)


def test_the_names_of_the_network_are_listed_once() -> None:
    with pytest.raises(SpecError) as caught:
        subject("q*x_1", subject(netsym.parse("2-2-1:tanh")))
    listed = str(caught.value).splitlines()[-1].replace(",", "").split()
    assert len(listed) > 5
    assert len(set(listed)) == len(listed)


def test_a_result_cannot_be_changed() -> None:
    found = compare("x", "x")
    with pytest.raises(dataclasses.FrozenInstanceError):
        found.verdict = "identical"  # type: ignore[misc]


def test_forms_are_written_and_timed_only_when_sizes_are_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    asked: list[int] = []
    make = side_by_side.table

    def counted(sides: Any) -> Any:
        asked.append(len(sides))
        return make(sides)

    monkeypatch.setattr(side_by_side, "table", counted)
    linear = netsym.parse("1-2-1")
    alone, two = compare(NET), compare(linear, netsym.simplify(linear))
    for result in (alone, two):
        assert result
        assert result.because in result.report(width=1000)
        assert result.verdict_json()["because"] == result.because
        assert repr(result)
    assert asked == []
    data = alone.to_json()
    assert asked == [1]
    assert list(data["forms"]) == ["layered", "shared", "inlined"]
    assert {*alone.verdict_json()} < {*data}
    assert str(alone).startswith(str(alone.sizes))
    assert asked == [1]
    assert [column.title for column in two.sizes.columns] == [
        "layered 1", "inlined 1", "layered 2", "inlined 2",
    ]  # fmt: skip
    assert asked == [1, 2]


def test_where_every_name_is_shared_none_is_looked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    def looked_for(*_: object) -> None:
        raise AssertionError("units are paired, which takes long, for names that are there already")

    monkeypatch.setattr("netsym.equality.own_names.matched", looked_for)
    for text, other in (("relu(w*x) + 1", "relu(w*x) + 2"), ("relu(2*x) + w", "relu(2*x) + 2")):
        assert netsym.compare(text, other).verdict == "different"
    with pytest.raises(AssertionError):
        netsym.compare("relu(w*x) + 1", "relu(v*x) + 2")
