"""SQL in databases: a classifier over a table of ten million rows, and a deep network over a few.

The time is that of the database, on all its threads.
"""

from __future__ import annotations

import resource
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from netsym.certificates import ENGINES
from netsym.certificates.engine import Code, Rows
from tests.benchmarks.measure import Line, Rival, agree, at_most, race, row, within
from tests.benchmarks.networks import numeric
from tests.rivals import duckdb as by_hand
from tests.rivals.dense import dense

ROWS = 10_000_000
CLASSIFIER = "4-8tanh-3softmax"
DEEP = "2-8x8tanh-1"


@dataclass(frozen=True, slots=True)
class Work:
    """Work of this process, and of those that it starts."""

    work: Callable[[], object]

    def seconds(self) -> float:
        before = _seconds()
        self.work()
        return _seconds() - before

    def memory(self) -> None:
        return None


def _seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + used.ru_utime + used.ru_stime


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


@row("2-8x8tanh-1 over 100 rows, SQLite")
def deep_sqlite() -> list[Line]:
    return _deep("sqlite")


@row("2-8x8tanh-1 over 100 rows, DuckDB")
def deep_duckdb() -> list[Line]:
    return _deep("duckdb")


@row("2-8x8tanh-1 over 100 rows, PostgreSQL")
def deep_postgresql() -> list[Line]:
    return _deep("postgresql")


def _deep(to: str) -> list[Line]:
    """From a file of rows to the outputs."""
    form = numeric(DEEP).layered
    code = Code(form.code(to), form, {})
    rows = Rows.of(np.random.default_rng(1).normal(size=(100, 2)))

    def work() -> Any:
        with TemporaryDirectory() as folder:
            return ENGINES[to].run(code, rows, Path(folder)).values

    agree("outputs", work(), np.reshape(form(rows.values), (100, 1)))
    return race(Work(work), [at_most(2)])
