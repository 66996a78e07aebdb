"""Laws of the simplifier, on random networks of all layers, wired as graphs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise
from typing import Any

import mpmath
import numpy as np
import sympy
from hypothesis import HealthCheck, given

import netsym
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.layers.blocks import Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from tests.collapse.byhand import decimal, entries, exact, symbolic
from tests.effort import random_examples
from tests.networks import Case, cases, points_for, reference

QUICK: dict[str, Any] = {
    "suppress_health_check": [HealthCheck.too_slow, HealthCheck.filter_too_much],
}
SMOOTH = ("linear", "linear", "linear", "linear", "tanh", "sigmoid", "gelu", "softmax")
KINKED = ("linear", "linear", "linear", "relu", "leaky_relu", "hard_sigmoid", "elu")
PROVED = ("structural", "identical")


# -- the same function ----------------------------------------------------------------------------
@given(cases(activations=SMOOTH, redundant=True))
@random_examples(60, **QUICK)
def test_the_same_function_by_the_comparator(case: Case) -> None:
    result = simplify(case.network)
    assert netsym.compare(case.network, result.exact).verdict in PROVED


@given(cases(activations=SMOOTH, named=False, redundant=True))
@random_examples(40, **QUICK)
def test_the_same_function_by_the_comparator_in_numbers(case: Case) -> None:
    result = simplify(case.network)
    assert netsym.compare(case.network, result.exact).verdict in PROVED


@given(cases(activations=KINKED, most_layers=4, most_units=3, redundant=True))
@random_examples(15, **QUICK)
def test_the_same_function_by_the_comparator_with_kinks(case: Case) -> None:
    result = simplify(case.network)
    assert netsym.compare(case.network, result.exact).verdict in PROVED


@given(cases(activations=(*SMOOTH, *KINKED), redundant=True))
@random_examples(60, **QUICK)
def test_the_same_values_by_the_definition(case: Case) -> None:
    """To 40 digits, by two forward passes that are not the package's."""
    result = simplify(case.network)
    with mpmath.workdps(40):
        for point in points_for(case):
            expected = reference(case, point)
            found = decimal(result.exact, point, case.values)
            for one, other in zip(found, expected.outputs, strict=True):
                assert abs(one - other.value) <= mpmath.mpf(10) ** -25 * max(1, expected.largest)


@given(cases(activations=("linear",), most_layers=4, most_units=3, redundant=True))
@random_examples(40, **QUICK)
def test_the_same_entries_by_sympy(case: Case) -> None:
    result = simplify(case.network)
    for one, other in zip(symbolic(case.network), symbolic(result.exact), strict=True):
        assert one == other or sympy.together(one - other).expand().simplify() == 0


# -- never more, and never again ------------------------------------------------------------------
def test_a_name_in_two_places_is_two_entries_of_the_cost() -> None:
    """Merged with the skip, q stands beside q + 1: the matrix keeps its 4 entries."""
    wires: list[Wire] = [
        ("a", Dense(units=2, activation="tanh"), ["input"], {}),
        (
            "end",
            Dense(units=2, use_bias=False, skip=True),
            ["a"],
            {"weights": [[1, 2], ["q", "q"]]},
        ),
    ]
    network = Network.of("n", ["x"], wires)
    assert network.parameter_count == 2 + 2 + 3
    (step,) = simplify(network).steps
    assert [cost.parameters for cost in step.cost] == [8, 8]


def test_a_bias_that_is_zero_only_when_it_is_multiplied_out_costs_all_the_same() -> None:
    """Failed once: with random numbers -1*b + b was 0, so one layer was thought to have no bias."""
    wires: list[Wire] = [
        ("a", Scale(use_bias=True), ["input"], {}),
        ("b", Dense(units=1, use_bias=False, skip=True), ["a"], {}),
        ("zero", Dense(units=1, use_bias=False, skip=True), ["b"], {"weights": [[-1.0]]}),
        ("c", Dense(units=1, use_bias=False, skip=True), ["input"], {}),
        ("end", Concat(), ["zero", "c"], {}),
    ]
    result = simplify(Network.of("n", ["x"], wires))
    assert [cost.parameters for cost in result.cost] == [5, 3]
    assert any("would take more of parameters" in place.because for place in result.blocked)


