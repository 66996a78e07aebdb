"""A form whose nodes are whole arrays, with the shapes of its letters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from netsym.forms.form import Form
from netsym.graph.array_operations import Shapes


@dataclass(frozen=True, eq=False)
class ArrayForm(Form):
    """A form of letters, each a matrix, a vector or a number, with their `shapes`."""

    shapes: Shapes = ()

    whole: ClassVar[bool] = True

    @property
    def _written(self) -> tuple[Any, ...]:
        return *super()._written, self.shapes
