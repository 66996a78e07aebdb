"""Cells are cut in two ways that agree, and as points say; programs of inequalities by hand."""

from __future__ import annotations

import random
from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import flint
import numpy as np
import pytest
from scipy.optimize import linprog

from netsym.pieces import cones, polyhedra
from netsym.pieces.redundancy import beyond
from netsym.pieces.regions import regions
from tests.effort import sample
from tests.pieces.test_regions import applied, drawn, patterns, sides, value

F = Fraction


def cut(start: Any, rows: Sequence[Sequence[int]]) -> dict[tuple[int, ...], Any]:
    """The parts of a cell, by the signs of the rows."""
    cells: list[tuple[Any, tuple[int, ...]]] = [(start, ())]
    for row in rows:
        cells = [
            (part, (*path, sign)) for cell, path in cells for part, sign in cell.parts(tuple(row))
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


@pytest.mark.parametrize("seed", sample(range(200), 40))
def test_a_point_beyond_is_found_where_scipy_finds_one(seed: int) -> None:
    source = np.random.default_rng(seed)
    inputs, rows = int(source.integers(1, 5)), int(source.integers(0, 9))
    normals = source.integers(-3, 4, (rows, inputs))
    slack, limit = source.integers(1, 6, rows), int(source.integers(1, 8))
    normal = source.integers(-3, 4, inputs)
    found = beyond(
        np.array(normal.tolist(), dtype=object), limit,
        np.array(normals.tolist(), dtype=object).reshape(rows, inputs),
        np.array(slack.tolist(), dtype=object),
    )  # fmt: skip
    most = linprog(-normal, A_ub=normals if rows else None, b_ub=slack if rows else None,
                   bounds=[(None, None)] * inputs)  # fmt: skip
    reaches = most.status == 3 or (most.status == 0 and -most.fun > limit + 1e-9)
    assert (found is not None) == (reaches and bool(normal.any()))
    if found is not None:
        assert normal @ found > limit
        assert all(normals @ found <= slack)


@pytest.mark.parametrize("box", [None, (-1.0, 1.0)])
@pytest.mark.parametrize("seed", sample(range(4), 1))
@pytest.mark.parametrize("widths", [(3, 5), (3, 3, 3), (4, 4, 2)])
def test_regions_of_several_inputs_are_those_of_all_patterns(
    widths: tuple[int, ...], seed: int, box: tuple[float, float] | None
) -> None:
    spec = f"{widths[0]}-{'-'.join(f'{units}relu' for units in widths[1:])}"
    network = drawn(spec, seed)
    layers = [
        (layer.parameters["weights"].entries, layer.parameters["bias"].entries)
        for layer in network.layers
    ]
    found = regions(network, box)
    active = [
        tuple(unit + 1 in each.active for each in piece.activities for unit in range(each.units))
        for piece in found
    ]
    assert sorted(active) == sorted(patterns(layers, widths[0], box))
    source = random.Random(seed)
    for _ in range(20):
        point = [F(source.randint(-999, 999), 1000) for _ in range(widths[0])]
        (piece,) = (piece for piece in found if all(side > 0 for side in sides(piece, point)))
        assert applied(piece.rows, point) == value(network, point)


def test_four_inputs_and_eight_units() -> None:
    """As many as eight hyperplanes in general position make of four dimensions."""
    assert len(regions(drawn("4-8relu-3", 0, whole=False))) == 163
