"""What classifiers have in common: probabilities from scores, and the class that is chosen."""

from __future__ import annotations

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
        difference = scores.written(["x_2 - x_1"])
        return Answer(classes, None, scores.written(["sigmoid(x_2 - x_1)"]), difference)
    return Answer(classes, None, scores.activated("softmax"), scores)


def are_labels(binarizer: Any) -> bool:
    """Whether every class applies or not, whatever the others do."""
    return str(getattr(binarizer, "y_type_", "")).startswith("multilabel")


def chosen(answer: Answer) -> Vector:
    """The class as a number, which it is, or its place among the classes, counted from 0.

    Of `labels` each is 1 if it applies, else 0.
    """
    scores, cut = answer.scores or answer.decision, 0.0
    if scores is None:
        scores, cut = answer.probabilities, 0.5
    assert scores is not None
    if answer.labels:
        return scores.written([_above(n, cut) for n in range(1, scores.width + 1)])
    count = len(answer.classes)
    values = np.asarray(answer.classes if is_numeric(answer.classes) else range(count)).tolist()
    is_one = [f"step({cut} - x_1)" if cut else "step(-x_1)", _above(1, cut)]
    if scores.width > 1:
        is_one = [_is_largest(n, count) for n in range(1, count + 1)]
    terms = [
        text if value == 1 else f"{+value!r}*{text}"
        for value, text in zip(values, is_one, strict=True)
        if value
    ]
    return scores.written([" + ".join(terms)])


def _above(place: int, cut: float) -> str:
    """1 where a value is above the cut, else 0."""
    return f"(1 - step({cut} - x_{place}))" if cut else f"(1 - step(-x_{place}))"


def _is_largest(place: int, count: int) -> str:
    """1 where a value is at least as large as those after it, and larger than those before it."""
    before = [f"(1 - step(x_{other} - x_{place}))" for other in range(1, place)]
    after = [f"step(x_{place} - x_{other})" for other in range(place + 1, count + 1)]
    return "*".join([*before, *after])


def is_numeric(classes: Any) -> bool:
    """Whether the classes are numbers."""
    return np.asarray(classes).dtype.kind in "biuf"
