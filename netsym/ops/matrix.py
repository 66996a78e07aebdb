"""The `matrix` reading: an element is a whole array, written as one letter: W, b, x, a.

It is the symbolic reading with every array as one node, so the layered form of a network becomes
`a^{[1]} = σ(W^{[1]} x + b^{[1]})`. `shapes` collects what each letter stands for.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.formula.graph import Ids
from netsym.formula.names import Names
from netsym.ops.parameters import Parameter
from netsym.ops.symbolic import Symbolic


class Matrix(Symbolic):
    """Node ids of shape (); functions apply to whole arrays."""

    whole = True

    def __init__(self) -> None:
        super().__init__()
        self.shapes: list[tuple[Names, tuple[int, ...]]] = []

    def _letter(self, names: Names) -> Ids:
        base = names.base.upper() if len(names.shape) > 1 else names.base
        letter = Names(base, names.layer)
        self.shapes.append((letter, names.shape or (1,)))
        return self.graph.symbols(letter).reshape(())

    def symbols(self, names: Names) -> Ids:
        return self._letter(Names(names.base or "x", names.layer, names.shape))

    def parameter(self, parameter: Parameter) -> Ids:
        return self._letter(parameter.names)

    def multiply(self, *factors: Ids) -> Ids:
        return self._elementwise("elementwise", factors)

    def contract(self, weights: Ids, values: Ids, bias: Ids | None) -> Ids:
        product = self._elementwise("multiply", (weights, values))
        return product if bias is None else self.add(product, bias)

    def concatenate(self, arrays: Sequence[Ids]) -> Ids:
        return self._elementwise("concatenate", arrays)

    def total(self, values: Ids) -> Ids:
        raise NotImplementedError  # only expansions use it, and arrays are never expanded

    def take(self, values: Ids, positions: npt.NDArray[Any]) -> Ids:
        raise NotImplementedError  # only formulas are read with it, and a letter is no array

    def name(self, values: Ids, base: str) -> Ids:
        return self.graph.name(np.asarray(values), Names(base, self.layer))

    def apply(self, function: str, values: Ids, *constants: float) -> Ids:
        """A function of the table, by its name; never its expansion."""
        return self.call(function, values, *(self.constant(value) for value in constants))
