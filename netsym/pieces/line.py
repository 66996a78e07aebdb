"""A circuit of one variable along the line, from left to right, from breakpoint to breakpoint.

Between breakpoints every atom is a polynomial or a quotient of two. At a breakpoint only what
bends there is computed again, and what is made of it.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence
from typing import Any

import flint

from netsym.ops.proved.balls import precision
from netsym.ops.straight_line import Instruction
from netsym.pieces import quotient
from netsym.pieces.circuit import Circuit
from netsym.pieces.quotient import Rational
from netsym.pieces.real_algebraic import Algebraic, Real, beyond, more_and_more


class Line:
    """Sums of a circuit on one piece after the other; `variable` is its atom.

    The piece goes from `low` to `high`, None for no end. `values` are those of the circuit's sums
    on it, by their places, and `signs` those of the operands of abs and sign, by their atoms.
    `atoms` are kinks that have signs, too, if the sums do not have them. `start` is where to begin,
    None for far on the left.
    """

    def __init__(
        self,
        circuit: Circuit,
        variable: int,
        sums: Sequence[int],
        atoms: Iterable[int] = (),
        start: Real | None = None,
    ) -> None:
        self.circuit = circuit
        self.variable = variable
        self.low = start
        self.atoms = circuit.used([*(circuit.sums[place] for place in sums), dict.fromkeys(atoms)])
        places = [*sums, *(p for atom in self.atoms for p in circuit.atoms[atom].operands)]
        self.places = list(dict.fromkeys(places))
        self.signs: dict[int, int] = {}
        self.values: dict[int, Rational] = {}
        self._known: dict[int, Rational] = {}  # the atoms
        self._within: dict[int, list[tuple[int, Any]]] = {atom: [] for atom in self.atoms}
        self._operators: dict[int, list[int]] = {place: [] for place in self.places}
        for place in self.places:
            self.values[place] = flint.fmpq_poly([])
            for atom, factor in circuit.sums[place].items():
                self._within[atom].append((place, factor))
        for atom in self.atoms:
            for place in dict.fromkeys(circuit.atoms[atom].operands):
                self._operators[place].append(atom)
        self._turns: dict[int, int] = dict.fromkeys(self.atoms, 0)  # how often one was computed
        self._bends: list[tuple[Real, int, int]] = []  # where, the atom, and its turn
        for atom in self.atoms:
            self._know(atom, self._compute(atom))

    @property
    def high(self) -> Real | None:
        """Where the piece ends."""
        while self._bends and self._bends[0][2] != self._turns[self._bends[0][1]]:
            heapq.heappop(self._bends)
        return self._bends[0][0] if self._bends else None

    def bending(self) -> list[int]:
        """The abs and sign whose operand is 0 where the piece ends."""
        bends = self._taken()
        for bend in bends:
            heapq.heappush(self._bends, bend)
        return [atom for _, atom, _ in bends]

    def _taken(self) -> list[tuple[Real, int, int]]:
        """The bends at the end of the piece, which are no longer waiting."""
        end = self.high
        bends = []
        while self._bends and self.high == end:
            bends.append(heapq.heappop(self._bends))
        return bends

    def advance(self) -> set[int]:
        """Go to the next piece; gives the abs and sign that may have another sign on it."""
        low = self.high
        waiting = [atom for _, atom, _ in self._taken()]
        heapq.heapify(waiting)
        self.low = low
        bent = set(waiting)
        last = -1
        while waiting:
            atom = heapq.heappop(waiting)
            if atom == last:
                continue
            last = atom
            value = self._compute(atom)
            if value != self._known[atom]:
                for operator in self._know(atom, value):
                    heapq.heappush(waiting, operator)
            if self.circuit.atoms[atom].op in ("abs", "sign"):
                bent.add(atom)
        return bent

    def _know(self, atom: int, value: Rational) -> list[int]:
        """Put the value of an atom into all sums; gives the atoms that are made of these."""
        change = value - self._known[atom] if atom in self._known else value
        self._known[atom] = value
        for place, factor in self._within[atom]:
            self.values[place] = quotient.short(self.values[place] + change * factor)
        return [each for place, _ in self._within[atom] for each in self._operators[place]]

    def _compute(self, atom: int) -> Rational:
        """An atom on this piece; where it is divided by 0, anything."""
        made = self.circuit.atoms[atom]
        self._turns[atom] += 1
        operands = [self.values[place] for place in made.operands]
        if made.op == "number":
            return flint.fmpq_poly([1])
        if atom == self.variable:
            return flint.fmpq_poly([0, 1])
        if made.op == "multiply":
            return quotient.short(operands[0] * operands[1])
        (operand,) = operands
        if made.op == "power":
            is_none = int(made.which) < 0 and not operand
            return operand if is_none else quotient.power(operand, int(made.which))
        above, below = quotient.parts(operand)
        sign, bend = beyond(above * below, self.low)
        self.signs[atom] = sign
        if bend is not None:
            heapq.heappush(self._bends, (bend, atom, self._turns[atom]))
        return operand * sign if made.op == "abs" else flint.fmpq_poly([sign])


def values_at(
    circuit: Circuit, variable: int, point: Real, places: Sequence[int]
) -> list[Any] | None:
    """Sums of a circuit at a point, as polynomials in it; None where one is divided by 0.

    They are computed in the field of the rationals with this point.
    """
    field = _Field(point)
    values: dict[int, Any] = {0: flint.fmpq_poly([1]), variable: field.point()}

    def value(place: int) -> Any:
        terms = (values[atom] * factor for atom, factor in circuit.sums[place].items())
        return sum(terms, flint.fmpq_poly([]))

    for atom in circuit.used(circuit.sums[place] for place in places):
        made = circuit.atoms[atom]
        operands = [value(place) for place in made.operands]
        if made.op == "power" and int(made.which) < 0 and not operands[0]:
            return None
        if atom not in values:
            values[atom] = field.value(made, operands)
    return [value(place) for place in places]


class _Field:
    """The rationals with one algebraic number, as polynomials in it of a lower degree than its own.

    A rational number adds nothing: its polynomials are constants.
    """

    def __init__(self, real: Real) -> None:
        self.real = real
        coefficients = real.coefficients if isinstance(real, Algebraic) else (-real, 1)
        self.modulus = flint.fmpq_poly(list(coefficients))

    def point(self) -> Any:
        return flint.fmpq_poly([0, 1]) % self.modulus

    def value(self, made: Instruction, operands: Sequence[Any]) -> Any:
        if made.op == "multiply":
            return operands[0] * operands[1] % self.modulus
        (operand,) = operands
        if made.op == "power":
            return self._power(operand, int(made.which))
        sign = self._sign(operand)
        return operand * sign if made.op == "abs" else flint.fmpq_poly([sign])

    def _power(self, base: Any, exponent: int) -> Any:
        if exponent < 0:
            common, inverse, _ = base.xgcd(self.modulus)
            base, exponent = inverse / common[0], -exponent
        result = flint.fmpq_poly([1])
        for _ in range(exponent):
            result = quotient.short(result * base % self.modulus)
        return result

    def _sign(self, value: Any) -> int:
        if value.degree() < 1:
            return int(value[0] > 0) - int(value[0] < 0)
        for bits in more_and_more():
            x = self.real.ball(bits)
            with precision(bits):
                ball = flint.arb(0)
                for factor in reversed(value.coeffs()):
                    ball = ball * x + flint.arb(factor)
            if ball > 0 or ball < 0:
                return 1 if ball > 0 else -1
        raise AssertionError
