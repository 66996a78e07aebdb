"""Linear networks in full, to the character, against sympy's expand and by the comparator."""

from __future__ import annotations

from fractions import Fraction
from math import inf
from pathlib import Path
from typing import Any

import pytest
import sympy
from hypothesis import given

import netsym
from netsym.collapse.expansion import expanded
from netsym.errors import SpecError, TooLargeError
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat
from tests.effort import random_examples
from tests.networks import Case, cases, points_for

FORUM = netsym.load(Path(__file__).parents[2] / "examples" / "forum" / "linear.toml")


def chain(inputs: Any, *layers: tuple[Any, dict[str, Any]]) -> netsym.Network:
    names = ["input", *(f"l{n}" for n in range(1, len(layers) + 1))]
    wires = [
        (name, layer, [source], given)
        for (layer, given), source, name in zip(layers, names, names[1:], strict=False)
    ]
    return netsym.Network.of("chain", inputs, wires)


def text(network: netsym.Network) -> str:
    return expanded(network).text(ascii=True)


def test_the_forum_s_network_is_the_textbook_result_to_the_character() -> None:
    assert text(FORUM) == "f(x) = (w_21*w_11 + w_22*w_12)*x + (w_21*b_11 + w_22*b_12 + b)"
    formula = expanded(FORUM)
    assert formula.text() == "f(x) = (w_21·w_11 + w_22·w_12)·x + (w_21·b_11 + w_22·b_12 + b)"
    assert formula.latex() == (
        r"f(x) = (w_{21}w_{11} + w_{22}w_{12})\,x + (w_{21}b_{11} + w_{22}b_{12} + b)"
    )
    assert "w_21*w_11 + w_22*w_12" in formula.python()
    assert "w_21*w_11 + w_22*w_12" in formula.sympy_code()
    x, b = sympy.symbols("x b", real=True)
    assert formula.sympy().coeff(x, 0).has(b)
    values = {name: 0.5 + n for n, name in enumerate(FORUM.parameter_names())}
    assert formula(2.0, parameters=values) == FORUM(2.0, parameters=values)


@pytest.mark.parametrize(
    ("shorthand", "expected"),
    [
        ("1-1", "y = w1_1_1*x + b1_1"),
        ("1-1-1", "y = w2_1_1*w1_1_1*x + (w2_1_1*b1_1 + b2_1)"),
        ("1-2-1",
         "y = (w2_1_1*w1_1_1 + w2_1_2*w1_2_1)*x + (w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1)"),
        ("2-2-2",
         "y_1 = (w2_1_1*w1_1_1 + w2_1_2*w1_2_1)*x_1 + (w2_1_1*w1_1_2 + w2_1_2*w1_2_2)*x_2"
         " + (w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1)\n"
         "y_2 = (w2_2_1*w1_1_1 + w2_2_2*w1_2_1)*x_1 + (w2_2_1*w1_1_2 + w2_2_2*w1_2_2)*x_2"
         " + (w2_2_1*b1_1 + w2_2_2*b1_2 + b2_2)"),
        ("1-2-2-1",
         "y = (w3_1_1*w2_1_1*w1_1_1 + w3_1_1*w2_1_2*w1_2_1 + w3_1_2*w2_2_1*w1_1_1"
         " + w3_1_2*w2_2_2*w1_2_1)*x + (w3_1_1*w2_1_1*b1_1 + w3_1_1*w2_1_2*b1_2 + w3_1_1*b2_1"
         " + w3_1_2*w2_2_1*b1_1 + w3_1_2*w2_2_2*b1_2 + w3_1_2*b2_2 + b3_1)"),
        ("1-1+", "y = (w1_1_1 + 1)*x + b1_1"),
        ("2-2+-1",
         "y = (w2_1_1*w1_1_1 + w2_1_1 + w2_1_2*w1_2_1)*x_1"
         " + (w2_1_1*w1_1_2 + w2_1_2*w1_2_2 + w2_1_2)*x_2 + (w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1)"),
    ],
)  # fmt: skip
def test_shorthands_to_the_character(shorthand: str, expected: str) -> None:
    network = netsym.parse(shorthand)
    assert text(network) == expected
    check_against_sympy(network)


