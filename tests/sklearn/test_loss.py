"""Costs against the metrics of scikit-learn."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import hinge_loss, log_loss, mean_absolute_error, mean_squared_error

import netsym
from tests.effort import random_examples
from tests.layers.every_reading import drawn

QUICK = random_examples(15)


@QUICK
@given(seed=st.integers(0, 2**32), m=st.integers(2, 6), k=st.integers(2, 4))
def test_cross_entropy_is_the_log_loss(seed: int, m: int, k: int) -> None:
    random = np.random.default_rng(seed)
    x, classes = random.normal(size=(m, 2)), random.integers(k, size=m)
    soft = netsym.parse(f"2-{k}softmax")
    cost = netsym.cost(soft, "cross_entropy", data=(x, classes))
    values = {name: 3 * v - 3 for name, v in drawn(cost, seed).items()}
    y = np.asarray(soft(x, parameters=values))
    theirs = log_loss(classes, y, labels=range(k))
    assert cost(parameters=values) == pytest.approx(theirs, rel=1e-12)


@QUICK
@given(seed=st.integers(0, 2**32), m=st.integers(2, 6))
def test_costs_of_one_output_are_scikit_learns(seed: int, m: int) -> None:
    random = np.random.default_rng(seed)
    x, t = random.normal(size=(m, 2)), random.integers(2, size=m)
    plain, sigmoid = netsym.parse("2-1"), netsym.parse("2-1sigmoid")
    values = drawn(plain, seed)
    z, p = (np.asarray(net(x, parameters=values)) for net in (plain, sigmoid))
    signs = 2 * t - 1
    theirs = {
        ("mse", plain): mean_squared_error(t, z),
        ("mae", plain): mean_absolute_error(t, z),
        ("hinge", plain): hinge_loss([*signs, 1, -1], [*z, 1, -1]) * (m + 2) / m,
        ("bce", sigmoid): log_loss(t, p, labels=[0, 1]),
        ("bce_logits", plain): log_loss(t, p, labels=[0, 1]),
    }
    for (kind, net), wanted in theirs.items():
        data = (x, signs if kind == "hinge" else t)
        assert netsym.cost(net, kind, data=data)(parameters=values) == pytest.approx(
            wanted, rel=1e-11
        )
