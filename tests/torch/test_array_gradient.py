"""Gradients of whole arrays against torch.autograd, of the formula that both are written from.

The forward text is computed with torch, which differentiates it; the text of the derivatives, with
the same words, must give the same arrays. And the forward text must be what the network computes.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional

import netsym
from netsym.equality.cancelled import taught
from netsym.errors import NetsymError
from netsym.layers import Layer
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale, Standardize
from netsym.layers.merge import Concat, Gate, Multiply
from netsym.layers.normalisation import RMSNorm
from netsym.network.network import Network
from tests.effort import random_examples
from tests.gradient.array_values import INDICES, Word, parameters, values


def _folded(better: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    """max or min, where of equal operands the first one counts, as it is documented."""

    def both(one: Any, other: Any) -> Any:
        one, other = (torch.as_tensor(z, dtype=torch.float64) for z in (one, other))
        return torch.where(better(other, one), other, one)

    return lambda *z: functools.reduce(both, z)


TORCH: dict[str, Any] = {
    **INDICES,
    **{name: getattr(torch, name) for name in ("exp", "log", "sqrt", "tanh", "sigmoid", "relu",
                                               "sign", "erf", "outer", "diag")},
    "sqrt": lambda z: z.sqrt() if isinstance(z, torch.Tensor) else math.sqrt(z),
    "pi": math.pi,
    "abs": torch.abs,
    "heaviside": lambda z: (z > 0).double(),
    "max": _folded(torch.gt),
    "min": _folded(torch.lt),
    "ones": lambda shape: torch.ones(shape, dtype=torch.float64),
    "zeros": lambda shape: torch.zeros(shape, dtype=torch.float64),
    "leaky_relu": functional.leaky_relu,
    "elu": functional.elu,
    "silu": functional.silu,
    "gelu": functional.gelu,
    "gelu_tanh": lambda z: functional.gelu(z, approximate="tanh"),
    "hard_sigmoid": lambda z: functional.relu6(z + 3) / 6,  # torch's own has a 1/6 of 24 bits
    "softplus": lambda z: functional.softplus(z, threshold=50),
    "softmax": lambda z: z.softmax(-1),
    "logsumexp": Word(lambda z: z.logsumexp(0), row=lambda z: z.logsumexp(-1, keepdim=True)),
    "mean": Word(torch.mean, row=lambda a: a.mean(-1, keepdim=True), examples=lambda a: a),
    "sum": Word(torch.sum, row=lambda a: a.sum(-1, keepdim=True), column=lambda a: a.sum(0)),
    "concatenate": Word(lambda *a: torch.cat(a), columns=lambda *a: torch.cat(a, dim=1)),
}  # fmt: skip

ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid", "leaky_relu", "elu", "softplus", "silu", "gelu",
               "gelu_tanh", "hard_sigmoid", "softmax")  # fmt: skip
LOSSES = {"mse": "linear", "mae": "tanh", "huber": "linear", "hinge": "linear", "bce": "sigmoid",
          "bce_logits": "linear", "cross_entropy": "softmax",
          "cross_entropy_logits": "linear"}  # fmt: skip
WHOLE = (-1.0, 0.0, 1.0, 2.0)


@st.composite
def networks(draw: Any) -> Network:
    """Layers of few units on a vector or on a sequence of vectors; shapes differ where they can."""
    width = draw(st.integers(1, 3))
    shape = draw(st.sampled_from([(width,), (2, width), (3, width), (width, width)]))
    wires: list[Any] = []
    last = "input"

    def place(layer: Layer, *sources: str) -> str:
        wires.append((f"layer{len(wires) + 1}", layer, list(sources), {}))
        return str(wires[-1][0])

    for _ in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["dense"] * 4 + ["scale", "standardize", "rms", "merge"]))
        if kind == "dense":
            units = draw(st.integers(1, 3))
            activation = draw(st.sampled_from(ACTIVATIONS))
            skip = units == width and draw(st.booleans())
            bias = draw(st.booleans())
            dense = Dense(units=units, activation=activation, use_bias=bias, skip=skip)
            last, width = place(dense, last), units
        elif kind == "merge":
            one, two = (place(Dense(units=2, activation=a), last) for a in ("sigmoid", "tanh"))
            layer = draw(st.sampled_from([Concat(), Multiply(), Gate()]))
            sources = [two, one, one] if isinstance(layer, Gate) else [two, one]
            last, width = place(layer, *sources), 4 if isinstance(layer, Concat) else 2
        else:
            layer = {"scale": Scale(), "standardize": Standardize(), "rms": RMSNorm()}[kind]
            last = place(layer, last)
    loss = draw(st.sampled_from(list(LOSSES)))
    units = draw(st.integers(2 if "cross" in loss else 1, 3))
    place(Dense(units=units, activation=LOSSES[loss]), last)
    network = Network.of("drawn", math.prod(shape), wires, shape=shape if len(shape) > 1 else ())
    examples = draw(st.sampled_from([None, 1, 2]))
    penalties = draw(st.sampled_from([{}, {"l2": 0.3}, {"l1": 0.2, "l2": 0.5}]))
    return netsym.cost(network, loss, examples=examples, **penalties)


def numbers(cost: Network, seed: int, whole: bool) -> dict[str, float]:
    """Numbers for all names; not 0 for what is divided by."""
    source = np.random.default_rng(seed)
    drawn: dict[str, float] = {}
    for name in [*cost.input_names.all(), *cost.parameter_names()]:
        number = float(source.choice(WHOLE) if whole else source.normal())
        divides = name.startswith("s") or (name.startswith("t") and "." not in name)
        drawn[name] = 1.0 + abs(number) if divides else number
    return drawn


def examples_of(cost: Network, at: dict[str, float]) -> list[dict[str, Any]]:
    """The inputs and targets of every example, as arrays by the letters that stand for one."""
    letters = [(names.ascii(0), shape) for names, shape in cost.matrices.shapes
               if names.layer is None]  # fmt: skip
    flat, count = [at[name] for name in cost.input_names.all()], 1
    sizes = [math.prod(shape) for _, shape in letters]
    count = len(flat) // sum(sizes)
    found: list[dict[str, Any]] = [{} for _ in range(count)]
    start = 0
    for (letter, shape), size in zip(letters, sizes, strict=True):
        for example in found:
            example[letter] = np.array(flat[start : start + size]).reshape(shape)
            start += size
    return found


def shares(targets: np.ndarray) -> np.ndarray:
    """Targets that a loss of probabilities takes: 0 and 1, one of each vector."""
    return np.asarray(np.eye(targets.shape[-1])[np.abs(targets).argmax(-1)]).reshape(targets.shape)


def tensors(arrays: dict[str, Any]) -> dict[str, Any]:
    return {k: torch.tensor(v, dtype=torch.float64, requires_grad=True) for k, v in arrays.items()}


@random_examples(150)
@given(networks(), st.integers(0, 2**20), st.booleans())
def test_derivatives_are_those_of_autograd(cost: Network, seed: int, whole: bool) -> None:
    at = numbers(cost, seed, whole)
    names = cost.input_names.all()
    each = examples_of(cost, at)
    for example in each:
        for letter in {"t", "T"} & example.keys():
            example[letter] = shares(example[letter])
    own = tensors(parameters(cost.matrices.shapes, at))
    data = [tensors(example) for example in each]
    forward = cost.matrices.text(ascii=True)
    losses = [values(forward, {**own, **example}, TORCH)["J"] for example in data]
    total = sum(losses) / len(losses)
    point = [number for letter in dict.fromkeys(k for e in each for k in e)
             for example in each for number in example[letter].reshape(-1)]  # fmt: skip
    assert len(point) == len(names)
    with np.errstate(all="ignore"):
        computed = float(
            cost.layered(*point, parameters={k: at[k] for k in cost.parameter_names()})
        )
    if not math.isfinite(computed):  # log(0) where an activation is exactly 0 or 1
        return
    np.testing.assert_allclose(float(total.detach()), computed, rtol=1e-9, atol=1e-12)
    total.backward()

    slopes = cost.matrices.gradient()
    text = slopes.text(ascii=True)
    known = {k: v.detach() for k, v in own.items()}
    found = [
        values(text, {**known, **{k: v.detach() for k, v in e.items()}, "m": len(data)}, TORCH)
        for e in data
    ]
    for output in slopes.outputs:
        wanted = own[output.name.partition("_d")[2]].grad
        agree([one[output.name] for one in found], wanted, len(found))

    inputs = cost.matrices.gradient("inputs")
    text = inputs.text(ascii=True)
    for example in data:
        detached = {**known, **{k: v.detach() for k, v in example.items()}, "m": len(data)}
        given_back = values(text, detached, TORCH)
        for output in inputs.outputs:
            agree([given_back[output.name]], example[output.name.partition("_d")[2]].grad, 1)


def agree(found: list[torch.Tensor], wanted: torch.Tensor | None, count: int) -> None:
    """The mean of what examples give, of the shape of the array; 0 where torch found no way."""
    mean = sum(found) / count
    assert isinstance(mean, torch.Tensor)
    zero = wanted is None
    expected = torch.zeros_like(mean) if wanted is None else wanted
    assert zero or mean.shape == expected.shape
    np.testing.assert_allclose(mean.numpy(), expected.numpy(), rtol=1e-8, atol=1e-10)


@pytest.mark.parametrize("options", [{}, {"examples": 2, "l2": 0.1}], ids=str)
@pytest.mark.parametrize("shape", [(2,), (3, 2)], ids=str)
@pytest.mark.parametrize(("activation", "loss"), [("sigmoid", "bce"), ("softmax", "cross_entropy")])
def test_what_is_taught_is_the_same(
    activation: str, loss: str, shape: tuple[int, ...], options: dict[str, Any]
) -> None:
    """δ = a - t of a sequence once stopped at its targets, a matrix T."""
    wires: Any = [("d", Dense(units=3, activation=activation), ["input"], {})]
    of = shape if len(shape) > 1 else ()
    cost = netsym.cost(Network.of("one", math.prod(shape), wires, shape=of), loss, **options)
    at = numbers(cost, 7, whole=False)
    example = examples_of(cost, at)[0]
    letter = "T" if len(shape) > 1 else "t"
    example[letter] = shares(example[letter])
    arrays = {**tensors(parameters(cost.matrices.shapes, at)), **tensors(example)}
    plain = cost.matrices.gradient()
    known = {k: v.detach() for k, v in arrays.items()}
    short, long = (values(form.text(ascii=True), known, TORCH)
                   for form in (taught(cost, plain).formula, plain))  # fmt: skip
    for output in plain.outputs:
        np.testing.assert_allclose(short[output.name], long[output.name], rtol=1e-10, atol=1e-12)


def test_layers_that_are_not_known_are_refused_and_never_wrong() -> None:
    with pytest.raises(NetsymError, match="layer_norm"):
        from netsym.layers.normalisation import LayerNorm

        wires: Any = [("n", LayerNorm(), ["input"], {}), ("d", Dense(units=1), ["n"], {})]
        Network.of("norm", 3, wires).matrices.gradient()
