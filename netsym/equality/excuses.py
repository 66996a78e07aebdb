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
    Radius,
    agree,
    evaluate,
    largest_gap,
)
from netsym.equality.sides import Subject
from netsym.ops.fields.outline import Outlines
from netsym.ops.proved.balls import midpoint, overlap, precision
from netsym.wording import plural

_FAR = Fraction(2) ** 2200  # so far out the smallest weight of float64 drowns the largest bias
_MOST_AFFINE, _FEW_AFFINE = 2048, 64  # inputs
_SMALL_PART = 0.25  # of the largest value: more is not rounding
_NONE = Fraction(0)
_ROOM = 1 + Fraction(1, 2**40)  # 0.125 may be rounded to 0.12, which no float64 is exactly


@dataclass(frozen=True, slots=True)
class Excuse:
    """The cause in words, how it was proved to be enough, and a bound on the differences there."""

    because: str
    evidence: tuple[str, ...]
    gap: float


def within_error(
    one: Subject, other: Subject, given: Sequence[Draw], tolerance: float | None
) -> Excuse | None:
    """Why a difference that was found is no mistake, if that has a cause that can be named."""
    radii = (typed_radius(one, other), typed_radius(other, one))
    if radii != (None, None):
        loose = agree(one, other, given, PROVING, radii)
        agree_so = loose.apart is None and loose.defined == loose.points
        if agree_so and _is_small_part(one, other, given):
            return _excused(
                one, other, given,
                f"at all {plural(loose.points, 'point')} they agree if decimals that were typed "
                "are read as ± half of their last digit",
                f"there the intervals that the typed digits allow overlap ({loose.bits} bits)",
            )  # fmt: skip
    if _rounded(one, other):
        return _excused(
            one, other, given,
            "both are affine, and every number of the second is that of the first, rounded to "
            "float64",
            "the origin and a far point on every axis determine an affine function; there each "
            "value is within the rounding of one number",
        )  # fmt: skip
    if _narrowed(one, other):
        return _excused(
            one, other, given,
            "every number of the second is that of the first, rounded to float32",
            "the layers are the same, and their numbers were compared one by one",
        )  # fmt: skip
    if tolerance is None:
        return None
    gap, place = largest_gap(one, other, given)
    if not gap <= tolerance:
        return None
    points = sum(len(draw.x) for draw in given)
    return Excuse(
        f"at {plural(points, 'point')} they differ by at most {gap:.3g}, within the tolerance of "
        f"{tolerance:g}",
        (f"a proved bound at these points, which says nothing of others; the worst is {place}",),
        gap,
    )


def _is_small_part(one: Subject, other: Subject, given: Sequence[Draw]) -> bool:
    """Whether the difference is small beside the values: else any formula could be excused."""
    size = 0.0
    for draw in given:
        values, _ = evaluate(one, draw, PROVING[0])
        balls: list[Any] = values.reshape(-1).tolist()
        size = max([size, *(abs(midpoint(ball)) for ball in balls if ball.is_finite())])
    return largest_gap(one, other, given)[0] <= _SMALL_PART * size


def typed_radius(typed: Subject, network: Subject) -> Radius | None:
    """How far the decimals of a typed formula may be off, against a network with numbers.

    A decimal that is a number of the network has no room, and one that is such a number rounded has
    half of its last digit. If most are so, the formula copies the network, and the others have no
    room either; if not, it is in another form, and all have room. Against what was typed as well
    there is no room; the answer is None where there is none.
    """
    digits = {value: half * _ROOM for value, half in typed.typed_digits.items() if value}
    numbers = _numbers(network)
    if not digits or not len(numbers):
        return None
    room, copied = {}, 0
    for value, half in digits.items():
        place = int(np.searchsorted(numbers, abs(float(value))))
        around = numbers[max(place - 1, 0) : place + 2].tolist()
        closest = min(abs(Fraction(number) - abs(Fraction(value))) for number in around)
        copied += closest <= half
        if 0 < closest <= half:
            room[value] = half
    if 2 * copied < len(digits):
        room = digits
    return (lambda value: room.get(value, _NONE)) if room else None


def _numbers(side: Subject) -> Floats:
    """The sizes of all float64 numbers of a network or a formula that was not typed, sorted."""
    arrays: list[Floats] = []
    if side.network is not None:
        for placed in side.network.layers:
            entries = (p.entries for p in placed.parameters.values() if p.entries is not None)
            arrays += [
                np.array([e for e in array.reshape(-1).tolist() if isinstance(e, float)])
                for array in entries
            ]
    elif side.parsed is None:
        blocks = (block.payload for block in side.graph.graph.blocks if block.op == "constant")
        arrays = [payload for payload in blocks if isinstance(payload, np.ndarray)]
    return np.sort(np.abs(np.concatenate(arrays))) if arrays else np.empty(0)


def _parameters(side: Subject) -> list[Floats] | None:
    """All parameter arrays of a network that are numbers; None if there are others."""
    if side.network is None:
        return None
    found = []
    for placed in side.network.layers:
        for parameter in placed.parameters.values():
            if not parameter.is_numeric:
                return None
            found.append(np.asarray(parameter.entries, dtype=np.float64))
    return found


def _excused(one: Subject, other: Subject, given: Sequence[Draw], words: str, proof: str) -> Excuse:
    gap, place = largest_gap(one, other, given)
    off = f"as they stand, they differ by at most {gap:.2g}, at {place}"
    return Excuse(words, (proof, off), gap)


def _rounded(one: Subject, other: Subject) -> bool:
    """Whether `other` is one affine layer whose numbers are those of `one`, rounded once.

    At a point far out on an axis an output is one weight, and at the origin it is one bias; so
    intervals there are those of single numbers.
    """
    network, width = other.network, len(one.inputs)
    if network is None or len(network.layers) != 1 or one.names or other.names:
        return False
    if width > _MOST_AFFINE or not (_is_affine(one) and _is_affine(other)):
        return False
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


def _narrowed(one: Subject, other: Subject) -> bool:
    """Whether two networks have the same layers, and numbers that are the others in float32."""
    wide, narrow = _parameters(one), _parameters(other)
    if wide is None or narrow is None or one.network is None or other.network is None:
        return False
    if one.network.input_names.all() != other.network.input_names.all():
        return False
    layers = zip(one.network.layers, other.network.layers, strict=False)
    alike = len(one.network.layers) == len(other.network.layers) and all(
        (a.layer, a.sources, a.shapes) == (b.layer, b.sources, b.shapes) for a, b in layers
    )
    with np.errstate(over="ignore"):
        return alike and all(
            np.array_equal(a.astype(np.float32).astype(np.float64), b)
            for a, b in zip(wide, narrow, strict=True)
        )
