"""Choices by conditions: c ? a : b, a if c else b, if (c) a else b, and IF(c, a, b).

What they stand for is written by the functions that networks have: max, min, abs, leaky_relu and
elu where a choice is one of these, and products with steps elsewhere.
"""

from __future__ import annotations

from collections.abc import Iterator

from netsym.typed.carets import Span
from netsym.typed.nodes import TypedNodes
from netsym.typed.programs import is_left_side
from netsym.typed.tokens import END, Change, Tokens
from netsym.typed.vocabulary import Vocabulary

#: What takes pairs of a value and a condition.
PIECEWISE = "piecewise"
COMPARISONS = frozenset({"<", ">", "<=", ">="})
#: Kinds of tokens between the parts of a choice.
MARKS = COMPARISONS | {"?", ":", "if", "else", "and"}


def read_choices(tokens: Tokens, _: Vocabulary) -> Tokens:
    """The words if and else as signs; `if (c) a else b` of R as c ? a : b."""
    tokens = _cases_by_lines(tokens)
    kinds, words, changes = tokens.kinds, tokens.words, dict[int, Change | None]()
    closings = tokens.closings()
    pending = 0  # how many of R are open
    for place, kind in enumerate(kinds):
        if kind != "name":
            continue
        word = words[place]
        called = kinds[place + 1] == "("
        operand = place == 0 or kinds[place - 1] not in ("name", "number", ")", "superscript")
        if word == "if" and called and operand:
            closing, values = closings.get(place + 1, (-1, 1))
            after = kinds[closing + 1] if closing >= 0 else ""
            if values == 1 and after in ("name", "number", "(", "-"):
                changes[place] = None
                changes[closing] = (")", ")", closing)
                pending += 1
        if word in ("if", "and") and not operand:
            changes[place] = (word, word, place)
        elif word == "else":
            changes[place] = (":" if pending else "else", word, place)
            pending -= pending > 0
    return _with_question_marks(tokens, changes)


def _cases_by_lines(tokens: Tokens) -> Tokens:
    """Lines that each end in `if` and a condition, as pieces of one value."""
    made, done = tokens.like(), 0
    group: list[tuple[int, int, int]] = []  # where a value begins, its condition, and its end
    for start, stop in [*_lines(tokens), (len(tokens.kinds) - 1,) * 2]:
        case = _case(tokens, start, stop)
        if group and (case is None or is_left_side(tokens, start)):
            if len(group) > 1:
                made.take(tokens, done, group[0][0])
                _add_pieces(made, tokens, group)
                done = group[-1][2]
            group = []
        if case is not None:
            group.append(case)
    made.take(tokens, done, len(tokens.kinds))
    return made


def _lines(tokens: Tokens) -> Iterator[tuple[int, int]]:
    """Where lines outside parentheses begin and end."""
    start = depth = 0
    for place, kind in enumerate(tokens.kinds):
        depth += (kind == "(") - (kind == ")")
        if kind == END or (kind in ("line", ";") and depth <= 0):
            if place > start:
                yield start, place
            start = place + 1


def _case(tokens: Tokens, start: int, stop: int) -> tuple[int, int, int] | None:
    """A line as a value and its condition, if it is one."""
    words = tokens.words[start:stop]
    if "if" not in words or "else" in words:
        return None
    condition = start + words.index("if")
    if is_left_side(tokens, start):
        start = tokens.kinds.index("=", start) + 1
    return (start, condition, stop) if start < condition else None


def _add_pieces(made: Tokens, tokens: Tokens, group: list[tuple[int, int, int]]) -> None:
    first = tokens.starts[group[0][0]]
    made.add("name", PIECEWISE, first, first)
    made.add("(", "(", first, first)
    for number, (start, condition, stop) in enumerate(group):
        here, between = tokens.starts[start], tokens.starts[condition]
        if number:
            made.add(",", ",", here, here)
        made.add("(", "(", here, here)
        made.take(tokens, start, condition - (tokens.kinds[condition - 1] == ","))
        made.add(",", ",", between, between)
        made.take(tokens, condition + 1, stop)
        made.add(")", ")", tokens.stops[stop - 1], tokens.stops[stop - 1])
    last = tokens.stops[group[-1][2] - 1]
    made.add(")", ")", last, last)


def _with_question_marks(tokens: Tokens, changes: dict[int, Change | None]) -> Tokens:
    """The tokens with a ? behind every parenthesis that ends a condition of R."""
    made, place = tokens.like(), 0
    for at in sorted(changes):
        change = changes[at]
        made.take(tokens, place, at)
        place = at + 1
        if change is None:
            continue
        made.add(change[0], change[1], tokens.starts[at], tokens.stops[at])
        if change[0] == ")":
            made.add("?", "?", tokens.stops[at], tokens.stops[at])
    made.take(tokens, place, len(tokens.kinds))
    return made


class ChoiceError(ValueError):
    """A choice that lacks a part; the text says which."""


