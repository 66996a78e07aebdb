"""Network: its names and numbers, its forecasts, its modules."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given

import netsym
from netsym import SpecError
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale, Standardize
from netsym.layers.merge import Add
from netsym.network.interface import Input
from tests.effort import random_examples
from tests.networks import Case, cases, entries_of, points_for


def flat(entries: Any) -> list[Any]:
    if isinstance(entries, list):
        return [entry for part in entries for entry in flat(part)]
    return [entries]


@random_examples(100)
@given(cases())
def test_parameters_have_the_names_of_the_notation(case: Case) -> None:
    network = case.network
    expected: list[Any] = []
    for number, (placed, wire) in enumerate(zip(network.layers, case.wires, strict=True), 1):
        assert placed.name == wire[0]
        for entries in entries_of(number, wire, placed.widths).values():
            expected += flat(entries)
    names = [entry for entry in expected if isinstance(entry, str)]
    once = list(dict.fromkeys(names))
    assert network.parameter_count == len(expected) - len(names) + len(once)
    assert network.parameter_names() == once
    assert sorted(case.values) == sorted(network.parameter_names())
    assert network.input_names.all() == case.inputs


@random_examples(60)
@given(cases())
def test_with_parameters_puts_numbers_in_place_of_names(case: Case) -> None:
    network, names = case.network, case.network.parameter_names()
    numeric = network.with_parameters(case.values)
    assert numeric.parameter_names() == []
    half = {name: case.values[name] for name in names[::2]}
    rest = {name: case.values[name] for name in names[1::2]}
    partly = network.with_parameters(half)
    assert partly.parameter_names() == names[1::2]
    assert network.parameter_names() == names  # the network itself is unchanged
    for point in points_for(case):
        expected = np.asarray(network(*point, parameters=case.values))
        assert np.array_equal(np.asarray(numeric(*point)), expected)
        assert np.array_equal(np.asarray(partly(*point, parameters=rest)), expected)


def test_names() -> None:
    assert netsym.parse("1-2-1").parameter_names() == [
        "w1_1_1", "w1_2_1", "b1_1", "b1_2", "w2_1_1", "w2_1_2", "b2_1",
    ]  # fmt: skip
    wires = [
        ("s", Standardize(), ["input"], {}),
        ("t", Scale(), ["s"], {}),
        ("d", Dense(units=1), ["t"], {"weights": [["w_1", 2.0]]}),
    ]
    assert netsym.Network.of("names", 2, wires).parameter_names() == [
        "m1_1", "m1_2", "s1_1", "s1_2", "w2_1", "w2_2", "b2_1", "b2_2", "w_1", "b3_1",
    ]  # fmt: skip


def test_fractions_stay_exact() -> None:
    network = netsym.parse("1-1").with_parameters({"w1_1_1": Fraction(1, 3), "b1_1": 0.5})
    assert network.inlined.text(ascii=True) == "y = (1/3)*x + 0.5"
    assert network(3.0) == 1.5


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"w1_1_2": 1.0}, "no parameter named 'w1_1_2'; did you mean 'w1_1_1'?"),
        ({"zebra": 1.0}, "no parameter named 'zebra'; choose from w1_1_1, b1_1"),
        ({"w1_1_1": float("nan")}, "parameter w1_1_1 is nan; it must be a finite number"),
        ({"b1_1": float("-inf")}, "parameter b1_1 is -inf; it must be a finite number"),
        ({"b1_1": Fraction(10**400)}, "number"),
    ],
)
def test_numbers_that_do_not_fit(values: dict[str, Any], message: str) -> None:
    with pytest.raises(SpecError) as caught:
        netsym.parse("1-1").with_parameters(values)
    assert message in str(caught.value)


def test_a_number_is_no_name_any_more() -> None:
    numeric = netsym.parse("1-1").with_parameters({"w1_1_1": 2.0})
    with pytest.raises(SpecError, match="no parameter named 'w1_1_1'"):
        numeric.with_parameters({"w1_1_1": 3.0})


def test_of_takes_what_it_is_given() -> None:
    wires = [("front", Dense(units=2, activation="tanh"), ["input"], {}),
             ("back", Add(), ["front", "input"], {})]  # fmt: skip
    network = netsym.Network.of(
        "mine", ["u", "v"], iter(wires), ["p", "q"], assumed="nothing", latex_names={"u": r"\mu"}
    )
    assert (network.title, network.assumed) == ("mine", "nothing")
    assert network.input_names.all() == ["u", "v"]
    assert network.output_names.all() == ["p", "q"]
    assert tuple(network.layered.headings.values()) == (
        "layer 1: front, 2 units, tanh", "layer 2: back, add",
    )  # fmt: skip
    assert network.inlined.layer_count == 2
    assert network.inlined.latex_names == {"u": r"\mu"}
    assert network.inlined.output("q").text(ascii=True) == (
        "q = tanh(w1_2_1*u + w1_2_2*v + b1_2) + v"
    )


def test_a_function_in_place_of_an_output() -> None:
    wires = [("d", Dense(units=1), ["input"], {})]
    network = netsym.Network.of("f", 1, wires, function="f")
    assert network.inlined.text(ascii=True) == "f(x) = w1_1_1*x + b1_1"
    assert "def f(x, *, w1_1_1, b1_1):" in network.inlined.python()


def test_forecasts_do_not_build() -> None:
    """A layer of a thousand by a thousand, a hundred times over: 10**8 weights."""
    network = netsym.parse("-".join(["1000"] * 101) + ":silu")
    layered = network.forecast("layered", expand=True)
    # z = w·x + b: 3002; a = z/(1 + exp(-z)): 7
    hidden, z = 7, 1 + 3 * 1000 + 1
    assert layered.nodes == 100 * 1000 * (hidden + z)
    inlined = network.forecast("inlined")
    unit = 1
    for _ in range(100):
        unit = 1 + 1 + 1000 * (2 + unit) + 1
    assert inlined.nodes == 1000 * unit
    assert "_graph" not in vars(network)


def test_unknown_forms() -> None:
    with pytest.raises(SpecError, match="unknown form 'inline'; did you mean 'inlined'"):
        netsym.parse("1-1").formula("inline")


def test_forms_are_made_once() -> None:
    network = netsym.parse("2-2-1:tanh")
    assert network.inlined is network.inlined
    assert network.inlined.graph is network.layered.graph


def test_generates() -> None:
    network = netsym.parse("2-3-1")
    for name in ["x_1", "x_2", "w1_3_2", "b2_1", "a1_3", "z1_1", "y"]:
        assert network.generates(name)
    for name in ["x", "x_3", "w1_4_1", "w3_1_1", "b2_2", "a1_4", "y_1", "w1", "q", "x_01"]:
        assert not network.generates(name)


def test_a_network_writes_however_it_was_imported() -> None:
    """Formulas stand above the writers, so that no table waits to be filled by an import."""
    import subprocess
    import sys

    body = (
        "from netsym.layers.dense import Dense; "
        "n = Network.of('n', 1, [('d', Dense(units=1), ['input'], {})]); "
        "print(n.inlined.text(ascii=True))"
    )
    for room in ("netsym", "netsym.network.network"):
        command = [sys.executable, "-c", f"from {room} import Network; {body}"]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        assert done.stdout == "y = w1_1_1*x + b1_1\n"


# -- data frames ------------------------------------------------------------------------------
class Frame:
    """What pandas and polars have: columns with names, and numbers."""

    def __init__(self, columns: list[Any], rows: list[list[float]]) -> None:
        self.columns = columns
        self.rows = rows

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        return np.array(self.rows, dtype=dtype)


FRAMED = netsym.Network.of(
    "framed",
    ["height", "weight_kg"],
    [("a", Dense(units=2), ["input"], {"weights": [[1.0, 10.0], [0.0, 1.0]], "bias": [0.0, 0.0]})],
    ["young", "old"],
)


@pytest.mark.parametrize(
    "frame",
    [
        Frame(["height", "weight_kg"], [[1, 2], [3, 4]]),
        Frame(["weight_kg", "height"], [[2, 1], [4, 3]]),
        Frame(["weight (kg)", "height"], [[2, 1], [4, 3]]),
        Frame(["id", "weight_kg", "height"], [[7, 2, 1], [8, 4, 3]]),
        Frame([0, 1], [[1, 2], [3, 4]]),
    ],
)
def test_columns_of_a_data_frame_are_found_by_their_names(frame: Frame) -> None:
    assert FRAMED(frame).tolist() == [[21, 2], [43, 4]]
    answers = Frame(["old", "young"], [[1, 0], [3, 2]])
    plain = netsym.cost(FRAMED, "mse", data=([[1, 2], [3, 4]], [[0, 1], [2, 3]]))
    assert str(netsym.cost(FRAMED, "mse", data=(frame, answers)).inlined) == str(plain.inlined)


def test_other_columns_are_refused() -> None:
    message = "the columns are a, b, but the inputs are height, weight_kg; call the columns so, in"
    with pytest.raises(SpecError, match=message):
        FRAMED(Frame(["a", "b"], [[1, 2]]))
    with pytest.raises(SpecError, match=message):
        netsym.cost(FRAMED, "mse", data=(Frame(["a", "b"], [[1, 2]]), [[0, 1]]))
    with pytest.raises(SpecError, match="but the targets are young, old or t_1, t_2 or y_1, y_2;"):
        netsym.cost(FRAMED, "mse", data=([[1, 2]], Frame(["a", "b"], [[1, 2]])))


def test_each_of_several_inputs_has_its_own_columns() -> None:
    inputs = [Input.of("a", ["p", "q"]), Input.of("b", ["r"])]
    given = {"weights": [[1.0, 10.0]], "bias": [0.0]}
    layers = [("d", Dense(units=1), ["a"], given), ("s", Add(), ["d", "b"], {})]
    network = netsym.Network.of("two", inputs, layers)
    assert network(Frame(["q", "p"], [[2, 1]]), [[100]]) == [121]
    assert network(Frame(["r", "q", "p"], [[100, 2, 1]])) == [121]