@given(cases(activations=(*SMOOTH, *KINKED), redundant=True))
@random_examples(100, **QUICK)
def test_cost_never_grows_and_it_ends_where_nothing_is_left(case: Case) -> None:
    result = simplify(case.network)
    costs = [result.cost[0], *(step.cost[1] for step in result.steps)]
    for before, after in pairwise(costs):
        assert after.parameters <= before.parameters
        assert after.operations <= before.operations
    assert result.cost[1] == costs[-1]
    again = simplify(result.exact)
    assert not again.steps, again.steps[0].found.words
    assert not result.stopped
    assert len(result.steps) <= 40 * len(case.wires)


@given(cases(activations=(*SMOOTH, *KINKED), redundant=True))
@random_examples(60, **QUICK)
def test_rounding_leaves_nothing_to_collapse(case: Case) -> None:
    """Numbers that were different may be rounded to equal ones: then units may still go."""
    again = simplify(simplify(case.network).network)
    assert not {step.rule.__name__ for step in again.steps} & {"compose", "join"}


@given(cases(activations=(*SMOOTH, *KINKED), redundant=True, most_layers=7))
@random_examples(100, **QUICK)
def test_no_two_affine_layers_in_a_row_unless_it_said_why(case: Case) -> None:
    result = simplify(case.network)
    said = [set(place.layers) for place in result.blocked]
    for one, other in affine_pairs(result.exact):
        assert any({one.number, other.number} <= layers for layers in said), (one, other)


@given(cases(activations=SMOOTH, redundant=True))
@random_examples(30, **QUICK)
def test_by_force_there_are_no_two_affine_layers_in_a_row(case: Case) -> None:
    result = simplify(case.network, force=True)
    assert netsym.compare(case.network, result.exact).verdict in PROVED
    assert not [pair for pair in affine_pairs(result.exact) if alone(result.exact, *pair)]
    assert not simplify(result.exact, force=True).steps


@given(cases(activations=(*SMOOTH, *KINKED), redundant=True, most_layers=4))
@random_examples(25, **QUICK)
def test_every_step_alone_keeps_the_function(case: Case) -> None:
    result = simplify(case.network)
    for number, step in enumerate(result.steps):
        some = simplify(case.network, steps=number)
        assert some.stopped
        assert [s.found.words for s in some.steps] == [s.found.words for s in result.steps[:number]]
        with mpmath.workdps(40):
            point = points_for(case)[2]
            before = decimal(step.before, point, case.values)
            after = decimal(step.after, point, case.values)
            largest = max(map(abs, before), default=1)
            for one, other in zip(before, after, strict=True):
                assert abs(one - other) <= mpmath.mpf(10) ** -25 * (1 + largest)


# -- numbers --------------------------------------------------------------------------------------
@given(cases(activations=(*SMOOTH, *KINKED), redundant=True, named=False))
@random_examples(60, **QUICK)
def test_every_number_is_the_float64_nearest_to_the_exact_one(case: Case) -> None:
    result = simplify(case.network)
    for one, other in zip(result.network.layers, result.exact.layers, strict=True):
        assert one.name == other.name
        assert one.layer == other.layer
        for key, parameter in one.parameters.items():
            pairs = zip(entries(parameter), entries(other.parameters[key]), strict=True)
            for found, expected in pairs:
                if isinstance(found, float):
                    assert is_nearest(found, expected)
                else:  # what was given as a fraction stays one
                    assert found == expected
    unrounded = simplify(case.network, exact=True)
    assert not unrounded.is_rounded
    if not result.is_rounded:
        for one, other in zip(result.network.layers, result.exact.layers, strict=True):
            for key, parameter in one.parameters.items():
                assert entries(parameter) == entries(other.parameters[key])


