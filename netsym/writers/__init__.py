"""Writers: a formula in a form -> text. A file per language; every language takes every form.

`ropes` joins pieces without copying and breaks lines, `language` writes a formula in any
language; `text`, `latex`, `python` and `sympy_code` say only what is their own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netsym.writers.latex import write_latex
from netsym.writers.python import write_python
from netsym.writers.sympy_code import write_sympy
from netsym.writers.text import write_text

#: What writes a form, by the name that `--to` takes.
WRITERS: dict[str, Callable[..., Iterator[str]]] = {
    "text": write_text,
    "latex": write_latex,
    "python": write_python,
    "sympy": write_sympy,
}
