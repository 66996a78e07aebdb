"""Formulas of whole arrays: what they can do, how they are written, how large they are."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.errors import SpecError, TooLargeError
from netsym.graph.array_operations import shape_of
from netsym.layers import Layer
from netsym.layers.attention import Attention
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.layers.merge import Concat
from netsym.layers.normalisation import BatchNorm, LayerNorm, RMSNorm
from netsym.layers.recurrent import LSTM, Stack
from netsym.layers.sources import Part
from netsym.network.network import Network
from tests.effort import random_examples
from tests.gradient.array_values import parameters, values
from tests.layers.every_reading import chain, single
from tests.networks import Case, cases, points_for

SPEC = "3-2tanh-1"


# -- what it can do -------------------------------------------------------------------------------
@pytest.mark.parametrize("loss", [None, "mse", "huber"])
@pytest.mark.parametrize("ask", ["__call__", "python", "sympy", "sympy_code", "jacobian",
                                 "hessian_vector"])  # fmt: skip
def test_what_has_no_meaning_for_letters_is_not_there(ask: str, loss: str | None) -> None:
    """Letters were once computed with as if they were numbers, W*x for W @ x."""
    network = netsym.parse(SPEC)
    formula = (network if loss is None else netsym.cost(network, loss)).matrices
    assert not hasattr(formula, ask)
    assert not hasattr(formula.gradient(), ask)


def test_other_languages_are_refused() -> None:
    with pytest.raises(SpecError, match="unknown language 'python'; choose from text, latex"):
        netsym.parse(SPEC).matrices.write("python")
    with pytest.raises(TooLargeError, match="the layered form has 11 nodes, more than the limit"):
        netsym.parse(SPEC).matrices.text(max_nodes=10)


def test_second_derivatives_are_refused() -> None:
    slopes = netsym.parse("1-1:tanh").matrices.gradient("W1")
    with pytest.raises(SpecError, match="second derivatives of whole arrays have more axes"):
        slopes.gradient()
    with pytest.raises(SpecError, match="nothing here is called 'W2'; choose from x, W1, b1;"):
        netsym.parse("1-1:tanh").matrices.gradient("W2")


def test_what_is_written_for_one_step_keeps_the_names_of_what_a_step_hands_on() -> None:
    for layers in ([LSTM(units=2)], [LSTM(units=1, returns="all"), Dense(units=1)]):
        formula = chain(layers, (4, 1)).matrices
        assert len(formula.bindings) > 2
        assert [each.name for each in formula.inlined.bindings] == ["c1_t", "h1_t"]


# -- text -----------------------------------------------------------------------------------------
def test_text() -> None:
    formula = netsym.parse("2-3relu-3relu-2softmax").matrices
    assert str(formula) == "a¹ = relu(W¹x + b¹)\na² = relu(W²a¹ + b²)\nŷ = softmax(W³a² + b³)"
    assert str(formula.inlined) == "ŷ = softmax(W³·relu(W²·relu(W¹x + b¹) + b²) + b³)"
    assert formula.inlined.text(ascii=True) == (
        "y = softmax(W3 @ relu(W2 @ relu(W1 @ x + b1) + b2) + b3)"
    )
    assert repr(formula.inlined) == f"<inlined formula of y: 16 nodes, {formula.inlined}>"


def test_text_of_a_gradient() -> None:
    cost = netsym.cost(netsym.parse("2-3sigmoid-1sigmoid"), "bce", examples=4, l2=0.5)
    assert str(cost.matrices.gradient(["W1", "b2"])).splitlines()[2:] == [
        "da² = (1 - t)/(1 - a²) - t/a²",
        "δ² = da² ⊙ a² ⊙ (1 - a²)",
        "δ¹ = (W²ᵀδ²) ⊙ a¹ ⊙ (1 - a¹)",
        "∂J/∂W¹ = mean[examples](δ¹xᵀ) + 0.5·W¹",
        "∂J/∂b² = mean[examples](δ²)",
    ]


def test_what_stands_in_a_superscript_is_no_power() -> None:
    text = str(netsym.cost(netsym.parse("1-1"), "mse").matrices.gradient().inlined)
    assert "∂J/∂b¹ = 2·((W¹x + b¹) - t)" in text
    one = Network.of("rms", 2, [("d", Dense(units=2), ["input"], {}), ("n", RMSNorm(), ["d"], {})])
    assert "mean((a¹)^2)" in str(one.matrices)


@pytest.mark.parametrize(
    ("layers", "shape", "text"),
    [
        ([Dense(units=2)], (3, 4), "ŷ = X·W¹ᵀ + b¹"),
        ([BatchNorm()], (2, 2), "ŷ = γ¹ ⊙ ((X - μ¹)/sqrt(v¹ + 1e-05)) + β¹"),
        ([LayerNorm()], (2, 2), "μ¹ = mean[row](X)"),
        ([LayerNorm()], (2,), "μ¹ = mean(x)"),
        ([Attention(causal=True)], (3, 2), "ŷ = (softmax[causal](Q¹K¹ᵀ/sqrt(2))·V¹)·Wo¹ᵀ + bo¹"),
        ([Attention(heads=2)], (3, 2), "concat[i=1:2]"),
        ([Part(lengths=(2,), start=1)], (4,), "ŷ = rows[2:3](x)"),
        ([LSTM(units=2)], (3, 2), "i¹ₜ = σ(Wi¹xₜ + Ui¹h¹ₜ₋₁ + bi¹)"),
        ([LSTM(units=2, returns="all"), Dense(units=1)], (3, 2), "ŷₜ = W²h¹ₜ + b²"),
    ],
)  # fmt: skip
def test_text_of_layers(layers: list[Layer], shape: tuple[int, ...], text: str) -> None:
    """A dense layer after a cell once read its one step h_t as a row of many, h_t Wᵀ; a part of a
    vector had no word at all.
    """
    assert text in str(chain(layers, shape).matrices)


def test_sequences_are_joined_side_by_side() -> None:
    """They once stood one below another, as vectors do."""
    two = Stack(cell="rnn", units=2, bidirectional=True, returns="all").block()
    wires: Any = [("two", two, ["input"], {}), ("a", Activation(activation="softmax"), ["two"], {})]
    sequence: Any = [
        ("one", Dense(units=1), ["input"], {}), ("other", Dense(units=2), ["input"], {}),
        ("both", Concat(), ["one", "other"], {}),
    ]  # fmt: skip
    matrices = Network.of("joined", 6, sequence, shape=(3, 2)).matrices
    assert "concatenate[columns](a1, a2)" in matrices.text(ascii=True)
    assert r"\begin{bmatrix} a^{[1]} & a^{[2]} \end{bmatrix}" in matrices.latex()
    once = Network.of("once", 6, wires, shape=(3, 2)).matrices
    assert "concatenate(h1_t, h2_t)" in once.text(ascii=True)
    assert r"\begin{bmatrix} h_{t}^{[1]} \\ h_{t}^{[2]} \end{bmatrix}" in once.latex()


@random_examples(150)
@given(cases(activations=("relu", "tanh", "sigmoid", "elu", "softmax", "linear"), exact=False))
def test_ascii_is_what_the_network_computes(case: Case) -> None:
    """NumPy computes the text, layered and inlined; unit by unit it is the same."""
    network = case.network
    arrays = {}
    for placed in network.layers:
        for parameter in placed.parameters.values():
            names = parameter.names
            base = names.base.upper() if len(parameter.shape) > 1 else names.base
            flat = np.array(parameter.entries, dtype=object).reshape(-1)
            if parameter.entries is None:
                flat = np.array(names.all(), dtype=object)
            unnamed = names.all()
            entries = [unnamed[n] if e is None else e for n, e in enumerate(flat)]
            known = [float(case.values.get(e, 0) if isinstance(e, str) else e) for e in entries]
            arrays[f"{base}{names.layer}"] = np.array(known).reshape(parameter.shape)
    formula = network.matrices
    for point in points_for(case):
        wanted = network(*point, parameters=case.values)
        for form in (formula, formula.inlined):
            found = values(form.text(ascii=True), {**arrays, "x": np.array(point)})
            name = formula.outputs[0].name
            np.testing.assert_allclose(found[name], np.atleast_1d(wanted), rtol=1e-9, atol=1e-9)


# -- sizes ----------------------------------------------------------------------------------------
@given(st.lists(st.integers(1, 9), min_size=2, max_size=6), st.booleans())
def test_a_plain_stack_grows_by_a_layer_at_a_time(widths: list[int], skip: bool) -> None:
    """σ, +, ·, W, b: 5 nodes a layer, and 6 with the name of the layer before; however wide."""
    layers = len(widths) - 1
    network = netsym.parse("-".join(map(str, widths)) + ":tanh")
    formula = network.matrices
    assert formula.size.nodes == 6 * layers
    assert formula.inlined.size.nodes == 5 * layers + 1  # the input
    if skip:  # read twice, written twice
        again = [Dense(units=2, activation="tanh", skip=True)] * layers
        doubled = chain([*again], (2,)).matrices
        size = 1
        for _ in range(layers):
            size = 1 + (5 + size) + size
        assert doubled.inlined.size.nodes == size
        assert doubled.size.nodes == 8 * layers


def test_a_wide_network_has_a_small_formula() -> None:
    matrices = netsym.parse("1000-1000-1000-1000:relu").matrices
    assert (matrices.size.nodes, matrices.inlined.size.nodes) == (18, 16)
    assert matrices.size.operations == {"add": 3, "matmul": 3, "relu": 3}


# -- shapes ---------------------------------------------------------------------------------------
LENGTHS = st.integers(1, 3)


@given(st.lists(LENGTHS, max_size=3), st.lists(LENGTHS, max_size=3))
def test_shapes_are_those_that_numpy_gives(one: list[int], other: list[int]) -> None:
    """Where a shape is told, NumPy gives an array of it; where none is, the operation is refused
    or is no product of matrices."""
    a, b = np.ones(one), np.ones(other)
    made = {
        "add": lambda: a + b, "hadamard": lambda: a * b, "divide": lambda: a / b,
        "matmul": lambda: a @ b, "dot": lambda: a @ b, "outer": lambda: np.outer(a, b),
    }  # fmt: skip
    for op, make in made.items():
        told = shape_of(op, [a.shape, b.shape])
        if told is not None:
            assert np.shape(make()) == told, op
        elif op in ("add", "hadamard", "divide"):
            with pytest.raises(ValueError, match="broadcast"):
                make()
    for op in ("transpose", "diag", "mean[row]", "sum[row]", "sum[column]", "softmax", "logsumexp"):
        told = shape_of(op, [a.shape])
        if told is not None:
            assert values(f"y = {_asked(op)}", {"a": a})["y"].shape == told, op
    assert shape_of("add", [None, b.shape]) is None
    assert shape_of("maxpool[2x2]", [a.shape]) is None


def _asked(op: str) -> str:
    return "a.T" if op == "transpose" else f"{op}(a)"


# -- gradients of what is broadcast ---------------------------------------------------------------
@pytest.mark.parametrize("entries", [None, (-1, 0, 1, 2)], ids=["drawn", "whole"])
@pytest.mark.parametrize("layers", [
    [Dense(units=2, activation="tanh"), Dense(units=1)],
    [Dense(units=2, activation="softmax")],
    [RMSNorm(), Dense(units=2, activation="softmax"), Dense(units=3)],
    [Dense(units=2, skip=True), Dense(units=2, activation="relu")],
], ids=str)  # fmt: skip
@pytest.mark.parametrize("shape", [(2,), (2, 2), (3, 2)], ids=str)
def test_differences_of_the_text_itself(
    shape: tuple[int, ...], layers: list[Layer], entries: tuple[int, ...] | None
) -> None:
    """Of rows, the derivative by b is a sum over them; it once had a row for each, as had γ."""
    cost = netsym.cost(chain(layers, shape), "mse")
    formula, slopes = cost.matrices, cost.matrices.gradient()
    source = np.random.default_rng(len(shape) + len(layers))

    def number() -> float:
        return float(source.choice(entries) if entries else source.normal())

    arrays = parameters(formula.shapes, {name: number() for name in cost.parameter_names()})
    for names, lengths in formula.shapes:
        if names.layer is None:
            drawn = [0.3 + number() for _ in range(math.prod(lengths))]
            arrays[names.ascii(0)] = np.array(drawn).reshape(lengths)
    found = values(slopes.text(ascii=True), arrays)
    forward = formula.text(ascii=True)
    for output in slopes.outputs:
        letter = output.name.partition("_d")[2]
        assert found[output.name].shape == arrays[letter].shape
        for place in np.ndindex(arrays[letter].shape):
            around = []
            for step in (1e-5, -1e-5):
                moved = arrays[letter].copy()
                moved[place] += step
                around.append(float(values(forward, {**arrays, letter: moved})["J"]))
            slope = (around[0] - around[1]) / 2e-5
            assert found[output.name][place] == pytest.approx(slope, rel=1e-4, abs=1e-6), letter


def test_one_sequence_has_no_mean_over_examples() -> None:
    """Its steps were once called examples, over which a mean was written that L had already."""
    network = single(Dense(units=2, activation="softmax"), (3, 2))
    assert "mean[examples]" not in str(netsym.cost(network, "cross_entropy").matrices)
    many = str(netsym.cost(network, "cross_entropy", examples=2).matrices)
    assert "L² = -sum(T ⊙ log(a¹))/3\nJ = mean[examples](L²)" in many
