"""A piecewise-linear circuit of several variables, cell by cell, exactly.

A sum is affine where all of its kinks have a side. Kinks are given their sides a few at once, each
of which is a product of no more than what was read before; a cell is cut only by a kink that has
both sides in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol, Self

import flint

from netsym.pieces.circuit import Circuit, Sum, number
from netsym.pieces.redundancy import Vector, over_one

#: The coefficients of an affine function (flint.fmpq), the constant last.
Row = Sequence[Any]


ENTRIES = 5_000  # that are computed while a piece is looked at
_ZERO = flint.fmpq(0)


class BudgetSpent(Exception):
    """There are more cells than the budget allows."""


class Cell(Protocol):
    """An open convex set that is not empty, where some affine functions are positive."""

    @property
    def effort(self) -> int:
        """How many more pieces of the budget it takes to ask for its parts."""

    def parts(self, form: Sequence[int]) -> list[tuple[Self, int]]:
        """The parts where one more function is positive, and negative, with the sign.

        It is itself the one part if the function has one sign.
        """

    @property
    def facets(self) -> list[int]:
        """The functions that are needed, by number: those that do not follow from the others."""

    def points(self) -> Iterator[Vector]:
        """Points of it by which an affine function is known."""


@dataclass(frozen=True, slots=True, eq=False)
class Cut:
    """The operand of a kink where it is affine: whole numbers over one."""

    atom: int
    form: Vector
    below: int


@dataclass(frozen=True, slots=True)
class Part:
    """A cell, what the circuit's sums are there, and the signs of the kinks that have one.

    `cuts` are the kinks that had both signs where they were given one, in order.
    """

    cell: Any
    sums: list[Sum]
    signs: Mapping[int, int] = field(default_factory=dict)
    cuts: tuple[Cut, ...] = ()


class Cells:
    """Walks through the cells; `variables` are atoms of the circuit, in the order of rows.

    `count` is how many leaves there were so far, `spent` how much of the budget they took.
    """

    def __init__(self, circuit: Circuit, variables: Sequence[int], budget: int) -> None:
        self.circuit = circuit
        self.variables = variables
        self.budget = budget
        self.count = self.spent = 0
        self._within: dict[int, list[int]] = {}
        for place, each in enumerate(circuit.sums):
            for atom in each:
                self._within.setdefault(atom, []).append(place)

    def leaves(self, start: Cell, choose: Callable[[Part], Sequence[int]]) -> Iterator[Part]:
        """The parts of a cell in which `choose`, asked for kinks to decide, has none.

        It may choose only those whose operands are affine. Raises `BudgetSpent`.
        """
        waiting = [Part(start, self.circuit.sums)]
        while waiting:
            part = waiting.pop()
            while atoms := choose(part):
                part, *others = self._decided(part, atoms, len(waiting))
                waiting += others
            self.count += 1
            self._spend(1, len(waiting))
            yield part

    def _spend(self, effort: int, waiting: int) -> None:
        self.spent += effort
        if self.spent + waiting > self.budget:
            raise BudgetSpent

    def _decided(self, part: Part, atoms: Sequence[int], waiting: int) -> list[Part]:
        """The parts in which each of some kinks has a side."""
        kinks = [
            Cut(atom, *over_one(self.row(part.sums[self.circuit.atoms[atom].operands[0]])))
            for atom in atoms
        ]
        found: list[tuple[Any, tuple[int, ...], tuple[Cut, ...]]] = [(part.cell, (), part.cuts)]
        for kink in kinks:
            constant = kink.form[-1]
            if not any(kink.form[:-1]):
                sign = (constant > 0) - (constant < 0)
                found = [(cell, (*signs, sign), cuts) for cell, signs, cuts in found]
                continue
            cells, found = found, []
            for cell, signs, cuts in cells:
                self._spend(cell.effort, waiting + len(cells))
                parts = cell.parts(kink.form)
                more = (*cuts, kink) if len(parts) > 1 else cuts
                found += [(each, (*signs, sign), more) for each, sign in parts]
        sides = self._on_sides(part, kinks, [signs for _, signs, _ in found])
        return [
            Part(cell, sums, {**part.signs, **dict(zip(atoms, signs, strict=True))}, cuts)
            for (cell, signs, cuts), sums in zip(found, sides, strict=True)
        ]

    def _on_sides(
        self, part: Part, kinks: Sequence[Cut], sides: Sequence[Sequence[int]]
    ) -> Iterator[list[Sum]]:
        """The sums where kinks have these signs, or others, one after another."""
        affine = [*self.variables, 0]
        gone = {*affine, *(kink.atom for kink in kinks)}
        found = sorted({place for kink in kinks for place in self._within.get(kink.atom, ())})
        kept, scales = [], []
        rows: list[int] = []
        for place in found:
            known = part.sums[place]
            kept.append({atom: by for atom, by in known.items() if atom not in gone})
            slopes = (known.get(kink.atom, _ZERO) / kink.below for kink in kinks)
            row, below = over_one([*slopes, *self.row(known)])
            rows += row
            scales.append(flint.fmpq(1, below))
        width, height = len(affine), len(kinks) + len(affine)
        slopes_and_rest = flint.fmpz_mat(len(found), height, rows)
        unit = [int(one == other) for one in affine for other in affine]
        for signs in sides:
            signed = [sign * x for sign, kink in zip(signs, kinks, strict=True) for x in kink.form]
            numbers = (slopes_and_rest * flint.fmpz_mat(height, width, signed + unit)).tolist()
            sums = list(part.sums)
            for place, scale, rest, above in zip(found, scales, kept, numbers, strict=True):
                now = {atom: x * scale for atom, x in zip(affine, above, strict=True) if x}
                sums[place] = now | rest
            yield sums

    def row(self, value: Sum) -> Row:
        """An affine sum as a row."""
        return [*(value.get(atom, _ZERO) for atom in self.variables), number(value)]
