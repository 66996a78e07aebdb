"""Equations of a text: what is left of the equals sign, which define outputs, which are used."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from functools import cached_property

from netsym.errors import SpecError, did_you_mean
from netsym.graph.names import Names
from netsym.typed.expressions import Expressions
from netsym.typed.statements import called_words, statements_in_order
from netsym.typed.tokens import END, Tokens, unknown_character
from netsym.typed.vocabulary import Vocabulary, function_of, other_spellings, plain_names

_ENDS = ("line", ";", END)
_LAST_NUMBER = re.compile(r"(.*_)([1-9][0-9]{0,5})")


@dataclass(slots=True)
class Statement:
    """One equation, or a formula alone: its name as typed and plainly, and its right side."""

    word: str
    name: str
    token: int
    stop: int  # the token after it
    number: int
    value: int  # its right side without a name
    position: int | None  # among the outputs
    called: bool = False


@dataclass(slots=True)
class _Left:
    word: str
    token: int
    arguments: list[int] | None
    place: int = -1  # the token after the equals sign
    dotted: bool = False


@dataclass
class Equations:
    """The equations of a text, read one after another."""

    tokens: Tokens
    vocabulary: Vocabulary
    inputs: Names | None
    outputs: Names | None
    function: str
    deepest: int | None = None
    reader: type[Expressions] = Expressions
    equations: list[Statement] = field(default_factory=list)
    arguments: list[str] | None = None
    returned: list[str] | None = None  # plain names that are the outputs, if the text says it
    expressions: Expressions = field(init=False)

    @cached_property
    def _called(self) -> set[str]:
        """The words that stand before parentheses."""
        return called_words(self.tokens)

    @cached_property
    def _times(self) -> Counter[str]:
        """How often each word occurs."""
        return Counter(self.tokens.words)

    def __post_init__(self) -> None:
        self.expressions = self.reader(self.tokens, self.vocabulary, self.deepest)

    def read(self) -> list[Statement]:
        """Read all; gives those that are the outputs."""
        tokens = self.tokens
        for place in statements_in_order(tokens):
            read = self._said if tokens.kinds[place] in ("inputs", "outputs") else self._equation
            after = read(place)
            if tokens.kinds[after] == "=":
                raise self._strange_equals(after)
            if tokens.kinds[after] not in _ENDS:
                raise unknown_character(tokens.text, tokens.starts[after])
        if not self.equations:
            raise tokens.mistake("there is no formula", -1, hint="type one, as in w*x + b")
        self.equations.sort(key=lambda equation: equation.token)
        return self._results()

    def _said(self, place: int) -> int:
        """A statement that lists the inputs, or the outputs."""
        tokens, names = self.tokens, list[int]()
        kind, after = tokens.kinds[place], place + 1
        while tokens.kinds[after] == "name":
            names.append(after)
            after += 1
        if kind == "inputs":
            self._take_arguments(_Left("", place, names))
            return after
        found = dict(self._defined_words())
        words = [tokens.words[name] for name in names]
        if len(names) == 1 and words[0] not in found:
            return self._equation(place + 1)
        missing = next((name for name in names if tokens.words[name] not in found), None)
        if missing is not None:
            raise tokens.mistake(f"{tokens.words[missing]!r} is not defined", missing)
        self.returned = [found[word] for word in words]
        return after

    def _defined_words(self) -> list[tuple[str, str]]:
        return [(equation.word, equation.name) for equation in self.equations if equation.name]

    def _equation(self, place: int) -> int:
        tokens, reader = self.tokens, self.expressions
        left = self._left(place)
        if left is None:
            number, after = reader.read(place)
            self._add(Statement("", "", place, after, number, number, None))
            return after
        if left.arguments is not None and left.word in self._called:
            return self._function(left)
        position = self._position(left)
        name = self._new_name(left, position)
        if left.arguments is not None:
            self._take_arguments(left)
        reader.words.defining = name
        value, after = reader.read(left.place)
        if tokens.kinds[after] == "=":
            raise self._strange_equals(after)
        reader.words.defining = ""
        used = reader.words.first_use.get(name)
        if used is not None:
            raise tokens.mistake(
                f"{tokens.words[used]!r} is used before it is defined", used,
                hint="it is defined by itself, through other equations",
            )  # fmt: skip
        number = value
        if position is None:
            nodes = reader.nodes
            number = nodes.at(nodes.name(value), tokens.starts[place], tokens.stops[after - 1])
        called = left.arguments is not None
        self._add(Statement(left.word, name, left.token, after, number, value, position, called))
        reader.words.define(left.word, name, number)
        return after

    def _add(self, statement: Statement) -> None:
        """One more statement; one for each value of a vector."""
        several = self.expressions.several
        if not several:
            self.equations.append(statement)
            return
        start = f"{statement.name or 'y'}_"
        for number, value in enumerate(several, 1):
            name = f"{start}{number}"
            place = None if self.outputs is None else self.outputs.position(name)
            self.equations.append(replace(statement, word=name, name=name, number=value,
                                          value=value, position=place))  # fmt: skip

    def _function(self, left: _Left) -> int:
        """An equation that defines a function of the text."""
        assert left.arguments is not None
        tokens, words, nodes = self.tokens, self.expressions.words, self.expressions.nodes
        if left.word in words.functions:
            raise tokens.mistake(f"{left.word!r} is defined twice", left.token)
        before, parameters = dict[str, int](), list[int]()
        for number, place in enumerate(left.arguments):
            word = tokens.words[place]
            self.expressions.words.refuse(plain_names(word)[0], place)
            parameter = nodes.at(nodes.symbol(f"{left.word}({number})"), *tokens.span(place))
            name = plain_names(word)[0]
            if name in words.defined:
                before.setdefault(name, words.defined[name])
            words.define(word, name, parameter)
            parameters.append(parameter)
        value, after = self.expressions.read(left.place)
        for place in left.arguments:
            words.numbers.pop(tokens.words[place], None)
            words.defined.pop(plain_names(tokens.words[place])[0], None)
        words.defined |= before
        words.define_function(left.word, parameters, value)
        return after

    # -- left sides -----------------------------------------------------------------------------
    def _left(self, place: int) -> _Left | None:
        """`y =` or `f(x, y) =`, if a statement begins like this."""
        kinds, words = self.tokens.kinds, self.tokens.words
        if kinds[place] != "name":
            return None
        after = place + 1
        if kinds[after] == "=":
            return _Left(words[place], place, None, after + 1)
        if kinds[after] != "(":
            return None
        arguments, dotted = [], False
        after += 1
        while kinds[after] in ("name", "number", "dots", ","):
            if kinds[after] == "name":
                arguments.append(after)
            dotted |= kinds[after] == "dots"
            after += 1
        if kinds[after] != ")" or kinds[after + 1] != "=":
            return None
        if not arguments:  # y(1) is y_1
            indices = [words[n] for n in range(place + 2, after) if kinds[n] == "number"]
            word = "_".join([words[place], *indices])
            return _Left(word, place, None, after + 2) if indices else None
        return _Left(words[place], place, arguments, after + 2, dotted)

    def _position(self, left: _Left) -> int | None:
        """Which output a left side is, None for a value that others use."""
        if self.outputs is None:
            return None
        if left.arguments is None:
            names = [*plain_names(left.word), *other_spellings(left.word)]
            positions = [self.outputs.position(name) for name in names]
            found = [position for position in positions if position is not None]
            return found[0] if len(found) == 1 else None
        if len(self.outputs) == 1:
            return 0
        match = _LAST_NUMBER.fullmatch(plain_names(left.word)[0])
        if match and match[1] == f"{self.function or match[1][:-1]}_":
            number = int(match[2])
            if number <= len(self.outputs):
                return number - 1
        raise self.tokens.mistake(
            f"which of {len(self.outputs)} outputs {left.word!r} is, is not said", left.token,
            hint=f"write {self.outputs.ascii(0)} = …",
        )  # fmt: skip

    def _new_name(self, left: _Left, position: int | None) -> str:
        tokens, defined = self.tokens, self.expressions.words.defined
        if position is not None:
            assert self.outputs is not None
            name = self.outputs.ascii(position)
        else:
            found = [n for n in plain_names(left.word) if self.vocabulary.place(n)]
            if found:
                raise tokens.mistake(
                    f"{left.word!r} is an input or a parameter already", left.token,
                    hint="choose another name for what is defined",
                )  # fmt: skip
            name = plain_names(left.word)[0]
        if function_of(left.word) or name == "e":
            raise tokens.mistake(f"{left.word!r} has a meaning already", left.token,
                                 hint="choose another name")  # fmt: skip
        self.expressions.words.refuse(name, left.token)
        if name in defined:
            first = next(e.token for e in self.equations if e.name == name)
            raise tokens.mistake(f"{left.word!r} is defined twice", left.token,
                                 hint=f"it is defined in {self._line(first)} already")  # fmt: skip
        return name

    def _line(self, token: int) -> str:
        line = self.tokens.text.count("\n", 0, self.tokens.starts[token]) + 1
        return f"line {line}"

    def _take_arguments(self, left: _Left) -> None:
        assert left.arguments is not None
        tokens, names = self.tokens, dict[str, None]()
        for place in left.arguments:
            word = tokens.words[place]
            name = self.vocabulary.resolve(word, {})
            if self.inputs is not None and (name is None or self.inputs.position(name) is None):
                if name is not None:
                    continue  # f(w, x) names a parameter as well
                if self._times[word] == 1:
                    self.expressions.note(f"{word}, which nothing uses, was left out")
                    continue
                some = [self.inputs.ascii(n) for n in range(min(len(self.inputs), 20))]
                raise tokens.mistake(
                    f"{word!r} is not an input", place, hint=did_you_mean(word, some)
                )
            if name is None:
                if not self.vocabulary.is_open:
                    hint = self.vocabulary.suggestion(word, ())
                    raise tokens.mistake(f"unknown name {word!r}", place, hint=hint)
                name = self._new_argument(word, place)
            if name in names:
                raise tokens.mistake(f"{word!r} is an argument twice", place)
            names[name] = None
        if self.inputs is not None and not left.dotted:
            order = [name for name in self.inputs.all() if name in names]
            if order != list(names):
                self.expressions.note(
                    f"the arguments {', '.join(names)} stand for the inputs of these names, whose "
                    f"order is {', '.join(order)}"
                )
        if self.inputs is None:
            self._agree(between(list(names)) if left.dotted else list(names), left)

    def _new_argument(self, word: str, place: int) -> str:
        """The plain name of an argument that nothing is known of; raises for what cannot be one."""
        if function_of(word):
            raise self.tokens.mistake(f"{word!r} is a function, not an input", place)
        if plain_names(word)[0] in self.expressions.words.defined:
            raise self.tokens.mistake(f"{word!r} is defined already; it is no input", place)
        self.expressions.words.free(place)
        return plain_names(word)[0]

    def _agree(self, names: list[str], left: _Left) -> None:
        if self.arguments is not None and self.arguments != names:
            raise self.tokens.mistake(
                "the equations have different arguments", left.token,
                hint="first " + ", ".join(self.arguments)[:60],
            )  # fmt: skip
        self.arguments = self.expressions.words.arguments = names

    def _strange_equals(self, place: int) -> SpecError:
        tokens = self.tokens
        if tokens.kinds[place + 1] == "=":
            return tokens.mistake("one equals sign is enough", place + 1)
        return tokens.mistake(
            "what is left of '=' must be one name, or a function of names", place,
            hint="as in y = w*x + b or f(x) = w*x + b",
        )  # fmt: skip

    # -- the whole ------------------------------------------------------------------------------
    def _results(self) -> list[Statement]:
        """The equations that are the outputs."""
        if self.returned is not None:
            by_name = {equation.name: equation for equation in self.equations}
            return [by_name[name] for name in self.returned]
        nameless = [e for e in self.equations if not e.name]
        found = [e for e in self.equations if e.position is not None]
        if len(nameless) > 1:
            raise self.tokens.mistake(
                f"{len(nameless)} formulas without a name", nameless[1].token,
                hint="write y_1 = … and y_2 = …, or one formula",
            )  # fmt: skip
        if nameless:
            if found or (self.outputs is not None and len(self.outputs) > 1):
                wanted = "y" if self.outputs is None else self.outputs.ascii(0)
                raise self.tokens.mistake(
                    "which output this formula is, is not said", nameless[0].token,
                    hint=f"begin with {wanted} = …",
                )  # fmt: skip
            found = nameless
        used = self.expressions.words.used
        unused = [e for e in self.equations if e.name and e.name not in used]
        if not found:
            found, unused = unused, []
            if self.outputs is not None and len(self.outputs) != len(found):
                some = ", ".join(self.outputs.ascii(n) for n in range(min(3, len(self.outputs))))
                raise self.tokens.mistake(
                    f"no equation defines {some}", self.equations[-1].token,
                    hint="what is defined here must be an output, or be used",
                )  # fmt: skip
        for equation in unused:
            if equation.position is None:
                self.expressions.note(f"{equation.name} is defined but not used")
        return found


def between(names: list[str]) -> list[str]:
    """Arguments with dots written out.

    >>> between(["x_1", "x_4"]), between(["u", "v"])
    (['x_1', 'x_2', 'x_3', 'x_4'], ['u', 'v'])
    """
    ends = [_LAST_NUMBER.fullmatch(name) for name in (names[0], names[-1])]
    if not (ends[0] and ends[1] and ends[0][1] == ends[1][1]):
        return names
    return [f"{ends[0][1]}{n}" for n in range(int(ends[0][2]), int(ends[1][2]) + 1)] or names
