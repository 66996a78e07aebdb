"""Simplified networks: what was computed exactly from a network, and then rounded to float64 once.

Layers that were split up to a tolerance are the one thing that is not exact; what they may change
is bounded as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import ROUND_UP, Context, Decimal
from fractions import Fraction
from math import inf, isfinite, nextafter, ulp
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.compare.agreement import draws, largest_gap
from netsym.compare.subjects import Subject, aligned, subject
from netsym.compare.verdict import VERDICTS, Verdict, judge
from netsym.network import Network
from netsym.ops.balls import Balls, precision
from netsym.ops.drift import Drifts, Unbounded
from netsym.ops.formulas import read_parameter
from netsym.ops.parameters import Parameter
from netsym.ops.rationals import Exact
from netsym.simplify.simplification import Simplified, Step
from netsym.writers.language import Watcher, no_watcher

Floats = npt.NDArray[np.float64]

_BITS = 256
_BOX = 10.0  # the size of inputs for which a bound is given


def judge_simplified(
    one: Subject,
    result: Simplified,
    other: Subject,
    seed: int = 0,
    progress: Watcher = no_watcher,
) -> Verdict:
    """Decide whether `other`, the network of `result`, is `one`, but for causes that are known."""
    splits = [step for step in result.steps if step.found.approximate]
    exact = _called(other.words, one, result.exact)
    if not splits:
        return judge_rounded(one, exact, other, seed, progress)
    stations = [_called(other.words, one, n) for s in splits for n in (s.before, s.after)]
    sides = [one, *stations, exact]
    for before, after in zip(sides[0:-2:2], sides[1:-2:2], strict=True):  # between the splits
        found = judge(before, after, seed, None, progress)
        if VERDICTS[found.name]:
            return found
    found = judge_rounded(stations[-1], exact, other, seed, progress)
    if VERDICTS[found.name]:
        return found
    off = [_split_off(step) for step in splits]
    networks = [step.before for step in splits]
    rounding = _off(result.exact, result.network)
    if rounding:
        networks, off = [*networks, result.network], [*off, rounding]
    because = f"but for layers that were split up to a tolerance, {other.words} is {one.words}"
    reasons = tuple(step.found.because for step in splits)
    gap = _at_points(one, other, seed)
    return Verdict("within-error", because, (*_everywhere(networks, off), gap, *reasons))


def _split_off(step: Step) -> dict[int, Floats]:
    """By the id of the weights W that a step split: how far U V is from them, at most."""
    before = step.found.layers[0]
    second = step.found.after.layers[before.name]
    first = step.found.after.layers[second.sources[0]]
    w, u, v = (p.parameters["weights"] for p in (before, second, first))
    exact = Exact()
    product = exact.contract(read_parameter(u, exact), read_parameter(v, exact).T, None).T
    gaps = exact.add(read_parameter(w, exact), exact.negate(product)).reshape(-1).tolist()
    bounds = [nextafter(abs(int(gap.p)) / int(gap.q), inf) if gap else 0.0 for gap in gaps]
    return {id(w): np.array(bounds).reshape(w.shape)}


def _called(words: str, one: Subject, network: Network) -> Subject:
    return aligned(one, replace(subject(network), words=words))


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
    count = sum(errors.size for errors in off.values())
    because = (
        f"computed exactly, {other.words} is {one.words} ({found.name}); its {count:,} numbers are "
        f"rounded to float64 once, each by at most {at_most(worst)}"
    )
    everywhere = _everywhere([other.network], [off])
    evidence = (*everywhere, _at_points(one, other, seed), *found.evidence)
    return Verdict("within-error", because, evidence)


def _at_points(one: Subject, other: Subject, seed: int) -> str:
    given = draws(one, other, f"{seed} {one.fingerprint} {other.fingerprint}", kinks=False)
    gap, place = largest_gap(one, other, given)
    points = sum(len(draw.x) for draw in given)
    return (
        f"at {points} points they differ by at most {at_most(gap)} (a proved bound there), most at "
        f"{place}"
    )


def _everywhere(
    networks: Sequence[Network], off: Sequence[Mapping[int, Floats]]
) -> tuple[str, ...]:
    """What these changes can do at most, wherever the inputs are; nothing, if that has no bound."""
    total = 0.0
    try:
        for network, changes in zip(networks, off, strict=True):
            ops = Drifts(changes)
            with np.errstate(over="ignore", invalid="ignore"):
                apart = network.read(ops, ops.within(len(network.inputs), _BOX)).apart
            total = nextafter(total + float(apart.max()), inf)
    except Unbounded:
        return ()
    if not isfinite(total):
        return ()
    return (
        f"wherever all inputs are within ±{_BOX:g} they differ by at most {at_most(total)} (proved "
        "for all such points, by the sizes of the numbers and the slopes of the functions)",
    )


def _off(exact: Network, rounded: Network) -> dict[int, Floats] | None:
    """By the id of a parameter that was rounded: how far off its numbers are, at most.

    None if one is further off than rounding can be, or the layers are not the same.
    """
    if _wiring(exact) != _wiring(rounded):
        return None
    found: dict[int, Floats] = {}
    for mine, theirs in zip(exact.layers, rounded.layers, strict=True):
        for key, parameter in mine.parameters.items():
            other = theirs.parameters[key]
            if _same(parameter, other):
                continue
            if not other.is_numeric or other.shape != parameter.shape or parameter.symbols():
                return None
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


def _wiring(network: Network) -> list[Any]:
    """All of a network but its parameters."""
    layers = [(p.name, p.layer, p.sources, sorted(p.parameters)) for p in network.layers]
    return [network.inputs, network.outputs, *layers]


def _same(one: Parameter, other: Parameter) -> bool:
    """Whether two parameters are the same, number for number and name for name."""
    if one is other:
        return True
    if one.formula is not None or other.formula is not None:
        return one.formula is other.formula and one.shape == other.shape
    if one.entries is None or other.entries is None:
        return one.entries is other.entries and one.names == other.names
    return one.names == other.names and np.array_equal(one.entries, other.entries)


def at_most(bound: float) -> str:
    """A bound to two digits, never below it.

    >>> at_most(0.1), at_most(1.2345e-15), at_most(0.0)
    ('0.11', '1.3e-15', '0')
    """
    return f"{Decimal(bound).normalize(Context(prec=2, rounding=ROUND_UP)):g}"


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
