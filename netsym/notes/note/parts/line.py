"""The network on one line, with a letter for every array."""

from __future__ import annotations

from collections.abc import Iterator

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
        yield Section("On one line", (written, *below), _ASIDE)
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


def _one(story: Story) -> Formula | None:
    """The one formula, where it is short."""
    whole = story.named.matrices
    layers = sum(1 for placed in story.told.layers if placed.parameters)
    if whole.why_not_one or layers > _MOST_LAYERS or whole.size.nodes > _MOST_NODES:
        return None
    rows = rows_of(spelled(whole.inlined, story, onion=True))
    found = aligned(rows)
    is_short = lines_in(rows) <= _MOST_ROWS and found.height(WIDTH) <= _TALLEST
    return found if is_short and found.fits else None
