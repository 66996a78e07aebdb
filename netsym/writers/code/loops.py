"""Loops: a form as a program of arrays, a loop for each block of its plan, with weights apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.forms.apart import refuse_names
from netsym.forms.form import Form
from netsym.graph.graph import Floats
from netsym.graph.names import Names
from netsym.graph.plan import Contraction, Gather, LongSum, Plan
from netsym.writers.code.program import Program
from netsym.writers.ropes import flat

A = TypeVar("A", bound=npt.NDArray[Any])
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Run:
    """Entries of an array, `start + step*i` for i = 0, 1, …"""

    array: str
    start: int
    step: int


@dataclass(frozen=True, slots=True)
class Picked:
    """Entries of an array at the places that a `table` has."""

    array: str
    table: str


@dataclass(frozen=True, slots=True)
class Number:
    """The same number for all."""

    value: float


Read = Run | Picked | Number


@dataclass(frozen=True, slots=True, eq=False)
class Joined:
    """Entries of several arrays, each at its places in a new one."""

    array: str
    parts: Sequence[tuple[Places, Read]]


#: What is read for the operands of a loop, one for each i.
Column = Read | Joined


@dataclass(frozen=True, slots=True)
class Loop:
    """The entries of an array by one operation of columns; or a `matrix` times what is `right`, of
    as many entries as is its `width`, plus the columns. Without a matrix it is their sum; with
    a `table` that says where in an array its entries are.
    """

    target: str
    length: int
    op: str
    columns: Sequence[Column]
    matrix: str = ""
    right: Column | None = None
    width: int = 0
    table: str = ""


@dataclass
class Loops:
    """The loops of a form, and what they read: `numbers` and `tables` by name.

    `given` says where inputs and parameters are: array and place, by name.
    """

    form: Form
    given: dict[str, tuple[str, int]]
    reserved: frozenset[str]
    numbers: dict[str, Floats] = field(default_factory=dict)
    tables: dict[str, Places] = field(default_factory=dict)
    loops: list[Loop] = field(default_factory=list)
    outputs: Column = Number(0.0)

    def __post_init__(self) -> None:
        refuse_names(self.form)
        plan = self.form.plan
        self._graph = plan.graph
        self._whole: dict[int, str] = {}
        self._taken = {*self.reserved}
        self._names = _names_of_blocks(plan)
        self._weights = 0
        for number in plan.kept:
            if number in plan.steps:
                self._add(plan, number)
        self.outputs = self._column(plan.outputs)

    def _add(self, plan: Plan, number: int) -> None:
        step, block = plan.steps[number], self._graph.blocks[number]
        if block.op == "name":
            source = self._column(plan.steps[number].columns[0])  # type: ignore[union-attr]
            if isinstance(source, Run) and (source.start, source.step) == (0, 1):
                self._whole[number] = source.array
                return
        target = self._free(self._names.get(number, "v"))
        self._whole[number] = target
        if isinstance(step, Contraction):
            self._weights += 1
            matrix, table = self._matrix(step)
            rest = [self._column(each, f"b{self._weights}") for each in step.rest]
            right = self._column(step.right)
            self.loops.append(
                Loop(target, len(block), "add", rest, matrix, right, step.right.length, table)
            )
        elif isinstance(step, LongSum):
            terms = self._column(step.terms)
            self.loops.append(Loop(target, 1, "add", [], "", terms, step.terms.length))
        else:
            columns = [self._column(each) for each in step.columns]
            self.loops.append(Loop(target, len(block), block.op, columns))

    def _matrix(self, step: Contraction) -> tuple[str, str]:
        """The name of a matrix, or of an array and of the table of its places there."""
        if self._graph.blocks[step.holder].op != "constant":
            return self._whole[step.holder], self._keep(self.tables, "k", step.rows)
        weights = self._numbers_of(step.holder)[step.rows]
        return self._keep(self.numbers, f"w{self._weights}", weights), ""

    def _numbers_of(self, number: int) -> Floats:
        payload = self._graph.blocks[number].payload
        return np.array(payload, dtype=np.float64)

    def _column(self, gather: Gather, called: str = "c") -> Column:
        numbers = [self._graph.blocks[number].op == "constant" for number, *_ in gather.parts]
        if len(numbers) > 1 and all(numbers):
            values = np.empty(gather.length)
            for number, where, rows in gather.parts:
                values[where] = self._numbers_of(number)[rows]
            return self._constant(values, called)
        parts: list[tuple[Places, Read]] = []
        for number, where, rows in gather.parts:
            places = np.arange(gather.length) if where is None else where
            picked = np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
            parts += self._read(number, places, picked, called)
        if len(parts) == 1:
            return parts[0][1]
        return Joined(self._free("t"), parts)

    def _read(
        self, number: int, places: Places, rows: Places, called: str
    ) -> Iterator[tuple[Places, Read]]:
        block = self._graph.blocks[number]
        if block.op == "constant":
            yield places, self._constant(self._numbers_of(number)[rows], called)
        elif block.op == "symbol":
            assert isinstance(block.payload, Names)
            read = [self.given[block.payload.ascii(row)] for row in rows.tolist()]
            for array in dict.fromkeys(name for name, _ in read):
                here = [n for n, (name, _) in enumerate(read) if name == array]
                yield places[here], self._entries(array, np.array([read[n][1] for n in here]))
        else:
            yield places, self._entries(self._whole[number], rows)

    def _constant(self, values: Floats, called: str) -> Read:
        if (values == values[0]).all():
            return Number(float(values[0]))
        return Run(self._keep(self.numbers, called, values), 0, 1)

    def _entries(self, array: str, rows: Places) -> Read:
        step = int(rows[1] - rows[0]) if len(rows) > 1 else 1
        if len(rows) < 3 or (np.diff(rows) == step).all():
            return Run(array, int(rows[0]), step)
        return Picked(array, self._keep(self.tables, "k", rows))

    def _keep(self, kept: dict[str, A], name: str, values: A) -> str:
        """The name of an array of numbers: of those that are kept already, or a new one."""
        for known, others in kept.items():
            if others.shape == values.shape and (others == values).all():
                return known
        kept[self._free(name)] = values
        return [*kept][-1]

    def _free(self, name: str) -> str:
        """A name that nothing has yet."""
        number, free = 1, name if name[-1:].isdecimal() else f"{name}1"
        while free in self._taken:
            number += 1
            free = f"{name}_{number}" if name[-1:].isdecimal() else f"{name}{number}"
        self._taken.add(free)
        return free


def listed(program: Program, row: npt.NDArray[Any]) -> str:
    """The entries of a row of an array, which are numbers or places."""
    if row.dtype.kind == "i":
        return ", ".join(map(str, row.tolist()))
    return ", ".join(program.numbers(row.tolist())[0])


#: What stands between the operands of an operation.
_SIGNS = {"add": " + ", "multiply": "*", "divide": "/"}


def operation(program: Program, op: str, operands: list[str], **signs: str) -> str:
    """An operation of what stands in a line; `signs` are those that a language has beside these."""
    if sign := (_SIGNS | signs).get(op):
        return sign.join(operands)
    if op == "negate":
        return f"-{operands[0]}"
    return operands[0] if op == "name" else "".join(flat(program.call(op, [*operands])))


def _names_of_blocks(plan: Plan) -> dict[int, str]:
    """What blocks are called whose values a layer names, all of them."""
    found = {}
    for number in plan.kept:
        block = plan.graph.blocks[number]
        if block.op == "name":
            below = plan.graph.common_block(block.operands[:, 0])
            if below >= 0 and len(plan.graph.blocks[below]) == len(block):
                start = block.names.start
                found[below] = found[number] = start if start.isidentifier() else "v"
    return found
