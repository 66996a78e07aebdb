"""PostgreSQL, which raises an error where others have infinity, or 0 for what is almost that."""

from __future__ import annotations

from collections.abc import Mapping

from netsym.writers.code.limits import Limit
from netsym.writers.code.program import written
from netsym.writers.code.sql import SQL, columns_of

# exp(-708) is the last that is no denormal number: what is made of one may be 0, which raises.
_SIGMOID = "CASE WHEN {0} < -708 THEN 0e0 WHEN -{0} < -708 THEN 1e0 ELSE 1e0/(1e0 + EXP(-{0})) END"
_EXP = """\
CASE WHEN {0} < -708 THEN 0e0 WHEN -{0} < -709.782712893384 THEN float8 'Infinity' \
ELSE EXP({0}) END"""


class PostgreSQL(SQL):
    """SQL for PostgreSQL 13 or later."""

    materialized = "MATERIALIZED "
    nan = "float8 'NaN'"
    infinity = "float8 'Infinity'"
    calls: Mapping[str, str] = {**SQL.calls, "exp": _EXP, "sigmoid": _SIGMOID}
    limits = (Limit("PostgreSQL", "columns", 1600, columns_of),)


write = written(PostgreSQL)
