"""A piece of a network, as one of all of them: an affine map, and where it holds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from netsym.pieces.affine_text import Row
from netsym.pieces.region import Activity, Inequality, Point

#: The (low, high) of each input.
Box = tuple[tuple[Fraction, Fraction], ...]


@dataclass(frozen=True, slots=True)
class Piece:
    """One linear region: `rows` has for each output its coefficients, and its bias last.

    `inequalities` are its sides, without those that follow from others or from the box. With one
    input it goes from `low` to `high`, None for no end. `point` is inside.
    """

    rows: tuple[Row, ...]
    inequalities: tuple[Inequality, ...]
    activities: tuple[Activity, ...]
    point: Point
    low: Fraction | None = None
    high: Fraction | None = None

    def __repr__(self) -> str:
        return f"<linear piece around {', '.join(map(str, self.point))}>"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; numbers are exact fractions, as text."""
        ends = {"low": self.low, "high": self.high} if len(self.point) == 1 else {}
        return {
            "matrix": [list(map(str, row[:-1])) for row in self.rows],
            "bias": [str(row[-1]) for row in self.rows],
            "inequalities": [each.to_json() for each in self.inequalities],
            **{key: None if end is None else str(end) for key, end in ends.items()},
            "point": list(map(str, self.point)),
            "active": [each.to_json() for each in self.activities],
        }


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the one input is, from `low` to `high` (None for no end), and the `rows` there."""

    low: Fraction | None
    high: Fraction | None
    rows: tuple[Row, ...]
