"""Functions rewritten: all by exp, log, sqrt, sin, cos, abs, sign and what has no expansion.

They are total functions: log is log|z| and sqrt is sqrt|z|, which are what they were wherever these
are defined. So each rewrite keeps a value wherever there was one: log(ab) = log a + log b,
sqrt(ab) = sqrt(a) sqrt(b), exp(log a) = |a|, sqrt(a)^2 = |a|, max(a, b) = (a + b + |a - b|)/2.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from fractions import Fraction

import flint

from netsym.equality.expressions import Call, Expressions, Monomial, Undefined
from netsym.equality.factors import factored
from netsym.graph.functions import FUNCTIONS

_FACTORED = 2**64  # whole numbers below this are split into primes
_HALF = Fraction(1, 2)


class Rewriting(Expressions):
    """A machine for straight-line programs (`ops.straight_line`), whose values are nodes.

    Where log, sqrt and quotients are asked for, `domain` remembers of what, and for which of them.
    """

    def __init__(self) -> None:
        super().__init__()
        self.domain: dict[tuple[int, str], None] = {}

    def call(self, function: str, *operands: int) -> int:
        """A function of the table as a typed formula has it, which asks for its domain."""
        if function in ("log", "sqrt"):
            self.domain[operands[0], function] = None
        return self.called(function, *operands)

    def power(self, base: int, exponent: int) -> int:
        """A whole power; a negative one is a quotient."""
        if exponent < 0:
            self.domain[base, "divide"] = None
        return super().power(base, exponent)

    def called(self, function: str, *operands: int) -> int:
        """A function of the table, rewritten; as a total function."""
        row = FUNCTIONS[function]
        if function in _REWRITES:
            return _REWRITES[function](self, *operands)
        if row.expansion is not None:
            expanded: int = row.expansion(self, *operands)
            return expanded
        return (
            self._mirrored(function, *operands)
            if row.parity
            else self.put(Call(function, operands))
        )

    def _mirrored(self, function: str, z: int) -> int:
        """An odd or even function: the first number of its operand is positive."""
        odd, number = FUNCTIONS[function].parity < 0, self.monomial(z).number
        if number == 0 and odd:
            return z
        if number < 0:
            mirror = self.called(function, self.negate(z))
            return self.negate(mirror) if odd else mirror
        return self.put(Call(function, (z,)))

    def circular(self, function: str, z: int) -> int:
        """sin and cos, without quarters of a turn in their operand."""
        terms, constant = self.linear(z)
        pi = self.put(Call("pi"))
        quarters = 2 * terms.pop(pi, Fraction(0))
        if function == "sin":  # of z it is cos of z less a quarter
            quarters -= 1
        if quarters.denominator != 1 or quarters == -1:
            return self._of_angle(function, z)
        left = self.combined(terms, constant)
        turned = self._of_angle("sin" if quarters % 2 else "cos", left)
        return self.negate(turned) if quarters % 4 in (1, 2) else turned

    def _of_angle(self, function: str, z: int) -> int:
        if function == "cos" and self.value(z) == 0:
            return self.constant(1)
        return self._mirrored(function, z)

    def size(self, node: int) -> int:
        """`|z|`, factor by factor."""
        part = self.monomial(node)
        kept, even = dict[int, int](), dict[int, int]()
        for base, power in part.powers.items():
            found = self.nodes[base]
            known = isinstance(found, Call) and found.function in ("abs", "sqrt", "pi")
            if known or power % 2 == 0:
                even[base] = power
            else:
                kept[self.put(Call("abs", (base,)))] = power
        whole = Monomial(abs(part.number), even, part.exponent)
        return self.multiply(self.built(whole), self.built(Monomial(powers=kept)))

    def root(self, node: int) -> int:
        """`sqrt|z|`, factor by factor."""
        part = factored(self, node)
        parts = [self._root_of_number(abs(part.number))]
        for base, power in part.powers.items():
            size = self.calls(base, "abs")
            parts.append(self.power(self.size(base), power // 2))
            if power % 2:
                parts.append(self.put(Call("sqrt", (base if size is None else size,))))
        if part.exponent is not None:
            parts.append(self.called("exp", self.scaled(part.exponent, _HALF)))
        return self.multiply(*parts)

    def _root_of_number(self, number: Fraction) -> int:
        """`sqrt(2)`, `2*sqrt(2)` for 8, `sqrt(2)*sqrt(3)` for 6."""
        if not number:
            return self.constant(0)
        whole, roots = Fraction(1, number.denominator), list[int]()
        for prime, power in _primes(number.numerator * number.denominator):
            whole *= prime ** (power // 2)
            if power % 2:
                roots.append(self.put(Call("sqrt", (self.constant(Fraction(prime)),))))
        return self.multiply(self.constant(whole), *roots)

    def logarithm(self, node: int) -> int:
        """`log|z|`, factor by factor; raises `Undefined` for 0."""
        part = factored(self, node)
        if not part.number:
            raise Undefined
        above, below = abs(part.number.numerator), part.number.denominator
        terms: defaultdict[int, Fraction] = defaultdict(Fraction)
        for sign, whole in ((1, above), (-1, below)):
            for prime, power in _primes(whole):
                logarithm = self.put(Call("log", (self.constant(Fraction(prime)),)))
                terms[logarithm] += sign * power
        for base, power in part.powers.items():
            root, size = self.calls(base, "sqrt"), self.calls(base, "abs")
            if root is not None:
                terms[self.logarithm(root)] += _HALF * power
            else:
                terms[self.put(Call("log", (base if size is None else size,)))] += power
        if part.exponent is not None:
            terms[part.exponent] += 1
        return self.combined(terms)

    def exponential(self, node: int) -> int:
        """exp, with `exp(k log|a|) = |a|^k` for whole k and halves."""
        logarithms = self.logarithms(node)
        left = self.difference(node, self.combined(logarithms))
        factors = [self.built(Monomial(exponent=left))]
        for core, number in logarithms.items():
            inner, twice = self.parts(self.nodes[core])[0], int(2 * number)
            factors.append(self.power(self.size(inner), twice // 2))
            if twice % 2:
                factors.append(self.root(inner))
        return self.multiply(*factors)


def _primes(whole: int) -> list[tuple[int, int]]:
    """The primes of a whole number with their powers; a vast one stays as it is."""
    if whole > _FACTORED:
        return [(whole, 1)]
    return [(int(prime), int(power)) for prime, power in flint.fmpz(whole).factor()]


def _max(store: Rewriting, *operands: int) -> int:
    largest = operands[0]
    for operand in operands[1:]:
        largest = _half_of(store, largest, operand, Fraction(1))
    return largest


def _min(store: Rewriting, *operands: int) -> int:
    smallest = operands[0]
    for operand in operands[1:]:
        smallest = _half_of(store, smallest, operand, Fraction(-1))
    return smallest


def _half_of(store: Rewriting, one: int, other: int, sign: Fraction) -> int:
    """`(a + b ± |a - b|)/2`."""
    apart = store.size(store.difference(one, other))
    return store.scaled(store.add(one, other, store.scaled(apart, sign)), _HALF)


def _sign(store: Rewriting, z: int) -> int:
    part = store.monomial(z)
    if not part.powers and part.exponent is None:
        return store.constant(Fraction((part.number > 0) - (part.number < 0)))
    factors = [store.constant(Fraction(1 if part.number > 0 else -1))]
    for base, power in part.powers.items():
        alone = store.put(Call("sign", (base,)))
        factors.append(store.power(alone, 1 if power % 2 else 2))
    return store.multiply(*factors)


def _tanh(store: Rewriting, z: int) -> int:
    decay, one = store.called("exp", store.scaled(z, Fraction(-2))), store.constant(1)
    return store.divide(store.difference(one, decay), store.add(one, decay))


def _sinh(store: Rewriting, z: int) -> int:
    up, down = store.called("exp", z), store.called("exp", store.negate(z))
    return store.scaled(store.difference(up, down), _HALF)


def _cosh(store: Rewriting, z: int) -> int:
    up, down = store.called("exp", z), store.called("exp", store.negate(z))
    return store.scaled(store.add(up, down), _HALF)


def _tan(store: Rewriting, z: int) -> int:
    return store.divide(store.called("sin", z), store.called("cos", z))


_REWRITES: dict[str, Callable[..., int]] = {
    "exp": Rewriting.exponential, "log": Rewriting.logarithm, "sqrt": Rewriting.root,
    "abs": Rewriting.size, "max": _max, "min": _min, "sign": _sign, "tanh": _tanh,
    "sinh": _sinh, "cosh": _cosh, "tan": _tan,
    "sin": lambda store, z: store.circular("sin", z),
    "cos": lambda store, z: store.circular("cos", z),
}  # fmt: skip
