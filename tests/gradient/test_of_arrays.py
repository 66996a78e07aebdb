"""Gradients of whole arrays, evaluated with NumPy, against those of every single weight."""

from __future__ import annotations

from math import gcd
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.array_formula import ArrayFormula
from netsym.errors import SpecError
from netsym.layers.blocks import Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale
from netsym.layers.merge import Concat, Gate, Multiply
from netsym.layers.recurrent import LSTM
from netsym.network.network import Network
from tests.gradient.array_values import parameters, values
from tests.networks import numbers_for

LABELS = {"bce": (0.0, 1.0), "hinge": (-1.0, 1.0)}


def evaluated(slopes: ArrayFormula, arrays: dict[str, Any]) -> list[Any]:
    """The derivatives, from their text; they are the same with everything written out."""
    names = [output.name for output in slopes.outputs]
    found, again = (values(form.text(ascii=True), arrays) for form in (slopes, slopes.inlined))
    for name in names:
        np.testing.assert_allclose(found[name], again[name], rtol=1e-12)
    return [found[name] for name in names]


def letters(slopes: ArrayFormula) -> list[str]:
    return [output.name.partition("_d")[2] for output in slopes.outputs]


def agree(found: np.ndarray, letter: np.ndarray, wanted: Any) -> None:
    """The derivative by an array has its shape, and the elements that are wanted."""
    assert found.shape == letter.shape
    np.testing.assert_allclose(found.reshape(-1), np.atleast_1d(wanted), rtol=1e-11, atol=1e-14)


def merged(layer: Any, *sources: str) -> Network:
    """Two layers of two units from the same inputs, merged, and one unit after that."""
    wires: list[Wire] = [
        ("one", Dense(units=2, activation="sigmoid"), ["input"], {}),
        ("two", Dense(units=2, activation="tanh"), ["input"], {}),
        ("merged", layer, list(sources), {}),
        ("end", Dense(units=1, activation="linear"), ["merged"], {}),
    ]
    return Network.of("merged", 2, wires)


NETWORKS = {
    **{spec: netsym.parse(spec) for spec in (
        "2-3sigmoid-1sigmoid", "2-3tanh-3relu-1", "3-2softmax-1", "2-2tanh+-1",
        "2-2gelu-2elu-1tanh", "2-2leaky_relu-2silu-2softplus-2gelu_tanh-2hard_sigmoid-1",
    )},
    "concat": merged(Concat(), "two", "one"),
    "multiply": merged(Multiply(), "one", "two"),
    "gate": merged(Gate(), "one", "two", "one"),
    "scale": Network.of("scale", 2, [
        ("one", Dense(units=2, activation="tanh"), ["input"], {}),
        ("scale", Scale(), ["one"], {}),
        ("end", Dense(units=1, activation="linear"), ["scale"], {}),
    ]),
}  # fmt: skip


@pytest.mark.parametrize("spec", NETWORKS)
def test_networks(spec: str) -> None:
    network = NETWORKS[spec]
    at, x = numbers_for(network, 4), [0.4, -0.9, 0.7][: len(network.input_names)]
    slopes = network.matrices.gradient()
    arrays = {"x": np.array(x), **parameters(slopes.shapes, at)}
    for letter, found in zip(letters(slopes), evaluated(slopes, arrays), strict=True):
        wanted = network.layered.gradient(letter.lower())(*x, parameters=at)
        agree(found, arrays[letter], wanted)


COSTS = [
    ("2-2tanh-2", "mse"), ("2-2tanh-2", "sse"), ("2-2tanh-2", "mae"), ("2-2tanh-3", "huber"),
    ("2-2relu-2", "hinge"), ("1-2-1:sigmoid", "bce"), ("2-3tanh-2sigmoid", "bce"),
    ("2-2tanh-2", "bce_logits"), ("2-3tanh-3softmax", "cross_entropy"),
    ("2-3tanh-3", "cross_entropy_logits"),
]  # fmt: skip


@pytest.mark.parametrize("options", [
    {}, {"examples": 3}, {"examples": 2, "l1": 0.2, "l2": 0.3},
    {"examples": 3, "reduction": "sum"},
], ids=["one", "three", "penalties", "sum"])  # fmt: skip
@pytest.mark.parametrize(("spec", "loss"), COSTS)
def test_costs(spec: str, loss: str, options: dict[str, Any]) -> None:
    network = netsym.parse(spec)
    made, rng = netsym.cost(network, loss, **options), np.random.default_rng(3)
    at, m = numbers_for(network, 4), options.get("examples", 1)
    over = np.sum if options.get("reduction") == "sum" else np.mean
    x = rng.normal(size=(m, len(network.input_names)))
    t = rng.choice(LABELS.get(loss, (0.2, 0.9)), size=(m, len(network.output_names)))
    point = [*x.reshape(-1), *t.reshape(-1)]
    for wrt in ("parameters", "inputs"):
        slopes = made.matrices.gradient(wrt)
        own = parameters(slopes.shapes, at)
        arrays = [{"x": a, "t": b, "m": m, **own} for a, b in zip(x, t, strict=True)]
        each = [evaluated(slopes, one) for one in arrays]
        if wrt == "parameters":
            assert letters(slopes) == list(own)
            for n, letter in enumerate(letters(slopes)):
                wanted = made.layered.gradient(letter.lower())(*point, parameters=at)
                agree(over([one[n] for one in each], axis=0), own[letter], wanted)
        else:
            found = np.concatenate([np.concatenate([one[n] for one in each]) for n in (0, 1)])
            wanted = made.layered.gradient("inputs")(*point, parameters=at)
            agree(found, np.array(point), wanted)


