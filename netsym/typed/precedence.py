"""Sums of products of powers while they are read: one level per pair of parentheses.

A minus before a number belongs to the number (-2*x is a product with -2, as writers write it), a
minus before anything else negates the whole product.
"""

from __future__ import annotations

from netsym.typed.nodes import TypedNodes
from netsym.typed.tokens import Tokens

#: On the stack of powers, in place of a base.
NEGATION, EXPONENTIAL = -1, -2


class Level:
    """What was read so far between one pair of parentheses."""

    __slots__ = ("arguments", "compared", "divides", "factor_start", "factors", "function",
                 "negative", "opened", "parts", "powers", "start", "sum_start", "term_start",
                 "terms", "whole_start")  # fmt: skip

    def __init__(self, opened: int = -1, start: int = 0, function: str = "") -> None:
        self.opened = opened  # the token that opens it
        self.start = start  # where the operand begins that it will be
        self.function = function
        # empty tuples until there is something: a hundred thousand levels may be open
        self.arguments: tuple[int, ...] | list[int] = ()
        self.powers: (
            tuple[tuple[int, int], ...] | list[tuple[int, int]]
        ) = ()  # bases, and where they begin
        self.terms: list[int] = []
        self.factors: tuple[int, ...] | list[int] = ()
        # what stands before the last sign of a comparison, or before `and`: the sign, the value,
        # and whether what stands there holds
        self.compared: tuple[()] | tuple[str, int, int] = ()
        self.parts: tuple[()] | list[tuple[int, str]] = ()  # of a choice, with the signs behind
        self.whole_start = -1  # where these begin
        self.negative = False  # the term is to be negated
        self.divides = False  # the next factor is a divisor
        self.sum_start = self.term_start = self.factor_start = 0

    def raise_to(self, base: int, start: int) -> None:
        """A base whose exponent follows."""
        if isinstance(self.powers, list):
            self.powers.append((base, start))
        else:
            self.powers = [(base, start)]

    @property
    def is_fresh(self) -> bool:
        """Whether nothing was read."""
        return not (self.terms or self.factors or self.powers or self.negative)


class Levels:
    """The levels that are open, the innermost last, and the operand that was read last."""

    def __init__(self, tokens: Tokens, nodes: TypedNodes) -> None:
        self.tokens = tokens
        self.nodes = nodes
        self.level = Level()
        self.stack: list[Level] = []
        self.value = self.first = self.last = 0  # the operand, and where it stands

    def minus(self, place: int) -> None:
        """A minus before what is no number."""
        level = self.level
        if level.factors or level.powers or level.divides or level.negative:
            level.raise_to(NEGATION, self.tokens.starts[place])
        else:
            level.negative, level.term_start = True, self.tokens.starts[place]

    def end_factor(self) -> None:
        """The operand, with its powers, becomes a factor or a divisor."""
        level, value, start, stop = self.level, self.value, self.first, self.last
        powers = level.powers
        while isinstance(powers, list) and powers:
            base, start = powers.pop()
            if base == NEGATION:
                value = self.nodes.made("negate", (value,), start, stop)
            elif base == EXPONENTIAL:
                value = self.nodes.made("exp", (value,), start, stop)
            elif self._is_inverse(value, start):
                one = self.nodes.at(self.nodes.constant(1.0), start, stop)
                value = self.nodes.made("divide", (one, base), start, stop)
            else:
                value = self.nodes.made("power", (base, value), start, stop)
        if level.divides:
            level.divides = False
            operands = (self._product(level), value)
            level.factors = [self.nodes.made("divide", operands, level.factor_start, stop)]
            return
        if isinstance(level.factors, list) and level.factors:
            level.factors.append(value)
        else:
            level.factor_start, level.factors = start, [value]

    def end_term(self) -> None:
        """The factors become a term."""
        level = self.level
        if not (level.factors or level.powers or level.negative or level.divides):
            if not level.terms:  # the quickest case, and what most long sums consist of
                level.sum_start = self.first
            level.terms.append(self.value)
            return
        self.end_factor()
        term, start = self._product(level), level.factor_start
        if level.negative:
            start = level.term_start
            term = self.nodes.made("negate", (term,), start, self.last)
            level.negative = False
        if not level.terms:
            level.sum_start = start
        level.terms.append(term)
        level.factors = ()

    def sum(self) -> int:
        """The terms as one node."""
        level = self.level
        if len(level.terms) == 1:
            return level.terms[0]
        return self.nodes.made("add", tuple(level.terms), level.sum_start, self.last)

    def _product(self, level: Level) -> int:
        factors = level.factors
        if len(factors) == 1:
            return factors[0]
        return self.nodes.made("multiply", tuple(factors), level.factor_start, self.last)

    def _is_inverse(self, exponent: int, start: int) -> bool:
        """Whether this is (…)^{-1}, as LaTeX writes a quotient too wide for a fraction."""
        bracket = self.tokens.loose and self.tokens.text[start] in "(["
        return bracket and self.nodes.kinds[exponent] == ("constant", -1.0)
