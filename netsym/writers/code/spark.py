"""Spark, where 1/0 raises an error and the logarithm of 0 is NULL."""

from __future__ import annotations

from collections.abc import Mapping

from netsym.writers.code.program import written
from netsym.writers.code.sql import SQL


class Spark(SQL):
    """SQL for Spark 3.1 or later, in ANSI mode or not."""

    quote = "`"
    double = "DOUBLE"
    nan = "DOUBLE('NaN')"
    infinity = "DOUBLE('Infinity')"
    made = "CREATE TABLE {} (name STRING, value {}) USING parquet"
    calls: Mapping[str, str] = {**SQL.calls, "expm1": "EXPM1({0})", "log1p": "LOG1P({0})"}
    guards: Mapping[str, str] = {"divide": SQL.guards["divide"], "log": SQL.guards["log"]}


write = written(Spark)
