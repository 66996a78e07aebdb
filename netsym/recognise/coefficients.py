"""What stands before a value in a sum: an exact sum of products of names, with powers below 0."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from fractions import Fraction

from netsym.layers.parameter_entries import is_writable

Powers = tuple[tuple[str, int], ...]

_LONGEST = 4000  # products that a sum of names is multiplied out to


class TooLong(Exception):
    """A product of sums of names, or a number, that is longer than is worth reading."""


class Coefficient:
    """Numbers times whole powers of letters, which are names, or constants as they are written.

    >>> w, b = Coefficient.letter("w"), Coefficient.letter("b")
    >>> print((w + b) * Coefficient.of(2) - w, w.inverse())
    w + 2*b 1/w
    """

    __slots__ = ("_hash", "terms")

    def __init__(self, terms: Mapping[Powers, Fraction]) -> None:
        self.terms = terms
        self._hash: int | None = None

    @classmethod
    def of(cls, number: Fraction | int) -> Coefficient:
        """A number."""
        return cls({(): Fraction(number)}) if number else ZERO

    @classmethod
    def letter(cls, letter: str) -> Coefficient:
        """A name, or a constant such as pi."""
        return cls({((letter, 1),): Fraction(1)})

    # -- what it is -----------------------------------------------------------------------------
    def __bool__(self) -> bool:
        return bool(self.terms)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Coefficient) and (
            self.terms is other.terms or self.terms == other.terms
        )

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset(self.terms.items()))
        return self._hash

    @property
    def number(self) -> Fraction | None:
        """The number that it is; None where there are letters."""
        if not self.terms:
            return Fraction(0)
        return self.terms.get(()) if len(self.terms) == 1 else None

    @property
    def name(self) -> str | None:
        """The one name that it is, if it is one."""
        letter = self.one_letter
        return letter if letter and self.terms[((letter, 1),)] == 1 else None

    @property
    def one_letter(self) -> str:
        """The letter that it is a multiple of; empty where it is of none, or of a power."""
        if not self.is_product:
            return ""
        ((powers, _),) = self.terms.items()
        return powers[0][0] if len(powers) == 1 and powers[0][1] == 1 else ""

    @property
    def is_product(self) -> bool:
        """Whether it is one product, which can be divided by."""
        return len(self.terms) == 1

    @property
    def is_negative(self) -> bool:
        """Whether its first number is below 0."""
        return bool(self.terms) and next(iter(self.terms.values())) < 0

    def letters(self) -> Iterator[str]:
        """Every letter in it, as often as it is written."""
        return (letter for powers in self.terms for letter, _ in powers)

    def refuse_long(self) -> None:
        """Raise `TooLong` for numbers that no parameter can have."""
        if not all(map(is_writable, self.terms.values())):
            raise TooLong("a number too long or too large to be a parameter")

    # -- arithmetic -----------------------------------------------------------------------------
    def __add__(self, other: Coefficient) -> Coefficient:
        if not self.terms or not other.terms:
            return other if not self.terms else self
        return self.total((self, other))

    @classmethod
    def total(cls, summands: Iterable[Coefficient]) -> Coefficient:
        """A sum of many, each term of which is looked at once."""
        terms: dict[Powers, Fraction] = {}
        for each in summands:
            for powers, number in each.terms.items():
                terms[powers] = terms.get(powers, 0) + number
        return cls({powers: number for powers, number in terms.items() if number})

    def __neg__(self) -> Coefficient:
        return Coefficient({powers: -number for powers, number in self.terms.items()})

    def __sub__(self, other: Coefficient) -> Coefficient:
        return self + -other

    def __mul__(self, other: Coefficient) -> Coefficient:
        for one, rest in ((self, other), (other, self)):
            if one.terms == ONE.terms:
                return rest
        if len(self.terms) * len(other.terms) > _LONGEST:
            raise TooLong("sums of names multiplied out are too long")
        total: dict[Powers, Fraction] = {}
        for mine, number in self.terms.items():
            for theirs, factor in other.terms.items():
                powers = _product(mine, theirs)
                whole = total.get(powers, 0) + number * factor
                if whole:
                    total[powers] = whole
                else:
                    del total[powers]
        return Coefficient(total)

    def inverse(self) -> Coefficient:
        """One by it; a sum becomes a letter of its own. Raises `ZeroDivisionError` for 0."""
        if not self.terms:
            raise ZeroDivisionError
        if not self.is_product:
            return Coefficient({((f"({self})", -1),): Fraction(1)})
        ((powers, number),) = self.terms.items()
        turned = tuple((letter, -power) for letter, power in powers)
        return Coefficient({turned: 1 / number})

    def power(self, exponent: int) -> Coefficient:
        """A whole power."""
        base, made = self if exponent >= 0 else self.inverse(), ONE
        for _ in range(abs(exponent)):
            made = made * base
        return made

    # -- text -----------------------------------------------------------------------------------
    def __str__(self) -> str:
        """As a formula of its letters, with fractions as they are."""
        if not self.terms:
            return "0"
        said = ""
        for powers, number in self.terms.items():
            sign = "-" if number < 0 else "+"
            lead = "-" if number < 0 else ""
            said += (
                f" {sign} {_as_product(powers, abs(number))}"
                if said
                else (lead + _as_product(powers, abs(number)))
            )
        return said

    def __repr__(self) -> str:
        return f"<{self}>"


ZERO = Coefficient({})
ONE = Coefficient({(): Fraction(1)})


def _product(one: Powers, other: Powers) -> Powers:
    if not one or not other:
        return other or one
    together = dict(one)
    for letter, power in other:
        together[letter] = together.get(letter, 0) + power
    return tuple(sorted((letter, power) for letter, power in together.items() if power))


def _as_product(powers: Powers, number: Fraction) -> str:
    above = [_power(letter, power) for letter, power in powers if power > 0]
    below = [_power(letter, -power) for letter, power in powers if power < 0]
    if number != 1 or not above:
        said = as_text(number)
        above.insert(0, f"({said})" if "/" in said and (above or below) else said)
    return "*".join(above) + "".join(f"/{each}" for each in below)


def _power(letter: str, power: int) -> str:
    return letter if power == 1 else f"{letter}^{power}"


def as_text(number: Fraction) -> str:
    """A number as a decimal, if it is one of at most 17 digits, or as a fraction.

    >>> as_text(Fraction(1, 4)), as_text(Fraction(1, 3)), as_text(Fraction(7))
    ('0.25', '1/3', '7')
    """
    if number.denominator == 1:
        return str(number.numerator)
    shortest = repr(float(number))
    return shortest if Fraction(shortest) == number else f"{number.numerator}/{number.denominator}"
