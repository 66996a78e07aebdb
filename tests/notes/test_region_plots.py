"""Regions of one and of two inputs, plotted with their formulas."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest

import netsym
from netsym.notes.axes import Axes, round_numbers
from netsym.notes.marks import Label
from netsym.notes.marks import Path as Line
from netsym.notes.picture import Picture
from netsym.notes.regions import MapOfRegions
from tests.effort import many
from tests.notes.pictures import elements, inside, points_of, text_of
from tests.tex import compiled

HAT = Path(__file__).parents[2] / "examples" / "hat.toml"


def relu(spec: str, seed: int) -> netsym.Network:
    """A network of random short numbers."""
    source, network = random.Random(seed), netsym.parse(spec)
    return network.with_parameters(
        {name: Fraction(source.randint(-20, 20), 10) for name in network.parameter_names()}
    )


def covered(picture: Picture) -> list[str]:
    """Labels on labels."""
    labels = [mark for mark in picture.marks if isinstance(mark, Label)]
    return [
        f"{one.text} and {other.text}"
        for n, one in enumerate(labels) for other in labels[n + 1 :]
        if any(inside(other, *point) for point in points_of(one))
    ]  # fmt: skip


def test_each_piece_has_its_formula_beside_it() -> None:
    picture = netsym.draw(netsym.regions(netsym.load(HAT)))
    pieces = [m for m in picture.marks if isinstance(m, Line) and m.role == "piece"]
    labels = [m for m in picture.marks if isinstance(m, Label) and m.role == "formula"]
    assert [m.text for m in labels] == [
        ("y = 0",), ("y = x + 1",), ("y = \u2212x + 1",), ("y = 0",),
    ]  # fmt: skip
    for piece, label in zip(pieces, labels, strict=True):
        (x, _), (u, _) = piece.ends
        assert x - label.width < label.x < u + label.width
        assert piece.color == label.color
    assert pieces[0].ends[1] == pieces[1].ends[0]
    assert {"\u22121", "0", "1", "x", "y"} <= set(text_of(picture))
    assert not covered(picture)


def test_many_pieces_are_numbered_and_listed() -> None:
    network = relu("1-30-1:relu", 1)
    found = netsym.regions(network)
    picture = netsym.draw(found)
    said = text_of(picture)
    count = len(found.intervals(1))
    assert count > 10 and {"1", "2", "10"} <= set(said)
    assert sum(text.startswith("y = ") for text in said) == min(count, 18)
    assert "rounded to 3 digits" in said or "rounded" not in picture.description


def test_several_outputs_have_a_line_each() -> None:
    picture = netsym.draw(netsym.regions(relu("1-3relu-2", 2)))
    said = " ".join(text_of(picture))
    assert "y₁ = " in said and "y₂ = " in said
    assert len({m.color for m in picture.marks if isinstance(m, Line) and m.role == "piece"}) == 2
    assert not covered(picture)


def test_a_map_has_every_region_with_its_number_and_formula() -> None:
    found = netsym.regions(relu("2-4-1:relu", 3), box=[-3, 3])
    picture = netsym.draw(found)
    areas = [m for m in picture.marks if isinstance(m, Line) and m.fill]
    assert len(areas) == len(found)
    said = text_of(picture)
    assert sum(text.startswith("y = ") for text in said) == found.maps
    assert {"x₁", "x₂"} <= set(said)
    assert not covered(picture)


def area(corners: list[tuple[Fraction, Fraction]]) -> Fraction:
    """By the shoelace formula."""
    turned = zip(corners, [*corners[1:], *corners[:1]], strict=True)
    return abs(sum((a * d - b * c for (a, b), (c, d) in turned), Fraction(0))) / 2


@pytest.mark.parametrize("seed", range(many(20, 5)))
def test_the_regions_are_the_whole_window_and_numbers_are_in_them(seed: int) -> None:
    """Their areas add up to that of the window, exactly; the network is the map in each."""
    from netsym.notes.regions import _clipped

    network = relu("2-4-2-1:relu", seed)
    found = netsym.regions(network)
    axes = MapOfRegions(found, 3)._axes()
    parts = [_clipped(piece, axes) for piece in found]
    window = (axes.high[0] - axes.low[0]) * (axes.high[1] - axes.low[1])
    assert sum(map(area, parts), Fraction(0)) == window
    for piece, corners in zip(found, parts, strict=True):
        if area(corners):
            x, y = (float(sum(c[n] for c in corners) / len(corners)) for n in (0, 1))
            ((a, b, c),) = piece.rows
            assert network(x, y) == pytest.approx(float(a) * x + float(b) * y + float(c), abs=1e-9)


@pytest.mark.parametrize("seed", range(many(30, 6)))
@pytest.mark.parametrize("spec", ["1-4-1:relu", "1-3relu-2", "2-3-1:relu", "2-3relu-3"])
def test_random_plots_are_sound(spec: str, seed: int) -> None:
    picture = netsym.draw(netsym.regions(relu(spec, seed)))
    assert elements(picture, "path")
    formulas = [m for m in picture.marks if isinstance(m, Label) and m.role == "formula"]
    for n, one in enumerate(formulas):
        assert not any(inside(o, *p) for o in formulas[n + 1 :] for p in points_of(one))


def test_a_box_is_the_window() -> None:
    axes = MapOfRegions(netsym.regions(relu("2-3-1:relu", 1), box=[[-1, 2], [0, 5]]), 3)._axes()
    assert axes == Axes((Fraction(-1), Fraction(0)), (Fraction(2), Fraction(5)))


def test_a_line_without_kinks() -> None:
    picture = netsym.draw(netsym.regions(netsym.parse("1-1").with_parameters(
        {"w1_1_1": 2.0, "b1_1": -1.0})))  # fmt: skip
    assert "y = 2·x \u2212 1" in text_of(picture)


@pytest.mark.parametrize("spec", ["3-2-1:relu", "1-5"])
def test_what_has_no_plot(spec: str) -> None:
    with pytest.raises(netsym.SpecError, match="regions are drawn for one or two inputs"):
        netsym.draw(netsym.regions(relu(spec, 0)))


@pytest.mark.parametrize(
    ("low", "high"), [(0, 1), (-3, 7), (Fraction(-1, 1000), Fraction(1, 500)), (10**6, 10**6 + 3)]
)
def test_ticks_are_few_and_round(low: Fraction, high: Fraction) -> None:
    ticks = round_numbers(Fraction(low), Fraction(high))
    assert 3 <= len(ticks) <= 8
    assert low <= ticks[0] and ticks[-1] <= high
    steps = {b - a for a, b in pairwise(ticks)}
    assert len(steps) == 1


def test_plots_compile(tmp_path: Path, tikz: str) -> None:
    pages = [netsym.draw(netsym.regions(network)).tikz(fragment=True) for network in
             (netsym.load(HAT), relu("1-3relu-2", 2), relu("2-3relu-2", 1))]  # fmt: skip
    start = r"\documentclass{article}\usepackage{tikz}\begin{document}"
    compiled("\n\\newpage\n".join([start, *pages]) + r"\end{document}", tmp_path)
