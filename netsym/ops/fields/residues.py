"""The `residues` reading: an element is a residue in finite fields, at a random point.

Two functions that are equal have equal residues; two that differ have them by accident only, with
a chance that `outline` bounds (Schwartz 1980, Zippel 1979). Numbers are exact, names are random
residues, and `field_functions` says what functions are.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import reduce
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.ops import ByMatrices, Present
from netsym.ops.arrays import concatenated, filled, taken
from netsym.ops.decimals import decimals
from netsym.ops.fields.logarithm import Logarithm
from netsym.ops.fields.max_of_sets import Sets
from netsym.ops.fields.oracle import Oracle
from netsym.ops.fields.rounding_bounds import Running, called, joined, summed
from netsym.ops.fields.tower import Towers
from netsym.ops.fixed_point import BITS, FixedPoint

Array = npt.NDArray[Any]

_RAISE = np.frompyfunc(pow, 3, 1)
_SHORT = 1 << 62  # primes below this are multiplied in int64 as well
_LARGEST = 10**6  # exponent whose powers have a sign that is known


@dataclass(frozen=True, slots=True)
class Residues:
    """An array of residues: `at[level]` has shape (*shape, rows, trials), None outside its window.

    Row 0 is the random point, row 1 a second one, of which max takes its unit; `real` (*shape) are
    the values at a real point, of which max takes the sign of the unit, where it is certain. Row 1
    and `real` are there only where functions may have kinks; what is a number has one row for both.
    """

    at: tuple[Array | None, ...]
    real: Running | None

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of the array."""
        lowest = next(residues for residues in self.at if residues is not None)
        return lowest.shape[:-2]

    def levels(self) -> list[int]:
        """The levels at which it has residues."""
        return [level for level, residues in enumerate(self.at) if residues is not None]


class Shallow(Exception):
    """A value has no level left: the tower has too few for so many nested exp."""


