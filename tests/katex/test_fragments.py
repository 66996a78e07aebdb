"""Every fragment of LaTeX that is printed is read by KaTeX and MathJax, both strict."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
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
from tests.katex import mistakes
from tests.small_networks import small_network

ROOT = Path(__file__).parents[2]
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


def test_random_networks_are_read() -> None:
    found: dict[str, str] = {}
    for seed in range(many(100, 12, 500)):
        found |= fragments(small_network(seed).network, f"seed {seed}")
    assert refused(found) == {}
