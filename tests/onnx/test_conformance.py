"""ONNX's own tests of operators: as many as were right are right, none is wrong."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import pytest

from tests import conformance
from tests.effort import heavy


@pytest.fixture(scope="module")
def results() -> list[conformance.Result]:
    return conformance.results()


@pytest.mark.heavy
def test_as_many_are_right_and_none_is_wrong(results: list[conformance.Result]) -> None:
    assert onnx.__version__ == "1.23.2"  # whose cases the file below lists
    counts = Counter(each.outcome for each in results)
    assert counts["wrong"] == 0
    assert counts["right"] == 685
    assert len(results) == 870
    assert sum(each.exact for each in results) >= 570


@pytest.mark.heavy
def test_what_is_not_read_is_listed_with_its_reason(results: list[conformance.Result]) -> None:
    listed = conformance.UNREAD.read_text(encoding="utf-8").splitlines()
    assert conformance.unread_lines(results) == listed


@pytest.mark.heavy
@pytest.mark.parametrize(
    ("name", "right", "every"),
    [("pytorch-converted", 80, 80), ("pytorch-operator", 34, 34), ("simple", 9, 15)],
)
def test_what_exporters_write(name: str, right: int, every: int) -> None:
    counts = Counter(conformance.run(case).outcome for case in conformance.cases_of(name))
    assert counts["wrong"] == 0
    assert (counts["right"], counts.total()) == (right, every)


@heavy
def test_the_check_would_see_a_wrong_number() -> None:
    (case,) = [each for each in conformance.cases() if each.name == "test_softmax_axis_1"]
    assert conformance.run(case).outcome == "right"
    inputs, outputs = case.data_sets[0]
    other = np.array(outputs[0])
    other.flat[3] *= 1.01
    case.data_sets[0] = (inputs, [other])
    assert conformance.run(case).outcome == "wrong"


def test_the_table_says_what_is_not_read() -> None:
    found = [
        conformance.Result("a", "Relu", "right", exact=True),
        conformance.Result("b", "Relu", "unread", "cannot be read: operator Relu sleeps"),
        conformance.Result("c", "Tan", "wrong", "other numbers"),
    ]
    lines = conformance.table(found).splitlines()
    assert lines[1] == "Relu                             1     2  operator Relu sleeps"
    assert lines[-1] == "1 of 3 right (1 of them in float64), 1 wrong, 1 not read"
