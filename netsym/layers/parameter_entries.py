"""What a person may give as a parameter: nested lists or arrays of names, numbers, formulas."""

from __future__ import annotations

import re
from fractions import Fraction
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.layers import Shape, shape_text

#: How many characters a formula may have.
LONGEST = 1_000_000

#: A number as text, which is exact: a fraction, or a decimal with or without an exponent.
EXACT = (
    r"[+-]?([0-9]{1,400}(/[0-9]{1,400})?"
    r"|([0-9]{1,400}\.?[0-9]{0,400}|\.[0-9]{1,400})([eE][+-]?[0-9]{1,3})?)"
)
#: What is meant as a number, right or wrong.
NUMBER = r"[-+]*[0-9.][0-9A-Za-z_.]*(/([-+]*[0-9.][0-9A-Za-z_.]*)?)*([eE][-+]?[0-9]+)?"
#: What a formula has, and a name has not.
SIGN = r"[-+*/^()|·×∗⋅÷−–]"
_EXACT, _NUMBER, _SIGN = re.compile(EXACT), re.compile(NUMBER), re.compile(SIGN)


class TypedEntry(NamedTuple):
    """An entry that is a formula of names and numbers, as typed."""

    text: str


def entries(
    where: str, given: Any, shape: tuple[int, ...]
) -> npt.NDArray[np.float64] | npt.NDArray[np.object_]:
    """Entries as an array: float64 if all are numbers, else of names (str), float, Fraction and
    TypedEntry.

    `where` is what errors call the parameter. Raises `SpecError` for another shape, for entries
    of another kind, and for numbers that are not finite.
    """
    is_floats = isinstance(given, np.ndarray) and given.dtype.kind == "f"
    array = _floats(given) if is_floats else _nested(where, given, shape)
    if array.shape != shape:
        raise SpecError(
            f"{where} must have shape {_shape(shape)}, but {_shape(array.shape)} was given"
            f"{_instead(array.shape, shape)}"
        )
    numbers = array
    if array.dtype == object:
        numbers = np.array([e if isinstance(e, float) else 0.0 for e in array.flat]).reshape(shape)
    bad = np.argwhere(~np.isfinite(numbers))
    if len(bad):
        index = tuple(int(i) for i in bad[0])
        place = "".join(f"[{i}]" for i in index)
        raise SpecError(f"{where}{place} is {array[index]}; every number must be finite")
    return array


def _floats(given: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
    """The array as float64: a copy, unless nobody can change it."""
    return given.astype(np.float64, copy=bool(given.flags.writeable))


def _instead(given: Shape, wanted: Shape) -> str:
    """What to do with an array that has the right entries in another shape."""
    if len(wanted) == 1 and given in ((*wanted, 1), (1, *wanted)):
        kind = "column" if given[-1] == 1 else "row"
        return f"; this is a matrix of one {kind}, write its entries as one list"
    if sorted(given) == sorted(wanted):
        return "; its axes are in another order, transpose it"
    return ""


def _nested(
    where: str, given: Any, shape: tuple[int, ...]
) -> npt.NDArray[np.float64] | npt.NDArray[np.object_]:
    """Nested lists as an array; raises if they are ragged or hold anything else than entries."""
    if isinstance(given, np.ndarray) and not given.ndim:
        given = given.item()
    level, lengths = [given], []
    while level and all(
        isinstance(item, (list, tuple)) or (isinstance(item, np.ndarray) and item.ndim)
        for item in level
    ):
        sizes = {len(item) for item in level}
        if len(sizes) > 1:
            raise SpecError(
                f"{where} has rows of different lengths ({', '.join(map(str, sorted(sizes)))}); "
                f"it must have shape {_shape(shape)}"
            )
        lengths.append(sizes.pop())
        level = [entry for item in level for entry in item]
        if len(lengths) > len(shape) + 1:
            raise SpecError(f"{where} is nested too deeply; it must have shape {_shape(shape)}")
    only_floats = {float}.issuperset(map(type, level))
    found = level if only_floats else [_entry(where, entry) for entry in level]
    if only_floats or all(isinstance(entry, float) for entry in found):
        return np.array(found, dtype=np.float64).reshape(lengths)
    array = np.empty(len(found), dtype=object)
    array[:] = found
    return array.reshape(lengths)


def is_typed(text: str) -> bool:
    """Whether a text is read as a formula: neither a name, nor meant as a number.

    >>> is_typed("2*w"), is_typed("w"), is_typed("1/3"), is_typed("--3")
    (True, False, False, False)
    """
    return _SIGN.search(text) is not None and not _NUMBER.fullmatch(text)


def _entry(where: str, entry: Any) -> str | float | Fraction | TypedEntry:
    if isinstance(entry, bool) or not isinstance(
        entry, (str, int, float, Fraction, np.integer, np.floating)
    ):
        raise SpecError(
            f"{where} holds {entry!r}; an entry is a number, a name, or an exact number or formula "
            'as text: "0.15", "1/3", "2*w"'
        )
    if isinstance(entry, int) and abs(entry) > 2**53:
        return exact(where, Fraction(entry))
    if isinstance(entry, Fraction):
        return exact(where, entry)
    if not isinstance(entry, str):
        return float(entry)
    if is_typed(entry):
        return TypedEntry(entry)
    if entry and not _NUMBER.match(entry):
        return entry
    if not _EXACT.fullmatch(entry) or not int(entry.partition("/")[2] or 1):
        raise SpecError(
            f"{where} holds {entry[:60]!r}, which is not a number; write one like 0.15 or 1/3"
        )
    return exact(where, Fraction(entry))


def is_writable(number: Fraction) -> bool:
    """Whether an exact number has a float64, and at most 400 digits above and below the line."""
    return max(abs(number.numerator), number.denominator) < 10**400 and abs(number) < 2**1024


def exact(where: str, number: Fraction) -> Fraction:
    """The number, if it has a float64 and is short enough to be written."""
    if not is_writable(number):
        raise SpecError(
            f"{where} holds a number too long or too large: an exact number has at most 400 "
            "digits above and below the line and is less than 1.8e308; write a shorter one"
        )
    return number


def _shape(shape: Shape) -> str:
    return shape_text(shape) or "a single number"
