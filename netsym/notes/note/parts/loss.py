"""The loss: the skin round the network."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.forms.form import Form
from netsym.layers.registry import LOSSES
from netsym.notes.note.content import SMALL, WIDTH, Formula, Section
from netsym.notes.note.story import Story
from netsym.writers.latex_groups import Slopes, write_groups


def loss(story: Story) -> Iterator[Section]:
    """The cost of one example, or of all that were given."""
    cost = story.cost
    if cost is None:
        return
    form: Form = cost.layered if story.is_one else cost.matrices
    groups = write_groups(
        Slopes(form, form), None, only=("Loss",), line=WIDTH / SMALL, color=True,
        digits=story.digits,
    )  # fmt: skip
    text = "".join(groups)
    assert story.chosen is not None
    aside = LOSSES[story.chosen].words
    if Formula(text).fits:
        yield Section("Loss", (Formula(text),), aside)
