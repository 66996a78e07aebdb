"""A weight as an edge shows it: its name, its number, and how wide that makes the edge."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from netsym.graph.names import literal
from netsym.notes.symbols import Symbol, symbol
from netsym.ops.parameters import Parameter

_THIN, _WIDE = 1.0, 5.5  # pixels


@dataclass(frozen=True, slots=True)
class Weight:
    """A weight: its plain name, what its label says, and its number, if it has one."""

    name: str
    label: Symbol | str
    number: float | None

    @property
    def is_negative(self) -> bool:
        """Whether it is a number below zero."""
        return self.number is not None and self.number < 0

    def width(self, largest: float) -> float:
        """How wide its edge is, beside one of the largest size; names are all alike."""
        if self.number is None:
            return 1.3
        return _THIN + (_WIDE - _THIN) * (abs(self.number) / largest if largest else 0.0)


def weight_at(parameter: Parameter, place: int, latex_names: Mapping[str, str]) -> Weight:
    """The entry at a flat position."""
    entry = None if parameter.entries is None else parameter.entries.reshape(-1)[place]
    if entry is None:
        return Weight(
            parameter.names.ascii(place), symbol(parameter.names, place, latex_names), None
        )
    if isinstance(entry, str):
        return Weight(entry, symbol(literal(entry), 0, latex_names), None)
    return Weight(parameter.names.ascii(place), read_as(float(entry)), float(entry))


def read_as(number: float) -> str:
    """A number for reading: three digits.

    >>> read_as(-0.12345), read_as(12.0), read_as(1e-7)
    ('\u22120.123', '12', '1e\u22127')
    """
    return f"{number:.3g}".replace("e-0", "e-").replace("-", "\N{MINUS SIGN}")
