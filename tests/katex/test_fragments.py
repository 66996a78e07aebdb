"""Every fragment of LaTeX that is printed is read by KaTeX and MathJax, both strict; those of
random networks are compiled and read back, too.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from functools import cache
from itertools import product
from pathlib import Path
from typing import Any

import pytest

import netsym
from netsym.cli import main
from netsym.errors import TooLargeError
from netsym.files.layer_types import layer_type
from netsym.layers.samples import SAMPLES
from netsym.network.network import Network
from netsym.notes.note.content import Formula
from tests.effort import many
from tests.equality.test_own_text import (
    FORMS,
    MOST_NODES,
    NUMBERS,
    drawn,
    is_proved,
    is_rounded_to_whole,
)
from tests.katex import mistakes
from tests.tex import START, compiled
from tests.verdicts import SAME

ROOT = Path(__file__).parents[2]
COLORED = START.replace(r"\begin", r"\usepackage[svgnames]{xcolor}\begin")
GOLDEN = {
    path.name: path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "tests" / "golden").glob("*.tex"))
    if ".document." not in path.name
}
OPTIONS: tuple[dict[str, Any], ...] = (
    {}, {"color": True}, {"onion": True}, {"onion": True, "color": True, "notation": "cs229"},
    {"notation": "nielsen", "digits": 3}, {"width": 30},
)  # fmt: skip
#: Commands that print LaTeX, without `--to latex`.
COMMANDS = (
    "inline 1-2-1:sigmoid", "show 2-3tanh-1", "show 2-3tanh-2 --level matrix",
    "inline 2-3tanh-3softmax --level matrix --onion", "inline 2-3tanh-1 --expand",
    "inline 1-1:sigmoid --loss bce --examples 3 --l2 0.1", "show 2-2:softmax --loss cross_entropy",
    "show 1-2-1:sigmoid --loss mse --examples 2 --level matrix", "grad 1-2-1:sigmoid",
    "grad 2-3-1:sigmoid --loss bce", "grad 1-2-1:sigmoid --onion --color",
    "grad 2-3sigmoid-1 --level matrix", "grad 2-2:softmax --loss cross_entropy --level matrix",
    "inline examples/iris.toml --digits 3", "show examples/lstm.toml", "inline examples/hat.toml",
    "show examples/lstm.toml --level matrix", "show examples/forum/wide.toml --color",
    "regions examples/hat.toml", "regions examples/hat.toml --at 0.5",
    "simplify 1-2-1", "simplify 2-2relu-2-2+-1", "simplify 1-2-1:relu", "simplify 2-3-3-2",
    "simplify 3-3x30-1", "simplify 10-10-10-10", "simplify examples/iris.toml",
    "simplify 1-2-1:relu --notation cs229",
)  # fmt: skip
#: Networks whose notes are read.
NOTES = ("2-3-1:sigmoid", "1-2-1", "examples/iris.toml", "examples/lstm.toml", "examples/conv.toml",
         "examples/pair.toml", "2-4tanh-4tanh+-1", "784-128relu-10softmax", "gpt2")  # fmt: skip


def printed(command: str, capsys: pytest.CaptureFixture[str]) -> str:
    try:
        main([*shlex.split(command), "--to", "latex"])
    except SystemExit as done:
        assert done.code in (None, 0), command
    return capsys.readouterr().out


def fragments(network: Network, what: str) -> Iterator[tuple[str, str]]:
    """All forms of a network with all options, of those that are not too large."""
    for form, options in product(("layered", "shared", "inlined", "matrices"), OPTIONS):
        try:
            asked = network.matrices if form == "matrices" else network.formula(form)
            yield f"{what}, {form}, {options}", asked.latex(**options, max_nodes=3000)
        except TooLargeError:
            continue


def refused(found: dict[str, str]) -> dict[str, str]:
    """What is a mistake even where as many macros are expanded as there are."""
    return mistakes(found, max_expand=10**6)


def test_the_judges_see_mistakes() -> None:
    wrong = {"command": r"\foo", "brace": r"\text{x", "text": r"\noindent", "fine": r"\text{x}"}
    judged = {f"{name}, {judge}" for name in wrong for judge in ("katex", "mathjax")}
    assert {*mistakes(wrong)} == judged - {"fine, katex", "fine, mathjax"}


@pytest.mark.parametrize("network", NOTES)
def test_notes_are_read(network: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    made = netsym.note(network, pages=9)
    blocks = [block for section in made.sections.values() for block in section.blocks]
    texts = {str(n): each.latex for n, each in enumerate(blocks) if isinstance(each, Formula)}
    assert texts
    assert not refused(texts)


@pytest.mark.parametrize("name", GOLDEN)
def test_the_golden_files_are_read(name: str, golden: dict[str, str]) -> None:
    """As KaTeX is where nobody sets anything."""
    assert [said for case, said in golden.items() if case.startswith(f"{name}, ")] == []


@pytest.fixture(scope="module")
def golden() -> dict[str, str]:
    return mistakes(GOLDEN)


def test_what_commands_print_is_read(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    assert refused({command: printed(command, capsys) for command in COMMANDS}) == {}


def test_every_type_of_layer_is_read() -> None:
    every = {name: layer_type(name).network for name in SAMPLES}
    found = dict(pair for name, network in every.items() for pair in fragments(network, name))
    assert refused(found) == {}


# -- random networks, whose fragments KaTeX, MathJax, pdflatex and netsym itself read ------------
KINDS = [*NUMBERS]
TOGETHER = 50  # networks in one document
COUNT = many(100, 12, 500)


def random_network(seed: int) -> Network:
    """A network of any family, with numbers of one kind after another."""
    return drawn(KINDS[seed % len(KINDS)], seed)


@cache
def random_fragments(start: int) -> dict[str, str]:
    """All forms with all options, of some of the networks."""
    seeds = range(start, min(start + TOGETHER, COUNT))
    return dict(p for seed in seeds for p in fragments(random_network(seed), f"seed {seed}"))


@pytest.mark.parametrize("start", range(0, COUNT, TOGETHER))
def test_random_networks_are_read(start: int) -> None:
    assert len(random_fragments(start)) > 10 * len(range(start, min(start + TOGETHER, COUNT)))
    assert refused(random_fragments(start)) == {}


@pytest.mark.parametrize("start", range(0, COUNT, TOGETHER))
def test_random_networks_compile(start: int, tmp_path: Path, pdflatex: str) -> None:
    found = random_fragments(start)
    lines = [
        rf"\typeout{{CASE {number}}}" + f"\n\\[\n{text}\n\\]\n\\clearpage"
        for number, text in enumerate(found.values())
    ]
    log = compiled("\n".join([COLORED, *lines, r"\end{document}"]), tmp_path)
    assert log.count("CASE ") == len(found)


@pytest.mark.parametrize("seed", range(many(25, 3, 500)))
def test_random_networks_are_read_back(seed: int) -> None:
    """As the same, or where numbers are rounded as what they stand for; each form in a way that is
    another for the next network.
    """
    network, judged = random_network(seed), 0
    for number, form in enumerate(FORMS):
        options = OPTIONS[(seed + number) % len(OPTIONS)]
        if network.count_nodes("inlined" if form == "inlined" else "layered") > MOST_NODES:
            continue
        formula, digits = network.formula(form), options.get("digits")
        if digits and is_rounded_to_whole(formula, digits):
            continue
        found = netsym.compare(network, formula.latex(**options))
        assert is_proved(found) if digits else found.verdict in SAME, (form, options)
        judged += 1
    assert judged or network.count_nodes("layered") > MOST_NODES
