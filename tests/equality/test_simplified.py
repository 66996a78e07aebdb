"""The verdict on a network whose numbers were computed exactly and rounded once."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest

import netsym
from netsym.collapse.simplified import Simplified
from netsym.layers.dense import Dense
from netsym.ops.parameters import Parameter
from tests.networks import numeric


def moved(result: Simplified, key: str, ulps: int) -> Simplified:
    """The result with its first number a few ulps off."""
    placed = result.network.layers[0]
    entries = np.array(placed.parameters[key].entries)
    for _ in range(ulps):
        entries.flat[0] = np.nextafter(entries.flat[0], np.inf)
    parameters = {**placed.parameters, key: Parameter(placed.parameters[key].names, entries)}
    layers = (dataclasses.replace(placed, parameters=parameters), *result.network.layers[1:])
    return dataclasses.replace(result, network=dataclasses.replace(result.network, layers=layers))


@pytest.mark.parametrize("spec", ["1-2-1", "4-8-3", "2-3-3relu-2", "3-3-3tanh-3-3softmax"])
def test_rounding_once_is_within_error_with_a_bound(spec: str) -> None:
    network = numeric(spec)
    result = netsym.simplify(network)
    found = netsym.compare(network, result)
    assert found.verdict == "within-error"
    assert "rounded to float64 once" in found.because
    assert sum("wherever all inputs are within ±10" in reason for reason in found.evidence) == 1
    bound = found.numbers.bound
    assert bound is not None
    x = np.random.default_rng(1).uniform(-10, 10, (200, len(network.input_names)))
    largest = result.bound(x).max()
    assert 0 < largest <= bound
    assert largest >= bound / 100  # and it is no wild guess


@pytest.mark.parametrize("key", ["weights", "bias"])
def test_a_number_that_is_not_the_nearest_is_found(key: str) -> None:
    network = numeric("2-3-2")
    result = netsym.simplify(network)
    assert netsym.compare(network, moved(result, key, 0)).verdict == "within-error"
    off = netsym.compare(network, moved(result, key, 1))
    assert off.verdict == "undecided"
    assert "is not the exact one, rounded" in off.because


def test_a_wrong_collapse_is_different() -> None:
    network = numeric("2-3-2")
    result = netsym.simplify(network)
    weights = result.exact.layers[0].parameters["weights"]
    entries = np.array(weights.entries)
    entries[0, 0] += Fraction(1, 10**6)
    placed = result.exact.layers[0]
    wrong = dataclasses.replace(
        placed, parameters={**placed.parameters, "weights": Parameter(weights.names, entries)}
    )
    broken = dataclasses.replace(result, exact=dataclasses.replace(result.exact, layers=(wrong,)))
    found = netsym.compare(network, broken)
    assert found.verdict == "different"
    assert found.counterexample is not None


def test_numbers_that_are_exact_in_float64_are_not_rounded() -> None:
    network = netsym.parse("1-2-1").with_parameters(
        dict.fromkeys(netsym.parse("1-2-1").parameter_names(), 0.5)
    )
    found = netsym.compare(network, netsym.simplify(network))
    assert found.verdict == "identical"
    assert netsym.simplify(network).network.inlined.text(ascii=True) == "y = 0.5*x + 1"


def test_exact_results_are_identical() -> None:
    network = numeric("2-3-2")
    result = netsym.simplify(network, exact=True)
    assert not result.is_rounded
    assert netsym.compare(network, result).verdict == "identical"


def test_a_constant_by_a_function_is_rounded_by_proved_intervals() -> None:
    """A unit that no input reaches: sigmoid(0.3) becomes part of the next bias."""
    network = netsym.Network.of(
        "t", 1,
        [
            ("a", netsym.parse("1-2sigmoid").layers[0].layer, ["input"],
             {"weights": [[0.0], [1.5]], "bias": [0.3, -0.2]}),
            ("b", netsym.parse("2-1").layers[0].layer, ["a"],
             {"weights": [[2.0, 3.0]], "bias": [1.0]}),
        ],
    )  # fmt: skip
    result = netsym.simplify(network)
    assert result.network.parameter_count == 4
    bias = result.network.layers[1].parameters["bias"].entries
    assert bias is not None
    assert float(bias[0]) == pytest.approx(1 + 2 / (1 + np.exp(-0.3)), rel=1e-15)
    assert netsym.compare(network, result).verdict == "within-error"


def test_what_a_tolerance_changes_is_bounded() -> None:
    source = np.random.default_rng(2)
    weights = source.normal(size=(9, 2)) @ source.normal(size=(2, 9))
    weights += 1e-8 * source.normal(size=(9, 9))
    network = netsym.Network.of(
        "low", 9,
        [
            ("a", Dense(units=9, activation="tanh"), ["input"],
             {"weights": weights, "bias": source.normal(size=9)}),
            ("b", Dense(units=2), ["a"],
             {"weights": source.normal(size=(2, 9)), "bias": source.normal(size=2)}),
        ],
    )  # fmt: skip
    assert not netsym.simplify(network, factor=True).steps  # its exact rank is 9
    result = netsym.simplify(network, factor=1e-6)
    assert [layer.width for layer in result.network.layers] == [2, 9, 2]
    found = netsym.compare(network, result)
    assert found.verdict == "within-error"
    assert "up to a tolerance" in found.because
    bound = found.numbers.bound
    assert bound is not None
    x = source.uniform(-10, 10, (200, 9))
    assert 1e-10 < result.bound(x).max() <= bound


def test_a_split_that_is_no_split_is_not_excused() -> None:
    """The claim of the step is checked against the network that came out."""
    source = np.random.default_rng(2)
    low = source.normal(size=(9, 2)) @ source.normal(size=(2, 9)) + 1e-8
    network = netsym.Network.of(
        "low", 9, [("a", Dense(units=9, use_bias=False), ["input"], {"weights": low})]
    )
    result = netsym.simplify(network, factor=1e-6)
    last = result.exact.layers[-1]
    weights = last.parameters["weights"]
    wrong = Parameter(weights.names, np.asarray(weights.entries) * 1.5)
    layers = (result.exact.layers[0], dataclasses.replace(last, parameters={"weights": wrong}))
    broken = dataclasses.replace(result.exact, layers=layers)
    spoiled = dataclasses.replace(result, exact=broken, network=broken)
    assert netsym.compare(network, spoiled).verdict == "different"


@pytest.mark.parametrize("layer", [0, 1, 2])
def test_every_number_counts_rounded_or_not(layer: int) -> None:
    """A layer that simplify never touched is compared as well."""
    network = numeric("1-2-2relu-2tanh-1")
    result = netsym.simplify(network)
    assert len(result.network.layers) == 3
    placed = result.network.layers[layer]
    weights = placed.parameters["weights"]
    entries = np.array(weights.entries) * 3
    parameters = {**placed.parameters, "weights": Parameter(weights.names, entries)}
    layers = list(result.network.layers)
    layers[layer] = dataclasses.replace(placed, parameters=parameters)
    spoiled = dataclasses.replace(
        result, network=dataclasses.replace(result.network, layers=tuple(layers))
    )
    assert netsym.compare(network, spoiled).verdict == "undecided"


def test_bounds_hold_where_products_underflow() -> None:
    def dense(weights: list[list[float]], activation: str = "relu") -> Dense:
        return Dense(units=len(weights), use_bias=False, activation=activation)

    stack: list[tuple[list[list[float]], str]] = [
        ([[0.1], [0.7]], "linear"), ([[3e-200, 7e-200]], "relu"), ([[1e-200]], "relu"),
        ([[1e300]], "relu"), ([[1e300]], "relu"),
    ]  # fmt: skip
    names = ["input", "a", "b", "c", "d", "e"]
    network = netsym.Network.of(
        "tiny", 1,
        [(names[n + 1], dense(weights, activation), [names[n]], {"weights": weights})
         for n, (weights, activation) in enumerate(stack)],
    )  # fmt: skip
    result = netsym.simplify(network)
    found = netsym.compare(network, result)
    assert found.verdict == "within-error"
    assert found.numbers.bound is not None
    assert result.bound([[10.0], [-10.0]]).max() <= found.numbers.bound
