"""`netsym check`: the attempt of the forum, what is typed in which way, and exit codes."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
from pathlib import Path

import click
import pytest

import netsym
from netsym.cli import group
from netsym.files.files import dumps
from tests.cli.running import NETSYM, killed, process, run
from tests.cli.test_compare import STAGES, data, saved
from tests.effort import sample

FORUM = Path(__file__).parents[2] / "examples" / "forum"
SIGMOID = FORUM / "sigmoid.toml"
ATTEMPT = "f(x) = w_21*(1/(1+e**(-1*(w_11x + b_11))) + w_22 (1/(1+e**(-1*(w_12*x + b_12))) + b"
MENDED = "f(x) = w_21*(1/(1+e**(-1*(w_11x + b_11)))) + w_22 (1/(1+e**(-1*(w_12*x + b_12)))) + b"
RIGHT = f"f(x) = 1/(1 + e**(-({MENDED.removeprefix('f(x) = ')})))"


# -- the thread ---------------------
def test_the_attempt_as_its_author_typed_it(capfd: pytest.CaptureFixture[str]) -> None:
    """Two parentheses are not closed; both stand under a caret."""
    ran = run(capfd, "check", SIGMOID, ATTEMPT)
    assert (ran.code, ran.out) == (2, "")
    lines = ran.err.splitlines()
    shown = next(number for number, line in enumerate(lines) if ATTEMPT in line)
    carets = [place for place, c in enumerate(lines[shown + 1]) if c == "^"]
    start = lines[shown].index("f(x)")
    assert [place - start for place in carets] == [
        ATTEMPT.index("(1/("), ATTEMPT.index("(1/(", ATTEMPT.index("w_22"))
    ]  # fmt: skip
    assert "not closed" in ran.err or "never closed" in ran.err
    assert "Traceback" not in ran.err


def test_with_its_parentheses_mended(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", SIGMOID, MENDED)
    assert (ran.code, ran.err) == (1, "")
    assert "this is your network without the sigmoid on the output layer" in ran.out
    assert "w_11x was read as w_11*x" in ran.out
    assert "^" in ran.out


def test_with_the_sigmoid_that_was_missing(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", SIGMOID, RIGHT)
    assert (ran.code, ran.err) == (0, "")
    assert "equal (identical): " in ran.out
    assert "for all values of" in " ".join(ran.out.split())
    assert run(capfd, "check", FORUM / "hidden_sigmoid.toml", MENDED).code == 0


def test_what_the_verdict_rests_on_is_said_when_it_is_asked_for(
    capfd: pytest.CaptureFixture[str],
) -> None:
    right, wrong = run(capfd, "check", SIGMOID, RIGHT), run(capfd, "check", SIGMOID, MENDED)
    assert len([line for line in right.out.splitlines() if line.startswith("- ")]) == 0
    assert len([line for line in wrong.out.splitlines() if line.startswith("- ")]) == 1
    assert "finite fields" in run(capfd, "check", SIGMOID, RIGHT, "--why").out
    assert "2 of 3 units" in run(capfd, "check", SIGMOID, MENDED, "--why").out


def test_the_first_formula_of_the_thread(capfd: pytest.CaptureFixture[str]) -> None:
    typed = "f(x) = w_21*(w_11x + b_11) + w_22(w_12*x + b_12) + b"
    assert run(capfd, "check", FORUM / "linear.toml", typed).code == 0
    ran = run(capfd, "check", FORUM / "hidden_sigmoid.toml", typed)
    assert ran.code == 1
    assert "this is your network without the sigmoid on layer 1" in ran.out


# -- ways of typing ---------------------
@pytest.mark.parametrize("form", ["inlined", "layered", "shared"])
@pytest.mark.parametrize("ascii", [True, False])
def test_what_netsym_prints(form: str, ascii: bool, capfd: pytest.CaptureFixture[str]) -> None:
    text = netsym.parse("2-2tanh-2softmax").formula(form).text(ascii=ascii)
    ran = run(capfd, "check", "2-2tanh-2softmax", text)
    assert (ran.code, ran.err) == (0, "")


def test_standard_input(capfd: pytest.CaptureFixture[str]) -> None:
    shown = run(capfd, "show", "1-2-1:tanh").out
    ran = process("check", "1-2-1:tanh", "-", stdin=shown)
    assert (ran.code, ran.err) == (0, "")
    assert "equal (structural): " in ran.out
    assert run(capfd, "check", "1-2-1:tanh", "-", stdin="x\n").code == 1
    assert run(capfd, "check", "1-2-1:tanh", "-", stdin="").code == 2


@pytest.mark.parametrize("suffix", [".txt", ".tex", ".md"])
def test_files(suffix: str, capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    formula = netsym.parse("1-2-1:sigmoid").inlined
    path = tmp_path / f"notes{suffix}"
    path.write_text(formula.latex() if suffix == ".tex" else formula.text(), encoding="utf-8")
    assert run(capfd, "check", "1-2-1:sigmoid", path).code == 0
    path.write_bytes(b"\xff\xfe")
    ran = run(capfd, "check", "1-2-1:sigmoid", path)
    assert (ran.code, ran.out) == (2, "")


def test_a_formula_that_begins_with_a_minus(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = saved(tmp_path / "net.toml", -0.5, 0.25)
    assert run(capfd, "check", path, "--", "-tanh(0.5*x - 0.25)").code == 0
    for typed in ("-tanh(0.5*x - 0.25)", "-1*tanh(0.5x - 0.25)", "- tanh(0.5x - 0.25)", "-x"):
        ran = run(capfd, "check", path, typed)
        assert ran.code == (1 if typed == "-x" else 0), ran.err


@pytest.mark.parametrize(
    ("words", "formula", "seed", "target"),
    [
        # as options are
        (["{net}", "x", "-o", "out"], "x", 0, "out"),
        (["{net}", "x", "-oout"], "x", 0, "out"),
        (["{net}", "x", "-o./a-b/(1)*.txt"], "x", 0, "./a-b/(1)*.txt"),
        (["{net}", "-o./o/out.txt", "x"], "x", 0, "./o/out.txt"),
        (["-oout", "{net}", "x"], "x", 0, "out"),
        (["{net}", "x", "-o", "-x"], "x", 0, "-x"),
        (["{net}", "x", "--seed=3"], "x", 3, None),
        (["{net}", "--seed", "3", "x"], "x", 3, None),
        (["{net}", "--seed", "-3", "x"], "x", -3, None),
        (["--seed=-3", "{net}", "x", "-oout"], "x", -3, "out"),
        # as formulas are
        (["{net}", "-x"], "-x", 0, None),
        (["{net}", "-x", "--seed", "3"], "-x", 3, None),
        (["--seed", "3", "{net}", "-x"], "-x", 3, None),
        (["{net}", "- x"], "- x", 0, None),
        (["{net}", "-(x)"], "-(x)", 0, None),
        (["{net}", "-2"], "-2", 0, None),
        (["{net}", "--2*x"], "--2*x", 0, None),
        (["{net}", "--", "--x"], "--x", 0, None),
        (["{net}", "--seed=3", "--", "-o*x"], "-o*x", 3, None),
        (["--", "{net}", "-oout"], "-oout", 0, None),
        # either: a formula where it would be missing otherwise
        (["{net}", "-o*x + h"], "-o*x + h", 0, None),
        (["{net}", "-out"], "-out", 0, None),
        (["{net}", "-h*x"], "-h*x", 0, None),
        (["{net}", "-h1"], "-h1", 0, None),
        (["{net}", "-o*x", "-oout"], "-o*x", 0, "out"),
        (["{net}", "-o*x", "-o", "out"], "-o*x", 0, "out"),
        (["{net}", "-oout", "-x"], "-x", 0, "out"),
        (["-oout", "{net}", "-h*x"], "-h*x", 0, "out"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)  # fmt: skip
def test_what_is_an_option_and_what_a_formula(
    words: list[str], formula: str, seed: int, target: str | None
) -> None:
    """`-o/tmp/out.txt` was once read as a formula, for its slashes."""
    context = click.Context(group, **group.context_settings)
    verb = group.get_command(context, "check")
    assert verb is not None
    words = ["1-1:tanh" if word == "{net}" else word for word in words]
    params = verb.make_context("check", words, context).params
    assert params["network"].title == "1-1:tanh"
    assert (params["formula"], params["seed"], params["target"]) == (formula, seed, target)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["1-1"], "Missing argument 'FORMULA'"),
        (["1-1", "-o", "out"], "Missing argument 'FORMULA'"),
        (["1-1", "x", "-o"], "-o takes a value; give it"),
        (["1-1", "x", "--seed"], "--seed takes a value; give it"),
        (["1-1", "x", "--sed", "3"], "--seed"),
        (["1-1", "x", "-x"], "(-x)"),
        (["1-1", "x", "--json=yes"], "'--json'"),
        (["1-1", "x", "--seed=x"], "'x'"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_what_is_neither(words: list[str], message: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", *words)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err


@pytest.mark.parametrize(
    "words", [["-h"], ["1-1", "x", "-h"], ["1-1", "-x", "--help"], ["1-1", "-h"]]
)
def test_help_is_asked_for(words: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", *words)
    assert ran.code == 0
    assert ran.out.startswith("Usage: netsym check [OPTIONS] NET FORMULA")


def test_a_path_behind_the_letter_is_written_to(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ran = run(capfd, "check", "1-1:tanh", "tanh(w1_1_1*x + b1_1)", f"-o{tmp_path / 'out.txt'}")
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert "equal (structural): " in (tmp_path / "out.txt").read_text()


def test_a_comparison_takes_a_formula_with_a_minus(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = saved(tmp_path / "net.toml", -0.5, 0.25)
    assert run(capfd, "compare", path, "-tanh(0.5*x - 0.25)").code == 0
    assert run(capfd, "compare", path, "-x").code == 1
    assert run(capfd, "compare", "1-1:tanh", f"-o{tmp_path / 'out'}").code == 0
    assert "structural: " in (tmp_path / "out").read_text()


def test_options_after_the_formula(capfd: pytest.CaptureFixture[str]) -> None:
    assert data(run(capfd, "check", "1-1", "w1_1_1*x", "--json"))["verdict"] == "different"
    assert data(run(capfd, "check", "--json", "1-1", "w1_1_1*x"))["verdict"] == "different"


def test_latex_as_people_type_it(capfd: pytest.CaptureFixture[str]) -> None:
    unit = r"\frac{1}{1 + e^{-(w_{12} x + b_{12})}}"
    typed = (
        rf"f(x) = \sigma\left(w_{{21}} \sigma(w_{{11}} x + b_{{11}}) + w_{{22}} {unit} + b\right)"
    )
    assert run(capfd, "check", SIGMOID, typed).code == 0
    assert run(capfd, "check", SIGMOID, typed.replace(" + b\\right", "\\right")).code == 1


# -- networks as the other side ---------------------
@pytest.mark.parametrize("verb", ["check", "compare"])
@pytest.mark.parametrize("how", ["typed", "file", "standard input"])
def test_a_shorthand_is_a_network(
    verb: str, how: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """`1-2-1` was read as the number -2 by one verb and refused by the other."""

    def code(net: str, text: str) -> int:
        path = tmp_path / "other.txt"
        path.write_text(f"{text}\n")
        given = {"typed": text, "file": path, "standard input": "-"}[how]
        return run(capfd, verb, net, given, stdin=f"{text}\n").code

    assert code("1-2-1:tanh", "1-2-1:tanh") == 0
    assert code("1-2-1:tanh", "1-2-1:relu") == 1
    assert code("1-2-1:tanh", "2-2-1:tanh") == 2
    assert code("1-2-1:tanh", "(1-2-1)") == 1
    assert code("1-1", "w1_1_1*x + b1_1") == 0


@pytest.mark.parametrize("verb", ["check", "compare"])
@pytest.mark.parametrize("format", ["toml", "json"])
def test_a_spec_is_a_network(
    verb: str, format: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    text = dumps(netsym.load(SIGMOID), format)
    path = tmp_path / f"other.{format}"
    path.write_text(text)
    assert run(capfd, verb, SIGMOID, path).code == 0
    assert run(capfd, verb, SIGMOID, "-", stdin=text).code == 0
    path.unlink()
    ran = run(capfd, verb, SIGMOID, path)
    assert ran.code == 2
    assert f"there is no file {path}; check the path and its spelling" in ran.err


@pytest.mark.parametrize("verb", ["check", "compare"])
def test_a_misspelt_network_is_no_formula(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, verb, "2-4tanh-1", "2-4tahn-1")
    assert (ran.code, ran.out) == (2, "")
    assert "unknown activation\n  2-4tahn-1\n     ^^^^\ndid you mean 'tanh'?" in ran.err


def test_what_both_networks_leave_open_is_said(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", "1-2tanh-1", "1-2-1")
    assert ran.code == 1
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["note", "note"]


# -- exit codes, data, files ---------------------
def test_what_is_not_known_is_code_4(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(
        capfd, "check", "1-1", "w1_1_1*x + b1_1 + atan(x) + atan(1/x) - atan(2*x) - atan(1/(2*x))"
    )
    assert (ran.code, ran.err.count("netsym:")) == (4, 0)
    assert "undecided: " in ran.out


def test_the_data(capfd: pytest.CaptureFixture[str]) -> None:
    found = data(run(capfd, "check", SIGMOID, MENDED, "--json"))
    assert found["verdict"] == "different"
    assert found["diagnosis"]["mistakes"] == ["without the sigmoid on the output layer"]
    assert found["diagnosis"]["departs"] == {"layer": 2, "unit": 1, "name": "y"}
    assert found["diagnosis"]["span"] == [len("f(x) = "), len(MENDED)]
    assert found["counterexample"]["output"] == "y"
    assert set(found["counterexample"]["inputs"]) == {"x"}
    assert len(found["notes"]) == 2
    assert data(run(capfd, "check", SIGMOID, RIGHT, "--json"))["counterexample"] is None


def test_into_a_file(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    ran = run(capfd, "check", SIGMOID, MENDED, "-o", path)
    assert (ran.code, ran.out, ran.err) == (1, "", "")
    assert "without the sigmoid on the output layer" in path.read_text(encoding="utf-8")
    ran = run(capfd, "check", SIGMOID, MENDED, "-o", tmp_path / "no" / "report.txt")
    assert (ran.code, ran.out) == (2, "")


def test_a_file_that_was_read_is_not_overwritten(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "formula.txt"
    path.write_text("w1_1_1*x")
    assert run(capfd, "check", "1-1", path, "-o", path).code == 2
    assert path.read_text() == "w1_1_1*x"


@pytest.mark.parametrize(
    ("formula", "fragments"),
    [
        ("", []),
        ("w1_1_1*(x + b1_1", ["^", "("]),
        ("w1_1_1*x + b1_1)", ["^", ")"]),
        ("w1_1_9*x", ["unknown name 'w1_1_9'", "^^^^^^", "did you mean"]),
        ("tahn(x)", ["tahn", "did you mean"]),
        ("__import__('os').system('true')", []),
        ("x\0", []),
        ("1e999*x", []),
    ],
    ids=repr,
)
def test_what_is_not_a_formula(
    formula: str, fragments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "check", "1-1:tanh", formula)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("netsym: ")
    assert "Traceback" not in ran.err
    for fragment in fragments:
        assert fragment in ran.err


def test_a_huge_number_is_never_written_out(capfd: pytest.CaptureFixture[str]) -> None:
    assert run(capfd, "check", "1-1:tanh", "9**9**9").code == 1


def test_help(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", "-h")
    assert ran.code == 0
    for words in ("FORMULA", "standard input", "--seed", "--json"):
        assert words in ran.out


# -- terminals, pipes, interrupts ---------------------
def test_a_narrow_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    """Words are wrapped; typed text is not, so that the caret stands where it belongs."""
    ran = run(capfd, "check", SIGMOID, MENDED, COLUMNS="40")
    assert ran.code == 1
    lines = ran.out.splitlines()
    caret = next(number for number, line in enumerate(lines) if set(line.strip()) == {"^"})
    under = lines[caret - 1][lines[caret].index("^") :][: lines[caret].count("^")]
    assert under
    assert under in MENDED
    others = [line for number, line in enumerate(lines) if number not in (caret - 1, caret)]
    assert max(map(len, others)) <= 80


def test_a_terminal_shows_what_a_file_gets(capfd: pytest.CaptureFixture[str]) -> None:
    """No colours, no progress, for what ends at once."""
    leader, follower = pty.openpty()
    done = subprocess.run(
        [*NETSYM, "check", str(SIGMOID), MENDED], stdout=subprocess.PIPE, stderr=follower,
        check=False, env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip
    os.close(follower)
    os.close(leader)
    assert done.returncode == 1
    assert done.stdout.decode() == run(capfd, "check", SIGMOID, MENDED).out


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize(
    "stage", sample(STAGES[1:], 1)
)  # nothing is counted: only compare prints sizes
def test_ctrl_c_during_a_check(stage: str, tmp_path: Path) -> None:
    typed = "tanh(x*w1_1_1 + b1_1)" if stage == STAGES[2] else "tanh(w1_1_1*x)"
    ran = killed(
        signal.SIGINT, stage, "check", "1-1:tanh", typed, "-o", "report.txt", folder=tmp_path
    )
    assert (ran.code, ran.out, ran.err) == (130, "", "netsym: interrupted\n")
    assert list(tmp_path.iterdir()) == []


def test_standard_input_that_is_no_text(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "check", "1-1", "-", stdin=b"\xff\xfe\xfa")
    assert (ran.code, ran.out) == (2, "")
    assert "UTF-8" in ran.err
