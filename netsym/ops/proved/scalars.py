"""What the `balls` and `rationals` readings share: elements are Python number objects."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.arrays import Elements, Objects, at_each_place, filled
from netsym.ops.decimals import decimals
from netsym.ops.parameters import values_of


@dataclass(frozen=True, slots=True, eq=False)
class Coverage:
    """On which sides of one max, min or abs its elements were seen, over all points of a call.

    `above` and `below` (elements,) say whether at some point the first operand was certainly
    larger, or smaller, than the other (for abs: than 0). A relu is max(0, z): below is active.
    """

    layer: int
    function: str
    above: npt.NDArray[np.bool_]
    below: npt.NDArray[np.bool_]


class Scalars(Elements, ByMatrices[Objects]):
    """Object arrays of shape (points, …); what does not depend on the inputs has no points axis.

    `values` gives names their numbers. `coverage` collects what every max, min and abs has seen;
    one of more than two operands counts as nested ones of two, from the left.
    """

    matrix: ClassVar[Any]  # flint's matrix of such elements
    functions: ClassVar[Mapping[str, Callable[..., Any]]]  # those known element by element

    def __init__(self, values: Mapping[str, float | Fraction] | None = None) -> None:
        self.values = values or {}
        self.coverage: list[Coverage] = []
        self._points: int | None = None  # how many there are, once that is known
        # By the id of the array, which is held so that the id stays its own, and how it was read.
        self._numbers: dict[tuple[int, bool], tuple[Any, Objects]] = {}
        self._matrices: dict[int, list[Any]] = {}

    # -- what a number is
    @abstractmethod
    def terms_at_once(self, values: Objects) -> int:
        """How many terms one matrix product may have and take a fifth of a second at most."""

    def each_number(self, values: Collection[float | Fraction]) -> Iterable[Any]:
        """The elements that equal numbers."""
        return map(self.number, values)

    def given(self, values: Collection[float | Fraction]) -> Iterable[Any]:
        """The elements for constants or parameter entries."""
        return self.each_number(values)

    def given_decimals(self, values: npt.NDArray[Any]) -> Iterable[Any]:
        """The same, of numbers that are the decimals that they are written as."""
        return self.given(decimals(values).tolist())

    def exact(self) -> Scalars:
        """The reading in which the constants of functions' expansions are read."""
        return self

    # -- where values come from
    def points(self, x: npt.ArrayLike) -> Objects:
        """The inputs (points, inputs), floats or Fractions, as elements; each is exact."""
        given = np.asarray(x)
        made = filled(self.each_number(given.reshape(-1).tolist()), given.shape)
        if made.ndim > 1:
            self._points = len(made)
        return made

    def symbols(self, names: Names) -> Objects:
        return filled(self.each_number(values_of(names.all(), self.values)), (len(names),))

    def numbers(self, values: npt.NDArray[Any]) -> Objects:
        """Arrays of floats, which may be large, are made once."""
        key = id(values), self.decimals
        if key in self._numbers:
            return self._numbers[key][1]
        flat = values.reshape(-1)
        each = self.given_decimals(flat) if self.decimals else self.given(flat.tolist())
        made = filled(each, values.shape)
        if values.dtype != object:
            self._numbers[key] = (values, made)
            self._matrices[id(made)] = []
        return made

    # -- arithmetic, element by element
    def call(self, function: str, *operands: Objects) -> Objects:
        if function == "abs":
            self._watch(function, operands[0], self.constant(0))
        if function in ("max", "min"):
            result = operands[0]
            for operand in operands[1:]:
                self._watch(function, result, operand)
                result = self.each(self.functions[function], result, operand)
            return result
        if function in self.functions:
            return self.each(self.functions[function], *operands)
        expansion = FUNCTIONS[function].expansion
        if expansion is None:
            return self.unknown(function)
        expanded: Objects = expansion(self.exact(), *operands)
        return expanded

    def unknown(self, function: str) -> Objects:
        """What stands for a function that the reading neither has nor can expand."""
        raise NotImplementedError(f"{type(self).__name__} has no {function}")

    def maximum(self, values: Objects, count: int, present: Present | None = None) -> Objects:
        result = values[..., :1]
        for place in range(1, count):
            other, there = values[..., place : place + 1], None
            if present is not None:  # what stands for the first that is there has no other side
                before = present[..., :place].any(axis=-1, keepdims=True)
                there = present[..., place : place + 1] & before
            self._watch("max", result, other, there)
            result = self.each(self.functions["max"], result, other)
        return result

    def _watch(
        self, function: str, first: Objects, other: Objects, there: Present | None = None
    ) -> None:
        """Note on which sides elements are seen; those that are not `there` are left out."""
        shape = np.broadcast_shapes(first.shape, other.shape)
        if len(shape) < 2 or shape[0] != (self._points or shape[0]):
            return  # it is the same at every point: it has no other side
        left, right = np.broadcast_to(first, shape), np.broadcast_to(other, shape)
        kept = np.broadcast_to(True if there is None else there, shape[1:])
        sides = (left > right, left < right)
        above, below = (np.asarray(side[:, kept].any(axis=0)) for side in sides)
        self.coverage.append(Coverage(self.place.layer, function, above, below))

    # -- along axes
    def products(self, weights: Objects, values: Objects) -> Objects:
        return at_each_place(self._product, weights, values)

    def _product(self, weights: Objects, values: Objects) -> Objects:
        units, terms = weights.shape
        flat = values.reshape(-1, terms)
        once = self.terms_at_once(values)
        blocks = self._blocks(weights, max(1, once // terms))
        step = max(1, once // (terms * min(units, max(1, once // terms))))
        products = np.empty((len(flat), units), dtype=object)
        for start in range(0, len(flat), step):
            chunk = flat[start : start + step]
            column = self.matrix(terms, len(chunk), chunk.T.reshape(-1).tolist())
            first = 0
            for block in blocks:
                entries = (block * column).entries()
                rows = filled(iter(entries), (block.nrows(), len(chunk)))
                products[start : start + step, first : first + block.nrows()] = rows.T
                first += block.nrows()
        return products.reshape(*values.shape[:-1], units)

    def _blocks(self, weights: Objects, rows: int) -> list[Any]:
        """The weights as flint's matrices of at most so many rows; kept for parameters."""
        known = self._matrices.get(id(weights))
        if known and known[0].nrows() == min(rows, len(weights)):
            return known
        starts = range(0, len(weights), rows)
        parts = (weights[start : start + rows] for start in starts)
        blocks = [self.matrix(*part.shape, part.reshape(-1).tolist()) for part in parts]
        if known is not None:
            self._matrices[id(weights)] = blocks
        return blocks
