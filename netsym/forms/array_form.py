"""A form whose nodes are whole arrays, with the shapes of its letters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, ClassVar

import numpy as np

from netsym.forms.form import Form
from netsym.graph.array_operations import Shapes
from netsym.graph.names import Names

#: An array of numbers as nested tuples.
Nested = float | Fraction | tuple["Nested", ...]


@dataclass(frozen=True, eq=False)
class ArrayForm(Form):
    """A form of letters, each a matrix, a vector or a number, with their `shapes`.

    `numbers` has what some letters stand for; the inlined form writes it in their place.
    """

    shapes: Shapes = ()
    numbers: Mapping[Names, Nested] = field(default_factory=dict)

    whole: ClassVar[bool] = True

    @property
    def _written(self) -> tuple[Any, ...]:
        return *super()._written, self.shapes, self.numbers

    @property
    def is_of_one_step(self) -> bool:
        """Whether a cell is written for one step, which stands for all."""
        return bool(self.steps) or len(self.aside) > 0

    @property
    def why_not_one(self) -> str:
        """Why it cannot be written as one formula; empty if it can."""
        if self.is_of_one_step:
            return (
                "a recurrent layer is written for one step t, and what a step hands on needs a name"
            )
        return self.why_no_letters

    @property
    def why_no_letters(self) -> str:
        """Why there are no letters for all of its arrays; empty if there are."""
        if any(block.op == "formula" for block, _ in self.graph.walk(self.mask)):
            return "a layer is a formula of single units, which has no letters for whole arrays"
        return ""

    @property
    def written_numbers(self) -> Mapping[Names, Nested]:
        """The numbers of the letters that are written as numbers."""
        return {} if self.stops_at_names else self.numbers

    @property
    def written_shapes(self) -> Shapes:
        """The shapes of the letters that are written as letters."""
        return tuple(each for each in self.shapes if each[0] not in self.written_numbers)


def nested(array: Any) -> Nested:
    """The numbers of an array."""
    if np.ndim(array):
        return tuple(map(nested, array))
    return array if isinstance(array, Fraction) else float(array)
