"""Terms of a comparison: what is assumed and allowed, and how far it is looked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from netsym.errors import SpecError, as_given, check_real, checked_whole
from netsym.pieces.cells import BUDGET
from netsym.pieces.region import exact_number

#: The size of inputs for which a bound is given.
BOX = 10.0


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a comparison.

    Points are always the same; another `seed` adds others to them. `tolerance` is a difference
    that is allowed, `where` are conditions on inputs and names, as text. What rounding does is
    bounded for inputs within ±`box`. `budget` is how many pieces of piecewise functions, or sectors
    of others, are looked at.
    """

    seed: int = 0
    tolerance: float | None = None
    where: tuple[str, ...] = ()
    box: float = BOX
    budget: int = BUDGET

    @classmethod
    def of(
        cls,
        seed: int = 0,
        tolerance: float | None = None,
        where: str | Sequence[str] = (),
        box: Any = None,
        budget: int = BUDGET,
    ) -> Terms:
        """Terms as a person gives them; `box` is (low, high) for all inputs, or a pair for each.

        Raises `SpecError` for what is none.
        """
        if tolerance is not None:
            check_real("tolerance", tolerance, least=0)
        if not isinstance(where, Sequence):
            raise SpecError(f"where is {as_given(where)}; give text, or a list of texts")
        texts = (where,) if isinstance(where, str) else tuple(where)
        size = BOX if box is None else _size(box)
        budget = checked_whole("budget", budget, 1)
        return cls(checked_whole("seed", seed), tolerance, texts, size, budget)


#: What is meant where nothing is said.
USUAL = Terms()


def _size(box: Any) -> float:
    """The size of the largest input in a box."""
    try:
        ends = [end for side in box for end in (side if _is_pair(side) else [side])]
    except TypeError:
        ends = []
    if not ends or len(ends) % 2:
        raise SpecError(
            f"a box is (low, high) for all inputs, or one such pair for each input, not "
            f"{as_given(box)}"
        )
    return float(max(abs(exact_number("the box", end)) for end in ends))


def _is_pair(side: Any) -> bool:
    return not isinstance(side, str) and hasattr(side, "__len__")
