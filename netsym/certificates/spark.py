"""Spark, one session on this machine for as long as Python runs."""

from __future__ import annotations

import subprocess
import warnings
from collections.abc import Callable
from functools import cache
from pathlib import Path
from runpy import run_path
from tempfile import TemporaryDirectory
from typing import Any

from netsym.certificates.engine import Code, Engine, Rows
from netsym.certificates.tables import Table, statements
from netsym.errors import NotRunError
from netsym.writers.code.pyspark import PySpark
from netsym.writers.code.spark import Spark

Run = Callable[[Code, Rows, Path], Rows]

_CONFIGURED = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.catalogImplementation": "in-memory",
    "spark.sql.session.timeZone": "UTC",
}


def _runs(kind: type[Spark], taken: Callable[[Any, Table, Path], Any]) -> Run:
    """How code is run; `taken(read, table, file)` is the DataFrame that it makes of another."""

    def run(code: Code, rows: Rows, folder: Path) -> Rows:
        file = folder / "written"
        file.write_text(code.text, encoding="utf-8")
        table = Table.of(kind, code, rows)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # of what pandas there is
                read = session().createDataFrame([*table.records()], table.columns)
                return table.answered(taken(read, table, file).collect())
        except _errors() as error:
            said = str(error).splitlines()
            raise NotRunError(f"Spark does not run it: {said[0][:200]}") from error

    return run


def _of_sql(read: Any, table: Table, file: Path) -> Any:
    if table.schema:
        read.sparkSession.sql(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
        read.write.mode("overwrite").saveAsTable(table.program.table)
    else:
        read.createOrReplaceTempView(table.program.table)
    before, select = statements(file.read_text(encoding="utf-8"))
    read.sparkSession.sql(f"DROP TABLE IF EXISTS {table.program.weights_table}")
    for statement in before:
        read.sparkSession.sql(statement)
    return read.sparkSession.sql(select)


def _of_python(read: Any, table: Table, file: Path) -> Any:
    return run_path(str(file))[table.program.title()](read)


def _errors() -> Any:
    from pyspark.errors import PySparkException

    return PySparkException


@cache
def _warehouse() -> TemporaryDirectory[str]:
    """Where tables are that are in a schema; it goes when Python ends."""
    return TemporaryDirectory(prefix="netsym-spark-")


@cache
def session() -> Any:
    """The session; what its Java says on standard error is not said."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    silent = launch_gateway(popen_kwargs={"stderr": subprocess.DEVNULL})
    said = {**_CONFIGURED, "spark.sql.warehouse.dir": _warehouse().name}
    configured = SparkConf(_jvm=silent.jvm).setAll([*said.items()])
    context = SparkContext("local[1]", "netsym", gateway=silent, conf=configured)
    context.setLogLevel("OFF")
    return SparkSession(context)


def _engine(kind: type[Spark], taken: Callable[[Any, Table, Path], Any]) -> Engine:
    package = "pip install pyspark, and apt-get install openjdk-17-jre-headless"
    return Engine(
        "Spark", _runs(kind, taken), package, programs=("java",), modules=("pyspark",), null=True
    )


SPARK, PYSPARK = _engine(Spark, _of_sql), _engine(PySpark, _of_python)
