"""One parameter in several places against tied tensors of torch, in float64."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject
from torch.nn import functional

import netsym
from netsym.layers.attention import Attention
from netsym.layers.convolution import Conv2d
from netsym.layers.dense import Dense
from netsym.layers.recurrent import LSTM
from netsym.network.network import Network
from tests.effort import random_examples

Entry = str | float
ENTRIES = st.sampled_from(["p", "q", "r", "s", "t_", 0.0, 1.0, -1.0, 2.0, 0.3])
ACTIVATIONS = {"linear": lambda z: z, "tanh": torch.tanh, "sigmoid": torch.sigmoid,
               "relu": torch.relu}  # fmt: skip


class Leaves:
    """A leaf for every name, and arrays that have the same leaf in several places."""

    def __init__(self, seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self.known: dict[str, torch.Tensor] = {}

    def array(self, entries: Any) -> torch.Tensor:
        if isinstance(entries, list):
            return torch.stack([self.array(entry) for entry in entries])
        if isinstance(entries, float):
            return torch.tensor(entries, dtype=torch.float64)
        if entries not in self.known:
            # small whole numbers and equal ones are among them
            value = self.random.choice([1.0, 2.0, -0.5, float(self.random.normal())])
            self.known[entries] = torch.tensor(float(value), requires_grad=True,
                                               dtype=torch.float64)  # fmt: skip
        return self.known[entries]

    @property
    def values(self) -> dict[str, float]:
        return {name: leaf.item() for name, leaf in self.known.items()}


def slopes(formula: Any, point: Any, leaves: Leaves) -> Any:
    """The derivatives of the one output by every name, in the order of the leaves."""
    names = [*leaves.known]
    return np.reshape(formula.jacobian(names)(*point, parameters=leaves.values), -1)


@given(st.data())
@random_examples(60)
def test_costs_of_networks_with_entries_tied_at_random(data: DataObject) -> None:
    """The cost, with penalties in which a weight counts once, and its gradient."""
    widths = data.draw(st.lists(st.integers(1, 3), min_size=3, max_size=4))
    leaves, wires, weighted = Leaves(data.draw(st.integers(0, 99))), [], list[Entry]()
    x = torch.tensor(leaves.random.normal(size=widths[0]))
    t = torch.tensor(leaves.random.normal(size=widths[-1]))
    value = x
    for number, (n, m) in enumerate(pairwise(widths), 1):
        activation = data.draw(st.sampled_from([*ACTIVATIONS]))
        weights = [[data.draw(ENTRIES) for _ in range(n)] for _ in range(m)]
        bias = [data.draw(ENTRIES) for _ in range(m)]
        before = f"layer{number - 1}" if number > 1 else "input"
        wires.append((f"layer{number}", Dense(units=m, activation=activation), [before],
                      {"weights": weights, "bias": bias}))  # fmt: skip
        weighted += [entry for row in weights for entry in row]
        value = ACTIVATIONS[activation](leaves.array(weights) @ value + leaves.array(bias))
    network = Network.of("tied", widths[0], wires)
    values = leaves.values
    assert network.parameter_names() == [*values] or set(network.parameter_names()) == {*values}
    np.testing.assert_allclose(network(*x.numpy(), parameters=values), value.detach().numpy(),
                               rtol=1e-12, atol=1e-12)  # fmt: skip
    once = [*{e for e in weighted if isinstance(e, str)}, *(e for e in weighted if e not in values)]
    penalised = leaves.array(once)
    theirs = (functional.mse_loss(value, t) + 0.3 * penalised.abs().sum()
              + 0.7 / 2 * (penalised**2).sum())  # fmt: skip
    cost = netsym.cost(network, "mse", l1=0.3, l2=0.7)
    point = [*x.numpy(), *t.numpy()]
    for form in (cost.layered, cost.shared, cost.inlined):
        assert form(*point, parameters=values) == pytest.approx(theirs.item(), rel=1e-12)
    if not values:
        return
    wanted = torch.autograd.grad(theirs, [*leaves.known.values()])
    for form in (cost.layered, cost.inlined):
        np.testing.assert_allclose(slopes(form, point, leaves), torch.stack(wanted),
                                   rtol=1e-11, atol=1e-12)  # fmt: skip


def entries(shape: tuple[int, ...], random: Any) -> Any:
    """Nested lists of names, few enough to be tied."""
    if not shape:
        return str(random.choice(["p", "q", "r"]))
    return [entries(shape[1:], random) for _ in range(shape[0])]


def test_a_kernel_with_tied_entries() -> None:
    """A symmetric one and a kernel of one number are what people make."""
    leaves = Leaves(3)
    weights = [[[["c", "e_", "c"], ["e_", "m", "e_"], ["c", "e_", "c"]]], [[["m"] * 3] * 3]]
    x = torch.tensor(leaves.random.normal(size=(1, 4, 5)))
    y = functional.conv2d(x, leaves.array(weights), leaves.array(["m", "b"]), padding=1).tanh()
    layer = Conv2d(channels=2, kernel=(3,), padding=(1,), activation="tanh")
    given = {"weights": weights, "bias": ["m", "b"]}
    network = Network.of("kernel", 20, [("conv", layer, ["input"], given)], shape=(1, 4, 5))
    assert network.parameter_count == 4
    point, t = x.reshape(-1).numpy(), torch.zeros_like(y)
    cost = netsym.cost(network, "mse")
    wanted = torch.autograd.grad(functional.mse_loss(y, t), [*leaves.known.values()])
    found = slopes(cost.layered, [*point, *t.reshape(-1).numpy()], leaves)
    np.testing.assert_allclose(found, torch.stack(wanted), rtol=1e-11)


@pytest.mark.parametrize("seed", range(3))
def test_gates_that_share_their_parameters(seed: int) -> None:
    """Every gate of torch's LSTM has arrays of leaves: the derivative by a leaf is their sum."""
    leaves = Leaves(seed)
    layer = LSTM(units=2, returns="last")
    shapes = layer.parameters((3, 2))
    given = {key: entries(shape, leaves.random) for key, shape in shapes.items()}
    network = Network.of("gates", 6, [("cell", layer, ["input"], given)], shape=(3, 2))
    gates = "ifgo"
    stacked = [torch.cat([leaves.array(given[f"{letter}{gate}"]) for gate in gates])
               for letter in "wub"]  # fmt: skip
    x = torch.tensor(leaves.random.normal(size=(3, 2)))
    h, c = torch.zeros(2, dtype=torch.float64), torch.zeros(2, dtype=torch.float64)
    for step in x:
        i, f, g, o = (stacked[0] @ step + stacked[1] @ h + stacked[2]).chunk(4)
        c = f.sigmoid() * c + i.sigmoid() * g.tanh()
        h = o.sigmoid() * c.tanh()
    theirs = torch.nn.LSTM(2, 2, batch_first=True, dtype=torch.float64)
    state = dict(zip(("weight_ih_l0", "weight_hh_l0", "bias_ih_l0"), stacked, strict=True))
    state["bias_hh_l0"] = torch.zeros(8, dtype=torch.float64)
    whole, _ = torch.func.functional_call(theirs, state, (x[None],))
    np.testing.assert_allclose(whole[0, -1].detach(), h.detach(), rtol=1e-12)
    cost, t = netsym.cost(network, "mse"), torch.ones(2, dtype=torch.float64)
    wanted = torch.autograd.grad(functional.mse_loss(whole[0, -1], t), [*leaves.known.values()])
    point = [*x.reshape(-1).numpy(), *t.numpy()]
    assert network.parameter_count == len(leaves.known)
    np.testing.assert_allclose(slopes(cost.layered, point, leaves), torch.stack(wanted),
                               rtol=1e-10, atol=1e-12)  # fmt: skip


