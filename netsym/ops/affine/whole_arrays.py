"""The `letters` reading: affine functions of whole arrays, as computed and multiplied out.

A layer says by its `forward` what it computes; read with this, it gives `W² (W¹ x + b¹) + b²` as it
is computed, and the matrix `W² W¹` and the constant `W² b¹ + b²` that it comes to: all as nodes of
one graph of whole arrays, which a writer spells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.forms.array_form import ArrayForm
from netsym.forms.form import bind
from netsym.graph.graph import Graph
from netsym.graph.names import literal
from netsym.ops import ByMatrices, Present
from netsym.ops.parameters import Parameter

_MOST_FACTORS, _MOST_TERMS = 5, 4  # that are shown; what is between is left out as dots
_MOST_KEPT = 200  # terms of a constant


class Unwritten(Exception):
    """What a layer does with whole arrays has no usual spelling."""


class TooLong(Exception):
    """A constant has too many terms."""


@dataclass(frozen=True, slots=True)
class MatrixProduct:
    """Matrices one after another, and a vector at the end of a constant; none is the identity."""

    factors: tuple[int, ...] = ()
    negative: bool = False

    def after(self, factor: int) -> MatrixProduct:
        """The product with a factor before it."""
        return replace(self, factors=(factor, *self.factors))


Sum = tuple[MatrixProduct, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """A value (*shape) as it is computed, and as a sum of a matrix for every source and a constant.

    `factor` is what stands before a value that it multiplies, `inverse` before one that it divides;
    neither is known of what is computed.
    """

    shape: tuple[int, ...]
    node: int
    constant: Sum = ()
    maps: dict[str, Sum] = field(default_factory=dict)
    factor: int | None = None
    inverse: int | None = None


class Letters(ByMatrices[Value]):
    """Reads affine functions of whole values.

    `spell` says how a parameter is written in LaTeX: as its letter, or with its entries.
    `diagonal` says the same of the diagonal matrix of a vector.
    """

    whole = True

    def __init__(
        self, spell: Callable[[Parameter], str], diagonal: Callable[[Parameter], str]
    ) -> None:
        self.spell = spell
        self.diagonal = diagonal
        self.graph = Graph()
        self.nodes: dict[str, int] = {}  # of letters
        self.sources: dict[str, int] = {}  # by name: the nodes of values that are not looked into

    # -- nodes
    def letter(self, latex: str) -> int:
        """What is written so."""
        if latex not in self.nodes:
            names = literal(f"letter{len(self.nodes)}")
            self.nodes[latex] = int(self.graph.symbols(names).reshape(()))
        return self.nodes[latex]

    def made(self, op: str, *nodes: int) -> int:
        """An operation; one of a single operand that joins operands is that."""
        if len(nodes) == 1 and op != "negate":
            return nodes[0]
        return int(self.graph.rows(op, np.array([nodes], dtype=np.int32))[0])

    def flat(self, op: str, nodes: Iterable[int]) -> int:
        """An operation whose operands are joined with those of the operands that are alike."""
        found: list[int] = []
        for node in nodes:
            block = self.graph.block_of(node)
            below = block.operands[node - block.start].tolist() if block.op == op else [node]
            found += below
        return self.made(op, *found)

    def product(self, product: MatrixProduct) -> int:
        """A product as a node."""
        shown = product.factors or (self.letter("I"),)
        if len(shown) > _MOST_FACTORS:
            shown = (*shown[:2], self.letter(r"\cdots"), *shown[-2:])
        node = self.made("matmul", *shown)
        return self.made("negate", node) if product.negative else node

    def sum(self, terms: Sum) -> int:
        """A sum as a node; 0 if it has no terms."""
        nodes = [self.product(term) for term in terms]
        if len(nodes) > _MOST_TERMS:
            nodes = [*nodes[:2], self.letter(r"\cdots"), nodes[-1]]
        return self.made("add", *nodes) if nodes else self.letter("0")

    def form(self, nodes: Sequence[int]) -> ArrayForm:
        """The nodes as the outputs of a form, to be written."""
        names = literal(*(f"line{place}" for place in range(len(nodes))))
        latex = {f"letter{place}": text for place, text in enumerate(self.nodes)}
        none = np.empty(0, dtype=np.int32)
        outputs = bind(names, np.array(nodes, dtype=np.int32))
        return ArrayForm(self.graph, none, outputs, latex_names=latex)

    # -- where values come from
    def source(self, name: str, letter: str, width: int) -> Value:
        """A value that is not looked into."""
        self.sources[name] = self.letter(letter)
        return Value((width,), self.sources[name], maps={name: (MatrixProduct(),)})

    def numbers(self, values: npt.NDArray[Any]) -> Value:
        raise Unwritten

    def parameter(self, parameter: Parameter) -> Value:
        node, shape = self.letter(self.spell(parameter)), parameter.shape
        known = Value(shape, node, constant=(MatrixProduct((node,)),), factor=node)
        if len(shape) == 1:
            diagonal = self.diagonal(parameter)
            inverse = self.letter(f"{diagonal}^{{-1}}")
            return replace(known, factor=self.letter(diagonal), inverse=inverse)
        return known

    def constant(self, value: float | Fraction) -> Value:
        number = Fraction(value)
        size = int(self.graph.number_id(abs(number)))
        known = MatrixProduct((size,), number < 0)
        below = int(self.graph.number_id(1 / number)) if number else None
        node = int(self.graph.number_id(number))
        return Value((), node, constant=(known,), factor=node, inverse=below)

    # -- arithmetic, element by element
    def add(self, *terms: Value) -> Value:
        if len({term.shape for term in terms}) > 1:
            raise Unwritten
        constant = sum((term.constant for term in terms), ())
        if len(constant) > _MOST_KEPT:
            raise TooLong
        maps: dict[str, Sum] = {}
        for term in terms:
            for name, matrix in term.maps.items():
                maps[name] = self._added(maps[name], matrix) if name in maps else matrix
        node = self.flat("add", [term.node for term in terms])
        return Value(terms[0].shape, node, constant, maps)

    def negate(self, value: Value) -> Value:
        maps = {name: _negative(matrix) for name, matrix in value.maps.items()}
        node = self.made("negate", value.node)
        return Value(value.shape, node, _negative(value.constant), maps)

    def multiply(self, *factors: Value) -> Value:
        result = factors[0]
        for factor in factors[1:]:
            result = self._scaled(*((factor, result) if result.maps else (result, factor)))
        return result

    def _scaled(self, by: Value, value: Value) -> Value:
        if by.maps or len(value.shape) != 1 or by.shape not in ((), value.shape):
            raise Unwritten
        return self._after(by.factor, value, value.shape)

    def divide(self, numerator: Value, denominator: Value) -> Value:
        return self._scaled(replace(denominator, factor=denominator.inverse), numerator)

    def power(self, base: Value, exponent: int) -> Value:
        if exponent != 1:
            raise Unwritten
        return base

    # -- along axes
    def products(self, weights: Value, values: Value) -> Value:
        if len(weights.shape) != 2 or len(values.shape) != 1:
            raise Unwritten
        return self._after(weights.factor, values, weights.shape[:1])

    def kept(self, values: Value, present: Present) -> Value:
        raise Unwritten

    def _after(self, factor: int | None, value: Value, shape: tuple[int, ...]) -> Value:
        """A matrix before a value."""
        if factor is None:
            raise Unwritten
        constant = tuple(term.after(factor) for term in value.constant)
        maps = {
            name: (terms[0] if len(terms) == 1 else MatrixProduct((self.sum(terms),))).after(factor)
            for name, terms in value.maps.items()
        }
        node = self.flat("matmul", (factor, value.node))
        return Value(shape, node, constant, {name: (product,) for name, product in maps.items()})

    # -- structure
    def unwritten(self, *_: Any, **__: Any) -> Value:
        """What has no usual spelling."""
        raise Unwritten

    symbols = call = total = arranged = take = unwritten

    def concatenate(self, arrays: Sequence[Value], axis: int = -1) -> Value:
        if any(len(array.shape) != 1 for array in arrays):
            raise Unwritten
        names = dict.fromkeys(name for array in arrays for name in array.maps)
        maps = {name: self._stacked([a.maps.get(name, ()) for a in arrays]) for name in names}
        some = any(array.constant for array in arrays)
        constant = self._stacked([array.constant for array in arrays]) if some else ()
        node = self.made("concatenate", *(array.node for array in arrays))
        return Value((sum(array.shape[-1] for array in arrays),), node, constant, maps)

    def _stacked(self, blocks: Sequence[Sum]) -> Sum:
        """Matrices, or vectors, one below another, as one factor."""
        return (MatrixProduct((self.made("concatenate", *map(self.sum, blocks)),)),)

    def _added(self, one: Sum, other: Sum) -> Sum:
        """`A M + B M -> (A + B) M`, and `M + B M -> (I + B) M`; the identity comes first."""
        a, b = (
            each[0] if len(each) == 1 else MatrixProduct((self.sum(each),)) for each in (one, other)
        )
        common = 0
        for left, right in zip(reversed(a.factors), reversed(b.factors), strict=False):
            if left != right:
                break
            common += 1
        if not common:
            return tuple(sorted(one + other, key=_has_factors))
        rest = [replace(p, factors=p.factors[: len(p.factors) - common]) for p in (a, b)]
        first = self.sum(tuple(sorted(rest, key=_has_factors)))
        return (MatrixProduct((first, *a.factors[-common:])),)


def _negative(terms: Sum) -> Sum:
    return tuple(replace(term, negative=not term.negative) for term in terms)


def _has_factors(product: MatrixProduct) -> bool:
    return bool(product.factors)
