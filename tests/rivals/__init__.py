"""Hand-written rivals, from the equations of the layers: the same networks in other systems.

A file per system, each in the fastest idiom found for it. A system is imported by the functions
that use it, so that one which is not installed is missed by its own rows alone.
"""

from tests.rivals import c, casadi, duckdb, numpy, onnxruntime, symengine, sympy

__all__ = ["c", "casadi", "duckdb", "numpy", "onnxruntime", "symengine", "sympy"]
