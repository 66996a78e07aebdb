"""Writers: a formula in a form -> text. A file per language; every language takes every form.

`ropes` joins pieces without copying and breaks lines, `language` writes a formula in any
language; `text`, `latex`, `python` and `sympy_code` say only what is their own.
"""

from __future__ import annotations

from netsym.formula import WRITERS
from netsym.writers.latex import write_latex
from netsym.writers.python import write_python
from netsym.writers.sympy_code import write_sympy
from netsym.writers.text import write_text

WRITERS |= {
    "text": write_text,
    "latex": write_latex,
    "python": write_python,
    "sympy": write_sympy,
}
