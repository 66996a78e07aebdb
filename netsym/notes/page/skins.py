"""The skins of an onion in the picture of its network: boxes in one another."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from netsym.notes.marks import Box, Circle, Label, Mark, Path
from netsym.notes.page.onion import Onion
from netsym.notes.picture import Picture

_ROOM, _STEP = 14.0, 9.0  # pixels round the units, and between two skins


def with_skins(picture: Picture, onion: Onion) -> Picture:
    """The picture with a box round what each skin holds, the outermost first."""
    room = _STEP * len(onion.skins)
    moved = tuple(_moved(mark, room) for mark in picture.marks)
    sheet = replace(picture, width=picture.width + 2 * room, height=picture.height + 2 * room)
    boxes = _boxes(moved, onion, sheet.height)
    return replace(sheet, marks=(*boxes, *moved))


def _moved(mark: Mark, by: float) -> Mark:
    if isinstance(mark, Path):
        steps = tuple(tuple(length + by for length in step) for step in mark.steps)
        return replace(mark, steps=steps)
    assert isinstance(mark, Box | Circle | Label)
    return replace(mark, x=mark.x + by, y=mark.y + by)


def _boxes(marks: Sequence[Mark], onion: Onion, height: float) -> Iterator[Box]:
    units = [m for m in marks if isinstance(m, Box | Circle) and m.unit]
    inner = {mark.unit for mark in units} - {unit for skin in onion.skins for unit in skin.units}
    skins = list(onion.skins)
    for depth, skin in enumerate(skins[:-1]):
        held = {unit for each in skins[depth:] for unit in each.units} | (inner - {"J"})
        found = [mark for mark in units if mark.unit in held]
        owned = [mark.color for mark in units if mark.unit in skin.units]
        if not owned:  # drawn as a whole
            continue
        room = _ROOM + _STEP * (len(skins) - 2 - depth)
        left, top, right = _around(found)
        bottom = height - 4 - _STEP * (depth + 1)
        yield Box(left - room, top - room, right - left + 2 * room, bottom - top + room,
                  color=owned[0], role="skin")  # fmt: skip


def _around(marks: list[Box | Circle]) -> tuple[float, float, float]:
    sides = [
        (m.x - m.radius, m.y - m.radius, m.x + m.radius)
        if isinstance(m, Circle)
        else (m.x, m.y, m.x + m.width)
        for m in marks
    ]
    left, top, right = zip(*sides, strict=True)
    return min(left), min(top), max(right)
