"""Sizes side by side: what each form costs, counted, written and measured."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netsym.equality.sides import Subject
from netsym.equality.timing import seconds_per_point
from netsym.errors import checked_whole
from netsym.forms.sizes import Size, scientific, shown
from netsym.formula import Formula
from netsym.wording import spelled
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

    def cells(self, kinds: Sequence[str], first: int, digits: int | None) -> list[str]:
        """Its cells in the table, for these kinds of operations; `first` are the nodes of the first
        form.
        """
        size = self.size
        if size is None:
            return [self.title, "not counted", *[""] * (len(kinds) + 4)]
        counts = (shown(size.operations.get(kind, 0), digits=digits) for kind in kinds)
        characters = "" if self.characters is None else shown(self.characters)
        time = (
            ""
            if self.seconds is None
            else f"{self.seconds * 1e6:.{3 if digits is None else digits}g}"
        )
        return [
            self.title, shown(size.nodes, digits=digits), f"{size.height:,}", *counts, characters,
            time, _times(size.nodes, first, digits),
        ]  # fmt: skip

    def to_json(self, outputs: list[str]) -> dict[str, Any]:
        """The data, for `--json`."""
        known = self.size.to_json(outputs) if self.size is not None else {"nodes": None}
        return {**known, "characters": self.characters, "seconds_per_point": self.seconds}


@dataclass(frozen=True, slots=True)
class Table:
    """The forms side by side; `str` is the table."""

    columns: tuple[FormColumn, ...]

    def __str__(self) -> str:
        return self.report()

    def report(
        self, width: int | None = None, ascii: bool = False, digits: int | None = None
    ) -> str:
        """The table; forms that do not fit into a `width` follow in a table of their own.

        `digits` rounds the times, and counts of more than 20 digits.
        """
        kinds = sorted({kind for c in self.columns if c.size for kind in c.size.operations})
        first = self.columns[0].size
        assert first is not None
        labels = ["", "nodes", "height", *(f"  {kind}" for kind in kinds)]
        labels += ["characters of text", "µs per point", "times the first"]
        columns = [column.cells(kinds, first.nodes, digits) for column in self.columns]
        room = None if width is None else checked_whole("width", width, 1)
        parts = (
            "\n".join(in_columns(list(zip(labels, *together, strict=True)), "<>"))
            for together in _fitting(labels, columns, room)
        )
        return spelled("\n\n".join(parts), ascii)


def _fitting(
    labels: list[str], columns: list[list[str]], width: int | None
) -> Iterator[list[list[str]]]:
    """Columns, as many together as fit beside the labels."""
    start = used = max(map(len, labels))
    together: list[list[str]] = []
    for column in columns:
        wide = 2 + max(map(len, column))
        if together and width is not None and used + wide > width:
            yield together
            together, used = [], start
        together.append(column)
        used += wide
    yield together


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


def _times(nodes: int, first: int, digits: int | None) -> str:
    if nodes < 10**15:
        return f"{nodes / first:,.2g}" if nodes < 100 * first else f"{nodes / first:,.0f}"
    return scientific(nodes // first, digits)
