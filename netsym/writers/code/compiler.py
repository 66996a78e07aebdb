"""The C compiler of the system, and what a program says that is run.

What is very long is not optimised: gcc takes minutes for a function of a megabyte.
"""

from __future__ import annotations

import ctypes
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from netsym.errors import NotRunError, SpecError

#: Those that are looked for, in this order, and what brings one.
COMPILERS = ("cc", "gcc", "clang")
PACKAGE = "apt-get install gcc libc6-dev"
_LONG = 300_000  # characters


def optimisation(text: str) -> str:
    """The option that compiles a text in seconds."""
    return "-O2" if len(text) < _LONG else "-O0"


def ran(
    words: Sequence[str], folder: Path, given: str | None = None, user: str | None = None
) -> str:
    """What a program prints, run in a folder; raises `NotRunError` with what it complains of."""
    done = subprocess.run(
        words, cwd=folder, input=given, capture_output=True, text=True, encoding="utf-8",
        errors="replace", check=False, user=user,
    )  # fmt: skip
    if done.returncode:
        said = (done.stderr or done.stdout).strip().splitlines()
        errors = (line for line in said if re.search("error", line, re.IGNORECASE))
        why = next(errors, said[0] if said else f"exit code {done.returncode}")
        raise NotRunError(f"{words[0]} does not run it: {why[:200]}")
    return done.stdout


def library(text: str) -> ctypes.CDLL:
    """The functions of a program in C99, for this process alone; nothing stays on the disk.

    Raises `SpecError` where there is no compiler, `NotRunError` for what it does not take.
    """
    compiler = next(filter(None, map(shutil.which, COMPILERS)), None)
    if compiler is None:
        raise SpecError(
            f"to compile needs a C compiler, and none of {', '.join(COMPILERS)} is here: {PACKAGE}"
        )
    with TemporaryDirectory(prefix="netsym-", ignore_cleanup_errors=True) as folder:
        path = Path(folder, "program.c")
        path.write_text(text, encoding="utf-8")
        made = path.with_suffix(".so")
        words = ["-std=c99", optimisation(text), "-shared", "-fPIC", "-o", made.name, path.name]
        ran([compiler, *words, "-lm"], path.parent)
        return ctypes.CDLL(str(made))
