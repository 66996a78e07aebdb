"""No test depends on how quick a machine is: none reads a clock, waits, or is given a time."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

ROOT = Path(__file__).parent.parent
TESTS = sorted({*ROOT.glob("tests/**/*.py")} - {*ROOT.glob("tests/benchmarks/*.py")})
#: What netsym itself reads a clock for: progress, and the time per point that a comparison prints.
MEASURING = {"netsym/cli/output.py", "netsym/equality/timing.py"}
#: What writes a date that is the same each time.
DATED = {"netsym/writers/code/workbook.py"}
CLOCKS = {"time", "datetime", "timeit", "sched"}
WAITING = {"sleep", "alarm", "setitimer", "process_time", "perf_counter", "monotonic"}
#: Calls that take a time as their one argument.
TIMED = (".wait", ".communicate")


def times(code: str) -> Iterator[str]:
    """What in a program depends on the time; `PATIENCE` is the guard against what hangs."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in CLOCKS)
        elif isinstance(node, ast.ImportFrom) and node.module in CLOCKS:
            yield node.module
        elif isinstance(node, ast.Attribute) and node.attr in WAITING:
            yield node.attr
        elif isinstance(node, ast.keyword) and node.arg in ("timeout", "deadline"):
            said = ast.unparse(node.value)
            if said not in ("PATIENCE", "None"):
                yield f"{node.arg}={said}"
        elif isinstance(node, ast.Call) and ast.unparse(node.func).endswith(TIMED):
            yield from (ast.unparse(node) for given in node.args if isinstance(given, ast.Constant))


@pytest.mark.parametrize("path", TESTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_no_test_looks_at_a_clock(path: Path) -> None:
    assert list(times(path.read_text(encoding="utf-8"))) == []


def test_netsym_reads_a_clock_only_to_say_what_it_reads() -> None:
    reading = {
        str(path.relative_to(ROOT))
        for path in ROOT.glob("netsym/**/*.py")
        if list(times(path.read_text(encoding="utf-8")))
    }
    assert reading == MEASURING | DATED


def test_the_checks_above_would_see_one() -> None:
    code = """
import time
from datetime import datetime
time.sleep(2); clock.perf_counter()
started.communicate(timeout=10); started.wait(30); started.wait(PATIENCE)
subprocess.run(command, timeout=PATIENCE)
settings(deadline=200); settings(deadline=None)
"""
    found = ["time", "datetime", "sleep", "perf_counter", "timeout=10", "started.wait(30)"]
    assert sorted(times(code)) == sorted([*found, "deadline=200"])


def test_hypothesis_has_no_deadline() -> None:
    assert settings.default is not None
    assert settings.default.deadline is None
    assert HealthCheck.too_slow in settings.default.suppress_health_check
