"""The linear regions of a network as a plot, with the formula of each.

Of one input it is the graph of the function, of two a map of the plane.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import combinations, pairwise
from statistics import median

from netsym.errors import SpecError
from netsym.graph.names import Names
from netsym.notes.axes import BELOW, HEIGHT, LEFT, TOP, WIDTH, Axes, padded
from netsym.notes.marks import SMALL, WORD, Circle, Label, Mark, Path, Point
from netsym.notes.picture import Picture
from netsym.notes.placing import Rectangle, crosses, meet
from netsym.pieces.affine_text import Row, Writer
from netsym.pieces.piece import Interval, Piece
from netsym.pieces.regions import Regions
from netsym.wording import few, plural
from netsym.writers.palette import ASIDE, LAYERS, Color
from netsym.writers.text import Unicode, speller_of_names

_DIGITS = 3
_MOST_OUTPUTS, _MOST_LISTED = 4, 18
_LINE = 24.0
_PAD = Fraction(1, 3)
_MANY = 12
_FAR = 5  # times as far from the middle as half of all corners: outside of the map
_SMALLEST = 9.0  # pixels around the middle of a region, for its number
_Corner = tuple[Fraction, Fraction]
_Segment = tuple[Point, Point]


def can_be_drawn(regions: Regions) -> bool:
    """Whether they have few inputs and outputs."""
    net = regions.network
    return len(net.input_names) <= 2 and len(net.output_names) <= _MOST_OUTPUTS


def draw_regions(regions: Regions, digits: int | None = None) -> Picture:
    """All regions of a network of one or two inputs; raises `SpecError` for others."""
    inputs = len(regions.network.input_names)
    if not can_be_drawn(regions):
        raise SpecError(
            f"regions are drawn for one or two inputs and up to {_MOST_OUTPUTS} outputs; this "
            f"network has {plural(inputs, 'input')} and "
            f"{plural(len(regions.network.output_names), 'output')}"
        )
    kind = GraphOfPieces if inputs == 1 else MapOfRegions
    return kind(regions, digits or _DIGITS).picture()


@dataclass(frozen=True)
class _Plot:
    """What both kinds have: how formulas are written, and a list of them beside the plot."""

    regions: Regions
    digits: int

    def formulas(self, rows: Sequence[Row]) -> tuple[list[str], bool]:
        """Affine functions in text, and whether numbers in them are rounded."""
        net = self.regions.network
        writer = Writer(Unicode, net.input_names, self.digits)
        found = [text.replace("-", "\N{MINUS SIGN}") for text in writer.functions(rows)]
        return found, writer.rounded

    @property
    def outputs(self) -> list[str]:
        """The names of the outputs, as formulas have them."""
        return _names(self.regions.network.output_names)

    @property
    def inputs(self) -> list[str]:
        """The names of the inputs, as formulas have them."""
        return _names(self.regions.network.input_names)

    def said(self, count: int, places: str, rounded: bool) -> str:
        """The picture in words."""
        counted = f"{plural(count, places)} of {', '.join(self.outputs)}"
        return f"{counted}, each with its formula{_rounded(self.digits, rounded)}."

    def sheet(
        self, marks: list[Mark], listed: list[tuple[Color, str, list[str]]], said: str,
        rounded: bool,
    ) -> Picture:  # fmt: skip
        """The plot with a list of numbers and formulas at the right of it."""
        left, y, right = LEFT + WIDTH + 32, TOP + 8, LEFT + WIDTH
        for color, numbers, lines in listed[:_MOST_LISTED]:
            number = Label(left, y, (numbers,), color=color, anchor="start", bold=True)
            marks.append(number)
            for line in lines:
                label = Label(left + max(30.0, number.width + 12), y, (line,), anchor="start")
                marks.append(label)
                right, y = max(right, label.x + label.width), y + _LINE
        if len(listed) > _MOST_LISTED:
            more = f"and {len(listed) - _MOST_LISTED:,} more"
            marks.append(Label(left, y, (more,), size=SMALL, color=ASIDE, anchor="start"))
            y += _LINE
        height = max(TOP + HEIGHT + BELOW, y)
        if rounded:
            note = f"rounded to {self.digits} digits"
            marks.append(Label(LEFT, height - 16, (note,), size=SMALL, color=ASIDE, anchor="start"))
        title = f"linear regions of {self.regions.network.title}"
        return Picture(title, said, right + 24, height, tuple(marks))


def _names(names: Names) -> list[str]:
    speller = speller_of_names(False)
    return [speller.name(names, place) for place in range(len(names))]


def _rounded(digits: int, rounded: bool) -> str:
    return f", numbers rounded to {digits} digits" if rounded else ""


class GraphOfPieces(_Plot):
    """The graph of a function of one input, with the formula of each piece at the piece."""

    def picture(self) -> Picture:
        """The picture; where formulas find no room at their pieces, they are listed beside it."""
        axes, curves = self._axes(), [self._pieces(n) for n in range(len(self.outputs))]
        ends = {end for pieces in curves for each in pieces for end in (each.low, each.high)}
        ticks = sorted(
            end for end in ends if end is not None and axes.low[0] <= end <= axes.high[0]
        )
        name = ", ".join(self.outputs)
        marks = [*axes.marks((self.inputs[0], name), ticks or None)]
        for tick in ticks:
            line = (axes.at(tick, axes.low[1]), axes.at(tick, axes.high[1]))
            marks.append(Path(line, 0.8, dashed=True, color=ASIDE, opacity=0.35, role="axis"))
        segments, texts, colors = [], [], []
        rounded = False
        for output, pieces in enumerate(curves):
            found, some = self.formulas([piece.rows[0] for piece in pieces])
            rounded |= some
            for number, (piece, text) in enumerate(zip(pieces, found, strict=True)):
                segments.append(self._segment(axes, piece))
                texts.append(f"{self.outputs[output]} = {text}")
                several = len(self.outputs) > 1
                colors.append(LAYERS[(output if several else number) % len(LAYERS)])
        for segment, color in zip(segments, colors, strict=True):
            marks.append(Path(segment, 2.6, color=color, role="piece"))
        for (_, end), (start, _) in pairwise(segments):
            if end == start:
                marks.append(Circle(*end, 3.5, color=ASIDE, role="piece"))
        listed = []
        labels = self._labels(segments, texts, colors)
        if labels is None:
            labels = self._numbers(segments, colors)
            numbered = enumerate(zip(colors, texts, strict=True), 1)
            listed = [(color, str(n), [text]) for n, (color, text) in numbered]
        marks += labels
        said = self.said(len(segments), "piece", rounded)
        return self.sheet(marks, listed, said, rounded)

    def _pieces(self, output: int) -> Sequence[Interval]:
        return self.regions.intervals(output + 1)

    def _axes(self) -> Axes:
        """The window: around all kinks, or the box that was looked at."""
        kinks = [end for piece in self.regions.pieces for end in (piece.low, piece.high)
                 if end is not None]  # fmt: skip
        low, high = padded(kinks or [Fraction(0)], _PAD)
        if self.regions.box is not None:
            ((low, high),) = self.regions.box
        values = [
            _value(row, x)
            for piece in self.regions.pieces
            for row in piece.rows
            for x in (max(low, _or(piece.low, low)), min(high, _or(piece.high, high)))
        ]
        bottom, top = padded(values, Fraction(1, 6))
        return Axes((low, bottom), (high, top))

    def _segment(self, axes: Axes, piece: Interval) -> _Segment:
        low, high = _or(piece.low, axes.low[0]), _or(piece.high, axes.high[0])
        return (
            axes.at(low, _value(piece.rows[0], low)), axes.at(high, _value(piece.rows[0], high)),
        )  # fmt: skip

    def _labels(
        self, segments: Sequence[_Segment],
        texts: Sequence[str], colors: Sequence[Color],
    ) -> list[Label] | None:  # fmt: skip
        """The formulas at their pieces; None where one finds no room."""
        sheet = Rectangle(LEFT + WIDTH / 2, TOP + HEIGHT / 2, WIDTH - 8, HEIGHT)
        placed: list[Rectangle] = []
        labels = []
        for ((x, y), (u, v)), text, color in zip(segments, texts, colors, strict=True):
            label = Label(0, 0, (text,), color=color, bold=True)
            width, height = label.width, WORD * 1.3
            ways = (
                Rectangle(
                    x + share * (u - x) + right * width / 2,
                    y + share * (v - y) + down,
                    width,
                    height,
                )
                for down in (-18, 18, -32, 32, -48, 48)
                for share in (0.5, 0.35, 0.65, 0.2, 0.8)
                for right in (0, 1.15, -1.15)
            )
            free = (
                way for way in ways
                if _inside(way, sheet)
                and not any(meet(way, other) for other in placed)
                and not any(crosses(segment, way) for segment in segments)
            )  # fmt: skip
            chosen = next(free, None)
            if chosen is None:
                return None
            placed.append(chosen)
            labels.append(replace(label, x=chosen.x, y=chosen.y, halo=True, role="formula"))
        return labels

    def _numbers(
        self, segments: Sequence[_Segment],
        colors: Sequence[Color],
    ) -> list[Label]:  # fmt: skip
        """The numbers of pieces, above their middles."""
        return [
            Label((x + u) / 2, (y + v) / 2 - 14, (str(n),), size=SMALL, color=color, bold=True)
            for n, (((x, y), (u, v)), color) in enumerate(zip(segments, colors, strict=True), 1)
        ]


def _inside(one: Rectangle, other: Rectangle) -> bool:
    return (
        abs(one.x - other.x) + one.width / 2 <= other.width / 2
        and abs(one.y - other.y) + one.height / 2 <= other.height / 2
    )


def _or(end: Fraction | None, otherwise: Fraction) -> Fraction:
    return otherwise if end is None else end


def _value(row: Row, *point: Fraction) -> Fraction:
    """An affine function at a point."""
    *slopes, constant = row
    return sum((a * x for a, x in zip(slopes, point, strict=True)), constant)


class MapOfRegions(_Plot):
    """The regions of two inputs as polygons, numbered as in the report, with their formulas."""

    def picture(self) -> Picture:
        """The map; regions with one formula have one colour and one line of the list."""
        axes, pieces = self._axes(), self.regions.pieces
        marks: list[Mark] = []
        maps = list(dict.fromkeys(piece.rows for piece in pieces))
        colors = {rows: LAYERS[n % len(LAYERS)] for n, rows in enumerate(maps)}
        unnumbered = 0
        for number, piece in enumerate(pieces, 1):
            corners = _clipped(piece, axes)
            if len(corners) < 3:
                unnumbered += 1
                continue
            path, color = tuple(axes.at(*corner) for corner in corners), colors[piece.rows]
            marks.append(Path(path, 1.2, color=color, fill=color, role="region"))
            x, y, room = _middle(path)
            if room >= _SMALLEST:
                marks.append(Label(x, y, (str(number),), color=color, bold=True))
            else:
                unnumbered += 1
        marks += axes.marks((self.inputs[0], self.inputs[1]), None)
        texts, rounded = self.formulas([row for rows in maps for row in rows])
        listed = []
        for place, rows in enumerate(maps):
            numbers = [n for n, piece in enumerate(pieces, 1) if piece.rows == rows]
            found = texts[place * len(self.outputs) : (place + 1) * len(self.outputs)]
            lines = [f"{name} = {text}" for name, text in zip(self.outputs, found, strict=True)]
            listed.append((colors[rows], few(numbers, 4), lines))
        marks.sort(key=lambda mark: isinstance(mark, Label))
        said = self.said(len(pieces), "region", rounded)
        if unnumbered:
            said += (
                f" {plural(unnumbered, 'region')} too small for a number, or outside of the map."
            )
        return self.sheet(marks, listed, said, rounded)

    def _axes(self) -> Axes:
        """The window: around all corners of regions, or the box that was looked at."""
        if self.regions.box is not None:
            (low, high), (bottom, top) = self.regions.box
            return Axes((low, bottom), (high, top))
        points = [corner for piece in self.regions.pieces for corner in _corners(piece)]
        points += [_foot(e.row) for piece in self.regions.pieces for e in piece.inequalities]
        (low, high), (bottom, top) = (
            padded(_near([point[axis] for point in points] or [Fraction(0)]), _PAD)
            for axis in (0, 1)
        )
        return Axes((low, bottom), (high, top))


def _near(numbers: Sequence[Fraction]) -> list[Fraction]:
    """Those of many that are not far away from most of them.

    >>> [int(n) for n in _near([Fraction(n) for n in (*range(12), 100)])]
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]
    """
    if len(numbers) < _MANY:
        return [*numbers]
    middle = median(numbers)
    most = _FAR * median(abs(number - middle) for number in numbers)
    return [number for number in numbers if abs(number - middle) <= most]


def _corners(piece: Piece) -> Iterator[_Corner]:
    """Where two sides of a region meet."""
    rows = [each.row for each in piece.inequalities]
    for (a, b, c), (d, e, f) in combinations(rows, 2):
        if determinant := a * e - b * d:
            corner = ((b * f - c * e) / determinant, (c * d - a * f) / determinant)
            if all(_value(row, *corner) >= 0 for row in rows):
                yield corner


def _foot(row: Row) -> _Corner:
    """The point of a line that is nearest to 0."""
    a, b, c = row
    return -a * c / (a * a + b * b), -b * c / (a * a + b * b)


def _clipped(piece: Piece, axes: Axes) -> list[_Corner]:
    """The corners of the part of a region that is in the window, one after another."""
    (low, bottom), (high, top) = axes.low, axes.high
    corners = [(low, bottom), (high, bottom), (high, top), (low, top)]
    for each in piece.inequalities:
        kept: list[_Corner] = []
        for one, other in zip(corners, [*corners[1:], *corners[:1]], strict=True):
            here, there = _value(each.row, *one), _value(each.row, *other)
            if here >= 0:
                kept.append(one)
            if here * there < 0:
                share = here / (here - there)
                x, y = (a + share * (b - a) for a, b in zip(one, other, strict=True))
                kept.append((x, y))
        corners = kept
    return corners


def _middle(path: Sequence[Point]) -> tuple[float, float, float]:
    """The middle of a convex polygon, and how far it is from there to its nearest side."""
    x = sum(point[0] for point in path) / len(path)
    y = sum(point[1] for point in path) / len(path)
    room = float("inf")
    for (a, b), (c, d) in zip(path, [*path[1:], *path[:1]], strict=True):
        length = ((c - a) ** 2 + (d - b) ** 2) ** 0.5
        if length:
            room = min(room, abs((c - a) * (b - y) - (a - x) * (d - b)) / length)
    return x, y, room
