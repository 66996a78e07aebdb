r"""LaTeX that netsym writes, in words: what is read aloud where a formula cannot be seen."""

from __future__ import annotations

import re
from collections.abc import Iterator

from netsym.graph.names import GREEK
from netsym.writers.latex_tree import NOTHING, Piece, one, read_latex

_SIGNS = {
    "=": "equals", "+": "plus", "-": "minus", "/": "over", ",": ",", ";": ";", "<": "less than",
    ">": "greater than", "'": "prime", "′": "prime", "(": "open bracket", ")": "close bracket",
    "[": "open bracket", "]": "close bracket", "|": "bar", "!": "factorial",
}  # fmt: skip
_COMMANDS = {
    "cdot": "times", "times": "by", "odot": "times, entry by entry,", "ast": "convolved with",
    "partial": "d", "in": "in", "approx": "is about", "ne": "is not", "le": "at most",
    "ge": "at least", "dots": "and so on to", "cdots": "and so on to", "vdots": "and so on",
    "sum": "the sum of", "log": "log", "exp": "e to the power of", "triangleleft": "which is",
    "infty": "infinity", "to": "to", "longrightarrow": "becomes", "hline": "", "prime": "prime",
}  # fmt: skip
_CALLED = frozenset({"sigma", "tanh", "exp", "log", "max", "min", "sin", "cos"})
_LETTERS = frozenset(GREEK) - _CALLED
#: Longer texts are not listened to.
_LONGEST = 1_500


def in_words(latex: str) -> str:
    r"""A formula in words, row by row; of a long one how it begins.

    >>> in_words(r"\hat{y} = \sigma\bigl(w_{1}^{[2]}a + b\bigr)")
    'y hat equals sigma of, w 1 of layer 2 times a plus b, end'
    """
    said = " ".join(" ".join(_words(read_latex(latex))).split())
    said = re.sub(r"[ ,]*([,;])", r"\1", said).strip(" ,;")
    if len(said) <= _LONGEST:
        return said
    return f"{said[: _LONGEST // 3].rpartition(' ')[0]}, and so on: a long formula"


def _words(piece: Piece) -> Iterator[str]:
    text, parts = piece.text, piece.parts
    match piece.kind:
        case "letter" | "number" | "word" | "font":
            yield text.strip("[]")
        case "sign":
            yield _SIGNS.get(text, text)
        case "command":
            yield _COMMANDS.get(text, text)
        case "row":
            yield from _of_row(parts)
        case "fenced":
            yield "open bracket,"
            yield from _words(parts[0])
            yield ", close bracket"
        case "scripts":
            yield from _scripts(*parts)
        case "accent":
            yield from _words(parts[0])
            yield text
        case "brace":
            yield from _words(parts[0])
            yield ", which is"
            yield from _words(parts[1])
            yield ","
        case "fraction":
            yield from _fraction(*parts)
        case "root":
            yield "the square root of"
            yield from _words(parts[0])
            yield ", end"
        case "color":
            yield from _words(parts[0])
        case "table":
            for number, cells in enumerate(parts):
                yield ";" if number else ""
                for place, cell in enumerate(cells.parts):
                    yield "," if place and (place % 2 == 0 or text != "aligned") else ""
                    yield from _words(cell)


def _of_row(parts: tuple[Piece, ...]) -> Iterator[str]:
    """Pieces one after another; a function says that it is one of what is in brackets."""
    before = NOTHING
    for piece in parts:
        if piece.kind == "space":
            continue
        if _is_operand(before) and (_is_operand(piece) or _is_function(piece)):
            yield "times"
        if piece.kind == "fenced" and _is_function(before):
            yield "of,"
            yield from _words(piece.parts[0])
            yield ", end"
        else:
            yield from _words(piece)
        before = piece


def _is_operand(piece: Piece) -> bool:
    """Whether it is a value, so that two in a row are a product."""
    if piece.kind in ("color", "accent"):
        return _is_operand(piece.parts[0])
    if piece.kind == "scripts":
        return not _is_function(piece) and piece.parts[0].text != "sum"
    if piece.kind == "command":
        return piece.text in _LETTERS
    if piece.kind == "word":
        return piece.text[-1:].isalnum() and not _is_function(piece)
    return piece.kind in ("letter", "number", "fenced", "fraction", "root", "font", "brace")


def _is_function(piece: Piece) -> bool:
    """Whether it is a function's name, perhaps with scripts."""
    base = piece.parts[0] if piece.kind == "scripts" else piece
    return (base.kind == "command" and base.text in _CALLED) or (
        base.kind == "word" and base.text.isalpha() and len(base.text) > 1
    )


def _scripts(base: Piece, below: Piece, above: Piece) -> Iterator[str]:
    if base == Piece("command", "sum"):
        yield "the sum over" if below != NOTHING else "the sum"
        yield from _words(below)
        yield from ("to", *_words(above), "of") if above != NOTHING else ("of",)
        return
    yield from _words(base)
    for piece in below.parts if below.kind == "row" else (below,):
        for word in _words(piece):
            yield " ".join(word) if word.isdecimal() else word
    yield from _above(above)


def _above(above: Piece) -> Iterator[str]:
    """A script that stands above: a layer, an example, a transpose, or else a power."""
    pieces = above.parts if above.kind == "row" else (above,)
    if above == NOTHING:
        return
    if pieces[0] == Piece("sign", "′"):
        yield "prime"
        yield from _above(one(pieces[1:]))
    elif above == Piece("word", "T"):
        yield "transposed"
    elif all(piece.kind in ("number", "fenced") for piece in pieces) and (
        pieces[0].text[:1] in "[("
    ):
        for piece in pieces:
            kind = "of layer" if piece.kind == "number" else "of example"
            yield from (kind, *_words(piece if piece.kind == "number" else piece.parts[0]))
    else:
        yield from ("to the power of", *_words(above))


def _fraction(above: Piece, below: Piece) -> Iterator[str]:
    yield "the fraction,"
    yield from _words(above)
    yield ", over,"
    yield from _words(below)
    yield ", end"
