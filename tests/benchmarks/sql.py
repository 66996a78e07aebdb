"""SQL in databases: a classifier over a table of ten million rows, and a deep network over a few.

The time is that of the database, on all its threads.
"""

from __future__ import annotations

import os
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

import netsym
from netsym.certificates import ENGINES, spark
from netsym.certificates.engine import Code, Rows
from tests.benchmarks.measure import Line, Rival, agree, at_most, race, row, within
from tests.benchmarks.networks import numeric
from tests.rivals import duckdb as by_hand
from tests.rivals import orbital
from tests.rivals.dense import dense

ROWS = 10_000_000
CLASSIFIER = "4-8tanh-3softmax"
DEEP = "2-8x8tanh-1"


@dataclass(frozen=True, slots=True)
class Work:
    """Work of this process, and of those that it starts."""

    work: Callable[[], object]

    def seconds(self) -> float:
        before = self.used()
        self.work()
        return self.used() - before

    def memory(self) -> None:
        return None

    def used(self) -> float:
        """The process time until now."""
        children = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + children.ru_utime + children.ru_stime


class SparkWork(Work):
    """Work of this process and of the Java of Spark, which goes on."""

    def used(self) -> float:
        java = spark.session()._jvm.java.lang.ProcessHandle.current().pid()
        _, _, said = Path(f"/proc/{java}/stat").read_text().rpartition(")")
        ticks = sum(map(int, said.split()[11:13]))  # utime and stime
        return Work.used(self) + ticks / os.sysconf("SC_CLK_TCK")


@row("DuckDB on 10^7 rows, 4-8-3")
def large_table() -> list[Line]:
    import duckdb

    network = numeric(CLASSIFIER)
    columns = ", ".join(f"random()*4 - 2 AS x_{n + 1}" for n in range(4))
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE data AS SELECT {columns} FROM range({ROWS})")

        def sums(select: str) -> Any:
            query = f"SELECT sum(y_1), sum(y_2), sum(y_3) FROM ({select})"
            return database.execute(query).fetchall()

        ours, theirs = network.layered.code("duckdb"), by_hand.select(dense(network), "data")
        agree("sums of outputs", sums(ours), sums(theirs))
        rival = Rival("SQL by hand", Work(lambda: sums(theirs)), within(1.3))
        return race(Work(lambda: sums(ours)), [rival])


@row("DuckDB on 10^6 rows, LinearRegression")
def regression() -> list[Line]:
    from sklearn.linear_model import LinearRegression

    return _pipeline(LinearRegression(), "predict", ['"variable"'])


@row("DuckDB on 10^6 rows, LogisticRegression")
def classifier() -> list[Line]:
    from sklearn.linear_model import LogisticRegression

    outputs = [f'"output_probability.{n}"' for n in range(3)]
    return _pipeline(LogisticRegression(max_iter=1000), "predict_proba", outputs)


@row("DuckDB on 10^6 rows, MLPRegressor of 8")
def regression_network() -> list[Line]:
    from sklearn.neural_network import MLPRegressor

    model = MLPRegressor(hidden_layer_sizes=(8,), solver="lbfgs", max_iter=2000, random_state=0)
    return _pipeline(model, "predict", ['"variable"'])


def _pipeline(model: Any, method: str, outputs_of_rival: Sequence[str]) -> list[Line]:
    """A scaler and a model of scikit-learn beside what orbital writes: time, size, difference."""
    if find_spec("orbital") is None:
        return [Line(problem=orbital.NOT_HERE)]
    import duckdb
    from sklearn import datasets
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    iris = datasets.load_iris()
    fitted = make_pipeline(StandardScaler(), model).fit(iris.data, iris.target)
    right = np.reshape(getattr(fitted, method)(iris.data), (len(iris.data), -1))
    network = netsym.from_sklearn(fitted)
    columns = network.input_names.all()
    ours = Select(network.layered.code("duckdb"), network.output_names.all())
    theirs = Select(orbital.select(fitted, columns, "data"), outputs_of_rival)
    with duckdb.connect() as database:
        database.execute(f"CREATE TABLE data ({', '.join(f'{name} DOUBLE' for name in columns)})")
        insert = f"INSERT INTO data VALUES ({', '.join('?' for _ in columns)})"
        database.executemany(insert, iris.data.tolist())
        apart = [
            float(np.abs(np.array(database.execute(select.rows).fetchall()) - right).max())
            for select in (ours, theirs)
        ]
        drawn = ", ".join(f"random()*4 AS {name}" for name in columns)
        database.execute(f"CREATE OR REPLACE TABLE data AS SELECT {drawn} FROM range({ROWS // 10})")

        def sums(select: Select) -> Any:
            return database.execute(select.sums).fetchall()

        agree("sums of outputs", sums(ours), sums(theirs))
        rival = Rival("orbital", Work(lambda: sums(theirs)), within(1.3))
        return [
            *race(Work(lambda: sums(ours)), [rival]),
            Line(len(ours.text), "orbital, its text", len(theirs.text), unit="B"),
            Line(apart[0], "orbital, from scikit-learn", apart[1], unit=""),
        ]


