"""Opening what a path names: a regular file, no larger than a limit, or a clear error."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import BinaryIO

from netsym.errors import SpecError


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
