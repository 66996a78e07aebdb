"""How much is tried: a part by the README's command, all where NETSYM_EXAMPLES=many (`.ci/run`)."""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import Any, TypeVar

from hypothesis import settings

Row = TypeVar("Row")

MANY = os.environ.get("NETSYM_EXAMPLES") == "many"


def many(number: int, few: int) -> int:
    """How often something is tried."""
    return number if MANY else few


def random_examples(number: int, **others: Any) -> settings:
    """A fifth of the examples of a property test; twice as many where many are asked for."""
    return settings(max_examples=many(2 * number, max(number // 5, 5)), **others)


def sample(rows: Sequence[Row], few: int) -> list[Row]:
    """All rows, or a few of them, in order: always the same."""
    chosen = random.Random(1).sample(range(len(rows)), many(len(rows), few))
    return [rows[index] for index in sorted(chosen)]
