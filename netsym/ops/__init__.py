"""What the arithmetic means: the operations that layers are written with. A file per reading.

A layer calls `ops`; a reading decides what an array element is: a float64 (`numeric`), a node of
the expression graph (`symbolic`), a count of nodes (`sizes`), or a whole array (`matrix`).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from fractions import Fraction
from typing import Any, Generic, TypeVar

import numpy.typing as npt

from netsym.formula.forms import Formula
from netsym.formula.functions import FUNCTIONS
from netsym.formula.names import Names
from netsym.ops.parameters import Parameter

A = TypeVar("A")


class Ops(ABC, Generic[A]):
    """The operations of one reading; `A` is its array, with NumPy's broadcasting.

    `expand` writes activations by elementary operations. `layer` is the number of the layer that
    is being read, for the names of its values.
    """

    expand: bool = False
    layer: int = 0
    whole: bool = False  # an element is a whole array, so a parameter is one letter

    # -- where values come from
    @abstractmethod
    def symbols(self, names: Names) -> A:
        """Values that are only named, such as inputs; shape (len(names),)."""

    @abstractmethod
    def parameter(self, parameter: Parameter) -> A:
        """A parameter array of a layer."""

    @abstractmethod
    def constant(self, value: float | Fraction) -> A:
        """A number; shape ()."""

    def copied(self, formula: Formula) -> A | None:
        """The outputs of a formula without inputs, node for node; None where that means nothing."""
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

    @abstractmethod
    def negate(self, value: A) -> A:
        """The value with the other sign."""

    @abstractmethod
    def call(self, function: str, *operands: A) -> A:
        """A function of the table, as it stands."""

    # -- along axes
    @abstractmethod
    def contract(self, weights: A, values: A, bias: A | None) -> A:
        """`Σ_j weights[i, j]*values[…, j] + bias[i]`, one sum with the bias last; shape (…, i)."""

    @abstractmethod
    def total(self, values: A) -> A:
        """The sum along the last axis, which stays with length 1."""

    @abstractmethod
    def concatenate(self, arrays: Sequence[A]) -> A:
        """The arrays one after another along the last axis; the axes before it broadcast."""

    @abstractmethod
    def take(self, values: A, positions: npt.NDArray[Any]) -> A:
        """Elements by their positions along the last axis, which becomes `positions.shape`."""

    # -- what a person would name or call by name
    @abstractmethod
    def name(self, values: A, base: str) -> A:
        """Mark values that a person would name; the layered form stops here."""

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
