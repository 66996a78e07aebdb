"""What derivatives of whole arrays are written with: numbers in front, signs before them."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import cached_property

import numpy as np

from netsym.graph.array_operations import (
    COLUMN,
    ROW,
    Shape,
    coded,
    filled,
    shape_of,
    word_and_index,
)
from netsym.graph.graph import Graph


class ArrayNodes:
    """Nodes of a graph of whole arrays, with the `shapes` of all of them.

    As a hand writes them: numbers in front, signs before them, y/a in place of y ⊙ 1/a.
    """

    def __init__(self, graph: Graph, shapes: dict[int, Shape]) -> None:
        self.graph = graph
        self.shapes = shapes
        self.first = len(graph)

    def made(self, op: str, *operands: int) -> int:
        """One node; its operands fit."""
        rows = np.array([operands], dtype=np.int32).reshape(1, len(operands))
        node = int(self.graph.rows(op, rows)[0])
        shape = shape_of(op, [self.shapes[operand] for operand in operands])
        assert shape is not None, (op, [self.shapes[operand] for operand in operands])
        self.shapes[node] = shape
        return node

    def ones(self, shape: Shape) -> int:
        """The number 1, or an array of ones."""
        return self.made(filled("ones", shape)) if shape else self.one

    def zeros(self, shape: Shape) -> int:
        """An array of zeros."""
        return self.made(filled("zeros", shape))

    def fitted(self, values: int, shape: Shape) -> int:
        """What is passed back to an array of this shape, which was broadcast: a sum, or copies."""
        have = self.shapes[values]
        if have == shape:
            return values
        if not shape:
            return self.made("sum", values)
        if have == np.broadcast_shapes(have, shape):
            op = coded("sum", ROW if len(shape) == len(have) else COLUMN)
            return self.made(op, values)
        return self.multiply(values, self.ones(shape))

    def constant(self, value: float | Fraction) -> int:
        """A number."""
        if isinstance(value, Fraction):
            return self._known(self.graph.fraction(value))
        if value < 0:
            return self.negate(self.constant(-value))
        return self._known(int(self.graph.constants(float(value))))

    def _known(self, number: int) -> int:
        self.shapes[number] = ()
        return number

    @cached_property
    def one(self) -> int:
        """The number 1."""
        return self.constant(1.0)

    def add(self, *terms: int) -> int:
        """A sum without zeros; what is negated is subtracted, after what is not."""
        kept = [term for term in terms if self._number(term) != 0] or [terms[0]]
        if len(kept) == 1:
            return kept[0]
        order = sorted(kept, key=lambda term: self._negated(term) is not None)
        return self.made("add", *map(self._minus, order))

    def _minus(self, term: int) -> int:
        """A term, where sums are written: 1 is subtracted by adding the number -1."""
        inner = self._negated(term)
        value = None if inner is None else self._number(inner)
        return term if value is None else self._known(int(self.graph.constants(-float(value))))

    def _number(self, node: int) -> float | Fraction | None:
        """The value of a constant."""
        return self.graph.number(node) if self.graph.block_of(node).op == "constant" else None

    def _negated(self, node: int) -> int | None:
        """What this is the negative of, if it is one."""
        block = self.graph.block_of(node)
        return int(block.operands[node - block.start, 0]) if block.op == "negate" else None

    def negate(self, value: int) -> int:
        """The value with the other sign."""
        inner = self._negated(value)
        if self._number(value) == 0:
            return value
        return self.made("negate", value) if inner is None else inner

    def multiply(self, *factors: int) -> int:
        """Element by element; products, quotients and signs that were made here are opened."""
        negative, over, under = self._opened(factors)
        product = self._product(over, [self.shapes[factor] for factor in under])
        if under:
            product = self.made("divide", product, self._product(under))
        return self.made("negate", product) if negative else product

    def _opened(self, factors: tuple[int, ...]) -> tuple[bool, list[int], list[int]]:
        """The sign, the factors and the divisors of a product."""
        negative, over, under = False, list[int](), list[int]()
        waiting = list(reversed(factors))
        while waiting:
            factor = waiting.pop()
            if (positive := self._negated(factor)) is not None:
                negative = not negative
                waiting.append(positive)
            elif inner := self._of(factor, "hadamard") or self._of(factor, "scale"):
                waiting += reversed(inner)
            elif inner := self._of(factor, "divide"):
                waiting.append(inner[0])
                under.append(inner[1])
            else:
                over.append(factor)
        return negative, over, under

    def _product(self, factors: list[int], others: Sequence[Shape] = ()) -> int:
        """A product, next to arrays of other shapes that it is divided by."""
        numbers = [f for f in factors if not self.shapes[f] and f != self.one]
        numbers.sort(key=lambda factor: not self.is_number(factor))
        arrays = self._without_ones([f for f in factors if self.shapes[f]], others)
        if len(arrays) > 1:
            arrays = [self.made("hadamard", *arrays)]
        kept = numbers + arrays
        return self.made("scale", *kept) if len(kept) > 1 else (kept or [self.one])[0]

    def _without_ones(self, arrays: list[int], others: Sequence[Shape]) -> list[int]:
        """Without arrays of ones that the others need not be broadcast to."""
        full = np.broadcast_shapes(*(self.shapes[array] for array in arrays), *others)
        kept = [a for a in arrays if word_and_index(self.graph.block_of(a).op)[0] != "ones"]
        shape = np.broadcast_shapes(*(self.shapes[array] for array in kept), *others)
        return kept if shape == full else [*kept, self.ones(full)]

    def is_number(self, node: int) -> bool:
        """Whether it is made of constants alone."""
        block = self.graph.block_of(node)
        operands = block.operands[node - block.start].tolist()
        if not operands:
            return block.op != "symbol"
        return block.op != "name" and all(map(self.is_number, operands))

    def _of(self, node: int, op: str) -> list[int] | None:
        """The operands, if it is such an operation and was made here."""
        block = self.graph.block_of(node)
        if block.op != op or node < self.first:
            return None
        operands: list[int] = block.operands[node - block.start].tolist()
        return operands

    def divide(self, numerator: int, denominator: int) -> int:
        """A quotient, element by element."""
        return self.made("divide", numerator, denominator)

    def power(self, base: int, exponent: float) -> int:
        """A power, element by element: squares are a ⊙ a."""
        if exponent in (1, 2):
            return self.multiply(*[base] * int(exponent))
        return self.made("power", base, self.constant(exponent))

    def call(self, function: str, *operands: int) -> int:
        """A function of every element."""
        return self.made(function, *operands)

    def product(self, op: str, left: int, right: int) -> int:
        """`matmul`, `dot` or `outer`, with the sign before it."""
        if (positive := self._negated(left)) is not None:
            return self.negate(self.product(op, positive, right))
        if (positive := self._negated(right)) is not None:
            return self.negate(self.product(op, left, positive))
        return self.made(op, left, right)

    def transposed(self, array: int) -> int:
        """The transpose of a matrix."""
        block = self.graph.block_of(array)
        if block.op == "transpose":
            return int(block.operands[array - block.start, 0])
        if (positive := self._negated(array)) is not None:
            return self.negate(self.transposed(positive))
        if factors := self._of(array, "matmul"):
            return self.made("matmul", *map(self.transposed, reversed(factors)))
        return self.made("transpose", array)
