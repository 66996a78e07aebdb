r"""The LaTeX that netsym writes, read as a tree: what is over what, in what, and in which row.

What is made of it (MathML, words, how tall it is) is a fold over `Piece`s; see `latex_in_mathml`
and `latex_in_words`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_TOKEN = re.compile(r"\\(?:[A-Za-z]+\*?|.)|\[[0-9]+\]|[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)
_WORDS = frozenset({"mathrm", "text", "operatorname", "mathit", "mathsf", "mathtt", "textit"})
_FONTS = frozenset({"mathbf", "boldsymbol", "mathcal", "mathbb", "mathfrak", "textbf"})
_ACCENTS = frozenset({
    "hat", "widehat", "bar", "overline", "tilde", "vec", "dot", "ddot", "widetilde", "check",
    "breve", "acute", "grave", "mathring", "underline",
})  # fmt: skip
_SPACES = frozenset({"\\,", "\\;", "\\:", "\\!", "\\ ", "\\quad", "\\qquad", " ", "~", "\n"})
_OPENING, _CLOSING = dict(zip("([{|", ")]}|", strict=True)), frozenset(")]}|")
#: Before a bracket they make it large, and brackets grow by themselves where that is of use.
_SIZES = frozenset(f"{size}{side}" for size in ("big", "Big", "bigg", "Bigg") for side in "lr")
_SILENT = frozenset({"displaystyle", "textstyle", "scriptstyle", "limits", "allowbreak"})
_FENCES = {r"\{": "{", r"\}": "}", r"\lvert": "|", r"\rvert": "|", r"\vert": "|"}
_END = frozenset({"}", "&", "\\\\", "\\end", "\\right", ""})


@dataclass(frozen=True, slots=True)
class Piece:
    r"""A piece of a formula, of one of these kinds, with its `text` and its `parts`.

    - `letter`, `number`, `sign`, `command`, `space`: as typed; `word`, `font`: text in braces,
      which `font` has a command for in its part
    - `row`: what stands in a row; `fenced`: that, in the two brackets of the text
    - `scripts`: what is below and above its first part; `accent`; `brace`: what, and its label
    - `fraction`, `root`; `color`, `hidden`: what has the color, and room alone
    - `table`: rows of the environment in the text, which are `cells`, whose text says that they
      are below a `line`, and what room is below them: `[4pt]`
    """

    kind: str
    text: str = ""
    parts: tuple[Piece, ...] = ()


NOTHING = Piece("row")


def read_latex(latex: str) -> Piece:
    r"""The tree of a formula, as netsym writes it.

    >>> read_latex("x^{2}").parts[0].kind, read_latex(r"\frac{1}{n}").kind
    ('letter', 'fraction')
    """
    reader = _Reader(latex)
    found = [reader.row()]
    while reader.ahead:  # in a name of somebody else's an end may stand anywhere
        found += [Piece("sign", reader.take().removeprefix("\\")), reader.row()]
    return found[0] if len(found) == 1 else one([p for p in found if p != NOTHING])


class _Reader:
    """Reads token by token; what it does not know is a command, shown by its name."""

    def __init__(self, latex: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(latex)
        self.next = 0

    @property
    def ahead(self) -> str:
        """The next token, nothing at the end."""
        return self.tokens[self.next] if self.next < len(self.tokens) else ""

    def take(self) -> str:
        """The next token, which is read."""
        self.next += 1
        return self.tokens[self.next - 1] if self.next <= len(self.tokens) else ""

    def row(self) -> Piece:
        """Pieces up to the end of a group or cell; brackets that belong together are one piece."""
        found: list[Piece] = []
        opened: list[int] = []
        while self.ahead not in _END:
            piece = self._piece()
            if piece is None:
                continue
            closes = piece.kind == "sign" and piece.text in _CLOSING
            if closes and opened and _OPENING[found[opened[-1]].text] == piece.text:
                start = opened.pop()
                inside = one(found[start + 1 :])
                fence = found[start].text + piece.text
                piece, found = Piece("fenced", fence, (inside,)), found[:start]
                found.append(self._with_scripts(piece))
                continue
            if piece.kind == "sign" and piece.text in _OPENING:
                opened.append(len(found))
            found.append(self._with_scripts(piece))
        return one(found)

    def _with_scripts(self, base: Piece) -> Piece:
        scripts = {"_": NOTHING, "^": NOTHING}
        while self.ahead in ("_", "^", "'"):
            mark = self.take()
            place, script = ("^", Piece("sign", "′")) if mark == "'" else (mark, self._argument())
            scripts[place] = one([*_parts(scripts[place]), script])
        below, above = scripts.values()
        if below is above is NOTHING:
            return base
        if base.kind == "brace":
            return Piece("brace", "", (*base.parts[:1], below))
        return Piece("scripts", "", (base, below, above))

    def _argument(self) -> Piece:
        while self.ahead in _SPACES and self.ahead:
            self.next += 1
        return self._piece() or NOTHING

    def _piece(self) -> Piece | None:
        token = self.take()
        if token == "{":
            inside = self.row()
            self.take()
            return inside
        if token in _SPACES:
            return Piece("space", token)
        if token in _FENCES:
            return Piece("sign", _FENCES[token])
        if token[:1] == "\\":
            return self._command(token[1:])
        if token[:1].isdecimal() or token[1:2].isdecimal():  # a number, or that of a layer: [1]
            return Piece("number", token)
        return Piece("letter" if token.isalpha() else "sign", token)

    def _command(self, word: str) -> Piece | None:
        if word in _SIZES or word in _SILENT:
            return None
        if word in ("frac", "dfrac", "tfrac"):
            return Piece("fraction", word, (self._argument(), self._argument()))
        if word == "sqrt":
            return Piece("root", "", (self._argument(),))
        if word == "underbrace":
            return Piece("brace", "", (self._argument(), NOTHING))
        if word in ("phantom", "rlap"):
            inside = self._argument()
            return Piece("hidden", "", (inside,)) if word == "phantom" else inside
        if word == "textcolor":
            return Piece("color", self._word(), (self._argument(),))
        if word in _ACCENTS:
            return Piece("accent", word, (self._argument(),))
        if word in _WORDS:
            return Piece("word", self._word())
        if word in _FONTS:
            return Piece("font", self._word(), (Piece("command", word),))
        if word == "left":
            return self._grown()
        return self._table() if word == "begin" else Piece("command", word)

    def _grown(self) -> Piece:
        """What stands between \\left( and \\right)."""
        opening = self.take()
        inside = self.row()
        self.take()
        closing = self.take()
        return Piece("fenced", _FENCES.get(opening, opening) + _FENCES.get(closing, closing),
                     (inside,))  # fmt: skip

    def _word(self) -> str:
        """The text of a group, as it is typed."""
        if self.take() != "{":
            return self.tokens[self.next - 1]
        found, depth = "", 1
        while self.next < len(self.tokens):
            token = self.take()
            depth += {"{": 1, "}": -1}.get(token, 0)
            if not depth:
                break
            found += token.removeprefix("\\") if token not in "{}" else ""
        return found

    def _table(self) -> Piece:
        """The rows of an environment up to its end."""
        kind = self._word()
        if kind == "array":
            self._word()
        elif self.ahead == "[":
            self._option()
        rows = list(self._rows())
        self.take()
        self._word()
        return Piece("table", kind, tuple(rows))

    def _rows(self) -> Iterator[Piece]:
        line, cells = "", list[Piece]()
        while True:
            cell = self.row()
            if _is_line(cell):
                line, cell = "line", one(cell.parts[1:])
            cells.append(cell)
            end = self.ahead
            if end == "&":
                self.next += 1
                continue
            space = self._row_end() if end == "\\\\" else ""
            if any(cell != NOTHING for cell in cells):
                yield Piece("cells", f"{line}{space}", tuple(cells))
                line = ""
            cells = []
            if end != "\\\\":
                return

    def _row_end(self) -> str:
        """The room that is left below a row, as [4pt]."""
        self.next += 1
        return self._option() if self.ahead[:1] == "[" else ""

    def _option(self) -> str:
        """What stands in square brackets, with these."""
        found = ""
        while found[-1:] != "]" and self.ahead:
            found += self.take()
        return found


def _parts(piece: Piece) -> tuple[Piece, ...]:
    """What stands in a row, or alone."""
    return piece.parts if piece.kind == "row" else (piece,)


def _is_line(cell: Piece) -> bool:
    first = cell.parts[0] if cell.kind == "row" and cell.parts else cell
    return first == Piece("command", "hline")


def one(pieces: list[Piece] | tuple[Piece, ...]) -> Piece:
    """Pieces as one, without the spaces at their ends."""
    first, last = 0, len(pieces)
    while first < last and pieces[first].text in (" ", "\n"):
        first += 1
    while last > first and pieces[last - 1].text in (" ", "\n"):
        last -= 1
    kept = tuple(pieces[first:last])
    return kept[0] if len(kept) == 1 else Piece("row", "", kept)
