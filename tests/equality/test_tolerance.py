"""Tolerances: a proof for all of a box, a point beyond it, or neither; against points of NumPy."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.equality.comparison import compare
from tests.effort import many, random_examples
from tests.equality.test_verdict import random_network

HAT = "relu(x+1) - 2*relu(x) + relu(x-1)"
SPIKE = f"{HAT} + e^(-1000000*(x-7.3217)^2)"
AT = "1-abs(sign(x-0.123456789))"


def changed(net: netsym.Network, factor: float) -> netsym.Network:
    """The network with one weight times a factor."""
    placed = list(net.layers)
    weights = placed[0].parameters["weights"]
    entries = np.array(weights.entries)
    entries[0, 0] *= factor
    parameters = {**placed[0].parameters, "weights": dataclasses.replace(weights, stored=entries)}
    placed[0] = dataclasses.replace(placed[0], parameters=parameters)
    return dataclasses.replace(net, layers=tuple(placed))


# -- what is proved -------------------------------------------------------------------------------
#: Two texts, the terms, and the largest difference in the box, by hand.
WITHIN: list[tuple[str, str, dict[str, Any], float]] = [
    ("x", "x + 0.00001*x", {"tolerance": 1e-3}, 1e-4),
    ("x", "x + 0.00001*x", {"tolerance": 1e-4}, 1e-4),
    ("x", "x + 0.001", {"tolerance": 0.001}, 0.001),
    ("x", "x + 0.001*x", {"tolerance": 0.5, "box": (0, 20)}, 0.02),
    ("f(x, y) = x + y", "f(x, y) = x + 1.01*y", {"tolerance": 0.05, "box": ((-1, 1), (2, 3))},
     0.03),
    (HAT, f"{HAT} + 0.00001*x", {"tolerance": 0.001}, 1e-4),
    ("tanh(x)", "tanh(x) + 0.001", {"tolerance": 0.001}, 0.001),
    ("softplus(x)", "relu(x)", {"tolerance": 0.7}, float(np.log(2))),
    ("sin(x)", "x - x^3/6 + x^5/120", {"tolerance": 0.001, "box": (-1, 1)}, 1.96e-4),
    ("log(x)", "log(x) + 0.0001", {"tolerance": 1e-3, "where": "x > 0.01"}, 1e-4),
    ("log(x)", "log(x) + 0.0001", {"tolerance": 1e-3}, 1e-4),
    ("e^x", "e^x*(1+1e-9)", {"tolerance": 1e-6, "box": (-1, 1)}, 2.72e-9),
    ("sign(x)", "sign(x) + 0.001*tanh(x)", {"tolerance": 0.01}, 0.001),
    ("f(x) = w*x", "f(x) = w*x*1.0001", {"tolerance": 0.1, "where": "0 < w < 1"}, 0.001),
    ("atan(x)", "atan(x) + 0.01*x", {"tolerance": 0.2}, 0.1),
    ("1/(x^2 + 1)", "1.01/(x^2 + 1)", {"tolerance": 0.02}, 0.01),
    ("max(x, y, 1)", "max(x, y, 1) + 0.01*abs(x)", {"tolerance": 0.2}, 0.1),
]  # fmt: skip


@pytest.mark.parametrize(("one", "other", "terms", "largest"), WITHIN)
def test_what_is_within(one: str, other: str, terms: dict[str, Any], largest: float) -> None:
    found = compare(one, other, **terms)
    assert found.verdict == "within-error", found.report()
    assert found.numbers.bound is not None
    assert largest * (1 - 1e-9) <= found.numbers.bound <= terms["tolerance"]
    assert found.evidence[0].startswith("proved ")
    for words in ("within the tolerance of", "wherever"):
        assert words in found.because


def test_the_box_is_said() -> None:
    assert "wherever all inputs are within ±10" in compare("x", "x + 0.1", tolerance=0.2).because
    half = compare("x", "x + 0.1", tolerance=0.2, box=("-1/3", 2))
    assert "wherever -1/3 <= x <= 2" in half.because


def test_a_function_with_names_is_bounded_for_all_of_their_values() -> None:
    net = netsym.parse("1-1:sigmoid")
    assert compare(net, "x", tolerance=12).verdict == "within-error"
    assert compare(net, "2*x", tolerance=12).verdict == "different"
    assert compare(net, "x", tolerance=11).verdict == "undecided"  # 11 is the supremum


@pytest.mark.parametrize("widths", [[1, 20, 1], [10, 32, 32, 1], [784, 20, 10]][: many(3, 1)])
def test_networks_of_the_same_layers(widths: list[int]) -> None:
    net = random_network(widths, "relu", 3)
    found = compare(net, changed(net, 1.0001), tolerance=0.01)
    assert found.verdict == "within-error"
    x = np.random.default_rng(0).uniform(-10, 10, (200, widths[0]))
    gap = np.abs(net(x) - changed(net, 1.0001)(x)).max()
    assert found.numbers.bound is not None
    assert gap <= found.numbers.bound <= 0.01
    assert compare(net, changed(net, 1e6), tolerance=0.01).verdict == "different"


# -- what is beyond -------------------------------------------------------------------------------
BEYOND: list[tuple[str, str, dict[str, Any]]] = [
    (HAT, SPIKE, {"tolerance": 0.001}),
    ("x", "x + 0.00001*x", {"tolerance": 0.9999e-4}),
    ("e^x", "e^x*(1+1e-9)", {"tolerance": 1e-6}),
    ("sqrt(x^2 + 1)", "abs(x)", {"tolerance": 0.5}),
    ("sign(x)", "tanh(100000*x)", {"tolerance": 0.1}),
    (AT, "0", {"tolerance": 0.1}),
    ("w*x", "w*x*1.0001", {"tolerance": 0.1}),
    ("x", "x + e^(-1000000*(x-0.3217)^2)", {"tolerance": 0.001, "box": (0, 1)}),
]


@pytest.mark.parametrize(("one", "other", "terms"), BEYOND)
def test_what_is_beyond(one: str, other: str, terms: dict[str, Any]) -> None:
    found = compare(one, other, **terms)
    assert found.verdict == "different", found.report()
    assert f"more than {terms['tolerance']:g} apart" in found.because
    assert found.counterexample is not None
    values = [float(each.split(" ")[0]) for each in found.counterexample.to_json()["values"]]
    assert abs(values[0] - values[1]) > terms["tolerance"]


def test_what_is_outside_of_the_box_does_not_count() -> None:
    assert compare(HAT, SPIKE, tolerance=0.001, box=(-7, 7)).verdict == "within-error"
    assert compare("x^3", "x^3 + x^2", tolerance=1, box=("-1/2", "1/2")).verdict == "within-error"


def test_a_bias_that_grows_with_a_weight_is_no_small_difference() -> None:
    net = netsym.parse("1-1:sigmoid")
    found = compare(net, "σ(w1_1_1*x+b1_1)+0.0001*w1_1_1", tolerance=0.001)
    assert found.verdict == "different"


# -- what is neither ------------------------------------------------------------------------------
def test_what_is_not_proved_is_undecided() -> None:
    found = compare("sqrt(x^2 + 1)", "abs(x)", tolerance=1)  # exactly so far apart, at 0
    assert (found.verdict, found.exit_code) == ("undecided", 4)
    assert "neither proved to be within the tolerance" in found.because
    assert "which says nothing of other points" in found.evidence[0]


def test_what_is_defined_nowhere_is_not_within_anything() -> None:
    found = compare("log(-1 - x^2)", "x", tolerance=1)
    assert found.verdict == "undecided"
    assert "both are defined at none of the points" in found.evidence[0]
    assert compare("log(x)", "log(x) + 0.1", tolerance=1, box=(-3, -1)).verdict == "undecided"


def test_fewer_parts_than_it_takes_are_no_proof() -> None:
    one, other = "sin(5*x)", "sin(5*x) + 0.01*sin(x)^2"
    assert compare(one, other, tolerance=0.011).verdict == "within-error"
    assert compare(one, other, tolerance=0.011, budget=3).verdict == "undecided"


# -- the bound holds ------------------------------------------------------------------------------
PARTS = ["tanh(x)", "relu(x - 1/2)", "abs(x)", "sin(x)", "1/(1 + e^-x)", "x^2/50", "softplus(x)",
         "gelu(x)", "elu(x)", "max(x, 1)", "min(x, 0.3)", "sqrt(x^2 + 1)", "atan(x)", "sign(x)",
         "erf(x)", "e^(-x^2)", "x/(x^2 + 2)", "mish(x)", "hard_swish(x)", "cos(x)"]  # fmt: skip


@random_examples(30, few=3, deadline=None)
@given(
    st.lists(st.sampled_from(PARTS), min_size=1, max_size=3),
    st.sampled_from(PARTS),
    st.integers(1, 100),
)
def test_no_point_is_further_apart_than_the_bound(parts: list[str], more: str, share: int) -> None:
    one = " + ".join(parts)
    found = compare(one, f"{one} + {share}/1000*({more})", tolerance=0.25)
    x = np.linspace(-10, 10, 4001)[:, None]
    pair = [netsym.compare("0*x", side.graph).other.graph for side in (found.one, found.other)]
    gap = float(np.abs(pair[0](x) - pair[1](x)).max())
    if found.verdict == "within-error" and found.numbers.bound is not None:
        assert gap <= found.numbers.bound * (1 + 1e-9) <= 0.25 * (1 + 1e-9)
    elif gap > 0.2501:
        assert found.verdict == "different"


# -- boxes ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(("box", "words"), [
    ((3, 1), "the box goes from 3 to 1 in x; low must be below high"),
    (((0, 1), (0, 1)), r"a box is \(low, high\) for all inputs, or one such pair for each input"),
    ((0, "one"), "the box: x is 'one', which is no number"),
])  # fmt: skip
def test_what_is_no_box(box: Any, words: str) -> None:
    with pytest.raises(netsym.SpecError, match=words):
        compare("x", "x + 1", box=box)
