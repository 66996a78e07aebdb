"""A form whose nodes are whole arrays, with the shapes of its letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any, ClassVar, TypeVar

import numpy as np

from netsym.forms.form import Form
from netsym.graph.array_operations import Shapes
from netsym.graph.graph import Graph
from netsym.graph.names import Name, Names

F = TypeVar("F", bound="ArrayForm")

#: An array of numbers as nested tuples.
Nested = float | Fraction | tuple["Nested", ...]


@dataclass(frozen=True, eq=False)
class ArrayForm(Form):
    """A form of letters, each a matrix, a vector or a number, with their `shapes`.

    `numbers` has what some letters stand for; the inlined form writes it in their place.
    """

    shapes: Shapes = ()
    numbers: Mapping[Names, Nested] = field(default_factory=dict)

    whole: ClassVar[bool] = True

    @property
    def _written(self) -> tuple[Any, ...]:
        return *super()._written, self.shapes, self.numbers

    @property
    def is_of_one_step(self) -> bool:
        """Whether a cell is written for one step, which stands for all."""
        return bool(self.steps) or len(self.aside) > 0

    @property
    def why_not_one(self) -> str:
        """Why it cannot be written as one formula; empty if it can."""
        if self.is_of_one_step:
            return (
                "a recurrent layer is written for one step t, and what a step hands on needs a name"
            )
        if any(block.op == "formula" for block, _ in self.graph.walk(self.mask)):
            return "a layer is a formula of single units, which has no letters for whole arrays"
        return ""

    @property
    def written_numbers(self) -> Mapping[Names, Nested]:
        """The numbers of the letters that are written as numbers."""
        return {} if self.stops_at_names else self.numbers

    @property
    def written_shapes(self) -> Shapes:
        """The shapes of the letters that are written as letters."""
        return tuple(each for each in self.shapes if each[0] not in self.written_numbers)


def nested(array: Any) -> Nested:
    """The numbers of an array."""
    if np.ndim(array):
        return tuple(map(nested, array))
    return array if isinstance(array, Fraction) else float(array)


def named_where_again(form: F) -> F:
    """An inlined form in which a named value is written out where it is first read, and is its
    name from then on.
    """
    made = _NamedWhereAgain(form.graph)
    outputs = tuple(replace(each, node=made.of(each.node)) for each in form.outputs)
    inputs = np.array([made.of(node) for node in form.inputs.tolist()], dtype=np.int32)
    return replace(form, graph=made.new, inputs=inputs, outputs=outputs)


class _NamedWhereAgain:
    """Copies nodes one by one, in the order in which they are read; nothing recurses."""

    def __init__(self, old: Graph) -> None:
        self.old = old
        self.new = Graph()
        self.symbols: dict[Name, int] = {}
        self.written: set[int] = set()

    def of(self, end: int) -> int:
        """A node in the new graph."""
        open_: list[tuple[int, list[int]]] = [(end, [])]
        while True:
            node, operands = open_[-1]
            below = self.old.operands_of(node)
            again = self.old.block_of(node).op == "name" and node in self.written
            if not again and len(operands) < len(below):
                open_.append((below[len(operands)], []))
                continue
            made = self._symbol(node) if again or not below else self._made(node, operands)
            open_.pop()
            if not open_:
                return made
            open_[-1][1].append(made)

    def _made(self, node: int, operands: list[int]) -> int:
        block = self.old.block_of(node)
        ids = np.array([operands], dtype=np.int32)
        if block.op != "name":
            return int(self.new.rows(block.op, ids)[0])
        self.written.add(node)
        return int(self.new.name(ids[0], block.names, block.places[node - block.start][None])[0])

    def _symbol(self, node: int) -> int:
        """A letter, a number, or an operation of nothing; and a name that is read again."""
        block = self.old.block_of(node)
        if block.op == "constant":
            return self.new.number_id(self.old.number(node))
        if block.op not in ("symbol", "name"):
            return int(self.new.rows(block.op, np.empty((1, 0), dtype=np.int32))[0])
        names, position = self.old.symbol(node)
        if (names, position) not in self.symbols:
            self.symbols[names, position] = int(self.new.symbols(names)[position])
        return self.symbols[names, position]
