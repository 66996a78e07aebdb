"""Forms: what is bound, in which order, and that nothing is written twice that should not be."""

from __future__ import annotations

import ast
import math
import sys
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

import netsym
from netsym import SpecError, TooLargeError
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.layers.merge import Add, Concat
from tests.effort import heavy, many, random_examples
from tests.forms.test_sizes import Counting
from tests.networks import Case, cases, numbers_for

CONSTANTS = {"pi"}


def equations(formula: Any) -> list[tuple[str, ast.expr]]:
    """The equations of the ASCII text, read by Python's own parser."""
    text = formula.text(ascii=True, max_nodes=None)
    pairs = [line.split(" = ", 1) for line in text.splitlines()]
    return [(left, ast.parse(right, mode="eval").body) for left, right in pairs]


def names_in(expression: ast.expr) -> set[str]:
    called = {id(n.func) for n in ast.walk(expression) if isinstance(n, ast.Call)}
    names = (n for n in ast.walk(expression) if isinstance(n, ast.Name) and id(n) not in called)
    return {name.id for name in names} - CONSTANTS


@random_examples(100)
@given(cases(), st.sampled_from(["layered", "shared", "inlined"]), st.booleans())
def test_names_are_bound_once_and_before_they_are_used(case: Case, form: str, expand: bool) -> None:
    formula = case.network.formula(form, expand)
    assume(formula.size.nodes < 5_000)
    free = {*case.inputs, *case.values}
    known = set(free)
    lines = equations(formula)
    for name, right in lines:
        assert names_in(right) <= known
        assert name not in known
        known.add(name)
    outputs = len(formula.outputs)
    assert [name for name, _ in lines[-outputs:]] == case.network.output_names.all()
    bound = [name for name, _ in lines[:-outputs]]
    assert bound == [binding.name for binding in formula.bindings]
    used = set().union(*(names_in(right) for _, right in lines))
    assert set(bound) <= used  # nothing is bound in vain
    if form == "inlined":
        assert bound == []
        assert used <= free


@random_examples(80)
@given(cases(exact=False), st.booleans())
def test_the_shared_form_writes_nothing_twice(case: Case, expand: bool) -> None:
    """Every value used more than once has a name, and every name is used more than once."""
    formula = case.network.formula("shared", expand)
    assume(formula.size.nodes < 5_000)
    written: Counter[str] = Counter()
    uses: Counter[str] = Counter()
    for line in formula.text(ascii=True).splitlines():
        counting = Counting(line.partition(" = ")[2], {})
        counting.whole()
        written += counting.written
        uses.update(counting.tokens)
    repeated = [text for text, times in written.items() if times > 1]
    assert repeated == []
    for binding in formula.bindings:
        assert uses[binding.name] > 1


@random_examples(60)
@given(cases(), st.booleans())
def test_the_layered_form_binds_what_layers_name(case: Case, expand: bool) -> None:
    formula = case.network.formula("layered", expand)
    for binding in formula.bindings:
        letter, layer = binding.name[0], int(binding.name[1:].split("_")[0])
        assert letter in "az"
        assert 1 <= layer <= len(case.wires)
        if letter == "z":
            assert expand or case.wires[layer - 1][1].activation == "softmax"
    order = [int(binding.name[1:].split("_")[0]) for binding in formula.bindings]
    assert order == sorted(order)


def test_1_2_1_in_every_form() -> None:
    network = netsym.parse("1-2-1:sigmoid")
    assert network.layered.text(ascii=True).splitlines() == [
        "a1_1 = sigmoid(w1_1_1*x + b1_1)",
        "a1_2 = sigmoid(w1_2_1*x + b1_2)",
        "y = sigmoid(w2_1_1*a1_1 + w2_1_2*a1_2 + b2_1)",
    ]
    inlined = (
        "y = sigmoid(w2_1_1*sigmoid(w1_1_1*x + b1_1) + w2_1_2*sigmoid(w1_2_1*x + b1_2) + b2_1)"
    )
    assert network.inlined.text(ascii=True) == inlined
    assert network.shared.text(ascii=True) == inlined  # nothing is used twice


def test_the_shared_form_of_1_2_1_1() -> None:
    network = netsym.parse("1-1-2-1:tanh")
    assert network.shared.text(ascii=True).splitlines() == [
        "t_1 = tanh(w1_1_1*x + b1_1)",
        "y = tanh(w3_1_1*tanh(w2_1_1*t_1 + b2_1) + w3_1_2*tanh(w2_2_1*t_1 + b2_2) + b3_1)",
    ]


