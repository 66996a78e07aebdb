"""`python -m tests.benchmarks growth`: how time and memory grow with size, fitted over four sizes.

A job takes about size to the power of its exponent: 1 is linear.
"""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

import netsym
from netsym import parse
from netsym.collapse.simplification import simplify
from tests.benchmarks.measure import Call
from tests.benchmarks.networks import fresh, numeric
from tests.benchmarks.sizes import lstm, sizes

ROUNDS = 3


@dataclass(frozen=True, slots=True)
class Job:
    """A call on what is prepared of a size; `along` says what there is so much of."""

    title: str
    along: str
    numbers: tuple[int, int, int, int]
    prepare: Callable[[int], Any]
    work: Callable[[Any], object]


def _saved_and_loaded(network: netsym.Network) -> netsym.Network:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "network.toml"
        netsym.save(network, path)
        return netsym.load(path)


JOBS = (
    Job("sizes of all forms, LSTM", "steps", (125, 250, 500, 1000), lstm, sizes),
    Job("collapse, layers of 50, names", "layers", (8, 16, 32, 64),
        lambda n: parse(f"50-50x{n}"), simplify),
    Job("collapse, 32 layers, names", "units", (8, 16, 32, 64),
        lambda n: parse(f"{n}-{n}x32"), simplify),
    Job("collapse, 3 layers, numbers", "units", (64, 128, 256, 512),
        lambda n: numeric(f"{n}-{n}-{n}-{n}"), simplify),
    Job("save and load TOML, numbers", "units", (40, 80, 160, 320),
        lambda n: numeric(f"{n}-{n}-1"), _saved_and_loaded),
    Job("layered text, 3 layers, names", "units", (32, 64, 128, 256),
        lambda n: parse(f"{n}-{n}-{n}"), lambda n: n.layered.text(max_nodes=None)),
)  # fmt: skip


def main(word: str = "") -> None:
    """Measure the jobs whose title has the word, and print a line for each."""
    for job in JOBS:
        if word.lower() in job.title.lower():
            print(line(job), flush=True)


def line(job: Job) -> str:
    """The exponents of a job, and what was measured at its sizes."""
    found = [_measured(job, number) for number in job.numbers]
    seconds, peaks = zip(*found, strict=True)
    shown = ", ".join(f"{n}: {s:.3g} s" for n, s in zip(job.numbers, seconds, strict=True))
    said = f"{job.title:<32} time ~ {job.along}^{exponent(job.numbers, seconds):.2f}"
    if all(peak and peak > 2e6 for peak in peaks):
        said += f", memory ~ ^{exponent(job.numbers, peaks):.2f} ({peaks[-1] / 1e6:.0f} MB)"
    return f"{said};  {shown}"


def _measured(job: Job, number: int) -> tuple[float, int | None]:
    network = job.prepare(number)
    call = Call(lambda: fresh(network), job.work)
    return statistics.median(call.seconds() for _ in range(ROUNDS)), call.memory()


def exponent(numbers: tuple[int, ...], measured: tuple[float, ...]) -> float:
    """The slope of a line through the logarithms."""
    return float(np.polyfit(np.log(numbers), np.log(measured), 1)[0])
