r"""Back propagation on one page of LaTeX: Forward, Loss, Backward, Gradients and Shapes.

What differs by an index alone is one row, unit by unit and whole layers stand beside each other,
and where a loss and an activation cancel, the factors stand once, then the result.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from netsym.forms.array_form import ArrayForm
from netsym.forms.form import Form
from netsym.graph.names import Adjoints, Derivatives, Name
from netsym.writers.array_latex import ArrayLatex
from netsym.writers.latex import Latex
from netsym.writers.latex_pages import preamble
from netsym.writers.latex_widths import WIDTH, width_of
from netsym.writers.names_in_latex import shortened
from netsym.writers.notations import named_notation
from netsym.writers.palette import spelling
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import Equation

_LEAST = 3  # rows that are alike are one from that many on
_LETTERS = "jkl"
_TITLE, _GAP = 60.0, 10.0  # points: the column of titles, what is between columns
_PAGE = 480  # points of a line of a document, which is one page
_TALL = 660  # and of the text on it
#: A line between groups, with room above and below.
_LINE = " \\\\ \\\\[-1.5ex] \\hline \\\\[-1.5ex]\n"
_WIDE = 260.0  # a sum that is wider has dots
_INDICES = re.compile(r"(?<=_\{)[0-9,]+(?=\})")


@dataclass(frozen=True, slots=True)
class Slopes:
    """What is differentiated and its derivatives, both layer by layer; `taught` are the same
    derivatives, with the δ that is left where a loss and an activation cancel.
    """

    values: Form
    slopes: Form
    taught: Form | None = None


@dataclass(frozen=True, slots=True)
class _Row:
    """An equation as text, and the indices of what it defines."""

    name: Name
    left: str
    right: str

    @property
    def indices(self) -> tuple[int, ...]:
        names, place = self.name
        if isinstance(names, Derivatives):
            names, place = names.quotient(place)[1]
        return names.indices(place) if not names.literal else ()

    @property
    def family(self) -> object:
        """What rows share that may be one: the names that their own is among."""
        names, place = self.name
        return names.quotient(place)[1][0] if isinstance(names, Derivatives) else names


def write_groups(
    scalar: Slopes, whole: Slopes | None, *, each: bool = False, document: bool = False,
    notation: str = "ng", color: bool = False, short: bool = False, digits: int | None = None,
    only: Collection[str] = (), line: float | None = None,
) -> Iterator[str]:  # fmt: skip
    r"""The groups as an `array`, of units and, where they are known, of `whole` arrays.

    With `each`, rows that differ by an index alone are written one by one; `only` these groups are
    written, one alone without its title, in a `line` of so many points. The other options are those
    of `write_latex`.
    """
    kind, head, groups = _array(
        scalar, whole, each, only, short, line=line or (_PAGE if document else WIDTH),
        digits=digits, notation=named_notation(notation), color=spelling(color, document),
    )  # fmt: skip
    if not document:
        yield f"\\begin{{array}}{{{kind}}}\n{head}{_LINE.join(groups)}\n\\end{{array}}"
        return
    yield preamble(color, _PAGE, _TALL)
    parts = [_LINE.join(groups)] if sum(map(_height, groups)) <= _TALL else groups
    for number, part in enumerate(parts):  # what is taller breaks between groups
        above = "" if number else head
        yield f"\\[\n\\begin{{array}}{{{kind}}}\n{above}{part}\n\\end{{array}}\n\\]\n"
    yield "\\end{document}\n"


def _height(group: str) -> float:
    """How tall a group is, about, in points."""
    rows = group.count("&=") - group.count(" & \\frac")
    return 16.0 + 19.0 * rows + 24.0 * (group.count("\\\\[8pt]") + group.count("\\dfrac"))


def _array(
    scalar: Slopes, whole: Slopes | None, each: bool, only: Collection[str], short: bool,
    **options: Any,
) -> tuple[str, str, list[str]]:  # fmt: skip
    """The columns of the array, what stands above all, and the groups."""
    columns = [_groups(scalar, **_named(scalar, short, options))]
    if whole is not None:
        columns.append(_groups(whole, **_named(whole, short, options)))
        columns[1]["Loss"] = [] if columns[0]["Loss"] else columns[1]["Loss"]
    if only:
        columns = [{title: rows for title, rows in column.items() if title in only}
                   for column in columns]  # fmt: skip
    ranges = _Ranges()
    lines = [{title: list(_lines(rows, each, ranges)) for title, rows in column.items()}
             for column in columns]  # fmt: skip
    said = ranges.header
    cells = [{title: _aligned(_finished(rows, title, bool(said)), title)
              for title, rows in column.items()} for column in lines]  # fmt: skip
    title = 0 if len(only) == 1 else _TITLE
    beside = title + sum(_widest(column) + _GAP for column in cells) <= options["line"]
    table = [[title, *(column[title] for column in cells)] for title in cells[0]]
    if not beside:
        table = [[title, *filter(None, parts)] for title, *parts in table]
    count = 2 if beside and whole is not None else 1
    heads = [rf"\text{{unit by unit, }} {said}", *[r"\text{whole layers}"] * (count - 1)]
    head = " & " + " & ".join(heads) + " \\\\[1ex]\n" if said else ""
    rows = [list(_row_of_table(row, beside)) for row in table if any(row[1:])]
    if whole is not None and (not only or "Shapes" in only):
        shapes = _shapes(whole, _widest(cells[0]), **_named(whole, short, options))
        rows.append([rf"\textbf{{Shapes}} & {shapes}" + " & " * (count - 1)])
    if len(only) == 1:
        head, rows = head.removeprefix(" & "), [[_untitled(row) for row in rows[0]]]
    kind = "l" * (count + (len(only) != 1))
    return kind, head, [" \\\\ \\\\[-1.5ex]\n".join(lines) for lines in rows]


def _untitled(row: str) -> str:
    return row.partition(" & ")[2]


def _named(part: Slopes, short: bool, options: dict[str, Any]) -> dict[str, Any]:
    """The options, with a notation that is short for all of a column."""
    if not short:
        return options
    forms = [form for form in (part.values, part.slopes, part.taught) if form is not None]
    return {**options, "notation": shortened(options["notation"], forms)}


def _row_of_table(row: Sequence[str], beside: bool) -> Iterator[str]:
    """A group: its title, and its equations in two columns or below each other."""
    title, *cells = row
    if beside:
        yield rf"\textbf{{{title}}} & " + " & ".join(cells)
        return
    for number, cell in enumerate(cells):
        yield ("" if number else rf"\textbf{{{title}}}") + f" & {cell}"


def _groups(part: Slopes, **options: Any) -> dict[str, list[_Row]]:
    """The rows of every group, from the inputs to the loss, then from the loss back."""
    kind: Any = ArrayLatex if part.values.whole else Latex
    values, slopes = (kind(form, **options) for form in (part.values, part.slopes))
    found: dict[str, list[_Row]] = {"Forward": [], "Loss": [], "Backward": [], "Gradients": []}
    loss = part.values.loss
    for equation in values.equations():
        names = equation.binding.names
        late = loss and (equation.is_output or (names.layer or 0) >= loss)
        found["Loss" if late else "Forward"].append(_row(values, equation))
    known = {row.left for row in (*found["Forward"], *found["Loss"])}
    for equation in slopes.equations():
        names, row = equation.binding.names, _row(slopes, equation)
        if isinstance(names, (Adjoints, Derivatives)) or row.left not in known:
            found["Gradients" if isinstance(names, Derivatives) else "Backward"].append(row)
    if part.taught is not None:
        language = kind(part.taught, **options)
        taught = {row.left: row for row in (_row(language, e) for e in language.equations())}
        found["Backward"] = list(_cancelled(found["Backward"], taught, part.values.whole))
        used = [row.right for row in (*found["Backward"], *found["Gradients"])]
        found["Backward"] = [
            row for row in found["Backward"]
            if isinstance(row.name[0], Adjoints) or any(row.left in text for text in used)
        ]  # fmt: skip
    found["Backward"].sort(key=_order)
    found["Gradients"].sort(key=lambda row: -_layer(row))
    return found


def _order(row: _Row) -> tuple[int, tuple[int, ...]]:
    return -_layer(row), row.indices


def _layer(row: _Row) -> int:
    names, place = row.name
    if isinstance(names, Derivatives):
        names = names.quotient(place)[1][0]
    return names.layer or 0


def _row(language: Latex, equation: Equation) -> _Row:
    binding = equation.binding
    right = equation.right
    wide = language.width(right) > min(_WIDE, 0.6 * language.line)
    text = "".join(flat(_with_dots(right) if wide else right))
    return _Row((binding.names, binding.position), language.left(equation), text)


def _with_dots(piece: str | Rope) -> str | Rope:
    """Of long sums the first term, dots, and the last two; ropes are nested as functions are."""
    if isinstance(piece, str):
        return piece
    pieces = list(piece.pieces)
    if piece.separated and len(pieces) > 9:
        pieces = [*pieces[:1], r" + \cdots", *pieces[-4:]]
    return Rope([_with_dots(each) for each in pieces], piece.width, piece.separated)


def _cancelled(rows: Sequence[_Row], taught: dict[str, _Row], whole: bool) -> Iterator[_Row]:
    """Rows with what is left of them; what is passed to them stands in its place there."""
    passed = {row.left: row for row in rows if row.left not in taught}
    for row in rows:
        short = taught.get(row.left)
        if short is None:
            continue
        if short.right == row.right:
            yield row
            continue
        full = row.right
        for left, other in passed.items():
            full = full.replace(left, rf"\Bigl({other.right}\Bigr)", 1)
        is_short = not whole and width_of(full) < _WIDE - 40
        yield _Row(row.name, row.left, f"{full} = {short.right}" if is_short else short.right)


# -- rows that differ by an index ------------------------------------------------------------------
class _Ranges:
    """What the letters of indices count: said once above all, where each counts one thing."""

    def __init__(self) -> None:
        self.known: dict[str, set[str]] = {}

    def add(self, letter: str, numbers: Sequence[int]) -> str:
        shown = list(map(str, numbers))
        few = shown if len(shown) < 5 else [shown[0], r"\dots", shown[-1]]
        said = f"{letter} = {', '.join(few)}"
        self.known.setdefault(letter, set()).add(said)
        return said

    @property
    def header(self) -> str:
        """All of them, if no letter counts two things."""
        if any(len(said) > 1 for said in self.known.values()):
            return ""
        return r"\text{ and } ".join(said for group in self.known.values() for said in group)


@dataclass(frozen=True, slots=True)
class _Line:
    """An equation, with what its letters count, and the layer that it is of."""

    text: str
    ranges: tuple[str, ...] = ()
    layer: int = 0


def _lines(rows: Iterable[_Row], each: bool, ranges: _Ranges) -> Iterator[_Line]:
    for _, group in groupby(rows, lambda row: (type(row.name[0]), row.family)):
        alike = list(group)
        one = None if each or len(alike) < _LEAST else _as_one(alike, ranges)
        if one is not None:
            yield one
        else:
            yield from (_Line(f"{row.left} &= {row.right}", (), _layer(row)) for row in alike)


def _finished(lines: Sequence[_Line], title: str, said: bool) -> list[str]:
    """The lines as they are in `aligned`: derivatives of one layer in pairs."""
    if not said and any(line.ranges for line in lines):
        return [
            line.text + " && " * bool(line.ranges) + r",\; ".join(line.ranges) for line in lines
        ]
    if title != "Gradients":
        return [line.text for line in lines]
    found: list[str] = []
    for _, group in groupby(lines, lambda line: line.layer):
        texts = [line.text for line in group]
        found += [" & ".join(texts[n : n + 2]) for n in range(0, len(texts), 2)]
    return found


def _as_one(rows: Sequence[_Row], ranges: _Ranges) -> _Line | None:
    """One row with letters for indices; None if the rows differ by more than these."""
    axes = list(zip(*(row.indices for row in rows), strict=True))
    varying = [axis for axis in axes if len(set(axis)) > 1]
    if not varying or len(varying) > len(_LETTERS):
        return None
    texts = [f"{row.left} &= {row.right}" for row in rows]
    parts = [_INDICES.split(text) for text in texts]
    if any(part != parts[0] for part in parts):
        return None
    found = []
    for scripts in zip(*map(_scripts_of, texts), strict=True):
        if len({len(script) for script in scripts}) > 1:
            return None
        letters = [_letter(place, varying) for place in zip(*scripts, strict=True)]
        if None in letters:
            return None
        comma = "," if any(len(str(n)) > 1 and n.isdecimal() for n in map(str, letters)) else ""
        found.append(comma.join(map(str, letters)))
    pieces = [parts[0][0]]
    for script, literal in zip(found, parts[0][1:], strict=True):
        pieces += [script, literal]
    counted = zip(_LETTERS, varying, strict=False)
    said = tuple(ranges.add(letter, sorted(set(axis))) for letter, axis in counted)
    return _Line("".join(pieces), said, _layer(rows[0]))


def _scripts_of(text: str) -> list[list[str]]:
    """The indices of every name: 12 is 1 and 2, but 1,12 is 1 and 12."""
    found = _INDICES.findall(text)
    return [script.split(",") if "," in script else list(script) for script in found]


def _letter(place: Sequence[str], varying: Sequence[Sequence[int]]) -> str | None:
    """What an index is: the same number in all rows, or what an axis counts."""
    if len(set(place)) == 1:
        return place[0]
    numbers = [int(number) for number in place]
    letters = zip(_LETTERS, varying, strict=False)
    return next((letter for letter, axis in letters if numbers == list(axis)), None)


# -- the table -------------------------------------------------------------------------------------
def _widest(column: dict[str, str]) -> float:
    return max(map(width_of, column.values()))


def _aligned(lines: Sequence[str], title: str) -> str:
    space = "8pt" if title == "Gradients" else "4pt"
    body = f" \\\\[{space}]\n  ".join(lines)
    return "\\begin{aligned}[t]\n  " + body + "\n\\end{aligned}" if lines else ""


def _shapes(whole: Slopes, room: float, **options: Any) -> str:
    """What arrays the letters are, in lines of so many points; a number is not said."""
    form = whole.values
    assert isinstance(form, ArrayForm)
    language, lines = ArrayLatex(form, **options), [""]
    for (shape, _), letters in groupby(form.shapes, lambda each: (each[1], each[0].layer)):
        if shape in ((), (1,)):
            continue
        named = ", ".join(language.name(names, 0) for names, _ in letters)
        times = r" \times ".join(map(str, shape))
        said = rf"{named} \in \mathbf{{R}}^{{{times}}}"
        joined = rf"{lines[-1]},\quad {said}"
        if lines[-1] and width_of(joined) > room:
            lines.append(said)
        else:
            lines[-1] = joined if lines[-1] else said
    return _aligned([f"& {line}" for line in lines], "Shapes")
