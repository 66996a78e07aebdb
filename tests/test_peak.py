"""The memory that benchmarks print is what was taken."""

from __future__ import annotations

import os

import numpy as np
import pytest

from tests.benchmarks.__main__ import data, table_row
from tests.benchmarks.measure import Call, Program, Rival, alone, call, race
from tests.effort import heavy
from tests.peak import COUNTED, peak_of, run_with_peak, value_and_peak

MEGABYTE = 10**6
on_linux = pytest.mark.skipif(not COUNTED, reason="only Linux says the peak of a process")
pytestmark = pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")


def ones(megabytes: int) -> np.ndarray:
    return np.ones(megabytes * MEGABYTE // 8)


@on_linux
@pytest.mark.parametrize("megabytes", [10, 100, 300])
def test_the_peak_of_a_call_is_what_it_takes(megabytes: int) -> None:
    """Within what the pools of the allocator hold: a megabyte or two."""
    wanted = pytest.approx(megabytes * MEGABYTE, rel=0.03, abs=2 * MEGABYTE)
    assert peak_of(lambda: megabytes, ones) == wanted


@on_linux
def test_what_is_freed_within_a_call_counts_and_what_stood_before_does_not() -> None:
    def first_much(prepared: np.ndarray) -> float:
        ones(60)
        return float(ones(20).sum() + prepared[0])

    assert peak_of(lambda: ones(200), first_much) == pytest.approx(60 * MEGABYTE, rel=0.03)


def floats(count: int) -> list[float]:
    found = [0.0] * count  # a list that grows may be there twice, and more
    for place in range(count):
        found[place] = float(place)
    return found


@on_linux
def test_objects_of_python_count() -> None:
    """In a process that is new: one that has run for long has room for many numbers already."""
    printed, _ = run_with_peak(
        "from tests.test_peak import floats, peak_of\nprint(peak_of(lambda: 10**6, floats))"
    )
    # 8 bytes for a place in the list, and 24 or 32 for a number, taken in larger pieces
    assert 30 * MEGABYTE < int(printed) < 48 * MEGABYTE


@on_linux
def test_the_peak_of_a_program_is_its_own() -> None:
    held = ones(300)
    printed, small = run_with_peak("print(sys.argv[1:])", "one", "two")
    _, large = run_with_peak("len(bytearray(10**8))")
    assert printed == "['one', 'two']\n"
    assert small is not None and large is not None
    assert small < 100 * MEGABYTE < held.nbytes
    assert large - small == pytest.approx(100 * MEGABYTE, rel=0.05)


@heavy
@on_linux
def test_lines_have_the_memory_of_both() -> None:
    ours, theirs = Call(lambda: 20, ones), call(lambda: ones(40))
    (line,) = race(ours, [Rival("twice as much", theirs)], least=1, most=1)
    found = data(line)
    assert found["memory"] == pytest.approx(20 * MEGABYTE, rel=0.03)
    assert found["rival_memory"] == pytest.approx(40 * MEGABYTE, rel=0.03)
    assert table_row("ones", line).count("0 MB") == 2
    assert alone(ours).memory == pytest.approx(20 * MEGABYTE, rel=0.03)
    assert (alone(Program("bytearray(10**8)"), rounds=1).memory or 0) > 100 * MEGABYTE


def test_a_call_in_a_process_of_its_own_gives_its_value_or_raises_what_it_raised() -> None:
    assert value_and_peak(lambda: {"laws": 34})[0] == {"laws": 34}
    with pytest.raises(ZeroDivisionError):
        value_and_peak(lambda: 1 / 0)


@on_linux
def test_what_dies_is_said() -> None:
    with pytest.raises(RuntimeError, match="ended with 7"):
        value_and_peak(lambda: os._exit(7))
