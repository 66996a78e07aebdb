"""`cell`: what a notebook shows of a result."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from netsym.errors import SpecError
from netsym.notes.cells.fragments import Cell

#: The file that makes the cell, by the class; of other results it is their report.
_KINDS = {
    "Network": "network",
    "Face": "formula",
    "Size": "sizes", "NetworkSize": "sizes", "Growth": "sizes",
    "Comparison": "comparison",
    "Simplified": "simplification",
    "Regions": "regions",
    "Displayed": "report",
}  # fmt: skip


def cell(result: Any) -> Cell:
    """What a notebook shows of a network, a formula or a result: at most 25 lines.

    Its `html` needs nothing else and no script; `latex` is for display on paper, `plain` for a
    terminal. Notebooks ask every result for it by themselves. Raises `SpecError` for what is none.

    >>> import netsym
    >>> print(cell(netsym.parse("1-1").inlined).plain)
    y = w⁽¹⁾₁₁·x + b⁽¹⁾₁
    """
    names = (kind.__name__ for kind in type(result).__mro__)
    file = next((_KINDS[name] for name in names if name in _KINDS), None)
    if file is None:
        raise SpecError(
            f"{type(result).__name__} is no network, formula or result of netsym; give one, as "
            'netsym.cell(netsym.parse("1-2-1"))'
        )
    made: Cell = import_module(f"netsym.notes.cells.{file}").cell(result)
    return made
