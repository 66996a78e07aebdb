"""Writers: a formula in a form -> text. A file per language; every language takes every form.

`ropes` joins pieces without copying and breaks lines, `language` writes a formula in any
language; `text`, `latex`, `python` and `sympy_code` say only what is their own, and so do
`array_language`, `array_text` and `array_latex` for whole arrays.
"""

from __future__ import annotations

from netsym.array_formula import ARRAY_WRITERS
from netsym.formula import WRITERS
from netsym.writers.array_latex import write_array_latex
from netsym.writers.array_text import write_array_text
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
ARRAY_WRITERS |= {"text": write_array_text, "latex": write_array_latex}
