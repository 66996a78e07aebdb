"""Models that look at one affine map of their inputs: `g(W x + b)`."""

from __future__ import annotations

from typing import Any

from netsym.layers.reduce import Reduce
from netsym.readers.sklearn.answers import are_labels, shares
from netsym.readers.sklearn.projections import discriminant
from netsym.readers.sklearn.row import Answer, Row, Vector

_REGRESSORS = (
    "LinearRegression", "Ridge", "RidgeCV", "Lasso", "LassoCV", "ElasticNet", "ElasticNetCV",
    "MultiTaskLasso", "MultiTaskLassoCV", "MultiTaskElasticNet", "MultiTaskElasticNetCV", "Lars",
    "LarsCV", "LassoLars", "LassoLarsCV", "LassoLarsIC", "OrthogonalMatchingPursuit",
    "OrthogonalMatchingPursuitCV", "BayesianRidge", "ARDRegression", "HuberRegressor",
    "TheilSenRegressor", "QuantileRegressor", "SGDRegressor", "LinearSVR",
)  # fmt: skip
_CLASSIFIERS = (
    "Perceptron", "LinearSVC", "RidgeClassifier", "RidgeClassifierCV",
)  # fmt: skip


def affine(model: Any, x: Vector, activation: str = "linear") -> Vector:
    """`g(W x + b)` of the coefficients of a model."""
    bias = model.intercept_ if model.fit_intercept else None
    return x.dense(model.coef_, bias, activation)


def _exponential(model: Any, x: Vector) -> Vector:
    return affine(model, x, "exp")


def _tweedie(model: Any, x: Vector) -> Vector:
    link = model.link
    if link == "auto":
        link = "identity" if model.power <= 0 else "log"
    return affine(model, x, "exp" if link == "log" else "linear")


def _decided(model: Any, x: Vector) -> Answer:
    binarizer = getattr(model, "_label_binarizer", None)
    return Answer(model.classes_, affine(model, x), labels=are_labels(binarizer))


def _one_class(model: Any, x: Vector) -> Answer:
    """1 within what was seen, -1 outside."""
    return Answer((-1, 1), x.dense(model.coef_, -model.offset_))


def _logistic(model: Any, x: Vector) -> Answer:
    """Softmax, or of two classes a sigmoid; older models may be one against the rest."""
    binary, decision = len(model.classes_) == 2, affine(model, x)
    how = getattr(model, "multi_class", "auto")
    if how == "ovr" or (how == "auto" and (binary or model.solver == "liblinear")):
        return Answer(model.classes_, decision, one_against_rest(model, x))
    if binary:
        probabilities = x.dense(2 * model.coef_, 2 * model.intercept_, "sigmoid")
    else:
        probabilities = affine(model, x, "softmax")
    return Answer(model.classes_, decision, probabilities)


def one_against_rest(model: Any, x: Vector) -> Vector:
    """The probability of each class against the rest, over their sum; of two, of the second."""
    each = affine(model, x, "sigmoid")
    return each if each.width == 1 else shares(each)


def _descended(model: Any, x: Vector) -> Answer:
    """Stochastic gradient descent: two of its losses give probabilities (Zadrozny and Elkan,
    Transforming classifier scores into multiclass probability estimates, 2002).
    """
    decision, probabilities = affine(model, x), None
    if model.loss == "log_loss":
        probabilities = one_against_rest(model, x)
    elif model.loss == "modified_huber":
        clipped = affine(model, x, "hard_tanh").scaled(0.5, 0.5)
        probabilities = clipped if clipped.width == 1 else shares(_alike_if_zero(clipped))
    return Answer(model.classes_, decision, probabilities)


def _alike_if_zero(x: Vector) -> Vector:
    """Values that are not negative; where all are 0, ones."""
    return x.function("add", x.then(Reduce()).scaled(-1.0).activated("step"))


def _discriminated(model: Any, x: Vector) -> Answer:
    binary = len(model.classes_) == 2
    probabilities = x.dense(model.coef_, model.intercept_, "sigmoid" if binary else "softmax")
    return Answer(model.classes_, x.dense(model.coef_, model.intercept_), probabilities)


_AFFINE = ("coef_", "intercept_")
_LOGISTIC = Row(predict=_logistic, fitted=_AFFINE)

ROWS = {
    **dict.fromkeys(_REGRESSORS, Row(predict=affine, fitted=_AFFINE)),
    **dict.fromkeys(_CLASSIFIERS, Row(predict=_decided, fitted=_AFFINE)),
    "PoissonRegressor": Row(predict=_exponential, fitted=_AFFINE),
    "GammaRegressor": Row(predict=_exponential, fitted=_AFFINE),
    "TweedieRegressor": Row(predict=_tweedie, fitted=_AFFINE),
    "LogisticRegression": _LOGISTIC,
    "LogisticRegressionCV": _LOGISTIC,
    "SGDClassifier": Row(predict=_descended, fitted=_AFFINE),
    "SGDOneClassSVM": Row(predict=_one_class, fitted=("coef_", "offset_")),
    "LinearDiscriminantAnalysis": Row(discriminant, predict=_discriminated, fitted=_AFFINE),
}
