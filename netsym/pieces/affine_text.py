"""Affine functions and inequalities of the inputs, written with numbers that a person can read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np

from netsym.forms.form import bind
from netsym.formula import Formula
from netsym.graph.graph import Ids
from netsym.graph.names import Names
from netsym.ops.affine.symbolic_tidy import Tidy
from netsym.writers.language import Language
from netsym.writers.spelling import checked_digits

#: The coefficients of an affine function, the constant last.
Row = Sequence[Fraction]

ROUNDED = "numbers are rounded as shown; the exact fractions are in the JSON"
_LONGEST = 999  # denominators that are written


def short(number: Fraction) -> float | Fraction:
    """A number as it is written: the float64 or the short decimal that it is, a short fraction,
    or else the nearest float64.

    >>> short(Fraction(0.1)), short(Fraction(1, 10)), short(Fraction(1, 3))
    (0.1, 0.1, Fraction(1, 3))
    >>> short(Fraction(10**30 + 1, 3 * 10**30))
    0.3333333333333333
    """
    try:
        nearest = float(number)
    except OverflowError:
        return number
    is_short = number.denominator <= _LONGEST and abs(number.numerator) <= _LONGEST**2
    if (is_short and Fraction(repr(nearest)) != number) or (number and not nearest):
        return number
    return nearest


def is_rounded(number: Fraction, digits: int | None) -> bool:
    """Whether a number is written as another one."""
    written = short(number)
    if isinstance(written, Fraction):
        return False
    if digits is None:
        return number not in (Fraction(written), Fraction(repr(written)))
    return Fraction(f"{written:.{digits}g}") != number


def formula(
    rows: Sequence[Row],
    inputs: Names,
    outputs: Names,
    exact: bool = False,
    latex_names: Mapping[str, str] | None = None,
    function: str = "",
) -> Formula:
    """Affine functions of the inputs as a formula; `rows` has one of inputs + 1 for each output.

    Its numbers are those of `short`, or exact.
    """
    ops = Tidy()
    x = ops.symbols(inputs)
    coefficients = np.array(rows, dtype=object)
    nodes = _numbers(ops, coefficients, exact)
    terms = ops.multiply(nodes[:, :-1], x)
    terms = np.where(coefficients[:, :-1] == -1, ops.negate(x), terms)
    sums = ops.add(*terms.T, nodes[:, -1])
    return Formula(ops.graph, x, bind(outputs, sums), function, latex_names=latex_names or {})


def _numbers(ops: Tidy, numbers: Any, exact: bool) -> Ids:
    """Constants of the graph."""
    written = [n if exact else short(n) for n in numbers.reshape(-1).tolist()]
    nodes = np.empty(len(written), dtype=np.int32)
    floats = [place for place, n in enumerate(written) if isinstance(n, float)]
    nodes[floats] = ops.graph.constants(np.array([written[place] for place in floats], dtype=float))
    for place, number in enumerate(written):
        if not isinstance(number, float):
            nodes[place] = ops.graph.fraction(number)
    return nodes.reshape(numbers.shape)


class Writer:
    """Writes affine functions and inequalities in a language.

    `language` is its class, as `Ascii`; `relations` says how <, <=, > and >= are written there.
    `rounded` says whether a number that was written is another than it stands for.
    """

    def __init__(
        self,
        language: type[Language],
        inputs: Names,
        digits: int | None = None,
        latex_names: Mapping[str, str] | None = None,
        relations: Mapping[str, str] | None = None,
    ) -> None:
        self.language = language
        self.inputs = inputs
        self.digits = None if digits is None else checked_digits(digits)
        self.latex_names = latex_names
        self.relations = relations or {}
        self.rounded = False

    def functions(self, rows: Sequence[Row]) -> list[str]:
        """Affine functions (inputs + 1,), each on one line."""
        if not rows:
            return []
        self.rounded |= any(is_rounded(number, self.digits) for row in rows for number in row)
        made = formula(rows, self.inputs, Names("p", None, (len(rows),)), False, self.latex_names)
        return list(self.language(made, self.digits).right_sides()[1].values())

    def number(self, number: Fraction) -> str:
        """A number."""
        zeros = (Fraction(0),) * len(self.inputs)
        return self.functions([(*zeros, number)])[0]

    def positive(self, rows: Sequence[Row]) -> list[str]:
        """Inequalities, that each of the functions is more than 0: `2*x_1 - x_2 < 0.5`."""
        sides, relations = [], []
        for *coefficients, constant in rows:
            first = next(a for a in coefficients if a)
            factor = 1 / first if sum(map(bool, coefficients)) == 1 else (1 if first > 0 else -1)
            sides.append([*(a * factor for a in coefficients), Fraction(0)])
            sides.append([*(Fraction(0) for _ in coefficients), -constant * factor])
            relations.append(" > " if first > 0 else " < ")
        written = self.functions(sides)
        return [
            f"{left}{relation}{right}"
            for left, relation, right in zip(written[::2], relations, written[1::2], strict=True)
        ]

    def between(self, low: Fraction | None, high: Fraction | None, closed: bool) -> str:
        """Where the one input is: `low <= x < high`, or `<= high` if closed; None is no end."""
        x = self.functions([(Fraction(1), Fraction(0))])[0]
        less, most = (self.relations.get(sign, sign) for sign in ("<", "<="))
        if low is None:
            return "" if high is None else f"{x} {most if closed else less} {self.number(high)}"
        if high is None:
            return f"{x} {self.relations.get('>=', '>=')} {self.number(low)}"
        return f"{self.number(low)} {most} {x} {most if closed else less} {self.number(high)}"
