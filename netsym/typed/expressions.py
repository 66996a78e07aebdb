"""One expression from tokens: operands and operators in turn, with stacks, in linear time."""

from __future__ import annotations

from collections.abc import Mapping

from netsym.errors import SpecError
from netsym.graph.functions import FUNCTIONS, LINEAR
from netsym.typed.carets import Span, mistake
from netsym.typed.choices import COMPARISONS, MARKS, PIECEWISE, ChoiceError, Choices
from netsym.typed.nodes import TypedNodes
from netsym.typed.numerals import fraction_of
from netsym.typed.precedence import EXPONENTIAL, NEGATION, Level, Levels
from netsym.typed.spelled_out import PIECE, SPELLED_OUT, Writer
from netsym.typed.tokens import END, Tokens, unknown_character
from netsym.typed.vocabulary import Vocabulary, function_of
from netsym.typed.words import Words, is_symbol
from netsym.wording import plural

_POWERS = frozenset({"^", "superscript"})
_CLOSES: Mapping[str, str] = {"(": ")", "[": "]", "{": "}", "|": "|"}
_STRANGE = frozenset({"@", "'", "point", "cell", "!="})
E_IS_A_NUMBER = "e was read as the number 2.718…; call it otherwise if it is a name"
_MOST_NOTES = 100
_SHOWN = 60  # tokens
_LONGEST_READING = 80
_TAKES = {0: "no value", 1: "1 value", 2: "z, or z and alpha", 3: "z, low and high"}  # by arity
_DIGITS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


