"""Naive Bayes and quadratic discriminant analysis: the logarithm of a density for each class."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from netsym.layers.reduce import Reduce
from netsym.readers.sklearn.answers import bayes
from netsym.readers.sklearn.features import binarised
from netsym.readers.sklearn.kernels import squares
from netsym.readers.sklearn.row import Answer, Row, Vector, joined


def _gaussian(model: Any, x: Vector) -> Answer:
    """`log p - Σ (log(2πσ²) + ((x - μ)/σ)²)/2`."""
    constant = np.log(model.class_prior_) - np.log(2 * np.pi * model.var_).sum(axis=1) / 2
    return bayes(
        model.classes_, squares(x, model.theta_, np.sqrt(model.var_)).scaled(-0.5, constant)
    )


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
    """As `_gaussian`, along the axes of the ellipsoid of each class."""
    lengths = []
    for mean, axes, variances in zip(model.means_, model.rotations_, model.scalings_, strict=True):
        along = x.standardised(mean).dense((axes / np.sqrt(variances)).T)
        lengths.append(along.power(2).then(Reduce()))
    volumes = np.array([np.log(variances).sum() for variances in model.scalings_])
    scores = joined(lengths).scaled(-0.5, np.log(model.priors_) - volumes / 2)
    answer = bayes(model.classes_, scores)
    return replace(answer, decision=answer.scores)


ROWS = {
    "GaussianNB": Row(predict=_gaussian, fitted=("theta_", "var_")),
    "MultinomialNB": Row(predict=_multinomial, fitted=("feature_log_prob_",)),
    "ComplementNB": Row(predict=_complement, fitted=("feature_log_prob_",)),
    "BernoulliNB": Row(predict=_bernoulli, fitted=("feature_log_prob_",)),
    "QuadraticDiscriminantAnalysis": Row(predict=_quadratic, fitted=("rotations_", "scalings_")),
}
