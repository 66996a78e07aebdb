"""Files that are written whole or not at all."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TextIO

from netsym.errors import OutputError


@contextmanager
def replacing(target: str) -> Iterator[TextIO]:
    """A text file to write in UTF-8, beside its place until all is written, then moved there.

    What was there before is untouched if anything fails; links are followed, modes kept, and
    devices written to as they are. Raises `OutputError` where it cannot be written.
    """
    mode = _mode_before(target)
    try:
        if _is_device(mode):
            with open(target, "w", encoding="utf-8") as device:  # noqa: PTH123
                yield device
            return
        with _beside(target, mode) as (name, file):
            yield file
            file.close()
            if mode is not None:
                name.chmod(stat.S_IMODE(mode))
            name.replace(Path(target).resolve())
    except OSError as error:
        raise _cannot(target, error) from None


def check_writable(target: str) -> None:
    """Raise `OutputError` where a file cannot be written; nothing is changed."""
    mode = _mode_before(target)
    try:
        if not _is_device(mode):
            with _beside(target, mode):
                pass
    except OSError as error:
        raise _cannot(target, error) from None


@contextmanager
def _beside(target: str, mode: int | None) -> Iterator[tuple[Path, TextIO]]:
    """A new file beside the place of another; it is removed in the end, if it is still there."""
    name = Path(target).resolve().with_name(f".netsym-{os.urandom(8).hex()}")
    try:  # the name is known before there is a file, so whatever ends this can remove it
        with open(name, "x", encoding="utf-8", opener=_opener(mode)) as file:
            yield name, file
    finally:
        name.unlink(missing_ok=True)


def _mode_before(target: str) -> int | None:
    """The mode of what is there, None if nothing is; raises `OutputError` for what stays so."""
    if not target:
        raise OutputError("cannot write to : its name is empty; give the path of a file")
    try:
        mode = _mode(target)
    except OSError as error:
        raise _cannot(target, error) from None
    if mode is not None and stat.S_ISDIR(mode):
        raise OutputError(f"cannot write to {target}: it is a folder; give a file in it")
    if mode is not None and stat.S_ISREG(mode) and not os.access(target, os.W_OK):
        raise OutputError(f"cannot write to {target}: it is read-only; give another file")
    return mode


def _is_device(mode: int | None) -> bool:
    return mode is not None and not stat.S_ISREG(mode)


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
