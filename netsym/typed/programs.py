"""Programs as equations: def, function, lambda, return and declarations of Python, C, R and more.

What a function takes becomes a statement of `inputs`, what it returns one of `outputs` if it has
names. Functions above the last one become equations that define them; those that netsym writes
above its own Python are what they are called.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from netsym.graph.functions import FUNCTIONS
from netsym.typed.tokens import END, Tokens, tokens_of
from netsym.typed.vocabulary import Vocabulary

_TYPES = frozenset(
    [
        "auto",
        "const",
        "double",
        "final",
        "float",
        "int",
        "let",
        "long",
        "public",
        "real",
        "static",
        "inline",
        "var",
        "void",
    ]
)
_FUNCTION_WORDS = frozenset({"def", "function", "fn", "fun"})
#: What says that a text is a program.
DECLARING = _TYPES | _FUNCTION_WORDS | {"lambda", "return", "import", "@", "{"}
_ENDS = frozenset({"line", ";", END})


def is_left_side(tokens: Tokens, place: int) -> bool:
    """Whether `y =` or `f(x, …) =` stands there."""
    kinds = tokens.kinds
    if kinds[place] != "name":
        return False
    after = place + 1
    if kinds[after] == "(":
        while kinds[after] in ("(", "name", "number", ",", "dots"):
            after += 1
        after += kinds[after] == ")"
    return kinds[after] == "=" and kinds[after + 1] != "="


def read_programs(tokens: Tokens, _: Vocabulary) -> Tokens:
    """The statements of a program as equations."""
    return _Program(tokens).read()


@dataclass(slots=True)
class _Head:
    """The head of a function: its name, what it takes, and where its body begins."""

    name: int  # a token; -1 if it has none
    arguments: list[int]
    body: int


@dataclass(slots=True)
class _Program:
    tokens: Tokens
    made: Tokens = field(init=False)
    braces: int = 0  # of bodies that are open
    inner: int = 0  # of parts of a formula in the last of them

    def read(self) -> Tokens:
        """All statements."""
        tokens = self.tokens
        self.made = tokens.like()
        heads = {p: h for p in self._starts() if (h := self._head(p)) is not None}
        last = max(heads, default=-1)
        place = 0
        while tokens.kinds[place] != END:
            if place in heads:
                place = self._function(place, heads[place], place == last)
            elif tokens.words[place] == "}" and self.braces and not self.inner:
                self.braces -= 1
                place += 1
            elif self._begins(place):
                place = self._statement(place)
            else:
                self._take(place)
                place += 1
        self.made.take(tokens, place, place + 1)
        return self.made

    def _starts(self) -> list[int]:
        return [place for place in range(len(self.tokens.kinds) - 1) if self._begins(place)]

    def _begins(self, place: int) -> bool:
        tokens = self.tokens
        return place == 0 or tokens.kinds[place - 1] in _ENDS or tokens.words[place - 1] == "{"

    def _end(self, place: int) -> int:
        """The end of the statement there."""
        kinds, depth = self.tokens.kinds, 0
        while kinds[place] != END and (depth > 0 or kinds[place] not in _ENDS):
            depth += (kinds[place] == "(") - (kinds[place] == ")")
            place += 1
        return place

    def _statement(self, place: int) -> int:
        """A statement that is no head; gives the place where reading goes on."""
        tokens = self.tokens
        while tokens.words[place] in _TYPES and tokens.kinds[place + 1] == "name":
            place += 1
        word, after = tokens.words[place], tokens.kinds[place + 1]
        if word in ("import", "from") and after == "name":
            return self._end(place)
        if word == "return" and after not in ("=", *_ENDS):
            return self._returned(place)
        self._take(place)
        return place + 1

    def _take(self, place: int) -> None:
        word = self.tokens.words[place]
        self.inner += (word == "{") - (word == "}")
        self.made.take(self.tokens, place, place + 1)

    def _returned(self, place: int) -> int:
        """What is returned: names of results, or the formula itself."""
        tokens, stop = self.tokens, self._end(place)
        kinds = tokens.kinds[place + 1 : stop]
        if set(kinds) <= {"name", ",", "(", ")"} and kinds.count("(") <= 1 and (
            "(" not in kinds or kinds[0] == "("
        ):  # fmt: skip
            names = [p for p in range(place + 1, stop) if tokens.kinds[p] == "name"]
            self._list("outputs", place, names)
            return stop
        self._end_before(tokens.starts[place])
        return place + 1

    def _end_before(self, place: int) -> None:
        """End a statement: a line would go on, where the next begins with a minus."""
        self.made.add(";", ";", place, place)

    def _list(self, kind: str, place: int, names: Sequence[int]) -> None:
        """A statement that lists names."""
        tokens, made = self.tokens, self.made
        made.add(kind, kind, tokens.starts[place], tokens.stops[place])
        for name in names:
            made.take(tokens, name, name + 1)
        self._end_before(tokens.stops[names[-1] if names else place])

    # -- functions ------------------------------------------------------------------------------
    def _function(self, place: int, head: _Head, is_last: bool) -> int:
        """A function: the last one is the formula, others are defined by one expression."""
        tokens = self.tokens
        body = head.body
        self.braces += tokens.words[body - 1] == "{"
        if is_last:
            self._list("inputs", place, head.arguments)
            return body
        while tokens.kinds[body] == "line":
            body += 1
        if tokens.words[body] == "return":
            body += 1
        stop = self._end(body)
        name = tokens.words[head.name]
        if head.name >= 0 and not self._is_own(name, place, stop):
            self.made.take(tokens, head.name, head.name + 1)
            start, end = tokens.starts[head.name], tokens.stops[head.name]
            self.made.add("(", "(", start, end)
            for number, argument in enumerate(head.arguments):
                if number:
                    self.made.add(",", ",", start, end)
                self.made.take(tokens, argument, argument + 1)
            self.made.add(")", ")", start, end)
            self.made.add("=", "=", start, end)
            self.made.take(tokens, body, stop)
        return stop

    def _is_own(self, name: str, place: int, stop: int) -> bool:
        """Whether it is the definition of a function that netsym writes itself."""
        row = FUNCTIONS.get(name)
        if row is None or not row.prelude:
            return False
        own = tokens_of(row.prelude)
        wanted = [w for w, kind in zip(own.words, own.kinds, strict=True)
                  if kind not in ("line", END)]  # fmt: skip
        each = zip(self.tokens.words[place:stop], self.tokens.kinds[place:stop], strict=True)
        return [word for word, kind in each if kind != "line"] == wanted

    def _head(self, place: int) -> _Head | None:
        """The head of a function, if one is there."""
        kinds, words = self.tokens.kinds, self.tokens.words
        while words[place] in _TYPES and kinds[place + 1] == "name":
            place += 1
        name = -1
        if kinds[place] == "name" and kinds[place + 1] == "=":
            name, place = place, place + 2
        if words[place] == "lambda":
            return self._arguments(name, place + 1, ":")
        if words[place] in ("function", "@") and kinds[place + 1] == "(":
            return self._arguments(name, place + 2, ")")
        if name >= 0 or kinds[place] != "name":
            return None
        said = words[place] in _FUNCTION_WORDS and kinds[place + 1] == "name"
        place += said
        if kinds[place + 1] != "(":
            return None
        head = self._arguments(place, place + 2, ")")
        if head is None:
            return None
        after = head.body
        if words[after - 1] in (":", "{"):
            return head
        return None

    def _arguments(self, name: int, place: int, closing: str) -> _Head | None:
        """What is taken: the first name of each part, up to a star; types go before, or behind."""
        kinds, words = self.tokens.kinds, self.tokens.words
        found, fresh, starred = list[int](), True, False
        while kinds[place] in ("name", "number", ",", "*", ":", "=") and kinds[place] != closing:
            if kinds[place] == ",":
                fresh = True
            elif kinds[place] == "*":
                starred = True
            elif kinds[place] == "name" and fresh and not (
                words[place] in _TYPES and kinds[place + 1] == "name"
            ):  # fmt: skip
                fresh = False
                if not starred:
                    found.append(place)
            place += 1
        if kinds[place] != closing or not found:
            return None
        place += 1
        if kinds[place] == "-" and kinds[place + 1] == ">" and kinds[place + 2] == "name":
            place += 3
        while closing == ")" and kinds[place] == "line" and words[place + 1] == "{":
            place += 1
        return _Head(name, found, place + (words[place] in (":", "{")))
