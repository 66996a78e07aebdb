"""Pictures in TikZ compile, whatever they are called."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import netsym
from netsym.layers.dense import Dense
from netsym.notes.tikz import escaped
from tests.effort import sample
from tests.notes.test_pictures import BOXES, COSTS, DENSE, HOSTILE, RECURRENT
from tests.small_networks import small_network
from tests.tex import compiled

START = r"\documentclass{article}\usepackage{tikz}\begin{document}"


def named(words: str) -> netsym.Network:
    """A network that is called so, and its layers too; with own names in LaTeX."""
    wires = [
        (words, Dense(units=2), ["input"], {"weights": [["alpha_1", "w_21"], ["rate_max", "k9"]]}),
        ("b", Dense(units=2, skip=True), [words], {}),
    ]
    return netsym.Network.of(words, 2, wires, latex_names={"alpha_1": r"\alpha^{*}"})


def test_pictures_compile(tmp_path: Path, tikz: str) -> None:
    """A few of every kind, on one document; where many are asked for, all."""
    costs = [netsym.cost(netsym.parse("2-2:sigmoid"), "bce", **options)
             for options in COSTS.values()]  # fmt: skip
    chosen = [
        *sample(DENSE, 3), *sample(BOXES, 2), *sample(costs, 2), "gpt2", "resnet50",
        *(make() for make in sample([*RECURRENT.values()], 3)), *map(named, HOSTILE),
        *(small_network(seed).network for seed in sample(range(60), 6)),
    ]  # fmt: skip
    pages = [
        rf"\typeout{{CASE {n}}}{netsym.draw(each).tikz(fragment=True)}\newpage"
        for n, each in enumerate(chosen)
    ]
    log = compiled("\n".join([START, *pages, r"\end{document}"]), tmp_path)
    assert "Missing character" not in log


def test_a_document_is_one_page_of_the_picture(tmp_path: Path, tikz: str) -> None:
    for n, words in enumerate(["2-3-1:tanh", named("a\\b % c"), named("אב x")]):
        document = netsym.draw(words).tikz()
        log = compiled(document, tmp_path, f"picture{n}")
        assert "[1" in log and "[2" not in log
        assert "Overfull" not in log


def test_a_fragment_brings_its_colours() -> None:
    text = netsym.draw("2-3-1:tanh").tikz(fragment=True)
    used = {*re.findall(r"(?:draw|fill|text)=(\w+)", text)}
    assert used == {*re.findall(r"\\definecolor\{(\w+)\}", text)}
    assert text.startswith(r"\begin{tikzpicture}") and text.endswith(r"\end{tikzpicture}")
    assert "usepackage" not in text


def test_symbols_are_mathematics() -> None:
    text = netsym.draw("1-2-1:sigmoid").tikz()
    for symbol in ("$x$", "$a_{1}^{[1]}$", r"$\hat y$", "$w_{21}^{[1]}$"):
        assert f"{{{symbol}}}" in text


@pytest.mark.parametrize(
    ("text", "latex"),
    [
        ("a_1 & 50%", r"a\_1 \& 50\%"), ("\\{}~^#$", None), ("128 × 784", r"128 $\times$ 784"),
        ("Ré ñ Å", r"R\'{e} \~{n} \r{A}"), ("א", "[U+05D0]"), ("σδ", r"$\sigma$$\delta$"),
        ("x₁₂", "x$_1$$_2$"), ("\u2003", "[U+2003]"), ("\t", " "),
    ],
)  # fmt: skip
def test_text_is_escaped(text: str, latex: str | None) -> None:
    found = escaped(text)
    assert latex is None or found == latex
    assert found.isascii()
    assert not re.search(r"(?<!\\)[#%&]", found)
