"""Numbers for names that have none, the same each time: something to look at."""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping


def parameters(names: Iterable[str], given: Mapping[str, float]) -> dict[str, float]:
    """A number for every name: the one that it has, or one from -2 to 2 that is not 0."""
    source = random.Random(1)
    return {name: given.get(name, round(source.uniform(-2, 2), 1) or 1.0) for name in names}


def point(count: int) -> list[float]:
    """So many numbers from 0 to 1."""
    source = random.Random(2)
    return [round(source.uniform(0, 1), 2) for _ in range(count)]
