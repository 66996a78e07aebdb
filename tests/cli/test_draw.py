"""`netsym draw`, and the plots of `netsym size` and `netsym regions`."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest

import netsym
from tests.cli.running import process, run

Capture = pytest.CaptureFixture[str]
NET = "2-3-1:sigmoid"


def test_without_a_file_it_is_svg(capfd: Capture) -> None:
    ran = run(capfd, "draw", NET)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == netsym.draw(NET).svg() + "\n"
    ElementTree.fromstring(ran.out)


def test_what_the_file_ends_in_says_how(capfd: Capture, tmp_path: Path) -> None:
    picture = netsym.draw(NET)
    for name, text in (("net.svg", picture.svg()), ("net.TEX", picture.tikz())):
        assert run(capfd, "draw", NET, "-o", tmp_path / name).code == 0
        assert (tmp_path / name).read_text(encoding="utf-8") == text + "\n"
        picture.save(tmp_path / "saved.svg")
    assert (tmp_path / "saved.svg").read_text(encoding="utf-8") == picture.svg() + "\n"
    ran = run(capfd, "draw", NET, "-o", tmp_path / "part.tex", "--fragment")
    assert (ran.code, ran.out) == (0, "")
    assert (tmp_path / "part.tex").read_text() == picture.tikz(fragment=True) + "\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["-o", "net.png"], "--to svg writes no .png file; give one whose name ends in .svg"),
        (["--to", "tikz", "-o", "net.svg"], "give one whose name ends in .tex, or --to svg"),
        (["--to", "svg", "-o", "net.tex"], "or --to tikz"),
        (["--to", "tixz"], "did you mean 'tikz'?"),
        (["--fragment"], "--fragment is for --to tikz"),
        (["--json", "--fragment"], "--fragment is for --to tikz"),
        (["--examples", "3"], "--examples is for --loss"),
        (["-o", "no_folder/net.svg"], "cannot write to no_folder/net.svg"),
    ],
)  # fmt: skip
def test_bad_usage(
    words: list[str], said: str, capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    ran = run(capfd, "draw", NET, *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err
    assert not [*tmp_path.iterdir()]


@pytest.mark.parametrize(
    "given", ["1/(1 + exp(-(2x - 1)))", "max(0, w_1*x + b_1)", "vgg16", "examples/hat.toml"]
)
def test_whatever_is_a_network_is_drawn(given: str, capfd: Capture) -> None:
    ran = run(capfd, "draw", given)
    assert ran.code == 0 and ran.out.startswith("<svg "), ran.err


def test_from_standard_input() -> None:
    ran = process("draw", "-", stdin="1-2-1:tanh")
    assert ran.code == 0 and 'data-e="w1_2_1"' in ran.out


def test_json_has_every_mark(capfd: Capture) -> None:
    said = json.loads(run(capfd, "draw", NET, "--json").out)
    assert (said["schema"], said["title"]) == (1, NET)
    assert said["description"] == netsym.draw(NET).description
    units = [mark["unit"] for mark in said["marks"] if mark["kind"] == "circle"]
    assert units == ["x_1", "x_2", "a1_1", "a1_2", "a1_3", "y"]


def test_a_cost(capfd: Capture) -> None:
    ran = run(capfd, "draw", NET, "--loss", "bce", "--examples", "4", "--l2", "0.1")
    text = "".join(ElementTree.fromstring(ran.out).itertext())
    assert "mean of 4" in text and "L2 0.1" in text


# -- plots ----------------------------------------------------------------------------------------
def test_regions_are_plotted_beside_the_report(capfd: Capture, tmp_path: Path) -> None:
    target = tmp_path / "hat.svg"
    plain = run(capfd, "regions", "examples/hat.toml")
    ran = run(capfd, "regions", "examples/hat.toml", "--plot", target)
    assert (ran.code, ran.out, ran.err) == (0, plain.out, f"note: the plot is in {target}\n")
    found = netsym.draw(netsym.regions("examples/hat.toml"))
    assert target.read_text(encoding="utf-8") == found.svg() + "\n"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["regions", "examples/hat.toml", "--plot", "hat.png"], "--plot writes no .png file"),
        (["regions", "examples/hat.toml", "--plot", "hat.svg", "--at", "1"],
         "--plot changes nothing beside --at"),
        (["regions", "relu(x) + relu(y) + relu(z)", "--plot", "plot.svg"],
         "regions are drawn for one or two inputs"),
        (["size", NET, "--plot", "growth.svg"], "--plot is for --steps or --depth or --width"),
        (["size", NET, "--depth", "1..3", "--plot", "growth.tex"], "--plot writes no .tex file"),
        (["size", NET, "--depth", "1..3", "--width", "1..3"], "changes nothing beside"),
        (["size", NET, "--depth", "0..3"], "there is one hidden layer or more"),
        (["size", NET, "--width", "0"], "a layer has one unit or more"),
        (["size", "2-1", "--depth", "1..3"], "no stack of dense layers with a hidden one"),
    ],
)  # fmt: skip
def test_what_is_not_plotted(words: list[str], said: str, capfd: Capture) -> None:
    ran = run(capfd, *words)
    assert (ran.code, ran.out) == (2, "")
    assert said in ran.err


def test_without_matplotlib_the_extra_is_named(
    capfd: Capture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("netsym.notes.growth.find_spec", lambda _: None)
    target = tmp_path / "growth.svg"
    ran = run(capfd, "size", NET, "--depth", "1..3", "--plot", target)
    assert (ran.code, ran.out) == (2, "")
    assert "a plot needs matplotlib, which is not installed: pip install netsym[plot]" in ran.err
    assert not target.exists()


DEPTHS = """\
10-10-1:tanh, nodes for each number of hidden layers

depth  layered  shared    inlined  matrix
    1      363     353        353      11
    2      693     683      3,553      16
    3    1,023   1,013     35,553      21
    4    1,353   1,343    355,553      26
    5    1,683   1,673  3,555,553      31

layered: linear, 330 more per layer; shared: linear, 330 more per layer; \
inlined: exponential, 10 times per layer at the end; matrix: linear, 5 more per layer
"""


def test_growth_along_depth(capfd: Capture) -> None:
    assert run(capfd, "size", "10-10-1:tanh", "--depth", "1..5").out == DEPTHS
    said = json.loads(run(capfd, "size", "10-10-1:tanh", "--width", "1,2,3,4", "--json").out)
    assert said["width"] == [1, 2, 3, 4]
    assert said["forms"]["matrix"] == {"nodes": [11] * 4, "growth": "constant"}
