"""How a row is measured: contestants in turn, medians, their ratio, memory, and the bar."""

from __future__ import annotations

import dataclasses
import gc
import signal
import statistics
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import ModuleType
from typing import Generic, Protocol, TypeVar

from tests.peak import peak_of, run_with_peak

T = TypeVar("T")

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
    return Bar(1 / times, f">= 1/{times:g}")


@dataclass(frozen=True, slots=True)
class Line:
    """One comparison of a row: medians of the run, the bar, or the problem that prevented it.

    Memory is in bytes, None where it is not known.
    """

    ours: float | None = None
    rival: str = ""
    theirs: float | None = None
    unit: str = "s"
    bar: Bar | None = None
    rounds: int = 0
    memory: int | None = None
    rival_memory: int | None = None
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


# -- what is measured -----------------------------------------------------------------------------
class Measured(Protocol):
    """What has a time and a memory."""

    def seconds(self) -> float:
        """One measurement of its process time, which other programs do not lengthen."""

    def memory(self) -> int | None:
        """The bytes that it takes at its peak; None where they are not known."""


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """A call on something prepared anew each time, outside the measurement."""

    prepare: Callable[[], T]
    work: Callable[[T], object]

    def seconds(self) -> float:
        """What is short is repeated until 10 ms are full, and the median taken.

        The collector is off, as in `timeit`, and results are freed after the clock stops: neither
        side pays for taking its graph down.
        """
        gc.collect()
        gc.disable()
        try:
            found: list[float] = []
            while not found or sum(found) < _LONG_ENOUGH:
                found.append(self._once(self.prepare()))
            return statistics.median(found)
        finally:
            gc.enable()

    def _once(self, given: T) -> float:
        start = time.process_time()
        result = self.work(given)
        end = time.process_time()
        del result
        return end - start

    def memory(self) -> int | None:
        """Over what stood before the call, in a process of its own."""
        return peak_of(self.prepare, self.work)


def call(work: Callable[[], object]) -> Call[None]:
    """A call for which nothing is prepared anew."""
    return Call(lambda: None, lambda _: work())


@dataclass(frozen=True, slots=True)
class Program:
    """A whole Python process, from its start to its end: code that finds words in `sys.argv`."""

    code: str
    words: tuple[str, ...] = ()

    def run(self) -> Known:
        """Run it once."""
        before = _seconds_of_children()
        printed, peak = run_with_peak(self.code, *self.words)
        return Known(_seconds_of_children() - before, peak, printed)

    def seconds(self) -> float:
        return self.run().seconds()

    def memory(self) -> int | None:
        return self.run().memory()


def _seconds_of_children() -> float:
    import resource

    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


@dataclass(frozen=True, slots=True)
class Known:
    """What was measured already, or is set: seconds, bytes, and what a program printed."""

    time: float
    peak: int | None = None
    printed: str = ""

    def seconds(self) -> float:
        return self.time

    def memory(self) -> int | None:
        return self.peak


@dataclass(frozen=True, slots=True)
class Rival:
    """Another system: its name, what is measured, and the bar against it, if there is one."""

    name: str
    measured: Measured
    bar: Bar | None = None


def at_most(seconds: float) -> Rival:
    """What a row may take, as its rival."""
    return Rival("what it may take", Known(seconds), Bar(1, f"<= {seconds:g} s"))


def ended_after(seconds: int, name: str, code: str, bar: Bar) -> Rival:
    """A rival that runs once, in a process that is ended after so much process time.

    The code prints the seconds that what is measured took.
    """
    limit = f"import resource; resource.setrlimit(resource.RLIMIT_CPU, ({seconds}, {seconds}))\n"
    try:
        run = Program(limit + code).run()
        return Rival(name, Known(float(run.printed), run.peak), bar)
    except subprocess.CalledProcessError as error:
        if error.returncode not in (-signal.SIGXCPU, -signal.SIGKILL):
            raise
        return Rival(f"{name}, > {seconds} s", Known(float(seconds)), bar)


# -- how ------------------------------------------------------------------------------------------
def race(
    ours: Measured, rivals: Sequence[Rival], *, least: int = 5, most: int = 25, seconds: float = 5.0
) -> list[Line]:
    """Measure all in turn (A B C A B C …), at least `least` rounds, more while time remains."""
    contestants = [ours, *(rival.measured for rival in rivals)]
    peaks = [contestant.memory() for contestant in contestants]
    rounds: list[list[float]] = []
    end = time.perf_counter() + seconds
    while len(rounds) < least or (len(rounds) < most and time.perf_counter() < end):
        rounds.append([contestant.seconds() for contestant in contestants])
    medians = [statistics.median(column) for column in zip(*rounds, strict=True)]
    return [
        Line(
            medians[0], rival.name, theirs, bar=rival.bar, rounds=len(rounds), memory=peaks[0],
            rival_memory=peak,
        )
        for rival, theirs, peak in zip(rivals, medians[1:], peaks[1:], strict=True)
    ]  # fmt: skip


def alone(ours: Measured, words: str = "", rounds: int = 3) -> Line:
    """The median of what has no rival; words say of what it is."""
    median = statistics.median(ours.seconds() for _ in range(rounds))
    return Line(median, words, rounds=rounds, memory=ours.memory())


def rate(ours: Measured, megabytes: float, bar: Bar | None = None, rounds: int = 3) -> Line:
    """The megabytes a second at which something without a rival is done."""
    line = alone(ours, f"({megabytes:.3g} MB)", rounds)
    assert line.ours is not None
    return dataclasses.replace(line, ours=megabytes / line.ours, unit="MB/s", bar=bar)


def agree(what: str, ours: object, theirs: object, tolerance: float = 1e-9) -> None:
    """Raise `DisagreementError` unless both are the same count or nearly the same numbers.

    Numbers may differ by `tolerance` times the largest, or 1.
    """
    import numpy as np

    if isinstance(ours, int) and isinstance(theirs, int):
        same = ours == theirs
    else:
        left, right = np.asarray(ours, dtype=float), np.asarray(theirs, dtype=float)
        scale = float(np.abs(right).max(initial=1.0))
        same = left.shape == right.shape and bool((np.abs(left - right) <= tolerance * scale).all())
    if not same:
        raise DisagreementError(f"{what}: netsym {ours!s:.80}, rival {theirs!s:.80}")
