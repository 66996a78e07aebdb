"""Normalisation against torch, in float64, on random shapes and options."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from netsym.layers import Layer, Shape
from netsym.layers.normalisation import BatchNorm, GroupNorm, InstanceNorm, LayerNorm, RMSNorm
from tests.effort import random_examples
from tests.layers.every_reading import single

FEW = random_examples(40)
KEYS = {"weight": "gamma", "bias": "beta", "running_mean": "mean", "running_var": "variance"}
EPS = st.sampled_from([1e-5, 1e-3, 0.5])
torch.manual_seed(8)

Shapes = st.lists(st.integers(1, 4), min_size=1, max_size=4).map(tuple)


def agree(layer: Layer, module: torch.nn.Module, shape: Shape, offset: float = 0.0) -> None:
    """The layer computes what the module does, with its parameters, drawn at random."""
    module = module.double().eval()
    with torch.no_grad():
        for name, array in [*module.named_parameters(), *module.named_buffers()]:
            if array.is_floating_point():
                array.copy_(torch.rand_like(array) + (0.5 if "var" in name else -0.5))
        x = torch.randn(3, *shape, dtype=torch.float64) + offset
        expected = module(x).numpy()
    state = {KEYS[k]: v.numpy() for k, v in module.state_dict().items() if k in KEYS}
    found = np.asarray(single(layer, shape, state)(x.reshape(3, -1).numpy()))
    np.testing.assert_allclose(
        found.reshape(expected.shape), expected, rtol=1e-12, atol=1e-12 * max(1, abs(offset) * 100)
    )


@given(shape=Shapes.filter(lambda s: len(s) < 4), eps=EPS, affine=st.booleans())
@FEW
def test_batch_norm(shape: Shape, eps: float, affine: bool) -> None:
    kinds = {1: torch.nn.BatchNorm1d, 2: torch.nn.BatchNorm1d, 3: torch.nn.BatchNorm2d}
    module = kinds[len(shape)](shape[0], eps=eps, affine=affine)
    agree(BatchNorm(eps=eps, use_gamma=affine, use_beta=affine), module, shape)


@given(shape=Shapes, eps=EPS, affine=st.booleans(), bias=st.booleans())
@FEW
def test_layer_norm(shape: Shape, eps: float, affine: bool, bias: bool) -> None:
    module = torch.nn.LayerNorm(shape[-1], eps=eps, elementwise_affine=affine, bias=bias)
    agree(LayerNorm(eps=eps, use_gamma=affine, use_beta=affine and bias), module, shape)


@given(shape=Shapes, eps=EPS, affine=st.booleans())
@FEW
def test_rms_norm(shape: Shape, eps: float, affine: bool) -> None:
    module = torch.nn.RMSNorm(shape[-1], eps=eps, elementwise_affine=affine)
    agree(RMSNorm(eps=eps, use_gamma=affine), module, shape)


@given(data=st.data(), groups=st.integers(1, 3), eps=EPS, affine=st.booleans())
@FEW
def test_group_norm(data: Any, groups: int, eps: float, affine: bool) -> None:
    each = data.draw(st.integers(1, 3))
    shape = (groups * each, *data.draw(st.lists(st.integers(1, 3), max_size=2)))
    module = torch.nn.GroupNorm(groups, groups * each, eps=eps, affine=affine)
    agree(GroupNorm(groups=groups, eps=eps, use_gamma=affine, use_beta=affine), module, shape)


@given(lengths=st.lists(st.integers(2, 4), min_size=1, max_size=2), eps=EPS, affine=st.booleans())
@FEW
def test_instance_norm(lengths: list[int], eps: float, affine: bool) -> None:
    kinds = {1: torch.nn.InstanceNorm1d, 2: torch.nn.InstanceNorm2d}
    module = kinds[len(lengths)](3, eps=eps, affine=affine)
    layer = InstanceNorm(eps=eps, use_gamma=affine, use_beta=affine)
    agree(layer, module, (3, *lengths))


@pytest.mark.parametrize("offset", [1e3, -1e3])
def test_values_far_from_zero(offset: float) -> None:
    agree(LayerNorm(), torch.nn.LayerNorm(8), (2, 8), offset)
    agree(GroupNorm(groups=2), torch.nn.GroupNorm(2, 4), (4, 3), offset)
