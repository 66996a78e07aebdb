"""Where results go: standard output or a file, whole or not at all, with progress on the way."""

from __future__ import annotations

import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import click

from netsym.cli.arguments import SOURCE
from netsym.cli.process import print_out, say
from netsym.cli.verb import option
from netsym.errors import OutputError
from netsym.files.whole_file import replacing
from netsym.wording import WIDTH
from netsym.writers.text import NARROWEST

_AFTER, _EVERY = 1.0, 0.1  # seconds before progress is shown, and between two showings
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class Output:
    """Where a result goes, and whether for people or as data."""

    as_json: bool = option("--json", is_flag=True, help="Print JSON.")
    target: str | None = option("-o", metavar="FILE", help="Write to a file, whole or not at all.")

    @property
    def to_file(self) -> bool:
        """Whether it does not go to standard output."""
        return self.target not in (None, "-")

    def in_ascii(self, asked: bool = False) -> bool:
        """Whether text is plain ASCII: as asked, or as the terminal needs; files are UTF-8."""
        return asked or not (self.to_file or _shows_unicode())

    def report(
        self, result: Any, width: int | None = None, ascii: bool = False, **options: Any
    ) -> str:
        """What a result says, as asked or as the terminal needs."""
        columns = width or _terminal_width()
        return str(result.report(width=columns, ascii=self.in_ascii(ascii), **options))

    def write_result(self, result: Any, progress: Progress, **options: Any) -> None:
        """Write a result: what it says, or its data."""
        text = in_json(result.to_json()) if self.as_json else self.report(result, **options)
        write([text], self.target, progress)


def _shows_unicode() -> bool:
    try:
        "σ⁽²⁾₁·".encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return False
    return True


def _terminal_width() -> int:
    """How wide a report is: as the terminal, if there is one and it is narrow."""
    if not sys.stdout.isatty():
        return WIDTH
    return max(NARROWEST, min(shutil.get_terminal_size().columns, WIDTH))


class Progress:
    """One line on standard error, on a terminal, for anything that takes over a second."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._next = self._start + _AFTER
        self._shown = False
        self._length = 0  # of what will be written, once known

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how far it is; what is done may exceed the forecast a little."""
        if what == "writing":
            total = self._length = total or self._length
        now = time.monotonic()
        if now < self._next or not sys.stderr.isatty():
            return
        self._next, self._shown = now + _EVERY, True
        share = f"{min(100 * done // total, 100):3} %" if total else f"{done:,}"
        say(f"\r{what} … {share} ", end="")

    def clear(self) -> None:
        """Remove the line."""
        if self._shown:
            say("\r\033[K", end="")


def write(pieces: Iterable[str], target: str | None, progress: Progress) -> None:
    """Write a text and a line break to standard output, or to a file.

    A file is written beside its place and then moved there, so that it is whole or as it was.
    Raises `OutputError` where it cannot be written.
    """
    try:
        if target in (None, "-"):
            for chunk in _chunks(pieces, progress):
                print_out(chunk)
            return
        assert target is not None
        check_target(target)
        with replacing(target) as file:
            for chunk in _chunks(pieces, progress):
                file.write(chunk)
    finally:
        progress.clear()


def _chunks(pieces: Iterable[str], progress: Progress) -> Iterator[str]:
    waiting: list[str] = []
    length = written = 0
    for piece in pieces:
        waiting.append(piece)
        length += len(piece)
        if length >= _BUFFER:
            written += length
            yield "".join(waiting)
            waiting, length = [], 0
            progress("writing", written, 0)
    yield "".join(waiting) + "\n"


def check_target(target: str | None) -> None:
    """Raise `OutputError` if the target is a file that the network or the formula came from."""
    context = click.get_current_context(silent=True)
    if target is None or context is None:
        return
    for source in context.meta.get(SOURCE, []):
        if os.path.exists(target) and os.path.samefile(source, target):  # noqa: PTH110, PTH121
            raise OutputError(f"{target} is what was read; write to another file")


def in_json(data: Any) -> str:
    """Data for `--json`, with numbers of any length."""
    with numbers_of_any_length():
        return json.dumps(data, indent=2, ensure_ascii=False)


@contextmanager
def numbers_of_any_length() -> Iterator[None]:
    """Let Python write exact numbers that have more digits than it writes without being asked."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)
