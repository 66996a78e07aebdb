"""Functions in a formula: which of them are units as they stand, and what exp, max and min make."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.ops.proved.balls import Ball, Balls, precision
from netsym.recognise.affine import NOTHING, Affine, Value, constant, total
from netsym.recognise.coefficients import ONE, Coefficient
from netsym.recognise.one_value import BITS
from netsym.recognise.units import NoNetwork, Units


class Calls(Units):
    """Makes units of functions. At the nodes of `found` an activation was found, or may be."""

    def __init__(self, inputs: Sequence[str]) -> None:
        super().__init__(inputs)
        self.found: set[int] = set()

    def call(self, function: str, node: int, given: list[Affine]) -> Affine:
        """A function of the table, of what stands in it."""
        if all(not each.terms for each in given):
            return constant(self.called_constant(function, [each.constant for each in given], node))
        if function == "exp":
            return self.exponential(given[0], node)
        if function in ("max", "min"):
            return self._extreme(function, node, given)
        extra = None
        if FUNCTIONS[function].alpha is not None:
            extra = given[1].constant.number
            if extra is None or given[1].terms:
                raise NoNetwork(f"the alpha of {function} is no number", node)
            given = given[:1]
        if any(not each.terms for each in given):
            raise NoNetwork(f"{function} is no activation of netsym", node)
        made = self.unit(function, tuple(given), node, extra)
        if function in ACTIVATIONS and not self._is_nested(given[0]):
            return made
        self.found.add(node)
        return self.closed(made, node)

    def _is_nested(self, operand: Affine) -> bool:
        """Whether what stands in a function may be one activation together with it."""
        return any(self.is_open(value) for value in operand.terms)

    def exponential(self, power: Affine, node: int) -> Affine:
        """exp of an affine function."""
        if not power.terms:
            return constant(self.called_constant("exp", [power.constant], node))
        self.found.add(node)
        return self.closed(self.unit("exp", (power,), node), node)

    def as_exponential(self, given: Affine) -> tuple[Coefficient, Affine] | None:
        """The factor and the exponent, if it is a factor times exp."""
        if len(given.terms) != 1 or given.constant:
            return None
        ((value, factor),) = given.terms.items()
        found = self.values[value]
        return (factor, found.operands[0]) if found.kind == "exp" else None

    def _extreme(self, function: str, node: int, given: list[Affine]) -> Affine:
        """max and min, of two by relu: b + relu(a - b)."""
        sign = ONE if function == "max" else -ONE
        several = [each for each in given if each.terms]
        if len(several) > 1:
            if len(given) == 2:
                ratio = given[0].ratio(given[1])
                if ratio is not None and self.one_value.is_number(ratio):
                    self.found.add(node)
                    made = self.unit(function, tuple(given), node)
                    closed = self.closed(made, node)
                    if closed != made:
                        return closed
            turned = tuple(each.scaled(sign) for each in given)
            return self.unit("largest", turned, node).scaled(sign)
        made = given[0]
        for each in given[1:]:
            made = self._larger(made, each, sign, node)
        return made

    def _larger(self, one: Affine, other: Affine, sign: Coefficient, node: int) -> Affine:
        if not one.terms:
            one, other = other, one
        apart = (one - other).scaled(sign)
        if not apart.terms:
            size = apart.constant.number
            if size is None:
                raise NoNetwork("the larger of two names", node)
            return total(other, constant(Coefficient.of(max(size, Fraction(0)))).scaled(sign))
        nested = sign != ONE or self._is_chain(apart)
        relu = self.unit("relu", (apart,), node)
        if not other.terms:
            self.values.typed.setdefault(next(iter(relu.terms)), one)
        made = total(other, relu.scaled(sign))
        if nested:
            self.found.add(node)
            closed = self.closed(made, node, whole=True)
            if closed == made and sign != ONE:
                self.of_min |= {*relu.terms}
            return closed
        return made

    def _is_chain(self, given: Affine) -> bool:
        """Whether it is made of a relu that was a max or a min itself."""
        return len(given.terms) == 1 and self.values[next(iter(given.terms))].kind == "relu"

    def called_constant(
        self, function: str, operands: Sequence[Coefficient], node: int
    ) -> Coefficient:
        """A function of constants or names, as a letter; of constants it must be a number."""
        if function == "exp" and not operands[0]:
            return ONE
        known = all(self.one_value.is_number(each) for each in operands)
        said = f"{function}({', '.join(map(str, operands))})" if operands else function
        if known:
            with precision(BITS):
                balls = [np.array([self.one_value.ball(each)], dtype=object) for each in operands]
                made = Balls({}, BITS).call(function, *balls)
            ball: Ball = made.flat[0]
            if not ball.is_finite():
                raise NoNetwork(f"{function} that is no number", node)
            self.one_value.constants[said] = ball
        return Coefficient.letter(said)

    def shares(self, numerator: Affine, divisor: Affine, node: int) -> Affine | None:
        """Exponentials over their sum: the parts of softmax."""
        if len(divisor.terms) != 1 or divisor.constant:
            return None
        ((place, factor),) = divisor.terms.items()
        found = self.values[place]
        if found.kind != "reciprocal":
            return None
        below = self._exponents(found.operands[0])
        above = self._exponents(numerator)
        if below is None or above is None or not above.keys() <= below.keys():
            return None
        weights = {*below.values()}
        if len(weights) != 1:
            return None
        (weight,) = weights
        parts = self._without_largest(tuple(below))
        places = {power: n for n, power in enumerate(below)}
        shares = [
            Affine({self.values.put(Value("softmax", parts, index=places[power]), node): each})
            for power, each in above.items()
        ]
        return total(*shares).scaled(factor * weight.inverse())

    def _exponents(self, given: Affine) -> dict[Affine, Coefficient] | None:
        """The exponents of a sum of exponentials, with their coefficients; 1 is exp(0)."""
        found = {}
        for value, factor in given.terms.items():
            if self.values[value].kind != "exp":
                return None
            found[self.values[value].operands[0]] = factor
        if given.constant:
            found[NOTHING] = given.constant
        return found

    def _without_largest(self, powers: tuple[Affine, ...]) -> tuple[Affine, ...]:
        """Exponents from which their largest was taken, so that exp does not overflow."""
        for value in powers[0].terms:
            if self.values[value].kind == "largest" and all(
                each.terms.get(value) == -ONE for each in powers
            ):
                shift = Affine({value: ONE})
                return tuple(total(each, shift) for each in powers)
        return powers
