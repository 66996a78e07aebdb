"""A spec of somebody else's runs no TeX: what names may be in LaTeX, and what is refused."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

import netsym
from netsym import SpecError
from netsym.collapse.derivation import derivation
from netsym.files.files import loads
from netsym.files.latex_of_names import _LETTERS, _SYMBOLS, _TAKING, LONGEST, mistake_in
from netsym.layers.dense import Dense
from netsym.network.columns import names_of
from tests.tex import START, compiled

ALLOWED = (
    "x", "w_{11}", "w_1^2", r"\gamma^{*}", r"b_{\mathrm{max}}'", r"\alpha_{0}^{\prime}", r"\hat y",
    r"x_{\text{\"o}}", r"\text{Größe (cm)}", r"\text{100$\%$ of $<$5 $\alpha$}", "y^{(1)}",
    r"\widehat{\mathbf{W}}_{1,2}^{[3]}", r"\text{a\_b\textbackslash{}}", "{{x}}", r"\{a\}", "x'",
    *(rf"\{word}" for word in sorted({*_SYMBOLS.split(), *_LETTERS})),
    *(rf"\{word}{{x}}_{{1}}" for word in _TAKING.split()),
)  # fmt: skip
#: What is refused, and what is said of it.
REFUSED = {
    "": "braces", r"\input{x}": r"\input, character 1", r"x\write18{ls}": r"\write, character 2",
    r"\immediate\write18{ls}": r"\immediate", "x%y": "%, character 2", "$x$": "$, character 1",
    r"\catcode`\%=12": r"\catcode", "^^5c": "^^, character 1", "x^^5cinput": "^^, character 2",
    r"\text{^^5cinput}": "^^, character 7", r"\text{\input{x}}": r"\input, character 7",
    r"\text{x$\input$}": "$, character 8", r"\text{x": "the end, character 8", "a&b": "&",
    r"a\\b": "\\", "a#1": "#", "ж": "ж, character 1", "x\u202e": "character 2",
    r"\def\x{}": r"\def",
    r"\csname x\endcsname": r"\csname", r"\openin5=x": r"\openin", r"\include{x}": r"\include",
    r"\usepackage{x}": r"\usepackage", r"\loop\iftrue\repeat": r"\loop", "x~y": "~, character 2",
    r"\begin{verbatim}": r"\begin", r"\href{x}{y}": r"\href", r"\special{x}": r"\special",
    "x_1_2": "scripts", "x_": "scripts", r"\hat": "arguments", r"\hat^2": "arguments",
    "{": "braces", "}": "braces", "}x{": "braces", "x" * (LONGEST + 1): "more than",
    r"\hatx": r"\hatx",
    r"\text{\text{x}}": r"\text, character 7", r"\textcolor{red}{x}": r"\textcolor",
}  # fmt: skip
SPEC = """
netsym = 1
inputs = ["u"]
latex = {{u = {latex}}}
[[layers]]
type = "dense"
units = 1
"""


def spec(latex: str) -> str:
    return SPEC.format(latex=f"'{latex}'" if "'" not in latex else f'"""{latex}"""')


@pytest.mark.parametrize("latex", ALLOWED)
def test_letters_scripts_accents_and_fonts_are_allowed(latex: str) -> None:
    assert mistake_in(latex) == ""


def test_what_is_allowed_compiles_with_amsmath_alone(tmp_path: Path) -> None:
    body = "\n".join(rf"\typeout{{CASE {n}}}\[{latex} + 1\]" for n, latex in enumerate(ALLOWED))
    compiled(f"{START}{body}\\end{{document}}", tmp_path)


@pytest.mark.parametrize("latex", REFUSED, ids=ascii)
def test_what_is_refused_is_said_with_its_place(latex: str) -> None:
    assert REFUSED[latex] in mistake_in(latex)


@pytest.mark.parametrize("latex", [r"\input{/etc/passwd}", "x^^5cinput", "100%", "x$"])
def test_a_spec_is_refused_with_the_name_and_what_is_allowed(latex: str) -> None:
    with pytest.raises(SpecError, match=r"latex\.u is .*letters, digits, .*; not allowed: "):
        loads(spec(latex))
    network = netsym.Network.of("t", ["u"], [("a", Dense(units=1), ["input"], {})])
    with pytest.raises(SpecError, match=r"latex\.u is "):
        netsym.save(dataclasses.replace(network, latex_names={"u": latex}), "never.toml")


def test_a_spec_may_name_in_latex() -> None:
    assert r"\text{Größe}" in loads(spec(r"\text{Größe}")).inlined.latex()


HOSTILE = (
    r"\input{/etc/passwd}", r"\write18{touch canary}", "100% $x$ & #1", r"\catcode`\%=12",
    "^^5cinput", "a_b^c~d{e}f", "слой", "年齢", "x\u202ey", r"\end{document}", "α ≤ ½ …",
)  # fmt: skip


def test_texts_of_columns_are_text(tmp_path: Path) -> None:
    """What columns and classes are called is never taken as LaTeX."""
    found = names_of(HOSTILE, "x", lambda _: False).latex.values()
    assert len(found) > 7
    assert [mistake_in(latex) for latex in found] == [""] * len(found)
    body = "".join(rf"\[{latex}\]" for latex in found)
    compiled(f"{START}{body}\\end{{document}}", tmp_path)


def test_names_of_layers_are_text(tmp_path: Path) -> None:
    """A derivation says the names of layers, which are anything in a network made in Python."""
    for number, name in enumerate(filter(str.isprintable, HOSTILE)):
        layers = [
            (name, Dense(units=2, activation="relu"), ["input"], {}),
            ("b", Dense(units=1), [name], {}),
        ]
        network = netsym.Network.of(name, 2, layers)
        text = derivation(netsym.simplify(network), document=True)
        compiled(text, tmp_path, f"layer{number}")


@pytest.mark.parametrize("typed", [r"\input{x} + 1", r"\write18{x}", "x^^5c", r"\catcode x"])
def test_a_typed_formula_is_no_way_to_tex(typed: str) -> None:
    with pytest.raises(SpecError):
        netsym.from_formula(typed)


@pytest.mark.parametrize("name", [r"\input", "a%b", "$x$", "x^^5c", "ж"])
def test_no_name_of_an_input_or_an_output_is_more_than_letters(name: str) -> None:
    wires = [("a", Dense(units=1), ["input"], {})]
    for ends in ({"inputs": [name]}, {"inputs": ["u"], "outputs": [name]}):
        with pytest.raises(SpecError, match="is not a name"):
            netsym.Network.of("t", ends["inputs"], wires, ends.get("outputs", ()))
    with pytest.raises(SpecError, match="is not a name"):
        netsym.Network.of("t", 1, wires, function=name)
