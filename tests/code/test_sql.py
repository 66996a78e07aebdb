"""SQL: what stands in the SELECT, and what databases make of NULL, 0, infinity and odd tables."""

from __future__ import annotations

import math
import re
import sqlite3
from contextlib import closing
from itertools import cycle, product
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pytest
import sqlglot
from sqlglot import exp

import netsym
from netsym.certificates import ENGINES
from netsym.certificates.engine import Code, Rows
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.path import network_of
from netsym.writers.code.erf import ERF
from tests.cli.running import run
from tests.code.networks import NETWORKS, filled, in_forms
from tests.code.test_targets import FORMS, LARGE, certified
from tests.conftest import not_installed

DIALECTS = {"sql": "", "sqlite": "sqlite", "duckdb": "duckdb", "postgresql": "postgres",
            "spark": "spark"}  # fmt: skip
HERE = [to for to in DIALECTS if to != "spark"]
SCALAR = [name for name in ACTIVATIONS if not FUNCTIONS[name].vector]
SMALL = netsym.parse("1-1tanh-1relu").with_parameters(
    {"w1_1_1": 0.1, "b1_1": -2, "w2_1_1": 1e-7, "b2_1": 0.5}
)
IRIS = str(Path(__file__).parents[2] / "examples" / "iris.toml")
#: What is infinite or no number at some of the points.
TYPED = ("exp(x)", "1/(1 + exp(-x))", "1/x", "log(x)", "sqrt(x)", "x/(x - 1)", "exp(-x)/x")
ODD_POINTS = [[1000.0], [-1000.0], [0.0], [1.0], [-1.0], [1e-300]]


def test_layers_are_steps() -> None:
    assert SMALL.layered.code("sqlite", table="flowers", keep="id") == (
        "WITH inputs AS (\n"
        "  SELECT\n    id,\n    CAST(x AS REAL) AS x\n  FROM flowers\n"
        "), step_1 AS MATERIALIZED (\n"
        "  SELECT\n    id,\n    TANH(0.1e0*x - 2e0) AS a1_1\n  FROM inputs\n"
        ")\nSELECT\n  id,\n  MAX(1e-07*a1_1 + 0.5e0, 0e0) AS y\nFROM step_1\n"
    )


def test_from_python_it_is_the_same() -> None:
    said = {"table": "flowers", "keep": "id"}
    assert SMALL.inlined.sql("sqlite", **said) == SMALL.inlined.code("sqlite", **said)
    assert SMALL.inlined.sql() == SMALL.inlined.code("sql")


def test_weights_stand_in_a_table_of_their_own(capfd: pytest.CaptureFixture[str]) -> None:
    said = {"table": "flowers", "keep": "id", "weights": "separate"}
    assert SMALL.layered.sql("sqlite", **said) == SMALL.layered.code("sqlite", **said) == (
        "CREATE TABLE f_weights (name VARCHAR(255) PRIMARY KEY, value REAL);\n\n"
        "INSERT INTO f_weights VALUES\n  ('w1_1_1', 0.1e0),\n  ('b1_1', -2e0),\n"
        "  ('w2_1_1', 1e-07),\n  ('b2_1', 0.5e0);\n\n"
        "WITH inputs AS (\n"
        "  SELECT\n    id,\n    CAST(x AS REAL) AS x\n  FROM flowers\n"
        "), weights_1 AS MATERIALIZED (\n"
        "  SELECT\n    MAX(CASE WHEN name = 'w1_1_1' THEN value END) AS w1_1_1,\n"
        "    MAX(CASE WHEN name = 'b1_1' THEN value END) AS b1_1\n"
        "  FROM f_weights WHERE name IN ('w1_1_1', 'b1_1')\n"
        "), step_1 AS MATERIALIZED (\n"
        "  SELECT\n    id,\n    TANH(w1_1_1*x + b1_1) AS a1_1\n"
        "  FROM inputs CROSS JOIN weights_1\n"
        "), weights_2 AS MATERIALIZED (\n"
        "  SELECT\n    MAX(CASE WHEN name = 'w2_1_1' THEN value END) AS w2_1_1,\n"
        "    MAX(CASE WHEN name = 'b2_1' THEN value END) AS b2_1\n"
        "  FROM f_weights WHERE name IN ('w2_1_1', 'b2_1')\n"
        ")\nSELECT\n  id,\n  MAX(w2_1_1*a1_1 + b2_1, 0e0) AS y\n"
        "FROM step_1 CROSS JOIN weights_2\n"
    )  # fmt: skip
    ran = run(capfd, "show", IRIS, "--to", "duckdb", "--weights", "separate", "--digits", "2")
    assert ran.code == 0 and "\n  ('m1_1', 5.8e0),\n" in ran.out


