"""Attention in every reading, against ONNX's reference implementation, and its mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

import netsym
from netsym.errors import SpecError
from netsym.layers import Shape
from netsym.layers.attention import Attention, MaskedSoftmax
from netsym.layers.dense import Dense
from tests.layers.every_reading import check, single
from tests.layers.onnx_operators import onnx

RNG = np.random.default_rng(5)
Floats = npt.NDArray[np.float64]


def two(layer: Attention, steps: int = 2, width: int = 2) -> netsym.Network:
    """Queries of a sequence, keys and values of another, wider one that is made of it."""
    wires: list[Any] = [
        ("memory", Dense(units=width + 1, use_bias=False), ["input"], {}),
        ("attention", layer, ["input", "memory"], {}),
    ]
    return netsym.Network.of("two", steps * width, wires, shape=(steps, width))


CASES: list[tuple[Attention, Shape]] = [
    (Attention(), (2, 2)),
    (Attention(bias=False), (1, 2)),
    (Attention(heads=2, causal=True), (2, 2)),
    (Attention(causal=True, bias=False), (3, 1)),
    (Attention(rotary="halves", bias=False), (2, 2)),
    (Attention(rotary="interleaved", causal=True, bias=False), (2, 2)),
]


def said(case: tuple[Attention, Shape]) -> str:
    layer, shape = case
    return f"{layer.heads} causal={layer.causal} {layer.rotary} of {shape}"


@pytest.mark.parametrize("case", CASES, ids=said)
def test_every_reading(case: tuple[Attention, Shape]) -> None:
    check(single(*case))


MASKS: list[tuple[MaskedSoftmax, Shape]] = [
    (MaskedSoftmax(present=(1, 0, 1)), (3,)),
    (MaskedSoftmax(present=(1, 1)), (2, 2)),
    (MaskedSoftmax(present=(1, 0, 1, 1), lengths=(2, 2)), (2, 2, 2)),
]


@pytest.mark.parametrize(("layer", "shape"), MASKS)
def test_a_mask_in_every_reading_and_by_onnx(layer: MaskedSoftmax, shape: Shape) -> None:
    network = single(layer, shape)
    check(network)
    x = RNG.normal(size=(2, *shape))
    mask = np.reshape(layer.present, layer.lengths or -1)
    expected = onnx("Softmax", np.where(mask, x, -np.inf), axis=-1)
    found = np.reshape(network(x.reshape(2, -1)), x.shape)
    np.testing.assert_allclose(found, expected, rtol=1e-14)


def test_masks_that_do_not_fit() -> None:
    with pytest.raises(SpecError, match="present has 3 numbers for 2 x 2 places; give 1 or 0"):
        MaskedSoftmax(present=(1, 0, 1), lengths=(2, 2))
    with pytest.raises(SpecError, match="nothing is present, and so no sum to divide by"):
        MaskedSoftmax(present=(0, 0))
    with pytest.raises(SpecError, match="masks 2 places, but its input is 3; the last axes must"):
        single(MaskedSoftmax(present=(1, 0)), (3,))


def test_every_reading_of_two_values() -> None:
    check(two(Attention(heads=2, bias=False)))


# -- against ONNX -------------------------------------------------------------------------------
def drawn(layer: Attention, *shapes: Shape) -> dict[str, Floats]:
    return {key: RNG.normal(size=shape) for key, shape in layer.parameters(*shapes).items()}


def mapped(arrays: dict[str, Floats], role: str, rows: Floats) -> Floats:
    result: Floats = rows @ arrays[f"w{role}"].T + arrays.get(f"b{role}", 0.0)
    return result


@pytest.mark.parametrize("heads", [1, 2, 3])
@pytest.mark.parametrize("causal", [False, True])
@pytest.mark.parametrize("rotary", ["none", "halves", "interleaved"])
@pytest.mark.parametrize("bias", [False, True])
def test_onnx_computes_the_same(heads: int, causal: bool, rotary: str, bias: bool) -> None:
    steps, width = 5, 12
    layer = Attention(heads=heads, causal=causal, rotary=rotary, bias=bias, rotary_base=100.0)
    arrays = drawn(layer, (steps, width))
    x = RNG.normal(size=(2, steps, width))
    q, k, v = (mapped(arrays, role, x) for role in "qkv")
    if rotary != "none":
        q, k = (turned(rows, heads, 100.0, rotary == "interleaved") for rows in (q, k))
    mixed = onnx("Attention", q, k, v, q_num_heads=heads, kv_num_heads=heads,
                 is_causal=int(causal), opset=23)  # fmt: skip
    expected = mapped(arrays, "o", mixed)
    found = np.asarray(single(layer, (steps, width), arrays)(x.reshape(2, -1)))
    np.testing.assert_allclose(found.reshape(expected.shape), expected, rtol=1e-12, atol=1e-13)


def turned(rows: Floats, heads: int, base: float, interleaved: bool) -> Floats:
    """ONNX's rotary embedding at the positions 0, 1, …"""
    batch, steps, width = rows.shape
    each = width // heads
    angles = np.arange(steps)[:, None] * base ** (-np.arange(0, each, 2) / each)
    positions = np.broadcast_to(np.arange(steps), (batch, steps)).astype(np.int64)
    result: Floats = onnx("RotaryEmbedding", rows, np.cos(angles), np.sin(angles), positions,
                          interleaved=int(interleaved), num_heads=heads, opset=23)  # fmt: skip
    return result


