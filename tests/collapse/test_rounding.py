"""Numbers from float64 are computed exactly and rounded once, whatever steps led to them."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction as F
from typing import Any
from unittest.mock import patch

import mpmath
import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import netsym
from netsym.collapse import maps
from netsym.collapse.derivation import derivation
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.equality.rounded import rounding
from netsym.files.files import dumps, loads
from netsym.graph.copying import with_numbers
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale
from netsym.layers.merge import Add
from netsym.layers.normalisation import BatchNorm
from netsym.network.network import Network
from netsym.ops.fixed_point import FixedPoint
from netsym.ops.parameters import Parameter, derived
from tests.benchmarks.networks import numeric
from tests.collapse.byhand import array, forward
from tests.collapse.test_rules import Wire, dense, net
from tests.effort import random_examples
from tests.networks import Case, cases, points_for

QUICK: dict[str, Any] = {
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
}
AFFINE = ("linear",)
ACTIVATIONS = ("linear", "linear", "linear", "relu", "tanh", "softmax")
WAYS = st.fixed_dictionaries(
    {
        "steps": st.sampled_from([None, None, 1, 2, 3]),
        "force": st.booleans(),
        "factor": st.sampled_from([False, True]),
    }
)


def numbers_in(parameter: Parameter) -> Iterator[float | F]:
    """Every number that a parameter holds, in formulas too."""
    if parameter.formula is not None:
        for block, rows in parameter.formula.graph.walk(parameter.formula.mask):
            if block.op == "constant":
                yield from (block.number(row) for row in rows.tolist())
    elif parameter.entries is not None:
        entries = parameter.entries.reshape(-1).tolist()
        yield from (entry for entry in entries if isinstance(entry, (float, F)))


def all_numbers(network: Network) -> list[float | F]:
    parameters = (p for placed in network.layers for p in placed.parameters.values())
    return [number for parameter in parameters for number in numbers_in(parameter)]


def left_exact(network: Network) -> list[F]:
    """The fractions that are no whole numbers: as those count, they are no rounding errors."""
    return [n for n in all_numbers(network) if isinstance(n, F) and n.denominator > 1]


def linear(name: str, alpha: float | None, z: list[Any]) -> list[Any]:
    assert (name, alpha) == ("linear", None)
    return z


# -- every order of steps -------------------------------------------------------------------------
#: In fractions where numbers are few, or all of them digit by digit.
DIGITS = st.sampled_from([maps.MANY, 0])


@given(cases(ACTIVATIONS, named=False, exact=False, redundant=True, most_layers=6), WAYS, DIGITS)
@random_examples(150, **QUICK)
def test_floats_stay_floats(case: Case, ways: dict[str, Any], many: int) -> None:
    with patch.object(maps, "MANY", many):
        result = simplify(case.network, **ways)
    assert not left_exact(result.network)
    for one, other in zip(result.network.layers, result.exact.layers, strict=True):
        for key, parameter in one.parameters.items():
            for found, exact in zip(
                numbers_in(parameter), numbers_in(other.parameters[key]), strict=False
            ):
                if other.parameters[key].formula is None:
                    assert found == float(exact)  # Fraction to float is correctly rounded


@given(cases(ACTIVATIONS, exact=False, redundant=True, most_layers=6), WAYS)
@random_examples(150, **QUICK)
def test_floats_stay_floats_beside_names(case: Case, ways: dict[str, Any]) -> None:
    assert not left_exact(simplify(case.network, **ways).network)


@given(cases(AFFINE, named=False, redundant=True, most_layers=5), WAYS, DIGITS)
@random_examples(80, **QUICK)
def test_what_is_rounded_was_exact(case: Case, ways: dict[str, Any], many: int) -> None:
    """By fractions alone, on both sides."""
    with patch.object(maps, "MANY", many):
        result = simplify(case.network, **ways)
    for point in points_for(case):
        x = [F(value) for value in point]
        assert forward(case.network, x, F, linear) == forward(result.exact, x, F, linear)
        exact = simplify(case.network, exact=True, **ways).network
        assert forward(case.network, x, F, linear) == forward(exact, x, F, linear)


@given(cases(AFFINE, named=False, exact=False, redundant=True, most_layers=5), DIGITS)
@random_examples(80, **QUICK)
def test_one_layer_has_the_nearest_numbers(case: Case, many: int) -> None:
    """Its numbers are those of the network at zero and along every axis, by fractions."""
    with patch.object(maps, "MANY", many):
        network = simplify(case.network).network
    placed = network.layers[0]
    if len(network.layers) > 1 or not isinstance(placed.layer, Dense):
        return
    width = len(network.input_names)
    origin = forward(case.network, [F(0)] * width, F, linear)
    axes = [[F(place == axis) for place in range(width)] for axis in range(width)]
    columns = [forward(case.network, axis, F, linear) for axis in axes]
    weights = [
        [float(y - at) for y, at in zip(row, [start] * width, strict=True)]
        for row, start in zip(zip(*columns, strict=True), origin, strict=True)
    ]
    assert array(placed.parameters["weights"], float) == weights
    bias = placed.parameters.get("bias")
    assert (array(bias, float) if bias else [0.0] * len(origin)) == list(map(float, origin))


def test_many_numbers_are_multiplied_digit_by_digit(monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes of it, and what is said of it, is the same as by fractions."""
    network = numeric("20-40-40-9")
    by_digits = simplify(network)
    (placed,) = by_digits.exact.layers
    assert all(isinstance(p.stored, FixedPoint) for p in placed.parameters.values())
    said = netsym.compare(network, by_digits).found
    monkeypatch.setattr(maps, "MANY", math.inf)
    by_fractions = simplify(network)

    def made(result: Simplified) -> tuple[Network, Network]:
        return result.network, result.exact

    for one, other in zip(made(by_digits), made(by_fractions), strict=True):
        assert one.layers[0].parameters == other.layers[0].parameters
        assert one.sizes() == other.sizes()
    assert said.name == "within-error"
    assert said == netsym.compare(network, by_fractions).found