@given(cases(activations=("linear", "relu", "tanh"), named=False, redundant=True))
@random_examples(30, **QUICK)
def test_the_bound_holds(case: Case) -> None:
    result = simplify(case.network)
    points = points_for(case)
    bounds = result.bound(points)
    with mpmath.workdps(100):  # the bounds have 256 bits
        for point, bound in zip(points, bounds, strict=True):
            one = decimal(result.original, point, {})
            other = decimal(result.network, point, {})
            for left, right, most in zip(one, other, bound.tolist(), strict=True):
                assert abs(left - right) <= most + mpmath.mpf(10) ** -95
                assert most <= abs(left - right) * 1.0001 + mpmath.mpf(10) ** -40 * (1 + abs(left))


# -- what is shown --------------------------------------------------------------------------------
@given(cases(activations=(*SMOOTH, *KINKED), redundant=True))
@random_examples(60, **QUICK)
def test_reports_are_printed_and_forms_have_distinct_names(case: Case) -> None:
    result = simplify(case.network)
    text = str(result)
    assert text.count("step ") >= min(len(result.steps), 20)
    assert text.startswith("drawn: ")
    network = result.network
    assert len({placed.name for placed in network.layers}) == len(network.layers)
    names = Counter(binding.name for binding in network.layered.bindings)
    assert not [name for name, times in names.items() if times > 1]
    check_counts(result)


def check_counts(result: Simplified) -> None:
    """The cost counts entries; the network, the parameters: those of one name once."""
    for network, cost in zip((result.original, result.network), result.cost, strict=True):
        every = [e for placed in network.layers for p in placed.parameters.values()
                 for e in entries(p)]  # fmt: skip
        names = [entry for entry in every if isinstance(entry, sympy.Symbol)]
        count = len(every) - len(names) + len(set(names))
        assert cost.parameters == len(every)
        assert network.parameter_count == count


# -- by hand --------------------------------------------------------------------------------------
def affine_pairs(network: Network) -> Iterator[tuple[Placed, Placed]]:
    """A layer that ends in something affine, and one that reads it and begins so."""
    by_name = {placed.name: placed for placed in network.layers}
    for placed in network.layers:
        if not computes(placed):
            continue
        for source in placed.sources:
            before = by_name.get(source)
            if before is not None and computes(before) and ends_affine(before):
                yield before, placed


def computes(placed: Placed) -> bool:
    """Whether a layer begins with something affine that computes, rather than puts together."""
    linear = isinstance(placed.layer, Activation) and placed.layer.activation == "linear"
    return linear or isinstance(placed.layer, (Dense, Scale, Standardize, Dropout, Add))


def ends_affine(placed: Placed) -> bool:
    return (
        not isinstance(placed.layer, Dense)
        or placed.layer.activation == "linear"
        or placed.layer.skip
    )


def alone(network: Network, before: Placed, after: Placed) -> bool:
    """Whether one follows the other and nothing else is there."""
    readers = [p for p in network.layers if before.name in p.sources]
    plain = not (isinstance(before.layer, Dense) and before.layer.activation != "linear")
    return readers == [after] and len(after.sources) == 1 and plain


def is_nearest(found: float, expected: Any) -> bool:
    """Whether no other float64 is nearer; `expected` is exact."""
    if isinstance(expected, (float, Fraction)):
        return found == float(Fraction(expected))
    precise = exact(sympy.sympify(expected))
    if precise.is_Rational:
        return found == float(Fraction(int(precise.p), int(precise.q)))
    with mpmath.workdps(80):
        value = mpmath.mpf(sympy.Float(precise.evalf(90), 80)._mpf_)
        gap = abs(value - found)
        return all(gap <= abs(value - np.nextafter(found, end)) for end in (-np.inf, np.inf))


def test_these_checks_would_see_two_affine_layers() -> None:
    network = netsym.parse("2-3-2")
    assert [(a.number, b.number) for a, b in affine_pairs(network)] == [(1, 2)]
    relu = replace(network.layers[0], layer=Dense(units=3, activation="relu"))
    assert not list(affine_pairs(replace(network, layers=(relu, network.layers[1]))))
    assert is_nearest(0.1, Fraction(1, 10))
    assert not is_nearest(0.1, Fraction(0.1) + Fraction(1, 2**55))
    assert is_nearest(float(np.tanh(0.5)), sympy.tanh(sympy.Rational(1, 2)))
    assert not is_nearest(0.4621171572600098, sympy.tanh(sympy.Rational(1, 2)))
