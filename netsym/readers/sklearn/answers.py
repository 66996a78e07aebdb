"""What classifiers have in common: probabilities from scores, and the class that is chosen."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import numpy as np

from netsym.layers.reduce import Reduce
from netsym.readers.sklearn.row import Answer, Vector


def shares(x: Vector) -> Vector:
    """Values over their sum."""
    return x.function("divide", x.then(Reduce()))


def bayes(classes: Any, scores: Vector) -> Answer:
    """From the logarithms of what is proportional to the probabilities, one for each class."""
    if len(classes) == 2:
        difference = [[-1.0, 1.0]]
        probabilities = scores.dense(difference, activation="sigmoid")
        return Answer(classes, None, probabilities, scores.dense(difference))
    return Answer(classes, None, scores.activated("softmax"), scores)


def are_labels(binarizer: Any) -> bool:
    """Whether every class applies or not, whatever the others do."""
    return str(getattr(binarizer, "y_type_", "")).startswith("multilabel")


def chosen(answer: Answer) -> Vector:
    """The class as a number, which it is, or its place among the classes, counted from 0.

    Of `labels` each is 1 if it applies, else 0.
    """
    scores, cut = answer.scores, answer.cut
    if scores is None and answer.decision is not None:
        scores = answer.decision
    elif scores is None:
        scores, cut = answer.probabilities, 0.5
    assert scores is not None
    if answer.labels:
        return _above(scores, cut)
    count = len(answer.classes)
    values = [
        float(each) for each in (answer.classes if is_numeric(answer.classes) else range(count))
    ]
    if scores.width == 1:
        first, second = values
        above = _above(scores, cut)
        return above if (first, second) == (0, 1) else above.scaled(second - first, first)
    return _largest(scores).dense([values])


def is_numeric(classes: Any) -> bool:
    """Whether the classes are numbers."""
    return np.asarray(classes).dtype.kind in "biuf"


def _above(scores: Vector, cut: float) -> Vector:
    """1 for what is above the cut, else 0."""
    return scores.scaled(-1.0, cut).activated("step").scaled(-1.0, 1.0)


def _largest(scores: Vector) -> Vector:
    """1 for the first of the largest, else 0: it is at least as large as those after it, and
    larger than those before it.
    """
    count = scores.width
    pairs = list(combinations(range(count), 2))
    difference, wins = np.zeros((len(pairs), count)), np.zeros((count, len(pairs)))
    lost = np.zeros(count)
    for n, (first, second) in enumerate(pairs):
        difference[n, first], difference[n, second] = 1.0, -1.0
        wins[first, n], wins[second, n] = 1.0, -1.0
        lost[second] += 1.0
    at_least = scores.dense(difference, activation="step")
    return at_least.dense(wins, lost - (count - 1), "step")
