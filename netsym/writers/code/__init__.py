"""Code: the languages that compute. `program` is what all share, a file each says the rest.

A language that is a row here is written by `--to`; `netsym.certificates` runs what it wrote.
"""

from __future__ import annotations

from netsym.errors import SpecError, did_you_mean
from netsym.writers.writer import Option, Writer, there

#: Where weights are written.
IN_PLACE, APART = "in-place", "separate"
WEIGHTS = Option("weights", "Where numbers are: in place, or apart, in arrays (C, NumPy) or a "
                 "table (SQL).", (IN_PLACE, APART))  # fmt: skip
SINGLE = Option("float", "C, ONNX: in single precision.")
NAMES = Option("names", "Code: what inputs are called there, as columns are.",
               metavar="x_1=age,…")  # fmt: skip
#: What all dialects of SQL may be asked for.
_SQL = (
    NAMES,
    WEIGHTS,
    Option("table", "SQL: the table; data without.", metavar="NAME"),
    Option("keep", "SQL: what stands beside the outputs, as id,name; the inputs without.",
           metavar="COLUMNS"),
)  # fmt: skip

#: The rows, in the order in which `--to` lists them.
PROGRAMS = (
    Writer("python", there("code.python.write"), (NAMES,), suffixes=(".py",)),
    Writer("numpy", there("code.numpy.write"), (NAMES, WEIGHTS), suffixes=(".py",), shared=True),
    Writer("javascript", there("code.javascript.write"), (NAMES,), suffixes=(".mjs", ".js")),
    Writer(
        "c", there("code.c.write"), suffixes=(".c", ".h"),
        options=(
            NAMES,
            SINGLE,
            WEIGHTS,
            Option("header", "C: a header, with the function in it as static inline."),
        ),
    ),
    Writer("fortran", there("code.fortran.write"), (NAMES,),
           suffixes=(".f90", ".f95", ".f03", ".f08")),
    Writer("matlab", there("code.matlab.write"), (NAMES,), suffixes=(".m",)),
    Writer("r", there("code.r.write"), (NAMES,), suffixes=(".r",)),
    *(
        Writer(name, there(f"code.{name}.write"), _SQL, suffixes=(".sql",), shared=True)
        for name in ("sql", "sqlite", "duckdb", "postgresql", "spark")
    ),
    Writer("pyspark", there("code.pyspark.write"), (NAMES,), suffixes=(".py",), shared=True),
    Writer("excel", there("code.excel.write"), (NAMES,), suffixes=(".xlsx",),
           file=there("code.workbook.workbook")),
    Writer("casadi", there("code.casadi.write"), (NAMES,), suffixes=(".py",), shared=True),
    Writer("pyomo", there("code.pyomo.write"), (NAMES,), suffixes=(".py",), shared=True),
    Writer("onnx", there("code.onnx.write"), (SINGLE,), suffixes=(".onnx",),
           file=there("code.onnx.model")),
    Writer("sympy", there("code.sympy.write"), suffixes=(".py",), shared=True),
)  # fmt: skip


def stands_apart(weights: str) -> bool:
    """Whether that is where weights are; raises `SpecError` for what is neither."""
    if weights not in WEIGHTS.words:
        raise SpecError(f"weights is {weights!r}; {did_you_mean(weights, WEIGHTS.words)}")
    return weights == APART
