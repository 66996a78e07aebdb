"""Whole processes: the CPU time, user and system, of the command line from start to end."""

from __future__ import annotations

import compileall
from pathlib import Path

import netsym
from netsym import parse
from tests.benchmarks.measure import (
    Bar,
    DisagreementError,
    Line,
    Program,
    Rival,
    faster,
    race,
    row,
    within,
)
from tests.peak import COMMAND

SPEC = "1-2-1:sigmoid"
#: What every command must load that computes.
LIBRARIES = "import numpy, click"


@row("netsym --help, CPU of the process")
def help_page() -> list[Line]:
    program = Program(COMMAND, ("--help",))
    shown = program.run().printed
    if "Usage" not in shown:
        raise DisagreementError(f"netsym --help printed {shown[:80]!r}")
    return _race(program, "import click", within(2))


@row("netsym inline 1-2-1:sigmoid, CPU")
def inline() -> list[Line]:
    shown = Program(COMMAND, ("inline", "--ascii", SPEC)).run().printed
    if _plain(parse(SPEC).inlined.text(ascii=True)) not in _plain(shown):
        raise DisagreementError(f"netsym inline printed {shown[:80]!r}")
    command = Program(COMMAND, ("inline", SPEC))
    return [
        *_race(command, LIBRARIES, within(1.15)),
        *_race(command, "import sympy", faster(1)),
    ]


@row("netsym check 1-2-1:sigmoid FORMULA, CPU")
def check() -> list[Line]:
    command = Program(COMMAND, ("check", SPEC, parse(SPEC).inlined.text(ascii=True)))
    shown = command.run().printed
    if not shown.startswith("equal"):
        raise DisagreementError(f"netsym check printed {shown[:80]!r}")
    return _race(command, LIBRARIES, within(1.6))


def _race(program: Program, code: str, bar: Bar) -> list[Line]:
    compileall.compile_dir(Path(netsym.__file__).parent, quiet=1)  # as pip leaves what it installs
    rival = Rival(f"python -c '{code}'", Program(code), bar)
    return race(program, [rival], least=7, most=15, seconds=6)


def _plain(text: str) -> str:
    return "".join(text.split())
