"""Runs of the command line: in this process, quickly, or as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from netsym.cli import main

NETSYM = [sys.executable, "-m", "netsym"]


class Ran:
    """What a run of the command line left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def run(capfd: pytest.CaptureFixture[str], *arguments: str | Path) -> Ran:
    """Run in this process, quickly, through the real entry point."""
    with pytest.raises(SystemExit) as caught:
        main([str(argument) for argument in arguments])
    out, err = capfd.readouterr()
    return Ran(int(caught.value.code or 0), out, err)


def process(*arguments: str | Path, stdin: str = "", **environment: str) -> Ran:
    """Run as a process of its own."""
    done = subprocess.run(
        [*NETSYM, *map(str, arguments)], input=stdin.encode(), capture_output=True,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment}, timeout=120, check=False,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())
