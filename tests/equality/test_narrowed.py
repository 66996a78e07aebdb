"""Networks whose numbers are those of another in float32: as stored, or as decimals that say it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

import netsym
from netsym.equality.comparison import compare
from netsym.equality.narrowed import narrowed
from netsym.equality.sides import aligned, subject
from netsym.network.network import Network
from netsym.ops.parameters import Parameter
from tests.effort import many

SINGLE = "rounded to float32"
KINDS: dict[str, Callable[[float], float]] = {
    "stored": lambda number: float(np.float32(number)),
    "shortest": lambda number: float(str(np.float32(number))),
}
SPECS = ("2-3-1:tanh", "1-2-1:sigmoid", "3-4relu-2", "2-3gelu-3softmax")


def one_ulp_more(number: float) -> float:
    return float(np.nextafter(number, 9 * number))


def drawn(spec: str, seed: int) -> Network:
    """With normal numbers, small whole ones, equal ones, zeros and ones."""
    network, source = netsym.parse(spec), np.random.default_rng(seed)
    names = network.parameter_names()
    numbers = source.normal(size=len(names))
    few = source.random(len(names)) < 0.2
    numbers[few] = source.integers(-2, 3, int(few.sum()))
    return network.with_parameters(dict(zip(names, numbers.tolist(), strict=True)))


def with_numbers(network: Network, number: Callable[[float], float]) -> Network:
    def changed(each: Parameter) -> Parameter:
        return Parameter(each.names, np.vectorize(number, otypes=[float])(each.numbers({})))

    return replace(network, layers=tuple(
        replace(placed, parameters={k: changed(p) for k, p in placed.parameters.items()})
        for placed in network.layers
    ))  # fmt: skip


def turned(network: Network) -> Network:
    """The same function, with the hidden units in another order."""
    first, *others = network.layers
    second, *rest = others

    def reversed_in(placed: object, key: str, axis: int) -> Parameter:
        each = placed.parameters[key]  # type: ignore[attr-defined]
        return Parameter(each.names, np.flip(each.numbers({}), axis).copy())

    before = {key: reversed_in(first, key, 0) for key in first.parameters}
    after = second.parameters | {"weights": reversed_in(second, "weights", 1)}
    layers = (replace(first, parameters=before), replace(second, parameters=after), *rest)
    return replace(network, layers=layers)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("seed", range(many(10, 2)))
def test_the_same_layers_in_float32(spec: str, kind: str, seed: int) -> None:
    network = drawn(spec, seed)
    single = with_numbers(network, KINDS[kind])
    for one, other, which in ((network, single, "second"), (single, network, "first")):
        found = compare(one, other)
        assert found.verdict == "within-error"
        assert f"every number of the {which}" in found.because and SINGLE in found.because
        assert "one by one" in found.evidence[0]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("spec", SPECS)
@pytest.mark.parametrize("seed", range(many(10, 1)))
def test_other_layers_in_float32(spec: str, kind: str, seed: int) -> None:
    """Units in another order are another network, and the same function."""
    network = drawn(spec, seed)
    single = turned(with_numbers(network, KINDS[kind]))
    for one, other in ((network, single), (single, network)):
        found = compare(one, other)
        assert found.verdict == "within-error"
        assert SINGLE in found.because
        assert "the same function" in found.evidence[0]


@pytest.mark.parametrize("seed", range(many(10, 2)))
def test_ulps_and_what_float32_cannot_hold_are_no_rounding(seed: int) -> None:
    network = with_numbers(drawn("2-3-1:tanh", seed), KINDS["stored"])
    for moved in (one_ulp_more, lambda number: number or 1e39):
        one, other = subject(network), subject(with_numbers(network, moved))
        x = np.random.default_rng(seed).normal(size=(4, 2))
        assert narrowed(one, aligned(one, other), x) is None
        assert narrowed(aligned(one, other), one, x) is None


def test_one_number_in_float32_beside_short_ones() -> None:
    """People type halves and quarters: float32 is off in none of them."""
    names = netsym.parse("1-2-1:tanh").parameter_names()
    numbers = [0.5, 0.25, 0.75, 1.0, 2.0, 0.1, -0.5]
    network = netsym.parse("1-2-1:tanh").with_parameters(dict(zip(names, numbers, strict=True)))
    single = with_numbers(network, KINDS["stored"])
    assert SINGLE in compare(network, single).because
    assert SINGLE in compare(single, network).because


@pytest.mark.parametrize("is_turned", [False, True])
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", range(many(10, 2)))
def test_one_unit_in_the_last_place_more_is_no_rounding(
    kind: str, seed: int, is_turned: bool
) -> None:
    network = drawn("2-3-1:tanh", seed)
    single = with_numbers(network, KINDS[kind])
    first = single.layers[0]
    weights = first.parameters["weights"]
    numbers = weights.numbers({}).copy()
    unit = int(np.argmax(np.abs(single.layers[1].parameters["weights"].numbers({}))))  # is used
    numbers[unit, 0] = KINDS[kind](np.nextafter(np.float32(numbers[unit, 0]), np.float32(9)))
    parameters = first.parameters | {"weights": Parameter(weights.names, numbers)}
    single = replace(single, layers=(replace(first, parameters=parameters), *single.layers[1:]))
    one, other = subject(network), subject(turned(single) if is_turned else single)
    x = np.random.default_rng(seed).normal(size=(4, 2))
    assert narrowed(one, aligned(one, other), x) is None
    assert narrowed(aligned(one, other), one, x) is None
