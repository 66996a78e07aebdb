"""Where a network's values come from, if not from an input as a whole: a part of it, or numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import ClassVar, TypeVar

import numpy as np

from netsym.errors import SpecError
from netsym.graph.names import Names
from netsym.layers import Layer, Shape, shape_text
from netsym.ops import Ops, WholeOps
from netsym.wording import plural

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Layer):
    """`a = x[start : start + n]`: n values of a vector, as an array of `lengths`, whose product
    n is.
    """

    kind: ClassVar[str] = "part"

    lengths: tuple[int, ...]
    start: int = field(default=0, metadata={"least": 0})

    def shape(self, *shapes: Shape) -> Shape:
        (shape,) = shapes
        stop = self.start + prod(self.lengths)
        if len(shape) != 1 or stop > shape[0]:
            raise SpecError(
                f"takes the values {self.start + 1} to {stop} of a vector, but reads an array of "
                f"shape {shape_text(shape)}; change start or lengths, or read from another layer"
            )
        return self.lengths

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        taken = ops.take(inputs[0], self.start + np.arange(prod(self.lengths)))
        return ops.reshape(taken, 1, self.lengths)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        first, last = self.start + 1, self.start + prod(self.lengths)
        rows = ops.operator("rows", inputs[0], index=f"{first}:{last}")
        if len(self.lengths) == 1:
            return rows
        return ops.operator("reshape", rows, index="x".join(map(str, self.lengths)))

    def describe(self) -> str:
        return f"values {self.start + 1} to {self.start + prod(self.lengths)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Given(Layer):
    """`a = values`: an array of numbers of the shape `lengths`, whatever the input is.

    With `examples`, the first of the lengths counts examples, of which one is written at matrix
    level; `letter` is what it is called there. A cost has its data so.
    """

    kind: ClassVar[str] = "given"
    letters: ClassVar[Mapping[str, str]] = {"values": "x"}
    measured: ClassVar[frozenset[str]] = frozenset(letters)

    lengths: tuple[int, ...]
    examples: bool = False
    letter: str = "x"

    def shape(self, *shapes: Shape) -> Shape:
        return self.lengths

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return {"values": self.lengths}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return parameters["values"]

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        if not self.examples:
            return parameters["values"]
        return ops.symbols(Names(self.letter, None, self.lengths[1:]))

    @property
    def value_letter(self) -> str:
        return self.letter

    def describe(self) -> str:
        return plural(prod(self.lengths), "given number")
