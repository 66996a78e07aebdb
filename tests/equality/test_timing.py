"""Timing: a form evaluated as it is written has the right values, and does all of its work."""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

import netsym
from netsym.equality import timing
from netsym.equality.timing import as_written, seconds_per_point
from netsym.forms.values import ARITHMETIC
from netsym.graph.functions import FUNCTIONS
from tests.effort import heavy, random_examples
from tests.networks import Case, cases, points_for

FORMS = ("layered", "shared", "inlined")


@given(case=cases(most_layers=3, most_units=3), form=st.sampled_from(FORMS), expand=st.booleans())
@random_examples(60, suppress_health_check=list(HealthCheck))
def test_the_values_are_those_of_the_formula(case: Case, form: str, expand: bool) -> None:
    if case.network.count_nodes("inlined", expand=expand) > 5000:
        return
    formula = case.network.formula(form, expand)
    x = np.array(points_for(case))
    with np.errstate(all="ignore"):
        found = as_written(formula, x, case.values)
        wanted = np.asarray(formula(x, parameters=case.values)).reshape(len(x), -1)
    assert len(found) == len(formula.outputs)
    made = np.stack([np.broadcast_to(column, len(x)) for column in found], axis=1)
    np.testing.assert_allclose(made, wanted, rtol=1e-9, atol=1e-12, equal_nan=True)


class Counting:
    """Counts how often each operation is carried out."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.calls: Counter[str] = Counter()
        arithmetic = {name: self.counted(name, made) for name, made in ARITHMETIC.items()}
        functions = {
            name: dataclasses.replace(row, numpy=self.counted(name, row.numpy))
            for name, row in FUNCTIONS.items()
        }
        monkeypatch.setattr(timing, "ARITHMETIC", arithmetic)
        monkeypatch.setattr(timing, "FUNCTIONS", functions)

    def counted(self, name: str, made: Callable[..., Any]) -> Callable[..., Any]:
        def call(*operands: Any) -> Any:
            self.calls[name] += 1
            return made(*operands)

        return call


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("spec", ["1-2-1:sigmoid", "2-3tanh-3tanh-2", "2-2-2softmax"])
def test_all_that_is_written_is_computed_and_nothing_else(
    spec: str, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    network = netsym.parse(spec)
    formula = network.formula(form)
    x = np.linspace(-1, 1, 10)[:, None] * np.ones(len(network.input_names))
    counting = Counting(monkeypatch)
    as_written(formula, x, dict.fromkeys(network.parameter_names(), 0.5))
    counting.calls.pop("name", None)  # a mark, which stands for what it marks
    assert dict(counting.calls) == {k: n for k, n in formula.size.operations.items() if n}


def test_a_binding_is_computed_once_and_inlined_parts_each_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """By hand: the first of 2-3tanh-3tanh-2 has 3 units, each of which two outputs use 3 times."""
    network = netsym.parse("2-3tanh-3tanh-2")
    values = dict.fromkeys(network.parameter_names(), 0.5)
    x = np.ones((4, 2))
    counting = Counting(monkeypatch)
    tanhs = {}
    for form in FORMS:
        counting.calls.clear()
        as_written(network.formula(form), x, values)
        tanhs[form] = counting.calls["tanh"]
    assert tanhs == {"layered": 3 + 3, "shared": 3 + 3, "inlined": 2 * 3 + 2 * 3 * 3}


@heavy
def test_deep_formulas_need_no_recursion() -> None:
    network = netsym.parse("1-1x2000tanh")
    formula = network.inlined
    values = dict.fromkeys(network.parameter_names(), 0.5)
    x = np.array([[0.1], [0.7]])
    (found,) = as_written(formula, x, values)
    np.testing.assert_allclose(found, formula(x, parameters=values), rtol=1e-12)


def test_outputs_that_are_numbers_or_inputs() -> None:
    formula = netsym.Network.of(
        "copy", 2, [("drop", netsym.parse("1-1").layers[0].layer, ["input"],
                     {"weights": [[0.0, 2.0]], "bias": [0.0]})]
    ).inlined  # fmt: skip
    (found,) = as_written(formula, np.array([[1.0, 3.0]]), {})
    assert np.allclose(found, 6.0)


def test_the_time_per_point(monkeypatch: pytest.MonkeyPatch) -> None:
    """A median of several runs, over the number of points; the clock is ours."""
    ticks = iter([0.0, 3.0, 10.0, 11.0, 20.0, 22.0])
    monkeypatch.setattr(timing.time, "perf_counter", lambda: next(ticks))
    network = netsym.parse("1-1")
    x = np.ones((8, 1))
    taken = seconds_per_point(network.inlined, x, dict.fromkeys(network.parameter_names(), 1.0))
    assert taken == 2.0 / 8
