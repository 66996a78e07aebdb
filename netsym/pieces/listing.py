"""The pieces of a network, one after another, with their sides and their active units."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, takewhile
from typing import Any

import flint
import numpy as np

from netsym.network.network import Network
from netsym.ops.affine.affine_pieces import Signs
from netsym.pieces import cones, polyhedra
from netsym.pieces.cells import Cells, Cut, Part
from netsym.pieces.circuit import Circuit
from netsym.pieces.line import Line
from netsym.pieces.piece import Box, Piece
from netsym.pieces.real_algebraic import between
from netsym.pieces.redundancy import Vector, Whole, over_one
from netsym.pieces.region import Inequality, Point, activities, read_by
from netsym.pieces.units import Units
from netsym.watching import Watcher

_CORNERED = 6  # inputs of a box whose corners are not too many


class Listing:
    """The pieces of a network in a box, or everywhere, found one by one.

    `maps` has for each that was found its map, rows (outputs, inputs + 1), and from where to where
    in `points` there are those by which an affine function is known: inside, or on the line its
    ends, which neighbours share. Raises `SpecError` for networks that are not piecewise
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
        self.factors: dict[int, Whole] = {}  # of its operand, in what bends
        for bends in units.bends:
            kinks = zip(bends.kinks.tolist(), bends.factors, strict=True)
            for number, (kink, factor) in enumerate(kinks, start=1):
                if kink and kink not in self.units:
                    self.units[kink] = bends.layer, bends.function, number
                    self.factors[kink] = over_one([abs(factor)])
        self.operands = {kink: self.circuit.atoms[kink].operands[0] for kink in self.units}
        self.points: list[Vector] = []
        self.maps: list[tuple[Sequence[Whole], int, int]] = []
        self._sides: dict[tuple[Cut, int], Inequality] = {}

    def pieces(self) -> Iterator[Piece]:
        """Every piece."""
        return self._on_the_line() if len(self.variables) == 1 else self._in_space()

    # -- one input
    def _on_the_line(self) -> Iterator[Piece]:
        start, stop = (None, None) if self.box is None else self.box[0]
        sums = [*self.ends, *self.operands.values()]
        line = Line(self.circuit, self.variables[0], sums, self.units, _exact(start))
        signs = self._signs(line.signs)
        left = start
        started: list[int] = []
        while True:
            goes_on = line.high is not None and (stop is None or line.high < _exact(stop))
            right = _fraction(line.high) if goes_on else stop
            bends = [min(kinks) for kinks in (started, line.bending() if goes_on else []) if kinks]
            cuts = [
                Cut(kink, *over_one(_row(line.values[self.operands[kink]])))
                for kink in sorted(bends)
            ]
            rows = [over_one(_row(line.values[place])) for place in self.ends]
            inside = map(_fraction, between(_exact(left), _exact(right)))
            point = next(inside)
            ends = [] if self.maps else [next(inside) if left is None else left]
            ends.append(point if right is None else right)
            self.progress("looking for regions", len(self.maps) + 1, 0)
            self._know(rows, [end.as_integer_ratio() for end in ends])
            yield self._piece(rows, cuts, signs, (point,), left, right)
            if not goes_on:
                return
            bent = line.advance()
            signs[list(bent)] = [line.signs[kink] for kink in bent]
            left = right
            started = [
                kink for kink in bent if _is_zero(line.values[self.operands[kink]], line.low)
            ]

    # -- several inputs
    def _in_space(self) -> Iterator[Piece]:
        cells = Cells(self.circuit, self.variables, self.budget)
        start = self._start()
        given = len(start.rows)
        for part in cells.leaves(start, self._undecided):
            self.progress("looking for regions", cells.count, 0)
            rows = [part.sums[place][:2] for place in self.ends]
            cuts = [part.cuts[row - given] for row in part.cell.facets if row >= given]
            points = list(part.cell.points())
            self._know(rows, points)
            at = tuple(Fraction(x, points[0][-1]) for x in points[0][:-1])
            yield self._piece(rows, cuts, self._signs(part.signs), at)

    def _start(self) -> Any:
        """A box of many inputs has too many corners."""
        if self.box is None:
            return cones.space(len(self.variables))
        return (cones if len(self.box) <= _CORNERED else polyhedra).box(self.box)

    def _undecided(self, part: Part) -> list[int]:
        """The next kinks, as many as are affine."""
        waiting = islice(self.operands.items(), len(part.signs), None)
        return [kink for kink, _ in takewhile(lambda each: not part.sums[each[1]].kinks, waiting)]

    # -- what is said of a piece
    def _know(self, rows: Sequence[Whole], points: Sequence[Vector]) -> None:
        """Of a map one more than dimensions; those of one input share their ends."""
        self.points += points
        self.maps.append((rows, len(self.points) - len(self.variables) - 1, len(self.points)))

    def _signs(self, known: Mapping[int, int]) -> Signs:
        """Those of all atoms."""
        signs = np.ones(len(self.circuit.atoms), dtype=np.int8)
        signs[list(known)] = list(known.values())
        return signs

    def _piece(
        self,
        rows: Sequence[Whole],
        cuts: Iterable[Cut],
        signs: Signs,
        point: Point,
        low: Fraction | None = None,
        high: Fraction | None = None,
    ) -> Piece:
        sides = tuple(self._side(cut, int(signs[cut.atom])) for cut in cuts)
        active = activities((each.layer, each.function, each.active(signs)) for each in self.bends)
        exact = tuple(tuple(Fraction(x, below) for x in form) for form, below in rows)
        return Piece(exact, sides, active, point, low, high)

    def _side(self, cut: Cut, sign: int) -> Inequality:
        """What is positive on one side of a kink; all pieces there share it."""
        if (cut, sign) not in self._sides:
            (factor,), under = self.factors[cut.atom]
            row = tuple(Fraction(sign * factor * x, under * cut.below) for x in cut.form)
            self._sides[cut, sign] = Inequality(*self.units[cut.atom], row)
        return self._sides[cut, sign]


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
