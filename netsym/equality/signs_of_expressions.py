"""Signs of expressions: what they can be, where the signs of some are known.

A sign is -1, 0 or 1, and what is known is a set of them, which is never too small: no float decides
anything. A sign is that of a few keys: sums that have no factors, and letters, up to positive
factors. So that of (x^2 - 1)*exp(x) is that of x - 1 times that of x + 1, that of exp(x) - exp(y)
is that of x - y, and that of log(1 + exp(x)) is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction
from functools import cached_property
from itertools import product
from math import lcm
from typing import NamedTuple

import flint
import numpy as np

from netsym.equality.expressions import Call, Expressions, Leaf, Monomial, Node, Product, Sum
from netsym.equality.factors import factored
from netsym.equality.signs import (
    ANY,
    NOT_NEGATIVE,
    NOT_POSITIVE,
    NOT_ZERO,
    POSITIVE,
    ZERO,
    Signs,
    flipped,
    plus,
    sign_of,
    times,
)
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import literal
from netsym.ops.proved.balls import Balls, precision
from netsym.pieces.redundancy import nowhere_positive

_DEEPEST = 6  # reductions of a key to others, one within another
_ONE = -1  # stands for the number 1 among letters
_BITS = 256  # with which a number that is no fraction is known
_OF_OPERAND = frozenset({"erf", "atan", "sign"})  # functions with the sign of their operand
_OF_SIZE = frozenset({"abs", "sqrt"})  # functions that are positive but where their operand is 0


class Odd(NamedTuple):
    """How a key counts: by its sign, or by its square; and whether it may be 0."""

    odd: bool
    zero: bool


class Reduced(NamedTuple):
    """A sign as that of a number times those of keys."""

    sign: int
    keys: Mapping[int, Odd]


class Known:
    """The signs of all nodes of a store, from those that are known of some.

    `facts` hold everywhere; `cases` are those of keys in a sector.
    """

    def __init__(self, store: Expressions, facts: Iterable[tuple[int, Signs]] = ()) -> None:
        self.store = store
        self.facts = [*facts]
        self.cases: dict[int, Signs] = {}
        self.everywhere = self
        self._given: dict[int, Signs] = {}
        self._forms: dict[int, int] = {}
        self._found: dict[int, Signs] = {}
        self._reduced: dict[int, Reduced] = {}
        self._depth = 0
        for node, signs in self.facts:
            self._learn(node, signs)

    def among(self, key: int, signs: Signs, node: int) -> Known:
        """The same where a key has one of these signs; a node is what it was asked for.

        A node that has its sign stands for it among sums, since those of one max go together.
        """
        made = Known(self.store)
        made.facts, made.everywhere, made._reduced = self.facts, self.everywhere, self._reduced
        made._given, made.cases = {**self._given}, {**self.cases, key: signs}
        made._given[key] = made._given.get(key, ANY) & signs
        made._forms = {**self._forms, key: self._form(key, node)}
        return made

    def _form(self, key: int, node: int) -> int:
        """The node, or its negative, if that has the sign of the key everywhere; else the key."""
        sign, keys = self.reduced(node)
        others = (
            self.everywhere._counted(each, counts) == POSITIVE
            for each, counts in keys.items()
            if each != key
        )
        stands = sign and keys.get(key) == Odd(True, True) and all(others)
        return self.store.scaled(node, Fraction(sign)) if stands else key

    def _learn(self, node: int, signs: Signs) -> None:
        """Keep what is known of a node: of its only key, or of the node without its number."""
        sign, keys = self.reduced(node)
        (key, counts), *more = keys.items() or [(node, Odd(False, True))]
        if more or not counts.odd or not sign:
            part = self.store.monomial(node)
            sign = -1 if part.number < 0 else 1
            key = self.store.scaled(node, 1 / part.number) if part.number else node
        self._given[key] = self._given.get(key, ANY) & (signs if sign > 0 else flipped(signs))
        self._found.clear()

    def of(self, node: int) -> Signs:
        """The signs that a node can have."""
        if node not in self._found:
            number = self.store.monomial(node).number
            alone = self.store.scaled(node, 1 / number) if number else node
            given = self._given.get(alone, ANY)
            sign, keys = self.reduced(node)
            found = Signs({sign})
            for key, counts in keys.items():
                found = times(found, self._counted(key, counts))
            self._found[node] = found & (given if number >= 0 else flipped(given))
        return self._found[node]

    def open_keys(self, node: int, strict: bool) -> list[int]:
        """The keys to ask for the sign of a node; if not `strict`, 0 may be either."""
        wanted = []
        for key, counts in self.reduced(node).keys.items():
            signs = self._counted(key, counts)
            if not (len(signs) <= 1 if strict else not signs >= NOT_ZERO):
                wanted.append(key)
        return wanted

    def _counted(self, key: int, counts: Odd) -> Signs:
        signs = self._given.get(key, ANY) & self._of_key(key)
        signs = signs if counts.zero else signs - ZERO
        return signs if counts.odd else Signs(sign * sign for sign in signs)

    # -- what a sign depends on -----------------------------------------------------------------
    def reduced(self, node: int) -> Reduced:
        """The keys of a node."""
        if node not in self._reduced:
            if self is not self.everywhere:
                return self.everywhere.reduced(node)
            self._depth += 1
            self._reduced[node] = self._reduce(node)
            self._depth -= 1
        return self._reduced[node]

    def _reduce(self, node: int) -> Reduced:
        part = factored(self.store, node)
        sign = (part.number > 0) - (part.number < 0)
        keys: dict[int, Odd] = {}
        for base, power in part.powers.items():
            of_base, inner = self._reduced_base(base)
            sign *= of_base if power % 2 else of_base * of_base
            for key, counts in inner.items():
                before = keys.get(key, Odd(False, True))
                odd = before.odd ^ (counts.odd and power % 2 == 1)
                keys[key] = Odd(odd, before.zero and counts.zero and power > 0)
        return Reduced(sign, keys)

    def _reduced_base(self, base: int) -> Reduced:
        """A factor by others: it is a key itself if nothing is known to have its sign."""
        found = self.store.nodes[base]
        if self._depth > _DEEPEST:
            return Reduced(1, {base: Odd(True, True)})
        if isinstance(found, Call):
            if found.function in _OF_OPERAND:
                return self.reduced(found.operands[0])
            if found.function in _OF_SIZE:
                sign, keys = self.reduced(found.operands[0])
                return Reduced(sign * sign, {k: Odd(False, c.zero) for k, c in keys.items()})
            if found.function == "pi":
                return Reduced(1, {})
        if not isinstance(found, Leaf):
            sign = self._of_number(base)
            if sign:
                return Reduced(sign, {})
            for rule in (self._of_exponents, self._of_logarithms, self._of_roots):
                simpler = rule(base)
                if simpler is not None:
                    return self.reduced(simpler)
        return Reduced(1, {base: Odd(True, True)})

    def _of_number(self, node: int) -> int:
        """The sign of what has no letters; 0 if it has, or is not known well enough."""
        store = self.store
        if any(isinstance(store.nodes[part], Leaf) for part in store.below([node])):
            return 0
        line = store.program([node])
        with precision(_BITS):
            balls = Balls({}, _BITS)
            numbers = [balls.constant(each.value) for each in line.numbers]
            (found,) = line.run(balls, [], lambda name: balls.symbols(literal(name)), numbers)
            ball = found.item()
        return int(bool(ball > 0)) - int(bool(ball < 0))

    def _of_exponents(self, node: int) -> int | None:
        """`a exp(u) - b exp(v)` has the sign of `u - v + log(a/b)`, for positive numbers a, b."""
        store = self.store
        terms, constant = store.linear(node)
        exponents = [(store.calls(core, "exp"), number) for core, number in terms.items()]
        if constant:
            exponents.append((store.constant(0), constant))
        if len(exponents) != 2:
            return None
        (u, a), (v, b) = sorted(exponents, key=lambda each: -each[1])
        if u is None or v is None or not a > 0 > b:
            return None
        return store.add(store.difference(u, v), store.called("log", store.constant(-a / b)))

    def _of_logarithms(self, node: int) -> int | None:
        """`k log(a) + … + rest` has the sign of `a^k … exp(rest) - 1`, for what is positive."""
        store = self.store
        terms, constant = store.linear(node)
        inside = {core: store.calls(core, "log") for core in terms}
        logs = {
            core: operand
            for core, operand in inside.items()
            if operand is not None and store.value(operand) is None
        }
        if not logs or any(self.of(operand) != POSITIVE for operand in logs.values()):
            return None
        scale = lcm(*(terms[core].denominator for core in logs))
        powers = {operand: int(terms[core] * scale) for core, operand in logs.items()}
        if max(map(abs, powers.values())) > _DEEPEST:
            return None
        rest = {core: number * scale for core, number in terms.items() if core not in logs}
        risen = store.built(Monomial(exponent=store.combined(rest, constant * scale)))
        raised = [store.power(operand, power) for operand, power in powers.items()]
        return store.add(store.multiply(risen, *raised), store.constant(-1))

    def _of_roots(self, node: int) -> int | None:
        """`a - b` has the sign of `a^2 - b^2`, where neither is negative and one has a root."""
        store = self.store
        terms, constant = store.linear(node)
        sizes = [(store.scaled(core, abs(number)), number > 0) for core, number in terms.items()]
        if constant:
            sizes.append((store.constant(abs(constant)), constant > 0))
        if len(sizes) != 2 or sizes[0][1] == sizes[1][1]:
            return None
        (a, positive), (b, _) = sizes if sizes[0][1] else sizes[::-1]
        bases = [base for size in (a, b) for base in store.monomial(size).powers]
        if not positive or all(store.calls(base, "sqrt") is None for base in bases):
            return None
        if not (self.of(a) <= NOT_NEGATIVE and self.of(b) <= NOT_NEGATIVE):
            return None
        return self._settled(store.difference(store.power(a, 2), store.power(b, 2)))

    def _settled(self, node: int) -> int:
        """A node without sizes of what is known as not negative."""

        def alone(found: Node, operands: tuple[int, ...]) -> int | None:
            is_size = isinstance(found, Call) and found.function == "abs"
            return operands[0] if is_size and self.of(operands[0]) <= NOT_NEGATIVE else None

        return self.store.rewritten([node], alone)[0]

    # -- what is known of a key -----------------------------------------------------------------
    def _of_key(self, key: int) -> Signs:
        found = self.store.nodes[key]
        if not isinstance(found, Sum):
            return ANY
        signs = sign_of(found.constant)
        for core, number in found.terms:
            signs = plus(signs, times(sign_of(number), self.of(core)))
        return signs & self._by_bounds(found) & self._by_squares(found)

    def _by_bounds(self, found: Sum) -> Signs:
        """The sign of a number and terms that are too small to change it, or have it as well."""
        if not found.constant:
            return ANY
        sign = sign_of(found.constant)
        room = abs(found.constant)
        for core, number in found.terms:
            if times(sign_of(number), self.of(core)) <= sign | ZERO:
                continue
            node = self.store.nodes[core]
            bound = FUNCTIONS[node.function].bound if isinstance(node, Call) else None
            if bound is None:
                return ANY
            room -= abs(number) * Fraction(bound)
        return sign if room > 0 else sign | ZERO if room == 0 else ANY

    def _by_squares(self, found: Sum) -> Signs:
        """The sign of a sum of squares: of a polynomial of degree 2 in any letters."""
        entries: dict[tuple[int, int], Fraction] = {(_ONE, _ONE): found.constant}
        for core, number in found.terms:
            node = self.store.nodes[core]
            powers = dict(node.factors) if isinstance(node, Product) else {core: 1}
            if min(powers.values()) < 0 or sum(powers.values()) > 2:
                return ANY
            letters = [base for base, power in powers.items() for _ in range(power)]
            one, other = [*letters, _ONE][:2]
            for pair in ((one, other), (other, one)):
                entries[pair] = entries.get(pair, Fraction(0)) + number / 2
        return _definite(entries)

    # -- whether there is anything --------------------------------------------------------------
    def impossible(self) -> bool:
        """Whether it is certain that there is no such place, or it lies in the bounds of others.

        Signs that contradict each other; or sums of letters, products and functions, taken as
        variables of which only the signs are known, that are positive nowhere together.
        """
        if any(not self.of(key) for key in self.cases):
            return True
        if any(not self.of(node) & signs for node, signs in self.facts):
            return True
        return bool(self.cases) and not self.everywhere._flat and self._nowhere()

    @cached_property
    def _flat(self) -> bool:
        """Whether the facts leave no room: then bounds say nothing."""
        return self._nowhere()

    def _nowhere(self) -> bool:
        rows: list[tuple[dict[int, Fraction], Fraction]] = []
        cases = [(self._forms[key], signs) for key, signs in self.cases.items()]
        for key, signs in [*self.facts, *cases]:
            sign = 1 if signs <= NOT_NEGATIVE else -1 if signs <= NOT_POSITIVE else 0
            sign = 0 if signs == ZERO else sign
            terms, constant = self.store.linear(key)
            if sign and terms:
                row = {core: sign * number for core, number in terms.items()}
                rows.append((row, sign * constant))
        places: dict[int, int] = {}
        for row, _ in rows:
            for core in row:
                places.setdefault(core, len(places))
        for core in places:
            signs = self.everywhere.of(core)
            if signs <= NOT_NEGATIVE or signs <= NOT_POSITIVE:
                rows.append(({core: Fraction(1 if signs <= NOT_NEGATIVE else -1)}, Fraction(0)))
        if len(rows) < 2:
            return False
        normals = np.array([[flint.fmpq(0)] * len(places) for _ in rows], dtype=object)
        for at, (row, _) in enumerate(rows):
            for core, number in row.items():
                normals[at, places[core]] = flint.fmpq(number.numerator, number.denominator)
        offsets = [flint.fmpq(c.numerator, c.denominator) for _, c in rows]
        return nowhere_positive(normals, np.array(offsets, dtype=object))


def _definite(entries: dict[tuple[int, int], Fraction]) -> Signs:
    """The signs of a quadratic form, by completing squares; `_ONE` is a letter that is 1."""
    letters = {letter for pair in entries for letter in pair} - {_ONE}
    signs = ZERO
    for letter in letters:
        pivot = entries.get((letter, letter), Fraction(0))
        row = {b: number for (a, b), number in entries.items() if a == letter != b and number}
        if not pivot and row:
            return ANY
        signs = signs | sign_of(pivot)
        entries = {pair: number for pair, number in entries.items() if letter not in pair}
        for a, b in product(row, row):
            entries[a, b] = entries.get((a, b), Fraction(0)) - row[a] * row[b] / pivot
    last = sign_of(entries.get((_ONE, _ONE), Fraction(0)))
    if (signs | last) >= NOT_ZERO:
        return ANY
    return last if last != ZERO else signs | ZERO
