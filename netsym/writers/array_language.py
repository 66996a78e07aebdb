"""Writes a formula of whole arrays in any language: products of matrices, transposes, operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import ClassVar

from netsym.forms.array_form import ArrayForm, Nested
from netsym.graph.array_operations import filled, word_and_index
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block, Positions
from netsym.graph.names import Names
from netsym.writers.language import Language
from netsym.writers.ropes import Rope
from netsym.writers.spelling import ATOM, POWER, PRODUCT

_UNIT = filled("ones", (1,))


class ArrayLanguage(Language):
    """Spells formulas of whole arrays, before a language that spells names and numbers."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        "matmul": ("_write_matmul", PRODUCT),
        "dot": ("_write_dot", PRODUCT),
        "outer": ("_write_outer", PRODUCT),
        "hadamard": ("_write_hadamard", PRODUCT),
        "scale": ("_write_product", PRODUCT),
        "transpose": ("_write_transpose", POWER),
    }

    # -- what a language says
    in_rows = False

    def matmul(self, factors: list[str | Rope]) -> str | Rope:
        """A product of matrices and vectors."""
        return self.product(factors)

    def hadamard(self, factors: list[str | Rope]) -> str | Rope:
        """A product element by element."""
        return self.product(factors)

    def transpose(self, base: str | Rope) -> str | Rope:
        """The transpose of what binds as an atom."""
        return self.join([base, ".T"])

    def matrix(self, rows: list[list[str]]) -> str | Rope:
        """A matrix of numbers, or the one column that a vector is."""
        return f"[{'; '.join(map(', '.join, rows))}]"

    def index(self, index: str) -> str:
        """An index of an operator."""
        return f"[{index}]" if index else ""

    def function(self, name: str) -> str:
        word, index = word_and_index(name)
        spelled = super().function(word) if word in FUNCTIONS else word
        return spelled + self.index(index)

    # -- what holds in all of them
    def symbols(self, names: Names, positions: Sequence[int]) -> Sequence[str | Rope]:
        assert isinstance(self.formula, ArrayForm)
        numbers = self.formula.written_numbers.get(names)
        if numbers is None:
            return super().symbols(names, positions)
        return [self._numbers(numbers)] * len(positions)

    def _numbers(self, numbers: Nested) -> str | Rope:
        """What is known in numbers, row by row."""
        assert isinstance(numbers, tuple)
        rows = (row if isinstance(row, tuple) else (row,) for row in numbers)
        return self.matrix([[self._entry(entry) for entry in row] for row in rows])

    def _entry(self, entry: Nested) -> str:
        assert not isinstance(entry, tuple)
        return self.number(entry)[0]

    def _write_operations(self, block: Block, rows: Positions) -> None:
        super()._write_operations(block, rows)
        if block.op in ("matmul", "outer"):
            for row in rows.tolist():
                if any(map(self._is_unit, block.operands[row].tolist())):
                    self.binds[block.start + row] = POWER

    def _is_unit(self, node: int) -> bool:
        """Whether it is a vector of one 1, which products do not write."""
        return self.formula.graph.block_of(node).op == _UNIT

    def _write_matmul(self, _: str, nodes: list[int]) -> str | Rope:
        return self.matmul([self.operand(n, POWER) for n in nodes if not self._is_unit(n)])

    def _write_dot(self, _: str, nodes: list[int]) -> str | Rope:
        return self.matmul([self._write_transpose("", nodes[:1]), self.operand(nodes[1], POWER)])

    def _write_outer(self, _: str, nodes: list[int]) -> str | Rope:
        left = [self.operand(node, POWER) for node in nodes[:1] if not self._is_unit(node)]
        return self.matmul([*left, self._write_transpose("", nodes[1:])])

    def _write_hadamard(self, _: str, nodes: list[int]) -> str | Rope:
        return self.hadamard([self.operand(node, POWER) for node in nodes])

    def _write_transpose(self, _: str, nodes: list[int]) -> str | Rope:
        return self.transpose(self.operand(nodes[0], ATOM))

    def _write_operand(self, _: str, nodes: list[int]) -> str | Rope:
        return self.texts[nodes[0]]