@pytest.mark.parametrize(("name", "form", "to"), [
    (*pair, to) for pair, to in zip(in_forms(*FORMS), cycle(HERE))
])  # fmt: skip
def test_weights_in_a_table_are_certified(name: str, form: str, to: str) -> None:
    network = NETWORKS[name]()
    found = certified(network, to, LARGE.get(name, form), weights="separate")
    assert found.verdict == "certified", found.report()
    assert ("CREATE TABLE" in found.code) == (network.parameter_count > 0)


@pytest.mark.parametrize("to", DIALECTS)
@pytest.mark.parametrize("form", FORMS)
def test_the_select_is_the_same_whatever_the_weights_are(form: str, to: str) -> None:
    """Also where all are 0, 1 or alike, which are written otherwise where they stand in place."""
    network = netsym.parse("2-2relu-3softmax")
    names = network.parameter_names()
    drawn = np.random.default_rng(1).normal(size=len(names)).tolist()
    said = [[0.0] * len(names), [1.0] * len(names), [-0.5] * len(names), drawn]
    codes = [
        network.with_parameters(dict(zip(names, numbers, strict=True)))
        .formula(form).code(to, weights="separate").split(";\n\n")
        for numbers in said
    ]  # fmt: skip
    assert len({select for *_, select in codes}) == 1
    for (_, inserted, _), numbers in zip(codes, said, strict=True):
        found = dict(re.findall(r"\('(\w+)', (\S+)\)", inserted))
        assert {name: float(number) for name, number in found.items()} == dict(
            zip(names, numbers, strict=True)
        )


def opened(to: str) -> closing[Any]:
    """A database in memory, which is closed whatever happens."""
    return closing(duckdb.connect() if to == "duckdb" else sqlite3.connect(":memory:"))


@pytest.mark.parametrize("to", ["duckdb", "sqlite"])
def test_retrained_weights_are_an_update(to: str) -> None:
    with opened(to) as database:
        retrained(to, database)


def retrained(to: str, database: Any) -> None:
    code = SMALL.layered.code(to, weights="separate", keep="id")
    *before, select = code.split(";\n\n")
    for statement in ["CREATE TABLE data (id INTEGER, x INTEGER)",
                      "INSERT INTO data VALUES (1, 3), (2, NULL)", *before]:  # fmt: skip
        database.execute(statement)
    assert database.execute(select).fetchall() == [(1, pytest.approx(SMALL(3))), (2, None)]
    database.execute("UPDATE f_weights SET value = 4 WHERE name = 'w2_1_1'")
    moved = netsym.parse("1-1tanh-1relu").with_parameters(
        {"w1_1_1": 0.1, "b1_1": -2, "w2_1_1": 4, "b2_1": 0.5}
    )
    assert moved(3) != SMALL(3)
    assert database.execute(select).fetchall() == [(1, pytest.approx(moved(3))), (2, None)]
    database.execute("DELETE FROM f_weights WHERE name = 'b1_1'")
    assert database.execute(select).fetchall() == [(1, None), (2, None)]


def test_many_weights_are_few_tables_of_a_join() -> None:
    """SQLite joins 64 tables, and a result has 2,000 columns there."""
    network = filled(netsym.parse("72-72tanh-1"))
    found = certified(network, "sqlite", data=np.ones((2, 72)), weights="separate")
    assert found.verdict == "certified", found.report()
    assert found.code.count("_weights WHERE") == 51


def test_more_weights_than_a_step_reads_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("netsym.writers.code.sql._TIMES", 1)
    network = filled(netsym.parse("1-45tanh-45-1"))
    with pytest.raises(netsym.TooLargeError, match="2,070 columns, 2,000 is the limit"):
        network.layered.code("sqlite", weights="separate")


@pytest.mark.parametrize("table", ["f_weights", "weights_1", "a.f_weights"])
def test_tables_of_weights_are_no_tables_of_rows(table: str) -> None:
    found = certified(SMALL, "sqlite", table=table, weights="separate")
    assert found.verdict == "certified", found.report()


