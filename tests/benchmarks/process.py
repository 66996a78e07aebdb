"""Whole processes: the CPU time, user and system, of the command line from start to end."""

from __future__ import annotations

import os
import subprocess
import sys

from netsym import parse
from tests.benchmarks.measure import (
    Bar,
    DisagreementError,
    Line,
    Rival,
    Sample,
    faster,
    race,
    row,
    within,
)

SPEC = "1-2-1:sigmoid"


@row("netsym --help, CPU of the process")
def help_page() -> list[Line]:
    shown = _output("-m", "netsym", "--help")
    if "Usage" not in shown:
        raise DisagreementError(f"netsym --help printed {shown[:80]!r}")
    return _race(["-m", "netsym", "--help"], "python -c 'import click'", "import click", within(2))


@row("netsym inline 1-2-1:sigmoid, CPU")
def inline() -> list[Line]:
    shown = _output("-m", "netsym", "inline", "--ascii", SPEC)
    if _plain(parse(SPEC).inlined.text(ascii=True)) not in _plain(shown):
        raise DisagreementError(f"netsym inline printed {shown[:80]!r}")
    program = ["-m", "netsym", "inline", SPEC]
    return _race(program, "python -c 'import sympy'", "import sympy", faster(1))


def _race(program: list[str], name: str, code: str, bar: Bar) -> list[Line]:
    return race(_cpu(*program), [Rival(name, _cpu("-c", code), bar)], least=7, most=15, seconds=6)


def _cpu(*arguments: str) -> Sample:
    """The user and system time of a Python process."""
    program = [sys.executable, *arguments]

    def sample() -> float:
        quiet = subprocess.DEVNULL
        process = subprocess.Popen(program, stdout=quiet, stderr=quiet)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise DisagreementError(f"{' '.join(arguments)} ended with {process.returncode}")
        return usage.ru_utime + usage.ru_stime

    return sample


def _output(*arguments: str) -> str:
    run = subprocess.run([sys.executable, *arguments], capture_output=True, text=True, check=False)
    if run.returncode:
        last = (run.stderr.strip().splitlines() or ["no message"])[-1]
        raise RuntimeError(f"{' '.join(arguments)} ended with {run.returncode}: {last}")
    return run.stdout


def _plain(text: str) -> str:
    return "".join(text.split())
