"""Causes: why two functions may differ a little without a mistake, proved large enough for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ulp
from typing import Any

import numpy as np

from netsym.equality.agreement import (
    FINE,
    PROVING,
    Draw,
    Floats,
    evaluate,
    largest_gap,
)
from netsym.equality.points import affine_basis
from netsym.equality.sides import Subject
from netsym.layers.dense import Dense
from netsym.ops.fields.outline import Outlines
from netsym.ops.proved.balls import overlap, precision
from netsym.ops.proved.digits import NotInDigits

_FAR = Fraction(2) ** 2200  # so far out the smallest weight of float64 drowns the largest bias
_MOST_AFFINE, _FEW_AFFINE = 2048, 64  # inputs


@dataclass(frozen=True, slots=True)
class Excuse:
    """The cause in words, how it was proved to be enough, and a bound on the differences there."""

    because: str
    evidence: tuple[str, ...]
    gap: float


def rounded(one: Subject, other: Subject, given: Sequence[Draw]) -> Excuse | None:
    """That the numbers of one are those of the other, rounded; None if they are not."""
    if _rounded(one, other):
        return _excused(
            one, other, given,
            "both are affine, and every number of the second is that of the first, rounded to "
            "float64",
            "the origin and a far point on every axis determine an affine function; there each "
            "value is within the rounding of one number",
        )  # fmt: skip
    if one.network is None or other.network is None:
        return None
    from netsym.equality.narrowed import narrowed  # what was typed need not wait for these

    found = narrowed(one, other, given[0].x)
    if found is not None:
        return _excused(one, other, given, *found)
    from netsym.equality.folded import folded

    because = folded(one, other)
    if because is not None:
        proof = "both were simplified exactly, and their numbers were compared one by one"
        return _excused(one, other, given, because, proof)
    return None


def _excused(one: Subject, other: Subject, given: Sequence[Draw], words: str, proof: str) -> Excuse:
    gap, place = largest_gap(one, other, given)
    off = f"as they stand, they differ by at most {gap:.2g}, at {place}"
    return Excuse(words, (proof, off), gap)


def _rounded(one: Subject, other: Subject) -> bool:
    """Whether `other` is one affine layer whose numbers are those of `one`, rounded once."""
    network, width = other.network, len(one.inputs)
    if network is None or len(network.layers) != 1 or one.names or other.names:
        return False
    if width > _MOST_AFFINE or not (_is_affine(one) and _is_affine(other)):
        return False
    known = _rounded_digits(one, other)
    return _rounded_far_out(one, other) if known is None else known


def _rounded_digits(one: Subject, other: Subject) -> bool | None:
    """By the values at the origin and at 1 on every axis, digit by digit.

    None where these are not quick to compute with, or `other` is not dense.
    """
    from netsym.collapse.maps import digits_for  # what is not affine need not wait for these
    from netsym.equality.rounded import are_rounded

    dense = _dense(other)
    ops = digits_for(one.network.layers) if one.network is not None else None
    if dense is None or ops is None:
        return None
    weights, bias = dense
    shape = weights.shape[1] + 1, weights.shape[0]
    try:
        values = one.read(ops, ops.numbers(affine_basis(weights.shape[1])))
        origin, axes = np.split(np.broadcast_to(values, shape), [1])
        slopes = ops.add(axes, ops.negate(origin))
    except NotInDigits:
        return None
    exact = ops.in_fixed_point(slopes.T), ops.in_fixed_point(origin[0])
    return all(map(are_rounded, exact, (weights, bias)))


def _dense(side: Subject) -> tuple[Floats, Floats] | None:
    """Weights and bias of a dense layer of the inputs as they stand; None if it is another."""
    if side.network is None or side.decimals or side.order is not None:
        return None
    (placed,) = side.network.layers
    if not isinstance(placed.layer, Dense) or placed.layer.skip or len(placed.shape) != 1:
        return None
    if not all(parameter.is_numeric for parameter in placed.parameters.values()):
        return None
    arrays = {key: parameter.numbers({}) for key, parameter in placed.parameters.items()}
    return arrays["weights"], arrays.get("bias", np.zeros(len(arrays["weights"])))


def _rounded_far_out(one: Subject, other: Subject) -> bool:
    """By intervals far out: on an axis an output is one weight, and at the origin one bias."""
    width = len(one.inputs)
    x = np.full((width + 1, width), Fraction(0), dtype=object)
    x[np.arange(1, width + 1), np.arange(width)] = _FAR
    draw = Draw(x, {})
    bits = FINE[-1] if width <= _FEW_AFFINE else PROVING[0]
    mine, _ = evaluate(one, draw, bits)
    theirs, _ = evaluate(other, draw, bits, _half_ulp)
    pairs: list[tuple[Any, Any]] = list(zip(mine.flat, theirs.flat, strict=True))
    with precision(bits):  # the first must be known better than it may be rounded
        return all(overlap(a, b) and a.rad() * 2**60 <= abs(b).upper() for a, b in pairs)


def _is_affine(side: Subject) -> bool:
    ops = Outlines(opaque=True)
    end = side.read(ops, ops.inputs(side.inputs))
    return bool(end.inputs <= 1)


def _half_ulp(value: float | Fraction) -> Fraction:
    return Fraction(ulp(value)) / 2 if isinstance(value, float) else Fraction(0)
