"""Examples in CSV files: which column is which, and what is no number."""

from __future__ import annotations

import csv
import io
import json
import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.strategies import DataObject

import netsym
from netsym.errors import SpecError
from netsym.files.examples import read_examples
from netsym.files.table import read_table
from netsym.layers.blocks import INPUT
from netsym.layers.dense import Dense
from tests.effort import random_examples

PLAIN = netsym.parse("2-3softmax")
NAMED = netsym.Network.of(
    "named", ["t", "rate"], [("out", Dense(units=2), [INPUT], {})], ["low", "high"]
)


def examples(
    tmp_path: Path, text: str | bytes, network: netsym.Network
) -> tuple[list[list[float]], list[list[float]]]:
    path = tmp_path / "data.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    x, y = read_examples(path, network)
    return x.tolist(), y.tolist()


# -- columns -------------------------------------------------------------------------------------
@pytest.mark.parametrize("header", [
    "x_2,t_3,x_1,t_1,t_2", "x₂,t₃,x₁,t₁,t₂", "x_2,y_3,x_1,y_1,y_2", '"x_2", "t_3" ,x_1,t_1 , t_2',
])  # fmt: skip
def test_a_header_says_which_column_is_which(tmp_path: Path, header: str) -> None:
    x, t = examples(tmp_path, f"{header}\n2,30,1,10,20\n5,60,4,40,50\n", PLAIN)
    assert x == [[1, 2], [4, 5]]
    assert t == [[10, 20, 30], [40, 50, 60]]


@pytest.mark.parametrize("target", ["t", "y"])
def test_a_class_is_one_column(tmp_path: Path, target: str) -> None:
    assert examples(tmp_path, f"{target},x_2,x_1\n0,2,1\n", PLAIN) == ([[1, 2]], [[0]])


def test_names_of_the_network_come_before_those_of_the_notation(tmp_path: Path) -> None:
    assert examples(tmp_path, "high,t,low,rate\n4,1,3,2\n", NAMED) == ([[1, 2]], [[3, 4]])
    assert examples(tmp_path, "y_2,t,t_1,rate\n4,1,3,2\n", NAMED) == ([[1, 2]], [[3, 4]])


def test_an_array_of_inputs_has_the_names_of_its_places(tmp_path: Path) -> None:
    path = tmp_path / "array.json"
    path.write_text(json.dumps({
        "netsym": 1, "shape": [1, 2, 2],
        "layers": [{"type": "flatten"}, {"type": "dense", "units": 1}],
    }), encoding="utf-8")  # fmt: skip
    network = netsym.load(path)
    text = "x_1_2_2,x_1_1_1,t,x_1_2_1,x_1_1_2\n4,1,0,3,2\n"
    assert examples(tmp_path, text, network) == ([[1, 2, 3, 4]], [[0]])


def test_without_a_header_inputs_come_first(tmp_path: Path) -> None:
    assert examples(tmp_path, "1,2,0\n3,4,2\n", PLAIN) == ([[1, 2], [3, 4]], [[0], [2]])


def test_a_first_line_of_numbers_is_an_example_where_its_columns_are_those_of_the_network(
    tmp_path: Path,
) -> None:
    """Years above columns cannot be told from data; but other columns than there are, are."""
    found = examples(tmp_path, "2023,2024,0\n3,4,2\n", PLAIN)
    assert found == ([[2023, 2024], [3, 4]], [[0], [2]])
    with pytest.raises(SpecError, match="has 4 columns, the first line with numbers; this network"):
        examples(tmp_path, "2021,2022,2023,2024\n1,2,3,0\n", PLAIN)


@given(st.permutations(["x_1", "x_2", "t_1", "t_2", "t_3"]), st.data())
@random_examples(50)
def test_the_order_of_columns_does_not_matter(
    tmp_path_factory: pytest.TempPathFactory, order: list[str], data: DataObject
) -> None:
    number = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-3, 3).map(float)
    rows = data.draw(st.lists(st.fixed_dictionaries(dict.fromkeys(order, number)), min_size=1))
    file = io.StringIO()
    quoting = data.draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]))
    writer = csv.DictWriter(file, order, quoting=quoting)
    writer.writeheader()
    writer.writerows(rows)
    path = tmp_path_factory.mktemp("order") / "data.csv"
    path.write_text(file.getvalue(), encoding="utf-8", newline="")
    x, t = read_examples(path, PLAIN)
    assert x.tolist() == [[row["x_1"], row["x_2"]] for row in rows]
    assert t.tolist() == [[row["t_1"], row["t_2"], row["t_3"]] for row in rows]


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("x_1,weight,t", "line 1, column 2: 'weight' is neither a number nor the name of an input "
         "or a target; the header is x_1, weight, t, but expected are the inputs x_1, x_2 and the "
         "targets t or y; name the columns so, in any order, or take the header out"),
        ("x_1,x_2,t_1", "column 3: 't_1' is neither"),
        ("x_1,x_1,t", "column 2: 'x_1' names the same as 'x_1' before it; the header is x_1, x_1"),
        ("t,x_1,y", "column 3: 'y' names the same as 't' before it"),
        ("x_1,,t", "column 2: '' is neither a number nor the name"),
        ("nan,inf,-inf", "line 1, column 1: 'nan' is neither a number nor the name"),
        ("1_0,0x1,²", "line 1, column 1: '1_0' is neither a number nor the name"),
        ("x_1,x_2,t_1,t_2,t_4", "column 5: 't_4' is neither"),
    ],
)  # fmt: skip
def test_a_header_that_cannot_be_matched_is_refused(tmp_path: Path, header: str, said: str) -> None:
    row = ",".join("1" for _ in header.split(","))
    with pytest.raises(SpecError) as error:
        examples(tmp_path, f"{header}\n{row}\n", PLAIN)
    assert said in str(error.value)


