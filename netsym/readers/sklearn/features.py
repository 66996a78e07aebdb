"""Steps that choose columns, or make new ones of them."""

from __future__ import annotations

import sys
from itertools import pairwise
from numbers import Real
from typing import Any

import numpy as np

from netsym.errors import SpecError
from netsym.graph.functions import FUNCTIONS
from netsym.layers.reduce import Reduce
from netsym.readers.sklearn.row import Answer, Row, Vector, article

#: NumPy's functions that are no rows of the table, as formulas of it.
_SPELLED = {
    "log1p": "log(1 + {x})",
    "expm1": "exp({x}) - 1",
    "log2": "log({x})/log(2)",
    "log10": "log({x})/log(10)",
    "exp2": "2^{x}",
    "square": "{x}^2",
    "reciprocal": "1/{x}",
    "negative": "-{x}",
    "logit": "log({x}/(1 - {x}))",
}
_NORMS = {"l1": "norm1", "l2": "norm2", "max": "max"}
_SELECTORS = (
    "VarianceThreshold", "SelectKBest", "SelectPercentile", "SelectFpr", "SelectFdr", "SelectFwe",
    "GenericUnivariateSelect", "SelectFromModel", "SequentialFeatureSelector",
)  # fmt: skip


def _selected(model: Any, x: Vector) -> Vector:
    return x.columns(model.get_support(indices=True))


def _imputed(model: Any, x: Vector) -> Vector:
    """What is not missing stays as it is; columns that were missing altogether are left out, and
    an indicator of what is missing is 0.
    """
    empty = [value != value for value in model.statistics_]
    kept = [n for n in range(x.width) if not empty[n] or model.keep_empty_features]
    x.plan.note("no input is missing, so that SimpleImputer changes nothing")
    indicated = len(model.indicator_.features_) if model.add_indicator else 0
    if not indicated:
        return x.columns(kept)
    return x.written([*(f"x_{n + 1}" for n in kept), *["0"] * indicated])


def _polynomial(model: Any, x: Vector) -> Vector:
    """A product of powers of columns for each row of `powers_`."""
    texts = []
    for powers in model.powers_.tolist():
        factors = [
            f"x_{n}" if power == 1 else f"x_{n}^{power}"
            for n, power in enumerate(powers, 1)
            if power
        ]
        texts.append("*".join(factors) or "1")
    return x.written(texts)


def _one_hot(model: Any, x: Vector) -> Vector:
    """1 where a column is equal to a category, that is, at least and at most as large."""
    if any(each is not None for each in getattr(model, "infrequent_categories_", None) or ()):
        raise SpecError(
            f"{article(model)} that joins infrequent categories is not read; fit it without "
            "min_frequency and max_categories"
        )
    texts = []
    for column, values in enumerate(model.categories_, 1):
        dropped = None if model.drop_idx_ is None else model.drop_idx_[column - 1]
        for place, value in enumerate(_numbers(model, values)):
            if place != dropped:
                texts.append(f"{_reaches(column, value)}*{_reaches(column, value, '-')}")
    return x.written(texts)


def _reaches(column: int, value: float, sign: str = "") -> str:
    """1 where a column is at least as large as a value, or, with a minus, at most; else 0."""
    number = -value if sign else value
    past = "" if not value else f" - {number!r}" if number > 0 else f" + {-number!r}"
    return f"step({sign}x_{column}{past})"


def _ordinal(model: Any, x: Vector) -> Vector:
    """The place of a category among those of its column: how many of the others are not larger."""
    texts = []
    for column, values in enumerate(model.categories_, 1):
        numbers = _numbers(model, values)
        if numbers != sorted(numbers):
            raise SpecError(f"{article(model)} is read whose categories are numbers in their order")
        texts.append(" + ".join(_reaches(column, value) for value in numbers[1:]) or "0")
    return x.written(texts)


def _numbers(model: Any, values: Any) -> list[float]:
    """The categories of a column; raises `SpecError` if they are not numbers."""
    for value in values:
        if not isinstance(value, (Real, np.bool_)) or not np.isfinite(float(value)):
            raise SpecError(
                f"{article(model)} of {value} and the like cannot be read: a formula takes "
                "numbers; give the columns as numbers, and leave missing ones out"
            )
    return [float(value) for value in values]


def _binary(model: Any, x: Vector) -> Vector:
    return binarised(x, float(model.threshold))


def binarised(x: Vector, threshold: float) -> Vector:
    """1 for what is above the threshold, and 0 for what is at it or below."""
    return x.written([f"1 - {_reaches(n, threshold, '-')}" for n in range(1, x.width + 1)])


def _binned(model: Any, x: Vector) -> Vector:
    """How many inner edges of its bins a value reaches, or a column for each bin."""
    texts = []
    for column, edges in enumerate(model.bin_edges_, 1):
        steps = [_reaches(column, float(edge)) for edge in edges[1:-1]]
        if model.encode == "ordinal":
            texts.append(" + ".join(steps) or "0")
        else:
            inside = [f"{low} - {high}" for low, high in pairwise(steps)]
            texts += [f"1 - {steps[0]}", *inside, steps[-1]] if steps else ["1"]
    return x.written(texts)


def _normalised(model: Any, x: Vector) -> Vector:
    """Every row over its length; one that is 0, up to rounding, is left as it is."""
    values = x.function("abs") if model.norm == "max" else x
    length = values.then(Reduce(reduction=_NORMS[model.norm]))
    large = f"step(x_1 - {10 * np.finfo(np.float64).eps})"
    return x.function("divide", length.written([f"x_1*{large} + 1 - {large}"]))


def _function(model: Any, x: Vector) -> Vector:
    return _applied(model.func, model.kw_args, x)


def _function_inverse(model: Any, x: Vector) -> Vector:
    return _applied(model.inverse_func, model.inv_kw_args, x)


def _applied(function: Any, options: Any, x: Vector) -> Vector:
    """A function of NumPy or of scipy.special, element by element."""
    if function is None:
        return x
    name = getattr(function, "__name__", "")
    known = [getattr(np, name, None), getattr(sys.modules.get("scipy.special"), name, None)]
    row = FUNCTIONS.get(FUNCTIONS.meant(name) or "")
    if options or not any(function is each for each in known):
        row = None
    elif name in _SPELLED:
        return x.written([_SPELLED[name].format(x=f"x_{n}") for n in range(1, x.width + 1)])
    if row is None or row.arity != 1 or row.vector:
        raise SpecError(
            f"a FunctionTransformer of {name or function!r} cannot be read: code is not a formula; "
            "give a function of NumPy that acts on every element, as numpy.log, or none"
        )
    return x.activated(row.name) if row.activation else x.function(row.name)


def _eliminated(model: Any, x: Vector) -> Vector | Answer:
    return _selected(model, x).predicted(model.estimator_)


ROWS = {
    **dict.fromkeys(_SELECTORS, Row(_selected)),
    **dict.fromkeys(("RFE", "RFECV"), Row(_selected, None, _eliminated, ("estimator_",))),
    "SimpleImputer": Row(_imputed, fitted=("statistics_",)),
    "PolynomialFeatures": Row(_polynomial, fitted=("n_output_features_",)),
    "OneHotEncoder": Row(_one_hot, fitted=("categories_",)),
    "OrdinalEncoder": Row(_ordinal, fitted=("categories_",)),
    "KBinsDiscretizer": Row(_binned, fitted=("bin_edges_",)),
    "Binarizer": Row(_binary),
    "Normalizer": Row(_normalised),
    "FunctionTransformer": Row(_function, _function_inverse),
}
