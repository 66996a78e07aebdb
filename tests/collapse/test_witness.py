"""Every witness is true, by arithmetic that is not the package's, and none is made up."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import cycle
from typing import Any

import mpmath
import numpy as np
import pytest
from hypothesis import given

import netsym
from netsym.collapse.blocked import Blocked
from netsym.collapse.simplification import simplify
from netsym.collapse.witness import Witness
from netsym.layers.dense import Dense
from netsym.layers.merge import Add, Concat
from netsym.network.network import Network
from tests.collapse.byhand import decimal
from tests.collapse.test_rules import dense
from tests.effort import random_examples
from tests.networks import Case, cases

FUNCTIONS = ("relu", "leaky_relu", "sigmoid", "tanh", "gelu", "softplus", "silu", "elu",
             "hard_sigmoid", "softmax", "gelu_tanh")  # fmt: skip


def witnesses(network: Network) -> list[tuple[Blocked, Witness]]:
    return [(p, p.witness) for p in simplify(network).blocked if p.witness is not None]


def values_by_hand(network: Network, witness: Witness) -> list[Any]:
    """The output of the whole network at the three points, names as the witness gives them."""
    x = [[0.0] * len(network.input_names) for _ in range(3)]
    place = network.input_names.all().index(witness.input)
    for point, value in zip(x, witness.points, strict=True):
        point[place] = value
    output = network.output_names.all().index(witness.output)
    return [decimal(network, point, given_numbers(network, witness))[output] for point in x]


def given_numbers(network: Network, witness: Witness) -> dict[str, float]:
    """What names are given, read from the words alone."""
    names = network.parameter_names()
    if "=" in witness.given:
        found = {n: float(v) for n, v in re.findall(r"(\w+) = (-?[0-9.]+)", witness.given)}
        assert found.keys() == set(names)
        return found
    if not witness.given:
        assert not names
        return {}
    first = re.search(r"[-0-9][-0-9, ]*", witness.given)
    assert first is not None
    turns = cycle([float(number) for number in first.group().split(",")])
    return {name: 0.0 if name.startswith("b") else next(turns) for name in names}


def check(network: Network, witness: Witness) -> None:
    """The numbers of a witness, for a network that is one passage from inputs to outputs."""
    p, q, middle = witness.points
    assert middle == (p + q) / 2
    assert p != q
    with mpmath.workdps(50):
        found = values_by_hand(network, witness)
        for value, shown in zip(found, witness.values, strict=True):
            assert abs(value - shown) <= mpmath.mpf(2) ** -50 * (1 + abs(value))
        mean = (found[0] + found[1]) / 2
        assert abs(mean - witness.mean) <= mpmath.mpf(2) ** -50 * (1 + abs(mean))
        assert abs(found[2] - mean) > mpmath.mpf(10) ** -7 * (1 + abs(mean))


@pytest.mark.parametrize("function", FUNCTIONS)
@pytest.mark.parametrize("spec", ["1-1{}-1", "2-3{}-2", "1-2{}-1"])
def test_named_networks(function: str, spec: str) -> None:
    if function == "softmax" and spec == "1-1{}-1":
        pytest.skip("the softmax of one value is 1: affine")
    network = netsym.parse(spec.format(function))
    ((place, witness),) = witnesses(network)
    assert f"{function} stands between" in place.because
    assert place.layers == (1, 2)
    assert witness.function == function
    check(network, witness)


@pytest.mark.parametrize("function", FUNCTIONS)
def test_numeric_networks(function: str) -> None:
    source = np.random.default_rng(5)
    network = Network.of(
        "numbers",
        2,
        [
            dense("h", "input", source.normal(size=(3, 2)), source.normal(size=3),
                  activation=function),
            dense("o", "h", source.normal(size=(2, 3)), source.normal(size=2)),
        ],
    )  # fmt: skip
    ((_, witness),) = witnesses(network)
    assert not witness.given
    check(network, witness)


def test_odd_functions_need_other_points_than_minus_one_and_one() -> None:
    """tanh(-1) and tanh(1) have the mean 0 = tanh(0)."""
    network = netsym.parse("1-1tanh-1")
    ((_, witness),) = witnesses(network)
    assert witness.points != (-1.0, 1.0, 0.0)
    p, q, middle = np.tanh(witness.points)
    assert abs(middle - (p + q) / 2) > 1e-3
    check(network, witness)


def test_relu_is_checked_in_the_head() -> None:
    ((_, witness),) = witnesses(netsym.parse("2-3relu-1"))
    assert witness.points == (-1.0, 1.0, 0.0)
    assert witness.pre == (-1.0, 1.0, 0.0)
    assert witness.post == (0.0, 1.0, 0.0)
    assert witness.values == (0.0, 3.0, 0.0)
    assert witness.mean == 1.5
    assert witness.given == "weights of 1 and biases of 0"
    assert witness.table().splitlines()[-1].endswith(" 0")
    assert witness.remark().endswith("should be the mean of the two above it, 1.5")


def test_the_unit_that_is_shown_is_its_function() -> None:
    for function, apply in (
        ("relu", lambda z: np.maximum(z, 0.0)),
        ("tanh", np.tanh),
        ("sigmoid", lambda z: 1 / (1 + np.exp(-z))),
    ):
        network = Network.of(
            "numbers",
            1,
            [
                dense("h", "input", [[0.5], [3.0]], [1.0, -4.0], activation=function),
                dense("o", "h", [[1.0, 2.0]], [0.0]),
            ],
        )
        ((_, witness),) = witnesses(network)
        weight, bias = [(0.5, 1.0), (3.0, -4.0)][witness.unit - 1]
        pre = weight * np.array(witness.points) + bias
        np.testing.assert_allclose(witness.pre, pre, rtol=1e-15)
        np.testing.assert_allclose(witness.post, apply(pre), rtol=1e-14, atol=1e-300)


def test_a_relu_that_wakes_late_is_seen_in_exact_fractions() -> None:
    network = Network.of(
        "late",
        1,
        [
            dense("h", "input", [[Fraction(1, 3)]], [Fraction(-17)], activation="relu"),
            dense("o", "h", [[Fraction(3, 7)]], [Fraction(1, 7)]),
        ],
    )
    ((_, witness),) = witnesses(network)

    def f(x: Fraction) -> Fraction:
        return Fraction(3, 7) * max(x / 3 - 17, Fraction(0)) + Fraction(1, 7)

    values = [f(Fraction(point)) for point in witness.points]
    assert [float(value) for value in values] == list(witness.values)
    assert float((values[0] + values[1]) / 2) == witness.mean
    assert values[2] != (values[0] + values[1]) / 2


@pytest.mark.parametrize("function", ["relu", "gelu", "silu", "softplus"])
def test_what_is_affine_by_accident_has_no_witness(function: str) -> None:
    """g(x) - g(-x) = x for these: not affine layer by layer, yet affine as a whole."""
    network = Network.of(
        "accident",
        1,
        [
            dense("h", "input", [[1.0], [-1.0]], [0.0, 0.0], activation=function),
            dense("o", "h", [[1.0, -1.0]], [0.0]),
        ],
    )
    (place,) = simplify(network).blocked
    assert place.witness is None
    assert "may be affine all the same" in str(place)
    assert "stands between" in place.because
    assert not place.report(200).startswith("- -")


def test_a_dead_relu_has_no_witness_and_a_live_one_that_is_always_on_neither() -> None:
    for weights, bias in ([[1e-9]], [-1e9]), ([[1e-9]], [1e9]):
        network = Network.of(
            "dead",
            1,
            [
                dense("h", "input", weights, bias, activation="relu"),
                dense("o", "h", [[2.0]], [0.0]),
            ],
        )
        (place,) = simplify(network).blocked
        assert place.witness is None


def test_softmax_of_one_value_is_constant_and_has_no_witness() -> None:
    assert not witnesses(netsym.parse("1-1softmax-1"))


def test_a_passage_past_other_branches() -> None:
    """Other ways from the input to the end are part of the function that is shown."""
    wires = [
        ("a", Dense(units=2), ["input"], {}),
        ("h", Dense(units=2, activation="relu"), ["a"], {}),
        ("sum", Add(), ["h", "input"], {}),
        ("o", Dense(units=1), ["sum"], {}),
    ]
    network = Network.of("skip", 2, wires)
    for _, witness in witnesses(network):
        if (
            witness.input in network.input_names.all()
            and witness.output in network.output_names.all()
        ):
            check(network, witness)
    both = Network.of(
        "both",
        1,
        [
            dense("h", "input", [[1.0]], [0.0], activation="relu"),
            dense("g", "input", [[-1.0]], [0.0], activation="relu"),
            ("c", Concat(), ["h", "g"], {}),
            dense("o", "c", [[1.0, -1.0]], [0.0]),
        ],
    )
    found = witnesses(both)
    assert found
    for _, witness in found:  # behind the concat, where only one of its sources varies
        assert witness.function == "relu"
        sign = 1 if "1" in witness.output.rpartition("_")[2] else -1
        expected = [max(sign * x, 0) for x in witness.points]
        assert witness.values == tuple(expected)
        assert witness.mean == (expected[0] + expected[1]) / 2 != expected[2]


def test_data_and_text_have_the_same_numbers() -> None:
    network = netsym.parse("1-2relu-1")
    ((place, witness),) = witnesses(network)
    data = witness.to_json()
    assert data["points"] == witness.points
    assert data["values"] == witness.values
    assert str(witness.mean).removesuffix(".0") in str(place)
    assert "x = -1" in str(witness)


@given(
    cases(
        activations=("linear", "relu", "tanh", "sigmoid", "gelu", "softmax"),
        most_layers=4,
        named=False,
        redundant=True,
    )
)
@random_examples(100)
def test_random_networks_of_numbers(case: Case) -> None:
    """Witnesses from the inputs to the outputs are checked against the network as it was given.

    The part that a witness shows has 0 where other values come in; only where the whole network is
    one way there are none.
    """
    chain = all(
        list(sources) == [before] and not getattr(layer, "skip", False)
        for (_, layer, sources, _), before in zip(
            case.wires, ["input", *(wire[0] for wire in case.wires)], strict=False
        )
    )
    for place in simplify(case.network).blocked:
        witness = place.witness
        if witness is None:
            continue
        p, q, middle = witness.points
        assert middle == (p + q) / 2
        assert abs(witness.mean - sum(witness.values[:2]) / 2) <= 1e-12 * (1 + abs(witness.mean))
        assert witness.values[2] != witness.mean
        ends = witness.input in case.inputs and witness.output in case.network.output_names.all()
        if chain and ends:
            check(case.network, witness)
