"""DuckDB, where 1/0 is infinity as in float64; the logarithm of 0 raised an error before 2.0."""

from __future__ import annotations

from collections.abc import Mapping

from netsym.writers.code.program import written
from netsym.writers.code.sql import SQL


class DuckDB(SQL):
    """SQL for DuckDB 1.2 or later; a step is not computed anew where it is read."""

    double = "DOUBLE"
    guards: Mapping[str, str] = {name: SQL.guards[name] for name in ("log", "sqrt")}
    nan = "CAST('NaN' AS DOUBLE)"
    infinity = "CAST('Infinity' AS DOUBLE)"


write = written(DuckDB)
