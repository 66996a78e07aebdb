"""Naive Bayes and quadratic discriminant analysis: the logarithm of a density for each class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from netsym.readers.sklearn.answers import bayes
from netsym.readers.sklearn.features import binarised
from netsym.readers.sklearn.kernels import differences
from netsym.readers.sklearn.row import Answer, Row, Vector


def _gaussian(model: Any, x: Vector) -> Answer:
    """`log p - Σ_j (log(2πσ_j²) + ((x_j - μ_j)/σ_j)²)/2`."""
    constants = np.log(model.class_prior_) - np.log(2 * np.pi * model.var_).sum(axis=1) / 2
    texts, numbers = [], dict[str, float]()
    for row, (mean, variance) in enumerate(zip(model.theta_, model.var_, strict=True), 1):
        terms = differences(row, mean.tolist(), numbers)
        scales = {f"s_{row}_{n}": value for n, value in enumerate(np.sqrt(variance).tolist(), 1)}
        numbers |= scales
        scaled = (f"(({term})/{name})^2" for term, name in zip(terms, scales, strict=True))
        texts.append(f"-({' + '.join(scaled)})/2 + b_{row}")
        numbers[f"b_{row}"] = constants[row - 1]
    return bayes(model.classes_, x.written(texts, numbers))


def _multinomial(model: Any, x: Vector) -> Answer:
    return bayes(model.classes_, x.dense(model.feature_log_prob_, model.class_log_prior_))


def _complement(model: Any, x: Vector) -> Answer:
    return bayes(model.classes_, x.dense(model.feature_log_prob_))


def _bernoulli(model: Any, x: Vector) -> Answer:
    """The logarithms of how likely each feature is, or how likely it is not there."""
    present = x if model.binarize is None else binarised(x, model.binarize)
    absent = np.log(1 - np.exp(model.feature_log_prob_))
    bias = model.class_log_prior_ + absent.sum(axis=1)
    return bayes(model.classes_, present.dense(model.feature_log_prob_ - absent, bias))


def _quadratic(model: Any, x: Vector) -> Answer:
    """As `_gaussian`, along the axes of the ellipsoid of each class, of length 1 there."""
    axes = [
        (turn / np.sqrt(v)).T for turn, v in zip(model.rotations_, model.scalings_, strict=True)
    ]
    shifts = [-each @ mean for each, mean in zip(axes, model.means_, strict=True)]
    volumes = np.array([np.log(variances).sum() for variances in model.scalings_])
    constants = np.log(model.priors_) - volumes / 2
    texts, start = [], 1
    for row, each in enumerate(axes, 1):
        squares = (f"x_{n}^2" for n in range(start, start + len(each)))
        texts.append(f"-({' + '.join(squares)})/2 + b_{row}")
        start += len(each)
    along = x.dense(np.concatenate(axes), np.concatenate(shifts))
    scores = along.written(texts, {f"b_{row}": value for row, value in enumerate(constants, 1)})
    answer = bayes(model.classes_, scores)
    return replace(answer, decision=answer.scores)


ROWS = {
    "GaussianNB": Row(predict=_gaussian, fitted=("theta_", "var_")),
    "MultinomialNB": Row(predict=_multinomial, fitted=("feature_log_prob_",)),
    "ComplementNB": Row(predict=_complement, fitted=("feature_log_prob_",)),
    "BernoulliNB": Row(predict=_bernoulli, fitted=("feature_log_prob_",)),
    "QuadraticDiscriminantAnalysis": Row(predict=_quadratic, fitted=("rotations_", "scalings_")),
}
