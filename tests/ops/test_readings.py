"""Every operation in every reading, against NumPy, Fractions and counts by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym import ValueMissingError
from netsym.array_formula import ArrayFormula
from netsym.forms.form import bind
from netsym.formula import Formula
from netsym.graph.names import Names, literal
from netsym.ops import Place
from netsym.ops.counts.counts import Counts
from netsym.ops.counts.heights import Heights
from netsym.ops.counts.sizes import Sizes
from netsym.ops.matrix import Matrix
from netsym.ops.numeric import Numeric
from netsym.ops.parameters import Parameter
from netsym.ops.symbolic import Symbolic
from tests.effort import random_examples

X = [0.5, -1.5, 2.0]
W = [[1.0, 2.0, 3.0], [-0.5, 0.25, 4.0]]
B = [10.0, 20.0]
MIXED: list[Any] = ["p", 2.0, Fraction(1, 3)]
P = 0.75


def vector(ops: Any) -> Any:
    return ops.symbols(Names("x", None, (3,)))


def weights(ops: Any) -> Any:
    return ops.parameter(Parameter(Names("w", 1, (2, 3)), np.array(W)))


def bias(ops: Any) -> Any:
    return ops.parameter(Parameter(Names("b", 1, (2,)), np.array(B)))


def mixed(ops: Any) -> Any:
    return ops.parameter(Parameter(Names("w", 1, (3,)), np.array(MIXED, dtype=object)))


def dots(rows: list[list[float]], added: list[float]) -> list[float]:
    return [
        sum(w * x for w, x in zip(r, X, strict=True)) + b for r, b in zip(rows, added, strict=True)
    ]


def sigmoid(z: float) -> float:
    return 1 / (1 + math.exp(-z))


# What is read; its values by hand; nodes of every element and its height, by DESIGN.md's rules.
Row = tuple[str, Callable[[Any], Any], list[float], list[int], list[int]]
ROWS: list[Row] = [
    ("symbols", vector, X, [1, 1, 1], [0, 0, 0]),
    ("add", lambda o: o.add(vector(o), vector(o)), [2 * x for x in X], [3] * 3, [1] * 3),
    ("add many", lambda o: o.add(vector(o), o.constant(1), vector(o)),
     [2 * x + 1 for x in X], [4] * 3, [1] * 3),
    ("multiply", lambda o: o.multiply(o.constant(3), vector(o)),
     [3 * x for x in X], [3] * 3, [1] * 3),
    ("multiply many", lambda o: o.multiply(o.constant(3), vector(o), vector(o)),
     [3 * x * x for x in X], [4] * 3, [1] * 3),
    ("divide", lambda o: o.divide(o.constant(1), vector(o)), [1 / x for x in X], [3] * 3, [1] * 3),
    ("power", lambda o: o.power(vector(o), 3), [x**3 for x in X], [3] * 3, [1] * 3),
    ("negate", lambda o: o.negate(vector(o)), [-x for x in X], [2] * 3, [1] * 3),
    ("negate a number", lambda o: o.negate(o.constant(2.5)), [-2.5], [1], [0]),
    ("negate a fraction", lambda o: o.negate(o.constant(Fraction(1, 3))), [-1 / 3], [1], [0]),
    ("negate mixed", lambda o: o.negate(mixed(o)), [-P, -2.0, -1 / 3], [2, 1, 1], [1, 0, 0]),
    ("negate numbers", lambda o: o.negate(bias(o)), [-10.0, -20.0], [1, 1], [0, 0]),
    ("mixed", mixed, [P, 2.0, 1 / 3], [1, 1, 1], [0, 0, 0]),
    ("call", lambda o: o.call("tanh", vector(o)), [math.tanh(x) for x in X], [2] * 3, [1] * 3),
    ("call without operands", lambda o: o.call("pi"), [math.pi], [1], [0]),
    ("call of two", lambda o: o.call("max", o.constant(0), vector(o)),
     [0.5, 0, 2], [3] * 3, [1] * 3),
    ("contract", lambda o: o.contract(weights(o), vector(o), bias(o)), dots(W, B),
     [11] * 2, [2] * 2),
    ("contract without bias", lambda o: o.contract(weights(o), vector(o), None),
     dots(W, [0, 0]), [10] * 2, [2] * 2),
    ("total", lambda o: o.total(vector(o)), [1.0], [4], [1]),
    ("total of one", lambda o: o.total(o.symbols(Names("x"))), [0.25], [1], [0]),
    ("concatenate", lambda o: o.concatenate([vector(o), o.negate(vector(o))]),
     [*X, *(-x for x in X)], [1, 1, 1, 2, 2, 2], [0, 0, 0, 1, 1, 1]),
    ("apply", lambda o: o.apply("sigmoid", vector(o)), [sigmoid(x) for x in X], [2] * 3, [1] * 3),
    ("apply with a constant", lambda o: o.apply("elu", vector(o), 0.5),
     [x if x > 0 else 0.5 * math.expm1(x) for x in X], [3] * 3, [1] * 3),
    # exp(x)/(exp(x) + exp(y) + exp(z)): 1 + 2 + (1 + 3*2)
    ("softmax", lambda o: o.apply("softmax", vector(o)),
     [math.exp(x) / sum(map(math.exp, X)) for x in X], [10] * 3, [3] * 3),
]  # fmt: skip
IDS = [row[0] for row in ROWS]
VALUES = {f"x_{n}": x for n, x in enumerate(X, 1)} | {"x": 0.25, "p": P}


@pytest.mark.parametrize(("what", "read", "values", "nodes", "heights"), ROWS, ids=IDS)
def test_numeric(
    what: str, read: Callable[[Any], Any], values: list[float], nodes: Any, heights: Any
) -> None:
    found = np.asarray(read(Numeric(VALUES))).reshape(-1)
    assert found.tolist() == pytest.approx(values, rel=1e-15)


@pytest.mark.parametrize("expand", [False, True])
@pytest.mark.parametrize(("what", "read", "values", "nodes", "heights"), ROWS, ids=IDS)
def test_symbolic(
    what: str, read: Callable[[Any], Any], values: list[float], nodes: Any, heights: Any,
    expand: bool,
) -> None:  # fmt: skip
    ops = Symbolic(expand)
    ids = np.asarray(read(ops)).reshape(-1)
    assert ids.dtype == np.int32
    formula = Formula(ops.graph, np.empty(0, np.int32), bind(Names("r", None, (len(ids),)), ids))
    plan = formula._evaluation
    found = plan(np.empty((1, 0)), VALUES)[0]
    assert found.tolist() == pytest.approx(values, rel=1e-14)
    if not (expand and what.startswith("apply")):
        assert list(formula.size.per_output) == nodes
        assert formula.size.height == max(heights)


@pytest.mark.parametrize(("what", "read", "values", "nodes", "heights"), ROWS, ids=IDS)
def test_sizes_and_heights(
    what: str, read: Callable[[Any], Any], values: list[float], nodes: Any, heights: Any
) -> None:
    for layered in (False, True):
        counts = read(Sizes(layered))
        if not (layered and what == "softmax"):
            assert elements(counts) == nodes
        assert elements(read(Heights(layered)), np.maximum) == heights
    assert sum(elements(read(Sizes(False)))) == sum(nodes)


@pytest.mark.parametrize(
    ("function", "nodes", "bound"),
    [("sigmoid", 7, 0), ("relu", 3, 0), ("softplus", 5, 0), ("silu", 7, 0), ("gelu", 10, 0)],
)
def test_expanded_sizes_by_hand(function: str, nodes: int, bound: int) -> None:
    """sigmoid 1/(1 + exp(-x)); relu max(0, x); softplus log(1 + exp(x)); silu x/(1 + exp(-x));
    gelu 0.5*x*(1 + erf(x/sqrt(2)))."""
    ops = Sizes(False, expand=True)
    assert elements(ops.apply(function, ops.symbols(Names("x")))) == [nodes]
    assert sum(ops.bound) == bound


def test_an_expansion_that_repeats_its_operand_names_it() -> None:
    ops = Sizes(True, expand=True)
    x = ops.symbols(Names("x", None, (3,)))
    doubled = ops.add(x, x)
    silu = ops.apply("silu", doubled)
    assert elements(silu) == [7, 7, 7]  # z/(1 + exp(-z))
    assert ops.everything(silu) == 3 * 7 + 3 * 3
    plain = Sizes(True, expand=True)
    sigmoid = plain.apply("sigmoid", plain.add(x, x))
    assert elements(sigmoid) == [9, 9, 9]  # written once: not named
    assert plain.everything(sigmoid) == 3 * 9


def test_names_are_counted_once_and_are_leaves_from_then_on() -> None:
    ops = Sizes(True)
    x = ops.symbols(Names("x", None, (4,)))
    named = ops.name(ops.call("tanh", x), "a")
    again = ops.name(named, "a")  # what has a name is not bound again
    assert (elements(named), elements(again)) == ([1] * 4, [1] * 4)
    assert ops.everything(again) == 4 + 8
    plain = Sizes(False)
    plain_named = plain.name(plain.call("tanh", plain.symbols(Names("x"))), "a")
    assert (elements(plain_named), plain.everything(plain_named)) == ([2], 2)
    heights = Heights(True)
    high = heights.name(heights.call("tanh", heights.call("exp", heights.symbols(Names("x")))), "a")
    assert (elements(high, np.maximum), heights.everything(high)) == ([0], 2)


def test_symbolic_names() -> None:
    ops = Symbolic().at(Place(layer=3))
    x = vector(ops)
    named = ops.name(ops.call("tanh", x), "a")
    assert [ops.graph.symbol(int(n))[0].ascii(i) for i, n in enumerate(named)] == [
        "a3_1", "a3_2", "a3_3",
    ]  # fmt: skip
    assert ops.name(x, "a").tolist() == x.tolist()
    unnamed = Symbolic(named=False)
    values = unnamed.call("tanh", vector(unnamed))
    assert unnamed.name(values, "a") is values


def test_symbolic_keeps_the_order_of_the_network() -> None:
    """Weight, then activation, the bias last; 1 + exp(-z), never exp(-z) + 1."""
    ops = Symbolic(expand=True)
    read = ops.contract(weights(ops), vector(ops), bias(ops))
    ends = ops.apply("sigmoid", read)
    formula = netsym.Formula(ops.graph, np.empty(0, np.int32), bind(Names("y", None, (2,)), ends))
    assert formula.text(ascii=True).splitlines() == [
        "y_1 = 1/(1 + exp(-(1*x_1 + 2*x_2 + 3*x_3 + 10)))",
        "y_2 = 1/(1 + exp(-(-0.5*x_1 + 0.25*x_2 + 4*x_3 + 20)))",
    ]


def test_a_name_is_one_symbol_wherever_it_stands() -> None:
    ops = Symbolic()
    entries = np.array(["p", "q", "p"], dtype=object)
    ids = ops.parameter(Parameter(Names("w", 1, (3,)), entries))
    assert ids[0] == ids[2] != ids[1]


def test_numeric_parameters() -> None:
    named = Parameter(Names("w", 1, (1, 2)))
    assert Numeric({"w1_1_1": 2, "w1_1_2": 3.0}).parameter(named).tolist() == [[2.0, 3.0]]
    with pytest.raises(ValueMissingError, match=r"^no value for w1_1_2: it is a name"):
        Numeric({"w1_1_1": 2.0}).parameter(named)
    numbers = Parameter(Names("w", 1, (2,)), np.array([1.0, -0.0]))
    assert [str(v) for v in Numeric().parameter(numbers)] == ["1.0", "-0.0"]
    assert Numeric().name(np.ones(2), "a").tolist() == [1.0, 1.0]


# -- counts of many shapes ----------------------------------------------------------------------
@st.composite
def counts(draw: Callable[[Any], Any], shape: tuple[int, ...]) -> tuple[Counts, Any]:
    """Counts with any axes kept at length 1, and the whole array that they stand for."""
    kept = tuple(draw(st.sampled_from([1, n])) for n in shape)
    size = math.prod(kept)
    flat = draw(st.lists(st.integers(0, 50), min_size=size, max_size=size))
    values = np.empty(kept, dtype=object)
    values.flat[:] = flat
    counts = Counts(shape, 0, (values,)) if size > 1 else Counts(shape, values.item())
    return counts, np.broadcast_to(values, shape)


def elements(counts: Counts, join: Callable[[Any, Any], Any] = np.add) -> list[int]:
    """Every count, of the parts together."""
    return [int(count) for count in np.broadcast_to(counts.whole(join), counts.shape).flat]


@random_examples(150)
@given(st.data())
def test_counts_that_keep_few_values_stand_for_all(data: st.DataObject) -> None:
    rows, columns = data.draw(st.integers(1, 3)), data.draw(st.integers(1, 4))
    matrix, whole = data.draw(counts((rows, columns)))
    row, whole_row = data.draw(counts((columns,)))
    column, whole_column = data.draw(counts((rows,)))
    ops = Sizes(False)
    assert elements(matrix) == list(whole.flat)
    assert ops.sum_of(matrix) == sum(whole.flat)
    summed = ops.add(matrix, row)
    assert elements(summed) == list((whole + whole_row + 1).flat)
    assert summed.shape == (rows, columns)
    together = ops.contract(matrix, row, column)
    products = (whole + whole_row + 1).sum(axis=1) + whole_column + 1
    assert elements(together) == list(products)
    ends = ops.total(matrix)
    assert ends.shape == (rows, 1)
    assert elements(ends) == list(whole.sum(axis=1) + (columns > 1))
    joined = ops.concatenate([row, row])
    assert elements(joined) == [*whole_row, *whole_row]

    heights = Heights(False)
    assert elements(heights.add(matrix, row), np.maximum) == list(
        (np.maximum(whole, whole_row) + 1).flat
    )
    inside = np.maximum(whole, whole_row).max(axis=1) + 1
    high = np.maximum(inside, whole_column) + 1
    assert elements(heights.contract(matrix, row, column), np.maximum) == list(high)


# -- matrices -----------------------------------------------------------------------------------
def matrix_text(read: Callable[[Any], Any]) -> str:
    ops = Matrix().at(Place(layer=1, shapes=((3,),)))
    end = np.asarray(read(ops)).reshape(-1)
    form = ArrayFormula(ops.graph, np.empty(0, np.int32), bind(Names("y"), end))
    return form.text(ascii=True)


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (lambda o: o.contract(weights(o), vector(o), bias(o)), "W1 @ x + b1"),
        (lambda o: o.contract(weights(o), vector(o), None), "W1 @ x"),
        (lambda o: o.apply("tanh", vector(o)), "tanh(x)"),
        (lambda o: o.apply("softmax", vector(o)), "softmax(x)"),
        (lambda o: o.apply("elu", vector(o), 0.5), "elu(x, 0.5)"),
        (lambda o: o.add(vector(o), bias(o)), "x + b1"),
        (lambda o: o.divide(vector(o), bias(o)), "x/b1"),
    ],
)
def test_matrix(read: Callable[[Any], Any], text: str) -> None:
    assert matrix_text(read) == f"y = {text}"


def test_matrix_shapes() -> None:
    ops = Matrix()
    vector(ops), weights(ops), bias(ops), ops.symbols(literal("u", "v"))
    assert [(names.ascii(0), shape) for names, shape in ops.shapes] == [
        ("x", (3,)), ("W1", (2, 3)), ("b1", (2,)),
    ]  # fmt: skip
