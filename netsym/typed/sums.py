r"""Sums and products over an index, term by term.

\sum_{i=1}^{3} w_i x_i, ∑_{i=1}^3 w_i*x_i and sum(w[i]*x[i] for i in range(1, 4)) are
(w_1 x_1 + w_2 x_2 + w_3 x_3). A sign takes the product behind it, as in print: \sum_i w_i x_i + b
is that sum, and b.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from netsym.errors import SpecError
from netsym.typed.carets import mistake
from netsym.typed.tokens import Tokens

_SUM = re.compile(
    r"(?:\\(?:sum|(?P<prod>prod))(?![A-Za-z])|∑|Σ(?=_\{[^{}]*=)|(?P<product>∏|Π(?=_\{[^{}]*=)))"
    r"(?:[ ]*\\(?:no)?limits)?"
    r"|(?<![\w.])(?:math\.|np\.)?(?:sum|(?P<called_prod>prod))[ ]*(?P<called>\()"
)
_SCRIPT = re.compile(r"[ ]*([_^])[ ]*(?:\{([^{}]*)\}|([A-Za-z0-9]))")
_FIRST = re.compile(r"[ ]*([A-Za-z])[ ]*=[ ]*(-?[0-9]{1,9})[ ]*")
_LAST = re.compile(r"[ ]*(-?[0-9]{1,9})[ ]*")
_FOR = re.compile(
    r"[\[ ]*(?P<body>.*?)[ \n]+for[ ]+(?P<letter>[A-Za-z_]\w*)[ ]+in[ ]+range[ ]*"
    r"\((?P<range>[^()]*)\)(?P<more>[ \n]+for[ ].*?)?[\] \n]*",
    re.DOTALL,
)
_RANGE = re.compile(r"[ ]*(?:(-?[0-9]{1,9})[ ]*,)?[ ]*(-?[0-9]{1,9})[ ]*")
_LETTERS = re.compile(r"_\{?[ ]*([A-Za-z])[ ]*=")
#: What ends a product, and what that may not be looked for in.
_PART = re.compile(
    r"(?P<opens>\\begin\{\w+\*?\}|\\left[ ]*(?:\\[A-Za-z]+|\\?.)|\\?[{(\[])"
    r"|(?P<closes>\\end\{\w+\*?\}|\\right[ ]*(?:\\[A-Za-z]+|\\?.)|\\?[})\]])"
    r"|(?P<ends>\\\\|[,;=&<>≤≥?:\n])|(?P<adds>[-+−])|(?P<bar>\|)|(?P<joins>[*/^_·×])"
    r"|\\(?:[A-Za-z]+|.)|[0-9.]+(?:[eE][-+]?[0-9]+)?|(?P<blank>[ ]+)|[A-Za-z]+|.",
    re.DOTALL,
)
_INDEXED = re.compile(
    r"\\(?:text\w*|math\w+|operatorname\*?)\{[^{}]*\}|\\[A-Za-z]+"
    r"|_\{(?P<below>[A-Za-z0-9, +-]+)\}|_(?P<low>[A-Za-z0-9]+)|\[(?P<place>[A-Za-z0-9 +-]+)\]"
    r"|(?P<word>[A-Za-z][A-Za-z0-9]*)"
)
_OF_NUMBERS = re.compile(r"-?[0-9]{1,9}(?:[ ]*[-+][ ]*[0-9]{1,9})+")
_NUMBERS = re.compile(r"([-+]?)[ ]*([0-9]+)")
_SHOWN = 60
_MOST_NOTES = 10


@dataclass(frozen=True, slots=True)
class _Segment:
    """A part of the text, and where each of its characters was typed."""

    text: str
    places: Sequence[int]

    def part(self, start: int, stop: int) -> _Segment:
        """Some of its characters."""
        return _Segment(self.text[start:stop], self.places[start:stop])

    def changed(self, match: re.Match[str], text: str) -> _Segment:
        """Other characters for those of a match."""
        first, last = self.places[match.start()], self.places[match.end() - 1]
        return _Segment(text, [first] * (len(text) - 1) + [last])


def _joined(segments: Sequence[_Segment]) -> _Segment:
    places = [place for segment in segments for place in segment.places]
    return _Segment("".join(segment.text for segment in segments), places)


@dataclass(slots=True)
class Spread:
    """A text without signs of sums: where each character was typed, and what was assumed."""

    typed: str
    text: str
    places: Sequence[int]
    notes: list[str] = field(default_factory=list)

    def located(self, tokens: Tokens) -> Tokens:
        """Tokens of the text as those of what was typed."""
        end = len(self.typed)
        places = [*self.places, end]
        tokens.starts = [places[start] for start in tokens.starts]
        tokens.stops = [min(places[stop - 1] + 1, end) for stop in tokens.stops]
        tokens.text, tokens.notes = self.typed, [*self.notes, *tokens.notes]
        return tokens


@dataclass(frozen=True, slots=True)
class _Sum:
    """A sum in a segment: where it stands, its index and the terms, which may be sums again."""

    start: int
    stop: int
    letter: str
    numbers: range
    body: _Segment
    joint: str


def spread(text: str, longest: int | None = None) -> Spread | None:
    r"""The text with each sum as its terms; None if there is no sum in it.

    Raises `SpecError` where the bounds of a sum are no whole numbers, or where all has more than
    `longest` characters.

    >>> spread(r"\sum_{i=1}^{3} w_i x_i + b").text
    '(w_1 x_1 + w_2 x_2 + w_3 x_3) + b'
    >>> spread("sum(w[i]*x[i + 1] for i in range(2))").text
    '(w[0]*x[1] + w[1]*x[2])'
    """
    if _SUM.search(text) is None:
        return None
    return _Spreading(text, longest).run()


class _Spreading:
    """Segments from left to right; the terms of a sum are looked through for sums again."""

    def __init__(self, text: str, longest: int | None) -> None:
        self.typed = text
        self.longest = longest
        self.length = len(text)
        self.letters = frozenset(_LETTERS.findall(text))
        self.notes: dict[str, None] = {}

    def run(self) -> Spread:
        """All terms of all sums."""
        done: list[_Segment] = []
        left = [_Segment(self.typed, range(len(self.typed)))]
        while left:
            segment = left.pop()
            found = self._first(segment)
            if found is None:
                done.append(segment)
                continue
            terms = self._terms(segment, found)
            done.append(segment.part(0, found.start))
            left += [segment.part(found.stop, len(segment.text)), terms]
            self._say(segment.text[found.start : found.stop], terms.text)
        whole = _joined(done)
        return Spread(self.typed, whole.text, whole.places, [*self.notes])

    def _say(self, typed: str, terms: str) -> None:
        if len(terms) <= _SHOWN and len(self.notes) < _MOST_NOTES and _SUM.search(terms) is None:
            self.notes[f"{typed} was read as {terms}"] = None

    # -- finding --------------------------------------------------------------------------------
    def _first(self, segment: _Segment) -> _Sum | None:
        for match in _SUM.finditer(segment.text):
            found = self._call(segment, match) if match["called"] else self._sign(segment, match)
            if found is not None:
                return found
        return None

    def _sign(self, segment: _Segment, match: re.Match[str]) -> _Sum:
        """A sign with its bounds, and the product behind it."""
        text, scripts, place = segment.text, dict[str, str](), match.end()
        while len(scripts) < 2:
            script = _SCRIPT.match(text, place)
            if script is None or script[1] in scripts:
                break
            scripts[script[1]], place = script[2] or script[3] or "", script.end()
        first, last = _FIRST.fullmatch(scripts.get("_", "")), _LAST.fullmatch(scripts.get("^", ""))
        if first is None or last is None:
            hint = r"write from where to where, as in \sum_{i=1}^{3} w_i x_i"
            raise self._unclear(segment, match.start(), place, hint)
        stop = _end_of_product(text, place)
        body = segment.part(place, stop)
        if not body.text.strip():
            message = "nothing stands behind this sum"
            raise mistake(message, self.typed, self._span(segment, match.start(), place))
        stop = place + len(body.text.rstrip())
        return _Sum(
            match.start(), stop, first[1], range(int(first[2]), int(last[1]) + 1),
            _stripped(body), "*" if match["prod"] or match["product"] else " + ",
        )  # fmt: skip

    def _call(self, segment: _Segment, match: re.Match[str]) -> _Sum | None:
        """sum(… for i in range(3)), as Python has it; None if it is another function."""
        start = match.end("called")
        stop = _end_of_parenthesis(segment.text, start)
        over = _FOR.fullmatch(segment.text, start, stop)
        if over is None:
            return None
        if stop == len(segment.text):
            opened = self._span(segment, start - 1, start)
            raise mistake("1 parenthesis is not closed", self.typed, opened)
        numbers = _RANGE.fullmatch(over["range"])
        if numbers is None:
            hint = "write the numbers, as in range(3)"
            raise self._unclear(segment, over.start("range"), over.end("range"), hint)
        body = segment.part(*over.span("body"))
        if over["more"]:
            called = segment.part(match.start(), start)
            more = segment.part(*over.span("more"))
            body = _joined([called, body, more, segment.part(stop, stop + 1)])
        return _Sum(
            match.start(), stop + 1, over["letter"], range(int(numbers[1] or 0), int(numbers[2])),
            body, "*" if match["called_prod"] else " + ",
        )  # fmt: skip

    # -- terms ----------------------------------------------------------------------------------
    def _terms(self, segment: _Segment, found: _Sum) -> _Segment:
        """The terms in parentheses, and what joins them."""
        place, end = segment.places[found.start], segment.places[found.stop - 1]
        self.length += len(found.numbers) * (len(found.body.text) + len(found.joint))
        if self.longest is not None and self.length > self.longest:
            raise mistake(
                f"with its terms this sum has more than the {self.longest:,} characters that are "
                "read", self.typed, (place, place + 1), hint="raise longest to read more",
            )  # fmt: skip
        if not found.numbers:  # the sum of nothing
            return _Segment("1" if found.joint == "*" else "0", [place])
        before, after = _braces(found.body.text)
        pieces = [_Segment("(", [place])]
        for number in found.numbers:
            joint = found.joint if len(pieces) > 1 else ""
            pieces.append(_Segment(joint + before, [place] * len(joint + before)))
            pieces += self._term(found, number)
            pieces.append(_Segment(after, [end] * len(after)))
        return _joined([*pieces, _Segment(")", [end])])

    def _term(self, found: _Sum, number: int) -> Iterator[_Segment]:
        """What is summed, with a number for the index."""
        body, place = found.body, 0
        for match in _INDEXED.finditer(body.text):
            text = self._changed(match, found, number)
            if text != match[0]:
                yield body.part(place, match.start())
                yield body.changed(match, text)
                place = match.end()
        yield body.part(place, len(body.text))

    def _changed(self, match: re.Match[str], found: _Sum, number: int) -> str:
        """A name, its indices or a place in an array, with a number for the index."""
        letter = found.letter
        if match["word"]:
            shown = str(number) if number >= 0 else f"({number})"
            return shown if match["word"] == letter else match[0]
        if match["place"]:
            return f"[{_worked_out(match['place'], letter, number)}]"
        if match["low"]:
            indices = self._of_letters(match["low"], found, number)
            return f"_{indices}" if len(indices) == len(match["low"]) else f"_{{{indices}}}"
        if match["below"]:
            parts = [
                self._of_letters(part, found, number) if part.isalnum()
                else _worked_out(part, letter, number)
                for part in match["below"].split(",")
            ]  # fmt: skip
            return f"_{{{','.join(parts)}}}"
        return match[0]

    def _of_letters(self, indices: str, found: _Sum, number: int) -> str:
        """ij with a number for i; commas stand between the indices where one has two digits."""
        letter = found.letter
        if letter not in indices or not all(c in self.letters or c.isdecimal() for c in indices):
            return indices
        joint = "," if found.numbers[-1] > 9 else ""
        return joint.join(str(number) if c == letter else c for c in indices)

    # -- mistakes -------------------------------------------------------------------------------
    def _span(self, segment: _Segment, start: int, stop: int) -> tuple[int, int]:
        return segment.places[start], segment.places[stop - 1] + 1

    def _unclear(self, segment: _Segment, start: int, stop: int, hint: str) -> SpecError:
        message = "a sum is read term by term, and here is no number of terms"
        return mistake(message, self.typed, self._span(segment, start, stop), hint=hint)


def _stripped(segment: _Segment) -> _Segment:
    text = segment.text
    return segment.part(len(text) - len(text.lstrip()), len(text.rstrip()))


def _braces(body: str) -> tuple[str, str]:
    """Parentheses for what does not stand in a sum, or a product, as it is."""
    plain = _end_of_product(body, 0) == len(body) and not re.search(r"^[-−]|/|\bif\b", body)
    return ("", "") if plain else ("(", ")")


def _worked_out(indices: str, letter: str, number: int) -> str:
    """i+1 and 2 - i with a number for i, as one number if nothing else is in it."""
    found = re.sub(rf"(?<![A-Za-z]){letter}(?![A-Za-z])", str(number), indices)
    if found == indices or not _OF_NUMBERS.fullmatch(found.strip()):
        return found
    return str(sum(int(sign + digits) for sign, digits in _NUMBERS.findall(found)))


def _ends(match: re.Match[str], is_begun: bool) -> bool:
    """Whether a product ends here: it may begin with a minus, and on the next line."""
    if match.lastgroup == "adds":
        return is_begun or match[0] == "+"
    return match.lastgroup == "ends" and (is_begun or match[0] != "\n")


def _end_of_product(text: str, start: int) -> int:
    """Where a product ends that begins at a place: at a sign, or at what closes around it."""
    depth, bars, is_begun = 0, 0, False
    for match in _PART.finditer(text, start):
        kind = match.lastgroup
        if kind == "opens":
            depth += 1
        elif kind == "closes":
            depth -= 1
            if depth < 0:
                return match.start()
        elif kind == "bar":
            bars ^= 1
        elif depth == 0 and not bars and _ends(match, is_begun):
            return match.start()
        if kind != "blank":
            is_begun = kind not in ("joins", "adds")
    return len(text)


def _end_of_parenthesis(text: str, start: int) -> int:
    """Where the parenthesis closes that opened before a place; the end of the text, if nowhere."""
    depth = 0
    for match in re.compile(r"[()]").finditer(text, start):
        depth += 1 if match[0] == "(" else -1
        if depth < 0:
            return match.start()
    return len(text)
