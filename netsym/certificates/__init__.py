"""Certificates: what was written for another language, run there, and how far it is from netsym.

`certify` is the whole of it; an engine is a row of `ENGINES`, by the language that it runs, and a
file says how. `points` are the rows at which code is run beside those that a person gives.
"""

from __future__ import annotations

from netsym.certificates import (
    c,
    duckdb,
    excel,
    fortran,
    javascript,
    matlab,
    models,
    onnx,
    postgresql,
    python,
    r,
    spark,
    sqlite,
)
from netsym.certificates.engine import Engine

#: What runs each language that `--to` takes.
ENGINES: dict[str, Engine] = {
    "python": python.PYTHON,
    "numpy": python.NUMPY,
    "javascript": javascript.NODE,
    "c": c.GCC,
    "fortran": fortran.GFORTRAN,
    "matlab": matlab.OCTAVE,
    "r": r.RSCRIPT,
    "sql": duckdb.SQL_OF_NO_DIALECT,
    "sqlite": sqlite.SQLITE,
    "duckdb": duckdb.DUCKDB,
    "postgresql": postgresql.POSTGRESQL,
    "spark": spark.SPARK,
    "pyspark": spark.PYSPARK,
    "excel": excel.LIBREOFFICE,
    "casadi": models.CASADI,
    "pyomo": models.PYOMO,
    "onnx": onnx.ONNXRUNTIME,
}
