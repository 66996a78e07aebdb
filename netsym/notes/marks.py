"""What pictures are made of: paths, circles, boxes and labels, with their places and colours.

Lengths are pixels of an SVG; x grows to the right, y downwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from netsym.notes.symbols import Symbol
from netsym.writers.palette import ASIDE, GROUND, TEXT, Color

Point: TypeAlias = tuple[float, float]
#: The end of a straight line, or two control points and the end of a cubic Bézier curve.
Step: TypeAlias = tuple[float, ...]
Part: TypeAlias = str | Symbol

MATH, WORD, SMALL = 16.0, 14.0, 12.0  # sizes of symbols, of words, of what is said beside


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What all marks have: their colour, and what they stand for.

    `role` is what it is: edge, unit, layer, loss, label; `unit` is the plain name of the value, and
    `edge` of the weight, that it belongs to.
    """

    color: Color = TEXT
    role: str = "label"
    unit: str = ""
    edge: str = ""


@dataclass(frozen=True, slots=True)
class Path(Mark):
    """A line along `steps` from the first, a point; `fill` makes it an area."""

    steps: tuple[Step, ...]
    width: float = 1.3
    dashed: bool = False
    arrow: bool = False
    opacity: float = 1.0
    fill: Color | None = None

    @property
    def ends(self) -> tuple[Point, Point]:
        """Where it starts and ends."""
        (x, y), (*_, u, v) = self.steps[0], self.steps[-1]
        return (x, y), (u, v)


@dataclass(frozen=True, slots=True)
class Circle(Mark):
    """A circle around (x, y), with white, or its colour, inside."""

    x: float
    y: float
    radius: float
    fill: Color = GROUND


@dataclass(frozen=True, slots=True)
class Box(Mark):
    """A box from (x, y), its left upper corner, tinted with its colour; `rounded` or square."""

    x: float
    y: float
    width: float
    height: float
    rounded: bool = True
    dashed: bool = False


@dataclass(frozen=True, slots=True)
class Label(Mark):
    """Text at (x, y), the middle of its height; turned by degrees, clockwise.

    `anchor` says what of it is at x: its start, middle or end. With a `halo` the ground shows
    around it.
    """

    x: float
    y: float
    text: tuple[Part, ...]
    size: float = WORD
    turn: float = 0.0
    halo: bool = False
    anchor: str = "middle"
    bold: bool = False

    @property
    def width(self) -> float:
        """Its width, roughly, whatever font is there."""
        return sum(part_width(part, self.size, self.bold) for part in self.text)


def part_width(part: Part, size: float, bold: bool = False) -> float:
    """The width of words or of a symbol, roughly: signs of a size are 0.6 of it wide at most."""
    if isinstance(part, Symbol):
        scripts = max(len(part.below), len(part.above))
        return size * (0.55 * len(part.base) + 0.38 * scripts)
    return size * (0.64 if bold else 0.58) * len(part)


def aside(x: float, y: float, text: str, **said: object) -> Label:
    """Small grey words."""
    return Label(x, y, (text,), size=SMALL, color=ASIDE, **said)  # type: ignore[arg-type]
