"""Rivals compute what the network does; the benchmarks ask those that the tests do not install."""

from __future__ import annotations

import os
import shutil
from functools import partial
from typing import Any

import numpy as np
import pytest

from netsym.files.files import loads
from tests import rivals
from tests.benchmarks.networks import LSTM, SMALL, numbered, numeric, random_points
from tests.rivals.dense import arrays, dense

EVALUATIONS = {
    "numpy": (rivals.numpy.evaluation, 1e-12),
    "sympy": (rivals.sympy.evaluation, 1e-12),
    "onnxruntime float64": (rivals.onnxruntime.evaluation, 1e-12),
    "onnxruntime float32": (partial(rivals.onnxruntime.evaluation, real=np.float32), 1e-5),
}


if shutil.which("gcc") or os.environ.get("CI"):
    EVALUATIONS["C"] = (rivals.c.evaluation, 1e-12)


@pytest.mark.parametrize("count", [1, 7])
@pytest.mark.parametrize("spec", [SMALL, "3-5relu-2", "4-3-2"])
@pytest.mark.parametrize("rival", EVALUATIONS)
def test_values_are_those_of_the_network(rival: str, spec: str, count: int) -> None:
    network: Any = numeric(spec)
    x = random_points(network, count)
    evaluation: Any
    evaluation, tolerance = EVALUATIONS[rival]
    found = evaluation(dense(network), x)()
    assert found.dtype == (np.float32 if rival.endswith("32") else np.float64)
    assert np.allclose(found, network(x), rtol=0, atol=tolerance)


def test_an_lstm_is_that_of_the_network() -> None:
    network: Any = numbered(loads(LSTM))
    memory, head = arrays(network)
    x = np.random.default_rng(1).normal(size=(7, 20, 3))
    found = rivals.numpy.lstm(memory, head, x)
    assert np.allclose(found[:, 0], network(x), rtol=0, atol=1e-12)
