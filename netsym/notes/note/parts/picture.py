"""The picture of a network, with its loss."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.notes.draw import draw
from netsym.notes.drawing import drawing
from netsym.notes.note.content import Image, Section
from netsym.notes.note.story import Story
from netsym.wording import WIDTH

_HEIGHTS = (170.0, 120.0, 85.0)  # points: large where there is room


def picture(story: Story) -> Iterator[Section]:
    """The network drawn; smaller where there is little room."""
    drawn = draw(story.cost or story.network)
    text = "\n".join(drawing(story.network, WIDTH).lines)
    for height in _HEIGHTS:
        yield Section("The network", (Image(drawn, height, text),))
