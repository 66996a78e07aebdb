"""Attention, feed-forward layers and transformer blocks against torch, in float64."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn import functional

import netsym
from netsym.layers.attention import Attention
from netsym.layers.embedding import Embedding
from netsym.layers.feedforward import FeedForward
from netsym.layers.sources import Given
from netsym.layers.transformer import Decoder, Encoder
from tests.effort import random_examples
from tests.layers.every_reading import single

FEW = random_examples(25)
torch.manual_seed(3)


@pytest.fixture(autouse=True, scope="module")
def doubles() -> Iterator[None]:
    """Everything is a float64, here alone."""
    before = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    yield
    torch.set_default_dtype(before)


def near(found: Any, expected: torch.Tensor) -> None:
    theirs = expected.detach().numpy()
    np.testing.assert_allclose(
        np.asarray(found).reshape(theirs.shape), theirs, rtol=1e-12, atol=1e-12
    )


def drawn(module: nn.Module) -> Any:
    """A module with all its numbers drawn, biases too."""
    for parameter in module.parameters():
        nn.init.normal_(parameter, std=0.7)
    return module.eval()


def of_attention(module: Any) -> dict[str, Any]:
    """What torch's attention has, by the names here."""
    if module.in_proj_weight is not None:
        maps = module.in_proj_weight.chunk(3)
    else:
        maps = (module.q_proj_weight, module.k_proj_weight, module.v_proj_weight)
    given = dict(zip(("wq", "wk", "wv"), maps, strict=True)) | {"wo": module.out_proj.weight}
    if module.in_proj_bias is not None:
        given |= dict(zip(("bq", "bk", "bv"), module.in_proj_bias.chunk(3), strict=True))
        given["bo"] = module.out_proj.bias
    return {key: value.detach().numpy() for key, value in given.items()}


@FEW
@given(st.integers(1, 3), st.integers(1, 3), st.integers(1, 5), st.booleans(), st.booleans())
def test_attention_of_a_sequence_to_itself(
    heads: int, each: int, steps: int, causal: bool, bias: bool
) -> None:
    width = heads * each
    theirs = drawn(nn.MultiheadAttention(width, heads, bias=bias, batch_first=True))
    layer = Attention(heads=heads, causal=causal, bias=bias)
    x = torch.randn(2, steps, width)
    mask = nn.Transformer.generate_square_subsequent_mask(steps) if causal else None
    expected, _ = theirs(x, x, x, attn_mask=mask, need_weights=False)
    network = single(layer, (steps, width), of_attention(theirs))
    near(network(x.reshape(2, -1).numpy()), expected)


@FEW
@given(st.integers(1, 2), st.integers(1, 3), st.integers(1, 4), st.integers(1, 4))
def test_attention_to_another_sequence(heads: int, each: int, steps: int, seen: int) -> None:
    """The other one consists of numbers, with a length and a width of its own."""
    width, other = heads * each, heads * each + 1
    theirs = drawn(nn.MultiheadAttention(width, heads, kdim=other, vdim=other, batch_first=True))
    memory = torch.randn(seen, other)
    wires: list[Any] = [
        ("memory", Given(lengths=(seen, other)), ["input"], {"values": memory.numpy()}),
        ("attention", Attention(heads=heads), ["input", "memory"], of_attention(theirs)),
    ]
    network = netsym.Network.of("two", steps * width, wires, shape=(steps, width))
    x = torch.randn(2, steps, width)
    both = memory.expand(2, -1, -1)
    expected, _ = theirs(x, both, both, need_weights=False)
    near(network(x.reshape(2, -1).numpy()), expected)


@FEW
@given(st.integers(1, 6), st.integers(1, 6), st.booleans())
def test_scaled_dot_products(steps: int, width: int, causal: bool) -> None:
    """With maps that do nothing, it is the equation of the paper."""
    eye = {key: np.eye(width) for key in ("wq", "wk", "wv", "wo")}
    x = torch.randn(3, steps, width)
    expected = functional.scaled_dot_product_attention(x, x, x, is_causal=causal)
    network = single(Attention(causal=causal, bias=False), (steps, width), eye)
    near(network(x.reshape(3, -1).numpy()), expected)


# -- blocks -------------------------------------------------------------------------------------
def of_block(module: Any, **names: str) -> dict[str, dict[str, Any]]:
    """What a torch layer has, for the parts of the block; `names` are those of its attention."""
    parts = {part: of_attention(getattr(module, name)) for part, name in names.items()}
    up, down = module.linear1, module.linear2
    parts["feedforward"] = {"wu": up.weight, "bu": up.bias, "wd": down.weight, "bd": down.bias}
    for number in range(1, len(names) + 2):
        norm = getattr(module, f"norm{number}")
        parts[f"norm{number}"] = {"gamma": norm.weight, "beta": norm.bias}
    return {
        part: {key: np.asarray(torch.as_tensor(value).detach()) for key, value in given.items()}
        for part, given in parts.items()
    }


