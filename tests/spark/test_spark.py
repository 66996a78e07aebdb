"""Spark: its SQL, and the function of a DataFrame; one session runs all of it."""

from __future__ import annotations

import math
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import netsym
from netsym.certificates.spark import session
from netsym.files.files import loads
from netsym.path import network_of
from tests.code.networks import NETWORKS, filled, in_forms
from tests.code.test_sql import ODD_POINTS, SMALL, TYPED, at_1000
from tests.code.test_targets import FORMS, LARGE, NAMED, RESERVED, certified
from tests.effort import heavy
from tests.sklearn.test_code import trained

TO = ("spark", "pyspark")
pytestmark = heavy


@pytest.mark.parametrize(
    ("name", "to", "form"),
    [
        *((name, "spark", form) for name, form in in_forms(*FORMS)),
        *product(NETWORKS, ["pyspark"], ["layered"]),
    ],
)
def test_it_is_the_network(name: str, to: str, form: str) -> None:
    found = certified(NETWORKS[name](), to, LARGE.get(name, form))
    assert found.rows > 1000
    assert found.verdict == "certified", found.report()


@pytest.mark.parametrize(("name", "form"), in_forms(*FORMS))
def test_weights_in_a_table_are_certified(name: str, form: str) -> None:
    network = NETWORKS[name]()
    found = certified(network, "spark", LARGE.get(name, form), weights="separate")
    assert found.verdict == "certified", found.report()
    assert ("CREATE TABLE" in found.code) == (network.parameter_count > 0)


@pytest.mark.parametrize(("data", "to"), [*product(("iris", "digits"), TO)])
def test_a_trained_network_is_its_code(data: str, to: str) -> None:
    network, rows = trained(data)
    found = certified(network, to, data=rows)
    assert found.verdict == "certified", found.report()


def test_large_layers_are_no_too_long_methods_of_java() -> None:
    """A method of 64 KB is refused by Java."""
    found = certified(filled(netsym.parse("20-100tanh-50tanh-3softmax")), "spark")
    assert len(found.code) > 100_000 and found.verdict == "certified", found.report()


@pytest.mark.parametrize(("names", "to"), [*product(RESERVED, TO)], ids=str)
def test_words_of_a_language_are_harmless_names(names: tuple[str, str, str], to: str) -> None:
    found = certified(loads(NAMED.format(*names)), to)
    assert found.verdict == "certified", found.report()


@pytest.mark.parametrize("typed", TYPED)
def test_what_raises_errors_is_what_float64_has(typed: str) -> None:
    found = certified(network_of(typed, ["x"]), "spark", data=ODD_POINTS)
    assert found.verdict == "certified", found.report()


def test_exp_is_infinite_or_0_where_float64_is(tmp_path: Path) -> None:
    assert at_1000("exp(x)", "spark", tmp_path) == [math.inf, 0]
    assert at_1000("sigmoid(x)", "spark", tmp_path) == [1, 0]


@pytest.mark.parametrize("said", [{"keep": "id"}, {"table": "a.b"}, {"table": '"; DROP `data'}])
def test_options_are_certified_too(said: dict[str, Any]) -> None:
    found = certified(SMALL, "spark", **said)
    assert found.verdict == "certified", found.report()


def test_a_data_frame_keeps_its_columns_as_they_are() -> None:
    space: dict[str, Any] = {}
    exec(SMALL.layered.code("pyspark"), space)
    data = session().sql("SELECT 'a' AS id, DATE'2020-01-01' AS a1_1, 2 AS x")
    found = space["f"](data)
    assert found.columns == ["id", "a1_1", "x", "y"]
    assert found.dtypes[:3] == data.dtypes
    ((*kept, y),) = found.collect()
    assert kept == [*data.first()]
    assert y == pytest.approx(SMALL([2.0])[0], rel=1e-15)
