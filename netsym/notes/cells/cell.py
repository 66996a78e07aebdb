"""`cell`: what a notebook shows of a result."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from netsym.displayed import Displayed
from netsym.notes.cells.fragments import Cell
from netsym.path import network_of

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
    """What a notebook shows of a result, a formula, or what stands for a network: at most 25 lines.

    Its `html` needs nothing else and no script; `latex` is for display on paper, `plain` for a
    terminal. Notebooks ask every result for it by themselves. Raises `SpecError` for what is none.

    >>> import netsym
    >>> print(cell(netsym.parse("1-1").inlined).plain)
    y = w⁽¹⁾₁₁·x + b⁽¹⁾₁
    """
    shown = result if isinstance(result, Displayed) else network_of(result)
    names = (kind.__name__ for kind in type(shown).__mro__)
    file = next(_KINDS[name] for name in names if name in _KINDS)
    made: Cell = import_module(f"netsym.notes.cells.{file}").cell(shown)
    return made