def test_equal_values_with_two_names_are_one_in_the_shared_form() -> None:
    twin = {"weights": [[2.0]], "bias": [1.0]}
    wires = [
        ("p", Dense(units=1, activation="tanh"), ["input"], twin),
        ("q", Dense(units=1, activation="tanh"), ["input"], twin),
        ("o", Add(), ["p", "q"], {}),
    ]
    network = netsym.Network.of("twins", 1, wires)
    expected = ["t_1 = tanh(2*x + 1)", "y = t_1 + t_1"]
    assert network.shared.text(ascii=True).splitlines() == expected
    assert network.layered.text(ascii=True).splitlines() == [
        "a1_1 = tanh(2*x + 1)", "a2_1 = tanh(2*x + 1)", "y = a1_1 + a2_1",
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["t_1", "t_9", "t", "t_x"])
def test_names_in_the_shared_form_are_not_taken(name: str) -> None:
    """Whatever a person calls inputs, outputs and parameters, bindings have other names."""
    hidden = ("h", Dense(units=1, activation="tanh"), ["input"], {"weights": [[name]]})
    last = ("o", Dense(units=2), ["h"], {})
    for network in (
        netsym.Network.of("parameter", 1, [hidden, last]),
        netsym.Network.of("input", [name], [("h", *hidden[1:3], {}), last]),
        netsym.Network.of("output", 1, [("h", *hidden[1:3], {}), last], [name, "other"]),
        netsym.Network.of("function", 1, [("h", *hidden[1:3], {}), last], function=name),
    ):
        names = [left for left, _ in equations_or_calls(network.shared)]
        given = {name, *network.input_names.all(), *network.parameter_names()}
        assert len(names) == len(set(names)) == 3
        assert names[0] not in given


def equations_or_calls(formula: Any) -> list[tuple[str, str]]:
    lines = formula.text(ascii=True).splitlines()
    return [tuple(line.split(" = ", 1)) for line in lines]


def executed(formula: Any) -> Callable[..., Any]:
    scope: dict[str, Any] = {}
    exec(formula.python(max_nodes=None), scope)
    return scope["f"]


@pytest.mark.parametrize("names", [["t1", "t2"], ["s1", "t1"], ["t3", "u1"]])
@pytest.mark.parametrize("depth", [13, 15, 30, 60])
def test_names_that_keep_python_shallow_are_not_taken(names: list[str], depth: int) -> None:
    """A deep expression is written in pieces, t1, t2, …; an output may be called t1."""
    numbers = {"weights": [[0.9]], "bias": [0.4]}
    wires: list[Any] = [
        (f"l{n}", Dense(units=1, activation="tanh"), [f"l{n - 1}" if n else "input"], numbers)
        for n in range(depth)
    ]
    last = {"weights": [[-3.0], [2.0]], "bias": [0.0, 0.0]}
    wires.append(("o", Dense(units=2), [f"l{depth - 1}"], last))
    network = netsym.Network.of("deep", 1, wires, names)
    value = 0.3
    for _ in range(depth):
        value = math.tanh(0.9 * value + 0.4)
    for form in ("layered", "shared", "inlined"):
        found = executed(network.formula(form))(0.3)
        assert found == pytest.approx((-3 * value, 2 * value), rel=1e-12)


# -- one output ---------------------------------------------------------------------------------
def test_one_output_by_name_or_number() -> None:
    formula = netsym.parse("1-2-3:tanh").inlined
    assert [output.name for output in formula.output("y").outputs] == ["y_1", "y_2", "y_3"]
    with pytest.raises(SpecError, match=r"no output y\[4\]: y has 3, counted from 1"):
        formula.output("y[4]")
    for which in (2, "2", "y_2", "y[2]"):
        assert [output.name for output in formula.output(which).outputs] == ["y_2"]
    assert formula.output(2).text(ascii=True) == formula.text(ascii=True).splitlines()[1]
    named = netsym.Network.of("named", 1, [("d", Dense(units=2), ["input"], {})], ["left", "right"])
    assert named.layered.output("right").text(ascii=True) == "right = w1_2_1*x + b1_2"
    assert named.layered.output(1).text(ascii=True) == "left = w1_1_1*x + b1_1"
    assert named.output_positions("right") == range(1, 2)


