"""The options that a spec can give a layer, by name and type: the fields of the layer's class."""

from __future__ import annotations

import dataclasses
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import NoneType
from typing import Any, get_args, get_origin, get_type_hints

from netsym.errors import SpecError
from netsym.layers import Layer

MOST = 10**9  # of anything counted: inputs, units


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a layer: its name, type and default.

    The type is `int`, `float`, `bool`, `str`, or `tuple` for whole numbers along several axes.
    """

    name: str
    type: type
    default: Any = dataclasses.MISSING
    least: int = 1  # of a whole number; a field says otherwise with metadata={"least": 0}

    def checked(self, value: Any) -> Any:
        """The value, if it is of the option's type; raises `SpecError` otherwise."""
        given = type(value)
        if self.type is float and given in (int, float) and math.isfinite(_float(value)):
            return float(value)
        if self.type is int and given is int and self.least <= value <= MOST:
            return value
        if self.type in (bool, str) and given is self.type:
            return value
        if self.type is tuple:
            numbers = value if given is list else [value]
            if numbers and all(type(n) is int and self.least <= n <= MOST for n in numbers):
                return tuple(numbers)
        raise wrong(self.name, value, *self.wanted)

    @property
    def wanted(self) -> tuple[str, str]:
        """What it must be, and an example."""
        return {
            int: (f"a whole number from {self.least} to {MOST:,}", "4"),
            tuple: (f"a whole number from {self.least} to {MOST:,}, or a list of them", "[3, 3]"),
            float: ("a finite number", "0.5"),
            bool: ("true or false", "true"),
            str: ("text in quotes", '"…"' if self.default is dataclasses.MISSING else
                  f'"{self.default}"'),
        }[self.type]  # fmt: skip


@cache
def options(kind: type[Any]) -> Mapping[str, Option]:
    """The options of a layer or block by name, in order; `use_…` switches are not among them."""
    hints = get_type_hints(kind)
    letters = getattr(kind, "letters", {})
    return {
        field.name: Option(
            field.name, _plain(hints[field.name]), field.default, field.metadata.get("least", 1)
        )
        for field in dataclasses.fields(kind)
        if field.name.removeprefix("use_") not in letters
    }


def switches(kind: type[Layer]) -> list[str]:
    """The parameters of a layer that `<parameter> = false` leaves out."""
    fields = {field.name for field in dataclasses.fields(kind)}
    return [key for key in kind.letters if f"use_{key}" in fields]


def _plain(hint: Any) -> type:
    """`float` for `float | None`, `tuple` for `tuple[int, ...]`; others are themselves."""
    said = [hint] if get_origin(hint) is tuple else get_args(hint) or (hint,)
    kinds = [get_origin(kind) or kind for kind in said if kind is not NoneType]
    assert len(kinds) == 1 and kinds[0] in (int, float, bool, str, tuple), f"no way to say {hint}"
    return kinds[0]  # type: ignore[no-any-return]


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def wrong(key: str, value: Any, wanted: str, example: str) -> SpecError:
    """The error for a value that a key cannot have."""
    return SpecError(f"{key} is {as_written(value)}; it must be {wanted}, as in {key} = {example}")


def as_written(value: Any) -> str:
    """A value as a spec writes it, cut to 60 characters.

    >>> as_written(["w", 1, True])
    '["w", 1, true]'
    """
    if isinstance(value, (list, dict)) and len(value) > 20:
        return f"a {'list' if isinstance(value, list) else 'table'} of {len(value)}"
    try:
        text = json.dumps(value, default=str)
    except ValueError:  # Python writes no whole number of more than 4300 digits
        return "a very long number"
    return text if len(text) <= 60 else text[:59] + "…"
