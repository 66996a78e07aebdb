r"""How wide and how tall LaTeX is, without setting it: for breaking lines and for parentheses.

Widths are points, of Computer Modern at 10 pt as TeX sets it (cmmi10.tfm, cmr10.tfm, cmsy10.tfm),
with the space round signs; they are rather too large than too small.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from netsym.writers.ropes import Rope

#: The width of a line, in points: a `document` has 440, of which alignments take some.
WIDTH = 430.0

#: A character of a line of ordinary text, 76 of which are a line.
CHARACTER = WIDTH / 76

#: Sizes of parentheses, the smallest first.
BIG = (r"", r"\bigl", r"\Bigl", r"\biggl", r"\Biggl")

#: The height of what holds a matrix, whose parentheses grow with it.
TALL = 100

#: Parentheses that grow, both.
GROWN = 17.6

_A_TO_Z = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _widths(tenths: str) -> dict[str, float]:
    return {c: int(t) / 10 for c, t in zip(_A_TO_Z, tenths.split(), strict=True)}


_ITALIC = _widths(
    "75 81 79 86 80 78 79 91 52 65 92 68 108 91 79 78 79 77 67 72 79 81 108 91 80 75 "
    "53 43 43 52 47 60 51 58 35 47 55 32 88 60 49 51 48 48 47 37 58 52 75 58 53 51"
)
_UPRIGHT = _widths(
    "75 71 73 77 69 66 79 75 37 52 78 63 92 75 78 69 78 74 56 73 75 76 104 75 79 62 "
    "50 56 45 56 45 39 51 56 28 31 53 28 84 56 50 56 53 40 40 39 56 54 74 53 54 45"
)
_SIGNS = {
    "+": 12.3, "-": 12.3, "=": 13.4, "<": 13.4, ">": 13.4, ":": 8.4, ",": 4.5, ";": 4.5, ".": 2.8,
    "!": 2.8, "/": 5.0, "(": 3.9, ")": 3.9, "[": 2.8, "]": 2.8, "|": 2.8, "'": 3.0, "*": 9.5,
    " ": 0.0, "{": 0.0, "}": 0.0, "&": 0.0, "\n": 0.0, "~": 3.4, "_": 0.0, "^": 0.0,
}  # fmt: skip
_DIGIT = 5.01
_COMMANDS = {
    **dict.fromkeys((r"\cdot",), 7.3), **dict.fromkeys((r"\times", r"\odot"), 12.3),
    r"\ast": 9.5, r"\,": 1.7, r"\;": 2.8, r"\!": 0.0, r"\ ": 3.4, r"\quad": 10.0, r"\qquad": 20.0,
    r"\{": 5.0, r"\}": 5.0, r"\lvert": 2.8, r"\rvert": 2.8, r"\vert": 2.8, r"\dots": 15.1,
    r"\cdots": 15.1, r"\vdots": 2.8, r"\in": 12.3, r"\sum": 16.2, r"\partial": 5.9, r"\ell": 4.2,
    r"\triangleleft": 5.1, r"\infty": 10.0, r"\hline": 0.0, r"\\": 0.0, r"\_": 3.1, r"\prime": 2.8,
    r"\bigl": 1.4, r"\bigr": 1.4, r"\Bigl": 2.2, r"\Bigr": 2.2, r"\biggl": 3.6, r"\biggr": 3.6,
    r"\Biggl": 4.2, r"\Biggr": 4.2, r"\left": 5.1, r"\right": 5.1, r"\sqrt": 10.1,
    **dict.fromkeys((r"\alpha", r"\theta", r"\kappa", r"\lambda", r"\chi", r"\phi"), 6.5),
    **dict.fromkeys((r"\beta", r"\gamma", r"\mu", r"\pi", r"\sigma", r"\upsilon"), 6.3),
    **dict.fromkeys((r"\delta", r"\xi", r"\epsilon", r"\varsigma", r"\iota"), 4.9),
    **dict.fromkeys((r"\zeta", r"\eta", r"\rho", r"\varrho", r"\tau", r"\nu", r"\theta"), 5.6),
    **dict.fromkeys((r"\psi", r"\omega", r"\varphi", r"\vartheta"), 6.9), r"\varpi": 8.6,
    r"\Gamma": 6.3, r"\Lambda": 7.0, r"\Xi": 6.7, r"\Sigma": 7.3, r"\Phi": 7.3,
    **dict.fromkeys((r"\Delta", r"\Theta", r"\Pi", r"\Upsilon", r"\Psi", r"\Omega"), 8.4),
}  # fmt: skip
#: Commands that show nothing by themselves.
_SILENT = frozenset({
    r"\hat", r"\bar", r"\displaystyle", r"\textstyle", r"\limits", r"\mathsf",
    r"\dfrac", r"\tfrac", r"\frac", r"\underbrace", r"\scriptstyle", r"\color",
    r"\textcolor", r"\phantom", r"\mathclose", r"\mathopen",
})  # fmt: skip
_BOLD = frozenset({r"\mathbf", r"\mathbb", r"\textbf"})
_WORDS = _BOLD | frozenset({r"\text", r"\mathrm", r"\operatorname"})

_TOKEN = re.compile(
    r"\\(?:textcolor|color|begin|end)\{[^{}]*\}|\\[A-Za-z]+ ?|\\.|[0-9]+|.",
    re.DOTALL,
)
_NO_SPACE = {"+": 7.8, "-": 7.8, "=": 7.8, "(": 3.9, ")": 3.9, ",": 2.8}  # in scripts
_INDEXED = re.compile(r"(?<![A-Za-z\\])([A-Za-z])_\{([0-9,]+)\}(?:\^\{([\[(][0-9]+)[\])]\})?")
_STACKED = re.compile(r"frac\{|\\begin|\\underbrace|[\^_]\{[^{}]*[_{]")
_EDGE = re.compile(r"\\(?P<edge>begin|end)\{\w+\*?\}")
_EDGE_OR_ROW = re.compile(rf"{_EDGE.pattern}|\\\\(?:\[[^\]]*\])?")
_SMALL = 0.81  # a script, beside the text


def width_of(text: str) -> float:
    r"""The width in points: a fraction, a matrix or a brace is as wide as its widest part.

    Braces that are not closed in the text, as in a part of a formula, count nothing.

    >>> round(width_of("a_{1}^{[1]} + b")), round(width_of(r"\sigma\bigl(x\bigr)"))
    (31, 23)
    """
    if _STACKED.search(text):
        return _measured(text, 1.0)
    names = sum(_of_name(*parts) for parts in _INDEXED.findall(text))
    return names + _measured(_INDEXED.sub("", text), 1.0)


@lru_cache(maxsize=1 << 12)
def _of_name(letter: str, indices: str, layer: str) -> float:
    """What most of a formula consists of: quicker than sign by sign."""
    commas = indices.count(",")
    below = 4.06 * (len(indices) - commas) + 2.3 * commas
    brackets = 4.6 if layer[:1] == "[" else 6.4
    above = brackets + 4.06 * (len(layer) - 1) if layer else 0.0
    return _ITALIC[letter] + 0.5 + max(below, above)


@lru_cache(maxsize=1 << 12)
def _measured(text: str, scale: float, upright: bool = False) -> float:
    total, place, before = 0.0, 0, ""
    while place < len(text):
        match = _TOKEN.match(text, place)
        assert match is not None
        token, place = match.group().rstrip() or match.group(), match.end()
        if token.startswith(r"\begin{"):
            inside, place = _environment(text, place)
            total += _of_rows(inside, scale, token[7:-1].rstrip("*"))
        elif token in "_^":
            scripts, place = _scripts(text, place - 1)
            small = _SMALL * scale if scale == 1 else scale
            wide = max((_measured(s, small) for s in scripts), default=0.0)
            total += max(0.0, wide - _COMMANDS[r"\sum"]) if before == r"\sum" else 0.5 + wide
        elif token in _WORDS:
            words, place = _argument(text, place)
            total += _measured(words, scale, True)
            bold = 1.3 if token in _BOLD else 0.0
            total += scale * (3.4 if token == r"\operatorname" else 3.4 * words.count(" ") + bold)
        elif token in (r"\frac", r"\dfrac", r"\tfrac"):
            above, after = _argument(text, place)
            below, after = _argument(text, after)
            if below:
                place = after
                size = scale if token != r"\tfrac" and scale == 1 else _SMALL * scale
                total += 6.0 + max(_measured(part, size) for part in (above, below))
        elif token == r"\underbrace":
            over, after = _argument(text, place)
            if over:
                label, after = _scripts(text, after)
                place = after
                total += max(
                    18.1,
                    _measured(over, scale, upright),
                    *(0.5 + _measured(s, _SMALL) for s in label),
                )
        else:
            total += scale * _of_token(token, scale, upright)
        before = token
    return total


def _of_token(token: str, scale: float, upright: bool = False) -> float:
    if token in _ITALIC:
        return (_UPRIGHT if upright else _ITALIC)[token]
    if token.isdecimal():
        return _DIGIT * len(token)
    if scale < 1 and token in _NO_SPACE:
        return _NO_SPACE[token]
    if token in _SIGNS:
        return _SIGNS[token]
    if token in _COMMANDS:
        return _COMMANDS[token]
    if token in _SILENT or token.startswith((r"\textcolor{", r"\color{", r"\begin", r"\end")):
        return 0.0
    return sum(_UPRIGHT.get(letter, 5.0) for letter in token[1:]) + 3.4


def _argument(text: str, place: int) -> tuple[str, int]:
    """What stands in the braces that open there, and where they end; nothing if they do not."""
    if text[place : place + 1] != "{":
        return text[place : place + 1], place + 1
    depth = 0
    for end in range(place, len(text)):
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        if depth == 0:
            return text[place + 1 : end], end + 1
    return "", place + 1


def _scripts(text: str, place: int) -> tuple[list[str], int]:
    """What stands below and above, one over the other."""
    found = []
    while text[place : place + 1] in ("_", "^"):
        script, place = _argument(text, place + 1)
        found.append(script)
    return found, place


def _environment(text: str, place: int) -> tuple[str, int]:
    """What stands up to the end of the environment that began there; all, if it does not end."""
    depth, end = 1, len(text)
    for match in _EDGE.finditer(text, place):
        depth += 1 if match["edge"] == "begin" else -1
        if not depth:
            return text[place : match.start()], match.end()
    return text[place:], end


def _of_rows(inside: str, scale: float, kind: str) -> float:
    """Columns side by side, each as wide as its widest."""
    rows = [list(_cells(row)) for row in _rows(inside)]
    count = max(map(len, rows))
    cells = ([row[n] for row in rows if n < len(row)] for n in range(count))
    wide = sum(max(_measured(cell, scale) for cell in column) for column in cells)
    if kind.endswith("matrix") or kind == "array":
        return wide + 10 * count + (10 if kind == "pmatrix" else 0)
    return wide + 10 * ((count - 1) // 2)


def _rows(inside: str) -> Iterator[str]:
    """The rows of an environment; those of one that is in it are none of its own."""
    start = depth = 0
    for match in _EDGE_OR_ROW.finditer(inside):
        depth += {"begin": 1, "end": -1}.get(match["edge"] or "", 0)
        if not (match["edge"] or depth):
            yield inside[start : match.start()]
            start = match.end()
    yield inside[start:]


def _cells(row: str) -> Iterator[str]:
    depth = start = inner = 0
    for place, character in enumerate(row):
        depth += {"{": 1, "}": -1}.get(character, 0)
        if character == "\\":
            inner += row.startswith(r"\begin{", place) - row.startswith(r"\end{", place)
        if character == "&" and depth == inner == 0 and row[place - 1 : place] != "\\":
            yield row[start:place]
            start = place + 1
    yield row[start:]


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
