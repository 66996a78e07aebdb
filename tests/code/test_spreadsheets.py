"""Formulas of Excel, and workbooks: each cell computes its value, and nothing else is in there."""

from __future__ import annotations

import re
import zipfile
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest

import netsym
from netsym.certificates import ENGINES, excel
from netsym.certificates.engine import Code, Rows
from netsym.errors import NotRunError
from netsym.files.files import loads
from netsym.path import network_of
from netsym.writers.code import workbook
from netsym.writers.code.excel import Excel
from tests.cli.running import run
from tests.code.networks import NETWORKS, in_forms
from tests.code.test_targets import FORMS, LARGE
from tests.conftest import not_installed

pytest.importorskip("xlsxwriter")
EXAMPLES = Path(__file__).parents[2] / "examples"
IRIS = str(EXAMPLES / "iris.toml")
_XML = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
FLOWERS = np.array([[5.1, 3.5, 1.4, 0.2], [6.3, 2.9, 5.6, 1.8], [5.8, np.nan, 4.0, 1.2]])


def cells(book: bytes, sheet: int = 1) -> dict[str, tuple[str, str]]:
    """The formula of each cell that is no text, and the value stored with it."""
    with zipfile.ZipFile(BytesIO(book)) as archive:
        tree = ElementTree.fromstring(archive.read(f"xl/worksheets/sheet{sheet}.xml"))
    found = {}
    for cell in tree.iter(f"{_XML}c"):
        if cell.get("t") != "s":
            found[cell.attrib["r"]] = (
                cell.findtext(f"{_XML}f") or "", cell.findtext(f"{_XML}v") or "")  # fmt: skip
    return found


def test_a_formula_to_paste(capfd: pytest.CaptureFixture[str]) -> None:
    typed = ["inline", "tanh(2*x - 0.5*y^2)/3", "--inputs", "x,y", "--to", "excel"]
    ran = run(capfd, *typed)
    assert ran.out == "=TANH(2*A1 - 0.5*POWER(B1, 2))/3\n"


def test_a_power_keeps_its_sign() -> None:
    """-2^2 is 4 in Excel, where a minus binds more tightly."""
    assert network_of("-x^2", ["x"]).inlined.code("excel") == "=-POWER(A1, 2)"
    assert network_of("x*(-y)^3", ["x", "y"]).inlined.code("excel") == "=A1*POWER(-B1, 3)"


def test_what_is_written_several_times_has_a_cell() -> None:
    network = netsym.parse("1-1:softplus").with_parameters({"w1_1_1": 0.5, "b1_1": -0.25})
    first, second = network.inlined.code("excel").split("\t")
    assert first == "=0.5*A1 - 0.25"
    assert second.count("B1") == 3 and "A1" not in second


def test_a_workbook_stores_what_netsym_computes() -> None:
    network = netsym.load(IRIS)
    book = network.layered.workbook(FLOWERS)
    found = cells(book)
    made = Excel(network.layered, weights="weights")
    letters = [re.sub(r"\d", "", name) for name in found if name.endswith("2")][-3:]
    for row, flower in enumerate(FLOWERS[:2], 2):
        stored = [float(found[f"{letter}{row}"][1]) for letter in letters]
        np.testing.assert_allclose(stored, network(flower), rtol=1e-14)
    assert found["B4"] == ("NA()", "#N/A")
    assert {found[f"{letter}4"][1] for letter in letters} == {"#N/A"}
    assert len(found) == 3 * (4 + len(made.cells))
    assert book == netsym.load(IRIS).layered.workbook(FLOWERS)


def test_weights_have_a_sheet() -> None:
    network = netsym.parse("2-1").with_parameters({"w1_1_1": 0.25, "w1_1_2": -1.5, "b1_1": 0.1})
    book = network.layered.workbook()
    formula, stored = cells(book)["C2"]
    assert formula == "weights!$B$2*A2 + weights!$C$2*B2 + weights!$D$2" and float(stored) == 0.1
    assert {k: v for k, (_, v) in cells(book, 2).items()} == {
        "B2": "0.25",
        "C2": "-1.5",
        "D2": "0.1",
    }


def test_notes_say_where_excel_is_not_float64() -> None:
    with zipfile.ZipFile(BytesIO(netsym.load(IRIS).layered.workbook())) as archive:
        text = archive.read("xl/sharedStrings.xml").decode()
    assert "Excel keeps 15 digits of a number that is typed" in text
    assert "a difference that is nearly 0 becomes 0" in text


def test_names_of_parameters_have_cells_there() -> None:
    book = netsym.parse("1-1:tanh").layered.workbook([[2.0]])
    assert cells(book)["B2"] == ("TANH(weights!$B$2*A2 + weights!$B$3)", "0.0")
    assert cells(book, 2) == {"B2": ("", "0"), "B3": ("", "0")}


def test_names_are_text() -> None:
    """No name of a person is a formula."""
    spec = 'netsym = 1\ninputs = ["A1", "EXP", "R1C1"]\n[[layers]]\ntype = "dense"\n'
    network = loads(f"{spec}weights = [[0.5, 1.5, 2.5]]\nbias = false\n")
    assert network.layered.code("excel") == "=0.5*A1 + 1.5*B1 + 2.5*C1"
    with zipfile.ZipFile(BytesIO(network.layered.workbook())) as archive:
        assert ">EXP<" in archive.read("xl/sharedStrings.xml").decode()
    assert [text for text, _ in cells(network.layered.workbook()).values() if text] == [
        "weights!$B$2*A2 + weights!$C$2*B2 + weights!$D$2*C2"
    ]


