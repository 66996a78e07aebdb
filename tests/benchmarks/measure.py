"""How a row is measured: contestants in turn, medians, their ratio within the run, and the bar."""

from __future__ import annotations

import gc
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")

Sample = Callable[[], float]  # makes one measurement, in seconds

_LONG_ENOUGH = 0.01  # seconds; what takes less is repeated within a sample


class DisagreementError(AssertionError):
    """The contestants do not compute the same thing, so comparing their times means nothing."""


@dataclass(frozen=True, slots=True)
class Bar:
    """What a measurement must reach: `least` of rival/netsym, or of the value where none rivals."""

    least: float
    words: str


def faster(times: float, aim: float | None = None) -> Bar:
    """At least so many times faster than the rival."""
    return Bar(times, f">= {times:g}" + (f" (aim {aim:g})" if aim else ""))


def within(times: float) -> Bar:
    """At most so many times what the rival takes."""
    return Bar(1 / times, f">= {1 / times:.3g} (1/{times:g})")


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison of a row: medians of the run, the bar, or the problem that prevented it."""

    ours: float | None = None
    rival: str = ""
    theirs: float | None = None
    unit: str = "s"
    bar: Bar | None = None
    rounds: int = 0
    problem: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times the rival takes what netsym takes."""
        return self.theirs / self.ours if self.theirs is not None and self.ours else None

    @property
    def met(self) -> bool | None:
        """Whether the bar is reached; None where there is none."""
        reached = self.ours if self.theirs is None else self.ratio
        return None if self.bar is None or reached is None else reached >= self.bar.least


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table: a title, and what measures it, one line for each rival."""

    title: str
    run: Callable[[], list[Line]]


def row(title: str) -> Callable[[Callable[[], list[Line]]], Row]:
    """Make a function a row; it checks that the contestants agree, then measures them."""
    return lambda run: Row(title, run)


def rows_of(theme: ModuleType) -> list[Row]:
    """The rows of a file, as they stand in it."""
    return [value for value in vars(theme).values() if isinstance(value, Row)]


@dataclass(frozen=True, slots=True)
class Rival:
    """Another system: its name, what measures it, and the bar against it, if there is one."""

    name: str
    sample: Sample
    bar: Bar | None = None


def race(
    ours: Sample, rivals: Sequence[Rival], *, least: int = 5, most: int = 25, seconds: float = 5.0
) -> list[Line]:
    """Measure all in turn (A B C A B C …), at least `least` rounds, more while time remains."""
    samples = [ours, *(rival.sample for rival in rivals)]
    measured: list[list[float]] = []
    end = time.perf_counter() + seconds
    while len(measured) < least or (len(measured) < most and time.perf_counter() < end):
        measured.append([sample() for sample in samples])
    medians = [statistics.median(column) for column in zip(*measured, strict=True)]
    return [
        Line(medians[0], rival.name, theirs, bar=rival.bar, rounds=len(measured))
        for rival, theirs in zip(rivals, medians[1:], strict=True)
    ]


def timed(work: Callable[[], object]) -> Sample:
    """The process time of a call, which other programs do not lengthen."""
    return timed_on(lambda: None, lambda _: work())


def timed_on(prepare: Callable[[], T], work: Callable[[T], object]) -> Sample:
    """The process time of a call on something prepared anew each time, outside the timing.

    What is short is repeated until 10 ms are full, and the median taken. The collector is off, as
    in `timeit`, and results are freed after the clock stops: neither side pays for taking its
    graph down.
    """

    def sample() -> float:
        gc.collect()
        gc.disable()
        try:
            seconds: list[float] = []
            while not seconds or sum(seconds) < _LONG_ENOUGH:
                seconds.append(_once(work, prepare()))
            return statistics.median(seconds)
        finally:
            gc.enable()

    return sample


def _once(work: Callable[[T], object], given: T) -> float:
    start = time.process_time()
    result = work(given)
    end = time.process_time()
    del result
    return end - start


def agree(what: str, ours: object, theirs: object) -> None:
    """Raise `DisagreementError` unless both are the same count or nearly the same numbers."""
    import numpy as np

    if isinstance(ours, int) and isinstance(theirs, int):
        same = ours == theirs
    else:
        left, right = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
        scale = float(np.abs(right).max(initial=1.0))
        same = left.shape == right.shape and bool((np.abs(left - right) <= 1e-9 * scale).all())
    if not same:
        raise DisagreementError(f"{what}: netsym {ours!s:.80}, rival {theirs!s:.80}")
