"""Names of values: structured (letter, layer, indices), so that each writer spells them its way."""

from __future__ import annotations

import keyword
import math
import re
from dataclasses import dataclass
from itertools import product

from netsym.errors import SpecError
from netsym.formula.functions import FUNCTIONS

#: What a value cannot be called: words of Python, functions, and what they need from `math`.
RESERVED = frozenset(
    {
        *keyword.kwlist,
        "__debug__",
        *FUNCTIONS,
        *(word for f in FUNCTIONS.values() for word in f.python.split()),
    }
)
_IDENTIFIER = re.compile(r"[^\W\d]\w*", re.ASCII)
_INDEX = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Names:
    """The names of an array of values: `base`, `layer` and one index per axis of `shape`.

    `literal` holds the names themselves, flattened, where a person chose them.

    >>> Names("w", 1, (2, 3)).ascii(4)
    'w1_2_2'
    >>> Names("x").ascii(0), Names("", literal=("w_11", "w_12")).ascii(1)
    ('x', 'w_12')
    """

    base: str
    layer: int | None = None
    shape: tuple[int, ...] = ()
    literal: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.literal) or math.prod(self.shape)

    def indices(self, position: int) -> tuple[int, ...]:
        """The indices of a flat position, counted from 1."""
        found = []
        for length in reversed(self.shape):
            position, index = divmod(position, length)
            found.append(index + 1)
        return tuple(reversed(found))

    def position(self, text: str) -> int | None:
        """The flat position of a plain name, or None if it is not one of these.

        >>> Names("w", 1, (2, 3)).position("w1_2_2"), Names("w", 1, (2, 3)).position("w1_3_1")
        (4, None)
        """
        if self.literal:
            return self.literal.index(text) if text in self.literal else None
        prefix, *indices = text.split("_")
        if prefix != self.base + ("" if self.layer is None else str(self.layer)):
            return None
        if len(indices) != len(self.shape) or not all(map(_INDEX.fullmatch, indices)):
            return None
        place = tuple(int(index) - 1 for index in indices)
        if any(i >= n for i, n in zip(place, self.shape, strict=True)):
            return None
        position = 0
        for index, length in zip(place, self.shape, strict=True):
            position = position * length + index
        return position

    def ascii(self, position: int) -> str:
        """The plain name, which is also the name in Python, sympy and `parameters=`."""
        if self.literal:
            return self.literal[position]
        layer = "" if self.layer is None else str(self.layer)
        return "_".join([self.base + layer, *map(str, self.indices(position))])

    def all(self) -> list[str]:
        """All plain names, in order."""
        if self.literal:
            return list(self.literal)
        start = self.base + ("" if self.layer is None else str(self.layer))
        axes = ([str(index) for index in range(1, length + 1)] for length in self.shape)
        return ["_".join((start, *indices)) for indices in product(*axes)]


def literal(*names: str) -> Names:
    """Names as a person gave them."""
    return Names("", None, (len(names),), names)


def refuse_bad_name(name: str) -> None:
    """Raise `SpecError` if a text cannot name a value, in Python and sympy as well."""
    if not is_name(name):
        raise SpecError(
            f"{name[:60]!r} is not a name: use letters, digits and underscores, starting with a "
            "letter, as in w_11"
        )
    if name in RESERVED:
        raise SpecError(f"{name!r} is a function or a word of Python; choose another name")


def is_name(text: str) -> bool:
    """Whether a text is an ASCII identifier."""
    return _IDENTIFIER.fullmatch(text) is not None
