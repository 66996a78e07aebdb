"""Diagnosis and verdicts: every single mistake in nine networks, and one ulp in what is wide."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from netsym.equality.diagnosis import diagnose
from netsym.equality.sides import aligned, subject
from netsym.equality.verdict import judge
from tests.benchmarks.measure import Bar, DisagreementError, Line, faster, row, timed
from tests.benchmarks.networks import DEEP, WIDE, numeric
from tests.equality.mistakes import five, further, mistakes
from tests.equality.test_verdict import exact_collapse, moved

_EQUAL = ("structural", "identical")


@row("single mistakes, nine small networks")
def all_mistakes() -> list[Line]:
    """All of them found, and under 1 s each; on 1-2-1 at least 85 % uniquely."""
    lines = []
    for name, (net, network) in (five() | further()).items():
        every = mistakes(net)
        one = subject(network)
        changed = found = unique = 0
        slowest = 0.0
        for m in every:
            start = time.perf_counter()
            other = aligned(one, subject(m.text, one))
            if judge(one, other).name in _EQUAL:
                continue
            changed += 1
            diagnosis = diagnose(one, other)
            slowest = max(slowest, time.perf_counter() - start)
            assert diagnosis is not None
            found += bool(m.words & set(diagnosis.mistakes))
            unique += len(diagnosis.mistakes) == 1
        forum = name == "1-2-1 of the forum"
        words = f"{name}: {len(every)}, {len(every) - changed} of them harmless"
        share, bar = 100 * unique / changed, Bar(85, ">= 85 %") if forum else None
        lines += [
            Line(100 * found / changed, f"{words}, found", unit="%", bar=Bar(100, "all")),
            Line(share, f"{name}: uniquely", unit="%", bar=bar),
            Line(slowest, f"{name}: slowest, 1 s", 1.0, bar=faster(1)),
        ]
    return lines


@row("verdict: one ulp in one weight")
def one_ulp() -> list[Line]:
    """Of 1-2-1, 10-32-32-1 and 784-128-10."""
    lines = []
    for spec in ("1-2-1:sigmoid", DEEP, WIDE):
        net = numeric(spec)
        wrong = moved(net, 0, "weights", (1, 0))
        seconds = timed(lambda net=net, wrong=wrong: _judged(net, wrong, "different"))()  # type: ignore[misc]
        lines.append(Line(seconds, f"{spec}: different"))
    return lines


@row("verdict: collapse of three 512x512 layers")
def collapse() -> list[Line]:
    """Collapsed exactly, rounded once: within-error; one ulp more: different."""
    net, collapsed = exact_collapse(512, 0)
    wrong = moved(collapsed, 0, "weights", (400, 17))
    return [
        Line(_once(lambda: _judged(net, collapsed, "within-error")), "within-error"),
        Line(_once(lambda: _judged(net, wrong, "different")), "one ulp: different"),
    ]


def _judged(one: Any, other: Any, wanted: str) -> None:
    first = subject(one)
    found = judge(first, aligned(first, subject(other, first))).name
    if found != wanted:
        raise DisagreementError(f"{one.title} is {found}, not {wanted}")


def _once(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
