"""An engine as a row: what it needs to be there, and how it runs code on rows of numbers."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.forms.form import Form
from netsym.graph.graph import Mask
from netsym.writers.code.compiler import ran

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Code:
    """What was written: its text, the form that it is of, and the options it was written with.

    With `digits` numbers were rounded to so many.
    """

    text: str
    form: Form
    options: Mapping[str, Any]
    digits: int | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """Numbers, (rows, columns); where one is `null` there is none, as in a database, nor NaN."""

    values: Floats
    null: Mask

    @classmethod
    def of(cls, values: Floats) -> Rows:
        """Rows without null."""
        return cls(values, np.zeros(values.shape, dtype=np.bool_))


@dataclass(frozen=True, slots=True)
class Engine:
    """A row of the table of engines.

    `run(code, rows, folder)` gives the outputs for rows of inputs, in the order of the form, with
    what it writes in a folder of its own; it raises `NotRunError` for code that is not taken. It
    needs all of the `programs`, which may be in `folders` as well, and the Python `modules`, which
    `package` brings. `nan` and `null` say whether its numbers may be that; `tolerance` is how far,
    relatively, from the network it may be.
    """

    name: str
    run: Callable[[Code, Rows, Path], Rows]
    package: str = ""
    programs: Sequence[str] = ()
    folders: str = ""
    modules: Sequence[str] = ()
    nan: bool = True
    null: bool = False
    tolerance: float = 1e-12

    def missing(self) -> str:
        """What is not there that it needs: "gcc is missing: apt-get install gcc", or nothing."""
        absent = [each for each in self.programs if not program(each, self.folders)]
        absent += [each for each in self.modules if find_spec(each) is None]
        return f"{absent[0]} is missing: {self.package}" if absent else ""


def program(name: str, folders: str = "") -> str:
    """Where a program is, or in the newest of some more folders, as "/opt/*/bin"; else nothing."""
    found = shutil.which(name) or (shutil.which(name, path=_newest(folders)) if folders else None)
    return found or ""


def _newest(folders: str) -> str:
    found = sorted(map(str, Path("/").glob(folders.removeprefix("/"))), reverse=True)
    return os.pathsep.join(found)


def exchanged(words: Sequence[str], rows: Rows, outputs: int, folder: Path) -> Rows:
    """What a program makes of the float64 in `rows.bin`, from its `values.bin`."""
    rows.values.astype("<f8").tofile(folder / "rows.bin")
    ran(words, folder)
    values = np.fromfile(folder / "values.bin", dtype="<f8")
    return Rows.of(values.astype(np.float64).reshape(len(rows.values), outputs))
