"""One parameter in several places: in every reading, form, verb and file."""

from __future__ import annotations

import json
from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

import netsym
from netsym.files.files import dumps, loads
from netsym.layers import Layer, Shape
from netsym.layers.attention import Attention
from netsym.layers.blocks import Shared
from netsym.layers.convolution import Conv1d, Conv2d, ConvTranspose1d
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale, Standardize
from netsym.layers.feedforward import FeedForward
from netsym.layers.normalisation import BatchNorm, LayerNorm
from netsym.layers.recurrent import GRU, LSTM, RNN
from netsym.network.network import Network
from tests.cli.running import run
from tests.effort import random_examples
from tests.layers.every_reading import chain, check, drawn

#: Matt Mazur, A Step by Step Backpropagation Example, 2015: one bias for each layer.
MAZUR = """
netsym = 1
title = "step by step"
inputs = ["i1", "i2"]
outputs = ["o1", "o2"]
[[layers]]
type = "dense"
activation = "sigmoid"
weights = [["w1", "w2"], ["w3", "w4"]]
bias = ["b1", "b1"]
[[layers]]
type = "dense"
activation = "sigmoid"
weights = [["w5", "w6"], ["w7", "w8"]]
bias = ["b2", "b2"]
"""
AT = {"w1": 0.15, "w2": 0.2, "w3": 0.25, "w4": 0.3, "b1": 0.35,
      "w5": 0.4, "w6": 0.45, "w7": 0.5, "w8": 0.55, "b2": 0.6}  # fmt: skip
POINT, TARGETS = (0.05, 0.1), (0.01, 0.99)


# -- the worked example --------------------------------------------------------------------------
def test_a_name_that_was_given_twice_was_refused() -> None:
    network = loads(MAZUR)
    assert network.parameter_count == 10
    assert network.parameter_names() == [*AT]
    assert network.repeated_names() == ["b1", "b2"]
    assert "10 parameters" in repr(network) and network.size.parameters == 10
    first, second = network.inlined.text(ascii=True).splitlines()
    assert (
        first
        == "o1 = sigmoid(w5*sigmoid(w1*i1 + w2*i2 + b1) + w6*sigmoid(w3*i1 + w4*i2 + b1) + b2)"
    )
    assert second.endswith("w8*sigmoid(w3*i1 + w4*i2 + b1) + b2)")
    check(network)


def test_the_numbers_of_the_worked_example() -> None:
    network = loads(MAZUR)
    wanted = [0.75136507, 0.772928465]
    bound = network.with_parameters(AT)
    for found in (network(*POINT, parameters=AT), network.shared(*POINT, parameters=AT),
                  bound(*POINT), bound.inlined(*POINT)):  # fmt: skip
        np.testing.assert_allclose(found, wanted, atol=5e-9)
    cost = netsym.cost(network, "mse")  # the mean of two is the sum of halves
    assert cost(*POINT, *TARGETS, parameters=AT) == pytest.approx(0.298371109, abs=5e-10)
    for form in (cost.layered, cost.inlined):
        slopes = dict(zip(AT, form.jacobian([*AT])(*POINT, *TARGETS, parameters=AT), strict=True))
        assert slopes["w5"] == pytest.approx(0.082167041, abs=5e-10)
        assert slopes["w1"] == pytest.approx(0.000438568, abs=5e-10)


def test_the_gradient_of_the_worked_example_adds_up(capfd: pytest.CaptureFixture[str],
                                                    tmp_path: Path) -> None:  # fmt: skip
    path = tmp_path / "mazur.toml"
    path.write_text(MAZUR, encoding="utf-8")
    ran = run(capfd, "grad", path, "--loss", "mse", "--ascii")
    assert "dJ_db1 = delta1_1 + delta1_2\n" in ran.out
    assert "dJ_db2 = delta2_1 + delta2_2\n" in ran.out
    assert len([line for line in ran.out.splitlines() if line.startswith("dJ_d")]) == 10
    ran = run(capfd, "grad", path, "--loss", "mse", "--level", "matrix", "--to", "latex")
    assert ran.code == 0
    assert ran.err == (
        "note: standing in several places: b1, b2; the derivative by such a parameter is the sum "
        "of the entries in its places\n"
    )
    ran = run(capfd, "grad", path, "--loss", "mse", "--level", "matrix", "--to", "latex",
              "--wrt", "inputs")  # fmt: skip
    assert ran.err == ""


