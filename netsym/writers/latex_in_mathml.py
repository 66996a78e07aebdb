r"""The LaTeX of a name, as `\hat{y}_{1}^{[2]}`, in MathML: one spelling of names serves both."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from html import escape

_TOKEN = re.compile(r"\\(?:[A-Za-z]+|.)|\[[0-9]+\]|[0-9]+(?:\.[0-9]+)?|.", re.DOTALL)
_ACCENTS = {"hat": "^", "widehat": "^", "bar": "¯", "overline": "¯", "tilde": "~", "vec": "→",
            "dot": "˙", "ddot": "¨", "widetilde": "~", "check": "ˇ", "breve": "˘", "acute": "´",
            "grave": "`", "mathring": "˚", "underline": "_"}  # fmt: skip
_WORDS = frozenset({"mathrm", "text", "operatorname", "mathit", "mathsf", "mathtt", "textit"})
_FONTS = {"mathbf": "BOLD", "boldsymbol": "BOLD ITALIC", "mathcal": "SCRIPT",
          "mathbb": "DOUBLE-STRUCK", "mathfrak": "FRAKTUR"}  # fmt: skip
_SIGNS = {"partial": "∂", "nabla": "∇", "ell": "ℓ", "odot": "⊙", "cdot": "⋅", "infty": "∞",
          "dots": "…", "ldots": "…", "prime": "′", "varepsilon": "ε", "epsilon": "ϵ",
          "varphi": "φ", "phi": "ϕ", "vartheta": "ϑ", "top": "⊤", "star": "⋆", "ast": "∗",
          "dagger": "†", "ddagger": "‡", "circ": "∘", "bullet": "∙", "bot": "⊥", "perp": "⟂",
          "parallel": "∥", "mp": "∓", "times": "×", "cdots": "⋯", "to": "→", "leftarrow": "←",
          "rightarrow": "→", "uparrow": "↑", "downarrow": "↓", "Re": "ℜ", "Im": "ℑ", "sim": "∼",
          "wedge": "∧", "backslash": "\\", "varsigma": "ς", "varpi": "ϖ", "varrho": "ϱ",
          "hbar": "ℏ", "imath": "ı", "jmath": "ȷ", "pm": "±"}  # fmt: skip
_SPACES = frozenset({"\\,", "\\;", "\\:", "\\!", "\\ ", " ", "~"})


def in_mathml(latex: str) -> str:
    r"""The MathML of a name or of a function's name; one element, or several in a row.

    >>> in_mathml(r"w_{12}^{2}")
    '<msubsup><mi>w</mi><mn>12</mn><mn>2</mn></msubsup>'
    >>> in_mathml(r"\text{sepal length}"), in_mathml(r"\sigma")
    ('<mi>sepal length</mi>', '<mi>σ</mi>')
    """
    return "".join(_Reader(latex).elements())


def identifier(text: str) -> str:
    """A letter, or a word, whose letters stand upright."""
    return f"<mi>{escape(text)}</mi>"


class _Reader:
    """Reads what names are written with: letters, commands, groups, and what is below and above."""

    def __init__(self, latex: str) -> None:
        self.tokens: list[str] = _TOKEN.findall(latex)
        self.next = 0

    def elements(self) -> Iterator[str]:
        """Elements up to the end, or to the brace that closes."""
        while self.next < len(self.tokens) and self.tokens[self.next] != "}":
            if self.tokens[self.next] in _SPACES:
                self.next += 1
                continue
            yield self._with_scripts(self._base())

    def _with_scripts(self, base: str) -> str:
        scripts: dict[str, str] = {}
        while self.next < len(self.tokens) and self.tokens[self.next] in ("_", "^", "'"):
            mark = self._take()
            if mark == "'":
                scripts["^"] = f"{scripts.get('^', '')}<mo>′</mo>"
            else:
                scripts[mark] = row(scripts.get(mark, "") + self._base())
        tag = {"_": "msub", "^": "msup", "_^": "msubsup"}.get(
            "".join(sorted(scripts, reverse=True))
        )
        inside = base + "".join(row(scripts[mark]) for mark in "_^" if mark in scripts)
        return f"<{tag}>{inside}</{tag}>" if tag else base

    def _take(self) -> str:
        self.next += 1
        return self.tokens[self.next - 1] if self.next <= len(self.tokens) else ""

    def _base(self) -> str:
        token = self._take()
        if token == "{":
            inside = "".join(self.elements())
            self._take()
            return row(inside)
        if token[0].isdecimal() or token[1:2].isdecimal():  # a number, or that of a layer: [1]
            return f"<mn>{token}</mn>"
        if token[0] == "\\":
            return self._command(token[1:])
        if token in "[]()":
            return f'<mo stretchy="false" lspace="0" rspace="0">{token}</mo>'
        return identifier(token) if token.isalpha() else f"<mo>{escape(token)}</mo>"

    def _command(self, word: str) -> str:
        if word in _ACCENTS:
            mark = f'<mo stretchy="false">{_ACCENTS[word]}</mo>'
            return f'<mover accent="true">{self._base()}{mark}</mover>'
        if word in _WORDS:
            return identifier(self._word())
        if word in _FONTS:
            return identifier("".join(_in_font(c, _FONTS[word]) for c in self._word()))
        return identifier(_SIGNS.get(word) or _greek(word) or word)

    def _word(self) -> str:
        """The text of a group, as it is typed."""
        if self._take() != "{":
            return self.tokens[self.next - 1]
        found, depth = "", 1
        while self.next < len(self.tokens):
            token = self._take()
            depth += {"{": 1, "}": -1}.get(token, 0)
            if not depth:
                break
            found += token.removeprefix("\\") if token not in "{}" else ""
        return found


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
