"""A workbook of Excel: a row of cells for each row of inputs, the weights on a sheet, and notes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from io import BytesIO
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import TooLargeError
from netsym.forms.form import Form
from netsym.forms.values import Evaluation
from netsym.graph.plan import Plan
from netsym.needed import need
from netsym.watching import Watcher, no_watcher
from netsym.writers.code.excel import Excel
from netsym.writers.code.limits import refuse_beyond
from netsym.writers.code.program import called

Floats = npt.NDArray[np.float64]

_COLUMNS, _ROWS = 16_384, 1_048_576
_SHEET, _WEIGHTS = "network", "weights"
_NOTES = (
    "A row of the sheet network is a row of inputs, the values of the network, and its outputs.",
    "For more rows, fill the formulas of the last row down.",
    "Weights are on the sheet weights: a row for each value, in the order of its formula.",
    "The values stored with the formulas are those that netsym computed.",
    "An empty input counts as 0. What is no number, as #N/A, gives an error in all that uses it.",
    "Excel keeps 15 digits of a number that is typed; a difference that is nearly 0 becomes 0.",
    "What is infinite in NumPy, as the exponential of 710, is #NUM! there.",
)  # fmt: skip


def workbook(
    form: Form, rows: Floats | None = None, *, digits: int | None = None,
    names: str | Mapping[str, str] = "", progress: Watcher = no_watcher,
) -> bytes:  # fmt: skip
    """What an `.xlsx` file holds: the form at rows of inputs (rows, inputs), by default at 0.

    `names` are those of the columns of inputs, by their own. Named parameters are 0 on the sheet
    of weights. Raises `SpecError` without xlsxwriter, and `TooLargeError` for what Excel does not
    take.
    """
    need("xlsxwriter", "a workbook of Excel", "excel")
    form = called(form, names, Excel)
    made = Excel(form, digits, progress, weights=_WEIGHTS)
    refuse_beyond(Excel.limits, form, _formulas)
    if rows is None:
        rows = np.zeros((1, len(made.columns)))
    _refuse("rows", len(rows) + 1, _ROWS)
    _refuse("columns", len(made.columns) + len(made.cells), _COLUMNS)
    _refuse("numbers in a formula", max((len(each.numbers) for each in made.cells), default=0) + 1,
            _COLUMNS)  # fmt: skip
    return _Book(made, rows).written()


def _formulas(form: Form) -> list[str]:
    return [cell.formula(1) for cell in Excel(form, weights=_WEIGHTS).cells]


def _refuse(what: str, number: int, most: int) -> None:
    if number > most:
        raise TooLargeError(f"Excel: {number:,} {what}, {most:,} is the limit; take fewer")


class _Book:
    """The sheets of a workbook, while they are filled."""

    def __init__(self, made: Excel, rows: Floats) -> None:
        import xlsxwriter

        self.made = made
        self.rows = rows
        self.file = BytesIO()
        self.book = xlsxwriter.Workbook(self.file, {"in_memory": True})
        self.book.set_properties({"created": datetime(1980, 1, 1)})  # the same file each time
        self.bold = self.book.add_format({"bold": True})

    def written(self) -> bytes:
        self._network()
        self._weights()
        notes = self.book.add_worksheet("notes")
        notes.set_column(0, 0, 100)
        for row, text in enumerate(_NOTES):
            notes.write_string(row, 0, text)
        self.book.close()
        return self.file.getvalue()

    def _network(self) -> None:
        sheet = self.book.add_worksheet(_SHEET)
        names = [*self.made.columns, *(cell.name for cell in self.made.cells)]
        inputs = len(self.made.columns)
        first_output = len(names) - len(self.made.outputs)
        for place, name in enumerate(names):
            is_end = place < inputs or place >= first_output
            sheet.write_string(0, place, name, self.bold if is_end else None)
        sheet.freeze_panes(1, inputs)
        values = self._values()
        for row, (given, found) in enumerate(zip(self.rows.tolist(), values.tolist(), strict=True)):
            for place, value in enumerate(given):
                _write_number(sheet, row + 1, place, value)
            wrong = "#N/A" if np.isnan(given).any() else "#NUM!"
            for place, (cell, value) in enumerate(zip(self.made.cells, found, strict=True), inputs):
                stored = value if np.isfinite(value) else wrong
                sheet.write_formula(row + 1, place, cell.formula(row + 2), None, stored)

    def _values(self) -> Floats:
        """What netsym computes for every cell, (rows, cells)."""
        form = self.made.formula
        nodes = np.array([cell.node for cell in self.made.cells], dtype=np.int32)
        parameters = {name: 0.0 for _, names in form.symbols() for name in names}
        return Evaluation(Plan(form.graph, form.inputs, nodes))(self.rows, parameters)

    def _weights(self) -> None:
        sheet = self.book.add_worksheet(_WEIGHTS)
        sheet.write_string(0, 0, "of", self.bold)
        sheet.write_string(0, 1, "in the order of its formula", self.bold)
        row = 1
        for name in self.made.parameters:
            sheet.write_string(row, 0, name)
            sheet.write_number(row, 1, 0)
            row += 1
        for cell in filter(lambda each: each.numbers, self.made.cells):
            sheet.write_string(row, 0, cell.name)
            for place, number in enumerate(cell.numbers, 1):
                sheet.write_number(row, place, float(number))
            row += 1


def _write_number(sheet: Any, row: int, place: int, value: float) -> None:
    """A number in a cell; one that is none is #N/A."""
    if np.isfinite(value):
        sheet.write_number(row, place, value)
    else:
        sheet.write_formula(row, place, "=NA()", None, "#N/A")
