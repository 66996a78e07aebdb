"""Expressions in a normal form of sums and products, in one store: equal ones are one number."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from netsym.ops.decimals import decimal
from netsym.ops.straight_line import Instruction, Number, StraightLine

_MOST_NODES, _MOST_TERMS, _DEEPEST = 20_000, 200_000, 40
_MOST_BITS = 20_000  # of a number


class Undefined(Exception):
    """A value is nowhere defined: a quotient by 0, or log 0."""


class Beyond(Exception):
    """An expression is too large to be looked at in this way."""


@dataclass(frozen=True, slots=True)
class Leaf:
    """An input by its place, or a name."""

    op: str
    which: int | str


@dataclass(frozen=True, slots=True)
class Sum:
    """Numbers times nodes that are no sums, by node, plus a number; alone it is that number."""

    terms: tuple[tuple[int, Fraction], ...]
    constant: Fraction


@dataclass(frozen=True, slots=True)
class Product:
    """Whole powers of nodes, by node; a sum among them has 1 as its first coefficient."""

    factors: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A function of nodes."""

    function: str
    operands: tuple[int, ...] = ()


Node = Leaf | Sum | Product | Call


@dataclass(slots=True)
class Monomial:
    """A number times whole powers of nodes, times exp of a node (None: of 0)."""

    number: Fraction = Fraction(1)
    powers: dict[int, int] = field(default_factory=dict)
    exponent: int | None = None


