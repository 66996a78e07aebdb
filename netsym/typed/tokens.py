"""Text as tokens: one compiled expression finds them all; what is no token is explained."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field

from netsym.errors import SpecError
from netsym.typed.carets import Span, mistake
from netsym.typed.greek import GREEK_LETTERS

#: The end of a token list, so that looking one ahead needs no check.
END = "end"
#: The kind and word that stand for some tokens, and the place of the last of these.
Change = tuple[str, str, int]


@dataclass(slots=True)
class Tokens:
    """The tokens of a text, in parallel lists that end with an `END`.

    Kinds: `name`, `number`, `superscript`; `+ - * / ^ ( ) | , = ;`; `< > <= >= ? : if else` of
    choices; `line` for a line break, `dots`; `inputs` and `outputs` before lists of names that are
    these. A number's word is digits with a point and an exponent, or `1/3` where the language has
    numbers like this. What other languages write is of other kinds, until `translated` has read
    it. `loose` says that factors may stand side by side, as in LaTeX; `notes` what was assumed.
    """

    text: str
    kinds: list[str] = field(default_factory=list)
    words: list[str] = field(default_factory=list)
    starts: list[int] = field(default_factory=list)
    stops: list[int] = field(default_factory=list)
    loose: bool = False
    notes: list[str] = field(default_factory=list)

    def like(self) -> Tokens:
        """No tokens yet, of the same text."""
        return Tokens(self.text, loose=self.loose, notes=self.notes)

    def take(self, other: Tokens, start: int, stop: int) -> None:
        """Some tokens of another list."""
        self.kinds += other.kinds[start:stop]
        self.words += other.words[start:stop]
        self.starts += other.starts[start:stop]
        self.stops += other.stops[start:stop]

    def add(self, kind: str, word: str, start: int, stop: int) -> None:
        """One more token."""
        self.kinds.append(kind)
        self.words.append(word)
        self.starts.append(start)
        self.stops.append(stop)

    def edited(self, changes: Mapping[int, Change | None]) -> Tokens:
        """With other tokens at some places; None leaves one out."""
        made, place = self.like(), 0
        for at in sorted(changes):
            if at < place:
                continue
            made.take(self, place, at)
            place, change = at + 1, changes[at]
            if change is not None:
                kind, word, last = change
                place = max(at, last) + 1
                made.add(kind, word, self.starts[at], self.stops[place - 1])
        made.take(self, place, len(self.kinds))
        return made

    def close(self) -> Tokens:
        """With the end mark."""
        self.add(END, "", len(self.text), len(self.text))
        return self

    def closings(self) -> dict[int, tuple[int, int]]:
        """Where each parenthesis closes, and how many values commas separate in it."""
        opened: list[list[int]] = []
        found: dict[int, tuple[int, int]] = {}
        for place, kind in enumerate(self.kinds):
            if kind == "(":
                opened.append([place, 1])
            elif kind == "," and opened:
                opened[-1][1] += 1
            elif kind == ")" and opened:
                opening, values = opened.pop()
                found[opening] = (place, values)
        return found

    def span(self, place: int) -> Span:
        """Where a token stands."""
        return self.starts[place], self.stops[place]

    def mistake(self, message: str, *places: int, hint: str = "") -> SpecError:
        """An error that points at tokens."""
        spans = [(self.starts[i], self.stops[i]) for i in places]
        return mistake(message, self.text, *spans, hint=hint)


_GREEK = f"[{''.join(GREEK_LETTERS)}]"
_LAYER = r"\^\{?(?:\[[0-9]+\]|\([0-9]+\))\}?"
# A superscript in brackets is a layer only if a subscript follows: x^(2) is a power.
_NAME = (
    rf"(?:[A-Za-z_][A-Za-z0-9_]*|(?![σπ](?![⁽₀-₉_])){_GREEK}[A-Za-z0-9_]*|ŷ|y\u0302)"
    rf"(?:⁽[⁰¹²³⁴-⁹]+⁾|(?<=[A-Za-z]){_LAYER}(?=_[0-9{{]))?"
    r"(?:[₀-₉]+(?:,[₀-₉]+)*|(?<=[\])}ŷ\u0302])(?:_[0-9]+)+)?"
    r"(?:_?(?<=_)\{[A-Za-z0-9]+(?:,[0-9]+)*\}(?:\^\{?\[[0-9]+\]\}?|\^\{?\([0-9]+\)\}?)?)?"
)
TOKEN = re.compile(
    rf"(?P<name>(?:∂{_NAME}/∂)?{_NAME}|[σπ√])"
    r"|(?P<sign>\*\*|:=|<-|<=|>=|!=|&&|\.[-+*/^]|\.?'|%\*%|/(?!/)"
    r"|[-+*^()\[\]{}|,=;·×∗⋅÷−–?:<>≤≥←@&∧])"
    r"|[ \t\r\f\v\u00a0\u2000-\u200a\u202f\u2060\u3000]+|(?:\.\.\.|\\)[ \t]*\n"
    r"|(?P<number>(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?)"
    r"|(?P<cell>\$(?:[A-Za-z]{1,3}\$?)?[0-9]+)"
    r"|(?P<remark>(?:%|//)[^\n]*)"
    r"|(?P<line>\n)"
    r"|(?P<superscript>⁻?[⁰¹²³⁴-⁹]+)"
    r"|(?P<dots>…|\.\.\.)"
    r"|(?P<point>\.)|(?P<string>\"[^\"\n]*\")"
    r"|(?P<comment>\#[^\n]*)"
    r"|(?P<unknown>.)",
    re.DOTALL,
)
_SIGNS: Mapping[str, str] = {
    "**": "^", "^": "^", "+": "+", "*": "*", "/": "/", "(": "(", ")": ")", "[": "(", "]": ")",
    "{": "(", "}": ")", "|": "|", ",": ",", "=": "=", ";": ";", "·": "*", "×": "*", "∗": "*",
    "⋅": "*", "÷": "/", "-": "-", "−": "-", "–": "-", ":=": "=", "<-": "<-", "←": "=", ".*": "*",
    "./": "/", ".^": "^", ".+": "+", ".-": "-", "%*%": "*", "@": "@", "'": "'", ".'": "'",
    "&&": "and", "&": "and", "∧": "and",
    "?": "?", ":": ":", "<": "<", ">": ">", "<=": "<=", ">=": ">=", "!=": "!=", "≤": "<=",
    "≥": ">=",
}  # fmt: skip

_SEVERAL_WORDS = re.compile(r"(?:%|//)[ \t]*[A-Za-z]+:?[ \t]+[A-Za-z]+(?![A-Za-z]*[ \t]*\()")

#: Letters that look like ours.
_ALIKE = dict(zip("аеорсухіјѕԁһԛԝАВЕКМНОРСТУХІЈЅονρυχιΑΒΕΖΗΙΚΜΝΟΡΤΥΧ",
                  "aeopcyxijsdhqwABEKMHOPCTYXIJSovpuxiABEZHIKMNOPTYX", strict=True))  # fmt: skip
_REMARKS: Mapping[str, str] = {
    "!": "a factorial is not among the functions of networks",
    '"': "a formula has no quotes",
    "’": "a formula has no quotes",
    "`": "a formula has no quotes",
    "\\": "LaTeX commands have letters, as in \\frac{1}{2}",
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
        elif kind == "remark":
            _check_remark(found, word, match.start())
            continue
        kinds.append(kind)
        words.append(word)
        starts.append(match.start())
        stops.append(match.end())
    return found.close()


def _check_remark(found: Tokens, word: str, start: int) -> None:
    """Refuse what may be a remark of one language and a sign of another.

    A remark stands behind a whole statement, or is more than one word.
    """
    alone = not found.kinds or found.kinds[-1] in ("line", ";")
    if not (alone or _SEVERAL_WORDS.match(word)):
        sign = word[: 1 + word.startswith("//")]
        other = "a remainder" if sign == "%" else "a whole quotient"
        raise mistake(
            f"{sign!r} can begin a remark, or stand for {other}", found.text,
            (start, start + len(sign)),
            hint="begin a remark with #; networks have no such remainders or quotients",
        )  # fmt: skip


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
