"""A piecewise-linear circuit of several variables, cell by cell, exactly.

A sum is affine where all of its kinks have a side. Kinks are given their sides one by one, each of
which is a product of no more than what was read before; a cell is cut only by a kink that has both
sides in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol, Self

import flint

from netsym.pieces.circuit import Circuit, Sum, add_to

#: The coefficients of an affine function (flint.fmpq), the constant last.
Row = Sequence[Any]


BUDGET = 10_000  # pieces


class BudgetSpent(Exception):
    """There are more cells than the budget allows."""


class Cell(Protocol):
    """An open convex set that is not empty."""

    @property
    def effort(self) -> int:
        """How many more pieces of the budget it takes to ask for its parts."""

    def parts(self, row: Row) -> list[tuple[Self, int]]:
        """The parts where an affine function is positive, and negative, with the sign.

        It is itself the one part if the function has one sign.
        """

    def points(self) -> Iterator[Sequence[Any]]:
        """Points of it, rational, by which an affine function is known."""


@dataclass(frozen=True, slots=True)
class Part:
    """A cell, what the circuit's sums are there, and the signs of the kinks that have one.

    `cuts` are the kinks that had both signs where they were given one, in order.
    """

    cell: Any
    sums: list[Sum]
    signs: Mapping[int, int] = field(default_factory=dict)
    cuts: tuple[int, ...] = ()


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

    def leaves(
        self, starts: Iterable[Cell], choose: Callable[[Part], int | None]
    ) -> Iterator[Part]:
        """The parts of some cells in which `choose`, asked for a kink to decide, has none.

        It may choose only those whose operand is affine. Raises `BudgetSpent`.
        """
        waiting = [Part(cell, self.circuit.sums) for cell in starts]
        while waiting:
            part = waiting.pop()
            while (atom := choose(part)) is not None:
                self.spent += part.cell.effort
                if self.spent + len(waiting) >= self.budget:
                    raise BudgetSpent
                part, *others = self._decided(part, atom)
                waiting += others
            self.count += 1
            self.spent += 1
            if self.spent + len(waiting) > self.budget:
                raise BudgetSpent
            yield part

    def _decided(self, part: Part, atom: int) -> list[Part]:
        """The one or two parts in which a kink has a side."""
        row = self.row(part.sums[self.circuit.atoms[atom].operands[0]])
        if not any(row[:-1]):
            sign = (row[-1] > 0) - (row[-1] < 0)
            return [self._on_side(part, atom, sign)]
        cells = part.cell.parts(row)
        cuts = (*part.cuts, atom) if len(cells) > 1 else part.cuts
        return [
            self._on_side(replace(part, cell=cell, cuts=cuts), atom, sign) for cell, sign in cells
        ]

    def _on_side(self, part: Part, atom: int, sign: int) -> Part:
        operand = part.sums[self.circuit.atoms[atom].operands[0]]
        sums = list(part.sums)
        for place in self._within.get(atom, ()):
            changed = dict(sums[place])
            add_to(changed, operand, sign * changed.pop(atom))
            sums[place] = changed
        return replace(part, sums=sums, signs={**part.signs, atom: sign})

    def row(self, value: Sum) -> Row:
        """An affine sum as a row."""
        zero = flint.fmpq(0)
        return [*(value.get(atom, zero) for atom in self.variables), value.get(0, zero)]
