"""The `pieces` reading: an element is the affine function that holds around a point or in a cell.

max, min and abs, and the activations that are written by them, are affine on each side of their
kinks. Which side is read is asked for, and recorded with the kink.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from copy import copy
from dataclasses import dataclass
from fractions import Fraction

import flint
import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS
from netsym.ops.affine.affine import Affine, Array, Map, NotAffine
from netsym.ops.arrays import filled
from netsym.ops.proved.rationals import Exact

Signs = npt.NDArray[np.int8]

#: On which side of zero affine forms are, (units, inputs + 1) -> (units,): 1, -1, or 0 for neither.
Sides = Callable[[Array], Signs]


@dataclass(frozen=True, slots=True, eq=False)
class Kinks:
    """Where the elements of one max, min or abs bend, and the side that was read.

    `forms` (units, inputs + 1), coefficients and the constant last, are positive where an element
    is active: where it is its second operand, or for abs its operand itself. So a relu's are its
    pre-activations. `sides` (units,) are 1 for active, -1 for not, and 0 where an earlier kink of
    the same activation says so already. `function` is the activation, or else max, min or abs.
    """

    layer: int
    function: str
    forms: Array
    sides: Signs


class Undecided(Exception):
    """Some forms are on neither side of zero: those of `kinks` whose side is 0."""

    def __init__(self, kinks: Kinks) -> None:
        super().__init__(f"{kinks.function} of layer {kinks.layer}")
        self.kinks = kinks


class Pieces(Affine):
    """Reads one affine piece; `sides` decides at each kink, and `kinks` collects what it said.

    Raises `Undecided` where it says neither, and `NotAffine` for functions without pieces.
    """

    def __init__(self, base: Exact, inputs: int, sides: Sides) -> None:
        super().__init__(base, inputs)
        self.sides = sides
        self.kinks: list[Kinks] = []
        self._activation = ""
        self._known: list[Kinks] | None = None  # of the same activation

    def apply(self, function: str, values: Map, *constants: float) -> Map:
        within = copy(self)
        within._activation, within._known = function, []
        return super(Pieces, within).apply(function, values, *constants)

    def nonlinear(self, function: str, *operands: Map) -> Map:
        row = FUNCTIONS[function]
        if row.piecewise and row.expansion is not None:
            expanded: Map = row.expansion(self, *operands)
            return expanded
        if not row.kinked:
            raise NotAffine(function)
        result = operands[0]
        if function == "abs":
            return self._bent(function, result, result, self.negate(result))
        for operand in operands[1:]:
            above = self.add(operand, self.negate(result))
            form = above if function == "max" else self.negate(above)
            result = self._bent(function, form, operand, result)
        return result

    def _bent(self, function: str, form: Map, active: Map, other: Map) -> Map:
        """`active` where the form is positive, else `other`."""
        forms = self.rows(form)
        sides = self.sides(forms)
        kinks = Kinks(self.place.layer, self._activation or function, forms, sides)
        varies = (forms[:, :-1] != 0).any(axis=1)
        if bool((varies & (sides == 0)).any()):
            raise Undecided(kinks)
        taken = (sides > 0).reshape(form.shape)
        self._record(Kinks(kinks.layer, kinks.function, forms, np.where(taken.ravel(), 1, -1)))
        parts = [
            (self._value(each), self._aligned(self.full(each), len(form.shape)))
            for each in (active, other)
        ]
        constant, matrix = (np.where(taken, *both) for both in zip(*parts, strict=True))
        return Map(form.shape, constant, matrix)

    def _record(self, kinks: Kinks) -> None:
        known = [] if self._known is None else self._known
        for earlier in known:
            if earlier.forms.shape == kinks.forms.shape:
                same = [
                    (earlier.forms == forms).all(axis=1) for forms in (kinks.forms, -kinks.forms)
                ]
                kinks.sides[same[0] | same[1]] = 0
        known.append(kinks)
        self.kinks.append(kinks)

    def rows(self, values: Map) -> Array:
        """The affine functions as rows (elements, inputs + 1), the constants last."""
        matrix = self._aligned(self.full(values), len(values.shape))
        matrix = np.broadcast_to(matrix, (self.inputs, *values.shape)).reshape(self.inputs, -1)
        constants = np.broadcast_to(self._value(values), values.shape).reshape(1, -1)
        return np.concatenate([matrix, constants]).T


def products(forms: Array, points: Sequence[Sequence[Fraction | int]]) -> Array:
    """The values of affine forms (units, inputs + 1) at points, (units, points).

    Points have one coordinate more than there are inputs: 1, or 0 for a direction.
    """
    units, coordinates = forms.shape
    matrix = flint.fmpq_mat(units, coordinates, forms.reshape(-1).tolist())
    flat = [
        flint.fmpq(x.numerator, x.denominator) for row in zip(*points, strict=True) for x in row
    ]
    entries = (matrix * flint.fmpq_mat(coordinates, len(points), flat)).entries()
    return filled(iter(entries), (len(forms), len(points)))


def signs(forms: Array, points: Sequence[Sequence[Fraction | int]]) -> Signs:
    """The signs of affine forms at points, as `products` takes them."""
    numbers = [int(value.p) for value in products(forms, points).reshape(-1).tolist()]
    found = [(number > 0) - (number < 0) for number in numbers]
    return np.array(found, dtype=np.int8).reshape(len(forms), len(points))


def near(point: Sequence[Fraction], directions: Iterable[Sequence[int]] = ()) -> Sides:
    """Sides at a point; where a form is zero, a step in the first direction that changes it.

    Steps are infinitely small, each against the one before, so with a basis of directions this is
    one point beside the given one.
    """
    columns: list[Sequence[Fraction | int]] = [(*point, 1)]
    columns += [(*direction, 0) for direction in directions]

    def sides(forms: Array) -> Signs:
        found = signs(forms, columns)
        first = (found != 0).argmax(axis=1)
        decided: Signs = found[np.arange(len(found)), first]
        return decided

    return sides
