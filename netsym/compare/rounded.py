"""Rounded networks: what was computed exactly from a network, and then rounded to float64 once."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import inf, nextafter, ulp
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.compare.agreement import draws, largest_gap
from netsym.compare.subjects import Subject
from netsym.compare.verdict import VERDICTS, Verdict, judge
from netsym.network import Network
from netsym.ops.balls import Balls, precision
from netsym.ops.drift import Drifts, Unbounded
from netsym.ops.formulas import read_parameter
from netsym.ops.parameters import Parameter
from netsym.writers.language import Watcher, no_watcher

Floats = npt.NDArray[np.float64]

_BITS = 256
_BOX = 10.0  # the size of inputs for which a bound is given


def judge_rounded(
    one: Subject,
    exact: Subject,
    other: Subject,
    seed: int = 0,
    progress: Watcher = no_watcher,
) -> Verdict:
    """Decide whether `other` is `one`, but for the rounding of its numbers.

    First `one` and `exact` are compared, as any two functions are; then the numbers of `other` with
    those of `exact`, one by one.
    """
    found = judge(one, exact, seed, None, progress)
    if VERDICTS[found.name]:
        return found
    assert exact.network is not None
    assert other.network is not None
    off = _off(exact.network, other.network)
    if off is None:
        because = f"a number of {other.words} is not the exact one, rounded to float64"
        return Verdict("undecided", because, found.evidence)
    worst = max((float(errors.max()) for errors in off.values()), default=0.0)
    if not worst:
        return found
    given = draws(one, other, f"{seed} {one.fingerprint} {other.fingerprint}", kinks=False)
    gap, place = largest_gap(one, other, given)
    points = sum(len(draw.x) for draw in given)
    count = sum(errors.size for errors in off.values())
    because = (
        f"computed exactly, {other.words} is {one.words} ({found.name}); its {count:,} numbers are "
        f"rounded to float64 once, each by at most {worst:.2g}"
    )
    at_points = (
        f"at {points} points they differ by at most {gap:.2g} (a proved bound there), most at "
        f"{place}"
    )
    everywhere = _everywhere(other.network, off)
    return Verdict("within-error", because, (*everywhere, at_points, *found.evidence))


def _everywhere(network: Network, off: Mapping[int, Floats]) -> tuple[str, ...]:
    """What rounding can do at most, wherever the inputs are; nothing, if that has no bound."""
    ops = Drifts(off)
    try:
        with np.errstate(over="ignore"):
            apart = network.read(ops, ops.within(len(network.inputs), _BOX)).apart
    except Unbounded:
        return ()
    return (
        f"wherever all inputs are within ±{_BOX:g} they differ by at most {float(apart.max()):.2g} "
        "(proved for all such points, by the sizes of the numbers and the slopes of the functions)",
    )


def _off(exact: Network, rounded: Network) -> dict[int, Floats] | None:
    """By the id of a parameter that was rounded: how far off its numbers are, at most.

    None if one is further off than rounding can be, or the layers are not the same.
    """
    if [p.layer for p in exact.layers] != [p.layer for p in rounded.layers]:
        return None
    found: dict[int, Floats] = {}
    for mine, theirs in zip(exact.layers, rounded.layers, strict=True):
        for key, parameter in mine.parameters.items():
            other = theirs.parameters[key]
            if other is parameter or not other.is_numeric or parameter.is_numeric:
                continue
            assert other.entries is not None
            errors = []
            numbers = other.entries.reshape(-1).tolist()
            for truth, number in zip(_exactly(parameter), numbers, strict=True):
                off, whole = _distance(truth, number)
                above, below = ulp(number).as_integer_ratio()
                if 2 * off * below > above * whole:
                    return None
                errors.append(nextafter(off / whole, inf) if off else 0.0)
            found[id(other)] = np.array(errors).reshape(other.shape)
    return found


def _exactly(parameter: Parameter) -> list[Any]:
    """The entries as Fractions; balls, where they are values of functions."""
    if parameter.formula is None:
        assert parameter.entries is not None
        return [Fraction(entry) for entry in parameter.entries.reshape(-1).tolist()]
    with precision(_BITS):
        return list(read_parameter(parameter, Balls(bits=_BITS)).reshape(-1).tolist())


def _distance(truth: Any, number: float) -> tuple[int, int]:
    """How far apart they are, as a quotient; at most so far, if the truth is known as a ball."""
    if isinstance(truth, Fraction):
        above, below = number.as_integer_ratio()
        gap = truth.numerator * below - above * truth.denominator
        return abs(gap), truth.denominator * below
    with precision(_BITS):
        mantissa, exponent = map(int, abs(truth - number).upper().man_exp())
    return mantissa << max(exponent, 0), 1 << max(-exponent, 0)
