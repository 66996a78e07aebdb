"""What collapses, and what stands in the way."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.collapse.blocked import Blocked
from netsym.collapse.derivation import counterexample
from netsym.collapse.witness import Witness
from netsym.notes.note.content import Block, Formula, Paragraph, Section, said
from netsym.notes.note.parts.equations import aligned, lines_in, rows_of, spelled
from netsym.notes.note.story import Story
from netsym.wording import plural

_TITLE = "What collapses"
_MOST_STEPS, _MOST_LINES, _MOST_NODES = 3, 6, 400


def collapse(story: Story) -> Iterator[Section]:
    """The steps, what is left, and two points that show that the rest is not affine."""
    if story.is_vast:
        return
    result = story.simplified
    steps = [_sentence(f"{step.found.words}, because {step.found.because}")
             for step in result.steps[:_MOST_STEPS]]  # fmt: skip
    if len(result.steps) > _MOST_STEPS:
        steps.append(f"And {plural(len(result.steps) - _MOST_STEPS, 'more step')}.")
    blocks: list[Block] = [said(step) for step in steps or ["Nothing collapses."]]
    blocks += _left(story) if result.steps else []
    blocked = next(iter(result.blocked), None)
    if blocked is None:
        yield Section(_TITLE, tuple(blocks), floats=True)
        return
    witness = blocked.witness
    if witness is not None:
        yield Section(_TITLE, (*blocks, *_shown(story, blocked, witness)), floats=True)
    yield Section(_TITLE, (*blocks, said(_sentence(str(blocked)))), floats=True)


def _left(story: Story) -> list[Block]:
    """The formula of what is left, where it is short."""
    network = story.simplified.network
    if network.count_nodes("inlined") > _MOST_NODES:
        return []
    rows = rows_of(spelled(network.inlined, story))
    return [aligned(rows)] if lines_in(rows) <= _MOST_LINES and aligned(rows).fits else []


def _shown(story: Story, blocked: Blocked, witness: Witness) -> Iterator[Block]:
    """Why, and the numbers: an affine function takes the middle to the middle."""
    along, formula = counterexample(story.simplified, witness, story.digits)
    given = f" With {witness.given}:" if witness.given else ""
    words = f"{_sentence(blocked.because)}{given} {along}".strip().split("$")
    parts = (Formula(part) if place % 2 else part for place, part in enumerate(words))
    yield Paragraph(tuple(part for part in parts if part))
    yield Formula(formula)


def _sentence(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}."
