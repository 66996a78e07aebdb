r"""LaTeX that netsym writes, in MathML: one spelling of names and of formulas serves both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

from netsym.writers.latex_tree import NOTHING, Piece, read_latex
from netsym.writers.palette import LAYERS, LOSS

_ACCENTS = {"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "vec": "→",
            "dot": "˙", "ddot": "¨", "widetilde": "~", "check": "ˇ", "breve": "˘", "acute": "´",
            "grave": "`", "mathring": "˚", "underline": "_"}  # fmt: skip
_FONTS = {"mathbf": "BOLD", "boldsymbol": "BOLD ITALIC", "mathcal": "SCRIPT",
          "mathbb": "DOUBLE-STRUCK", "mathfrak": "FRAKTUR"}  # fmt: skip
_SIGNS = {"partial": "∂", "nabla": "∇", "ell": "ℓ", "odot": "⊙", "cdot": "⋅", "infty": "∞",
          "dots": "…", "ldots": "…", "prime": "′", "varepsilon": "ε", "epsilon": "ϵ",
          "varphi": "φ", "phi": "ϕ", "vartheta": "ϑ", "top": "⊤", "star": "⋆", "ast": "∗",
          "dagger": "†", "ddagger": "‡", "circ": "∘", "bullet": "∙", "bot": "⊥", "perp": "⟂",
          "parallel": "∥", "mp": "∓", "times": "×", "cdots": "⋯", "vdots": "⋮", "to": "→",
          "leftarrow": "←", "rightarrow": "→", "uparrow": "↑", "downarrow": "↓", "Re": "ℜ",
          "Im": "ℑ", "sim": "∼", "wedge": "∧", "backslash": "\\", "varsigma": "ς", "varpi": "ϖ",
          "varrho": "ϱ", "hbar": "ℏ", "imath": "ı", "jmath": "ȷ", "pm": "±", "sum": "∑",
          "in": "∈", "ne": "≠", "approx": "≈", "le": "≤", "ge": "≥", "triangleleft": "◃",
          "longrightarrow": "⟶", "mid": "∣"}  # fmt: skip
_OPERATORS = frozenset({"odot", "cdot", "times", "ast", "in", "ne", "approx", "le", "ge", "to",
                        "pm", "longrightarrow", "partial", "sum", "sim"})  # fmt: skip
_SPACES = {"\\,": 0.17, "\\;": 0.28, "\\:": 0.22, "\\ ": 0.33, "~": 0.33, "\\quad": 1.0,
           "\\qquad": 2.0}  # fmt: skip
#: The classes of colors, by the names that LaTeX knows.
_COLORS = {each: color.name for color in (*LAYERS, LOSS) for each in (color.known, color.name)}
#: At the right of a cell, as browsers have it; Chromium knows it by the second name alone.
RIGHT = "text-align:right;text-align:-webkit-right"
_SPACE = "\N{NO-BREAK SPACE}"
_TIGHT = 'stretchy="false" lspace="0" rspace="0"'


def in_mathml(latex: str) -> str:
    r"""The MathML of a name, or of a formula; one element, or several in a row.

    >>> in_mathml(r"w_{12}^{2}")
    '<msubsup><mi>w</mi><mn>12</mn><mn>2</mn></msubsup>'
    >>> in_mathml(r"\text{sepal length}"), in_mathml(r"\frac{1}{3}")
    ('<mi>sepal length</mi>', '<mfrac><mn>1</mn><mn>3</mn></mfrac>')
    """
    return _spelled(read_latex(latex))


def identifier(text: str) -> str:
    """A letter, or a word, whose letters stand upright."""
    return f"<mi>{escape(text)}</mi>"


def _spelled(piece: Piece) -> str:
    """A piece in MathML."""
    text, parts = piece.text, piece.parts
    match piece.kind:
        case "letter":
            return identifier(text)
        case "word":  # at its ends a space would be lost
            inner = text.strip()
            before, _, after = text.partition(inner)
            spaced = f"{before and _SPACE}{inner}{after and _SPACE}"
            if spaced != text:
                return f"<mtext>{escape(spaced)}</mtext>"
            upright = "<mi" + ' mathvariant="normal"' * (len(text) == 1)
            return identifier(text).replace("<mi", upright)
        case "number":
            return f"<mn>{text}</mn>"
        case "sign":
            sign = "−" if text == "-" else escape(text)
            return f"<mo {_TIGHT}>{sign}</mo>" if text in "[]()|{}" else f"<mo>{sign}</mo>"
        case "command":
            return _command(text)
        case "space":
            return f'<mspace width="{_SPACES[text]}em"/>' if text in _SPACES else ""
        case "font":
            kind = _FONTS.get(parts[0].text)
            if kind is None:
                return f'<mtext class="bold">{escape(text)}</mtext>'
            return identifier("".join(_in_font(letter, kind) for letter in text))
        case "row":
            return "".join(_row(parts))
        case "fenced":
            return _fenced(text, parts[0])
        case "scripts":
            return _scripts(*parts)
        case "accent":
            mark = f'<mo stretchy="false">{_ACCENTS[text]}</mo>'
            return f'<mover accent="true">{_one(parts[0])}{mark}</mover>'
        case "brace":
            over = f'<munder>{_one(parts[0])}<mo stretchy="true">⏟</mo></munder>'
            return over if parts[1] == NOTHING else f"<munder>{over}{_one(parts[1])}</munder>"
        case "fraction":
            style = ' displaystyle="true"' if text == "dfrac" else ""
            return f"<mfrac{style}>{''.join(map(_one, parts))}</mfrac>"
        case "root":
            return f"<msqrt>{_one(parts[0])}</msqrt>"
        case "color":
            return f'<mrow class="{_COLORS.get(text, "ink")}">{_spelled(parts[0])}</mrow>'
        case "hidden":
            return f"<mphantom>{_one(parts[0])}</mphantom>"
        case _:
            return _table(piece)


def _row(parts: tuple[Piece, ...]) -> Iterator[str]:
    """Pieces one after another; a sign behind another sign belongs to what follows."""
    before = NOTHING
    for piece in parts:
        if piece.text == "-" and before.kind == "sign":
            yield _spelled(piece).replace("<mo>", '<mo form="prefix">')
        else:
            yield _spelled(piece)
        before = before if piece.kind == "space" else piece


def _command(word: str) -> str:
    sign = _SIGNS.get(word)
    return f"<mo>{sign}</mo>" if word in _OPERATORS else identifier(sign or _greek(word) or word)


def _fenced(brackets: str, inside: Piece) -> str:
    """What stands in brackets, which grow with a table or a fraction alone, not with braces."""
    left, right = map(escape, brackets)
    fixed = "" if _is_tall(inside) else ' stretchy="false"'
    return f"<mrow><mo{fixed}>{left}</mo>{_spelled(inside)}<mo{fixed}>{right}</mo></mrow>"


def _is_tall(piece: Piece) -> bool:
    return piece.kind in ("table", "fraction") or any(map(_is_tall, piece.parts))


def _scripts(base: Piece, below: Piece, above: Piece) -> str:
    if base == Piece("command", "sum"):
        sign = '<mo movablelimits="false">∑</mo>'
        if above == NOTHING:
            return f"<munder>{sign}{_one(below)}</munder>"
        return f"<munderover>{sign}{_one(below)}{_one(above)}</munderover>"
    tag = {(True, False): "msub", (False, True): "msup", (True, True): "msubsup"}[
        below != NOTHING, above != NOTHING
    ]
    inside = "".join(_one(part) for part in (base, below, above) if part != NOTHING)
    return f"<{tag}>{inside}</{tag}>"


def _table(table: Piece) -> str:
    """A matrix in its brackets, equations with their sides at each other, or a table of text."""
    kind = table.text
    fences = {"bmatrix": "[]", "pmatrix": "()"}.get(kind, "")
    styles: tuple[str, ...] = ("text-align:center",)
    if kind == "array":
        styles = ("vertical-align:top;text-align:left",)
    elif not fences:
        styles = (f"padding:.3ex 0 .3ex 1em;{RIGHT}", "padding:.3ex 0;text-align:left")
    rows = "".join(_table_row(row, styles) for row in table.parts)
    inside = f'<mtable displaystyle="true">{rows}</mtable>'
    if not fences:
        return inside
    return f"<mrow><mo>{fences[0]}</mo>{inside}<mo>{fences[1]}</mo></mrow>"


def _table_row(cells: Piece, styles: tuple[str, ...]) -> str:
    line = "border-top:1px solid #C9CED6;" if "line" in cells.text else ""
    found = [
        f'<mtd style="{line}{_style(place, styles)}">{_spelled(cell)}</mtd>'
        for place, cell in enumerate(cells.parts)
    ]
    return f"<mtr>{''.join(found)}</mtr>"


def _style(place: int, styles: tuple[str, ...]) -> str:
    """The style of a column; the first stands at the left edge."""
    return styles[place % len(styles)].replace("1em", "1em" if place else "0")


def _one(piece: Piece) -> str:
    return row(_spelled(piece))


def row(elements: str) -> str:
    """Elements as one."""
    return elements if is_one(elements) else f"<mrow>{elements}</mrow>"


def is_one(elements: str) -> bool:
    """Whether this is one element, which needs no row."""
    tag = re.match(r"<(\w+)", elements)
    return (
        tag is not None
        and len(re.findall(rf"<{tag[1]}\b", elements)) == 1
        and (elements.endswith(f"</{tag[1]}>"))
    )


def _greek(word: str) -> str:
    size = "CAPITAL" if word[:1].isupper() else "SMALL"
    return _character(f"GREEK {size} LETTER {word.upper().replace('LAMBDA', 'LAMDA')}")


def _in_font(letter: str, font: str) -> str:
    size = "CAPITAL " if letter.isupper() else "SMALL " if letter.islower() else "DIGIT "
    name = unicodedata.name(letter, "").rsplit(" ", 1)[-1]
    found = _character(f"MATHEMATICAL {font} {size}{name}")
    return found or _character(f"{font} {size}{name}") or letter


def _character(name: str) -> str:
    try:
        return unicodedata.lookup(name)
    except KeyError:
        return ""
