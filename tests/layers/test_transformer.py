"""Feed-forward layers, encoder blocks and decoder blocks in every reading, and as specs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.layers.feedforward import FeedForward
from netsym.layers.transformer import Decoder, Encoder, Transformer
from tests.layers.every_reading import check, single

RNG = np.random.default_rng(3)

FEEDFORWARD = [
    FeedForward(hidden=2),
    FeedForward(hidden=3, bias=False, activation="gelu"),
    FeedForward(hidden=2, gated=True, activation="silu"),
    FeedForward(hidden=1, gated=True, bias=False, activation="sigmoid"),
]


@pytest.mark.parametrize("layer", FEEDFORWARD, ids=lambda layer: layer.describe())
def test_every_reading_of_feed_forward_layers(layer: FeedForward) -> None:
    check(single(layer, (2, 2)))


def test_a_gated_layer_by_hand() -> None:
    layer = FeedForward(hidden=5, gated=True, activation="silu", bias=False)
    given = {key: RNG.normal(size=shape) for key, shape in layer.parameters((3, 4)).items()}
    x = RNG.normal(size=(3, 4))
    gate = x @ given["wg"].T
    expected = (gate / (1 + np.exp(-gate)) * (x @ given["wu"].T)) @ given["wd"].T
    found = single(layer, (3, 4), given)(x.reshape(-1))
    np.testing.assert_allclose(np.reshape(found, (3, 4)), expected, rtol=1e-12)


def test_a_gated_layer_with_letters_for_arrays() -> None:
    text = single(FeedForward(hidden=2, gated=True, activation="silu"), (3, 4)).matrices.latex()
    assert r"H^{[1]} &= \operatorname{SiLU}\Bigl(X \bigl(W_{g}^{[1]}\bigr)^{\mathsf{T}}" in text
    assert r" \odot " in text


# -- blocks -------------------------------------------------------------------------------------
def network(block: Transformer, steps: int = 1, width: int = 2) -> netsym.Network:
    sources = ["input", "input"] if isinstance(block, Decoder) and block.memory else ["input"]
    wires: list[Any] = [("block", block.block(), sources, {})]
    return netsym.Network.of("block", steps * width, wires, shape=(steps, width))


SMALL: dict[str, Any] = {"heads": 1, "hidden": 1}


@pytest.mark.parametrize(
    "block",
    [
        Encoder(**SMALL, norm="last"),
        Decoder(**SMALL, rms=True, bias=False, gated=True, activation="silu"),
    ],
    ids=lambda block: block.kind,
)
def test_every_reading_of_blocks(block: Transformer) -> None:
    check(network(block, width=1))


def test_parts_of_blocks() -> None:
    def parts(block: Transformer) -> list[str]:
        return [p.name.removeprefix("block.") for p in network(block, 2, 4).layers]

    first = ["norm1", "attention", "add1", "norm2", "feedforward", "add2"]
    last = ["attention", "add1", "norm1", "feedforward", "add2", "norm2"]
    assert parts(Encoder(**SMALL, norm="first")) == first
    assert parts(Encoder(**SMALL, norm="last")) == last
    assert parts(Decoder(**SMALL, memory=True, norm="last")) == [
        "attention", "add1", "norm1", "cross", "add2", "norm2", "feedforward", "add3", "norm3",
    ]  # fmt: skip
    assert parts(Decoder(**SMALL, repeat=2)) == [f"{n}.{part}" for n in (1, 2) for part in first]


def test_a_decoder_sees_no_later_steps() -> None:
    decoder, encoder = (
        network(Decoder(heads=2, hidden=3), 3, 4),
        network(Encoder(heads=2, hidden=3), 3, 4),
    )
    values = {name: RNG.normal() for name in decoder.parameter_names()}
    x = RNG.normal(size=(2, 12))
    x[1, :8] = x[0, :8]  # the last step differs
    ours = np.asarray(decoder(x, parameters=values))
    np.testing.assert_array_equal(ours[0, :8], ours[1, :8])
    assert not np.allclose(ours[0, 8:], ours[1, 8:])
    theirs = np.asarray(encoder(x, parameters=values))
    assert not np.allclose(theirs[0, :8], theirs[1, :8])


SPEC = """
netsym = 1
shape = [3, 4]

[[layers]]
type = "encoder"
name = "memory"
heads = 2
hidden = 5
activation = "gelu"
norm = "last"
repeat = 2

[[layers]]
type = "decoder"
name = "out"
from = ["input", "memory"]
memory = true
heads = 2
hidden = 3
gated = true
activation = "silu"
rms = true
bias = false
rotary = "halves"
repeat = 2
share = true
"""


def test_specs_of_blocks_are_read_and_written(tmp_path: Path) -> None:
    (tmp_path / "net.toml").write_text(SPEC)
    loaded = netsym.load(tmp_path / "net.toml")
    built = netsym.Network.of("net", 12, [
        ("memory", Encoder(heads=2, hidden=5, activation="gelu", norm="last", repeat=2).block(),
         ["input"], {}),
        ("out", Decoder(memory=True, heads=2, hidden=3, gated=True, activation="silu", rms=True,
                        bias=False, rotary="halves", repeat=2, share=True).block(),
         ["input", "memory"], {}),
    ], shape=(3, 4))  # fmt: skip
    netsym.save(loaded, tmp_path / "again.toml")
    again = netsym.load(tmp_path / "again.toml")
    values = {name: RNG.normal() for name in built.parameter_names()}
    x = RNG.normal(size=(2, 12))
    expected = built(x, parameters=values)
    for other in (loaded, again):
        assert other.parameter_names() == built.parameter_names()
        np.testing.assert_array_equal(other(x, parameters=values), expected)
        assert other.forecast("layered") == built.forecast("layered")


def test_mistakes() -> None:
    with pytest.raises(SpecError, match=r"norm = 'lats' is not known; did you mean 'last'\?"):
        Encoder(**SMALL, norm="lats")
    with pytest.raises(SpecError, match="splits 4 values into 3 heads, but 3 does not divide 4"):
        network(Decoder(heads=3, hidden=2), 2, 4)
    with pytest.raises(SpecError, match="unknown activation 'rely'"):
        network(Encoder(heads=1, hidden=2, activation="rely"))
