"""Runs of the command line: in this process, quickly, or as a process of its own."""

from __future__ import annotations

import io
import os
import shlex
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from netsym.cli import main
from tests.conftest import PATIENCE

ROOT = Path(__file__).parents[2]
NETSYM = [sys.executable, "-m", "netsym"]


class Ran:
    """What a run of the command line left behind."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err


def run(
    capfd: pytest.CaptureFixture[str], *arguments: str | Path, stdin: str | bytes | None = None,
    **environment: str,
) -> Ran:  # fmt: skip
    """Run in this process, quickly, through the real entry point."""
    with pytest.MonkeyPatch.context() as patch, pytest.raises(SystemExit) as caught:
        if stdin is not None:
            given = stdin.encode() if isinstance(stdin, str) else stdin
            patch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(given), encoding="utf-8"))
        for name, value in environment.items():
            patch.setenv(name, value)
        main([str(argument) for argument in arguments])
    out, err = capfd.readouterr()
    return Ran(int(caught.value.code or 0), out, err)


def process(*arguments: str | Path, stdin: str = "", **environment: str) -> Ran:
    """Run as a process of its own."""
    done = subprocess.run(
        [*NETSYM, *map(str, arguments)], input=stdin.encode(), capture_output=True, check=False,
        env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment}, timeout=PATIENCE,
    )  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


def shell(line: str, folder: Path) -> Ran:
    """Run a line of bash, in which netsym is the one that is tested."""
    here = f'netsym() {{ {" ".join(map(shlex.quote, NETSYM))} "$@"; }}; {line}'
    done = subprocess.run(["bash", "-c", here], cwd=folder, capture_output=True, timeout=PATIENCE,
                          env={**os.environ, "PYTHONIOENCODING": "utf-8"}, check=False)  # fmt: skip
    return Ran(done.returncode, done.stdout.decode(), done.stderr.decode())


#: A run that stands still, until its standard input ends, where its progress says a certain thing.
_STANDING_STILL = """
import os, sys
from netsym.cli import main, output
def told(progress, what, done, total):
    if what.startswith(sys.argv[1]) and done >= int(sys.argv[2]):
        os.write(2, b"HERE")
        os.read(0, 1)
output.Progress.__call__ = told
main(sys.argv[3:])
"""


def killed(
    number: signal.Signals, where: str, *arguments: str | Path, folder: Path, least: int = 0,
    look: Callable[[], object] = lambda: None,
) -> Ran:  # fmt: skip
    """Send a signal to a run where its progress says `where`, with at least so much done.

    It stands still there: `look` is called before the signal is sent.
    """
    program = [sys.executable, "-c", _STANDING_STILL, where, str(least), *map(str, arguments)]
    with subprocess.Popen(
        program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
    ) as running:  # fmt: skip
        assert running.stderr is not None
        said = b""
        while not said.endswith(b"HERE"):
            read = running.stderr.read(1)
            assert read, f"it ended without saying {where!r}: {said.decode()}"
            said += read
        look()
        running.send_signal(number)
        out, err = running.communicate(timeout=PATIENCE)
    return Ran(running.returncode, out.decode(), err.decode())
