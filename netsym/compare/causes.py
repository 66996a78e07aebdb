"""Causes: why two functions may differ a little without a mistake, proved large enough for it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ulp

import numpy as np

from netsym.compare.agreement import PROVING, Draw, Radius, agree, largest_gap
from netsym.compare.points import affine_basis
from netsym.compare.subjects import Subject
from netsym.ops.outline import Outlines

_FAR = 2.0**300  # so far out one column of an affine function drowns its bias
_MOST_AFFINE = 2048  # inputs


@dataclass(frozen=True, slots=True)
class Excuse:
    """The cause in words, and how it was proved to be enough."""

    because: str
    evidence: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Cause:
    """Why the constants of one side may be a little off, and where that is decided."""

    words: str
    radius: Radius
    given: Sequence[Draw]
    proves: str


def within_error(
    one: Subject, other: Subject, given: Sequence[Draw], tolerance: float | None
) -> Excuse | None:
    """Why a difference that was found is no mistake, if that has a cause that can be named."""
    for cause in _causes(one, other, given):
        loose = agree(one, other, cause.given, PROVING, cause.radius)
        if loose.apart is None and loose.defined == loose.points:
            gap, place = largest_gap(one, other, given)
            evidence = (
                f"{cause.proves} ({loose.points} points, {loose.bits} bits)",
                f"as they stand, they differ by at most {gap:.2g}, at {place}",
            )
            return Excuse(cause.words, evidence)
    if tolerance is None:
        return None
    gap, place = largest_gap(one, other, given)
    if not gap <= tolerance:
        return None
    points = sum(len(draw.x) for draw in given)
    return Excuse(
        f"they differ by at most {gap:.3g}, within the tolerance of {tolerance:g}",
        (f"proved at each of {points} points; the worst is {place}",),
    )


def _causes(one: Subject, other: Subject, given: Sequence[Draw]) -> Iterator[_Cause]:
    digits = other.typed_digits
    if digits:
        yield _Cause(
            "they agree if every decimal that was typed is read as ± half of its last digit",
            lambda value: digits.get(value, Fraction(0)),
            given,
            "at every point the network is inside the interval that the typed digits allow",
        )
    if _is_affine(one) and _is_affine(other) and not one.names and not other.names:
        width = len(one.inputs)
        if width <= _MOST_AFFINE:
            yield _Cause(
                "both are affine, and every number of the second is that of the first, rounded to "
                "float64",
                _half_ulp,
                [Draw(affine_basis(width) * _FAR, {})],
                "the origin and a far point on every axis determine an affine function; there "
                "each value is within the rounding of one number",
            )
    if _is_float32(other) and not _is_float32(one):
        yield _Cause(
            "they agree if every number of the second is read as rounded to float32",
            _half_ulp_32,
            given,
            "at every point the first is inside the interval that float32 allows",
        )


def _is_affine(side: Subject) -> bool:
    ops = Outlines(opaque=True)
    end = side.read(ops, ops.inputs(side.inputs))
    return bool(end.inputs <= 1)


def _half_ulp(value: float | Fraction) -> Fraction:
    return Fraction(ulp(value)) / 2 if isinstance(value, float) else Fraction(0)


def _half_ulp_32(value: float | Fraction) -> Fraction:
    if not isinstance(value, float):
        return Fraction(0)
    return Fraction(float(np.spacing(np.float32(abs(value))))) / 2


def _is_float32(side: Subject) -> bool:
    """Whether all numbers of a network, and there are some, are float32."""
    if side.network is None:
        return False
    numbers = [
        parameter.entries
        for placed in side.network.layers
        for parameter in placed.parameters.values()
        if parameter.entries is not None and parameter.entries.dtype != object
    ]
    with np.errstate(over="ignore"):
        return bool(numbers) and all(
            np.array_equal(array, array.astype(np.float32).astype(np.float64)) for array in numbers
        )
