"""Code: the languages that compute. `program` is what all share, a file each says the rest.

A language that is a row here is written by `--to`; `netsym.certificates` runs what it wrote.
"""

from __future__ import annotations

from netsym.writers.writer import Option, Writer, there

#: What all dialects of SQL may be asked for.
_SQL = (
    Option("table", "SQL: the table; data without.", metavar="NAME"),
    Option("keep", "SQL: what stands beside the outputs, as id,name; the inputs without.",
           metavar="COLUMNS"),
)  # fmt: skip

#: The rows, in the order in which `--to` lists them.
PROGRAMS = (
    Writer("python", there("code.python.write"), suffixes=(".py",)),
    Writer("numpy", there("code.numpy.write"), suffixes=(".py",), shared=True),
    Writer("javascript", there("code.javascript.write"), suffixes=(".mjs", ".js")),
    Writer(
        "c", there("code.c.write"), suffixes=(".c", ".h"),
        options=(
            Option("float", "C: in single precision."),
            Option("header", "C: a header, with the function in it as static inline."),
        ),
    ),
    *(
        Writer(name, there(f"code.{name}.write"), _SQL, suffixes=(".sql",), shared=True)
        for name in ("sql", "sqlite", "duckdb", "postgresql", "spark")
    ),
    Writer("pyspark", there("code.pyspark.write"), suffixes=(".py",), shared=True),
    Writer("sympy", there("code.sympy.write"), suffixes=(".py",), shared=True),
)  # fmt: skip
