"""A table of numbers in a CSV file: examples, one a line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.readers.bounded import opened
from netsym.wording import plural

_MOST_BYTES = 64 * 2**20


def read_table(path: str | os.PathLike[str]) -> npt.NDArray[np.float64]:
    """The numbers of a CSV file, shape (lines, columns); its first line may be a header.

    Columns are separated by commas, semicolons or tabs; empty lines are skipped. Raises
    `SpecError`, with the line and the column, for anything else than finite numbers.
    """
    path = Path(path)
    with opened(path, _MOST_BYTES) as file:
        content = file.read(_MOST_BYTES)
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SpecError(f"{path} is not text in UTF-8; save it as CSV") from None
    rows = list(_rows(path, text))
    if not rows:
        raise SpecError(f"{path} has no numbers; write one example a line, its target last")
    return np.array(rows)


def _rows(path: Path, text: str) -> Iterator[list[float]]:
    lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    separator = next((s for s in "\t;," if lines and s in lines[0][1]), ",")
    width = 0
    for place, (number, line) in enumerate(lines):
        cells = line.split(separator)
        found = [_number(cell) for cell in cells]
        if place == 0 and all(value is None for value in found):
            continue  # a header
        for column, (cell, value) in enumerate(zip(cells, found, strict=True), 1):
            if value is None or not np.isfinite(value):
                shown = repr(cell.strip()[:40])
                raise SpecError(
                    f"{path}, line {number}, column {column}: {shown} is not a finite number"
                )
        width = width or len(cells)
        if len(cells) != width:
            raise SpecError(
                f"{path}, line {number} has {plural(len(cells), 'column')}, and the lines before "
                f"it {width}"
            )
        yield [value for value in found if value is not None]


def _number(cell: str) -> float | None:
    try:
        return float(cell)
    except ValueError:
        return None
