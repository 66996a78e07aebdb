"""The pieces of a network, one after another, with their sides and their active units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any

import flint
import numpy as np

from netsym.network.network import Network
from netsym.pieces import polygons, polyhedra
from netsym.pieces.cells import BudgetSpent, Cell, Cells, Part
from netsym.pieces.circuit import Circuit
from netsym.pieces.line import Line
from netsym.pieces.piece import Box, Piece
from netsym.pieces.real_algebraic import between
from netsym.pieces.redundancy import irredundant
from netsym.pieces.region import Array, Point, activities, inequalities, read_by, rows_of
from netsym.pieces.units import Units
from netsym.writers.language import Watcher


class Listing:
    """The pieces of a network in a box, or everywhere, found one by one.

    `maps` has for each that was found its map, rows (outputs, inputs + 1), and points inside, as
    many as an affine function is known by. Raises `SpecError` for networks that are not piecewise
    linear, and on the way `BudgetSpent` for more pieces than the budget.
    """

    def __init__(self, network: Network, box: Box | None, budget: int, progress: Watcher) -> None:
        self.box = box
        self.budget = budget
        self.progress = progress
        self.circuit = Circuit()
        units = Units(self.circuit)
        inputs = units.inputs(len(network.input_names))
        outputs = np.broadcast_to(read_by(network, units, inputs), (len(network.output_names),))
        self.variables = [atom for each in inputs.tolist() for atom in each]
        self.ends = [self.circuit.place(each) for each in outputs.tolist()]
        self.bends = units.bends
        self.units: dict[int, tuple[int, str, int]] = {}  # the first that bends at an atom
        self.factors: dict[int, Any] = {}  # of its operand, in what bends
        for bends in units.bends:
            kinks = zip(bends.kinks.tolist(), bends.factors, strict=True)
            for number, (kink, factor) in enumerate(kinks, start=1):
                if kink and kink not in self.units:
                    self.units[kink] = bends.layer, bends.function, number
                    self.factors[kink] = abs(factor)
        self.operands = {kink: self.circuit.atoms[kink].operands[0] for kink in self.units}
        self.maps: list[tuple[Array, list[Point]]] = []

    def pieces(self) -> Iterator[Piece]:
        """Every piece."""
        dimensions = len(self.variables)
        if dimensions == 1:
            return self._on_the_line()
        return self._in_the_plane() if dimensions == 2 else self._in_space()

    # -- one input
    def _on_the_line(self) -> Iterator[Piece]:
        start, stop = (None, None) if self.box is None else self.box[0]
        sums = [*self.ends, *self.operands.values()]
        line = Line(self.circuit, self.variables[0], sums, self.units, _exact(start))
        signs = dict(line.signs)
        ends: list[int] = []
        while True:
            goes_on = line.high is not None and (stop is None or line.high < _exact(stop))
            low, high = line.low, line.high if goes_on else _exact(stop)
            sides = [*ends, *(line.bending() if goes_on else ())]
            rows = np.array([_row(line.values[place]) for place in self.ends], dtype=object)
            forms = {kink: _row(line.values[self.operands[kink]]) for kink in sorted(sides)}
            points: list[Point] = [(_fraction(x),) for x in islice(between(low, high), 2)]
            limits = [None if end is None else _fraction(end) for end in (low, high)]
            self.progress("looking for regions", len(self.maps) + 1, 0)
            yield self._piece(rows, forms, signs, points, *limits)
            if not goes_on:
                return
            bent = line.advance()
            signs.update((kink, line.signs[kink]) for kink in bent)
            ends = [kink for kink in bent if _is_zero(line.values[self.operands[kink]], line.low)]

    # -- two inputs
    def _in_the_plane(self) -> Iterator[Piece]:
        """A piece may be in several cells, since the plane begins as four."""
        starts = polygons.quadrants() if self.box is None else [polygons.rectangle(self.box)]
        found: dict[bytes, list[Part]] = {}
        for part in self._leaves(starts, len(starts) * self.budget):
            pattern = bytes(sign > 0 for sign in part.signs.values())
            found.setdefault(pattern, []).append(part)
            if len(found) > self.budget:
                raise BudgetSpent
        for parts in found.values():
            forms = {
                kink: row
                for kink, row in self._forms(parts[0], self.units).items()
                if any(part.cell.has_edge(row) for part in parts)
                and len({sign for start in starts for _, sign in start.parts(row)}) > 1
            }
            yield self._of_part(parts[0], forms)

    # -- any number of inputs
    def _in_space(self) -> Iterator[Piece]:
        start = (
            polyhedra.space(len(self.variables)) if self.box is None else polyhedra.box(self.box)
        )
        for part in self._leaves([start], self.budget):
            rows = part.cell.rows
            kept = irredundant(-rows[:, :-1], part.cell.slack)
            cuts = [place - len(start.rows) for place in kept if place >= len(start.rows)]
            forms = self._forms(part, sorted(part.cuts[place] for place in cuts))
            yield self._of_part(part, forms)

    # -- parts of the plane and of space
    def _leaves(self, starts: Sequence[Cell], budget: int) -> Iterator[Part]:
        order = list(self.units)

        def undecided(part: Part) -> int | None:
            return order[len(part.signs)] if len(part.signs) < len(order) else None

        self.cells = Cells(self.circuit, self.variables, budget)
        for part in self.cells.leaves(starts, undecided):
            self.progress("looking for regions", self.cells.count, 0)
            yield part

    def _forms(self, part: Part, kinks: Iterable[int]) -> dict[int, Sequence[Any]]:
        """The operands of those kinks that are no numbers there."""
        rows = {kink: self.cells.row(part.sums[self.operands[kink]]) for kink in kinks}
        return {kink: row for kink, row in rows.items() if any(row[:-1])}

    def _of_part(self, part: Part, forms: Mapping[int, Sequence[Any]]) -> Piece:
        rows = [self.cells.row(part.sums[place]) for place in self.ends]
        points = list(part.cell.points())
        return self._piece(np.array(rows, dtype=object), forms, part.signs, points)

    def _piece(
        self,
        rows: Array,
        forms: Mapping[int, Sequence[Any]],
        signs: Mapping[int, int],
        points: list[Point],
        low: Fraction | None = None,
        high: Fraction | None = None,
    ) -> Piece:
        """A piece with these sides, the operands of kinks, on which kinks have these signs."""
        self.maps.append((rows, points))
        positive = np.empty((len(forms), rows.shape[1]), dtype=object)
        for place, (kink, form) in enumerate(forms.items()):
            positive[place] = [signs[kink] * self.factors[kink] * number for number in form]
        sides = inequalities(positive, [self.units[kink] for kink in forms])
        every = np.ones(len(self.circuit.atoms), dtype=np.int8)
        every[list(signs)] = list(signs.values())
        active = activities((each.layer, each.function, each.sides(every)) for each in self.bends)
        return Piece(rows_of(rows), tuple(sides.values()), active, points[0], low, high)


def _exact(number: Fraction | None) -> Any:
    return None if number is None else flint.fmpq(number.numerator, number.denominator)


def _fraction(number: Any) -> Fraction:
    return Fraction(int(number.p), int(number.q))


def _row(line: Any) -> list[Any]:
    """The coefficients of a polynomial of degree 1."""
    return [line[1], line[0]]


def _is_zero(line: Any, at: Any) -> bool:
    """Whether a polynomial of degree 1, which is no number, is 0 at a point."""
    return bool(line[1]) and not line(at)
