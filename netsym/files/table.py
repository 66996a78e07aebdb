"""A table of numbers in a CSV file: one row a line, under the names of its columns."""

from __future__ import annotations

import csv
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.files.bounded import is_file, text_of
from netsym.wording import plural

#: What Python reads besides is no number here: 1_000, inf, nan, the digits of other scripts.
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")
_SEPARATORS = {"\t": "a tab", ";": "';'", ",": "','"}
_QUOTED = re.compile(r'"[^"]*"')
_AFTER_QUOTE = re.compile(r'(?<=") +(?=[,;\t\r\n]|$)')  # the module csv takes no spaces there


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """The numbers of a file, shape (lines, columns); `header` is empty if it has none.

    `line` is that of the header.
    """

    numbers: npt.NDArray[np.float64]
    header: tuple[str, ...] = ()
    line: int = 0


def read_table(path: str | os.PathLike[str]) -> Table:
    """The table in a CSV file (RFC 4180); a first line without any number is its header.

    Columns are separated by commas, or by semicolons or tabs if the first line has these; empty
    lines are skipped. In place of a path may stand the lines, with a semicolon after each but the
    last: "0,1;1,0". Raises `SpecError`, with the line and the column, for anything else than finite
    decimal numbers.
    """
    given, path = path, Path(path)
    text = str(given).replace(";", "\n") if _are_lines(given) else text_of(path)
    first = next((line for line in text.splitlines() if line.strip()), "")
    separator = next((each for each in _SEPARATORS if each in _QUOTED.sub("", first)), ",")
    lines = _lines(path, text, separator)
    line, header = 0, list[str]()
    if lines and all(_number(cell) is None for cell in lines[0][1]):
        line, header = lines.pop(0)
    if not lines:
        raise SpecError(f"{path} has no numbers; write one example a line, its target last")
    width = len(header or lines[0][1])
    rows = []
    for number, cells in lines:
        rows.append(
            [_checked(path, number, place, cells, separator) for place in range(len(cells))]
        )
        if len(cells) != width:
            raise SpecError(
                f"{path}, line {number} has {plural(len(cells), 'column')}, and the lines before "
                f"it {width}"
            )
    return Table(np.array(rows), tuple(header), line)


def _are_lines(given: str | os.PathLike[str]) -> bool:
    """Whether a text has the lines themselves, and names no file that is there."""
    return isinstance(given, str) and bool(re.search("[,;]", given)) and not is_file(Path(given))


def _lines(path: Path, text: str, separator: str) -> list[tuple[int, list[str]]]:
    """The cells of every line that is not empty, with its number."""
    lines = (_AFTER_QUOTE.sub("", line) for line in io.StringIO(text, newline=""))
    reader = csv.reader(lines, delimiter=separator, skipinitialspace=True, strict=True)
    try:
        each = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as error:
        raise SpecError(f"{path}, line {reader.line_num} is not CSV: {error}") from None
    return [(number, cells) for number, cells in each if cells not in ([], [""])]


def _checked(path: Path, line: int, place: int, cells: list[str], separator: str) -> float:
    """The number in a cell."""
    value = _number(cells[place])
    if value is None or not np.isfinite(value):
        between = _SEPARATORS[separator]
        raise SpecError(
            f"{path}, line {line}, column {place + 1}: {cells[place][:40]!r} is not a finite "
            f"number; write digits, as in -1.5 or 2e-3, and {between} between columns"
        )
    return value


def _number(cell: str) -> float | None:
    return float(cell) if _NUMBER.fullmatch(cell) else None
