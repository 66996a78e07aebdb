"""Functions that stand before what they take without parentheses: sin x, and tanh^2(x)."""

from __future__ import annotations

from netsym.graph.functions import FUNCTIONS
from netsym.typed.tokens import END, Tokens
from netsym.typed.vocabulary import Vocabulary, function_of

_OPERANDS = ("name", "number", "(")


def read_bare_functions(tokens: Tokens, vocabulary: Vocabulary) -> Tokens:
    """sin x as sin(x), tanh^2(x) as tanh(x)^2; refused where it is not clear what is taken."""
    functions = {word for word in {*tokens.words} if _takes_one(word, vocabulary)}
    found = [
        place for place, word in enumerate(tokens.words)
        if word in functions and tokens.kinds[place] == "name" and tokens.kinds[place + 1] != "("
    ]  # fmt: skip
    if not found:
        return tokens
    closings = {place: closing for place, (closing, _) in tokens.closings().items()}
    made, before = tokens.like(), 0
    for place in found:
        if place < before:
            continue
        power = _power(tokens, place, closings)
        start = place + 1 if power is None else power[1]
        stop = _operand(tokens, start, closings)
        if stop < 0:
            continue
        made.take(tokens, before, place + 1)
        made.add("(", "(", tokens.starts[start], tokens.starts[start])
        made.take(tokens, start, stop)
        made.add(")", ")", tokens.stops[stop - 1], tokens.stops[stop - 1])
        if power is not None:
            made.take(tokens, *power)
        before = stop
    made.take(tokens, before, len(tokens.kinds))
    return made


def _takes_one(word: str, vocabulary: Vocabulary) -> bool:
    function = function_of(word)
    if function is None or vocabulary.resolve(word, {}):
        return False
    return FUNCTIONS[function].arity == 1 and not FUNCTIONS[function].vector


def _power(tokens: Tokens, place: int, closings: dict[int, int]) -> tuple[int, int] | None:
    """The tokens of a power between a function and what it takes."""
    kinds, words = tokens.kinds, tokens.words
    after = place + 1
    if kinds[after] == "superscript":
        stop, exponent = after + 1, words[after]
    elif kinds[after] == "^" and kinds[after + 1] == "number":
        stop, exponent = after + 2, words[after + 1]
    elif kinds[after] == "^" and after + 1 in closings:
        stop = closings[after + 1] + 1
        exponent = "".join(words[after + 2 : stop - 1][:3])
    else:
        return None
    if exponent in ("-1", "⁻¹"):
        raise tokens.mistake(
            f"{words[place]} with the exponent -1 can be 1/{words[place]}(…), or its inverse",
            place, hint="write one of these; the inverse of tan is atan",
        )  # fmt: skip
    return after, stop


def _operand(tokens: Tokens, start: int, closings: dict[int, int]) -> int:
    """The end of what a function takes: a name, a number, both, or parentheses; -1 for none."""
    kinds = tokens.kinds
    if kinds[start] not in _OPERANDS or (kinds[start] == "(" and start not in closings):
        return -1
    if kinds[start] == "(":
        return closings[start] + 1
    stop = start + 1
    if kinds[start] == "number" and kinds[stop] == "name":
        stop += 1
    if kinds[stop] in _OPERANDS and not _is_function(tokens, stop):
        shown = tokens.text[tokens.starts[start - 1] : tokens.stops[stop]][:40]
        taken = tokens.text[tokens.starts[start] : tokens.stops[stop - 1]][:40]
        behind = tokens.text[tokens.starts[stop] : tokens.stops[stop]][:20]
        function = tokens.words[start - 1]
        raise tokens.mistake(
            f"what {function} takes in {shown!r} is not clear", start - 1,
            hint=f"write {function}({taken})*{behind}, or {function}({taken}*{behind})",
        )  # fmt: skip
    if _is_function(tokens, stop - 1):
        return -1
    return stop if kinds[stop] != END or stop > start else -1


def _is_function(tokens: Tokens, place: int) -> bool:
    return tokens.kinds[place] == "name" and function_of(tokens.words[place]) is not None
