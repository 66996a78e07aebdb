"""Forecasts of networks that nobody can write out: seconds and memory of `netsym size`."""

from __future__ import annotations

import time

from tests.benchmarks.measure import Bar, DisagreementError, Line, row
from tests.peak import run_with_peak

ROUNDS = 3
GIGABYTE = Bar(1.0, "< 1 GB")


@row("netsym size GPT-2, 1024 words")
def gpt2() -> list[Line]:
    return _measured("gpt2", "1.33 × 10^399")


@row("netsym size ResNet-50, 224 x 224")
def resnet50() -> list[Line]:
    return _measured("resnet50", "9.68 × 10^143")


@row("netsym size ResNet-152, 224 x 224")
def resnet152() -> list[Line]:
    return _measured("resnet152", "3.28 × 10^438")


@row("netsym size VGG-16, 224 x 224")
def vgg16() -> list[Line]:
    return _measured("vgg16", "3.05 × 10^59")


def _measured(name: str, nodes: str) -> list[Line]:
    """The wall time of the process, and how its memory compares with a gigabyte."""
    runs = sorted(_run(name, nodes) for _ in range(ROUNDS))
    seconds, _ = runs[ROUNDS // 2]
    gigabytes = max(memory for _, memory in runs)
    return [
        Line(seconds, rounds=ROUNDS),
        Line(gigabytes, "a gigabyte", 1.0, unit="GB", bar=GIGABYTE, rounds=ROUNDS),
    ]


def _run(name: str, nodes: str) -> tuple[float, float]:
    """Seconds and gigabytes of one run, which must print so many nodes."""
    start = time.perf_counter()
    shown, peak = run_with_peak("size", name)
    seconds = time.perf_counter() - start
    if nodes not in shown:
        raise DisagreementError(f"netsym size {name} printed {shown[:80]!r}")
    return seconds, peak / 1e6
