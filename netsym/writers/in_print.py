"""What is left out where a formula is printed to be read, and not as code: `1·` and `+ 0`."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from netsym.graph.graph import Block, Ids, Positions
from netsym.writers.language import ATOM, NEGATION, PRODUCT, QUOTIENT, SUM, Language
from netsym.writers.ropes import Rope, flat


class InPrint(Language):
    """Leaves out what changes nothing."""

    in_columns: Collection[int] = ()  # the sums that stand in brackets of their own

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Language.operations,
        "add": ("_print_sum", SUM),
        "multiply": ("_print_product", PRODUCT),
    }

    @cached_property
    def _zeros(self) -> frozenset[str]:
        return frozenset(self.number(zero)[0] for zero in (0.0, -0.0))

    @cached_property
    def _ones(self) -> tuple[str, str]:
        return self.number(1.0)[0], self.number(-1.0)[0]

    def _print_sum(self, op: str, nodes: list[int]) -> str | Rope | tuple[str | Rope, int]:
        left = [node for node in nodes if self.texts[node] not in self._zeros]
        return self._write_sum(op, left) if len(left) > 1 else self._one_of(left, 0.0)

    def _print_product(self, op: str, nodes: list[int]) -> str | Rope | tuple[str | Rope, int]:
        one, minus_one = self._ones
        left = [node for node in nodes if self.texts[node] != one]
        if len(left) < 2:
            return self._one_of(left, 1.0)
        if self.texts[left[0]] == minus_one:
            rest = self._print_product(op, left[1:])
            rest, binds = rest if isinstance(rest, tuple) else (rest, PRODUCT)
            if not next(flat(rest)).startswith(self._NUMBERS):
                rest = rest if binds >= QUOTIENT else self.parentheses(rest)
                return self.join([self.minus, rest]), NEGATION
        return self._write_product(op, left)

    def _print_products(self, operands: Ids) -> Sequence[str | Rope] | None:
        """Products of two factors each; None where one of them is left out."""
        first, second = operands.T.tolist()
        left = {self.texts[node] for node in first}
        if left.isdisjoint(self._ones) and self._ones[0] not in {self.texts[n] for n in second}:
            return self._write_products(operands)
        return None

    def _write_minus_through(self, block: Block, rows: Positions) -> None:
        """-(a + b) is written -a - b."""
        graph = self.formula.graph
        for row in rows.tolist():
            node = int(block.operands[row, 0])
            below = graph.block_of(node)
            if below.op != "add" or node in self.in_columns:
                continue
            terms = below.operands[node - below.start].tolist()
            if all(self.binds[term] > NEGATION for term in terms):
                texts = [self.join([self.minus, self.operand(term, QUOTIENT)]) for term in terms]
                self.texts[block.start + row] = self.sum(texts)
                self.binds[block.start + row] = SUM

    def _one_of(self, nodes: list[int], neutral: float) -> tuple[str | Rope, int]:
        """What is left of a sum or a product, as it stands."""
        if not nodes:
            return self.number(neutral)[0], ATOM
        return self.texts[nodes[0]], self.binds[nodes[0]]
