"""The network layer by layer: unit by unit while these are few, else whole arrays."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.notes.note.content import SMALL, WIDTH, Block, Formula, Section, said
from netsym.notes.note.parts.equations import aligned, lines_in, rows_of, spelled, the_ends
from netsym.notes.note.parts.line import is_on_one_line
from netsym.notes.note.story import MOST_UNITS, Story
from netsym.wording import joined
from netsym.writers.latex_groups import Slopes, write_groups

_TITLE = "Layer by layer"
_MOST_HEADINGS = 3


def layers(story: Story) -> Iterator[Section]:
    """Every unit, or what is applied many times once; whole arrays where these are too many."""
    if story.trained:
        yield Section(_TITLE, tuple(_trained(story)))
        return
    for formula in _versions(story):
        if formula.fits:
            yield Section(_TITLE, (formula,), _headings(story))


def _trained(story: Story) -> Iterator[Block]:
    """Layers of numbers, each with its title, and softmax once."""
    for placed, number in story.scalers:
        yield said(f"The scaler ({joined(placed.parameters)}) is multiplied into layer {number}.")
    for group in story.trained:
        if "onion" not in group.title:
            yield said(f"{group.title}: {group.aside}")
            yield Formula(group.body)


def _versions(story: Story) -> Iterator[Formula]:
    told = story.told
    if told.is_written_once:
        rows = rows_of(spelled(told.once, story))
        yield from [aligned(rows)] * (lines_in(rows) <= MOST_UNITS)
    elif story.is_of_dense_layers and story.units <= MOST_UNITS:
        yield _units(story)
    elif not story.is_vast and len(told.layered.bindings) + len(told.layered.outputs) <= MOST_UNITS:
        yield aligned(rows_of(spelled(told.layered, story)))
    if is_on_one_line(story):
        rows = rows_of(spelled(story.named.matrices, story))
        yield aligned(the_ends(rows) if lines_in(rows) > MOST_UNITS else rows)


def _units(story: Story) -> Formula:
    """Each unit; of letters what differs by an index is one row, beside whole layers."""
    told = story.told
    sides = Slopes(told.layered, told.layered), Slopes(told.matrices, told.matrices)
    text = "".join(write_groups(*sides, only=("Forward",), line=WIDTH / SMALL, color=True))
    return Formula(text)


def _headings(story: Story) -> str:
    told = story.told
    found = list((told.matrices if story.is_vast else told.layered).headings.values())
    more = len(found) - _MOST_HEADINGS
    return "; ".join(found[:_MOST_HEADINGS]) + (f"; {more:,} more" if more > 0 else "")
