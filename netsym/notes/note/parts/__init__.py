"""The parts of a note, a file each: what they are called, and in which order they stand."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from netsym.notes.note.content import Section
from netsym.notes.note.parts.back import back
from netsym.notes.note.parts.collapse import collapse
from netsym.notes.note.parts.example import example
from netsym.notes.note.parts.layers import layers
from netsym.notes.note.parts.line import line
from netsym.notes.note.parts.loss import loss
from netsym.notes.note.parts.onion import onion
from netsym.notes.note.parts.picture import picture
from netsym.notes.note.parts.sizes import sizes
from netsym.notes.note.story import Story


@dataclass(frozen=True, slots=True)
class Part:
    """A part by its `name`: `made` gives its versions, the fullest first, or none.

    Where the page is full, parts of more `weight` stay; what room there is then, those `grow` into
    whose number is larger.
    """

    name: str
    made: Callable[[Story], Iterator[Section]]
    weight: int
    grow: int


#: The parts, in their order on the page.
PARTS: Mapping[str, Part] = {
    part.name: part
    for part in (
        Part("picture", picture, 5, 1),
        Part("line", line, 8, 9),
        Part("layers", layers, 9, 8),
        Part("onion", onion, 7, 7),
        Part("sizes", sizes, 2, 2),
        Part("collapse", collapse, 1, 3),
        Part("loss", loss, 6, 6),
        Part("back", back, 4, 5),
        Part("example", example, 3, 4),
    )
}