def test_what_has_no_numbers_to_stand_apart_is_refused() -> None:
    with pytest.raises(netsym.SpecError, match="w1_1_1 has none; give it one, or leave --weights"):
        netsym.parse("1-1").layered.code("duckdb", weights="separate")
    slope = SMALL.layered.gradient("inputs")
    with pytest.raises(netsym.SpecError, match="no parameters of one; leave --weights out"):
        slope.code("duckdb", weights="separate")
    with pytest.raises(netsym.SpecError, match="weights is 'apart'"):
        SMALL.layered.code("duckdb", weights="apart")


def test_inlined_is_one_expression(capfd: pytest.CaptureFixture[str]) -> None:
    words = ["inline", "tanh(x/2)^2", "--to", "duckdb", "--table", "my data.rows"]
    assert run(capfd, *words).out == (
        "WITH inputs AS (\n  SELECT\n    CAST(x AS DOUBLE) AS x\n"
        '  FROM "my data"."rows"\n'
        ")\nSELECT\n  x,\n  POWER(TANH(x/2e0), 2e0) AS y\nFROM inputs\n"
    )


@pytest.mark.parametrize("to", DIALECTS)
@pytest.mark.parametrize(("name", "form"), in_forms(*FORMS))
def test_another_parser_reads_it(name: str, to: str, form: str) -> None:
    """With the columns that are meant, no comment, and no literal that is no double."""
    formula = NETWORKS[name]().formula(LARGE.get(name, form))
    code = formula.code(to, keep="id,Row")
    assert "--" not in code
    (select,) = sqlglot.parse(code, dialect=DIALECTS[to])
    assert isinstance(select, exp.Select)
    assert select.named_selects == ["id", "Row", *(each.name for each in formula.outputs)]
    numbers = {each.sql() for each in select.find_all(exp.Literal) if not each.is_string}
    assert all("e" in number.lower() or number in ("0", "708") for number in numbers
               if number != "709.782712893384"), numbers  # fmt: skip


@pytest.mark.parametrize("to", HERE)
@pytest.mark.parametrize("typed", TYPED)
def test_what_raises_errors_in_databases_is_what_float64_has(typed: str, to: str) -> None:
    """Infinity or NaN: 1/0, log(0), the root of -1."""
    found = certified(network_of(typed, ["x"]), to, data=ODD_POINTS)
    assert found.verdict == "certified", found.report()


@pytest.mark.parametrize("to", HERE)
@pytest.mark.parametrize("typed", ["1/(exp(x) + exp(y))", "sin(x)/(exp(x) + exp(2*y))"])
def test_sums_of_exponentials_may_be_0(typed: str, to: str) -> None:
    points = [[-1000.0, -1000.0], [0.5, -1000.0], [1.0, 2.0]]
    found = certified(network_of(typed, ["x", "y"]), to, data=points)
    assert found.verdict == "certified", found.report()


@pytest.mark.parametrize("to", HERE)
def test_exp_is_infinite_or_0_where_float64_is(to: str, tmp_path: Path) -> None:
    assert at_1000("exp(x)", to, tmp_path) == [math.inf, 0]
    assert at_1000("sigmoid(x)", to, tmp_path) == [1, 0]


def at_1000(typed: str, to: str, folder: Path) -> list[float]:
    """The values at 1000 and -1000."""
    form = network_of(typed, ["x"]).layered
    return [float(value) for value in values(form, to, np.array([[1000.0], [-1000.0]]), folder)]


def values(form: netsym.Formula, to: str, x: Any, folder: Path) -> Any:
    """The one output at some points."""
    if ENGINES[to].missing():
        not_installed(ENGINES[to].name, ENGINES[to].package)
    return ENGINES[to].run(Code(form.code(to), form, {}), Rows.of(x), folder).values[:, 0]


@pytest.mark.parametrize(("activation", "to"), [*product(SCALAR, HERE)])
def test_parsers_take_what_is_deep(activation: str, to: str, tmp_path: Path) -> None:
    """Beyond 20 calls in calls SQLite runs out of its stack."""
    form = filled(netsym.parse(f"1-1x60-1:{activation}")).inlined
    x = np.linspace(-3, 3, 9)[:, None]
    np.testing.assert_allclose(values(form, to, x, tmp_path), form(x), rtol=1e-12, atol=1e-300)