#: Layers behind two inputs u and v (or x), and what is written.
WRITTEN: list[tuple[Any, list[tuple[Any, dict[str, Any]]], str]] = [
    (1, [(Standardize(), {})], "y = x/s1_1 - m1_1/s1_1"),
    (2, [(Standardize(), {}), (Dense(units=1), {"weights": [["w", "v"]], "bias": ["b"]})],
     "y = w*x_1/s1_1 + v*x_2/s1_2 + (-w*m1_1/s1_1 - v*m1_2/s1_2 + b)"),
    (1, [(Dropout(), {})], "y = x"),
    (1, [(Scale(), {"weights": [-1.0], "bias": [0.0]})], "y = -x"),
    (1, [(Scale(), {"weights": [0.0], "bias": [0.0]})], "y = 0"),
    (1, [(Scale(), {"weights": ["w"], "bias": [-1.0]})], "y = w*x - 1"),
    # zeros and ones are left out, and numbers are one number at the front
    (2, [(Dense(units=2), {"weights": [["w", 0.0], [1.0, 0.5]], "bias": [0.0, "b"]}),
         (Dense(units=1, use_bias=False), {"weights": [[3.0, "u"]]})],
     "y = (3*w + u)*x_1 + 0.5*u*x_2 + u*b"),
    # like products are one, what cancels is gone, and a name times itself is a power
    (1, [(Dense(units=2), {"weights": [["w"], ["-w"]], "bias": [1.0, 2.0]}),
         (Dense(units=1), {"weights": [["2*q", "q"]], "bias": ["-4*q"]})], "y = q*w*x"),
    (1, [(Dense(units=1), {"weights": [["w*v"]], "bias": ["v"]}),
         (Dense(units=1, use_bias=False), {"weights": [["w"]]})], "y = w**2*v*x + w*v"),
    # a quotient by a name is one of each product; a sum below the line stays one
    (1, [(Dense(units=1), {"weights": [["w/(1 + v)"]], "bias": ["b/v"]}),
         (Dense(units=1, use_bias=False), {"weights": [["p + q"]]})],
     "y = (p*w/(1 + v) + q*w/(1 + v))*x + (p*b/v + q*b/v)"),
    (1, [(Dense(units=1), {"weights": [["sqrt(v)*w"]], "bias": ["1/v^2"]})],
     "y = sqrt(v)*w*x + 1/v**2"),
    # numbers alone: exact, and rounded once where they come from float64
    (2, [(Dense(units=2), {"weights": [[0.1, 0.2], [0.3, -1.0]], "bias": [1.0, 0.5]}),
         (Dense(units=1), {"weights": [[3.0, -1.0]], "bias": [0.0]})],
     "y = 2.7755575615628914e-17*x_1 + 1.6*x_2 + 2.5"),
    (1, [(Dense(units=1), {"weights": [[Fraction(1, 3)]], "bias": [Fraction(1, 7)]}),
         (Dense(units=1), {"weights": [[Fraction(2)]], "bias": [Fraction(-1)]})],
     "y = (2/3)*x - 5/7"),
    (1, [(Dense(units=1), {"weights": [["w"]], "bias": [Fraction(1, 7)]}),
         (Dense(units=1), {"weights": [[Fraction(2, 3)]], "bias": [0.1]})],
     "y = (2/3)*w*x + 0.19523809523809524"),
]  # fmt: skip


@pytest.mark.parametrize(("inputs", "layers", "expected"), WRITTEN)
def test_other_layers_to_the_character(
    inputs: Any, layers: list[tuple[Any, dict[str, Any]]], expected: str
) -> None:
    assert text(chain(inputs, *layers)) == expected


def test_branches_and_inputs_side_by_side() -> None:
    wires: list[Any] = [
        ("p", Dense(units=1, use_bias=False), ["input"], {"weights": [["p_1", "p_2"]]}),
        ("q", Dense(units=1, use_bias=False), ["input"], {"weights": [["q_1", "q_2"]]}),
        ("s", Add(), ["p", "q"], {}),
        ("c", Concat(), ["s", "input"], {}),
    ]
    network = netsym.Network.of("branches", ["u", "v"], wires, ["out", "same", "too"])
    assert text(network) == "out = (p_1 + q_1)*u + (p_2 + q_2)*v\nsame = u\ntoo = v"
    check_against_sympy(network)


