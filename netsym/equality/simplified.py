"""Simplified networks: what was computed exactly from a network, and then rounded to float64 once.

Layers that were split up to a tolerance are the one thing that is not exact; what they may change
is bounded as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from math import inf, nextafter

import numpy as np
import numpy.typing as npt

from netsym.collapse.simplified import Simplified
from netsym.collapse.step import Step
from netsym.equality.agreement import draws, largest_gap
from netsym.equality.ladder import judge
from netsym.equality.rounded import rounding
from netsym.equality.sides import Subject, aligned, subject
from netsym.equality.terms import USUAL, Terms
from netsym.equality.tolerance import drifted
from netsym.equality.verdict import VERDICTS, Verdict
from netsym.network.network import Network
from netsym.ops.proved.rationals import Exact
from netsym.ops.reading import read_parameter
from netsym.watching import Watcher, no_watcher
from netsym.wording import agreed, at_most, plural

Floats = npt.NDArray[np.float64]


def judge_simplified(
    one: Subject,
    result: Simplified,
    other: Subject,
    terms: Terms = USUAL,
    progress: Watcher = no_watcher,
) -> Verdict:
    """Decide whether `other`, the network of `result`, is `one`, but for causes that are known."""
    splits = [step for step in result.steps if step.found.approximate]
    exact = _called(other.words, one, result.exact)
    if not splits:
        return judge_rounded(one, exact, other, terms, progress)
    stations = [_called(other.words, one, n) for s in splits for n in (s.before, s.after)]
    sides = [one, *stations, exact]
    for before, after in zip(sides[0:-2:2], sides[1:-2:2], strict=True):  # between the splits
        found = judge(before, after, terms, progress)
        if VERDICTS[found.name]:
            return found
    found = judge_rounded(stations[-1], exact, other, terms, progress)
    if VERDICTS[found.name]:
        return found
    off = [_split_off(step) for step in splits]
    networks = [step.before for step in splits]
    rounded = rounding(result.exact, result.network)
    if rounded:
        networks, off = [*networks, result.network], [*off, rounded]
    because = f"but for layers that were split up to a tolerance, {other.words} is {one.words}"
    reasons = tuple(step.found.because for step in splits)
    bound, gap, words = _apart(one, other, networks, off, terms)
    numbers = found.numbers._replace(gap=gap, bound=bound)
    return Verdict("within-error", because, (*words, *reasons), numbers=numbers)


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
    terms: Terms = USUAL,
    progress: Watcher = no_watcher,
) -> Verdict:
    """Decide whether `other` is `one`, but for the rounding of its numbers.

    First `one` and `exact` are compared, as any two functions are; then the numbers of `other` with
    those of `exact`, one by one.
    """
    found = judge(one, exact, terms, progress)
    if VERDICTS[found.name]:
        return found
    assert exact.network is not None
    assert other.network is not None
    off = rounding(exact.network, other.network)
    if off is None:
        because = f"a number of {other.words} is not the exact one, rounded to float64"
        return Verdict("undecided", because, found.evidence, numbers=found.numbers)
    worst = max((float(errors.max(initial=0)) for errors in off.values()), default=0.0)
    if not worst:
        return found
    count = sum(errors.size for errors in off.values())
    because = (
        f"computed exactly, {other.words} is {one.words} ({found.name}); its "
        f"{plural(count, 'number')} {agreed(count, 'is', 'are')} rounded to float64 once, "
        f"{agreed(count, '', 'each ')}by at most {at_most(worst)}"
    )
    bound, gap, words = _apart(one, other, [other.network], [off], terms)
    numbers = found.numbers._replace(gap=gap, bound=bound)
    return Verdict("within-error", because, (*words, *found.evidence), numbers=numbers)


def _apart(
    one: Subject,
    other: Subject,
    networks: Sequence[Network],
    off: Sequence[Mapping[int, Floats]],
    terms: Terms,
) -> tuple[float | None, float, list[str]]:
    """How far they are apart at most: wherever inputs are not large, at points, and in words."""
    given = draws(one, other, f"{terms.seed} {one.fingerprint} {other.fingerprint}", kinks=False)
    gap, place = largest_gap(one, other, given)
    points = sum(len(draw.x) for draw in given)
    bound = drifted(networks, off, terms.size)
    words = [
        f"wherever all inputs are within ±{terms.size:g} they differ by at most {at_most(bound)} "
        "(proved for all such points, by the sizes of the numbers and the slopes of the functions)"
    ] if bound is not None else []  # fmt: skip
    words.append(
        f"at {plural(points, 'point')} they differ by at most {at_most(gap)} (a proved bound "
        f"there), most at {place}"
    )
    return bound, gap, words