class Arithmetic(ByMatrices[Residues]):
    """The operations in random fields, all trials at once; all but what functions are.

    `key` makes everything random. `opaque` reads functions as random functions, else they are
    written by exp, whose laws hold in a tower; `roots` says whether the laws of roots hold as well,
    in towers made for them: then a root of a square has either sign by chance; `logarithms` whether
    log is the discrete logarithm. In a circular tower sin and cos are written by exp, too.
    `kinked` says that max may occur, `flat` reads a max of max as one max of all operands. `good`
    (trials,) tells in which trials nothing was divided by zero and no root was missing; the others
    say nothing.
    """

    def __init__(
        self,
        key: bytes,
        towers: Towers,
        *,
        opaque: bool,
        kinked: bool,
        flat: bool = False,
        roots: bool = False,
        logarithms: bool = False,
    ) -> None:
        self.towers = towers
        self.opaque = opaque
        self.roots = roots
        self.logarithms = logarithms
        self.flat = flat
        self.kinked = kinked
        self.oracle = Oracle(key, towers, 2 if kinked else 1)
        self.good = np.ones(towers.trials, dtype=bool)
        self._sets = Sets(self.oracle, flat)
        self._logarithms: dict[int, Logarithm] = {}

    # -- where values come from
    def symbols(self, names: Names) -> Residues:
        return self._named(names, (len(names),))

    def _named(self, names: Names, shape: tuple[int, ...]) -> Residues:
        at, reals = self.oracle.names(names)
        whole = tuple(residues.reshape(*shape, *residues.shape[1:]) for residues in at)
        return Residues(whole, Running.exact(reals.reshape(shape)) if self.kinked else None)

    def numbers(self, values: Array) -> Residues:
        values = decimals(values) if self.decimals else values
        if values.dtype == object:
            return self._exact(values.reshape(-1).tolist(), values.shape)
        return self._floats(values)

    def _floats(self, values: Array) -> Residues:
        """Floats are exact: an integer of 53 bits times a power of two."""
        mantissas, exponents = np.frexp(values)
        integers = np.ldexp(mantissas, 53).astype(np.int64)[..., None]
        least = int(exponents.min(initial=0))
        seen = np.bincount(exponents.reshape(-1) - least) > 0
        known, places = np.flatnonzero(seen) + (least - 53), np.cumsum(seen) - 1
        at = []
        for primes in self.towers.primes:
            lower, upper = (
                np.array(
                    [[pow(2, e + more, p) for p in primes.tolist()] for e in known.tolist()],
                    dtype=primes.dtype,
                )
                for more in (0, 31)
            )
            where = places[exponents - least]
            if primes.dtype == object and primes.max() < _SHORT:
                words = [array.astype(np.int64) for array in (lower, upper, primes)]
                residues = _times(words[0][where], integers & (1 << 31) - 1, words[2])
                residues += _times(words[1][where], integers >> 31, words[2])
                residues = (residues % words[2]).astype(object)
            else:
                residues = integers.astype(primes.dtype) % primes * lower[where] % primes
            at.append(residues[..., None, :])
        return Residues(tuple(at), Running.exact(values) if self.kinked else None)

    def fixed_point(self, values: FixedPoint) -> Residues:
        at = []
        for primes in self.towers.primes:
            columns = [_residues(values, p) for p in primes.tolist()]
            at.append(np.stack(columns, axis=-1).astype(self.oracle.dtype)[..., None, :])
        real = Running.rounded(values.floats)
        exact = replace(real, error=np.where(values.errors == 0, 0.0, real.error))
        return Residues(tuple(at), exact if self.kinked else None)

    def _exact(self, values: Sequence[float | Fraction], shape: tuple[int, ...]) -> Residues:
        parts = [value.as_integer_ratio() for value in values]
        different = {below for _, below in parts}
        at = []
        for primes in self.towers.primes:
            columns = []
            for trial, p in enumerate(primes.tolist()):
                inverse = {d: pow(d, -1, p) if d % p else 0 for d in different}
                self.good[trial] &= all(inverse.values())
                columns.append([n * inverse[d] % p for n, d in parts])
            residues = np.array(columns, dtype=self.oracle.dtype).T
            at.append(residues.reshape(*shape, 1, len(columns)))
        return Residues(tuple(at), self._reals(values, shape) if self.kinked else None)

    def _reals(self, values: Sequence[float | Fraction], shape: tuple[int, ...]) -> Running:
        value = np.array([float(number) for number in values]).reshape(shape)
        exact = [v == number for v, number in zip(value.ravel().tolist(), values, strict=True)]
        rounded = Running.rounded(value)
        return Running(value, np.where(np.reshape(exact, shape), 0.0, rounded.error))

    # -- arithmetic
    def each(
        self,
        function: Callable[..., Array | None],
        real: Callable[..., Running],
        *operands: Residues,
        shift: int = 0,
    ) -> Residues:
        """`function(level, residues, …)` at every level; of the operands at level + `shift`."""
        at: list[Array | None] = []
        for level in range(self.towers.levels):
            above = level + shift
            inside = 0 <= above < self.towers.levels
            here = [operand.at[above] if inside else None for operand in operands]
            missing = any(residues is None for residues in here)
            at.append(None if missing else function(level, *here))
        if all(residues is None for residues in at):
            raise Shallow
        return Residues(tuple(at), self.real(real, *operands))

    def real(self, function: Callable[..., Running], *operands: Residues) -> Running | None:
        """A function of the real values, where they are kept."""
        if not self.kinked:
            return None
        with np.errstate(all="ignore"):
            return function(*(operand.real for operand in operands))

    def add(self, *terms: Residues) -> Residues:
        return self.each(
            lambda level, *a: reduce(np.add, a) % self.towers.primes[level],
            summed,
            *terms,
        )

    def multiply(self, *factors: Residues) -> Residues:
        def product(level: int, *residues: Array) -> Array:
            return reduce(lambda a, b: a * b % self.towers.primes[level], residues)

        return self.each(product, lambda *a: reduce(operator.mul, a), *factors)

    def negate(self, value: Residues) -> Residues:
        return self.each(lambda level, a: -a % self.towers.primes[level], operator.neg, value)

    def divide(self, numerator: Residues, denominator: Residues) -> Residues:
        def quotient(level: int, above: Array, below: Array) -> Array:
            result: Array = above * self.inverse(level, below) % self.towers.primes[level]
            return result

        return self.each(quotient, operator.truediv, numerator, denominator)

    def inverse(self, level: int, residues: Array) -> Array:
        """1 over residues; trials in which one of them is zero say nothing any more."""
        self.spoil(residues == 0)
        return self.raised(level, residues, self.towers.primes[level] - 2)

    def spoil(self, wrong: Array) -> None:
        """Give up the trials in which anything (…, trials) is wrong."""
        kept = ~np.asarray(wrong, dtype=bool).any(axis=tuple(range(wrong.ndim - 1)))
        np.logical_and(self.good, kept, out=self.good)

    def raised(self, level: int, bases: Array, exponents: Array) -> Array:
        """Powers of residues, with exponents from 0."""
        primes = self.towers.primes[level]
        if not self.towers.in_words:
            return np.asarray(_RAISE(bases, exponents, primes), dtype=object)
        result = np.ones(np.broadcast_shapes(bases.shape, exponents.shape), dtype=np.int64)
        for bit in range(int(exponents.max(initial=0)).bit_length()):
            result = np.where(exponents >> bit & 1, result * bases % primes, result)
            bases = bases * bases % primes
        return result

    def power(self, base: Residues, exponent: int) -> Residues:
        def raised(level: int, residues: Array) -> Array:
            if exponent < 0:
                residues = self.inverse(level, residues)
            orders = [p - 1 for p in self.towers.primes[level].tolist()]
            within = [0 if not exponent else (abs(exponent) - 1) % order + 1 for order in orders]
            return self.raised(level, residues, np.array(within, dtype=self.oracle.dtype))

        if abs(exponent) > _LARGEST:  # in float64 such an exponent may not even have its parity
            return self.each(raised, Running.unknown, base)
        return self.each(raised, lambda z: called(lambda v: np.float_power(v, exponent), z), base)

    # -- along axes
    def products(self, weights: Residues, values: Residues) -> Residues:
        return self.each(self._product, lambda w, v: v @ w, weights, values)

    def kept(self, values: Residues, present: Present) -> Residues:
        return self.each(
            lambda _, a: np.where(present[..., None, None], a, 0),
            lambda a: a.map(lambda part: np.where(present, part, 0.0)),
            values,
        )

    def _product(self, level: int, weights: Array, values: Array) -> Array:
        primes = self.towers.primes[level]
        batch = "" if weights.ndim == 4 else "n"  # one matrix, or one for each place
        if not self.towers.in_words:
            left, right = (np.moveaxis(a, (-2, -1), (0, 1)) for a in (values, weights))
            rows = left if batch else left.reshape(*left.shape[:2], -1, left.shape[-1])
            wide = np.moveaxis(np.matmul(rows, right.swapaxes(-1, -2)), (0, 1), (-2, -1)) % primes
            shape = (*values.shape[:-3], *wide.shape[-3:])
            return np.asarray(wide if batch else wide.reshape(shape), dtype=object)
        # halves of 16 bits: the product of a residue and a half is below 2**47, so sums of 65,536
        # of them fit
        product = f"{'...' if batch else ''}ijrt,...{batch}jrt->...{batch}irt"
        total: Array | None = None
        for start in range(0, values.shape[-3], 1 << 16):
            part = values[..., start : start + (1 << 16), :, :]
            rows = weights[..., start : start + (1 << 16), :, :]
            upper = np.einsum(product, rows, part >> 16) % primes
            lower = np.einsum(product, rows, part & 0xFFFF)
            both = (lower + (upper << 16)) % primes
            total = both if total is None else (total + both) % primes
        assert total is not None
        return total

    def total(self, values: Residues, present: Present | None = None) -> Residues:
        kept = values if present is None else self.kept(values, present)
        return self.each(
            lambda level, a: a.sum(axis=-3, keepdims=True) % self.towers.primes[level],
            Running.total,
            kept,
        )

    # -- structure
    def arranged(self, values: Residues, change: Callable[[Array], Array]) -> Residues:
        def changed(_: int, residues: Array) -> Array:
            ends = np.moveaxis(residues, (-2, -1), (0, 1))
            return np.moveaxis(change(ends), (0, 1), (-2, -1))

        return self.each(changed, lambda a: a.map(change), values)

    def concatenate(self, arrays: Sequence[Residues], axis: int = -1) -> Residues:
        return self.each(
            lambda _, *parts: concatenated(parts, axis - 2),
            lambda *parts: joined(lambda p: concatenated(p, axis), *parts),
            *arrays,
        )

    def take(self, values: Residues, positions: npt.NDArray[Any], axis: int = -1) -> Residues:
        return self.each(
            lambda _, a: taken(a, positions, axis - 2),
            lambda a: a.map(lambda part: taken(part, positions, axis)),
            values,
        )

    # -- functions
    def random(self, function: str, *operands: Residues) -> Residues:
        """A random function, odd or even where the function is."""
        parity = FUNCTIONS[function].parity

        def drawn(level: int, *residues: Array) -> Array:
            first, *rest = np.broadcast_arrays(*residues)
            mirror = -first % self.towers.primes[level]
            mirrored = first > mirror
            known = np.where(mirrored, mirror, first) if parity else first
            result = self.oracle.function(function, level, [known, *rest])
            if parity < 0:
                signed = np.where(mirrored, -result % self.towers.primes[level], result)
                result = np.where(first == 0, 0, signed)
            return result

        return self.each(drawn, real_of(function), *operands)

    def largest(self, operands: Sequence[Residues]) -> Residues:
        """max of any number of operands."""
        reals = [operand.real for operand in operands]

        def largest(level: int, *residues: Array) -> Array:
            whole = both_rows(*residues)
            shape = whole[0].shape[:-2]
            wide = [
                r.map(lambda part: np.broadcast_to(part, shape)) for r in reals if r is not None
            ]
            return self._sets.largest(level, whole, wide)

        return self.each(largest, real_of("max"), *operands)

    def logarithm(self, residues: Array) -> Array:
        """Discrete logarithms of residues at the first level, which are residues at the second."""
        self.spoil(residues == 0)
        found = np.empty_like(residues)
        for trial in range(self.towers.trials):
            if trial not in self._logarithms:
                prime, order = (int(self.towers.primes[level][trial]) for level in (0, 1))
                generator = int(self.towers.generators[0][trial])
                self._logarithms[trial] = Logarithm(prime, order, generator)
            found[..., trial] = self._logarithms[trial](residues[..., trial])
        return found


