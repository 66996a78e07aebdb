"""Sample points: what they must have among them, and what they must not cost."""

from __future__ import annotations

from fractions import Fraction
from hashlib import blake2b
from math import sqrt
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.equality.agreement import Place, draws
from netsym.equality.points import affine_basis, sample, values_for
from netsym.equality.sides import subject
from netsym.layers.blocks import Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation
from netsym.layers.normalisation import BatchNorm
from netsym.ops.proved.balls import Balls, precision
from netsym.ops.proved.rationals import Rationals
from netsym.ops.reading import read_formula
from tests import effort


def network_of(spec: str, seed: int) -> tuple[Any, dict[str, float]]:
    network = netsym.parse(spec)
    return network, values_for(network.parameter_names(), seed)


def one_by_one(name: str, seed: int) -> float:
    """A name's value, by the definition: a hash is a sign and a share of the distribution."""
    drawn = blake2b(f"{seed} {name}".encode(), digest_size=8).digest()
    share = int.from_bytes(drawn[1:]) / 2**56
    power = -2 + sqrt(6 * share) if share < 2 / 3 else 1 - sqrt(3 * (1 - share))
    return float((-1) ** (drawn[0] & 1) * 10**power)


def sides(network: Any, values: Any, x: Any) -> Any:
    """Which sides of every unit the points show, in exact arithmetic."""
    ops = Rationals(values)
    network.read(ops, ops.points(x))
    return np.concatenate([np.concatenate([c.above, c.below]) for c in ops.coverage])


def large(seed: int) -> Any:
    source = np.random.default_rng(seed)
    weights = [source.normal(size=(128, 784)) / 28, source.normal(size=(10, 128)) / 11]
    return netsym.Network.of(
        "large", 784,
        [("one", Dense(units=128, activation="relu"), ["input"],
          {"weights": weights[0], "bias": source.normal(size=128)}),
         ("two", Dense(units=10), ["one"], {"weights": weights[1], "bias": np.zeros(10)})],
    )  # fmt: skip


def test_the_base_points() -> None:
    network, values = network_of("3-4-1:tanh", 0)
    x = sample(network.read, 3, 5, 40, values)
    assert x.shape == (40, 3)
    assert x.dtype == np.float64
    assert np.isfinite(x).all()
    assert x[0].tolist() == [0, 0, 0]
    moderate = (np.abs(x) <= 2).all(axis=1)
    assert moderate.sum() >= 40 / 3
    wide = np.abs(x[~moderate])
    assert wide.min() >= 1e-3
    assert wide.max() <= 1e4
    assert wide.max() > 1e3
    assert wide.min() < 1e-2
    assert (x > 0).any()
    assert (x < 0).any()


def test_the_same_arguments_give_the_same_points() -> None:
    network, values = network_of("2-4-4-1:relu", 1)
    first = sample(network.read, 2, 7, 16, values)
    assert first.tolist() == sample(network.read, 2, 7, 16, values).tolist()
    assert first[:16].tolist() != sample(network.read, 2, 8, 16, values)[:16].tolist()


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_points(count: int) -> None:
    network, values = network_of("2-3-1:sigmoid", 0)
    assert sample(network.read, 2, 0, count, values).shape == (count, 2)


@pytest.mark.parametrize("seed", effort.sample(range(6), 2))
@pytest.mark.parametrize(
    "spec", ["1-2-1:relu", "2-4-4-1:relu", "2-3-3-1:leaky_relu", "2-3-1:hard_sigmoid"]
)
def test_every_unit_is_seen_on_every_side_that_it_has(spec: str, seed: int) -> None:
    """A side that none of 3,000 points at random shows may be out of reach."""
    network, values = network_of(spec, seed)
    width = len(network.input_names)
    source = np.random.default_rng(seed + 100)
    many = source.normal(size=(3000, width)) * 10 ** source.uniform(-2, 4, (3000, 1))
    reachable = sides(network, values, many)
    assert reachable.any()
    x = sample(network.read, width, seed, 8, values)
    assert not (reachable & ~sides(network, values, x)).any()


