"""The `digits` reading: an element is an exact number in fixed point, in NumPy's arrays.

A matrix is as many matrices of whole numbers as it has digits, which BLAS multiplies without an
error (Ozaki, Ogita, Oishi and Rump, "Error-free transformations of matrix multiplication by using
fast routines of matrix multiplication and its applications", Numerical Algorithms, 2012).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from math import ceil, log2
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.names import Names
from netsym.ops import ByMatrices, NoReading, Present
from netsym.ops.arrays import Arrays
from netsym.ops.fixed_point import BITS, FixedPoint, Sums, carry, split

Array = npt.NDArray[Any]

_TERMS = 1 << 53 - 2 * (BITS - 1)  # products of two digits whose sum float64 holds
_MOST_TERMS = 1 << 15  # of which int64 holds the sums of all digits
_MOST = 32  # digits


class NotInDigits(NoReading):
    """A number that these digits cannot write, or an operation that makes such."""


class Digits(Arrays[np.void], ByMatrices[Array]):
    """Exact numbers of `count` digits, `below` of them behind the point: arrays of such records.

    Raises `NotInDigits` where a result does not fit, and for all but sums and products.
    """

    def __init__(self, count: int, below: int) -> None:
        self.count = count
        self.below = below
        self.element = np.dtype([("digits", np.int32, (count,))])

    @classmethod
    def fitting(cls, factors: Iterable[Collection[Array]]) -> Digits | None:
        """Enough digits for products of arrays of floats, one of each of the `factors`.

        None if that is more than are quick to multiply.
        """
        below, above = 0, 2.0
        for arrays in factors:
            known = [ends for ends in map(_ends, arrays) if ends is not None]
            if known:
                below += max(0, ceil(-min(low for low, _ in known) / BITS))
                widest = max(max(array.shape, default=1) for array in arrays)
                above += max(0, *(high for _, high in known)) + log2(widest + 1)
        count = below + ceil(above / BITS)
        return cls(count, below) if count <= _MOST else None

    def in_fixed_point(self, values: Array) -> FixedPoint:
        """Elements as an array of numbers, without digits that are 0 in front of all."""
        planes = np.moveaxis(values["digits"], -1, 0)
        used = [place for place in range(self.count) if planes[place].any()]
        return FixedPoint(np.ascontiguousarray(planes[: max(used, default=0) + 1]), self.below)

    # -- where values come from
    def symbols(self, names: Names) -> Array:
        raise NotInDigits("a name")

    def numbers(self, values: Array) -> Array:
        if self.decimals:
            raise NotInDigits("a decimal")
        floats = values if values.dtype != object else _as_floats(values)
        if not (np.abs(floats) < 2.0 ** (BITS * (self.count - self.below) - 1)).all():
            raise NotInDigits("a number that is too large")
        places, left = split(floats, self.count, self.below)
        if left.any():
            raise NotInDigits("a number with bits behind the last digit")
        return self._carried(places, values.shape)

    def zeros(self, shape: tuple[int, ...]) -> Array:
        """Zeros of a shape."""
        return np.zeros(shape, self.element)

    def ones(self, shape: tuple[int, ...]) -> Array:
        """Ones of a shape."""
        return self.numbers(np.ones(shape))

    def is_zero(self, values: Array) -> npt.NDArray[np.bool_]:
        """Which elements are 0."""
        return np.asarray(~values["digits"].any(axis=-1))

    def _carried(self, sums: Iterable[Sums], shape: tuple[int, ...]) -> Array:
        """Elements of sums at their places, the last place first."""
        made = self.zeros(shape)
        if not carry(sums, (made["digits"][..., place] for place in range(self.count))):
            raise NotInDigits("a number that is too large")
        return made

    def _planes(self, values: Array, kind: npt.DTypeLike) -> list[tuple[int, Array]]:
        """The places where some element has a digit, with all digits there."""
        digits = values["digits"]
        there = digits.any(axis=tuple(range(values.ndim)))
        return [
            (place, np.ascontiguousarray(digits[..., place], dtype=kind))
            for place in np.flatnonzero(there).tolist()
        ]

    # -- arithmetic, element by element
    def add(self, *terms: Array) -> Array:
        def sums() -> Iterator[Sums]:
            for place in range(self.count):
                yield sum(term["digits"][..., place].astype(np.int64) for term in terms)

        return self._carried(sums(), np.broadcast_shapes(*(term.shape for term in terms)))

    def negate(self, value: Array) -> Array:
        digits = value["digits"].astype(np.int64)
        return self._carried((-digits[..., place] for place in range(self.count)), value.shape)

    def multiply(self, *factors: Array) -> Array:
        result = factors[0]
        for factor in factors[1:]:
            shape = np.broadcast_shapes(result.shape, factor.shape)
            if (factor == self.ones(())).all():
                result = np.broadcast_to(result, shape)
                continue
            pairs = self._planes(result, np.int64), self._planes(factor, np.int64)
            result = self._product(*pairs, lambda a, b: a * b, shape)
        return result

    def _product(
        self,
        left: list[tuple[int, Array]],
        right: list[tuple[int, Array]],
        multiply: Callable[[Array, Array], Array],
        shape: tuple[int, ...],
    ) -> Array:
        """The product of digits at all places of both."""
        pairs: dict[int, list[tuple[Array, Array]]] = {}
        for one, a in left:
            for other, b in right:
                pairs.setdefault(one + other - self.below, []).append((a, b))
        if pairs and not 0 <= min(pairs) <= max(pairs) < self.count:
            raise NotInDigits("a product of too many digits")
        sums = (sum(multiply(a, b) for a, b in pairs.get(place, ())) for place in range(self.count))
        return self._carried(sums, shape)

    def divide(self, numerator: Array, denominator: Array) -> Array:
        raise NotInDigits("a quotient")

    def power(self, base: Array, exponent: int) -> Array:
        raise NotInDigits("a power")

    def call(self, function: str, *operands: Array) -> Array:
        raise NotInDigits(function)

    # -- along axes
    def products(self, weights: Array, values: Array) -> Array:
        if weights.ndim > 2 or weights.shape[-1] > _MOST_TERMS:
            raise NotInDigits("a sum of too many products")
        flat = values.reshape(-1, values.shape[-1])
        pairs = self._planes(flat, np.float64), self._planes(weights, np.float64)
        found = self._product(*pairs, _matrix_product, (len(flat), len(weights)))
        return found.reshape(*values.shape[:-1], len(weights))

    def total(self, values: Array, present: Present | None = None) -> Array:
        if present is not None:
            raise NotInDigits("a sum over a part of an axis")
        digits = values["digits"].sum(axis=-2, keepdims=True, dtype=np.int64)
        sums = (digits[..., place] for place in range(self.count))
        return self._carried(sums, digits.shape[:-1])

    def kept(self, values: Array, present: Present) -> Array:
        raise NotInDigits("a sum over a part of an axis")


def _matrix_product(left: Array, right: Array) -> Array:
    """`left @ right.T` of whole numbers, exactly: of so many columns at once as float64 holds."""
    total: Array | None = None
    for start in range(0, left.shape[-1], _TERMS):
        columns = slice(start, start + _TERMS)
        part = (left[:, columns] @ right[:, columns].T).astype(np.int64)
        total = part if total is None else total + part
    assert total is not None
    return total


def _as_floats(values: Array) -> npt.NDArray[np.float64]:
    """Numbers as the float64 that they are."""
    floats = [float(value) for value in values.reshape(-1).tolist()]
    if any(map(Fraction.__ne__, map(Fraction, values.reshape(-1).tolist()), map(Fraction, floats))):
        raise NotInDigits("a fraction that is no float64")
    return np.array(floats).reshape(values.shape)


def _ends(values: npt.NDArray[np.float64]) -> tuple[int, int] | None:
    """The exponents of the last bit of all numbers and of a power of two above them; None of 0."""
    mantissas, exponents = np.frexp(values[values != 0])
    if not exponents.size:
        return None
    whole = np.ldexp(mantissas, 53).astype(np.int64)
    last = np.frexp((whole & -whole).astype(np.float64))[1] - 54 + exponents
    return int(last.min()), int(exponents.max())
