"""Writers: a formula in a form -> text. A file per language; every language takes every form.

`ropes` joins pieces without copying and breaks lines, `language` writes a formula in any
language; `text`, `latex`, `python` and `sympy_code` say only what is their own, and so do
`array_language`, `array_text` and `array_latex` for whole arrays. LaTeX has its names, widths,
onion and pages in files beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from netsym.writers.array_latex import write_array_latex
from netsym.writers.array_text import write_array_text
from netsym.writers.latex_pages import write_latex
from netsym.writers.python import write_python
from netsym.writers.sympy_code import write_sympy
from netsym.writers.text import write_text

Writer = Callable[..., Iterator[str]]

#: What writes a form, by the name that `--to` takes.
WRITERS: dict[str, Writer] = {
    "text": write_text,
    "latex": write_latex,
    "python": write_python,
    "sympy": write_sympy,
}

#: What writes a form of whole arrays.
ARRAY_WRITERS: dict[str, Writer] = {"text": write_array_text, "latex": write_array_latex}