@given(cases(ACTIVATIONS, redundant=True, most_layers=5), WAYS)
@random_examples(60, **QUICK)
def test_what_is_saved_is_read_back(case: Case, ways: dict[str, Any]) -> None:
    wires = [  # a file has no spaces in names
        (name.replace(" ", "_"), layer, [source.replace(" ", "_") for source in sources], given)
        for name, layer, sources, given in case.wires
    ]
    outputs = case.network.output_names.literal
    network = simplify(
        Network.of("drawn", case.network.input_names.all(), wires, outputs), **ways
    ).network
    again = loads(dumps(network))
    assert dumps(again) == dumps(network)
    assert netsym.compare(network, again).verdict in ("structural", "identical")


@given(cases(("linear", "relu"), redundant=True, most_layers=5), WAYS)
@random_examples(40, **QUICK)
def test_the_rounding_is_judged(case: Case, ways: dict[str, Any]) -> None:
    result = simplify(case.network, **ways)
    assert rounding(result.exact, result.network) is not None
    assert netsym.compare(case.network, result).verdict in (
        "structural",
        "identical",
        "within-error",
    )


# -- by hand --------------------------------------------------------------------------------------
def scale(name: str, source: str, weights: list[Any]) -> Wire:
    return (name, Scale(use_bias=False), [source], {"weights": weights})


def relu(name: str, source: str) -> Wire:
    return (name, Activation(activation="relu"), [source], {})


def entries_of(result: Simplified, layer: int, key: str) -> list[Any]:
    parameter = result.network.layers[layer].parameters[key]
    assert parameter.entries is not None
    return list(parameter.entries.reshape(-1).tolist())


def test_units_that_composing_made_equal() -> None:
    """Composed, then merged: what was left of the first was once a fraction of 50 digits."""
    network = net(
        2,
        dense("a", "input", [[0.3, 0.1], [0.6, 0.2]], [0.9, 1.8]),
        scale("b", "a", [0.7, 0.35]),
        relu("r", "b"),
        dense("c", "r", [[0.3, 0.6]], [0.1]),
    )
    result = simplify(network)
    assert [step.rule.__name__ for step in result.steps] == ["compose", "merge_equal"]
    assert entries_of(result, 0, "weights") == [float(F(0.7) * F(w)) for w in (0.3, 0.1)]
    assert entries_of(result, 0, "bias") == [float(F(0.7) * F(0.9))]
    assert entries_of(result, 2, "weights") == [float(F(0.3) + F(0.6))]
    exact = simplify(network, exact=True)
    assert entries_of(exact, 0, "bias") == [F(0.7) * F(0.9)]


def test_the_middle_of_two_floats_is_rounded_to_the_even_one() -> None:
    """Failed once: beside a name, 1e-300 times 20/3 was rounded to the odd one, and not judged."""
    network = net(
        1,
        dense("a", "input", [[1.0], [0.0]]),
        scale("b", "a", [F(20, 3), "q"]),
        dense("c", "b", [[1e-300, 0.0], ["q", 0.0]]),
    )
    result = simplify(network)
    (number,) = {number for number in all_numbers(result.network) if number not in (0, F(20, 3))}
    exact = F(1e-300) * F(20, 3)
    assert abs(F(number) - exact) * 2 == F(math.ulp(number)) and number == float(exact)
    assert rounding(result.exact, result.network) is not None
    assert netsym.compare(network, result).verdict == "within-error"


