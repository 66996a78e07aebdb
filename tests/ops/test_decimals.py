"""Numbers as decimals: what is said of arrays, against each of their numbers."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest

from netsym.ops.decimals import are_decimals, decimal

HALVES = np.arange(-40, 41).reshape(3, 27) / 2


@pytest.mark.parametrize("place", [None, 0, 7, 40, 80])
@pytest.mark.parametrize("kind", [float, object])
def test_arrays_are_decimals_if_every_number_is(place: int | None, kind: type) -> None:
    values = HALVES.astype(kind)
    if place is not None:
        values.reshape(-1)[place] = 0.1
    assert are_decimals(values) is (place is None)
    assert are_decimals(values) is all(decimal(v) == v for v in values.ravel().tolist())


def test_fractions_are_what_they_are() -> None:
    assert are_decimals(np.array([Fraction(1, 3), 0.5], dtype=object))
    assert are_decimals(np.empty(0))
