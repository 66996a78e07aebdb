"""A step of gradient descent: the worked example of the textbooks, and what moves."""

from __future__ import annotations

import json
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError, TooLargeError, ValueMissingError
from netsym.layers.blocks import Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import PReLU, Standardize
from netsym.layers.normalisation import BatchNorm
from netsym.layers.recurrent import RNN
from netsym.network.learned import Learned

EXAMPLES = Path(__file__).parents[2] / "examples"
MAZUR = netsym.load(EXAMPLES / "mazur.toml")
WEIGHTS: dict[str, float] = json.loads((EXAMPLES / "mazur.json").read_text())
DATA = ([[0.05, 0.1]], [[0.01, 0.99]])
OR = ([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0.0, 1.0, 1.0, 1.0])


def sigmoid(z: Any) -> Any:
    return 1 / (1 + np.exp(-z))


# -- the worked example --------------------------------------------------------------------------
def by_hand() -> tuple[float, dict[str, float], float]:
    """The error before, its derivatives by the weights, and the error after, with NumPy alone."""
    x, t = (np.array(rows[0]) for rows in DATA)
    w, v = (np.array([WEIGHTS[f"w{n}"] for n in four]).reshape(2, 2)
            for four in ((1, 2, 3, 4), (5, 6, 7, 8)))  # fmt: skip

    def error(w: Any, v: Any) -> float:
        return float(((sigmoid(v @ sigmoid(w @ x + 0.35) + 0.60) - t) ** 2).sum() / 2)

    h = sigmoid(w @ x + 0.35)
    o = sigmoid(v @ h + 0.60)
    last = (o - t) * o * (1 - o)
    hidden = (v.T @ last) * h * (1 - h)
    dv, dw = np.outer(last, h), np.outer(hidden, x)
    slopes = dict(zip((f"w{n}" for n in range(1, 9)), [*dw.flat, *dv.flat], strict=True))
    return error(w, v), slopes, error(w - 0.5 * dw, v - 0.5 * dv)


def test_the_worked_example_is_that_of_the_book_and_of_numpy() -> None:
    before, slopes, after = by_hand()
    done = netsym.step(MAZUR, "sse", DATA, rate=0.5, wrt="weights", parameters=WEIGHTS)
    (update,) = done.updates
    assert MAZUR(*DATA[0][0], parameters=WEIGHTS) == pytest.approx([0.75136507, 0.77292847],
                                                                   abs=5e-9)  # fmt: skip
    assert done.before == pytest.approx(before, rel=1e-14) == pytest.approx(0.298371109, abs=5e-10)
    assert done.after == pytest.approx(after, rel=1e-14) == pytest.approx(0.291027774, abs=5e-10)
    found = update.by_name(update.derivatives)
    assert found == pytest.approx(slopes, rel=1e-12)
    assert found["w5"] == pytest.approx(0.082167041, abs=5e-10)
    assert found["w1"] == pytest.approx(0.000438568, abs=5e-10)
    new = {"w1": 0.149780716, "w2": 0.19956143, "w3": 0.24975114, "w4": 0.29950229,
           "w5": 0.35891648, "w6": 0.408666186, "w7": 0.511301270, "w8": 0.561370121}  # fmt: skip
    assert {name: done.parameters[name] for name in new} == pytest.approx(new, abs=5e-9)
    assert (done.parameters["b1"], done.parameters["b2"]) == (0.35, 0.60)


def test_one_bias_of_several_units_is_one_parameter_with_one_derivative() -> None:
    assert MAZUR.parameter_count == 10
    done = netsym.step(MAZUR, "sse", DATA, rate=0.5, wrt="b1", parameters=WEIGHTS)
    (update,) = done.updates
    cost, h = netsym.cost(MAZUR, "sse", data=DATA), 1e-6

    def at(bias: float) -> Any:
        return cost(parameters={**WEIGHTS, "b1": bias})

    (slope,) = update.derivatives
    assert slope == pytest.approx((at(0.35 + h) - at(0.35 - h)) / (2 * h), rel=1e-8)
    assert done.parameters["b1"] == 0.35 - 0.5 * slope


# -- over rows -----------------------------------------------------------------------------------
NUMBERS = netsym.parse("2-1:sigmoid").with_parameters({"w1_1_1": 1, "w1_1_2": -1, "b1_1": 0.5})


def perceptron(reduction: str, each: bool) -> list[float]:
    """w1, w2, b of one sigmoid after a step of rate 2, with NumPy alone."""
    w = np.array([1.0, -1.0, 0.5])
    rows = np.column_stack([OR[0], np.ones(4)])
    groups = [[n] for n in range(4)] if each else [[0, 1, 2, 3]]
    for group in groups:
        x, t = rows[group], np.array(OR[1])[group]
        y = sigmoid(x @ w)
        slopes = (y - t) * y * (1 - y) @ x
        w = w - 2 * (slopes / len(group) if reduction == "mean" else slopes)
    return [float(each) for each in w]


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("each", [False, True])
def test_over_all_rows_or_on_each_in_order(reduction: str, each: bool) -> None:
    done = netsym.step(NUMBERS, "sse", OR, rate=2, each=each, reduction=reduction)
    assert list(done.parameters.values()) == pytest.approx(perceptron(reduction, each), rel=1e-12)
    assert [update.row for update in done.updates] == ([1, 2, 3, 4] if each else [0])
    cost = netsym.cost(done.network, "sse", data=OR, reduction=reduction)
    assert cost() == pytest.approx(done.after, rel=1e-12)
    assert done.after < done.before


