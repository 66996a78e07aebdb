"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from netsym.errors import OutputError


@contextmanager
def replacing(target: str) -> Iterator[IO[str]]:
    """A text file to write in UTF-8, beside its place until all is written, then moved there.

    What was there before is untouched if anything fails; links are followed, modes kept, and
    devices written to as they are. Raises `OutputError` where it cannot be written.
    """
    if not target:
        raise OutputError("cannot write to : its name is empty; give the path of a file")
    try:
        mode = _mode(target)
        if mode is not None and stat.S_ISDIR(mode):
            raise OutputError(f"cannot write to {target}: it is a folder; give a file in it")
        if mode is not None and not stat.S_ISREG(mode):
            with open(target, "w", encoding="utf-8") as device:  # noqa: PTH123
                yield device
            return
        path = Path(target).resolve()
        if mode is not None and not os.access(path, os.W_OK):
            raise OutputError(f"cannot write to {target}: it is read-only; give another file")
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    except OSError as error:
        raise _cannot(target, error) from None
    try:
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123
            yield file
        os.chmod(name, stat.S_IMODE(mode) if mode is not None else 0o666 & ~_umask())  # noqa: PTH101
        os.replace(name, path)  # noqa: PTH105
    except OSError as error:
        Path(name).unlink(missing_ok=True)
        raise _cannot(target, error) from None
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _mode(target: str) -> int | None:
    """What kind of file the target is; None if it does not exist yet."""
    try:
        return os.stat(target).st_mode  # noqa: PTH116
    except FileNotFoundError:
        return None


def _cannot(target: str, error: OSError) -> OutputError:
    return OutputError(
        f"cannot write to {target}: {error.strerror}; give a file in a folder you can write to"
    )


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask
