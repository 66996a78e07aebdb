"""Indices in brackets as those of names: x[0], w[1][2] and W(1, 2)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from netsym.typed.tokens import Change, Tokens
from netsym.typed.vocabulary import Vocabulary, function_of


class _Indexed(NamedTuple):
    """A name with indices: its place, that of the last bracket, and the numbers."""

    place: int
    last: int
    word: str
    numbers: tuple[int, ...]
    round: bool  # in parentheses, as MATLAB has it

    def candidates(self, from_zero: bool) -> Iterator[str]:
        """The plain names that it may stand for, the likeliest first."""
        numbers = [number + from_zero for number in self.numbers]
        for word in dict.fromkeys((self.word, self.word.lower())):
            yield "_".join([word, *map(str, numbers)])
            yield f"{word}{numbers[0]}_" + "_".join(map(str, numbers[1:]))  # layer first
        if set(numbers) == {1}:
            yield self.word


def read_indices(tokens: Tokens, vocabulary: Vocabulary) -> Tokens:
    """Names with indices as plain ones.

    An index 0 anywhere says that all are counted from 0, if no names have it themselves.
    """
    if vocabulary.is_open and "[" not in tokens.words:
        return tokens  # what stands before ( is a function, or a factor
    found = list(_indexed(tokens, vocabulary))
    if not found:
        return tokens
    as_typed = [_name(each, vocabulary, False) for each in found]
    from_zero = any(0 in each.numbers for each in found)
    if from_zero and (vocabulary.is_open or None in as_typed):
        as_typed = [_name(each, vocabulary, True) for each in found]
        place, first = next((n, each) for n, each in enumerate(found) if 0 in each.numbers)
        shown = "".join(tokens.words[first.place : first.last + 1])
        meant = as_typed[place] or next(first.candidates(True))
        tokens.notes.append(f"{shown} was read as {meant}: the indices are counted from 0 here")
    else:
        from_zero = False
    changes: dict[int, Change | None] = {}
    for each, name in zip(found, as_typed, strict=True):
        if name is None and each.round:
            continue
        spelled = name or next(each.candidates(from_zero))
        changes[each.place] = ("name", spelled, each.last)
    return tokens.edited(changes)


def _name(each: _Indexed, vocabulary: Vocabulary, from_zero: bool) -> str | None:
    """The known name that is meant; if any may be, the likeliest."""
    if vocabulary.is_open and not each.round:
        return next(each.candidates(from_zero))
    candidates = each.candidates(from_zero)
    return next((name for name in candidates if vocabulary.place(name)), None)


def _indexed(tokens: Tokens, vocabulary: Vocabulary) -> Iterator[_Indexed]:
    kinds, words = tokens.kinds, tokens.words
    place = 0
    for place, kind in enumerate(kinds):
        if kind != "name" or kinds[place + 1] != "(" or words[place + 1] not in "[(":
            continue
        opening, after, numbers = words[place + 1], place + 1, list[int]()
        while kinds[after] == "(" and words[after] == opening and _touches(tokens, after):
            stop = _end_of_numbers(tokens, after + 1, numbers)
            if stop < 0:
                break
            after = stop
        if numbers and function_of(words[place]) is None and (
            opening == "[" or not vocabulary.resolve(words[place], {})
        ):  # fmt: skip
            yield _Indexed(place, after - 1, words[place], tuple(numbers), opening == "(")


def _touches(tokens: Tokens, place: int) -> bool:
    return tokens.stops[place - 1] == tokens.starts[place]


def _end_of_numbers(tokens: Tokens, place: int, numbers: list[int]) -> int:
    """The place behind whole numbers in brackets, which are added to others; -1 if there is more.

    No index has more than nine digits.
    """
    kinds, words, found = tokens.kinds, tokens.words, list[int]()
    while kinds[place] == "number" and words[place].isdecimal() and len(words[place]) < 10:
        found.append(int(words[place]))
        place += 1
        if kinds[place] == ")":
            numbers.extend(found)
            return place + 1
        if kinds[place] != ",":
            break
        place += 1
    return -1