def test_verbs_of_the_worked_example(capfd: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path, other = tmp_path / "mazur.toml", tmp_path / "untied.toml"
    path.write_text(MAZUR, encoding="utf-8")
    other.write_text(MAZUR.replace('["b1", "b1"]', '["b1", "b3"]'), encoding="utf-8")
    assert "10 parameters" in run(capfd, "size", path).out
    assert json.loads(run(capfd, "size", path, "--json").out)["parameters"] == 10
    assert run(capfd, "show", path).out.count("b1") == 2
    assert (
        "def f(i1, i2, *, w1, w2, w3, w4, b1, w5, w6, w7, w8, b2):"
        in run(capfd, "show", path, "--to", "python").out
    )
    text = run(capfd, "inline", path, "--ascii").out
    assert run(capfd, "check", path, text.strip().replace("\n", "; ")).code == 0
    assert run(capfd, "check", path, text.strip().replace("\n", "; ").replace("b1", "b2")).code == 1
    assert run(capfd, "compare", path, path).code == 0
    ran = run(capfd, "compare", path, other)
    assert (ran.code, "it departs at layer 1, unit 2 (a1_2)" in ran.out) == (1, True)
    linear = tmp_path / "linear.toml"
    linear.write_text(MAZUR.replace("sigmoid", "linear"), encoding="utf-8")
    ran = run(capfd, "simplify", linear)
    assert ran.code == 0
    assert "parameters 12 ⇒ 6, operations 16 ⇒ 8; a name counts in each of its places" in (
        " ".join(ran.out.split())
    )
    assert "(w5·b1 + w6·b1 + b2)" in ran.out
    assert "identical: " in ran.out


# -- every family, with entries tied at random ---------------------------------------------------
FAMILIES: list[tuple[list[Layer], Shape]] = [
    ([Dense(units=2, activation="tanh"), Dense(units=2, activation="softmax")], (2,)),
    ([Dense(units=2, skip=True), Scale(), Standardize()], (2,)),
    ([Conv2d(channels=2, kernel=(2,)), BatchNorm()], (1, 2, 3)),
    ([Conv1d(channels=2, kernel=(2,), padding=(1,)), ConvTranspose1d(channels=1, kernel=(2,))],
     (1, 3)),
    ([LSTM(units=2), Dense(units=2)], (2, 1)),
    ([GRU(units=2, returns="last")], (2, 1)),
    ([RNN(units=2), LayerNorm()], (2, 1)),
    ([Attention(), FeedForward(hidden=2, activation="gelu")], (2, 2)),
]  # fmt: skip


def tied(network: Network, pool: list[str], draw: Any) -> tuple[Network, dict[str, str]]:
    """The network with every entry named from the pool, and what each was called before."""
    was: dict[str, str] = {}
    wires = []
    for placed in network.layers:
        given = {}
        for key, parameter in placed.parameters.items():
            names = [draw(pool) for _ in parameter.names.all()]
            was |= dict(zip(parameter.names.all(), names, strict=True))
            given[key] = np.array([*names, None], dtype=object)[:-1].reshape(parameter.shape)
        wires.append((placed.name, placed.layer, list(placed.sources), given))
    shape = network.inputs[0].shape
    return Network.of("tied", len(network.input_names), wires, shape=shape), was


@pytest.mark.parametrize("case", FAMILIES, ids=lambda case: ", ".join(n.kind for n in case[0]))
@pytest.mark.parametrize("count", [1, 2, 5])
def test_every_reading(case: tuple[list[Layer], Shape], count: int) -> None:
    """With so many parameters in all, and the same values as where all have their own names."""
    rng = np.random.default_rng(count)
    plain = chain(*case)
    network, was = tied(plain, ["p", "q", "r_1", "s", "t_"][:count], rng.choice)
    names = list(dict.fromkeys(was.values()))
    assert network.parameter_names() == names
    assert network.parameter_count == len(names)
    check(network, saved=not any(isinstance(layer, FeedForward) for layer in case[0]))
    again = loads(dumps(network))
    assert again.parameter_count == network.parameter_count
    values = drawn(network, 3)
    x = rng.normal(size=(4, len(plain.input_names)))
    apart = {name: values[now] for name, now in was.items()}
    expected = np.asarray(plain(x, parameters=apart))
    for found in (network, again, network.with_parameters(values)):
        given = values if found.parameter_names() else {}
        assert np.array_equal(np.asarray(found(x, parameters=given)), expected)
    assert netsym.compare(network, again).verdict == "structural"
    by_hand = plain.layered.jacobian([*was])(*x[0], parameters=apart)
    slopes = dict.fromkeys(names, 0.0)
    for name, column in zip(was, np.reshape(by_hand, (len(plain.output_names), -1)).T, strict=True):
        slopes[was[name]] = slopes[was[name]] + column
    found = np.reshape(network.layered.jacobian(names)(*x[0], parameters=values),
                       (len(plain.output_names), -1))  # fmt: skip
    np.testing.assert_allclose(found.T, [slopes[name] for name in names], rtol=1e-9, atol=1e-12)


@given(st.data())
@random_examples(40)
def test_collapsed_networks_are_what_sympy_multiplies_out(data: DataObject) -> None:
    """Linear layers with tied entries, numbers among them, become one layer."""
    entry = st.sampled_from(["p", "q", "r", 0.0, 1.0, 2.0, -0.5])
    widths = data.draw(st.lists(st.integers(1, 3), min_size=3, max_size=4))
    wires, arrays = [], []
    for number, (n, m) in enumerate(pairwise(widths), 1):
        weights = [[data.draw(entry) for _ in range(n)] for _ in range(m)]
        bias = [data.draw(entry) for _ in range(m)]
        before = f"layer{number - 1}" if number > 1 else "input"
        wires.append((f"layer{number}", Dense(units=m), [before],
                      {"weights": weights, "bias": bias}))  # fmt: skip
        arrays.append((sympy.Matrix(weights), sympy.Matrix(bias)))
    network = Network.of("linear", widths[0], wires)
    inputs = [sympy.Symbol(name, real=True) for name in network.input_names.all()]
    value = sympy.Matrix(inputs)
    for weights, bias in arrays:
        value = weights * value + bias
    result = netsym.simplify(network)
    assert netsym.compare(network, result).verdict in ("structural", "identical")
    named = {name: sympy.Symbol(name, real=True) for name in "pqr"}
    for form in (network.inlined, result.network.inlined):
        found = form.sympy()
        found = sympy.Matrix(found if isinstance(found, (tuple, sympy.Tuple)) else [found])
        assert sympy.simplify((found - value.subs(named)).expand()).is_zero_matrix
    count = Counter(type(e) for w in wires for key in w[3].values() for e in np.ravel(
        np.array(key, dtype=object)))  # fmt: skip
    assert network.parameter_count == count[float] + len(network.parameter_names())


# -- where names meet ----------------------------------------------------------------------------
def stack(first: dict[str, Any], second: dict[str, Any]) -> Network:
    return Network.of("stack", 2, [
        ("one", Dense(units=2, activation="tanh"), ["input"], first),
        ("two", Dense(units=2), ["one"], second),
    ])  # fmt: skip


def test_one_parameter_in_several_arrays_and_formulas() -> None:
    network = stack({"weights": [["w", "v"], ["2*w", "w"]], "bias": ["w", "1/2"]},
                    {"weights": [["w", 1], ["u", "w"]], "bias": ["u", "u*w"]})  # fmt: skip
    assert network.parameter_names() == ["w", "v", "u"]
    # w, v, u, and each by itself 2*w, 1/2, 1, u*w
    assert network.parameter_count == 7
    check(network)
    bound = network.with_parameters({"w": 2.0})
    assert bound.parameter_names() == ["v", "u"]
    x, values = [0.5, -1.5], {"w": 2.0, "v": -0.25, "u": 3.0}
    assert bound(x, parameters={"v": -0.25, "u": 3.0}) == pytest.approx(
        network(x, parameters=values))  # fmt: skip


def test_a_name_of_the_notation_is_one_parameter_where_it_is_given_again() -> None:
    network = stack({"bias": ["b1_1", "b1_1"]}, {"bias": ["b1_1", "b2_2"]})
    assert network.parameter_count == 4 + 1 + 4 + 1
    assert network.repeated_names() == ["b1_1"]
    check(network)
    alone = stack({"bias": ["b1_1", "b1_2"]}, {})
    assert alone.parameter_count == 12 and alone.inlined.text() == stack({}, {}).inlined.text()
    derived = stack({}, {"weights": [["w1_1_1", "2*w1_1_1"], ["w1_1_2", 0]], "bias": [0, 0]})
    assert derived.parameter_count == 6 + 2 + 2  # the first of these are those of layer 1
    assert derived.repeated_names() == ["w1_1_1", "w1_1_2"]


def test_layers_that_share_count_once_and_tied_entries_too() -> None:
    network = Network.of("shared", 2, [
        ("one", Dense(units=2), ["input"], {"weights": [["a", "b"], ["b", "a"]], "bias": [0, "a"]}),
        ("two", Dense(units=2, activation="tanh"), ["one"], Shared("one")),
    ])  # fmt: skip
    assert network.parameter_count == 3
    check(network)


def test_penalties_count_a_weight_once() -> None:
    network = stack({"weights": [["w", "v"], ["w", "w"]]},
                    {"weights": [["v", "u"], [3, "2*u"]], "bias": ["w", "c"]})  # fmt: skip
    values = {"w": 2.0, "v": -3.0, "u": 0.5, "b1_1": 7.0, "b1_2": 7.0, "c": 9.0}
    at = [0.25, 0.5, 1.0, -1.0]
    plain = netsym.cost(network, "mse")(*at, parameters=values)
    cost = netsym.cost(network, "mse", l1=0.5, l2=3.0)
    sizes, squares = 2 + 3 + 0.5 + 3 + 1, 4 + 9 + 0.25 + 9 + 1
    expected = plain + 0.5 * sizes + 3 * squares / 2
    for form in (cost, cost.layered, cost.inlined):
        assert form(*at, parameters=values) == pytest.approx(expected, rel=1e-12)
    for name in ("layered", "shared", "inlined"):
        assert cost.forecast(name) == cost.formula(name).size
    assert netsym.compare(cost, cost.inlined.text()).verdict == "structural"
    assert cost.matrices.text(ascii=True).endswith("3*(sum[once](W1**2) + sum[once](W2**2))/2")
    notation = stack({}, {"weights": [["w1_1_1", "2*w1_1_1"], ["b1_1", 0]]})
    text = netsym.cost(notation, "mse", l1=1).inlined.text(ascii=True)
    assert text.endswith("+ 1*(abs(w1_1_1) + abs(w1_1_2) + abs(w1_2_1) + abs(w1_2_2) + "
                         "abs(2*w1_1_1) + abs(b1_1) + abs(0))")  # fmt: skip


@pytest.mark.parametrize("key", ["weights", "bias"])
def test_units_that_are_equal_by_their_names_are_merged(key: str) -> None:
    first = {"weights": [["w", "v"], ["w", "v"]], "bias": ["b", "b"]}
    result = netsym.simplify(stack(first, {}))
    assert [placed.width for placed in result.network.layers] == [1, 2]
    first[key] = [["w", "v"], ["w", "u"]] if key == "weights" else ["b", "c"]
    assert not netsym.simplify(stack(first, {})).steps


def test_modules_and_files_in_sympy_agree() -> None:
    network = loads(MAZUR)
    value: Any = tuple(sympy.Symbol(name, real=True) for name in ("i1", "i2"))
    for module in network.modules().values():
        value = module(*value)
    numbers = {sympy.Symbol(n, real=True): v for n, v in {**AT, "i1": 0.05, "i2": 0.1}.items()}
    np.testing.assert_allclose([float(v.subs(numbers)) for v in value], [0.75136507, 0.772928465],
                               atol=5e-9)  # fmt: skip


def test_an_input_is_no_parameter() -> None:
    with pytest.raises(netsym.SpecError) as error:
        loads(MAZUR.replace('"b2", "b2"', '"i1", "i1"'))
    assert str(error.value).endswith("the name 'i1' is given 2 times; each names one thing")


def test_activations_of_tied_units_stay_apart_in_layers() -> None:
    network = Network.of("alike", 1, [
        ("one", Dense(units=2), ["input"], {"weights": [["w"], ["w"]], "bias": ["b", "b"]}),
        ("two", Activation(activation="relu"), ["one"], {}),
    ])  # fmt: skip
    text = network.layered.text(ascii=True, headings=False)
    assert text.splitlines() == ["a1_1 = w*x + b", "a1_2 = w*x + b", "y_1 = relu(a1_1)",
                                 "y_2 = relu(a1_2)"]  # fmt: skip
    check(network)
