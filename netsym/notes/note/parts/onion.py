"""The one formula, from outside in."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.forms.sizes import shown
from netsym.notes.note.content import Formula, Section, said
from netsym.notes.note.parts.equations import MOST_LINES, aligned, lines_in, rows_of, spelled
from netsym.notes.note.story import Story
from netsym.wording import plural

_MOST_NODES = 5_000
_SHORT = 14  # lines


def onion(story: Story) -> Iterator[Section]:
    """The one formula with the name of every unit; what is used twice is written once."""
    told = story.told
    layered, inlined = (told.size.forms[form] for form in ("layered", "inlined"))
    assert layered is not None
    assert inlined is not None
    nodes = inlined.nodes
    outputs = told.output_names
    title = "One formula"
    if nodes <= _MOST_NODES and not told.is_written_once:
        formula = told.inlined.output(1) if len(outputs) > 1 else told.inlined
        rows = rows_of(spelled(formula, story, onion=True))
        written = aligned(rows)
        if written.fits and lines_in(rows) <= MOST_LINES:
            which = (
                f"of {outputs.ascii(0)}, one of {len(outputs)} outputs" if len(outputs) > 1 else ""
            )
            aside = ", ".join(filter(None, (which, "from outside in")))
            yield Section(title, (written,), aside)
            if lines_in(rows) <= _SHORT:
                return
    for group in story.trained:
        if "onion" in group.title:
            aside = f"of {outputs.ascii(0)}, {group.aside}"
            yield Section(title, (Formula(group.body),), aside)
            return
    instead = "every copy counted" if nodes > layered.nodes else "written out"
    yield Section(title, (said(
        f"It has {plural(nodes, 'node') if nodes < 10**6 else shown(nodes) + ' nodes'}, {instead}: "
        "too long to be read."
    ),))  # fmt: skip
