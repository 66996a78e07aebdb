"""Models that are made of others: pipelines, columns, searches, targets, means of members."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from netsym.errors import SpecError
from netsym.readers.sklearn.answers import are_labels, chosen, shares
from netsym.readers.sklearn.row import Answer, Row, Vector, article, joined, mean

_Parts = list[tuple[str, Any]]


# -- steps and columns -------------------------------------------------------------------------
def _steps(model: Any) -> _Parts:
    return [(name, step) for name, step in model.steps if step not in (None, "passthrough")]


def _through(model: Any, x: Vector) -> Vector:
    for _, step in _steps(model):
        x = x.transformed(step)
    return x


def _back(model: Any, x: Vector) -> Vector:
    for _, step in reversed(_steps(model)):
        x = x.restored(step)
    return x


def _at_the_end(model: Any, x: Vector) -> Vector | Answer:
    steps = [step for _, step in _steps(model)]
    for step in steps[:-1]:
        x = x.transformed(step)
    predicts = steps and model.steps[-1][1] is steps[-1]
    return x.predicted(steps[-1]) if predicts else _through(model, x)


def _branches(model: Any) -> _Parts:
    return [(name, part) for name, part, _ in model.transformers_ if not isinstance(part, str)]


def _by_columns(model: Any, x: Vector) -> Vector:
    """Each part of the columns by its own step, one after another."""
    found = []
    for name, part, columns in model.transformers_:
        places = _places(model, columns, x.width)
        if (isinstance(part, str) and part == "drop") or not places:
            continue
        made = x.columns(places)
        made = made if isinstance(part, str) else made.transformed(part)
        found.append(_weighted(model, name, made))
    if not found:
        raise SpecError("this ColumnTransformer drops all columns; a network needs one at least")
    return joined(found)


def _places(model: Any, columns: Any, count: int) -> list[int]:
    """Where columns stand, by their names, numbers, a slice of either or a mask."""
    known = [str(name) for name in getattr(model, "feature_names_in_", ())]
    if isinstance(columns, slice):
        start, stop = columns.start, columns.stop
        start = known.index(start) if isinstance(start, str) else start
        stop = known.index(stop) + 1 if isinstance(stop, str) else stop  # a name is within
        return list(range(count))[start : stop : columns.step]
    listed = np.atleast_1d(np.asarray(columns, dtype=object)).tolist()
    if listed and all(isinstance(each, (bool, np.bool_)) for each in listed):
        return [place for place, kept in enumerate(listed) if kept]
    return [known.index(each) if isinstance(each, str) else range(count)[each] for each in listed]


def _united(model: Any, x: Vector) -> Vector:
    """What each part makes of all columns, one after another."""
    found = []
    for name, part in model.transformer_list:
        if part == "drop":
            continue
        made = x if part == "passthrough" else x.transformed(part)
        found.append(_weighted(model, name, made))
    return joined(found)


def _weighted(model: Any, name: str, x: Vector) -> Vector:
    """What a part makes, times its weight, if it has one."""
    weights = model.transformer_weights or {}
    return x.scaled(weights[name]) if name in weights else x


def _union(model: Any) -> _Parts:
    return [(name, part) for name, part in model.transformer_list if not isinstance(part, str)]


# -- one model within another ------------------------------------------------------------------
def _within(attribute: str, **said: str) -> Row:
    """A model that stands for the one that it has found."""
    return Row(
        lambda model, x: x.transformed(getattr(model, attribute)),
        lambda model, x: x.restored(getattr(model, attribute)),
        lambda model, x: x.predicted(getattr(model, attribute)),
        (attribute,),
        lambda model: [(attribute.strip("_"), getattr(model, attribute))],
        transparent=True,
        **said,
    )


def _target(model: Any, x: Vector) -> Vector:
    """What is predicted of the transformed target, transformed back."""
    return x.regressed(model.regressor_).restored(model.transformer_)


# -- members -----------------------------------------------------------------------------------
def _members(model: Any) -> _Parts:
    return [(str(n), each) for n, each in enumerate(model.estimators_, 1)]


def _calibrated_members(model: Any) -> _Parts:
    return [(str(n), each.estimator) for n, each in enumerate(model.calibrated_classifiers_, 1)]


def _voted(model: Any, x: Vector) -> Vector:
    return mean([x.regressed(each) for each in model.estimators_], _weights(model))


def _voted_class(model: Any, x: Vector) -> Answer:
    if model.voting != "soft":
        raise SpecError("a VotingClassifier that counts classes is not read; use voting='soft'")
    found = [_probabilities(model, each, x) for each in model.estimators_]
    return Answer(model.classes_, probabilities=mean(found, _weights(model)))


def _weights(model: Any) -> list[float] | None:
    """The weights of those members that are not dropped."""
    if model.weights is None:
        return None
    pairs = zip(model.estimators, model.weights, strict=True)
    return [float(weight) for (_, each), weight in pairs if each != "drop"]


def _bagged(model: Any, x: Vector) -> Vector:
    return mean([x.columns(f).regressed(e) for e, f in _with_features(model)])


def _bagged_class(model: Any, x: Vector) -> Answer:
    found = [_probabilities(model, e, x.columns(f)) for e, f in _with_features(model)]
    return Answer(model.classes_, probabilities=mean(found))


def _with_features(model: Any) -> list[tuple[Any, Any]]:
    return list(zip(model.estimators_, model.estimators_features_, strict=True))


def _probabilities(model: Any, member: Any, x: Vector) -> Vector:
    """Those of a member, which knows all classes that the whole does."""
    _check_classes(model, member)
    found = x.classified(member).probabilities
    if found is None:
        raise SpecError(f"{article(member)} gives no probabilities, of which the mean is wanted")
    return found


def _check_classes(model: Any, member: Any) -> None:
    known, wanted = len(member.classes_), len(model.classes_)
    if known != wanted:
        raise SpecError(
            f"a member of the {type(model).__name__} has seen {known} of {wanted} classes; fit it "
            "with all of them for every member"
        )


def _each_output(model: Any, x: Vector) -> Vector:
    return joined([x.regressed(each) for each in model.estimators_])


def _chained(model: Any, x: Vector) -> Vector:
    """Each reads the inputs and what those before it said."""
    said: list[Vector] = []
    for each in model.estimators_:
        said.append(joined([x, *said]).regressed(each))
    return joined([said[place] for place in np.argsort(model.order_)])


def _stacked(model: Any, x: Vector) -> Vector | Answer:
    """The last model reads what the others say, and with `passthrough` the inputs, too."""
    found = []
    for each, method in zip(model.estimators_, model.stack_method_, strict=True):
        said = x.predicted(each)
        if isinstance(said, Answer):
            known = {"decision_function": said.decision, "predict_proba": said.probabilities}
            values = known[method] if method in known else chosen(said)
            if values is None:
                raise SpecError(f"{method} of {article(each)} is no formula that is known here")
            said = values
        found.append(said)
    last = joined([*found, x] if model.passthrough else found).predicted(model.final_estimator_)
    return replace(last, classes=model.classes_) if isinstance(last, Answer) else last


def _against_rest(model: Any, x: Vector) -> Answer:
    """A model for each class: by their decisions, and by their probabilities, over their sum."""
    answers = [x.classified(each) for each in model.estimators_]
    decisions = [each.decision for each in answers if each.decision is not None]
    given = [each.probabilities for each in answers if each.probabilities is not None]
    labels = are_labels(model.label_binarizer_)
    decision = joined(decisions) if len(decisions) == len(answers) else None
    probabilities = joined(given) if len(given) == len(answers) else None
    if probabilities is not None and not labels and len(answers) > 1:
        probabilities = shares(probabilities)
    return Answer(model.classes_, decision, probabilities, labels=labels)


# -- calibration -------------------------------------------------------------------------------
def _calibrated(model: Any, x: Vector) -> Answer:
    """The mean of members, each with a sigmoid of what its classifier says (Platt, Probabilistic
    outputs for support vector machines, 1999).
    """
    found = []
    for member in model.calibrated_classifiers_:
        if member.method != "sigmoid":
            raise SpecError(
                f"a CalibratedClassifierCV of method {member.method!r} is no formula of its "
                "inputs; calibrate with method='sigmoid'"
            )
        _check_classes(model, member.estimator)
        answer = x.classified(member.estimator)
        said = answer.probabilities if answer.decision is None else answer.decision
        assert said is not None
        slopes, offsets = ([getattr(c, key) for c in member.calibrators] for key in ("a_", "b_"))
        each = said.scaled(np.negative(slopes), np.negative(offsets)).activated("sigmoid")
        found.append(each if each.width == 1 else shares(each))
    return Answer(model.classes_, probabilities=mean(found))


ROWS = {
    "Pipeline": Row(_through, _back, _at_the_end, parts=_steps, transparent=True),
    "ColumnTransformer": Row(_by_columns, fitted=("transformers_",), parts=_branches),
    "FeatureUnion": Row(_united, parts=_union),
    "BaseSearchCV": _within(
        "best_estimator_", unfitted="has no best estimator; fit it first, with refit=True"
    ),
    "FrozenEstimator": _within("estimator"),
    "RANSACRegressor": _within("estimator_"),
    "TransformedTargetRegressor": Row(
        predict=_target,
        fitted=("regressor_", "transformer_"),
        parts=lambda model: [("regressor", model.regressor_), ("transformer", model.transformer_)],
    ),
    "VotingRegressor": Row(predict=_voted, fitted=("estimators_",), parts=_members),
    "VotingClassifier": Row(predict=_voted_class, fitted=("estimators_",), parts=_members),
    "BaggingRegressor": Row(predict=_bagged, fitted=("estimators_",), parts=_members),
    "BaggingClassifier": Row(predict=_bagged_class, fitted=("estimators_",), parts=_members),
    "MultiOutputRegressor": Row(predict=_each_output, fitted=("estimators_",), parts=_members),
    "RegressorChain": Row(predict=_chained, fitted=("estimators_",), parts=_members),
    "StackingRegressor": Row(predict=_stacked, fitted=("final_estimator_",), parts=_members),
    "StackingClassifier": Row(predict=_stacked, fitted=("final_estimator_",), parts=_members),
    "OneVsRestClassifier": Row(predict=_against_rest, fitted=("estimators_",), parts=_members),
    "CalibratedClassifierCV": Row(
        predict=_calibrated, fitted=("calibrated_classifiers_",), parts=_calibrated_members
    ),
}
