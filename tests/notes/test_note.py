"""Notes: one page, the same story in three languages, words for what is seen, and true numbers."""

from __future__ import annotations

import json
import re
import subprocess
import zlib
from dataclasses import replace
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as Tree

import numpy as np
import pytest

import netsym
from netsym.errors import SpecError
from netsym.layers.attention import Attention
from netsym.layers.recurrent import LSTM
from netsym.network.point import point_of
from netsym.notes.note.content import (
    BETWEEN,
    Formula,
    Image,
    Section,
    columns,
    ends_open,
    rows_of,
)
from netsym.notes.note.note import HEAD, Note
from netsym.notes.note.parts import PARTS
from netsym.notes.note.written.tex import write_tex
from tests.cli.running import run
from tests.conftest import PATIENCE
from tests.effort import many
from tests.notes.browser import found, on_a_phone, printed
from tests.small_networks import small_network
from tests.tex import compiled

Capture = pytest.CaptureFixture[str]
EXAMPLES = Path(__file__).parents[2] / "examples"
ATTENTION = netsym.Network.of(
    "attention", 4, [("attention", Attention(causal=True), ["input"], {})], shape=(2, 2)
)
CELL = netsym.Network.of("LSTM, 4 steps", 8, [("lstm", LSTM(units=3), ["input"], {})], shape=(4, 2))
#: Networks, and the losses that are asked for.
NETWORKS: dict[str, tuple[netsym.Network | str, str | None]] = {
    "2-3-1 with bce": ("2-3-1:sigmoid", "bce"),
    "iris": (str(EXAMPLES / "iris.toml"), None),
    "a small memory": (str(EXAMPLES / "lstm.toml"), None),
    "lstm": (CELL, None),
    "attention": (ATTENTION, None),
    "1-2-1": ("1-2-1:sigmoid", None),
    "the forum's": (str(EXAMPLES / "forum" / "sigmoid.toml"), None),
    "linear": ("1-2-1", "mse"),
    "residual": ("2-4tanh-4tanh+-1", None),
    "wide": ("784-128relu-10softmax", None),
    "deep": ("2-10x20-1:tanh", None),
    "convolution": (str(EXAMPLES / "conv.toml"), None),
    "two outputs": (str(EXAMPLES / "pair.toml"), None),
    "a formula": ("x**2 + sin(x)", None),
    "vgg16": ("vgg16", None),
}


@cache
def note_of(name: str) -> Note:
    given, loss = NETWORKS[name]
    return netsym.note(given, loss)


def formulas(note: Note) -> list[Formula]:
    """Those that stand by themselves."""
    blocks = [block for section in note.sections.values() for block in section.blocks]
    return [block for block in blocks if isinstance(block, Formula)]


# -- a page ---------------------------------------------------------------------------------------
def assert_fits(note: Note, folder: Path, pages: int = 1) -> None:
    """No more pages than these, no line that is too long, none that ends in an open bracket."""
    log = compiled(note.tex(), folder)
    assert "Overfull" not in log
    assert f"[{pages + 1}" not in log
    assert not any(ends_open(each.latex) for each in formulas(note))


@pytest.mark.usefixtures("tikz")
@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_one_page(name: str, tmp_path: Path) -> None:
    assert_fits(note_of(name), tmp_path)


@pytest.mark.usefixtures("tikz")
@pytest.mark.parametrize("name", NETWORKS)
def test_it_is_as_tall_as_was_thought(name: str, tmp_path: Path) -> None:
    """So that nothing is left out that had room."""
    note = note_of(name)
    rows = rows_of([*note.sections.values()])
    thought = HEAD + sum(BETWEEN + max(map(Section.height, row, columns(row))) for row in rows)
    text = "".join(write_tex(replace(note.sheet, left_out="")))
    told = "\\par\\typeout{TALL \\the\\pagetotal}\\end{document}"
    log = compiled(text.replace("\\end{document}", told), tmp_path)
    (tall,) = re.findall(r"TALL ([0-9.]+)pt", log)
    assert 0.97 < thought / float(tall) < 1.1


@pytest.mark.usefixtures("tikz")
@pytest.mark.parametrize("seed", range(many(60, 3)))
def test_notes_of_all_families_are_one_page(seed: int, tmp_path: Path) -> None:
    assert_fits(netsym.note(small_network(seed).network), tmp_path)