def test_both_parts_of_a_layer_that_was_composed_and_split() -> None:
    rank_one = [[0.1 * 2**n, 0.3 * 2**n, 0.7 * 2**n, 0.9 * 2**n] for n in range(4)]
    network = net(
        4,
        scale("s", "input", [0.1, 0.3, 0.7, 0.9]),
        dense("w", "s", rank_one, [0.1, 0.2, 0.3, 0.4]),
        relu("r", "w"),
        dense("o", "r", [[0.1, 0.2, 0.3, 0.4]]),
    )
    result = simplify(network, factor=True)
    assert [step.rule.__name__ for step in result.steps] == ["compose", "factor"]
    assert not left_exact(result.network)
    assert left_exact(simplify(network, factor=True, exact=True).network)
    first, second = result.network.layers[:2]
    u, v = (array(p.parameters["weights"], F) for p in (second, first))
    for row, n in zip(u, range(4), strict=True):
        for w, s, right in zip((0.1, 0.3, 0.7, 0.9), (0.1, 0.3, 0.7, 0.9), v[0], strict=True):
            exact = F(w * 2**n) * F(s)
            assert abs(row[0] * right - exact) <= exact * F(2) ** -51
    assert array(second.parameters["bias"], float) == [0.1, 0.2, 0.3, 0.4]


def test_a_fraction_that_was_given_stays_beside_floats() -> None:
    """Leaving out a unit changes no number, and so rounds none that was given exactly."""
    network = net(
        1,
        dense("a", "input", [[0.1], [0.2], [0.3]], activation="tanh"),
        dense("b", "a", [[F(1, 3), 0.0, 0.7], [F(2, 7), 0.0, 0.1]], [F(1, 7), 0.5]),
    )
    result = simplify(network)
    assert entries_of(result, 1, "weights") == [F(1, 3), 0.7, F(2, 7), 0.1]
    assert entries_of(result, 1, "bias") == [F(1, 7), 0.5]
    assert netsym.compare(network, result).verdict == "identical"
    products = net(1, dense("a", "input", [[F(1, 3)], [0.1]]), dense("b", "a", [[0.1, F(1, 7)]]))
    assert entries_of(simplify(products), 0, "weights") == [float(F(0.1) / 3 + F(0.1) / 7)]


def test_numbers_in_formulas_of_names_are_rounded() -> None:
    """Exact results of floats met names in a later step, and stayed as they were."""
    network = net(
        1,
        dense("a", "input", [[0.1], [0.3], ["u"]], [0.7, 0.2, 0.1]),
        dense("b", "a", [[0.1, 0.3, 0.0], [0.2, 0.9, 0.0]], [0.1, 0.3]),
        relu("r", "b"),
        dense("c", "r", [["p", "2*q"]], [F(1, 3)]),
        scale("d", "c", [0.1]),
    )
    for steps in range(1, 5):
        assert set(left_exact(simplify(network, steps=steps).network)) <= {F(1, 3)}
    result = simplify(network)
    assert entries_of(result, 0, "weights") == [
        float(F(a) * F(0.1) + F(b) * F(0.3)) for a, b in ((0.1, 0.3), (0.2, 0.9))
    ]
    assert entries_of(result, 2, "bias") == [float(F(0.1) / 3)]  # its weights have names
    found = netsym.compare(network, result)
    assert found.verdict == "within-error"
    assert "rounded to float64 once" in found.because
    assert netsym.compare(network, simplify(network, exact=True)).verdict == "identical"


def test_an_entry_without_names_is_a_number() -> None:
    network = net(
        2,
        dense("a", "input", [[0.1, "w"], [0.3, 0.7]], ["p", 0.2]),
        dense("b", "a", [[0.1, 0.3]], [0.5]),
    )
    result = simplify(network)
    texts = dumps(result.network)
    number = float(F(0.1) * F(0.1) + F(0.3) * F(0.3))
    assert f'[{number!r}, "0.1*w + 0.3*0.7"]' in texts
    found = netsym.compare(network, result)
    assert found.verdict == "within-error"
    # of exact numbers and names nothing is rounded
    exact = net(
        2,
        dense("a", "input", [[F(1, 3), F(2, 7)]], ["p"]),
        dense("b", "a", [[F(1, 7)]], [F(1, 3)]),
    )
    result = simplify(exact)
    assert entries_of(result, 0, "weights") == [F(1, 21), F(2, 49)]
    assert not result.is_rounded


