"""Numbers in formulas: which are written as whole numbers."""

from __future__ import annotations

from collections.abc import Iterable


def whole(value: float) -> int | None:
    """The integer that a float is written as, None where it keeps its point or its exponent.

    >>> whole(2.0), whole(0.5), whole(-0.0), whole(1e22)
    (2, None, None, None)
    """
    if value.is_integer() and abs(value) < 1e16 and str(value) != "-0.0":
        return int(value)
    return None


def decimals(values: Iterable[float]) -> list[str]:
    """The texts of floats, which are read as the same float64 again; `whole` ones have no point.

    >>> decimals([2.0, -0.5, -0.0, 1e22])
    ['2', '-0.5', '-0.0', '1e+22']
    """
    return [
        text[:-2] if text[-2:] == ".0" and text != "-0.0" else text for text in map(repr, values)
    ]
