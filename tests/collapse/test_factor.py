"""Layers of low rank in two: exact where the numbers are, and layers with names of their own."""

from __future__ import annotations

import re
from collections.abc import Sequence
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.collapse.simplification import simplify
from netsym.collapse.simplified import Simplified
from netsym.errors import SpecError
from netsym.layers.dense import Dense
from netsym.layers.merge import Add
from tests.effort import random_examples
from tests.networks import Case, cases

WHOLE = st.integers(-4, 4)
THIRDS = st.builds(Fraction, WHOLE, st.sampled_from([1, 2, 3]))


def dense(weights: Any, activation: str = "relu", **given: Any) -> netsym.Network:
    layer = Dense(units=len(weights), activation=activation)
    return netsym.Network.of("one", len(weights[0]), [("first", layer, ["input"],
                                                       {"weights": weights, **given})])  # fmt: skip


def weights(network: netsym.Network) -> list[Any]:
    return [placed.parameters["weights"].entries for placed in network.layers]


def low_rank(units: int, inputs: int, rank: int, seed: int = 0) -> np.ndarray:
    source = np.random.default_rng(seed)
    return source.normal(size=(units, rank)) @ source.normal(size=(rank, inputs))


@st.composite
def products(draw: Any, numbers: st.SearchStrategy[Any]) -> list[list[Any]]:
    rank, units, inputs = draw(st.integers(1, 2)), draw(st.integers(2, 6)), draw(st.integers(2, 6))
    left = [[draw(numbers) for _ in range(rank)] for _ in range(units)]
    right = [[draw(numbers) for _ in range(inputs)] for _ in range(rank)]
    return [[sum(row[k] * right[k][j] for k in range(rank)) for j in range(inputs)] for row in left]


@random_examples(60)
@given(products(THIRDS), st.booleans())
def test_a_product_of_fractions_is_split_exactly(given: list[list[Fraction]], force: bool) -> None:
    network = dense(given)
    result = simplify(network, factor=True, force=force)
    matrix = sympy.Matrix([[sympy.Rational(*e.as_integer_ratio()) for e in row] for row in given])
    rank, (units, inputs) = matrix.rank(), matrix.shape
    smaller = rank * (units + inputs) < units * inputs
    if not rank or not (smaller or (force and rank < min(units, inputs))):
        assert not result.steps
        return
    left, right = [np.array(w) for w in reversed(weights(result.network))]
    assert left.shape == (units, rank)
    assert right.shape == (rank, inputs)
    assert (left @ right == np.array(given)).all()
    assert not result.is_rounded
    assert netsym.compare(network, result.network).verdict == "identical"
    assert force or not simplify(result.network, factor=True).steps
    before, after = result.cost
    assert force or (after.parameters < before.parameters and after.operations < before.operations)


@random_examples(30)
@given(products(WHOLE))
def test_whole_numbers_as_float64_are_split_exactly_before_rounding(given: list[list[int]]) -> None:
    network = dense([[float(e) for e in row] for row in given])
    result = simplify(network, factor=True)
    if result.steps:
        left, right = [np.array(w) for w in reversed(weights(result.exact))]
        exact = [[Fraction(e) for e in row] for row in right.tolist()]
        assert (left.astype(int).astype(object) @ np.array(exact) == np.array(given)).all()
        assert left.dtype == np.float64
        assert netsym.compare(network, result.exact).verdict == "identical"
        assert netsym.compare(network, result).exit_code == 0


def test_what_the_report_says_of_an_exact_rank() -> None:
    network = dense([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]])
    result = simplify(network, factor=True)
    (step,) = result.steps
    assert step.pattern == "W x + b -> U (V x) + b"
    assert step.found.words == "layer 1 (first) has weights of rank 1: split in two"
    assert step.found.because == "W is 3x3 and has rank 1 over the rationals, so W = U V exactly"
    assert [w.tolist() for w in weights(result.network)] == [[[1, 2, 3]], [[1], [2], [3]]]
    assert not result.is_rounded
    assert (
        result.network.layered.text(ascii=True, headings=True)
        == """\
# layer 1: first, 1 unit, linear, then 3 units, relu
t1_1 = 1*x_1 + 2*x_2 + 3*x_3
y_1 = relu(1*t1_1 + b1_1)
y_2 = relu(2*t1_1 + b1_2)
y_3 = relu(3*t1_1 + b1_3)"""
    )
    assert "V^{[1]} x" in result.network.matrices.latex()