def test_data_are_no_parameters() -> None:
    made = netsym.cost(netsym.parse("2-1sigmoid"), "bce", data=([[0, 1], [1, 1]], [0, 1]))
    slopes = made.matrices.gradient()
    assert letters(slopes) == ["W1", "b1"]
    assert r"\frac{1}{m}\sum_{i=1}^{m}\Bigl(\delta^{[1](i)} \bigl(x^{(i)}" in slopes.latex()
    with pytest.raises(SpecError, match="no inputs to differentiate by"):
        made.matrices.gradient("inputs")


def test_several_outputs_are_refused() -> None:
    with pytest.raises(SpecError, match=r"a gradient is of one number, and the output has 2"):
        netsym.parse("2-3-2:tanh").matrices.gradient()


@pytest.mark.parametrize(
    ("file", "layer"), [("conv.toml", "layer 4: flatten"), ("lstm.toml", "layer 1: lstm, 1 unit")]
)
def test_layers_without_a_taught_derivative_are_named(file: str, layer: str) -> None:
    network = netsym.load(f"examples/{file}")
    network = network if len(network.output_names) == 1 else netsym.cost(network, "mse")
    with pytest.raises(SpecError, match=f"{layer}.*; choose --level scalar"):
        network.matrices.gradient()


@pytest.mark.parametrize("loss", [None, "mse"])
def test_recurrent_layers_are_refused(loss: str | None) -> None:
    """At matrix level a cell is written for one step; no derivative of it may pass for 0."""
    wires: list[Wire] = [
        ("cell", LSTM(units=2), ["input"], {}),
        ("end", Dense(units=1), ["cell"], {}),
    ]
    network = Network.of("memory", 6, wires, shape=(3, 2))
    if loss is not None:
        network = netsym.cost(network, loss)
    with pytest.raises(SpecError, match="choose --level scalar"):
        network.matrices.gradient("parameters")


@pytest.mark.parametrize(
    ("spec", "loss", "options", "lines"),
    [
        ("1-2-1:sigmoid", "mse", {"l2": 0.1}, ["dJ_dW1 = 0.1*W1 + outer(delta1, x)"]),
        ("1-2-1:sigmoid", "mse", {"l2": 0.3}, ["dJ_dW1 = 0.3*W1 + outer(delta1, x)"]),
        ("1-1:sigmoid", "mse", {"l2": 1, "l1": 2}, ["dJ_dW1 = W1 + 2*sign(W1) + outer(delta1, x)"]),
        ("2-2tanh-2", "mse", {}, ["delta2 = a2 - t"]),
        ("2-2tanh-3", "mse", {}, ["delta2 = 2*(a2 - t)/3"]),
        ("2-2tanh-4", "mse", {}, ["delta2 = (a2 - t)/2"]),
        ("2-2tanh-2", "mae", {"examples": 2}, ["delta2 = sign(a2 - t)/2"]),
    ],
)
def test_numbers_in_one_product_are_one(
    spec: str, loss: str, options: dict[str, Any], lines: list[str]
) -> None:
    """Once 0.1*2*W/2 and 2*(a - t)/2 were written."""
    made = netsym.cost(netsym.parse(spec), loss, **options)
    written = made.matrices.gradient().text(ascii=True).splitlines()
    for line in lines:
        assert line in written, "\n".join(written)


@pytest.mark.parametrize("wrt", ["parameters", "inputs"])
@pytest.mark.parametrize("options", [{"l1": 0.2, "l2": 0.3}, {"examples": 2, "l2": 4}],
                         ids=["one", "two"])  # fmt: skip
@pytest.mark.parametrize(("spec", "loss"), COSTS)
def test_no_numbers_are_left_that_one_number_is(
    spec: str, loss: str, options: dict[str, Any], wrt: str
) -> None:
    """Not 0.1*2, not 2*a/2, not a/2/3, not (-a)/2: in whole numbers and what is exact."""
    slopes = netsym.cost(netsym.parse(spec), loss, **options).matrices.gradient(wrt)
    graph = slopes.graph

    def parts(node: int) -> tuple[str, list[int]]:
        block = graph.block_of(node)
        return block.op, block.operands[node - block.start].tolist()

    def numbers(node: int) -> list[float]:
        op, operands = parts(node)
        nodes = operands if op == "scale" else [node]
        return [float(graph.number(n)) for n in nodes if parts(n)[0] == "constant"]

    for block, rows in graph.walk(slopes.mask):
        for node in (block.start + rows).tolist():
            _, operands = parts(node)
            if block.op == "scale":
                assert len(numbers(node)) < 2
                assert not {"scale", "divide", "negate"} & {parts(n)[0] for n in operands}
            elif block.op == "divide":
                assert not {"divide", "negate"} & {parts(n)[0] for n in operands}
                over, under = map(numbers, operands)
                assert under != [1] and (not over or not under or gcd(*map(int, over + under)) == 1)
