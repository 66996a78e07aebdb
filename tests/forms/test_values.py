"""Values: every form, its Python text and the forward pass, against mpmath at 40 digits.

The tolerance is not a guess: `reference` carries a bound on what float64 may lose on the way (see
`tests/networks.py`), so formulas that cancel get room and others do not.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

import mpmath
import numpy as np
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st

import netsym
from netsym import SpecError, ValueMissingError
from netsym.forms import values as module
from netsym.forms.values import product
from netsym.formula import Formula
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.graph.plan import Contraction, Gather, Plain
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.path import network_of
from tests.code.networks import NETWORKS
from tests.effort import random_examples
from tests.networks import (
    ACTIVATIONS,
    Case,
    Value,
    activated,
    cases,
    numeric,
    points_for,
    reference,
)

SHORTHANDS = (
    "3-4relu-1",
    "2-3silu-3gelu-2",
    "4-8tanh-8tanh-3",
    "2-3softmax",
    "3-3gaussian-2mish",
    "2-5celu-3elu-2",
)
FORMS = ("layered", "shared", "inlined")


def check(found: Sequence[float], expected: Sequence[Value]) -> None:
    assert len(found) == len(expected)
    for got, value in zip(found, expected, strict=True):
        assert abs(mpmath.mpf(float(got)) - value.value) <= value.error, (got, value)


def executed(formula: Formula, **options: Any) -> Callable[..., Any]:
    """The function that the Python text defines."""
    scope: dict[str, Any] = {}
    exec(formula.python(**options), scope)
    return scope["f"]


@random_examples(120)
@given(cases())
def test_the_forward_pass_is_the_definition(case: Case) -> None:
    points = points_for(case)
    together = np.reshape(case.network(np.array(points), parameters=case.values), (len(points), -1))
    for point, row in zip(points, together, strict=True):
        expected = reference(case, point).outputs
        check(row, expected)
        check(np.atleast_1d(case.network(*point, parameters=case.values)), expected)


@random_examples(80)
@given(cases(), st.sampled_from(FORMS), st.booleans())
def test_every_form_has_the_values_of_the_network(case: Case, form: str, expand: bool) -> None:
    formula = case.network.formula(form, expand)
    points = points_for(case, seed=1)
    expected = [reference(case, point) for point in points]
    assume(max(e.largest for e in expected) < 600)  # exp of more than 709 is infinite
    found = np.reshape(formula(np.array(points), parameters=case.values), (len(points), -1))
    for row, one in zip(found, expected, strict=True):
        check(row, one.outputs)


@random_examples(60)
@given(cases(most_layers=4, most_units=3), st.sampled_from(FORMS), st.booleans())
def test_the_python_text_has_the_values_of_the_network(case: Case, form: str, expand: bool) -> None:
    formula = case.network.formula(form, expand)
    assume(formula.size.nodes < 20_000)
    function = executed(formula)
    wanted = function.__kwdefaults__ or {}
    assert wanted == {}
    used = {
        name: case.values[name] for name in function.__code__.co_varnames if name in case.values
    }
    for point in points_for(case, seed=2):
        expected = reference(case, point)
        assume(expected.largest < 600)
        found = function(*point, **used)
        check(found if isinstance(found, tuple) else (found,), expected.outputs)


@random_examples(40)
@given(cases(most_layers=3), st.sampled_from(FORMS))
def test_one_output_has_its_value(case: Case, form: str) -> None:
    formula = case.network.formula(form)
    point = points_for(case, seed=3)[-1]
    expected = reference(case, point)
    assume(expected.largest < 600)
    for position, value in enumerate(expected.outputs):
        one = formula.output(position + 1)
        check([one(*point, parameters=case.values)], [value])


# -- activations far from zero ----------------------------------------------------------------
FAR = [-1000.0, -800.0, -40.0, -8.0, -1e-8, -0.0, 0.0, 1e-300, 1e-8, 0.5, 8.0, 40.0, 800.0, 1000.0]


@pytest.mark.parametrize("alpha", [None, 0.3])
@pytest.mark.parametrize("name", [name for name in ACTIVATIONS if name != "softmax"])
def test_activations_far_from_zero(name: str, alpha: float | None) -> None:
    alpha = alpha if name in ("leaky_relu", "elu") else None
    layer = Activation(activation=name, alpha=alpha)
    network = netsym.Network.of("far", 1, [("a", layer, ["input"], {})])
    with mpmath.workdps(40):
        points = [Value(mpmath.mpf(z), mpmath.mpf(0)) for z in FAR]
        expected = activated(name, alpha, points)
    check(network(FAR), expected)
    check([network(z) for z in FAR], expected)
    check(network.inlined(FAR), expected)
    function = executed(network.inlined)
    check([function(z) for z in FAR], expected)
    assert np.isfinite(network(FAR)).all()


@pytest.mark.parametrize("name", ["elu", "gelu", "sigmoid", "silu", "softplus"])
def test_expanded_activations_where_exp_is_finite(name: str) -> None:
    network = netsym.Network.of("far", 1, [("a", Activation(activation=name), ["input"], {})])
    formula = network.formula("inlined", expand=True)
    near = [z for z in FAR if abs(z) < 700]
    with mpmath.workdps(40):
        expected = activated(name, None, [Value(mpmath.mpf(z), mpmath.mpf(0)) for z in near])
    check(formula(near), expected)
    function = executed(formula)
    check([function(z) for z in near], expected)


@pytest.mark.parametrize("name", ["sigmoid", "softplus", "silu", "elu"])
def test_small_values_keep_their_digits(name: str) -> None:
    """The numerically stable evaluation is accurate relative to the value, far down too."""
    network = netsym.Network.of("far", 1, [("a", Activation(activation=name), ["input"], {})])
    points = [-700.0, -300.0, -40.0, -1.0, -1e-9, 1e-9, 1.0]
    with mpmath.workdps(40):
        expected = activated(name, None, [Value(mpmath.mpf(z), mpmath.mpf(0)) for z in points])
    function = executed(network.inlined)
    for found in (network(points), network.inlined(points), [function(z) for z in points]):
        for got, value in zip(found, expected, strict=True):
            assert abs(mpmath.mpf(float(got)) / value.value - 1) < 1e-14


def test_functions_beyond_activations_agree_with_math() -> None:
    x = sympy.Symbol("x")
    names = ["sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "erf", "exp", "log", "sqrt"]
    formula = netsym.from_sympy([getattr(sympy, name)(x) for name in names] + [sympy.pi * x])
    point = 0.7
    with mpmath.workdps(40):
        exact = [getattr(mpmath, name)(mpmath.mpf(point)) for name in names]
        exact.append(mpmath.pi * mpmath.mpf(point))
        for found in (formula(point), executed(formula)(point)):
            for got, value in zip(found, exact, strict=True):
                assert abs(float(got) / value - 1) < 1e-15


def test_max_min_and_abs_take_many_operands() -> None:
    x, y, z = sympy.symbols("x y z")
    formula = netsym.from_sympy([sympy.Max(x, y, z), sympy.Min(x, y, z), sympy.Abs(x)])
    assert formula(-3.0, 1.0, 2.0).tolist() == [2.0, -3.0, 3.0]
    assert executed(formula)(-3.0, 1.0, 2.0) == (2.0, -3.0, 3.0)
    assert formula(np.array([-3.0, 5.0]), 1.0, 2.0).tolist() == [[2, -3, 3], [5, 1, 5]]


# -- shapes of points ---------------------------------------------------------------------------
def affine(inputs: int, units: int) -> Any:
    """w[i][j] = 10**i + j, bias i: easy to compute in plain Python."""
    weights = [[float(10**i + j) for j in range(inputs)] for i in range(units)]
    bias = [float(i) for i in range(units)]
    given = {"weights": weights, "bias": bias}
    return netsym.Network.of("affine", inputs, [("d", Dense(units=units), ["input"], given)])


def by_hand(point: Sequence[float], units: int) -> list[float]:
    return [sum((10**i + j) * x for j, x in enumerate(point)) + i for i in range(units)]


def callables(network: Any) -> list[Callable[..., Any]]:
    return [network, network.layered, network.shared, network.inlined]


def test_one_input_takes_arrays_of_any_shape() -> None:
    for call in callables(affine(1, 1)):
        assert call(2.0) == 2.0
        assert isinstance(call(2.0), float)
        for shape in [(1,), (3,), (3, 1), (1, 3), (2, 1, 2), (0,), (2, 0)]:
            x = np.arange(np.prod(shape, dtype=int), dtype=float).reshape(shape)
            found = call(x)
            points = shape[:-1] if len(shape) > 1 and shape[-1] == 1 else shape
            assert found.shape == points
            assert found.tolist() == x.reshape(points).tolist()
        assert call([1, 2]).tolist() == [1.0, 2.0]


def test_several_outputs_are_the_last_axis() -> None:
    for call in callables(affine(1, 2)):
        assert call(2.0).tolist() == by_hand([2.0], 2)
        assert call([[2.0, 3.0]]).tolist() == [[by_hand([2.0], 2), by_hand([3.0], 2)]]
        assert call(np.empty((0,))).shape == (0, 2)


def test_several_inputs_by_themselves_or_as_one_array() -> None:
    rows = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0], [-1.0, 0.5, 2.0], [0.0, 0.0, 0.0]]
    expected = [by_hand(row, 2) for row in rows]
    for call in callables(affine(3, 2)):
        assert call(np.array(rows)).tolist() == expected
        assert call(*np.array(rows).T).tolist() == expected
        assert call(rows[0]).tolist() == expected[0]
        assert call(*rows[0]).tolist() == expected[0]
        assert call(np.array(rows).reshape(2, 2, 3)).shape == (2, 2, 2)
        assert call(np.empty((0, 3))).shape == (0, 2)
    for call in callables(affine(3, 1)):
        assert call(rows).tolist() == [row[0] for row in expected]
        assert call(1, 2, 3) == expected[0][0]
        # numbers and arrays broadcast
        assert call(1.0, np.array([[2.0], [5.0]]), np.array([3.0, 6.0])).shape == (2, 2)
        assert call(1.0, np.array([2.0, 2.0]), 3)[1] == expected[0][0]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (
            (1.0, 2.0),
            "this takes 3 inputs, but 2 were given; pass 3 values, or one array whose last "
            "axis has length 3",
        ),
        (
            ([1.0, 2.0],),
            "this takes 3 inputs, but an array of shape (2,) was given; pass 3 values, or one "
            "array whose last axis has length 3",
        ),
        ((1.0,), "an array of shape () was given"),
        ((np.zeros((3, 2)),), "an array of shape (3, 2) was given"),
        ((), "this takes 3 inputs, but 0 were given"),
        (([1, 2], [1, 2, 3], 1), "inputs of shapes (2,), (3,), () do not fit together"),
        (("one", 1, 2), "inputs must be numbers or arrays of numbers"),
        (([[1], [1, 2]], 1, 2), "inputs must be numbers or arrays of numbers"),
        ((None, {}, 2), "inputs must be numbers or arrays of numbers"),
    ],
)
def test_points_that_do_not_fit(given: tuple[Any, ...], message: str) -> None:
    for call in callables(affine(3, 1)):
        with pytest.raises(SpecError) as caught:
            call(*given)
        assert message.replace(" was given", "") in str(caught.value).replace(" was given", "")


def test_no_inputs_at_all() -> None:
    """A constant is a formula too."""
    two = netsym.from_sympy(sympy.Integer(2))
    assert two() == 2.0
    x = sympy.Symbol("x")
    assert netsym.from_sympy(x + 2, inputs=[])(parameters={"x": 1.0}) == 3.0


def test_the_result_is_not_the_argument() -> None:
    """Changing the result must not change what was passed in."""
    network = netsym.Network.of("same", 2, [("a", Activation(), ["input"], {})])
    for call in callables(network):
        x = np.array([[1.0, 2.0], [3.0, 4.0]])
        y = call(x)
        y[0, 0] = 77.0
        assert x[0, 0] == 1.0


# -- names without numbers ----------------------------------------------------------------------
def test_names_without_values() -> None:
    network = netsym.parse("1-2-1:tanh")
    for call in callables(network):
        with pytest.raises(ValueMissingError) as caught:
            call(1.0)
        assert str(caught.value).startswith("no value for w1_1_1, w1_2_1")
        assert "these are names, not numbers" in str(caught.value)
        assert "pass parameters={'w1_1_1': 0.5, …}" in str(caught.value)
    given = {name: 1.0 for name in network.parameter_names() if name != "b2_1"}
    for call in callables(network):
        with pytest.raises(ValueMissingError, match="no value for b2_1: it is a name"):
            call(1.0, parameters=given)


def test_many_names_without_values_are_counted() -> None:
    network = netsym.parse("3-4")
    with pytest.raises(ValueMissingError) as caught:
        network.inlined(1.0, 2.0, 3.0)
    assert "and 11 more" in str(caught.value)  # 12 weights and 4 biases, 5 are listed


def test_an_output_asks_only_for_its_own_names() -> None:
    network = netsym.parse("1-2")
    first = network.inlined.output(1)
    assert first(2.0, parameters={"w1_1_1": 3.0, "b1_1": 1.0}) == 7.0
    with pytest.raises(ValueMissingError, match="no value for w1_1_1, b1_1: "):
        first(2.0)


def test_an_output_whose_neighbours_are_deeper() -> None:
    """Nodes of one level and kind are one block, and only a part of it may be wanted."""
    x = sympy.Symbol("x")
    sin, cos, tan, exp = sympy.sin, sympy.cos, sympy.tan, sympy.exp
    both = netsym.from_sympy([exp(sin(sin(x))), exp(cos(tan(x)))])
    for position, expected in enumerate(both(0.5).tolist(), 1):
        assert both.output(position)(0.5) == expected
    with mpmath.workdps(20):
        assert abs(both(0.5)[1] - mpmath.exp(mpmath.cos(mpmath.tan(0.5)))) < 1e-15


# -- many points --------------------------------------------------------------------------------
@pytest.mark.parametrize("held", [1, 50, 10**9])
def test_points_in_chunks(held: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK_FLOATS", held)
    formula = affine(2, 2).inlined
    x = np.arange(202, dtype=float).reshape(101, 2)
    assert formula(x).tolist() == [by_hand(row, 2) for row in x.tolist()]


def test_more_points_than_one_chunk_holds() -> None:
    network = netsym.parse("2-3tanh-1")
    given = {name: 0.1 * n for n, name in enumerate(network.parameter_names(), 1)}
    x = np.linspace(-2, 2, 1_200_000).reshape(-1, 2)
    w = [given[name] for name in network.parameter_names()]
    hidden = np.tanh(x @ np.array([w[0:2], w[2:4], w[4:6]]).T + np.array(w[6:9]))
    expected = hidden @ np.array(w[9:12]) + w[12]
    found = network.inlined(x, parameters=given)
    assert found.shape == (600_000,)
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-14)
    np.testing.assert_allclose(network(x, parameters=given), expected, rtol=0, atol=1e-14)


def block_by_block(formula: Formula, x: Any) -> Any:
    """The values (points, outputs), where every block is computed by itself and stays."""
    plan, held = formula.plan, dict[int, Any]()

    def picked(gather: Gather) -> Any:
        parts = [(n, where, held[n][rows]) for n, where, rows in gather.parts]
        if parts[0][1] is None:
            return parts[0][2]
        values = np.empty((gather.length, max(part.shape[1] for _, _, part in parts)))
        for _, where, part in parts:
            values[where] = part
        return values

    for number in plan.kept:
        block, step = plan.graph.blocks[number], plan.steps.get(number)
        if step is None and isinstance(block.payload, Names):
            assert [plan.place[n] for n in range(block.start, block.stop)] == [*range(x.shape[1])]
            held[number] = x.T
        elif step is None:
            held[number] = np.array(block.payload, dtype=float).reshape(-1, 1)
        elif isinstance(step, Contraction):
            held[number] = product(held[step.holder][:, 0][step.rows], picked(step.right))
            for column in step.rest:
                held[number] = held[number] + picked(column)
        else:
            assert isinstance(step, Plain)
            function = module.ARITHMETIC.get(block.op) or FUNCTIONS[block.op].numpy
            made = function(*map(picked, step.columns))
            held[number] = made if step.columns else np.full((len(block), 1), made)
    values = picked(plan.outputs).T
    return np.broadcast_to(values, (len(x), values.shape[1]))


@pytest.mark.parametrize("count", [1, 3, 700])
@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("name", ["elementary", "hyperbolic", "piecewise", *SHORTHANDS])
def test_what_is_let_go_and_taken_together_changes_no_bit(
    name: str, form: str, expand: bool, count: int
) -> None:
    network = NETWORKS[name]() if name in NETWORKS else numeric(name)
    x = np.random.default_rng(8).normal(size=(count, len(network.input_names)))
    formula = network.formula(form, expand)
    with np.errstate(all="ignore"):
        right = block_by_block(formula, x)
    np.testing.assert_array_equal(np.reshape(formula(x), right.shape), right)


# -- sums of products that are recognised as matrix products -----------------------------------
@random_examples(60)
@given(st.data())
def test_sums_of_products_of_any_kind(data: st.DataObject) -> None:
    """Sums that look like a matrix product, or nearly: rows, columns and factors mixed."""
    x = list(sympy.symbols("x1:4", real=True))
    w = list(sympy.symbols("w1:5", real=True))
    atoms = [*x, *w, *(sympy.tanh(v) for v in x), *map(sympy.Integer, (2, 3))]
    width = data.draw(st.integers(1, 4))

    def row(_: int) -> Any:
        terms = [
            sympy.Mul(
                data.draw(st.sampled_from(atoms)), data.draw(st.sampled_from(atoms)), evaluate=False
            )
            for _ in range(width)
        ]
        extra = data.draw(st.lists(st.sampled_from(atoms), max_size=2))
        return sympy.Add(*terms, *extra, evaluate=False)

    rows = [row(n) for n in range(data.draw(st.integers(1, 3)))]
    formula = netsym.from_sympy(rows, inputs=[str(v) for v in x])
    point = {"x1": 0.5, "x2": -2.0, "x3": 3.0}
    weights = {"w1": 0.25, "w2": -1.5, "w3": 4.0, "w4": 0.1}
    exact = {name: Fraction(value) for name, value in (point | weights).items()}

    def value(expression: Any) -> float:
        if expression.is_Symbol:
            return float(exact[expression.name])
        if expression.is_Integer:
            return float(expression)
        if isinstance(expression, sympy.tanh):
            return float(mpmath.tanh(value(expression.args[0])))
        values = [value(argument) for argument in expression.args]
        if isinstance(expression, sympy.Mul):
            product = 1.0
            for factor in values:
                product *= factor
            return product
        return sum(values)

    used = {str(symbol) for expression in rows for symbol in expression.free_symbols}
    weights = {name: value for name, value in weights.items() if name in used}
    found = np.atleast_1d(formula(*point.values(), parameters=weights))
    np.testing.assert_allclose(found, [value(r) for r in rows], rtol=0, atol=1e-13)
    for position, expression in enumerate(rows, 1):
        one = formula.output(position)(*point.values(), parameters=weights)
        assert one == pytest.approx(value(expression), rel=0, abs=1e-13)


@pytest.mark.parametrize("layout", ["rows", "columns", "inside", "every other"])
@pytest.mark.parametrize("m, k, n", [(1, 1, 1), (1, 1, 4), (1, 3, 5), (8, 4, 1), (3, 8, 2)])
def test_a_product_has_the_bits_that_numpy_gives_it(layout: str, m: int, k: int, n: int) -> None:
    random = np.random.default_rng(m + 10 * k + 100 * n)
    whole = random.normal(size=(2 * k + 1, 2 * n))
    right = {
        "rows": whole[:k, :n].copy(),
        "columns": np.asfortranarray(whole[:k, :n]),
        "inside": np.asfortranarray(whole)[1 : k + 1, :n],
        "every other": whole[: 2 * k : 2, ::2],
    }[layout]
    for left in (random.normal(size=(m, k)), np.full((m, k), -0.0)):
        assert product(left, right).tobytes() == (left @ right).tobytes()
        assert product(right.T, left.T).tobytes() == (right.T @ left.T).tobytes()


@pytest.mark.parametrize("text", ["max(x, y, 1/2) + 2*x", "x*y", "3*x - y + 1", "pi*y^x"])
def test_no_points_have_no_values(text: str) -> None:
    formula = network_of(text, ["x", "y"]).inlined
    assert np.asarray(formula(np.empty((0, 2)))).shape == (0,)
    assert np.asarray(formula(np.empty((3, 0, 2)))).shape == (3, 0)


@pytest.mark.parametrize("name", [*NETWORKS])
def test_in_float32_every_value_is_single_and_near(name: str) -> None:
    network = NETWORKS[name]()
    x = np.random.default_rng(6).normal(size=(5, len(network.input_names)))
    for function in (network, network.layered, network.inlined):
        right = np.asarray(function(x))
        for points in (x, x.astype(np.float32)):
            found = function(points, dtype="float32")
            assert isinstance(found, np.ndarray)
            assert (found.dtype, found.shape) == (np.float32, right.shape)
            np.testing.assert_allclose(found, right, rtol=1e-4, atol=1e-4)
        again = pickle.loads(pickle.dumps(function))
        np.testing.assert_array_equal(again(x, dtype=np.float32), function(x, dtype="float32"))


def test_names_get_float32_numbers() -> None:
    network = netsym.parse("2-3tanh-2")
    at = {name: 0.1 * place for place, name in enumerate(network.parameter_names())}
    for function in (network, network.layered):
        found = function([[0.5, 1.0]], parameters=at, dtype="float32")
        assert isinstance(found, np.ndarray) and found.dtype == np.float32
        np.testing.assert_allclose(found, function([[0.5, 1.0]], parameters=at), rtol=1e-5)


@pytest.mark.parametrize("dtype", ["int32", "float16", "nonsense", object, ">f4"])
def test_other_kinds_of_numbers_are_refused(dtype: Any) -> None:
    network = netsym.parse("1-1").with_parameters({"w1_1_1": 1, "b1_1": 2})
    for function in (network, network.inlined):
        with pytest.raises(SpecError, match='in "float64" or "float32", not in'):
            function(0.5, dtype=dtype)