def test_a_float_that_is_a_hair_off_has_full_exact_rank() -> None:
    off = [[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0 + 2**-40]]
    assert not simplify(dense(off), factor=True).steps
    assert simplify(dense(off), factor=1e-9).steps


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_a_numerical_rank_is_that_of_the_tolerance(rank: int) -> None:
    noise = 1e-7 * np.random.default_rng(1).normal(size=(8, 9))
    matrix = low_rank(8, 9, rank) + noise
    network = dense(matrix, "linear")
    values = np.linalg.svd(matrix, compute_uv=False)
    assert not simplify(network, factor=1e-12).steps
    result = simplify(network, factor=1e-5)
    right, left = weights(result.network)
    assert right.shape == (rank, 9)
    assert np.linalg.norm(matrix - left @ right, 2) == pytest.approx(values[rank])
    (step,) = result.steps
    assert step.found.because == (
        f"with a tolerance of 1e-05 times the largest singular value, {values[0]:.6g}, W is 8x9 "
        f"and has rank {rank}; the next singular value is {values[rank]:.3g}, so W x changes by at "
        f"most about {values[rank]:.3g} times the length of x"
    )
    x = np.random.default_rng(2).normal(size=(20, 9))
    numbers = network.with_parameters({f"b1_{n}": 0.5 for n in range(1, 9)})
    bound = simplify(numbers, factor=1e-5).bound(x)
    limit = values[rank] * np.linalg.norm(x, axis=1) * (1 + 1e-6)
    assert (np.linalg.norm(bound, axis=1) <= limit).all()


@pytest.mark.parametrize("factor", [True, 0.5, 1e-9])
@pytest.mark.parametrize(
    "given",
    [
        None,  # names
        [["w_1", 2.0, 3.0], [2.0, 4.0, 6.0], [3.0, 6.0, 9.0]],
        [[0.0] * 4] * 4,
        [[1.0, 2.0]] * 2,  # 4 numbers become 4
        np.eye(5),
    ],
)
def test_what_is_left_alone(given: Any, factor: bool | float) -> None:
    network = netsym.parse("4-4:relu") if given is None else dense(given)
    assert not simplify(network, factor=factor).steps


def test_force_splits_what_does_not_get_smaller_and_stops() -> None:
    network = dense([[1.0, 2.0], [2.0, 4.0]])
    result = simplify(network, factor=True, force=True)
    assert [step.pattern for step in result.steps] == ["W x + b -> U (V x) + b"]
    assert len(result.network.layers) == 2


def test_a_part_goes_on_into_the_next_affine_layer() -> None:
    """A bottleneck that stays, and then the second part is composed with the layer behind it."""
    first = [[1.0] * 8, [2.0] * 8, [3.0] * 8]
    wires = [
        ("a", Dense(units=3), ["input"], {"weights": first}),
        ("b", Dense(units=8), ["a"], {"weights": np.arange(24.0).reshape(8, 3)}),
    ]
    network = netsym.Network.of("bottleneck", 8, wires)
    assert not simplify(network).steps
    result = simplify(network, factor=True)
    assert [p.width for p in result.network.layers] == [1, 8]
    assert netsym.compare(network, result).verdict == "identical"
    assert not simplify(result.network, factor=True).steps


@pytest.mark.parametrize("factor", [-1e-9, 1, 2.0, float("nan"), float("inf")])
def test_a_tolerance_is_a_share(factor: float) -> None:
    said = "factor is (nan|inf); give a finite number"
    if isfinite(factor):
        said = rf"the tolerance of factor is {re.escape(f'{factor:g}')}; give a share"
    with pytest.raises(SpecError, match=said):
        netsym.simplify(dense([[1.0]]), factor=factor)


def test_false_splits_nothing_and_zero_is_the_exact_rank() -> None:
    network = dense([[1.0, 2.0, 3.0]] * 3, "tanh")
    assert not netsym.simplify(network, factor=False).steps
    network = dense([[1.0, 2.0, 3.0], [2.0, 4.0, 6.0], [-1.0, -2.0, -3.0]], "tanh")
    assert len(netsym.simplify(network, factor=0.0).steps) == 1


# -- names of the parts -------------------------------------------------------------------------
def left_sides(network: netsym.Network, expand: bool = False) -> Sequence[str]:
    text = network.formula("layered", expand).text(ascii=True)
    return [line.split(" = ")[0] for line in text.splitlines()]