@pytest.mark.usefixtures("tikz")
def test_more_pages_have_more(tmp_path: Path) -> None:
    one, two = note_of("iris"), netsym.note(EXAMPLES.joinpath("iris.toml").as_posix(), pages=2)
    assert one.sheet.left_out.startswith("No room for: ")
    assert not two.sheet.left_out
    assert {*one.sections} < {*two.sections} == {*PARTS}
    assert_fits(two, tmp_path, pages=2)


def test_what_is_short_is_told_in_full() -> None:
    assert [*note_of("2-3-1 with bce").sections] == [*PARTS]
    assert not note_of("2-3-1 with bce").sheet.left_out


# -- what is read aloud ---------------------------------------------------------------------------
@pytest.mark.usefixtures("tikz")
@pytest.mark.parametrize("name", ["2-3-1 with bce", "iris", "a small memory", "attention"])
def test_a_pdf_says_every_formula_and_picture(name: str, tmp_path: Path) -> None:
    note = note_of(name)
    (tmp_path / "note.tex").write_text(note.tex(), encoding="utf-8")
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "note.tex"]
    subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=PATIENCE, check=True)
    data = (tmp_path / "note.pdf").read_bytes()
    streams = re.findall(rb"stream\r?\n(.*?)endstream", data, re.DOTALL)
    pages = b"".join(_inflated(each) for each in streams)
    said = [_string(each) for each in re.findall(rb"/Alt(\([^)]*\)|<[0-9A-F]*>)>>BDC", pages)]
    blocks = [block for section in note.sections.values() for block in section.blocks]
    wanted = [each.words for each in blocks if isinstance(each, Formula)]
    wanted += [f"{each.picture.title}: {each.picture.description}"
               for each in blocks if isinstance(each, Image)]  # fmt: skip
    assert sorted(said) == sorted(wanted)
    assert pages.count(b"EMC") == len(wanted)


def _inflated(stream: bytes) -> bytes:
    try:
        return zlib.decompress(stream)
    except zlib.error:  # a font that is compressed otherwise
        return b""


def _string(text: bytes) -> str:
    if text[:1] == b"(":
        return text[1:-1].decode("ascii")
    return bytes.fromhex(text[1:-1].decode("ascii")).decode("utf-16")


@pytest.mark.parametrize("name", NETWORKS)
def test_html_has_words_for_every_formula_and_picture(name: str) -> None:
    note = note_of(name)
    html = note.html()
    assert html.startswith("<!DOCTYPE html>")
    for text in re.findall("<math.*?</math>", html, re.DOTALL):
        words = Tree.fromstring(text).get("alttext", "")
        assert words and not set(words) & set("\\{}&^_$"), words
    shown = [each.words for each in formulas(note)]
    assert all(f'alttext="{words}"' in html for words in shown)
    assert html.count('role="img"') == html.count("<svg") == len(re.findall("<desc", html))


# -- three languages ------------------------------------------------------------------------------
@pytest.mark.parametrize("name", NETWORKS)
def test_every_language_tells_the_same(name: str) -> None:
    note = note_of(name)
    tex, html, md = note.tex(), note.html(), note.md()
    titles = [section.title for section in note.sections.values()]
    assert re.findall(r"\\subsection\*\{(.*?)(?:\\quad.*)?\}\n", tex) != []
    assert sorted(re.findall(r"<h2>(.*?)(?: <small>.*?)?</h2>", html)) == sorted(titles)
    assert re.findall(r"^## (.*)$", md, re.M) == titles
    for each in formulas(note):
        assert each.latex in tex
        assert f"$$\n{each.latex}\n$$" in md


def test_it_is_saved_as_its_name_says(tmp_path: Path) -> None:
    note = note_of("1-2-1")
    for suffix, text in ((".tex", note.tex()), (".html", note.html()), (".md", note.md())):
        note.save(tmp_path / f"note{suffix}")
        assert (tmp_path / f"note{suffix}").read_text(encoding="utf-8") == text
    with pytest.raises(SpecError, match=r"a note is a \.tex or \.html or \.htm or \.md file"):
        note.save(tmp_path / "note.pdf")


# -- what it says is true -------------------------------------------------------------------------
@pytest.mark.parametrize("network", ["2-3-1:sigmoid", "1-2-1:tanh", "3-2relu-2-1"])
def test_the_one_formula_is_the_network(network: str) -> None:
    (formula,) = formulas(netsym.note(network, parts=["onion"]))
    assert netsym.compare(network, formula.latex).verdict in ("structural", "identical")


