"""SQLite, the one that comes with Python. It has no NaN: what is none in float64 is NULL there."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np

from netsym.certificates.engine import Code, Engine, Rows
from netsym.certificates.tables import Table, statements
from netsym.errors import NotRunError
from netsym.writers.code.sqlite import SQLite


def _run(code: Code, rows: Rows, _: Path) -> Rows:
    table = Table.of(SQLite, code, rows)
    places = ", ".join("?" * (table.columns.count(",") + 1))
    before, select = statements(code.text)
    with closing(sqlite3.connect(":memory:")) as database:
        try:
            if table.schema:
                database.execute(f"ATTACH ':memory:' AS {table.schema}")
            database.execute(f"CREATE TABLE {table.program.table} ({table.columns})")
            database.executemany(
                f"INSERT INTO {table.program.table} VALUES ({places})", table.records()
            )
            for statement in before:
                database.execute(statement)
            found = table.answered(database.execute(select))
        except sqlite3.Error as error:
            raise NotRunError(f"SQLite does not run it: {error}") from error
    return Rows(found.values, found.null & np.any(rows.null, axis=1, keepdims=True))


SQLITE = Engine("SQLite", _run, "a Python with SQLite", modules=("sqlite3",), nan=False, null=True)
