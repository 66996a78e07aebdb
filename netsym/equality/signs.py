"""Signs of numbers as sets, which are never too small: of products, of sums, of negatives.

A sign is -1, 0 or 1, and what is known of a number is the set of the signs that it may have.
"""

from __future__ import annotations

from fractions import Fraction
from itertools import product

Signs = frozenset[int]
POSITIVE, NEGATIVE, ZERO = Signs({1}), Signs({-1}), Signs({0})
NOT_NEGATIVE, NOT_POSITIVE, NOT_ZERO = Signs({0, 1}), Signs({-1, 0}), Signs({-1, 1})
ANY = Signs({-1, 0, 1})


def times(one: Signs, other: Signs) -> Signs:
    """The signs of products."""
    return Signs(a * b for a in one for b in other)


def plus(one: Signs, other: Signs) -> Signs:
    """The signs of sums."""
    found: set[int] = set()
    for a, b in product(one, other):
        found |= ANY if a * b < 0 else {a or b}
    return Signs(found)


def flipped(signs: Signs) -> Signs:
    """The signs of negatives."""
    return Signs(-sign for sign in signs)


def sign_of(number: Fraction) -> Signs:
    """That of one number."""
    return Signs({(number > 0) - (number < 0)})
