"""Units: values that are made, and activations that are found in the place of what is one."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from netsym.errors import SpecError
from netsym.recognise.affine import Affine, Value, Values, constant, total
from netsym.recognise.coefficients import ONE, Coefficient
from netsym.recognise.one_value import UNITS, Match, OneValue


class NoNetwork(SpecError):
    """A formula that is no network of dense layers; `node` is where that shows (-1: nowhere)."""

    def __init__(self, message: str, node: int = -1, why: str = "") -> None:
        super().__init__(message)
        self.node = node
        self.why = why or message


class Units:
    """Makes the values of a formula of some inputs, and sees which of them are activations.

    A relu in `of_min` was typed as min(0, z), and may be a part of an activation.
    """

    def __init__(self, inputs: Sequence[str]) -> None:
        self.values = Values(list(inputs))
        self.one_value = OneValue(self.values)
        self.of_min: set[int] = set()

    def unit(
        self, kind: str, operands: tuple[Affine, ...], node: int, extra: Fraction | None = None
    ) -> Affine:
        """A value, which stands at a node of the formula, as it is."""
        return Affine({self.values.put(Value(kind, operands, extra), node): ONE})

    def kinds(self, given: Affine) -> list[str]:
        """What the values of a sum are."""
        return [self.values[value].kind for value in given.terms]

    def is_open(self, value: int) -> bool:
        """Whether a value is no unit yet, as min(0, z) and exp, or a unit of what is none."""
        found = self.values[value]
        if value in self.of_min or found.kind == "exp" or found.kind not in UNITS:
            return True
        below = [*found.operands[0].terms] if found.operands else []
        return len(below) == 1 and self.values[below[0]].kind not in UNITS | {"exp"}

    def closed(self, given: Affine, node: int, whole: bool = False) -> Affine:
        """The same with an activation in the place of what is one; else as it is.

        With `whole` only what is the activation itself counts, and nothing added to it.
        """
        apart = not whole and len(given.terms) > 1
        if not given.terms or (apart and not any(map(self.is_open, given.terms))):
            return given
        alone = Affine(given.terms)
        for group in (given, alone) if apart and given.constant else (given,):
            found = self._match(group, whole)
            if found is not None:
                factor, match, unit = found
                value = Affine({self.values.put(unit, node): ONE})
                made = value.scaled(factor * Coefficient.of(match.factor))
                made = total(made, constant(factor * Coefficient.of(match.offset)))
                return total(made, constant(given.constant)) if group is alone else made
        return given

    def _match(self, group: Affine, whole: bool) -> tuple[Coefficient, Match, Value] | None:
        """The coefficient before what was found, and the unit that it is of; one that stands in the
        group already is nothing found.
        """
        lead = max(group.terms, key=lambda value: (self.values.levels[value], value))
        factor = group.terms[lead]
        if self.one_value.is_number(factor):
            factor = ONE
        elif factor.is_product:
            group = group.scaled(factor.inverse())
        else:
            return None
        for base in self.one_value.bases(group):
            function = self.one_value.of(group, base)
            found = [] if function is None else self.one_value.matches(function)
            plain = [match for match in found if match.is_plain]
            if plain:
                found = [min(plain, key=lambda match: _length(base, match))]
            if not found or (whole and not plain):
                continue
            unit = _unit_of(found[0], base)
            if not self._stands_in(unit, group):
                return factor, found[0], unit
        return None

    def _stands_in(self, unit: Value, group: Affine) -> bool:
        number = self.values.number(unit)
        return number is not None and self.one_value.stands_in(number, group)


def _unit_of(match: Match, base: Affine) -> Value:
    """The activation of a multiple of the base."""
    shift = constant(Coefficient.of(match.shift))
    operand = total(base.scaled(Coefficient.of(match.slope)), shift)
    return Value(match.activation, (operand,), match.alpha)


def _length(base: Affine, match: Match) -> float:
    """How long the operand of an activation is, written out."""
    slope = Coefficient.of(match.slope)
    constants = [base.constant * slope + Coefficient.of(match.shift)]
    written = [*base.scaled(slope).terms.values(), *constants]
    return sum(map(len, map(str, written))) + (len(written) / 2 if match.shift else 0)