class Expressions(Levels):
    """Reads expressions; `nodes` are those found, `words` knows names, `notes` what was assumed.

    Nesting deeper than `deepest` operations is refused. Nothing is evaluated.
    """

    def __init__(self, tokens: Tokens, vocabulary: Vocabulary, deepest: int | None = None) -> None:
        super().__init__(tokens, TypedNodes(tokens.text, deepest))
        self.words = Words(tokens, vocabulary, self.nodes)
        self.choices = Choices(self.nodes)
        self.notes: dict[str, None] = dict.fromkeys(tokens.notes)
        self.several: tuple[int, ...] = ()  # the values of a vector that the whole formula is
        self._is_open = vocabulary.is_open
        self._most_open = None if deepest is None else 20 * deepest
        self._calls = 0  # how many functions are open

    def read(self, place: int) -> tuple[int, int]:
        """The number of the expression that begins at a token, and the token after it."""
        self.level, self.stack, self._calls, self.several = Level(), [], 0, ()
        while place >= 0:
            place = self._operator(self._operand(place))
        if self.stack:
            raise self._unclosed()
        self.end_term()
        return self._whole(), -place

    def note(self, note: str) -> None:
        """Say what was assumed."""
        if len(self.notes) < _MOST_NOTES:
            self.notes[note] = None

    # -- operands -------------------------------------------------------------------------------
    def _operand(self, place: int) -> int:
        """Read up to the end of one operand; gives the token after it."""
        tokens = self.tokens
        kinds = tokens.kinds
        while True:
            kind = kinds[place]
            if kind == "name":
                known = self.words.numbers.get(tokens.words[place])
                if known is not None:
                    self._take(known, place)
                    return place + 1
                after = self._word(place)
                if after < 0:
                    return -after
                place = after
            elif kind == "number":
                return self._number(place, tokens.starts[place], negative=False)
            elif kind == "(" or kind == "|":
                piece = PIECE if self.level.function == PIECEWISE and self.level.is_fresh else ""
                self._open(place, place, "abs" if kind == "|" else piece)
                place += 1
            elif kind == "-":
                if kinds[place + 1] == "number" and kinds[place + 2] not in _POWERS:
                    return self._number(place + 1, tokens.starts[place], negative=True)
                self.minus(place)
                place += 1
            elif kind == "line" or (kind == "+" and self.level.is_fresh):
                place += 1
            else:
                raise self._missing(place)

    def _take(self, number: int, place: int) -> None:
        self.value = number
        self.first, self.last = self.tokens.starts[place], self.tokens.stops[place]

    def _open(self, place: int, start: int, function: str = "") -> None:
        self.stack.append(self.level)
        if self._most_open is not None and len(self.stack) > self._most_open:
            raise self.tokens.mistake(
                f"more than {self._most_open:,} parentheses are open here", place,
                hint="give parts of the formula a name, or read it with longest=None",
            )  # fmt: skip
        self.level = Level(place, self.tokens.starts[start], function)
        if function:
            self._calls += 1
            if self.nodes.deepest is not None and self._calls > self.nodes.deepest:
                raise self.nodes.too_deep(self.level.start)

    def _number(self, place: int, start: int, negative: bool) -> int:
        kinds, words = self.tokens.kinds, self.tokens.words
        word, after, level = words[place], place + 1, self.level
        if (
            kinds[after] == "/"
            and kinds[after + 1] == "number"
            and kinds[after + 2] not in _POWERS
            and not (level.factors or level.powers)
            and fraction_of(word, words[after + 1])
        ):
            word, after = f"{word}/{words[after + 1]}", after + 2
        self.first, self.last = start, self.tokens.stops[after - 1]
        self.value = self.nodes.typed_number(word, negative, start, self.last)
        return after

    def _word(self, place: int) -> int:
        """Read a word seen for the first time; minus the token after it if it is an operand."""
        tokens, words = self.tokens, self.words
        number = words.known(place)
        if number is None:
            called = words.called(place)
            if called:
                self._open(place + 1, place, called)
                return place + 2
            function = words.function(place)
            if function is not None and FUNCTIONS[function].arity:
                self._open(place + 1, place, function)
                return place + 2
            if function is not None:
                number = self.nodes.made(function, (), tokens.starts[place], tokens.stops[place])
            elif tokens.words[place] == "e":
                return self._euler(place)
            elif tokens.words[place] in ("True", "TRUE", "true"):
                number = self.nodes.at(self.nodes.constant(1.0), *tokens.span(place))
            elif self._is_open and (tokens.kinds[place + 1] != "(" or words.is_factor(place)):
                factors = words.factors(place)
                if factors:
                    self._split(place, *factors)
                    return -(place + 1)
                number = words.free(place)
            else:
                self._split(place, *words.halves(place))
                return -(place + 1)
        self._take(number, place)
        return -(place + 1)

    def _euler(self, place: int) -> int:
        """e**z is exp(z), and e alone is exp(1)."""
        tokens = self.tokens
        start, stop = tokens.starts[place], tokens.stops[place]
        if tokens.kinds[place + 1] == "^":
            self.level.raise_to(EXPONENTIAL, start)
            return place + 2
        after, power = place + 1, "1"
        if tokens.kinds[after] == "superscript":
            power, stop, after = tokens.words[after], tokens.stops[after], after + 1
        else:
            self._say_number(place)
        self.first, self.last = start, stop
        self.value = self.nodes.made("exp", (self._superscript(power),), start, stop)
        return -after

    def _say_number(self, place: int) -> None:
        """Say that e is no name, where it may have been meant as one: not in math.e."""
        start, text = self.tokens.starts[place], self.tokens.text
        if text[start - 1 : start] != ".":
            self.note(E_IS_A_NUMBER)

    def _split(self, place: int, left: str, right: str) -> None:
        """w_11x as w_11*x."""
        tokens, word = self.tokens, self.tokens.words[place]
        start, stop = tokens.starts[place], tokens.stops[place]
        middle = start + (len(left) if stop - start == len(word) else 0)
        self.first, self.last = start, middle
        self._refuse_unclear(place, left, right, self.level.divides)
        self._half(left, place, (start, middle))
        self.end_factor()
        self._half(right, place, (middle, stop))
        self.note(f"{word} was read as {left}*{right}")

    def _half(self, word: str, place: int, span: tuple[int, int]) -> None:
        name = self.words.vocabulary.resolve(word, self.words.defined)
        if name is None:  # where any name may be
            self.words.first_use.setdefault(word, place)
        self.value = self.words.named(word, name or word, place)
        self.first, self.last = span

    # -- operators ------------------------------------------------------------------------------
    def _operator(self, place: int) -> int:
        """Read what follows an operand, up to the next operand; minus the token at the end."""
        kinds = self.tokens.kinds
        while True:
            kind = kinds[place]
            if kind == "*":
                self.end_factor()
                return place + 1
            if kind == "+":
                self.end_term()
                return place + 1
            if kind == ")" or (kind == "|" and self._in_bars()):
                self._close(place)
                place += 1
            elif kind == "-":
                self.end_term()
                return place
            elif kind == "/":
                self.end_factor()
                self.level.divides = True
                return place + 1
            elif kind == "^":
                self.level.raise_to(self.value, self.first)
                return place + 1
            elif kind == ",":
                self._comma(place)
                return place + 1
            elif kind == "superscript":
                self._superscripted(place)
                place += 1
            elif kind in ("name", "(", "|", "number"):
                self._side_by_side(place)
                return place
            elif kind in MARKS:
                self._mark(place)
                return place + 1
            else:
                place = self._line(place) if kind == "line" else self._end(place)
                if place < 0:
                    return place

    def _in_bars(self) -> bool:
        return self.level.opened >= 0 and self.tokens.kinds[self.level.opened] == "|"

    def _line(self, place: int) -> int:
        """A line goes on in parentheses, and where the next begins with an operator."""
        kinds, after = self.tokens.kinds, place
        while kinds[after] == "line":
            after += 1
        goes_on = self.stack or kinds[after] in "+-*/" or kinds[after] in MARKS
        return after if goes_on else -place

    def _end(self, place: int) -> int:
        kind = self.tokens.kinds[place]
        if kind == "dots":
            raise self._dots(place)
        if kind in _STRANGE:
            raise unknown_character(self.tokens.text, self.tokens.starts[place])
        if self.stack and kind in (";", "="):
            if kind == ";" or "line" in self.tokens.kinds[self.level.opened : place]:
                raise self._unclosed()
            raise self.tokens.mistake("an equals sign inside parentheses", place)
        return -place

    def _comma(self, place: int) -> None:
        if not self.level.function or self._in_bars():
            raise self.tokens.mistake(
                "a comma separates the values of a function, and here is none", place,
                hint="write a decimal with a point, as in 0.5",
            )  # fmt: skip
        self.end_term()
        self._add_argument(self.level, self._whole())

    def _add_argument(self, level: Level, number: int) -> None:
        if isinstance(level.arguments, list):
            level.arguments.append(number)
        else:
            level.arguments = [number]
        level.terms = []

    def _close(self, place: int) -> None:
        tokens, level = self.tokens, self.level
        if not self.stack:
            raise tokens.mistake(f"this {tokens.words[place]!r} closes nothing", place)
        opening, closing = tokens.words[level.opened], tokens.words[place]
        if _CLOSES.get(opening, closing) != closing:
            raise tokens.mistake(f"{opening!r} is closed by {closing!r}", level.opened, place)
        self.end_term()
        self.value = self._whole()
        self.first, self.last = level.start, tokens.stops[place]
        if level.function:
            self._calls -= 1
            self.value = self._called(level, self.value)
        self.level = self.stack.pop()

    # -- choices --------------------------------------------------------------------------------
    def _mark(self, place: int) -> None:
        """A sign of a comparison or a choice ends a part."""
        level, kind = self.level, self.tokens.kinds[place]
        self.end_term()
        if level.whole_start < 0:
            level.whole_start = level.sum_start
        number, before = self.sum(), level.compared
        if kind in COMPARISONS and before and before[0] == "and":
            level.terms, level.compared = [], (kind, number, before[2])
            return
        held = self._held(number)
        level.terms, level.compared = [], ()
        if kind in COMPARISONS:
            level.compared = (kind, number, held)
        elif kind == "and":
            if held < 0 and not self.choices.is_condition(number):
                message = "a condition compares two values, as in z > 0"
                raise mistake(message, self.tokens.text, (level.whole_start, self.last))
            level.compared = ("and", number, number if held < 0 else held)
        elif isinstance(level.parts, list):
            level.parts.append((number if held < 0 else held, kind))
        else:
            level.parts = [(number if held < 0 else held, kind)]

    def _held(self, right: int) -> int:
        """Whether the comparisons so far hold; -1 if there is none."""
        level = self.level
        if not level.compared:
            return -1
        sign, left, before = level.compared
        span = (level.whole_start, self.last)
        held = right if sign == "and" else self.choices.compared(sign, left, right, span)
        try:
            return held if before < 0 else self.choices.both(before, held, span)
        except ChoiceError as error:
            raise mistake(str(error), self.tokens.text, span) from None

    def _whole(self) -> int:
        """The sum, or what comparisons and a choice make of it."""
        level, number = self.level, self.sum()
        if level.whole_start < 0:
            return number
        held = self._held(number)
        number = number if held < 0 else held
        span = (level.whole_start, self.last)
        level.compared, level.whole_start = (), -1
        if not isinstance(level.parts, list):
            return number
        parts, level.parts = level.parts, ()
        try:
            return self.choices.folded(parts, number, span)
        except ChoiceError as error:
            raise mistake(str(error), self.tokens.text, span) from None

    # -- functions ------------------------------------------------------------------------------
    def _called(self, level: Level, last: int) -> int:
        arguments, start, stop = [*level.arguments, last], self.first, self.last
        if level.function.startswith("="):
            return self._defined(level.function[1:], arguments, (start, stop))
        if level.function == PIECE:
            return self._piece(arguments, (start, stop))
        if level.function in SPELLED_OUT:
            return self._spelled_out(level.function, arguments, (start, stop))
        if level.function == LINEAR:
            if len(arguments) > 1:
                message = f"{LINEAR} takes 1 value, not {len(arguments)}"
                raise mistake(message, self.tokens.text, (start, stop))
            return last
        row = FUNCTIONS[level.function]
        if row.vector:
            return self._vector(level, arguments)
        if row.alpha is not None and len(arguments) == 1:
            arguments.append(self.nodes.at(self.nodes.constant(row.alpha), start, stop))
        if row.arity not in (-1, len(arguments)):
            takes = _TAKES[row.arity]
            message = f"{level.function} takes {takes}, not {len(arguments)}"
            raise mistake(message, self.tokens.text, (start, stop))
        return self.nodes.made(level.function, tuple(arguments), start, stop)

    def _defined(self, word: str, arguments: list[int], span: Span) -> int:
        """A function that the text defines, of other values."""
        parameters, value = self.words.functions[word]
        if len(arguments) != len(parameters):
            wanted = plural(len(parameters), "value")
            raise mistake(f"{word} takes {wanted}, not {len(arguments)}", self.tokens.text, span)
        by = dict(zip(parameters, arguments, strict=True))
        return self.nodes.substituted(value, by, span)

    def _piece(self, arguments: list[int], span: Span) -> int:
        """A value and its condition, as two arguments of what they are pieces of."""
        if len(arguments) != 2:
            message = "each piece is a value and its condition, as in (z, z > 0)"
            raise mistake(message, self.tokens.text, span)
        self._add_argument(self.stack[-1], arguments[0])
        return arguments[1]

    def _spelled_out(self, name: str, arguments: list[int], span: Span) -> int:
        arity, write = SPELLED_OUT[name]
        if arity not in (-1, len(arguments)):
            message = f"{name} takes {plural(arity, 'value')}, not {len(arguments)}"
            raise mistake(message, self.tokens.text, span)
        try:
            return write(Writer(self.nodes, self.choices, span), *arguments)
        except ChoiceError as error:
            raise mistake(str(error), self.tokens.text, span) from None

    def _vector(self, level: Level, arguments: list[int]) -> int:
        """The values of softmax, where it is the whole formula."""
        name, span = level.function, (self.first, self.last)
        if name == "logsumexp" or len(arguments) == 1 or len(self.stack) > 1 or not (
            self.stack[0].is_fresh and self.stack[0].whole_start < 0
        ):  # fmt: skip
            raise self._no_vector(level)
        powers = [self.nodes.made("exp", (each,), *span) for each in arguments]
        total = self.nodes.made("add", tuple(powers), *span)
        self.several = tuple(self.nodes.made("divide", (each, total), *span) for each in powers)
        return self.several[0]

    def _no_vector(self, level: Level) -> SpecError:
        place = level.opened - 1
        word = self.tokens.words[place]
        if level.function == "logsumexp":
            return self.tokens.mistake(
                f"{word!r} is of a vector", place, hint="write log(exp(z_1) + exp(z_2) + …)"
            )
        return self.tokens.mistake(
            f"{word!r} makes several values of several, so it is no part of one formula", place,
            hint="write exp(z_1)/(exp(z_1) + exp(z_2) + …) for its first value",
        )  # fmt: skip

    def _superscript(self, word: str) -> int:
        text = word.translate(_DIGITS)
        negative = text.startswith("-")
        return self.nodes.typed_number(text.lstrip("-"), negative, self.first, self.last)

    def _superscripted(self, place: int) -> None:
        self.last = self.tokens.stops[place]
        operands = (self.value, self._superscript(self.tokens.words[place]))
        self.value = self.nodes.made("power", operands, self.first, self.last)

    def _side_by_side(self, place: int) -> None:
        """Two factors without a sign: 2x, 2(…), )(, w x; refused where it could mean two things."""
        tokens = self.tokens
        kind, before = tokens.kinds[place], tokens.kinds[place - 1]
        left, right = tokens.words[place - 1], tokens.words[place]
        strange = kind == "name" and before == "name" and self._is_open
        strange &= not (is_symbol(left) and (is_symbol(right) or function_of(right)))
        numbers = kind == "number" and (before == "number" or not tokens.loose)
        if numbers or (not tokens.loose and (strange or right.startswith("_"))):
            raise tokens.mistake(
                f"nothing joins {left[:40]!r} and {right[:40]!r}", place - 1, place,
                hint="write * between them for a product",
            )  # fmt: skip
        divided = self.level.divides or (place > 1 and tokens.kinds[place - 2] == "/")
        taken = tokens.text[self.first : self.last]
        self._refuse_unclear(place, taken, self._shown_operand(place), divided)
        self.end_factor()
        if not tokens.loose:
            typed = tokens.text[tokens.starts[place - 1] : tokens.stops[place]]
            self.note(f"{' '.join(typed.split())} was read as {left}*{right}")

    def _shown_operand(self, place: int) -> str:
        """An operand as typed, up to the end of its parentheses."""
        tokens = self.tokens
        after = place + (tokens.kinds[place] == "name" and tokens.kinds[place + 1] == "(")
        if tokens.kinds[after] != "(":
            return tokens.text[tokens.starts[place] : tokens.stops[place]]
        depth = 0
        for stop in range(after, min(after + _SHOWN, len(tokens.kinds))):
            depth += (tokens.kinds[stop] == "(") - (tokens.kinds[stop] == ")")
            if depth == 0:
                return tokens.text[tokens.starts[place] : tokens.stops[stop]]
        return tokens.text[tokens.starts[place] : tokens.stops[after]] + "…)"

    def _refuse_unclear(self, place: int, left: str, right: str, divided: bool) -> None:
        """Refuse a product without a sign where its first factor ends a divisor or exponent."""
        tokens, level = self.tokens, self.level
        touches = place > 0 and tokens.stops[place - 1] == tokens.starts[place]
        touches &= tokens.kinds[place - 1] in ("name", "number", "^")
        raised = bool(level.powers) and level.powers[-1][0] != NEGATION and not tokens.loose
        if not (divided or (raised and touches)):
            return
        start = level.powers[0][1] if level.powers else self.first
        if divided and level.factors:
            start = level.factor_start
        before = tokens.text[start : self.first]
        if divided and not before.strip():  # 1/3 is one number
            above, _, left = left.partition("/")
            before = f"{above}/"
        readings = f"{before}{left}*{right}", f"{before}({left}*{right})"
        if divided:
            readings = f"({before}{left})*{right}", readings[1]
        what = "divisor" if divided else "exponent"
        said = [" ".join(reading.split()) for reading in readings]
        hint = "put the divisor or the exponent into parentheses"
        if max(map(len, said)) <= _LONGEST_READING:
            hint = "write " + " or ".join(said)
        raise tokens.mistake(f"it is not clear where the {what} ends", place, hint=hint)

    # -- mistakes -------------------------------------------------------------------------------
    def _unclosed(self) -> SpecError:
        places = [level.opened for level in [*self.stack[1:], self.level]]
        bars = all(self.tokens.kinds[place] == "|" for place in places)
        what = ("'|' is", "'|' are") if bars else ("parenthesis is", "parentheses are")
        count = f"{len(places):,} {what[len(places) > 1]} not closed"
        return self.tokens.mistake(count, *places[:1000])

    def _dots(self, place: int) -> SpecError:
        return self.tokens.mistake(
            "dots leave out what a formula must say", place, hint="write all of it"
        )

    def _missing(self, place: int) -> SpecError:
        tokens = self.tokens
        word, kind = tokens.words[place], tokens.kinds[place]
        before = place - 1
        while before > 0 and tokens.kinds[before] == "line":
            before -= 1
        left = tokens.words[before] if before >= 0 else ""
        if kind in _STRANGE:
            raise unknown_character(tokens.text, tokens.starts[place])
        if kind in (END, ";"):
            if self.stack and kind == END and tokens.kinds[before] == "(":
                return self._unclosed()
            return tokens.mistake(f"nothing follows {left!r}; a value is missing", before)
        if kind == "=" and left == "=":
            return tokens.mistake("one equals sign is enough", place)
        if kind == ")" and not self.stack and self.level.is_fresh:
            return tokens.mistake(f"this {word!r} closes nothing", place)
        if kind == ")" and tokens.kinds[before] == "(":
            return tokens.mistake("nothing is in these parentheses", before, place)
        if kind == "dots":
            return self._dots(place)
        between = f"between {left!r} and {word!r}" if left not in ("", ";") else f"before {word!r}"
        return tokens.mistake(f"a value is missing {between}", place)
