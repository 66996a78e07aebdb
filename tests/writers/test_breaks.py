"""Lines of LaTeX: none ends in an open bracket, and none is wider than the text, as TeX sets it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

import netsym
from netsym.errors import SpecError
from netsym.files.files import loads
from netsym.files.layer_types import layer_type
from netsym.writers.array_latex import matrix
from netsym.writers.latex_in_mathml import in_mathml
from tests.cli.running import run
from tests.effort import many
from tests.small_networks import small_network
from tests.tex import compiled
from tests.writers.test_latex import AMSMATH, COLOR, TEXTWIDTH, measured

Capture = pytest.CaptureFixture[str]

#: Commands that print LaTeX, without `--to latex`.
COMMANDS = (
    "show examples/lstm.toml", "show examples/lstm.toml --form once", "inline examples/hat.toml",
    "show examples/lstm.toml --level matrix", "show examples/lstm.toml --color --short",
    "inline 2-3-1:sigmoid --loss bce", "show 2-3-1:sigmoid --loss bce", "inline 2-3-1:sigmoid",
    "inline 2-3-1:sigmoid --loss bce --examples 3 --l2 0.1 --color",
    "grad 2-3-1:sigmoid --loss bce", "grad 2-3-1:sigmoid --loss bce --short --color",
    "grad 2-3-1:sigmoid --onion", "inline 2-4-4-3-1:sigmoid --level matrix --onion",
    "inline 2-4tanh-4tanh+-1 --level matrix --onion --color", "inline 3-4-4-2:sigmoid --onion",
    "regions examples/hat.toml", "regions 2-4-1:relu --at 0.5,0.5",
    "simplify 1-2-1", "simplify 2-2relu-2-2+-1", "simplify 2-3-3-2",
    "simplify examples/iris.toml --digits 3", "inline examples/iris.toml",
    "inline examples/iris.toml --expand",
)  # fmt: skip
#: Layers whose samples are written in all forms.
TYPES = ("lstm", "gru", "attention", "layer_norm", "encoder")


@pytest.fixture(scope="module")
def fragments() -> dict[str, str]:
    """By what they are of."""
    found = {}
    for kind in TYPES:
        network = layer_type(kind).network
        found[f"{kind} layered"] = network.layered.latex(max_nodes=None)
        found[f"{kind} matrices"] = network.matrices.latex()
    attention = layer_type("attention").network.matrices.inlined
    found["attention on a line"] = attention.latex()
    found["attention, an onion"] = attention.latex(onion=True, short=True)
    return found


def open_ends(text: str) -> list[str]:
    """The lines that end in an open bracket."""
    lines = re.split(r"\\\\(?:\[\w+\])?\s", text)
    return [line for line in lines if re.search(r"(?:[(\[]|\\\{|\\[lb]vert)\s*$", line)]


def test_open_ends_are_seen() -> None:
    assert open_ends("a &= \\tanh\\bigl( \\\\\n& x\\bigr) \\\\[1ex]\nb &= 3")
    assert not open_ends("a &= \\tanh\\bigl(x \\\\\n& + y\\bigr)")


def test_lines_of_commands(capfd: Capture, tmp_path: Path) -> None:
    texts = {}
    for command in COMMANDS:
        words = shlex.split(command)
        if words[1] == "2-4-1:relu":  # regions are of numbers
            numbers = netsym.parse(words[1])
            values = {name: 0.5 - n / 7 for n, name in enumerate(numbers.parameter_names())}
            netsym.save(numbers.with_parameters(values), tmp_path / "net.toml")
            words[1] = str(tmp_path / "net.toml")
        ran = run(capfd, *words, "--to", "latex")
        assert ran.code == 0, (command, ran.err)
        texts[command] = ran.out
    assert {command: open_ends(text) for command, text in texts.items() if open_ends(text)} == {}
    widths = measured(texts, tmp_path, "commands", AMSMATH + COLOR + r"\usepackage{amssymb}")
    assert {command: wide for command, wide in widths.items() if wide > TEXTWIDTH} == {}


def test_lines_of_layers(fragments: dict[str, str], tmp_path: Path) -> None:
    assert {name: open_ends(text) for name, text in fragments.items() if open_ends(text)} == {}
    widths = measured(fragments, tmp_path, "layers", AMSMATH)
    assert {name: wide for name, wide in widths.items() if wide > TEXTWIDTH} == {}


def test_lines_of_all_families(tmp_path: Path) -> None:
    """With all digits, and with nothing but the basic operations."""
    texts = {}
    for seed in range(many(300, 15)):
        network = small_network(seed).network
        for expand in (False, True):
            formula = network.formula("inlined", expand=expand)
            if formula.size.nodes < 3000:
                texts[f"{seed}{'-expanded' * expand}"] = formula.latex()
    assert {name: open_ends(text) for name, text in texts.items() if open_ends(text)} == {}
    widths = measured(texts, tmp_path, "families", AMSMATH)
    assert {name: wide for name, wide in widths.items() if wide > TEXTWIDTH} == {}


def test_where_a_bracket_would_end_a_line_it_breaks_before_a_factor_or_an_argument() -> None:
    """Of a product, of a quotient, of several operands; and it is read as what it was."""
    network = netsym.load("examples/iris.toml")
    text = network.inlined.latex()
    assert "\\\\\n&\\quad\\quad {}\\cdot \\tanh\\Bigl(" in text
    assert "\\biggr] \\\\\n&\\quad {}/ \\Biggl(\\exp" in text
    assert netsym.compare(network, text).verdict == "structural"
    pooled = netsym.load("examples/conv.toml")
    text = pooled.inlined.latex(width=40)
    assert ", \\\\\n&\\quad\\quad \\gamma_{1}^{[2]}\\,\\biggl(" in text
    assert netsym.compare(pooled, text).verdict == "identical"


@pytest.mark.parametrize("network", ["2-4-4-3-1:sigmoid", "2-4tanh-4tanh-1", "2-3softmax"])
def test_shapes_stand_beside_a_network_on_one_line(network: str, capfd: Capture) -> None:
    inlined = netsym.parse(network).matrices.inlined
    for onion in (False, True):
        text = inlined.latex(onion=onion)
        assert text.count("&=") <= 1
        assert r" \qquad \begin{array}{ll} x & 2 \\ W^{[1]}, b^{[1]} & " in text
        assert r"\mathbf{R}" not in text
        ran = run(capfd, "check", network, text)
        assert ran.code == 0, ran.out + ran.err
        assert ran.out.startswith("equal, with W1 = W¹"), ran.out


def test_a_number_has_no_shape() -> None:
    text = netsym.parse("1-2-1:sigmoid").matrices.latex()
    assert r"\in \mathbf{R}^{2 \times 1}" in text
    assert "x \\in" not in text
    assert "b^{[2]} \\in" not in text


@pytest.mark.parametrize(
    ("network", "latex"),
    [
        ("1-1:sigmoid", r"\hat{y} = \sigma(w\,x + b)"),
        ("2-1:sigmoid", r"\hat{y} = \sigma(w_{1}x_{1} + w_{2}x_{2} + b)"),
        ("2-1-1", r"\hat{y} = w_{1}^{[2]}\,"
                  r"\bigl(w_{1}^{[1]}x_{1} + w_{2}^{[1]}x_{2} + b^{[1]}\bigr) + b^{[2]}"),
        ("1-2-1:sigmoid", netsym.parse("1-2-1:sigmoid").inlined.latex()),
    ],
)  # fmt: skip
def test_short_leaves_out_what_all_names_of_a_letter_have(network: str, latex: str) -> None:
    assert netsym.parse(network).inlined.latex(short=True) == latex


def test_short_names_are_told_apart_and_read_as_the_network(capfd: Capture) -> None:
    """A letter that a person gave to something else keeps its indices."""
    given = loads('netsym = 1\ninputs = ["w", "b_1"]\n[[layers]]\n'
                                     'type = "dense"\nunits = 1\n')  # fmt: skip
    assert given.inlined.latex(short=True) == given.inlined.latex()
    for network in ("1-1:sigmoid", "2-1-1", "2-3tanh-1"):
        text = netsym.parse(network).layered.latex(short=True)
        ran = run(capfd, "check", network, text)
        assert ran.code == 0, ran.out + ran.err


BOXED = ("2-2-1:sigmoid", "1-3-2-1:sigmoid", "2-4tanh-4tanh+-1", "2-2-2-2-2-1:tanh", "2-9-1:relu",
         "4-3tanh-3softmax")  # fmt: skip


@pytest.mark.parametrize("network", BOXED)
def test_boxes_compile_and_fit(network: str, capfd: Capture, tmp_path: Path) -> None:
    for number, options in enumerate(((), ("--color",), ("--level", "matrix"))):
        words = ("inline", network, "--onion", "boxes", "--to", "latex", *options)
        assert "Overfull" not in compiled(
            run(capfd, *words, "--document").out, tmp_path, f"d{number}"
        )
        text = run(capfd, *words).out
        packages = AMSMATH + r"\usepackage[svgnames]{xcolor}\usepackage{tikz}"
        assert measured({"boxes": text}, tmp_path, f"f{number}", packages)["boxes"] <= TEXTWIDTH


def test_a_box_says_of_which_unit_it_is_and_its_name_where_that_is_read_again() -> None:
    text = netsym.parse("1-3-2-1:sigmoid").inlined.latex(onion="boxes")
    tabs = re.findall(r"north west\)\{(.*?)\};", text)
    assert tabs == [
        *(rf"layer 1, unit {n}: $a_{{{n}}}^{{[1]}}$" for n in (1, 2, 3)),
        "layer 2, unit 1", "layer 2, unit 2",
    ]  # fmt: skip
    assert text.count(r"\tikz") == 5


def test_boxes_are_at_most_three_deep_and_six_below_each_other() -> None:
    deep = netsym.parse("2-2-2-2-2-1:tanh").inlined.latex(onion="boxes")
    assert r"a_{1}^{[1]} &= \tanh" in deep
    assert r"layer 1," not in deep
    assert r"layer 2," in deep
    assert r"\tikz" not in netsym.parse("2-9-1:relu").inlined.latex(onion="boxes")
    with pytest.raises(SpecError, match="factors of the chain rule have braces"):
        netsym.parse("1-1").inlined.gradient().latex(onion="boxes")


@pytest.mark.parametrize("kind", ["bmatrix", "pmatrix"])
def test_a_matrix_of_many_columns_compiles(kind: str, tmp_path: Path) -> None:
    """Those of amsmath have at most ten."""
    texts = {str(count): matrix([["1"] * count] * 2, kind) for count in (10, 11, 20)}
    assert kind in texts["10"]
    wide = measured(texts, tmp_path, "matrices", AMSMATH)
    assert wide["20"] > wide["11"] > wide["10"]
    assert all(in_mathml(text).count("<mtd") == 2 * int(count) for count, text in texts.items())
