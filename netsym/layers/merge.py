"""Layers that join several values: add (a skip connection) and concat."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, TypeVar

from netsym.errors import SpecError
from netsym.layers import Layer
from netsym.ops import Ops

A = TypeVar("A")


@dataclass(frozen=True, slots=True, kw_only=True)
class Add(Layer):
    """`a = x + y + …`: the inputs, all of one width, added element by element."""

    kind: ClassVar[str] = "add"
    joins: ClassVar[bool] = True

    def width(self, *widths: int) -> int:
        if len(set(widths)) > 1:
            listed = ", ".join(map(str, widths))
            raise SpecError(f"adds values of one width, but these have widths {listed}")
        return widths[0]

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.add(*inputs)

    @property
    def elementwise(self) -> bool:
        return True


@dataclass(frozen=True, slots=True, kw_only=True)
class Concat(Layer):
    """`a = (x, y, …)`: the inputs one after another."""

    kind: ClassVar[str] = "concat"
    joins: ClassVar[bool] = True

    def width(self, *widths: int) -> int:
        return sum(widths)

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return ops.concatenate(inputs)
