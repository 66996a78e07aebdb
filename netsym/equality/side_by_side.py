"""Sizes side by side: what each form costs, counted, written and measured."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netsym.equality.sides import Subject
from netsym.equality.timing import seconds_per_point
from netsym.forms.sizes import Size, shown
from netsym.forms.sizes import scientific as in_short
from netsym.formula import Formula
from netsym.wording import table as in_columns

_TIMED = 100_000  # nodes: what is larger is not evaluated as it is written
_POINTS = 256


@dataclass(frozen=True, slots=True)
class FormColumn:
    """One form: its size, and, where it is small enough to be written, its text and its time.

    `characters` are those of its plain text, `seconds` is the time per point, evaluated in float64
    as it is written.
    """

    title: str
    size: Size | None
    characters: int | None = None
    seconds: float | None = None

    def to_json(self, outputs: list[str]) -> dict[str, Any]:
        """The data, for `--json`."""
        known = self.size.to_json(outputs) if self.size is not None else {"nodes": None}
        return {**known, "characters": self.characters, "seconds_per_point": self.seconds}


@dataclass(frozen=True, slots=True)
class Table:
    """The forms side by side; `str` is the table."""

    columns: tuple[FormColumn, ...]

    def __str__(self) -> str:
        rows = [["", *(column.title for column in self.columns)], *self._counts()]
        rows += [["characters of text", *(_or(c.characters, shown) for c in self.columns)]]
        rows += [["µs per point", *(_or(c.seconds, _micro) for c in self.columns)]]
        rows += [["times the first", *self._growth()]]
        return "\n".join(in_columns(rows, "<>"))

    def _counts(self) -> list[list[str]]:
        sizes = [column.size for column in self.columns]
        kinds = sorted({kind for size in sizes if size for kind in size.operations})
        rows = [
            ["nodes", *("not counted" if s is None else shown(s.nodes) for s in sizes)],
            ["height", *("" if s is None else f"{s.height:,}" for s in sizes)],
        ]
        for kind in kinds:
            counts = ("" if s is None else shown(s.operations.get(kind, 0)) for s in sizes)
            rows.append([f"  {kind}", *counts])
        return rows

    def _growth(self) -> list[str]:
        first = self.columns[0].size
        assert first is not None
        return ["" if c.size is None else _times(c.size.nodes, first.nodes) for c in self.columns]


def table(sides: Sequence[Subject]) -> Table:
    """The forms of one network, of two, or of a network and a formula."""
    columns: list[FormColumn] = []
    for number, side in enumerate(sides, 1):
        mark = f" {number}" if len(sides) > 1 else ""
        values = dict.fromkeys(side.names, 0.5)
        if side.network is None:
            columns.append(_measured(f"formula{mark}", side.graph.size, side.graph, values))
            continue
        for form in ("layered", "shared", "inlined") if len(sides) == 1 else ("layered", "inlined"):
            size = side.network.forecast(form)
            small = size is not None and size.nodes <= _TIMED
            formula = side.network.formula(form) if small else None
            columns.append(_measured(f"{form}{mark}", size, formula, values))
    return Table(tuple(columns))


def _measured(
    title: str, size: Size | None, formula: Formula | None, values: Mapping[str, float]
) -> FormColumn:
    if formula is None or size is None or size.nodes > _TIMED:
        return FormColumn(title, size)
    x = np.linspace(-1.0, 1.0, _POINTS)[:, None] * np.ones(len(formula.inputs))
    characters = len(formula.text(ascii=True))
    return FormColumn(title, size, characters, seconds_per_point(formula, x, values))


def _or(value: Any, show: Any) -> str:
    return "" if value is None else show(value)


def _micro(seconds: float) -> str:
    return f"{seconds * 1e6:.3g}"


def _times(nodes: int, first: int) -> str:
    if nodes < 10**15:
        return f"{nodes / first:,.2g}" if nodes < 100 * first else f"{nodes / first:,.0f}"
    return in_short(nodes // first)
