"""Affine functions of values, and the values: inputs, and functions of such, in one store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from netsym.recognise.coefficients import ONE, ZERO, Coefficient


class Affine:
    """Coefficients times values, by the number of the value, plus a constant."""

    __slots__ = ("_key", "constant", "terms")

    def __init__(self, terms: Mapping[int, Coefficient], constant: Coefficient = ZERO) -> None:
        self.terms = terms
        self.constant = constant
        self._key: tuple[frozenset[tuple[int, Coefficient]], Coefficient] | None = None

    @property
    def key(self) -> tuple[frozenset[tuple[int, Coefficient]], Coefficient]:
        """What it is equal by."""
        if self._key is None:
            self._key = frozenset(self.terms.items()), self.constant
        return self._key

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Affine) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    def __repr__(self) -> str:
        terms = " + ".join(f"({each})*v{value}" for value, each in self.terms.items())
        return f"<{terms} + {self.constant}>"

    @property
    def alone(self) -> int | None:
        """The one value that it is, as it stands."""
        if len(self.terms) != 1 or self.constant:
            return None
        ((value, factor),) = self.terms.items()
        return value if factor == ONE else None

    def scaled(self, factor: Coefficient) -> Affine:
        """All of it times a coefficient."""
        if not factor:
            return NOTHING
        if factor == ONE:
            return self
        terms = {value: factor * each for value, each in self.terms.items()}
        return Affine(terms, factor * self.constant)

    def __neg__(self) -> Affine:
        return Affine({value: -each for value, each in self.terms.items()}, -self.constant)

    def __sub__(self, other: Affine) -> Affine:
        return total(self, -other)

    def ratio(self, other: Affine) -> Coefficient | None:
        """The coefficient times which the other's terms are those of this one, if there is one."""
        if not other.terms or self.terms.keys() != other.terms.keys():
            return None
        first = next(iter(other.terms))
        mine, theirs = self.terms[first], other.terms[first]
        if mine == theirs:
            found = ONE
        elif theirs.is_product:
            found = mine * theirs.inverse()
        else:
            return None
        same = all(self.terms[value] == found * each for value, each in other.terms.items())
        return found if same else None


NOTHING = Affine({})


def constant(value: Coefficient) -> Affine:
    """A function that is a constant."""
    return Affine({}, value)


def total(*summands: Affine) -> Affine:
    """A sum."""
    factors: dict[int, list[Coefficient]] = {}
    for summand in summands:
        for value, factor in summand.terms.items():
            factors.setdefault(value, []).append(factor)
    terms = {
        value: each[0] if len(each) == 1 else Coefficient.total(each)
        for value, each in factors.items()
    }
    rest = Coefficient.total(summand.constant for summand in summands)
    return Affine({value: each for value, each in terms.items() if each}, rest)


@dataclass(frozen=True, slots=True)
class Value:
    """An input by its name, or a function of affine functions of other values.

    `kind` is a function of the table, or "input", "product", "reciprocal", "power", "linear" (a sum
    that is kept as a unit), "softmax" (its `index`-th part) or "largest". `extra` is alpha, or the
    exponent.
    """

    kind: str
    operands: tuple[Affine, ...] = ()
    extra: Fraction | None = None
    index: int = 0
    name: str = ""


class Values:
    """All values, which are their numbers; equal ones are one. `levels` are what they rest on."""

    def __init__(self, inputs: list[str]) -> None:
        self.all: list[Value] = []
        self.levels: list[int] = []
        self.nodes: list[int] = []  # where each stands in the formula first
        self.typed: dict[int, Affine] = {}  # what a relu that was typed as max or min is of
        self._known: dict[Value, int] = {}
        for name in inputs:
            self.put(Value("input", name=name), -1)

    def __getitem__(self, number: int) -> Value:
        return self.all[number]

    def number(self, value: Value) -> int | None:
        """The number of a value, if there is such a one."""
        return self._known.get(value)

    def put(self, value: Value, node: int) -> int:
        """The number of a value, which stands at a node of the formula."""
        if value not in self._known:
            below = [self.levels[each] for operand in value.operands for each in operand.terms]
            self._known[value] = len(self.all)
            self.all.append(value)
            self.levels.append(1 + max(below) if below else 0)
            self.nodes.append(node)
        return self._known[value]
