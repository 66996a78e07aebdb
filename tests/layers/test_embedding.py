"""Embeddings and positions in every reading, and against ONNX's reference implementation."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.layers.blocks import Shared
from netsym.layers.dense import Dense
from netsym.layers.embedding import Embedding, Positions
from tests.layers.every_reading import chain, check, single
from tests.layers.onnx_operators import onnx

RNG = np.random.default_rng(9)


def tied(words: int, width: int, steps: int, given: Any = ()) -> netsym.Network:
    """Words as vectors and back by the same matrix, as in language models."""
    wires: list[Any] = [
        ("words", Embedding(width=width), ["input"], dict(given)),
        ("place", Positions(), ["words"], {}),
        ("back", Dense(units=words, use_bias=False), ["place"], Shared("words")),
    ]
    return netsym.Network.of("tied", steps * words, wires, shape=(steps, words))


def test_every_reading() -> None:
    check(single(Embedding(width=2), (3, 4)))
    check(single(Embedding(width=3), (2,)))
    check(single(Positions(), (2, 3)))
    check(chain([Embedding(width=2), Positions()], (2, 3)))
    check(tied(3, 2, 2))


def test_rows_with_one_one_gather_rows_of_the_matrix() -> None:
    matrix, words = RNG.normal(size=(7, 4)), RNG.integers(0, 7, size=(5, 3))
    network = single(Embedding(width=4), (3, 7), {"weights": matrix})
    hot = np.eye(7)[words]
    found = np.asarray(network(hot.reshape(5, -1))).reshape(5, 3, 4)
    np.testing.assert_array_equal(found, onnx("Gather", matrix, words.astype(np.int64)))


def test_the_way_back_is_the_transposed_matrix() -> None:
    matrix = RNG.normal(size=(5, 3))
    network = tied(5, 3, 2, {"weights": matrix})
    assert network.parameter_count == 5 * 3 + 2 * 3
    assert len(network.parameter_names()) == 2 * 3
    x = RNG.normal(size=(4, 2, 5))
    places = dict.fromkeys(network.parameter_names(), 0.0)
    found = np.asarray(network(x.reshape(4, -1), parameters=places)).reshape(4, 2, 5)
    expected = onnx("MatMul", onnx("MatMul", x, matrix), matrix.T.copy())
    np.testing.assert_allclose(found, expected, rtol=1e-12, atol=1e-13)


def test_whole_arrays() -> None:
    text = chain([Embedding(width=2), Positions()], (3, 4)).matrices.latex()
    assert "X W_{e}^{[1]}" in text
    assert "W_{p}^{[2]}" in text


def test_mistakes() -> None:
    with pytest.raises(SpecError, match=r"takes sequences \(steps, values\), but its input has"):
        single(Positions(), (4,))
    with pytest.raises(SpecError, match="shares the parameters of words and needs weights of sha"):
        wires: list[Any] = [
            ("words", Embedding(width=2), ["input"], {}),
            ("back", Dense(units=4, use_bias=False), ["words"], Shared("words")),
        ]
        netsym.Network.of("no", 6, wires, shape=(2, 3))
