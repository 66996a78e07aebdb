"""Diagnosis and verdicts: every single mistake in five networks, and one ulp in what is wide."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import Any

from netsym.equality.diagnosis import diagnose
from netsym.equality.ladder import judge
from netsym.equality.sides import aligned, subject
from netsym.network.network import Network
from tests.benchmarks.measure import Bar, Call, DisagreementError, Line, alone, faster, row
from tests.benchmarks.networks import DEEP, WIDE, fresh, numeric
from tests.equality.mistakes import Mistake, five, further, mistakes
from tests.equality.test_verdict import exact_collapse, moved
from tests.peak import value_and_peak

_EQUAL = ("structural", "identical")


@row("single mistakes, nine small networks")
def all_mistakes() -> list[Line]:
    """All of them found, and under 1 s each; on 1-2-1 at least 85 % uniquely."""
    lines = []
    for name, (net, network) in (five() | further()).items():
        every = mistakes(net)
        found, peak = value_and_peak(partial(_diagnosed, network, every))
        words = f"{name}: {len(every) - found.changed} of {len(every)} harmless"
        named, unique = (100 * n / found.changed for n in (found.named, found.unique))
        bar = Bar(85, ">= 85 %") if name == "1-2-1 of the forum" else None
        lines += [
            Line(named, f"{words}, found", unit="%", bar=Bar(100, "all"), memory=peak),
            Line(unique, f"{name}: uniquely", unit="%", bar=bar, memory=peak),
            Line(found.slowest, f"{name}: slowest, 1 s", 1.0, bar=faster(1), memory=peak),
        ]
    return lines


@dataclass(slots=True)
class Diagnosed:
    """Mistakes that change the function, those that are named, alone, and the slowest in s."""

    changed: int = 0
    named: int = 0
    unique: int = 0
    slowest: float = 0.0


def _diagnosed(network: Any, every: list[Mistake]) -> Diagnosed:
    found, one = Diagnosed(), subject(network)
    for m in every:
        start = time.process_time()
        other = aligned(one, subject(m.text, one))
        if judge(one, other).name in _EQUAL:
            continue
        found.changed += 1
        diagnosis = diagnose(one, other)
        found.slowest = max(found.slowest, time.process_time() - start)
        assert diagnosis is not None
        found.named += bool(m.words & set(diagnosis.mistakes))
        found.unique += len(diagnosis.mistakes) == 1
    return found


@row("verdict: one ulp in one weight")
def one_ulp() -> list[Line]:
    """Of 1-2-1, 10-32-32-1 and 784-128-10."""
    lines = []
    for spec in ("1-2-1:sigmoid", DEEP, WIDE):
        net = numeric(spec)
        lines.append(_verdict(net, moved(net, 0, "weights", (1, 0)), "different", spec))
    return lines


@row("verdict: collapse of three 512x512 layers")
def collapse() -> list[Line]:
    """Collapsed exactly, rounded once: within-error; one ulp more: different."""
    net, collapsed = exact_collapse(512, 0)
    wrong = moved(collapsed, 0, "weights", (400, 17))
    return [
        _verdict(net, collapsed, "within-error", "rounded once", rounds=1),
        _verdict(net, wrong, "different", "one ulp", rounds=1),
    ]


def _verdict(one: Network, other: Network, wanted: str, words: str, rounds: int = 3) -> Line:
    """The time of a verdict on two networks of which nothing is known yet."""

    def judged(given: tuple[Network, Network]) -> None:
        first = subject(given[0])
        found = judge(first, aligned(first, subject(given[1], first))).name
        if found != wanted:
            raise DisagreementError(f"{one.title} is {found}, not {wanted}")

    both = Call(lambda: (fresh(one), fresh(other)), judged)
    return alone(both, f"{words}: {wanted}", rounds)
