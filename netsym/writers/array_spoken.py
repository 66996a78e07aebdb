"""Whole arrays in words: `W 2 times a 1, plus b 2`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from netsym.writers.array_language import ArrayLanguage
from netsym.writers.ropes import Rope
from netsym.writers.spelling import ATOM, POWER, PRODUCT
from netsym.writers.spoken import Spoken


class ArraySpoken(ArrayLanguage, Spoken):
    """Says whole arrays; of a matrix in numbers, its rows."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Spoken.operations,
        **ArrayLanguage.operations,
        "convolve": ("_write_convolution", PRODUCT),
        "channelwise": ("_write_operand", ATOM),
    }

    def hadamard(self, factors: list[str | Rope]) -> str | Rope:
        return self._between(factors, " times element by element ")

    def _write_convolution(self, _: str, nodes: list[int]) -> str | Rope:
        return self._between([self.operand(node, POWER) for node in nodes], " convolved with ")

    def _between(self, factors: list[str | Rope], words: str) -> str | Rope:
        return self.join([factors[0], *(part for f in factors[1:] for part in (words, f))])

    def transpose(self, base: str | Rope) -> str | Rope:
        return self.join([base, " transposed"])

    def matrix(self, rows: list[list[str]]) -> str | Rope:
        return f"the matrix, {'; '.join(map(', '.join, rows))}, end"

    def index(self, index: str) -> str:
        return f" {index}" if index else ""


#: What whole arrays are written in.
KINDS = (ArraySpoken,)
