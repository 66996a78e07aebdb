"""Trained networks as notes: rounded in columns, scalers multiplied in, on a page that compiles."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.collapse.scalers import without_scalers
from netsym.files.files import loads
from netsym.network.network import Network
from netsym.notes.trained import trained
from netsym.writers.latex_columns import aligned
from netsym.writers.latex_widths import width_of
from tests.cli.running import run
from tests.tex import compiled

IRIS = "examples/iris.toml"
STACKS = (
    "2-3tanh-1sigmoid", "4-8tanh-2softmax", "13-8tanh-3softmax", "64-16relu-10softmax",
    "5-4gelu-4relu+-2softmax", "30-1:sigmoid", "2-12tanh-12tanh-12tanh-12tanh-2",
    "3" + "-3tanh" * 20 + "-1",
)  # fmt: skip


_LEAD = r"\phantom{{}-{}}"
Capture = pytest.CaptureFixture[str]


def filled(shorthand: str) -> Network:
    """The network with random numbers, some of them 0, 1 and very small."""
    network, rng = netsym.parse(shorthand), np.random.default_rng(3)
    numbers = rng.normal(size=network.parameter_count) * 10.0 ** rng.integers(-6, 2)
    numbers[rng.random(len(numbers)) < 0.1] = 0.0
    numbers[rng.random(len(numbers)) < 0.1] = 1.0
    return network.with_parameters(dict(zip(network.parameter_names(), numbers, strict=True)))


def bodies(network: Network, **options: Any) -> dict[str, str]:
    return {group.title: group.body for group in trained(network, **options).groups if group.rows}


def visible(row: str) -> str:
    """What a reader sees of a row: no room, no colours."""
    row = re.sub(r"\\phantom\{(?:[^{}]|\{[^{}]*\})*\}", "", row)
    return re.sub(r"\\textcolor\{\w+\}", "", row).replace("{}", "")


def test_iris_says_what_a_person_wants_to_know() -> None:
    found = trained(netsym.load(IRIS), short=True, line=468.0)
    titles = ["Layer 1", "Layer 2", "Softmax", r"The onion of $\text{setosa}$"]
    assert [group.title for group in found.groups] == titles
    assert found.about == "4-8tanh-3softmax, 67 numbers, rounded to 3 digits"
    assert found.remarks[0] == "The scaler (mean and scale) is multiplied into layer 1."
    first, scores, softmax, onion = found.groups
    assert [len(group.rows) for group in found.groups] == [8, 3, 1, 1]
    assert visible(first.rows[2]) == (
        r"a_{3} &= \tanh(- 0.959\;\text{sepal length} + 4.05\;\text{sepal width}"
        r" - 0.309\;\text{petal length} - 0.728\;\text{petal width} - 4.37)"
    )
    assert scores.rows[1].startswith(r"z_{\text{versicolor}} &= ")
    assert r"P_{k} &= \dfrac{e^{z_{k}}}{\sum_{j} e^{z_{j}}} = " in softmax.rows[0]
    assert r"k \in \{\text{setosa},\ \text{versicolor},\ \text{virginica}\}" in softmax.rows[0]
    assert onion.aside == "from outside in; 6 units left out where the dots are"


def test_rows_of_a_layer_are_equally_wide() -> None:
    for network in (netsym.load(IRIS), filled("4-6tanh-3softmax")):
        for group in trained(network, line=500.0).groups:
            sides = [
                row.partition("&=")[2].replace("{}-{}", _LEAD).split(r"\\") for row in group.rows
            ]
            for lines in zip(*sides, strict=True):
                wide = list(map(width_of, lines))
                assert max(wide) - min(wide) < 1e-6, group.title


def test_what_is_printed_is_the_network_rounded() -> None:
    """The rows, read as a person reads them, give what the network gives."""
    network = netsym.load(IRIS)
    rows = {
        title: body.splitlines() for title, body in bodies(network, short=True, line=468.0).items()
    }
    hidden = numbers([row for row in rows["Layer 1"] if "&=" in row])
    scores = numbers([row for row in rows["Layer 2"] if "&=" in row])
    assert hidden.shape == (8, 5)
    assert scores.shape == (3, 9)
    x = np.random.default_rng(1).uniform([4, 2, 1, 0], [8, 4, 7, 2.5], size=(200, 4))
    a = np.tanh(x @ hidden[:, :-1].T + hidden[:, -1])
    z = a @ scores[:, :-1].T + scores[:, -1]
    p = np.exp(z) / np.exp(z).sum(axis=1, keepdims=True)
    assert np.abs(p - network(x)).max() < 0.02


def numbers(rows: list[str]) -> np.ndarray:
    """The numbers of rows, each with its sign."""
    found = [re.findall(r"(-?)\s*(\d+\.\d+)", visible(row.partition("=")[2])) for row in rows]
    return np.array([[float(sign + number) for sign, number in row] for row in found])


def test_rows_are_read_as_the_network(capfd: Capture, tmp_path: Path) -> None:
    """As rounded: the digits that were typed explain all that differs."""
    spec = tmp_path / "net.toml"
    spec.write_text("""
