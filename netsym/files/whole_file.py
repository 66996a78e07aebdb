"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
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
    except OSError as error:
        raise _cannot(target, error) from None
    name = path.with_name(f".netsym-{os.urandom(8).hex()}")
    try:  # the name is known before there is a file, so whatever ends this can remove it
        with open(name, "x", encoding="utf-8", opener=_opener(mode)) as file:
            yield file
        if mode is not None:
            name.chmod(stat.S_IMODE(mode))
        name.replace(path)
    except OSError as error:
        raise _cannot(target, error) from None
    finally:
        name.unlink(missing_ok=True)


def _opener(mode: int | None) -> Callable[[str, int], int]:
    """Opens a new file that shows no more to others than the one that it takes the place of."""
    return partial(os.open, mode=0o666 if mode is None else stat.S_IMODE(mode))


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