def test_a_side_far_off_is_found_by_search() -> None:
    """The second unit is active only within 1e-3 of x = 777.25, where nothing at random is."""
    network = netsym.Network.of(
        "a needle", 1,
        [("tent", Dense(units=3, activation="relu"), ["input"],
          {"weights": [[1.0], [1.0], [1.0]], "bias": [-776.0, -777.25, -778.5]}),
         ("peak", Dense(units=1, activation="relu"), ["tent"],
          {"weights": [[1.0, -2.0, 1.0]], "bias": [-1.249]})],
    )  # fmt: skip
    x = sample(network.read, 1, 0, 8)
    assert sides(network, {}, x).all()


def test_points_beside_every_kink() -> None:
    """Units x - 1/3 and 0.7 - 2x: pairs of points on either side of 1/3 and 0.35, close by."""
    network = netsym.Network.of(
        "two kinks", 1,
        [("one", Dense(units=2, activation="relu"), ["input"],
          {"weights": [[1.0], [-2.0]], "bias": [-1 / 3, 0.7]})],
    )  # fmt: skip
    x = np.sort(sample(network.read, 1, 0, 8)[:, 0])
    for kink in (1 / 3, 0.35):
        assert 0 < kink - x[x < kink].max() < 1e-7
        assert 0 < x[x > kink].min() - kink < 1e-7


def test_kinks_of_formulas() -> None:
    network, values = network_of("2-3-1:relu", 2)
    formula = network.inlined

    def read(ops: Any, x: Any) -> Any:
        return read_formula(formula, ops, x)

    x = sample(read, 2, 0, 8, values)
    assert len(x) > 8
    with precision(128):
        ops = Balls(values, 128)
        read(ops, ops.points(x))
        assert all((c.above | c.below).all() for c in ops.coverage)


@pytest.mark.parametrize("count", [1, 16])
def test_large_networks_get_few_more_points(count: int) -> None:
    network = large(0)
    x = sample(network.read, 784, 0, count)
    assert count < len(x) <= count + 48
    assert np.isfinite(x).all()
    margins = network.layers[0].parameters["weights"].entries @ x.T
    margins += network.layers[0].parameters["bias"].entries[:, None]
    assert ((margins > 0).any(axis=1) & (margins < 0).any(axis=1)).all()


def test_the_values_of_names() -> None:
    names = [f"w1_{n}" for n in range(1, 500)]
    found = values_for(names, 3)
    assert list(found) == names
    assert found == {name: one_by_one(name, 3) for name in names}
    assert values_for(reversed(names), 3) == found
    assert values_for(["w1_7"], 3) == {"w1_7": found["w1_7"]}
    assert values_for(["w1_7"], 4) != values_for(["w1_7"], 3)
    sizes = np.abs(list(found.values()))
    assert 0.01 <= sizes.min() < 0.1
    assert 3 < sizes.max() <= 10
    assert ((sizes > 0.1) & (sizes < 3)).mean() > 0.6
    assert 0.4 < np.mean([value > 0 for value in found.values()]) < 0.6


def test_affine_basis() -> None:
    assert affine_basis(2).tolist() == [[0, 0], [1, 0], [0, 1]]


def test_variances_are_drawn_above_0_so_that_what_differs_behind_them_is_found() -> None:
    wires: list[Wire] = [
        ("first", Dense(units=2), ["input"], {}),
        ("norm", BatchNorm(), ["first"], {}),
        ("bent", Activation(activation="relu"), ["norm"], {}),
    ]
    one = netsym.Network.of("one", 2, [*wires, ("last", Dense(units=1), ["bent"], {})])
    other = netsym.Network.of(
        "other", 2, [*wires, ("last", Dense(units=1), ["bent"], {"bias": ["q"]})]
    )
    assert subject(one).positive == {"v2_1", "v2_2"}
    for draw in draws(subject(one), subject(other), "seed"):
        assert draw.values["v2_1"] > 0 and draw.values["v2_2"] > 0
        known = {name: draw.values[name] for name in one.parameter_names()}
        assert np.isfinite(one(draw.x, parameters=known)).all()
    assert netsym.compare(one, other).verdict == "different"


def test_a_point_is_never_said_to_be_minus_zero() -> None:
    assert str(Place({"x": -0.0, "y": Fraction(1, 3)}, {"w": 0.0})) == "x = 0.0, y = 1/3, w = 0.0"
