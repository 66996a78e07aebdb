"""Fitted scikit-learn models: multilayer perceptrons, by themselves or after scalers.

Only attributes of the model are read; scikit-learn itself is never imported.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

import numpy as np

from netsym.errors import SpecError, did_you_mean
from netsym.graph.names import literal
from netsym.layers import Layer
from netsym.layers.blocks import INPUT, Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale, Standardize
from netsym.network.columns import names_of, renamed
from netsym.network.network import Network
from netsym.wording import plural

_ACTIVATIONS = {
    "identity": "linear",
    "logistic": "sigmoid",
    "tanh": "tanh",
    "relu": "relu",
    "softmax": "softmax",
    "exp": "exp",
}
_MODELS = ("MLPClassifier", "MLPRegressor")
_SCALERS = ("StandardScaler", "MinMaxScaler", "MaxAbsScaler")
_SEARCH = "BaseSearchCV"  # what all searches for the best parameters of a model derive from
#: The bounds that activations cut values off at.
_CLIPS = {(0.0, 1.0): "satlin", (-1.0, 1.0): "hard_tanh"}

_Made = tuple[Layer, dict[str, Any]]


def from_sklearn(model: Any, inputs: Sequence[str] = ()) -> Network:
    """The network of a fitted MLPClassifier or MLPRegressor, or of a Pipeline that ends in one.

    The network computes what `predict` does for a regressor and `predict_proba` for a classifier;
    of two classes it has one output, the probability of `classes_[1]`. Before the model a Pipeline
    may have StandardScaler, MinMaxScaler and MaxAbsScaler; of a search, as GridSearchCV, the best
    estimator is read. `inputs` names the inputs; without it they are named after the columns of the
    data frame, and outputs after the classes, if these are
    texts: `sepal length (cm)` is sepal_length_cm, with its words in LaTeX; `assumed` says which.
    Raises `SpecError` for a model that is not fitted or of another kind.
    """
    steps = _steps(model)
    *before, last = steps
    kind = _kind(last)
    if kind not in _MODELS:
        raise SpecError(
            f"{_article(last)} cannot be read; give a fitted {' or '.join(_MODELS)}, "
            f"or a Pipeline of {', '.join(_SCALERS)} before one"
        )
    _check_fitted(last, "coefs_", "intercepts_", "out_activation_")
    made = [layer for step in before for layer in _scaler(step)] + _dense_layers(last)
    chain = [INPUT, *(f"layer{n}" for n in range(1, len(made) + 1))]
    layers = [(chain[n], layer, [chain[n - 1]], p) for n, (layer, p) in enumerate(made, 1)]
    count = len(last.coefs_[0])
    if inputs and len(inputs) != count:
        raise SpecError(
            f"{plural(len(inputs), 'name')} for {plural(count, 'input')}; give one each"
        )
    columns = [] if inputs else [str(name) for name in getattr(steps[0], "feature_names_in_", ())]
    labels = [str(each) for each in _classes(last) if isinstance(each, str)]
    return _named(Network.of(_title(steps), count, layers), layers, inputs, columns, labels)


def _named(
    plain: Network,
    layers: Sequence[Wire],
    inputs: Sequence[str],
    columns: Sequence[str],
    labels: Sequence[str],
) -> Network:
    """The network with the names of its inputs, or of columns, and with those of classes."""
    # What the notation calls a value can name nothing else, but ends with names lose theirs, and
    # outputs without give theirs away.
    answers = tuple(dataclasses.replace(each, names=literal("y")) for each in plain.outputs)
    inner = dataclasses.replace(plain, outputs=answers)
    if inputs or columns:
        given = tuple(dataclasses.replace(each, names=literal("x")) for each in plain.inputs)
        inner = dataclasses.replace(inner, inputs=given)
    features = names_of(columns, "x", inner.generates)
    taken = {*inputs, *features.names}
    classes = names_of(
        labels, "class", lambda n: n in taken or inner.generates(n), features.latex.values()
    )
    return Network.of(
        plain.title,
        tuple(inputs) or features.names or len(plain.input_names),
        layers,
        classes.names,
        latex_names={**features.latex, **classes.latex},
        assumed=renamed([*features.notes, *classes.notes]),
    )


def _title(steps: Sequence[Any]) -> str:
    """The classes of scikit-learn, and of what an output is the probability."""
    title, classes = ", ".join(_kind(step) or "" for step in steps), _classes(steps[-1])
    if len(classes) == 1 and len(steps[-1].classes_) == 2:
        named = "".join(c if c.isprintable() else " " for c in str(classes[0]))
        title += f": probability of class {named}"
    return title


def _steps(model: Any) -> list[Any]:
    """The model and what comes before it, pipelines within pipelines laid flat."""
    if _kind(model) == _SEARCH:
        if not hasattr(model, "best_estimator_"):
            raise SpecError(
                f"this {type(model).__name__} has no best estimator; fit it first, with refit=True"
            )
        return _steps(model.best_estimator_)
    if _kind(model) != "Pipeline":
        return [model]
    parts = [part for _, part in model.steps if part is not None and part != "passthrough"]
    if not parts:
        raise SpecError("the Pipeline does nothing; give one that ends in a fitted model")
    return [step for part in parts for step in _steps(part)]


def _kind(model: Any) -> str | None:
    """The class of scikit-learn that an object is, or derives from."""
    known = {"Pipeline", _SEARCH, *_MODELS, *_SCALERS}
    for base in type(model).__mro__:
        if base.__name__ in known and base.__module__.partition(".")[0] == "sklearn":
            return base.__name__
    return None


def _scaler(step: Any) -> list[_Made]:
    match _kind(step):
        case "StandardScaler":
            _check_fitted(step, "mean_", "scale_")
            used = {"mean": step.with_mean, "scale": step.with_std}
            entries = {key: _floats(getattr(step, f"{key}_")) for key in used if used[key]}
            return [(Standardize(use_mean=used["mean"], use_scale=used["scale"]), entries)]
        case "MinMaxScaler":
            _check_fitted(step, "scale_", "min_")
            scale = Scale(), {"weights": _floats(step.scale_), "bias": _floats(step.min_)}
            return [scale, *_clipped(step, *map(float, step.feature_range))]
        case "MaxAbsScaler":
            _check_fitted(step, "scale_")
            divided = Standardize(use_mean=False), {"scale": _floats(step.scale_)}
            return [divided, *_clipped(step, -1.0, 1.0)]
    raise SpecError(
        f"{_article(step)} before the model cannot be read; a Pipeline may have "
        f"{', '.join(_SCALERS)} there; apply other steps to the data first"
    )


def _dense_layers(model: Any) -> list[_Made]:
    last = len(model.coefs_) - 1
    return [
        (
            Dense(
                units=weights.shape[1],
                activation=_activation(model.out_activation_ if n == last else model.activation),
            ),
            {"weights": _floats(weights.T), "bias": _floats(bias)},
        )
        for n, (weights, bias) in enumerate(zip(model.coefs_, model.intercepts_, strict=True))
    ]


def _activation(name: Any) -> str:
    if name not in _ACTIVATIONS:
        hint = did_you_mean(str(name), _ACTIVATIONS)
        raise SpecError(f"the activation {name!r} of scikit-learn is not known here; {hint}")
    return _ACTIVATIONS[name]


def _classes(model: Any) -> list[Any]:
    """The classes whose probabilities are the outputs; of two, the second."""
    classes = list(getattr(model, "classes_", ()))
    return classes[1:] if model.out_activation_ == "logistic" and len(classes) == 2 else classes


def _floats(values: Any) -> Any:
    return np.asarray(values, dtype=np.float64)


def _check_fitted(model: Any, *attributes: str) -> None:
    if not all(hasattr(model, attribute) for attribute in attributes):
        raise SpecError(f"this {_kind(model)} is not fitted; call fit with data first")


def _clipped(step: Any, low: float, high: float) -> list[_Made]:
    """The layers that cut values off at both bounds, if the scaler does."""
    if not getattr(step, "clip", False):
        return []
    if (low, high) in _CLIPS:
        return [(Activation(activation=_CLIPS[low, high]), {})]
    width, count = high - low, len(step.scale_)
    into = {"weights": np.full(count, 1 / width), "bias": np.full(count, -low / width)}
    back = {"weights": np.full(count, width), "bias": np.full(count, low)}
    return [(Scale(), into), (Activation(activation="satlin"), {}), (Scale(), back)]


def _article(model: Any) -> str:
    name = type(model).__name__
    return f"{'an' if name[:1] in 'AEIOUaeiou' else 'a'} {name}"