netsym = 1
inputs = ["petal_length", "x"]
outputs = ["setosa", "other"]
[[layers]]
type = "standardize"
mean = [3.5128, 0.25]
scale = [1.7263, 2.0]
[[layers]]
type = "dense"
activation = "tanh"
weights = [[0.52371, -1.0], [0.0, 12.9371]]
bias = [-0.31728, 1.63719]
[[layers]]
type = "dense"
activation = "softmax"
weights = [[1.28374, 0.5], [-0.83217, 0.036182]]
bias = [0.25, -3.12837]
""")
    equations = [row for group in trained(netsym.load(spec)).groups[:2] for row in group.rows]
    assert any(r"\phantom" in row for row in equations)
    (softmax,) = trained(netsym.load(spec)).groups[2].rows
    head, classes = re.fullmatch(r"(.*) \\qquad k \\in \\\{(.*)\\\}", softmax).groups()
    assert head.startswith(r"P_{k} &= \dfrac{e^{z_{k}}}{\sum_{j} e^{z_{j}}} = ")
    for name in classes.split(r",\ "):
        right = head.rpartition(" = ")[2].replace("_{k}", f"_{{{name}}}")
        equations.append(f"{name} &= {right}")
    text = "\\begin{aligned}\n" + " \\\\\n".join(equations) + "\n\\end{aligned}"
    ran = run(capfd, "check", str(spec), text)
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.startswith("equal (within-error)"), ran.out


def test_the_onion_is_the_first_class() -> None:
    """It is read with the names that are left in it; of weights of 0 and 1 as well."""
    network = netsym.parse("2-2tanh-2softmax")
    numbers = (0.0, 0.5, -0.25, 1.0, -1.0, 0.125, 1.0, -1.0, 0.5, 0.25, 0.75, -0.5)
    network = network.with_parameters(dict(zip(network.parameter_names(), numbers, strict=True)))
    groups = trained(network).groups
    assert groups[3].title == r"The onion of $\hat{y}_{1}$"
    rows = groups[1].rows  # the units of layer 1 are defined by their braces
    (onion,) = groups[3].rows
    assert "( +" not in onion and r"+ \," not in onion
    other = onion.replace(r"\hat{y}_{1}", r"\hat{y}_{2}").replace(
        re.search(r"\\exp.*?\\Bigr\)", onion)[0], r"\exp(z_{2}^{[2]})"
    )  # fmt: skip
    text = "\\begin{aligned}\n" + " \\\\\n".join([*rows, onion, other]) + "\n\\end{aligned}"
    assert netsym.compare(network, text).verdict in ("structural", "identical")


def test_a_column_has_room_for_all_of_it() -> None:
    cells = aligned([r"1.20 \cdot 10^{-5}", "10^{-12}", "3", "-0.234", "0"], "x")
    shown = [cell.removeprefix("-").replace(r"\phantom{{}+ ", r"\phantom{") for cell in cells]
    assert len({round(width_of(each), 6) for each in shown}) == 1
    assert [visible(cell) for cell in cells] == [
        r"1.20 \cdot 10^{-5}\,x", r"1 \cdot 10^{-12}\,x", r"3\,x", r"-0.234\,x", "",
    ]  # fmt: skip


def test_a_scaler_is_multiplied_in_only_where_nothing_else_reads_it() -> None:
    dense = {"type": "dense", "weights": [[3.0, 1.0]], "bias": [1.0]}
    scaler = {"type": "scale", "name": "s", "weights": [2.0, 4.0], "bias": [0.5, 0.0]}
    behind = {"type": "scale", "weights": [2.0], "bias": [-1.0]}
    spec = {"netsym": 1, "inputs": 2}
    layers = [scaler, dense, behind]
    before = loads(json.dumps({**spec, "layers": layers}), format="json")
    plain, gone = without_scalers(before)
    assert [(placed.name, number) for placed, number in gone] == [("s", 1), ("layer3", 1)]
    assert plain.inlined.text(ascii=True) == "y = 12*x_1 + 8*x_2 + 4"
    skip = {"type": "add", "from": ["s", "d"]}
    wide = {"type": "dense", "name": "d", "weights": [[3.0, 1.0], [1.0, 1.0]], "bias": [1.0, 0.0]}
    kept = loads(json.dumps({**spec, "layers": [scaler, wide, skip]}), format="json")
    assert without_scalers(kept) == (kept, ())


@pytest.mark.parametrize("shorthand", STACKS)
def test_it_is_one_page_without_an_overfull_line(shorthand: str, tmp_path: Path) -> None:
    for color in (True, False):
        page = trained(filled(shorthand), document=True, color=color)
        log = compiled(page.document(), tmp_path)
        assert re.findall(r"\[(\d+)[\]{]", log) == ["1"]
        assert "Overfull" not in log


def test_what_finds_no_room_is_said() -> None:
    wide = trained(filled("64-16relu-10softmax"))
    assert "units and" in wide.groups[0].aside
    assert r"\cdots" in wide.groups[0].rows[0]
    assert any(row.endswith(r"\vdots") for row in wide.groups[0].rows)
    deep = trained(filled("3" + "-3tanh" * 20 + "-1"))
    assert any(group.aside.endswith("layers like these left out") for group in deep.groups)
    assert len(trained(filled("3" + "-3tanh" * 20 + "-1"), pages=4).groups) == 21


def test_show_writes_as_many_pages_as_are_asked_for(capfd: Capture, tmp_path: Path) -> None:
    netsym.save(filled("3" + "-3tanh" * 20 + "-1"), tmp_path / "deep.toml")
    words = ("show", tmp_path / "deep.toml", "--to", "latex", "--document")
    one, four = (run(capfd, *words, *more).out for more in ((), ("--pages", "4")))
    assert "layers like these left out" in one
    assert "left out" not in four
    for text, pages in ((one, "1"), (four, "4")):
        assert re.findall(r"\[(\d+)[\]{]", compiled(text, tmp_path))[-1] <= pages
    for wrong, said in (
        (("show", "2-1", "--to", "latex", "--document"), "--pages is for a document to read"),
        (("show", IRIS, "--to", "latex"), "--pages 2 is for --document"),
        ((*words, "--level", "matrix"), "--pages is for a document to read"),
    ):
        ran = run(capfd, *wrong, "--pages", "2")
        assert ran.code == 2
        assert said.replace(" 2", "") in ran.err


def test_show_writes_the_page(capfd: Capture) -> None:
    ran = run(capfd, "show", IRIS, "--to", "latex", "--document", "--digits", "2", "--short")
    assert r"a_{1} &= \tanh(\phantom{{}-{}} 0.23\;\text{sepal length}" in ran.out
    assert "rounded to 2 digits" in ran.out
    exact = run(capfd, "show", IRIS, "--to", "latex")
    assert "0.19287548153452624" in exact.out