@pytest.mark.parametrize("which", [0, 4, -1, "y_4", "Y_1", "", "1.0", "²", "z"])
def test_no_such_output(which: int | str) -> None:
    network = netsym.parse("1-2-3:tanh")
    for ask in (network.inlined.output, network.layered.output, network.output_positions):
        with pytest.raises(SpecError) as caught:
            ask(which)
        message = f"no output {str(which)!r}: give a number from 1 to 3, or a name; "
        assert str(caught.value).startswith(message)


def test_one_output_keeps_only_its_bindings() -> None:
    wires = [
        ("p", Dense(units=1, activation="tanh"), ["input"], {}),
        ("q", Dense(units=1, activation="relu"), ["input"], {}),
        ("both", Concat(), ["p", "q"], {}),
        ("o", Activation(activation="tanh"), ["both"], {}),
    ]
    network = netsym.Network.of("two", 1, wires)
    assert network.layered.output(2).text(ascii=True).splitlines() == [
        "a2_1 = relu(w2_1_1*x + b2_1)",
        "y_2 = tanh(a2_1)",
    ]


def test_one_output_of_the_shared_form_is_shared_anew() -> None:
    """What two outputs share, one of them may use only once."""
    network = netsym.parse("1-1tanh-2")
    assert len(network.shared.bindings) == 1
    one = network.shared.output(1)
    assert one.text(ascii=True) == "y_1 = w2_1_1*tanh(w1_1_1*x + b1_1) + b2_1"
    twice = netsym.parse("1-1tanh-2tanh-2").shared.output("y_2")
    assert [binding.name for binding in twice.bindings] == ["t_1"]


def test_unknown_forms_and_languages() -> None:
    network = netsym.parse("1-1")
    with pytest.raises(SpecError, match="unknown form 'layerd'; did you mean 'layered'"):
        network.formula("layerd")
    with pytest.raises(SpecError, match="unknown language 'latx'; did you mean 'latex'"):
        network.inlined.write("latx")


def test_the_repr_says_what_it_is() -> None:
    network = netsym.parse("1-2-4:tanh")
    said = f"<inlined formula of y_1, y_2, y_3, …: {network.inlined.size.nodes} nodes, "
    text = network.inlined.text().replace("\n", "; ")
    assert len(text) > 200
    assert repr(network.inlined) == f"{said}{text[:199]}…>"
    assert repr(network.shared).startswith("<shared formula of y_1, y_2, y_3, …: ")
    short = "<layered formula of y: 5 nodes, y = w⁽¹⁾₁₁·x + b⁽¹⁾₁>"
    assert repr(netsym.parse("1-1").layered) == short


def test_the_repr_of_a_large_graph_does_not_write_it() -> None:
    wide = netsym.parse("100-100-10:relu").inlined
    assert repr(wide) == f"<inlined formula of y_1, y_2, y_3, …: {wide.size.nodes:,} nodes>"


def test_matrices() -> None:
    formula = netsym.parse("3-2tanh-1").matrices
    shapes = {names.ascii(0): shape for names, shape in formula.shapes}
    assert shapes == {"x": (3,), "W1": (2, 3), "b1": (2,), "W2": (1, 2), "b2": (1,)}


# -- a formula 2,000 layers deep, or a little deeper than Python's stack -------------------------
DEEP = many(2_000, 1_200)


@pytest.fixture(scope="module")
def deep() -> Any:
    return netsym.parse("-".join(["1"] * (DEEP + 1)) + ":tanh")


@pytest.fixture(scope="module")
def deep_values(deep: Any) -> dict[str, float]:
    values = numbers_for(deep, seed=4)
    assert len(values) == 2 * DEEP
    return values


@pytest.fixture(autouse=True)
def same_recursion_limit() -> Any:
    before = sys.getrecursionlimit()
    yield
    assert sys.getrecursionlimit() == before


def deep_value(values: dict[str, float], x: float) -> float:
    for layer in range(1, DEEP + 1):
        x = math.tanh(values[f"w{layer}_1_1"] * x + values[f"b{layer}_1"])
    return x


@heavy
def test_deep_sizes(deep: Any) -> None:
    # tanh(w*… + b): 5 nodes more a layer
    assert deep.inlined.size.nodes == deep.forecast("inlined").nodes == 5 * DEEP + 1
    assert deep.layered.size.nodes == deep.forecast("layered").nodes == 6 * DEEP
    assert deep.inlined.size.height == 3 * DEEP
    assert deep.shared.size == deep.inlined.size


