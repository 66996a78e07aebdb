"""`netsym compare`: exit codes, data, files, and what happens when it is interrupted."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

import netsym
from tests.cli.running import Ran, killed, run
from tests.effort import sample

ROOT = Path(__file__).parents[2]
FORUM = ROOT / "examples" / "forum"


def data(ran: Ran) -> dict[str, Any]:
    """The JSON on standard output, which has nothing else."""
    found: dict[str, Any] = json.loads(ran.out)
    assert found["schema"] == 1
    assert set(found) >= {"forms", "verdict", "evidence", "counterexample", "diagnosis"}
    assert found["evidence"]
    return found


def saved(path: Path, *numbers: float) -> Path:
    """A network 1-1 with a weight and a bias, in a file."""
    weight, bias = numbers
    path.write_text(
        'netsym = 1\ninputs = ["x"]\n[[layers]]\ntype = "dense"\nactivation = "tanh"\n'
        f"weights = [[{weight!r}]]\nbias = [{bias!r}]\n"
    )
    return path


# -- exit codes and what is printed ---------------------
def test_a_network_with_itself(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "compare", "1-2-1:sigmoid")
    assert (ran.code, ran.err) == (0, "")
    assert "characters of text, is off by at most" in " ".join(ran.out.split())
    for words in ("layered", "shared", "inlined", "nodes", "characters of text", "structural: "):
        assert words in ran.out
    assert "read back" in " ".join(ran.out.split())


def test_two_networks(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    one, other = saved(tmp_path / "one.toml", 0.5, 1.0), saved(tmp_path / "two.toml", 0.5, 1.25)
    same = saved(tmp_path / "same.toml", 0.5, 1.0)
    ran = run(capfd, "compare", one, same)
    assert (ran.code, ran.err) == (0, "")
    assert "structural: " in ran.out
    ran = run(capfd, "compare", one, other)
    assert (ran.code, ran.err) == (1, "")
    assert "different: " in ran.out
    assert "Traceback" not in ran.out
    assert run(capfd, "compare", one, other, "--tolerance", "0.3").code == 0


@pytest.mark.parametrize("suffix", [".txt", ".tex", ".formula"])
def test_a_network_and_a_formula_in_a_file(
    suffix: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    net, path = netsym.parse("1-2-1:sigmoid"), tmp_path / f"formula{suffix}"
    text = net.inlined.latex() if suffix == ".tex" else net.inlined.text()
    path.write_text(text, encoding="utf-8")
    ran = run(capfd, "compare", "1-2-1:sigmoid", path)
    assert ran.code == 0, ran.out + ran.err
    path.write_text(net.layered.text(), encoding="utf-8")
    assert run(capfd, "compare", "1-2-1:sigmoid", path).code == 0
    path.write_text("w1_1_1*x", encoding="utf-8")
    assert run(capfd, "compare", "1-2-1:sigmoid", path).code == 1


def test_what_is_not_known_is_code_4(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "formula.txt"
    path.write_text("relu(w1_1_1*x + b1_1 + 0*x) + 0*(sin(x)^2 + cos(x)^2 - 1)")
    assert run(capfd, "compare", "1-1:relu", path).code == 0
    path.write_text("relu(w1_1_1*x + b1_1) + atan(x) + atan(1/x) - atan(2*x) - atan(1/(2*x))")
    ran = run(capfd, "compare", "1-1:relu", path)
    assert ran.code == 4
    assert "undecided: " in ran.out


def test_the_data(capfd: pytest.CaptureFixture[str]) -> None:
    found = data(run(capfd, "compare", "1-2-1:sigmoid", "--json"))
    assert found["verdict"] == "structural"
    assert found["counterexample"] is None
    assert found["diagnosis"] is None
    assert [form["nodes"] for form in found["forms"].values()] == [21, 19, 19]
    layered = next(iter(found["forms"].values()))
    assert layered["height"] == 3
    assert layered["operations"]["sigmoid"] == 3
    assert layered["characters"] > 50
    different = data(run(capfd, "compare", "1-2-1:sigmoid", "1-2-1:tanh", "--json"))
    assert different["verdict"] == "different"
    assert set(different["counterexample"]) == {"inputs", "parameters", "output", "values"}
    assert "mistakes" in different["diagnosis"]


def test_a_seed_repeats_a_run_and_another_changes_it(capfd: pytest.CaptureFixture[str]) -> None:
    def at(*options: str) -> Any:
        ran = run(capfd, "compare", "1-2-1:sigmoid", "1-2-1:tanh", "--json", *options)
        return data(ran)["counterexample"]

    assert at() == at() == at("--seed", "0")
    assert at("--seed", "1") == at("--seed", "1") != at()


def test_a_network_that_is_too_large_to_write(capfd: pytest.CaptureFixture[str]) -> None:
    """Its graph is compared, and a note says so; the sizes are exact all the same."""
    ran = run(capfd, "compare", "2-6x8tanh-2")
    assert ran.code == 0, ran.out
    out = " ".join(ran.out.split())
    assert "more than the 100,000 that are written and read back" in out
    found = data(run(capfd, "compare", "2-6x8tanh-2", "--json"))
    assert found["verdict"] in ("structural", "identical")
    assert found["notes"]
    inlined = found["forms"][next(title for title in found["forms"] if "inlined" in title)]
    assert inlined["nodes"] == netsym.parse("2-6x8tanh-2").forecast("inlined").nodes  # type: ignore[union-attr]


# -- where it is written ---------------------
def test_into_a_file(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    ran = run(capfd, "compare", "1-2-1:sigmoid", "1-2-1:tanh", "-o", path)
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    assert "different: " in path.read_text(encoding="utf-8")
    assert run(capfd, "compare", "1-2-1:sigmoid", "--json", "-o", path).code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["verdict"] == "structural"


def test_a_folder_that_cannot_be_written(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = run(capfd, "compare", "1-1", "-o", tmp_path / "no" / "report.txt")
    assert (missing.code, missing.out) == (2, "")
    assert "no" in missing.err
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):  # root may write anywhere
        folder = Path("/proc/self")
        if not folder.is_dir():
            pytest.skip("every folder can be written here")
    ran = run(capfd, "compare", "1-1:tanh", "-o", folder / "report.txt")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("netsym: ")
    assert "Traceback" not in ran.err


def test_the_network_itself_is_not_overwritten(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = saved(tmp_path / "net.toml", 0.5, 1.0)
    before = path.read_text()
    ran = run(capfd, "compare", path, "-o", path)
    assert ran.code == 2
    assert path.read_text() == before


def test_neither_is_the_other_side(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = saved(tmp_path / "net.toml", 0.5, 1.0)
    before = path.read_text()
    assert run(capfd, "compare", "1-1:tanh", path, "-o", path).code == 2
    assert path.read_text() == before
    formula = tmp_path / "formula.txt"
    formula.write_text("x")
    assert run(capfd, "compare", "1-1:tanh", formula, "-o", formula).code == 2
    assert formula.read_text() == "x"


# -- bad usage ---------------------
@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["1-2-1", "2-2-1"], ["1 input,", "has 2"]),
        (["1-2-1", "1-2-2"], ["1 output,", "has 2"]),
        (["1-2-1:sigmiod"], ["did you mean 'sigmoid'"]),
        (["1-2-1", "nothing.toml"], ["nothing.toml"]),
        (["1-2-1", "nothing.txt"], ["nothing.txt"]),
        (["1-2-1", "1-2-1", "1-2-1"], ["1-2-1"]),
        (["1-2-1", "--seed", "one"], ["one"]),
        (["1-2-1", "1-2-1", "--tolerance", "-1"], ["-1"]),
        ([], ["NET"]),
    ],
    ids=str,
)
def test_bad_usage(
    arguments: list[str], fragments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "compare", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    for fragment in fragments:
        assert fragment in ran.err


def test_files_that_hold_no_formula(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "formula.txt"
    for content in (b"", b"\xff\xfe\x00", b"w1_1_1*(x", b"\x00"):
        path.write_bytes(content)
        ran = run(capfd, "compare", "1-1:tanh", path)
        assert (ran.code, ran.out) == (2, ""), content
        assert ran.err.startswith("netsym: ")
        assert "Traceback" not in ran.err


def test_help(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "compare", "-h")
    assert ran.code == 0
    for words in ("structural", "within-error", "undecided", "--seed", "--tolerance", "--json"):
        assert words in ran.out


# -- interrupts ---------------------
#: What a comparison says that it does, on its way to what tells the networks apart.
STAGES = ["counting", "choosing points", "comparing in finite fields", "looking for the mistake"]


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("stage", sample(STAGES, 1))
def test_ctrl_c_during_a_comparison(stage: str, tmp_path: Path) -> None:
    other = "tanh(x*w1_1_1 + b1_1)" if stage == STAGES[2] else "1-1:sigmoid"
    ran = killed(
        signal.SIGINT, stage, "compare", "1-1:tanh", other, "-o", "report.txt", folder=tmp_path
    )
    assert (ran.code, ran.out, ran.err) == (130, "", "netsym: interrupted\n")
    assert list(tmp_path.iterdir()) == []  # whole or not at all