def built(block: Any, given: dict[str, dict[str, Any]], sources: list[str], inputs: Any) -> Any:
    """The network of a block with these parameters."""
    whole = block.block()
    parts = tuple((name, layer, read, given.get(name, {})) for name, layer, read, _ in whole.parts)
    wires = [*inputs[1], ("block", type(whole)(parts=parts), sources, {})]
    shape = inputs[0]
    return netsym.Network.of("block", int(np.prod(shape)), wires, shape=shape)


@FEW
@given(
    st.integers(1, 2), st.integers(1, 2), st.integers(1, 4), st.booleans(),
    st.sampled_from(["relu", "gelu"]), st.floats(1e-6, 1.0),
)  # fmt: skip
def test_encoder_blocks(
    heads: int, each: int, steps: int, first: bool, activation: str, eps: float
) -> None:
    width = 2 * heads * each
    theirs = drawn(nn.TransformerEncoderLayer(
        width, heads, 5, activation=activation, norm_first=first, layer_norm_eps=eps,
        batch_first=True,
    ))  # fmt: skip
    norm = "first" if first else "last"
    block = Encoder(heads=heads, hidden=5, activation=activation, norm=norm, eps=eps)
    x = torch.randn(2, steps, width)
    given = of_block(theirs, attention="self_attn")
    network = built(block, given, ["input"], ((steps, width), []))
    with torch.no_grad():
        expected = theirs(x)
    near(network(x.reshape(2, -1).numpy()), expected)


@FEW
@given(
    st.integers(1, 2), st.integers(1, 4), st.booleans(), st.sampled_from(["relu", "gelu"]),
)  # fmt: skip
def test_decoder_blocks(heads: int, steps: int, first: bool, activation: str) -> None:
    width = 4 * heads
    theirs = drawn(nn.TransformerDecoderLayer(
        width, heads, 3, activation=activation, norm_first=first, batch_first=True,
    ))  # fmt: skip
    norm = "first" if first else "last"
    block = Decoder(heads=heads, hidden=3, activation=activation, norm=norm, memory=True)
    matrix = torch.randn(width, width)
    memory = ("memory", Embedding(width=width), ["input"], {"weights": matrix.numpy()})
    given = of_block(theirs, attention="self_attn", cross="multihead_attn")
    network = built(block, given, ["input", "memory"], ((steps, width), [memory]))
    x = torch.randn(2, steps, width)
    mask = nn.Transformer.generate_square_subsequent_mask(steps)
    with torch.no_grad():
        expected = theirs(x, x @ matrix, tgt_mask=mask)
    near(network(x.reshape(2, -1).numpy()), expected)


ACTIVATIONS: dict[str, Any] = {
    "silu": functional.silu,
    "gelu": functional.gelu,
    "sigmoid": torch.sigmoid,
}


@FEW
@given(st.integers(1, 4), st.integers(1, 4), st.sampled_from(list(ACTIVATIONS)), st.booleans())
def test_gated_feed_forward_layers(width: int, hidden: int, activation: str, bias: bool) -> None:
    gate, up = (drawn(nn.Linear(width, hidden, bias=bias)) for _ in range(2))
    down = drawn(nn.Linear(hidden, width, bias=bias))
    given: dict[str, Any] = {}
    for role, module in (("g", gate), ("u", up), ("d", down)):
        given[f"w{role}"] = module.weight.detach().numpy()
        if bias:
            given[f"b{role}"] = module.bias.detach().numpy()
    layer = FeedForward(hidden=hidden, activation=activation, gated=True, bias=bias)
    x = torch.randn(3, 2, width)
    near(single(layer, (2, width), given)(x.reshape(3, -1).numpy()),
         down(ACTIVATIONS[activation](gate(x)) * up(x)))  # fmt: skip


@pytest.mark.parametrize("words", [1, 6])
def test_embeddings(words: int) -> None:
    theirs = drawn(nn.Embedding(words, 3))
    chosen = torch.randint(0, words, (4, 5))
    network = single(Embedding(width=3), (5, words), {"weights": theirs.weight.detach().numpy()})
    near(network(functional.one_hot(chosen, words).reshape(4, -1).numpy()), theirs(chosen))
