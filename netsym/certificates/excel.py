"""Excel's formulas, computed by LibreOffice: a row of cells is filled down, as a person would."""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from netsym.certificates.engine import Code, Engine, Floats, Rows
from netsym.errors import NotRunError
from netsym.writers.code.compiler import ran

#: Formulas are computed anew, whatever is stored with them.
_SETTINGS = """\
<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop>
</item>
</oor:items>
"""
#: Commas, quotes, UTF-8, from the first row on, and numbers as they are, not as they are shown.
_CSV = "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,false"
_NUMBER = re.compile(r"-?[0-9.]+(?:E[+-]?[0-9]+)?")
#: A cell of the row, and nothing within a number, as 1e+16.
_CELL = re.compile(r"(?<![\w.])([A-Z]{1,3})1(?![\w.])")


def _run(code: Code, rows: Rows, folder: Path) -> Rows:
    write_rows(code, rows, folder / "network.xlsx")
    (cells,) = recalculated([folder / "network.xlsx"], folder)
    return Rows.of(cells[:, cells.shape[1] - len(code.form.outputs) :])


def write_rows(code: Code, rows: Rows, file: Path) -> None:
    """A workbook with the formulas in every row, of which none was computed."""
    import xlsxwriter

    formulas = code.text.rstrip("\n").split("\t")
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet()
    width = rows.values.shape[1]
    for row, values in enumerate(rows.values.tolist()):
        for place, value in enumerate(values):
            if np.isnan(value):
                sheet.write_formula(row, place, "=NA()")
            else:
                sheet.write_number(row, place, value)
        for place, formula in enumerate(formulas, width):
            sheet.write_formula(row, place, _CELL.sub(rf"\g<1>{row + 1}", formula))
    book.close()


def recalculated(files: Sequence[Path], folder: Path) -> list[Floats]:
    """The cells of the first sheet of each workbook, from one run.

    What is no number is NaN. Raises `NotRunError` for a workbook that is not taken.
    """
    settings = folder / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(_SETTINGS, encoding="utf-8")
    profile = f"-env:UserInstallation={(folder / 'profile').as_uri()}"
    ran(["soffice", profile, "--headless", "--convert-to", _CSV, *map(str, files)], folder)
    return [_cells(folder / f"{file.stem}.csv") for file in files]


def _cells(file: Path) -> Floats:
    if not file.exists():
        raise NotRunError(f"soffice does not take the workbook {file.stem}")
    with file.open(encoding="utf-8", newline="") as text:
        rows = [*csv.reader(text)]
    return np.array([[float(c) if _NUMBER.fullmatch(c) else np.nan for c in row] for row in rows])


LIBREOFFICE = Engine(
    "LibreOffice", _run, "apt-get install libreoffice-calc-nogui; pip install 'netsym[excel]'",
    programs=("soffice",), modules=("xlsxwriter",),
)  # fmt: skip
