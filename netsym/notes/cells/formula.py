"""The cell of a formula: all of it in columns, or its size, its first and its last unit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from html import escape
from itertools import groupby

from netsym.forms.form import Binding, layered
from netsym.forms.sizes import MAX_NODES, shown
from netsym.forms.written_once import written_once
from netsym.formula import Face
from netsym.graph.names import Derivatives
from netsym.notes.cells.fragments import (
    MOST_LINES,
    Cell,
    Fragment,
    aside,
    first_lines,
    line,
    strong,
    titled,
)
from netsym.notes.cells.mathml import InColumns, Letters, LettersInside, LettersSpoken, lines
from netsym.notes.cells.shortened import UNITS, equation_alone, is_shortened, shortened
from netsym.writers.array_latex import ArrayBoxes
from netsym.writers.latex_in_mathml import in_mathml
from netsym.writers.latex_pages import write_latex
from netsym.writers.mathml import table_row
from netsym.writers.spoken import Spoken, heard
from netsym.writers.text import heading_of

_DIGITS = 3
_MOST_NODES, _HIGHEST = 2_000, 60  # of what may fit into a cell
_MOST_READ, _MOST_BUILT = 20_000, 1_000_000  # nodes of a graph that is shortened, or looked into
_WIDTH = 100
_NAMED = UNITS | {"z"}  # values that are written once


def cell(formula: Face) -> Cell:
    """What a notebook shows of a formula in any form."""
    plain, whole = _plain(formula), equations(formula)
    if whole is not None:
        said = _notes(_once(formula))
        notes = [line(aside(f"{'; '.join(said)}: print it for all"))] if said else []
        return Cell(plain, (whole, *notes))
    size, ends = formula.size, _ends(formula)
    said = [*_notes(*(each for _, each in ends)), _all_of(formula)]
    return Cell(
        plain,
        (
            line(
                strong(f"{formula.form} formula"),
                aside(f"{shown(size.nodes)} nodes, height {size.height:,}"),
            ),
            *([titled((name, math(each)) for name, each in ends)] if ends else []),
            line(aside("; ".join(said))),
        ),
    )


def _plain(formula: Face) -> str:
    """The formula as text, if it is short; else its size and both ends."""
    short = _short(formula, shortened)
    if short is not None:
        return "\n".join(first_lines(short.text(width=_WIDTH)))
    said = f"{shown(formula.size.nodes)} nodes, height {formula.size.height:,}"
    ends = (f"{each.text(digits=_DIGITS)}  ({name})" for name, each in _ends(formula))
    return "\n".join(
        first_lines("\n".join([f"{formula.form} formula: {said}", *ends, _all_of(formula)]))
    )


def equations(form: Face, most: int = MOST_LINES - 2) -> Fragment | None:
    """All equations of a form, if they are at most so many lines."""
    short = _short(form, _once)
    if short is None:
        return None
    found = math(short)
    return found if lines(found.html) <= most else None


def _once(form: Face) -> Face:
    """The form with long sums shortened, in which a value that is read again is written once."""
    short = shortened(form)
    is_one = form.form == "inlined" and not form.whole
    return written_once(short, _NAMED) if is_one else short


def _short(form: Face, made: Callable[[Face], Face]) -> Face | None:
    """The form as it may fit into a cell, if it may."""
    if len(form.graph) > _MOST_READ:
        return None
    short = made(form)
    size = short.size
    return short if size.nodes <= _MOST_NODES and size.height <= _HIGHEST else None


def math(form: Face) -> Fragment:
    """The equations of a form, those of a layer together, with its heading beside them."""
    by_layers = form.stops_at_names and len(form.headings) > 1 and not form.whole
    groups = [("", _whole(form))] if form.whole else list(_groups(form, by_layers))
    rows = "".join(f"<tr><th>{escape(title)}</th><td>{each}</td></tr>" for title, each in groups)
    html = f'<table class="groups">{rows}</table>' if by_layers else groups[0][1]
    latex = form.latex(digits=_DIGITS, onion=_is_onion(form), max_nodes=None)
    return Fragment(f'<div class="formula">{html}</div>', f"$$\n{latex}\n$$")


def _groups(form: Face, by_layers: bool) -> Iterator[tuple[str, str]]:
    """The equations with what they stand under; derivatives side by side, others in columns."""
    language, words = InColumns(form, _DIGITS), Spoken(form, _DIGITS)
    remarks = "".join(
        f'<mtr><mtd></mtd><mtd class="remark">{remark}</mtd></mtr>' for remark in language.remarks()
    )
    both = zip(language.equations(), words.equations(), strict=True)
    for title, pairs in groupby(both, lambda pair: heading_of(pair[0], form) if by_layers else ""):
        group = list(pairs)
        rows = ["".join(table_row(language, equation)) for equation, _ in group]
        said = ["".join(words.sentence(equation)) for _, equation in group]
        is_last = group[-1][0].binding is form.outputs[-1]
        if by_layers and _is_derivative(group[0][0].binding):
            each = "".join(map(_math, rows, said))
            yield title, f'<div class="many">{each}</div>'
        else:
            yield title, _math("".join(rows) + remarks * is_last, "; ".join(said))


def _whole(form: Face) -> str:
    """The equations of whole arrays."""
    words = LettersSpoken(form, _DIGITS)
    said = "; ".join("".join(words.sentence(each)) for each in words.equations())
    kinds = (Letters, LettersInside, ArrayBoxes)
    latex = write_latex(form, digits=_DIGITS, onion=_is_onion(form), color=True, kinds=kinds)
    return _spoken(in_mathml("".join(latex)), said)


def _math(rows: str, words: str) -> str:
    return _spoken(f'<mtable displaystyle="true">{rows}</mtable>', words)


def _spoken(inside: str, words: str) -> str:
    said = escape(heard([words]).replace("⋯", "and so on"))
    return f'<math display="block" alttext="{said}">{inside}</math>'


def _is_onion(form: Face) -> bool:
    """Whether the values in its one formula have their names."""
    return form.form == "inlined" and not _is_derivative(form.outputs[0])


def _is_derivative(binding: Binding) -> bool:
    return isinstance(binding.names, Derivatives)


def _notes(*forms: Face) -> list[str]:
    """What of forms is not shown as it is."""
    said = ["dots stand for terms that are left out"] if any(map(is_shortened, forms)) else []
    if any(form.text() != form.text(digits=_DIGITS) for form in forms):
        said.append(f"numbers are rounded to {_DIGITS} digits")
    return said


def _ends(form: Face) -> list[tuple[str, Face]]:
    """The first and the last equation of a form, each by the names of the values before."""
    if len(form.graph) > _MOST_BUILT or form.whole or form.form not in ("inlined", "layered"):
        return []
    named = layered(form)
    count = len(named.bindings) + len(named.outputs)
    if not named.bindings:
        return []
    both = {f"the first of {count:,}": named.bindings[0], "the last": named.outputs[-1]}
    return [(said, shortened(equation_alone(named, each))) for said, each in both.items()]


def _all_of(form: Face) -> str:
    """How to get all of it."""
    if form.size.nodes <= MAX_NODES:
        return 'print it for all of it, or its latex(); write("text") gives it piece by piece'
    if form.form == "inlined":
        return (
            f"more than the {MAX_NODES:,} nodes that are written out: the layered form has every "
            "value once"
        )
    return f"more than the {MAX_NODES:,} nodes that are written out; text(max_nodes=…) writes more"
