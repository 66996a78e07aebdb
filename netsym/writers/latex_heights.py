r"""How tall LaTeX is, without setting it: for what must fit on a page.

Boxes are set as TeX sets them (The TeXbook, appendix G) with the parameters of Computer Modern at
10 pt, in points; see `latex_widths` for widths.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import NamedTuple

from netsym.writers.latex_tree import NOTHING, Piece, read_latex

#: Points between rows of equations, where nobody says, \\jot; and between lines of text.
BETWEEN, LINE = 3.0, 12.0
_SCRIPT = 0.7  # of the text
_AXIS, _EX = 2.5, 4.3
_ROOM = re.compile(r"\[(-?[0-9.]+)(pt|ex)\]")
_BRACE = 7.2  # points of a brace below
#: Letters that go above the others, and below the line.
_ABOVE, _BELOW = frozenset("bdfhklti"), frozenset("fgjpqyQ")


class _Box(NamedTuple):
    """How high it is above the line, and how deep below it."""

    height: float
    depth: float

    @property
    def all(self) -> float:
        return self.height + self.depth

    def times(self, scale: float) -> _Box:
        return _Box(scale * self.height, scale * self.depth)


_NO, _LETTER, _TALL, _DEEP = _Box(0, 0), _Box(4.4, 0), _Box(7, 0), _Box(7, 2)
_OPERATOR, _FENCE, _LIMITS = _Box(5.9, 0.9), _Box(7.5, 2.5), _Box(9.5, 4.5)
#: Brackets, the smallest first: of what has no scripts, of what has some, of what has brackets.
_FENCES = (_FENCE, _Box(8.5, 3.5), _Box(11.5, 6.5), _Box(14.5, 9.5), _Box(17.5, 12.5))


def tall(latex: str, between: float = BETWEEN, line: float = LINE) -> float:
    r"""The height of a formula as it stands by itself, with room `between` rows of equations.

    >>> round(tall("x")), round(tall(r"\dfrac{1}{x}"))
    (12, 20)
    >>> round(tall("\\begin{aligned} a &= b \\\\ c &= d \\\\ e &= f \\end{aligned}"))
    44
    """
    return max(line, _Heights(between, line).of(read_latex(latex)).all)


class _Heights:
    """The boxes of pieces, with the room between rows and the height of a line."""

    def __init__(self, between: float, line: float) -> None:
        self.between = between
        self.line = line

    def of(self, piece: Piece) -> _Box:
        """The box of a piece."""
        inner = [self.of(part) for part in piece.parts]
        match piece.kind:
            case "table":
                return self._table(piece, inner)
            case "scripts":
                return _scripts(piece.parts[0], *inner)
            case "fenced":
                size = _inside(piece, "fenced") - 1 + (_inside(piece, "scripts") > 0)
                return _around(inner[0], size, grows=_inside(piece, "table") > 0)
            case "fraction":
                return _fraction(*inner) if piece.text != "tfrac" else _Box(8.5, 3.5)
            case "brace":
                label = inner[1].times(_SCRIPT)
                below = _BRACE
                if piece.parts[1] != NOTHING:
                    below += max(1.7, 6 - label.height) + label.all + 1
                return _Box(inner[0].height, inner[0].depth + below)
            case "accent":
                return _Box(max(inner[0].height + 2.7, 7), inner[0].depth)
            case "root":
                return _root(inner[0])
            case "space":
                return _NO
            case "cells" | "row" | "color" | "hidden":
                return _Box(max((box.height for box in inner), default=0.0),
                            max((box.depth for box in inner), default=0.0))  # fmt: skip
            case _:
                return _sign(piece)

    def _table(self, piece: Piece, rows: list[_Box]) -> _Box:
        """Rows below each other, in the middle of the line: as `aligned` has them, or `array`."""
        above, below = 0.7 * self.line, 0.3 * self.line
        rooms = list(map(_room, piece.parts))
        if piece.text in ("aligned", "alignedat"):
            above -= 1 + 1.5 * self.between
            below += 0.5 * self.between
            rows = [_Box(max(above, box.height), max(below, box.depth)) for box in rows]
            steps = [
                max(self.line, upper.depth + lower.height + 1) + self.between
                for upper, lower in pairwise(rows)
            ]
            whole = rows[0].height + sum(steps) + sum(rooms[:-1]) + rows[-1].depth
        else:
            whole = sum(max(above, box.height) + max(below + room, box.depth)
                        for box, room in zip(rows, rooms, strict=True))  # fmt: skip
        return _Box(whole / 2 + _AXIS, whole / 2 - _AXIS)


def _room(row: Piece) -> float:
    """What is left below a row, beside what always is."""
    found = _ROOM.search(row.text)
    return float(found[1]) * {"pt": 1.0, "ex": _EX}[found[2]] if found else 0.0


def _sign(piece: Piece) -> _Box:
    """The box of one sign, as far as its kind says it."""
    if piece == Piece("command", "sum"):
        return _LIMITS
    if piece.kind == "letter":
        is_tall = piece.text.isupper() or piece.text in _ABOVE
        return _Box(7 if is_tall else 4.4, 2 if piece.text in _BELOW else 0)
    if piece.kind == "sign":
        return _OPERATOR if piece.text in "+-=<>,.;" else _FENCE
    if piece.kind == "number":
        return _FENCE if piece.text.startswith("[") else _Box(6.5, 0)
    return _Box(15, 0) if piece == Piece("command", "vdots") else _DEEP


def _scripts(base: Piece, box: _Box, below: _Box, above: _Box) -> _Box:
    """A piece with what is below and above it, which are smaller; of a sum they are its ends."""
    under, over = below.times(_SCRIPT), above.times(_SCRIPT)
    if base == Piece("command", "sum"):
        top = max(1.1, 2 - over.depth) + over.all + 1 if over.all else 0.0
        end = max(1.7, 6 - under.height) + under.all + 1 if under.all else 0.0
        return _Box(box.height + top, box.depth + end)
    is_one = base.kind in ("letter", "number", "command")
    up = 4.2 if is_one else max(4.2, box.height - 2.7)
    down = 1.5 if is_one else max(1.5, box.depth + 0.5)
    if not over.all:
        return _Box(box.height, max(box.depth, down + under.depth))
    if not under.all:
        return _Box(max(box.height, up + over.height), box.depth)
    apart = 1.6 - up + over.depth + under.height
    if apart > max(down, 2.5):
        raised = max(0.0, 0.8 * _EX - up + over.depth)
        up, down = up + raised, apart - raised
    return _Box(max(box.height, up + over.height), max(box.depth, max(down, 2.5) + under.depth))


def _root(inside: _Box) -> _Box:
    """A root, whose sign has steps: above what is tall there is more room, and below."""
    above, below = (3.0, 0.5) if inside.all < _FENCE.all else (6.0, 4.0)
    return _Box(max(inside.height + above, 8.5), max(inside.depth + below, 1.9))


def _fraction(above: _Box, below: _Box) -> _Box:
    up = max(6.8, _AXIS + 1.4 + above.depth)
    down = max(6.9, below.height + 1.4 - _AXIS)
    return _Box(up + above.height, down + below.depth)


def _inside(piece: Piece, kind: str) -> int:
    """How many pieces of a kind are in each other, with this."""
    return max((_inside(part, kind) for part in piece.parts), default=0) + (piece.kind == kind)


def _around(inside: _Box, size: int, grows: bool) -> _Box:
    """Brackets of a size around a box; round a table they grow."""
    fence = _FENCES[min(size, len(_FENCES) - 1)]
    if grows:
        half = max(inside.height - _AXIS, inside.depth + _AXIS)
        fence = _Box(half + _AXIS, half - _AXIS)
    return _Box(max(inside.height, fence.height), max(inside.depth, fence.depth))
