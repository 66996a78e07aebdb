"""C with its weights in arrays apart, and a loop for each layer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.writers.code.loops import (
    Column,
    Joined,
    Loop,
    Loops,
    Number,
    Picked,
    Run,
    listed,
    operation,
)
from netsym.writers.code.program import Program

#: What the loops call their own.
_OWN = frozenset({"i", "j", "sum"})


def loop_lines(program: Program, kind: str, signature: str) -> Iterator[str]:
    """The whole program, piece by piece: arrays of numbers, and a function of loops.

    `kind` is the type of its numbers, and with `signature` the function begins.
    """
    yield from _Written(program, kind).lines(signature)


class _Written:
    """The loops of a program in C."""

    def __init__(self, program: Program, kind: str) -> None:
        self.program, self.kind = program, kind
        names = dict.fromkeys(program.formula.input_names())
        given = {name: ("in", place) for place, name in enumerate(names)}
        taken = {*program.reserved, *_OWN, program.title(), *program.definitions()}
        self.loops = Loops(program.formula, given, frozenset(taken))

    def lines(self, signature: str) -> Iterator[str]:
        """The text."""
        yield self.program.heading()
        yield from filter(None, self.program.definitions().values())
        for name, numbers in self.loops.numbers.items():
            yield from self._array(name, numbers, self.kind)
        for name, table in self.loops.tables.items():
            yield from self._array(name, table, "int")
        yield "\n" if self.loops.numbers or self.loops.tables else ""
        yield signature
        body = "".join([*self._body()])
        if self.program.formula.input_names() and "in[" not in body:
            yield "    (void)in;\n"
        yield body
        yield self.program.closing()

    def _array(self, name: str, numbers: npt.NDArray[Any], kind: str) -> Iterator[str]:
        size = "".join(f"[{length}]" for length in numbers.shape)
        yield f"static const {kind} {name}{size} = {{\n"
        for row in np.atleast_2d(numbers):
            text = listed(self.program, row)
            yield f"    {{{text}}},\n" if numbers.ndim > 1 else f"    {text}\n"
        yield "};\n"

    def _number(self, value: float) -> str:
        return self.program.number(value)[0]

    def _body(self) -> Iterator[str]:
        count, outputs = len(self.program.outputs), self.loops.outputs
        last = self.loops.loops[-1] if self.loops.loops else None
        direct = last and (last.length, Run(last.target, 0, 1)) == (count, outputs)
        for loop in self.loops.loops:
            yield from self._loop(loop, "out" if direct and loop is last else loop.target)
        if not direct:
            yield from self._over(count, [outputs], "out[{i}] = {0};")

    def _loop(self, loop: Loop, target: str) -> Iterator[str]:
        if target != "out":
            yield f"    {self.kind} {target}[{loop.length}];\n"
        if loop.right is None:
            operands = [f"{{{n}}}" for n in range(len(loop.columns))]
            value = operation(self.program, loop.op, operands)
            yield from self._over(loop.length, loop.columns, f"{target}[{{i}}] = {value};")
            return
        weight = f"{loop.matrix}[{{i}}][j]*" if loop.matrix else ""
        if loop.table:
            weight = f"{loop.matrix}[{loop.table}[{{i}}][j]]*"
        right, declared = self._ready(loop.right, loop.width)
        yield from declared
        rest = "".join(f" + {{{n}}}" for n in range(len(loop.columns)))
        yield from self._over(
            loop.length, loop.columns,
            f"{self.kind} sum = {self.program.literal('0')};",
            f"for (int j = 0; j < {loop.width}; j++) sum += {weight}{_entry(right, 'j')};",
            f"{target}[{{i}}] = sum{rest};", grouped=True,
        )  # fmt: skip

    def _over(
        self, length: int, columns: Sequence[Column], *statements: str, grouped: bool = False
    ) -> Iterator[str]:
        """Statements for each i, in which {0}, {1}, … are entries of the columns."""
        ready = []
        for column in columns:
            found, declared = self._ready(column, length)
            yield from declared
            ready.append(found)
        i = "i" if length > 1 else "0"
        lines = []
        for statement in statements:
            text = statement.replace("{i}", i)
            for place, column in enumerate(ready):
                text = text.replace(f"{{{place}}}", self._entry_of(column, i))
            lines.append(text)
        if length == 1 and not grouped:
            yield f"    {lines[0]}\n"
            return
        opening = f"    for (int i = 0; i < {length}; i++) {{\n" if length > 1 else "    {\n"
        if len(lines) == 1:
            yield f"    for (int i = 0; i < {length}; i++) {lines[0]}\n"
            return
        yield opening
        yield from (f"        {line}\n" for line in lines)
        yield "    }\n"

    def _entry_of(self, column: Column, i: str) -> str:
        if isinstance(column, Number):
            text = self._number(column.value)
            return f"({text})" if text.startswith("-") else text
        return _entry(column, i)

    def _ready(self, column: Column, length: int) -> tuple[Column, list[str]]:
        """A column that can be read at i, and what makes it so."""
        if not isinstance(column, Joined):
            return column, []
        lines = [f"    {self.kind} {column.array}[{length}];\n"]
        for places, part in column.parts:
            step = int(places[1] - places[0]) if len(places) > 1 else 1
            if len(places) > 2 and (np.diff(places) == step).all():
                target = _entry(Run(column.array, int(places[0]), step), "i")
                read = self._entry_of(part, "i")
                lines.append(f"    for (int i = 0; i < {len(places)}; i++) {target} = {read};\n")
            else:
                for n, place in enumerate(places.tolist()):
                    lines.append(f"    {column.array}[{place}] = {self._entry_of(part, str(n))};\n")
        return Run(column.array, 0, 1), lines


def _entry(column: Column, i: str) -> str:
    """An entry of a column: `a[2*i + 1]`."""
    if isinstance(column, Picked):
        return f"{column.array}[{column.table}[{i}]]"
    assert isinstance(column, Run)
    if i.isdecimal():
        return f"{column.array}[{column.start + column.step * int(i)}]"
    place = i if column.step == 1 else f"{column.step}*{i}"
    place = str(column.start) if column.step == 0 else place
    shift = f" + {column.start}" if column.start and column.step else ""
    return f"{column.array}[{place}{shift}]"
