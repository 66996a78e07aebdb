"""The arithmetic of derivatives on whole arrays: 2*W, W ⊙ a, and what broadcasting passes back."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from netsym.graph.array_operations import (
    COLUMN,
    ROW,
    Shape,
    Shapes,
    coded,
    filled,
    shape_of,
    shapes_of,
    word_and_index,
)
from netsym.graph.factors import Signed
from netsym.graph.graph import Graph
from netsym.graph.signed_nodes import Product, SignedNodes


class ArrayNodes(SignedNodes):
    """`SignedNodes` of arrays, one at a time, element by element; `letters` are their shapes.

    Numbers are written in front of arrays, what is negative after what is not, squares as a ⊙ a.
    """

    def __init__(self, graph: Graph, letters: Shapes) -> None:
        super().__init__(graph)
        self._shapes = shapes_of(graph, letters)

    def shape(self, node: int) -> Shape | None:
        """The shape of an array; None where it is not known."""
        if node not in self._shapes:
            operands = [self.shape(operand) for operand in self.graph.operands_of(node)]
            self._shapes[node] = shape_of(self.graph.block_of(node).op, operands)
        return self._shapes[node]

    def letter(self, node: int, shape: Shape) -> None:
        """Say what shape a new letter has."""
        self._shapes[node] = shape

    def made(self, op: str, *operands: Product) -> Product:
        """An operation on arrays that fit."""
        nodes = [int(self.plain(self.written(operand))) for operand in operands]
        return self.node(self._made(op, *nodes))

    def _made(self, op: str, *operands: int) -> int:
        node = int(self.graph.rows(op, np.array([operands], dtype=np.int32))[0])
        assert self.shape(node) is not None, (op, [self.shape(operand) for operand in operands])
        return node

    def _of(self, node: int, *ops: str) -> list[int]:
        """The operands, if it is such an operation and was made here."""
        found = node >= self.first and self.graph.block_of(node).op in ops
        return self.graph.operands_of(node) if found else []

    def is_number(self, node: int) -> bool:
        """Whether it is made of constants alone."""
        op, operands = self.graph.block_of(node).op, self.graph.operands_of(node)
        return op not in ("symbol", "name") and all(map(self.is_number, operands))

    # -- element by element
    def ones(self, shape: Shape) -> Product:
        """The number 1, or an array of ones."""
        return self.made(filled("ones", shape)) if shape else self.constant(1)

    def zeros(self, shape: Shape) -> Product:
        """An array of zeros."""
        return self.made(filled("zeros", shape))

    def of(self, node: int) -> Product:
        """A node of the formula; the numbers 0 and -1 as such."""
        return Product((self.read(np.array(node)),))

    def add(self, *terms: Product) -> Product:
        """One sum, in which what is negative comes last."""
        if len(terms) == 1:
            return terms[0]
        columns = sorted(map(self.written, terms), key=lambda term: bool(term < 0))
        return super().add(*(Product((column,)) for column in columns))

    def power(self, base: Product, exponent: float | Fraction) -> Product:
        """A power with a number as exponent; a square is a product."""
        return self.multiply(base, base) if exponent == 2 else super().power(base, exponent)

    def written(self, product: Product) -> Signed:
        """A product as a node; products, quotients and signs that were made here are opened."""
        if len(product.over) == 1 and not product.under:
            return product.over[0]
        over, under = self._opened(product)
        if 0 in over:
            return np.zeros((), dtype=np.int32)
        ((*factors,),), _ = self.factors.folded(np.array([over + under], dtype=np.int32), len(over))
        nodes = [abs(factor) - 1 for factor in factors]
        below = nodes[len(over) :]
        made = self._product(nodes[: len(over)], below)
        if (divisor := self._product(below)) + 1 != self.one:
            made = self._made("divide", made, divisor)
        return np.array(np.sign(factors).prod() * (1 + made), dtype=np.int32)

    def _opened(self, product: Product) -> tuple[list[int], list[int]]:
        """Factors and divisors; nothing is cancelled that is divided by 0."""
        over, under = list[int](), list[int]()
        waiting = [int(factor) for factor in reversed(product.over)]
        while waiting:
            factor = waiting.pop()
            node, sign = abs(factor) - 1, 1 if factor > 0 else -1
            if factor and self.graph.block_of(node).op == "negate":
                waiting.append(-sign * (1 + self.graph.operands_of(node)[0]))
            elif inner := self._of(node, "hadamard", "scale"):
                waiting += [1 + n for n in reversed(inner[1:])] + [sign * (1 + inner[0])]
            elif inner := self._of(node, "divide"):
                waiting.append(sign * (1 + inner[0]))
                under.append(1 + inner[1])
            else:
                over.append(factor)
        return over, under + [int(f) or 1 + int(self.plain(f)) for f in product.under]

    def _product(self, factors: list[int], divisors: list[int] | None = None) -> int:
        """A product; arrays of ones are left out that the others need not be broadcast to."""
        if len(factors) < 2 and not divisors:
            return (factors or [self.one - 1])[0]
        numbers = [f for f in factors if not self.shape(f) and 1 + f != self.one]
        numbers.sort(key=lambda factor: not self.is_number(factor))
        arrays = [factor for factor in factors if self.shape(factor)]
        full = self._together(factors + (divisors or []))
        kept = [a for a in arrays if word_and_index(self.graph.block_of(a).op)[0] != "ones"]
        if self._together(kept + (divisors or [])) != full:
            kept.append(self._made(filled("ones", full)))
        if len(kept) > 1:
            kept = [self._made("hadamard", *kept)]
        kept = numbers + kept
        return self._made("scale", *kept) if len(kept) > 1 else (kept or [self.one - 1])[0]

    def _together(self, nodes: list[int]) -> Shape:
        return np.broadcast_shapes(*(self.shape(node) or () for node in nodes))

    def fitted(self, product: Product, shape: Shape) -> Product:
        """What is passed back to an array of this shape, which was broadcast: a sum, or copies."""
        written = self.written(product)
        values, have = Product((written,)), self.shape(abs(int(written)) - 1) or ()
        if have == shape:
            return values
        if not shape:
            return self.made("sum", values)
        if have == np.broadcast_shapes(have, shape):
            return self.made(coded("sum", ROW if len(shape) == len(have) else COLUMN), values)
        return self.multiply(values, self.ones(shape))

    # -- of matrices
    def product(self, op: str, left: Product, right: Product) -> Product:
        """`matmul`, `dot` or `outer`, with the sign before it."""
        one, other = int(self.written(left)), int(self.written(right))
        made = self.node(self._made(op, abs(one) - 1, abs(other) - 1))
        return made if one * other > 0 else self.negate(made)

    def transposed(self, array: Product) -> Product:
        """The transpose of a matrix."""
        signed = int(self.written(array))
        made = self.node(self._transposed(abs(signed) - 1))
        return made if signed > 0 else self.negate(made)

    def _transposed(self, node: int) -> int:
        if self.graph.block_of(node).op == "transpose":
            return self.graph.operands_of(node)[0]
        if factors := self._of(node, "matmul"):
            return self._made("matmul", *map(self._transposed, reversed(factors)))
        return self._made("transpose", node)
