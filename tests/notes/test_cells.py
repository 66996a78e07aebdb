"""Notebook cells: what is in them, that they are harmless, never a wall, and can be read."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as Tree

import pytest

import netsym
from netsym.equality.verdict import VERDICTS
from netsym.errors import SpecError
from netsym.notes.cells.comparison import KINDS
from netsym.notes.cells.fragments import Cell, text, verdict
from netsym.notes.cells.mathml import lines
from netsym.notes.style import style
from netsym.path import network_of
from netsym.pieces.region import at
from netsym.writers.palette import GROUND
from tests.effort import many
from tests.notes.browser import found
from tests.recognise.stacks import stack
from tests.small_networks import small_network
from tests.test_rooms import loaded
from tests.tex import compiled
from tests.writers.test_mathml import ELEMENTS
from tests.writers.test_palette import contrast

EXAMPLES = Path(__file__).parents[2] / "examples"
NET = netsym.parse("2-3-1:sigmoid")
WITHOUT_SIGMOID = "w2_1_1*σ(w1_1_1*x + b1_1) + w2_1_2*σ(w1_2_1*x + b1_2) + b2_1"
MOST = 25


def lstm() -> netsym.Network:
    return netsym.load(EXAMPLES / "lstm.toml")


def iris() -> netsym.Network:
    return netsym.load(EXAMPLES / "iris.toml")


def relu(spec: str = "2-2-1:relu") -> netsym.Network:
    net = netsym.parse(spec)
    return net.with_parameters({p: 1 / (3 + n) for n, p in enumerate(net.parameter_names())})


#: Everything that a notebook may show.
SHOWN: dict[str, Callable[[], Any]] = {
    "network": lambda: NET,
    "trained network": iris,
    "recurrent network": lstm,
    "convolutional network": lambda: netsym.load(EXAMPLES / "conv.toml"),
    "large network": lambda: netsym.parse("784-128relu-10softmax"),
    "huge network": lambda: network_of("llama2_7b"),
    "cost": lambda: netsym.cost("1-1:sigmoid", "bce", examples=3, l2=0.1),
    "inlined": lambda: NET.inlined,
    "inlined cost": lambda: netsym.cost("1-1:sigmoid", "bce", examples=3, l2=0.1).inlined,
    "layered": lambda: NET.layered,
    "shared": lambda: netsym.parse("2-2-2softmax").shared,
    "once": lambda: lstm().once,
    "whole arrays": lambda: NET.matrices,
    "whole arrays on one line": lambda: NET.matrices.inlined,
    "whole arrays of a cell": lambda: lstm().matrices,
    "many whole arrays": lambda: network_of("vgg16").matrices,
    "wide": lambda: netsym.parse("20-20-1:tanh").inlined,
    "large formula": lambda: netsym.parse("784-128relu-10softmax").inlined,
    "huge formula": lambda: netsym.parse("2-10x20-1:tanh").inlined,
    "deep formula": lambda: netsym.parse("-".join(["1"] * 200) + ":tanh").inlined,
    "trained formula": lambda: iris().inlined,
    "shared, large": lambda: netsym.parse("20-20x3-1:tanh").shared,
    "gradient": lambda: NET.layered.gradient(),
    "inlined gradient": lambda: NET.inlined.gradient("w1"),
    "gradient of a cost": lambda: netsym.cost("2-3-1:sigmoid", "bce").layered.gradient(),
    "gradient of whole arrays": lambda: NET.matrices.gradient(),
    "large gradient": lambda: netsym.parse("4-10-3:tanh").layered.jacobian(),
    "size": lambda: NET.size,
    "huge size": lambda: netsym.parse("2-10x20-1:tanh").size,
    "recurrent size": lambda: lstm().size,
    "size of a form": lambda: NET.inlined.size,
    "growth": lambda: lstm().growth(range(1, 41)),
    "different": lambda: netsym.compare("1-2-1:sigmoid", WITHOUT_SIGMOID),
    "different networks": lambda: netsym.compare("1-2-1:sigmoid", "1-2-1:tanh"),
    "long typed": lambda: netsym.check("4-9-1:tanh", netsym.parse("4-9tanh-1").inlined.text()),
    "structural": lambda: netsym.compare("1-2-1:sigmoid"),
    "identical": lambda: netsym.compare("1/(1 + e^-x)", "(1 + tanh(x/2))/2"),
    "within-error": lambda: netsym.compare("x", "x + 0.001", tolerance=0.01),
    "undecided": lambda: netsym.compare("atan(x) + atan(1/x) - atan(2*x) - atan(1/(2*x))", "0"),
    "whole arrays checked": lambda: netsym.check("9-5relu-2", "W2 relu(W1 x + b1) + b2"),
    "simplified": lambda: netsym.simplify("1-2-1"),
    "simplified in steps": lambda: netsym.simplify("2-3-2relu-2-1"),
    "long simplified": lambda: netsym.simplify("-".join(["3"] * 9)),
    "rounded": lambda: netsym.simplify(relu("2-2-1")),
    "not simplified": lambda: netsym.simplify("1-2-1:sigmoid"),
    "regions": lambda: netsym.regions(netsym.load(EXAMPLES / "hat.toml")),
    "regions of two inputs": lambda: netsym.regions(relu()),
    "regions of three inputs": lambda: netsym.regions(relu("3-3-1:relu")),
    "region": lambda: at(relu(), ["1/3", 2]),
    "step": lambda: netsym.step(relu("1-1"), "mse", ([[1.0]], [2.0]), rate=0.1),
    "worked out": lambda: netsym.work_out(relu("1-1"), {"x": 0.5}),
}  # fmt: skip


@cache
def shown(name: str) -> Cell:
    return netsym.cell(SHOWN[name]())


everything = pytest.mark.parametrize("name", SHOWN)


def tree(html: str) -> Tree.Element:
    """What is well formed as XML is well formed in any browser."""
    return Tree.fromstring(html)


# -- what all have ---------------------------------------------------------------------------------
@everything
def test_a_bundle_has_three_languages(name: str) -> None:
    bundle = SHOWN[name]()._repr_mimebundle_(include=None, exclude=None)
    assert [*bundle] == ["text/plain", "text/latex", "text/html"]
    assert all(value.strip() for value in bundle.values())
    assert bundle == shown(name).bundle()


@everything
def test_html_is_static_and_needs_nothing_else(name: str) -> None:
    html = shown(name).html
    root = tree(html)
    assert root.tag == "div" and "netsym" in root.get("class", "").split()
    for node in root.iter():
        tag = node.tag.rpartition("}")[2]
        assert tag not in ("script", "link", "img", "iframe", "object", "embed", "base", "meta")
        for key, value in node.attrib.items():
            assert not key.startswith("on") and key not in ("src", "href", "action")
            assert "url(" not in value or value.startswith("url(#")
        if tag == "math":
            assert node.get("alttext")
            known = {each.tag for each in node.iter()}
            assert known <= ELEMENTS | {"munder", "munderover", "mtext", "mspace"}, known - ELEMENTS
    assert "@import" not in html and "://" not in html.replace("http://www.w3.org/2000/svg", "")


@everything
def test_never_a_wall(name: str) -> None:
    cell = shown(name)
    rows = cell.plain.splitlines()
    assert len(rows) <= MOST and max(map(len, rows)) <= 130
    assert len(cell.html) < 60_000 and len(cell.latex) < 12_000
    for part in tree(cell.html).iter():
        if part.tag == "div" and part.get("class") == "formula":
            assert lines(Tree.tostring(part, encoding="unicode")) <= MOST


def test_formulas_of_all_kinds_of_networks() -> None:
    for seed in range(many(60, 6)):
        made = (stack if seed % 2 else small_network)(seed).network
        for form in (made, made.inlined, made.layered, made.matrices, made.size):
            cell = netsym.cell(form)
            tree(cell.html)
            assert len(cell.plain.splitlines()) <= MOST


def test_the_style_reaches_nothing_else() -> None:
    css = style("cells/cells.css")
    assert not re.search("LIGHT|DARK|MARKS", css)
    while "{" in css:  # what is innermost first, up to the rules that stand alone
        rules, css = css, re.sub(r"[^{};]*\{[^{}]*\}", "", css)
    selectors = re.findall(r"([^{}]+)\{", re.sub("@media [^{]*{", "", rules))
    assert selectors
    for selector in selectors:
        for part in re.split(r",(?![^(]*\))", selector):
            assert part.strip().endswith(".netsym.netsym.netsym"), selector


# -- what is hostile, or nothing -------------------------------------------------------------------
def test_titles_and_names_are_no_html() -> None:
    evil = '<script>alert("1")</script><img src=x onerror=alert(1)>'
    bad = replace(NET, title=evil, latex_names={"x_1": rf"\text{{{evil}}}", "w1_1_1": "<b>&</b>"})
    for result in (bad, bad.inlined, bad.layered, bad.size, netsym.simplify(bad), bad.matrices):
        html = netsym.cell(result).html
        tree(html)
        assert not re.search("<(script|img)|<b>&</b>", html)


def test_typed_text_is_no_html() -> None:
    typed = netsym.check("1-1:sigmoid", "w1_1_1*x + b1_1")
    assert typed.diagnosis is not None
    typed = replace(typed, diagnosis=replace(typed.diagnosis, text="a<b>c&d", span=(1, 4)))
    html = netsym.cell(typed).html
    assert "a<mark>&lt;b&gt;</mark>c&amp;d" in html


def test_what_is_no_result_has_no_cell() -> None:
    with pytest.raises(SpecError, match="int is no network; give a network, a file"):
        netsym.cell(3)


def test_what_stands_for_a_network_has_its_cell() -> None:
    assert netsym.cell("2-3-1:sigmoid") == shown("network")


def test_nothing_of_cells_is_loaded_before_a_notebook_asks() -> None:
    before = loaded("import netsym; repr(netsym.parse('1-2-1:sigmoid').inlined)")
    assert "netsym.displayed" in before and "netsym.notes" not in before
    asked = loaded("import netsym; netsym.parse('1-1').size._repr_mimebundle_()")
    assert "netsym.notes.cells.sizes" in asked
    assert not {"netsym.equality", "netsym.collapse", "netsym.notes.cells.network"} & asked


# -- each kind -------------------------------------------------------------------------------------
def words(cell: Cell) -> str:
    """The text of a cell, without the style."""
    root = tree(cell.html)
    (css,) = root.findall("style")
    root.remove(css)
    return " ".join(" ".join(root.itertext()).split())


def test_a_network_has_its_picture_its_layers_and_one_line() -> None:
    cell = shown("network")
    said = words(cell)
    assert "2-3-1:sigmoid 13 parameters" in said
    assert "layer units function parameters 1 3 sigmoid 9 2 1 sigmoid 4" in said
    assert cell.html.count("<svg") == 1 == cell.html.count("<math")
    assert cell.plain.splitlines()[0].startswith("2-3-1:sigmoid")
    assert r"\sigma\Bigl(W^{[2]} {\underbrace{\sigma\bigl(W^{[1]} x" in cell.latex
    assert cell.html.count("⏟") == 1  # over a, as LaTeX has it


def test_layers_are_listed_up_to_nine() -> None:
    html = shown("huge network").html
    assert 8 <= html.count("<tr>") <= 11 and re.search(r"⋮ \d+ more", html)


def test_a_sum_of_units_is_a_column_with_their_names() -> None:
    html = shown("inlined").html
    assert html.count('class="mark"') == 3
    assert html.count("◂") == 3
    assert 'class="netB"' in html and 'class="netA"' in html
    assert lines(html[html.index('<div class="formula">') : html.rindex("</div>")]) == 4
    assert shown("inlined").plain == NET.inlined.text(width=100)


def test_a_value_that_is_read_again_is_written_once() -> None:
    html = netsym.cell(netsym.parse("2-3-3-1:tanh").inlined).html
    assert html.count("◂") == 6
    assert html.count('<mtd class="mark">') == 6 and 'class="over"' not in html
    on_a_line = netsym.cell(netsym.parse("1-1-2softmax").inlined)
    assert on_a_line.html.count('class="over"') == 3  # the unit, and both sums
    assert on_a_line.plain == netsym.parse("1-1-2softmax").inlined.text(width=100)


def test_a_trained_network_has_letters_on_its_line() -> None:
    html = shown("trained network").html
    assert "<mn>" in html and "0.360" not in html
    (math,) = tree(html).iter("math")
    assert math.get("alttext", "").startswith("y hat equals softmax of, W 3 times tanh of")


def test_a_long_sum_has_dots_and_says_so() -> None:
    cell = shown("wide")
    assert cell.plain.count("⋯") >= 2 and "w⁽²⁾₁,₂₀" in cell.plain
    assert "dots stand for terms that are left out" in words(cell)
    assert r"\cdots" in cell.latex and "and so on" in cell.html


def test_a_large_formula_has_its_size_and_both_ends() -> None:
    cell = shown("large formula")
    said = words(cell)
    assert "33,186,910 nodes" in said and "the first of 148" in said and "the layered form" in said
    assert "a⁽¹⁾₁ = relu(w⁽¹⁾₁₁·x₁ + w⁽¹⁾₁₂·x₂ + ⋯ + w⁽¹⁾₁,₇₈₄·x₇₈₄ + b⁽¹⁾₁)" in cell.plain
    assert "y₁₀ = exp(z⁽²⁾₁₀)/(exp(z⁽²⁾₁) + exp(z⁽²⁾₂) + ⋯" in cell.plain


def test_numbers_are_rounded_and_that_is_said() -> None:
    assert "numbers are rounded to 3 digits" in words(shown("trained formula"))
    assert "rounded" not in words(shown("inlined"))


def test_a_gradient_is_in_groups() -> None:
    html = shown("gradient of a cost").html
    heads = re.findall(r"<tr><th>([^<]*)</th>", html)
    assert heads[0] == "layer 1: 3 units, sigmoid" and heads[-1] == "derivatives"
    assert [head.startswith("back") for head in heads] == [False, False, True, True, True, False]
    assert html.count('class="many"') == 1


def test_sizes_have_bars() -> None:
    root = tree(shown("huge size").html)
    bars = {each.get("class"): int(re.search(r"\d+", each.get("style", ""))[0])  # type: ignore[index]
            for each in root.iter("i")}  # fmt: skip
    assert bars == {"bar netA": 35, "bar netD": 35, "bar netB": 160}
    assert "Bars are logarithmic." in words(shown("huge size"))
    assert "logarithmic" not in words(shown("size"))
    assert "1.16 × 10<sup>21</sup>" in shown("huge size").html


def test_every_verdict_has_its_sign() -> None:
    found = {name: re.search(f"(.) {name}<", verdict(name, KINDS[name]).html) for name in VERDICTS}
    signs = {name: match[1] for name, match in found.items() if match}
    assert signs.keys() == KINDS.keys() == VERDICTS.keys()
    assert set(signs.values()) == {*"✓✗≈?"}
    for name in ("different", "structural", "identical", "within-error", "undecided"):
        assert f"{signs[name]} {name}" in shown(name).html


def test_a_difference_has_the_mistake_the_place_and_a_point() -> None:
    cell, said = shown("different"), words(shown("different"))
    assert "The formula is the network without the sigmoid on the output layer." in said
    assert f"<mark>{WITHOUT_SIGMOID}</mark>" in cell.html
    result = SHOWN["different"]()
    assert all(value.replace("-", "−") in said for value in result.counterexample.short)
    assert "and 7 more values" in said and "which units agree (2 of 3)" in said
    assert cell.html.count("<details>") == 1


def test_a_long_text_is_shown_around_where_it_departs() -> None:
    code = re.search("<code>(.*?)</code>", shown("long typed").html, re.DOTALL)
    assert code and len(re.sub("<[^>]*>", "", code[1])) <= 402


def test_a_simplification_says_what_it_saves_and_why() -> None:
    cell, said = shown("simplified"), words(shown("simplified"))
    assert "✓ identical after 1 step parameters 7 → 2, operations 8 → 2" in said
    assert "an affine map of an affine map is affine" in said
    assert cell.html.count("⏟") == 2 and cell.html.count("<math") == 2
    assert {"netA", "netB"} <= {*re.findall(r'<mrow class="(\w+)">', cell.html)}
    assert "y hat equals W 2 times open bracket" in cell.html and "letter" not in cell.html
    assert "affine of affine" in cell.latex
    assert "because tanh" not in said and "stay apart" in words(shown("not simplified"))
    assert "≈ within-error" in words(shown("rounded")) or "✓" in words(shown("rounded"))


def test_what_is_not_compared_is_not_called_identical() -> None:
    large = netsym.parse("-".join(["20"] * 4))
    assert "✓ exact by the rules of 1 step; netsym.compare proves it" in words(
        netsym.cell(netsym.simplify(large))
    )
    numbers = relu("20-20-20")
    assert "≈ rounded to float64" in words(netsym.cell(netsym.simplify(numbers)))
    close = netsym.simplify(relu("20-20"), factor=1e-3)
    assert [step.found.approximate for step in close.steps] == [True]
    assert "≈ approximate" in words(netsym.cell(close))


def test_regions_are_drawn_where_they_can_be() -> None:
    assert "4 linear regions 3 different affine maps" in words(shown("regions"))
    drawn = {name: "<svg" in shown(name).html for name in SHOWN if name.startswith("regions")}
    assert [*drawn.values()] == [True, True, False]
    assert r"\begin{cases}" in shown("regions").latex


# -- on paper, and to the eye ----------------------------------------------------------------------
def test_latex_compiles(tmp_path: Path) -> None:
    start = r"\documentclass{article}\usepackage{amsmath,amssymb}\begin{document}"
    body = "\n\n".join(f"\\message{{CASE {n.replace(' ', '-')}}}\n{shown(n).latex}" for n in SHOWN)
    compiled(f"{start}\n{body}\n\\end{{document}}", tmp_path)


def test_words_in_latex() -> None:
    assert text("10^21 × a_b → 5 %").latex == r"$10^{21}$ $\times$ a$\_$b $\to$ 5 $\%$"


def tint(color: str, ground: str, share: float) -> str:
    mixed = (
        round(share * int(color[n : n + 2], 16) + (1 - share) * int(ground[n : n + 2], 16))
        for n in (0, 2, 4)
    )
    return "".join(f"{part:02X}" for part in mixed)


@pytest.mark.parametrize(("number", "ground"), [(0, GROUND.light), (-1, GROUND.dark)])
def test_verdicts_can_be_read(number: int, ground: str) -> None:
    css = style("cells/cells.css")
    for kind in ("yes", "no", "about", "open"):
        color = re.findall(rf"--{kind}:#(\w{{6}})", css)[number]
        assert contrast(color, tint(color, ground, 0.08)) >= 4.5, kind
    mark, ink = (re.findall(rf"--{name}:#(\w{{6}})", css)[number] for name in ("mark", "text"))
    assert contrast(mark, ink) >= 4.5


SEEN = """
    found.cells = [...document.querySelectorAll('.netsym')].map(e => ({
      height: e.offsetHeight, color: getComputedStyle(e).color,
      ground: getComputedStyle(e).backgroundColor}));
    found.wide = document.documentElement.scrollWidth;
    found.letter = getComputedStyle(document.querySelector('.netsym .netA')).color;
    found.outside = getComputedStyle(document.querySelector('#outside td')).textAlign;
