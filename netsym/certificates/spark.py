"""Spark, one session on this machine for as long as Python runs."""

from __future__ import annotations

import subprocess
import warnings
from functools import cache
from pathlib import Path
from typing import Any

from netsym.certificates.engine import Code, Engine, NotRunError, Rows
from netsym.certificates.tables import Table
from netsym.writers.code.spark import Spark

_CONFIGURED = {
    "spark.ui.enabled": "false",
    "spark.sql.shuffle.partitions": "1",
    "spark.sql.session.timeZone": "UTC",
}


def _run(code: Code, rows: Rows, folder: Path) -> Rows:
    table = Table.of(Spark, code, rows)
    table.write_csv(folder / "rows.csv")
    session = _session()
    from pyspark.errors import PySparkException

    try:
        read = session.read.csv(str(folder / "rows.csv"), table.columns, nanValue="nan")
        if table.schema:
            session.sql(f"CREATE SCHEMA IF NOT EXISTS {table.schema}")
            read.write.mode("overwrite").saveAsTable(table.program.table)
        else:
            read.createOrReplaceTempView(table.program.table)
        return table.answered(session.sql(code.text).collect())
    except PySparkException as error:
        said = str(error).splitlines()
        raise NotRunError(f"Spark does not run it: {said[0][:200]}") from error


@cache
def _session() -> Any:
    """The session; what its Java says on standard error is not said."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from pyspark import SparkConf, SparkContext
        from pyspark.java_gateway import launch_gateway
        from pyspark.sql import SparkSession

    silent = launch_gateway(popen_kwargs={"stderr": subprocess.DEVNULL})
    configured = SparkConf(_jvm=silent.jvm).setAll([*_CONFIGURED.items()])
    context = SparkContext("local[1]", "netsym", gateway=silent, conf=configured)
    context.setLogLevel("OFF")
    return SparkSession(context)


SPARK = Engine(
    "Spark", _run, "pip install pyspark, and apt-get install openjdk-17-jre-headless",
    programs=("java",), modules=("pyspark",), null=True,
)  # fmt: skip
