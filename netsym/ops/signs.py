"""The `signs` reading: an element is the set of signs that a value may have, as bits.

It is quick and coarse: values are told apart by their signs alone, so x - x may have any. What it
says of where a function is defined is proved: a quotient by what cannot be 0, a logarithm of what
is positive, a root of what is not negative.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import reduce
from itertools import product
from operator import mul, neg
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import ByMatrices
from netsym.ops.arrays import Arrays
from netsym.ops.fixed_point import FixedPoint
from netsym.ops.parameters import Parameter

Bits = npt.NDArray[np.uint8]

NEGATIVE, ZERO, POSITIVE = 1, 2, 4
NOT_NEGATIVE, ANY = ZERO | POSITIVE, NEGATIVE | ZERO | POSITIVE
#: The signs of functions whose values are never negative.
_NEVER_NEGATIVE = {
    **dict.fromkeys(("exp", "sigmoid", "softplus", "gaussian", "cosh", "pi"), POSITIVE),
    **dict.fromkeys(("relu", "relu6", "hard_sigmoid", "step", "heaviside"), NOT_NEGATIVE),
}
_OF_OPERAND = frozenset({"tanh", "softsign", "erf", "atan", "sinh", "sign", "hard_tanh"})
#: What each function that is not defined everywhere must have as its operand's signs.
_DOMAINS = {"log": POSITIVE, "sqrt": NOT_NEGATIVE, "tan": 0}


def _table(function: Callable[..., int], arity: int) -> Bits:
    """A function of signs, by the sets of its operands."""
    members = [[sign for bit, sign in _SIGNS.items() if bits & bit] for bits in range(ANY + 1)]
    bit_of = {sign: bit for bit, sign in _SIGNS.items()}
    table = np.zeros((ANY + 1,) * arity, dtype=np.uint8)
    for sets in product(range(ANY + 1), repeat=arity):
        for signs in product(*(members[bits] for bits in sets)):
            table[sets] |= bit_of[function(*signs)]
    return table


_SIGNS = {NEGATIVE: -1, ZERO: 0, POSITIVE: 1}
_TIMES, _LARGEST, _LEAST = (_table(function, 2) for function in (mul, max, min))
_FLIPPED, _SIZE = _table(neg, 1), _table(abs, 1)


class SignSets(Arrays[np.uint8], ByMatrices[Bits]):
    """Arrays of sets of signs; `partial` collects the operations that may not be defined.

    >>> import netsym
    >>> signs = SignSets()
    >>> netsym.parse("2-3softmax-1:sigmoid").read(signs, signs.any(2)).tolist(), signs.partial
    ([[4]], set())
    """

    def __init__(self) -> None:
        self.partial: set[str] = set()

    def any(self, count: int) -> Bits:
        """Inputs of which nothing is known; shape (1, count)."""
        return np.full((1, count), ANY, dtype=np.uint8)

    # -- where values come from
    def symbols(self, names: Names) -> Bits:
        return np.full(len(names), ANY, dtype=np.uint8)

    def parameter(self, parameter: Parameter) -> Bits:
        if parameter.stored is None:
            return np.full(parameter.names.shape, ANY, dtype=np.uint8)
        return super().parameter(parameter)

    def numbers(self, values: npt.NDArray[Any]) -> Bits:
        signs = np.where(values > 0, POSITIVE, np.where(values < 0, NEGATIVE, ZERO))
        return signs.astype(np.uint8)

    def fixed_point(self, values: FixedPoint) -> Bits:
        return self.numbers(values.floats)

    # -- arithmetic
    def add(self, *terms: Bits) -> Bits:
        return self.total(np.stack(np.broadcast_arrays(*terms), axis=-1))[..., 0]

    def multiply(self, *factors: Bits) -> Bits:
        return reduce(lambda one, other: _TIMES[one, other], factors)

    def divide(self, numerator: Bits, denominator: Bits) -> Bits:
        self._ask("divide", denominator, NEGATIVE | POSITIVE)
        return _TIMES[numerator, denominator]

    def power(self, base: Bits, exponent: int) -> Bits:
        if exponent < 0:
            self._ask("divide", base, NEGATIVE | POSITIVE)
        if exponent == 0:
            return np.full(base.shape, POSITIVE, dtype=np.uint8)
        return base if exponent % 2 else _SIZE[base]

    def negate(self, value: Bits) -> Bits:
        return _FLIPPED[value]

    def call(self, function: str, *operands: Bits) -> Bits:
        if function in _DOMAINS:
            self._ask(function, operands[0], _DOMAINS[function])
        if FUNCTIONS[function].divisor:
            self._ask(function, operands[1], NEGATIVE | POSITIVE)
        if function in _NEVER_NEGATIVE:
            shape = operands[0].shape if operands else ()
            return np.full(shape, _NEVER_NEGATIVE[function], dtype=np.uint8)
        if function in _OF_OPERAND:
            return operands[0]
        if function in ("abs", "sqrt"):
            return _SIZE[operands[0]]
        if function in ("max", "min"):
            table = _LARGEST if function == "max" else _LEAST
            return reduce(lambda one, other: table[one, other], operands)
        shape = np.broadcast_shapes(*(operand.shape for operand in operands))
        return np.full(shape, ANY, dtype=np.uint8)

    # -- along axes
    def total(self, values: Bits, present: Any = None) -> Bits:
        values = values if present is None else self.kept(values, present)
        every = np.bitwise_or.reduce(values, axis=-1, keepdims=True)
        strict = [(values == sign).any(axis=-1, keepdims=True) for sign in (NEGATIVE, POSITIVE)]
        return _sum((every & NEGATIVE) > 0, (every & POSITIVE) > 0, *strict)

    def kept(self, values: Bits, present: Any) -> Bits:
        return np.where(present, values, np.uint8(ZERO))

    def products(self, weights: Bits, values: Bits) -> Bits:
        def some(
            chosen: Sequence[tuple[npt.NDArray[np.bool_], npt.NDArray[np.bool_]]],
        ) -> npt.NDArray[np.bool_]:
            """Where there is a product of which both factors are chosen."""
            counts: Any = sum(
                value.astype(np.float32) @ weight.astype(np.float32).swapaxes(-1, -2)
                for value, weight in chosen
            )
            found: npt.NDArray[np.bool_] = counts > 0
            return found

        (v_minus, v_plus), (w_minus, w_plus) = (
            [(each & sign) > 0 for sign in (NEGATIVE, POSITIVE)] for each in (values, weights)
        )
        (v_below, v_above), (w_below, w_above) = (
            [each == sign for sign in (NEGATIVE, POSITIVE)] for each in (values, weights)
        )
        return _sum(
            some([(v_minus, w_plus), (v_plus, w_minus)]),
            some([(v_plus, w_plus), (v_minus, w_minus)]),
            some([(v_below, w_above), (v_above, w_below)]),
            some([(v_above, w_above), (v_below, w_below)]),
        )

    def _ask(self, operation: str, operand: Bits, wanted: int) -> None:
        if (operand & ~np.uint8(wanted)).any():
            self.partial.add(operation)


def _sum(minus: Any, plus: Any, below: Any, above: Any) -> Bits:
    """The signs of sums, of which some terms may be negative or positive, and some are so."""
    one_sign = np.where(plus, POSITIVE, np.where(minus, NEGATIVE, 0))
    zero = np.where(above | below, 0, ZERO)
    return np.where(plus & minus, ANY, one_sign | zero).astype(np.uint8)
