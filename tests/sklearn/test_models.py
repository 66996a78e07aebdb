"""Every class of scikit-learn that is read, on real data of the package, against what it says."""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy import special
from sklearn import (
    calibration,
    cluster,
    compose,
    cross_decomposition,
    datasets,
    decomposition,
    discriminant_analysis,
    ensemble,
    feature_selection,
    frozen,
    impute,
    kernel_approximation,
    kernel_ridge,
    linear_model,
    model_selection,
    multiclass,
    multioutput,
    naive_bayes,
    neighbors,
    neural_network,
    pipeline,
    preprocessing,
    random_projection,
    svm,
)
from sklearn.utils import all_estimators

import netsym
from netsym.files.files import dumps, loads
from netsym.files.packaged import page
from netsym.readers.sklearn.reader import ROWS

Data = tuple[Any, Any]
POINTS = 40


def _of(load: Callable[..., Any], kept: int = 4) -> Data:
    x, y = load(return_X_y=True)
    return x[:, :kept], y


@cache
def data(name: str) -> Data:
    """Real data by name: features, and what is to be predicted."""
    x, y = datasets.load_diabetes(return_X_y=True)
    iris, species = datasets.load_iris(return_X_y=True)
    names = np.array(["setosa", "versicolor", "virginica"])
    digits, numbers = datasets.load_digits(return_X_y=True)
    makes: Mapping[str, Callable[[], Data]] = {
        "diabetes": lambda: (x[:, :5], y),
        "counts": lambda: (x[:, :3] * 10, np.rint(y / 50)),
        "two answers": lambda: (x[:, :4], np.stack([y, 100 * x[:, 4]], axis=1)),
        "iris": lambda: (iris, names[species]),
        "numbered iris": lambda: (iris, species),
        "two species": lambda: (iris[50:], names[species[50:]]),
        "wine": lambda: _of(datasets.load_wine),
        "cancer": lambda: _of(datasets.load_breast_cancer, 5),
        "labels": lambda: (iris, np.stack([species == 0, species > 0, iris[:, 0] > 5], 1) * 1),
        "pixels": lambda: (digits[:300, 10:22], numbers[:300] % 4),
    }
    return makes[name]()


def fitted(model: Any, on: str) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return model.fit(*data(on))


def said(model: Any, x: Any) -> Any:
    """What a model says: probabilities, else decisions, else predictions, else its transform."""
    methods = ("predict_proba", "decision_function", "predict", "transform")
    for method in ("transform",) if hasattr(model, "cluster_centers_") else methods:
        if hasattr(model, method):
            break
    found = getattr(model, method)(x)
    found = found.toarray() if hasattr(found, "toarray") else np.asarray(found)
    two = method == "predict_proba" and found.shape[1] == 2
    return found[:, 1] if two else found


pre, lin = preprocessing, linear_model
LOGISTIC = lin.LogisticRegression(C=0.5)
pipe, columns = pipeline.make_pipeline, compose.make_column_transformer


def scaled(model: Any) -> Any:
    return pipe(pre.StandardScaler(), model)


def mlp(kind: str = "Classifier", **options: Any) -> Any:
    made = getattr(neural_network, f"MLP{kind}")
    return made(hidden_layer_sizes=(4, 3), max_iter=20, random_state=0, **options)


