"""Every loss, and the cost over examples with its gradient, against torch in float64."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F

import netsym
from netsym.layers.registry import LOSSES
from netsym.layers.sources import Part
from netsym.network.network import Network
from tests.effort import random_examples

Tensor = torch.Tensor
QUICK = random_examples(20)

#: torch's function of (prediction, target), both (m, k), with its mean over all elements; of
#: cross-entropy, the mean over the examples.
THEIRS: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "mse": F.mse_loss,
    "sse": lambda y, t: F.mse_loss(y, t, reduction="sum") / 2 / len(y),
    "mae": F.l1_loss,
    "huber": F.huber_loss,
    "hinge": lambda y, t: F.relu(1 - t * y).mean(),
    "bce": F.binary_cross_entropy,
    "bce_logits": F.binary_cross_entropy_with_logits,
    "cross_entropy": lambda y, t: F.nll_loss(y.log(), t.argmax(dim=-1)),
    "cross_entropy_logits": F.cross_entropy,
}


def drawn(kind: str, shape: tuple[int, ...], seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Predictions and targets that the loss has a meaning for."""
    random = np.random.default_rng(seed)
    y = 2 * random.normal(size=shape)
    t = random.normal(size=shape)
    if kind == "hinge":
        t = np.sign(t)
    elif kind in ("bce", "bce_logits"):
        t = (t > 0).astype(float) if seed % 2 else random.uniform(size=shape)
    elif kind.startswith("cross_entropy"):
        t = np.eye(shape[-1])[random.integers(shape[-1], size=shape[:-1])]
    if kind == "bce":
        y = 1 / (1 + np.exp(-y))
    elif kind == "cross_entropy":
        y = np.exp(y) / np.exp(y).sum(axis=-1, keepdims=True)
    return y, t


def alone(kind: str, width: int, **options: Any) -> Network:
    """A network that is a loss of its first inputs, and of the others as targets."""
    return Network.of(
        kind,
        2 * width,
        [
            ("prediction", Part(lengths=(width,)), ["input"], {}),
            ("target", Part(lengths=(width,), start=width), ["input"], {}),
            ("loss", LOSSES[kind](**options), ["prediction", "target"], {}),
        ],
    )


def test_every_loss_has_an_oracle() -> None:
    assert set(THEIRS) == set(LOSSES)


@pytest.mark.parametrize("kind", LOSSES)
@QUICK
@given(width=st.integers(2, 5), seed=st.integers(0, 2**32))
def test_a_loss_is_torchs(kind: str, width: int, seed: int) -> None:
    y, t = drawn(kind, (width,), seed)
    theirs = THEIRS[kind](torch.tensor(y)[None], torch.tensor(t)[None]).item()
    network = alone(kind, width)
    x = np.concatenate([y, t])
    assert network(x) == pytest.approx(theirs, rel=1e-12)
    assert network.inlined(x) == pytest.approx(theirs, rel=1e-12)
    assert network.formula("inlined", expand=True)(x) == pytest.approx(theirs, rel=1e-10)


@QUICK
@given(delta=st.floats(0.1, 4), seed=st.integers(0, 2**32))
def test_huber_has_torchs_delta(delta: float, seed: int) -> None:
    y, t = drawn("huber", (3,), seed)
    theirs = F.huber_loss(torch.tensor(y), torch.tensor(t), delta=delta).item()
    assert alone("huber", 3, delta=delta)(np.concatenate([y, t])) == pytest.approx(
        theirs, rel=1e-12
    )


@pytest.mark.parametrize("logit", [-800.0, -40.0, 0.0, 40.0, 800.0])
def test_losses_of_logits_are_finite_where_formulas_overflow(logit: float) -> None:
    pair, first = torch.tensor([[logit, -logit]], dtype=torch.float64), torch.tensor([[1.0, 0.0]])
    theirs = F.cross_entropy(pair, first.double()).item()
    assert alone("cross_entropy_logits", 2)(logit, -logit, 1, 0) == pytest.approx(theirs, rel=1e-12)
    theirs = F.binary_cross_entropy_with_logits(pair, first.double()).item()
    assert alone("bce_logits", 2)(logit, -logit, 1, 0) == pytest.approx(theirs, rel=1e-12)


LAST = {"bce": "sigmoid", "cross_entropy": "softmax"}


@pytest.mark.parametrize("kind", LOSSES)
@pytest.mark.parametrize("known", [False, True], ids=["named", "data"])
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_a_cost_and_its_gradient_are_torchs(kind: str, known: bool, reduction: str) -> None:
    """Over 5 examples, with both penalties; the gradient of J by every weight and bias."""
    m, l1, l2 = 5, 0.3, 0.7
    random = np.random.default_rng(3)
    network = netsym.parse(f"3-4tanh-2{LAST.get(kind, 'linear')}")
    x = random.normal(size=(m, 3))
    t = drawn(kind, (m, 2), 1)[1]
    layers = [torch.nn.Linear(3, 4).double(), torch.nn.Linear(4, 2).double()]
    hidden = torch.tanh(layers[0](torch.tensor(x)))
    out = layers[1](hidden)
    if kind == "bce":
        out = torch.sigmoid(out)
    elif kind == "cross_entropy":
        out = torch.softmax(out, dim=-1)
    theirs = THEIRS[kind](out, torch.tensor(t)) * (m if reduction == "sum" else 1)
    for layer in layers:
        theirs = theirs + l1 * layer.weight.abs().sum() + l2 / 2 * (layer.weight**2).sum()
    theirs.backward()  # type: ignore[no-untyped-call]
    tensors = {f"{letter}{n}": tensor for n, layer in enumerate(layers, 1)
               for letter, tensor in (("w", layer.weight), ("b", layer.bias))}  # fmt: skip
    values, slopes = {}, {}
    for start, tensor in tensors.items():
        assert tensor.grad is not None
        for place in np.ndindex(*tensor.shape):
            name = "_".join([start, *(str(index + 1) for index in place)])
            values[name], slopes[name] = tensor[place].item(), tensor.grad[place].item()
    options: dict[str, Any] = {"data": (x, t)} if known else {"examples": m}
    cost = netsym.cost(network, kind, l1=l1, l2=l2, reduction=reduction, **options)
    point = [] if known else [np.concatenate([x.reshape(-1), t.reshape(-1)])]
    for form in (cost, cost.inlined, cost.layered):
        assert form(*point, parameters=values) == pytest.approx(theirs.item(), rel=1e-12)
    gradient = cost.layered.gradient("parameters")
    found = np.asarray(gradient(*point, parameters=values))
    wanted = [slopes[output.name.removeprefix("dJ_d")] for output in gradient.outputs]
    assert len(wanted) == len(slopes)
    np.testing.assert_allclose(found, wanted, rtol=1e-10, atol=1e-13)
