"""Steps that are affine maps of all columns together: principal components and their like."""

from __future__ import annotations

from typing import Any

import numpy as np

from netsym.errors import SpecError
from netsym.readers.sklearn.row import Row, Vector, floats


def _principal(model: Any, x: Vector) -> Vector:
    """The components of what is centred; whitened, each over its standard deviation."""
    found = x.standardised(model.mean_).dense(model.components_)
    return found.standardised(scale=_deviations(model)) if model.whiten else found


def _principal_inverse(model: Any, x: Vector) -> Vector:
    scaled = x.scaled(_deviations(model)) if model.whiten else x
    return scaled.dense(floats(model.components_).T, model.mean_)


def _deviations(model: Any) -> Any:
    deviations = np.sqrt(floats(model.explained_variance_))
    return np.maximum(deviations, np.finfo(deviations.dtype).eps)


def _components(model: Any, x: Vector) -> Vector:
    return x.dense(model.components_)


def _hidden(model: Any, x: Vector) -> Vector:
    """How likely the hidden units of a restricted Boltzmann machine are."""
    return x.dense(model.components_, model.intercept_hidden_, "sigmoid")


def _agglomerated(model: Any, x: Vector) -> Vector:
    """The mean of each group of columns."""
    if model.pooling_func is not np.mean:
        raise SpecError("a FeatureAgglomeration is read whose pooling_func is numpy.mean")
    member = np.arange(model.n_clusters_)[:, None] == model.labels_
    return x.dense(member / member.sum(axis=1, keepdims=True))


def _independent(model: Any, x: Vector) -> Vector:
    return x.standardised(model.mean_ if model.whiten else None).dense(model.components_)


def _factors(model: Any, x: Vector) -> Vector:
    """The expected factors of what is centred (Bishop, Pattern Recognition, 2006, 12.66)."""
    weighted = model.components_ / model.noise_variance_
    covariance = np.linalg.inv(np.eye(len(weighted)) + weighted @ model.components_.T)
    return x.standardised(model.mean_).dense(covariance @ weighted)


def _least_squares(model: Any, x: Vector) -> Vector:
    """The scores of partial least squares."""
    return x.standardised(model._x_mean, model._x_std).dense(model.x_rotations_.T)


def _singular(model: Any, x: Vector) -> Vector:
    return x.standardised(model._x_mean, model._x_std).dense(model.x_weights_.T)


def _least_squares_predicted(model: Any, x: Vector) -> Vector:
    return x.standardised(model._x_mean).dense(model.coef_, model.intercept_)


def discriminant(model: Any, x: Vector) -> Vector:
    """The projection of a linear discriminant analysis; raises `SpecError` where it has none."""
    if not hasattr(model, "scalings_"):
        raise SpecError(
            "a LinearDiscriminantAnalysis of solver 'lsqr' does not transform; use 'svd'"
        )
    centred = x.standardised(model.xbar_) if model.solver == "svd" else x
    return centred.dense(model.scalings_[:, : model._max_components].T)


_PLS = Row(_least_squares, predict=_least_squares_predicted, fitted=("x_rotations_",))

ROWS = {
    "PCA": Row(_principal, _principal_inverse, fitted=("components_", "mean_")),
    "IncrementalPCA": Row(_principal, _principal_inverse, fitted=("components_", "mean_")),
    "TruncatedSVD": Row(
        _components, lambda model, x: x.dense(model.components_.T), fitted=("components_",)
    ),
    "FastICA": Row(_independent, fitted=("components_",)),
    "FactorAnalysis": Row(_factors, fitted=("components_",)),
    "GaussianRandomProjection": Row(_components, fitted=("components_",)),
    "SparseRandomProjection": Row(_components, fitted=("components_",)),
    "NeighborhoodComponentsAnalysis": Row(_components, fitted=("components_",)),
    "BernoulliRBM": Row(_hidden, fitted=("components_",)),
    "FeatureAgglomeration": Row(_agglomerated, fitted=("labels_",)),
    **dict.fromkeys(("PLSRegression", "PLSCanonical", "CCA"), _PLS),
    "PLSSVD": Row(_singular, fitted=("x_weights_",)),
}
