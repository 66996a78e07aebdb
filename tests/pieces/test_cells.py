"""Cells are cut in two ways that agree, and as points say; programs of inequalities by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest

from netsym.pieces import cones, polyhedra
from netsym.pieces.hyperplane import Hyperplane
from netsym.pieces.regions import regions
from tests.effort import sample
from tests.pieces.test_regions import drawn

F = Fraction


def cut(start: Any, rows: Sequence[Sequence[int]]) -> dict[tuple[int, ...], Any]:
    """The parts of a cell, by the signs of the rows."""
    cells: list[tuple[Any, tuple[int, ...]]] = [(start, ())]
    for row in rows:
        cells = [
            (part, (*path, sign))
            for plane in [Hyperplane(tuple(row))]
            for cell, path in cells
            for part, sign in cell.parts(plane)
        ]
    assert len(cells) == len({path for _, path in cells})
    return {path: cell for cell, path in cells}


def drawn_rows(source: random.Random, dimensions: int) -> list[list[int]]:
    """Small whole numbers, so that planes meet in points where others go through, too."""
    rows = [[source.randint(-2, 2) for _ in range(dimensions + 1)] for _ in range(7)]
    return [row for row in rows if any(row[:-1])]


@pytest.mark.parametrize("boxed", [False, True])
@pytest.mark.parametrize("dimensions", [1, 2, 3, 4])
@pytest.mark.parametrize("seed", sample(range(40), 8))
def test_a_cone_and_a_polyhedron_have_the_same_parts_and_facets(
    seed: int, dimensions: int, boxed: bool
) -> None:
    rows = drawn_rows(random.Random(seed), dimensions)
    sides = [(F(-1), F(2))] * dimensions
    kinds = (cones, polyhedra)
    mine, theirs = (
        cut(kind.box(sides) if boxed else kind.space(dimensions), rows) for kind in kinds
    )
    assert mine.keys() == theirs.keys()
    for path, cone in mine.items():
        other = theirs[path]
        needed = {tuple(other.rows[row].tolist()) for row in other.facets}
        assert {cone.rows[row] for row in cone.facets} - {(*[0] * dimensions, 1)} == needed


@pytest.mark.parametrize("dimensions", [1, 2, 3, 5])
def test_points_are_inside_and_on_no_hyperplane(dimensions: int) -> None:
    rows = drawn_rows(random.Random(dimensions), dimensions)
    thin = [*rows, [1, *[10**40] * (dimensions - 1), 3], [10**40, *[10**20] * dimensions]]
    for kind in (cones, polyhedra):
        for cell in cut(kind.space(dimensions), thin).values():
            points = list(cell.points())
            assert len(points) == dimensions + 1
            assert all(value > 0 for row in cell.rows for value in np.array(points) @ row)
            assert flint.fmpz_mat(dimensions + 1, dimensions + 1, sum(points, ())).det()


def test_a_box_of_many_inputs_has_regions() -> None:
    """Which has too many corners to list them."""
    network = drawn("14-3relu-1", 0)
    assert len(regions(network, (-1, 1))) == 8


def test_four_inputs_and_eight_units() -> None:
    """As many as eight hyperplanes in general position make of four dimensions."""
    assert len(regions(drawn("4-8relu-3", 0, whole=False))) == 163
