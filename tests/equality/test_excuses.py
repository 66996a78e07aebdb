"""Whether an affine layer is another function, rounded: by digits, against intervals far out."""

from __future__ import annotations

from fractions import Fraction
from itertools import pairwise
from math import ulp
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.collapse import maps
from netsym.equality import excuses
from netsym.equality.sides import Subject, aligned, in_decimals, subject
from tests.effort import many
from tests.networks import dense_network

_KINDS = 5


def drawn(source: np.random.Generator, *shape: int) -> Any:
    """Small whole numbers, zeros and ones, powers of two, and numbers of every magnitude."""
    normal = source.normal(size=shape)
    kinds = (
        source.integers(-3, 4, shape).astype(float),
        source.integers(0, 2, shape).astype(float),
        2.0 ** source.integers(-54, 3, shape),
        normal,
        normal * 2.0 ** source.integers(-30, 30, shape),
    )
    return kinds[source.integers(_KINDS)]


def product(layers: list[tuple[Any, Any]]) -> tuple[Any, Any]:
    """Weights and bias of affine layers, one after another, in fractions."""
    exact = np.vectorize(Fraction, otypes=[object])
    weights, bias = map(exact, layers[0])
    for w, b in layers[1:]:
        weights, bias = exact(w) @ weights, exact(w) @ bias + exact(b)
    return weights, bias


def nudged(source: np.random.Generator, numbers: Any) -> Any:
    """Numbers, one of which is often moved by a unit in the last place."""
    moved = numbers.copy()
    place = tuple(source.integers(length) for length in moved.shape)
    toward = source.choice([-np.inf, np.inf, moved[place]])
    moved[place] = np.nextafter(moved[place], toward)
    return moved


def both_ways(one: netsym.Network, other: netsym.Network) -> tuple[bool | None, bool]:
    first = subject(one)
    second = aligned(first, subject(other, first))
    return excuses._rounded_digits(first, second), excuses._rounded_far_out(first, second)


def linear(*layers: tuple[Any, Any | None]) -> netsym.Network:
    return dense_network(layers[0][0].shape[1], *((w, b, "linear") for w, b in layers))


def is_rounded(exact: Any, numbers: Any) -> bool:
    """Whether every number is at most half a unit in its last place off, in fractions."""
    pairs = zip(exact.flat, numbers.flat, strict=True)
    return all(
        2 * abs(truth - Fraction(number)) <= Fraction(ulp(number)) for truth, number in pairs
    )


def test_digits_say_what_fractions_say_and_so_do_intervals(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(maps, "MANY", 0)
    source, seen = np.random.default_rng(18), []
    for _ in range(many(2000, 100)):
        widths = source.integers(1, 5, source.integers(2, 5)).tolist()
        layers = [
            (drawn(source, after, before), drawn(source, after))
            for before, after in pairwise(widths)
        ]
        exact = product(layers)
        numbers = [nudged(source, each.astype(float)) for each in exact]
        found, far_out = both_ways(linear(*layers), linear((numbers[0], numbers[1])))
        assert found is all(map(is_rounded, exact, numbers))
        assert found or not far_out  # where a sum is 0, intervals do not know it well enough
        seen += [(found, far_out)]
    assert {(True, True), (False, False)} <= {*seen}
    assert seen.count((True, False)) < len(seen) / 100


@pytest.mark.parametrize(
    ("number", "rounded"), [(1, True), (1 + 2.0**-52, True), (1 + 2.0**-51, False)]
)
def test_the_middle_of_two_floats_is_either(
    number: float, rounded: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(maps, "MANY", 0)
    nothing = np.zeros(1)
    first = np.array([[1.0], [2.0**-53]]), np.zeros(2)
    one = linear(first, (np.ones((1, 2)), nothing))
    other = linear((np.array([[number]]), nothing))
    assert both_ways(one, other) == (rounded, rounded)


def test_what_digits_do_not_say(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few numbers, decimals, and inputs in another order are left to intervals."""
    weights, bias = np.array([[0.5, 0.25]]), np.zeros(1)
    one, other = subject(linear((weights, bias))), subject(linear((weights, bias)))
    assert excuses._rounded_digits(one, other) is None
    monkeypatch.setattr(maps, "MANY", 0)
    assert excuses._rounded_digits(one, other)
    assert excuses._rounded_digits(one, subject(linear((weights, None))))
    assert not excuses._rounded_digits(subject(linear((weights, bias + 1))), other)
    turned = Subject("turned", other.inputs, other.outputs, other.network, order=np.array([1, 0]))
    for pair in ((in_decimals(one), other), (one, in_decimals(other)), (one, turned)):
        assert excuses._rounded_digits(*pair) is None