def test_of_more_than_five_layers_dots_stand_for_those_between() -> None:
    for hidden, gone in ((4, ""), (5, "2 layers"), (20, "17 layers")):
        section = netsym.note(f"2-4x{hidden}-1:tanh", parts=["line"]).sections["line"]
        assert section.title == "On one line"
        assert section.aside.partition("; ")[2] == (gone and f"{gone} left out where the dots are")
        formula = section.blocks[0]
        assert isinstance(formula, Formula)
        assert formula.latex.count(r"\cdots") == (2 if gone else 0)
        shown = {int(layer) for layer in re.findall(r"W\^\{\[(\d+)\]\}", formula.latex)}
        last = hidden + 1
        assert shown == ({1, 2, last - 1, last} if gone else {*range(1, last + 1)})
    assert "dots" not in netsym.note("vgg16", parts=["line"]).sections["line"].aside


def test_a_cell_is_what_a_step_hands_on_with_its_gates_under_braces() -> None:
    found = note_of("lstm").sections
    nested, layers = formulas(note_of("lstm"))[:2]
    assert found["line"].title == "With whole arrays"
    assert nested.latex.count(r"\underbrace") == 4
    assert r"\underbrace" not in layers.latex
    assert layers.latex.count(" &= ") == 7


def test_the_layers_of_numbers_are_the_network() -> None:
    network = netsym.parse("2-2tanh-1")
    numbers = dict(zip(network.parameter_names(), map(float, range(-4, 5)), strict=True))
    given = network.with_parameters({name: number / 7 for name, number in numbers.items()})
    shown = formulas(netsym.note(given, parts=["layers"], digits=17))
    text = " \\\\\n".join(each.latex for each in shown)
    assert netsym.compare(given, text).verdict in ("structural", "identical")


def test_a_trained_network_is_told_in_numbers() -> None:
    """Its scaler is multiplied in, softmax stands once, and letters are numbered as its layers."""
    note = note_of("iris")
    layers = note.sections["layers"]
    assert "is multiplied into layer 1" in str(layers.blocks[0])
    shown = [block.latex for block in layers.blocks if isinstance(block, Formula)]
    assert r"0.234\;\text{sepal length}" in shown[0]
    assert sum(text.count(r"\sum_{j}") for text in shown) == 1
    assert "W^{[1]}" in formulas(note)[0].latex
    assert "W^{[3]}" not in note.tex()
    x = np.array([[5.1, 3.5, 1.4, 0.2], [6.0, 2.7, 5.1, 1.6]])
    assert np.allclose(note.story.told(x), note.story.network(x), rtol=1e-12)


def test_the_example_is_computed() -> None:
    numbers = {"x_1": 0.5, "x_2": -1.0, "w1": [1, 2, 3, 4, 5, 6], "b1": [0.1, 0.2, 0.3],
               "w2": [0.5, -0.5, 1], "b2": 0.25, "t": 1}  # fmt: skip
    note = netsym.note("2-3-1:sigmoid", "bce", parts=["example"], at=numbers)
    (formula,) = formulas(note)
    assert note.sections["example"].aside == "10 equations left out"
    network = netsym.parse("2-3-1:sigmoid")
    given = point_of(network, {name: numbers[name] for name in numbers if name != "t"})
    y = network(given.x[0], parameters=given.parameters)
    assert re.search(rf"\\hat{{y}}}} &= .* = {y:#.3g} ", formula.latex)
    assert re.search(rf"J}} &= .* = {-np.log(y):#.3g}", formula.latex)


def test_an_example_of_data_is_its_first() -> None:
    note = netsym.note("2-1:sigmoid", "bce", data=([[0.25, 3], [1, 2]], [1, 0]))
    assert note.story.point["x_1"] == 0.25
    assert note.story.point["x_2"] == 3.0
    assert note.story.point["t"] == 1.0
    assert note.sections["back"].aside.endswith("of one example")


def test_rounding_is_said_once() -> None:
    for text in (note_of("iris").tex(), note_of("iris").html(), note_of("iris").md()):
        assert text.count("rounded to 3 digits") == 1
    assert "rounded" not in netsym.note("2-3-1:sigmoid", without=["example"]).md()


