"""Whether two piecewise functions are equal: a proof by all their pieces, or a witness."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import flint

from netsym.ops.proved.rationals import NotRational
from netsym.ops.straight_line import StraightLine
from netsym.pieces import BUDGET, cones
from netsym.pieces.cells import BudgetSpent, Cells, Part
from netsym.pieces.circuit import Circuit, NotPiecewise
from netsym.pieces.hyperplane import value
from netsym.pieces.line import Line, values_at
from netsym.pieces.quotient import Rational, parts
from netsym.pieces.real_algebraic import Real, between
from netsym.pieces.redundancy import Vector, whole
from netsym.wording import plural


@dataclass(frozen=True, slots=True)
class Everywhere:
    """What was found by looking at every piece.

    `equal` is None where the budget ended before the pieces. If it is False, `witness` are the
    inputs and `values` those of the names at which the functions differ, exactly; it is None
    where that is a single irrational point, which `how` says. `how` is one sentence.
    """

    equal: bool | None
    pieces: int
    how: str
    witness: tuple[Fraction, ...] | None = None
    values: Mapping[str, Fraction] = field(default_factory=dict)


def everywhere(
    one: StraightLine,
    other: StraightLine,
    width: int,
    numbers: tuple[Sequence[Fraction], Sequence[Fraction]],
    budget: int = BUDGET,
) -> Everywhere | None:
    """Compare two functions of `width` inputs on all their pieces, where both are defined.

    They are made of pieces of rational functions of one variable, or of linear ones of several;
    None if they are not, or if a number or a polynomial becomes too long. `numbers` are what the
    uses of numbers stand for, on either side. The budget is in pieces, of which one of many inputs
    takes several; it is the same on every machine.
    """
    circuit = Circuit()
    inputs = [circuit.variable("input", place) for place in range(width)]
    try:
        mine, theirs = (
            side.run(circuit, inputs, circuit.named, list(map(circuit.constant, known)))
            for side, known in zip((one, other), numbers, strict=True)
        )
        apart = [
            circuit.place(circuit.add(a, circuit.negate(b)))
            for a, b in zip(mine, theirs, strict=True)
        ]
        names = dict.fromkeys([*one.names, *other.names])
        return _Question(circuit, width, list(names), apart, budget).answer()
    except (NotPiecewise, NotRational):
        return None


class _Question:
    """Whether sums of a circuit, by their places, are 0 wherever no divisor is."""

    def __init__(
        self,
        circuit: Circuit,
        width: int,
        names: Sequence[str],
        apart: Sequence[int],
        budget: int,
    ) -> None:
        self.circuit = circuit
        self.width = width
        self.names = names
        self.apart = apart
        self.budget = budget
        self.divisors = circuit.divisors()
        self.used = circuit.used(circuit.sums[place] for place in (*apart, *self.divisors))
        self.variables = [atom for atom in self.used if circuit.atoms[atom].op in ("input", "name")]

    def answer(self) -> Everywhere | None:
        if not any(self.circuit.sums[place] for place in self.apart) and not self.divisors:
            how = "their difference is 0 once hidden units that are the same are one"
            return Everywhere(True, 1, how)
        if len(self.variables) < 2:
            return self._on_a_line()
        if self.divisors:
            return None
        kinds = {self.circuit.atoms[atom].op for atom in self.used}
        return self._in_space() if kinds <= {"number", "input", "name", "abs"} else None

    # -- one variable
    def _on_a_line(self) -> Everywhere | None:
        """From left to right, and at the points where a sign jumps."""
        variable = self.variables[0] if self.variables else -1
        line = Line(self.circuit, variable, [*self.apart, *self.divisors])
        pieces, defined, jump = 1, 0, None
        while True:
            if all(line.values[place] for place in self.divisors):
                defined += 1
                for place in self.apart:
                    if line.values[place]:
                        x = self._inside(line, line.values[place])
                        return self._different(pieces, [x])
            if line.high is None:
                break
            if pieces >= self.budget:
                return Everywhere(
                    None, pieces, f"they are equal on the {plural(pieces, 'piece')} furthest left"
                )
            bent = line.advance()
            pieces += 1
            if any(self.circuit.atoms[atom].op == "sign" for atom in bent):
                here = self._jump(line.low)
                jump = here if jump is None or isinstance(here, flint.fmpq) else jump
        if jump is not None:
            return self._at_a_point(pieces, jump)
        if not defined:
            return None
        return Everywhere(True, pieces, f"they are equal on each of {plural(pieces, 'piece')}")

    def _inside(self, line: Line, apart: Rational) -> Any:
        """A rational on the piece at which a difference is not 0, and no divisor."""
        for x in between(line.low, line.high):
            values = [_value(each, x) for each in (apart, *map(line.values.get, self.divisors))]
            if all(values):
                return x
        raise AssertionError

    def _jump(self, point: Real) -> Real | None:
        """The point, if a difference is not 0 there."""
        values = values_at(self.circuit, self.variables[0], point, [*self.apart, *self.divisors])
        return point if values is not None and any(values[: len(self.apart)]) else None

    def _at_a_point(self, pieces: int, point: Real) -> Everywhere:
        if isinstance(point, flint.fmpq):
            return self._different(pieces, [point])
        how = f"they differ only at single points, such as the irrational {point}"
        return Everywhere(False, pieces, how)

    # -- several variables
    def _in_space(self) -> Everywhere:
        cells = Cells(self.circuit, self.variables, self.budget)
        try:
            for part in cells.leaves(cones.space(len(self.variables)), self._acting):
                for place in self.apart:
                    rest, _ = self._merged(part, place)
                    if any(rest):
                        return self._different(cells.count, self._point(part, rest))
        except BudgetSpent:
            return Everywhere(
                None, cells.count, f"they are equal on {plural(cells.count, 'piece')} of more"
            )
        return Everywhere(
            True, cells.count, f"they are equal on each of {plural(cells.count, 'piece')}"
        )

    def _acting(self, part: Part) -> list[int]:
        """The kink to decide next: one that acts on another, or that remains in a difference."""
        kinks_of = [each.kinks for each in part.sums]
        used = self.circuit.used((kinks_of[place] for place in self.apart), kinks_of)
        operands = {atom: kinks_of[self.circuit.atoms[atom].operands[0]] for atom in used}
        acting = {atom for operand in operands.values() for atom in operand}
        for atom in operands:
            if atom in acting:
                return [atom]
        for place in self.apart:
            _, kinks = self._merged(part, place)
            if kinks:
                return kinks[:1]
        return []

    def _merged(self, part: Part, place: int) -> tuple[Sequence[Any], list[int]]:
        """A difference as a row, and kinks of different hyperplanes that do not cancel."""
        (*slopes, constant), below, known = part.sums[place]
        kinks: dict[Vector, list[Any]] = {}
        for atom, factor in known.items():
            form, under, _ = part.sums[self.circuit.atoms[atom].operands[0]]
            if not any(form[:-1]):
                constant += factor * flint.fmpq(abs(form[-1]) * below, under)
                continue
            shape, scale = _primitive(form)
            entry = kinks.setdefault(shape, [flint.fmpq(0), atom])
            entry[0] += factor * flint.fmpq(scale, under)
        return [*slopes, constant], [atom for factor, atom in kinks.values() if factor]

    # -- witnesses
    def _point(self, part: Part, row: Sequence[Any]) -> Sequence[Any]:
        """A point of a cell at which an affine function is not 0."""
        form = whole(row)
        for point in part.cell.points():
            if value(form, point):
                return [flint.fmpq(x, point[-1]) for x in point[:-1]]
        raise AssertionError

    def _different(self, pieces: int, point: Sequence[Any]) -> Everywhere:
        """The variables that matter are as at the point, all others 0."""
        known: dict[Any, Fraction] = {
            self.circuit.atoms[atom].which: Fraction(int(x.numerator), int(x.denominator))
            for atom, x in zip(self.variables, point, strict=False)
        }
        zero = Fraction(0)
        witness = tuple(known.get(place, zero) for place in range(self.width))
        values = {name: known.get(name, zero) for name in self.names}
        return Everywhere(False, pieces, "they differ at a point", witness, values)


def _primitive(form: Vector) -> tuple[Vector, int]:
    """A hyperplane's smallest whole numbers, and what they were multiplied by but for the sign."""
    scale = math.gcd(*form)
    sign = 1 if next(filter(None, form)) > 0 else -1
    return tuple([sign * x // scale for x in form]), scale


def _value(value: Rational, x: Any) -> Any:
    """A value at a point; None at a pole."""
    above, below = parts(value)
    divisor = below(x)
    return above(x) / divisor if divisor else None
