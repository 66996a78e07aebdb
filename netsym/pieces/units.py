"""The `circuit` reading: an element is a sum of a circuit, and where units bend is collected."""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.affine.affine import NotAffine
from netsym.ops.affine.affine_pieces import Signs
from netsym.ops.arrays import Elements, Objects, at_each_place, filled
from netsym.ops.proved.rationals import Rationals
from netsym.pieces.circuit import Circuit, Sum, is_constant, number


@dataclass(frozen=True, eq=False)
class Bends:
    """Where the units of one max, min or abs of an activation bend.

    A unit is active where a factor times the operand of an atom |operand| is positive: `factors`
    (units,) and `kinks` (units,). For what bends nowhere it is the atom 0, the number 1. Those not
    `told` have an earlier one of the same activation that says the same.
    """

    layer: int
    function: str
    kinks: npt.NDArray[np.int64]
    factors: tuple[Any, ...]
    told: Signs

    @cached_property
    def _active(self) -> Signs:
        """The signs of the operands where the units are active; 2 for those that never are."""
        return np.array([((f > 0) - (f < 0)) or 2 for f in self.factors], dtype=np.int8)

    def active(self, signs: Signs) -> npt.NDArray[np.bool_]:
        """Which units are active, or not told, by the signs of operands."""
        active: npt.NDArray[np.bool_] = (signs[self.kinks] == self._active) | (self.told == 0)
        return active


class Units(Elements, ByMatrices[Objects]):
    """Reads a network with numbers into a circuit; `bends` collects its kinks.

    Raises `NotAffine` for what is not made of affine pieces.
    """

    def __init__(self, circuit: Circuit) -> None:
        self.circuit = circuit
        self.bends: list[Bends] = []
        self._activation = ""
        self._earlier: list[list[Sum]] = []  # what is positive, in the same activation

    def number(self, value: float | Fraction) -> Sum:
        return self.circuit.constant(value)

    def symbols(self, names: Names) -> Objects:
        return filled(map(self.circuit.named, names.all()), (len(names),))

    def inputs(self, count: int) -> Objects:
        """The inputs; shape (count,)."""
        return filled((self.circuit.variable("input", n) for n in range(count)), (count,))

    # -- arithmetic, element by element
    def add(self, *terms: Objects) -> Objects:
        return self.each(self.circuit.add, *terms)

    def negate(self, value: Objects) -> Objects:
        return self.each(self.circuit.negate, value)

    def multiply(self, *factors: Objects) -> Objects:
        return self.each(self._product, *factors)

    def _product(self, *factors: Sum) -> Sum:
        if sum(not is_constant(factor) for factor in factors) > 1:
            raise NotAffine("a product")
        return self.circuit.multiply(*factors)

    def divide(self, numerator: Objects, denominator: Objects) -> Objects:
        return self.each(self._quotient, numerator, denominator)

    def _quotient(self, numerator: Sum, denominator: Sum) -> Sum:
        if not is_constant(denominator):
            raise NotAffine("a quotient")
        return self.circuit.divide(numerator, denominator)

    def power(self, base: Objects, exponent: int) -> Objects:
        return self.each(lambda value: self._power(value, exponent), base)

    def _power(self, base: Sum, exponent: int) -> Sum:
        if exponent != 1 and not is_constant(base):
            raise NotAffine("a power")
        return self.circuit.power(base, exponent)

    # -- functions
    def apply(self, function: str, values: Objects, *constants: float) -> Objects:
        within = copy(self)
        within._activation, within._earlier = function, []
        return super(Units, within).apply(function, values, *constants)

    def call(self, function: str, *operands: Objects) -> Objects:
        row = FUNCTIONS[function]
        if row.piecewise and row.expansion is not None:
            expanded: Objects = row.expansion(self, *operands)
            return expanded
        if not row.kinked:
            every = (each for operand in operands for each in operand.reshape(-1).tolist())
            if function not in Rationals.functions or not all(map(is_constant, every)):
                raise NotAffine(function)
            return self.each(lambda *values: self.circuit.call(function, *values), *operands)
        result = operands[0]
        if function == "abs":
            return self._bent(function, result, self.each(self.circuit.absolute, result))
        for operand in operands[1:]:
            above = self.add(operand, self.negate(result))
            form = above if function == "max" else self.negate(above)
            values = self.each(lambda *pair: self.circuit.call(function, *pair), result, operand)
            result = self._bent(function, form, values)
        return result

    def _bent(self, function: str, forms: Objects, values: Objects) -> Objects:
        """The values, when it is recorded which forms are positive where units are active."""
        positive: list[Sum] = forms.reshape(-1).tolist()
        kinks = [self.circuit.kink(form) for form in positive]
        told = np.ones(len(positive), dtype=np.int8)
        for earlier in self._earlier:
            if len(earlier) == len(positive):
                pairs = zip(earlier, positive, strict=True)
                told[[a in (b, self.circuit.negate(b)) for a, b in pairs]] = 0
        self._earlier.append(positive)
        self.bends.append(
            Bends(
                self.place.layer, self._activation or function,
                np.array([kink for kink, _ in kinks], dtype=np.int64),
                tuple(factor for _, factor in kinks), told,
            )
        )  # fmt: skip
        return values

    # -- along axes
    def products(self, weights: Objects, values: Objects) -> Objects:
        return at_each_place(self._products, weights, values)

    def _products(self, weights: Objects, values: Objects) -> Objects:
        numbers = [[self._weight(each) for each in row] for row in weights.tolist()]
        flat = values.reshape(-1, weights.shape[1]).tolist()
        sums = (
            self.circuit.combined(zip(row, terms, strict=True)) for terms in flat for row in numbers
        )
        return filled(sums, (*values.shape[:-1], len(weights)))

    def _weight(self, value: Sum) -> Any:
        if not is_constant(value):
            raise NotAffine("a product")
        return number(value)

    def total(self, values: Objects, present: Present | None = None) -> Objects:
        every = values if present is None else self.kept(values, present)
        rows = every.reshape(-1, every.shape[-1]).tolist()
        return filled((self.circuit.add(*row) for row in rows), (*every.shape[:-1], 1))
