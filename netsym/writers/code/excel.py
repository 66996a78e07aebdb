"""Excel: formulas of one row of cells, and the workbook that has them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from typing import ClassVar

from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.watching import Watcher, no_watcher
from netsym.writers.code.limits import Limit, characters, nesting
from netsym.writers.code.program import Program, written
from netsym.writers.code.stable import Dialect
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, Spelled, one_by_one

#: Stand around the name of a value, or a number that has a cell, until both are cells; and for the
#: number of the row. Python holds texts of Latin-1 in one byte per sign.
_MARK, _ROW = "§", "¶"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a row: the name of its value, its node, its formula, and the numbers in it that
    have cells of their own.
    """

    name: str
    node: int
    text: str
    numbers: tuple[str, ...]

    def formula(self, row: int) -> str:
        """The formula in a row, counted from 1."""
        return self.text.replace(_ROW, str(row))


class Excel(Program):
    """A cell for each value, in a row that begins with the inputs: A1, B1 and so on.

    Named parameters follow the inputs. Where `weights` have a sheet of that name, numbers are there
    in a row for each value, and named parameters above them.
    """

    limits = (
        Limit("Excel", "characters", 8192, characters),
        Limit("Excel", "brackets in each other", 64, nesting),
    )
    calls: Mapping[str, str] = {
        **{name: f"{name.upper()}({{0}})" for name in (
            "exp", "sqrt", "sin", "cos", "tan", "atan", "sinh", "cosh", "tanh", "abs", "sign",
            "erf")},
        "log": "LN({0})", "max": "MAX({0}, {1})", "min": "MIN({0}, {1})", "pi": "PI()",
        "power": "POWER({0}, {1})",
        "sigmoid": "(1/(1 + EXP(MIN(-({0}), 700))))",
        "relu": "MAX({0}, 0)",
        "log1p": "(2*ATANH({0}/(2 + {0})))", "expm1": "(TANH(({0})/2)*(EXP({0}) + 1))",
        "step": "IF({0}>=0, 1, 0)", "heaviside": "IF({0}>0, 1, 0)",
    }  # fmt: skip
    choice = "IF({0}, {1}, {2})"
    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Program.operations, "power": ("_write_call", ATOM),  # -2^2 is 4 there
    }  # fmt: skip

    def __init__(
        self, formula: Form, digits: int | None = None, watcher: Watcher = no_watcher,
        weights: str = "",
    ) -> None:  # fmt: skip
        self.weights = weights
        super().__init__(formula, digits, watcher)

    def variables(self, names: Sequence[str]) -> Sequence[str]:
        return [_marked(name) for name in names]

    def piece(self, number: int) -> str:
        return _marked(super().piece(number))

    def decimals(self, texts: Sequence[str]) -> Spelled:
        spelled = super().decimals(texts)
        return one_by_one(self._in_cell, *spelled) if self.weights else spelled

    def _in_cell(self, text: str, binds: int) -> tuple[str, int]:
        """A number that has a cell, as all have but whole ones."""
        is_whole = text.lstrip("-").isdecimal()
        return (text, binds) if is_whole else (_marked(text), ATOM)

    def _write_call(self, op: str, nodes: list[int]) -> str | Rope:
        template = _template(op)
        for place, node in enumerate(nodes):
            if template.count(f"{{{place}}}") > 1 and self.binds[node] != ATOM:
                self.hold(node)
        whole = op in self.calls
        return self.call(op, [self.texts[n] if whole else self.operand(n, ATOM) for n in nodes])

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        if function in self.calls:
            return super().call(function, operands)
        return self._filled(_template(function), operands)

    @cached_property
    def columns(self) -> list[str]:
        """What stands in a row before the cells: the inputs, and the named parameters."""
        inputs, parameters = self.arguments
        names = inputs if self.weights else [*inputs, *parameters]
        return [name.strip(_MARK) for name in names]

    @cached_property
    def parameters(self) -> list[str]:
        """The named parameters that have cells on the sheet of weights."""
        return [name.strip(_MARK) for name in self.arguments[1]] if self.weights else []

    @cached_property
    def cells(self) -> list[Cell]:
        """The cells of a row after these; the last ones are the outputs."""
        statements = list(super().statements())
        known = [*self.formula.bindings, *self.formula.outputs]
        nodes = {self.name(each.names, each.position): each.node for each in known}
        nodes |= {name: node for node, name, _ in self.pieces}
        places = {name: f"{column(n)}{_ROW}" for n, name in enumerate(self.columns)}
        places |= {name: f"{self.weights}!$B${n}" for n, name in enumerate(self.parameters, 2)}
        below = len(self.parameters) + 2
        made: list[Cell] = []
        for marked, right, _ in statements:
            parts = "".join(flat(right)).split(_MARK)  # every other one stood between two
            numbers = tuple([part for part in parts[1::2] if part not in places])
            cells = (f"{self.weights}!${column(n)}${below}" for n in range(1, 1 + len(numbers)))
            parts[1::2] = [places.get(part) or next(cells) for part in parts[1::2]]
            name = marked.strip(_MARK)
            made.append(Cell(name, nodes[marked], "=" + "".join(parts), numbers))
            below += bool(numbers)
            places[name] = f"{column(len(self.columns) + len(made) - 1)}{_ROW}"
        return made

    def statements(self) -> Iterator[tuple[str, str | Rope, bool]]:
        first = len(self.cells) - len(self.formula.outputs)
        for place, cell in enumerate(self.cells):
            yield cell.name, cell.formula(1), place >= first

    def lines(self) -> Iterator[str]:
        yield "\t".join(cell.formula(1) for cell in self.cells)


def _marked(text: str) -> str:
    return f"{_MARK}{text}{_MARK}"


@cache
def _template(op: str) -> str:
    """How an operation is written, of operands {0}, {1}, …"""
    if op in Excel.calls:
        return Excel.calls[op]

    def calling(name: str, operands: list[str]) -> str:
        return Excel.calls[name].format(*operands)

    way = Dialect(Excel.choice, calling, str).translated(FUNCTIONS[op])
    places = {operand: f"{{{place}}}" for place, operand in enumerate(way.operands)}
    text = re.sub(r"\b[a-z_]\w*\b", lambda found: places.get(found[0], found[0]), way.right)
    return f"({text})"


def column(place: int) -> str:
    """The letters of a column, counted from 0.

    >>> column(0), column(25), column(26), column(16383)
    ('A', 'Z', 'AA', 'XFD')
    """
    letters = ""
    while place >= 0:
        letters = chr(ord("A") + place % 26) + letters
        place = place // 26 - 1
    return letters


write = written(Excel)
