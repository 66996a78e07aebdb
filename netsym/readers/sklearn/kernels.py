"""Models with kernels: a unit for each vector that was kept, and an affine map of these."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from itertools import combinations
from typing import Any

import numpy as np

from netsym.errors import SpecError
from netsym.readers.sklearn.row import Answer, Floats, Row, Vector, article, floats
from netsym.wording import joined


def _gaussian(x: Vector, vectors: Floats, gamma: float, *_: float) -> Vector:
    """`exp(-γ Σ_j (x_j - c_j)²)` (Broomhead and Lowe, 1988)."""
    return _around(x, vectors, gamma, "({})^2")


def _laplacian(x: Vector, vectors: Floats, gamma: float, *_: float) -> Vector:
    """`exp(-γ Σ_j |x_j - c_j|)`."""
    return _around(x, vectors, gamma, "abs({})")


def _around(x: Vector, vectors: Floats, gamma: float, distance: str) -> Vector:
    """A unit for each vector, the larger the nearer that is."""
    texts, numbers = [], {"g": -gamma}
    for row, vector in enumerate(vectors.tolist(), 1):
        terms = differences(row, vector, numbers)
        texts.append(f"exp(g*({' + '.join(distance.format(term) for term in terms)}))")
    return x.written(texts, numbers)


def differences(row: int, vector: Sequence[float], numbers: dict[str, float]) -> list[str]:
    """`x_j - c_j` for each value c_j of a vector, of which `numbers` takes -c_j."""
    texts = []
    for place, value in enumerate(vector, 1):
        if value:
            numbers[f"c_{row}_{place}"] = -value
        texts.append(f"x_{place} + c_{row}_{place}" if value else f"x_{place}")
    return texts


def _polynomial(x: Vector, vectors: Floats, gamma: float, offset: float, degree: float) -> Vector:
    """`(γ c·x + r)^d`."""
    return x.dense(gamma * vectors, offset or None).power(degree)


def _sigmoid(x: Vector, vectors: Floats, gamma: float, offset: float, *_: float) -> Vector:
    """`tanh(γ c·x + r)`."""
    return x.dense(gamma * vectors, offset or None, "tanh")


#: By what scikit-learn calls them: of the vectors, gamma, coef0 and the degree.
_KERNELS: Mapping[str, Callable[[Vector, Floats, float, float, float], Vector]] = {
    "rbf": _gaussian,
    "laplacian": _laplacian,
    "poly": _polynomial,
    "polynomial": _polynomial,
    "sigmoid": _sigmoid,
}


def expansion(
    model: Any, x: Vector, vectors: Any, gamma: float, weights: Any, bias: Any = None
) -> Vector:
    """`Σ_i w_i k(c_i, x) + b`, weights (outputs, vectors); of a linear kernel one affine map.

    Raises `SpecError` for a kernel that is code or a table.
    """
    kernel, vectors, weights = model.kernel, floats(vectors), np.atleast_2d(floats(weights))
    if kernel == "linear":
        return x.dense(weights @ vectors, bias)
    known = joined(["linear", *_KERNELS], "or")
    if callable(kernel):
        raise SpecError(
            f"{article(model)} whose kernel is a function of its own cannot be read; give one of "
            f"{known}"
        )
    if kernel not in _KERNELS:
        raise SpecError(
            f"{article(model)} with the kernel {kernel!r} cannot be read; it can be {known}"
        )
    offset, degree = (
        otherwise if value is None else value
        for value, otherwise in ((model.coef0, 1), (model.degree, 3))
    )
    return _KERNELS[kernel](x, vectors, gamma, offset, degree).dense(weights, bias)


def _machine(model: Any, x: Vector) -> Vector:
    return expansion(
        model, x, model.support_vectors_, model._gamma, model.dual_coef_, model.intercept_
    )


def _classifier(model: Any, x: Vector) -> Answer:
    """Of more than two classes every two have a machine: who wins more often is the class, and
    the decision function adds how clearly, less than half a win.
    """
    classes = model.classes_
    if len(classes) == 2:
        return Answer(classes, decision=_machine(model, x))
    pairs = list(combinations(range(len(classes)), 2))
    machines = expansion(
        model, x, model.support_vectors_, model._gamma, _between(model, pairs), model.intercept_
    )
    votes, decisions = [], []
    for place in range(len(classes)):
        wins = [f"x_{n}" for n, (first, _) in enumerate(pairs, 1) if first == place]
        lost = [f"x_{n}" for n, (_, second) in enumerate(pairs, 1) if second == place]
        votes.append(" + ".join([*(f"step({x})" for x in wins), *(f"1 - step({x})" for x in lost)]))
        clear = "".join([*(f" + {x}" for x in wins), *(f" - {x}" for x in lost)])
        decisions.append(f"{votes[-1]} + softsign({clear.removeprefix(' + ')})/3")
    each = machines.written(decisions)
    pairs_alone = model.decision_function_shape == "ovo"
    scores = each if model.break_ties else machines.written(votes)
    return Answer(classes, machines if pairs_alone else each, scores=scores, pairs=pairs_alone)


def _one_class(model: Any, x: Vector) -> Answer:
    """1 within what was seen, -1 outside."""
    return Answer((-1, 1), decision=_machine(model, x))


def _between(model: Any, pairs: Any) -> Floats:
    """The weights of the vectors in the machine of every two classes.

    A vector of a class has one for each other class, in the order of the others.
    """
    starts = np.cumsum([0, *model.n_support_])
    dual, weights = floats(model.dual_coef_), np.zeros((len(pairs), starts[-1]))
    for n, (first, second) in enumerate(pairs):
        of_first, of_second = (slice(starts[k], starts[k + 1]) for k in (first, second))
        weights[n, of_first] = dual[second - 1, of_first]
        weights[n, of_second] = dual[first, of_second]
    return weights


def _ridge(model: Any, x: Vector) -> Vector:
    return expansion(model, x, model.X_fit_, _gamma(model, x), floats(model.dual_coef_).T)


def _gamma(model: Any, x: Vector) -> float:
    return 1 / x.width if model.gamma is None else model.gamma


def _approximated(model: Any, x: Vector) -> Vector:
    """Nyström's features (Williams and Seeger, 2001)."""
    return expansion(model, x, model.components_, _gamma(model, x), model.normalization_)


