"""Rivals: the same networks in other systems, by hand from the equations of the layers.

A file per system, each in the fastest idiom found for it; m2cgen and orbital write code themselves,
for models of scikit-learn. A system is imported by the functions
that use it, so that one which is not installed is missed by its own rows alone.
"""

from tests.rivals import (
    c,
    casadi,
    duckdb,
    m2cgen,
    numpy,
    onnxruntime,
    orbital,
    symengine,
    sympy,
)

__all__ = [
    "c",
    "casadi",
    "duckdb",
    "m2cgen",
    "numpy",
    "onnxruntime",
    "orbital",
    "symengine",
    "sympy",
]
