"""Gradients against torch's autograd in float64, to 1e-12."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

import netsym
from netsym.equality.cancelled import CANCEL, taught
from netsym.layers.attention import Attention
from netsym.layers.convolution import Conv2d
from netsym.layers.pooling import MaxPool2d
from netsym.layers.recurrent import GRU, LSTM, RNN
from netsym.network.network import Network
from tests.torch.theirs import ACTIVATIONS
from tests.typed import parse_formula

WIDTHS = ([4, 8, 8, 3], [10, 32, 32, 1], [2, 3, 1])


def autograd(
    widths: list[int], activations: list[str], values: list[np.ndarray], x: np.ndarray
) -> np.ndarray:
    """Every output by every weight and bias in the order of layers, and by every input."""
    arrays = [torch.tensor(value, dtype=torch.float64, requires_grad=True) for value in values]
    point = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    value = point
    for layer, activation in enumerate(activations):
        weights, bias = arrays[2 * layer : 2 * layer + 2]
        value = ACTIVATIONS[activation](weights @ value + bias)
    rows = [
        torch.cat([
            part.reshape(-1)
            for part in torch.autograd.grad(output, [*arrays, point], retain_graph=True)
        ])
        for output in value
    ]  # fmt: skip
    return torch.stack(rows).numpy()


def compared(widths: list[int], activations: list[str], seed: int) -> None:
    rng = np.random.default_rng(seed)
    parts = [f"{w}{a}" for w, a in zip(widths[1:], activations, strict=True)]
    network = netsym.parse("-".join([str(widths[0]), *parts]))
    shapes = [s for n, m in pairwise(widths) for s in ((m, n), (m,))]
    values = [rng.normal(0, shape[-1] ** -0.5, shape) for shape in shapes]
    x = rng.normal(size=widths[0])
    flat = np.concatenate([value.reshape(-1) for value in values])
    names = network.parameter_names()
    slopes = network.layered.jacobian([*names, *network.input_names.all()])
    at = dict(zip(names, flat.tolist(), strict=True))
    found = np.asarray(slopes(*x, parameters=at)).reshape(widths[-1], -1)
    wanted = autograd(widths, activations, values, x)
    scale = max(1.0, np.abs(wanted).max())  # softmax of one unit has slope 0, but for rounding
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-15 * scale)


@pytest.mark.parametrize("activation", ACTIVATIONS)
@pytest.mark.parametrize("widths", WIDTHS, ids=str)
def test_networks(widths: list[int], activation: str) -> None:
    compared(widths, [activation] * (len(widths) - 2) + ["linear"], 1)
    compared(widths, [activation] * (len(widths) - 1), 2)


@pytest.mark.parametrize(
    ("text", "function"),
    [
        ("relu(x)", torch.relu),
        ("abs(x)", torch.abs),
        ("leaky_relu(x, 0.01)", ACTIVATIONS["leaky_relu"]),
        ("elu(x, 1)", ACTIVATIONS["elu"]),
        ("hard_sigmoid(x)", ACTIVATIONS["hard_sigmoid"]),
        ("max(x, 2*x)", lambda x: torch.stack([x, 2 * x]).max(0).values),
        ("max(2*x, x, 3*x)", lambda x: torch.stack([2 * x, x, 3 * x]).max(0).values),
        ("min(3*x, 2*x)", lambda x: torch.stack([3 * x, 2 * x]).min(0).values),
        ("sign(x)*x", lambda x: torch.sign(x) * x),
    ],
)
@pytest.mark.parametrize("at", [0.0, 3.0, -3.0, 0.7])
def test_kinks(text: str, function: object, at: float) -> None:
    point = torch.tensor(at, dtype=torch.float64, requires_grad=True)
    function(point).backward()  # type: ignore[operator]
    slopes = parse_formula(f"y = {text}").formula.gradient("inputs")
    assert slopes(at) == point.grad.item()  # type: ignore[union-attr]


def test_hessian_vector() -> None:
    network = netsym.parse("2-3tanh-1")
    rng = np.random.default_rng(7)
    flat, v = rng.normal(size=(2, network.parameter_count))
    x = rng.normal(size=2)

    def loss(p: torch.Tensor) -> torch.Tensor:
        hidden = torch.tanh(p[:6].reshape(3, 2) @ torch.tensor(x) + p[6:9])
        return p[9:12] @ hidden + p[12]

    _, wanted = torch.autograd.functional.hvp(loss, torch.tensor(flat), torch.tensor(v))
    product = network.layered.hessian_vector()
    at = dict(zip(network.parameter_names(), flat.tolist(), strict=True))
    np.testing.assert_allclose(product(*x, *v, parameters=at), wanted.numpy(), rtol=1e-12)


# -- costs ---------------------------------------------------------------------------------------
def _sum_of_classes(y: torch.Tensor, t: torch.Tensor) -> torch.Tensor:
    return -(t * torch.log(y)).sum(-1).mean()


COSTS: dict[str, tuple[str, Any]] = {
    "mse": ("3-4tanh-2", functional.mse_loss),
    "mae": ("3-4tanh-2", functional.l1_loss),
    "huber": ("3-4tanh-2", functional.huber_loss),
    "hinge": ("3-4tanh-2", lambda y, t: torch.relu(1 - t * y).mean()),
    "bce": ("3-4tanh-2sigmoid", functional.binary_cross_entropy),
    "bce_logits": ("3-4tanh-2", functional.binary_cross_entropy_with_logits),
    "cross_entropy": ("3-4tanh-3softmax", _sum_of_classes),
    "cross_entropy_logits": ("3-4tanh-3", functional.cross_entropy),
}


@pytest.mark.parametrize("given", ["one", "examples", "data"])
@pytest.mark.parametrize("loss", COSTS)
def test_costs(loss: str, given: str) -> None:
    """By all parameters, and where they are names by inputs: the adversarial direction."""
    (spec, theirs), rng = COSTS[loss], np.random.default_rng(11)
    network = netsym.parse(spec)
    m, k = 1 if given == "one" else 3, len(network.output_names)
    x = rng.normal(size=(m, 3))
    t = rng.choice([-1.0, 1.0] if loss == "hinge" else [0.0, 1.0], size=(m, k))
    if loss.startswith("cross"):
        t = np.eye(k)[rng.integers(k, size=m)]
    options: dict[str, Any] = {"examples": m} if given == "examples" else {}
    made = netsym.cost(network, loss, **(options if given != "data" else {"data": (x, t)}))

    shapes = [tuple(p.shape) for placed in network.layers for p in placed.parameters.values()]
    arrays = [torch.tensor(rng.normal(size=shape), requires_grad=True) for shape in shapes]
    point = torch.tensor(x, requires_grad=True)
    hidden = torch.tanh(functional.linear(point, *arrays[:2]))
    value = functional.linear(hidden, *arrays[2:])
    value = {"bce": torch.sigmoid, "cross_entropy": ACTIVATIONS["softmax"]}.get(
        loss, ACTIVATIONS["linear"]
    )(value)
    slopes = torch.autograd.grad(theirs(value, torch.tensor(t)), [*arrays, point])
    wanted = np.concatenate([slope.reshape(-1).numpy() for slope in slopes])

    flat = np.concatenate([array.detach().numpy().reshape(-1) for array in arrays])
    at = dict(zip(network.parameter_names(), flat.tolist(), strict=True))
    names = list(at)
    inputs = [] if given == "data" else made.input_names.all()[: x.size]
    numbers = [] if given == "data" else [*x.reshape(-1), *t.reshape(-1)]
    found = made.layered.jacobian([*names, *inputs])
    scale = np.abs(wanted).max()
    np.testing.assert_allclose(found(*numbers, parameters=at), wanted[: len(names) + len(inputs)],
                               rtol=1e-11, atol=1e-14 * scale)  # fmt: skip
    if loss in CANCEL:
        short = taught(made, found).formula
        assert short.size.nodes < found.size.nodes
        np.testing.assert_allclose(short(*numbers, parameters=at), found(*numbers, parameters=at),
                                   rtol=1e-11, atol=1e-14 * scale)  # fmt: skip


# -- other layers --------------------------------------------------------------------------------
def agree(network: Network, x: torch.Tensor, y: torch.Tensor, arrays: dict[str, Any]) -> None:
    """The slopes of a weighted sum of the outputs, by the parameters of the first layer.

    `arrays` has (tensor that is a leaf, how it is cut) by the key of each.
    """
    weights = torch.linspace(-1, 1.5, y.numel(), dtype=torch.float64)
    leaves = [leaf for leaf, _ in arrays.values()]
    theirs = torch.autograd.grad((y.reshape(-1) * weights).sum(), leaves)
    at, wanted, names = {}, [], []
    for (key, (leaf, cut)), slope in zip(arrays.items(), theirs, strict=True):
        own = network.layers[0].parameters[key].names.all()
        at |= dict(zip(own, cut(leaf).detach().numpy().reshape(-1).tolist(), strict=True))
        names += own
        wanted.append(cut(slope).numpy().reshape(-1))
    slopes = network.layered.jacobian(names)
    found = np.asarray(slopes(*x.reshape(-1).tolist(), parameters=at)).reshape(y.numel(), -1)
    expected = np.concatenate(wanted)
    np.testing.assert_allclose(weights.numpy() @ found, expected, rtol=1e-11, atol=1e-13)


@pytest.mark.parametrize("steps", [1, 4])
@pytest.mark.parametrize(
    ("layer", "module", "gates"),
    [(RNN, nn.RNN, [""]), (GRU, nn.GRU, ["r", "z", "n"]), (LSTM, nn.LSTM, ["i", "f", "g", "o"])],
)
def test_back_propagation_through_time(layer: Any, module: Any, gates: Any, steps: int) -> None:
    torch.manual_seed(5)
    theirs = module(2, 3, batch_first=True, dtype=torch.float64)
    with torch.no_grad():  # torch has two biases where one is enough
        theirs.bias_hh_l0[: None if layer is not GRU else 6] = 0
    x = torch.randn(1, steps, 2, dtype=torch.float64)
    arrays: dict[str, Any] = {}
    for n, gate in enumerate(gates):
        rows = slice(3 * n, 3 * n + 3)

        def cut(tensor: torch.Tensor, rows: slice = rows) -> torch.Tensor:
            return tensor[rows]

        arrays |= {f"w{gate}": (theirs.weight_ih_l0, cut), f"u{gate}": (theirs.weight_hh_l0, cut)}
        arrays[f"b{gate}"] = theirs.bias_ih_l0, cut
        if layer is GRU and gate == "n":
            arrays["bu"] = theirs.bias_hh_l0, cut
    wires = [("cell", layer(units=3, returns="last"), ["input"], {})]
    network = Network.of("cell", 2 * steps, wires, shape=(steps, 2))
    agree(network, x, theirs(x)[0][0, -1], arrays)


def test_convolution_and_pooling() -> None:
    torch.manual_seed(5)
    x = torch.randn(2, 5, 4, dtype=torch.float64)
    weights = torch.randn(3, 2, 2, 2, dtype=torch.float64, requires_grad=True)
    bias = torch.randn(3, dtype=torch.float64, requires_grad=True)
    y = torch.tanh(functional.conv2d(x, weights, bias, padding=1, stride=(1, 2)))
    y = functional.max_pool2d(y, (3, 2), stride=1)
    layer = Conv2d(channels=3, kernel=(2, 2), padding=(1,), stride=(1, 2), activation="tanh")
    pool = MaxPool2d(kernel=(3, 2), stride=(1,))
    wires = [("conv", layer, ["input"], {}), ("pool", pool, ["conv"], {})]
    network = Network.of("conv", x.numel(), wires, shape=(2, 5, 4))
    agree(network, x, y, {"weights": (weights, lambda a: a), "bias": (bias, lambda a: a)})


@pytest.mark.parametrize("causal", [False, True])
def test_attention(causal: bool) -> None:
    torch.manual_seed(5)
    theirs = nn.MultiheadAttention(4, 2, batch_first=True, dtype=torch.float64)
    x = torch.randn(1, 3, 4, dtype=torch.float64)
    mask = torch.triu(torch.ones(3, 3, dtype=torch.bool), 1) if causal else None
    y, _ = theirs(x, x, x, attn_mask=mask)
    arrays: dict[str, Any] = {}
    for n, key in enumerate("qkv"):

        def cut(tensor: torch.Tensor, n: int = n) -> torch.Tensor:
            return tensor.chunk(3)[n]

        arrays |= {f"w{key}": (theirs.in_proj_weight, cut), f"b{key}": (theirs.in_proj_bias, cut)}
    arrays |= {
        "wo": (theirs.out_proj.weight, lambda a: a),
        "bo": (theirs.out_proj.bias, lambda a: a),
    }
    wires = [("attention", Attention(heads=2, causal=causal), ["input"], {})]
    network = Network.of("attention", 12, wires, shape=(3, 4))
    agree(network, x, y, arrays)
