"""from_sklearn against scikit-learn's own predictions."""

from __future__ import annotations

import warnings
from typing import Any

import numpy as np
import pytest
from sklearn.calibration import CalibratedClassifierCV
from sklearn.cluster import DBSCAN
from sklearn.compose import ColumnTransformer, TransformedTargetRegressor
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestRegressor, VotingClassifier, VotingRegressor
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_selection import RFE
from sklearn.kernel_ridge import KernelRidge
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier, MLPRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    KBinsDiscretizer,
    MaxAbsScaler,
    MinMaxScaler,
    OneHotEncoder,
    QuantileTransformer,
    StandardScaler,
)
from sklearn.tree import DecisionTreeClassifier

from netsym.errors import SpecError
from netsym.files.files import dumps, loads
from netsym.readers.sklearn.reader import from_sklearn

CLASSES = {
    "iris": load_iris,
    "digits": load_digits,
    "wine": load_wine,
    "breast_cancer": load_breast_cancer,
}


def fitted(model: Any, x: Any, y: Any) -> Any:
    """The model after a short fit: what it has learnt does not matter here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        return model.fit(x, y)


def classifier(*hidden: int, **options: Any) -> MLPClassifier:
    return MLPClassifier(hidden_layer_sizes=hidden or (7, 5), max_iter=8, random_state=0, **options)


def regressor(*hidden: int, **options: Any) -> MLPRegressor:
    return MLPRegressor(hidden_layer_sizes=hidden or (7, 5), max_iter=8, random_state=0, **options)


def expected(model: Any, x: Any) -> Any:
    if not hasattr(model, "predict_proba"):
        return model.predict(x)
    probabilities = model.predict_proba(x)
    return probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("data", CLASSES)
def test_classifiers_agree(data: str, activation: str) -> None:
    x, y = CLASSES[data](return_X_y=True)
    model = fitted(make_pipeline(StandardScaler(), classifier(activation=activation)), x, y)
    np.testing.assert_allclose(from_sklearn(model)(x), expected(model, x), rtol=0, atol=1e-12)


@pytest.mark.parametrize("activation", ["identity", "logistic", "tanh", "relu"])
@pytest.mark.parametrize("outputs", [1, 3])
def test_regressors_agree(activation: str, outputs: int) -> None:
    x, y = load_diabetes(return_X_y=True)
    targets = y / 100 if outputs == 1 else np.stack([y / 100, x[:, 0], x[:, 1] ** 2], axis=1)
    model = fitted(regressor(activation=activation), x, targets)
    np.testing.assert_allclose(from_sklearn(model)(x), model.predict(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("data", CLASSES)
def test_regressors_agree_on_the_classification_data(data: str) -> None:
    x, y = CLASSES[data](return_X_y=True)
    model = fitted(make_pipeline(MinMaxScaler(), regressor(6)), x, y.astype(float))
    np.testing.assert_allclose(from_sklearn(model)(x), model.predict(x), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(
    "scalers",
    [
        [],
        ["passthrough", None],
        [StandardScaler(with_mean=False)],
        [StandardScaler(with_std=False)],
        [StandardScaler(with_mean=False, with_std=False)],
        [MinMaxScaler((-2, 3))],
        [MaxAbsScaler()],
        [MaxAbsScaler(), "passthrough", MinMaxScaler(), StandardScaler()],
        [make_pipeline(MinMaxScaler(), MaxAbsScaler())],
    ],
)
def test_pipelines_agree(scalers: list[Any]) -> None:
    x, y = load_wine(return_X_y=True)
    model = fitted(make_pipeline(*scalers, classifier(4)), x, y)
    network = from_sklearn(model)
    np.testing.assert_allclose(network(x), model.predict_proba(x), rtol=0, atol=1e-12)


def test_many_labels_at_once() -> None:
    x, y = load_iris(return_X_y=True)
    labels = np.stack([y == 0, y > 0, x[:, 0] > 5], axis=1).astype(int)
    model = fitted(classifier(4), x, labels)
    network = from_sklearn(model)
    assert network.layers[-1].layer.activation == "sigmoid"
    np.testing.assert_allclose(network(x), model.predict_proba(x), rtol=0, atol=1e-12)


def test_the_network_can_be_saved() -> None:
    x, y = load_iris(return_X_y=True)
    network = from_sklearn(fitted(make_pipeline(StandardScaler(), classifier(4)), x, y))
    assert np.array_equal(loads(dumps(network))(x), network(x))


def test_a_float32_has_its_own_digits() -> None:
    x = np.random.default_rng(3).normal(size=(30, 2)).astype(np.float32)
    net = MLPRegressor(hidden_layer_sizes=(1,), max_iter=2, random_state=1)
    model = fitted(make_pipeline(PCA(1, whiten=True), net), x, x[:, 0])
    own, every = from_sklearn(model), from_sklearn(model, all_digits=True)
    for placed, other in zip(own.layers, every.layers, strict=True):
        for key, parameter in placed.parameters.items():
            exact = np.asarray(other.parameters[key].entries)
            np.testing.assert_array_equal(exact.astype(np.float32), exact)
            decimals = [float(str(number)) for number in exact.astype(np.float32).flat]
            assert np.asarray(parameter.entries).ravel().tolist() == decimals
    wanted = model.predict(x.astype(np.float64))  # of which some is computed in float32
    np.testing.assert_allclose(np.asarray(every(x)).ravel(), wanted, rtol=1e-6)


def test_of_two_classes_the_second_is_the_output() -> None:
    x, y = load_breast_cancer(return_X_y=True)
    named = fitted(classifier(3), x, np.array(["malignant", "benign"])[y])
    network = from_sklearn(named)
    assert named.classes_.tolist() == ["benign", "malignant"]
    assert network.output_names.literal == ("malignant",)
    assert network.title == "MLPClassifier: probability of class malignant"
    np.testing.assert_allclose(network(x), named.predict_proba(x)[:, 1], rtol=0, atol=1e-12)
    numbered = from_sklearn(fitted(classifier(3), x, y))
    assert numbered.output_names.literal == () and numbered.output_names.ascii(0) == "y"
    assert numbered.title == "MLPClassifier: probability of class 1"


@pytest.mark.parametrize(
    ("classes", "names"),
    [
        (["setosa", "versicolor", "virginica"], ["setosa", "versicolor", "virginica"]),
        (["a b", "c", "d"], ["a_b", "c", "d"]),
        (["sigmoid", "c", "d"], ["c", "d", "sigmoid_2"]),
        (["7", "c", ""], ["class_1", "class_7", "c"]),
        (["w2_1_1", "c", "d"], ["c", "d", "w2_1_1"]),  # the weights are numbers: no clash
        (["a1_1", "c", "d"], ["a1_1_2", "c", "d"]),
    ],
)
def test_outputs_are_named_after_the_classes(classes: list[str], names: list[str]) -> None:
    x, y = load_iris(return_X_y=True)
    network = from_sklearn(fitted(classifier(2), x, np.array(classes)[y]))
    assert [network.output_names.ascii(i) for i in range(3)] == names


@pytest.mark.parametrize(
    ("columns", "names"),
    [
        (["length", "width", "p", "q"], ["length", "width", "p", "q"]),
        (["sepal length (cm)", "b", "c", "d"], ["sepal_length_cm", "b", "c", "d"]),
        (["lambda", "b", "exp", "if"], ["lambda_2", "b", "exp_2", "if_2"]),
        (["a1_1", "y_3", "c", "z2_1"], ["a1_1_2", "y_3", "c", "z2_1_2"]),
        (["x_1", "x_3", "w1_1_1", "b2_3"], ["x_1", "x_3", "w1_1_1", "b2_3"]),  # no clash
        (["a-b", "a b", "a_b", "a_b_2"], ["a_b_3", "a_b_4", "a_b", "a_b_2"]),
        (["c", "c", "c_2", "2nd c"], ["c", "c_3", "c_2", "x_2nd_c"]),
        (["", "年齢", "Größe (m²)", "3"], ["x_1", "x_2", "Grosse_m2", "x_3"]),
        (["Σx", "σ(x)", "ŷ", "e\u0301t\u00e9"], ["x", "sigma_x", "y", "ete"]),
    ],
)
def test_inputs_are_named_after_the_columns(columns: list[str], names: list[str]) -> None:
    x, y = load_iris(return_X_y=True)
    model = fitted(classifier(2), x, y)
    # What scikit-learn keeps of a data frame; set here so that the tests need no pandas.
    model.feature_names_in_ = np.array(columns, dtype=object)
    network = from_sklearn(model)
    assert [network.input_names.ascii(i) for i in range(4)] == names


IRIS = load_iris(return_X_y=True)
UNKNOWN = (
    "cannot be read: it is no model of scikit-learn that is known here; netsym help scikit-learn "
)


BINS = KBinsDiscretizer(3, encode="ordinal", strategy="uniform")


class Steeper(StandardScaler):
    def transform(self, X: Any, copy: Any = None) -> Any:
        return 2 * super().transform(X, copy)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (classifier(), "this MLPClassifier is not fitted; call fit with data first"),
        (make_pipeline(StandardScaler(), regressor()),
         "this StandardScaler is not fitted; call fit with data first"),
        (make_pipeline(fitted(StandardScaler(), *IRIS), regressor()),
         "this MLPRegressor is not fitted; call fit with data first"),
        (make_pipeline(StandardScaler(), fitted(classifier(2), *IRIS)),
         "this StandardScaler is not fitted; call fit with data first"),
        (ColumnTransformer([]), "this ColumnTransformer is not fitted; call fit with data first"),
        (FunctionTransformer(),
         "this FunctionTransformer does not say how many inputs it has; call fit with an array"),
        (3, f"an int {UNKNOWN}lists them"),
        (DBSCAN(), f"a DBSCAN {UNKNOWN}lists them"),
        (make_pipeline("passthrough"),
         "the Pipeline does nothing; give one that ends in a fitted model"),
        (GridSearchCV(classifier(2), {"alpha": [0.1]}),
         "this GridSearchCV has no best estimator; fit it first, with refit=True"),
        (fitted(Steeper(), *IRIS),
         "a Steeper cannot be read: its transform is its own, and not that of StandardScaler"),
        (fitted(make_pipeline(StandardScaler(), DecisionTreeClassifier()), *IRIS),
         "a DecisionTreeClassifier (decisiontreeclassifier) cannot be read: it asks whether inputs "
         "are above thresholds, one after another; sklearn.tree.export_text writes these rules, of "
         "each of its trees"),
        (fitted(make_pipeline(QuantileTransformer(n_quantiles=9), KNeighborsClassifier()), *IRIS),
         "a QuantileTransformer (quantiletransformer) cannot be read: it looks values up in a "
         "table, between whose entries it draws lines; PowerTransformer is read; a "
         "KNeighborsClassifier (kneighborsclassifier) cannot be read: it looks for the nearest of "
         "its examples, and has learnt nothing else; skl2onnx makes a program of it"),
        (fitted(CalibratedClassifierCV(GaussianNB(), method="isotonic"), *IRIS),
         "a CalibratedClassifierCV of method 'isotonic' is no formula of its inputs; calibrate "
         "with method='sigmoid'"),
        (fitted(VotingClassifier([("a", GaussianNB())]), *IRIS),
         "a VotingClassifier that counts classes is not read; use voting='soft'"),
        (fitted(VotingRegressor([("a", Ridge()), ("b", RandomForestRegressor(3))]), *IRIS),
         "a RandomForestRegressor (2) cannot be read: it asks whether inputs are above thresholds, "
         "one after another; sklearn.tree.export_text writes these rules, of each of its trees"),
        (fitted(RFE(RandomForestRegressor(3)), *IRIS),
         "a RandomForestRegressor cannot be read: it asks whether inputs are above thresholds, "
         "one after another; sklearn.tree.export_text writes these rules, of each of its trees"),
        (fitted(make_pipeline(GaussianNB()), *IRIS).set_params(steps=[
            ("a", fitted(GaussianNB(), *IRIS)), ("b", fitted(Ridge(), *IRIS))]),
         "a GaussianNB is no step that changes its inputs; it has to be last"),
        (fitted(KernelRidge(kernel=np.dot), *IRIS),
         "a KernelRidge whose kernel is a function of its own cannot be read; give one of "
         "linear, rbf, laplacian, poly, polynomial or sigmoid"),
        (fitted(KernelRidge(kernel="cosine"), *IRIS),
         "a KernelRidge with the kernel 'cosine' cannot be read; it can be linear, rbf, laplacian, "
         "poly, polynomial or sigmoid"),
        (fitted(FunctionTransformer(lambda x: x + 1), *IRIS),
         "a FunctionTransformer of '<lambda>' cannot be read: code is not a formula; give a "
         "function of NumPy that acts on every element, as numpy.log, or none"),
        (fitted(FunctionTransformer(np.clip, kw_args={"a_min": 1, "a_max": 2}), *IRIS),
         "a FunctionTransformer of 'clip' cannot be read: code is not a formula; give a "
         "function of NumPy that acts on every element, as numpy.log, or none"),
        (fitted(OneHotEncoder(), [["red"], ["green"]], None),
         "a OneHotEncoder of green and the like cannot be read: a formula takes numbers; give "
         "the columns as numbers, and leave missing ones out"),
        (fitted(OneHotEncoder(), [[1.0], [np.nan]], None),
         "a OneHotEncoder of nan and the like cannot be read: a formula takes numbers; give "
         "the columns as numbers, and leave missing ones out"),
        (fitted(OneHotEncoder(max_categories=2), IRIS[0], None),
         "a OneHotEncoder that joins infrequent categories is not read; fit it without "
         "min_frequency and max_categories"),
        (fitted(ColumnTransformer([("a", "drop", [0])]), *IRIS),
         "this ColumnTransformer drops all columns; a network needs one at least"),
        (fitted(TransformedTargetRegressor(Ridge(), transformer=BINS, check_inverse=False), *IRIS),
         "what undoes a KBinsDiscretizer is no formula that is known here"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_said(model: Any, message: str) -> None:
    with pytest.raises(SpecError) as caught:
        from_sklearn(model)
    assert str(caught.value) == message


def test_a_decision_is_of_classes() -> None:
    model = fitted(GaussianNB(), *IRIS)
    with pytest.raises(SpecError, match="unknown decision 'best'; it can be 'class'"):
        from_sklearn(model, decision="best")
    with pytest.raises(SpecError, match="a Ridge predicts no classes, so that it has no decision"):
        from_sklearn(fitted(Ridge(), *IRIS), decision="class")
    with pytest.raises(SpecError, match="2 names for 4 inputs; give one each"):
        from_sklearn(model, ["a", "b"])


def test_an_output_activation_that_no_layer_has_is_refused() -> None:
    model = fitted(regressor(2), *IRIS)
    model.out_activation_ = "cosh"
    with pytest.raises(SpecError, match="the activation 'cosh' of scikit-learn is not known here"):
        from_sklearn(model)


def test_the_loss_of_poisson_gives_exp() -> None:
    x, y = IRIS
    model = fitted(regressor(2, loss="poisson"), x, y)
    assert model.out_activation_ == "exp"
    np.testing.assert_allclose(from_sklearn(model)(x), model.predict(x), rtol=1e-12)


@pytest.mark.parametrize(
    "scaler",
    [MinMaxScaler(clip=True), MinMaxScaler((-1, 1), clip=True), MinMaxScaler((-3, 0.5), clip=True),
     MaxAbsScaler(clip=True)],
    ids=repr,
)  # fmt: skip
def test_a_scaler_that_cuts_values_off(scaler: Any) -> None:
    """At inputs beyond those that it was fitted to, where it does something."""
    x, y = IRIS
    model = fitted(make_pipeline(scaler, regressor(4)), x, y)
    beyond = np.concatenate([x, 3 * x, -2 * x])
    assert not np.allclose(
        scaler.transform(beyond), scaler.set_params(clip=False).transform(beyond)
    )
    scaler.set_params(clip=True)
    network = from_sklearn(model)
    np.testing.assert_allclose(network(beyond), model.predict(beyond), rtol=1e-12, atol=1e-12)
    again = loads(dumps(network))
    np.testing.assert_allclose(again(beyond), model.predict(beyond), rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize("search", [GridSearchCV, RandomizedSearchCV])
def test_of_a_search_the_best_estimator_is_read(search: Any) -> None:
    """Alone, and at the end of a pipeline."""
    x, y = IRIS
    known = search(classifier(2), {"alpha": [0.1, 1.0]}, cv=2, **
                   ({"n_iter": 2} if search is RandomizedSearchCV else {}))  # fmt: skip
    for model in (known, make_pipeline(StandardScaler(), known)):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model.fit(x, y)
        np.testing.assert_allclose(from_sklearn(model)(x), expected(model, x), atol=1e-12)


def test_a_derived_class_is_read_as_what_it_derives_from() -> None:
    class Mine(MLPRegressor):
        pass

    model = fitted(Mine(hidden_layer_sizes=(2,), max_iter=3), *IRIS)
    np.testing.assert_allclose(from_sklearn(model)(IRIS[0]), model.predict(IRIS[0]), atol=1e-12)
