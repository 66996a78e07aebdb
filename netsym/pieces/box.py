"""Boxes of inputs as people give them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netsym.errors import SpecError, as_given
from netsym.pieces.piece import Box
from netsym.pieces.region import exact_number


def box_of(names: Sequence[str], given: Any) -> Box:
    """The (low, high) of each input, exactly, from such a pair for all of them, or one for each.

    Raises `SpecError` for what is no box of inputs with these names.
    """
    wanted = "a box is (low, high) for all inputs, or one such pair for each input"
    try:
        pairs = [list(given)] * len(names) if _is_number(given[0]) else [list(p) for p in given]
    except (TypeError, IndexError, KeyError):
        raise SpecError(f"{wanted}, not {str(given)[:60]!r}") from None
    if len(pairs) != len(names) or any(len(pair) != 2 for pair in pairs):
        raise SpecError(f"{wanted} ({', '.join(names)}), not {str(given)[:60]}")
    sides = []
    for name, pair in zip(names, pairs, strict=True):
        low, high = (exact_number(f"the box: {name}", end) for end in pair)
        if low >= high:
            ends = " to ".join(as_given(end).strip("'") for end in pair)
            raise SpecError(f"the box goes from {ends} in {name}; low must be below high")
        sides.append((low, high))
    return tuple(sides)


def _is_number(given: Any) -> bool:
    return isinstance(given, str) or not hasattr(given, "__len__")
