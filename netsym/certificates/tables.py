"""Rows as a table of a database, and what a SELECT makes of them; the same in all databases."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from netsym.certificates.engine import Code, Floats, Rows
from netsym.errors import NotRunError
from netsym.writers.code.sql import BETWEEN, SQL

#: A row as Python has it: numbers, and None for NULL.
Record = Sequence[float | None]


def statements(text: str) -> tuple[list[str], str]:
    """What was written, apart: the statements that make the table of weights, and the SELECT."""
    *before, select = text.split(BETWEEN)
    return before, select


@dataclass(frozen=True, slots=True)
class Table:
    """The table that a SELECT is from, with a column for each input and for whatever it keeps."""

    program: SQL
    rows: Rows

    @classmethod
    def of(cls, kind: type[SQL], code: Code, rows: Rows) -> Table:
        """The table for what was written, in a dialect."""
        return cls(kind(code.form, **code.options), rows)

    @property
    def others(self) -> list[str]:
        """The columns that are kept and no inputs; they hold the numbers of the rows."""
        return [name for name in self.program.shown if name not in self.program.inputs]

    @property
    def schema(self) -> str:
        """What the table is in, if that is said."""
        return self.program.table.rpartition(".")[0]

    @property
    def columns(self) -> str:
        """The columns as they are declared."""
        names = [*self.program.inputs, *self.others] or ["row_number"]
        return ", ".join(f"{name} {self.program.double}" for name in names)

    def records(self) -> Iterator[Record]:
        """The rows of the table."""
        pairs = zip(self.rows.values.tolist(), self.rows.null.tolist(), strict=True)
        more = len(self.others) if self.program.inputs else 1
        for number, (values, lacking) in enumerate(pairs):
            yield [*(None if no else v for v, no in zip(values, lacking, strict=True)),
                   *[float(number)] * more]  # fmt: skip

    def write_csv(self, path: Path) -> None:
        """The table in a file, where nothing stands for NULL."""
        lines = (",".join("" if v is None else repr(v) for v in row) for row in self.records())
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")

    def answered(self, found: Iterable[Sequence[Any]]) -> Rows:
        """The outputs, from all columns of the result; raises `NotRunError` for rows that moved."""
        answers = list(found)
        kept, outputs = len(self.program.shown), len(self.program.outputs)
        shape = len(answers), kept + outputs
        null = np.array([each is None for row in answers for each in row]).reshape(shape)
        values = [np.nan if each is None else float(each) for row in answers for each in row]
        numbers = np.array(values).reshape(shape)
        if not np.array_equal(numbers[:, :kept], self._kept(), equal_nan=True):
            raise NotRunError("the rows of the result are not those of the table")
        return Rows(numbers[:, kept:], null[:, kept:])

    def _kept(self) -> Floats:
        """The columns that the result keeps, with NaN for NULL."""
        places = {name: place for place, name in enumerate(self.program.inputs)}
        numbers = np.arange(len(self.rows.values), dtype=np.float64)
        values = [self.rows.values[:, places[n]] if n in places else numbers
                  for n in self.program.shown]  # fmt: skip
        return np.stack(values, axis=1) if values else np.empty((len(numbers), 0))
