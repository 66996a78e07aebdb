"""What the words of a typed formula are: known or defined names, functions, or mistakes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property

from netsym.errors import SpecError, did_you_mean
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import refuse_bad_name
from netsym.typed.nodes import TypedNodes
from netsym.typed.spelled_out import spelled_out
from netsym.typed.tokens import Tokens
from netsym.typed.vocabulary import Vocabulary, function_of, plain_names
from netsym.wording import joined

_WEIGHT = r"[A-Za-z]+?_?[0-9]+(?:_[0-9]+)*"
_WEIGHT_AND_X = re.compile(rf"({_WEIGHT})(x(?:_?[0-9]+(?:_[0-9]+)*)?)")
_LETTER_AND_MORE = re.compile(r"([A-Za-z])([A-Za-z](?:_?[0-9]+)*)")
_X = re.compile(r"[xX](?:_?[0-9]+)*")
_NO_WEIGHTS = "def"  # dx, e and f(x) are something else
_SYMBOL = re.compile(r"[A-Za-z]|.*[0-9₀-₉}]|.*(?![A-Za-z_]).", re.DOTALL)


def is_symbol(word: str) -> bool:
    """Whether a name is a letter, or has an index: what factors are called.

    >>> is_symbol("w"), is_symbol("w_11"), is_symbol("θ"), is_symbol("gain")
    (True, True, True, False)
    """
    return _SYMBOL.fullmatch(word) is not None


class Words:
    """Finds the nodes of words.

    `defined` are the names that the text itself defines, `used` those of them that occur;
    `functions` are what it defines that takes values, by word: their parameters and value;
    `first_use` says where free names occur first, `numbers` what words have meant so far.
    """

    def __init__(self, tokens: Tokens, vocabulary: Vocabulary, nodes: TypedNodes) -> None:
        self.tokens = tokens
        self.vocabulary = vocabulary
        self.nodes = nodes
        self.defined: dict[str, int] = {}
        self.functions: dict[str, tuple[list[int], int]] = {}
        self.arguments: list[str] = []  # of functions, that nothing else is known of
        self.defining = ""
        self.used: set[str] = set()
        self.first_use: dict[str, int] = {}
        self.numbers: dict[str, int] = {}

    def define_function(self, word: str, parameters: list[int], value: int) -> None:
        """From here on, a word with values in parentheses stands for a function of them."""
        self.functions[word] = (parameters, value)

    def called(self, place: int) -> str:
        """What the text defines, or what is written out, if a word takes values; else ""."""
        word = self.tokens.words[place]
        if self.tokens.kinds[place + 1] != "(":
            return ""
        return f"={word}" if word in self.functions else spelled_out(word)

    def define(self, word: str, name: str, number: int) -> None:
        """From here on, a name stands for a value."""
        self.defined[name] = number
        self.numbers.pop(word, None)

    def known(self, place: int) -> int | None:
        """The node of a word that is a known or defined name."""
        word = self.tokens.words[place]
        name = self.vocabulary.resolve(word, self.defined)
        return None if name is None else self.named(word, name, place)

    def named(self, word: str, name: str, place: int) -> int:
        """The node of a name."""
        if name in self.defined:
            number = self.defined[name]
            self.used.add(name)
        else:
            number = self.nodes.at(self.nodes.symbol(name), *self._span(place))
        self.numbers[word] = number
        return number

    def free(self, place: int) -> int:
        """The node of a name that nobody knows, where any name may be."""
        word = self.tokens.words[place]
        name = plain_names(word)[0]
        if name == self.defining:
            raise self.tokens.mistake(f"{word!r} is used in its own definition", place)
        self.refuse(name, place)
        self.first_use.setdefault(name, place)
        return self.named(word, name, place)

    def refuse(self, name: str, place: int) -> None:
        """Refuse what cannot be a name."""
        try:
            refuse_bad_name(name)
        except SpecError as error:
            raise self.tokens.mistake(str(error), place) from None

    def is_factor(self, place: int) -> bool:
        """Whether a name that nobody knows stands before parentheses as a factor does.

        Raises `SpecError` where it may be a function as well.
        """
        tokens, word = self.tokens, self.tokens.words[place]
        if not is_symbol(word) or word in "fgh":
            return False
        after = place + 2
        while tokens.kinds[after] in ("name", "number", ","):
            after += 1
        inside = tokens.kinds[place + 2 : after]
        if tokens.kinds[after] != ")" or not inside:
            return True
        if "name" not in inside:
            index = "_".join(tokens.words[place + 2 : after : 2])
            raise tokens.mistake(
                f"{word!r} can be a factor here, or a value with an index", place,
                hint=f"write {word}*({tokens.words[place + 2]}), or {word}_{index}",
            )  # fmt: skip
        if len(word) == 1:
            taken = tokens.text[tokens.starts[place + 2] : tokens.stops[after - 1]][:40]
            raise tokens.mistake(
                f"{word!r} can be a factor or a function here", place,
                hint=f"write {word}*({taken}), or define {word}({taken}) = …",
            )  # fmt: skip
        return True

    def factors(self, place: int) -> tuple[str, str] | None:
        """A name that nobody knows as a weight and an input: w_11x as w_11 and x, mx as m and x.

        Raises `SpecError` where it may be a name as well.
        """
        word = self.tokens.words[place]
        for match in (_WEIGHT_AND_X.fullmatch(word), *self._weights_and_arguments(word)):
            if match:
                return match[1], match[2]
        match = _LETTER_AND_MORE.fullmatch(word)
        if match is None or not self._is_input(match[2]):
            return None
        letter, after = match[1], match[2]
        others = self._behind_letters[letter] - {after}
        if any(not self._is_input(other) for other in others):  # wx beside wh
            return None
        if (others and after not in self.arguments) or letter in _NO_WEIGHTS or self._times(place):
            raise self.tokens.mistake(
                f"{word!r} can be {letter}*{after}, or a name", place,
                hint=f"write {letter}*{after}, or {letter}_{after}",
            )  # fmt: skip
        return letter, after

    def _weights_and_arguments(self, word: str) -> Iterator[re.Match[str] | None]:
        for name in self.arguments:
            if word.endswith(name):
                yield re.fullmatch(rf"({_WEIGHT})({name})", word)

    def _is_input(self, name: str) -> bool:
        """Whether it is an argument, or x; where none are said y and z too, beside ax."""
        if self.arguments:
            return name in self.arguments
        beside_x = name in ("y", "z") and name != self.defining
        return _X.fullmatch(name) is not None or (
            beside_x and any("x" in after for after in self._behind_letters.values())
        )

    def _times(self, place: int) -> bool:
        """Whether wx is written before or behind *x."""
        kinds, words = self.tokens.kinds, self.tokens.words
        around = [
            words[place + 2 * way] for way in (-1, 1)
            if place + way >= 0 and kinds[place + way] == "*" and 0 <= place + 2 * way < len(words)
        ]  # fmt: skip
        return words[place][1:] in around

    @cached_property
    def _behind_letters(self) -> dict[str, set[str]]:
        """What is typed right behind each letter: x and y of wx and wy."""
        found: dict[str, set[str]] = {}
        for kind, word in zip(self.tokens.kinds, self.tokens.words, strict=True):
            match = _LETTER_AND_MORE.fullmatch(word) if kind == "name" else None
            if match and function_of(word) is None:
                found.setdefault(match[1], set()).add(match[2])
        return found

    def function(self, place: int) -> str | None:
        """The function that a word means; raises `SpecError` where it has no values to take."""
        tokens, word = self.tokens, self.tokens.words[place]
        function = function_of(word)
        if word == "sigma" and tokens.kinds[place + 1] == "(":
            function = "sigmoid"
        if function is None or FUNCTIONS[function].arity == 0:
            return function
        if tokens.kinds[place + 1] != "(":
            raise tokens.mistake(f"{word!r} is a function", place, hint=f"write {word}(…)")
        return function

    def halves(self, place: int) -> tuple[str, str]:
        """The two names that a word is made of, as w_11x of w_11 and x; raises `SpecError`."""
        pairs = self.vocabulary.splits(self.tokens.words[place], self.defined)
        if len(pairs) != 1:
            raise self._unknown(place, pairs)
        return pairs[0]

    def _span(self, place: int) -> tuple[int, int]:
        return self.tokens.starts[place], self.tokens.stops[place]

    def _unknown(self, place: int, pairs: list[tuple[str, str]]) -> SpecError:
        tokens, word = self.tokens, self.tokens.words[place]
        shown = f"{word[:60]!r}" + ("…" if len(word) > 60 else "")
        readings = plain_names(word)
        if pairs:
            readings = [f"{left}*{right}" for left, right in pairs[:4]]
        if pairs or (
            len(readings) > 1
            and all(self.vocabulary.place(name) or name in self.defined for name in readings)
        ):
            said = joined(readings, "or")
            return tokens.mistake(f"{shown} can be {said}", place, hint="write one of these")
        if self.defining in readings:
            return tokens.mistake(f"{shown} is used in its own definition", place)
        if self._is_defined_later(word, place):
            return tokens.mistake(
                f"{shown} is used before it is defined", place, hint="put its equation first"
            )
        if tokens.kinds[place + 1] == "(":
            hint = did_you_mean(word, FUNCTIONS)
            if not hint.startswith("did") and not self.vocabulary.is_open:
                near = self.vocabulary.suggestion(word, self.defined)
                hint = near if near.startswith("did") else hint
            return tokens.mistake(f"no function called {shown}", place, hint=hint)
        hint = self.vocabulary.suggestion(word, self.defined)
        return tokens.mistake(f"unknown name {shown}", place, hint=hint)

    def _is_defined_later(self, word: str, place: int) -> bool:
        kinds, words = self.tokens.kinds, self.tokens.words
        return any(
            kinds[later] == "=" and words[later - 1] == word and kinds[later - 2] in ("line", ";")
            for later in range(place + 2, len(kinds) - 1)
        )
