"""Names made of the texts of columns and classes; those of models are in tests/sklearn."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from netsym.graph.names import is_name, is_reserved
from netsym.layers.parameter_formulas import has_meaning
from netsym.network.columns import names_of
from tests.tex import START, compiled

HOSTILE = [
    "net worth", "a<b|c>d#1$%&_{}~^\\x\"'`", "μ/σ² (°C)", "Größe", "Ångström ç œ ø ł ß ý ÿ Ý É",
    "2nd", "a--b", "x\ty\nz", "\x1b[31mred", "年齢 age", "[1ex]", "a, b", "\\end{aligned}",
    "a\\\\b",
]  # fmt: skip
TEXTS = st.sampled_from([*HOSTILE, "", "exp", "y", "x_1", "a1_1", "net-worth", "net_worth", "5",
                         "e", "Tanh"])  # fmt: skip


@given(st.lists(TEXTS | st.text(max_size=8), max_size=8), st.sets(TEXTS, max_size=4))
def test_names_are_names_and_clash_with_nothing(texts: list[str], taken: set[str]) -> None:
    named = names_of(texts, "x", taken.__contains__)
    assert all(
        is_name(name) and not is_reserved(name) and name not in taken for name in named.names
    )
    assert "e" not in named.names and "Tanh" not in named.names  # as a formula reads them
    assert len(set(named.names)) == len(texts) and len(set(named.latex.values())) == len(
        named.latex
    )
    words = taken | {"e", "Tanh"}
    free = {
        t
        for t in texts
        if is_name(t) and not is_reserved(t) and t not in words and not has_meaning(t)
    }
    assert all(name == text for name, text in zip(named.names, texts, strict=True) if text in free
               and texts.count(text) == 1)  # fmt: skip
    changed = [(text, name) for text, name in zip(texts, named.names, strict=True) if text != name]
    assert list(named.notes) == [f"{text!r} is {name}" for text, name in changed]


def test_words_in_latex_compile(tmp_path: Path) -> None:
    signs = [f"a{chr(c)}b" for c in [*range(32, 127), *range(0xA0, 0x180), *range(0x370, 0x400)]]
    latex = names_of([*HOSTILE, *signs], "x", lambda _: False).latex
    assert len(latex) > 100
    body = "".join(f"\\[{words} + 1\\]\n" for words in latex.values())
    compiled(f"{START}\n{body}\\end{{document}}\n", tmp_path, "words")
    assert b"Missing character" not in tmp_path.joinpath("words.log").read_bytes()
