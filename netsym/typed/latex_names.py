r"""Names in LaTeX, and which plain names they stand for: w_{12}^{[1]} is w1_1_2."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain, pairwise

from netsym.graph.names import VALUES
from netsym.typed.greek import GREEK_COMMANDS, GREEK_WORDS
from netsym.typed.vocabulary import Vocabulary, function_of, spelled

_LETTERS = "|".join(sorted((command[1:] for command in GREEK_COMMANDS), key=len, reverse=True))
_BOLD = r"\\(?:mathbf|boldsymbol|bm|vec|mathbfit|pmb)"
_UPRIGHT = r"\\(?:mathrm|mathit|text|mathsf|textrm|operatorname)\{(?:[A-Za-z0-9 ]|\\_)+\}"
_BASE = (
    rf"\\(?:wide)?hat *(?:\{{ *y *\}}|y(?![A-Za-z]))|{_UPRIGHT}|[A-Za-z]"
    rf"|{_BOLD} *(?:\{{ *(?:\\(?:{_LETTERS})|[A-Za-z]) *\}}|\\(?:{_LETTERS})(?![A-Za-z])"
    rf"|(?<![a-z])[A-Za-z](?![A-Za-z]))"
)
_IN_BOLD = re.compile(rf"{_BOLD} *\{{? *(.*?) *\}}?")
_GREEK_LETTER = rf"\\(?:{_LETTERS})(?![A-Za-z])"
_BELOW = (
    rf"_(?:\{{(?P<below>(?:[A-Za-z0-9, ]|\\[,_]|{_UPRIGHT}|{_GREEK_LETTER})+)\}}"
    r"|(?P<low>[0-9]+|[A-Za-z]))"
)
_ABOVE = r"\^(?:\{ *(?P<above>\[[0-9]+\]|\([0-9]+\)|[0-9]+) *\}|(?P<high>\[[0-9]+\]|\([0-9]+\)))"
_BEFORE = _ABOVE.replace("above", "above2").replace("high", "high2")
_NAME = re.compile(rf"(?P<base>{_BASE})(?:{_BEFORE})?(?:{_BELOW})?(?:{_ABOVE})?")
_FIRST_VALUE = re.compile(
    rf"(?<![\w{{,\\])[{''.join(v for v in VALUES if len(v) == 1)}]_?\{{?[0-9,]*\}}?\^\{{\(1\)\}}"
)  # a value of layer 1, and no gate
_GREEK_NAME = re.compile(rf"(?P<base>{_GREEK_LETTER})(?:{_BEFORE})?(?:{_BELOW})?(?:{_ABOVE})?")
_TYPED = re.compile(r"[A-Za-z][A-Za-z0-9]*(?:_[A-Za-z0-9]+)*")
_NUMBERED = re.compile(rf"([A-Za-z]|{'|'.join(GREEK_WORDS)})([0-9]+)")
_DEFINED = re.compile(
    rf"(?P<base>{_GREEK_LETTER}|[A-Za-z])(?:{_BELOW})?{_ABOVE}\}}?[ ]*&?[ ]*="
)  # Nielsen's a_{1}^{2}; a power is never left of an equals sign

_LABELLED = re.compile(
    rf"(?:\}}_\{{|\\triangleleft\}}\\;)(?:\\textcolor\{{\w+\}}\{{)?"
    rf"(?P<base>{_GREEK_LETTER}|[A-Za-z])(?:{_BELOW})?{_ABOVE}(?:\}}|$|\s)"
)  # the same below a brace


@dataclass(frozen=True, slots=True)
class _Script:
    """A base letter or word, with what is below and above it."""

    base: str
    below: str = ""
    above: str = ""


class LatexNames:
    """Finds names in a text, by the names that are known and the LaTeX that was given for them."""

    def __init__(
        self, text: str, vocabulary: Vocabulary, given: Mapping[str, str], outputs: Sequence[str]
    ) -> None:
        self.text = text
        self.vocabulary = vocabulary
        self.given = {latex: name for name, latex in given.items() if latex}
        longest = sorted(self.given, key=len, reverse=True)
        ends = (r"(?![A-Za-z_])" if latex[-1].isalpha() else "(?!_)" for latex in longest)
        whole = (re.escape(latex) + end for latex, end in zip(longest, ends, strict=True))
        self._given = re.compile("|".join(whole)) if longest else None
        self._seen: dict[str, tuple[str, int] | None] = {}
        known = chain(_DEFINED.finditer(text), _LABELLED.finditer(text))
        self._layers = {_script(match) for match in known}
        self._first_is_one = _FIRST_VALUE.search(text) is not None
        self._identifiers = self._of_chosen(given, [*vocabulary.chosen, *outputs])

    def match(self, place: int) -> tuple[str, int] | None:
        """The word of the name that begins there, and where it ends."""
        text = self.text
        if self._given is not None:
            match = self._given.match(text, place)
            if match:
                return self.given[match.group()], match.end()
        letter = text[place]
        if letter != "\\" and not (letter.isalpha() and letter.isascii()):
            return None
        if letter == "\\":
            scripted = _GREEK_NAME.match(text, place)
            if scripted:
                word, end = self._read(scripted)
                has_meaning = scripted["base"] in (r"\sigma", r"\pi")
                if not has_meaning or end > scripted.end("base") or self.vocabulary.place(word):
                    return word, end
                return None
        else:
            typed = _TYPED.match(text, place)
            assert typed is not None
            if self._is_word(typed.group(), text[typed.end() : typed.end() + 2]):
                return typed.group(), typed.end()
        match = _NAME.match(text, place)
        if match is None or match["base"].startswith("\\operatorname"):
            return None
        return self._read(match)

    def _is_word(self, word: str, after: str) -> bool:
        """Whether letters typed without a command are one word: sigmoid, w_1_2, gain."""
        if after[:1] == "_" or (after == "^{" and self.vocabulary.place(word) is None):
            return False
        if self.vocabulary.place(word) is not None and len(word) > 1:
            return True
        if len(word) > 1 and function_of(word) is not None:
            return True
        if self.vocabulary.is_open:
            return word.count("_") > 1
        pieces = self.vocabulary.splits(word, {})
        return len(pieces) == 1

    def _read(self, match: re.Match[str]) -> tuple[str, int]:
        script = _script(match)
        above = script.above
        before = match["above2"] or match["high2"] or ""
        end = match.end()
        if before and above:  # x^2_1^3 is no name
            above, end = "", match.start("above") - 2 if match["above"] else match.start("high") - 1
        script = replace(script, above=before or above)
        if script.above:
            for name in self._layered(script):
                return name, end
            # no layer: what is above is a power
            start = match.start("above2" if match["above2"] else "high2") if before else (
                match.start("above" if match["above"] else "high")
            )  # fmt: skip
            end = self.text.rindex("^", 0, start + 1)
            if before:
                script = _Script(script.base)
        return self._name(_Script(script.base, script.below)), end

    def _name(self, script: _Script) -> str:
        """The plain name for a script without a layer."""
        key = f"{script.base}|{script.below}"
        if key in self._identifiers:
            return self._identifiers[key]
        found = spelled(script.base, "", script.below)
        known = [name for name in found if self.vocabulary.place(name) is not None]
        if known:
            return known[0]
        joined = "_".join([script.base, *script.below.split(",")]) if script.below else script.base
        close = script.base + script.below
        return (
            close if self.vocabulary.place(close) and not self.vocabulary.place(joined) else joined
        )

    def _layered(self, script: _Script) -> list[str]:
        """The plain names of a value in a layer, by the notations."""
        number = int(script.above.strip("[]()"))
        bracket = script.above[0] if script.above[0] in "[(" else ""
        is_value = script.base in VALUES
        if bracket == "[":
            layer = number
        elif bracket == "(":
            layer = number - (is_value and not self._first_is_one)
        else:
            layer = number - 1
        names = spelled(script.base, str(layer), script.below)
        known = [name for name in names if self.vocabulary.place(name) is not None]
        if known:
            return known[:1]
        if bracket == "[" or (bracket and script.below) or script in self._layers:
            return names[:1]
        return []

    def _of_chosen(self, given: Mapping[str, str], chosen: Sequence[str]) -> dict[str, str]:
        """Chosen names by the scripts that writers make of them: rate|max is rate_max."""
        found: dict[str, list[str]] = {}
        for name in chosen:
            if name not in given:
                word, indices = word_and_indices(name)
                found.setdefault(f"{word}|{','.join(indices)}", []).append(name)
        plain = {}
        for key, names in found.items():
            # of x1 and x_1, one is written as typed
            left = [name for name in names if _as_typed(name) not in self.text] or names
            plain[key] = left[0]
        plain |= {f"{name}|": name for name in chosen}
        return plain


def _script(match: re.Match[str]) -> _Script:
    """The letter of a match, and what is below and behind it above."""
    below, above = match["below"] or match["low"] or "", match["above"] or match["high"] or ""
    base = _plain_word(match["base"])
    return _Script(base.removesuffix("_") if below else base, _indices(below), above)


def word_and_indices(name: str) -> tuple[str, tuple[str, ...]]:
    """A chosen name as what LaTeX has on the line and below it; words that meet are one.

    >>> word_and_indices("sepal_length_2"), word_and_indices("w_1_2"), word_and_indices("x1")
    (('sepal_length', ('2',)), ('w', ('1', '2')), ('x', ('1',)))
    """
    match = _NUMBERED.fullmatch(name)
    pieces = [match[1], match[2]] if match else name.split("_")
    if not all(pieces):  # x_ and a__b are not x and a_b
        return name, ()
    found = pieces[:1]
    for before, piece in pairwise(pieces):
        if _is_word(before) and _is_word(piece):
            found[-1] += f"_{piece}"
        else:
            found.append(piece)
    return found[0], tuple(found[1:])


def _is_word(piece: str) -> bool:
    return len(piece) > 1 and not piece.isdecimal() and piece not in GREEK_WORDS


def _as_typed(name: str) -> str:
    return f"{{{name.replace('_', chr(92) + '_')}}}"


def _plain_word(base: str) -> str:
    if base.startswith((r"\hat", r"\widehat")):
        return "y"
    bold = _IN_BOLD.fullmatch(base)
    base = bold[1] if bold else base
    if base in GREEK_COMMANDS:
        return GREEK_COMMANDS[base]
    if base.startswith("\\"):
        return _typed(base[base.index("{") + 1 : -1])
    return base


def _typed(words: str) -> str:
    """The name that words in braces are."""
    return re.sub(" +", "_", words.strip()).replace(r"\_", "_")


def _indices(below: str) -> str:
    """12 for {12}, 1,2 for {1, 2}, max for {\\text{max}}, alpha for {\\alpha}."""
    found = re.sub(_UPRIGHT, lambda match: _typed(match[0].partition("{")[2][:-1]), below)
    found = re.sub(_GREEK_LETTER, lambda match: GREEK_COMMANDS[match[0]].rstrip("_"), found)
    return found.replace(r"\,", "").replace(r"\_", "_").replace(" ", "").strip(",")