@pytest.mark.parametrize("to", HERE)
def test_options_are_certified_too(to: str) -> None:
    for said in ({"keep": "id"}, {"keep": "id, x"}, {"table": "a.b"}, {"table": "step_1"},
                 {"table": '"; DROP TABLE data; --', "keep": "a1_1,`,select"}):  # fmt: skip
        found = certified(SMALL, to, **said)
        assert found.verdict == "certified", found.report()


@pytest.mark.parametrize("option", ["table", "keep"])
@pytest.mark.parametrize("said", [" ", "a,,b", "a..b", "a\nb", "a\0"])
def test_what_is_no_name_is_refused(option: str, said: str) -> None:
    if (option, said) in {("table", "a,,b"), ("keep", "a..b")}:
        return  # odd, but names
    with pytest.raises(netsym.SpecError, match=f"--{option}: .* is no name"):
        SMALL.layered.code("sqlite", **{option: said})


def rows(to: str, columns: str, values: str, code: str) -> list[tuple[Any, ...]]:
    """What a SELECT makes of a table of any types."""
    with opened(to) as database:
        database.execute(f"CREATE TABLE data ({columns})")
        database.execute(f"INSERT INTO data VALUES {values}")
        found: list[tuple[Any, ...]] = database.execute(code).fetchall()
    return found


@pytest.mark.parametrize("to", ["duckdb", "sqlite"])
@pytest.mark.parametrize("type_", ["INTEGER", "DECIMAL(9, 2)", "VARCHAR"])
def test_types_of_columns_do_not_matter(to: str, type_: str) -> None:
    code = network_of("x/y + 1/3", ["x", "y"]).inlined.code(to, keep="id")
    columns = f"id VARCHAR, x {type_}, y {type_}"
    found = rows(to, columns, "('a', '1', '3'), (NULL, '7', '2'), ('b', NULL, '2')", code)
    assert found == [("a", 1 / 3 + 1 / 3), (None, 3.5 + 1 / 3), ("b", None)]


@pytest.mark.parametrize("to", ["duckdb", "sqlite"])
def test_null_is_null_where_it_is_read(to: str) -> None:
    """And nowhere else: of two outputs one reads x alone."""
    network = network_of(
        "a = sin(max(x, 0))*min(y, 1, x); b = cos(max(x, 0)); c = atan(step(x))*x", ["x", "y"]
    )
    code = network.inlined.code(to, keep="id")
    found = rows(to, "id VARCHAR, x DOUBLE, y DOUBLE",
                 "('a', 2, NULL), ('b', NULL, 2), ('c', -1, 5)", code)  # fmt: skip
    assert found == [("a", None, math.cos(2), math.pi / 2), ("b", None, None, None), ("c", 0, 1, 0)]


def test_a_column_that_is_not_there_is_a_mistake() -> None:
    """SQLite takes "order" for a text where there is no such column."""
    code = network_of("order + 1", ["order"]).inlined.code("sqlite")
    with pytest.raises(sqlite3.OperationalError, match="no such column: order"):
        rows("sqlite", "other REAL", "(1)", code)


def test_names_without_numbers_are_columns() -> None:
    code = netsym.parse("1-1").inlined.code("duckdb")
    columns = "x DOUBLE, w1_1_1 DOUBLE, b1_1 DOUBLE"
    assert rows("duckdb", columns, "(2, 10, 1), (3, NULL, 1)", code) == [(2, 21), (3, None)]


@pytest.mark.parametrize(("to", "most"), [("sqlite", 2000), ("postgresql", 1600)])
def test_more_columns_than_a_step_has_are_refused(to: str, most: int) -> None:
    assert netsym.parse(f"1-{most // 4}tanh-1").inlined.code(to)
    with pytest.raises(netsym.TooLargeError, match=f"[0-9,]+ columns, {most:,} is the limit"):
        netsym.parse(f"1-{most + 1}tanh-1tanh").layered.code(to)


def test_erf_is_that_of_python() -> None:
    points = [*np.linspace(-7, 7, 2001).tolist(), 1e-300, -1e-9, 1e300, math.inf, -math.inf]
    with opened("sqlite") as database:
        database.execute("CREATE TABLE t (z REAL)")
        database.executemany("INSERT INTO t VALUES (?)", [(z,) for z in points])
        found = [value for (value,) in database.execute(f"SELECT {ERF.format('z')} FROM t")]
    np.testing.assert_allclose(found, list(map(math.erf, points)), rtol=5e-16, atol=0)