def check_against_sympy(network: netsym.Network) -> None:
    formula = expanded(network)
    ours, theirs = formula.sympy(), network.inlined.sympy()
    pairs = [(ours, theirs)] if len(network.output_names) == 1 else zip(ours, theirs, strict=True)
    for mine, their in pairs:
        assert sympy.simplify(sympy.expand(mine - their)) == 0
    assert netsym.compare(network, formula).verdict in ("structural", "identical")


LINEAR = cases(activations=("linear",), most_layers=4, most_units=3)


@random_examples(60)
@given(LINEAR)
def test_every_linear_network_is_the_same_multiplied_out(case: Case) -> None:
    formula = expanded(case.network)
    names = {name: case.values[name] for name in case.network.parameter_names()}
    for point in points_for(case):
        before = case.network(point, parameters=names)
        assert formula(point, parameters=names) == pytest.approx(before, rel=1e-9, abs=1e-9)


@random_examples(25)
@given(cases(activations=("linear",), most_layers=3, most_units=2, exact=False))
def test_it_is_identical_where_no_number_was_rounded(case: Case) -> None:
    numbers = [
        entry
        for placed in case.network.layers
        for parameter in placed.parameters.values()
        if parameter.entries is not None
        for entry in parameter.entries.flat
        if isinstance(entry, float)
    ]
    if all(number.is_integer() for number in numbers):
        assert netsym.compare(case.network, expanded(case.network)).exit_code == 0


# -- the forecast -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "shorthand", ["1-1", "3-1", "1-2-1", "2-3-2", "1-2-2-1", "2-2+-1", "3-3+-3+-2", "1-1-1-1-1"]
)
def test_the_forecast_is_exact_for_names(shorthand: str) -> None:
    network = netsym.parse(shorthand)
    nodes = expanded(network).size.nodes
    assert expanded(network, nodes).size.nodes == nodes
    with pytest.raises(TooLargeError, match=f"has {nodes} nodes, more than the limit of"):
        expanded(network, nodes - 1)


def test_a_deep_network_is_refused_before_it_is_multiplied_out() -> None:
    network = netsym.parse("4-" + "-".join(["64"] * 40) + "-2")
    coefficient = 1 + 64**40 * 42 + 2  # a sum of products of 41 weights, times the input
    bias = 1 + sum(64**layers * (layers + 2) for layers in range(1, 41)) + 1
    nodes = 2 * (1 + 4 * coefficient + bias)
    with pytest.raises(TooLargeError, match=f"the expanded form has {nodes:,} nodes "):
        expanded(network)


def test_a_deep_network_of_numbers_is_small() -> None:
    layers: list[Any] = [
        (Dense(units=8), {"weights": [[0.5] * 8] * 8, "bias": [0.0] * 8}) for _ in range(300)
    ]
    given = {"weights": [[1.0] * 8], "bias": [1.0]}
    with pytest.raises(SpecError, match="a number would be too large for float64"):
        expanded(chain(8, *layers, *layers, (Dense(units=1), given)))
    assert text(chain(8, *layers[:3], (Dense(units=1), given))).startswith("y = 64*x_1 + 64*x_2")


# -- what cannot be -----------------------------------------------------------------------------
def test_a_network_that_is_not_linear_is_told_where() -> None:
    with pytest.raises(
        SpecError,
        match=r"1-2tanh-1 is not linear: layer 1 has tanh, so there is no such formula; simplify "
        r"without it collapses what is linear",
    ):
        expanded(netsym.parse("1-2tanh-1"))
    layers: list[Any] = [(Dense(units=2), {}), (Dense(units=1, activation="relu"), {})]
    with pytest.raises(SpecError, match=r"layer 2 \(l2\) has relu"):
        expanded(chain(2, *layers))


def test_a_division_by_zero_is_told() -> None:
    for mean in ("m", 1.0):
        layer = (Standardize(), {"mean": [mean], "scale": [0.0]})
        with pytest.raises(SpecError, match="cannot be multiplied out: a division by zero"):
            expanded(chain(1, layer))


def test_without_a_limit() -> None:
    assert expanded(netsym.parse("2-20-20-1"), None).size.nodes < inf
