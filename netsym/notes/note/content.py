"""What a note is made of: sections of words, formulas, tables and pictures, and how large each is.

Lengths are points of the page of a document: `WIDTH` by `PAGE`, in letters of 9 pt.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import ceil
from typing import TypeAlias

from netsym.notes.picture import Picture
from netsym.writers.latex_heights import tall
from netsym.writers.latex_in_words import in_words
from netsym.writers.latex_widths import width_of

WIDTH, PAGE = 500.0, 720.0
#: What is left below it, for what is said of parts that found no room.
FOOT = 25.0
#: How large letters are, beside those that LaTeX is measured in.
SMALL = 0.9
#: What is between rows of equations.
JOT = 1.0
#: What is between two sections beside each other, and between rows of them.
GAP, BETWEEN = 24.0, 6.0
_LINE, _ROW, _AROUND = 11.5, 11.5, 2.0
_NARROWEST = 170.0  # a paragraph
_PIXEL = 0.022 * 28.45  # a pixel of a picture, as TikZ has it
_LETTER = 4.4  # of ordinary text


@dataclass(frozen=True)
class Formula:
    """A formula as a fragment of LaTeX, in colors that are known by name."""

    latex: str

    @cached_property
    def words(self) -> str:
        """What is said where it cannot be seen."""
        return in_words(self.latex)

    @cached_property
    def width(self) -> float:
        """How wide it is."""
        return width_of(self.latex) * SMALL

    def height(self, width: float) -> float:
        """How tall it is in a column of this width."""
        return tall(self.latex, JOT / SMALL, _LINE / SMALL) * SMALL + _AROUND

    @property
    def fits(self) -> bool:
        """Whether it is no wider than the page, and no line ends in an open bracket."""
        return self.width <= WIDTH and not ends_open(self.latex)


#: Words, with formulas among them.
Words: TypeAlias = tuple[str | Formula, ...]


@dataclass(frozen=True)
class Paragraph:
    """Sentences."""

    words: Words

    @property
    def width(self) -> float:
        """How wide it is at least."""
        return min(_NARROWEST, wide(self.words))

    def height(self, width: float) -> float:
        """How tall it is in a column of this width."""
        return ceil(wide(self.words) / width) * _LINE + 1


@dataclass(frozen=True)
class Table:
    """Rows below a head; columns of numbers, from the one at `numbers` on, are at the right."""

    head: Words
    rows: tuple[Words, ...]
    numbers: int = 1

    @property
    def width(self) -> float:
        """How wide it is."""
        columns = zip(self.head, *self.rows, strict=True)
        return sum(max(wide((cell,)) for cell in column) + 12 for column in columns)

    def height(self, width: float) -> float:
        """How tall it is in a column of this width."""
        return (len(self.rows) + 1) * _ROW + _AROUND


@dataclass(frozen=True)
class Image:
    """A picture, at most `most` points tall; `text` is it in lines of signs."""

    picture: Picture
    most: float
    text: str

    @property
    def scale(self) -> float:
        """How large it is, beside its own size."""
        wide, high = self.picture.width * _PIXEL, self.picture.height * _PIXEL
        return min(1.0, self.most / high, WIDTH / wide)

    @property
    def width(self) -> float:
        """How wide it is."""
        return self.picture.width * _PIXEL * self.scale

    def height(self, width: float) -> float:
        """How tall it is in a column of this width."""
        return self.picture.height * _PIXEL * self.scale + _AROUND


Block: TypeAlias = Paragraph | Formula | Table | Image


@dataclass(frozen=True)
class Section:
    """A part of a note: a title, what is said beside it, and what stands below.

    One that `floats` may stand beside one before it, where there is room.
    """

    title: str
    blocks: tuple[Block, ...]
    aside: str = ""
    floats: bool = False

    @cached_property
    def width(self) -> float:
        """How wide it is at least."""
        return max(_NARROWEST, *(block.width for block in self.blocks))

    def height(self, width: float) -> float:
        """How tall it is in a column of this width."""
        title = wide((f"{self.title}    {self.aside}",)) + 3 * len(self.title)
        blocks = sum(block.height(width) for block in self.blocks)
        return ceil(title / width) * _LINE + 4 + blocks + 3 * (len(self.blocks) - 1)


@dataclass(frozen=True)
class Sheet:
    """All of a note: its title, what is said beside it and below it, and its sections."""

    title: str
    aside: str
    key: tuple[Paragraph, ...]
    sections: tuple[Section, ...]
    left_out: str = ""


# -- how they stand on a page ----------------------------------------------------------------------
def rows_of(sections: Sequence[Section]) -> list[tuple[Section, ...]]:
    """Sections as they stand on a page: two beside each other where they are narrow enough."""
    found, rest = list[tuple[Section, ...]](), list(sections)
    while rest:
        first = rest.pop(0)
        room = WIDTH - GAP - first.width
        beside = (n for n, each in enumerate(rest) if (each.floats or not n) and each.width <= room)
        place = next(beside, None)
        found.append((first,) if place is None else (first, rest.pop(place)))
    return found


def columns(row: Sequence[Section]) -> list[float]:
    """How wide the sections of a row are: they share what is left."""
    spare = WIDTH - GAP * (len(row) - 1) - sum(section.width for section in row)
    return [section.width + spare / len(row) for section in row]


def pages_of(sections: Sequence[Section], head: float) -> int:
    """How many pages sections take below a `head`; a page ends between two rows."""
    pages, room = 1, PAGE - head
    for row in rows_of(sections):
        high = BETWEEN + max(map(Section.height, row, columns(row)))
        if high > room:
            pages, room = pages + 1, PAGE
        room -= high
    return pages


# -- words -----------------------------------------------------------------------------------------
def said(*parts: str | Formula) -> Paragraph:
    """A paragraph of words, and formulas among them."""
    return Paragraph(parts)


def wide(parts: Iterable[str | Formula]) -> float:
    """How wide words are on one line."""
    return sum(part.width if isinstance(part, Formula) else len(part) * _LETTER for part in parts)


def ends_open(latex: str) -> bool:
    r"""Whether a line of a formula ends in an open bracket.

    >>> ends_open("a &= \\tanh\\Bigl( \\\\\n&\\quad b\\Bigr)"), ends_open("a &= (b) \\\\\nc &= d")
    (True, False)
    """
    return any(line.rstrip().endswith(("(", "[")) for line in latex.split("\\\\")[:-1])
