"""Gradients of whole arrays, evaluated with NumPy, against those of every single weight."""

from __future__ import annotations

import functools
import math
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.formula import Formula
from netsym.gradient.of_arrays import MEAN, OVER_EXAMPLES, SUM, matrix_gradient
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.layers.blocks import Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale
from netsym.layers.merge import Concat, Gate, Multiply
from netsym.layers.recurrent import LSTM
from netsym.network.network import Network
from tests.networks import numbers_for

LABELS = {"bce": (0.0, 1.0), "hinge": (-1.0, 1.0)}


def _product(*factors: Any) -> Any:
    """Of matrices; numbers scale them."""
    return functools.reduce(lambda a, b: a @ b if np.ndim(a) and np.ndim(b) else a * b, factors)


def evaluated(slopes: Formula, arrays: dict[str, np.ndarray], examples: int = 1) -> list[Any]:
    """A matrix form with NumPy, node by node; vectors are columns.

    Means over examples are what one example gives: the caller takes the mean.
    """
    arithmetic: dict[str, Any] = {
        "add": lambda *terms: sum(terms), "multiply": _product,
        "elementwise": lambda *factors: math.prod(factors), "power": np.power,
        "transpose": np.transpose, "negate": np.negative, "divide": np.divide, "name": lambda a: a,
        r"\operatorname{diag}": lambda a: np.diag(a[:, 0]), "concatenate": lambda *a: np.vstack(a),
        "softmax": lambda z: np.exp(z) / np.exp(z).sum(),
        "logsumexp": lambda z: np.log(np.exp(z).sum()),
        MEAN: np.mean, SUM: np.sum, OVER_EXAMPLES: lambda a: a,
        r"\frac{1}{m}": lambda a: a / examples,
    }  # fmt: skip
    held: dict[int, Any] = {}
    for block, rows in slopes.graph.walk(slopes.mask):
        for row in rows.tolist():
            operands = [held[node] for node in block.operands[row].tolist()]
            if isinstance(block.payload, Names) and block.op == "symbol":
                held[block.start + row] = arrays[block.payload.ascii(row)]
            elif block.op == "constant":
                held[block.start + row] = block.number(row)
            elif block.op.startswith(r"\operatorname{rows}"):
                first, last = map(int, block.op.partition("_{")[2].removesuffix("}").split(":"))
                held[block.start + row] = operands[0][first - 1 : last]
            else:
                function = arithmetic.get(block.op) or FUNCTIONS[block.op].numpy
                held[block.start + row] = function(*operands)
    return [np.asarray(held[node], dtype=float) for node in slopes.ends.tolist()]


def parameters(slopes: Formula, at: dict[str, float]) -> dict[str, np.ndarray]:
    """The arrays of weights and biases by their letters."""
    arrays = {}
    for names, shape in slopes.shapes:
        if names.layer is not None:
            own = [at[n] for n in at if n.split("_")[0] == names.ascii(0).lower()]
            arrays[names.ascii(0)] = np.array(own).reshape(shape if len(shape) > 1 else (*shape, 1))
    return arrays


def letters(slopes: Formula) -> list[str]:
    return [output.name.partition("_d")[2] for output in slopes.outputs]


def agree(found: np.ndarray, letter: np.ndarray, wanted: Any) -> None:
    whole = np.broadcast_to(found, letter.shape).reshape(-1)
    np.testing.assert_allclose(whole, np.atleast_1d(wanted), rtol=1e-11, atol=1e-14)


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
    slopes = matrix_gradient(network.matrices)
    arrays = {"x": np.array(x)[:, None], **parameters(slopes, at)}
    for letter, found in zip(letters(slopes), evaluated(slopes, arrays), strict=True):
        wanted = network.layered.gradient(letter.lower())(*x, parameters=at)
        agree(found, arrays[letter], wanted)


COSTS = [
    ("2-2tanh-2", "mse"), ("2-2tanh-2", "mae"), ("2-2tanh-3", "huber"), ("2-2relu-2", "hinge"),
    ("1-2-1:sigmoid", "bce"), ("2-3tanh-2sigmoid", "bce"), ("2-2tanh-2", "bce_logits"),
    ("2-3tanh-3softmax", "cross_entropy"), ("2-3tanh-3", "cross_entropy_logits"),
]  # fmt: skip


@pytest.mark.parametrize("options", [{}, {"examples": 3}, {"examples": 2, "l1": 0.2, "l2": 0.3}],
                         ids=["one", "three", "penalties"])  # fmt: skip
@pytest.mark.parametrize(("spec", "loss"), COSTS)
def test_costs(spec: str, loss: str, options: dict[str, Any]) -> None:
    network = netsym.parse(spec)
    made, rng = netsym.cost(network, loss, **options), np.random.default_rng(3)
    at, m = numbers_for(network, 4), options.get("examples", 1)
    x = rng.normal(size=(m, len(network.input_names)))
    t = rng.choice(LABELS.get(loss, (0.2, 0.9)), size=(m, len(network.output_names)))
    point = [*x.reshape(-1), *t.reshape(-1)]
    for wrt in ("parameters", "inputs"):
        slopes = matrix_gradient(made.matrices, wrt)
        own = parameters(slopes, at)
        arrays = [{"x": a[:, None], "t": b[:, None], **own} for a, b in zip(x, t, strict=True)]
        each = [evaluated(slopes, one, m) for one in arrays]
        if wrt == "parameters":
            assert letters(slopes) == list(own)
            for n, letter in enumerate(letters(slopes)):
                wanted = made.layered.gradient(letter.lower())(*point, parameters=at)
                full = [np.broadcast_to(one[n], own[letter].shape) for one in each]
                agree(np.mean(full, axis=0), own[letter], wanted)
        else:
            by_x, by_t = (np.hstack([np.broadcast_to(one[n], (size, 1)) for one in each])
                          for n, size in enumerate((x.shape[1], t.shape[1])))  # fmt: skip
            wanted = made.layered.gradient("inputs")(*point, parameters=at)
            agree(np.concatenate([by_x.T.reshape(-1), by_t.T.reshape(-1)]), np.array(point), wanted)


def test_data_are_no_parameters() -> None:
    made = netsym.cost(netsym.parse("2-1sigmoid"), "bce", data=([[0, 1], [1, 1]], [0, 1]))
    slopes = matrix_gradient(made.matrices)
    assert letters(slopes) == ["W1", "b1"]
    assert r"\frac{1}{m}\sum_{i=1}^{m}\Bigl(\delta^{[1]} \bigl(x^{(i)}" in slopes.latex()
    with pytest.raises(SpecError, match="no inputs to differentiate by"):
        matrix_gradient(made.matrices, "inputs")


def test_several_outputs_are_refused() -> None:
    with pytest.raises(SpecError, match=r"a gradient is of one number, and the output has 2"):
        matrix_gradient(netsym.parse("2-3-2:tanh").matrices)


@pytest.mark.parametrize(
    ("file", "layer"), [("conv.toml", "layer 4: flatten"), ("lstm.toml", "layer 1: lstm, 1 unit")]
)
def test_layers_without_a_taught_derivative_are_named(file: str, layer: str) -> None:
    network = netsym.load(f"examples/{file}")
    network = network if len(network.output_names) == 1 else netsym.cost(network, "mse")
    with pytest.raises(SpecError, match=f"{layer}.*; choose --level scalar"):
        matrix_gradient(network.matrices)


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
        matrix_gradient(network.matrices, "parameters")