def test_what_excel_does_not_take_is_refused(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "net.xlsx"
    for target in ([], ["-o", str(file)]):
        ran = run(capfd, "inline", "2-8x3tanh-1", "--to", "excel", *target)
        assert ran.code == 3 and not ran.out and not file.exists()
        said = r"8,192 is the limit; --form layered takes \d+, or --form shared takes \d+"
        assert re.search(rf"Excel: [\d,]+ characters, {said}", ran.err)
    ran = run(capfd, "show", "2-8x3tanh-1", "-o", str(file))
    assert ran.code == 0 and len(cells(file.read_bytes())) == 2 + 25
    monkeypatch.setattr(workbook, "_COLUMNS", 30)
    for shape, said in {"2-29": "31 columns, 30", "1-1": "", "30-1": "31 columns, 30"}.items():
        if said:
            with pytest.raises(netsym.TooLargeError, match=f"Excel: {said} is the limit"):
                netsym.parse(shape).layered.workbook()
        else:
            assert netsym.parse(shape).layered.workbook()


def test_a_file_is_whole_or_as_it_was(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "net.xlsx"
    file.write_bytes(b"before")
    monkeypatch.setattr("netsym.needed.find_spec", lambda _: None)
    ran = run(capfd, "show", IRIS, "-o", str(file))
    assert ran.code == 2 and "pip install 'netsym[excel]'" in ran.err
    assert file.read_bytes() == b"before"
    assert [each.name for each in tmp_path.iterdir()] == ["net.xlsx"]


def test_rows_of_a_person_are_in_the_workbook(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered = replace(ENGINES["excel"], programs=("no-such-office",))
    monkeypatch.setitem(ENGINES, "excel", answered)
    rows, book = tmp_path / "rows.csv", tmp_path / "iris.xlsx"
    rows.write_text("petal_width,sepal_length,sepal_width,petal_length\n0.5,5,3,1\n1.5,6,2,4\n")
    ran = run(capfd, "certify", IRIS, "--data", str(rows), "-o", str(book))
    assert ran.code == 4 and "no-such-office is missing" in ran.out
    found = cells(book.read_bytes())
    assert [found[name][1] for name in ("A2", "D2", "A3", "D3")] == ["5", "0.5", "6", "1.5"]


# -- by LibreOffice -------------------------------------------------------------------------------
#: Where a value is infinite in NumPy, there is an error in Excel.
INFINITE = {"exp", "hyperbolic", "elementary"}
#: The rows in workbooks: the last ones, which are the extreme ones.
SOME = 12


def cases() -> list[tuple[str, str]]:
    """Every network in forms that Excel takes."""
    forms = ((name, LARGE.get(name, form)) for name, form in in_forms(*FORMS))
    return [*dict.fromkeys((name, form if fits(name, form) else "layered") for name, form in forms)]


def fits(name: str, form: str) -> bool:
    texts = [text for _, text, _ in Excel(NETWORKS[name]().formula(form)).statements()]
    return all(limit.largest(texts) <= limit.most for limit in Excel.limits)


@pytest.mark.heavy
def test_every_network_in_one_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """LibreOffice takes seconds to start: it is given all workbooks at once."""
    if absent := ENGINES["excel"].missing():
        not_installed("LibreOffice", absent)
    given: list[tuple[Code, Rows]] = []

    def collects(code: Code, rows: Rows, folder: Path) -> Rows:
        given.append((code, rows))
        raise NotRunError("it is run later")

    monkeypatch.setitem(ENGINES, "excel", replace(ENGINES["excel"], run=collects))
    made = cases()
    for name, form in made:
        assert certified(name, form).verdict == "not run"
    files = []
    for number, (code, rows) in enumerate(given):
        text, book = tmp_path / f"{number}.xlsx", tmp_path / f"{number}-weights.xlsx"
        excel.write_rows(code, rows, text)
        book.write_bytes(netsym.Formula.of(code.form).workbook(rows.values[-SOME:]))
        files += [text, book]
    found = excel.recalculated(files, tmp_path)
    for place, ((name, form), (code, _)) in enumerate(zip(made, given, strict=True)):
        text, book = (cells[:, cells.shape[1] - len(code.form.outputs) :]
                      for cells in found[2 * place : 2 * place + 2])  # fmt: skip
        size = np.nanmax(np.abs(text))
        np.testing.assert_allclose(book[1:], text[-SOME:], 1e-12, 1e-12 * size, err_msg=name)
        engine = replace(ENGINES["excel"], run=lambda *_, text=text: Rows.of(text))
        monkeypatch.setitem(ENGINES, "excel", engine)
        certificate = certified(name, form)
        assert certificate.relative < 1e-12, (name, form, certificate.report())
        is_right = certificate.verdict == "certified" or name in INFINITE
        assert is_right, (name, form, certificate.report())


def certified(name: str, form: str) -> netsym.Certificate:
    """The certificate of a network: layered at 1,000 rows, in other forms at fewer."""
    network = NETWORKS[name]()
    shape = 1000 if form == "layered" else 20, len(network.input_names)
    data = np.random.default_rng(0).normal(size=shape)
    return netsym.certify(network, "excel", data, form=form)
