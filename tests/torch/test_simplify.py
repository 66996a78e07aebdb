"""Batch norm, scalers and projections of modules go into the layers beside them, with proof."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import torch
from torch import Tensor, nn

import netsym
from netsym.collapse.simplification import simplify
from netsym.readers.torch import from_torch
from tests.collapse.test_rules import kinds
from tests.torch.modules import Case, normal, of, plain
from tests.torch.test_reading import with_own_numbers


def scaled() -> Case:
    """As a regression is deployed: the input standardized and projected, the target scaled back."""

    def forward(m: Any, x: Tensor) -> Tensor:
        return m.net(m.pca((x - m.mean) / m.deviation)) * m.factor + m.shift

    net = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 2))
    return of(forward, (2, 4), net=net, pca=nn.Linear(4, 2, bias=False), mean=normal(4),
              deviation=torch.tensor([0.5, 2, 4, 0.25], dtype=torch.float64), factor=normal(2),
              shift=normal(2))  # fmt: skip


def colours(padding: int) -> Case:
    """An image whose colours are standardized before the first convolution."""
    return of(lambda m, x: m.conv((x - m.mean) / m.deviation), (2, 2, 3, 3),
              conv=nn.Conv2d(2, 3, 2, padding=padding), mean=normal(2, 1, 1),
              deviation=torch.full((2, 1, 1), 0.5, dtype=torch.float64))  # fmt: skip


SIMPLER: Mapping[str, tuple[Callable[[], Case], list[str]]] = {
    "dense": (lambda: plain(nn.Linear(4, 3), nn.BatchNorm1d(3), nn.ReLU()),
              ["dense", "activation"]),
    "before dense": (lambda: plain(nn.BatchNorm1d(4), nn.Linear(4, 3)), ["dense"]),
    "convolution": (lambda: plain(nn.Conv2d(1, 2, 2, padding=1), nn.BatchNorm2d(2), nn.ReLU(),
                                  shape=(2, 1, 2, 3)), ["conv2d", "activation"]),
    "transposed": (lambda: plain(nn.ConvTranspose1d(4, 2, 2, groups=2), nn.BatchNorm1d(2),
                                 shape=(2, 4, 2)), ["conv_transpose1d"]),
    "before convolution": (lambda: plain(nn.BatchNorm1d(2), nn.Conv1d(2, 2, 2), shape=(2, 2, 3)),
                           ["conv1d"]),
    "before padding": (lambda: plain(nn.BatchNorm1d(2), nn.Conv1d(2, 2, 2, padding=1),
                                     shape=(2, 2, 3)), ["batch_norm", "conv1d"]),
    "scalers and a projection": (scaled, ["dense", "dense"]),
    "colours": (lambda: colours(0), ["conv2d"]),
    "colours before padding": (lambda: colours(1), ["function", "conv2d"]),
}  # fmt: skip


@pytest.mark.parametrize("name", SIMPLER)
def test_modules(name: str) -> None:
    make, layers = SIMPLER[name]
    module, inputs = with_own_numbers(make)
    network = from_torch(module, inputs)
    result = simplify(network)
    assert kinds(result.network) == layers
    assert netsym.compare(network, result.exact).verdict in ("structural", "identical")
    rounded = netsym.compare(network, result)
    assert rounded.verdict in ("structural", "identical", "within-error")
    assert (rounded.verdict == "structural") == (not result.steps)
    if name.endswith("padding"):
        assert "shifts its values" in result.blocked[0].because
