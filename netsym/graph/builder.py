"""Nodes collected one by one, each different one once, then put into a graph block by block."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from fractions import Fraction
from itertools import groupby
from typing import Any

import numpy as np

from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Names


class Builder:
    """Numbers nodes as they come, operands first; `build` puts those that are used into a graph.

    A graph takes nodes quickly only in blocks of one operation and arity; readers that find them
    one after another collect them here.

    >>> nodes, graph = Builder(), Graph()
    >>> x = nodes.symbol("x")
    >>> square = nodes.operation("multiply", (x, x))
    >>> nodes.operation("multiply", (x, x)) == square
    True
    >>> ids = nodes.build(graph, {"x": int(graph.symbols(Names("x"))[0])}, [square])
    >>> graph.block_of(ids[square]).op
    'multiply'
    """

    def __init__(self) -> None:
        self.kinds: list[tuple[str, Any]] = []  # (operation, operand numbers or a value)
        self.levels: list[int] = []
        self.symbols: dict[str, int] = {}
        self._numbers: dict[tuple[str, Any], int] = {}
        self._titles: dict[int, tuple[Names, int]] = {}
        self._last_name = 0

    def symbol(self, name: str) -> int:
        """The number of a symbol."""
        if name not in self.symbols:
            self.symbols[name] = self._new("symbol", name, 0)
        return self.symbols[name]

    def constant(self, value: float | Fraction) -> int:
        """The number of a constant; -0.0 is not 0.0, and a float is not a Fraction."""
        sign = math.copysign(1.0, value) if isinstance(value, float) else 0
        key = ("constant", (value, sign))
        if key not in self._numbers:
            self._numbers[key] = self._new("constant", value, 0)
        return self._numbers[key]

    def operation(self, operation: str, operands: tuple[int, ...]) -> int:
        """The number of an operation on nodes."""
        key = (operation, operands)
        number = self._numbers.get(key)
        if number is None:
            levels = self.levels
            level = 1 + max([levels[n] for n in operands], default=0)
            number = self._numbers[key] = self._new(operation, operands, level)
        return number

    def name(self, operand: int) -> int:
        """The number of a new name of a value, to be spelled by `entitle`; a leaf gets none.

        Names keep their order: each is at least as high as the one before.
        """
        if self.kinds[operand][0] in ("symbol", "constant", "name"):
            return operand
        self._last_name = max(self._last_name, self.levels[operand] + 1)
        return self._new("name", (operand,), self._last_name)

    def entitle(self, number: int, names: Names, position: int) -> None:
        """What a name of a value is called."""
        self._titles[number] = (names, position)

    def build(self, graph: Graph, symbols: Mapping[str, int], roots: Iterable[int]) -> Ids:
        """The graph's ids by number, after adding to it what the roots are made of.

        `symbols` are the ids of symbols in the graph; the id of what is not used is -1.
        """
        ids = np.full(len(self.kinds), -1, dtype=np.int32)
        groups: dict[tuple[int, str, int], list[int]] = {}
        floats: list[int] = []
        for number in self._used(roots):
            operation, value = self.kinds[number]
            if operation == "symbol":
                ids[number] = symbols[value]
            elif isinstance(value, Fraction):
                ids[number] = graph.fraction(value)
            elif operation == "constant":
                floats.append(number)
            else:
                key = (self.levels[number], operation, len(value))
                groups.setdefault(key, []).append(number)
        ids[floats] = graph.constants([self.kinds[number][1] for number in floats])
        for (_, operation, arity), numbers in sorted(groups.items()):
            rows = [self.kinds[n][1] for n in numbers]
            operands = ids[np.array(rows, dtype=np.int64).reshape(len(rows), arity)]
            if operation == "name":
                ids[numbers] = self._named(graph, numbers, operands)
            else:
                ids[numbers] = graph.rows(operation, operands)
        return ids

    def _named(self, graph: Graph, numbers: list[int], operands: Ids) -> Ids:
        made, first = [], 0
        for _, run in groupby(numbers, lambda number: id(self._titles[number][0])):
            titles = [self._titles[number] for number in run]
            positions = np.array([position for _, position in titles], dtype=np.int64)
            rows = operands[first : first + len(titles)]
            # Graph.name takes all values of a Names at once, which is too slow for one of many
            made.append(graph._append("name", rows, titles[0][0], positions))
            first += len(titles)
        return np.concatenate(made)

    def _new(self, operation: str, value: Any, level: int) -> int:
        self.kinds.append((operation, value))
        self.levels.append(level)
        return len(self.kinds) - 1

    def _used(self, roots: Iterable[int]) -> list[int]:
        """What the roots are made of, operands first."""
        used, stack = set(), list(roots)
        while stack:
            number = stack.pop()
            if number not in used:
                used.add(number)
                operation, value = self.kinds[number]
                if operation not in ("symbol", "constant"):
                    stack.extend(value)
        return sorted(used)
