"""The parametric relu and its derivatives against torch, on its kink as well."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from netsym.layers.elementwise import PReLU
from netsym.network.network import Network

SHAPES = [(3,), (2, 2), (2, 1, 2)]


@pytest.mark.parametrize("shape", SHAPES, ids=str)
@pytest.mark.parametrize("shared", [True, False])
@pytest.mark.parametrize("seed", range(5))
def test_values_and_derivatives(shape: tuple[int, ...], shared: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    module = torch.nn.PReLU(1 if shared else shape[0], dtype=torch.float64)
    with torch.no_grad():
        module.weight.copy_(torch.tensor(rng.choice([-1.0, 0.0, 0.25, 1.0], len(module.weight))))
    x = rng.choice([-2.0, -1.0, 0.0, 1.0, 50.0], shape)
    point = torch.tensor(x[None], requires_grad=True)
    given = {"slopes": module.weight.detach().numpy()}
    layer = ("p", PReLU(shared=shared), ["input"], given)
    network = Network.of("n", [f"x{n}" for n in range(x.size)], [layer], shape=shape)
    wanted = module(point)[0].reshape(-1)
    np.testing.assert_array_equal(network(x.reshape(-1)), wanted.detach())
    slopes = torch.stack([
        torch.autograd.grad(value, point, retain_graph=True)[0].reshape(-1) for value in wanted
    ])  # fmt: skip
    found = network.inlined.jacobian("inputs")(*x.reshape(-1))
    np.testing.assert_array_equal(np.reshape(found, slopes.shape), slopes)


@pytest.mark.parametrize("shape", SHAPES, ids=str)
def test_derivatives_by_the_slopes(shape: tuple[int, ...]) -> None:
    x = np.random.default_rng(8).choice([-2.0, -1.0, 0.0, 1.0], shape)
    slopes = torch.full(shape[:1], 0.5, dtype=torch.float64, requires_grad=True)
    torch.prelu(torch.tensor(x[None]), slopes).sum().backward()
    layer = ("p", PReLU(shared=False), ["input"], {})
    network = Network.of("n", [f"x{n}" for n in range(x.size)], [layer], shape=shape)
    at = dict.fromkeys(network.parameter_names(), 0.5)
    found = np.reshape(network.inlined.jacobian()(*x.reshape(-1), parameters=at), (x.size, -1))
    assert slopes.grad is not None
    np.testing.assert_array_equal(found.sum(axis=0), slopes.grad)
