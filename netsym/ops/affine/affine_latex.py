r"""The `letters` reading: affine functions with a letter for every array, as LaTeX.

A layer says by its `forward` what it computes; read with this, it gives `W^{[2]} (W^{[1]} x +
b^{[1]}) + b^{[2]}` as it is computed, and the matrix `W^{[2]} W^{[1]}` and the constant
`W^{[2]} b^{[1]} + b^{[2]}` that it comes to.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Any

import numpy.typing as npt

from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.parameters import Parameter

_MOST_FACTORS, _MOST_TERMS = 5, 4  # that are shown; what is between is left out as dots
_MOST_KEPT = 200  # terms of a constant


class Unwritten(Exception):
    """What a layer does with whole arrays has no usual spelling."""


class TooLong(Exception):
    """A constant has too many terms."""


@dataclass(frozen=True, slots=True)
class Chain:
    """Matrices one after another, and a vector at the end of a constant; none is the identity."""

    factors: tuple[str, ...] = ()
    negative: bool = False

    def after(self, factor: str) -> Chain:
        """The product with a factor before it."""
        return replace(self, factors=(factor, *self.factors))

    def __str__(self) -> str:
        shown = self.factors or ("I",)
        if len(shown) > _MOST_FACTORS:
            shown = (*shown[:2], r"\cdots", *shown[-2:])
        return " ".join(shown)


Terms = tuple[Chain, ...]


def written(terms: Terms) -> str:
    """A sum; 0 if it has no terms."""
    few: list[Chain] = list(terms)
    dots = len(few) > _MOST_TERMS
    if dots:
        few = [*few[:2], *few[-1:]]
    text = ""
    for place, term in enumerate(few):
        sign = ("-" if term.negative else "") if not place else (" - " if term.negative else " + ")
        text += (r" + \cdots" if dots and place == 2 else "") + f"{sign}{term}"
    return text or "0"


def enclosed(text: str) -> str:
    """The text in parentheses as large as needed."""
    if r"\begin{" in text:
        return rf"\left({text}\right)"
    size = 2 if r"\bigl" in text else 1
    left, right = ((r"\bigl(", r"\bigr)"), (r"\Bigl(", r"\Bigr)"))[size - 1]
    return f"{left}{text}{right}" if "^" in text or "(" in text else f"({text})"


def as_factor(terms: Terms) -> str:
    """A sum as one factor."""
    text = written(terms)
    return text if len(terms) == 1 and not terms[0].negative else enclosed(text)


@dataclass(frozen=True, slots=True)
class Value:
    """A value (*shape) as it is computed, and as a sum of a matrix for every source and a constant.

    `factor` is what stands before a value that it multiplies, `inverse` before one that it divides;
    neither is known of what is computed.
    """

    shape: tuple[int, ...]
    nested: str
    is_sum: bool = False
    constant: Terms = ()
    maps: dict[str, Terms] = field(default_factory=dict)
    factor: str = ""
    inverse: str = ""

    @property
    def operand(self) -> str:
        """As it is computed, with something before it."""
        return enclosed(self.nested) if self.is_sum else self.nested


class Letters(ByMatrices[Value]):
    """Reads affine functions of whole values.

    `spell` says how a parameter is written: as its letter, or with its entries.
    `diagonal` says the same of the diagonal matrix of a vector.
    """

    whole = True

    def __init__(
        self, spell: Callable[[Parameter], str], diagonal: Callable[[Parameter], str]
    ) -> None:
        self.spell = spell
        self.diagonal = diagonal

    def source(self, name: str, letter: str, width: int) -> Value:
        """A value that is not looked into."""
        return Value((width,), letter, maps={name: (Chain(),)})

    # -- where values come from
    def symbols(self, names: Names) -> Value:
        raise Unwritten

    def parameter(self, parameter: Parameter) -> Value:
        text, shape = self.spell(parameter), parameter.shape
        known = Value(shape, text, constant=(Chain((text,)),), factor=text)
        if len(shape) == 1:
            diagonal = self.diagonal(parameter)
            return replace(known, factor=diagonal, inverse=f"{diagonal}^{{-1}}")
        return known

    def numbers(self, values: npt.NDArray[Any]) -> Value:
        raise Unwritten

    def constant(self, value: float | Fraction) -> Value:
        number = Fraction(value)
        text = str(number.numerator) if number.denominator == 1 else _fraction(number)
        below = _fraction(1 / number) if number else ""
        size = Chain((text.removeprefix("-"),), number < 0)
        text = f"({text})" if number < 0 else text
        return Value((), text, constant=(size,), factor=text, inverse=below)

    # -- arithmetic, element by element
    def add(self, *terms: Value) -> Value:
        if len({term.shape for term in terms}) > 1:
            raise Unwritten
        nested = terms[0].nested
        for term in terms[1:]:
            minus = term.nested.startswith("-")
            nested += f" - {term.nested[1:]}" if minus else f" + {term.nested}"
        constant = sum((term.constant for term in terms), ())
        if len(constant) > _MOST_KEPT:
            raise TooLong
        maps: dict[str, Terms] = {}
        for term in terms:
            for name, matrix in term.maps.items():
                maps[name] = _added(maps[name], matrix) if name in maps else matrix
        return Value(terms[0].shape, nested, True, constant, maps)

    def negate(self, value: Value) -> Value:
        return Value(
            value.shape, f"-{value.operand}", True, _negative(value.constant),
            {name: _negative(matrix) for name, matrix in value.maps.items()},
        )  # fmt: skip

    def multiply(self, *factors: Value) -> Value:
        result = factors[0]
        for factor in factors[1:]:
            result = self._scaled(*((factor, result) if result.maps else (result, factor)))
        return result

    def _scaled(self, by: Value, value: Value) -> Value:
        if by.maps or len(value.shape) != 1 or by.shape not in ((), value.shape):
            raise Unwritten
        return self._after(by.factor, value, value.shape)

    def divide(self, numerator: Value, denominator: Value) -> Value:
        return self._scaled(replace(denominator, factor=denominator.inverse), numerator)

    def power(self, base: Value, exponent: int) -> Value:
        if exponent != 1:
            raise Unwritten
        return base

    def call(self, function: str, *operands: Value) -> Value:
        raise Unwritten

    # -- along axes
    def products(self, weights: Value, values: Value) -> Value:
        if len(weights.shape) != 2 or len(values.shape) != 1:
            raise Unwritten
        return self._after(weights.factor, values, weights.shape[:1])

    def kept(self, values: Value, present: Present) -> Value:
        raise Unwritten

    def _after(self, factor: str, value: Value, shape: tuple[int, ...]) -> Value:
        """A matrix before a value."""
        if not factor:
            raise Unwritten
        constant = tuple(term.after(factor) for term in value.constant)
        maps = {name: _before(factor, matrix) for name, matrix in value.maps.items()}
        return Value(shape, f"{factor} {value.operand}", False, constant, maps)

    def total(self, values: Value, present: Present | None = None) -> Value:
        raise Unwritten

    # -- structure
    def arranged(
        self, values: Value, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
    ) -> Value:
        raise Unwritten

    def concatenate(self, arrays: Sequence[Value], axis: int = -1) -> Value:
        if any(len(array.shape) != 1 for array in arrays):
            raise Unwritten
        names = dict.fromkeys(name for array in arrays for name in array.maps)
        maps: dict[str, Terms] = {}
        for name in names:
            maps[name] = (stacked([array.maps.get(name, ()) for array in arrays]),)
        some = any(array.constant for array in arrays)
        constant = (stacked([a.constant for a in arrays]),) if some else ()
        width = sum(array.shape[-1] for array in arrays)
        return Value((width,), matrix([[a.nested] for a in arrays]), False, constant, maps)

    def take(self, values: Value, positions: npt.NDArray[Any], axis: int = -1) -> Value:
        raise Unwritten


def matrix(rows: Sequence[Sequence[str]], kind: str = "bmatrix") -> str:
    """A matrix of texts; scripts of two rows do not touch."""
    lines = [" & ".join(row) for row in rows]
    space = ""
    if kind == "pmatrix" and any("^" in line for line in lines):
        space = "[8pt]" if any(r"\dfrac" in line for line in lines) else "[2pt]"
    body = rf" \\{space} ".join(lines)
    return rf"\begin{{{kind}}} {body} \end{{{kind}}}"


def stacked(blocks: Sequence[Terms]) -> Chain:
    """Matrices, or vectors, one below another, as one factor."""
    return Chain((matrix([[written(block)] for block in blocks]),))


def _before(factor: str, terms: Terms) -> Terms:
    if len(terms) == 1:
        return (terms[0].after(factor),)
    return (Chain((factor, as_factor(terms))),)


def _negative(terms: Terms) -> Terms:
    return tuple(replace(term, negative=not term.negative) for term in terms)


def _added(one: Terms, other: Terms) -> Terms:
    """`A M + B M -> (A + B) M`, and `M + B M -> (I + B) M`; the identity comes first."""
    a, b = (sum_[0] if len(sum_) == 1 else Chain((as_factor(sum_),)) for sum_ in (one, other))
    common = 0
    for left, right in zip(reversed(a.factors), reversed(b.factors), strict=False):
        if left != right:
            break
        common += 1
    if not common:
        return tuple(sorted(one + other, key=_has_factors))
    rest = [replace(p, factors=p.factors[: len(p.factors) - common]) for p in (a, b)]
    first = enclosed(written(tuple(sorted(rest, key=_has_factors))))
    return (Chain((first, *a.factors[-common:])),)


def _has_factors(product: Chain) -> bool:
    return bool(product.factors)


def _fraction(number: Fraction) -> str:
    sign = "-" if number < 0 else ""
    if number.denominator == 1:
        return str(number.numerator)
    return rf"{sign}\tfrac{{{abs(number.numerator)}}}{{{number.denominator}}}"
