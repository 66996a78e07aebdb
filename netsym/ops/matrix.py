"""The `matrix` reading: an element is a whole array, written as one letter: W, b, x, a.

It is the symbolic reading with every array as one node, so the layered form of a network becomes
`a^{[1]} = σ(W^{[1]} x + b^{[1]})`. `shapes` collects what each letter stands for.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.array_operations import coded
from netsym.graph.graph import Ids
from netsym.graph.names import Names, Several
from netsym.ops import Present, WholeOps
from netsym.ops.parameters import Parameter
from netsym.ops.symbolic import Symbolic


class Matrix(WholeOps[Ids], Symbolic):
    """Node ids of shape (); functions apply to whole arrays."""

    def __init__(self) -> None:
        super().__init__(once=True)
        self.shapes: list[tuple[Names, tuple[int, ...]]] = []
        self.parameters: dict[Names, Parameter] = {}  # by letter
        self._known: dict[Names, Ids] = {}

    def _letter(self, names: Names) -> Ids:
        """A matrix is a capital, as X of x and Wq of wq; a word of the person stays as it is."""
        base = names.base
        if len(names.shape) > 1 and (names.layer is not None or len(base) == 1):
            base = base[:1].upper() + base[1:]
        letter = Names(base, names.layer, at=names.at)
        if letter not in self._known:
            self.shapes.append((letter, names.shape or (1,)))
            self._known[letter] = self.graph.symbols(letter).reshape(())
        return self._known[letter]

    def node(self, letter: Names) -> int:
        """The node of a letter in `shapes`."""
        return int(self._known[letter])

    def symbols(self, names: Names) -> Ids:
        if isinstance(names, Several) or not len(names):  # layers take apart what has no one letter
            return self.graph.symbols(Names("x")).reshape(())
        return self._letter(Names(names.base or "x", names.layer, names.shape, at=names.at))

    def parameter(self, parameter: Parameter) -> Ids:
        letter = self._letter(parameter.names)
        self.parameters[self.graph.symbol(int(letter))[0]] = parameter
        return letter

    def multiply(self, *factors: Ids) -> Ids:
        return self._elementwise("hadamard", factors)

    # -- what layers write where the arithmetic of elements says less than a name
    def operator(self, word: str, *operands: Ids, index: str = "") -> Ids:
        return self._elementwise(coded(word, index), operands)

    def scale(self, number: Ids, values: Ids) -> Ids:
        return self._elementwise("scale", (number, values))

    def matmul(self, left: Ids, right: Ids) -> Ids:
        return self._elementwise("matmul", (left, right))

    def dot(self, left: Ids, right: Ids) -> Ids:
        return self._elementwise("dot", (left, right))

    def flipped(self, value: Ids) -> Ids:
        return self._elementwise("transpose", (value,))

    def convolve(self, weights: Ids, values: Ids, index: str = "") -> Ids:
        return self._elementwise(coded("convolve", index), (weights, values))

    def concatenate(self, arrays: Sequence[Ids], axis: int = -1) -> Ids:
        """Vectors, and what is joined along the first axis, one below another."""
        axes = len(self.place.shapes[0])
        indices = {1: "", 2: "rows" if axis == -2 else "columns"}
        return self.operator(
            "concatenate", *arrays, index=indices.get(axes, f"axis {1 + axes + axis}")
        )

    def weighted(self, products: Sequence[tuple[Ids, Ids]], *terms: Ids) -> Ids:
        every = [*(self.matmul(matrix, vector) for matrix, vector in products), *terms]
        return self.add(*every) if len(every) > 1 else every[0]

    def steps(
        self,
        cell: Callable[..., tuple[Ids, ...]],
        values: Ids,
        state: Sequence[Ids],
        letters: Mapping[str, int],
        backward: bool = False,
        every: bool = False,
    ) -> Ids:
        """One step t, which stands for all of them."""
        layer, length = self.place.layer, self.place.length
        x = values if length else self.operator("row", values, index="t")
        at = "t+1" if backward else "t-1"
        before = [self._state(Names(letter, layer, at=at)) for letter in letters]
        after = cell(self.at(replace(self.place, step=(0, 1))), x, *before)
        if every and length:
            return after[0]
        letter = next(iter(letters))
        if every:  # the states of all steps, whose rows are those at t
            return self.at_step(Names(letter.upper(), layer), after[0])
        end = "1" if backward else str(length or "T")
        return self.at_step(Names(letter, layer, at=end), after[0])

    def at_step(self, names: Names, values: Ids) -> Ids:
        self.written_aside(values)
        return self._state(names)

    def _state(self, names: Names) -> Ids:
        """A state at another step; its shape is that of what is defined."""
        return self.graph.symbols(names).reshape(())

    def total(self, values: Ids, present: Present | None = None) -> Ids:
        raise NotImplementedError  # only expansions use it, and arrays are never expanded

    def arranged(self, values: Ids, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]) -> Ids:
        return values  # a letter stands for the array in whatever shape

    def take(self, values: Ids, positions: npt.NDArray[Any], axis: int = -1) -> Ids:
        raise NotImplementedError  # only formulas are read with it, and a letter is no array

    def name(self, values: Ids, base: str, present: Present | None = None) -> Ids:
        at = "" if self.place.step is None else "t"
        return self.graph.name(np.asarray(values), Names(base, self.place.layer, at=at))

    def apply(self, function: str, values: Ids, *constants: float) -> Ids:
        """A function of the table, by its name; never its expansion."""
        return self.call(function, values, *(self.constant(value) for value in constants))
