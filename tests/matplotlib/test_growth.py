"""Growth, plotted by matplotlib."""

from __future__ import annotations

import re
from importlib import import_module
from math import log10
from pathlib import Path

import pytest

import netsym
from netsym.notes.growth import SUFFIXES, _figure
from tests.cli.running import run

LSTM = Path(__file__).parents[2] / "examples" / "lstm.toml"
DEEP = netsym.parse("10-10-1:tanh")


def test_a_line_for_each_form_with_its_counts() -> None:
    growth = DEEP.growth(depth=[1, 2, 4, 6, 8])
    (axes,) = _figure([growth]).axes
    lines = [line for line in axes.lines if len(line.get_xdata()) == 5]
    powers = [[log10(count) for count in counts] for counts in growth.nodes.values()]
    assert [[*line.get_ydata()] for line in lines] == powers
    assert axes.get_legend() is None
    assert [line.get_linestyle() for line in lines] == ["-", "--", "-", "-"]
    assert (
        len({line.get_marker() for line in lines}) == len({line.get_color() for line in lines}) == 4
    )
    said = {text.get_text() for text in axes.texts}
    assert said == {
        "one formula\n×10 a layer", "layered\n+330 a layer", "shared\n10 fewer",
        "matrix\n+5 a layer", "limit of netsym: 1,000,000", "a text of 4 GB",
    }  # fmt: skip


@pytest.mark.parametrize("last", [2, 4, 9, 30])
@pytest.mark.parametrize("along", ["depth", "width", "steps"])
def test_names_of_lines_do_not_touch(along: str, last: int) -> None:
    network = netsym.load(LSTM) if along == "steps" else DEEP
    figure = _figure([network.growth(**{along: range(1, last + 1)})])
    (axes,) = figure.axes
    canvas = import_module("matplotlib.backends.backend_agg").FigureCanvasAgg(figure)
    canvas.draw()
    renderer = canvas.get_renderer()
    boxes = [text.get_window_extent(renderer) for text in axes.texts]
    named = [box for box, text in zip(boxes, axes.texts, strict=True) if "\n" in text.get_text()]
    assert len(named) > 2
    for n, box in enumerate(named):
        assert not any(box.overlaps(other) for other in named[n + 1 :])
        assert box.x1 <= figure.bbox.x1 + 1
    assert list(axes.get_xticks())[-1] == last and len(axes.get_xticks()) <= 10


def test_counts_larger_than_any_float() -> None:
    figure = _figure([netsym.parse("2-100-1:tanh").growth(depth=[1, 100, 300])])
    (axes,) = figure.axes
    assert max(max(line.get_ydata()) for line in axes.lines) > 590
    figure.draw_without_rendering()
    assert "$10^{600}$" in [text.get_text() for text in axes.get_yticklabels()]


def test_several_networks_stand_beside_each_other(tmp_path: Path) -> None:
    both = [DEEP.growth(depth=[1, 2, 3]), DEEP.growth(width=[1, 5, 9])]
    left, right = _figure(both).axes
    assert left.get_position().x1 < right.get_position().x0
    assert [axes.get_xlabel() for axes in (left, right)] == [
        "number of hidden layers", "width of the hidden layers",
    ]  # fmt: skip
    assert (bool(left.get_ylabel()), bool(right.get_ylabel())) == (True, False)
    netsym.plot_growth(both, tmp_path / "both.svg")
    assert (tmp_path / "both.svg").read_text(encoding="utf-8").count("one formula") == 2


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_files_are_the_same_each_time(suffix: str, tmp_path: Path) -> None:
    growth = DEEP.growth(depth=[1, 2, 3, 4])
    for name in ("one", "again"):
        netsym.plot_growth(growth, tmp_path / f"{name}{suffix}")
    one = (tmp_path / f"one{suffix}").read_bytes()
    assert one == (tmp_path / f"again{suffix}").read_bytes()
    assert one[:4] in (b"<?xm", b"\x89PNG", b"%PDF")


def test_text_of_an_svg_is_text(tmp_path: Path) -> None:
    netsym.plot_growth(DEEP.growth(depth=[1, 2, 3, 4]), tmp_path / "growth.svg")
    text = (tmp_path / "growth.svg").read_text(encoding="utf-8")
    assert "one formula" in text and re.search(r"×10 a layer", text)


def test_from_the_command_line(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "growth.png"
    ran = run(capfd, "size", "10-10-1:tanh", "--depth", "1..4", "--plot", target)
    assert (ran.code, ran.err) == (0, f"note: the plot is in {target}\n")
    assert ran.out.startswith("10-10-1:tanh, nodes for each number of hidden layers\n")
    assert target.stat().st_size > 5_000
