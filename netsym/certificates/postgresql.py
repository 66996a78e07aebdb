"""PostgreSQL, as one process without a server, in a cluster of its own that is made once.

It runs for nobody who is root; files are then given to another user.
"""

from __future__ import annotations

import csv
import os
import pwd
import re
import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp

from netsym.certificates.engine import Code, Engine, Rows, program
from netsym.certificates.tables import Table, statements
from netsym.errors import NotRunError
from netsym.writers.code.compiler import ran
from netsym.writers.code.postgresql import PostgreSQL
from netsym.writers.code.sql import BETWEEN

_FOLDERS = "/usr/lib/postgresql/*/bin"  # where Debian has them, apart from what people call
_USERS = ("postgres", "nobody")
# What is not committed is gone when the process ends. A statement ends with an empty line.
_SCRIPT = """\
BEGIN;

{schema}CREATE TABLE {name} ({columns});

COPY {name} FROM '{folder}/rows.csv' (FORMAT csv);

{before}COPY (
{select}) TO '{folder}/values.csv' (FORMAT csv);

"""


def _run(code: Code, rows: Rows, _: Path) -> Rows:
    table = Table.of(PostgreSQL, code, rows)
    before, select = statements(code.text)
    cluster = Path(_cluster().name)
    own = Path(mkdtemp(dir=cluster))
    try:
        table.write_csv(own / "rows.csv")
        own.chmod(0o755)
        _give(own)
        script = _SCRIPT.format(
            schema=f"CREATE SCHEMA {table.schema};\n\n" if table.schema else "",
            name=table.program.table, columns=table.columns, folder=own,
            before="".join(each + BETWEEN for each in before), select=select,
        )  # fmt: skip
        words = [program("postgres", _FOLDERS), "--single", "-j", "-F", "-D", f"{cluster}/data"]
        done = subprocess.run(
            [*words, "template1"], cwd=own, input=script, capture_output=True, text=True,
            check=False, user=_user(),
        )  # fmt: skip
        if mistake := re.search("(?:ERROR|FATAL): +(.*)", done.stderr):
            raise NotRunError(f"PostgreSQL does not run it: {mistake[1][:200]}")
        with (own / "values.csv").open(encoding="utf-8", newline="") as file:
            return table.answered([[v or None for v in row] for row in csv.reader(file)])
    finally:
        shutil.rmtree(own)


def _user() -> str | None:
    """Whom it runs for: nobody else, unless that is root."""
    if os.geteuid():
        return None
    known = {each.pw_name for each in pwd.getpwall()}
    return next(name for name in _USERS if name in known)


def _give(path: Path) -> None:
    """A file or folder to whom it runs for."""
    if (user := _user()) is not None:
        shutil.chown(path, user)


@cache
def _cluster() -> TemporaryDirectory[str]:
    """The folder of a cluster, which goes when Python ends."""
    folder = TemporaryDirectory(prefix="netsym-postgresql-")
    _give(Path(folder.name))
    words = [program("initdb", _FOLDERS), "-D", f"{folder.name}/data", "-A", "trust", "-N"]
    ran([*words, "-E", "UTF8", "--locale=C"], Path(folder.name), user=_user())
    return folder


POSTGRESQL = Engine(
    "PostgreSQL", _run, "apt-get install postgresql", programs=("initdb", "postgres"),
    folders=_FOLDERS, null=True,
)  # fmt: skip
