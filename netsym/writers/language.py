"""Writes a formula in any language: what binds how tightly, what is written once, what is refused.

A language is a subclass of `Language` that says how names, numbers and operations are spelled.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from operator import itemgetter
from typing import ClassVar, TypeGuard

import numpy as np

from netsym.errors import checked_whole
from netsym.forms.form import Binding, Form
from netsym.graph.constants import whole
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block, Ids, Positions
from netsym.graph.names import Names
from netsym.writers.ropes import Rope, flat

# How tightly a text binds; an operand that binds less tightly than its place asks for gets
# parentheses. Sums and products are never merged: what has parentheses was computed by itself.
SUM, NEGATION, QUOTIENT, PRODUCT, POWER, ATOM = range(1, 7)

#: To how many digits the numbers of a report are shown where nobody says.
DIGITS = 9

#: Told how far a long job is: what it does, how much is done, of how much.
Watcher = Callable[[str, int, int], None]


def no_watcher(what: str, done: int, total: int) -> None:
    """Watches nothing."""


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


_SHORT = 256
_ONE_PIECE = 4096  # pieces up to this length are joined to one str


def are_short(pieces: Sequence[str | Rope]) -> TypeGuard[Sequence[str]]:
    """Whether all are short texts."""
    return set(map(type, pieces)) == {str} and max(map(len, pieces)) < _SHORT  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Equation:
    """One written equation: `left` is what is defined, `right` its text."""

    binding: Binding
    right: str | Rope
    is_output: bool


class Language:
    """Spells formulas; subclasses say how.

    `digits` rounds the numbers shown to that many significant digits; without it they round-trip.
    `breakable` keeps sums apart, so that a `Layout` may break lines in them.
    """

    times = "*"
    plus, less = " + ", " - "
    #: How a negative number begins, and a negation.
    minus = "-"
    #: The method that writes an operation, and how tightly its text binds; others are calls.
    #: Where a text binds otherwise, a method returns it with that.
    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        "add": ("_write_sum", SUM),
        "multiply": ("_write_product", PRODUCT),
        "divide": ("_write_quotient", QUOTIENT),
        "power": ("_write_power", POWER),
        "negate": ("_write_negation", NEGATION),
    }
    dots = "..."

    def __init__(
        self,
        formula: Form,
        digits: int | None = None,
        breakable: bool = False,
        watcher: Watcher = no_watcher,
    ) -> None:
        self.formula = formula
        self.watcher = watcher
        self.digits = None if digits is None else checked_digits(digits)
        self.limit: float = 12 if breakable else _ONE_PIECE
        self.texts: list[str | Rope] = [""] * len(formula.graph)
        self.binds = bytearray([ATOM]) * len(formula.graph)

    # -- what a language says -------------------------------------------------------------------
    def name(self, names: Names, position: int) -> str:
        """A name as it is written."""
        return names.ascii(position)

    def every(self, names: Names) -> Sequence[str]:
        """All names of an array as they are written, in order."""
        return [self.name(names, position) for position in range(len(names))]

    def symbols(self, names: Names, positions: list[int]) -> Sequence[str | Rope]:
        """What stands for some symbols of an array in a formula: their names."""
        if len(positions) == len(names):
            return self.every(names)
        return [self.name(names, position) for position in positions]

    def number(self, value: float | Fraction) -> tuple[str, int]:
        """A number, and how tightly its text binds."""
        if type(value) is not float and isinstance(value, Fraction):  # is it one? takes long
            if value.denominator == 1:
                return str(value.numerator), ATOM if value >= 0 else NEGATION
            return f"{value.numerator}/{value.denominator}", QUOTIENT
        if self.digits is not None:
            text = rounded(value, self.digits)
        else:
            integer = whole(value)
            text = repr(value) if integer is None else str(integer)
        return text, NEGATION if text[0] == "-" else ATOM

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

    def sum(self, terms: list[str | Rope]) -> str | Rope:
        """A sum; each term may be a negation or begin with a negative number."""
        if self.limit == _ONE_PIECE and are_short(terms):
            text = self.plus.join(terms)
            if text.count(self.plus) == len(terms) - 1:  # none in a term
                text = text.replace(self.plus + self.minus, self.less)
                return self.join([text], separated=True)
        pieces: list[str | Rope] = [self.plus] * (2 * len(terms) - 1)
        pieces[::2] = terms
        for place, term in enumerate(terms):
            if place and self._starts_with_minus(term):
                pieces[2 * place - 1 : 2 * place + 1] = self.less, self._without_minus(term)
        return self.join(pieces, separated=True)

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

    def remarks(self) -> Iterator[str]:
        """What stands below the equations, piece by piece."""
        return iter(())

    # -- what holds in all of them --------------------------------------------------------------
    def equations(self) -> Iterator[Equation]:
        """The equations of the form, each after what it uses."""
        self.right: dict[int, str | Rope] = {}
        self._write_nodes()
        length = sum(map(self.width, self.right.values()))
        length += sum(self.width(self.texts[output.node]) for output in self.formula.outputs)
        self.watcher("writing", 0, int(length))
        for binding in self.formula.bindings:
            yield Equation(binding, self.right[binding.node], is_output=False)
        for output in self.formula.outputs:
            yield Equation(output, self.texts[output.node], is_output=True)

    def right_sides(self) -> tuple[dict[str, str], dict[str, str]]:
        """The right-hand sides by plain name, each on one line: of the bindings, of the outputs."""
        bindings: dict[str, str] = {}
        outputs: dict[str, str] = {}
        for equation in self.equations():
            into = outputs if equation.is_output else bindings
            into[equation.binding.name] = "".join(flat(equation.right))
        return bindings, outputs

    def _write_nodes(self) -> None:
        formula, texts, binds = self.formula, self.texts, self.binds
        cut, shared = formula.cut_mask, formula.cut_names is not None
        for block, rows in formula.graph.walk(formula.mask):
            self.watcher("preparing", block.start, len(formula.graph))
            if block.op == "symbol":
                symbols = self.symbols(block.names, rows.tolist())
                self._put(block.start + rows, symbols, ATOM)
            elif block.op == "constant":
                written = map(self.number, block.numbers(rows))
                for node, number in zip((block.start + rows).tolist(), written, strict=True):
                    texts[node], binds[node] = number
            elif block.op == "name":
                self._write_names(block, rows)
            else:
                self._write_operations(block, rows)
                if shared:
                    for row in rows[cut[block.start + rows]].tolist():
                        node = block.start + row
                        self.right[node] = texts[node]
                        texts[node], binds[node] = self._shared_name(node), ATOM

    def _shared_name(self, node: int) -> str:
        names = self.formula.cut_names
        assert names is not None
        return self.name(names, int(self.formula.cut.searchsorted(node)))

    def _write_names(self, block: Block, rows: Positions) -> None:
        assert isinstance(block.payload, Names)
        assert block.positions is not None
        cut = self.formula.cut_mask
        for row in rows.tolist():
            node, below = block.start + row, int(block.operands[row, 0])
            position = int(block.positions[row])
            if cut[node]:
                self.right[below] = self.texts[below]
                self.texts[node] = self.name(block.payload, position)
            else:
                self.texts[node], self.binds[node] = self.value(
                    block.payload, position, self.texts[below], self.binds[below]
                )

    def _write_operations(self, block: Block, rows: Positions) -> None:
        operands = block.operands if len(rows) == len(block) else block.operands[rows]
        first = block.start
        method, binds = self.operations.get(block.op, ("_write_call", ATOM))
        at_once = getattr(self, f"{method}s", None) if operands.shape[1] == 2 else None
        products = at_once and at_once(operands)
        if products:
            self._put(first + rows, products, binds)
            return
        write = getattr(self, method)
        texts, all_binds = self.texts, self.binds
        for row, nodes in zip(rows.tolist(), operands.tolist(), strict=True):
            text = write(block.op, nodes)
            texts[first + row], all_binds[first + row] = (
                text if isinstance(text, tuple) else (text, binds)
            )

    def _put(self, nodes: Positions, texts: Sequence[str | Rope], binds: int) -> None:
        """Keep the texts of some increasing nodes, which all bind alike."""
        first, stop = int(nodes[0]), int(nodes[-1]) + 1
        if stop - first == len(nodes):
            self.texts[first:stop] = texts
            self.binds[first:stop] = bytes([binds]) * len(nodes)
            return
        for node, text in zip(nodes.tolist(), texts, strict=True):
            self.texts[node], self.binds[node] = text, binds

    def operand(self, node: int, tightness: int) -> str | Rope:
        """An operand's text, in parentheses if it binds less tightly than that."""
        text = self.texts[node]
        return text if self.binds[node] >= tightness else self.parentheses(text)

    def operands(self, nodes: list[int], tightness: int) -> list[str | Rope]:
        """The same for several."""
        texts, binds = self.texts, self.binds
        if len(nodes) > 1 and min(itemgetter(*nodes)(binds)) >= tightness:
            return [*itemgetter(*nodes)(texts)]
        return [self.operand(node, tightness) for node in nodes]

    def _write_sum(self, _: str, nodes: list[int]) -> str | Rope:
        return self.sum(self.operands(nodes, NEGATION))

    def _write_products(self, operands: Ids) -> Sequence[str | Rope]:
        """Products of two factors each."""
        left, right = operands.T
        return self.products(
            self._texts_of(left, self._leading), self._texts_of(right, self.operand)
        )

    def _texts_of(
        self, nodes: Ids, loose: Callable[[int, int], str | Rope]
    ) -> Sequence[str | Rope]:
        """The texts of some nodes as factors; `loose` gives those that bind less tightly."""
        first, stop = int(nodes[0]), int(nodes[-1]) + 1
        if stop - first == len(nodes) and (nodes[1:] > nodes[:-1]).all():
            found = self.texts[first:stop]
        else:
            found = [self.texts[node] for node in nodes.tolist()]
        for place in np.flatnonzero(np.frombuffer(self.binds, np.uint8)[nodes] < POWER).tolist():
            found[place] = loose(int(nodes[place]), POWER)
        return found

    def _write_product(self, _: str, nodes: list[int]) -> str | Rope:
        binds, texts = self.binds, self.texts
        if all([binds[node] >= POWER for node in nodes]):
            return self.product([texts[node] for node in nodes])
        first = self._leading(nodes[0], POWER)
        return self.product([first, *[self.operand(node, POWER) for node in nodes[1:]]])

    def _write_quotient(self, _: str, nodes: list[int]) -> str | Rope:
        return self.quotient(self._leading(nodes[0], PRODUCT), self.operand(nodes[1], POWER))

    def _write_power(self, _: str, nodes: list[int]) -> str | Rope:
        return self.power(self.operand(nodes[0], ATOM), self.operand(nodes[1], ATOM))

    def _write_negation(self, _: str, nodes: list[int]) -> str | Rope:
        text = self.operand(nodes[0], QUOTIENT)
        if next(flat(text)).startswith(self._NUMBERS):
            text = self.parentheses(text)  # -2*x is a product with the number -2
        return self.join([self.minus, text])

    def _write_call(self, op: str, nodes: list[int]) -> str | Rope:
        return self.call(op, [self.texts[node] for node in nodes])

    def _leading(self, node: int, tightness: int) -> str | Rope:
        """An operand that comes first, where a negative number needs no parentheses."""
        text = self.texts[node]
        if self.binds[node] == NEGATION and isinstance(text, str) and self._is_number(text):
            return text
        return self.operand(node, tightness)

    _NUMBERS = ("-", *"0123456789")

    @classmethod
    def _is_number(cls, text: str) -> bool:
        return text[1:2].isdecimal()

    def join(self, pieces: Sequence[str | Rope], separated: bool = False) -> str | Rope:
        """Pieces as one: a str where it is short, else a rope."""
        if set(map(type, pieces)) <= {str}:
            text = "".join(pieces)  # type: ignore[arg-type]
            if not separated and self.limit != _ONE_PIECE:
                return text
            width = self.measure(text)
            if width <= self.limit:
                return text
            return self.rope(self._gathered(pieces), width, separated)
        return self.rope(self._gathered(pieces), sum(map(self.width, pieces)), separated)

    def _gathered(self, pieces: Sequence[str | Rope]) -> Sequence[str | Rope]:
        """Short neighbours as one piece, where no line is broken: they are written many times."""
        if self.limit != _ONE_PIECE or len(pieces) < 8:
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
