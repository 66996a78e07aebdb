"""What the arithmetic means: the operations that layers are written with. A file per reading.

A layer calls `ops`; a reading decides what an array element is: a float64 (`numeric`), a node of
the expression graph (`symbolic`), a count of nodes (`sizes`), or a whole array (`matrix`), which
has more operations (`WholeOps`). It need only say what its names and numbers are and how it
computes with them; one that has products of matrices is `ByMatrices`.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from math import prod
from typing import Any, Generic, Self, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names, literal
from netsym.ops.fixed_point import FixedPoint
from netsym.ops.parameters import Parameter

A = TypeVar("A")
Present = npt.NDArray[np.bool_]


class NoReading(Exception):
    """A reading has no answer here, as an affine one for a product; `layer` is where, if known."""

    layer: int | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer is read: its number, and the shapes of its inputs.

    In a sequence `step` is the step with how many there are. Where one step t stands for all,
    `length` is how many it stands for.
    """

    layer: int = 0
    shapes: tuple[tuple[int, ...], ...] = ()
    step: tuple[int, int] | None = None
    length: int = 0


class Ops(ABC, Generic[A]):
    """The operations of one reading; `A` is its array, with NumPy's broadcasting.

    `expand` writes activations by elementary operations. With `once`, what is applied many times
    is read once: a layer and not its copies, and of sequences a step t that stands for all.

    A reading does not change while it reads, but for what it collects; a layer has it `at` its
    place.
    """

    expand: bool = False
    once: bool = False
    whole: bool = False  # an element is a whole array, so a parameter is one letter
    decimals: bool = False  # 0.1 is 1/10, not the float64 next to it; in exact readings
    place: Place = Place()

    def at(self, place: Place) -> Self:
        """The same reading at a place."""
        there = self._copy()
        there.place = place
        return there

    def in_decimals(self) -> Self:
        """The same reading, in which a float64 is the shortest decimal that it is written as."""
        there = self._copy()
        there.decimals = True
        return there

    def _copy(self) -> Self:
        made = object.__new__(type(self))  # as copy does, and it is done for every layer
        made.__dict__ |= self.__dict__
        return made

    # -- where values come from
    @abstractmethod
    def symbols(self, names: Names) -> A:
        """Values that are only named, such as inputs; shape (len(names),)."""

    @abstractmethod
    def numbers(self, values: npt.NDArray[Any]) -> A:
        """Numbers in their shape: float64, or objects, which are float and Fraction."""

    def constant(self, value: float | Fraction) -> A:
        """A number; shape ()."""
        return self.numbers(np.array(value, dtype=object))

    def fixed_point(self, values: FixedPoint) -> A:
        """Exact numbers in their shape."""
        return self.numbers(values.fractions)

    def parameter(self, parameter: Parameter) -> A:
        """A parameter array of a layer: of names, of numbers, or of both."""
        if isinstance(parameter.stored, FixedPoint):
            return self.fixed_point(parameter.stored)
        names, entries = parameter.names, parameter.entries
        if entries is None:
            return self.reshape(self.symbols(names), 1, names.shape)
        if parameter.is_numeric:
            return self.numbers(entries)
        named = dict(parameter.named())
        others = [place for place in range(entries.size) if place not in named]
        parts = [self.symbols(literal(*named.values()))] if named else []
        if others:
            parts.append(self.numbers(entries.reshape(-1)[others]))
        order = np.argsort([*named, *others]).reshape(names.shape)
        return self.take(self.concatenate(parts), order)

    def copied(self, formula: Form, x: A | None = None) -> A | None:
        """The outputs of a formula, node for node; None where that means nothing.

        `x` (inputs,) stands for its inputs, if it has some.
        """
        return None

    # -- arithmetic, element by element
    @abstractmethod
    def add(self, *terms: A) -> A:
        """One sum of all the terms."""

    @abstractmethod
    def multiply(self, *factors: A) -> A:
        """One product of all the factors."""

    @abstractmethod
    def divide(self, numerator: A, denominator: A) -> A:
        """A quotient."""

    @abstractmethod
    def power(self, base: A, exponent: int) -> A:
        """An integer power."""

    def written_power(self, base: A, exponent: A) -> A | None:
        """Any power as it is written; None where it is computed by roots, or by exp and log."""
        return None

    @abstractmethod
    def negate(self, value: A) -> A:
        """The value with the other sign."""

    @abstractmethod
    def call(self, function: str, *operands: A) -> A:
        """A function of the table, as it stands."""

    # -- along axes; they count from the last, so that an array may have any others before them
    def contract(
        self,
        weights: A,
        values: A,
        bias: A | None = None,
        present: Present | None = None,
        axes: int = 1,
    ) -> A:
        """`Σ_j weights[i, j]*values[…, j] + bias[i]`, one sum with the bias last; shape (…, i).

        Weights of more axes are one matrix for each place along these: (*b, i, j) with values
        (…, *b, n, j) give (…, *b, n, i). j stands for the last `axes` axes of both.
        Terms that are not `present` are left out, so that a sum has only those that are there:
        `present` broadcasts to (*b, n, i, j), and depends on n or on i, not on both.
        """
        *places, rows = self.lengths(weights)[:-axes]
        columns = self.lengths(weights, axes)
        if places:
            weights = self.reshape(weights, axes + 1, (1, rows, *columns))
        terms = self.multiply(weights, self.reshape(values, axes, (1, *columns)))
        if present is not None:
            present = np.broadcast_to(present, self.lengths(terms))
            present = present.reshape(*present.shape[:-axes], prod(columns))
        terms = self.reshape(terms, axes, (prod(columns),))
        if bias is not None:
            terms = self.concatenate([terms, self.reshape(bias, 1, (rows, 1))])
            if present is not None:
                last = np.ones((*present.shape[:-1], 1), dtype=bool)
                present = np.concatenate([present, last], axis=-1)
        return self.reshape(self.total(terms, present), 2, (rows,))

    def weighted(self, products: Sequence[tuple[A, A]], *terms: A) -> A:
        """`W x + U h + … + terms`, one sum for every row of the matrices; shape (…, rows).

        `products` are matrices (rows, columns) with vectors (…, columns), `terms` are (…, rows).
        """
        weights, values = (
            sides[0] if len(sides) == 1 else self.concatenate(sides)
            for sides in zip(*products, strict=True)
        )
        if len(terms) < 2:
            return self.contract(weights, values, terms[0] if terms else None)
        (columns,), (rows,) = self.lengths(values, 1), self.lengths(terms[0], 1)
        parts = [self.multiply(weights, self.reshape(values, 1, (1, columns)))]
        parts += [self.reshape(term, 1, (rows, 1)) for term in terms]
        return self.reshape(self.total(self.concatenate(parts)), 2, (rows,))

    @abstractmethod
    def total(self, values: A, present: Present | None = None) -> A:
        """The sum along the last axis, which stays with length 1, of what is present."""

    def maximum(self, values: A, count: int, present: Present | None = None) -> A:
        """The max along the last axis of length `count`, which stays with length 1.

        What is not `present` is left out; it must be equal to another element that is there.
        """
        places = (self.take(values, np.array([place])) for place in range(count))
        return self.call("max", *places) if count > 1 else values

    # -- structure
    def lengths(self, values: A, axes: int | None = None) -> tuple[int, ...]:
        """The lengths of the last axes, or of all."""
        found: Any = values
        shape: tuple[int, ...] = found.shape
        return shape if axes is None else shape[len(shape) - axes :]

    @abstractmethod
    def arranged(self, values: A, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> A:
        """The same elements in other places: `change` acts on the last axes of any array."""

    def reshape(self, values: A, axes: int, shape: Sequence[int]) -> A:
        """The last `axes` axes in another shape."""
        if self.lengths(values, axes) == shape:
            return values
        return self.arranged(values, lambda a: a.reshape((*a.shape[: a.ndim - axes], *shape)))

    def transpose(self, values: A, *order: int) -> A:
        """The last axes, as many as there are in `order`, in this order."""

        def change(array: npt.NDArray[Any]) -> npt.NDArray[Any]:
            first = array.ndim - len(order)
            return array.transpose(*range(first), *(first + place for place in order))

        return self.arranged(values, change)

    @abstractmethod
    def concatenate(self, arrays: Sequence[A], axis: int = -1) -> A:
        """The arrays one after another along an axis; the axes before all of them broadcast."""

    @abstractmethod
    def take(self, values: A, positions: npt.NDArray[Any], axis: int = -1) -> A:
        """Elements by their positions along an axis, which becomes `positions.shape`."""

    # -- along steps
    def steps(
        self,
        cell: Callable[..., tuple[A, ...]],
        values: A,
        state: Sequence[A],
        letters: Mapping[str, int],
        backward: bool = False,
        every: bool = False,
    ) -> A:
        """`state = cell(ops, x, *state)` for each step x of `values` (…, steps, inputs).

        Gives the first array of the state: after the last step, (…, units), or after `every` one,
        (…, steps, units). `letters` are those of the state, with its lengths; without a `state`
        the first step is `cell(ops, x)`. `backward` begins at the last step.
        """
        layer = self.place.layer
        if self.once:
            before = (Names(letter, layer, (length,), at="t+1" if backward else "t-1")
                      for letter, length in letters.items())  # fmt: skip
            state = [self.symbols(names) for names in before]
        (count, _) = self.lengths(values, 2)
        outputs = self.each_step(cell, values, state, range(count)[:: -1 if backward else 1])
        if self.once and not every:
            (first, units), *_ = letters.items()
            end = "1" if backward else str(self.place.length)
            return self.at_step(Names(first, layer, (units,), at=end), outputs[-1])
        if not every:
            return outputs[-1]
        (units,) = self.lengths(outputs[0], 1)
        ordered = outputs[::-1] if backward else outputs
        return self.concatenate([self.reshape(each, 1, (1, units)) for each in ordered], -2)

    def each_step(
        self, cell: Callable[..., tuple[A, ...]], values: A, state: Sequence[A], order: range
    ) -> list[A]:
        """The first array of the state after each step, in the order in which they are read."""
        outputs: list[A] = []
        for step in order:
            state = self.one_step(cell, values, state, step)
            outputs.append(state[0])
        return outputs

    def one_step(
        self, cell: Callable[..., tuple[A, ...]], values: A, state: Sequence[A], step: int
    ) -> tuple[A, ...]:
        """The state after one step."""
        (count, _) = self.lengths(values, 2)
        here = self.at(replace(self.place, step=(step, count)))
        return cell(here, self.take(values, np.array(step), axis=-2), *state)

    def at_step(self, names: Names, values: A) -> A:
        """Values at a certain step, by their names, from those at the step t."""
        self.written_aside(values)
        return self.symbols(names)

    def written_aside(self, values: A) -> A:
        """Values that are defined where they are written once, though no output is made of them."""
        return values

    # -- what a person would name or call by name
    def name(self, values: A, base: str, present: Present | None = None) -> A:
        """Mark values that a person would name; the layered form stops here.

        Those that are not `present` are not there for anybody to see.
        """
        return values

    def softmax(self, values: A, present: Present | None = None) -> A:
        """`exp(z)/Σ exp(z)` along the last axis, over what is present."""
        powers = self.call("exp", values)
        return self.divide(powers, self.total(powers, present))

    def apply(self, function: str, values: A, *constants: float) -> A:
        """An activation: a function of the table, or its expansion where that is asked for."""
        row = FUNCTIONS[function]
        operands = [self.constant(value) for value in constants]
        if row.expansion is None or not (row.vector or self.expand):
            return self.call(function, values, *operands)
        if row.repeats:
            values = self.name(values, "z")
        expanded: A = row.expansion(self, values, *operands)
        return expanded


class ByMatrices(Ops[A]):
    """A reading that contracts by products of matrices."""

    def contract(
        self,
        weights: A,
        values: A,
        bias: A | None = None,
        present: Present | None = None,
        axes: int = 1,
    ) -> A:
        """As ever; zeros stand for what is not present, on the side that it depends on."""
        if present is not None and present.shape[-axes - 1] == 1:
            values = self.kept(values, np.squeeze(present, -axes - 1))
        elif present is not None:
            weights = self.kept(weights, np.squeeze(present, -axes - 2))
        if axes > 1:
            weights, values = (self.reshape(each, axes, (-1,)) for each in (weights, values))
        total = self.products(weights, values)
        return total if bias is None else self.biased(total, bias)

    def biased(self, total: A, bias: A) -> A:
        """The sum of what was just computed with a bias."""
        return self.add(total, bias)

    @abstractmethod
    def products(self, weights: A, values: A) -> A:
        """`Σ_j weights[i, j]*values[…, j]`, shape (…, i).

        Weights (*b, i, j) are one matrix for each place, with values (…, *b, n, j).
        """

    @abstractmethod
    def kept(self, values: A, present: Present) -> A:
        """The values with zeros where nothing is present; what is only bounded may stay."""


class WholeOps(ByMatrices[A]):
    """A reading of which an element is a whole array; `multiply` is element by element.

    Layers write with these what they are in matrices, where the arithmetic of elements says less
    than a name.
    """

    whole = True

    @abstractmethod
    def operator(self, word: str, *operands: A, index: str = "") -> A:
        """A function of arrays by its word, which may have an index: maxpool of 2x2."""

    @abstractmethod
    def scale(self, number: A, values: A) -> A:
        """A number times an array."""

    @abstractmethod
    def matmul(self, left: A, right: A) -> A:
        """A product of matrices; on the right may stand a vector."""

    def products(self, weights: A, values: A) -> A:
        return self.matmul(weights, values)

    def kept(self, values: A, present: Present) -> A:
        return values  # a letter stands for the array, whatever is missing in it

    @abstractmethod
    def dot(self, left: A, right: A) -> A:
        """The inner product of two vectors."""

    @abstractmethod
    def flipped(self, value: A) -> A:
        """A matrix with rows and columns exchanged."""

    @abstractmethod
    def convolve(self, weights: A, values: A, index: str = "") -> A:
        """A convolution; `index` says what is not usual, as its stride."""

    def rows(self, values: A, weights: A, bias: A | None = None) -> A:
        """`X Wᵀ + b`: an affine map of every row."""
        product = self.matmul(values, self.flipped(weights))
        return product if bias is None else self.add(product, bias)

    def channelwise(self, values: A) -> A:
        """A vector with a number for every channel, next to an array whose first axis they are."""
        return self.operator("channelwise", values)
