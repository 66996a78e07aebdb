"""A notebook in a real kernel: what it shows, and what is left of it once it is exported."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient
from nbconvert import HTMLExporter, LatexExporter, MarkdownExporter, ScriptExporter

from tests.conftest import PATIENCE
from tests.notes.browser import found
from tests.test_examples import EXAMPLES, run
from tests.writers.test_palette import contrast


@cache
def executed() -> Any:
    """The notebook of the examples with its outputs."""
    notebook = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=4)
    here = {"metadata": {"path": str(EXAMPLES.parent)}}
    NotebookClient(notebook, timeout=PATIENCE, resources=here).execute()
    return notebook


def shown() -> list[Any]:
    """What each cell shows."""
    return [output for cell in executed().cells for output in cell.get("outputs", [])]


def test_every_cell_shows_its_result_in_three_languages() -> None:
    outputs = shown()
    assert len(outputs) == len(executed().cells) >= 7
    for output in outputs:
        assert output.output_type == "execute_result"
        assert output.data.keys() == {"text/plain", "text/latex", "text/html"}
        assert len(output.data["text/plain"].splitlines()) <= 25


def test_the_notebook_is_kept_without_outputs() -> None:
    kept = nbformat.read(EXAMPLES / "notebook.ipynb", as_version=4)
    nbformat.validate(kept)
    assert not any(cell.outputs or cell.execution_count for cell in kept.cells)


SEEN = """
    const cells = [...document.querySelectorAll('.netsym')];
    const style = (e, key) => getComputedStyle(e)[key];
    found.count = cells.length;
    found.math = document.querySelectorAll('.netsym math').length;
    found.height = Math.max(...cells.map(e => e.offsetHeight));
    found.over = cells.filter(e => e.scrollWidth > e.clientWidth + 1).length;
    found.stripes = [...document.querySelectorAll('.netsym tr')].filter(
      e => style(e, 'backgroundColor') !== 'rgba(0, 0, 0, 0)').length;
    found.numbers = style(document.querySelector('.netsym td.r'), 'textAlign');
    found.words = style(document.querySelector('.netsym td.l'), 'textAlign');
    found.color = style(cells[0], 'color'); found.ground = style(cells[0], 'backgroundColor');
    found.folded = [...document.querySelectorAll('.netsym details')].some(e => e.open);
"""


def rgb(color: str) -> str:
    return "".join(f"{int(part):02X}" for part in re.findall(r"\d+", color)[:3])


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_exported_to_html_it_looks_as_in_the_notebook(theme: str, tmp_path: Path) -> None:
    html, _ = HTMLExporter(theme=theme).from_notebook_node(executed())
    bare = re.sub(r"<script(?! type=.application)[^>]*>.*?</script>", "", html, flags=re.DOTALL)
    there = found(bare, SEEN, tmp_path, "1200,2600")
    assert there["count"] == len(shown())
    assert there["math"] >= 12
    assert there["height"] <= 600 and not there["over"] and not there["stripes"]
    assert (there["numbers"], there["words"]) == ("right", "left") and not there["folded"]
    assert contrast(rgb(there["color"]), rgb(there["ground"])) >= 7
    assert (rgb(there["ground"]) == "FFFFFF") is (theme == "light")


def test_exported_to_latex_it_has_the_mathematics() -> None:
    latex, _ = LatexExporter().from_notebook_node(executed())
    assert r"W^{[2]} {\underbrace{\sigma\bigl(W^{[1]} x + b^{[1]}\bigr)}_{a^{[1]}}}" in latex
    assert r"\begin{array}{lrr}" in latex and r"\begin{cases}" in latex
    assert "<div" not in latex


def test_exported_to_markdown_and_to_a_script() -> None:
    markdown, _ = MarkdownExporter().from_notebook_node(executed())
    assert "<script" not in markdown and markdown.count('class="netsym') == len(shown())
    script, _ = ScriptExporter().from_notebook_node(executed())
    assert "network.inlined" in script


def test_the_picture_of_the_readme_is_made(tmp_path: Path) -> None:
    run("pictures/make.py", tmp_path, "notebook")
    made = (tmp_path / "notebook.png").read_bytes()
    assert made.startswith(b"\x89PNG")
    kept = EXAMPLES / "pictures" / "notebook.png"
    assert made[16:20] == kept.read_bytes()[16:20]  # as wide
    assert kept.stat().st_size < 80_000
