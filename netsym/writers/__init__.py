"""Writers: a formula in a form -> text. A file and a row per language.

`writer` is a row of the tables below. `ropes` joins pieces without copying and breaks lines, those
in one of the `frames` alike; `dense_rows` finds sums of products that are written row by row.
`language` writes a formula in any language, `in_print` in any that is printed; `text`, `latex`,
`mathml` and `spoken` say only what is their own, and so do those that begin with `array`, for whole
arrays. LaTeX has its names, widths, onion and pages in files beside it. The room `code` has the
languages that compute.
"""

from __future__ import annotations

from dataclasses import replace

from netsym.wording import NARROWEST
from netsym.writers.code import PROGRAMS
from netsym.writers.notations import NOTATIONS
from netsym.writers.writer import Option, Writer, there

#: What several languages have.
WIDTH = Option(
    "width", "Break lines there; the terminal's width on a terminal.", least=NARROWEST, layout=True
)
_TEXT = Writer(
    "text", there("text.write_text"), spell=there("text.spell_text"),
    options=(Option("ascii", "Text in plain ASCII."), WIDTH, Option("headings", layout=True)),
)  # fmt: skip
_LATEX = Writer(
    "latex", there("latex_pages.write_latex"), spell=there("latex_pages.spell_latex"),
    suffixes=(".tex",),
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
    "mathml", there("mathml.write_mathml"), spell=there("mathml.spell_mathml"), suffixes=(".mml",),
    options=(Option("notation", words=tuple(NOTATIONS)),),
)  # fmt: skip
_SPOKEN = Writer("words", there("spoken.write_spoken"), spell=there("spoken.spell_spoken"))

#: The languages, by the name that `--to` takes.
WRITERS = {row.name: row for row in (_TEXT, _LATEX, _MATHML, _SPOKEN, *PROGRAMS)}


def _of_arrays(row: Writer, file: str, word: str, kinds: str = "") -> Writer:
    write, spell = there(f"{file}.write_{word}", kinds), there(f"{file}.spell_{word}", kinds)
    return replace(row, write=write, spell=spell)


_ARRAY_ROWS = (
    _of_arrays(_TEXT, "text", "text", "array_text.KINDS"),
    _of_arrays(_LATEX, "latex_pages", "latex", "array_latex.KINDS"),
    _of_arrays(_MATHML, "array_mathml", "array_mathml"),
    _of_arrays(_SPOKEN, "spoken", "spoken", "array_spoken.KINDS"),
)
#: Those of whole arrays.
ARRAY_WRITERS = {row.name: row for row in _ARRAY_ROWS}
