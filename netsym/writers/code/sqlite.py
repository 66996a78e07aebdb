"""SQLite, whose parser takes expressions that are not deep, and whose NaN is NULL."""

from __future__ import annotations

from collections.abc import Mapping

from netsym.writers.code.limits import Limit
from netsym.writers.code.program import written
from netsym.writers.code.sql import SQL, columns_of

_MOST = 100  # operands of MAX, which takes 127


class SQLite(SQL):
    """SQL for SQLite 3.35 or later, which comes with the mathematical functions."""

    deepest = 150
    quote = "`"  # what stands in " and is no column is a text in SQLite, and no mistake
    double = "REAL"
    materialized = "MATERIALIZED "
    nan = "NULL"
    infinity = "9e999"
    calls: Mapping[str, str] = {**SQL.calls, "relu": "MAX({0}, 0e0)"}
    guards: Mapping[str, str] = {"divide": SQL.guards["divide"], "log": SQL.guards["log"]}
    limits = (Limit("SQLite", "columns", 2000, columns_of),)

    def repeats(self, function: str) -> bool:
        return function not in ("max", "min") and super().repeats(function)

    def extreme(self, name: str, operands: list[str]) -> str:
        """MAX and MIN of several operands are NULL if one is."""
        while len(operands) > 1:
            groups = [operands[i : i + _MOST] for i in range(0, len(operands), _MOST)]
            operands = [f"{name.upper()}({', '.join(group)})" for group in groups]
        return operands[0]


write = written(SQLite)
