"""Linear regions against linear programs: which patterns of units there are, and which limits."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from fractions import Fraction as F
from itertools import pairwise, product
from typing import Any

import numpy as np
import pytest
from scipy.optimize import linprog

from netsym.pieces.redundancy import beyond
from netsym.pieces.regions import at, regions
from tests.effort import sample
from tests.networks import dense_network
from tests.pieces.test_regions import applied, drawn, sides, value


def feasible(rows: Sequence[Sequence[float]], box: tuple[float, float] | None) -> bool:
    """Whether all forms can be positive at once, by a linear program with a margin."""
    matrix = np.array(rows)
    limit = np.column_stack([-matrix[:, :-1], np.ones(len(rows))])
    inputs = matrix.shape[1] - 1
    bounds = [*([box or (None, None)] * inputs), (None, 1)]
    found = linprog([*([0] * inputs), -1], A_ub=limit, b_ub=matrix[:, -1], bounds=bounds)
    return bool(found.status == 0 and found.x[-1] > 1e-7)


def patterns(
    layers: Sequence[tuple[Any, Any]], inputs: int, box: tuple[float, float] | None
) -> Iterator[tuple[bool, ...]]:
    """All patterns of active units of a chain of relu layers that somewhere is the case."""
    units = [len(weights) for weights, _ in layers]
    for pattern in product([False, True], repeat=sum(units)):
        values = np.eye(inputs, inputs + 1)
        unread, rows, possible = list(pattern), [], True
        for weights, bias in layers:
            values = np.array(weights) @ values
            values[:, -1] += bias
            for unit in range(len(values)):
                active = unread.pop(0)
                if values[unit, :-1].any():
                    rows.append(values[unit] * (1 if active else -1))
                else:
                    possible &= active == (values[unit, -1] > 0)
                if not active:
                    values[unit] = 0
        if possible and (not rows or feasible(rows, box)):
            yield pattern


@pytest.mark.parametrize("box", [None, (-1.0, 1.0), (0.0, 0.25)])
@pytest.mark.parametrize("seed", sample(range(4), 1))
@pytest.mark.parametrize("widths", [(1, 5), (1, 3, 3), (2, 5), (2, 3, 3), (2, 2, 2, 2)])
def test_the_count_is_that_of_all_patterns(
    widths: tuple[int, ...], seed: int, box: tuple[float, float] | None
) -> None:
    source = np.random.default_rng(seed)
    layers = [
        (source.integers(-3, 4, (units, inputs)).astype(float),
         source.integers(-3, 4, units).astype(float))
        for inputs, units in pairwise(widths)
    ]  # fmt: skip
    chain = ((w.tolist(), b.tolist(), "relu") for w, b in layers)
    network = dense_network(widths[0], *chain)
    expected = set(patterns(layers, widths[0], box))
    found = {
        tuple(unit + 1 in each.active for each in piece.activities for unit in range(each.units))
        for piece in regions(network, box)
    }
    assert found == expected
    assert len(regions(network, box)) == len(expected)


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


@pytest.mark.parametrize("seed", range(8))
def test_inequalities_are_those_that_linear_programs_leave(seed: int) -> None:
    """Against scipy: each is needed, and all those removed follow."""
    network = drawn("3-6relu-4relu-1", seed, whole=bool(seed % 2))
    region = at(network, ["1/7", "2/9", "-3/11"])
    assert region.is_reduced
    rows = np.array([[float(a) for a in each.row] for each in region.inequalities])
    point = np.array([float(x) for x in region.point] + [1.0])
    rows = rows / np.linalg.norm(rows[:, :-1], axis=1, keepdims=True)
    assert (rows @ point > 0).all()
    for place in range(len(rows)):
        others = np.delete(rows, place, axis=0)
        past = [*others, -rows[place]]  # a point beyond it that all others allow
        assert feasible(past, None)
    layer = network.layers[0].parameters
    first = np.column_stack([layer["weights"].entries, layer["bias"].entries])
    for row in first[first[:, :-1].any(axis=1)]:
        assert not feasible([*rows, -row * np.sign(row @ point)], None)


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
