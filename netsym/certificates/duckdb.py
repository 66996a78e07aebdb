"""DuckDB, which runs its own dialect and SQL of no dialect."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from netsym.certificates.engine import Code, Engine, Rows
from netsym.certificates.tables import Table, statements
from netsym.errors import NotRunError
from netsym.writers.code.duckdb import DuckDB
from netsym.writers.code.sql import SQL


def _runs(kind: type[SQL]) -> Callable[[Code, Rows, Path], Rows]:
    def run(code: Code, rows: Rows, folder: Path) -> Rows:
        import duckdb  # netsym does not need it

        table = Table.of(kind, code, rows)
        name, file = table.program.table, folder / "rows.csv"
        before, select = statements(code.text)
        table.write_csv(file)
        with duckdb.connect() as database:
            try:
                if table.schema:
                    database.execute(f"CREATE SCHEMA {table.schema}")
                database.execute(f"CREATE TABLE {name} ({table.columns})")
                database.execute(f"COPY {name} FROM '{file}' (HEADER false)")
                for statement in before:
                    database.execute(statement)
                return table.answered(database.execute(select).fetchall())
            except duckdb.Error as error:
                raise NotRunError(f"DuckDB does not run it: {str(error)[:200]}") from error

    return run


_PACKAGE = "pip install duckdb"
DUCKDB = Engine("DuckDB", _runs(DuckDB), _PACKAGE, modules=("duckdb",), null=True)
SQL_OF_NO_DIALECT = Engine("DuckDB", _runs(SQL), _PACKAGE, modules=("duckdb",), null=True)
