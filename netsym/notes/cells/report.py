"""The cell of a result that has nothing but a report."""

from __future__ import annotations

from typing import Any

from netsym.notes.cells.fragments import Cell, first_lines, verbatim


def cell(result: Any) -> Cell:
    """What a notebook shows of any other result: the first lines of its report."""
    lines = first_lines(result.report())
    return Cell("\n".join(lines), (verbatim(lines),))
