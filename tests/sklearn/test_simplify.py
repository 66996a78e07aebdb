"""Scalers and projections go into the first layer, those of targets into the last, with proof."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.compose import TransformedTargetRegressor, make_column_transformer
from sklearn.decomposition import PCA, TruncatedSVD
from sklearn.feature_selection import VarianceThreshold
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.neural_network import MLPRegressor
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import MaxAbsScaler, MinMaxScaler, RobustScaler, StandardScaler

import netsym
from netsym.collapse.simplification import simplify
from tests.collapse.test_rules import kinds
from tests.sklearn.test_models import called, data, fitted

MLP = MLPRegressor(hidden_layer_sizes=(3,), max_iter=20, random_state=0)
STEPS = [
    StandardScaler(), MinMaxScaler((-1, 2)), MaxAbsScaler(), RobustScaler(), PCA(3),
    PCA(3, whiten=True), TruncatedSVD(3), VarianceThreshold(0.001),
    make_pipeline(StandardScaler(), PCA(3), MinMaxScaler()),
    make_column_transformer((StandardScaler(), [4, 0, 2]), (MinMaxScaler(), [1])),
    make_union(StandardScaler(), PCA(1)),
]  # fmt: skip
TARGETS = [
    StandardScaler(), MinMaxScaler(), MaxAbsScaler(), RobustScaler(),
    make_pipeline(MinMaxScaler(), StandardScaler()),
]  # fmt: skip


def assert_folded(model: Any, on: str, layers: list[str]) -> None:
    """What is left of the network, and that it is the same function within the proved bound."""
    x = data(on)[0][::7]
    network = netsym.from_sklearn(fitted(model, on))
    result = simplify(network)
    assert kinds(result.network) == layers
    scale = np.abs(network(x)).max()
    bound = np.asarray(result.bound(x)).reshape(np.shape(network(x)))
    assert (bound <= 1e-12 * scale).all()
    assert (np.abs(network(x) - result.network(x)) <= bound + 1e-13 * scale).all()


@pytest.mark.parametrize("step", STEPS, ids=called)
def test_a_step_goes_into_the_first_layer(step: Any) -> None:
    assert_folded(make_pipeline(step, MLP), "diabetes", ["dense", "dense"])


@pytest.mark.parametrize("on", ["diabetes", "two answers"])
@pytest.mark.parametrize("target", TARGETS, ids=called)
def test_what_scales_the_target_goes_into_the_last(target: Any, on: str) -> None:
    model = TransformedTargetRegressor(make_pipeline(StandardScaler(), MLP), transformer=target)
    assert_folded(model, on, ["dense", "dense"])


def test_of_a_linear_model_one_layer_is_left() -> None:
    linear = make_pipeline(StandardScaler(), PCA(3), Ridge())
    target = TransformedTargetRegressor(linear, transformer=StandardScaler())
    assert_folded(target, "diabetes", ["dense"])
    assert_folded(make_pipeline(RobustScaler(), PCA(2), LogisticRegression()), "iris", ["dense"])