def test_deep_text(deep: Any) -> None:
    layered = deep.layered.text(ascii=True).splitlines()
    assert len(layered) == DEEP
    assert layered[1] == "a2_1 = tanh(w2_1_1*a1_1 + b2_1)"
    assert layered[-1] == f"y = tanh(w{DEEP}_1_1*a{DEEP - 1}_1 + b{DEEP}_1)"
    inlined = deep.inlined.text(ascii=True)
    expected = "x"
    for layer in range(1, DEEP + 1):
        expected = f"tanh(w{layer}_1_1*{expected} + b{layer}_1)"
    assert inlined == f"y = {expected}"
    assert deep.inlined.text().count("tanh") == DEEP


@pytest.mark.parametrize("width", [None, 80])
@pytest.mark.parametrize("form", ["layered", "inlined"])
def test_deep_text_and_latex_with_lines(deep: Any, form: str, width: int | None) -> None:
    formula = deep.formula(form)
    text = formula.text(ascii=True, width=width)
    assert text.count("tanh(") == DEEP
    latex = formula.latex(width=width) if width else formula.latex()
    assert latex.count(r"\tanh") == DEEP


@pytest.mark.parametrize("form", ["layered", "shared", "inlined"])
def test_deep_values(deep: Any, deep_values: dict[str, float], form: str) -> None:
    expected = deep_value(deep_values, 0.5)
    assert deep(0.5, parameters=deep_values) == pytest.approx(expected, abs=1e-12)
    formula = deep.formula(form)
    assert formula(0.5, parameters=deep_values) == pytest.approx(expected, abs=1e-12)
    found = formula(np.array([0.5, -1.0]), parameters=deep_values)
    assert found.tolist() == pytest.approx([expected, deep_value(deep_values, -1.0)], abs=1e-12)


@heavy
@pytest.mark.parametrize(
    ("form", "expand"), [("layered", False), ("inlined", False), ("inlined", True)]
)
def test_deep_python_runs(form: str, expand: bool) -> None:
    deep = netsym.parse("-".join(["1"] * (DEEP + 1)) + ":sigmoid")
    values = numbers_for(deep, seed=5)
    expected = 0.5
    for layer in range(1, DEEP + 1):
        z = values[f"w{layer}_1_1"] * expected + values[f"b{layer}_1"]
        expected = 1 / (1 + math.exp(-z))
    found = executed(deep.formula(form, expand))(0.5, **values)
    assert found == pytest.approx(expected, abs=1e-12)


def test_deep_one_output_and_repr(deep: Any) -> None:
    assert deep.layered.output("y").size == deep.layered.size
    assert repr(deep.inlined).startswith(f"<inlined formula of y: {5 * DEEP + 1:,} nodes")


# -- a sum 5,000 terms long ---------------------------------------------------------------------
@pytest.mark.parametrize("form", ["layered", "inlined"])
def test_long_sums(form: str) -> None:
    width = 5_000
    weights = [[float(n % 7 - 3) for n in range(width)]]
    wires = [("d", Dense(units=1), ["input"], {"weights": weights, "bias": [0.5]})]
    network = netsym.Network.of("long", width, wires)
    x = [float(n % 5) for n in range(width)]
    expected = sum(w * v for w, v in zip(weights[0], x, strict=True)) + 0.5
    formula = network.formula(form)
    assert formula(x) == expected
    assert executed(formula)(*x) == expected
    assert formula.size.nodes == 3 * width + 2


@pytest.mark.parametrize("form", ["layered", "shared", "inlined"])
def test_without_a_limit_nothing_is_counted(form: str) -> None:
    """The size of a formula is for the limit alone, and takes longer than its text."""
    network = netsym.parse("3-4-2:tanh")
    counted, free = network.formula(form), netsym.parse("3-4-2:tanh").formula(form)
    for to in ("text", "latex", "python", "sympy"):
        limited = "".join(counted.write(to))
        assert "".join(free.write(to, max_nodes=None)) == limited
    assert "size" in vars(counted)
    assert "size" not in vars(free)
    with pytest.raises(TooLargeError, match="more than the limit of 3"):
        free.write("text", max_nodes=3)
