"""Multilayer perceptrons."""

from __future__ import annotations

from typing import Any

from netsym.errors import SpecError, did_you_mean
from netsym.readers.sklearn.answers import are_labels
from netsym.readers.sklearn.row import Answer, Row, Vector, floats

_ACTIVATIONS = {
    "identity": "linear",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softmax": "softmax",
    "exp": "exp",
}


def _perceptron(model: Any, x: Vector) -> Vector:
    last = len(model.coefs_) - 1
    for n, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True)):
        name = model.out_activation_ if n == last else model.activation
        x = x.dense(floats(weights).T, bias, _activation(name))
    return x


def _activation(name: Any) -> str:
    if name not in _ACTIVATIONS:
        hint = did_you_mean(str(name), _ACTIVATIONS)
        raise SpecError(f"the activation {name!r} of scikit-learn is not known here; {hint}")
    return _ACTIVATIONS[name]


def _classifier(model: Any, x: Vector) -> Answer:
    labels = are_labels(model._label_binarizer)
    return Answer(model.classes_, probabilities=_perceptron(model, x), labels=labels)


_FITTED = ("coefs_", "intercepts_", "out_activation_")

ROWS = {
    "MLPClassifier": Row(predict=_classifier, fitted=_FITTED),
    "MLPRegressor": Row(predict=_perceptron, fitted=_FITTED),
}
