"""A formula as a straight-line program, in which every use of a number can be replaced by itself.

The graph has every number once. Who asks what a typed decimal stands for needs its uses apart, and
who looks for pieces goes from instruction to instruction, with values of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from typing import Any, Protocol, TypeVar

import numpy as np

from netsym.forms.form import Form
from netsym.graph.function import Function
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block
from netsym.graph.names import literal
from netsym.ops import Ops
from netsym.ops.arrays import filled
from netsym.ops.decimals import decimal
from netsym.ops.reading import exponent_of
from netsym.typed.numerals import digits

A = TypeVar("A")


class Machine(Protocol[A]):
    """What an instruction needs, of elements of any kind: the arithmetic of a reading (`Ops`).

    Functions are expanded with it, so whoever knows max, min, abs, sign and heaviside knows relu.
    """

    def constant(self, value: float | Fraction) -> A:
        """A number."""

    def add(self, *terms: A) -> A:
        """One sum of all."""

    def multiply(self, *factors: A) -> A:
        """One product of all."""

    def divide(self, numerator: A, denominator: A) -> A:
        """A quotient."""

    def power(self, base: A, exponent: int) -> A:
        """A whole power."""

    def negate(self, value: A) -> A:
        """The other sign."""

    def call(self, function: str, *operands: A) -> A:
        """A function of the table, or its expansion."""


@dataclass(frozen=True, slots=True)
class Number:
    """One use of a number: as a decimal, and as it is stored: a float64, or a fraction.

    `half` is half a unit of the last digit of a decimal that was typed, None for what is exact or
    was not typed.
    """

    value: Fraction
    stored: Fraction
    typed: bool
    half: Fraction | None = None

    @property
    def digits(self) -> int:
        """How many significant digits were typed; 0 where none were."""
        return 0 if self.half is None else digits(self.value, self.half)


@dataclass(frozen=True, slots=True)
class Instruction:
    """An operation on the values of instructions before it.

    `input`, `name` and `number` say by `which` what they are; a `power` has a whole exponent.
    """

    op: str
    operands: tuple[int, ...] = ()
    which: int | str = 0


@dataclass(frozen=True, eq=False)
class StraightLine:
    """The outputs of a formula, instruction by instruction."""

    instructions: list[Instruction] = field(default_factory=list)
    numbers: list[Number] = field(default_factory=list)
    ends: list[int] = field(default_factory=list)

    @cached_property
    def names(self) -> list[str]:
        """The names that are not inputs, in order."""
        found = (each.which for each in self.instructions if each.op == "name")
        return list(dict.fromkeys(map(str, found)))

    @cached_property
    def functions(self) -> list[Function]:
        """The functions of the table that it calls, in order."""
        used = dict.fromkeys(each.op for each in self.instructions)
        return [FUNCTIONS[op] for op in used if op in FUNCTIONS]

    @property
    def has_kinks(self) -> bool:
        """Whether a function that it calls has kinks, or is made of pieces."""
        return any(function.kinked or function.piecewise for function in self.functions)

    def output(self, place: int) -> StraightLine:
        """One output alone, by the instructions that it needs."""
        wanted = {self.ends[place]}
        for at in range(self.ends[place], -1, -1):
            if at in wanted:
                wanted.update(self.instructions[at].operands)
        places = {old: new for new, old in enumerate(sorted(wanted))}
        kept = [
            replace(each, operands=tuple(places[operand] for operand in each.operands))
            for each in (self.instructions[old] for old in places)
        ]
        return StraightLine(kept, self.numbers, [places[self.ends[place]]])

    def unshared(self, most: int) -> StraightLine:
        """It with an instruction for every use of what depends on a rounded number.

        What was typed twice is one value in a graph, though it may stand for two. It is itself
        where nothing is shared, or where more than `most` instructions would be needed.
        """
        uses = [0] * len(self.instructions)
        for end in self.ends:
            uses[end] += 1
        rounded = [False] * len(self.instructions)
        for place, each in enumerate(self.instructions):
            typed = each.op == "number" and self.numbers[int(each.which)].half is not None
            rounded[place] = typed or any(rounded[operand] for operand in each.operands)
        for place in range(len(uses) - 1, -1, -1):
            uses[place] = min(uses[place], most if rounded[place] else 1)
            for operand in self.instructions[place].operands:
                uses[operand] += uses[place]
        if sum(uses) > most or max(uses) <= 1:
            return self
        return self._with_copies(uses, rounded)

    def _with_copies(self, uses: Sequence[int], rounded: Sequence[bool]) -> StraightLine:
        """With so many copies of instructions, of which what is rounded has one for every use."""
        made = Program()
        left: list[list[int]] = []
        for place, each in enumerate(self.instructions):
            copies = []
            for _ in range(uses[place]):
                if each.op == "number":
                    copies.append(made.number(self.numbers[int(each.which)]))
                    continue
                operands = [left[n].pop() if rounded[n] else left[n][0] for n in each.operands]
                copies.append(made.put(each.op, *operands, which=each.which))
            left.append(copies)
        ends = [left[end].pop() if rounded[end] else left[end][0] for end in self.ends]
        return StraightLine(made.line.instructions, made.numbers, ends)

    def run(
        self,
        machine: Machine[A],
        inputs: Sequence[A],
        named: Callable[[str], A],
        numbers: Sequence[A],
    ) -> list[A]:
        """The outputs, from the values of inputs, names, and every use of a number."""
        known: dict[str, Callable[..., A]] = {
            "add": machine.add, "multiply": machine.multiply, "divide": machine.divide,
            "negate": machine.negate,
        }  # fmt: skip
        leaves: dict[str, Callable[[Any], A]] = {
            "input": inputs.__getitem__, "name": named, "number": numbers.__getitem__,
        }  # fmt: skip
        values: list[A] = []
        for each in self.instructions:
            operands = [values[place] for place in each.operands]
            if each.op in leaves:
                value = leaves[each.op](each.which)
            elif each.op == "power":
                value = machine.power(operands[0], int(each.which))
            elif each.op in known:
                value = known[each.op](*operands)
            else:
                value = machine.call(each.op, *operands)
            values.append(value)
        return [values[end] for end in self.ends]

    def read(self, ops: Ops[A], x: A, width: int, numbers: Sequence[A]) -> A:
        """The outputs (…, outputs) in a reading of arrays, from its inputs (…, inputs).

        `numbers` has an array of shape (1,) for every use of a number.
        """
        inputs = [ops.take(x, np.array([place])) for place in range(width)]
        ends = [
            end if ops.lengths(end) else ops.multiply(ops.numbers(np.ones(1)), end)  # as pi alone
            for end in self.run(ops, inputs, lambda name: ops.symbols(literal(name)), numbers)
        ]
        return ends[0] if len(ends) == 1 else ops.concatenate(ends)

    def with_numbers(self, width: int, values: Sequence[Any]) -> Callable[[Ops[A], A], A]:
        """It as a function `read(ops, x)` of its inputs, with a value for every use of a number."""

        def read(ops: Ops[A], x: A) -> A:
            numbers = [ops.numbers(filled([value], (1,))) for value in values]
            return self.read(ops, x, width, numbers)

        return read


@dataclass(frozen=True, slots=True)
class Program:
    """A straight-line program while it is written, and what its numbers are."""

    line: StraightLine = field(default_factory=StraightLine)
    numbers: list[Any] = field(default_factory=list)

    def put(self, op: str, *operands: int, which: int | str = 0) -> int:
        """The place of a further instruction."""
        self.line.instructions.append(Instruction(op, operands, which))
        return len(self.line.instructions) - 1

    def number(self, value: Any) -> int:
        """The place of a number."""
        self.numbers.append(value)
        return self.put("number", which=len(self.numbers) - 1)

    def copied(
        self,
        line: StraightLine,
        numbers: Sequence[Any],
        instead: Callable[[Instruction], int | None] = lambda _: None,
    ) -> list[int]:
        """The outputs of another program with these numbers, added to this one.

        `instead` gives the place of what stands for an instruction, None where that is itself.
        """
        places: list[int] = []
        for each in line.instructions:
            place = instead(each)
            if place is None and each.op == "number":
                place = self.number(numbers[int(each.which)])
            elif place is None:
                place = self.put(each.op, *(places[n] for n in each.operands), which=each.which)
            places.append(place)
        return [places[end] for end in line.ends]


def straight_line(
    form: Form,
    order: Sequence[int] | None = None,
    halves: Mapping[int, Fraction] | None = None,
) -> StraightLine:
    """A formula, instruction by instruction; `order` says which input each of its own is.

    `halves` has half a unit of the last digit of constants that were typed as decimals; it is None
    where nothing was typed.
    """
    return _Compiler(form, order, halves).made


class _Compiler:
    """Turns a graph into instructions."""

    def __init__(
        self, form: Form, order: Sequence[int] | None, halves: Mapping[int, Fraction] | None
    ) -> None:
        self.made = StraightLine()
        self.graph = form.graph
        self.typed = halves is not None
        self.halves = halves or {}
        own = range(len(form.inputs)) if order is None else order
        self.inputs = dict(zip(form.inputs.tolist(), own, strict=True))
        self.places: dict[int, int] = {}  # of the instruction for a node
        for block, rows in self.graph.walk(form.mask):
            for row in rows.tolist():
                self._compile(block, row)
        self.made.ends.extend(self._place(end) for end in form.ends.tolist())

    def _put(self, op: str, operands: Iterable[int] = (), which: int | str = 0) -> int:
        self.made.instructions.append(Instruction(op, tuple(operands), which))
        return len(self.made.instructions) - 1

    def _compile(self, block: Block, row: int) -> None:
        node = block.start + row
        if block.op == "symbol":
            place = self.inputs.get(node)
            self.places[node] = (
                self._put("name", which=block.names.ascii(row))
                if place is None
                else self._put("input", which=place)
            )
        elif block.op == "name":
            self.places[node] = self._place(int(block.operands[row, 0]))
        elif block.op == "power":
            self.places[node] = self._power(*block.operands[row].tolist())
        elif block.op != "constant":
            self.places[node] = self._put(block.op, map(self._place, block.operands[row].tolist()))

    def _place(self, node: int) -> int:
        """The instruction for a node; of a number a new one each time."""
        if node in self.places:
            return self.places[node]
        number, half = self.graph.number(node), self.halves.get(node)
        self.made.numbers.append(Number(decimal(number), Fraction(number), self.typed, half))
        return self._put("number", which=len(self.made.numbers) - 1)

    def _power(self, base: int, exponent: int) -> int:
        """As `ops.reading` has powers: whole, of roots, or by exp and log."""
        value = exponent_of(self.graph, exponent)
        if value is not None and value.denominator == 1:
            return self._put("power", [self._place(base)], value.numerator)
        if value is not None and value.denominator == 2:
            root = self._put("sqrt", [self._place(base)])
            return self._put("power", [root], value.numerator)
        logarithm = self._put("log", [self._place(base)])
        return self._put("exp", [self._put("multiply", [self._place(exponent), logarithm])])
