"""Rounding: exact numbers to the nearest float64, once."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

from netsym.ops.balls import Balls, precision
from netsym.ops.formulas import read_parameter
from netsym.ops.parameters import Parameter

_PRECISIONS = (256, 1024, 4096)


def rounded(parameter: Parameter) -> Parameter:
    """A parameter whose exact numbers are rounded to float64; names are not touched.

    Raises `OverflowError` for a number that is too large.
    """
    if parameter.is_numeric or (parameter.formula is None and parameter.entries is None):
        return parameter
    if parameter.formula is not None:
        entries = _values(parameter)
    else:
        assert parameter.entries is not None
        entries = [float(entry) for entry in parameter.entries.flat]
    return Parameter(parameter.names, np.array(entries).reshape(parameter.shape))


def _values(parameter: Parameter) -> list[float]:
    """The entries of a parameter that is derived from numbers alone.

    Intervals are narrowed until both ends have one nearest float64; if they never have, the value
    is the middle of two as far as 4,096 bits can tell, and either is as near.
    """
    ends: list[tuple[float, float]] = []
    for bits in _PRECISIONS:
        with precision(bits):
            balls: list[Any] = read_parameter(parameter, Balls(bits=bits)).reshape(-1).tolist()
            ends = [(_nearest(ball.lower()), _nearest(ball.upper())) for ball in balls]
        if all(low == high for low, high in ends):
            break
    return [low for low, _ in ends]


def _nearest(number: Any) -> float:
    """The float64 nearest to an exact number of flint's; raises `OverflowError` for infinity."""
    if not number.is_finite():
        raise OverflowError("not finite")
    mantissa, exponent = number.man_exp()
    return float(Fraction(int(mantissa)) * Fraction(2) ** int(exponent))