@dataclass(frozen=True, slots=True)
class Select:
    """A SELECT, and its columns that are outputs."""

    text: str
    outputs: Sequence[str]

    @property
    def rows(self) -> str:
        return f"SELECT {', '.join(self.outputs)} FROM ({self.text})"

    @property
    def sums(self) -> str:
        return f"SELECT {', '.join(f'sum({name})' for name in self.outputs)} FROM ({self.text})"


@row("2-8x8tanh-1 over 100 rows, SQLite")
def deep_sqlite() -> list[Line]:
    return _deep("sqlite")


@row("2-8x8tanh-1 over 100 rows, DuckDB")
def deep_duckdb() -> list[Line]:
    return _deep("duckdb")


@row("2-8x8tanh-1 over 100 rows, PostgreSQL")
def deep_postgresql() -> list[Line]:
    return _deep("postgresql")


@row("Spark on 10^7 rows, 4-8-3")
def large_table_in_spark() -> list[Line]:
    """Beside what one writes by hand, and beside DuckDB; all read one file."""
    import duckdb

    network = numeric(CLASSIFIER)
    drawn = ", ".join(f"random()*4 - 2 AS x_{n + 1}" for n in range(4))
    with TemporaryDirectory() as folder, duckdb.connect() as database:
        file = str(Path(folder, "data.parquet"))
        database.execute(f"COPY (SELECT {drawn} FROM range({ROWS})) TO '{file}' (FORMAT parquet)")
        database.execute(f"CREATE VIEW data AS FROM '{file}'")
        session = spark.session()
        session.read.parquet(file).createOrReplaceTempView("data")

        def sums(of: Any, select: str) -> Any:
            query = f"SELECT sum(y_1), sum(y_2), sum(y_3) FROM ({select})"
            return [tuple(each) for each in (of(query))]

        def in_spark(select: str) -> Any:
            return sums(lambda query: session.sql(query).collect(), select)

        def in_duckdb(select: str) -> Any:
            return sums(lambda query: database.execute(query).fetchall(), select)

        ours, other = (network.layered.code(to) for to in ("spark", "duckdb"))
        hand = by_hand.select(dense(network), "data").replace("::DOUBLE", "D")
        agree("sums of outputs", in_spark(ours), in_spark(hand))
        agree("sums of outputs", in_spark(ours), in_duckdb(other))
        rivals = [
            Rival("SQL by hand", SparkWork(lambda: in_spark(hand)), within(1.3)),
            Rival("DuckDB", Work(lambda: in_duckdb(other))),
        ]
        return race(SparkWork(lambda: in_spark(ours)), rivals, least=3, most=3)


@row("2-8x8tanh-1 over 100 rows, Spark")
def deep_spark() -> list[Line]:
    return _deep("spark", SparkWork)


def _deep(to: str, kind: type[Work] = Work) -> list[Line]:
    """From a file of rows to the outputs."""
    form = numeric(DEEP).layered
    code = Code(form.code(to), form, {})
    rows = Rows.of(np.random.default_rng(1).normal(size=(100, 2)))

    def work() -> Any:
        with TemporaryDirectory() as folder:
            return ENGINES[to].run(code, rows, Path(folder)).values

    agree("outputs", work(), np.reshape(form(rows.values), (100, 1)))
    return race(kind(work), [at_most(2)])
