"""The most memory that a program takes, and a call within a program, each in a process of its own.

Linux counts what the process that starts another has in that of the other, too; so the other says
its own. Other systems say none.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from tests.conftest import PATIENCE

T = TypeVar("T")

COUNTED = sys.platform == "linux"  # Linux says what a process has, and sets its peak back
#: The command line, which finds its words in `sys.argv`.
COMMAND = "from netsym.cli import main; main(sys.argv[1:])"
_PROCESS = Path("/proc/self")
_PROGRAM = """
import sys
try:
    exec(sys.argv.pop(1))
finally:
    if sys.platform == "linux":
        with open("/proc/self/status") as status:
            sys.stderr.write("\\n" + next(line for line in status if line.startswith("VmHWM:")))
"""


def run_with_peak(code: str, *words: str) -> tuple[str, int | None]:
    """What Python code prints that finds words in `sys.argv[1:]`, and its peak in bytes.

    Raises `CalledProcessError` if it fails.
    """
    program = [sys.executable, "-c", _PROGRAM, code, *words]
    done = subprocess.run(program, capture_output=True, text=True, check=True, timeout=PATIENCE)
    return done.stdout, int(done.stderr.split()[-2]) * 1024 if COUNTED else None


def peak_of(prepare: Callable[[], T], work: Callable[[T], object]) -> int | None:
    """The bytes that a call on something prepared takes at its peak over what stood before.

    It is the second such call: in the first the code of libraries is loaded.
    """

    def second() -> int:
        work(prepare())
        given = prepare()
        return _over(lambda: work(given))[1]

    return _in_child(second) if COUNTED else None


def value_and_peak(work: Callable[[], T]) -> tuple[T, int | None]:
    """The value of a call, which can be pickled, and the bytes that it takes at its peak."""
    return _in_child(lambda: _over(work)) if COUNTED else (work(), None)


def _in_child(work: Callable[[], T]) -> T:
    """The value of a call in a copy of this process; what it raises is raised here."""
    fork = multiprocessing.get_context("fork")
    reading, writing = fork.Pipe(duplex=False)

    def said() -> None:
        try:
            writing.send((work(), None))
        except Exception as error:
            writing.send((None, error))

    child = fork.Process(target=said)
    child.start()
    writing.close()
    try:
        value, error = reading.recv()
    except EOFError:
        child.join()
        raise RuntimeError(f"what was measured ended with {child.exitcode}") from None
    child.join()
    if error is not None:
        raise error
    found: T = value
    return found


def _over(work: Callable[[], T]) -> tuple[T, int]:
    """The value of a call, and its peak over what is resident before.

    What was freed is given back to the system first, as far as NumPy and C++ have it.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    (_PROCESS / "clear_refs").write_text("5", encoding="ascii")
    before = _resident("VmRSS")
    value = work()
    return value, _resident("VmHWM") - before


def _resident(what: str) -> int:
    """`VmRSS`, what this process has resident, or `VmHWM`, the most of it, in bytes."""
    lines = (_PROCESS / "status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith(what)).split()[1]) * 1024
