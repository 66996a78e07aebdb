"""Writers: a formula in a form -> text. A file and a row per language.

`writer` is a row of the tables below. `ropes` joins pieces without copying and breaks lines,
`language` writes a formula in any language, `program` in any that computes; `text`, `latex`,
`python` and `sympy_code` say only what is their own, and so do `array_language`, `array_text` and
`array_latex` for whole arrays. LaTeX has its names, widths, onion and pages in files beside it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from netsym.writers.array_latex import ArrayLatex
from netsym.writers.array_text import ArrayAscii, ArrayUnicode
from netsym.writers.latex_pages import spell_latex, write_latex
from netsym.writers.python import write_python
from netsym.writers.sympy_code import write_sympy
from netsym.writers.text import spell_text, write_text
from netsym.writers.writer import Writer

_TEXT = Writer(
    "text", write_text, options=("ascii",), layout=("width", "headings"), spell=spell_text
)
_LATEX = Writer(
    "latex", write_latex, options=("notation", "onion", "color"), layout=("width", "document"),
    spell=spell_latex, suffixes=(".tex",),
)  # fmt: skip
_PYTHON = Writer("python", write_python, suffixes=(".py",))
_SYMPY = Writer("sympy", write_sympy)

#: The languages, by the name that `--to` takes.
WRITERS = {row.name: row for row in (_TEXT, _LATEX, _PYTHON, _SYMPY)}

_ARRAY_KINDS = {_TEXT: (ArrayUnicode, ArrayAscii), _LATEX: (ArrayLatex, None)}
#: Those of whole arrays.
ARRAY_WRITERS = {
    row.name: replace(
        row, write=partial(row.write, kinds=kinds), spell=partial(row.spell, kinds=kinds)
    )
    for row, kinds in _ARRAY_KINDS.items()
    if row.spell is not None
}
