"""A network worked out at a point: every line is an equation that holds."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError, TooLargeError, ValueMissingError
from netsym.notes.worked import Line, Worked
from netsym.typed.parse import parse_formula

EXAMPLES = Path(__file__).parents[2] / "examples"
SPECS = [
    ("2-3tanh-2sigmoid", "sse"), ("2-2relu-2softmax", "cross_entropy"), ("2-2+:tanh", "mse"),
    ("2-3silu-1", "huber"), ("2-2elu-2leaky_relu-1sigmoid", "bce"), ("2-3gelu-2", "hinge"),
]  # fmt: skip


def lines(worked: Worked) -> list[Line]:
    return [line for part in worked.parts for line in part.lines(ascii=True)]


def drawn(network: netsym.Network, seed: int = 3) -> dict[str, Any]:
    random = np.random.default_rng(seed)
    numbers = {name: float(random.normal()) for name in network.parameter_names()}
    width = len(network.output_names)
    t = np.eye(width)[0] if width > 1 else np.ones(1)
    return {"x": random.normal(size=len(network.input_names)).tolist(), "t": t.tolist(), **numbers}


@pytest.mark.parametrize(("spec", "loss"), SPECS)
def test_every_line_holds(spec: str, loss: str) -> None:
    """The formula, of the values before it, and the numbers alone are both the value."""
    network = netsym.parse(spec)
    given = drawn(network)
    worked = netsym.work_out(network, given, loss)
    known = {f"x_{n}": x for n, x in enumerate(given["x"], 1)}
    t = given["t"]
    known |= {f"t_{n}": each for n, each in enumerate(t, 1)} if len(t) > 1 else {"t": t[0]}
    known |= {name: number for name, number in given.items() if name not in ("x", "t")}
    for line in lines(worked):
        parsed = netsym.Formula.of(parse_formula(line.formula).formula)
        inputs = [known[name] for name in parsed.input_names()]
        needed = {name: known[name] for _, names in parsed.symbols() for name in names}
        assert parsed(*inputs, parameters=needed) == pytest.approx(line.value, rel=1e-9, abs=1e-14)
        numbers = netsym.Formula.of(parse_formula(line.numbers).formula)
        assert numbers() == pytest.approx(line.value, rel=1e-9, abs=1e-14), line
        known[line.name] = line.value


@pytest.mark.parametrize(("spec", "loss"), SPECS)
def test_values_are_those_of_the_network_and_of_its_gradient(spec: str, loss: str) -> None:
    network = netsym.parse(spec)
    given = drawn(network)
    cost = netsym.cost(network, loss)
    parameters = {name: number for name, number in given.items() if name not in ("x", "t")}
    point = [*given["x"], *given["t"]]
    found = {line.name: line.value for line in lines(netsym.work_out(network, given, loss))}
    assert found["J"] == pytest.approx(cost(*point, parameters=parameters), rel=1e-12)
    slopes = cost.layered.gradient()
    wanted = np.asarray(slopes(*point, parameters=parameters))
    for output, slope in zip(slopes.outputs, wanted, strict=True):
        assert found[output.name] == pytest.approx(slope, rel=1e-11, abs=1e-15)


def test_every_activation_has_its_z() -> None:
    network = netsym.parse("2-3tanh-2sigmoid")
    names = [line.name for line in lines(netsym.work_out(network, drawn(network), "sse"))]
    for unit in ("z1_1", "z1_3", "a1_1", "z2_1", "z2_2", "a2_2", "J", "da2_1", "delta2_1"):
        assert names.count(unit) == 1
    assert len(names) == len(set(names))


@pytest.mark.parametrize("file", ["lstm.toml", "conv.toml", "iris.toml"])
def test_networks_in_files_name_each_value_once(file: str) -> None:
    network = netsym.load(EXAMPLES / file)
    given = {name: number for name, number in drawn(network).items() if name != "t"}
    given |= {name: abs(n) for name, n in given.items() if name != "x"}  # some are variances
    found = lines(netsym.work_out(network, given))
    assert len({line.name for line in found}) == len(found)
    x = np.array([given.pop("x")])
    y = np.asarray(network(x, parameters=given)).reshape(-1)
    end = {line.name: line.value for line in found}
    assert [end[name] for name in network.output_names.all()] == pytest.approx(y.tolist())


def test_the_board_of_the_worked_example() -> None:
    text = netsym.work_out(
        netsym.parse("1-1:sigmoid"), {"x": 2, "t": -1, "w1": 0.5, "b1": -1.5}, "sse"
    ).report(digits=4)
    assert text.splitlines() == [
        "# layer 1: 1 unit, sigmoid",
        "z⁽¹⁾₁ = w⁽¹⁾₁₁·x + b⁽¹⁾₁ = 0.5·2 - 1.5 = -0.5",
        "a⁽¹⁾₁ = σ(z⁽¹⁾₁) = σ(-0.5) = 0.3775",
        "",
        "# layer 2: loss, half the sum of squared errors",
        "J = (a⁽¹⁾₁ - t)^2/2 = (0.3775 - (-1))^2/2 = 0.9488",
        "",
        "# back through layer 2: loss, half the sum of squared errors",
        "da⁽¹⁾₁ = a⁽¹⁾₁ - t = 0.3775 - (-1) = 1.378",
        "",
        "# back through layer 1: 1 unit, sigmoid",
        "δ⁽¹⁾₁ = da⁽¹⁾₁·a⁽¹⁾₁·(1 - a⁽¹⁾₁) = 1.378·0.3775·(1 - 0.3775) = 0.3237",
        "",
        "# derivatives",
        "∂J/∂w⁽¹⁾₁₁ = δ⁽¹⁾₁·x = 0.3237·2 = 0.6475",
        "∂J/∂b⁽¹⁾₁ = δ⁽¹⁾₁ = 0.3237",
    ]


def test_long_lines_have_a_step_each() -> None:
    network = netsym.parse("9-1:linear")
    given = {name: number for name, number in drawn(network).items() if name != "t"}
    text = netsym.work_out(network, given).report()
    first, *others = text.splitlines()[1:]
    assert first.startswith("y = w⁽¹⁾₁₁·x₁ + ")
    assert len(others) == 2
    assert all(re.match("  = [-0-9]", line) for line in others)


@pytest.mark.parametrize(
    ("given", "error", "said"),
    [
        ({"x": 1}, ValueMissingError, "no number for the 2 parameters w1_1_1, b1_1: give"),
        ({"w1": 1, "b1": 0}, ValueMissingError, "no number for the input x: give x=0.5"),
        ({"x": [1, 2]}, SpecError, "x has 1 number, x, but 2 were given"),
        ({"x": 1, "v": 2}, SpecError, "nothing here is called 'v'"),
        ({"x": 1, "t": 2}, SpecError, "nothing here is called 't'; a target needs a loss"),
        ({"x": float("nan")}, SpecError, "x holds a number that is not finite"),
        ({"x": True}, SpecError, "x holds True; give numbers by name"),
        ({"x": 10**400}, SpecError, "x is given 1000.*, which is not a number"),
        ({"x": [[1, None]]}, SpecError, "x holds None; give numbers by name"),
        ({"x": "1/0"}, SpecError, "x is given '1/0', which is not a number"),
        ({"x": 1, "w1": 1, "w1_1_1": 2}, SpecError, "w1_1_1 is given 1 and 2; give it once"),
    ],
)
def test_refused(given: dict[str, Any], error: type[Exception], said: str) -> None:
    with pytest.raises(error, match=said):
        netsym.work_out(netsym.parse("1-1:linear"), given)


def test_what_is_too_large_is_refused_before_it_is_built() -> None:
    with pytest.raises(TooLargeError, match="ask for its outputs alone, without --all"):
        netsym.work_out(netsym.parse("500-1000-10:tanh"), {"x": [0.0] * 500})
