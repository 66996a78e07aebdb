"""Every example that trains a network of scikit-learn runs, and leaves what it says."""

from __future__ import annotations

from pathlib import Path

import mpmath
import numpy as np
from sklearn.datasets import load_iris

import netsym
from netsym.collapse.simplification import simplify
from tests.collapse.byhand import decimal
from tests.collapse.test_rules import kinds
from tests.test_examples import EXAMPLES, assert_in_order, run


def test_iris(tmp_path: Path) -> None:
    output = run("iris.py", tmp_path)
    assert "virginica = exp(" in output
    assert "on 150 flowers" in output
    made, kept = netsym.load(tmp_path / "iris.toml"), netsym.load(EXAMPLES / "iris.toml")
    assert made.inlined.size == kept.inlined.size


def test_digits(tmp_path: Path) -> None:
    output = run("digits.py", tmp_path)
    assert "64 inputs, 10 outputs, 2,474 parameters" in output
    assert (tmp_path / "eight.py").stat().st_size > 500_000


def test_collapse(tmp_path: Path) -> None:
    output = run("collapse.py", tmp_path)
    answers = [
        "y = (w2_1_1*w1_1_1 + w2_1_2*w1_2_1)*x + (w2_1_1*b1_1 + w2_1_2*b1_2 + b2_1)",
        "identical: ",
        "because relu stands between",
        "should be the mean of the two above it, 9",
        "parameters 75 => 67",
        "largest difference from predict_proba on 150 flowers",
    ]
    assert_in_order(output, answers)


def test_support_vectors(tmp_path: Path) -> None:
    output = run("support_vectors.py", tmp_path)
    answers = [
        "StandardScaler, SVC: decision function of class versicolor",
        "a⁽²⁾₁ = exp(-0.500·((a⁽¹⁾₁ + 1.22)^2 + (a⁽¹⁾₂ + 1.22)^2))",
        "the output is the place of the class: 0 for setosa, 1 for versicolor",
        "y = 1 - step(-a⁽³⁾₁)",
        "largest difference from decision_function on 100 flowers",
    ]
    assert_in_order(output, answers)
    made, kept = (netsym.load(at / "support_vectors.toml") for at in (tmp_path, EXAMPLES))
    assert made.layered.text(digits=6) == kept.layered.text(digits=6)


def test_warehouse(tmp_path: Path) -> None:
    output = run("warehouse.py", tmp_path)
    answers = [
        "CAST(sepal_length AS DOUBLE) AS sepal_length",
        "AS virginica\nFROM step_",
        "(150, None, None, None)",
        "largest difference from predict_proba on 150 flowers",
        "over 151 rows; at ±1e3, NaN and NULL as the network\nduckdb, layered",
        "over 151 rows; at ±1e3 and NULL as the network\nsqlite, layered",
    ]
    assert_in_order(output, answers)
    assert {path.name for path in tmp_path.iterdir()} == {
        "flowers.sql", "flowers.spark.sql", "flowers.py",
    }  # fmt: skip


# -- the network that is kept in examples/iris.toml ----------------------------------------------
def test_the_iris_network_kept_here_knows_its_flowers() -> None:
    iris = load_iris()
    network = netsym.load(EXAMPLES / "iris.toml")
    assert (network(iris.data).argmax(axis=1) == iris.target).mean() > 0.95


def test_the_iris_pipeline_loses_its_scaler() -> None:
    """On all 150 flowers the two agree within the proved bound, to 40 digits by mpmath."""
    network = netsym.load(EXAMPLES / "iris.toml")
    assert kinds(network) == ["standardize", "dense", "dense"]
    result = simplify(network)
    assert kinds(result.network) == ["dense", "dense"]
    before, after = result.cost
    assert (before.parameters, after.parameters) == (75, 67)
    assert "parameters 75 ⇒ 67" in str(result)
    weights, bias, mean, scale = (
        network.layers[place].parameters[key].numbers({})
        for place, key in ((1, "weights"), (1, "bias"), (0, "mean"), (0, "scale"))
    )
    first = result.network.layers[0].parameters
    np.testing.assert_allclose(first["weights"].numbers({}), weights / scale, rtol=1e-15)
    np.testing.assert_allclose(
        first["bias"].numbers({}), bias - weights @ (mean / scale), rtol=1e-13, atol=1e-14
    )
    flowers = load_iris().data
    bound = result.bound(flowers)
    assert bound.shape == (150, 3)
    assert (bound < 1e-14).all()
    gaps = np.abs(network(flowers) - result.network(flowers))
    assert (gaps <= bound + 1e-14).all()  # of float64 itself, on the way
    with mpmath.workdps(40):
        for flower, most in zip(flowers[::10].tolist(), bound[::10].tolist(), strict=True):
            one, other = (decimal(each, flower, {}) for each in (network, result.network))
            assert all(abs(p - q) <= m for p, q, m in zip(one, other, most, strict=True))
