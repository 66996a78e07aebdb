"""The skins of an onion in the picture of its network: boxes in one another, with their names."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from netsym.notes.marks import SMALL, Box, Circle, Label, Mark, Path
from netsym.notes.page.onion import Onion
from netsym.notes.picture import Picture
from netsym.writers.palette import ASIDE, Color

_ROOM, _STEP, _RIM = 8.0, 9.0, 20.0  # pixels round what is held, between two skins, for a name


@dataclass(frozen=True, slots=True)
class _Rim:
    """What is written at the edge of a skin, what lights and folds it, and what it holds."""

    text: str
    unit: str
    color: Color
    held: Sequence[Mark]


def with_skins(picture: Picture, onion: Onion) -> Picture:
    """The picture with a box round what each skin holds, the outermost first, and its name.

    A cost is the outermost, and has no square of its own.
    """
    marks, cost = _without_cost(picture.marks) if onion.costs else (picture.marks, "")
    rims = [_Rim(cost, "J", ASIDE, marks)] if cost else []
    rims += _rims(marks, onion)
    around, above = _STEP * len(rims), _RIM * len(rims)
    left, top, right, bottom = _bounds(marks)
    x, y = around + _ROOM - left, above + _ROOM - top
    width, height = right + x + _ROOM + around, bottom + y + _ROOM + around
    boxes = [
        mark
        for depth, rim in enumerate(rims)
        for mark in _drawn(rim, depth, len(rims) - depth - 1, x, height)
    ]
    moved = (_moved(mark, x, y) for mark in marks)
    return replace(picture, width=width, height=height, marks=(*boxes, *moved))


def _without_cost(marks: Sequence[Mark]) -> tuple[list[Mark], str]:
    """What is drawn before the square of a cost, and what is said there in words."""
    square = next(mark for mark in marks if isinstance(mark, Box) and mark.unit == "J")
    before = [mark for mark in marks if _bounds([mark])[2] < square.x - 8]
    labels = [mark for mark in marks if isinstance(mark, Label) and mark not in before]
    said = " ".join(part for m in labels for part in m.text if isinstance(part, str))
    return before, f"cost J: {said}"


def _rims(marks: Sequence[Mark], onion: Onion) -> Iterator[_Rim]:
    """Those of all skins that are drawn but the innermost."""
    shapes = [mark for mark in marks if isinstance(mark, Box | Circle) and mark.unit]
    owners = {mark.unit: _skins_of(mark.unit, onion) for mark in shapes}
    for depth, skin in enumerate(onion.skins[:-1]):
        owned = [mark for mark in shapes if depth in owners[mark.unit]]
        if owned:
            held = [m for m in shapes if not owners[m.unit] or max(owners[m.unit]) >= depth]
            yield _Rim(skin.name, skin.name, owned[0].color, held if depth else marks)


def _skins_of(unit: str, onion: Onion) -> list[int]:
    """In which skins a unit is, or what is drawn as one, from the outside in; inputs in none."""
    whole = onion.whole(unit)
    return [n for n, skin in enumerate(onion.skins) if unit in skin.units or skin in whole]


def _drawn(rim: _Rim, depth: int, inner: int, x: float, height: float) -> Iterator[Mark]:
    """A box that is as high as its depth allows, and the name at its right upper corner."""
    left, _, right, _ = _bounds(rim.held)
    room = _ROOM + _STEP * inner
    top, bottom = 4 + _RIM * depth, height - 4 - _STEP * depth
    left, right = left + x - room, right + x + room
    yield Box(left, top, right - left, bottom - top, color=rim.color, role="skin")
    yield Label(right - 8, top + 11, (rim.text,), size=SMALL, color=rim.color, role="rim",
                unit=rim.unit, anchor="end", bold=True)  # fmt: skip


def _moved(mark: Mark, x: float, y: float) -> Mark:
    if isinstance(mark, Path):
        by = (x, y) * 3
        steps = tuple(
            tuple(length + more for length, more in zip(step, by, strict=False))
            for step in mark.steps
        )
        return replace(mark, steps=steps)
    assert isinstance(mark, Box | Circle | Label)
    return replace(mark, x=mark.x + x, y=mark.y + y)


def _bounds(marks: Iterable[Mark]) -> tuple[float, float, float, float]:
    """The least and the largest x and y, in order: left, top, right, bottom."""
    left, top, right, bottom = zip(*map(_sides, marks), strict=True)
    return min(left), min(top), max(right), max(bottom)


def _sides(mark: Mark) -> tuple[float, float, float, float]:
    if isinstance(mark, Path):
        xs, ys = ([length for step in mark.steps for length in step[n::2]] for n in (0, 1))
        return min(xs), min(ys), max(xs), max(ys)
    if isinstance(mark, Circle):
        r = mark.radius
        return mark.x - r, mark.y - r, mark.x + r, mark.y + r
    if isinstance(mark, Box):
        return mark.x, mark.y, mark.x + mark.width, mark.y + mark.height
    assert isinstance(mark, Label)
    left = mark.x - mark.width * {"start": 0.0, "middle": 0.5, "end": 1.0}[mark.anchor]
    return left, mark.y - mark.size * 0.6, left + mark.width, mark.y + mark.size * 0.6
