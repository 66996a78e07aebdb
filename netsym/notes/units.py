"""A stack of dense layers as a picture: a column of circles for every layer, an edge per weight."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise, product

from netsym.graph.names import Names
from netsym.layers import Activated
from netsym.layers.dense import Dense
from netsym.layers.wiring import Placed
from netsym.notes import losses
from netsym.notes.marks import MATH, SMALL, WORD, Circle, Label, Mark, Path, Point, aside
from netsym.notes.parted import Parted
from netsym.notes.picture import Picture
from netsym.notes.placing import Labelled, Placing, Rectangle, labels_along, labels_one_by_one
from netsym.notes.symbols import symbol, whole
from netsym.notes.weights import Weight, weight_at
from netsym.wording import plural
from netsym.writers.palette import ASIDE, Color, layer_color

MOST_UNITS = 6  # of a column that is drawn whole
_MOST_COLUMNS = 9
_MOST_LABELS = 24  # edges that have their weight beside them
_SPREAD = (
    104.0,
    104.0,
    140.0,
    124.0,
    112.0,
    104.0,
    96.0,
)  # between labelled units, by their number
_CLOSE, _RADIUS, _SMALL_RADIUS = 50.0, 25.0, 21.0
_GAPS = (180.0, 220.0, 270.0, 340.0)  # between columns whose labels need so much room
_SIZE = 15.0  # of the labels of weights
_NEAR, _FAINT = 56.0, 0.45


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

    @property
    def wants_labels(self) -> bool:
        """Whether there are few enough weights to say each."""
        return len(self.edges) <= _MOST_LABELS and not self.is_cut

    def picture(self) -> Picture:
        """The picture: with labels, if they all find room."""
        if self.wants_labels:
            for gap, place in [*product(_GAPS, [labels_along]), (_GAPS[-1], labels_one_by_one)]:
                sheet = Sheet(self, gap, labelled=True, place=place)
                if sheet.labels is not None:
                    return sheet.picture()
        return Sheet(self, _GAPS[1], labelled=False).picture()

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
        said.append(
            "every edge has its weight"
            if labelled
            else "edges are weights, which are not written"
            if not self.is_cut
            else "units in the middle are left out, and their edges"
        )
        return f"{'; '.join(said)}. Biases are not drawn."


def _drawn(column: Column) -> str:
    return f", of which {len(column.places)} are drawn" if column.is_cut else ""


@dataclass(frozen=True)
class Sheet:
    """Where everything of it is, with so much between columns, and with the weights or without."""

    units: Units
    gap: float
    labelled: bool
    place: Placing = labels_along

    @property
    def radius(self) -> float:
        """That of a unit."""
        return _RADIUS if self.labelled else _SMALL_RADIUS

    @property
    def columns(self) -> list[Column]:
        """The columns."""
        return self.units.columns

    @property
    def spread(self) -> float:
        """The distance of units of a column."""
        if not self.labelled:
            return _CLOSE
        return _SPREAD[max(len(column.places) for column in self.columns)]

    @cached_property
    def left(self) -> float:
        """Where the inputs are: with room for names that do not fit into them."""
        widest = max((label.width for label in self._outside(0)), default=0.0)
        return 2 * self.radius + 12 + max(widest, 20)

    @cached_property
    def middle(self) -> float:
        """The height of the middle of all columns."""
        above = 58.0 if not self.labelled else 24.0
        return above + self.radius + self.spread * max(max(c.heights) for c in self.columns)

    @property
    def bottom(self) -> float:
        """Where what is said of columns begins."""
        lowest = self.middle + self.spread * max(max(c.heights) for c in self.columns)
        if self.units.parted.losses:
            lowest = max(lowest, self.middle + losses.BELOW - 36)
        return lowest + self.radius + 28

    def x(self, column: int) -> float:
        """Where a column is."""
        return self.left + column * self.gap

    def at(self, column: int, row: int) -> Point:
        """Where a unit is."""
        return self.x(column), self.middle + self.spread * self.columns[column].heights[row]

    # -- weights ----------------------------------------------------------------------------------
    @cached_property
    def labels(self) -> list[list[Rectangle]] | None:
        """The places of the weights, gap by gap; None where they find no room."""
        found = []
        for gap in range(len(self.columns) - 1):
            lines = [self._line(edge) for edge in self._labelled(gap)]
            far = self.gap - self.radius - 24
            places = self.place(lines, _NEAR, far) if lines else []
            if places is None:
                return None
            found.append(places)
        return found

    def _labelled(self, gap: int) -> list[Edge]:
        return [edge for edge in self.units.edges if edge.gap == gap and edge.weight is not None]

    def _line(self, edge: Edge) -> Labelled:
        assert edge.weight is not None
        size = Label(0, 0, (edge.weight.label,), size=_SIZE).width
        source, target = self.at(edge.gap, edge.source), self.at(edge.gap + 1, edge.target)
        return Labelled(source, target, size, _SIZE * 1.3)

    # -- marks ------------------------------------------------------------------------------------
    def picture(self) -> Picture:
        """All of it."""
        parted = self.units.parted
        tail = losses.width_of(parted)
        outside = max((label.width for label in self._outside(-1)), default=0.0)
        right = self.x(len(self.columns) - 1) + self.radius + max(34.0, outside + 20) + tail
        marks = [*self._edges(), *self._weights(), *self._all_units(), *self._captions()]
        if parted.losses:
            last = len(self.columns) - 1
            ends = [self._edge_of(last, row) for row in range(len(self.columns[last].places))]
            x = self.x(last) + self.radius + max(losses.GAP, outside + 40)
            marks += losses.losses(parted, ends, x, self.middle)
        said = self.units.described(self.labelled)
        return Picture(parted.network.title, said, right, self.bottom + 44, tuple(marks))

    def _edge_of(self, column: int, row: int) -> Point:
        x, y = self.at(column, row)
        return x + self.radius + 1, y

    def _edges(self) -> Iterator[Mark]:
        sizes = [abs(e.weight.number) for e in self.units.edges if e.weight and e.weight.number]
        largest = max(sizes, default=1.0)
        for edge in self.units.edges:
            ends = self.at(edge.gap, edge.source), self.at(edge.gap + 1, edge.target)
            color, weight = self.columns[edge.gap + 1].color, edge.weight
            width = 1.3 if weight is None else weight.width(largest)
            faint = _FAINT if not self.labelled or (weight and weight.number == 0) else 1.0
            yield Path(
                ends, width, dashed=bool(weight and weight.is_negative), opacity=faint,
                color=color, role="edge", edge=weight.name if weight else "",
            )  # fmt: skip

    def _weights(self) -> Iterator[Mark]:
        """What edges say; or, if they do not, the arrays, above the gaps."""
        if not self.labelled:
            yield from self._arrays()
            return
        for gap, places in enumerate(self.labels or []):
            for edge, place in zip(self._labelled(gap), places, strict=True):
                assert edge.weight is not None
                yield Label(
                    place.x, place.y, (edge.weight.label,), _SIZE, place.turn, halo=True,
                    color=self.columns[gap + 1].color, edge=edge.weight.name,
                )  # fmt: skip

    def _arrays(self) -> Iterator[Mark]:
        for number, (before, column) in enumerate(pairwise(self.columns)):
            if column.placed is None or not isinstance(column.placed.layer, Dense):
                continue
            x = self.x(number) + self.gap / 2
            text = whole("W", column.placed.number)
            yield Label(x, 20, (text,), size=MATH, color=column.color)
            shape = f"{len(column.names):,} × {len(before.names):,}"
            yield Label(x, 41, (shape,), size=SMALL, color=column.color)

    def _all_units(self) -> Iterator[Mark]:
        for number, column in enumerate(self.columns):
            for row, place in enumerate(column.places):
                x, y = self.at(number, row)
                name = column.names.ascii(place)
                yield Circle(x, y, self.radius, color=column.color, role="unit", unit=name)
                yield self._label(number, row)
            if column.is_cut:
                y = self.middle + self.spread * (column.heights[column.cut] - 1)
                yield Label(self.x(number), y, ("⋮",), size=24, color=column.color, bold=True)

    def _label(self, number: int, row: int) -> Label:
        """The name of a unit, in it, or if it does not fit, beside it."""
        column, (x, y) = self.columns[number], self.at(number, row)
        place = column.places[row]
        index = self.units.parted.index
        text = symbol(column.names, place, self.units.parted.network.latex_names, index)
        size = MATH if self.labelled else 13.0
        label = Label(x, y, (text,), size=size, unit=column.names.ascii(place))
        if label.width <= 1.9 * self.radius:
            return label
        side = -1 if number == 0 else 1
        return Label(
            x + side * (self.radius + 8), y, (text,), size=WORD,
            anchor="end" if number == 0 else "start", unit=label.unit,
        )  # fmt: skip

    def _outside(self, number: int) -> list[Label]:
        """The names beside the units of a column."""
        number %= len(self.columns)
        column = self.columns[number]
        labels = []
        for place in column.places:
            text = symbol(column.names, place, self.units.parted.network.latex_names,
                          self.units.parted.index)  # fmt: skip
            label = Label(0, 0, (text,), size=MATH if self.labelled else 13.0)
            if label.width > 1.9 * self.radius:
                labels.append(Label(0, 0, (text,), size=WORD))
        return labels

    def _captions(self) -> Iterator[Mark]:
        """What is said below columns."""
        for number, column in enumerate(self.columns):
            layer = "" if column.placed is None else f"layer {column.placed.number}"
            first, second = layer or "input", column.function
            if self.units.is_cut:
                first, second = column.count_said, ", ".join(filter(None, (layer, second)))
            x = self.x(number)
            yield Label(x, self.bottom, (first,), size=WORD, color=column.color, bold=True)
            if second:
                yield aside(x, self.bottom + 20, second)
