"""Pictures in TikZ: a document that pdflatex takes, or a `tikzpicture`, which needs only tikz."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence

from netsym.graph.names import GREEK
from netsym.notes.marks import Box, Circle, Label, Mark, Part, Path
from netsym.writers.palette import GROUND, Color

_CM = 0.022  # of a pixel
_POINTS = 0.55  # of a pixel, for lines
_ANCHORS = {"start": ",anchor=west", "middle": "", "end": ",anchor=east"}
_SIZES = ((12.5, "footnotesize"), (14.5, "small"), (17, "normalsize"), (21, "large"))
_SPECIAL = {
    "\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}",
    **{sign: rf"\{sign}" for sign in "&%$#_{}"}, "<": r"$<$", ">": r"$>$", "|": r"$|$",
    "\"": "''", "\u2212": r"$-$", "×": r"$\times$", "·": r"$\cdot$",
    "⋮": r"$\vdots$", "⋯": r"$\cdots$", "≤": r"$\le$", "≥": r"$\ge$", "’": "'", "…": r"\dots{}",
    **{sign: rf"$\{word}$" for word, sign in GREEK.items()}, "λ": r"$\lambda$", "Σ": r"$\sum$",
    **{sign: f"$_{n}$" for n, sign in enumerate("₀₁₂₃₄₅₆₇₈₉")},
    "½": r"$\frac12$", "ŷ": r"$\hat y$", "²": r"$^2$", "ı": r"\i{}",
}  # fmt: skip
#: Accents, as they stand behind a letter in Unicode.
_ACCENTS = {
    "\u0300": "`", "\u0301": "'", "\u0302": "^", "\u0303": "~", "\u0304": "=", "\u0306": "u",
    "\u0307": ".", "\u0308": '"', "\u030a": "r", "\u030b": "H", "\u030c": "v", "\u0327": "c",
}  # fmt: skip


def tikz(
    title: str, width: float, height: float, marks: Sequence[Mark], fragment: bool = False
) -> str:
    """Marks in TikZ; see `Picture.tikz`."""
    lines = [
        r"\begin{tikzpicture}[>=latex]",
        *(rf"\definecolor{{{c.name}}}{{HTML}}{{{c.light}}}" for c in _colors(marks)),
        rf"\useasboundingbox {_at(0, 0)} rectangle {_at(width, height)};",
        *(line for mark in marks for line in _written(mark)),
        r"\end{tikzpicture}",
    ]
    picture = "\n".join(lines)
    if fragment:
        return picture
    size = f"{width * _CM:.3f}cm,{height * _CM:.3f}cm"
    return (
        f"% {_in_comment(title)}\n\\documentclass{{article}}\n\\usepackage{{tikz}}\n"
        f"\\usepackage[papersize={{{size}}},margin=0pt]{{geometry}}\n"
        "\\pagestyle{empty}\n\\setlength{\\parindent}{0pt}\n\\setlength{\\topskip}{0pt}\n"
        f"\\begin{{document}}\n{picture}\n\\end{{document}}"
    )


def _in_comment(text: str) -> str:
    """A text that ends no line."""
    return " ".join(text.split())


def _colors(marks: Sequence[Mark]) -> list[Color]:
    """The colours that are used, each once."""
    fills = [fill for mark in marks if (fill := getattr(mark, "fill", None)) is not None]
    return list(dict.fromkeys([*(mark.color for mark in marks), *fills, GROUND]))


def _at(x: float, y: float) -> str:
    return f"({x * _CM + 0.0:.3f},{0.0 - y * _CM:.3f})"


def _written(mark: Mark) -> Iterator[str]:
    name = mark.color.name
    if isinstance(mark, Path):
        yield _path(mark)
    elif isinstance(mark, Circle):
        yield (
            rf"\filldraw[fill={mark.fill.name},draw={name},line width=0.9pt] "
            f"{_at(mark.x, mark.y)} circle[radius={mark.radius * _CM:.3f}];"
        )
    elif isinstance(mark, Box):
        look = ["rounded corners=3pt"] * mark.rounded + ["dashed"] * mark.dashed
        options = ",".join([f"fill={name}!8", f"draw={name}", "line width=0.9pt", *look])
        corner = _at(mark.x + mark.width, mark.y + mark.height)
        yield rf"\filldraw[{options}] {_at(mark.x, mark.y)} rectangle {corner};"
    elif isinstance(mark, Label):
        yield _node(mark)


def _path(mark: Path) -> str:
    start, *others = mark.steps
    steps = [_at(start[0], start[1])]
    for step in others:
        *control, end = (_at(step[n], step[n + 1]) for n in range(0, len(step), 2))
        curve = f".. controls {' and '.join(control)} .. " if control else "-- "
        steps.append(curve + end)
    options = [f"draw={mark.color.name}", f"line width={mark.width * _POINTS:.2f}pt"]
    options += [f"fill={mark.fill.name}!16"] if mark.fill else []
    options += ["dashed"] * mark.dashed + ["->"] * mark.arrow
    options += [f"opacity={mark.opacity:g}"] if mark.opacity < 1 else []
    return rf"\path[{','.join(options)}] {' '.join(steps)}{' -- cycle' if mark.fill else ''};"


def _node(mark: Label) -> str:
    size = next((word for most, word in _SIZES if mark.size <= most), "Large")
    look = "inner sep=1pt,fill=ground" if mark.halo else "inner sep=0pt"
    turn = f",rotate={-mark.turn:.1f}" if mark.turn else ""
    font = rf"\{size}\sffamily" + r"\bfseries" * mark.bold
    text = "".join(map(_part, mark.text))
    options = f"text={mark.color.name},{look},font={font}{_ANCHORS[mark.anchor]}{turn}"
    return rf"\node[{options}] at {_at(mark.x, mark.y)} {{{text}}};"


def _part(part: Part) -> str:
    if isinstance(part, str):
        return escaped(part)
    if part.latex:
        return f"${part.latex}$"
    base = r"\hat y" if part.base == "ŷ" else escaped(part.base).strip("$")
    if part.is_word:
        base = rf"\textrm{{{escaped(part.base)}}}"
    below = f"_{{{escaped(part.below)}}}" if part.below else ""
    above = f"^{{{escaped(part.above)}}}" if part.above else ""
    return f"${base}{below}{above}$"


def escaped(text: str) -> str:
    r"""A text that TeX writes as it is; signs that pdflatex does not have, by their numbers.

    >>> print(escaped("a_1 & 50%, Ré, α, א"))
    a\_1 \& 50\%, R\'{e}, $\alpha$, [U+05D0]
    """
    return re.sub(r"(?s).", lambda sign: _sign(sign[0]), text)


def _sign(sign: str) -> str:
    if sign in _SPECIAL:
        return _SPECIAL[sign]
    if sign.isascii():
        return sign if sign.isprintable() else " "
    parts = unicodedata.normalize("NFD", sign)
    if len(parts) == 2 and parts[0].isascii() and parts[1] in _ACCENTS:
        return rf"\{_ACCENTS[parts[1]]}{{{parts[0]}}}"
    return f"[U+{ord(sign):04X}]"
