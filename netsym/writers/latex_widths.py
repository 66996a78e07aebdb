"""How wide and how tall LaTeX is, without setting it: for breaking lines and for parentheses."""

from __future__ import annotations

import math
import re

from netsym.writers.ropes import Rope

#: Line width in characters of ordinary text, as wide as the text of a `document` (440pt).
WIDTH = 76

#: Sizes of parentheses, the smallest first.
BIG = (r"", r"\bigl", r"\Bigl", r"\biggl", r"\Biggl")

#: The height of what holds a matrix, whose parentheses grow with it.
TALL = 100

_MATRIX = re.compile(r"\\begin\{(\w+)\} ((?:(?!\\begin).)*?) \\end\{\1\}")
_ROW = re.compile(r" \\\\(?:\[\dpt\])? ")
_SCRIPTS = re.compile(r"_\{([^{}]*)\}(?:\^\{([^{}]*)\})?|\^\{([^{}]*)\}")
_SILENT = re.compile(r"\\(?:[bB]igg?[lr]?|textcolor\{\w+\}|,|text|mathrm|operatorname|hat)|[{}]")
_SYMBOL = re.compile(r"\\(?:sigma|cdot|pi|odot|delta|partial)\b ?")


def width_of(text: str) -> int:
    """The width in characters: scripts count two thirds, commands what they show.

    A matrix is as wide as its columns.
    """
    count = int(r"\begin{" in text)
    while count:
        text, count = _MATRIX.subn(_columns, text)
    shown = _SCRIPTS.sub(_script, text)
    return len(_SILENT.sub("", _SYMBOL.sub("o", shown)).replace("\\", ""))


def _columns(match: re.Match[str]) -> str:
    rows = [row.split(" & ") for row in _ROW.split(match[2])]
    wide = sum(max(map(width_of, column)) for column in zip(*rows, strict=True))
    return "m" * (wide + 2 * len(rows[0]) + 1)


def _script(match: re.Match[str]) -> str:
    longest = max(len(group) for group in match.groups() if group is not None)
    return "s" * math.ceil(longest * 2 / 3)


def height_of(piece: str | Rope) -> int:
    """How tall a piece is, in sizes of the parentheses that it needs."""
    if isinstance(piece, Rope):
        return piece.height
    if r"\begin{" in piece:
        return TALL
    for size in (4, 3, 2, 1):
        if BIG[size] in piece:
            return size + 1
    return 1 if "^" in piece or "(" in piece else 0
