"""Forecasts of networks that nobody can write out: seconds and memory of `netsym size`."""

from __future__ import annotations

import statistics

from tests.benchmarks.measure import Bar, DisagreementError, Known, Line, Program, row
from tests.peak import COMMAND

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
    """The CPU time of the process, and how its memory compares with a gigabyte."""
    runs = [_run(name, nodes) for _ in range(ROUNDS)]
    seconds = statistics.median(run.time for run in runs)
    line = Line(seconds, rounds=ROUNDS, memory=max((run.peak or 0) for run in runs) or None)
    if line.memory is None:
        return [line]
    gigabytes = line.memory / 1e9
    bar = Line(gigabytes, "a gigabyte", 1.0, unit="GB", bar=GIGABYTE, rounds=ROUNDS)
    return [line, bar]


def _run(name: str, nodes: str) -> Known:
    """One run, which must print so many nodes."""
    run = Program(COMMAND, ("size", name)).run()
    if nodes not in run.printed:
        raise DisagreementError(f"netsym size {name} printed {run.printed[:80]!r}")
    return run
