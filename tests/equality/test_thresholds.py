"""Where the proof begins: each bound is exactly where it is said to be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from math import inf, nextafter
from typing import Any

import numpy as np
import pytest

import netsym
from netsym.equality import agreement
from netsym.equality.agreement import Agreement
from netsym.equality.identity import Identity


def proved(equal: list[bool], chance: float, **others: Any) -> Identity:
    facts = {"heuristic": False, "trials": 3, "bits": 31} | others
    return Identity(np.array(equal), chance, **facts)


def test_a_chance_of_2_to_the_minus_40_convinces_and_no_larger_one() -> None:
    assert proved([True, True], -40.0).convinces
    assert not proved([True, True], nextafter(-40.0, inf)).convinces
    assert not proved([True, False], -400.0).convinces


def test_the_chance_is_printed_as_a_power_of_ten_that_it_is_below() -> None:
    assert "below 10^-12 (proved)" in str(proved([True], -40.0))
    assert "below 10^-19 (heuristic, because of exp)" in str(proved([True], -64.0, heuristic=True))


@pytest.mark.parametrize(
    ("one", "other", "equal", "chance"),
    [
        (([1, 1, 0], -50.0), ([1, 1, 0], -64.0), [1, 1, 0], -64.0),  # either is enough
        (([1, 1, 0], -50.0), ([1, 0, 0], -64.0), [1, 1, 0], -50.0),  # the other has nothing new
        (([0, 1, 0], -50.0), ([1, 1, 0], -45.0), [1, 1, 0], -45.0),
        (([1, 0, 0], -50.0), ([0, 1, 1], -50.0), [1, 1, 1], -49.0),  # either may be an accident
        (([1, 0, 0], -41.0), ([0, 1, 1], -41.0), [1, 1, 1], -40.0),
    ],
)
def test_two_proofs_together(one: Any, other: Any, equal: list[int], chance: float) -> None:
    for first, second in ((one, other), (other, one)):
        found = proved([bool(e) for e in first[0]], first[1]).joined(
            proved([bool(e) for e in second[0]], second[1], trials=2, heuristic=True, bits=61)
        )
        assert found.equal.tolist() == [bool(e) for e in equal]
        assert found.chance == pytest.approx(chance, abs=1e-12)


def test_two_proofs_that_are_both_needed_are_as_weak_as_the_weaker() -> None:
    found = proved([True, False], -64.0).joined(
        proved([False, True], -64.0, trials=2, heuristic=True, bits=61)
    )
    assert (found.heuristic, found.trials, found.bits) == (True, 2, 31)


@pytest.fixture
def defined(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Says at how many points the values are defined, whatever was found."""
    agree = agreement.agree

    def at(points: int) -> None:
        def counted(*sides: Any, **options: Any) -> Agreement:
            return replace(agree(*sides, **options), defined=points)

        monkeypatch.setattr(agreement, "agree", counted)

    return at


def test_16_real_points_are_enough_and_15_are_not(defined: Callable[[int], None]) -> None:
    one = netsym.parse("1-2sigmoid-1")
    other = "w2_1_2*σ(w1_2_1 x + b1_2) + w2_1_1*σ(w1_1_1 x + b1_1) + b2_1"
    defined(16)
    assert netsym.compare(one, other).verdict == "identical"
    defined(15)
    found = netsym.compare(one, other)
    assert found.verdict == "undecided"
    assert any("fewer than 16 real points agree" in reason for reason in found.evidence)
