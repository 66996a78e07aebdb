"""Typed numbers: their exact or nearest value, and how precisely they were typed."""

from __future__ import annotations

import math
import sys
from fractions import Fraction

_LONGEST = 1000
_SURVIVE = 15  # digits, of which no two decimals are the same float64, if they are not subnormal


class NumberError(ValueError):
    """A number that no formula can hold; `hint` says what to do."""

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.hint = hint


def value_of(word: str) -> float | Fraction:
    """The value of a number as typed: 1/3, long integers and long decimals exactly, else float64.

    Raises `NumberError` for what is too long, too large, or nonzero and too small.

    >>> value_of("0.5"), value_of("1/3"), value_of("12345678901234567890")
    (0.5, Fraction(1, 3), Fraction(12345678901234567890, 1))
    """
    if len(word) > _LONGEST:
        raise NumberError(
            f"a number of {len(word):,} characters", f"a number may have {_LONGEST:,}"
        )
    above, slash, below = word.partition("/")
    if slash:
        return Fraction(int(above), int(below))
    value = float(word)
    if math.isinf(value):
        raise NumberError("this number is too large", "a number must be less than 1.8e308")
    if value == 0 and any(digit in "123456789" for digit in word.lower().partition("e")[0]):
        raise NumberError("this number is too small", "numbers below 5e-324 are zero in float64")
    if word.isdecimal() and (value >= 1e16 or int(word) != value):
        return Fraction(int(word))
    digits = word.lower().partition("e")[0].replace(".", "").lstrip("0")
    if len(digits) > _SURVIVE or 0 < value < sys.float_info.min:
        exact = Fraction(word)
        return value if exact == Fraction(repr(value)) else exact
    return value


def fraction_of(above: str, below: str) -> bool:
    """Whether two numbers make one that is written as a quotient: integers in lowest terms.

    >>> fraction_of("1", "3"), fraction_of("2", "4"), fraction_of("1.0", "3")
    (True, False, False)
    """
    if not (above.isdecimal() and below.isdecimal()) or len(above) + len(below) > _LONGEST:
        return False
    over, under = int(above), int(below)
    return under > 1 and over > 0 and math.gcd(over, under) == 1


def half_unit(word: str) -> Fraction | None:
    """Half a unit of the last digit of a decimal; None for what is typed as a whole number.

    >>> half_unit("0.33"), half_unit("1e-05"), half_unit("3"), half_unit("1e8"), half_unit("2.")
    (Fraction(1, 200), Fraction(1, 200000), None, None, None)
    """
    mantissa, _, exponent = word.lower().partition("e")
    digits = len(mantissa.partition(".")[2])
    power = int(exponent or 0) - digits
    if not digits and power >= 0:
        return None
    return Fraction(10) ** power / 2 if abs(power) < 5000 else Fraction(0)


def digits(value: Fraction, half: Fraction) -> int:
    """How many significant digits a decimal has, by half a unit of its last digit; 0 has none.

    >>> digits(Fraction("0.330"), Fraction(1, 2000)), digits(Fraction(-12, 10), Fraction(1, 20))
    (3, 2)
    """
    return len(str(int(abs(value) / (2 * half)))) if half and value else 0
