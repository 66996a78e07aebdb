"""Where the statements of a text begin, and in which order each is read after what it uses."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.typed.choices import MARKS
from netsym.typed.programs import is_left_side
from netsym.typed.tokens import END, Tokens
from netsym.typed.vocabulary import plain_names

_ENDS = frozenset({"name", "number", ")", "superscript", "|", ";", "line", "dots"})
_GOES_ON = frozenset("+-*/") | MARKS


def statements_in_order(tokens: Tokens) -> list[int]:
    """The tokens at which statements begin: each behind those that define what it uses.

    Those that define each other in a circle stay as they stand.
    """
    whole = "line" not in tokens.kinds and ";" not in tokens.kinds
    starts = [0][: len(tokens.kinds) - 1] if whole else list(_starts(tokens))
    if len(starts) < 2:
        return starts
    spellings: dict[str, list[str]] = {}

    def plain(word: str) -> list[str]:
        if word not in spellings:
            spellings[word] = plain_names(word)
        return spellings[word]

    defines: dict[str, int] = {}
    for number, start in enumerate(starts):
        if is_left_side(tokens, start):
            for name in plain(tokens.words[start]):
                defines.setdefault(name, number)
    uses = []
    for number, start in enumerate(starts):
        stop = starts[number + 1] if number + 1 < len(starts) else len(tokens.kinds)
        words = {tokens.words[p] for p in range(start, stop) if tokens.kinds[p] == "name"}
        found = {defines[name] for word in words for name in plain(word) if name in defines}
        uses.append(sorted(found - {number}))
    return [starts[number] for number in _after_what_they_use(uses)]


def called_words(tokens: Tokens) -> set[str]:
    """The words that stand before parentheses where they are not defined."""
    kinds, words = tokens.kinds, tokens.words
    return {
        words[place] for place, kind in enumerate(kinds)
        if kind == "name" and kinds[place + 1] == "(" and not (
            _is_first(tokens, place) and is_left_side(tokens, place)
        )
    }  # fmt: skip


def _is_first(tokens: Tokens, place: int) -> bool:
    return place == 0 or tokens.kinds[place - 1] in ("line", ";")


def _starts(tokens: Tokens) -> Iterator[int]:
    """Where statements begin: at lines that are no parts of the ones before, outside brackets."""
    kinds, depth, bars, fresh = tokens.kinds, 0, 0, True
    after = 0
    for place, kind in enumerate(kinds):
        if kind == END:
            return
        separates = kind == ";" or (kind == "line" and not bars % 2)
        if depth <= 0 and separates:
            before = place - 1
            after = max(after, place + 1)
            while kinds[after] == "line":
                after += 1
            fresh |= kind == ";" or (kinds[before] in _ENDS and kinds[after] not in _GOES_ON)
            continue
        if fresh:
            yield place
            fresh, depth, bars = False, 0, 0
        depth += (kind == "(") - (kind == ")")
        bars += kind == "|"


def _after_what_they_use(uses: list[list[int]]) -> list[int]:
    order, seen = list[int](), set[int]()
    for number in range(len(uses)):
        stack = [(number, iter(uses[number]))] if number not in seen else []
        seen.add(number)
        while stack:
            each, below = stack[-1]
            after = next((n for n in below if n not in seen), None)
            if after is None:
                order.append(each)
                stack.pop()
            else:
                seen.add(after)
                stack.append((after, iter(uses[after])))
    return order
