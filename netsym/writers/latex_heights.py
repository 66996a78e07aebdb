r"""How tall LaTeX is, without setting it: for what must fit on a page.

Heights are points, at 10 pt as TeX sets them, and rather too large than too small; see
`latex_widths` for widths.
"""

from __future__ import annotations

import re

from netsym.writers.latex_tree import NOTHING, Piece, read_latex

#: Points between rows of equations, where nobody says: \\jot.
BETWEEN = 3.0
_LETTER, _LINE = 8.0, 12.0  # points: a letter, a line
_BRACE, _BAR, _SUM, _FENCE = 9.0, 4.0, 24.0, 6.0
_EX = 4.3
_ROOM = re.compile(r"\[(-?[0-9.]+)(pt|ex)\]")
_SCRIPT = 0.7  # of the text


def tall(latex: str, between: float = BETWEEN) -> float:
    r"""The height of a formula as it stands by itself, with room `between` rows of equations.

    >>> tall("x"), tall(r"\dfrac{1}{x}"), tall("\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}")
    (12.0, 20.0, 30.0)
    """
    return max(_LINE, _height(read_latex(latex), between))


def _room(row: Piece) -> float:
    """What is left below a row, beside what always is."""
    found = _ROOM.search(row.text)
    return float(found[1]) * {"pt": 1.0, "ex": _EX}[found[2]] if found else 0.0


def _height(piece: Piece, between: float) -> float:
    """How tall a piece is, from its lowest to its highest point."""
    inner = [_height(part, between) for part in piece.parts]
    match piece.kind:
        case "table":
            space = 0.0 if piece.text == "array" else between
            return sum(max(_LINE, row + 1) + space for row in inner) + sum(map(_room, piece.parts))
        case "cells" | "row" | "color":
            return max(inner, default=0.0)
        case "fenced":
            return inner[0] + _FENCE * (inner[0] > 2 * _LINE)
        case "scripts":
            if piece.parts[0] == Piece("command", "sum"):
                return _SUM
            scripts = [_SCRIPT * part for part in inner[1:]]
            return inner[0] + sum(0.6 * part for part in scripts if part)
        case "brace":
            label = _SCRIPT * inner[1] + 3 if piece.parts[1] != NOTHING else 0.0
            return inner[0] + _BRACE + label
        case "fraction":
            share = _SCRIPT if piece.text == "tfrac" else 1.0
            return share * sum(inner) + _BAR
        case "accent" | "root":
            return inner[0] + 2
        case "space":
            return 0.0
        case "command":
            return _SUM / 1.5 if piece.text == "sum" else _LETTER
        case _:
            return _LETTER
