"""Code for other languages, run there, against what one writes by hand in them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import netsym
from tests import rivals
from tests.benchmarks.measure import Line, Rival, agree, call, race, row, within
from tests.benchmarks.networks import DEEP, SMALL, numeric, random_points
from tests.rivals.dense import dense

MANY = 1000


@row("NumPy code at 1000 points, 4-8-8-3")
def numpy_small() -> list[Line]:
    return _numpy(SMALL)


@row("NumPy code at 1000 points, 10-32-32-1")
def numpy_deep() -> list[Line]:
    return _numpy(DEEP)


@row("C code at one point, 10-32-32-1")
def c_at_a_point() -> list[Line]:
    return _c("in-place", 1, 1.2)


@row("C code with weights apart, one point")
def c_apart_at_a_point() -> list[Line]:
    return _c("separate", 1, 1.2)


@row("C code at 1000 points, 10-32-32-1")
def c_at_many() -> list[Line]:
    return _c("in-place", MANY, 1.5)


@row("C of LinearRegression, 1000 points")
def c_of_a_regression() -> list[Line]:
    from sklearn import datasets
    from sklearn.linear_model import LinearRegression

    model = LinearRegression().fit(*datasets.load_diabetes(return_X_y=True))
    return _linear(model, model.predict, "m2cgen")


@row("C of LogisticRegression, 1000 points")
def c_of_a_classifier() -> list[Line]:
    from sklearn import datasets
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=1000).fit(*datasets.load_iris(return_X_y=True))
    return _linear(model, model.predict_proba, "m2cgen, softmax by hand")


def _linear(model: Any, predict: Callable[[Any], Any], rival: str) -> list[Line]:
    """A linear model of scikit-learn beside what m2cgen writes of it: time, size, difference."""
    network = netsym.from_sklearn(model)
    x, outputs = random_points(network, MANY), len(network.output_names)
    text, other = network.layered.c(), rivals.m2cgen.code(model)
    ours = rivals.c.compiled(text, x, outputs)
    theirs = rivals.c.compiled(rivals.m2cgen.as_f(other, outputs), x, outputs)
    agree("predictions", ours().copy(), theirs())
    right = predict(x).reshape(MANY, outputs)
    apart = [float(np.abs(values() - right).max()) for values in (ours, theirs)]
    return [
        *race(call(ours), [Rival(rival, call(theirs), within(1.2))]),
        Line(len(text), "m2cgen, its text", len(other), unit="B"),
        Line(apart[0], "m2cgen, from scikit-learn", apart[1], unit=""),
    ]


def _numpy(spec: str) -> list[Line]:
    network = numeric(spec)
    x = random_points(network, MANY)
    space: dict[str, object] = {}
    exec(compile(network.layered.numpy(weights="separate"), "<written>", "exec"), space)
    ours, theirs = space[network.function or "f"], rivals.numpy.evaluation(dense(network), x)
    assert callable(ours)
    agree("values against NumPy by hand", np.reshape(ours(x), (MANY, -1)), theirs())
    return race(call(lambda: ours(x)), [Rival("NumPy by hand", call(theirs), within(1.1))])


def _c(weights: str, count: int, most: float) -> list[Line]:
    """A thousand values in any case: a call from Python takes longer than one."""
    network = numeric(DEEP)
    layers, x = dense(network), random_points(network, count)
    outputs, times = len(layers[-1].matrix), MANY // count
    ours = rivals.c.compiled(network.layered.c(weights=weights), x, outputs, times)
    theirs = rivals.c.compiled(rivals.c.code(layers), x, outputs, times)
    agree("values against C by hand", ours().copy(), theirs())
    return race(call(ours), [Rival("C by hand", call(theirs), within(most))])
