"""Code: the languages that compute. `program` is what all share, a file each says the rest.

A language that is a row here is written by `--to`; `netsym.certificates` runs what it wrote.
"""

from __future__ import annotations

from netsym.writers.code import c, javascript, numpy, python, sympy

#: The rows, in the order in which `--to` lists them.
PROGRAMS = (python.ROW, numpy.ROW, javascript.ROW, c.ROW, sympy.ROW)
