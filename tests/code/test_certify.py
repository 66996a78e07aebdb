"""A certificate says what was run, how far it is from the network, and what was not run."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import netsym
from netsym.certificates import ENGINES
from netsym.certificates.engine import Code, Engine, Rows
from netsym.certificates.points import extremes, usual
from netsym.errors import NotRunError
from tests.cli.running import run
from tests.code.networks import NETWORKS

NUMPY = ENGINES["numpy"]
IRIS = str(Path(__file__).parents[2] / "examples" / "iris.toml")


def engine(change: float = 0.0, nan_is: float = np.nan, **said: object) -> Engine:
    """An engine that answers as NumPy does, or not quite."""

    def wrong(code: Code, rows: Rows, folder: Path) -> Rows:
        found = NUMPY.run(code, rows, folder)
        values = np.where(np.isnan(found.values), nan_is, found.values + change)
        return Rows.of(values)

    return Engine("other", wrong, **said)  # type: ignore[arg-type]


def test_the_command_says_it(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "certify", IRIS, "--to", "numpy")
    assert ran.code == 0
    lines = ran.out.splitlines()
    assert lines[0].startswith("largest difference ")
    assert lines[0].endswith(" over 1,001 rows; at ±1e3 and NaN as the network")
    assert "proved at these rows, and at no others" in " ".join(ran.out.split())


def test_rows_of_its_own() -> None:
    """At 0, on both sides of a kink, ±1e3, NaN and null; also where a person gives rows."""
    named = {"w1_1_1": 2.0, "b1_1": -1.0, "w2_1_1": 1.0, "b2_1": 0.0}
    network = netsym.parse("1-1relu-1").with_parameters(named)
    for data, given in ((None, 1000), (np.array([[5.0]]), 1)):
        rows = usual(network, data)
        own = rows[given:, 0]
        assert 0 in own and ((own < 0.5) & (own > 0.4)).any() and ((own > 0.5) & (own < 0.6)).any()
        kinds = extremes(network, rows, ENGINES["duckdb"])
        assert [*kinds] == ["±1e3", "NaN", "NULL"]
        assert {*kinds["±1e3"].values.reshape(-1)} == {1e3, -1e3}
        assert np.isnan(kinds["NaN"].values).all() and not kinds["NaN"].null.any()
        assert kinds["NULL"].null.all()


def test_rows_of_a_person(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("b,other,a\n1,0,2\n3,0,4\n")
    (tmp_path / "net.toml").write_text(
        'netsym = 1\ninputs = ["a", "b"]\n[[layers]]\ntype = "dense"\nweights = [[1, 10]]\n'
        "bias = [0.5]\n"
    )
    words = ["certify", str(tmp_path / "net.toml"), "--to", "numpy", "--data"]
    ran = run(capfd, *words, str(tmp_path / "rows.csv"), "--json")
    assert json.loads(ran.out)["rows"] == 3
    (tmp_path / "rows.csv").write_text("b,other\n1,0\n")
    ran = run(capfd, *words, str(tmp_path / "rows.csv"))
    assert ran.code == 2 and "this network needs its inputs a, b" in ran.err


def test_what_differs_is_said(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(ENGINES, "numpy", engine(change=1e-9))
    found = netsym.certify(IRIS, "numpy")
    assert found.verdict == "differs" and found.apart is not None
    assert 0.9e-9 < found.difference < 1.1e-9
    assert run(capfd, "certify", IRIS, "--to", "numpy").code == 1
    monkeypatch.setitem(ENGINES, "numpy", engine(nan_is=0.0))
    found = netsym.certify(IRIS, "numpy")
    assert [each.name for each in found.extremes if each.apart] == ["NaN"]
    assert "at NaN: setosa is 0, and nan in the network (" in found.report(1000)


def test_null_gives_null(monkeypatch: pytest.MonkeyPatch) -> None:
    """An engine that gives a number for null is not as the network; one that gives null is."""
    monkeypatch.setitem(ENGINES, "numpy", engine(null=True))
    assert [each.name for each in netsym.certify(IRIS, "numpy").extremes if each.apart] == ["NULL"]

    def answers(code: Code, rows: Rows, folder: Path) -> Rows:
        found = NUMPY.run(code, rows, folder)
        lacking = rows.null.any(axis=1, keepdims=True) & np.isnan(found.values)
        return Rows(found.values, lacking)

    monkeypatch.setitem(ENGINES, "numpy", Engine("other", answers, null=True))
    found = netsym.certify(IRIS, "numpy")
    assert found.verdict == "certified"
    assert "at ±1e3, NaN and NULL as the network" in found.report()


def test_without_its_engine_nothing_is_run(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    absent = Engine("gcc", ENGINES["c"].run, "apt-get install gcc", programs=("no-such-gcc",))
    monkeypatch.setitem(ENGINES, "c", absent)
    ran = run(capfd, "certify", IRIS, "--to", "c")
    assert (ran.code, ran.out) == (4, "not run: no-such-gcc is missing: apt-get install gcc\n")
    assert netsym.certify(IRIS, "c").code.startswith("#include <math.h>")


def test_code_that_does_not_run_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(code: Code, rows: Rows, folder: Path) -> Rows:
        raise NotRunError("it is too deep")

    monkeypatch.setitem(ENGINES, "numpy", Engine("other", refuses))
    assert netsym.certify(IRIS, "numpy").report() == "not run: it is too deep"


def test_what_rounding_costs() -> None:
    found = netsym.certify(IRIS, "numpy", digits=3)
    assert found.exact is not None and found.exact < 1e-14 < 1e-3 < found.difference
    assert found.verdict == "certified"
    assert "rounding to 3 digits: with all digits the largest difference is" in found.report(1000)


def test_the_code_is_written_whole(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "iris.js"
    ran = run(capfd, "certify", IRIS, "-o", str(path))
    assert ran.code == 0, ran.err
    assert path.read_text() == netsym.load(IRIS).layered.javascript()
    ran = run(capfd, "certify", IRIS, "--to", "c", "-o", str(tmp_path / "iris.py"))
    assert ran.code == 2 and "--to c writes no .py file" in ran.err
    assert not (tmp_path / "iris.py").exists()


def test_what_cannot_be_certified_is_refused() -> None:
    with pytest.raises(netsym.SpecError, match="nothing here runs 'latex'"):
        netsym.certify(IRIS, "latex")
    with pytest.raises(netsym.ValueMissingError, match="w1_1_1"):
        netsym.certify("1-1", "c")


def test_it_is_a_result() -> None:
    found = netsym.certify(NETWORKS["tanh"](), "numpy")
    assert found == netsym.certify(NETWORKS["tanh"](), "numpy")
    assert repr(found).startswith("<certificate of numpy: largest difference ")
    assert json.loads(json.dumps(found.to_json()))["verdict"] == "certified"
    assert "largest difference" in netsym.cell(found).html


def test_numbers_for_names(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    numbers = {"w1": [0.5, -1], "b1": [0, 1], "w2": [2, 3], "b2_1": 0.5}
    found = netsym.certify("1-2tanh-1", "numpy", parameters=numbers)
    by_hand = netsym.parse("1-2tanh-1").with_parameters(
        {"w1_1_1": 0.5, "w1_2_1": -1, "b1_1": 0, "b1_2": 1, "w2_1_1": 2, "w2_1_2": 3, "b2_1": 0.5}
    )
    assert found.verdict == "certified" and found.code == by_hand.layered.code("numpy")
    target = str(tmp_path / "net.py")
    words = ["certify", "1-2tanh-1", "--to", "numpy", "-o", target, "--parameters"]
    ran = run(capfd, *words, "w1=0.5,-1,b1=0,1,w2=2,3,b2=0.5")
    assert ran.code == 0 and Path(target).read_text() == found.code
    ran = run(capfd, *words, "w1=0.5,-1,b1=0,1,w2=2,3")
    assert ran.code == 2 and "no number for the parameter b2_1" in ran.err
    with pytest.raises(netsym.SpecError, match="nothing here is called 'w1'"):
        netsym.certify(IRIS, "numpy", parameters={"w1": 1})
