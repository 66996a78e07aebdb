"""A piecewise-linear circuit of several variables, cell by cell, exactly.

A sum is affine where all of its kinks have a side. Kinks are given their sides a few at once, each
of which is a product of no more than what was read before; a cell is cut only by a kink that has
both sides in it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from operator import add, sub
from typing import Any, NamedTuple, Protocol, Self

import flint

from netsym.pieces.circuit import Circuit, Sum, number
from netsym.pieces.hyperplane import Hyperplane
from netsym.pieces.redundancy import Vector, over_one

ENTRIES = 5_000  # that are computed while a piece is looked at
_ZERO = flint.fmpq(0)


class BudgetSpent(Exception):
    """There are more cells than the budget allows."""


class Cell(Protocol):
    """An open convex set that is not empty, where some affine functions are positive."""

    @property
    def effort(self) -> int:
        """How many more pieces of the budget it takes to ask for its parts."""

    def parts(self, plane: Hyperplane) -> list[tuple[Self, int]]:
        """The parts where one more function is positive, and negative, with the sign.

        It is itself the one part if the function has one sign.
        """

    @property
    def facets(self) -> list[int]:
        """The functions that are needed, by number: those that do not follow from the others."""

    def points(self) -> Iterator[Vector]:
        """Points of it by which an affine function is known."""


class Bent(NamedTuple):
    """A sum on a cell: an affine function and the kinks that have no side yet.

    `form` are whole numbers over one, `below`, in lowest terms, the constant last. `kinks` are
    atoms with their factors (flint.fmpq).
    """

    form: Vector
    below: int
    kinks: Sum


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
    sums: Sequence[Bent]
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
        waiting = [Part(start, list(map(self._everywhere, self.circuit.sums)))]
        while waiting:
            part = waiting.pop()
            while atoms := choose(part):
                part, *others = self._decided(part, atoms, len(waiting))
                waiting += others
            self.count += 1
            self._spend(1, len(waiting))
            yield part

    def _everywhere(self, value: Sum) -> Bent:
        """A sum where no kink has a side."""
        row = [*(value.get(atom, _ZERO) for atom in self.variables), number(value)]
        affine = {0, *self.variables}
        return Bent(*over_one(row), {a: by for a, by in value.items() if a not in affine})

    def _spend(self, effort: int, waiting: int) -> None:
        self.spent += effort
        if self.spent + waiting > self.budget:
            raise BudgetSpent

    def _decided(self, part: Part, atoms: Sequence[int], waiting: int) -> list[Part]:
        """The parts in which each of some kinks has a side."""
        operands = [part.sums[self.circuit.atoms[atom].operands[0]] for atom in atoms]
        kinks = [
            Cut(atom, each.form, each.below) for atom, each in zip(atoms, operands, strict=True)
        ]
        places = sorted({place for atom in atoms for place in self._within.get(atom, ())})
        turn = _Turn({place: part.sums[place] for place in places}, kinks)
        found: list[tuple[Any, Sequence[int], tuple[int, ...], tuple[Cut, ...]]]
        found = [(part.cell, turn.rows, (), part.cuts)]
        for kink, step in zip(kinks, turn.steps, strict=True):
            plane = Hyperplane(kink.form)
            cells, found = found, []
            for cell, rows, signs, cuts in cells:
                parts = self._parts(cell, plane, waiting + len(cells))
                more = (*cuts, kink) if len(parts) > 1 else cuts
                found += [
                    (each, _stepped(rows, step, sign), (*signs, sign), more) for each, sign in parts
                ]
        return [
            Part(
                cell, turn.sums(part.sums, rows),
                {**part.signs, **dict(zip(atoms, signs, strict=True))}, cuts,
            )
            for cell, rows, signs, cuts in found
        ]  # fmt: skip

    def _parts(self, cell: Cell, plane: Hyperplane, waiting: int) -> list[tuple[Cell, int]]:
        """The parts of a cell with the signs of an affine function, which may be a number."""
        *slopes, constant = plane.form
        if not any(slopes):
            return [(cell, (constant > 0) - (constant < 0))]
        self._spend(cell.effort, waiting)
        return cell.parts(plane)


class _Turn:
    """What some sums become where kinks get their sides; `sums` are those, by their places.

    Their affine functions are kept end to end: they are `rows` without these kinks, and each kink
    adds one of `steps` where its operand is positive, or takes it away where it is negative.
    """

    def __init__(self, sums: Mapping[int, Bent], kinks: Sequence[Cut]) -> None:
        self.rows: list[int] = []
        self.steps: list[list[int]] = [[] for _ in kinks]
        self._rest: list[tuple[int, int, Sum]] = []
        turned = {kink.atom for kink in kinks}
        for place, (form, below, known) in sums.items():
            slopes, under = over_one([known.get(kink.atom, _ZERO) / kink.below for kink in kinks])
            common = math.lcm(below, under)
            self.rows += [x * (common // below) for x in form]
            for slope, kink, step in zip(slopes, kinks, self.steps, strict=True):
                factor = slope * (common // under)
                step += [factor * x for x in kink.form]
            rest = {atom: by for atom, by in known.items() if atom not in turned}
            self._rest.append((place, common, rest))

    def sums(self, before: Sequence[Bent], rows: Sequence[int]) -> list[Bent]:
        """All sums where the affine functions of these became `rows`."""
        found = list(before)
        start = 0
        for place, below, rest in self._rest:
            stop = start + len(before[place].form)
            form = rows[start:stop]
            start = stop
            shared = math.gcd(below, *form)
            found[place] = Bent(tuple([x // shared for x in form]), below // shared, rest)
        return found


def _stepped(rows: Sequence[int], step: Sequence[int], sign: int) -> Sequence[int]:
    return list(map(add if sign > 0 else sub, rows, step)) if sign else rows
