"""A stack of dense layers unit by unit: a column for every layer, and an edge for every weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from netsym.graph.names import Names
from netsym.layers import Activated
from netsym.layers.dense import Dense
from netsym.layers.wiring import Placed
from netsym.notes import losses
from netsym.notes.parted import Parted
from netsym.notes.weights import Weight, weight_at
from netsym.wording import plural
from netsym.writers.palette import ASIDE, Color, layer_color

MOST_UNITS = 6  # of a column that is drawn whole
_MOST_COLUMNS = 9


def is_of_units(parted: Parted) -> bool:
    """Whether a network is drawn unit by unit: a stack of dense layers, and of those that look at
    each value alone.
    """
    vectors = all(len(source.shape) == 1 for source in parted.read)
    plain = all(_is_plain(placed) for placed in parted.layers)
    return parted.is_stack and vectors and plain and len(parted.layers) < _MOST_COLUMNS


def _is_plain(placed: Placed) -> bool:
    if any(len(shape) != 1 for shape in placed.seen):
        return False
    if isinstance(placed.layer, Dense):
        return not placed.layer.skip
    return placed.layer.elementwise


@dataclass(frozen=True, slots=True)
class Column:
    """Units one below another: those at `places` of all that `names` has; the rest is left out.

    `placed` is the layer; the inputs have none.
    """

    names: Names
    places: tuple[int, ...]
    color: Color
    placed: Placed | None
    is_last: bool

    @property
    def is_cut(self) -> bool:
        """Whether units are left out."""
        return len(self.places) < len(self.names)

    @property
    def cut(self) -> int:
        """After how many units some are left out."""
        return len(self.places) - 2 if self.is_cut else len(self.places)

    @property
    def heights(self) -> list[float]:
        """Where its units are, in rows from its middle; what is left out takes a row."""
        rows = len(self.places) + self.is_cut
        taken = [row for row in range(rows) if not self.is_cut or row != self.cut]
        return [row - (rows - 1) / 2 for row in taken]

    @property
    def count_said(self) -> str:
        """How many units there are."""
        kind = "input" if self.placed is None else "output" if self.is_last else "unit"
        return plural(len(self.names), kind)

    @property
    def function(self) -> str:
        """What the layer does to each of its sums, or to each value."""
        if self.placed is None:
            return ""
        layer = self.placed.layer
        return layer.activation if isinstance(layer, Activated) else layer.describe()


def shown(count: int) -> tuple[int, ...]:
    """Which units are drawn: all, or the first and the last.

    >>> shown(6), shown(10), shown(784)
    ((0, 1, 2, 3, 4, 5), (0, 1, 8, 9), (0, 1, 2, 782, 783))
    """
    if count <= MOST_UNITS:
        return tuple(range(count))
    first = 2 if count <= 10 else 3
    return (*range(first), count - 2, count - 1)


@dataclass(frozen=True, slots=True)
class Edge:
    """What a unit reads: from which row of the column before to which of its own, with a weight."""

    gap: int
    source: int
    target: int
    weight: Weight | None


@dataclass(frozen=True)
class Units:
    """The picture of a network that is drawn unit by unit."""

    parted: Parted

    @cached_property
    def columns(self) -> list[Column]:
        """The inputs, and the units of every layer."""
        (start,) = self.parted.read
        found = [Column(start.names, shown(len(start.names)), ASIDE, None, False)]
        for placed in self.parted.layers:
            names = self._names(placed)
            last = placed is self.parted.layers[-1]
            found.append(Column(names, shown(len(names)), layer_color(placed.number), placed, last))
        return found

    def _names(self, placed: Placed) -> Names:
        """The names of the units of a layer: of outputs their own."""
        shape = placed.shape[len(placed.examples) :]
        if self.parted.losses and placed is self.parted.layers[-1]:
            return Names("y", None, () if shape == (1,) else shape)
        for each in self.parted.network.outputs:
            if each.source == placed.name:
                return each.names
        return Names(self.parted.network.letters[placed.name], placed.number, shape)

    @cached_property
    def edges(self) -> list[Edge]:
        """All edges that are drawn, by column, and there by source."""
        return [
            edge
            for gap, (before, column) in enumerate(pairwise(self.columns))
            for edge in self._between(gap, before, column)
        ]

    def _between(self, gap: int, before: Column, column: Column) -> Iterator[Edge]:
        assert column.placed is not None
        weights = column.placed.parameters.get("weights")
        dense, latex = isinstance(column.placed.layer, Dense), self.parted.network.latex_names
        for row, source in enumerate(before.places):
            for target_row, target in enumerate(column.places):
                if not dense and source != target:
                    continue
                place = target * len(before.names) + source if dense else target
                weight = None if weights is None else weight_at(weights, place, latex)
                yield Edge(gap, row, target_row, weight)

    @property
    def is_cut(self) -> bool:
        """Whether units are left out."""
        return any(column.is_cut for column in self.columns)

    def described(self, labelled: bool) -> str:
        """What is drawn, in words."""
        start, *layers = self.columns
        said = [start.count_said + _drawn(start)]
        for column in layers:
            assert column.placed is not None
            units = plural(len(column.names), "unit")
            said.append(
                f"layer {column.placed.number} with {units}, {column.function}{_drawn(column)}"
            )
        said += losses.described(self.parted)
        numbers = any(edge.weight and edge.weight.number is not None for edge in self.edges)
        if numbers:
            said.append(
                "an edge is as wide as its weight is large, and dashed where it is negative"
            )
        if labelled:
            said.append("every edge has its weight")
        elif self.is_cut:
            said.append("units in the middle are left out, and their edges")
        else:
            said.append("edges are weights, which are not written")
        return f"{'; '.join(said)}. Biases are not drawn."


def _drawn(column: Column) -> str:
    return f", of which {len(column.places)} are drawn" if column.is_cut else ""
