"""`netsym simplify`: the report, every language, one region or all of them, exit codes, files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import netsym
from netsym.graph.names import Names
from tests.cli.running import Ran, process, run
from tests.conftest import PATIENCE

FORUM = Path(__file__).parents[2] / "examples" / "forum"

LINEAR = """\
1-2-1: 1 step, parameters 7 => 2, operations 8 => 2

step 1: layers 1 and 2 are affine, one after another: one layer does it
  W2 (W1 x + b1) + b2 => (W2 W1) x + (W2 b1 + b2)
  because an affine map of an affine map is affine, and nothing else reads what
    is between
  parameters 7 => 2, operations 8 => 2, nodes of the inlined formula 16 => 18

y = (w2_1_1*w1_1_1 + w2_1_2*w1_2_1)*x + (w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1)

identical: the network and the simplified network are the same function, for all
"""

RELU = """\
1-2-1:relu: nothing to collapse

- layers 1 and 2 stay apart, because relu stands between; it is not affine (with
  weights of 1 and biases of 0):
    x   relu, unit 1  z2_1
    -1  relu(-1) = 0  0
    1   relu(1) = 1   2
    0   relu(0) = 0   0
    the last z2_1 should be the mean of the two above it, 1

y = relu(w2_1_1*relu(w1_1_1*x + b1_1) + w2_1_2*relu(w1_2_1*x + b1_2) + b2_1)
"""

ABSOLUTE = """\
netsym = 1
inputs = ["x"]
[[layers]]
type = "dense"
activation = "relu"
weights = [[1], [-1]]
bias = [0, 0]
[[layers]]
type = "dense"
activation = "linear"
weights = [[1, 1]]
bias = [0]
"""

PLANE = """\
netsym = 1
inputs = ["u", "v"]
[[layers]]
type = "dense"
activation = "relu"
weights = [[0.5, -1.25], [1.5, 0.25]]
bias = [0.125, -0.25]
[[layers]]
type = "dense"
activation = "linear"
weights = [[1, 2]]
bias = [0.75]
"""

DECIMALS = """\
netsym = 1
inputs = ["u", "v"]
[[layers]]
type = "dense"
activation = "linear"
weights = [[0.1, 0.2], [0.3, 0.7]]
bias = [0.1, -0.2]
[[layers]]
type = "dense"
activation = "linear"
weights = [[0.1, 0.3]]
bias = [0.7]
"""

LOW_RANK = """\
netsym = 1
inputs = 4
[[layers]]
type = "dense"
activation = "tanh"
weights = [[1, 2, 3, 4], [2, 4, 6, 8], [3, 6, 9, 12], [4, 8, 12, 16]]
bias = [1, 2, 3, 4]
[[layers]]
type = "dense"
activation = "linear"
weights = [[1, 2, 3, 4]]
bias = [0]
"""


def saved(folder: Path, text: str, name: str = "net") -> Path:
    """A network in a file."""
    path = folder / f"{name}.toml"
    path.write_text(text)
    return path


def data(ran: Ran) -> dict[str, Any]:
    """The JSON on standard output, which has nothing else."""
    found: dict[str, Any] = json.loads(ran.out)
    assert found["schema"] == 1
    return found


def words(text: str) -> str:
    """The text, however its lines are broken."""
    return " ".join(text.split())


# -- the report ---------------------
def test_a_linear_network(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "1-2-1", "--ascii")
    assert ran.code == 0
    assert ran.out.startswith(LINEAR)
    names, *evidence = ran.out.removeprefix(LINEAR).splitlines()
    assert names.startswith("  values of w1_1_1, w1_2_1, ")
    assert names.endswith(" b2_1 (7 names)")
    assert evidence[0].startswith("- as functions: ")
    assert all(line.startswith(("- ", "  ")) for line in evidence)
    assert ran.err == (
        "note: no activation was given, so all is linear; for sigmoids write 1-2-1:sigmoid\n"
    )


def test_nothing_to_collapse(capfd: pytest.CaptureFixture[str]) -> None:
    """Nothing was done, so there is nothing to compare: no verdict, and code 0."""
    ran = run(capfd, "simplify", "1-2-1:relu", "--ascii")
    assert (ran.code, ran.out, ran.err) == (0, RELU, "")


def test_plain_ascii(capfd: pytest.CaptureFixture[str]) -> None:
    """The verdict too, which lists names."""
    for network in ("1-2-1:relu", "1-2-1", "20-2-20", "2-3-3relu-2-1"):
        ran = run(capfd, "simplify", network, "--ascii")
        assert [line for line in ran.out.splitlines() if not line.isascii()] == []


def test_some_of_it_collapses(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "2-3-3relu-2-1", "--ascii")
    assert ran.code == 0
    assert ran.out.startswith("2-3-3relu-2-1: 2 steps, parameters 32 => 13, ")
    places = [ran.out.index(part) for part in (
        "step 1: layers 1 and 2 are affine", "step 2: layers 3 and 4 are affine",
        "what stays as it is:", "because relu stands between", "\ny = ", "\nidentical: ",
    )]  # fmt: skip
    assert places == sorted(places)


def test_numbers_that_are_rounded_once(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = saved(tmp_path, DECIMALS)
    ran = run(capfd, "simplify", path)
    assert (ran.code, ran.err) == (0, "")
    assert "y = 0.09999999999999999·u + 0.22999999999999998·v + 0.6499999999999999\n" in ran.out
    assert "within-error: computed exactly, the simplified network is the network" in words(ran.out)
    shown = run(capfd, "simplify", path, "--digits", "3")
    assert "y = 0.100·u + 0.230·v + 0.650\n" in shown.out


def test_how_many_steps(capfd: pytest.CaptureFixture[str]) -> None:
    none = run(capfd, "simplify", "2-3-3relu-2-1", "--steps", "0", "--ascii")
    assert none.code == 0
    assert "stopped here, as was asked; more steps are possible" in none.out
    assert "step 1" not in none.out
    one = run(capfd, "simplify", "2-3-3relu-2-1", "--steps", "1", "--ascii")
    assert one.code == 0
    assert one.out.startswith("2-3-3relu-2-1: 1 step, ")
    assert "stopped here, as was asked; more steps are possible" in one.out
    assert "step 2" not in one.out
    for steps in ("2", "9"):
        ran = run(capfd, "simplify", "2-3-3relu-2-1", "--steps", steps, "--ascii")
        assert ran.out.startswith("2-3-3relu-2-1: 2 steps, ")
        assert "stopped" not in ran.out


def test_no_steps_is_not_nothing_to_collapse(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "1-2-1", "--steps", "0", "--ascii")
    assert ran.code == 0
    assert "more steps are possible" in ran.out
    assert "nothing to collapse" not in ran.out
    assert "no two affine layers" not in ran.out


def test_a_network_that_would_grow(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "20-2-20")
    assert ran.code == 0
    assert ran.out.startswith("20-2-20: nothing to collapse\n")
    assert (
        "one layer instead would take 318 more parameters and 640 more operations; "
        "--force does it all the same"
    ) in words(ran.out)
    assert "the inlined formula has 2,600 nodes" in ran.out
    forced = run(capfd, "simplify", "20-2-20", "--force")
    assert forced.code == 0
    assert forced.out.startswith("20-2-20: 1 step, parameters 102 ⇒ 420, operations 160 ⇒ 800\n")
    assert "\nidentical: " in forced.out
    assert "--force" not in forced.out


@pytest.mark.parametrize("network", ["1-2-1", "2-3-3relu-2-1", "1-2-1:relu", "iris.toml"])
@pytest.mark.parametrize("width", [40, 80])
def test_the_width(network: str, width: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Lines end in time, but for a formula of long numbers and names in a narrow column."""
    if network.endswith(".toml"):
        network = str(FORUM.parent / network)
    ran = run(capfd, "simplify", network, "--width", str(width), "--digits", "3")
    assert ran.code == 0
    assert [line for line in ran.out.splitlines() if len(line) > width and "·" not in line] == []


