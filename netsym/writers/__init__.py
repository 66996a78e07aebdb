"""Writers: a formula in a form -> text. A file and a row per language.

`writer` is a row of the tables below. `ropes` joins pieces without copying and breaks lines,
`language` writes a formula in any language, `in_print` in any that is printed, `program` in any
that computes; `text`, `latex`, `mathml`, `spoken`, `python` and `sympy_code` say only what is their
own, and so do those that begin with `array`, for whole arrays. LaTeX has its names, widths, onion
and pages in files beside it.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from netsym.wording import NARROWEST
from netsym.writers.array_latex import ArrayBoxes, ArrayLatex, ArrayOnion
from netsym.writers.array_mathml import spell_array_mathml, write_array_mathml
from netsym.writers.array_spoken import ArraySpoken
from netsym.writers.array_text import ArrayAscii, ArrayUnicode
from netsym.writers.javascript import write_javascript
from netsym.writers.latex_pages import spell_latex, write_latex
from netsym.writers.mathml import spell_mathml, write_mathml
from netsym.writers.names_in_latex import NOTATIONS
from netsym.writers.python import write_python
from netsym.writers.spoken import spell_spoken, write_spoken
from netsym.writers.sympy_code import write_sympy
from netsym.writers.text import spell_text, write_text
from netsym.writers.writer import Option, Writer

#: What several languages have.
WIDTH = Option(
    "width", "Break lines there; the terminal's width on a terminal.", least=NARROWEST, layout=True
)
_TEXT = Writer(
    "text", write_text, spell=spell_text,
    options=(Option("ascii", "Text in plain ASCII."), WIDTH, Option("headings", layout=True)),
)  # fmt: skip
_LATEX = Writer(
    "latex", write_latex, spell=spell_latex, suffixes=(".tex",),
    options=(
        WIDTH,
        Option("document", "LaTeX: a file that compiles.", layout=True),
        Option("notation", "LaTeX: how layers and units are numbered.", tuple(NOTATIONS)),
        Option("onion", "LaTeX: what is in what, each part with its name; what is read again is "
               "written once, with full every time, with boxes in boxes of TikZ.",
               ("once", "full", "boxes"), alone="once"),
        Option("color", "LaTeX: one colour per layer."),
        Option("short", "LaTeX: without an index that all names of a letter have alike."),
    ),
)  # fmt: skip
_MATHML = Writer(
    "mathml", write_mathml, spell=spell_mathml, suffixes=(".mml",),
    options=(Option("notation", words=tuple(NOTATIONS)),),
)  # fmt: skip
_SPOKEN = Writer("words", write_spoken, spell=spell_spoken)
_PYTHON = Writer("python", write_python, suffixes=(".py",))
_JAVASCRIPT = Writer("javascript", write_javascript, suffixes=(".mjs", ".js"))
_SYMPY = Writer("sympy", write_sympy, suffixes=(".py",))

#: The languages, by the name that `--to` takes.
WRITERS = {row.name: row for row in (_TEXT, _LATEX, _MATHML, _SPOKEN, _PYTHON, _JAVASCRIPT, _SYMPY)}


def _of_arrays(row: Writer, *kinds: Any) -> Writer:
    assert row.spell is not None
    write, spell = partial(row.write, kinds=kinds), partial(row.spell, kinds=kinds)
    return replace(row, write=write, spell=spell)


_ARRAY_ROWS = (
    _of_arrays(_TEXT, ArrayUnicode, ArrayAscii),
    _of_arrays(_LATEX, ArrayLatex, ArrayOnion, ArrayBoxes),
    replace(_MATHML, write=write_array_mathml, spell=spell_array_mathml),
    _of_arrays(_SPOKEN, ArraySpoken),
)
#: Those of whole arrays.
ARRAY_WRITERS = {row.name: row for row in _ARRAY_ROWS}