def test_the_costs_of_each_row_are_before_its_own_step() -> None:
    done = netsym.step(NUMBERS, "sse", OR, rate=2, each=True)
    network = NUMBERS
    for update, x, t in zip(done.updates, *OR, strict=True):
        one = ([x], [t])
        assert netsym.cost(network, "sse", data=one)() == pytest.approx(update.cost, rel=1e-12)
        network = netsym.step(network, "sse", one, rate=2).network
    assert network([1.0, 0.5]) == pytest.approx(done.network([1.0, 0.5]), rel=1e-12)


# -- what moves ----------------------------------------------------------------------------------
def test_what_is_measured_stays() -> None:
    wires: list[Wire] = [
        ("scaler", Standardize(), ["input"], {"mean": [1.0, 2.0], "scale": [2.0, 4.0]}),
        ("line", Dense(units=1), ["scaler"], {"weights": [[0.5, "w"]], "bias": ["b"]}),
    ]
    network = netsym.Network.of("scaled", 2, wires)
    learned = Learned.of(network)
    assert learned.numbers == {"w2_1_1": 0.5}
    assert learned.names("weights") == ["w2_1_1", "w"]
    assert learned.names("biases") == ["b"]
    assert learned.names("parameters") == ["w2_1_1", "w", "b"]
    done = netsym.step(network, "mse", ([[3.0, 4.0]], [1.0]), rate=0.25,
                       parameters={"w": 1.0, "b": 0.0})  # fmt: skip
    # a = 0.5*1 + 1*0.5 + 0 = 1: nothing to learn
    assert done.parameters == {"w2_1_1": 0.5, "w": 1.0, "b": 0.0}
    scaler = done.network.named("scaler").parameters
    assert scaler["mean"].numbers({}).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("layer", "weights", "biases"),
    [
        (RNN(units=1), ["w1_1_1", "u1_1_1"], ["b1_1"]),
        (BatchNorm(), ["gamma1_1"], ["beta1_1"]),
        (PReLU(), ["alpha1_1"], []),
    ],
)
def test_weights_and_biases_are_those_of_torch(
    layer: Any, weights: list[str], biases: list[str]
) -> None:
    shape = (1, 1) if layer.recurrent else (1,)
    network = netsym.Network.of("one", 1, [("one", layer, ["input"], {})], shape=shape)
    learned = Learned.of(network)
    assert learned.group("weights") == weights
    assert learned.group("biases") == biases
    assert learned.group() == [n for n in network.parameter_names() if n[:2] not in ("mu", "v1")]


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rate": 0}, "rate is 0; give a finite number above 0"),
        ({"wrt": ["w9"]}, "nothing here is called 'w9'"),
        ({"loss": "sze"}, "unknown loss 'sze'; did you mean 'sse'"),
        ({"parameters": {"w1": [2.0, -1.0]}}, "w1_1_1 is 1 in the network; leave w1 out"),
        ({"parameters": {"x": [1, 2]}}, "'x_1' is an input, not a parameter"),
        ({"rate": 1e308, "l2": 1e10}, "leads to numbers that are not finite; take a smaller rate"),
        ({"rate": inf}, "rate is inf; give a finite number above 0"),
    ],
)
def test_refused(options: dict[str, Any], said: str) -> None:
    given = {"rate": 1.0, "loss": "sse", **options}
    loss = given.pop("loss")
    with pytest.raises(SpecError, match=said):
        netsym.step(NUMBERS, loss, OR, **given)


def test_names_without_numbers_are_said_and_how_to_give_them() -> None:
    known = {name: n for name, n in WEIGHTS.items() if name not in ("w8", "b2")}
    with pytest.raises(ValueMissingError) as refused:
        netsym.step(MAZUR, "sse", DATA, rate=0.5, parameters=known)
    assert str(refused.value) == (
        "no number for the 2 parameters w8, b2: give --parameters w8=0.5,…; or --parameters FILE, "
        "with numbers by name"
    )


def test_a_cost_too_large_to_differentiate_is_refused_before_it_is_built() -> None:
    vast = netsym.parse("100-1000-100:tanh")
    data = (np.zeros((5000, 100)), np.zeros((5000, 100)))
    arrays = {f"{letter}{n}": np.zeros(shape) for n, shapes in enumerate(
        (((1000, 100), (1000,)), ((100, 1000), (100,))), 1)
        for letter, shape in zip("wb", shapes, strict=True)}  # fmt: skip
    with pytest.raises(TooLargeError, match="give fewer examples, or take a smaller network"):
        netsym.step(vast, "sse", data, rate=1, parameters=arrays)
