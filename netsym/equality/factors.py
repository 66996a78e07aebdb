"""Factors of sums: expressions as polynomials in what they are made of, factored by FLINT."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from functools import reduce
from math import gcd, lcm
from typing import Any

import flint

from netsym.equality.expressions import Expressions, Leaf, Monomial, Product, Sum

_MOST_LETTERS, _MOST_POWER, _MOST_TERMS = 10, 24, 300
_ONE = -1  # in exponents: what their constants are multiples of


def factored(store: Expressions, node: int) -> Monomial:
    """A node as a number times powers of factors that are irreducible as polynomials.

    Letters are all that is no sum, product or power; exp(2x) is the square of exp(x). What would be
    a large polynomial stays one factor.
    """
    whole = store.monomial(node)
    found = Monomial(whole.number, {}, whole.exponent)
    for base, power in whole.powers.items():
        parts = [(base, 1)]
        if isinstance(store.nodes[base], Sum) and not _is_affine(store, base):
            parts = _Polynomials(store, base).factors()
            if power < 0 and any(store.value(part) == 0 for part, _ in parts):
                parts = [(base, 1)]
        for part, times in parts:
            _multiply_into(store, found, part, times * power)
    found.powers = {base: power for base, power in found.powers.items() if power}
    return found


def _multiply_into(store: Expressions, found: Monomial, part: int, power: int) -> None:
    """`found *= part^power`."""
    inner = store.monomial(part)
    found.number *= inner.number**power
    for base, times in inner.powers.items():
        found.powers[base] = found.powers.get(base, 0) + times * power
    if inner.exponent is not None:
        more = store.scaled(inner.exponent, Fraction(power))
        found.exponent = more if found.exponent is None else store.add(found.exponent, more)


def _is_affine(store: Expressions, node: int) -> bool:
    """Whether all terms are different letters, so that there is nothing to factor."""
    terms, _ = store.linear(node)
    return all(isinstance(store.nodes[core], Leaf) for core in terms)


class _TooLarge(Exception):
    pass


class _Polynomials:
    """A sum as a quotient of polynomials."""

    def __init__(self, store: Expressions, node: int) -> None:
        self.store = store
        self.node = node
        self.letters: dict[int, int] = {}
        self.units: dict[int, Fraction] = {}  # of exponents, by what they are multiples of

    def factors(self) -> list[tuple[int, int]]:
        """The factors as nodes with their powers, the number among them."""
        try:
            self._collect(self.node, 1)
            count = len(self.letters) + len(self.units)
            if not 0 < count <= _MOST_LETTERS:
                raise _TooLarge
            names = tuple(f"a{place}" for place in range(count))
            context = flint.fmpq_mpoly_ctx.get(names, "lex")
            self.generators = context.gens()
            self.one = context.from_dict({(0,) * count: 1})
            above, below = self._quotient(self.node)
        except _TooLarge:
            return [(self.node, 1)]
        if below == 0:
            return [(self.node, 1)]
        if above == 0:
            return [(self.store.constant(0), 1)]
        found: list[tuple[int, int]] = []
        for polynomial, sign in ((above, 1), (below, -1)):
            number, parts = polynomial.factor()
            found.append((self.store.constant(_fraction(number)), sign))
            found += [(self._node(part), sign * int(power)) for part, power in parts]
        return found

    def _collect(self, node: int, power: int) -> None:
        """Find the letters, and the units of exponents."""
        store, found = self.store, self.store.nodes[node]
        if power > _MOST_POWER:
            raise _TooLarge
        if isinstance(found, Sum):
            for core, _ in found.terms:
                self._collect(core, power)
        elif isinstance(found, Product):
            for base, times in found.factors:
                self._collect(base, power * abs(times))
        elif (exponent := store.calls(node, "exp")) is not None:
            for core, number in self._exponents(exponent).items():
                self.units[core] = _common(self.units.get(core, number), number)
        else:
            self.letters.setdefault(node, len(self.letters))

    def _exponents(self, exponent: int) -> Mapping[int, Fraction]:
        terms, constant = self.store.linear(exponent)
        return {**terms, _ONE: constant} if constant else terms

    def _quotient(self, node: int) -> tuple[Any, Any]:
        store, found = self.store, self.store.nodes[node]
        if isinstance(found, Sum):
            above, below = self.one * _rational(found.constant), self.one
            for core, number in found.terms:
                more, under = self._quotient(core)
                if under == below:
                    above = above + more * _rational(number)
                else:
                    above = above * under + more * below * _rational(number)
                    below = below * under
                _check(above, below)
            return above, below
        if isinstance(found, Product):
            above, below = self.one, self.one
            for base, power in found.factors:
                pair = self._quotient(base)
                over, under = pair if power > 0 else pair[::-1]
                _check(over, under, abs(power))
                above, below = above * over ** abs(power), below * under ** abs(power)
                _check(above, below)
            return above, below
        exponent = store.calls(node, "exp")
        if exponent is None:
            return self.generators[self.letters[node]], self.one
        above, below = self.one, self.one
        places = {core: place for place, core in enumerate(self.units, len(self.letters))}
        for core, number in self._exponents(exponent).items():
            times = int(number / self.units[core])
            letter = self.generators[places[core]]
            if abs(times) > _MOST_POWER:
                raise _TooLarge
            above, below = above * letter ** max(times, 0), below * letter ** max(-times, 0)
        return above, below

    def _node(self, polynomial: Any) -> int:
        store = self.store
        letters = [*self.letters, *map(self._power_of_e, self.units)]
        terms: defaultdict[int, Fraction] = defaultdict(Fraction)
        for powers, number in polynomial.to_dict().items():
            factors = [
                store.power(letter, int(power))
                for letter, power in zip(letters, powers, strict=True)
                if power
            ]
            terms[store.multiply(*factors) if factors else store.constant(1)] += _fraction(number)
        return store.combined(terms)

    def _power_of_e(self, core: int) -> int:
        of = self.store.constant(1) if core == _ONE else core
        return self.store.built(Monomial(exponent=self.store.scaled(of, self.units[core])))


def _check(above: Any, below: Any, power: int = 1) -> None:
    """Raise `_TooLarge` for polynomials of too many terms."""
    if (len(above) + len(below)) ** (1 if power == 1 else 2) > _MOST_TERMS:
        raise _TooLarge


def _common(one: Fraction, other: Fraction) -> Fraction:
    """The largest positive number that both are multiples of."""
    below = lcm(one.denominator, other.denominator)
    return Fraction(reduce(gcd, (int(one * below), int(other * below))), below)


def _rational(number: Fraction) -> Any:
    return flint.fmpq(number.numerator, number.denominator)


def _fraction(number: Any) -> Fraction:
    return Fraction(int(number.p), int(number.q))
