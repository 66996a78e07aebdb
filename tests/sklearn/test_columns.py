"""Columns and classes of models of scikit-learn: their names, and that all is read back."""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sklearn.datasets import load_iris
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import netsym
from netsym.files.examples import read_examples
from netsym.files.files import dumps, loads
from netsym.graph.names import refuse_bad_name
from tests.effort import random_examples
from tests.network.test_columns import HOSTILE, TEXTS
from tests.sklearn.test_reading import fitted

RNG = np.random.default_rng(5)
X = RNG.normal(size=(12, 3))


def model(columns: list[str], labels: list[str] | None = None) -> Any:
    """A fitted model that keeps these columns and classes, as of a data frame."""
    numbers = np.resize(X, (12, len(columns)))
    answers: Any = RNG.normal(size=12)
    kind: Any = MLPRegressor
    if labels is not None:
        kind, answers = MLPClassifier, np.array((labels * 12)[:12], dtype=object)
    made = fitted(kind(hidden_layer_sizes=(2,), max_iter=1, random_state=0), numbers, answers)
    made.feature_names_in_ = np.array(columns, dtype=object)
    return made


def test_one_column_that_was_no_name_lost_the_names_of_all() -> None:
    network = netsym.from_sklearn(model(["rooms", "floor space (m2)", "year"]))
    assert network.input_names.literal == ("rooms", "floor_space_m2", "year")
    assert network.latex_names == {"floor_space_m2": r"\text{floor space (m2)}"}
    assert network.assumed == (
        "some columns or classes cannot be names here: 'floor space (m2)' is floor_space_m2"
    )
    assert r"\text{floor space (m2)}" in network.inlined.latex()
    assert netsym.from_sklearn(model(["rooms", "space", "year"])).assumed == ""


def test_one_class_that_was_no_name_lost_the_names_of_all() -> None:
    network = netsym.from_sklearn(model(["a", "b", "c"], ["low risk", "high", "a", "exp"]))
    assert network.output_names.literal == ("a_2", "exp_2", "high", "low_risk")
    assert network.latex_names == {"low_risk": r"\text{low risk}"}
    assert network.assumed == (
        "some columns or classes cannot be names here: 'a' is a_2, 'exp' is exp_2, "
        "'low risk' is low_risk"
    )


def test_many_renamed_columns_are_not_all_said() -> None:
    network = netsym.from_sklearn(model([f"column {n}" for n in range(8)]))
    assert network.assumed.endswith(" 'column 4' is column_4 and 3 more")


def test_a_column_and_a_class_of_one_text_are_not_written_alike() -> None:
    network = netsym.from_sklearn(model(["a b", "c", "d"], ["a b", "c d", "e f"]))
    assert network.output_names.literal == ("a_b_2", "c_d", "e_f")
    assert network.latex_names == {
        "a_b": r"\text{a b}", "c_d": r"\text{c d}", "e_f": r"\text{e f}",
    }  # fmt: skip


def test_columns_of_a_data_frame_come_through_a_pipeline() -> None:
    x, y = load_iris(return_X_y=True)
    scaler = StandardScaler().fit(x)
    scaled = scaler.transform(x)
    scaler.feature_names_in_ = np.array(load_iris().feature_names, dtype=object)
    last = fitted(MLPClassifier((2,), max_iter=1), scaled, y)
    for made in (make_pipeline(scaler, last), make_pipeline("passthrough", scaler, last)):
        network = netsym.from_sklearn(made)
        assert network.input_names.literal == (
            "sepal_length_cm", "sepal_width_cm", "petal_length_cm", "petal_width_cm",
        )  # fmt: skip
        np.testing.assert_allclose(network(x), last.predict_proba(scaled), atol=1e-12)


def test_names_that_were_given_are_kept_or_refused() -> None:
    made = model(["a b", "c d", "e"], ["p q", "r", "s"])
    network = netsym.from_sklearn(made, ["p_q", "v", "w"])
    assert (network.input_names.literal, network.output_names.literal) == (
        ("p_q", "v", "w"), ("p_q_2", "r", "s"),
    )  # fmt: skip
    with pytest.raises(netsym.SpecError, match="'c d' is not a name: use letters, digits and"):
        netsym.from_sklearn(made, ["a", "c d", "e"])


@given(
    st.lists(TEXTS | st.text(max_size=5), min_size=1, max_size=6),
    st.lists(TEXTS | st.text(max_size=5), min_size=3, max_size=4, unique=True) | st.none(),
)
@example(HOSTILE, HOSTILE)
@example(["net worth"], ["u", "v", "A0"])
@random_examples(60)
def test_any_columns_and_classes_have_names_that_are_read_back(
    columns: list[str], labels: list[str] | None
) -> None:
    """As text, as LaTeX, as Python and in a file; to the numbers of scikit-learn."""
    made = model(columns, labels)
    network = netsym.from_sklearn(made)
    names = [*network.input_names.all(), *network.output_names.all()]
    assert len(set(names)) == len(names)
    for name in names:
        refuse_bad_name(name)
    x = RNG.normal(size=(3, len(columns)))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that x has no names of columns
        expected = made.predict(x) if labels is None else made.predict_proba(x)
    for found in (network, loads(dumps(network))):
        np.testing.assert_allclose(found(x), expected, rtol=1e-9, atol=1e-12)
    again = loads(dumps(network))
    assert (again.input_names, again.latex_names) == (network.input_names, network.latex_names)
    for text in (network.layered.latex(), network.layered.text(ascii=True), network.inlined.text()):
        assert netsym.compare(network, text).verdict in ("structural", "identical")
    code: dict[str, Any] = {}
    exec(network.layered.python(), code)
    np.testing.assert_allclose(
        code["f" if "f" not in names else "network"](*x[0].tolist()),
        expected[0],
        rtol=1e-9,
        atol=1e-12,
    )


def test_columns_of_a_file_have_the_names_that_were_given_to_their_texts(tmp_path: Path) -> None:
    network = netsym.from_sklearn(model(["net worth", "2nd (°C)", "age"], ["low risk", "b", "c"]))
    data = tmp_path / "data.csv"
    data.write_text("c,2nd (°C),age,low risk,net worth,b\n1,2,3,4,5,6\n", encoding="utf-8")
    x, t = read_examples(data, network)
    assert (x.tolist(), t.tolist()) == ([[5, 2, 3]], [[6, 1, 4]])
