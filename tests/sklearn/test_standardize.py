"""Standardize against the scaler that it is read from."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.preprocessing import StandardScaler

from netsym.layers.elementwise import Standardize
from tests.layers.test_layers import single

POINTS = np.random.default_rng(7).normal(size=(20, 3)) * 3


@pytest.mark.parametrize("mean", [True, False])
@pytest.mark.parametrize("scale", [True, False])
def test_standardize_is_scikit_learns(mean: bool, scale: bool) -> None:
    model = StandardScaler(with_mean=mean, with_std=scale).fit(POINTS)
    given = ({"mean": model.mean_} if mean else {}) | ({"scale": model.scale_} if scale else {})
    found = single(Standardize(use_mean=mean, use_scale=scale), given)
    for call in (found, found.inlined):
        np.testing.assert_allclose(call(POINTS), model.transform(POINTS), rtol=1e-14, atol=1e-15)
