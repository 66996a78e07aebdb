"""Arithmetic and functions, element by element, of several values or of a value and a constant."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, TypeVar

import numpy as np

from netsym.errors import SpecError, did_you_mean
from netsym.graph.functions import FUNCTIONS, LINEAR
from netsym.layers import Layer, Shape, refuse_vast
from netsym.layers.merge import shapes_text
from netsym.ops import Ops, WholeOps
from netsym.wording import plural

A = TypeVar("A")

POWER = "power"


def _power(ops: Ops[A], base: A, exponent: A) -> A:
    written = ops.written_power(base, exponent)
    if written is not None:
        return written
    return ops.call("exp", ops.multiply(exponent, ops.call("log", base)))


#: What is no function of the table, and how many operands it takes: -1 for any number.
ARITHMETIC: Mapping[str, tuple[int, Callable[..., Any]]] = {
    "add": (-1, lambda ops, *terms: ops.add(*terms)),
    "subtract": (2, lambda ops, x, y: ops.add(x, ops.negate(y))),
    "multiply": (-1, lambda ops, *factors: ops.multiply(*factors)),
    "divide": (2, lambda ops, x, y: ops.divide(x, y)),
    POWER: (2, _power),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Function(Layer):
    """`a = f(x, …)`, element by element: a function of the table, add, subtract, multiply, divide
    or power.

    Its operands are the values that it reads and, if it takes one more, a `constant` with the axes
    `lengths`, without these a single number: after the values, or before them if it is `first`.
    Shapes broadcast as NumPy's: they are aligned at the last axis, and an axis of length 1 fits
    any. A `power` by a whole number has it as its `exponent`.
    """

    kind: ClassVar[str] = "function"
    letters: ClassVar[Mapping[str, str]] = {"constant": "c"}
    reads: ClassVar[tuple[int, int | None]] = (1, None)

    function: str
    lengths: tuple[int, ...] = ()
    first: bool = False
    exponent: int = field(default=0, metadata={"least": -64})

    def __post_init__(self) -> None:
        known = [*ARITHMETIC, *(row.name for row in FUNCTIONS.values() if _is_elementwise(row))]
        meant = self.function if self.function in known else FUNCTIONS.meant(self.function)
        if meant not in known:
            hint = did_you_mean(self.function, known)
            raise SpecError(f"unknown function {self.function!r}; {hint}")
        object.__setattr__(self, "function", meant)
        if self.exponent and meant != POWER:
            raise SpecError(f"{meant} has no exponent; only {POWER} has one")

    @property
    def arity(self) -> int:
        """How many operands it takes; -1 for any number from two."""
        if self.exponent:
            return 1
        if self.function in ARITHMETIC:
            return ARITHMETIC[self.function][0]
        return FUNCTIONS[self.function].arity

    def has_constant(self, values: int) -> bool:
        """Whether it takes a constant beside so many values."""
        return values == 1 and self.arity in (-1, 2)

    def shape(self, *shapes: Shape) -> Shape:
        count = len(shapes) + self.has_constant(len(shapes))
        if self.arity not in (-1, count):
            raise SpecError(
                f"{self.function} takes {plural(self.arity, 'value')}, but from lists {len(shapes)}"
            )
        every = [*shapes, *([self.lengths] if self.has_constant(len(shapes)) else [])]
        try:
            found = np.broadcast_shapes(*every)
        except ValueError:
            raise SpecError(
                f"{self.function} of values of shapes {shapes_text(every)}: aligned at the last "
                "axis, every two lengths must be equal, or one of them 1"
            ) from None
        refuse_vast("broadcasts to", *found)
        return found

    def parameters(self, *shapes: Shape) -> dict[str, Shape]:
        return {"constant": self.lengths or (1,)} if self.has_constant(len(shapes)) else {}

    def forward(self, ops: Ops[A], parameters: Mapping[str, A], *inputs: A) -> A:
        shapes = ops.place.shapes
        axes = max(map(len, (*shapes, self.lengths)))
        values = [
            ops.reshape(x, len(shape), (1,) * (axes - len(shape)) + shape)
            for x, shape in zip(inputs, shapes, strict=True)
        ]
        return self._applied(ops, parameters, values)

    def whole(self, ops: WholeOps[A], parameters: Mapping[str, A], *inputs: A) -> A:
        return self._applied(ops, parameters, [*inputs])

    def _applied(self, ops: Ops[A], parameters: Mapping[str, A], operands: list[A]) -> A:
        if self.exponent:
            return ops.power(operands[0], self.exponent)
        constant = [parameters["constant"]] if "constant" in parameters else []
        operands = [*constant, *operands] if self.first else [*operands, *constant]
        if self.function in ARITHMETIC:
            result: A = ARITHMETIC[self.function][1](ops, *operands)
            return result
        row = FUNCTIONS[self.function]
        if len(operands) == 1:
            return ops.apply(self.function, operands[0])
        if ops.expand and row.expansion is not None:
            expanded: A = row.expansion(ops, *operands)
            return expanded
        return ops.call(self.function, *operands)

    @property
    def elementwise(self) -> bool:
        return self.arity == 1

    def describe(self) -> str:
        return f"power {self.exponent}" if self.exponent else self.function


def _is_elementwise(row: Any) -> bool:
    """Whether a row of the table is a function of one operand, of two, or of any number."""
    return not row.vector and row.arity in (-1, 1, 2) and row.name != LINEAR