"""


def page(names: list[str], attributes: str = "") -> str:
    cells = "\n".join(shown(name).html for name in names)
    table = '<table id="outside"><tr><td align="right">1</td></tr></table>'
    return f"<html><head></head><body {attributes}>{cells}{table}</body></html>"


def rgb(color: str) -> str:
    return "".join(f"{int(part):02X}" for part in re.findall(r"\d+", color)[:3])


@pytest.mark.parametrize("theme", ["true", "false"])
def test_in_a_browser_light_and_dark(theme: str, tmp_path: Path) -> None:
    names = ["network", "inlined", "size", "different", "simplified", "gradient of a cost"]
    there = found(page(names, f'data-jp-theme-light="{theme}"'), SEEN, tmp_path, "1000,900")
    side = "light" if theme == "true" else "dark"
    for cell in there["cells"]:
        assert rgb(cell["ground"]) == getattr(GROUND, side)
        assert contrast(rgb(cell["color"]), rgb(cell["ground"])) >= 7
    assert contrast(rgb(there["letter"]), getattr(GROUND, side)) >= 4.5
    assert there["outside"].endswith("right") and there["wide"] <= 1000


def test_cells_are_no_taller_than_a_screen(tmp_path: Path) -> None:
    names = [name for name in SHOWN if "laws" not in name]
    there = found(page(names), SEEN, tmp_path, "1000,900")
    tall = {n: c["height"] for n, c in zip(names, there["cells"], strict=True) if c["height"] > 900}
    assert not tall and there["wide"] <= 1000


def test_cells_on_a_phone(tmp_path: Path) -> None:
    names = ["network", "inlined", "size", "different", "simplified", "regions"]
    assert found(page(names), SEEN, tmp_path, "500,900")["wide"] <= 500