@pytest.mark.parametrize("options", [[], ["--to", "text"], ["--json"]], ids=str)
def test_the_exit_code_is_that_of_the_comparison(
    options: list[str], capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Were a step wrong, the verdict and the code would say so."""
    wrong = netsym.compare(netsym.parse("1-2-1"), netsym.parse("1-2-1:tanh"))
    monkeypatch.setattr("netsym.cli.simplify.compare", lambda *_, **__: wrong)
    ran = run(capfd, "simplify", "1-2-1", *options)
    assert ran.code == 1
    assert "different" in ran.out + ran.err
    assert "identical" not in ran.out + ran.err


def test_exact_fractions(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ran = run(capfd, "simplify", saved(tmp_path, DECIMALS), "--exact", "--ascii")
    assert (ran.code, ran.err) == (0, "")
    assert "\nidentical: " in ran.out
    numbers = [Fraction(Fraction(a) * Fraction(b) + Fraction(c) * Fraction(d))
               for a, b, c, d in ((0.1, 0.1, 0.3, 0.3), (0.1, 0.2, 0.3, 0.7))]  # fmt: skip
    for number in numbers:
        assert str(number) in ran.out


# -- low rank ---------------------
def test_low_rank(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = saved(tmp_path, LOW_RANK)
    assert run(capfd, "simplify", path).out.startswith("net: nothing to collapse\n")
    exact = run(capfd, "simplify", path, "--factor")
    assert (exact.code, exact.err) == (0, "")
    assert exact.out.startswith("net: 1 step, parameters 25 ⇒ 17, operations 44 ⇒ 27\n")
    assert "step 1: layer 1 has weights of rank 1: split in two" in exact.out
    assert "\nidentical: " in exact.out
    near = run(capfd, "simplify", path, "--factor", "1e-9")
    assert near.code == 0
    assert "times the largest singular value, 30" in words(near.out)
    assert "\nwithin-error: " in near.out


def test_force_is_not_advised_where_it_does_nothing(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """The layer was split on purpose: nobody wants it put together again."""
    path = saved(tmp_path, LOW_RANK)
    for options in (["--factor"], ["--factor", "--force"]):
        ran = run(capfd, "simplify", path, *options)
        assert ran.code == 0
        assert "split in two" in ran.out
        assert "--force does it all the same" not in words(ran.out), options


# -- languages ---------------------
def test_text_is_read_back(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    ran = run(capfd, "simplify", "1-2-1", "--to", "text", "--ascii")
    assert ran.code == 0
    assert ran.out == (
        "y = (w2_1_1*w1_1_1 + w2_1_2*w1_2_1)*x + (w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1)\n"
    )
    assert "1-2-1: 1 step, parameters 7 => 2, operations 8 => 2; identical" in ran.err
    for options in ([], ["--ascii"]):
        path = tmp_path / "formula.txt"
        assert run(capfd, "simplify", "1-2-1", "--to", "text", *options, "-o", path).code == 0
        compared = run(capfd, "compare", "1-2-1", path)
        assert compared.code == 0, compared.out + compared.err
        assert "identical: " in compared.out


def test_lines_of_the_formula_are_broken(capfd: pytest.CaptureFixture[str]) -> None:
    arguments = ["simplify", "1-2-1", "--to", "text", "--ascii"]
    whole = run(capfd, *arguments).out
    broken = run(capfd, *arguments, "--width", "40").out
    assert max(map(len, broken.splitlines())) <= 40 < len(whole)
    assert broken.split() == whole.split()


def test_latex(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "1-2-1", "--to", "latex")
    assert ran.code == 0
    assert ran.out.startswith("\\begin{aligned}\n& \\rlap{\\text{Layers 1 and 2 are affine")
    assert ran.out.endswith("\n\\end{aligned}\n")
    assert "&&\\quad\\text{affine of affine}" in ran.out
    assert "\\documentclass" not in ran.out
    assert "&= W' x + b'" in ran.out
    whole = run(capfd, "simplify", "1-2-1", "--to", "latex", "--document")
    assert whole.out.startswith("\\documentclass{article}\n")
    assert whole.out.endswith("\\end{document}\n")
    assert "\n".join(ran.out.splitlines()[1:-1]) in whole.out
    assert "W^{2}" in run(
        capfd, "simplify", "1-2-1", "--to", "latex", "--notation", "nielsen"
    ).out.replace("W^2", "W^{2}")
    blocked = run(capfd, "simplify", "1-2-1:relu", "--to", "latex")
    assert "relu stands between" in blocked.out


def test_python_computes_the_network(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    for name, text in (("decimals", DECIMALS), ("rank", LOW_RANK)):
        path, program = saved(tmp_path, text, name), tmp_path / f"{name}.py"
        ran = run(capfd, "simplify", path, "--factor", "--to", "python", "-o", program)
        assert (ran.code, ran.out) == (0, "")
        network = netsym.load(path)
        points = [
            [0.5, -1.25, 2.0, 0.125][: len(network.input_names)],
            [0.0] * len(network.input_names),
        ]
        values = [float(network(point)) for point in points]
        with program.open("a") as file:
            file.write(f"\nfor point in {points!r}:\n    print(repr(float(f(*point))))\n")
        done = subprocess.run(
            [sys.executable, program], capture_output=True, text=True, timeout=PATIENCE, check=True
        )
        assert [float(line) for line in done.stdout.split()] == pytest.approx(values, rel=1e-12)


def test_sympy_computes_the_network(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sympy = pytest.importorskip("sympy")
    path = saved(tmp_path, DECIMALS)
    ran = run(capfd, "simplify", path, "--to", "sympy")
    assert ran.code == 0
    found: dict[str, Any] = {}
    exec(ran.out, found)
    point = {sympy.Symbol("u", real=True): 0.5, sympy.Symbol("v", real=True): -2.0}
    value = float(netsym.load(path)([0.5, -2.0]))
    assert float(found["outputs"][0].subs(point)) == pytest.approx(value, rel=1e-12)


@pytest.mark.parametrize("options", [[], ["--exact"]], ids=["float64", "exact"])
def test_toml_is_read_back(
    options: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    small = tmp_path / "small.toml"
    for network in ("1-2-1", "2-3-3relu-2-1"):
        ran = run(capfd, "simplify", network, *options, "--to", "toml", "-o", small)
        assert (ran.code, ran.out) == (0, "")
        assert ran.err.endswith("; identical\n")
        compared = run(capfd, "compare", network, small)
        assert compared.code == 0
        assert "identical: " in compared.out
    path = saved(tmp_path, DECIMALS)
    assert run(capfd, "simplify", path, *options, "--to", "toml", "-o", small).code == 0
    compared = run(capfd, "compare", path, small)
    assert compared.code == 0
    assert ("identical: " if options else "within-error: ") in compared.out


def test_a_toml_that_is_simplified_again(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    small = tmp_path / "small.toml"
    assert run(capfd, "simplify", "2-3-3relu-2-1", "--to", "toml", "-o", small).code == 0
    again = run(capfd, "simplify", small)
    assert again.code == 0
    assert "nothing to collapse" in again.out


# -- data ---------------------
def test_the_data(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "2-3-3relu-2-1", "--json")
    assert ran.code == 0
    found = data(ran)
    assert set(found) >= {
        "schema", "network", "steps", "stopped", "blocked", "more_blocked", "parameters",
        "operations", "verdict", "because", "evidence", "counterexample",
    }  # fmt: skip
    assert found["network"] == "2-3-3relu-2-1"
    assert [step["layers"] for step in found["steps"]] == [[1, 2], [3, 4]]
    for step in found["steps"]:
        assert set(step) == {
            "rule", "layers", "words", "because", "parameters", "operations", "nodes",
        }  # fmt: skip
    assert found["parameters"] == [32, 13]
    assert (found["stopped"], found["more_blocked"]) == (False, 0)
    assert (found["verdict"], found["counterexample"]) == ("identical", None)
    assert len(found["blocked"]) == 1
    witness = found["blocked"][0]["witness"]
    low, high, middle = witness["values"]
    assert witness["mean"] == (low + high) / 2 != middle
    assert data(run(capfd, "simplify", "1-2-1", "--steps", "0", "--json"))["stopped"] is True


def test_the_data_of_nothing_to_do(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "1-2-1:sigmoid", "--json")
    assert (ran.code, ran.err) == (0, "")
    found = data(ran)
    assert (found["steps"], found["stopped"]) == ([], False)
    assert [found[key] for key in ("verdict", "because", "evidence", "counterexample")] == [
        None
    ] * 4
    assert found["parameters"] == [7, 7]


# -- collected by input ---------------------
def test_the_linear_network_of_the_forum(capfd: pytest.CaptureFixture[str]) -> None:
    """To the character what the thread's author was after."""
    ran = run(capfd, "inline", FORUM / "linear.toml", "--expand-linear", "--ascii")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == "f(x) = (w_21*w_11 + w_22*w_12)*x + (w_21*b_11 + w_22*b_12 + b)\n"
    spaced = run(capfd, "inline", FORUM / "linear.toml", "--expand-linear")
    assert spaced.out == ran.out.replace("*", "·")


def test_collected_in_other_languages(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    linear, path = FORUM / "linear.toml", tmp_path / "formula.tex"
    assert run(capfd, "inline", linear, "--expand-linear", "--to", "latex", "-o", path).code == 0
    assert run(capfd, "compare", linear, path).code == 0
    program = run(capfd, "inline", linear, "--expand-linear", "--to", "python")
    assert program.out.startswith("def f(x, *, ")
    found = data(run(capfd, "inline", linear, "--expand-linear", "--json"))
    assert list(found["outputs"].values()) == [
        "(w_21·w_11 + w_22·w_12)·x + (w_21·b_11 + w_22·b_12 + b)"
    ]


def test_what_is_not_linear_is_not_collected(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "inline", "1-2-1:sigmoid", "--expand-linear")
    assert (ran.code, ran.out) == (2, "")
    assert "1-2-1:sigmoid is not linear: layer 1 has sigmoid" in ran.err


# -- around a point ---------------------
def test_around_a_point(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = saved(tmp_path, PLANE)
    ran = run(capfd, "regions", path, "--at", "0.5,-1")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(
        "at u = 0.5, v = -1 the network is the affine map\n  y = 3.5*u - 0.75*v + 0.375\nwhere\n"
    )
    assert "layer 1 relu: 2 of 2 active" in ran.out
    assert "checked: the network, evaluated in exact fractions" in ran.out
    for options in (["--at=-1,0.25"], ["--at", "-1,1/4"], ["--at", " -1e0, +0.25 "]):
        ran = run(capfd, "regions", path, *options)
        assert ran.code == 0, ran.err
        assert ran.out.startswith("at u = -1, v = ")
        assert "\n  y = 0.75\n" in ran.out


def test_around_a_point_in_a_language(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = saved(tmp_path, PLANE)
    written = {to: run(capfd, "regions", path, "--at", "0.5,-1", "--to", to)
               for to in ("text", "latex", "python", "sympy")}  # fmt: skip
    assert [ran.code for ran in written.values()] == [0] * 4
    assert written["text"].out == "y = 3.5·u - 0.75·v + 0.375\n"
    assert written["latex"].out == "\\hat{y} = 3.5\\,u - 0.75\\,v + 0.375\n"
    assert written["python"].out == "def f(u, v):\n    return 3.5*u - 0.75*v + 0.375\n"
    found = data(run(capfd, "regions", path, "--at", "0.5,-1", "--json"))
    assert (found["matrix"], found["bias"]) == ([["7/2", "-3/4"]], ["3/8"])
    assert found["point"] == ["1/2", "-1"]


def test_on_a_kink(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Both sides are said, and where to go."""
    ran = run(capfd, "regions", saved(tmp_path, ABSOLUTE), "--at", "0")
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.startswith("netsym: x = 0 is on a kink: layer 1 relu unit 1 ")
    assert "  where x > 0: y = x\n" in ran.err
    assert "  where x < 0: y = -x\n" in ran.err
    assert "x = 1 or to x = -1" in ran.err


@pytest.mark.parametrize(
    ("point", "fragment"),
    [
        ("0.5", "2 values (u, v), but 1 was given"),
        ("1,2,3", "2 values (u, v), but 3 were given"),
        ("nan,0", "u is 'nan'; it must be a finite number"),
        ("0,-inf", "v is '-inf'; it must be a finite number"),
        ("0,here", "v is 'here', which is no number; write it as 0.5, 1/3 or 1e-3"),
        ("0,", "v is '', which is no number"),
        ("1/0,1", "u is '1/0'"),
    ],
)
def test_no_point(
    point: str, fragment: str, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ran = run(capfd, "regions", saved(tmp_path, PLANE), "--at", point)
    assert (ran.code, ran.out) == (2, "")
    assert fragment in ran.err
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("options", [["--at", "1"], []], ids=["at", "regions"])
def test_pieces_need_numbers(options: list[str], capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "regions", "1-2-1:relu", *options)
    assert (ran.code, ran.out) == (2, "")
    assert "depends on numbers" in ran.err
    assert "w1_1_1" in ran.err


# -- all regions ---------------------
def test_all_regions(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = saved(tmp_path, ABSOLUTE)
    ran = run(capfd, "regions", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("2 linear regions, 2 different affine maps\n1. x < 0\n   y = -x\n")
    text = run(capfd, "regions", path, "--to", "text")
    assert text.out == "y = -x  if x < 0\n    x   if x >= 0\n"
    latex = run(capfd, "regions", path, "--to", "latex")
    assert latex.out == (
        "\\hat{y} = \\begin{cases}\n-x & \\text{if } x < 0 \\\\\n"
        "x & \\text{if } x \\ge 0\n\\end{cases}\n"
    )
    found = data(run(capfd, "regions", path, "--json"))
    assert (found["regions"], found["maps"], found["box"]) == (2, 2, None)
    assert [piece["matrix"] for piece in found["pieces"]] == [[["-1"]], [["1"]]]
    assert [piece["high"] for piece in found["pieces"]] == ["0", None]


def test_the_regions_in_sympy(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    sympy = pytest.importorskip("sympy")
    path = saved(tmp_path, ABSOLUTE)
    ran = run(capfd, "regions", path, "--to", "sympy")
    assert ran.code == 0
    found, x = sympy.sympify(ran.out), sympy.Symbol("x")
    for value in (-2, sympy.Rational(-1, 3), 0, 5):
        assert found.subs(x, value) == abs(value)


@pytest.mark.parametrize("options", [["--at", "1"], []], ids=["at", "regions"])
def test_a_document_of_pieces(
    options: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """A whole file, or a refusal; an option is not passed over in silence."""
    path = saved(tmp_path, ABSOLUTE)
    ran = run(capfd, "regions", path, *options, "--to", "latex", "--document")
    assert ran.out.startswith("\\documentclass") or (ran.code == 2 and "--document" in ran.err)


def test_regions_of_two_inputs(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = saved(tmp_path, PLANE)
    ran = run(capfd, "regions", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("4 linear regions, 4 different affine maps\n")
    for formula in ("0.75", "0.5*u - 1.25*v + 0.875", "3*u + 0.5*v + 0.25",
                    "3.5*u - 0.75*v + 0.375"):  # fmt: skip
        assert f"   y = {formula}\n" in ran.out
    assert len(data(run(capfd, "regions", path, "--json"))["pieces"]) == 4
    for to in ("text", "latex", "sympy"):
        ran = run(capfd, "regions", path, "--to", to)
        assert (ran.code, ran.out) == (2, "")
        assert "networks of one input" in ran.err


def test_regions_in_a_box(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    one, two = saved(tmp_path, ABSOLUTE, "one"), saved(tmp_path, PLANE, "two")
    ran = run(capfd, "regions", one, "--box", "1/2,2")
    assert ran.code == 0
    assert ran.out.startswith("1 linear region, ")
    assert "1. 1/2 <= x <= 2\n   y = x\n" in ran.out.replace("0.5 <=", "1/2 <=")
    text = run(capfd, "regions", one, "--box", "-1,2", "--to", "text")
    assert text.out == "y = -x  if -1 <= x < 0\n    x   if 0 <= x <= 2\n"
    for box in ("0,1", "0,1,0,1"):
        ran = run(capfd, "regions", two, "--box", box)
        assert ran.code == 0
        assert "within 0 <= u <= 1, 0 <= v <= 1\n" in ran.out


@pytest.mark.parametrize(
    ("box", "fragments"),
    [
        ("0", ["--box 0", "LOW,HIGH"]),
        ("0,1,2", ["--box 0,1,2", "LOW,HIGH"]),
        ("0,1,0,1", ["box", "x"]),
        ("2,1", ["from 2 to 1", "low must be below high"]),
        ("0,0", ["low must be below high"]),
        ("a,b", ["'a'", "no number"]),
        ("0,nan", ["'nan'", "finite"]),
        ("-inf,inf", ["'-inf'", "finite"]),
    ],
)
def test_no_box(
    box: str, fragments: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    ran = run(capfd, "regions", saved(tmp_path, ABSOLUTE), "--box", box)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    for fragment in fragments:
        assert fragment in ran.err


def test_regions_of_more_inputs(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    text = PLANE.replace('["u", "v"]', '["u", "v", "w"]')
    text = text.replace("[[0.5, -1.25], [1.5, 0.25]]", "[[0.5, -1.25, 1.0], [1.5, 0.25, 0.0]]")
    path = saved(tmp_path, text)
    ran = run(capfd, "regions", path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("4 linear regions, 4 different affine maps\n")
    ran = run(capfd, "regions", path, "--budget", "3")
    assert (ran.code, ran.out) == (3, "")
    assert "there are more than 3 linear regions" in ran.err
    assert "(budget, --budget)" in " ".join(ran.err.split())


# -- bad usage ---------------------
@pytest.mark.parametrize(
    ("arguments", "fragments"),
    [
        (["1-2-1", "--at", "1"], ["--at has moved: write netsym regions NET --at X1,X2,…"]),
        (["1-2-1", "--regions"], ["--regions has moved: write netsym regions NET"]),
        (["1-2-1", "--box", "0,1"], ["--box has moved: write netsym regions NET --box LOW,HIGH"]),
        (
            ["1-2-1", "--expand-linear"],
            ["--expand-linear has moved: write netsym inline NET --expand-linear"],
        ),
        (["1-2-1", "--json", "--to", "toml"], ["--to changes nothing beside --json"]),
        (["1-2-1", "--json", "--to", "python"], ["--to changes nothing beside --json"]),
        (["1-2-1", "--document"], ["--document is for --to latex; add --to latex, or leave"]),
        (["1-2-1", "--notation", "nielsen"], ["--notation is for --to latex"]),
        (["1-2-1", "--to", "latex", "--ascii"], ["--ascii is for --to report or --to text"]),
        (["1-2-1", "--to", "toml", "--width", "40"], ["--width"]),
        (["1-2-1", "--to", "reprot"], ["did you mean 'report'?"]),
        (["1-2-1", "--steps", "-1"], ["--steps", "-1"]),
        (["1-2-1", "--steps", "one"], ["--steps", "one"]),
        (["1-2-1", "--factor", "much"], ["--factor much is not a tolerance", "1e-9"]),
        (["1-2-1", "--factor", "nan"], ["nan"]),
        (["1-2-1", "--factor", "2"], ["2"]),
        (["1-2-1", "--factor=-1"], ["the tolerance of factor is -1; give a share"]),
        (["--factor", "-.5", "1-2-1"], ["the tolerance of factor is -0.5; give a share"]),
        (["1-2-1", "--width", "10"], ["--width", "10"]),
        (["1-2-1", "1-2-1"], ["1-2-1"]),
        (["1-2-1:sigmiod"], ["did you mean 'sigmoid'"]),
        (["nothing.toml"], ["there is no file nothing.toml"]),
        (["1-2-"], ["1-2-"]),
        ([], ["NET"]),
    ],
    ids=str,
)
def test_bad_usage(
    arguments: list[str], fragments: list[str], capfd: pytest.CaptureFixture[str]
) -> None:
    ran = run(capfd, "simplify", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert "Traceback" not in ran.err
    for fragment in fragments:
        assert fragment in ran.err


def test_files_that_hold_no_network(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "net.toml"
    for content in (b"", b"\xff\xfe\x00", b"netsym = 1\n", b"netsym = 1\ninputs = [", b"\x00"):
        path.write_bytes(content)
        ran = run(capfd, "simplify", path)
        assert (ran.code, ran.out) == (2, ""), content
        assert ran.err.startswith("netsym: ")
        assert "Traceback" not in ran.err


def test_what_is_too_large(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "small.txt"
    for verb, *options in (
        ["simplify", "--to", "text"], ["simplify", "--to", "python"], ["inline", "--expand-linear"],
    ):  # fmt: skip
        ran = run(capfd, verb, "1-2-1", *options, "--max-nodes", "5", "-o", path)
        assert (ran.code, ran.out) == (3, ""), options
        assert "more than the limit of 5, so nothing was written" in ran.err
        assert not path.exists()


def test_too_large_by_default(capfd: pytest.CaptureFixture[str]) -> None:
    """A deep network whose one formula nobody could read is refused, and soon."""
    ran = run(capfd, "simplify", "2-8x8tanh-2", "--to", "text")
    assert (ran.code, ran.out) == (3, "")
    assert "more than the limit of 1,000,000" in ran.err


def test_help(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "-h")
    assert (ran.code, ran.err) == (0, "")
    for option in ("--to", "--steps", "--force", "--exact", "--factor", "--ascii",
                   "--width", "--digits", "--max-nodes",
                   "--document", "--notation", "--seed", "--json", "-o"):  # fmt: skip
        assert f"\n  {option} " in ran.out or f"\n  {option}\n" in ran.out, option
    assert "exit code" in words(ran.out)
    assert "\n  simplify " in run(capfd, "-h").out


def test_the_help_fits_a_terminal(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "simplify", "-h")
    assert [line for line in ran.out.splitlines() if len(line) > 80] == []


# -- where it is written ---------------------
def test_into_a_file(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "report.txt"
    ran = run(capfd, "simplify", "1-2-1:relu", "-o", path)
    assert (ran.code, ran.out, ran.err) == (0, "", "")
    assert path.read_text(encoding="utf-8").startswith("1-2-1:relu: nothing to collapse\n")
    assert run(capfd, "simplify", "1-2-1:relu", "--json", "-o", path).code == 0
    assert json.loads(path.read_text(encoding="utf-8"))["steps"] == []
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_written(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    missing = run(capfd, "simplify", "1-1:relu", "-o", tmp_path / "no" / "report.txt")
    assert (missing.code, missing.out) == (2, "")
    folder = tmp_path / "locked"
    folder.mkdir()
    folder.chmod(0o500)
    if os.access(folder, os.W_OK):  # root may write anywhere
        folder = Path("/proc/self")
        if not folder.is_dir():
            pytest.skip("every folder can be written here")
    for options in ([], ["--to", "toml"], ["--to", "latex"], ["--json"]):
        ran = run(capfd, "simplify", "1-1:relu", *options, "-o", folder / "report.txt")
        assert (ran.code, ran.out) == (2, "")
        assert "netsym: cannot write to " in ran.err
        assert "Traceback" not in ran.err


@pytest.mark.parametrize(
    "options",
    [
        ["simplify"],
        ["simplify", "--to", "toml"],
        ["simplify", "--json"],
        ["regions", "--at", "1"],
        ["regions"],
    ],
    ids=["report", "toml", "json", "at", "regions"],
)
def test_the_network_itself_is_not_overwritten(
    options: list[str], capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = saved(tmp_path, ABSOLUTE)
    verb, *others = options
    ran = run(capfd, verb, path, *others, "-o", path)
    assert (ran.code, ran.out) == (2, "")
    assert "write to another file" in ran.err
    assert path.read_text() == ABSOLUTE
    assert list(tmp_path.iterdir()) == [path]


def test_a_failure_leaves_the_file_as_it_was(
    capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, target = saved(tmp_path, ABSOLUTE), tmp_path / "result.txt"
    target.write_text("before")
    for options in (["--at", "0"], ["--expand-linear"], ["--to", "text", "--max-nodes", "1"]):
        assert run(capfd, "simplify", path, *options, "-o", target).code in (2, 3)
        assert target.read_text() == "before"
    assert sorted(tmp_path.iterdir()) == sorted([path, target])


# -- terminals ---------------------
def test_a_terminal_without_unicode() -> None:
    ran = process("simplify", "1-2-1", PYTHONIOENCODING="ascii")
    assert ran.code == 0
    assert ran.out.startswith("1-2-1: 1 step, parameters 7 => 2, ")
    assert "y = (w2_1_1*w1_1_1 + w2_1_2*w1_2_1)*x + " in ran.out


def test_from_standard_input(capfd: pytest.CaptureFixture[str]) -> None:
    ran = run(capfd, "regions", "-", "--at", "2", "--to", "text", "--ascii", stdin=ABSOLUTE)
    assert (ran.code, ran.out, ran.err) == (0, "y = x\n", "")


def test_what_would_be_too_large_in_names_is_forecast(capfd: pytest.CaptureFixture[str]) -> None:
    """It was begun, and ended the machine's memory."""
    ran = run(capfd, "simplify", "784-1024x10-10")
    assert (ran.code, ran.out) == (3, "")
    assert "layers 1 to 11 are affine, and one layer does it; in names its entries would" in ran.err
    assert "about 14,834,061,312 operations" in ran.err


def test_a_network_of_very_many_names_in_which_nothing_collapses(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Not a name of it is spelled: all names of the notation are different, and none is 0."""
    network = netsym.parse("784-1024x3-10:relu")
    monkeypatch.setattr(Names, "all", lambda _: pytest.fail("names were spelled"))
    found = netsym.simplify(network)
    assert not found.steps and [place.layers for place in found.blocked] == [(1, 2), (2, 3), (3, 4)]