def test_onnx_attends_to_another_sequence_in_the_same_way() -> None:
    layer = Attention(heads=2)
    network = two(layer, steps=3, width=4)
    values = dict(zip(network.parameter_names(), RNG.normal(size=1000), strict=False))
    arrays = {
        placed.name: {key: p.numbers(values) for key, p in placed.parameters.items()}
        for placed in network.layers
    }
    x = RNG.normal(size=(2, 3, 4))
    memory = x @ arrays["memory"]["weights"].T
    own = arrays["attention"]
    q, k, v = mapped(own, "q", x), mapped(own, "k", memory), mapped(own, "v", memory)
    mixed = onnx("Attention", q, k, v, q_num_heads=2, kv_num_heads=2, opset=23)
    found = np.asarray(network(x.reshape(2, -1), parameters=values))
    np.testing.assert_allclose(
        found.reshape(2, 3, 4), mapped(own, "o", mixed), rtol=1e-12, atol=1e-13
    )


# -- what it says -------------------------------------------------------------------------------
def test_later_steps_do_not_occur_behind_a_causal_mask() -> None:
    network = single(Attention(causal=True), (3, 2))
    lines = network.inlined.text(ascii=True, max_nodes=None).splitlines()
    for step, line in enumerate((line for line in lines if line.startswith("y_")), 1):
        seen = {f"x_{n}_" for n in (1, 2, 3) if f"x_{n}_" in line}
        assert seen == {f"x_{n}_" for n in range(1, (step - 1) // 2 + 2)}


def test_the_values_between_are_named_once() -> None:
    network = single(Attention(heads=2, causal=True), (2, 4))
    names = {binding.name.partition("_")[0] for binding in network.layered.bindings}
    assert names == {"q1", "k1", "v1", "z1", "alpha1", "c1"}
    assert network.generates("alpha1_2_1_1") and not network.generates("alpha1_3_1_1")
    assert network.generates("c1_2_4")


def test_whole_arrays_are_written_as_in_the_paper() -> None:
    text = single(Attention(), (3, 4)).matrices.latex()
    assert (
        r"\operatorname{softmax}\Biggl(\dfrac{Q^{[1]} \bigl(K^{[1]}\bigr)^{\mathsf{T}}}"
        r"{\sqrt{4}}\Biggr) V^{[1]}"
    ) in text
    assert r"Q^{[1]} &= X \bigl(W_{q}^{[1]}\bigr)^{\mathsf{T}} + b_{q}^{[1]}" in text
    heads = single(Attention(heads=2, causal=True, rotary="halves"), (3, 4)).matrices.latex()
    assert r"\operatorname{concat}_{i=1}^{2}" in heads
    assert r"\operatorname{softmax}_{\text{causal}}" in heads
    assert r"\operatorname{rotary}_{\text{halves}}" in heads


# -- mistakes -----------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("options", "shape", "message"),
    [
        ({"heads": 5}, (3, 12), "splits 12 values into 5 heads, but 5 does not divide 12; choose "
         "heads that do, such as 4 or 6"),
        ({"heads": 4, "rotary": "halves"}, (3, 12), "4 heads of 12 values have 3 each, an odd"),
        ({}, (12,), "takes sequences (steps, values), but an input has shape 12; reshape it first"),
        ({"rotary": "halfs"}, (3, 12), "unknown rotary 'halfs'; did you mean 'halves'?"),
        ({"rotary_base": 0.0}, (3, 12), "rotary_base is a positive number, not 0"),
    ],
)  # fmt: skip
def test_mistakes(options: dict[str, Any], shape: Shape, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        single(Attention(**options), shape)
    assert message in str(caught.value)


def test_nothing_is_causal_between_two_sequences() -> None:
    with pytest.raises(SpecError, match="is causal and reads from two values"):
        two(Attention(causal=True))
