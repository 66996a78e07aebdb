"""The network on one line, with a letter for every array."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.notes.drawing import is_stack
from netsym.notes.note.content import WIDTH, Formula, Paragraph, Section, said
from netsym.notes.note.parts.equations import (
    aligned,
    left_out,
    lines_in,
    rows_of,
    shapes,
    spelled,
    the_ends,
)
from netsym.notes.note.story import Story
from netsym.wording import plural
from netsym.writers.array_latex import ArrayOnion

_MOST_LAYERS, _MOST_NODES = 5, 400
_MOST_ROWS, _TALLEST = 12, 110.0  # lines; points
_ASIDE = "a letter for every array"


def line(story: Story) -> Iterator[Section]:
    """Whole arrays in one formula; of very many layers, or of a cell, layer by layer."""
    whole = story.named.matrices
    sizes = shapes(whole, story)
    below = (Paragraph(sizes),) if sizes else ()
    written = _one(story)
    if written is not None:
        formula, gone = written
        dots = f"; {plural(gone, 'layer')} left out where the dots are" if gone else ""
        yield Section("On one line", (formula, *below), _ASIDE + dots)
        return
    rows = _of_a_cell(story) or rows_of(spelled(whole, story))
    kept = the_ends(rows) if lines_in(rows) > _MOST_ROWS else rows
    why = [said(f"There is no one line: {whole.why_not_one}.")] if whole.why_not_one else []
    yield Section("With whole arrays", (aligned(kept), *left_out(rows, kept), *why, *below), _ASIDE)


def _of_a_cell(story: Story) -> list[str]:
    """The formulas of what a step hands on, where that is; its gates have braces."""
    whole = story.named.matrices
    if not whole.is_of_one_step or whole.why_no_letters or whole.size.nodes > _MOST_NODES:
        return []
    rows = rows_of(spelled(whole.inlined, story, onion=True))
    return rows if lines_in(rows) <= _MOST_ROWS and aligned(rows).fits else []


def is_on_one_line(story: Story) -> bool:
    """Whether it is short enough to be told so; of a cell, what a step hands on."""
    return _one(story) is not None or bool(_of_a_cell(story))


def _one(story: Story) -> tuple[Formula, int] | None:
    """The one formula, where it is short, and how many layers of a stack are left out in it."""
    whole = story.named.matrices
    if whole.why_not_one or whole.size.nodes > _MOST_NODES:
        return None
    language, gone = spelled(whole.inlined, story, onion=True), 0
    if sum(1 for placed in story.told.layers if placed.parameters) > _MOST_LAYERS:
        if not is_stack(story.told):
            return None
        assert isinstance(language, ArrayOnion)
        gone = language.leave_out()
    rows = rows_of(language)
    found = aligned(rows)
    is_short = lines_in(rows) <= _MOST_ROWS and found.height(WIDTH) <= _TALLEST
    return (found, gone) if is_short and found.fits else None