#: By family: models, each with the data that it is fitted to.
STEPS: list[tuple[Any, str]] = [
    (pre.StandardScaler(), "iris"),
    (pre.StandardScaler(with_mean=False), "wine"),
    (pre.StandardScaler(with_std=False), "wine"),
    (pre.StandardScaler(with_std=False, with_mean=False), "wine"),
    (pre.MinMaxScaler((-2, 3)), "wine"),
    (pre.MinMaxScaler((-2, 3), clip=True), "wine"),
    (pre.MaxAbsScaler(), "wine"),
    (pre.RobustScaler(), "wine"),
    (pre.RobustScaler(with_centering=False, quantile_range=(10, 60), unit_variance=True), "wine"),
    (pre.RobustScaler(with_scaling=False), "diabetes"),
    (pre.PowerTransformer(), "diabetes"),
    (pre.PowerTransformer(standardize=False), "iris"),
    (pre.PowerTransformer("box-cox"), "iris"),
    (pre.Normalizer(), "iris"),
    (pre.Normalizer("l1"), "diabetes"),
    (pre.Normalizer("max"), "diabetes"),
    (pre.Binarizer(threshold=1.4), "iris"),
    (pre.KBinsDiscretizer(4, encode="ordinal", quantile_method="averaged_inverted_cdf"), "iris"),
    (pre.KBinsDiscretizer(3, encode="onehot", strategy="uniform"), "wine"),
    (pre.PolynomialFeatures(3), "iris"),
    (pre.PolynomialFeatures(3, interaction_only=True, include_bias=False), "wine"),
    (pre.OneHotEncoder(), "pixels"),
    (pre.OneHotEncoder(drop="first", handle_unknown="ignore"), "pixels"),
    (pre.OneHotEncoder(drop="if_binary", sparse_output=False), "pixels"),
    (pre.OrdinalEncoder(), "pixels"),
    (pre.FunctionTransformer(), "iris"),
    *((pre.FunctionTransformer(each), "iris") for each in (
        np.log, np.log1p, np.exp, np.expm1, np.sqrt, np.square, np.abs, np.sin, np.cos, np.tanh,
        np.negative, np.reciprocal, np.log2, np.log10, np.exp2, np.sign, np.arctan,
        special.expit, special.erf)),
    (pipe(pre.MinMaxScaler((0.1, 0.9)), pre.FunctionTransformer(special.logit)), "iris"),
    (pre.Binarizer(threshold=-1e-5), "diabetes"),
    (impute.SimpleImputer(), "iris"),
    (impute.SimpleImputer(strategy="median"), "diabetes"),
    (feature_selection.VarianceThreshold(0.3), "iris"),
    (feature_selection.SelectKBest(k=2), "iris"),
    (feature_selection.SelectPercentile(percentile=50), "iris"),
    (feature_selection.SelectFpr(), "iris"),
    (feature_selection.SelectFdr(), "iris"),
    (feature_selection.SelectFwe(), "iris"),
    (feature_selection.GenericUnivariateSelect(mode="k_best", param=3), "iris"),
    (feature_selection.SelectFromModel(lin.Lasso(0.5)), "diabetes"),
    (feature_selection.SelectFromModel(ensemble.RandomForestRegressor(5)), "diabetes"),
    (feature_selection.SequentialFeatureSelector(lin.Ridge(), n_features_to_select=2), "diabetes"),
    (decomposition.PCA(2), "iris"),
    (decomposition.PCA(3, whiten=True), "wine"),
    (decomposition.IncrementalPCA(2), "iris"),
    (decomposition.TruncatedSVD(2), "iris"),
    (decomposition.FastICA(2, random_state=0), "iris"),
    (decomposition.FactorAnalysis(2), "iris"),
    (random_projection.GaussianRandomProjection(2, random_state=0), "iris"),
    (random_projection.SparseRandomProjection(3, random_state=1), "pixels"),
    (neighbors.NeighborhoodComponentsAnalysis(2), "numbered iris"),
    (pipe(pre.MinMaxScaler(), neural_network.BernoulliRBM(3, random_state=0)), "iris"),
    (cluster.FeatureAgglomeration(2), "iris"),
    (cluster.KMeans(3, random_state=0), "iris"),
    (cluster.MiniBatchKMeans(3, random_state=0), "iris"),
    (kernel_approximation.RBFSampler(n_components=5, random_state=0), "iris"),
    (kernel_approximation.Nystroem(n_components=5, random_state=0), "iris"),
    (kernel_approximation.Nystroem("poly", n_components=3, random_state=0), "diabetes"),
    (decomposition.KernelPCA(2), "iris"),
    (decomposition.KernelPCA(2, kernel="rbf"), "iris"),
    (cross_decomposition.PLSSVD(2), "two answers"),
    (pipeline.make_union(pre.StandardScaler(), decomposition.PCA(2), "passthrough"), "iris"),
    (pipeline.FeatureUnion([("a", pre.MaxAbsScaler()), ("b", "drop"), ("c", "passthrough")],
                           transformer_weights={"a": 2.0, "c": 0.5}), "iris"),
    (columns((pre.StandardScaler(), [2, 0]), (pre.PolynomialFeatures(2), [1, 3])), "iris"),
    (columns((pre.MinMaxScaler(), slice(1, 3)), ("drop", [0]), remainder="passthrough"), "iris"),
    (columns((pre.RobustScaler(), [True, False, True, False]), ("passthrough", [1])), "iris"),
    (columns((pre.MinMaxScaler(), [-1]), remainder=pre.StandardScaler()), "iris"),
    (columns((pre.StandardScaler(), lambda x: [1, 2]), ("passthrough", [])), "iris"),
    (compose.ColumnTransformer([("a", pre.StandardScaler(), [0]), ("b", "passthrough", [1])],
                               transformer_weights={"a": 3.0}), "iris"),
]  # fmt: skip
REGRESSORS: list[tuple[Any, str]] = [
    *((each, "diabetes") for each in (
        lin.LinearRegression(), lin.LinearRegression(fit_intercept=False), lin.Ridge(),
        lin.RidgeCV(), lin.Lasso(0.5), lin.LassoCV(), lin.ElasticNet(0.1), lin.ElasticNetCV(),
        lin.Lars(),
        lin.LarsCV(), lin.LassoLars(0.1), lin.LassoLarsCV(), lin.LassoLarsIC(),
        lin.OrthogonalMatchingPursuit(), lin.OrthogonalMatchingPursuitCV(), lin.BayesianRidge(),
        lin.ARDRegression(), lin.HuberRegressor(), lin.TheilSenRegressor(random_state=0),
        lin.QuantileRegressor(), lin.SGDRegressor(random_state=0),
        lin.RANSACRegressor(random_state=0), svm.LinearSVR(), svm.SVR(C=50.0),
        svm.SVR(kernel="linear"), svm.SVR(kernel="poly", degree=2, coef0=1.0),
        svm.SVR(kernel="poly"), svm.SVR(kernel="sigmoid"), svm.NuSVR(gamma="auto"),
        cross_decomposition.PLSRegression(2), mlp("Regressor"))),
    *((each, "two answers") for each in (
        lin.LinearRegression(), lin.Ridge(), lin.MultiTaskLasso(0.1), lin.MultiTaskLassoCV(),
        lin.MultiTaskElasticNet(0.1), lin.MultiTaskElasticNetCV(),
        cross_decomposition.PLSRegression(2), cross_decomposition.PLSCanonical(2),
        cross_decomposition.CCA(2), multioutput.RegressorChain(lin.Ridge(), order=[1, 0]),
        mlp("Regressor"), kernel_ridge.KernelRidge(kernel="rbf"),
        multioutput.MultiOutputRegressor(lin.HuberRegressor(max_iter=1000)))),
    *((each, "counts") for each in (
        lin.PoissonRegressor(), lin.TweedieRegressor(power=1.5), lin.TweedieRegressor(power=0),
        lin.TweedieRegressor(power=0, link="log"))),
    (lin.GammaRegressor(), "diabetes"),
    *((kernel_ridge.KernelRidge(kernel=kernel, gamma=gamma, degree=degree), "diabetes")
      for kernel, gamma, degree in (("linear", None, 3), ("rbf", None, 3), ("rbf", 2.5, 3),
                                    ("laplacian", 0.7, 3), ("poly", None, 2), ("sigmoid", 0.1, 3),
                                    ("polynomial", 1.5, 2.5))),
    (feature_selection.RFE(lin.Ridge(), n_features_to_select=2), "diabetes"),
    (feature_selection.RFECV(lin.Ridge(), cv=3), "diabetes"),
    (pipe(pre.RobustScaler(), pipe(pre.PowerTransformer(), decomposition.PCA(3)),
          mlp("Regressor")), "diabetes"),
    (pipe(pre.PolynomialFeatures(2), lin.Ridge()), "diabetes"),
    (ensemble.VotingRegressor([("a", lin.Ridge()), ("b", lin.Lasso())]), "diabetes"),
    (ensemble.VotingRegressor([("a", lin.Ridge()), ("b", lin.Lasso()), ("c", "drop")],
                              weights=[1, 3, 2]), "diabetes"),
    (ensemble.BaggingRegressor(lin.Ridge(), 3, max_features=0.6, random_state=0), "diabetes"),
    (ensemble.StackingRegressor([("a", lin.Ridge()), ("b", lin.Lasso())], lin.LinearRegression(),
                                passthrough=True), "diabetes"),
]  # fmt: skip
CLASSIFIERS: list[tuple[Any, str]] = [
    *((each, on) for on in ("iris", "two species", "numbered iris", "cancer") for each in (
        lin.LogisticRegression(max_iter=500), naive_bayes.GaussianNB(),
        discriminant_analysis.LinearDiscriminantAnalysis(),
        discriminant_analysis.QuadraticDiscriminantAnalysis(reg_param=0.1),
        svm.SVC(), svm.LinearSVC(),
        lin.SGDClassifier(loss="log_loss", random_state=0), lin.Perceptron(),
        lin.SGDClassifier(loss="modified_huber", random_state=0), mlp())),
    *((each, "iris") for each in (
        lin.LogisticRegressionCV(Cs=2, cv=2, use_legacy_attributes=False, l1_ratios=(0,)),
        lin.SGDClassifier(random_state=0), lin.RidgeClassifier(), lin.RidgeClassifierCV(),
        discriminant_analysis.LinearDiscriminantAnalysis(solver="lsqr", shrinkage="auto"),
        naive_bayes.MultinomialNB(), naive_bayes.ComplementNB(), naive_bayes.BernoulliNB(),
        naive_bayes.BernoulliNB(binarize=1.5), svm.NuSVC(), svm.SVC(kernel="linear"),
        svm.SVC(kernel="poly", degree=2), svm.SVC(kernel="sigmoid", coef0=0.5),
        svm.SVC(decision_function_shape="ovo"), svm.SVC(break_ties=True),
        svm.OneClassSVM(nu=0.3), lin.SGDOneClassSVM(random_state=0),
        multiclass.OneVsRestClassifier(LOGISTIC), multiclass.OneVsRestClassifier(svm.SVC()),
        ensemble.VotingClassifier([("a", LOGISTIC), ("b", naive_bayes.GaussianNB())],
                                  voting="soft", weights=[1, 2]),
        ensemble.BaggingClassifier(LOGISTIC, 2, max_features=3, random_state=0),
        ensemble.StackingClassifier([("a", LOGISTIC), ("b", lin.RidgeClassifier())], LOGISTIC),
        ensemble.StackingClassifier([("a", LOGISTIC)], LOGISTIC, stack_method="predict"),
        feature_selection.RFE(LOGISTIC, n_features_to_select=2),
        frozen.FrozenEstimator(naive_bayes.GaussianNB().fit(*data("iris"))),
        model_selection.GridSearchCV(scaled(LOGISTIC), {"logisticregression__C": [0.1, 1]}, cv=2),
        model_selection.RandomizedSearchCV(mlp(), {"alpha": [0.1, 1]}, n_iter=1, cv=2))),
    *((calibration.CalibratedClassifierCV(each, cv=2), on) for on in ("iris", "two species")
      for each in (svm.LinearSVC(), svm.SVC(), naive_bayes.GaussianNB(), scaled(mlp()),
                   discriminant_analysis.QuadraticDiscriminantAnalysis())),
    (calibration.CalibratedClassifierCV(LOGISTIC, ensemble=False), "wine"),
    (mlp(), "labels"),
    (lin.RidgeClassifier(), "labels"),
    (multiclass.OneVsRestClassifier(LOGISTIC), "labels"),
    (scaled(svm.SVC()), "wine"),
    (pipe(columns((pre.StandardScaler(), [0, 2]), (pre.PowerTransformer(), [1]),
                  (pre.OneHotEncoder(), [3])), LOGISTIC), "pixels"),
    (pipe(pre.OneHotEncoder(handle_unknown="ignore"), LOGISTIC), "pixels"),
    (pipe(discriminant_analysis.LinearDiscriminantAnalysis(n_components=2), LOGISTIC), "iris"),
    (pipe(discriminant_analysis.LinearDiscriminantAnalysis(solver="eigen"), LOGISTIC), "iris"),
    (pipe(frozen.FrozenEstimator(cross_decomposition.PLSRegression(2).fit(*data("numbered iris"))),
          LOGISTIC), "numbered iris"),
]  # fmt: skip
TARGETS: list[tuple[Any, str]] = [
    (compose.TransformedTargetRegressor(model, transformer=each), on)
    for model in (lin.Ridge(), mlp("Regressor"))
    for on in ("diabetes", "two answers")
    for each in (
        pre.StandardScaler(), pre.StandardScaler(with_mean=False), pre.MinMaxScaler(),
        pre.MaxAbsScaler(), pre.RobustScaler(), pre.PowerTransformer(),
        pipe(pre.MinMaxScaler(), pre.StandardScaler(with_std=False)))
] + [
    (compose.TransformedTargetRegressor(lin.Ridge(), **how), on) for on, how in (
        ("diabetes", {"func": np.log1p, "inverse_func": np.expm1}),
        ("diabetes", {"func": np.log, "inverse_func": np.exp}),
        ("diabetes", {"func": np.sqrt, "inverse_func": np.square}),
        ("diabetes", {"transformer": pre.PowerTransformer("box-cox")}),
        ("diabetes", {}),
        ("two answers", {"transformer": decomposition.PCA(2, whiten=True)}))
]  # fmt: skip
ALL = [*STEPS, *REGRESSORS, *CLASSIFIERS, *TARGETS]