class Expressions(ABC):
    """The store of the nodes, which are their numbers; what functions are is left open.

    In products sqrt(a)^2 is |a|, |a|^2 is a^2, and of powers of e there is one. Raises `Beyond`
    where there are too many nodes, or too deep ones.
    """

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[Node, int] = {}
        self._depths: list[int] = []
        self._terms = 0

    # -- nodes ----------------------------------------------------------------------------------
    def put(self, node: Node) -> int:
        """The number of a node that is in normal form already."""
        if node not in self._known:
            self._terms += len(self.parts(node))
            depth = 1 + max((self._depths[part] for part in self.parts(node)), default=0)
            if len(self.nodes) > _MOST_NODES or self._terms > _MOST_TERMS or depth > _DEEPEST:
                raise Beyond
            self._known[node] = len(self.nodes)
            self.nodes.append(node)
            self._depths.append(depth)
        return self._known[node]

    @staticmethod
    def parts(node: Node) -> list[int]:
        """The nodes that a node is made of."""
        if isinstance(node, Sum):
            return [core for core, _ in node.terms]
        if isinstance(node, Product):
            return [base for base, _ in node.factors]
        return list(node.operands) if isinstance(node, Call) else []

    def below(self, roots: Iterable[int]) -> list[int]:
        """All nodes that some are made of, each behind its parts."""
        found: set[int] = set()
        todo = list(roots)
        while todo:
            node = todo.pop()
            if node not in found:
                found.add(node)
                todo += self.parts(self.nodes[node])
        return sorted(found)

    def leaf(self, op: str, which: int | str) -> int:
        """An `input` by its place, or a `name`."""
        return self.put(Leaf(op, which))

    def value(self, node: int) -> Fraction | None:
        """The number that a node is, if it is one."""
        found = self.nodes[node]
        return found.constant if isinstance(found, Sum) and not found.terms else None

    def calls(self, node: int, function: str) -> int | None:
        """The operand, if a node is a call of that function of one."""
        found = self.nodes[node]
        is_call = isinstance(found, Call) and found.function == function
        return found.operands[0] if is_call and isinstance(found, Call) else None

    # -- sums -----------------------------------------------------------------------------------
    def constant(self, value: float | Fraction) -> int:
        """A number; a float is the decimal that it is written as."""
        exact = Fraction(decimal(value))
        if max(exact.numerator.bit_length(), exact.denominator.bit_length()) > _MOST_BITS:
            raise Beyond
        return self.put(Sum((), exact))

    def linear(self, node: int) -> tuple[dict[int, Fraction], Fraction]:
        """A node as a sum: the numbers before its terms, and the one that stands alone."""
        found = self.nodes[node]
        if isinstance(found, Sum):
            return dict(found.terms), found.constant
        return {node: Fraction(1)}, Fraction(0)

    def combined(self, terms: Mapping[int, Fraction], constant: Fraction = Fraction(0)) -> int:
        """Numbers times nodes, plus a number."""
        total: defaultdict[int, Fraction] = defaultdict(Fraction)
        for node, factor in terms.items():
            inner, more = self.linear(node)
            constant += factor * more
            for core, number in inner.items():
                total[core] += factor * number
        kept = tuple(sorted((core, number) for core, number in total.items() if number))
        if not kept:
            return self.constant(constant)
        if not constant and len(kept) == 1 and kept[0][1] == 1:
            return kept[0][0]
        return self.put(Sum(kept, constant))

    def add(self, *terms: int) -> int:
        """A sum."""
        counts: defaultdict[int, Fraction] = defaultdict(Fraction)
        for term in terms:
            counts[term] += 1
        return self.combined(counts)

    def scaled(self, node: int, number: Fraction) -> int:
        """A number times a node."""
        return self.combined({node: number})

    def negate(self, value: int) -> int:
        """The other sign."""
        return self.scaled(value, Fraction(-1))

    def difference(self, one: int, other: int) -> int:
        """One less the other."""
        return self.add(one, self.negate(other))

    # -- products -------------------------------------------------------------------------------
    def monomial(self, node: int) -> Monomial:
        """A node as a number times powers; of a sum the first coefficient is taken out."""
        found = self.nodes[node]
        if isinstance(found, Product):
            made = Monomial()
            for base, power in found.factors:
                inner = self.calls(base, "exp")
                if inner is None:
                    made.powers[base] = power
                else:
                    made.exponent = inner
            return made
        if isinstance(found, Sum):
            if not found.terms:
                return Monomial(found.constant)
            core, first = found.terms[0]
            if len(found.terms) == 1 and not found.constant:
                made = self.monomial(core)
                made.number *= first
                return made
            return Monomial(first, {self.scaled(node, 1 / first): 1})
        inner = self.calls(node, "exp")
        return Monomial(powers={node: 1}) if inner is None else Monomial(exponent=inner)

    def built(self, given: Monomial) -> int:
        """The node of a monomial, in which roots, sizes and logarithms have met their powers."""
        if given.exponent is not None and self.logarithms(given.exponent):
            rest = self.built(Monomial(given.number, given.powers))
            return self.multiply(rest, self.called("exp", given.exponent))
        powers, roots = {}, []
        for base, power in given.powers.items():
            root, size = self.calls(base, "sqrt"), self.calls(base, "abs")
            if root is not None and power not in (0, 1):  # sqrt(a)^2 = |a|
                roots.append(self.power(self.called("abs", root), power // 2))
                power %= 2
            elif size is not None and power % 2 == 0:  # |a|^2 = a^2
                roots.append(self.power(size, power))
                power = 0
            if power:
                powers[base] = power
        if roots:
            return self.multiply(*roots, self.built(Monomial(given.number, powers, given.exponent)))
        factors = sorted(powers.items())
        if given.exponent is not None and self.value(given.exponent) != 0:
            factors = sorted([*factors, (self.put(Call("exp", (given.exponent,))), 1)])
        if not factors or not given.number:
            return self.constant(given.number)
        alone = len(factors) == 1 and factors[0][1] == 1
        return self.scaled(
            factors[0][0] if alone else self.put(Product(tuple(factors))), given.number
        )

    def logarithms(self, exponent: int) -> dict[int, Fraction]:
        """The terms of an exponent that are whole or half logarithms."""
        terms, _ = self.linear(exponent)
        return {
            core: number
            for core, number in terms.items()
            if (2 * number).denominator == 1 and self.calls(core, "log") is not None
        }

    def multiply(self, *factors: int) -> int:
        """A product."""
        number, powers, exponents = Fraction(1), defaultdict[int, int](int), []
        for factor in factors:
            part = self.monomial(factor)
            number *= part.number
            for base, power in part.powers.items():
                powers[base] += power
            if part.exponent is not None:
                exponents.append(part.exponent)
        exponent = self.add(*exponents) if exponents else None
        return self.built(Monomial(number, dict(powers), exponent))

    def power(self, base: int, exponent: int) -> int:
        """A whole power."""
        part = self.monomial(base)
        if not part.number and exponent < 0:
            raise Undefined
        size = max(part.number.numerator.bit_length(), part.number.denominator.bit_length())
        if abs(part.number) != 1 and size * abs(exponent) > _MOST_BITS:
            raise Beyond
        raised = None
        if part.exponent is not None:
            raised = self.scaled(part.exponent, Fraction(exponent))
        powers = {each: power * exponent for each, power in part.powers.items()}
        return self.built(Monomial(part.number**exponent, powers, raised))

    def divide(self, numerator: int, denominator: int) -> int:
        """A quotient."""
        return self.multiply(numerator, self.power(denominator, -1))

    @abstractmethod
    def called(self, function: str, *operands: int) -> int:
        """A function of the table."""

    def rewritten(
        self, roots: Sequence[int], change: Callable[[Node, tuple[int, ...]], int | None]
    ) -> list[int]:
        """The same expressions with some leaves and calls changed, their operands first.

        `change` is given one, and its operands by then; None leaves it as it is.
        """
        made: dict[int, int] = {}
        for node in self.below(roots):
            found = self.nodes[node]
            changed = None
            if isinstance(found, Leaf | Call):
                changed = change(found, tuple(made[part] for part in self.parts(found)))
            made[node] = self._of_changed(node, made) if changed is None else changed
        return [made[root] for root in roots]

    def _of_changed(self, node: int, made: Mapping[int, int]) -> int:
        found = self.nodes[node]
        if all(made[part] == part for part in self.parts(found)):
            return node
        if isinstance(found, Sum):
            terms: defaultdict[int, Fraction] = defaultdict(Fraction)
            for core, number in found.terms:
                terms[made[core]] += number
            return self.combined(terms, found.constant)
        if isinstance(found, Product):
            return self.multiply(*(self.power(made[base], power) for base, power in found.factors))
        assert isinstance(found, Call)
        return self.called(found.function, *(made[part] for part in found.operands))

    # -- as a program ---------------------------------------------------------------------------
    def program(self, roots: Sequence[int]) -> StraightLine:
        """Expressions as a straight-line program again."""
        line = StraightLine()
        places: dict[int, int] = {}

        def put(op: str, operands: Iterable[int] = (), which: int | str = 0) -> int:
            line.instructions.append(Instruction(op, tuple(operands), which))
            return len(line.instructions) - 1

        def number(value: Fraction) -> int:
            line.numbers.append(Number(value, value, False))
            return put("number", which=len(line.numbers) - 1)

        for node in self.below(roots):
            found = self.nodes[node]
            if isinstance(found, Leaf):
                places[node] = put(found.op, which=found.which)
            elif isinstance(found, Call):
                places[node] = put(found.function, [places[part] for part in found.operands])
            elif isinstance(found, Product):
                raised = [
                    places[base] if power == 1 else put("power", [places[base]], power)
                    for base, power in found.factors
                ]
                places[node] = raised[0] if len(raised) == 1 else put("multiply", raised)
            else:
                terms = [
                    places[core] if factor == 1 else put("multiply", [number(factor), places[core]])
                    for core, factor in found.terms
                ]
                if found.constant or not terms:
                    terms.append(number(found.constant))
                places[node] = terms[0] if len(terms) == 1 else put("add", terms)
        line.ends.extend(places[root] for root in roots)
        return line
