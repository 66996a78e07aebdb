"""How much is tried: a part by the README's command, many where NETSYM_EXAMPLES=many (`.ci/run`).

Where NETSYM_EXAMPLES=all, the longest tests try as many as was asked for once: that takes an hour.

What is `heavy`, so that there is no small part of it, is no part of that; where a file is named,
all of its tests and rows are run.

What is drawn at random is the same in every run, so that a change is judged by itself;
NETSYM_EXAMPLES=new draws as many as "many", anew: what it finds becomes an example.
"""

from __future__ import annotations

import os
import random
from collections.abc import Sequence
from typing import Any, TypeVar

import pytest
from hypothesis import settings

Row = TypeVar("Row")

ASKED = os.environ.get("NETSYM_EXAMPLES", "")
MANY = ASKED in ("many", "new", "all")

heavy = pytest.mark.heavy


def many(number: int, few: int, every: int = 0) -> int:
    """How often something is tried; of what takes long only a part is `many`, and not `every`."""
    if ASKED == "all" and every:
        return every
    return number if MANY else few


def random_examples(number: int, few: int = 0, **others: Any) -> settings:
    """A few examples of a property test, or a tenth; twice the number where many are asked for."""
    count = many(2 * number, few or max(number // 10, 5))
    return settings(max_examples=count, derandomize=ASKED != "new", **others)


def sample(rows: Sequence[Row], few: int) -> list[Row]:
    """All rows, or a few of them, in order: always the same."""
    chosen = random.Random(1).sample(range(len(rows)), many(len(rows), min(few, len(rows))))
    return [rows[index] for index in sorted(chosen)]