def called(row: Any) -> str:
    return " ".join(repr(row).split())[:90] if not isinstance(row, str) else row


@pytest.mark.parametrize(("model", "on"), ALL, ids=called)
def test_the_network_says_what_the_model_says(model: Any, on: str) -> None:
    """At points of the data, and between them and beyond; read again from a file, the same."""
    found = fitted(model, on)
    x = data(on)[0][:: len(data(on)[0]) // POINTS]
    network = netsym.from_sklearn(found)
    expected = said(found, x)
    values = np.asarray(network(x))
    np.testing.assert_allclose(values.reshape(expected.shape), expected, rtol=1e-12, atol=1e-12)
    classes = [str(each) for each in getattr(found, "classes_", ()) if isinstance(each, str)]
    if classes and "every two" not in network.title:
        named = classes if len(classes) > 2 else classes[1:]
        assert list(network.output_names.literal) == named
    again = loads(dumps(network))
    assert dumps(again) == dumps(network)
    assert np.array_equal(np.asarray(again(x)), values)


@pytest.mark.parametrize(("model", "on"), CLASSIFIERS, ids=called)
def test_the_class_is_the_one_that_is_predicted(model: Any, on: str) -> None:
    """As a number, or by its place among the classes; of labels, each by itself."""
    found = fitted(model, on)
    x = data(on)[0]
    network = netsym.from_sklearn(found, decision="class")
    expected = found.predict(x)
    if expected.dtype.kind in "OU":
        expected = np.searchsorted(found.classes_, expected)
        assert "the output is the place of the class: 0 for " in network.assumed
    assert np.array_equal(np.asarray(network(x)), expected)


def test_every_class_that_is_read_is_tested() -> None:
    """Those that are refused have a test of their own."""
    known = {name for name, row in ROWS.items() if not row.refused}
    text = " ".join(repr(model) for model, _ in ALL)
    inner = {name for name in known if f"{name}(" in text}
    assert known - inner == {"BaseSearchCV"}  # GridSearchCV and others derive from it


def test_the_manual_lists_what_is_read() -> None:
    (table,) = re.findall(r"^## What is read$(.*?)^## ", page("scikit-learn"), flags=re.M | re.S)
    listed = {word for word in re.findall(r"\b[A-Z]\w+", table) if word not in ("NumPy", "What")}
    known = {name for name, row in ROWS.items() if not row.refused}
    assert listed == known - {"BaseSearchCV"} | {"GridSearchCV"}


def test_columns_are_those_that_have_the_names() -> None:
    """As of a data frame, of which the model keeps the names; here set, without pandas."""
    x, _ = data("numbered iris")
    steps = [("a", pre.StandardScaler(), [2, 0]), ("b", pre.MinMaxScaler(), [1, 2])]
    made = fitted(pipe(compose.ColumnTransformer(steps, remainder="passthrough"), LOGISTIC),
                  "numbered iris")  # fmt: skip
    expected = made.predict_proba(x)
    columns = made[0]
    columns.feature_names_in_ = np.array(["length", "sepal width", "petal", "w"], dtype=object)
    named = zip(columns.transformers_, (["petal", "length"], slice("sepal width", "petal"), ["w"]),
                strict=True)  # fmt: skip
    columns.transformers_ = [(name, part, those) for (name, part, _), those in named]
    network = netsym.from_sklearn(made)
    assert network.input_names.literal == ("length", "sepal_width", "petal", "w")
    assert network.latex_names == {"sepal_width": r"\text{sepal width}"}
    np.testing.assert_allclose(network(x), expected, rtol=1e-12)
    given = netsym.from_sklearn(made, ["p", "q", "r", "s"])
    assert given.input_names.literal == ("p", "q", "r", "s")


def test_what_older_models_say_of_many_classes() -> None:
    """Before 1.8, LogisticRegression could be one against the rest, and of two classes softmax."""
    x, _ = data("iris")
    model = fitted(lin.LogisticRegression(max_iter=500), "iris")
    for attributes in ({"multi_class": "ovr"}, {"multi_class": "auto", "solver": "liblinear"}):
        vars(model).update(attributes)
        network = netsym.from_sklearn(model)
        np.testing.assert_allclose(network(x), model._predict_proba_lr(x), rtol=1e-12)
    x, _ = data("two species")
    model = fitted(lin.LogisticRegression(), "two species")
    model.multi_class = "multinomial"
    decision = model.decision_function(x)
    both = special.softmax(np.stack([-decision, decision], axis=1), axis=1)
    np.testing.assert_allclose(netsym.from_sklearn(model)(x), both[:, 1], rtol=1e-12)


def test_a_machine_of_every_two_classes_names_no_class() -> None:
    network = netsym.from_sklearn(fitted(svm.SVC(decision_function_shape="ovo"), "iris"))
    assert network.title == "SVC: decision function of every two classes"
    assert network.output_names.literal == ()


def test_a_note_says_what_was_taken_for_granted() -> None:
    network = netsym.from_sklearn(fitted(pipe(impute.SimpleImputer(), LOGISTIC), "iris"))
    assert network.assumed == "no input is missing, so that SimpleImputer changes nothing"
    missing = np.array([[1.0, np.nan, np.nan, 2.0], [3.0, np.nan, 5.0, 4.0]])
    imputer = impute.SimpleImputer(add_indicator=True).fit(missing)
    there = np.array([[7.0, 1.0, 8.0, 9.0]])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # that a column had no values to fit
        expected = imputer.transform(there)
    np.testing.assert_array_equal(np.atleast_2d(netsym.from_sklearn(imputer)(there)), expected)


def test_every_row_is_of_a_class_that_there_is() -> None:
    from sklearn.experimental import enable_iterative_imputer  # noqa: F401

    bases = {base.__name__ for _, kind in all_estimators() for base in kind.__mro__}
    assert set(ROWS) <= bases
