"""How a language spells formulas: names, numbers, operations, and what is put together of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any, TypeAlias, TypeGuard

from netsym.errors import checked_whole
from netsym.forms.form import Binding, Form
from netsym.graph.constants import decimals
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.writers.ropes import Rope

# How tightly a text binds; an operand that binds less tightly than its place asks for gets
# parentheses. Sums and products are never merged: what has parentheses was computed by itself.
SUM, NEGATION, QUOTIENT, PRODUCT, POWER, ATOM = range(1, 7)

#: Texts, and how tightly each binds.
Spelled: TypeAlias = tuple[Sequence[str], bytes]

#: To how many digits the numbers of a report are shown where nobody says.
DIGITS = 9


def rounded(value: float, digits: int) -> str:
    """A number to so many digits, of which zeros at the end are left out if nothing was rounded.

    >>> rounded(0.0399824, 3), rounded(0.04, 3), rounded(41.03, 3), rounded(41.03, 2)
    ('0.0400', '0.04', '41.0', '41')
    """
    text = f"{value:.{digits}g}"
    if float(text) == value:
        return text
    return f"{value:#.{digits}g}".removesuffix(".").replace(".e", "e")


def checked_digits(digits: int) -> int:
    """How many digits are shown; raises `SpecError` for more than a float64 has, or none."""
    return checked_whole("digits", digits, 1, 17)


_SHORT = 128
ONE_PIECE = 4096  # pieces up to this length are joined to one str


def are_short(pieces: Sequence[str | Rope]) -> TypeGuard[Sequence[str]]:
    """Whether all are short texts."""
    are_texts = set(map(type, pieces)) <= {str}
    return are_texts and max(map(len, pieces), default=0) < _SHORT  # type: ignore[arg-type]


def one_by_one(spell: Callable[..., tuple[str, int]], *values: Iterable[Any]) -> Spelled:
    """What is spelled one by one."""
    spelled = [*map(spell, *values)]
    return [text for text, _ in spelled], bytes([binds for _, binds in spelled])


@dataclass(frozen=True, slots=True)
class Equation:
    """One written equation: `left` is what is defined, `right` its text."""

    binding: Binding
    right: str | Rope
    is_output: bool


class Spelling:
    """Spells what formulas are made of; subclasses say how.

    `digits` rounds the numbers shown to that many significant digits; without it they round-trip.
    `breakable` keeps sums apart, so that a `Layout` may break lines in them.
    """

    times = "*"
    plus, less = " + ", " - "
    #: How a negative number begins, and a negation.
    minus = "-"
    dots = "..."

    def __init__(self, formula: Form, digits: int | None = None, breakable: bool = False) -> None:
        self.formula = formula
        self.digits = None if digits is None else checked_digits(digits)
        self.limit: float = 12 if breakable else ONE_PIECE

    def name(self, names: Names, position: int) -> str:
        """A name as it is written."""
        return names.ascii(position)

    def every(self, names: Names) -> Sequence[str]:
        """All names of an array as they are written, in order."""
        return [self.name(names, position) for position in range(len(names))]

    def symbols(self, names: Names, positions: Sequence[int]) -> Sequence[str | Rope]:
        """What stands for some symbols of an array in a formula: their names."""
        if len(positions) == len(names):
            return self.every(names)
        return [self.name(names, position) for position in positions]

    def number(self, value: float | Fraction) -> tuple[str, int]:
        """A number, and how tightly its text binds."""
        (text,), (binds,) = self.numbers([value])  # type: ignore[arg-type]
        return text, binds

    def numbers(self, values: Sequence[float] | Sequence[Fraction]) -> Spelled:
        """Numbers, all floats or all fractions."""
        if type(values[0]) is not float and isinstance(values[0], Fraction):  # that takes long
            return one_by_one(self.fraction, values)
        if self.digits is not None:
            return self.decimals([rounded(float(value), self.digits) for value in values])
        return self.decimals(decimals(values))  # type: ignore[arg-type]

    def decimals(self, texts: Sequence[str]) -> Spelled:
        """Numbers that Python writes so, as 2 or -1e-05."""
        return texts, bytes([NEGATION if text[0] == "-" else ATOM for text in texts])

    def decimal(self, text: str) -> tuple[str, int]:
        """One of them, and how tightly its text binds."""
        (text,), (binds,) = self.decimals([text])
        return text, binds

    def fraction(self, value: Fraction) -> tuple[str, int]:
        """A fraction, and how tightly its text binds."""
        if value.denominator == 1:
            return self.decimal(str(value.numerator))
        return f"{value.numerator}/{value.denominator}", QUOTIENT

    def function(self, name: str) -> str:
        """A function's name as it is written."""
        return FUNCTIONS[name].name

    def left(self, equation: Equation) -> str:
        """The left side: the name, or the function of its inputs."""
        binding, function = equation.binding, self.formula.function
        several_named = len(binding.names) > 1 and binding.names.literal
        if not (equation.is_output and function) or several_named:
            return self.name(binding.names, binding.position)
        inputs = [self.name(*self.formula.graph.symbol(n)) for n in self.formula.inputs.tolist()]
        if len(inputs) > 8:
            inputs = [inputs[0], self.dots, inputs[-1]]
        last, many = self.formula.layer_count, len(binding.names)
        called = tuple(f"{function}_{n + 1}" for n in range(many)) if many > 1 else (function,)
        function = self.name(Names("", last, (many,), called), binding.position)
        return self.applied(function, inputs)

    def applied(self, function: str, inputs: list[str]) -> str:
        """A function of its inputs, on the left side."""
        return f"{function}({', '.join(inputs)})"

    def measure(self, text: str) -> float:
        """How wide a text is on the line."""
        return len(text)

    def parentheses(self, piece: str | Rope) -> str | Rope:
        """The piece in parentheses."""
        return self.join(["(", piece, ")"])

    def around(self, count: int) -> list[str]:
        """What stands before the first of so many terms of a sum, before each other, and behind."""
        return ["", *[self.plus] * (count - 1), ""]

    def sum(self, terms: list[str | Rope]) -> str | Rope:
        """A sum; each term may be a negation or begin with a negative number."""
        around = self.around(len(terms))
        pieces: list[str | Rope] = [""] * (2 * len(terms) + 1)
        pieces[::2], pieces[1::2] = around, terms
        if self.limit == ONE_PIECE and are_short(terms):
            text = self._with_signs("".join(pieces), around)  # type: ignore[arg-type]
            if text:
                return self.join([text], separated=True)
        for place, term in enumerate(terms):
            if place and around[place] == self.plus and self._starts_with_minus(term):
                pieces[2 * place : 2 * place + 2] = self.less, self._without_minus(term)
        return self.join(pieces if around[0] else pieces[1:-1], separated=True)

    def _with_signs(self, text: str, around: list[str]) -> str:
        """A sum in which a negative term has a sign alone; nothing where a term is a sum."""
        if text.count(self.plus) != "".join(around).count(self.plus):
            return ""
        return text.replace(self.plus + self.minus, self.less)

    def products(
        self, left: Sequence[str | Rope], right: Sequence[str | Rope]
    ) -> Sequence[str | Rope]:
        """Products of two factors each."""
        times = self.times
        if are_short(left) and are_short(right):
            return [a + times + b for a, b in zip(left, right, strict=True)]
        return [self.product([*pair]) for pair in zip(left, right, strict=True)]

    def product(self, factors: list[str | Rope]) -> str | Rope:
        """A product."""
        pieces = factors[:1]
        for factor in factors[1:]:
            pieces += [self.times, factor]
        return self.join(pieces)

    def quotient(self, numerator: str | Rope, denominator: str | Rope) -> str | Rope:
        """A quotient."""
        return self.join([numerator, "/", denominator])

    def power(self, base: str | Rope, exponent: str | Rope) -> str | Rope:
        """A power."""
        return self.join([base, "**", exponent])

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        """A function of its operands."""
        if not operands:
            return self.function(function)
        pieces: list[str | Rope] = [self.function(function) + "(", operands[0]]
        for operand in operands[1:]:
            pieces += [", ", operand]
        return self.join([*pieces, ")"])

    def value(
        self, names: Names, position: int, text: str | Rope, binds: int
    ) -> tuple[str | Rope, int]:
        """A named value that is written out in place, as inlined forms do; how it binds."""
        return text, binds

    # -- pieces ------------------------------------------------------------------------------------
    def join(self, pieces: Sequence[str | Rope], separated: bool = False) -> str | Rope:
        """Pieces as one: a str where it is short, else a rope."""
        if set(map(type, pieces)) <= {str}:
            text = "".join(pieces)  # type: ignore[arg-type]
            if not separated and self.limit != ONE_PIECE:
                return text
            width = self.measure(text)
            if width <= self.limit:
                return text
            return self.rope(self._gathered(pieces), width, separated)
        return self.rope(self._gathered(pieces), sum(map(self.width, pieces)), separated)

    def _gathered(self, pieces: Sequence[str | Rope]) -> Sequence[str | Rope]:
        """Short neighbours as one piece, where no line is broken: they are written many times."""
        if self.limit != ONE_PIECE or len(pieces) < 8:
            return pieces
        gathered: list[str | Rope] = []
        for short, run in groupby(pieces, lambda p: isinstance(p, str) and len(p) < _SHORT):
            found = list(run)
            gathered += ["".join(found)] if short else found  # type: ignore[arg-type]
        return gathered

    def rope(self, pieces: Sequence[str | Rope], width: float, separated: bool) -> Rope:
        """The pieces as a rope."""
        return Rope(pieces, width, separated)

    def width(self, piece: str | Rope) -> float:
        """How wide a piece is on one line."""
        return self.measure(piece) if isinstance(piece, str) else piece.width

    def _starts_with_minus(self, piece: str | Rope) -> bool:
        while isinstance(piece, Rope):
            piece = piece.pieces[0]
        return piece.startswith(self.minus)

    def _without_minus(self, piece: str | Rope) -> str | Rope:
        """The piece without the sign that it begins with; the first pieces of ropes are short."""
        if isinstance(piece, str):
            return piece.removeprefix(self.minus)
        path = []
        while isinstance(piece, Rope):
            path.append(piece)
            piece = piece.pieces[0]
        shorter: str | Rope = piece.removeprefix(self.minus)
        for rope in reversed(path):
            shorter = rope.beginning(shorter, rope.width - 1)
        return shorter
