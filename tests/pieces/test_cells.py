"""Cells of the plane and of space are cut as points say; programs of inequalities by hand."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import islice

import numpy as np
import pytest
from flint import fmpq
from scipy.optimize import linprog

from netsym.pieces import polyhedra
from netsym.pieces.polygons import quadrants, rectangle
from netsym.pieces.redundancy import beyond
from netsym.pieces.regions import regions
from tests.effort import sample
from tests.pieces.test_regions import applied, drawn, patterns, sides, value

F = Fraction


@pytest.mark.parametrize("seed", sample(range(40), 8))
def test_a_polyhedron_and_a_polygon_have_the_same_parts(seed: int) -> None:
    source = random.Random(seed)
    box = ((F(-1), F(2)), (F(0), F(1)))
    plane, space = [(rectangle(box), ())], [(polyhedra.box(box), ())]
    for _ in range(5):
        row = [fmpq(source.randint(-5, 5), source.randint(1, 4)) for _ in range(3)]
        if not any(row[:-1]):
            continue
        plane, space = (
            [(part, (*path, sign)) for cell, path in cells for part, sign in cell.parts(row)]
            for cells in (plane, space)
        )
    assert {path for _, path in plane} == {path for _, path in space}
    assert len(plane) == len({path for _, path in plane})


def test_points_are_inside_and_on_no_line() -> None:
    cells = [*quadrants(), polyhedra.space(2), rectangle(((F(0), F(1)), (F(0), F(9))))]
    for cell in cells:
        points = list(islice(cell.points(), 3))
        matrix = np.array([[1, *map(float, point)] for point in points])
        assert abs(np.linalg.det(matrix)) > 1e-9


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