def assert_named_once(result: Simplified) -> None:
    for expand in (False, True):
        sides = left_sides(result.network, expand)
        assert len(sides) == len(set(sides))


TWICE = netsym.Network.of("skip around what was composed", 2, [
    ("p", Dense(units=2), ["input"], {}),
    ("q", Dense(units=2, activation="silu", skip=True), ["p"], {}),
    ("r", Dense(units=1), ["q"], {}),
])  # fmt: skip
JOINED = netsym.Network.of("branches before an activation", 2, [
    ("p", Dense(units=2, activation="relu"), ["input"], {}),
    ("q", Dense(units=2, activation="tanh"), ["input"], {}),
    ("p2", Dense(units=2), ["p"], {}),
    ("q2", Dense(units=2), ["q"], {}),
    ("s", Add(), ["p2", "q2"], {}),
    ("r", Dense(units=2, activation="silu"), ["s"], {}),
    ("y", Dense(units=1, activation="tanh"), ["r"], {}),
])  # fmt: skip
SPLIT = netsym.Network.of("low rank inside", 3, [
    ("p", Dense(units=4, activation="tanh"), ["input"], {}),
    ("q", Dense(units=4, activation="silu"), ["p"],
     {"weights": [[1.0, 2.0, 3.0, 4.0], [2.0, 4.0, 6.0, 8.0], [0.5, 1.0, 1.5, 2.0],
                  [-1.0, -2.0, -3.0, -4.0]]}),
    ("r", Dense(units=1), ["q"], {}),
])  # fmt: skip


@pytest.mark.parametrize("network", [TWICE, JOINED, SPLIT], ids=lambda network: network.title)
def test_every_value_of_the_layered_form_has_its_own_name(network: netsym.Network) -> None:
    result = simplify(network, factor=True)
    assert result.steps
    assert_named_once(result)
    numbers = [placed.number for placed in result.network.layers]
    assert len(set(numbers)) < len(numbers)  # a layer in parts: what this is about
    for text in (
        result.network.layered.text(ascii=True),
        result.network.layered.text(),
        result.network.layered.latex(),
        result.network.formula("layered", expand=True).text(ascii=True),
    ):
        assert netsym.compare(result.network, text).verdict in ("structural", "identical")
        assert netsym.compare(network, text).verdict == "identical"


def test_modules_of_parts_compose_to_the_whole() -> None:
    network = simplify(SPLIT, factor=True).network
    modules = network.modules()
    values: dict[str, list[Any]] = {"input": list(sympy.symbols("x_1:4", real=True))}
    for placed in network.layers:
        values[placed.name] = list(modules[placed.name](*values[placed.sources[0]]))
    (y,) = values[network.layers[-1].name]
    assert sympy.simplify(y - network.inlined.sympy()) == 0
    assert len({str(m.args[0]) for m in modules.values()}) == len(modules)


def test_a_name_that_was_given_is_not_taken_for_a_part() -> None:
    weights = SPLIT.layers[1].parameters["weights"].entries
    given = {"q": {"weights": weights}, "r": {"bias": ["t2_1"]}}
    wires = [(p.name, p.layer, p.sources, given.get(p.name, {})) for p in SPLIT.layers]
    network = netsym.Network.of("t is taken", 3, wires)
    result = simplify(network, factor=True)
    assert_named_once(result)
    assert "s2_1" in left_sides(result.network)
    assert netsym.compare(network, result.network.layered.text(ascii=True)).verdict == "identical"


@random_examples(25)
@given(cases(), st.booleans())
def test_names_are_distinct_whatever_was_simplified(case: Case, force: bool) -> None:
    result = simplify(case.network, factor=True, force=force)
    assert_named_once(result)
    text = result.network.layered.text(ascii=True)
    assert netsym.compare(result.network, text).exit_code in (0, 4)


@pytest.mark.parametrize("names", [("enc/dense", "enc/act"), ("a/1", "a"), ("x/0", "x/1")])
def test_layers_may_have_a_slash_in_their_names(names: tuple[str, str]) -> None:
    wires = [
        (names[0], Dense(units=2), ["input"], {}),
        (names[1], Dense(units=2, activation="tanh"), [names[0]], {}),
        ("end", Dense(units=1), [names[1]], {}),
    ]
    network = netsym.Network.of("slashes", 3, wires)
    assert netsym.compare(network, simplify(network).network).verdict == "identical"
