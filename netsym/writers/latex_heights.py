r"""How tall LaTeX is, without setting it: for what must fit on a page.

Heights are points, at 10 pt as TeX sets them, and rather too large than too small; see
`latex_widths` for widths.
"""

from __future__ import annotations

from netsym.writers.latex_tree import NOTHING, Piece, read_latex

_LETTER, _LINE, _BETWEEN = 8.0, 12.0, 3.0  # points: a letter, a line, between rows of equations
_BRACE, _BAR, _SUM = 9.0, 4.0, 24.0
_SCRIPT = 0.7  # of the text


def tall(latex: str) -> float:
    r"""The height of a formula as it stands by itself.

    >>> tall("x"), tall(r"\dfrac{1}{x}"), tall("\\begin{aligned} a &= b \\\\ c &= d \\end{aligned}")
    (12.0, 20.0, 30.0)
    """
    return max(_LINE, _height(read_latex(latex)))


def _height(piece: Piece) -> float:
    """How tall a piece is, from its lowest to its highest point."""
    inner = [_height(part) for part in piece.parts]
    match piece.kind:
        case "table":
            space = 0.0 if piece.text == "array" else _BETWEEN
            return sum(max(_LINE, row) + space for row in inner)
        case "cells" | "row" | "color" | "fenced":
            return max(inner, default=0.0)
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
