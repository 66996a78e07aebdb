"""Where results go: standard output or a file, whole or not at all, with progress on the way."""

from __future__ import annotations

import os
import re
import sys
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from threading import Timer
from typing import Any, ClassVar

import click

from netsym.cli.arguments import SOURCE
from netsym.cli.process import LINE, WIDEST, columns, print_out, shows
from netsym.cli.verb import option
from netsym.errors import OutputError, SpecError
from netsym.files.formats import suffixes
from netsym.files.whole_file import check_writable, replacing
from netsym.wording import NARROWEST
from netsym.writers import WRITERS

_PLAIN = ("text/plain", "text/markdown", "text/x-rst")
_AFTER, _EVERY = 1.0, 0.1  # seconds before progress is shown, and between two showings
_BUFFER = 1 << 16


@dataclass(frozen=True, slots=True)
class Output:
    """Where a result goes, and whether for people or as data."""

    #: What the names of files end in, where it is no plain text.
    own: ClassVar[Sequence[str]] = ()

    as_json: bool = option("--json", is_flag=True, help="Print JSON.")
    target: str | None = option("-o", metavar="FILE", help="Write to a file, whole or not at all.")

    def __post_init__(self) -> None:
        """Refuse at once a file that cannot be written, or is called as if it held other things."""
        check_source(self.target)
        context = click.get_current_context(silent=True)
        if self.as_json:
            check_name(self.target, "--json", [".json"], {})
        elif context is not None and "to" not in context.params:  # else the language says it
            check_name(self.target, f"netsym {context.info_name}", self.own, {".json": "--json"})
        check_target(self.target)

    @property
    def to_file(self) -> bool:
        """Whether it does not go to standard output."""
        return self.target not in (None, "-")

    def in_ascii(self, asked: bool = False) -> bool:
        """Whether text is plain ASCII: as asked, or as the terminal needs; files are UTF-8."""
        return asked or not (self.to_file or shows(sys.stdout, "σ⁽²⁾₁·"))

    @property
    def columns(self) -> int | None:
        """How wide a report is: as the terminal that it goes to, if it goes to one."""
        return None if self.to_file else _terminal_width()

    def report(
        self, result: Any, width: int | None = None, ascii: bool = False, **options: Any
    ) -> str:
        """What a result says, as asked or as the terminal needs."""
        wide = width or self.columns
        known = {} if wide is None else {"width": wide}
        return str(result.report(ascii=self.in_ascii(ascii), **known, **options))

    def in_json(self, data: Any) -> str:
        """Data for `--json`, with numbers of any length."""
        import json  # text need not wait for it

        with numbers_of_any_length():
            return self.escaped(json.dumps(data, indent=2, ensure_ascii=False))

    def escaped(self, text: str) -> str:
        """A text in JSON, with escapes for all but ASCII where the terminal needs them."""
        if self.to_file or shows(sys.stdout, text):
            return text
        import json

        return re.sub(r"[^\x00-\x7f]", lambda sign: json.dumps(sign[0])[1:-1], text)

    def write_result(self, result: Any, progress: Progress, **options: Any) -> None:
        """Write a result: what it says, or its data."""
        text = self.in_json(result.to_json()) if self.as_json else self.report(result, **options)
        write([text], self.target, progress)


def _terminal_width() -> int | None:
    wide = columns(sys.stdout)
    return wide and max(NARROWEST, min(wide, WIDEST))


class Progress:
    """One line on standard error, on a terminal, for anything that takes over a second."""

    def __init__(self) -> None:
        self._next = time.monotonic() + _AFTER
        self._said = ""
        self._length = 0  # of what will be written, once known
        LINE.begin()
        if sys.stderr.isatty():  # what is said once, and then takes long, is shown too
            later = Timer(_AFTER, self._show)
            later.daemon = True
            later.start()

    def __call__(self, what: str, done: int, total: int) -> None:
        """Say how far it is; what is done may exceed the forecast a little."""
        if what == "writing":
            total = self._length = total or self._length
        share = f"{min(100 * done // total, 100):3} %" if total else f"{done:,}" if done else ""
        self._said = f"{what} … {share} "
        now = time.monotonic()
        if now >= self._next:
            self._next = now + _EVERY
            self._show()

    def _show(self) -> None:
        if self._said:
            LINE.show(self._said)


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
        check_source(target)
        with replacing(target) as file:
            for chunk in _chunks(pieces, progress):
                file.write(chunk)
    finally:
        LINE.end()


def write_bytes(data: bytes, target: str) -> None:
    """Write a file that is no text, whole or not at all; see `write`."""
    try:
        check_source(target)
        with replacing(target) as file:
            file.buffer.write(data)
    finally:
        LINE.end()


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
    """Raise `OutputError` for a file that cannot be written, or that was read."""
    check_source(target)
    if target not in (None, "-"):
        check_writable(str(target))


def check_source(target: str | None) -> None:
    """Raise `OutputError` if the target is a file that the network or the formula came from."""
    context = click.get_current_context(silent=True)
    if target is None or context is None:
        return
    for source in context.meta.get(SOURCE, []):
        there = os.path.exists(target) and os.path.exists(source)  # noqa: PTH110 (not typed rows)
        if there and os.path.samefile(source, target):  # noqa: PTH121
            raise OutputError(f"{target} is what was read; write to another file")


def check_name(
    target: str | None, what: str, own: Sequence[str], instead: Mapping[str, str]
) -> None:
    """Raise `SpecError` for a file whose name ends as if it held something else than `what`.

    `own` are the suffixes of what it holds; `instead` has the option for others.
    """
    suffix = Path(target or "").suffix.lower()
    written = chain(suffixes(), *(row.suffixes for row in WRITERS.values()))
    if suffix in own or (suffix not in written and _is_plain(suffix)):
        return
    option = f", or {instead[suffix]}" if suffix in instead else ""
    raise SpecError(
        f"{target}: {what} writes no {suffix} file; give one whose name ends in "
        f"{' or '.join(own or ['.txt'])}{option}"
    )


def _is_plain(suffix: str) -> bool:
    """Whether files that end so hold plain text, as far as Python knows."""
    if not suffix:
        return True
    import mimetypes  # standard output need not wait for it

    return mimetypes.MimeTypes().types_map[True].get(suffix, "text/plain") in _PLAIN


@contextmanager
def numbers_of_any_length() -> Iterator[None]:
    """Let Python write exact numbers that have more digits than it writes without being asked."""
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(0)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)
