"""NumPy with its weights in arrays apart, and a product of matrices for each layer."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.writers.code.loops import Column, Joined, Loop, Loops, Number, Picked, listed, operation
from netsym.writers.code.program import Program


def array_lines(program: Program) -> Iterator[str]:
    """The whole program, piece by piece; arrays are (…, entries)."""
    yield from _Written(program).lines()


class _Written:
    """The loops of a program as operations of whole arrays."""

    def __init__(self, program: Program) -> None:
        self.program = program
        names = dict.fromkeys(program.formula.input_names())
        given = {name: ("inputs", place) for place, name in enumerate(names)}
        taken = {*program.reserved, program.title(), *program.definitions()}
        self.loops = Loops(program.formula, given, frozenset(taken))
        numbers = {name: len(values) for name, values in self.loops.numbers.items()}
        targets = {loop.target: loop.length for loop in self.loops.loops}
        self.sizes = {"inputs": len(names), **numbers, **targets}

    def lines(self) -> Iterator[str]:
        """The text."""
        yield self.program.heading()
        yield from filter(None, self.program.definitions().values())
        arrays: dict[str, npt.NDArray[Any]] = {**self.loops.numbers, **self.loops.tables}
        for name, values in arrays.items():
            yield from self._array(name, values)
        yield "\n\n" if arrays else ""
        count = len(self.program.outputs)
        yield (
            f"def {self.program.title()}(inputs):\n"
            "    inputs = np.asarray(inputs, dtype=float)\n"
            f"    out = np.empty((*inputs.shape[:-1], {count}))\n"
            '    with np.errstate(all="ignore"):\n'
        )
        for loop in self.loops.loops:
            yield from self._loop(loop)
        (outputs,) = yield from self._columns([self.loops.outputs], count)
        yield self._line("out[...]", outputs)
        yield "    return out\n" if count > 1 else "    return out[..., 0]\n"

    def _array(self, name: str, values: npt.NDArray[Any]) -> Iterator[str]:
        yield f"{name} = np.array([\n"
        for row in np.atleast_2d(values):
            text = listed(self.program, row)
            yield f"    [{text}],\n" if values.ndim > 1 else f"    {text},\n"
        yield "])\n" if values.dtype.kind == "i" else "], dtype=float)\n"

    def _number(self, value: float) -> str:
        return self.program.number(value)[0]

    def _loop(self, loop: Loop) -> Iterator[str]:
        if loop.right is None:
            columns = yield from self._columns(loop.columns, loop.length)
            value = operation(self.program, loop.op, columns, power="**")
            if all(isinstance(column, Number) for column in loop.columns):
                value = f"np.full({loop.length}, {value})"
            yield self._line(loop.target, value)
            return
        right = yield from self._columns([loop.right], loop.width)
        matrix = f"{loop.matrix}[{loop.table}]" if loop.table else loop.matrix
        total = f"{right[0]} @ {matrix}.T" if matrix else f"np.sum({right[0]}, -1, keepdims=True)"
        rest = yield from self._columns(loop.columns, loop.length)
        yield self._line(loop.target, " + ".join([total, *rest]))

    def _line(self, target: str, text: str) -> str:
        return f"        {target} = {text}\n"

    def _columns(self, columns: Sequence[Column], length: int) -> Generator[str, None, list[str]]:
        """What is read, which is returned; and what must stand before it."""
        for column in columns:
            if isinstance(column, Joined):
                yield self._line(column.array, f"np.empty((*inputs.shape[:-1], {length}))")
                for places, part in column.parts:
                    target = f"{column.array}[..., {_places(places)}]"
                    yield self._line(target, self._entries(part, len(places)))
        return [self._entries(column, length) for column in columns]

    def _entries(self, column: Column, count: int) -> str:
        """Entries of an array: `a[..., 1:5]`."""
        if isinstance(column, Number):
            text = self._number(column.value)
            return f"({text})" if text.startswith("-") else text
        if isinstance(column, Picked):
            return f"{column.array}[..., {column.table}]"
        if isinstance(column, Joined):
            return column.array
        if not column.step:
            return f"{column.array}[..., {column.start}:{column.start + 1}]"
        if (column.start, column.step, count) == (0, 1, self.sizes.get(column.array)):
            return column.array
        return f"{column.array}[..., {_places(column.start + column.step * np.arange(count))}]"


def _places(places: npt.NDArray[np.int64]) -> str:
    """Places as a slice, or one by one."""
    first, step = int(places[0]), int(places[1] - places[0]) if len(places) > 1 else 1
    last = first + step * (len(places) - 1)
    if step > 0 and (places == first + step * np.arange(len(places))).all():
        return f"{first}:{last + 1}" + (f":{step}" if step > 1 else "")
    return f"[{', '.join(map(str, places.tolist()))}]"