def _principal(model: Any, x: Vector) -> Vector:
    """The components of what is centred among the images of the vectors (Schölkopf et al., 1998):
    kernels are taken off that are means over the vectors, so that all is affine in the kernels.
    """
    kept = np.flatnonzero(model.eigenvalues_)
    directions = np.zeros_like(model.eigenvectors_)
    directions[:, kept] = model.eigenvectors_[:, kept] / np.sqrt(model.eigenvalues_[kept])
    weights = directions - directions.mean(axis=0)
    bias = (model._centerer.K_fit_all_ - model._centerer.K_fit_rows_) @ directions
    return expansion(model, x, model.X_fit_, model.gamma_, weights.T, bias)


def _distances(model: Any, x: Vector) -> Vector:
    """`√Σ_j (x_j - c_j)²` for each centre of a cluster."""
    texts, numbers = [], dict[str, float]()
    for row, centre in enumerate(model.cluster_centers_.tolist(), 1):
        terms = differences(row, centre, numbers)
        texts.append(f"sqrt({' + '.join(f'({term})^2' for term in terms)})")
    return x.written(texts, numbers)


def _fourier(model: Any, x: Vector) -> Vector:
    """Random features (Rahimi and Recht, Random features for large-scale kernel machines, 2007)."""
    waves = x.dense(floats(model.random_weights_).T, model.random_offset_).function("cos")
    return waves.scaled((2 / model.n_components) ** 0.5)


_FITTED = ("dual_coef_",)

ROWS = {
    **dict.fromkeys(("SVC", "NuSVC"), Row(predict=_classifier, fitted=_FITTED)),
    **dict.fromkeys(("SVR", "NuSVR"), Row(predict=_machine, fitted=_FITTED)),
    "OneClassSVM": Row(predict=_one_class, fitted=_FITTED),
    **dict.fromkeys(("KMeans", "MiniBatchKMeans"), Row(_distances, fitted=("cluster_centers_",))),
    "RBFSampler": Row(_fourier, fitted=("random_weights_",)),
    "Nystroem": Row(_approximated, fitted=("normalization_",)),
    "KernelPCA": Row(_principal, fitted=("eigenvectors_", "X_fit_")),
    "KernelRidge": Row(predict=_ridge, fitted=("X_fit_", "dual_coef_")),
}
