"""Writers: a formula in a form -> text. A file and a row per language.

`writer` is a row of the tables below. `ropes` joins pieces without copying and breaks lines,
`language` writes a formula in any language, `in_print` in any that is printed, `program` in any
that computes; `text`, `latex`, `mathml`, `spoken`, `python` and `sympy_code` say only what is their
own, and so do those that begin with `array`, for whole arrays. LaTeX has its names, widths, onion
and pages in files beside it.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

from netsym.wording import NARROWEST
from netsym.writers.notations import NOTATIONS
from netsym.writers.writer import Option, Writer


def _in(place: str, kinds: str = "") -> Callable[..., Any]:
    """A function of a file of this room, as "text.write_text", that is loaded when it is called.

    `kinds` says where the languages are that it writes in place of its own, as "array_text.KINDS".
    """

    def called(*given: Any, **options: Any) -> Any:
        if kinds:
            options["kinds"] = _found(kinds)
        return _found(place)(*given, **options)

    return called


def _found(place: str) -> Any:
    file, _, name = place.partition(".")
    return getattr(import_module(f"netsym.writers.{file}"), name)


#: What several languages have.
WIDTH = Option(
    "width", "Break lines there; the terminal's width on a terminal.", least=NARROWEST, layout=True
)
_TEXT = Writer(
    "text", _in("text.write_text"), spell=_in("text.spell_text"),
    options=(Option("ascii", "Text in plain ASCII."), WIDTH, Option("headings", layout=True)),
)  # fmt: skip
_LATEX = Writer(
    "latex", _in("latex_pages.write_latex"), spell=_in("latex_pages.spell_latex"),
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
    "mathml", _in("mathml.write_mathml"), spell=_in("mathml.spell_mathml"), suffixes=(".mml",),
    options=(Option("notation", words=tuple(NOTATIONS)),),
)  # fmt: skip
_SPOKEN = Writer("words", _in("spoken.write_spoken"), spell=_in("spoken.spell_spoken"))
_PYTHON = Writer("python", _in("python.write_python"), suffixes=(".py",))
_JAVASCRIPT = Writer("javascript", _in("javascript.write_javascript"), suffixes=(".mjs", ".js"))
_SYMPY = Writer("sympy", _in("sympy_code.write_sympy"), suffixes=(".py",))

#: The languages, by the name that `--to` takes.
WRITERS = {row.name: row for row in (_TEXT, _LATEX, _MATHML, _SPOKEN, _PYTHON, _JAVASCRIPT, _SYMPY)}


#: Those of whole arrays.
ARRAY_WRITERS = {
    row.name: Writer(
        row.name, _in(f"{file}.write_{word}", kinds), row.options,
        _in(f"{file}.spell_{word}", kinds), row.suffixes,
    )
    for row, file, word, kinds in (
        (_TEXT, "text", "text", "array_text.KINDS"),
        (_LATEX, "latex_pages", "latex", "array_latex.KINDS"),
        (_MATHML, "mathml", "mathml", "array_mathml.KINDS"),
        (_SPOKEN, "spoken", "spoken", "array_spoken.KINDS"),
    )
}  # fmt: skip
