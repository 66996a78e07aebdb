"""Python: a function that needs `math` alone, and stays valid however deep or long the formula."""

from __future__ import annotations

import math
from collections.abc import Iterator

from netsym.forms.form import Form
from netsym.graph.function import Function
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block, Positions
from netsym.graph.names import free_letter
from netsym.writers.language import (
    ATOM,
    POWER,
    Language,
    Watcher,
    no_watcher,
)
from netsym.writers.ropes import Rope, flat

# Python's parser takes 200 nested parentheses and its compiler a few hundred nested operations.
# A text whose load passes this limit is given a name of its own; an operation weighs 10 or, if
# it has more operands, as many as it has.
_LIMIT = 400
_TERMS = 64  # longer sums are written in groups of this many


class PythonCode(Language):
    """Expressions of Python; `pieces` are the extra assignments that keep them shallow."""

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher
    ) -> None:
        super().__init__(formula, digits, watcher=watcher)
        self.loads = [0] * len(formula.graph)
        self.pieces: list[tuple[int, str, str | Rope]] = []
        self._letter = _unused_letter(formula)

    def sum(self, terms: list[str | Rope]) -> str | Rope:
        while len(terms) > _TERMS:
            groups = [terms[i : i + _TERMS] for i in range(0, len(terms), _TERMS)]
            terms = [self.parentheses(super(PythonCode, self).sum(group)) for group in groups]
        return super().sum(terms)

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        return super().call(function, operands) if operands else function

    def _write_operations(self, block: Block, rows: Positions) -> None:
        super()._write_operations(block, rows)
        for row, operands in zip(rows.tolist(), block.operands[rows].tolist(), strict=True):
            node = block.start + row
            weight = max(10, min(len(operands), _TERMS) + 1)
            self.loads[node] = weight + max((self.loads[n] for n in operands), default=0)
            if self.loads[node] > _LIMIT:
                name = f"{self._letter}{len(self.pieces) + 1}"
                self.pieces.append((node, name, self.texts[node]))
                self.texts[node], self.binds[node], self.loads[node] = name, ATOM, 0

    def _write_names(self, block: Block, rows: Positions) -> None:
        super()._write_names(block, rows)
        if not self.formula.stops_at_names:
            for row in rows.tolist():
                self.loads[block.start + row] = self.loads[int(block.operands[row, 0])]

    def _write_negation(self, _: str, nodes: list[int]) -> str | Rope:
        return self.join(["-", self.operand(nodes[0], POWER)])  # -w*x would be (-w)*x

    def statements(self) -> Iterator[tuple[str, str | Rope, bool]]:
        """Assignments in an order in which each comes after what it uses; last, the outputs."""
        equations = list(self.equations())
        waiting = self.pieces
        taken = 0
        for equation in equations:
            node = equation.binding.node
            while taken < len(waiting) and (equation.is_output or waiting[taken][0] <= node):
                yield waiting[taken][1], waiting[taken][2], False
                taken += 1
            name = self.name(equation.binding.names, equation.binding.position)
            yield name, equation.right, equation.is_output


def write_python(
    formula: Form,
    *,
    digits: int | None = None,
    progress: Watcher = no_watcher,
) -> Iterator[str]:
    """A Python function of the inputs, with named parameters as keywords, piece by piece.

    It imports from `math` alone; functions that `math` lacks are defined above it, the way that
    does not overflow. Several outputs are returned as a tuple.
    """
    used = used_functions(formula)
    words = {word for row in used for word in row.python.split() if hasattr(math, word)}
    if words:
        yield f"from math import {', '.join(sorted(words))}\n\n\n"
    for row in used:
        if row.prelude:
            yield f"{row.prelude}\n\n"
    inputs, parameters = arguments(formula)
    keywords = ["*", *parameters] if parameters else []
    function = formula.function or ("f" if "f" not in {*inputs, *parameters} else "network")
    yield f"def {function}({', '.join([*inputs, *keywords])}):\n"
    outputs = []
    code = PythonCode(formula, digits, progress)
    statements = list(code.statements())
    if code.pieces:
        first = code.pieces[0][1]
        yield f"    # {first} and so on: Python parses only so many nested operations\n"
    for name, right, is_output in statements:
        if is_output and len(formula.outputs) == 1:
            yield "    return "
        else:
            yield f"    {name} = "
            outputs += [name] if is_output else []
        yield from flat(right)
        yield "\n"
    if outputs:
        yield f"    return {', '.join(outputs)}\n"


def used_functions(formula: Form) -> list[Function]:
    """The functions of the table that occur in a formula, in the order of the table."""
    ops = {block.op for block, _ in formula.graph.walk(formula.mask)}
    return [row for name, row in FUNCTIONS.items() if name in ops]


def arguments(formula: Form) -> tuple[list[str], list[str]]:
    """The names of the inputs, and of the parameters that the formula uses."""
    parameters = [name for _, names in formula.symbols() for name in names]
    return list(dict.fromkeys(formula.input_names())), parameters


def _unused_letter(formula: Form) -> str:
    given = formula.given_names()
    return free_letter({name[:stop] for name in given for stop in range(1, 1 + len(name))})