def test_queries_and_keys_of_one_matrix() -> None:
    leaves = Leaves(7)
    layer = Attention()
    shapes = layer.parameters((3, 2))
    given = {key: entries(shape, leaves.random) for key, shape in shapes.items()}
    given["wk"] = given["wq"]
    network = Network.of("attention", 6, [("one", layer, ["input"], given)], shape=(3, 2))
    x = torch.tensor(leaves.random.normal(size=(3, 2)))
    q, k, v = (functional.linear(x, leaves.array(given[f"w{n}"]), leaves.array(given[f"b{n}"]))
               for n in "qkv")  # fmt: skip
    y = functional.scaled_dot_product_attention(q[None], k[None], v[None])[0]
    y = functional.linear(y, leaves.array(given["wo"]), leaves.array(given["bo"]))
    values = leaves.values
    np.testing.assert_allclose(network(x.numpy(), parameters=values),
                               y.detach().numpy().reshape(-1), rtol=1e-12)  # fmt: skip
    cost, t = netsym.cost(network, "mse"), torch.ones_like(y)
    wanted = torch.autograd.grad(functional.mse_loss(y, t), [*leaves.known.values()])
    found = slopes(cost.layered, [*x.reshape(-1).numpy(), *t.reshape(-1).numpy()], leaves)
    np.testing.assert_allclose(found, torch.stack(wanted), rtol=1e-10, atol=1e-12)
