"""Rounded networks: what was computed exactly from a network, and then rounded to float64 once."""

from __future__ import annotations

from fractions import Fraction
from math import inf, nextafter, ulp
from typing import Any

from netsym.compare.agreement import draws, largest_gap
from netsym.compare.subjects import Subject
from netsym.compare.verdict import VERDICTS, Verdict, judge
from netsym.network import Network
from netsym.ops.balls import Balls, precision
from netsym.ops.formulas import read_parameter
from netsym.ops.parameters import Parameter
from netsym.writers.language import Watcher, no_watcher

_BITS = 256


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
    count, off = _off(exact.network, other.network)
    if off is None:
        because = f"a number of {other.words} is not the exact one, rounded to float64"
        return Verdict("undecided", because, found.evidence)
    if not off:
        return found
    given = draws(one, other, f"{seed} {one.fingerprint} {other.fingerprint}", kinks=False)
    gap, place = largest_gap(one, other, given)
    points = sum(len(draw.x) for draw in given)
    because = (
        f"computed exactly, {other.words} is {one.words} ({found.name}); its {count:,} numbers are "
        f"rounded to float64 once, each by at most {off:.2g}"
    )
    rounding = (
        f"at {points} points they differ by at most {gap:.2g} (a proved bound there), most at "
        f"{place}"
    )
    return Verdict("within-error", because, (rounding, *found.evidence))


def _off(exact: Network, rounded: Network) -> tuple[int, float | None]:
    """How many numbers were computed, and by how much the worst is off; None if it is too much."""
    count, worst = 0, 0.0
    if [p.layer for p in exact.layers] != [p.layer for p in rounded.layers]:
        return 0, None
    for mine, theirs in zip(exact.layers, rounded.layers, strict=True):
        for key, parameter in mine.parameters.items():
            other = theirs.parameters[key]
            if other is parameter or not other.is_numeric or parameter.is_numeric:
                continue
            assert other.entries is not None
            numbers = other.entries.reshape(-1).tolist()
            for truth, number in zip(_exactly(parameter), numbers, strict=True):
                off, whole = _distance(truth, number)
                above, below = ulp(number).as_integer_ratio()
                if 2 * off * below > above * whole:
                    return count, None
                worst = max(worst, nextafter(off / whole, inf))
                count += 1
    return count, worst


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
