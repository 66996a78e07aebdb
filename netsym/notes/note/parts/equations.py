"""Equations as parts show them: row by row, of very many the ends; and the shapes of arrays."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, pairwise
from typing import Any

from netsym.array_formula import ArrayFormula
from netsym.formula import Formula as Face
from netsym.graph.names import Names
from netsym.layers import Shape
from netsym.notes.note.content import SMALL, WIDTH, Formula, Paragraph, Words, said
from netsym.notes.note.story import Story
from netsym.wording import plural
from netsym.writers.latex import Latex
from netsym.writers.latex_pages import equation_lines
from netsym.writers.latex_widths import CHARACTER

#: So many lines are read at a glance.
MOST_LINES = 40
#: The row that stands for those that are left out.
DOTS = r"&\;\;\vdots"
_CHARACTERS = int(WIDTH / SMALL / CHARACTER)  # of a line
_NEWLINE, _APART = " \\\\\n", " \\\\[4pt]\n"
_MOST_SHAPES = 12
_FIRST, _LAST = 6, 3  # rows that are shown of very many


def spelled(form: Face | ArrayFormula, story: Story, **options: Any) -> Latex:
    """What spells a form in LaTeX, in colors, its numbers rounded."""
    spell = form.writers["latex"].spell
    assert spell is not None
    found = spell(form, color=True, digits=story.digits, width=_CHARACTERS, **options)
    assert isinstance(found, Latex)
    return found


def equations(language: Latex) -> Iterator[str]:
    """Its equations one by one, each broken into lines."""
    for each in language.equations():
        yield "".join(equation_lines(language, each))


def rows_of(language: Latex) -> list[str]:
    """Its equations, and for which steps they hold."""
    found = list(equations(language))
    steps = "".join(Latex.remarks(language)).removeprefix(" \\\\[1ex]\n")
    return [*found, steps] if steps else found


def aligned(rows: Sequence[str]) -> Formula:
    """Equations below each other, their signs = too."""
    if len(rows) == 1 and _NEWLINE not in rows[0]:
        return Formula(rows[0].replace(" &= ", " = ", 1))
    text = rows[0]
    for above, row in pairwise(rows):  # fractions of two rows would touch
        text += (_APART if "frac{" in above + row else _NEWLINE) + row
    return Formula(f"\\begin{{aligned}}\n{text}\n\\end{{aligned}}")


def lines_in(rows: Sequence[str]) -> int:
    """How many lines equations take."""
    return sum(1 + row.count("\\\\") for row in rows)


def the_ends(rows: Sequence[str], first: int = _FIRST, last: int = _LAST) -> list[str]:
    """The first and the last of very many rows, with dots between."""
    if len(rows) <= first + last + 1:
        return list(rows)
    return [*rows[:first], DOTS, *rows[-last:]]


def left_out(rows: Sequence[str], shown: Sequence[str]) -> list[Paragraph]:
    """How many rows stand where the dots are."""
    count = len(rows) - len(shown) + 1
    return [said(f"{plural(count, 'equation')} more where the dots are.")] if count > 1 else []


def shapes(form: ArrayFormula, story: Story) -> Words:
    """What arrays the letters are, where they are more than a number."""
    language = spelled(form, story)
    alike = groupby(form.shapes, lambda each: (each[0].layer, each[1], each[0].letter[0]))
    return tuple(_shapes([(key[1], list(group)) for key, group in alike], language))


def _shapes(
    groups: Sequence[tuple[Shape, Sequence[tuple[Names, Shape]]]], language: Latex
) -> Iterator[str | Formula]:
    shown = [(shape, group) for shape, group in groups if shape not in ((), (1,))]
    more = len(shown) - _MOST_SHAPES
    for number, (shape, group) in enumerate(shown[:_MOST_SHAPES]):
        named = ", ".join(language.name(names, 0) for names, _ in group)
        times = r" \times ".join(map(str, shape))
        yield ", " if number else "with "
        yield Formula(rf"{named} \in \mathbf{{R}}^{{{times}}}")
    if more > 0:
        yield f", {plural(more, 'more array')}"
