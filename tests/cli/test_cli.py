"""The command line: every verb and option, its streams, its exit codes and its files."""

from __future__ import annotations

import fcntl
import json
import os
import pty
import re
import shlex
import stat
import struct
import subprocess
import sys
import termios
from collections.abc import Iterator
from dataclasses import replace
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

import netsym
from netsym import formula as forms
from netsym.cli import VERBS
from netsym.cli.writing import Writing
from netsym.equality.law_table import LAWS
from tests.cli.running import NETSYM, Ran, process, run, shell
from tests.conftest import PATIENCE
from tests.effort import many, sample

FORUM = Path(__file__).parents[2] / "examples" / "forum"
WRITING = ("show", "inline")


#: The verbs that write forms of a network.
FORMS = ("show", "inline", "size")


def fine(ran: Ran) -> str:
    assert (ran.code, ran.err) == (0, "")
    return ran.out


# -- verbs and options --------------------------------------------------------------------------
def test_a_document_of_many_pages_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    iris = ("inline", "examples/iris.toml", "--to", "latex", "--document")
    said = run(capfd, *iris).err  # 24 it is, as TeX sets it
    assert re.search(
        r"note: about 2[3-5] pages; --onion writes once what is used twice, netsym note", said
    )
    assert "pages;" not in run(capfd, *iris, "--onion").err
    assert "pages" not in run(capfd, "inline", "1-2-1:tanh", *iris[2:]).err


def test_inline(capfd: pytest.CaptureFixture[str]) -> None:
    out = fine(run(capfd, "inline", "1-2-1:sigmoid"))
    assert out == ("y = σ(w⁽²⁾₁₁·σ(w⁽¹⁾₁₁·x + b⁽¹⁾₁) + w⁽²⁾₁₂·σ(w⁽¹⁾₂₁·x + b⁽¹⁾₂) + b⁽²⁾₁)\n")


ONE, TWO = "1/(1 + exp(-(w_11*x + b_11)))", "1/(1 + exp(-(w_12*x + b_12)))"


@pytest.mark.parametrize(
    ("arguments", "line"),
    [
        (["linear.toml"], "f(x) = w_21*(w_11*x + b_11) + w_22*(w_12*x + b_12) + b"),
        (["hidden_sigmoid.toml", "--expand"], f"f(x) = w_21*({ONE}) + w_22*({TWO}) + b"),
        (["sigmoid.toml", "--expand"], f"f(x) = 1/(1 + exp(-(w_21*({ONE}) + w_22*({TWO}) + b)))"),
    ],
    ids=["linear", "hidden_sigmoid", "sigmoid"],
)
def test_the_formulas_of_the_thread_to_the_character(
    arguments: list[str], line: str, capfd: pytest.CaptureFixture[str]
) -> None:
    assert (
        fine(run(capfd, "inline", "--ascii", FORUM / arguments[0], *arguments[1:])) == line + "\n"
    )


def test_show(capfd: pytest.CaptureFixture[str]) -> None:
    assert fine(run(capfd, "show", "1-1-1:tanh", "--ascii")) == (
        "# layer 1: 1 unit, tanh\na1_1 = tanh(w1_1_1*x + b1_1)\n\n"
        "# layer 2: 1 unit, tanh\ny = tanh(w2_1_1*a1_1 + b2_1)\n"
    )


def test_show_forms(capfd: pytest.CaptureFixture[str]) -> None:
    inlined = fine(run(capfd, "inline", "2-2-2-1:relu"))
    assert fine(run(capfd, "show", "2-2-2-1:relu", "--form", "inlined")) == inlined
    shared = fine(run(capfd, "show", "2-2-2-1:relu", "--form", "shared", "--ascii"))
    assert shared.startswith("t_1 = relu(w1_1_1*x_1 + w1_1_2*x_2 + b1_1)\n")
    layered = fine(run(capfd, "show", "2-2-2-1:relu"))
    assert fine(run(capfd, "show", "2-2-2-1:relu", "--form", "layered")) == layered


def test_show_matrices(capfd: pytest.CaptureFixture[str]) -> None:
    out = fine(run(capfd, "show", "3-2-1:relu", "--to", "latex", "--level", "matrix"))
    assert r"W^{[1]} \in \mathbf{R}^{2 \times 3}" in out
    assert "w_{" not in out
    text = fine(run(capfd, "show", "3-2-1:relu", "--level", "matrix"))
    assert text.splitlines()[1] == "a¹ = relu(W¹x + b¹)"
    said = json.loads(fine(run(capfd, "show", "3-2-1:relu", "--level", "matrix", "--json")))
    assert said["bindings"] == {"a1": "relu(W¹x + b¹)"}


def test_show_matrices_of_a_cost(capfd: pytest.CaptureFixture[str]) -> None:
    """No text was written of them, and costs ended in a mistake of netsym."""
    cost = ("2-3-1:sigmoid", "--loss", "bce", "--examples", "3", "--level", "matrix", "--ascii")
    out = fine(run(capfd, "show", *cost))
    assert "\nL3 = -mean(t*log(a2) + (1 - t)*log(1 - a2))\n" in out
    assert "\nJ = mean[examples](L3)\n" in out
    assert out.endswith("\n# x: 2, t: 1; W1: 3 x 2, b1: 3; W2: 1 x 3, b2: 1\n")
    slopes = fine(run(capfd, "grad", *cost, "--l2", "0.1"))
    assert "dJ_dW2 = mean[examples](outer(delta2, a1)) + 0.1*W2\n" in slopes


