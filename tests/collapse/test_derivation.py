"""Derivations: read by eye in goldens, compiled, and what they print is read back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import pytest

import netsym
from netsym.collapse.derivation import derivation
from netsym.errors import SpecError
from netsym.layers import Layer, Shape
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale, Standardize
from netsym.layers.merge import Add, Concat
from netsym.network.network import Network
from netsym.ops.affine.whole_arrays import Letters, MatrixProduct, Value
from netsym.ops.numeric import Numeric
from netsym.writers.array_latex import ArrayLatex
from tests.effort import heavy
from tests.tex import compiled
from tests.typed import parse_formula

GOLDEN = Path(__file__).parents[1] / "golden" / "derivation"
FORUM = Path(__file__).parents[2] / "examples" / "forum"
TEXTWIDTH = 440.0  # pt


@dataclass(frozen=True, slots=True, kw_only=True)
class Reversed(Layer):
    """`(x_n, …, x_1)`: affine, but without a usual spelling."""

    kind: ClassVar[str] = "reversed"

    def shape(self, *shapes: Shape) -> Shape:
        return shapes[0]

    def forward(self, ops: Any, parameters: Mapping[str, Any], *inputs: Any) -> Any:
        return ops.take(inputs[0], np.arange(2)[::-1])


def numeric(*rows: tuple[int, int]) -> Network:
    """Dense layers of (units, inputs) with decimals."""
    source = np.random.default_rng(3)
    layers, before = [], "input"
    for number, (units, inputs) in enumerate(rows):
        given = {
            "weights": source.uniform(0.1, 1.5, (units, inputs)).round(2),
            "bias": source.normal(size=units).round(2),
        }
        layers.append((f"d{number}", Dense(units=units), [before], given))
        before = f"d{number}"
    return Network.of("numbers", rows[0][1], layers)


def scaled() -> Network:
    given = {"mean": [5.84, 3.05, 3.76, 1.2], "scale": [0.83, 0.43, 1.76, 0.76]}
    source = np.random.default_rng(0)
    hidden = {"weights": source.normal(size=(8, 4)), "bias": source.normal(size=8)}
    last = {"weights": source.normal(size=(3, 8)), "bias": source.normal(size=3)}
    return Network.of(
        "flowers",
        4,
        [
            ("scaler", Standardize(), ["input"], given),
            ("hidden", Dense(units=8, activation="relu"), ["scaler"], hidden),
            ("out", Dense(units=3), ["hidden"], last),
        ],
    )


def deep() -> Network:
    return numeric(*[(64, 64)] * 50)


def joined() -> Network:
    return Network.of(
        "joined",
        2,
        [
            ("a", Dense(units=2), ["input"], {}),
            ("b", Dense(units=1), ["input"], {}),
            ("c", Concat(), ["a", "b"], {}),
            ("d", Dense(units=2), ["c"], {}),
        ],
    )


def scales() -> Network:
    layers = [("a", Standardize(), ["input"], {}), ("b", Scale(), ["a"], {})]
    return Network.of("scales", 2, layers)


def reversing() -> Network:
    return Network.of(
        "re_versed & 100%",
        2,
        [
            ("a_b", Dense(units=2), ["input"], {}),
            ("b", Reversed(), ["a_b"], {}),
            ("c", Dense(units=2), ["b"], {}),
        ],
    )


def two_sources() -> Network:
    return Network.of(
        "two",
        2,
        [
            ("h", Dense(units=2, activation="tanh"), ["input"], {}),
            ("a", Dense(units=2), ["input"], {}),
            ("s", Add(), ["a", "h"], {}),
            ("d", Dense(units=1), ["s"], {}),
        ],
    )


def unused() -> Network:
    """A unit that nothing reads, and affine layers before it."""
    return Network.of(
        "unused",
        1,
        [
            ("a", Dense(units=2), ["input"], {}),
            ("h", Dense(units=2, activation="relu"), ["a"], {}),
            ("d", Dense(units=1), ["h"], {"weights": [["u", 0.0]]}),
        ],
    )


def cancelling() -> Network:
    layers = [
        ("a", Dense(units=1), ["input"], {"weights": [[2.0]], "bias": [3.0]}),
        ("b", Dense(units=1), ["a"], {"weights": [[1.0]], "bias": [-3.0]}),
    ]
    return Network.of("cancelling", 1, layers)


def thousand() -> Network:
    return numeric(*[(1, 1)] * 1000)


SHORTHANDS = (
    "1-2-1", "1-2-2-1", "2-2+-2:linear", "1-2-1:relu", "10-10-10-10", "3-3-3", "2-2relu-2-2+-1",
    "2-2-2relu-2-2", "2-2+-2+-2+-2+:linear", "3-3x30-1", "2-4-2-2leaky_relu+-2-2", "2-2-12-2",
)  # fmt: skip
NETWORKS = {
    **{name: lambda name=name: netsym.parse(name) for name in SHORTHANDS},
    **{path.stem: lambda path=path: netsym.load(path) for path in sorted(FORUM.glob("*.toml"))},
    **{make.__name__: make for make in (scaled, deep, joined, scales, reversing)},
    **{make.__name__: make for make in (two_sources, unused, cancelling, thousand)},
    "numeric": lambda: numeric((2, 2), (3, 2)),
}


class Texts(dict[str, str]):
    """Those that are asked for."""

    def __missing__(self, name: str) -> str:
        self[name] = derivation(netsym.simplify(NETWORKS[name]()))
        return self[name]


@pytest.fixture(scope="module")
def texts() -> dict[str, str]:
    return Texts()


# -- what it says -------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["1-2-1", "2-2+-2:linear", "1-2-1:relu", "numeric", "scales"])
def test_golden(name: str, texts: dict[str, str]) -> None:
    file = GOLDEN / f"{name.replace(':', '_')}.txt"
    assert texts[name] == file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("2-4-2-2leaky_relu+-2-2", r"\operatorname{LeakyReLU}_{0.01}\bigl(z^{[3]}\bigr)"),
        ("1-2-2-1", r"W^{[3]} W^{[2]} b^{[1]} + W^{[3]} b^{[2]} + b^{[3]}"),
        ("2-2relu-2-2+-1", r"W' &= W^{[4]} \bigl(I + W^{[3]}\bigr) W^{[2]}"),
        ("2-2+-2+-2+-2+:linear", r"W' &= \bigl(I + W^{[4]}\bigr) \bigl(I + W^{[3]}\bigr)"),
        pytest.param(
            "deep",
            r"W' &= W^{[50]} W^{[49]} \cdots W^{[2]} W^{[1]} \in \mathbf{R}^{64 \times 64}",
            marks=heavy,
        ),
        pytest.param("deep", "\\hat{y} &= W' x + b'", marks=heavy),
        ("joined", r"W' &= W^{[4]} \begin{bmatrix} W^{[1]} \\ W^{[2]} \end{bmatrix}"),
        ("scaled", r"W^{[2]} \operatorname{diag}(s^{[1]})^{-1} \bigl(x - m^{[1]}\bigr) + b^{[2]}"),
        ("reversing", r"W' &= W^{[3]} A^{[2]} W^{[1]}"),
        ("linear", r"f(x) &= W^{[2]} \bigl(W^{[1]} x + b^{[1]}\bigr) + b^{[2]}"),
        ("linear", r"w_{21}w_{11} + w_{22}w_{12}"),
        ("2-2-2relu-2-2", r"&= W'^{[4]} a^{[2]} + b'^{[4]}"),
        ("two_sources", r"&= W' \begin{bmatrix} x \\ a^{[1]} \end{bmatrix} + b'"),
        ("two_sources", r"W' &= \begin{bmatrix} W^{[4]} W^{[2]} & W^{[4]} \end{bmatrix}"),
        ("unused", r"& w\, a + 0\, b \;\longrightarrow\; w\, a \\"),
        ("unused", "What is left is called $W'^{[2]}$, $b'^{[2]}$, $W'^{[3]}$, $b'^{[3]}$."),
        ("unused", r"W''^{[2]} &= W'^{[2]} W^{[1]}"),
        ("cancelling", "0 &= W^{[2]} b^{[1]} + b^{[2]}"),
        pytest.param("thousand", r"\hat{y} &= W^{[1000]} a^{[999]} + b^{[1000]}", marks=heavy),
        ("hidden_sigmoid", r"f(1) &\approx 1.46212 \ne"),
    ],
)
def test_it_says(name: str, said: str, texts: dict[str, str]) -> None:
    assert said in texts[name]


def test_notations_and_digits() -> None:
    result = netsym.simplify(netsym.parse("1-2-1"))
    assert r"W^{(2)} W^{(1)}" in derivation(result, notation="cs229")
    assert r"W^{3} W^{2}" in derivation(result, notation="nielsen")
    with pytest.raises(SpecError, match="unknown notation 'greek'"):
        derivation(result, notation="greek")
    text = derivation(netsym.simplify(NETWORKS["numeric"]()), digits=1)
    assert r"&\approx \begin{pmatrix}" in text
    assert not re.search(r"\d\.\d*[1-9]\d", text)


def test_max_nodes_turns_to_letters() -> None:
    text = derivation(netsym.simplify(netsym.parse("1-2-1")), max_nodes=3)
    assert "The result:}} \\\\\n\\hat{y} &= W' x + b' \\\\[1ex]" in text


# -- read back ----------------------------------------------------------------------------------
def entries_of(text: str, letter: str) -> list[str]:
    """The last matrix that is given for a letter, entry by entry."""
    block = re.search(rf"(?s)^{letter}' &= (.*?)(?:\[1ex\]|\\end{{aligned)", text, re.MULTILINE)
    assert block is not None
    last = re.split(r"&(?:=|\\approx) ", block[1])[-1]
    body = re.sub(r"(?s)\\begin{pmatrix} (.*) \\end{pmatrix}.*", r"\1", last)
    rows = re.split(r" \\\\(?:\[\dpt\])? ", body.strip().removesuffix(r"\\"))
    return [cell for row in rows for cell in row.split(" & ")]


@pytest.mark.parametrize(
    ("name", "exact"),
    [
        ("1-2-1", True), ("1-2-2-1", True), ("2-2+-2:linear", True), ("joined", True),
        ("linear", True), ("reversing", True), ("numeric", False),
    ],
)  # fmt: skip
def test_the_entries_are_those_of_the_network(
    name: str, exact: bool, texts: dict[str, str]
) -> None:
    """What is printed for W' and b' computes what the network does."""
    original = NETWORKS[name]()
    result = netsym.simplify(original)
    cells = {letter: entries_of(texts[name], letter) for letter in "Wb"}
    width = len(original.input_names)
    names = [original.input_names.ascii(place) for place in range(width)]
    outputs = [original.output_names.ascii(place) for place in range(len(original.output_names))]
    lines = []
    for place, output in enumerate(outputs):
        row = cells["W"][place * width : place * width + width]
        spelled = [re.sub(r"_(\d+)", r"_{\1}", name) for name in names]
        terms = [rf"({w}) \cdot {x}" for w, x in zip(row, spelled, strict=True)]
        left = output.replace("_", "_{") + "}" * ("_" in output)
        lines.append(f"{left} = {' + '.join(terms)} + ({cells['b'][place]})")
    known = [*original.symbol_names()]
    read = parse_formula(
        " \\\\\n".join(lines), known=known, inputs=original.input_names,
        outputs=original.output_names, latex_names=original.latex_names,
    ).formula  # fmt: skip
    other = result.network if not exact else original
    verdict = netsym.compare(other, read).verdict
    assert str(verdict) in ("structural", "identical", "exact-on-regions"), verdict


def test_letters_mean_what_the_layers_compute() -> None:
    """The sum of products of a run of layers, read with numbers."""
    network = netsym.parse("2-3-2-2+-1:linear")
    values = {name: (n % 5) - 1.5 for n, name in enumerate(network.parameter_names())}
    ops = Letters(lambda p: p.names.base + str(p.names.layer), lambda p: "")
    value: Value = network.read(ops, ops.source("x", "x", 2))
    arrays = {
        p.names.base + str(p.names.layer): Numeric(values).parameter(p)
        for placed in network.layers
        for p in placed.parameters.values()
    }
    x = np.array([0.5, -2.0])

    letters = {node: letter for letter, node in ops.nodes.items()}

    def product(factors: tuple[int, ...], end: np.ndarray) -> np.ndarray:
        for factor in reversed(factors):
            if factor in letters:
                end = arrays[letters[factor]] @ end
            else:  # I + W
                block = ops.graph.block_of(factor)
                identity, other = block.operands[factor - block.start].tolist()
                assert (block.op, letters[identity]) == ("add", "I")
                end = arrays[letters[other]] @ end + end
        return end

    total = sum(product(p.factors, x) for p in value.maps["x"])
    for term in value.constant:
        total = total + product(term.factors[:-1], arrays[letters[term.factors[-1]]])
    np.testing.assert_allclose(total, network(x, parameters=values))


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ((), "0"),
        (("",), "I"),
        (("-A", ""), "-A + I"),
        (tuple("ABCDE"), r"A + B + \cdots + E"),
        (("ABCDEF",), r"A B \cdots E F"),
    ],
)
def test_a_sum_is_written(terms: tuple[str, ...], text: str) -> None:
    ops = Letters(lambda p: "", lambda p: "")
    found = tuple(
        MatrixProduct(tuple(map(ops.letter, term.removeprefix("-"))), term.startswith("-"))
        for term in terms
    )
    language = ArrayLatex(ops.form([ops.sum(found)]))
    assert list(language.right_sides()[1].values()) == [text]


# -- compiled -----------------------------------------------------------------------------------
@heavy
def test_every_derivation_compiles_and_fits(texts: dict[str, str], tmp_path: Path) -> None:
    """TeX says nothing of lines of align* that are too wide: they are measured one by one."""
    lines = {}
    for name, text in ((name, texts[name]) for name in NETWORKS):
        body = text.removeprefix("\\begin{aligned}\n").removesuffix("\n\\end{aligned}\n")
        rows = re.split(r" ?\\\\(?:\[1ex\])?\n", body)
        lefts = [row.partition("&")[0] for row in rows if "rlap" not in row]
        left = max(lefts, key=len)
        for row in rows:
            shown = f"{left} {row.replace('rlap', 'hbox')}" if "rlap" in row else row
            lines[f"{len(lines)} {name}"] = shown
    measures = "".join(
        rf"\setbox0=\hbox{{$\begin{{aligned}}{line}\end{{aligned}}$}}"
        rf"\typeout{{WIDTH {n} \the\wd0}}%"
        "\n"
        for n, line in enumerate(lines.values())
    )
    start = (
        r"\documentclass{article}\usepackage{amsmath}\setlength{\textwidth}{440pt}"
        r"\allowdisplaybreaks\begin{document}"
    )
    shown = "".join(rf"\[{text}\]" for text in texts.values())
    log = compiled(f"{start}\n{shown}\n{measures}\\end{{document}}\n", tmp_path)
    assert "Overfull \\hbox" not in log
    found = re.findall(r"WIDTH (\d+) ([\d.]+)pt", log)
    assert len(found) == len(lines)
    wide = [(list(lines.items())[int(n)], w) for n, w in found if float(w) > TEXTWIDTH]
    assert wide == []


def test_a_document_compiles(tmp_path: Path) -> None:
    log = compiled(derivation(netsym.simplify(scaled()), document=True, digits=4), tmp_path)
    assert "Overfull \\hbox" not in log
    assert "LaTeX Warning" not in log
