"""Blocks against the same layers by hand, and attention against its equations."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netsym
from netsym.layers.attention import Attention
from netsym.layers.blocks import Block, Shared
from netsym.layers.dense import Dense
from netsym.layers.merge import Add
from netsym.layers.normalisation import RMSNorm
from netsym.layers.transformer import Encoder

TANH = Dense(units=2, activation="tanh")


def network(*wires: Any, shape: tuple[int, ...] = (2,)) -> netsym.Network:
    return netsym.Network.of("blocks", int(np.prod(shape)), wires, shape=shape)


def named(layer: str, number: int) -> dict[str, Any]:
    """Names that are the same whatever number the layer has."""
    return {
        "weights": [[f"{layer}w{number}{i}{j}" for j in (1, 2)] for i in (1, 2)],
        "bias": [f"{layer}b{number}{i}" for i in (1, 2)],
    }


def test_a_tied_block_is_the_same_layers_by_hand() -> None:
    parts = (("one", TANH, ["input"], named("p", 1)), ("two", TANH, ["one"], named("p", 2)))
    tied = network(("block", Block(parts=parts, repeat=2, share=True), ["input"], {}))
    by_hand = network(
        ("a", TANH, ["input"], named("p", 1)),
        ("b", TANH, ["a"], named("p", 2)),
        ("c", TANH, ["b"], Shared("a")),
        ("d", TANH, ["c"], Shared("b")),
    )
    found = netsym.compare(tied, by_hand)
    assert found.verdict in ("structural", "identical")
    untied = network(("block", Block(parts=parts, repeat=1), ["input"], {}))
    assert netsym.compare(tied, untied).verdict == "different"


def test_a_residual_block_is_an_addition_by_hand() -> None:
    parts = (("dense", TANH, ["input"], named("p", 1)),)
    residual = network(
        ("block", Block(parts=parts, repeat=2, share=True, residual=True), ["input"], {})
    )
    by_hand = network(
        ("a", TANH, ["input"], named("p", 1)),
        ("b", Add(), ["a", "input"], {}),
        ("c", TANH, ["b"], Shared("a")),
        ("d", Add(), ["c", "b"], {}),
    )
    assert netsym.compare(residual, by_hand).verdict in ("structural", "identical")
    swapped = network(
        ("a", TANH, ["input"], named("p", 1)),
        ("b", Add(), ["input", "a"], {}),
        ("c", TANH, ["b"], Shared("a")),
        ("d", Add(), ["b", "c"], {}),
    )
    assert netsym.compare(residual, swapped).verdict == "identical"
    without = network(
        ("a", TANH, ["input"], named("p", 1)),
        ("b", Add(), ["a", "input"], {}),
        ("c", TANH, ["b"], Shared("a")),
    )
    assert netsym.compare(residual, without).verdict == "different"


def test_blocks_equal_their_own_formula() -> None:
    wires: list[Any] = [("block", Encoder(heads=1, hidden=1).block(), ["input"], {})]
    found = netsym.compare(netsym.Network.of("encoder", 2, wires, shape=(1, 2)))
    assert found.verdict in ("structural", "identical")


# -- attention ----------------------------------------------------------------------------------
UNNAMED: dict[str, Any] = {"wq": [["q"]], "wk": [["k"]], "wv": [["v"]], "wo": [["o"]]}
ROW = "(exp({0}*q*x_1_1*k) * v*x_1_1 + exp({0}*q*x_2_1*k) * v*x_2_1)"
BELOW = "(exp({0}*q*x_1_1*k) + exp({0}*q*x_2_1*k))"


def attention(causal: bool = False) -> netsym.Network:
    layer = Attention(bias=False, causal=causal)
    return network(("attention", layer, ["input"], UNNAMED), shape=(2, 1))


def test_attention_is_its_expansion() -> None:
    """One head of width 1: the softmax written out and rearranged."""
    text = "; ".join(
        f"y_{n}_1 = o*{ROW.format(x)}/{BELOW.format(x)}" for n, x in ((1, "x_1_1"), (2, "x_2_1"))
    )
    assert netsym.compare(attention(), text).verdict == "identical"


def test_the_largest_score_may_be_taken_off() -> None:
    """softmax is the same where a number is subtracted from all scores."""
    shifted = "; ".join(
        f"y_{n}_1 = o*(v*x_1_1 + exp({x}*q*(x_2_1 - x_1_1)*k)*v*x_2_1)"
        f"/(1 + exp({x}*q*(x_2_1 - x_1_1)*k))"
        for n, x in ((1, "x_1_1"), (2, "x_2_1"))
    )
    found = netsym.compare(attention(), shifted)
    assert found.verdict == "identical"
    assert "exp" in " ".join(found.evidence) or found.because


def test_a_mask_is_a_difference() -> None:
    found = netsym.compare(attention(), attention(causal=True))
    assert found.verdict == "different"


def test_heads_in_another_order_are_identical() -> None:
    """A permutation of the heads in all maps changes nothing."""
    rng = np.random.default_rng(0)
    width, heads = 4, 2
    given = {key: rng.integers(-3, 4, (width, width)) / 2.0 for key in ("wq", "wk", "wv", "wo")}
    order = np.array([2, 3, 0, 1])
    moved = {key: value[order] for key, value in given.items() if key != "wo"}
    moved["wo"] = given["wo"][:, order]
    layer = Attention(heads=heads, bias=False)
    one, other = (
        network(("attention", layer, ["input"], arrays), shape=(2, width))
        for arrays in (given, moved)
    )
    assert netsym.compare(one, other).verdict == "identical"


def test_what_cannot_be_proved_says_why() -> None:
    """x/√(x²) is the sign of x, and so is a sum of atan, of which no law is known."""
    wires = ("norm", RMSNorm(eps=0.0), ["input"], {"gamma": ["g"]})
    assert netsym.compare(network(wires, shape=(1,)), "y = g*sign(x)").verdict == "identical"
    sign = "(atan(x) + atan(1/x))/(pi/2)"
    found = netsym.compare(network(wires, shape=(1,)), f"y = g*{sign}")
    assert found.verdict == "undecided"
    assert any("no law that the finite fields know" in reason for reason in found.evidence)
    same = netsym.compare(network(wires, shape=(1,)), "y = g*x/sqrt(x^2)")
    assert same.verdict == "identical"
    assert "where both are defined" in same.because


@pytest.mark.parametrize("repeat", [1, 3])
def test_repeated_blocks_inline(repeat: int) -> None:
    parts: tuple[Any, ...] = (("dense", TANH, ["input"], {}),)
    built = network(("block", Block(parts=parts, repeat=repeat, residual=True), ["input"], {}))
    text = built.inlined.text(ascii=True)
    assert netsym.compare(built, text).verdict in ("structural", "identical")
