"""Code: the languages that compute. `program` is what all share, a file each says the rest.

A language that is a row here is written by `--to`; `netsym.certificates` runs what it wrote.
"""

from __future__ import annotations

from netsym.writers.writer import Option, Writer, there

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
    Writer("fortran", there("code.fortran.write"), suffixes=(".f90", ".f95", ".f03", ".f08")),
    Writer("matlab", there("code.matlab.write"), suffixes=(".m",)),
    Writer("r", there("code.r.write"), suffixes=(".r",)),
    Writer("excel", there("code.excel.write"), suffixes=(".xlsx",),
           file=there("code.workbook.workbook")),
    Writer("casadi", there("code.casadi.write"), suffixes=(".py",), shared=True),
    Writer("pyomo", there("code.pyomo.write"), suffixes=(".py",), shared=True),
    Writer("onnx", there("code.onnx.write"), suffixes=(".onnx",), file=there("code.onnx.model")),
    Writer("sympy", there("code.sympy.write"), suffixes=(".py",), shared=True),
)  # fmt: skip
