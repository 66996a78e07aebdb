"""What netsym raises: one base, a few kinds, each with the exit code of the command line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import inf, isfinite, nan
from numbers import Integral, Real
from typing import Any


class NetsymError(Exception):
    """Something a person can mend; its text says what was given, what was expected, what to do."""

    exit_code = 2


class SpecError(NetsymError):
    """A network, a parameter or a request that cannot be understood or does not fit together."""


class UnclearError(SpecError):
    """A formula whose inputs can be understood in several ways, which `readings` lists."""

    def __init__(self, message: str, readings: Sequence[Sequence[str]]) -> None:
        super().__init__(message, readings)
        self.readings = [list(each) for each in readings]

    def __str__(self) -> str:
        return str(self.args[0])


class ValueMissingError(NetsymError):
    """A formula was to be evaluated, but a name in it has no number."""


class OutputError(NetsymError):
    """A result could not be written where it was asked for; what was there before is untouched."""


class NotRunError(NetsymError):
    """Code that an engine does not take, with what the engine says."""

    exit_code = 4


class TooLargeError(NetsymError):
    """Written out, the formula would be larger than allowed; nothing was built."""

    exit_code = 3


def checked_whole(what: str, given: Any, least: int | None = None, most: int | None = None) -> int:
    """A whole number that was given for something; raises `SpecError` for anything else.

    >>> checked_whole("digits", 3.0, 1, 17)
    3
    >>> checked_whole("digits", 20, 1, 17)
    Traceback (most recent call last):
    netsym.errors.SpecError: digits is 20; give a whole number from 1 to 17
    """
    whole = int(given) if isinstance(given, float) and given.is_integer() else given
    if isinstance(whole, Integral) and not isinstance(whole, bool):
        number = int(whole)
        if (least is None or least <= number) and (most is None or number <= most):
            return number
    known = "" if least is None else f" from {least:,}"
    known += "" if most is None else f" to {most:,}"
    raise SpecError(f"{what} is {as_given(given)}; give a whole number{known}")


def check_real(
    what: str, given: Any, least: float | None = None, above: float | None = None
) -> None:
    """Raise `SpecError` unless a finite real number was given, of at least this, or above that.

    >>> check_real("tolerance", float("nan"), least=0)
    Traceback (most recent call last):
    netsym.errors.SpecError: tolerance is nan; give a finite number from 0
    """
    try:
        number = float(given) if isinstance(given, Real) and not isinstance(given, bool) else nan
    except OverflowError:
        number = inf
    large = (least is None or least <= number) and (above is None or above < number)
    if not (isfinite(number) and large):
        known = "" if least is None else f" from {least:g}"
        known += "" if above is None else f" above {above:g}"
        raise SpecError(f"{what} is {as_given(given)}; give a finite number{known}")


def as_given(value: Any) -> str:
    """A value as Python writes it, cut to 60 characters."""
    try:
        text = repr(value)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "a number of thousands of digits"
    return text if len(text) <= 60 else f"{text[:59]}…"


def did_you_mean(word: str, choices: Iterable[str]) -> str:
    """A sentence that offers the nearest of the choices, or lists them all.

    >>> did_you_mean("sigmiod", ["tanh", "sigmoid"])
    "did you mean 'sigmoid'?"
    """
    choices = list(choices)
    if not choices:
        return "there is none to choose from"
    near = nearest(word, choices)
    return f"did you mean {near!r}?" if near else "choose from " + ", ".join(choices)


def nearest(word: str, choices: Iterable[str]) -> str | None:
    """The choice that is most like a word, if one is."""
    if len(word) > 100:  # difflib takes long for long words, and no choice is like this one
        return None
    import difflib  # what is spelled well need not wait for it

    near = difflib.get_close_matches(word.lower(), list(choices), n=1, cutoff=0.6)
    return near[0] if near else None
