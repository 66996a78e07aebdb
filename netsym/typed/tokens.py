"""Text as tokens: one compiled expression finds them all; what is no token is explained."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from netsym.errors import SpecError
from netsym.typed.carets import mistake

#: The end of a token list, so that looking one ahead needs no check.
END = "end"


@dataclass(slots=True)
class Tokens:
    """The tokens of a text, in parallel lists that end with an `END`.

    Kinds: `name`, `number`, `superscript`; `+ - * / ^ ( ) | , = ;`; `line` for a line break,
    `dots`. A number's word is digits with a point and an exponent, or `1/3` where the language
    has numbers like this. `loose` says that factors may stand side by side, as in LaTeX.
    """

    text: str
    kinds: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    loose: bool = False

    def add(self, kind: str, word: str, start: int, stop: int) -> None:
        """One more token."""
        self.kinds.append(kind)
        self.words.append(word)
        self.starts.append(start)
        self.stops.append(stop)

    def close(self) -> Tokens:
        """With the end mark."""
        self.add(END, "", len(self.text), len(self.text))
        return self

    def mistake(self, message: str, *places: int, hint: str = "") -> SpecError:
        """An error that points at tokens."""
        spans = [(self.starts[i], self.stops[i]) for i in places]
        return mistake(message, self.text, *spans, hint=hint)


# A superscript in brackets is a layer only if a subscript follows: x^(2) is a power.
_NAME = (
    r"(?:[A-Za-z_][A-Za-z0-9_]*|[αβγδμσ](?=[⁽₀-₉])|ŷ|y\u0302)"
    r"(?:⁽[⁰¹²³⁴-⁹]+⁾|(?<=[A-Za-z])\^(?:\[[0-9]+\]|\([0-9]+\))(?=_[0-9]))?"
    r"(?:[₀-₉]+(?:,[₀-₉]+)*|(?<=[\])ŷ\u0302])(?:_[0-9]+)+)?"
)
TOKEN = re.compile(
    rf"(?P<name>{_NAME}|[σπ√])"
    r"|(?P<sign>\*\*|[-+*/^()\[\]{}|,=;·×∗⋅÷−–])"
    r"|[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u2060\u3000]+"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<line>\n)"
    r"|(?P<superscript>⁻?[⁰¹²³⁴-⁹]+)"
    r"|(?P<dots>…|\.\.\.)"
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<unknown>.)",
    re.DOTALL,
)
_SIGNS: Mapping[str, str] = {
    "**": "^", "^": "^", "+": "+", "*": "*", "/": "/", "(": "(", ")": ")", "[": "(", "]": ")",
    "{": "(", "}": ")", "|": "|", ",": ",", "=": "=", ";": ";", "·": "*", "×": "*", "∗": "*",
    "⋅": "*", "÷": "/", "-": "-", "−": "-", "–": "-",
}  # fmt: skip

#: Letters that look like ours.
_ALIKE = dict(zip("аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅονρυχιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
                  "aeopcyxijsdhqwABEKMHOPCTYXIJSovpuxiABEZHIKMNOPTYX", strict=True))  # fmt: skip
_REMARKS: Mapping[str, str] = {
    "!": "a factorial is not among the functions of networks",
    "'": "a formula has no quotes",
    '"': "a formula has no quotes",
    "’": "a formula has no quotes",
    "`": "a formula has no quotes",
    ".": "a point belongs into a number, as in 0.5",
    "%": "write a quotient with /",
    ":": "write max(0, z) and the like for a choice of cases",
    "<": "write max(0, z) and the like for a choice of cases",
    ">": "write max(0, z) and the like for a choice of cases",
    "≤": "write max(0, z) and the like for a choice of cases",
    "≥": "write max(0, z) and the like for a choice of cases",
    "\\": "LaTeX commands have letters, as in \\frac{1}{2}",
    "?": "type what is meant in its place",
    "∑": "write all terms of the sum",
    "∏": "write all factors of the product",
    "∞": "a formula has finite numbers",
    "⁾": "a layer is written as in w⁽¹⁾₁₂",
    "⁽": "a layer is written as in w⁽¹⁾₁₂",
}


def tokens_of(text: str, token: re.Pattern[str] = TOKEN) -> Tokens:
    """The tokens of a formula in Unicode or ASCII text; raises `SpecError` for what is none.

    Each is of the kind that the group of `token` is called that finds it.
    """
    found = Tokens(text)
    kinds, words, starts, stops = found.kinds, found.words, found.starts, found.stops
    for match in token.finditer(text):
        kind = match.lastgroup
        if kind is None or kind == "comment":
            continue
        word = match.group()
        if kind == "sign":
            kind = _SIGNS[word]
        elif kind == "unknown":
            raise unknown_character(text, match.start())
        kinds.append(kind)
        words.append(word)
        starts.append(match.start())
        stops.append(match.end())
    return found.close()


def unknown_character(text: str, place: int) -> SpecError:
    """What a character may be that has no meaning here."""
    character = text[place]
    span = (place, place + 1)
    code = f"U+{ord(character):04X}"
    name = unicodedata.name(character, "no character of Unicode").lower()
    alike = _ALIKE.get(character) or unicodedata.normalize("NFKC", character)
    if alike != character and alike.isascii() and alike.isprintable():
        message = f"{character!r} ({name}) looks like {alike!r} but is not"
        return mistake(message, text, span, hint=f"type {alike!r}")
    if not character.isprintable() or unicodedata.combining(character):
        name = "control character" if unicodedata.category(character) == "Cc" else name
        return mistake(f"an invisible character, {code} ({name})", text, span, hint="delete it")
    greek = re.fullmatch(r"greek (?:small|capital) letter (\w+)", name)
    hint = _REMARKS.get(character, "write names with letters a to z, digits and underscores")
    if greek:
        hint = f"write {greek[1]}; " + hint
    return mistake(f"{character!r} has no meaning in a formula", text, span, hint=hint)
