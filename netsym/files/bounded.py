"""What a path names or a stream holds, no longer than a limit: its bytes, or its text."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO

from netsym.errors import SpecError

MOST_TEXT = 64 * 2**20  # bytes


def is_file(path: Path) -> bool:
    """Whether there is such a file."""
    try:
        return path.is_file()
    except (OSError, ValueError):  # a text that no file can be called
        return False


def opened(path: Path, most: int) -> BinaryIO:
    """The file, open for reading bytes.

    Raises `SpecError` for what is missing, not a regular file, longer than `most` bytes, or
    forbidden; sizes are looked at before anything is read.
    """
    try:
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise SpecError(f"{path} is a folder; give the path of a file in it")
        if not stat.S_ISREG(status.st_mode):
            raise SpecError(f"{path} is not a regular file; copy its content into one")
        if status.st_size > most:
            raise SpecError(f"{path} has {status.st_size:,} bytes; at most {most:,} are read")
        return path.open("rb")
    except FileNotFoundError:
        raise SpecError(f"there is no file {path}; check the path and its spelling") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        raise SpecError(f"{str(path)!r} cannot be read: {reason}") from None


def text_of(path: Path) -> str:
    """The text of a file; raises `SpecError` if it cannot be read, or is none in UTF-8."""
    with opened(path, MOST_TEXT) as file:
        return text_in(file, str(path))


def text_in(file: BinaryIO, source: str) -> str:
    """The text that an open file holds, without a byte order mark; errors call it `source`.

    Raises `SpecError` if it is too long, or no text in UTF-8.
    """
    content = file.read(MOST_TEXT + 1)
    if len(content) > MOST_TEXT:
        raise SpecError(f"{source} is longer than {MOST_TEXT:,} bytes; give less")
    if b"\0" in content:
        raise SpecError(f"{source} is not text; save it as UTF-8")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        column = error.start - content.rfind(b"\n", 0, error.start)
        raise SpecError(
            f"{source}, line {line}, column {column}: byte 0x{content[error.start]:02x} is not "
            "UTF-8; save it as UTF-8"
        ) from None