@pytest.mark.parametrize("verb", WRITING)
@pytest.mark.parametrize("to", ["text", "latex", "python", "sympy"])
def test_every_language_is_what_the_api_writes(
    verb: str, to: str, capfd: pytest.CaptureFixture[str]
) -> None:
    network = netsym.parse("2-2-1:tanh")
    formula = network.layered if verb == "show" else network.inlined
    options = {"headings": True} if to == "text" else {}
    written = "".join(formula.write(to, **options)).rstrip("\n")
    assert fine(run(capfd, verb, "2-2-1:tanh", "--to", to)) == written + "\n"


@pytest.mark.parametrize(
    ("options", "fragment"),
    [
        (["--document"], r"\documentclass{article}"),
        (["--notation", "cs229"], "w_{11}^{(1)}"),
        (["--notation", "nielsen"], "w_{11}^{2}"),
        (["--onion"], r"\underbrace"),
        (["--color"], r"\textcolor{MediumBlue}"),
        (["--expand"], r"\dfrac{1}{1 + \exp"),
        (["--width", "20"], r"\begin{aligned}"),
    ],
    ids=" ".join,
)
def test_options_of_latex(
    options: list[str], fragment: str, capfd: pytest.CaptureFixture[str]
) -> None:
    plain = fine(run(capfd, "inline", "1-2-1:sigmoid", "--to", "latex"))
    assert fragment not in plain
    assert fragment in fine(run(capfd, "inline", "1-2-1:sigmoid", "--to", "latex", *options))