def test_values_of_functions_beside_names() -> None:
    """The square root in batch normalisation is no fraction, and no number of 50 digits either."""
    given = {
        "gamma": [0.7, "g"], "beta": [0.1, 0.3], "mean": [0.2, 0.4], "variance": [0.3, 0.9],
    }  # fmt: skip
    network = net(2, ("n", BatchNorm(eps=0.001), ["input"], given), scale("s", "n", [0.3, 0.1]))
    result = simplify(network)
    parameter = result.network.layers[0].parameters["weights"]
    with mpmath.workdps(60):
        exact = mpmath.mpf(0.7) * mpmath.mpf(0.3) / mpmath.sqrt(mpmath.mpf(0.3) + 0.001)
        assert f"[{float(exact)!r}, " in dumps(result.network)
    assert parameter.formula is not None  # as the other entry has a name
    assert netsym.compare(network, result).verdict == "within-error"


def test_sums_of_whole_numbers_are_exact() -> None:
    """What only the wiring counts comes from no float64."""
    network = net(1, ("a", Add(), ["input", "input"], {}), ("b", Add(), ["a", "a"], {}))
    result = simplify(network, force=True)
    assert entries_of(result, 0, "weights") == [F(4)]
    assert not result.is_rounded


def test_derivations_have_no_long_fractions() -> None:
    """They show numbers within formulas as short as those of a matrix."""
    network = net(
        2,
        dense("a", "input", [[0.1, 0.2], ["p", 0.7]], [0.1, 0.2]),
        dense("b", "a", [[0.1, 0.0], [0.3, 0.0]], [0.1, 0.2]),
        dense("c", "b", [["r", "2*q"], [0.5, F(1, 3)]]),
    )
    text = derivation(simplify(network))
    assert r"0.3 \cdot 0.1" in text
    assert r"\tfrac{1}{3}" in text
    assert "36028797018963968" not in text


# -- the judge of rounding ------------------------------------------------------------------------
def mixed() -> Simplified:
    return simplify(
        net(
            2,
            dense("a", "input", [[0.1, 0.2], ["p", 0.7]], [0.1, 0.2]),
            dense("b", "a", [[0.1, 0.0], [0.3, 0.0]], [0.1, 0.2]),
            dense("c", "b", [["r", "2*q"], [0.5, F(1, 3)]]),
        )
    )


def with_parameter(network: Network, key: str, parameter: Parameter) -> Network:
    placed = network.layers[0]
    changed = replace(placed, parameters={**placed.parameters, key: parameter})
    return replace(network, layers=(changed, *network.layers[1:]))


def test_a_number_in_a_formula_that_is_not_the_rounded_one() -> None:
    result = mixed()
    parameter = result.network.layers[0].parameters["weights"]
    assert parameter.formula is not None
    old, nodes = parameter.formula.graph, parameter.formula.ends
    assert rounding(result.exact, result.network)
    for name, value in (("r", F(1)), ("q", F(0.1))):  # other formulas
        graph, ends = with_numbers(old, nodes, {name: value})
        other = derived(parameter.names, graph, ends.reshape(parameter.shape))
        assert rounding(result.exact, with_parameter(result.network, "weights", other)) is None
    exact = result.exact.layers[0].parameters["weights"]
    assert exact.formula is not None
    for ulps, found in ((0, True), (1, False), (-1, False)):

        def off(number: F, ulps: int = ulps) -> float:
            value = float(number)
            return value + ulps * float(np.spacing(value))

        graph, ends = with_numbers(exact.formula.graph, exact.formula.ends, {}, off)
        ends = ends.copy()
        ends[2:] = [graph.number_id(n) for n in last_row(parameter)]
        other = derived(parameter.names, graph, ends.reshape(parameter.shape))
        judged = rounding(result.exact, with_parameter(result.network, "weights", other))
        assert (judged is not None) is found


def last_row(parameter: Parameter) -> list[float]:
    assert parameter.formula is not None
    graph = parameter.formula.graph
    return [float(graph.number(node)) for node in parameter.formula.ends[2:].tolist()]


@pytest.mark.parametrize("factor", [1 + 2.0**-50, 1 - 2.0**-50, 2.0, -1.0])
def test_an_entry_that_is_not_the_rounded_one(factor: float) -> None:
    result = mixed()
    parameter = result.network.layers[0].parameters["weights"]
    assert parameter.formula is not None
    graph, ends = with_numbers(parameter.formula.graph, parameter.formula.ends, {})
    ends = ends.copy()
    ends[3] = graph.constant(last_row(parameter)[1] * factor)
    other = derived(parameter.names, graph, ends.reshape(parameter.shape))
    assert rounding(result.exact, with_parameter(result.network, "weights", other)) is None
