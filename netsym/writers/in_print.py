"""What is left out where a formula is printed to be read, and not as code: `1·` and `+ 0`."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping, Sequence
from functools import cached_property
from typing import ClassVar

from netsym.graph.graph import Block, Ids, Positions
from netsym.writers.language import Language
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, NEGATION, PRODUCT, QUOTIENT, SUM, are_short

_ZEROS = str.maketrans("123456789", "000000000")


def with_zeros(text: str) -> str:
    """A text with 0 for every digit: what is as wide, and as tall."""
    return text.translate(_ZEROS)


def _alike(texts: Sequence[str]) -> list[str]:
    return with_zeros("\n".join(texts)).split("\n")


class InPrint(Language):
    """Leaves out what changes nothing."""

    in_columns: Collection[int] = ()  # the sums that stand in brackets of their own

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Language.operations,
        "add": ("_print_sum", SUM),
        "multiply": ("_print_product", PRODUCT),
    }

    @cached_property
    def _zeros(self) -> frozenset[str | Rope]:
        return frozenset(self.number(zero)[0] for zero in (0.0, -0.0))

    @cached_property
    def _ones(self) -> frozenset[str | Rope]:
        return frozenset(self._signed_ones)

    @cached_property
    def _signed_ones(self) -> tuple[str, str]:
        return self.number(1.0)[0], self.number(-1.0)[0]

    def _print_sum(self, op: str, nodes: list[int]) -> str | Rope | tuple[str | Rope, int]:
        left = [node for node in nodes if self.texts[node] not in self._zeros]
        return self._write_sum(op, left) if len(left) > 1 else self._one_of(left, 0.0)

    def _print_product(self, op: str, nodes: list[int]) -> str | Rope | tuple[str | Rope, int]:
        one, minus_one = self._signed_ones
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
        one, _ = self._signed_ones
        if left.isdisjoint(self._ones) and one not in {self.texts[n] for n in second}:
            return self._write_products(operands)
        return None

    def products(
        self, left: Sequence[str | Rope], right: Sequence[str | Rope]
    ) -> Sequence[str | Rope]:
        """What stands between two is looked up, for texts that differ in digits alone."""
        if are_short(left) and are_short(right):
            pairs = [*zip(_alike(left), _alike(right), strict=True)]
            signs = {pair: sign for pair in set(pairs) if (sign := self._sign(*pair)) is not None}
            if len(signs) == len(set(pairs)):
                return [a + signs[p] + b for a, p, b in zip(left, pairs, right, strict=True)]
        return [self.product([*pair]) for pair in zip(left, right, strict=True)]

    def _sign(self, left: str, right: str) -> str | None:
        """What stands between two factors; None where they do not stay as they are."""
        made = self.product([left, right])
        if isinstance(made, Rope) or "00^{" in left + right:
            return None
        stay = made.startswith(left) and made.endswith(right)
        return made[len(left) : -len(right)] if stay else None

    def alike(self, texts: Sequence[str]) -> Hashable:
        return with_zeros("\n".join(texts))

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