@pytest.mark.parametrize("verb", WRITING)
def test_width_and_digits(verb: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "net.toml"
    spec.write_text(
        'netsym = 1\ninputs = ["x"]\n[[layers]]\ntype = "dense"\nactivation = "tanh"\n'
        "weights = [[3.14159265], [-2.71828]]\nbias = [1e-05, 0.1234567]\n"
    )
    out = fine(run(capfd, verb, spec, "--digits", "3", "--ascii"))
    assert "tanh(3.14*x + 1e-05)" in out
    assert "tanh(-2.72*x + 0.123)" in out
    lines = fine(run(capfd, verb, "4-4-1:tanh", "--width", "40")).split("\n")
    assert 30 < max(map(len, lines)) <= 40


@pytest.mark.parametrize("unit", ["y_2", "2"])
@pytest.mark.parametrize("verb", WRITING)
def test_one_output(verb: str, unit: str, capfd: pytest.CaptureFixture[str]) -> None:
    out = fine(run(capfd, verb, "1-2-3:tanh", "--output", unit, "--ascii"))
    assert re.findall(r"^y\S*", out, re.MULTILINE) == ["y_2"]


@pytest.mark.parametrize("unit", ["0", "4", "y_4", "z", "-1", "1.0"])
def test_an_output_that_is_not_there(unit: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", "1-2-3:tanh", "--output", unit)
    assert (ran.code, ran.out) == (2, "")
    assert f"no output {unit!r}: give a number from 1 to 3, or a name" in ran.err


def test_an_output_of_a_network_that_names_them(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    spec = tmp_path / "net.toml"
    spec.write_text(
        'netsym = 1\ninputs = ["x"]\noutputs = ["price", "2"]\n'.replace('"2"', '"risk"')
        + '[[layers]]\ntype = "dense"\nactivation = "tanh"\nunits = 2\n'
    )
    assert fine(run(capfd, "inline", spec, "--output", "risk", "--ascii")).startswith("risk = ")
    assert fine(run(capfd, "inline", spec, "--output", "1", "--ascii")).startswith("price = ")


def test_max_nodes_is_taken_as_people_write_it(capfd: pytest.CaptureFixture[str]) -> None:
    for limit in ("19", "1_000", "1e9"):
        fine(run(capfd, "inline", "1-2-1:sigmoid", "--max-nodes", limit))
    for limit in ("0", "-5", "1.5", "many", "1e999"):
        ran = run(capfd, "inline", "1-2-1:sigmoid", "--max-nodes", limit)
        assert (ran.code, ran.out) == (2, "")
        assert f"{limit!r} is not a whole number above zero" in ran.err


def test_words_go_to_stderr_and_data_to_stdout() -> None:
    ran = process("inline", "1-1", "--ascii")
    assert ran.out == "y = w1_1_1*x + b1_1\n"
    assert ran.err.startswith("note: ")
    assert "1-1:sigmoid" in ran.err
    assert ran.code == 0


#: What verbs take beside a network.
MORE = {
    "check": ["w1_1_1*x + b1_1"],
    "value": ["x=1", "w1=2", "b1=3"],
    "step": ["--loss", "sse", "--data", "1,2", "--rate", "1", "--parameters", "w1=2,b1=3"],
}
#: What needs a number for every name, which a shorthand has not.
OF_NUMBERS = {"certify"}


@pytest.mark.parametrize(
    "verb", [verb for verb in VERBS if verb not in ("laws", "layers", "regions", "schema", "help")]
)
def test_the_note_comes_with_every_verb(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, verb, "1-1", *MORE.get(verb, []))
    assert ran.code == (2 if verb in OF_NUMBERS else 0)
    assert ran.err.startswith("note: ") and "linear" in ran.err
    assert "note:" not in ran.out


# -- size ---------------------------------------------------------------------------------------
def test_size(capfd: pytest.CaptureFixture[str]) -> None:
    out = fine(run(capfd, "size", "1-2-1:sigmoid"))
    assert "1 input, 1 output, 7 parameters" in out
    assert re.search(r"^layered +21 ", out, re.MULTILINE)
    assert re.search(r"^inlined +19 ", out, re.MULTILINE)


def test_size_exact(capfd: pytest.CaptureFixture[str]) -> None:
    layers = many(400, 100)
    net = f"2-10x{layers}-1:tanh"
    short = fine(run(capfd, "size", net))
    assert re.search(r"^inlined +1\.\d\d × 10\^\d+ ", short, re.MULTILINE)
    exact = fine(run(capfd, "size", net, "--exact"))
    digits = re.search(r"^inlined +([\d,]+) ", exact, re.MULTILINE)
    assert digits is not None
    # a unit is tanh, a sum, a bias, and a product with a weight for each unit below
    unit = 3 + 2 * 3
    for _ in range(layers):
        unit = 3 + 10 * (2 + unit)
    assert int(digits[1].replace(",", "")) == unit


def test_size_expand(capfd: pytest.CaptureFixture[str]) -> None:
    plain = json.loads(fine(run(capfd, "size", "1-1:sigmoid", "--json")))
    expanded = json.loads(fine(run(capfd, "size", "1-1:sigmoid", "--json", "--expand")))
    assert plain["forms"]["inlined"]["nodes"] == 6
    assert expanded["forms"]["inlined"]["nodes"] == 11


# -- JSON ---------------------------------------------------------------------------------------
def keys(value: dict[str, Any]) -> set[str]:
    return set(value)


def test_the_json_of_size(capfd: pytest.CaptureFixture[str]) -> None:
    said = json.loads(fine(run(capfd, "size", "3-2-2:sigmoid", "--json")))
    assert keys(said) == {
        "schema", "network", "parameters", "inputs", "outputs", "forms", "matrices"
    }  # fmt: skip
    assert said["schema"] == 1
    assert (said["network"], said["parameters"]) == ("3-2-2:sigmoid", 14)
    assert said["inputs"] == ["x_1", "x_2", "x_3"]
    assert said["outputs"] == ["y_1", "y_2"]
    assert keys(said["forms"]) == {"layered", "shared", "inlined"}
    for form in said["forms"].values():
        assert keys(form) == {"nodes", "height", "operations", "per_output"}
        assert keys(form["operations"]) == {"add", "multiply", "sigmoid"}
        assert keys(form["per_output"]) == {"y_1", "y_2"}
    inlined = said["forms"]["inlined"]
    assert sum(inlined["per_output"].values()) == inlined["nodes"]
    assert inlined["nodes"] == netsym.parse("3-2-2:sigmoid").inlined.size.nodes
    assert {form: size["nodes"] for form, size in said["matrices"].items()} == {
        "layered": 12, "inlined": 11
    }  # fmt: skip


def test_the_json_of_size_has_integers_of_any_length(capfd: pytest.CaptureFixture[str]) -> None:
    written = fine(run(capfd, "size", "1-900000000x500-1:tanh", "--json"))
    said = json.loads(written, parse_int=str)
    assert len(said["forms"]["inlined"]["nodes"]) > 4300
    assert said["forms"]["shared"] is None, "too large to be built, and so unknown"


@pytest.mark.parametrize("verb", WRITING)
def test_the_json_of_formulas(verb: str, capfd: pytest.CaptureFixture[str]) -> None:
    said = json.loads(fine(run(capfd, verb, "1-2-2:tanh", "--json", "--ascii")))
    assert keys(said) == {"schema", "form", "bindings", "outputs"}
    assert said["schema"] == 1
    assert said["form"] == ("layered" if verb == "show" else "inlined")
    assert list(said["outputs"]) == ["y_1", "y_2"]
    assert list(said["bindings"]) == (["a1_1", "a1_2"] if verb == "show" else [])
    if verb == "show":
        assert said["outputs"]["y_2"] == "tanh(w2_2_1*a1_1 + w2_2_2*a1_2 + b2_2)"


def test_the_json_of_latex_has_right_hand_sides(capfd: pytest.CaptureFixture[str]) -> None:
    said = json.loads(fine(run(capfd, "inline", "1-2-1:tanh", "--json", "--to", "latex")))
    assert keys(said) == {"schema", "form", "bindings", "outputs"}
    whole = fine(run(capfd, "inline", "1-2-1:tanh", "--to", "latex"))
    assert rf"\hat{{y}} = {said['outputs']['y']}" == whole.rstrip("\n")


@pytest.mark.parametrize("to", ["python", "sympy"])
def test_the_json_of_code_has_the_code(to: str, capfd: pytest.CaptureFixture[str]) -> None:
    said = json.loads(fine(run(capfd, "inline", "1-2-1:tanh", "--json", "--to", to)))
    assert keys(said) == {"schema", "form", to}
    assert said[to].rstrip("\n") + "\n" == fine(run(capfd, "inline", "1-2-1:tanh", "--to", to))


# -- where the network comes from ---------------------------------------------------------------
TOML = (FORUM / "sigmoid.toml").read_text(encoding="utf-8")
JSON = json.dumps(
    {
        "netsym": 1,
        "inputs": ["x"],
        "layers": [
            {"type": "dense", "weights": [["w"]], "bias": ["b"], "activation": "tanh"},
        ],
    }
)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("1-1:tanh\n", "y = tanh(w1_1_1*x + b1_1)\n"),
        ("  1-1:tanh  ", "y = tanh(w1_1_1*x + b1_1)\n"),
        (TOML, "f(x) = sigmoid(w_21*sigmoid(w_11*x + b_11) + w_22*sigmoid(w_12*x + b_12) + b)\n"),
        (JSON, "y = tanh(w*x + b)\n"),
        ("\n \n" + JSON, "y = tanh(w*x + b)\n"),
        (TOML.replace("\n", "\r\n"), "f(x) = sigmoid(w_21*sigmoid(w_11*x + b_11)"
         " + w_22*sigmoid(w_12*x + b_12) + b)\n"),
    ],
    ids=["shorthand", "spaces", "toml", "json", "json after space", "windows"],
)  # fmt: skip
def test_standard_input(text: str, line: str, capfd: pytest.CaptureFixture[str]) -> None:
    assert fine(run(capfd, "inline", "-", "--ascii", stdin=text)) == line


@pytest.mark.parametrize("text", ["1 => 1tanh\n", "[1, 1]:tanh", "1 → 1\ttanh", "1–1 : tanh\r\n"])
def test_other_spellings_of_the_shorthand(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    """An arrow has a sign of TOML in it."""
    line = "y = tanh(w1_1_1*x + b1_1)\n"
    assert fine(run(capfd, "inline", "-", "--ascii", stdin=text)) == line
    assert fine(run(capfd, "inline", text.strip(), "--ascii")) == line


def test_standard_input_of_a_process() -> None:
    assert (
        fine(process("inline", "-", "--ascii", stdin="1-1:tanh\n")) == "y = tanh(w1_1_1*x + b1_1)\n"
    )


@pytest.mark.parametrize("text", ["", " \n\n"])
def test_an_empty_standard_input(text: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", "-", stdin=text)
    assert (ran.code, ran.out) == (2, "")
    assert "standard input is empty; give a shorthand, TOML, JSON or a formula" in ran.err


def test_a_json_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "my net.json"
    path.write_text(JSON)
    assert fine(run(capfd, "inline", path, "--ascii")) == "y = tanh(w*x + b)\n"


@pytest.mark.parametrize("name", ["missing.toml", "missing.json", "missing/net.toml", "./1-2-1"])
def test_a_file_that_is_not_there(
    name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(capfd, "inline", name)
    assert (ran.code, ran.out) == (2, "")
    assert name.removeprefix("./") in ran.err
    assert "Traceback" not in ran.err
    assert len(ran.err.splitlines()) <= 4


# -- refusal ------------------------------------------------------------------------------------
def test_a_formula_over_the_limit_is_refused_with_its_size(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    network = netsym.parse("2-10x20-1:tanh")
    size, layered = network.forecast("inlined"), network.forecast("layered")
    assert size is not None and layered is not None
    target = tmp_path / "out.txt"
    monkeypatch.delattr(netsym.Network, "formula")  # nothing is built
    ran = run(capfd, "inline", "2-10x20-1:tanh", "-o", target)
    assert (ran.code, ran.out) == (3, "")
    assert list(tmp_path.iterdir()) == []
    assert f"the inlined form has {size.nodes:,} nodes" in ran.err
    assert "more than the limit of 1,000,000" in ran.err
    assert f"layer by layer it has {layered.nodes:,}" in ran.err
    for way in ("netsym show", "netsym size", "--max-nodes"):
        assert way in ran.err


@pytest.mark.parametrize("to", ["text", "latex", "python", "sympy"])
@pytest.mark.parametrize("verb", WRITING)
@pytest.mark.parametrize("json", [[], ["--json"]], ids=["plain", "json"])
def test_the_limit_is_exact(
    to: str, verb: str, json: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    nodes = {"show": 21, "inline": 19}[verb]
    arguments = [verb, "1-2-1:sigmoid", "--to", to, *json, "--max-nodes"]
    assert run(capfd, *arguments, str(nodes)).code == 0
    ran = run(capfd, *arguments, str(nodes - 1))
    assert (ran.code, ran.out) == (3, "")
    assert f"has {nodes} nodes, more than the limit of {nodes - 1}," in ran.err


def test_the_limit_holds_for_whole_arrays_too(capfd: pytest.CaptureFixture[str]) -> None:
    for options in ([], ["--json"]):
        arguments = ["show", "1-2-1:tanh", "--level", "matrix", "--to", "latex", *options]
        ran = run(capfd, *arguments, "--max-nodes", "11")
        assert (ran.code, ran.out) == (3, "")
        assert "has 12 nodes, more than the limit of 11," in ran.err
        assert run(capfd, *arguments, "--max-nodes", "12").code == 0


def test_one_output_of_many_is_refused_by_its_own_size(capfd: pytest.CaptureFixture[str]) -> None:
    network = netsym.parse("2-3-4:tanh")
    one = network.inlined.output(1).size.nodes
    arguments = ["inline", "2-3-4:tanh", "--output", "1", "--max-nodes"]
    assert run(capfd, *arguments, str(one)).code == 0
    assert run(capfd, *arguments, str(one - 1)).code == 3


def test_a_refusal_leaves_the_old_file(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    assert run(capfd, "inline", "1-2-1:sigmoid", "--max-nodes", "3", "-o", target).code == 3
    assert target.read_text() == "old"


# -- files --------------------------------------------------------------------------------------
@pytest.mark.parametrize("verb", FORMS)
def test_a_file_has_what_standard_output_has(
    verb: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.txt"
    printed = fine(run(capfd, verb, "2-2-1:tanh"))
    assert fine(run(capfd, verb, "2-2-1:tanh", "-o", target)) == ""
    assert target.read_text(encoding="utf-8") == printed
    assert list(tmp_path.iterdir()) == [target]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> type[Exception]:
    """A writer that raises after enough text to have filled every buffer."""

    class WriterError(Exception):
        pass

    def broken(formula: forms.Formula, **options: Any) -> Iterator[str]:
        for _ in range(100):
            yield "x" * 10_000
        raise WriterError

    monkeypatch.setitem(forms.WRITERS, "text", replace(forms.WRITERS["text"], write=broken))
    return WriterError


@pytest.mark.parametrize("old", [None, "old"])
def test_a_failure_in_the_middle_leaves_things_as_they_were(
    old: str | None, tmp_path: Path, failing: type[Exception], capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.txt"
    if old is not None:
        target.write_text(old)
    ran = run(capfd, "inline", "1-1:tanh", "-o", target)
    assert ran.code == 70 and failing.__name__ in ran.err and "please report it" in ran.err
    assert [path.read_text() for path in tmp_path.iterdir()] == ([old] if old else [])


@pytest.mark.parametrize(
    ("target", "reason"),
    [
        ("{tmp}/file/out.txt", "Not a directory"),
        ("{tmp}/missing/out.txt", "No such file or directory"),
        ("{tmp}", "it is a folder"),
        ("{tmp}/", "it is a folder"),
        ("/proc/netsym-out.txt", ""),
        ("{tmp}/" + "n" * 300, "File name too long"),
        ("", ""),
    ],
    ids=["under a file", "missing folder", "folder", "folder/", "read-only", "long", "empty"],
)
def test_an_output_that_cannot_be_written(
    target: str, reason: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("old")
    ran = run(capfd, "inline", "1-2-1:tanh", "-o", target.format(tmp=tmp_path))
    assert (ran.code, ran.out) == (2, "")
    assert f"cannot write to {target.format(tmp=tmp_path)}" in ran.err and reason in ran.err
    assert "Traceback" not in ran.err
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert (tmp_path / "file").read_text() == "old"


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o755])
def test_an_existing_file_keeps_its_mode(
    mode: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "out.txt"
    target.write_text("old")
    target.chmod(mode)
    fine(run(capfd, "inline", "1-1:tanh", "-o", target))
    assert stat.S_IMODE(target.stat().st_mode) == mode
    assert target.read_text(encoding="utf-8").startswith("y = tanh")


def test_a_new_file_has_the_mode_of_the_umask(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    old = os.umask(0o027)
    try:
        fine(run(capfd, "inline", "1-1:tanh", "-o", tmp_path / "out.txt"))
        assert os.umask(0o027) == 0o027
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "out.txt").stat().st_mode) == 0o640


def test_a_link_stays_and_its_file_is_written(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "folder").mkdir()
    real, link = tmp_path / "folder" / "real.txt", tmp_path / "link.txt"
    real.write_text("old")
    link.symlink_to("folder/real.txt")
    fine(run(capfd, "inline", "1-1:tanh", "-o", link))
    assert link.is_symlink()
    assert real.read_text(encoding="utf-8").startswith("y = tanh")
    assert {path.name for path in tmp_path.rglob("*")} == {"folder", "real.txt", "link.txt"}


def test_devices_are_written_to_and_stay(capfd: pytest.CaptureFixture[str]) -> None:
    assert fine(run(capfd, "inline", "1-1:tanh", "-o", "/dev/null")) == ""
    assert stat.S_ISCHR(Path("/dev/null").stat().st_mode)
    ran = process("inline", "1-1:tanh", "--ascii", "-o", "/dev/stdout")
    assert fine(ran) == "y = tanh(w1_1_1*x + b1_1)\n"


def test_a_full_device(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", "1-2-1:tanh", "-o", "/dev/full")
    assert (ran.code, ran.out) == (2, "")
    assert "cannot write to /dev/full: No space left on device" in ran.err


RELU = """
netsym = 1
inputs = ["x"]
[[layers]]
type = "dense"
activation = "relu"
weights = [[1], [-1]]
bias = [1, 0.25]
[[layers]]
type = "dense"
activation = "linear"
weights = [[1, 2]]
bias = false
"""


# -- help ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("flag", ["-h", "--help"])
@pytest.mark.parametrize("verb", ["", *VERBS])
def test_help_begins_with_examples(verb: str, flag: str, capfd: pytest.CaptureFixture[str]) -> None:
    out = fine(run(capfd, *([verb] if verb else []), flag))
    examples, options = out.index("Examples:"), out.index("Options:")
    assert examples < options
    assert out[examples:options].count("netsym ") >= (1 if verb in ("laws", "schema") else 3)


@pytest.mark.parametrize("verb", ["", *VERBS])
def test_every_example_in_the_help_runs(
    verb: str, tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("netsym.equality.laws.LAWS", LAWS[:: many(1, 40)])
    for name in ("my_network", "before", "after", "net"):
        (tmp_path / f"{name}.toml").write_text(TOML)
    (tmp_path / "relu.toml").write_text(RELU)
    (tmp_path / "weights.json").write_text(
        '{"w_11": 1, "w_12": 2, "b_11": 0, "b_12": 0, "w_21": 1, "w_22": 2, "b": 0.5}'
    )
    (tmp_path / "examples.csv").write_text("x,t\n1,0\n2,1\n")
    columns = "sepal_length,sepal_width,petal_length,petal_width"
    (tmp_path / "rows.csv").write_text(f"{columns}\n5.1,3.5,1.4,0.2\n")
    for path in FORUM.parent.glob("*.toml"):
        (tmp_path / path.name).write_text(path.read_text(encoding="utf-8"))
    for name in ("formula.txt", "notes.tex"):
        (tmp_path / name).write_text("1/2*x")
    out = fine(run(capfd, *([verb] if verb else []), "-h"))
    lines = re.findall(r"^ +netsym (.*)$", re.sub(r" \\\n +", " ", out), re.MULTILINE)
    assert lines
    for line in lines:
        command = re.split(r"  +| > ", line)[0]
        if "--depth 1..10 --plot" in command and find_spec("matplotlib") is None:
            assert "pip install netsym[plot]" in run(capfd, *shlex.split(command)).err
            continue
        if "|" in command:
            ran = shell(f"netsym {command}", tmp_path)
        else:
            ran = run(capfd, *shlex.split(command))
        said = {0, 1} if line.startswith(("check", "compare")) else {0}
        assert ran.code in said, f"netsym {command}: {ran.err}"
        assert ran.out or "-o" in command


def loaded(*runs: list[str]) -> list[set[str]]:
    """Which of the slow packages are loaded after each of these runs, in one process."""
    code = (
        "import sys, netsym.cli\n"
        f"for arguments in {list(runs)!r}:\n"
        "    try: netsym.cli.main(arguments)\n"
        "    except SystemExit: pass\n"
        "    print('\\nLOADED', *({'numpy', 'sympy'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return [set(after.split()) for after in re.findall(r"^LOADED(.*)$", done.stdout, re.MULTILINE)]


def test_help_loads_neither_numpy_nor_sympy() -> None:
    assert loaded(["--help"], ["-h"], ["--version"]) == [set(), set(), set()]


def test_no_verb_loads_sympy() -> None:
    typed: dict[str, list[str]] = {"laws": [], "check": ["1-1", "x"]}
    verbs = sample([*VERBS], 6)
    after = loaded(*([verb, *typed.get(verb, ["1-2-1:tanh"])] for verb in verbs))
    assert dict(zip(verbs, after, strict=True)) == {verb: {"numpy"} for verb in verbs}


def test_version(capfd: pytest.CaptureFixture[str]) -> None:
    assert fine(run(capfd, "--version")) == f"netsym {netsym.__version__}\n"


# -- typos --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["inlnie", "1-1"], "did you mean 'inline'?"),
        (
            ["frobnicate", "1-1"],
            "choose from show, inline, size, value, step, compare, check, certify, simplify,",
        ),
        (["inline", "1-1:tanh", "--asci"], "--ascii"),
        (["inline", "1-1:tanh", "--witdh", "40"], "--width"),
        (["inline", "1-1:tanh", "--to", "latxe"], "did you mean 'latex'?"),
        (["inline", "1-1:tanh", "--to", "Python"], "did you mean 'python'?"),
        (["inline", "1-1:tanh", "--to", "docx"], "choose from text, latex, mathml, words, python"),
        (["inline", "1-1:tahn"], "did you mean 'tanh'?"),
        (["inline", "1-1:tanh", "--to", "latex", "--notation", "csc229"], "did you mean 'cs229'?"),
        (["show", "1-1:tanh", "--form", "layer"], "did you mean 'layered'?"),
        (["show", "1-1:tanh", "--level", "matrices"], "did you mean 'matrix'?"),
        (["size", "1-1:tanh", "--exakt"], "--exact"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)
def test_typos(arguments: list[str], answer: str, capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert answer in ran.err
    assert "Traceback" not in ran.err and len(ran.err.splitlines()) <= 5


#: What a file is called that would hold something else.
CALLED_OTHERWISE = {
    "size 1-2-1 -o s.json": "s.json: netsym size writes no .json file; give one whose name ends "
    "in .txt, or --json\n",
    "check 1-2-1 x -o s.tex": "s.tex: netsym check writes no .tex file; give one whose name ends "
    "in .txt\n",
    "compare 1-2-1 -o s.py": "netsym compare writes no .py file",
    "laws -o laws.toml": "netsym laws writes no .toml file",
    "layers dense -o dense.html": "netsym layers writes no .html file",
    "size 1-2-1 --json -o s.tex": "--json writes no .tex file; give one whose name ends in .json\n",
    "schema -o schema.toml": "--json writes no .toml file",
    **{f"{verb} 1-1:relu -o net{suffix}": f"writes no {suffix} file; give one whose name ends in "
       for verb in ("inline", "show", "grad", "simplify", "regions", "size", "compare")
       for suffix in (".pdf", ".png")},
    "inline 1-1 --to latex -o net.pdf": "--to latex writes no .pdf file; give one whose name ends "
    "in .tex\n",
}  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "answer"),
    [
        (["inline", "1-1:tanh", "--document"], "--document is for --to latex; add"),
        (["inline", "1-1:tanh", "--onion"], "--onion is for --to latex; add --to latex, or leave"),
        (["inline", "1-1:tanh", "--color", "--to", "python"], "--color is for --to latex"),
        (["inline", "1-1:tanh", "--notation", "cs229"], "--notation is for --to latex"),
        (["inline", "1-1:tanh", "--ascii", "--to", "latex"], "--ascii is for --to text"),
        (["inline", "1-1:tanh", "--width", "50", "--to", "python"], "--width is for --to text or"),
        (["inline", "1-1:tanh", "--width", "5"], "x>=20"),
        (["inline", "1-1:tanh", "--digits", "0"], "1<=x<=17"),
        (["show", "1-1:tanh", "--level", "matrix", "--to", "python"],
         "--level matrix is for --to text or --to latex or --to mathml or --to words; add"),
        (["show", "1-1:tanh", "--level", "matrix", "--to", "latex", "--form", "shared"],
         "--form shared changes nothing beside --level matrix; leave one of them out"),
        (["grad", "1-1:tanh", "--level", "matrix", "--to", "latex", "--form", "inlined"],
         "--form inlined changes nothing beside --level matrix; leave one of them out"),
        (["inline", "1-1", "--level", "matrix", "--expand-linear"],
         "--expand-linear changes nothing beside --level matrix; leave one of them out"),
        (["show", "1-1:tanh", "--level", "matrix", "--to", "latex", "--expand"],
         "--expand changes nothing beside --level matrix; leave one of them out"),
        (["inline", "1-1:tanh", "--json", "--width", "40"],
         "--width changes nothing beside --json; leave one of them out"),
        (["inline", "1-1:tanh", "--json", "--to", "latex", "--document"],
         "--document changes nothing beside --json; leave one of them out"),
        (["grad", "1-1:tanh", "--size", "--digits", "3"],
         "--digits changes nothing beside --size; leave one of them out"),
        (["grad", "1-1:tanh", "--size", "--form", "inlined"],
         "--form changes nothing beside --size; leave one of them out"),
        (["grad", "1-1:tanh", "--size", "--level", "matrix", "--to", "latex"],
         "--size changes nothing beside --level matrix; leave one of them out"),
        (["grad", "1-2:tanh", "--onion", "--to", "latex"],
         "--onion is for the derivatives of one output; choose it with --output"),
        (["show", "1-1:tanh", "--onion", "--to", "latex"],
         "--onion is for --form inlined; add --form inlined, or leave --onion out"),
        (["size", "1-1:tanh", "--exact", "--json"],
         "--exact changes nothing beside --json; leave one of them out"),
        (["simplify", "1-1-1", "--json", "--to", "text"],
         "--to changes nothing beside --json; leave one of them out"),
        (["simplify", "1-1-1", "--to", "latex", "--width", "40"],
         "--width changes nothing beside --to latex; leave one of them out"),
        (["simplify", "1-1-1", "-o", "net.tex", "--width", "40"],
         "--width changes nothing beside -o net.tex (--to latex); leave one of them out"),
        (["simplify", "1-1-1", "--max-nodes", "9"], "--max-nodes is for --to text or"),
        (["regions", "1-1:relu", "--at", "1", "--box", "0,2"], "--box changes nothing beside --at"),
        (["simplify", "1-1-1", "--exact", "--digits", "3"],
         "--digits changes nothing beside --exact; leave one of them out"),
        (["regions", "1-1:relu", "--to", "sympy", "--digits", "3"],
         "--digits changes nothing beside --to sympy; leave one of them out"),
        (["simplify", "1-1-1", "--to", "toml", "-o", "net.json"],
         "net.json: --to toml writes no .json file; give one whose name ends in .toml, or --to"),
        (["regions", "1-1:relu", "-o", "net.py"],
         "-o net.py (--to python) is for --at; add --at, or leave -o net.py (--to python) out"),
        (["grad", "1-1", "--size", "-o", "net.tex"],
         "-o net.tex (--to latex) changes nothing beside --size; leave one of them out"),
        (["inline", "1-1", "-o", "net.toml"],
         "net.toml: --to text writes no .toml file; give one whose name ends in .txt\n"),
        (["show", "1-1", "--to", "text", "-o", "net.json"], "ends in .txt, or --to json\n"),
        (["grad", "1-1", "-o", "net.py", "--to", "latex"],
         "net.py: --to latex writes no .py file; give one whose name ends in .tex, or --to python"),
        (["show", "1-1", "--to", "text", "-o", "net.PY"],
         "net.PY: --to text writes no .py file; give one whose name ends in .txt, or --to python"),
        (["inline", "1-1", "--to", "sympy", "-o", "net.tex"], "ends in .py, or --to latex"),
        (["inline", "1-1", "--to", "python", "-o", "net.json"], "ends in .py, or --json"),
        (["regions", "1-1:relu", "-o", "net.toml"], "--to report writes no .toml file"),
        (["simplify", "1-1-1", "--to", "latex", "-o", "net.toml"], "ends in .tex, or --to toml"),
        *((verb.split(), answer) for verb, answer in CALLED_OTHERWISE.items()),
        (["inline"], "NET"),
        (["inline", "1-1:tanh", "2-2:tanh"], "2-2:tanh"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, list) else "",
)  # fmt: skip
def test_options_that_do_not_go_together(
    arguments: list[str], answer: str, capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert answer in ran.err


@pytest.mark.parametrize(
    "options",
    ["--to sympy -o net.py", "--to latex -o NET.TEX", "--to latex -o notes.md", "--to text -o net",
     "--json -o net.json", "--json --to latex -o net.txt", "-o net.2", "--json -o net"],
)  # fmt: skip
def test_a_file_is_called_as_one_likes_if_it_says_nothing_else(
    options: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    *said, _, name = options.split()
    assert fine(run(capfd, "inline", "1-1:tanh", *options.split())) == ""
    assert (tmp_path / name).read_text() == fine(run(capfd, "inline", "1-1:tanh", *said))


@pytest.mark.parametrize("verb", [
    ["size"], ["compare"], ["check", "x"], ["simplify"], ["inline"], ["grad"], ["regions"],
    ["show"], ["schema"], ["laws"], ["layers"],
], ids=" ".join)  # fmt: skip
def test_a_file_that_cannot_be_written_is_told_before_there_is_work(
    verb: list[str], tmp_path: Path, capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    """The command itself is never called, and nothing is left behind."""
    command = import_module(f"netsym.cli.{verb[0]}")
    begun: list[object] = []
    monkeypatch.setattr(command, "Progress", lambda: begun.append(1) or 1 / 0, raising=False)
    monkeypatch.setattr(Writing, "write_form", lambda *_: begun.append(1))
    net = [] if verb[0] in ("schema", "laws", "layers") else ["1-2-1:relu"]
    ran = run(capfd, verb[0], *net, *verb[1:], "-o", tmp_path / "missing" / "out")
    assert (ran.code, ran.out, begun) == (2, "", [])
    assert "missing/out: No such file or directory" in ran.err
    assert list(tmp_path.iterdir()) == []


# -- terminals ----------------------------------------------------------------------------------
def on_terminal(columns: int, *arguments: str, ends: bytes | None = b"", **environment: str) -> str:
    """What a run writes to a terminal of so many columns; its words, which it `ends` with or which
    are not looked at, go elsewhere.
    """
    parent, child = pty.openpty()
    fcntl.ioctl(child, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
    kept = {k: v for k, v in os.environ.items() if k not in ("COLUMNS", "LINES")}
    started = subprocess.Popen(
        [*NETSYM, *arguments], stdin=child, stdout=child, stderr=subprocess.PIPE,
        env={**kept, "PYTHONIOENCODING": "utf-8", **environment},
    )  # fmt: skip
    os.close(child)
    shown = b""
    while True:
        try:
            read = os.read(parent, 65536)
        except OSError:  # how a terminal says that its other end has closed
            break
        if not read:
            break
        shown += read
    os.close(parent)
    _, words = started.communicate(timeout=PATIENCE)
    assert ends is None or words == ends
    assert started.returncode == 0
    return shown.decode().replace("\r\n", "\n")


@pytest.mark.parametrize("how", ["COLUMNS", "terminal"])
def test_lines_are_broken_at_the_terminal(how: str) -> None:
    net = "3-4-1:tanh"
    environment = {"COLUMNS": "40"} if how == "COLUMNS" else {}
    shown = on_terminal(80 if environment else 40, "inline", net, **environment)
    lines = shown.rstrip("\n").split("\n")
    assert len(lines) > 4 and max(map(len, lines)) <= 40
    assert max(map(len, lines)) > 20


def test_a_very_narrow_terminal_is_still_served() -> None:
    assert on_terminal(5, "inline", "1-2-1:tanh").startswith("y = tanh(\n")


def test_lines_are_not_broken_in_a_pipe(capfd: pytest.CaptureFixture[str]) -> None:
    out = fine(run(capfd, "inline", "3-4-1:tanh", COLUMNS="40"))
    assert out.count("\n") == 1
    assert on_terminal(40, "inline", "3-4-1:tanh", "--json").count("\n") < 9


@pytest.mark.parametrize("encoding", sample(["ascii", "latin-1"], 1))
def test_a_stream_that_has_no_unicode_gets_ascii(
    encoding: str, capfd: pytest.CaptureFixture[str]
) -> None:
    out = fine(process("inline", "1-2-1:sigmoid", PYTHONIOENCODING=encoding))
    assert out == fine(run(capfd, "inline", "1-2-1:sigmoid", "--ascii"))


def test_size_on_a_stream_that_has_no_unicode() -> None:
    ran = process("size", "2-10x20-1:tanh", PYTHONIOENCODING="ascii")
    assert "Traceback" not in ran.err
    assert ran.code == 0
    assert "inlined" in ran.out


def test_there_are_no_escapes_and_no_color_is_harmless() -> None:
    shown = on_terminal(80, "inline", "1-2-1:sigmoid", NO_COLOR="1", TERM="dumb")
    assert "\033" not in shown
    assert shown == on_terminal(80, "inline", "1-2-1:sigmoid")


@pytest.mark.parametrize(
    ("shell", "words"),
    sample([("bash", "complete "), ("zsh", "#compdef netsym"), ("fish", "complete ")], 1),
)
def test_completion_scripts(shell: str, words: str) -> None:
    ran = process(_NETSYM_COMPLETE=f"{shell}_source")
    assert ran.code == 0
    assert words in ran.out and "_NETSYM_COMPLETE" in ran.out


def completed(capfd: pytest.CaptureFixture[str], *words: str) -> list[str]:
    ran = run(
        capfd, _NETSYM_COMPLETE="bash_complete",
        COMP_WORDS=" ".join(words), COMP_CWORD=str(len(words) - 1),
    )  # fmt: skip
    assert ran.code == 0
    return [line.partition(",")[2] for line in ran.out.splitlines()]


def test_completion(capfd: pytest.CaptureFixture[str]) -> None:
    assert completed(capfd, "netsym", "in") == ["inline"]
    assert "1-2-1:sigmoid" in completed(capfd, "netsym", "inline", "1-2-1:s")
    assert set(completed(capfd, "netsym", "inline", "--not")) == {"--notation"}


def test_completion_of_choices(capfd: pytest.CaptureFixture[str]) -> None:
    assert completed(capfd, "netsym", "inline", "--to", "la") == ["latex"]


# -- as a library of commands -------------------------------------------------------------------
def test_click_can_run_it_too() -> None:
    from netsym.cli import group

    result: Result = CliRunner().invoke(group, ["inline", "1-1:tanh", "--ascii"])
    assert (result.exit_code, result.output) == (0, "y = tanh(w1_1_1*x + b1_1)\n")


def test_without_a_verb_the_help_is_shown() -> None:
    ran = process()
    assert ran.code in (0, 2)
    assert "Examples:" in ran.out + ran.err
    assert "Traceback" not in ran.err
