"""The overview of a network: at most twelve lines, drawn, with one formula and what next."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest

import netsym
from netsym.cli.process import has_colors
from netsym.files.files import loads
from netsym.files.packaged import networks
from netsym.notes.drawing import drawing
from netsym.notes.overview import Overview
from netsym.path import network_of
from netsym.writers.palette import layer_color
from tests.cli.running import process, run

Capture = pytest.CaptureFixture[str]
EXAMPLES = Path(__file__).parents[2] / "examples"
SHORTHANDS = [
    "1-1", "1-2-1:sigmoid", "2-3-3-1:tanh", "784-128relu-10softmax", "2-10x20-1:relu", "3-4-5-6",
    "4-4+:relu", "5-1", "1-5-2", "100-1000x30-7:gelu", "12345-6", "2-10x100:tanh",
]  # fmt: skip
NAMES = [*SHORTHANDS, *networks(), *map(str, sorted(EXAMPLES.rglob("*.toml")))]


def lines(spec: str, width: int = 80, ascii: bool = False) -> list[str]:
    return Overview.of(network_of(spec)).report(width, ascii).splitlines()


@pytest.mark.parametrize("spec", NAMES, ids=lambda spec: Path(spec).name)
def test_at_most_twelve_lines_of_eighty_columns(spec: str) -> None:
    overview = Overview.of(network_of(spec))
    for width, ascii in ((80, False), (80, True), (40, False)):
        found = overview.report(width, ascii).splitlines()
        assert len(found) <= 12
        assert max(map(len, found)) <= width
        assert not ascii or all(line.isascii() for line in found)


@pytest.mark.parametrize("spec", SHORTHANDS)
def test_what_it_says_is_so(spec: str) -> None:
    network, text = network_of(spec), "\n".join(lines(spec))
    assert f"{network.parameter_count:,} parameter" in text
    assert f"layered {network.count_nodes('layered'):,}" in text
    found = re.search(r"one formula ([\d,]+)(, ×\S+)?(: too large to write)?$", text, re.M)
    if found is not None:
        nodes = network.count_nodes("inlined")
        assert int(found[1].replace(",", "")) == nodes
        assert bool(found[3]) == (nodes > 1_000_000)


def test_a_hidden_layer_is_drawn_between_buses() -> None:
    assert lines("1-2-1:sigmoid") == [
        "1-2-1:sigmoid                                                       7 parameters",
        "",
        "                   ┌─ a₁ ─┐",
        "             x ────┤      ├──── y",
        "                   └─ a₂ ─┘",
        "         1 input     2 σ      1 σ",
        "",
        "y = σ(w⁽²⁾₁₁·σ(w⁽¹⁾₁₁·x + b⁽¹⁾₁) + w⁽²⁾₁₂·σ(w⁽¹⁾₂₁·x + b⁽¹⁾₂) + b⁽²⁾₁)",
        "",
        "nodes   layered 21   shared 19   one formula 19",
        "more    show  inline  grad --loss bce  value x=…  simplify  size",
    ]


def test_many_units_are_the_first_and_the_last() -> None:
    assert lines("784-128relu-10softmax")[2:7] == [
        "             x₁   ─┐  ┌─ a₁   ─┐  ┌─ y₁",
        "             x₂   ─┤  ├─ a₂   ─┤  ├─ y₂",
        "             ⋮     ├──┤  ⋮     ├──┤  ⋮",
        "             x₇₈₄ ─┘  └─ a₁₂₈ ─┘  └─ y₁₀",
        "         784 inputs    128 relu    10 softmax",
    ]


def test_layers_that_find_no_place_are_counted() -> None:
    text = "\n".join(lines("2-10x20-1:relu"))
    assert "─ ⋯ ─" in text
    shown = text.count("10 relu")
    assert f"{20 - shown} more" in text


def test_other_layers_are_boxes_and_branches_a_list() -> None:
    assert lines(str(EXAMPLES / "conv.toml"))[2].count("┌") == 3
    assert lines(str(EXAMPLES / "pair.toml"))[2:6] == [
        "left: 1 unit, tanh, of first",
        "right: 1 unit, tanh, of second",
        "product: multiply, of left, right",
        "output: 1 unit, sigmoid, of product",
    ]


def test_a_cell_has_a_box_a_step_with_what_it_hands_on() -> None:
    assert lines(str(EXAMPLES / "lstm.toml"))[2:6] == [
        "            ┌──────┐ c₁ ┌──────┐ c₂      ┌──────┐",
        "        0 ──┤ LSTM ├────┤ LSTM ├──── ⋯ ──┤ LSTM ├── h₅ ── 1 linear ── y",
        "            └──┬───┘ h₁ └──┬───┘ h₂      └──┬───┘",
        "               x₁          x₂               x₅",
    ]
    spec = "netsym = 1\nshape = [{}, 2]\n[[layers]]\ntype = '{}'\nunits = 2\n{}"
    named = drawing(loads(spec.format(2, "gru", "state = 'named'")), 80, ascii=True)
    assert named.lines == [
        "              +-----+     +-----+",
        "        h_0 --+ GRU +-----+ GRU +-- h_2 -- y",
        "              +--+--+ h_1 +--+--+",
        "                x_1         x_2",
    ]
    for kind, more in (("lstm", "reverse = true"), ("rnn", "returns = 'all'")):
        assert "┬" not in "\n".join(drawing(loads(spec.format(3, kind, more)), 80).lines)
    assert "┬" not in "\n".join(drawing(netsym.load(EXAMPLES / "lstm.toml"), 50).lines)


def test_every_wire_meets_its_bus() -> None:
    """In a column of the drawing a bus has no hole, and joins both sides in one row."""
    for spec in ("3-2-3:tanh", "2-1-2:tanh", "1-3-1:tanh", "9-2-9:tanh", "4-3-4:tanh"):
        rows = drawing(netsym.parse(spec), 80).lines[:-1]
        wide = [row.ljust(80) for row in rows]
        crossing = [row for row in wide if re.search(r"[┤├┼] *\S* *[├┤┼]|──", row)]
        assert crossing
        for column in zip(*wide, strict=True):
            bus = "".join(c for c in column if c in "┌┐└┘├┤┼")
            assert bus == "" or (bus[0] in "┌┐" and bus[-1] in "└┘"), spec
            assert all(c in "├┤┼" for c in bus[1:-1])


def test_long_formulas_are_cut_and_their_size_is_said() -> None:
    (formula,) = [line for line in lines("2-10x20-1:relu") if line.startswith("ŷ = ")]
    nodes = netsym.parse("2-10x20-1:relu").matrices.inlined.size.nodes
    assert formula.endswith(f"... ({nodes} nodes)")
    assert len(formula) == 80


def test_a_layer_that_is_a_formula_has_no_formula_of_whole_arrays() -> None:
    """Its overview ended in an error; now it has the layers."""
    spec = str(EXAMPLES / "support_vectors.toml")
    assert [line for line in lines(spec) if " = " in line] == [
        "a² = formula(a¹, w², b²)", "versicolor = W³a² + b³",
    ]  # fmt: skip


# -- on the command line -------------------------------------------------------------------------
def test_a_network_without_a_verb(capfd: Capture) -> None:
    ran = run(capfd, "1-2-1:sigmoid")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines() == lines("1-2-1:sigmoid")
    assert run(capfd, "1-2-1:sigmoid", "--ascii").out.isascii()
    assert run(capfd, EXAMPLES / "iris.toml").out.startswith("StandardScaler, MLPClassifier  ")
    assert run(capfd, "vgg16").out.startswith("VGG-16  ")


def test_standard_input_without_a_verb() -> None:
    ran = process("-", stdin="1-2-1:tanh\n")
    assert ran.out.splitlines() == lines("1-2-1:tanh")


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("sho", "no verb and no network is called 'sho'; did you mean 'show'?"),
        ("gpt", "no verb and no network is called 'gpt'; did you mean 'gpt2'?"),
        ("nonsense", "no verb and no network is called 'nonsense'; choose from show, inline"),
        ("1-2-1:sigmod", "did you mean 'sigmoid'?"),
        ("none.toml", "there is no file none.toml; check the path and its spelling"),
    ],
)
def test_other_words_are_answered(word: str, said: str, capfd: Capture) -> None:
    ran = run(capfd, word)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_alone_it_is_the_help(capfd: Capture) -> None:
    ran = run(capfd)
    assert ran.code == 0
    assert "netsym 1-2-1:sigmoid                  an overview" in ran.out
    assert "overview  " not in ran.out.partition("Verbs:")[2]


# -- in colours ------------------------------------------------------------------------------------
CONTROL = re.compile("\033\\[[0-9;]*m")
PAINTED = re.compile("\033\\[38;5;(\\d+)m(.*?)\033\\[39m")


def painted(line: str) -> list[tuple[int, str]]:
    return [(int(color), text.strip()) for color, text in PAINTED.findall(line)]


@pytest.mark.parametrize("spec", NAMES, ids=lambda spec: Path(spec).name)
def test_colours_change_no_sign(spec: str) -> None:
    overview = Overview.of(network_of(spec))
    for ascii in (False, True):
        assert CONTROL.sub("", overview.report(80, ascii, color=True)) == overview.report(80, ascii)


def test_a_layer_has_one_colour_in_the_drawing_and_in_the_formula() -> None:
    found = Overview.of(network_of("2-3-3-1:tanh")).report(color=True).splitlines()
    one, two, three = (layer_color(layer).terminal for layer in (1, 2, 3))
    assert painted(found[3]) == [(one, "┼─ a₂ ─┼"), (two, "┼─ a₂ ─┼"), (three, "── y")]
    assert painted(found[5]) == [(one, "3 tanh"), (two, "3 tanh"), (three, "1 tanh")]
    assert painted(found[7]) == [
        (three, "tanh"), (three, "W³"), (two, "tanh"), (two, "W²"), (one, "tanh"), (one, "W¹"),
        (one, "b¹"), (two, "b²"), (three, "b³"),
    ]  # fmt: skip
    small = Overview.of(network_of("1-2-1:sigmoid")).report(color=True).splitlines()
    assert painted(small[7])[:3] == [(two, "σ"), (two, "w⁽²⁾₁₁"), (one, "σ")]
    boxes = Overview.of(network_of("vgg16")).report(color=True).splitlines()
    assert [color for color, _ in painted(boxes[3])][:2] == [one, two]


def test_colours_are_for_terminals_that_have_them(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.delenv("NO_COLOR", raising=False)
    assert has_colors(Terminal())
    assert not has_colors(io.StringIO())
    monkeypatch.setenv("TERM", "dumb")
    assert not has_colors(Terminal())
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not has_colors(Terminal())
