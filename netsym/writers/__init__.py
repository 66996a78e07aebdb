"""Writers: a formula in a form -> text. A file per language; every language takes every form.

`ropes` joins pieces without copying and breaks lines, `language` writes a formula in any
language; `text`, `latex`, `python` and `sympy_code` say only what is their own, and so do
`array_language`, `array_text` and `array_latex` for whole arrays. LaTeX has its names, widths,
onion and pages in files beside it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

from netsym.writers.array_latex import ArrayLatex
from netsym.writers.array_text import ArrayAscii, ArrayUnicode
from netsym.writers.latex import Latex
from netsym.writers.latex_onion import Onion
from netsym.writers.latex_pages import write_latex
from netsym.writers.python import write_python
from netsym.writers.sympy_code import write_sympy
from netsym.writers.text import Ascii, Unicode, write_text

Writer = Callable[..., Iterator[str]]

#: What writes a form, by the name that `--to` takes.
WRITERS: dict[str, Writer] = {
    "text": write_text,
    "latex": write_latex,
    "python": write_python,
    "sympy": write_sympy,
}

#: Languages whose equations can be asked for one by one; the second is with the option `ascii`, or
#: `onion`. Then those of whole arrays.
LANGUAGES: dict[str, tuple[Any, Any]] = {"text": (Unicode, Ascii), "latex": (Latex, Onion)}
ARRAY_LANGUAGES: dict[str, tuple[Any, Any]] = {
    "text": (ArrayUnicode, ArrayAscii),
    "latex": (ArrayLatex, None),
}

#: What writes a form of whole arrays.
ARRAY_WRITERS: dict[str, Writer] = {
    to: partial(WRITERS[to], kinds=kinds) for to, kinds in ARRAY_LANGUAGES.items()
}
