"""A step of gradient descent against torch.optim.SGD in float64."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch

import netsym


def tensors(layers: list[torch.nn.Linear]) -> dict[str, list[Any]]:
    """The parameters by the names that the notation gives their arrays."""
    return {
        f"{letter}{n}": tensor.detach().numpy().tolist()
        for n, layer in enumerate(layers, 1)
        for letter, tensor in (("w", layer.weight), ("b", layer.bias))
    }


@pytest.mark.parametrize("each", [False, True], ids=["all", "each"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_step_is_that_of_sgd(each: bool, reduction: str) -> None:
    torch.manual_seed(4)
    layers = [torch.nn.Linear(3, 4).double(), torch.nn.Linear(4, 2).double()]
    before = tensors(layers)
    random = np.random.default_rng(2)
    x, t = random.normal(size=(6, 3)), random.uniform(size=(6, 2))
    network = netsym.parse("3-4tanh-2sigmoid")
    done = netsym.step(network, "sse", (x, t), rate=0.3, each=each, reduction=reduction,
                       parameters=before)  # fmt: skip
    optimizer = torch.optim.SGD([p for layer in layers for p in layer.parameters()], lr=0.3)
    for rows in [[n] for n in range(6)] if each else [list(range(6))]:
        optimizer.zero_grad()
        y = torch.sigmoid(layers[1](torch.tanh(layers[0](torch.tensor(x[rows])))))
        error = ((y - torch.tensor(t[rows])) ** 2).sum() / 2
        (error / len(rows) if reduction == "mean" else error).backward()
        optimizer.step()
    wanted = np.concatenate([np.array(values).reshape(-1) for values in tensors(layers).values()])
    np.testing.assert_allclose(list(done.parameters.values()), wanted, rtol=1e-12, atol=1e-15)
    assert list(done.parameters) == network.parameter_names()


@pytest.mark.parametrize(("loss", "last"), [("cross_entropy", "softmax"), ("bce", "sigmoid")])
def test_a_network_of_numbers_takes_a_step_with_penalties(loss: str, last: str) -> None:
    torch.manual_seed(5)
    layer = torch.nn.Linear(2, 3).double()
    network = netsym.parse(f"2-3{last}")
    numbers = np.concatenate([layer.weight.detach().numpy().reshape(-1),
                              layer.bias.detach().numpy()]).tolist()  # fmt: skip
    known = network.with_parameters(dict(zip(network.parameter_names(), numbers, strict=True)))
    x = np.random.default_rng(1).normal(size=(5, 2))
    t = np.eye(3)[[0, 2, 1, 1, 0]]
    done = netsym.step(known, loss, (x, t), rate=0.5, l2=0.2, wrt="weights")
    z, goal = layer(torch.tensor(x)), torch.tensor(t)
    if loss == "bce":
        error = torch.nn.functional.binary_cross_entropy(torch.sigmoid(z), goal)
    else:
        error = torch.nn.functional.cross_entropy(z, goal)
    (error + 0.1 * (layer.weight**2).sum()).backward()
    assert layer.weight.grad is not None
    wanted = (layer.weight - 0.5 * layer.weight.grad).detach().numpy().reshape(-1)
    moved = done.network.layers[0].parameters
    np.testing.assert_allclose(moved["weights"].numbers({}).reshape(-1), wanted, rtol=1e-11)
    np.testing.assert_array_equal(moved["bias"].numbers({}), layer.bias.detach().numpy())
