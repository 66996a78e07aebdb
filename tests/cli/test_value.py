"""`netsym value`, and `netsym grad` at a point: numbers by name, typed or in a file."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.files.given_numbers import numbers_in
from tests.cli.running import ROOT, run

Capture = pytest.CaptureFixture[str]
MAZUR = [ROOT / "examples/mazur.toml", "--parameters", ROOT / "examples/mazur.json"]
AT = ["x=0.05,0.1", "t=0.01,0.99"]


# -- the outputs ---------------------------------------------------------------------------------
def test_the_outputs_are_printed_by_name(capfd: Capture) -> None:
    ran = run(capfd, "value", *MAZUR, AT[0])
    assert ran.code == 0
    assert ran.out == "o1 = 0.751365070\no2 = 0.772928465\n"


@pytest.mark.parametrize(
    "typed",
    [
        ["x=0.05,0.1"], ["i1=0.05", "i2=0.1"], ["i1=.05,i2=1/10"], ["i2=1e-1 i1=+0.05"],
        ["input=[0.05, 0.1]"], ["x = 0.05; 0.1"],
    ],
)  # fmt: skip
def test_inputs_are_given_one_by_one_or_together(typed: list[str], capfd: Capture) -> None:
    ran = run(capfd, "value", *MAZUR, *typed, "--digits", "4")
    assert ran.out == "o1 = 0.7514\no2 = 0.7729\n"


def test_names_are_read_as_they_are_printed(capfd: Capture) -> None:
    typed = ["x₁=1", "x₂=2", "w⁽¹⁾₁₁=0.5", "w1_1_2=-0.5", "b⁽¹⁾₁=1"]
    assert run(capfd, "value", "2-1:linear", *typed).out == "y = 0.5\n"


def test_the_loss_and_the_cost_have_values(capfd: Capture) -> None:
    ran = run(capfd, "value", *MAZUR, *AT, "--loss", "sse")
    assert ran.out == "J = 0.298371109\n"
    data = ["--loss", "sse", "--data", "0.05,0.1,0.01,0.99;0.05,0.1,0.01,0.99"]
    assert run(capfd, "value", *MAZUR, *data).out == ran.out
    total = run(capfd, "value", *MAZUR, *data, "--reduction", "sum")
    assert total.out == "J = 0.596742218\n"


def test_json_has_every_digit(capfd: Capture) -> None:
    network = netsym.load(ROOT / "examples/iris.toml")
    ran = run(capfd, "value", ROOT / "examples/iris.toml", "x=5.1,3.5,1.4,0.2", "--json")
    said = json.loads(ran.out)
    assert said["schema"] == 1
    wanted = np.asarray(network([5.1, 3.5, 1.4, 0.2]))
    assert list(said["values"].values()) == wanted.tolist()
    assert list(said["values"]) == network.output_names.all()


def test_what_is_not_finite_is_null_in_json(capfd: Capture) -> None:
    typed = ["value", "1-1:sigmoid", "x=1", "w1=2000", "b1=0", "t=0", "--loss", "bce"]
    assert run(capfd, *typed).out == "J = inf\n"
    assert json.loads(run(capfd, *typed, "--json").out)["values"] == {"J": None}


def test_several_outputs_and_large_networks_are_one_forward_pass(capfd: Capture) -> None:
    pair = ROOT / "examples/pair.toml"
    numbers = "w1_1_1=1,w1_1_2=-2,b1_1=0.5,w4_1_1=3,b4_1=-1"
    ran = run(capfd, "value", pair, "first=1,0", "second=0,0.25", "--parameters", numbers)
    assert ran.out == "likeness = 0.268941421\ncode = 0.905148254\n"


# -- parameters in files -------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["w.toml", "w.json", "w.npz", "w.safetensors", "step.json"])
def test_parameters_in_a_file(name: str, tmp_path: Path, capfd: Capture) -> None:
    path = tmp_path / name
    arrays = {"layer1.weights": np.array([[0.5, -1.0]]), "layer1.bias": np.array([0.25])}
    if name == "w.toml":
        path.write_text('w1 = [[0.5, -1.0]]\nb1_1 = "1/4"\n')
    elif name == "w.json":
        path.write_text('{"w1_1_1": 0.5, "w1_1_2": -1, "b1": [0.25]}')
    elif name == "step.json":
        path.write_text('{"schema": 1, "parameters": {"w1": [0.5, -1], "b1": 0.25}}')
    elif name == "w.npz":
        np.savez(path, **arrays)  # type: ignore[arg-type]
    else:
        header, at = {}, 0
        for key, array in arrays.items():
            header[key] = {"dtype": "F64", "shape": list(array.shape),
                           "data_offsets": [at, at + array.nbytes]}  # fmt: skip
            at += array.nbytes
        said = json.dumps(header).encode()
        data = b"".join(array.tobytes() for array in arrays.values())
        path.write_bytes(len(said).to_bytes(8, "little") + said + data)
    ran = run(capfd, "value", "2-1:linear", "x=3,1", "--parameters", path)
    assert (ran.code, ran.out) == (0, "y = 0.75\n"), ran.err


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["x=1,2"], "no number for the 3 parameters w1_1_1, w1_1_2, b1_1: give --parameters "
                    "w1_1_1=0.5,…; or --parameters FILE, with numbers by name"),
        (["w1=1,2", "b1=0"], "no number for the 2 inputs x_1, x_2: give x=0.5,0.5"),
        (["w1=1,2", "b1=0", "x_1=3"], "no number for the input x_2: give x_2=0.5"),
        (["1,2"], "'1' has no name before it; write NAME=NUMBER,…, as in x=0.5,1 or"),
        (["x=1,two"], "x is given 'two', which is not a number; write digits, as in -1.5, 2e-3"),
        (["x=1,2/0"], "x is given '2/0', which is not a number"),
        (["x=1," + "9" * 5000 + "/3"], "which is not a number; write digits"),
        (["x=1,1e999"], "x holds a number that is not finite"),
        (["x=1", "x=2"], "'x' is given twice; give each name once"),
        (["=1"], "'=1' is no name and a number; write NAME=NUMBER"),
        (["x=1,2", "W=3"], "nothing here is called 'W'; "),
        (["x=1,2,3"], "x has 2 numbers, x_1, x_2, but 3 were given"),
        (["x=1,2", "--parameters", "none.toml"], "there is no file none.toml; check the path"),
        (["x=1,2", "--parameters", "x=3"], "'x' is given twice, also in --parameters"),
        (["x=1,2", "--parameters", "pyproject.toml"], "nothing here is called 'build-system'"),
        (["x=1,2", "--parameters", "README.md"],
         "README.md: numbers are in a file that ends in one of .toml, .json, .npz, .safetensors"),
        (["x=1,2", "--parameters", "examples/iris.toml"],
         "examples/iris.toml is a network, not numbers by name; give it as NET"),
    ],
)  # fmt: skip
def test_mistakes_say_what_to_type(
    typed: list[str], said: str, capfd: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    ran = run(capfd, "value", "2-1:sigmoid", *typed)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_numbers_of_a_network_stay(capfd: Capture) -> None:
    iris = ROOT / "examples/iris.toml"
    ran = run(capfd, "value", iris, "x=1,2,3,4", "--all", "--parameters", "b2=0,0,0,0,0,0,0,0")
    assert ran.code == 2
    assert ran.err == "netsym: b2_1 is 1.93813 in the network; leave b2 out\n"


@pytest.mark.parametrize("text", ["x", "x=", "=", "x==1", ",", ""])
def test_what_is_half_typed_is_refused_or_empty(text: str) -> None:
    try:
        found = numbers_in([text])
    except SpecError:
        return
    assert found in ({}, {"x": []})


# -- worked out ----------------------------------------------------------------------------------
def test_all_is_worked_out(capfd: Capture) -> None:
    ran = run(capfd, "value", *MAZUR, *AT, "--all", "--loss", "sse")
    lines = ran.out.splitlines()
    for line in (
        "z⁽¹⁾₁ = w1·i1 + w2·i2 + b1 = 0.15·0.05 + 0.2·0.1 + 0.35 = 0.3775",
        "a⁽²⁾₁ = σ(z⁽²⁾₁) = σ(1.10590597) = 0.751365070",
        "  = 0.298371109",
        "∂J/∂w5 = δ⁽²⁾₁·a⁽¹⁾₁ = 0.138498562·0.593269992 = 0.0821670406",
        "∂J/∂b1 = δ⁽¹⁾₁ + δ⁽¹⁾₂ = 0.00877135469 + 0.00995425471 = 0.0187256094",
    ):
        assert line in lines
    assert max(map(len, lines)) <= 80


def test_all_in_json_and_without_a_loss(capfd: Capture) -> None:
    ran = run(capfd, "value", *MAZUR, AT[0], "--all", "--json")
    each = json.loads(ran.out)["equations"]
    assert [line["name"] for line in each] == ["z1_1", "z1_2", "a1_1", "a1_2",
                                               "z2_1", "z2_2", "o1", "o2"]  # fmt: skip
    assert each[0] == {
        "under": "layer 1: hidden, 2 units, sigmoid", "name": "z1_1",
        "formula": "w1*i1 + w2*i2 + b1", "numbers": "0.15*0.05 + 0.2*0.1 + 0.35",
        "value": pytest.approx(0.3775),
    }  # fmt: skip


# -- derivatives at a point ----------------------------------------------------------------------
def test_grad_at_a_point_prints_numbers(capfd: Capture) -> None:
    at = ["--at", ",".join(AT), "--loss", "sse", "--wrt", "w1,w5"]
    ran = run(capfd, "grad", *MAZUR, *at)
    assert ran.out == "∂J/∂w1 = 0.000438567734\n∂J/∂w5 = 0.0821670406\n"
    ran = run(capfd, "grad", *MAZUR, *at, "--ascii", "--digits", "3")
    assert ran.out == "dJ_dw1 = 0.000439\ndJ_dw5 = 0.0822\n"


def test_grad_of_numbers_is_by_numbers_too(capfd: Capture) -> None:
    iris = ROOT / "examples/iris.toml"
    network, x = netsym.load(iris), [5.1, 3.5, 1.4, 0.2]
    ran = run(capfd, "grad", iris, "--at", f"x={','.join(map(str, x))}", "--wrt", "biases",
              "--output", "setosa", "--json")  # fmt: skip
    values = json.loads(ran.out)["values"]
    assert list(values) == [*(f"dsetosa_db2_{n}" for n in range(1, 9)),
                            *(f"dsetosa_db3_{n}" for n in range(1, 4))]  # fmt: skip
    a = np.asarray(network(x))
    wanted = a[0] * (np.array([1, 0, 0]) - a)  # of softmax by its z
    found = [values[f"dsetosa_db3_{n}"] for n in (1, 2, 3)]
    assert found == pytest.approx(wanted.tolist(), rel=1e-9)


def test_grad_of_data_and_numbers_alone_is_numbers(capfd: Capture) -> None:
    iris = ROOT / "examples/iris.toml"
    ran = run(capfd, "grad", iris, "--loss", "cross_entropy", "--data", "5.1,3.5,1.4,0.2,0",
              "--wrt", "b3", "--digits", "3")  # fmt: skip
    assert ran.out.splitlines()[0] == "∂J/∂b⁽³⁾₁ = -0.00103"


def test_words_for_weights_and_biases(capfd: Capture) -> None:
    ran = run(capfd, "grad", "1-2-1:sigmoid", "--wrt", "biases", "--ascii")
    assert [line.split(" = ")[0] for line in ran.out.splitlines()[-3:]] == [
        "dy_db1_1", "dy_db1_2", "dy_db2_1",
    ]  # fmt: skip
    ran = run(capfd, "grad", ROOT / "examples/iris.toml", "--wrt", "weights")
    assert ran.code == 2
    assert "this network has no weights to differentiate by" in ran.err


# -- formulas ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("formula", "at", "said"),
    [
        ("f(x) = 2x + 1", "x=3", "f(3) = 7"), ("g(x, y) = x - y", "x=3,y=0.5", "g(3, 0.5) = 2.5"),
        ("y = mx + c", "x=3,m=2,c=1", "y = 7"), ("2x + 1", "x=3", "y = 7"),
        ("x/(w - w)", "x=1,w=2", "y = undefined"), ("x/(w - w)", "x=0,w=2", "y = undefined"),
        ("1/x", "x=0", "y = undefined"), ("0/x", "x=0", "y = undefined"),
        ("x/x + 1", "x=0", "y = undefined"), ("x/x + 1", "x=2", "y = 2"),
        ("log(x)", "x=0", "y = undefined"), ("sqrt(x)", "x=-1", "y = undefined"),
        ("f(x) = exp(x)", "x=1000", "f(1000) = inf"), ("log(1 - sigmoid(x))", "x=40", "y = -inf"),
        ("1/(x - 0.1)", "x=0.1", "y = undefined"), ("sigmoid(x)", "x=-1000", "y = 0"),
    ],
)  # fmt: skip
def test_what_a_formula_is_at_a_point(formula: str, at: str, said: str, capfd: Capture) -> None:
    """What has no value says so, and what float64 is too small for is no such thing."""
    ran = run(capfd, "value", formula, *at.split(","))
    assert (ran.code, ran.out) == (0, f"{said}\n")
    number = float(said.split(" = ")[1].replace("undefined", "nan"))
    values = json.loads(run(capfd, "value", formula, *at.split(","), "--json").out)["values"]
    assert list(values.values()) == [number if np.isfinite(number) else None]