def _residues(values: FixedPoint, prime: int) -> Array:
    """The residues of numbers in fixed point."""
    if prime >= _SHORT:
        unit = pow(2, -BITS * values.below, prime)
        return filled((number * unit % prime for number in values.whole), values.shape)
    powers = [pow(2, BITS * (place - values.below), prime) for place in range(len(values))]
    total: Array = np.zeros(values.shape, dtype=np.int64)
    for part in (2, 1, 0):
        parts = np.array([power >> 21 * part & (1 << 21) - 1 for power in powers])
        sums = np.tensordot(parts.astype(np.float64), values.digits, axes=1)  # exactly
        total = (_times(total, 1 << 21, prime) + sums.astype(np.int64)) % prime
    return total


def _times(residues: Array, factors: Array | int, primes: Array | int) -> Array:
    """Products modulo primes of at most 62 bits, with factors of at most 31.

    The quotient is that of float64, which is off by one at most; the rest is right modulo 2**64.
    """
    quotients = np.floor(residues.astype(np.float64) * factors / primes).astype(np.int64)
    rest = residues * factors - quotients * primes
    found: Array = rest + np.where(rest < 0, primes, 0) - np.where(rest >= primes, primes, 0)
    return found


def real_of(function: str) -> Callable[..., Running]:
    """A function of the table on real values."""
    row = FUNCTIONS[function]
    return lambda *operands: called(row.numpy, *operands, cancels=row.cancels)


def both_rows(*arrays: Array) -> Sequence[Array]:
    """The arrays in one shape, with both rows."""
    two = [np.broadcast_to(a, (*a.shape[:-2], 2, a.shape[-1])) for a in arrays]
    return np.broadcast_arrays(*two)