def test_what_collapses_is_told() -> None:
    linear, kinked = (
        netsym.note(text, parts=["collapse"]).md() for text in ("1-2-1", "1-2-1:relu")
    )
    assert "Layers 1 and 2 are affine, one after another: one layer does it" in linear
    assert "Nothing collapses." in kinked
    assert "because relu stands between" in kinked
    assert r"\ne \tfrac{1}{2}" in kinked


# -- a browser ------------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["2-3-1 with bce", "iris", "a small memory", "attention"])
def test_it_is_printed_on_one_sheet(name: str, tmp_path: Path) -> None:
    assert printed(note_of(name).html(), tmp_path) == 1


def test_in_a_browser(tmp_path: Path) -> None:
    """Formulas are set, signs = stand below each other, and only they scroll on a telephone."""
    html = note_of("2-3-1 with bce").html()
    there = found(html, """
        const section = title => [...document.querySelectorAll('section')]
          .find(e => e.querySelector('h2').textContent.startsWith(title));
        const tables = [...section('One example').querySelectorAll('mtable')];
        const rows = [...tables.find(e => !e.querySelector('mtable')).querySelectorAll('mtr')];
        found.right = rows.map(e => Math.round(e.children[1].getBoundingClientRect().left));
        found.sides = rows.map(e => e.children[0]).filter(e => e.lastChild).map(e =>
          Math.round(e.getBoundingClientRect().right - e.lastChild.getBoundingClientRect().right));
        found.fonts = getComputedStyle(document.querySelector('math')).fontFamily;
    """, tmp_path)  # fmt: skip
    assert len(set(there["right"])) == 1
    assert max(there["sides"]) <= 1
    phone = on_a_phone(html, "found.words = inside.body.innerText.length;", tmp_path)
    assert phone["wide"] <= 390 and phone["words"] > 500


def test_names_of_others_do_not_run(tmp_path: Path) -> None:
    title = '</title><script>document.title = "run"</script>'
    evil = replace(netsym.parse("1-2-1:tanh"), title=title)
    there = found(netsym.note(evil).html(), "found.title = document.title;", tmp_path)
    assert there["title"] == title


# -- parts, and the command -----------------------------------------------------------------------
def test_parts_are_chosen() -> None:
    chosen = netsym.note("1-2-1:tanh", parts=["back", "picture", "line"], without=["line"])
    assert [*chosen.sections] == ["picture", "back"]
    assert repr(chosen) == "<note of 1-2-1:tanh: picture, back>"
    with pytest.raises(SpecError, match="no part of a note is called 'pictur'; did you mean"):
        netsym.note("1-2-1:tanh", without=["pictur"])


def test_without_a_loss_nothing_is_learned() -> None:
    parts = {*note_of("two outputs").sections}
    assert not {"loss", "back"} & parts
    assert {"layers", "example"} <= parts


def test_the_command(tmp_path: Path, capfd: Capture) -> None:
    plain = run(capfd, "note", "1-2-1:sigmoid")
    assert (plain.code, plain.err, plain.out) == (0, "", note_of("1-2-1").md())
    for suffix, text in ((".tex", note_of("1-2-1").tex()), (".html", note_of("1-2-1").html())):
        target = tmp_path / f"note{suffix}"
        assert run(capfd, "note", "1-2-1:sigmoid", "-o", target).code == 0
        assert target.read_text(encoding="utf-8").rstrip() == text.rstrip()
    said = json.loads(run(capfd, "note", "1-2-1:sigmoid", "--json").out)
    assert [part["part"] for part in said["parts"]] == [*note_of("1-2-1").sections]
    kinds = {block["kind"] for part in said["parts"] for block in part["blocks"]}
    assert kinds == {"words", "formula", "picture"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "note.pdf"], "writes no .pdf file; give one whose name ends in .md"),
        (["--parts", "line", "--without", "line"], "--without changes nothing beside --parts"),
        (["--parts", "lines"], "no part of a note is called 'lines'; did you mean 'line'?"),
        (["--examples", "3"], "--examples is for --loss"),
        (["--at", "q=1"], "nothing here is called 'q'"),
        (["--pages", "0"], "0 is not in the range"),
    ],
)  # fmt: skip
def test_bad_usage(words: list[str], said: str, capfd: Capture, tmp_path: Path,
                   monkeypatch: pytest.MonkeyPatch) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    ran = run(capfd, "note", "1-2-1:sigmoid", *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not [*tmp_path.iterdir()]
