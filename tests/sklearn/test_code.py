"""Networks that scikit-learn has trained, as code in every language but Spark's, on their data."""

from __future__ import annotations

from functools import cache
from itertools import product
from typing import Any

import numpy as np
import pytest
from sklearn import datasets
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import netsym
from netsym.certificates import ENGINES
from tests.code.test_targets import certified


@cache
def trained(data: str) -> tuple[netsym.Network, Any]:
    """A network for a data set of the package, and its rows."""
    given = getattr(datasets, f"load_{data}")()
    network = MLPClassifier((16,), "relu", solver="lbfgs", alpha=1.0, max_iter=1000, random_state=0)
    model = make_pipeline(StandardScaler(), network)
    model.fit(given.data, given.target)
    read = netsym.from_sklearn(model)
    np.testing.assert_allclose(read(given.data), model.predict_proba(given.data), atol=1e-12)
    return read, given.data


@pytest.mark.parametrize(
    ("data", "to"),
    [*product(("iris", "wine", "digits"), sorted({*ENGINES} - {"spark", "pyspark"}))],
)
def test_a_trained_network_is_its_code(data: str, to: str) -> None:
    network, rows = trained(data)
    found = certified(network, to, data=rows)
    assert found.rows >= len(rows)
    assert found.relative < ENGINES[to].tolerance, found.report()
    assert found.verdict == "certified", found.report()
