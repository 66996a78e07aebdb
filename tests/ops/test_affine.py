"""Affine maps that are read from layers, against NumPy's own products and sympy's expansion."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st

import netsym
from netsym.forms.form import bind
from netsym.formula import Formula
from netsym.graph.names import Names
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Dropout, Scale, Standardize
from netsym.layers.merge import Add, Concat
from netsym.ops.affine.affine import Affine, NotAffine
from netsym.ops.affine.symbolic_tidy import Tidy
from netsym.ops.proved.rationals import Exact, NotRational
from tests.effort import random_examples


def exactly(network: netsym.Network) -> tuple[list[list[Fraction]], list[Fraction]]:
    """The matrix (outputs, inputs) and the bias of a network of numbers."""
    ops = Affine(Exact(), len(network.input_names))
    found = network.read(ops, ops.identity())
    matrix = np.broadcast_to(ops.full(found), (ops.inputs, *found.shape)).T.tolist()
    bias = ops.base.zeros(found.shape) if found.constant is None else found.constant
    fraction = lambda value: Fraction(int(value.p), int(value.q))  # noqa: E731
    return [[fraction(v) for v in row] for row in matrix], [fraction(v) for v in bias.tolist()]


ENTRIES = ("k", "-k", "1/k", "l", 0.0, 1.0, -1.0, 2.0, 0.5)


class LooksEverywhere(Tidy):
    """Every product and every sum is looked through for what is not written."""

    def _has_numbers(self, values: Any) -> bool:
        return bool(values.size)

    def _sum(self, terms: Any, present: Any = None, op: str = "add") -> Any:
        if op != "add" or present is not None:
            return super()._sum(terms, present, op)
        return self.math.plain(self.math.sums(self._signed(terms)))


def in_names(network: netsym.Network, base: Tidy | None = None) -> Formula:
    """Coefficients and biases as outputs of one formula, row by row."""
    base = base or Tidy()
    ops = Affine(base, len(network.input_names))
    found = network.read(ops, ops.identity())
    bias = base.zeros(found.shape) if found.constant is None else found.constant
    nodes = np.concatenate([ops.full(found).T.reshape(-1), bias])
    none = np.empty(0, dtype=np.int32)
    return Formula(base.graph, none, bind(Names("c", None, (len(nodes),)), nodes))


def floats(shape: tuple[int, ...], seed: int) -> Any:
    return np.random.default_rng(seed).integers(-8, 9, shape) / 4


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 4), st.integers(0, 10**6))
def test_every_affine_layer_is_the_matrix_that_numpy_says(
    n: int, m: int, k: int, seed: int
) -> None:
    w1, b1, w2 = floats((m, n), seed), floats((m,), seed + 1), floats((k, n + m), seed + 2)
    mean, scale, by = floats((n,), seed + 3), floats((n,), seed + 4) + 3, floats((m,), seed + 5)
    network = netsym.Network.of(
        "t", n,
        [
            ("s", Standardize(), ["input"], {"mean": mean, "scale": scale}),
            ("d", Dense(units=m), ["s"], {"weights": w1, "bias": b1}),
            ("drop", Dropout(), ["d"], {}),
            ("by", Scale(use_bias=False), ["drop"], {"weights": by}),
            ("both", Concat(), ["s", "by"], {}),
            ("end", Dense(units=k, use_bias=False), ["both"], {"weights": w2}),
            ("skip", Add(), ["end", "end"], {}),
        ],
    )  # fmt: skip
    inner = np.diag(1 / scale)
    whole = 2 * w2 @ np.concatenate([inner, by[:, None] * (w1 @ inner)])
    offset = 2 * w2 @ np.concatenate([-mean / scale, by * (w1 @ (-mean / scale) + b1)])
    matrix, bias = exactly(network)
    np.testing.assert_allclose(np.array(matrix, dtype=float), whole, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(np.array(bias, dtype=float), offset, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("spec", ["1-2-1", "2-2-2", "1-1+", "2-2+-2+", "2-3-1-2", "1-1-1-1"])
def test_entries_of_names_are_those_that_sympy_expands_to(spec: str) -> None:
    network = netsym.parse(spec)
    outputs = network.inlined.sympy()
    outputs = list(outputs) if isinstance(outputs, sympy.Tuple) else [outputs]
    x = [sympy.Symbol(name, real=True) for name in network.input_names.all()]
    entries = in_names(network).sympy()
    entries = list(entries) if isinstance(entries, sympy.Tuple) else [entries]
    for row, output in enumerate(outputs):
        for column, symbol in enumerate(x):
            slope = sympy.diff(sympy.expand(output.doit()), symbol)
            assert sympy.expand(entries[row * len(x) + column].doit() - slope) == 0
        at_zero = output.doit().subs(dict.fromkeys(x, 0))
        assert sympy.expand(entries[len(outputs) * len(x) + row].doit() - at_zero) == 0


def test_entries_are_written_as_a_textbook_does() -> None:
    assert in_names(netsym.parse("1-2-1")).text(ascii=True).splitlines() == [
        "c_1 = w2_1_1*w1_1_1 + w2_1_2*w1_2_1",
        "c_2 = w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1",
    ]
    scaled = netsym.Network.of(
        "t", 1, [("s", Standardize(), ["input"], {}), ("d", Dense(units=1), ["s"], {})]
    )
    assert in_names(scaled).text(ascii=True).splitlines() == [
        "c_1 = w2_1_1/s1_1",
        "c_2 = w2_1_1*((-m1_1)/s1_1) + b2_1",
    ]


def test_zeros_and_ones_of_collapsing_are_not_written() -> None:
    network = netsym.parse("2-2+").with_parameters({"w1_1_2": 0.0, "w1_2_2": 1.0, "b1_1": 0.0})
    assert in_names(network).text(ascii=True).splitlines() == [
        "c_1 = w1_1_1 + 1", "c_2 = 0", "c_3 = w1_2_1", "c_4 = 1 + 1", "c_5 = 0", "c_6 = b1_2",
    ]  # fmt: skip


@random_examples(200)
@given(st.lists(st.integers(1, 4), min_size=3, max_size=5), st.randoms(use_true_random=False))
def test_what_needs_no_tidying_is_written_as_if_it_were_looked_through(
    widths: list[int], draw: random.Random
) -> None:
    layers: list[Any] = []
    for number, (before, units) in enumerate(pairwise(widths)):
        weights = [[draw.choice(ENTRIES) for _ in range(before)] for _ in range(units)]
        parameters = {"weights": weights} if draw.random() < 0.5 else {}
        layer = Dense(units=units, use_bias=draw.random() < 0.5)
        layers.append((f"d{number}", layer, [layers[-1][0] if layers else "input"], parameters))
        if draw.random() < 0.3:
            layers.append((f"s{number}", Standardize(), [f"d{number}"], {}))
    network = netsym.Network.of("t", widths[0], layers)
    assert in_names(network).text() == in_names(network, LooksEverywhere()).text()


@pytest.mark.parametrize(
    ("activation", "named"), [("relu", "relu"), ("tanh", "tanh"), ("softmax", "softmax")]
)
def test_what_is_not_affine_is_named(activation: str, named: str) -> None:
    network = netsym.parse(f"2-3{activation}-1")
    ops = Affine(Tidy(), 2)
    with pytest.raises(NotAffine, match=named):
        network.read(ops, ops.identity())


def test_functions_of_constants_are_constants() -> None:
    layer = [("d", Dense(units=2), ["input"], {"weights": [[0.0], [0.0]], "bias": [-1.0, 2.0]}),
             ("r", Activation(activation="relu"), ["d"], {})]  # fmt: skip
    ops = Affine(Exact(), 1)
    network = netsym.Network.of("t", 1, layer)
    with pytest.raises(NotAffine):  # it varies as far as the reading knows: zeros are numbers too
        network.read(ops, ops.identity())
    relu = netsym.Network.of("t", 1, [("r", Activation(activation="relu"), ["input"], {})])
    constant = relu.read(ops, ops.constant(-3.0))
    assert constant.constant == 0
    assert not constant.varies


def test_division_by_zero_is_said() -> None:
    network = netsym.Network.of(
        "t", 1, [("s", Standardize(), ["input"], {"mean": [1.0], "scale": [0.0]})]
    )
    ops = Affine(Exact(), 1)
    with pytest.raises(NotRational, match="division by zero"):
        network.read(ops, ops.identity())
