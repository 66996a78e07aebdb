"""The `outline` reading: what must be known of a function before its residues are compared.

An element says how deep exp is nested, and bounds the polynomials that its residue is a quotient
of. From these follow the height of the tower, and the chance that different functions have equal
residues by accident.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import frexp, log2, prod
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.arrays import concatenated_shape, hollow, taken_shape
from netsym.ops.decimals import are_decimals, decimal, decimals
from netsym.ops.fixed_point import FixedPoint

if TYPE_CHECKING:
    from netsym.ops.fields.tower import Towers

_HYPERBOLIC = frozenset({"exp", "tanh", "sinh", "cosh"})
_CIRCULAR = frozenset({"sin", "cos", "tan"})
_MOST = 2**200  # of degrees and bits: with more, nothing is proved anyway


class Outline(NamedTuple):
    """What is known of every element of an array of some shape.

    `first` is the first level at which it has a residue, `lost` how many of the last have none;
    after a logarithm `end` is one past the last.
    `above` and `below` are the degrees of numerator and denominator in independent random values,
    `bits` the length of their coefficients, which are `whole` if there are no fractions among them.
    `inputs` is the degree in the inputs: 0, 1, or 2 for all that is not affine, `kinks` in values
    with kinks.
    """

    shape: tuple[int, ...]
    first: int = 0
    lost: int = 0
    end: int = _MOST
    above: int = 0
    below: int = 0
    bits: float = 0.0
    inputs: int = 0
    kinks: int = 0
    largest: bool = False  # it is a max, or the negative of one
    whole: bool = True


@dataclass(slots=True)
class Found:
    """What is found of all that is read: `levels` that a tower needs, and whether it is `possible`
    to read it in one; `calls` of random functions, how many of them are `roots`, the sums of
    `degrees` and of `bits` of all their operands, the `functions` used, by their names, whether
    a max is `nested` in another, or of more than two, and whether a number is `rounded`: a float64
    that is not the decimal that it is written as.
    """

    levels: int = 1
    possible: bool = True
    calls: int = 0
    degrees: int = 0
    bits: float = 0.0
    roots: int = 0
    functions: set[str] = field(default_factory=set)
    nested: bool = False
    rounded: bool = False


class Outlines(ByMatrices[Outline]):
    """Outlines of values, and what is `found` of all that is read with it."""

    def __init__(self, opaque: bool, logarithms: bool = True, circular: bool = False) -> None:
        self.opaque = opaque
        self.logarithms = logarithms
        self.by_exp = _HYPERBOLIC | _CIRCULAR if circular else _HYPERBOLIC
        self.found = Found()

    def chance(self, towers: Towers, ends: Sequence[Outline]) -> float:
        """log2 of a bound on the chance that any two different outputs of `ends` look equal.

        A trial is fooled if the difference of two operands of random functions, of the values of
        one at the two points of max, or of two outputs, vanishes at the random point (its degree
        over the prime, by Schwartz and Zippel), or if the prime divides all of its coefficients
        (their `bits` over the size of a prime, of all primes of this size); but where exp is used,
        this is counted for the outputs alone. All trials must be fooled.
        """
        found = self.found
        no_exp = self.opaque or found.levels == 1
        degrees = (found.calls + 1) * found.degrees
        bits = found.calls * found.bits if no_exp else 0.0
        for end in ends:
            degrees += prod(end.shape) * max(end.above + end.below, 1)
            bits += prod(end.shape) * max(end.bits, 1)
        fooled = min(degrees, _MOST) / towers.smallest
        if self.logarithms and "log" in self.found.functions and not self.opaque:
            fooled += self.found.calls * 2.0**-39  # two residues have one logarithm
        size = towers.smallest.bit_length() - 1
        fooled += bits / size / (2.0**size / (2 * size))
        return min(0.0, log2(fooled)) * towers.trials

    # -- where values come from
    def symbols(self, names: Names) -> Outline:
        return Outline((len(names),), above=1)

    def inputs(self, names: Names) -> Outline:
        """The inputs, of which the others may be affine functions."""
        return self.symbols(names)._replace(inputs=1)

    def numbers(self, values: npt.NDArray[Any]) -> Outline:
        self.found.rounded = self.found.rounded or not are_decimals(values)
        exact: list[Fraction] = []
        floats: npt.NDArray[Any] = decimals(values) if self.decimals else values
        if floats.dtype == object:
            exact = [value for value in floats.flat if isinstance(value, Fraction)]
            floats = np.array([v for v in floats.flat if isinstance(v, float)], dtype=np.float64)
        bits = _float_bits(floats) + sum(map(_bits, exact))
        whole = not exact and bool((floats == np.rint(floats)).all())
        return Outline(values.shape, bits=bits, whole=whole)

    def fixed_point(self, values: FixedPoint) -> Outline:
        return Outline(values.shape, bits=min(float(values.bits), float(_MOST)), whole=False)

    def constant(self, value: float | Fraction) -> Outline:
        self.found.rounded = self.found.rounded or decimal(value) != value
        number = decimal(value) if self.decimals else Fraction(value)
        return Outline((), bits=_bits(number), whole=number.denominator == 1)

    # -- arithmetic
    def _seen(self, outline: Outline) -> Outline:
        self.found.levels = max(self.found.levels, outline.first + outline.lost + 1)
        self.found.possible &= outline.first < outline.end
        return outline

    def _joined(self, operands: Sequence[Outline], **known: Any) -> Outline:
        known["above"], known["below"] = min(known["above"], _MOST), min(known["below"], _MOST)
        known["bits"] = min(known["bits"], float(_MOST))
        known.setdefault("whole", all(operand.whole for operand in operands))
        return self._seen(
            Outline(
                known.pop("shape", None) or np.broadcast_shapes(*(o.shape for o in operands)),
                max(o.first for o in operands),
                max(o.lost for o in operands),
                min(o.end for o in operands),
                **known,
            )
        )

    def add(self, *terms: Outline) -> Outline:
        below = sum(term.below for term in terms)
        bits = [term.bits for term in terms]
        alike = not below and all(term.whole for term in terms)  # no denominator to multiply with
        return self._joined(
            terms,
            above=max(term.above - term.below for term in terms) + below,
            below=below,
            bits=(max(bits) if alike else sum(bits)) + log2(len(terms)),
            inputs=max(term.inputs for term in terms),
            kinks=max(term.kinks for term in terms),
        )

    def multiply(self, *factors: Outline) -> Outline:
        return self._joined(
            factors,
            above=sum(factor.above for factor in factors),
            below=sum(factor.below for factor in factors),
            bits=sum(factor.bits for factor in factors),
            inputs=min(sum(factor.inputs for factor in factors), 2),
            kinks=min(sum(factor.kinks for factor in factors), 2),
        )

    def divide(self, numerator: Outline, denominator: Outline) -> Outline:
        inverse = denominator._replace(
            above=denominator.below,
            below=denominator.above,
            inputs=2 * denominator.inputs,
            whole=False,
            kinks=2 * denominator.kinks,
        )
        return self.multiply(numerator, inverse)

    def power(self, base: Outline, exponent: int) -> Outline:
        times = min(abs(exponent), _MOST)
        above, below = base.above * times, base.below * times
        return self._joined(
            [base],
            above=above if exponent >= 0 else below,
            below=below if exponent >= 0 else above,
            bits=base.bits * times,
            whole=base.whole and exponent >= 0,
            inputs=base.inputs if exponent == 1 else 2 * (base.inputs > 0) * (exponent != 0),
            kinks=base.kinks if exponent == 1 else 2 * (base.kinks > 0) * (exponent != 0),
        )

    def negate(self, value: Outline) -> Outline:
        return value  # still a max, if it was one

    # -- along axes
    def products(self, weights: Outline, values: Outline) -> Outline:
        products = self.multiply(weights._replace(shape=()), values._replace(shape=()))
        shape = (*values.shape[:-1], weights.shape[-2])
        if len(weights.shape) > 2:
            batch = np.broadcast_shapes(weights.shape[:-2], values.shape[:-2])
            shape = (*batch, *shape[-2:])
        return self._summed(products, shape, values.shape[-1])

    def kept(self, values: Outline, present: Present) -> Outline:
        return values  # with fewer terms, a sum has no more than these

    def total(self, values: Outline, present: Present | None = None) -> Outline:
        return self._summed(values, (*values.shape[:-1], 1), values.shape[-1])

    def _summed(self, term: Outline, shape: tuple[int, ...], count: int) -> Outline:
        """A sum of so many alike, whose coefficients are over one denominator if constant."""
        return self._joined(
            [term],
            shape=shape,
            above=term.above + (count - 1) * term.below,
            below=term.below * count,
            bits=term.bits * (count if term.below else 1) + log2(count),
            inputs=term.inputs,
            kinks=term.kinks,
        )

    def concatenate(self, arrays: Sequence[Outline], axis: int = -1) -> Outline:
        return self._largest(arrays, concatenated_shape([a.shape for a in arrays], axis))

    def _largest(self, arrays: Sequence[Outline], shape: tuple[int, ...]) -> Outline:
        return self._joined(
            arrays,
            shape=shape,
            above=max(array.above for array in arrays),
            below=max(array.below for array in arrays),
            bits=max(array.bits for array in arrays),
            inputs=max(array.inputs for array in arrays),
            kinks=max(array.kinks for array in arrays),
            largest=any(array.largest for array in arrays),
        )

    def arranged(
        self, values: Outline, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
    ) -> Outline:
        return values._replace(shape=change(hollow(values.shape)).shape)

    def take(self, values: Outline, positions: npt.NDArray[Any], axis: int = -1) -> Outline:
        return values._replace(shape=taken_shape(values.shape, positions, axis))

    # -- functions
    def call(self, function: str, *operands: Outline) -> Outline:
        self.found.functions.add(function)
        row = FUNCTIONS[function]
        if not operands:
            return Outline((), above=2)
        exact = row.kinked or row.piecewise
        if row.expansion is not None and (row.piecewise or not self.opaque):
            expanded: Outline = row.expansion(self, *operands)
            return expanded
        outline = self._drawn(function, operands, exact)
        if row.kinked:
            self.found.nested |= len(operands) > 2 or any(operand.largest for operand in operands)
            outline = outline._replace(largest=True)
        if self.opaque:
            return outline
        if function in self.by_exp:
            above, below = (1, 0) if function == "exp" else (2, 1) if function != "tan" else (2, 2)
            shifted = max(outline.first - 1, 0)
            return self._seen(
                outline._replace(first=shifted, lost=outline.lost + 1, end=outline.end - 1,
                        above=above, below=below)
            )  # fmt: skip
        if function == "log" and self.logarithms:
            self.found.possible &= outline.first == 0
            return self._seen(outline._replace(first=1, lost=0, end=2))
        return outline

    def _drawn(self, function: str, operands: Sequence[Outline], exact: bool) -> Outline:
        """A random function of the operands: its value is independent of all else."""
        shape = np.broadcast_shapes(*(operand.shape for operand in operands))
        self.found.calls += prod(shape)
        self.found.roots += prod(shape) if function == "sqrt" else 0
        degree = sum(operand.above + operand.below for operand in operands)
        self.found.degrees += prod(shape) * degree
        self.found.bits += prod(shape) * sum(operand.bits for operand in operands)
        inputs = 2 * max(min(operand.inputs, 1) for operand in operands)
        above, below, bits = 1, 0, 0.0
        if exact:  # the mean and the unit are functions of the operands
            above = sum(operand.above + operand.below for operand in operands) + 1
            below = sum(operand.below for operand in operands)
            bits = sum(operand.bits for operand in operands)
        kinks = 2 * max(min(operand.kinks, 1) for operand in operands) or int(exact)
        return self._joined(
            operands, shape=shape, above=above, below=below, bits=bits, inputs=inputs, kinks=kinks,
            whole=not exact,
        )  # fmt: skip


def _bits(value: Fraction) -> float:
    return float(max(value.numerator.bit_length(), value.denominator.bit_length()))


def _float_bits(values: npt.NDArray[np.float64]) -> float:
    """The length of the longest of floats written over one denominator."""
    exponents = [frexp(value)[1] for value in _extremes(values)]
    if not exponents:
        return 0.0
    return 53.0 + max(exponents) - min(exponents) + abs(min(exponents))


def _extremes(values: npt.NDArray[np.float64]) -> Iterable[float]:
    sizes = np.abs(values[values != 0])
    return (float(sizes.min()), float(sizes.max())) if sizes.size else ()
