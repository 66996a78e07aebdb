"""Equations in LaTeX as they stand on a page: in lines, as a fragment or as a document."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from math import ceil
from typing import TypeAlias

from netsym.errors import SpecError, checked_whole
from netsym.forms.form import Form
from netsym.graph.names import Derivatives
from netsym.watching import Watcher, no_watcher
from netsym.writers.latex import Latex
from netsym.writers.latex_boxes import Boxes
from netsym.writers.latex_chain_rule import ChainRule
from netsym.writers.latex_onion import Onion
from netsym.writers.latex_widths import CHARACTER, WIDTH
from netsym.writers.names_in_latex import shortened
from netsym.writers.notations import named_notation
from netsym.writers.palette import LAYERS, LOSS, spelling
from netsym.writers.ropes import Layout
from netsym.writers.spelling import Equation

#: What spells a form, the same as an onion, and as boxes.
Kinds: TypeAlias = tuple[type[Latex], type[Onion], type[Boxes]]

_PAGE = 550.0  # points of the text of a page
_HEIGHTS = {r"\dfrac": 27.0, r"\Biggl": 26.0, r"\biggl": 24.0, r"\Bigl": 21.0}
_END = re.compile(r"\\\\(?:\[\w+\])?\n")
_INDENT = 10.0  # of a \\quad
_COLORS = "".join(
    f"\\definecolor{{{color.name}}}{{HTML}}{{{color.light}}}\n" for color in (*LAYERS, LOSS)
)


def write_latex(
    formula: Form,
    *,
    document: bool = False,
    notation: str = "ng",
    onion: bool | str = False,
    color: bool = False,
    short: bool = False,
    width: int | None = None,
    digits: int | None = None,
    progress: Watcher = no_watcher,
    kinds: Kinds = (Latex, Onion, Boxes),
) -> Iterator[str]:
    r"""A form in LaTeX, piece by piece: a fragment for display mathematics, or a `document`.

    `notation` is "ng", "cs229" or "nielsen"; `onion` names every unit of an inlined formula, and of
    whole arrays every layer, and writes once what is read again, with "full" every copy, with
    "boxes" in boxes of TikZ; an inlined cost is written so, too, with the names of what is read
    again alone; `color` gives each layer a colour (`\textcolor`, from xcolor with `svgnames`);
    `short` leaves out an index that all names of a letter have alike. Lines are broken at `width`,
    in characters, 76 of which are as wide as a page. Raises `SpecError` for an unknown notation.
    """
    language = spell_latex(
        formula, digits=digits, notation=notation, onion=onion, color=color, short=short,
        width=width, progress=progress, kinds=kinds, document=document,
    )  # fmt: skip
    lines = _lines(language)
    return _document(lines, color, isinstance(language, Boxes)) if document else _fragment(lines)


def spell_latex(
    formula: Form,
    *,
    digits: int | None = None,
    notation: str = "ng",
    onion: bool | str = False,
    color: bool = False,
    short: bool = False,
    width: int | None = None,
    progress: Watcher = no_watcher,
    kinds: Kinds = (Latex, Onion, Boxes),
    document: bool = False,
) -> Latex:
    """What spells the equations of a form in LaTeX; see `write_latex`."""
    chosen = named_notation(notation)
    if short:
        chosen = shortened(chosen, [formula])
    line = WIDTH if width is None else checked_whole("width", width, 1) * CHARACTER
    options = (digits, chosen, spelling(color, document), line, progress)
    if isinstance(formula.outputs[0].names, Derivatives):
        if onion == "boxes":
            raise SpecError("factors of the chain rule have braces, not boxes; take --onion alone")
        return (ChainRule if onion else kinds[0])(formula, *options)
    if formula.form != "inlined" or not (onion or formula.loss):
        return kinds[0](formula, *options)  # other forms name their values by themselves
    if onion == "full":
        return kinds[1](formula, *options, once=False)
    spell = kinds[2] if onion == "boxes" else kinds[1]
    return spell(formula, *options, shown=bool(onion))


def _lines(language: Latex) -> Iterator[str]:
    equations = list(language.equations())
    lefts = list(map(language.left, equations))
    widest = max(map(language.measure, lefts))
    for number, equation in enumerate(equations):
        if number:  # fractions of two rows would touch
            yield " \\\\[4pt]\n" if lefts[number - 1].startswith(r"\frac") else " \\\\\n"
        yield from equation_lines(language, equation, widest)
    room = 0.0
    if len(equations) == 1 and language.formula.form == "inlined":
        beside = language.measure(f"{lefts[0]} = ") + language.width(equations[0].right)
        room = language.line - beside
    yield from language.remarks(room)


def equation_lines(language: Latex, equation: Equation, widest: float = 0.0) -> Iterator[str]:
    """An equation as `aligned` has it beside others, of which the `widest` left side is so wide;
    broken where its line is too long, in pieces.
    """
    left = language.left(equation)
    own = language.measure(left)
    room = language.line - max(widest, own) + own
    layout = Layout(room, language.measure, _newline, _INDENT, begins=_begins,
                    short=3 * CHARACTER, ends_open=False, known=language.broken)  # fmt: skip
    return layout.lines(f"{left} &= ", equation.right, own)


def _newline(level: int) -> str:
    return " \\\\\n&" + r"\quad" * max(level, 1) + " "


def _begins(separator: str) -> str:
    r"""How a line goes on with a sign; with factors that no sign is between, it has one: \cdot."""
    if separator.startswith(","):
        return ""
    return "{}" + (separator.lstrip() if separator.strip(r" \,") else r"\cdot ")


def _fragment(lines: Iterator[str]) -> Iterator[str]:
    first, rest = _held(lines)
    if rest is None:
        yield first.replace(" &= ", " = ", 1)
        return
    yield "\\begin{aligned}\n"
    yield first
    yield from rest
    yield "\n\\end{aligned}"


def _document(lines: Iterator[str], color: bool, boxes: bool) -> Iterator[str]:
    yield preamble(color, tikz=boxes) + "\\begin{align*}\n"
    yield from lines
    yield "\n\\end{align*}\n\\end{document}\n"


def preamble(color: bool = False, width: int = 440, height: int = 0, tikz: bool = False) -> str:
    """How a document begins, whose text is so many points wide; of one page, how tall too."""
    tall = rf"\setlength{{\textheight}}{{{height}pt}}\setlength{{\topmargin}}{{-50pt}}"
    page = f"{tall}\n\\pagestyle{{empty}}\n" if height else ""
    colors = ("\\usepackage{xcolor}\n" + _COLORS) if color else ""
    colors = "\\usepackage{tikz}\n" * tikz + colors
    return (
        f"\\documentclass{{article}}\n\\usepackage{{amsmath}}\n{colors}\\setlength{{\\textwidth}}{{{width}pt}}\n"
        f"\\setlength{{\\oddsidemargin}}{{{226 - width // 2}pt}}\n"
        f"{page}\\allowdisplaybreaks\n\\begin{{document}}\n"
    )


def pages_of(pieces: Iterable[str], told: Callable[[int], None]) -> Iterator[str]:
    """A document in LaTeX as it is, piece by piece; in the end it is told about how many pages."""
    tall, line = 0.0, ""
    for piece in pieces:
        yield piece
        *ended, line = _END.split(line + piece)
        tall += sum(map(_height, ended))
    told(ceil((tall + _height(line)) / _PAGE))


def _height(line: str) -> float:
    """How tall a line is, about, in points; it has a name with scripts at least."""
    sizes = (tall for sign, tall in _HEIGHTS.items() if sign in line)
    return max(sizes, default=19.0)


def _held(lines: Iterator[str]) -> tuple[str, Iterator[str] | None]:
    """The whole text if it is one line, else its beginning and the rest."""
    first = ""
    for piece in lines:
        first += piece
        if "\\\\" in piece:
            return first, lines
    return first, None