def test_a_long_header_is_abbreviated(tmp_path: Path) -> None:
    header = ",".join(f"c{n}" for n in range(12))
    with pytest.raises(
        SpecError,
        match=r"c6, c7 and 4 more; this network needs 2 for .* or 3 "
        r"for the target: the inputs x_1, x_2 and the targets t_1, t_2, t_3 or y",
    ):
        examples(tmp_path, f"{header}\n{','.join('0' * 12)}\n", PLAIN)


# -- numbers -------------------------------------------------------------------------------------
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_with_other_separators(separator: str, tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_text(f"a{separator}b\r\n 1{separator}-2.5e1\r\n", encoding="utf-8-sig")
    table = read_table(data)
    assert table.numbers.tolist() == [[1.0, -25.0]]
    assert (table.header, table.line) == (("a", "b"), 1)


def test_what_is_written_around_numbers(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_bytes(b'\xef\xbb\xbf\r\n"a; ""b""" , "c,d"\r\n \r\n"1.5", "+.5" \r\n\r\n 2. ,-1E+2')
    table = read_table(data)
    assert (table.header, table.line) == (('a; "b"', "c,d"), 2)
    assert table.numbers.tolist() == [[1.5, 0.5], [2.0, -100.0]]


@pytest.mark.parametrize("cell", [
    "1_000", "٣", "１", "0x1", "inf", "-Infinity", "nan", "1e999", "1e5_0", "−1", "1,5",
    "1 000", "", "1/2", "--1", ".", "e5", "1.5.2", "1e", "1d3", "TRUE", "2³",
])  # fmt: skip
@pytest.mark.parametrize("line", [1, 3])
def test_what_is_no_number_is_refused_with_its_place(tmp_path: Path, cell: str, line: int) -> None:
    data = tmp_path / "data.csv"
    file = io.StringIO()
    csv.writer(file).writerows([["1", "2"]] * (line - 1) + [["3", cell]])
    data.write_text(file.getvalue(), encoding="utf-8")
    with pytest.raises(SpecError) as error:
        read_table(data)
    assert str(error.value) == (
        f"{data}, line {line}, column 2: {cell!r} is not a finite number; write digits, as in "
        "-1.5 or 2e-3, and ',' between columns"
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1,2\n1;2,3\n", "line 2, column 1: '1;2' is not a finite number"),
        ("1,5;2\n", "line 1, column 1: '1,5' is not a finite number; write digits, as in -1.5 or "
         "2e-3, and ';' between columns"),
        ("x\tt\n1;2\t3\n", "line 2, column 1: '1;2' is not a finite number; write digits, as in "
         "-1.5 or 2e-3, and a tab between columns"),
    ],
)  # fmt: skip
def test_separators_are_not_mixed(tmp_path: Path, text: str, said: str) -> None:
    data = tmp_path / "data.csv"
    data.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError) as error:
        read_table(data)
    assert said in str(error.value)


@given(st.text(max_size=6))
@random_examples(300)
def test_a_cell_is_refused_or_the_number_that_numpy_reads(
    tmp_path_factory: pytest.TempPathFactory, cell: str
) -> None:
    """numpy.genfromtxt reads a cell as a decimal number or, what is none, as nan."""
    data = tmp_path_factory.mktemp("cell") / "data.csv"
    file = io.StringIO()
    csv.writer(file).writerows([["1", "1"], ["2", cell]])
    data.write_text(file.getvalue(), encoding="utf-8", newline="", errors="replace")
    try:
        value = read_table(data).numbers[1, 1]
    except SpecError:
        return
    assert cell.strip().isascii()
    assert value == float(np.genfromtxt([cell.strip()])) and math.isfinite(value)


@pytest.mark.parametrize("text", ['"1"5,2\n', '1,"2\n'])
def test_quotes_that_do_not_match_are_refused(tmp_path: Path, text: str) -> None:
    data = tmp_path / "data.csv"
    data.write_text(text, encoding="utf-8")
    with pytest.raises(SpecError, match=r"data.csv, line 1 is not CSV: "):
        read_table(data)


def test_a_table_that_is_no_text(tmp_path: Path) -> None:
    data = tmp_path / "data.csv"
    data.write_bytes(b"\xff\xfe1,2")
    with pytest.raises(SpecError, match="csv, line 1, column 1: byte 0xff is not UTF-8; save"):
        read_table(data)
    with pytest.raises(SpecError, match="there is no file"):
        read_table(tmp_path / "none.csv")
