"""Numbers in formulas: which are written as whole numbers."""

from __future__ import annotations


def whole(value: float) -> int | None:
    """The integer that a float is written as, None where it keeps its point or its exponent.

    >>> whole(2.0), whole(0.5), whole(-0.0), whole(1e22)
    (2, None, None, None)
    """
    if value.is_integer() and abs(value) < 1e16 and str(value) != "-0.0":
        return int(value)
    return None
