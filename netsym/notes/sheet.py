"""Units on a sheet: where circles, edges and weights are, so that nothing covers anything."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise, product

from netsym.layers.dense import Dense
from netsym.notes import losses
from netsym.notes.marks import MATH, SMALL, WORD, Circle, Label, Mark, Path, Point, aside
from netsym.notes.picture import Picture
from netsym.notes.placing import Labelled, Placing, Rectangle, labels_along, labels_one_by_one
from netsym.notes.symbols import symbol, whole
from netsym.notes.units import Column, Edge, Units

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
_CLOSEST_GAP = 120.0
_SIZE = 15.0  # of the labels of weights
_NEAR, _FAINT = 56.0, 0.45


def draw_units(units: Units) -> Picture:
    """The picture: with a weight at each edge, if there are few and all find room."""
    if len(units.edges) <= _MOST_LABELS and not units.is_cut:
        for gap, place in [*product(_GAPS, [labels_along]), (_GAPS[-1], labels_one_by_one)]:
            sheet = Sheet(units, gap, labelled=True, place=place)
            if sheet.labels is not None:
                return sheet.picture()
    return Sheet(units, _GAPS[1], labelled=False).picture()


def draw_small(units: Units) -> Picture:
    """The picture without weights, as small as can be read."""
    sheet = Sheet(units, _CLOSEST_GAP, labelled=False)
    widest = max(label.width for label in sheet._captions())
    return replace(sheet, gap=max(_CLOSEST_GAP, widest + 8)).picture()


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
        right = max(right, *(label.x + label.width / 2 for label in self._captions()))
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

    def _captions(self) -> Iterator[Label]:
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
