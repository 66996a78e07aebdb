"""The process that a command is: its standard streams, and the signals that end it."""

from __future__ import annotations

import atexit
import errno
import gc
import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import TextIO

import click

from netsym.errors import OutputError
from netsym.wording import fitted, spelled

#: What a run says that a signal has ended; not every system has all of them.
ENDINGS = {"SIGINT": "interrupted", "SIGTERM": "terminated", "SIGHUP": "hung up"}


class Ended(BaseException):
    """A signal ends the run; what was begun is undone on the way out."""

    def __init__(self, number: int) -> None:
        super().__init__(ENDINGS[signal.Signals(number).name])
        self.exit_code = 128 + number  # as a shell has it


#: Columns of prose on a terminal: longer lines are hard to read.
WIDEST = 100


class ClosedPipe(Exception):
    """Whoever read standard output has closed it, as `head` does."""


def start_and_end_lean() -> None:
    """Leave out what a short process need not do; before NumPy is loaded.

    OpenBLAS would start threads, which take longer than the products of most networks; a person
    who has said how many keeps them. Python would search all objects for circles again and again
    while files are loaded, which make no garbage, and once more as it ends.
    """
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    gc.set_threshold(100_000)
    atexit.register(gc.freeze)


@contextmanager
def ended_by_signals() -> Iterator[None]:
    """Let a signal that would end the process raise `Ended`, once, so that files are removed.

    Signals that are ignored, as `nohup` has it, or that somebody else handles stay as they are.
    """
    usual = (signal.SIG_DFL, signal.default_int_handler)
    known = [getattr(signal, name) for name in ENDINGS if hasattr(signal, name)]
    before = {each: signal.getsignal(each) for each in known}
    before = {each: handler for each, handler in before.items() if handler in usual}
    if threading.current_thread() is not threading.main_thread():
        before = {}  # Python handles signals in the main thread alone

    def end(number: int, _: FrameType | None) -> None:
        for each in before:  # a second one would end the tidying up
            signal.signal(each, signal.SIG_IGN)
        raise Ended(number)

    for each in before:
        signal.signal(each, end)
    try:
        yield
    finally:
        for each, handler in before.items():
            signal.signal(each, handler)


def replace_closed_streams() -> None:
    """Put a stream that refuses to be used where a standard stream is closed.

    Its number is taken then, so that no file that is opened becomes standard output.
    """
    for name, mode, other in (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY),
                              ("stderr", "w", os.O_RDONLY)):  # fmt: skip
        if getattr(sys, name) is None:
            handle = os.open(os.devnull, other)
            setattr(sys, name, open(handle, mode, encoding="utf-8"))  # noqa: PTH123, SIM115


def columns(stream: TextIO) -> int | None:
    """How wide the terminal is that a stream goes to, as COLUMNS says or itself; None without."""
    if not stream.isatty():
        return None
    said = os.environ.get("COLUMNS", "")
    if said.isdecimal() and int(said):
        return int(said)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except OSError:
        return 80


def has_colors(stream: TextIO) -> bool:
    """Whether a stream goes to a terminal that has colours, and NO_COLOR does not forbid them."""
    forbidden = os.environ.get("NO_COLOR") or os.environ.get("TERM", "") in ("", "dumb")
    return stream.isatty() and not forbidden


def shows(stream: TextIO, text: str) -> bool:
    """Whether a stream has all signs of a text."""
    try:
        text.encode(stream.encoding or "utf-8")
    except UnicodeEncodeError:
        return False
    return True


def say(words: str, end: str = "\n") -> None:
    """Tell a person something on standard error; lost where that is closed or full."""
    LINE.remove()
    wide = columns(sys.stderr)
    said = words if wide is None else fitted(words, min(wide, WIDEST))
    _tell(said + end)


def _tell(words: str) -> None:
    try:
        click.echo(spelled(words, not shows(sys.stderr, words)), err=True, nl=False)
    except OSError:
        discard(sys.stderr)


class Line:
    """The last line on standard error, where it is a terminal, until other words take its place."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open = self._shown = False

    def begin(self) -> None:
        """From now on there may be one."""
        self._open = True

    def show(self, words: str) -> None:
        """Put words there, as many as fit."""
        wide = columns(sys.stderr)
        with self._lock:
            if self._open and wide is not None:
                self._shown = True
                _tell(f"\r{words[: wide - 1]}\033[K")

    def remove(self) -> None:
        """Make place for other words."""
        with self._lock:
            if self._shown:
                self._shown = False
                _tell("\r\033[K")

    def end(self) -> None:
        """Make place; from now on there is none."""
        self._open = False
        self.remove()


#: There is one, as there is one terminal.
LINE = Line()


def print_out(text: str) -> None:
    """Write to standard output; raises `ClosedPipe`, or `OutputError` where it cannot be."""
    if sys.stdout.isatty():
        LINE.end()
    try:
        click.echo(text, nl=False)
    except OSError as error:
        raise output_error(error) from None
    except UnicodeEncodeError as error:
        raise OutputError(
            f"standard output is in {error.encoding}, which has no {text[error.start]!r}; give "
            "a file with -o FILE, which is in UTF-8, or set PYTHONIOENCODING=utf-8"
        ) from None


def output_error(error: OSError) -> ClosedPipe | OutputError:
    """What it means that standard output cannot be written to."""
    discard(sys.stdout)
    if error.errno == errno.EPIPE:
        return ClosedPipe()
    if error.errno == errno.EBADF:
        return OutputError("standard output is closed; open it, or give a file with -o FILE")
    return OutputError(f"cannot write to standard output: {error.strerror}")


def discard(stream: TextIO) -> None:
    """Throw away what a stream holds and gets: Python would try once more to write it."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, stream.fileno())
    os.close(null)