class Choices:
    """Makes the nodes of comparisons, and of choices by them."""

    def __init__(self, nodes: TypedNodes) -> None:
        self.nodes = nodes
        self._sides: dict[int, tuple[int, int]] = {}  # of a comparison: the greater, the less
        self._truths: set[int] = set()  # nodes that are 0 or 1

    def compared(self, sign: str, left: int, right: int, span: Span) -> int:
        """1 where a comparison holds, else 0."""
        more, less = (left, right) if sign[0] == ">" else (right, left)
        nodes = self.nodes
        if nodes.kinds[less] == ("constant", 0.0):
            difference = more
        elif nodes.kinds[more] == ("constant", 0.0):
            difference = nodes.made("negate", (less,), *span)
        else:
            operation, value = nodes.kinds[less]
            if operation == "constant":
                negated = nodes.at(nodes.constant(-value), *span)
            else:
                negated = nodes.made("negate", (less,), *span)
            difference = nodes.made("add", (more, negated), *span)
        step = "step" if sign.endswith("=") else "heaviside"
        number = nodes.made(step, (difference,), *span)
        self._sides[number] = (more, less)
        self._truths.add(number)
        return number

    def meet(self, one: int, other: int) -> bool:
        """Whether two conditions leave nothing between them, as z < 1 and 1 <= z < 2."""
        ends = {sides[::-1] for sides in self._all_sides(one)}
        return not ends.isdisjoint(self._all_sides(other))

    def _all_sides(self, condition: int) -> list[tuple[int, int]]:
        """Of all comparisons that a condition is made of."""
        found, parts = list[tuple[int, int]](), [condition]
        while parts:
            part = parts.pop()
            if part in self._sides:
                found.append(self._sides[part])
            elif part in self._truths:
                parts += self.nodes.kinds[part][1]
        return found

    def both(self, one: int, other: int, span: Span) -> int:
        """1 where both hold; raises `ChoiceError` for what is no condition."""
        if not {one, other} <= self._truths:
            raise ChoiceError("a condition compares two values, as in z > 0")
        number = self.nodes.made("multiply", (one, other), *span)
        self._truths.add(number)
        return number

    def is_condition(self, number: int) -> bool:
        """Whether a value is 0 or 1, as comparisons are."""
        return number in self._truths

    def folded(self, parts: list[tuple[int, str]], last: int, span: Span) -> int:
        """The value of a choice, from its parts with the signs behind them, and the last part."""
        value, others, condition = last, list[int](), -1
        for number, mark in reversed(parts):
            if mark == ":":
                others.append(value)
                value = number
            elif mark == "?":
                if not others:
                    raise ChoiceError("a choice c ? a : b has no :")
                value = self.chosen(number, value, others.pop(), span)
            elif mark == "else":
                if condition >= 0:
                    raise ChoiceError("a choice a if c else b has no if")
                condition = number
            else:
                if condition < 0:
                    raise ChoiceError("a choice a if c else b has no else")
                value, condition = self.chosen(condition, number, value, span), -1
        if others:
            raise ChoiceError("this ':' belongs to no choice")
        if condition >= 0:
            raise ChoiceError("a choice a if c else b has no if")
        return value

    def chosen(self, condition: int, one: int, other: int, span: Span) -> int:
        """`one` where a condition holds, else `other`."""
        nodes = self.nodes
        if nodes.kinds[condition] == ("constant", 1.0):
            return one
        if condition not in self._truths:
            raise ChoiceError("a condition compares two values, as in z > 0")
        sides = self._sides.get(condition)
        if sides is not None:
            number = self._known(*sides, one, other, span)
            if number is not None:
                return number
        terms = []
        if nodes.kinds[one] != ("constant", 0.0):
            terms.append(self._product(condition, one, span))
        if nodes.kinds[other] != ("constant", 0.0):
            negated = nodes.made("negate", (condition,), *span)
            first = nodes.at(nodes.constant(1.0), *span)
            complement = nodes.made("add", (first, negated), *span)
            terms.append(self._product(complement, other, span))
        if len(terms) == 2:
            return nodes.made("add", tuple(terms), *span)
        return terms[0] if terms else one

    def _product(self, truth: int, value: int, span: Span) -> int:
        if self.nodes.kinds[value] == ("constant", 1.0):
            return truth
        return self.nodes.made("multiply", (truth, value), *span)

    def _known(self, more: int, less: int, one: int, other: int, span: Span) -> int | None:
        """The function that a choice is: max, min, abs, leaky_relu or elu."""
        nodes = self.nodes
        if {one, other} == {more, less} and one != other:
            numbers_first = sorted((one, other), key=lambda n: nodes.kinds[n][0] != "constant")
            return nodes.made("max" if one == more else "min", tuple(numbers_first), *span)
        if nodes.kinds[less] == ("constant", 0.0):
            value, above, below = more, one, other
        elif nodes.kinds[more] == ("constant", 0.0):
            value, above, below = less, other, one
        else:
            return None
        if above != value:
            return None
        if nodes.kinds[below] == ("negate", (value,)):
            return nodes.made("abs", (value,), *span)
        alpha = self._factor(below, value)
        if alpha is not None:
            return nodes.made("leaky_relu", (value, alpha), *span)
        curve = self._curve(value)
        alpha = nodes.at(nodes.constant(1.0), *span) if below in curve else None
        for each in curve:
            alpha = self._factor(below, each) if alpha is None else alpha
        return None if alpha is None else nodes.made("elu", (value, alpha), *span)

    def _factor(self, product: int, value: int) -> int | None:
        """The other of two factors, if one is this."""
        operation, operands = self.nodes.kinds[product]
        if operation == "multiply" and len(operands) == 2 and value in operands:
            return int(operands[operands[0] == value])
        return None

    def _curve(self, value: int) -> tuple[int, ...]:
        """The nodes of exp(value) - 1 that are there."""
        known = self.nodes.known
        power, less = known("exp", (value,)), self.nodes.known_number(-1.0)
        if power is None or less is None:
            return ()
        orders = ((power, less), (less, power))
        return tuple(n for order in orders if (n := known("add", order)) is not None)
