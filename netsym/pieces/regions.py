"""All linear regions of a network of one or two inputs: where each of its affine pieces holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import groupby
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, TooLargeError, as_given, checked_whole
from netsym.network.network import Network, check_network
from netsym.ops.affine.affine_pieces import Kinks, Undecided, signs, throughout
from netsym.ops.proved.rationals import Exact
from netsym.pieces import polygons
from netsym.pieces.affine_text import ROUNDED, Row, Writer, formula
from netsym.pieces.polygons import Cell
from netsym.pieces.region import (
    Activity,
    Inequality,
    Point,
    Region,
    activities,
    at,
    check,
    exact_number,
    inequalities,
    read,
    refuse_names,
    rows_of,
    sided,
)
from netsym.wording import WIDTH, paragraph, plural, spelled
from netsym.writers.language import Equation, Language, Watcher, no_watcher
from netsym.writers.latex import Latex
from netsym.writers.text import Ascii

__all__ = ["Activity", "Inequality", "Interval", "Piece", "Region", "Regions", "at", "regions"]

Array = npt.NDArray[Any]

#: The (low, high) of each input.
Box = tuple[tuple[Fraction, Fraction], ...]

_MOST = 10_000


@dataclass(frozen=True, slots=True)
class Piece:
    """One linear region: `rows` has for each output its coefficients, and its bias last.

    `inequalities` are its sides, without those that follow from others or from the box. With one
    input it goes from `low` to `high`, None for no end. `point` is inside.
    """

    rows: tuple[Row, ...]
    inequalities: tuple[Inequality, ...]
    activities: tuple[Activity, ...]
    point: Point
    low: Fraction | None = None
    high: Fraction | None = None

    def __repr__(self) -> str:
        return f"<linear piece around {', '.join(map(str, self.point))}>"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; numbers are exact fractions, as text."""
        ends = {"low": self.low, "high": self.high} if len(self.point) == 1 else {}
        return {
            "matrix": [list(map(str, row[:-1])) for row in self.rows],
            "bias": [str(row[-1]) for row in self.rows],
            "inequalities": [each.to_json() for each in self.inequalities],
            **{key: None if end is None else str(end) for key, end in ends.items()},
            "point": list(map(str, self.point)),
            "active": [each.to_json() for each in self.activities],
        }


@dataclass(frozen=True, slots=True)
class Interval:
    """Where the one input is, from `low` to `high` (None for no end), and the `rows` there."""

    low: Fraction | None
    high: Fraction | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Regions:
    """All linear regions of a network, in the order of their points; `str` is the report.

    Each has its own units active, so neighbours may have the same map: `maps` counts different
    ones, and `intervals` joins neighbours on a line. `box` is what was looked at, None for all.
    `checked` is the number of points inside regions at which the network, evaluated in exact
    fractions, equals the map: for each region as many as an affine function is known by.
    """

    network: Network
    box: Box | None
    pieces: tuple[Piece, ...]
    checked: int

    def __repr__(self) -> str:
        return f"<{len(self)} linear regions of {self.network.title}>"

    def __len__(self) -> int:
        return len(self.pieces)

    def __iter__(self) -> Iterator[Piece]:
        return iter(self.pieces)

    def __str__(self) -> str:
        return self.report()

    @property
    def maps(self) -> int:
        """How many different affine maps there are."""
        return len({piece.rows for piece in self.pieces})

    def intervals(self, output: int | str | None = None) -> tuple[Interval, ...]:
        """Of one input: the pieces of the function, neighbours with one map joined.

        `output` is the name of one, or its number from 1; without it, all are told apart by.
        Raises `SpecError` for two inputs, or no such output.
        """
        self._refuse_two()
        rows = slice(None)
        if output is not None:
            places = self.network.output_positions(output)
            rows = slice(places.start, places.stop)
        found = []
        for same, group in groupby(self.pieces, lambda piece: piece.rows[rows]):
            joined = list(group)
            found.append(Interval(joined[0].low, joined[-1].high, same))
        return tuple(found)

    # -- as text, LaTeX, sympy, JSON ------------------------------------------------------------
    def text(self, digits: int | None = None) -> str:
        """Of one input: each output piece by piece, as `y = 2*x  if x < 1`, line by line.

        Raises `SpecError` for two inputs.
        """
        blocks = []
        for left, cases in self._cases(Ascii, digits, {}):
            longest = max(len(right) for right, _ in cases)
            for number, (right, where) in enumerate(cases):
                start = f"{left} = " if not number else " " * (len(left) + 3)
                blocks.append(start + (f"{right:<{longest}}  if {where}" if where else right))
        return "\n".join(blocks)

    def latex(self, digits: int | None = None) -> str:
        r"""Of one input: each output in `cases` (amsmath), for display mathematics.

        Raises `SpecError` for two inputs.
        """
        equations = []
        relations = {"<=": r"\le", ">=": r"\ge"}
        for left, cases in self._cases(Latex, digits, relations):
            if not cases[0][1]:
                equations.append(f"{left} &= {cases[0][0]}")
                continue
            rows = " \\\\\n".join(rf"{right} & \text{{if }} {where}" for right, where in cases)
            equations.append(f"{left} &= \\begin{{cases}}\n{rows}\n\\end{{cases}}")
        if len(equations) == 1:
            return equations[0].replace(" &= ", " = ", 1)
        joined = " \\\\\n".join(equations)
        return f"\\begin{{aligned}}\n{joined}\n\\end{{aligned}}"

    def _cases(
        self, language: type[Language], digits: int | None, relations: Mapping[str, str]
    ) -> Iterator[tuple[str, list[tuple[str, str]]]]:
        """Of each output the left side, and (right side, where) of each interval."""
        net = self.network
        writer = Writer(language, net.input_names, digits, net.latex_names, relations)
        for output in range(len(net.output_names)):
            intervals = self.intervals(output + 1)
            rights = writer.functions([each.rows[0] for each in intervals])
            wheres = [self._where(writer, each) for each in intervals]
            yield self._left(language, output), list(zip(rights, wheres, strict=True))

    def _where(self, writer: Writer, each: Interval | Piece) -> str:
        is_end = self.box is not None and each.high == self.box[0][1]
        return writer.between(each.low, each.high, closed=is_end)

    def _left(self, language: type[Language], output: int) -> str:
        net = self.network
        rows = [[Fraction(0)] * (len(net.input_names) + 1)] * len(net.output_names)
        made = formula(
            rows, net.input_names, net.output_names, False, net.latex_names, net.function
        )
        return language(made).left(Equation(made.outputs[output], "", is_output=True))

    def sympy(self) -> Any:
        """Of one input: a sympy `Piecewise` of Rationals, a `Tuple` of them for several outputs.

        Outside of the box it has no value. Raises `SpecError` for two inputs.
        """
        self._refuse_two()
        import sympy

        x = sympy.Symbol(self.network.input_names.ascii(0), real=True)

        def number(value: Fraction) -> Any:
            return sympy.Rational(value.numerator, value.denominator)

        def case(each: Interval, is_last: bool) -> Any:
            ends = [] if self.box is None or each.low is None else [x >= number(each.low)]
            if each.high is not None:
                ends.append(x <= number(each.high) if is_last else x < number(each.high))
            slope, bias = map(number, each.rows[0])
            return slope * x + bias, sympy.And(*ends)

        made = []
        for output in range(len(self.network.output_names)):
            *before, last = self.intervals(output + 1)
            cases = [*(case(each, False) for each in before), case(last, True)]
            whole = cases[0][1] is sympy.true
            made.append(cases[0][0] if whole else sympy.Piecewise(*cases, evaluate=False))
        return made[0] if len(made) == 1 else sympy.Tuple(*made)

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int | None = None) -> str:
        """Every region with its formulas and active units, and how many there are of what.

        Lines are at most `width` long where they can be; `digits` rounds the numbers shown.
        """
        net, writer = self.network, Writer(Ascii, self.network.input_names, digits)
        rights = writer.functions([row for piece in self.pieces for row in piece.rows])
        lefts = [self._left(Ascii, output) for output in range(len(net.output_names))]
        lines = paragraph(f"{self._counts()}{self._within(writer)}", width)
        for number, (piece, where) in enumerate(
            zip(self.pieces, self._places(writer), strict=True)
        ):
            lines += paragraph(f"{number + 1}. {where or 'everywhere'}", width)
            texts = rights[number * len(lefts) : (number + 1) * len(lefts)]
            for left, right in zip(lefts, texts, strict=True):
                lines += paragraph(f"{left} = {right}", width, "   ")
            active = (f"{a.function} {len(a.active)} of {a.units}" for a in piece.activities)
            lines += (
                paragraph(f"active: {', '.join(active)}", width, "   ") if piece.activities else []
            )
        lines += paragraph(
            f"checked: the network, evaluated in exact fractions, equals its pieces at "
            f"{plural(self.checked, 'point')} inside of them", width
        )  # fmt: skip
        lines += paragraph(f"note: {ROUNDED}", width) if writer.rounded else []
        return spelled("\n".join(lines), ascii)

    def _counts(self) -> str:
        counts = [plural(len(self), "linear region")]
        if len(self.network.input_names) == 1 and len(self.intervals()) < len(self):
            joined = plural(len(self.intervals()), "piece")
            counts.append(f"{joined} after joining neighbours with one formula")
        counts.append(plural(self.maps, "affine map", "different affine maps"))
        return ", ".join(counts)

    def _within(self, writer: Writer) -> str:
        if self.box is None:
            return ""
        sides = [
            f"{writer.number(low)} <= {self.network.input_names.ascii(n)} <= {writer.number(high)}"
            for n, (low, high) in enumerate(self.box)
        ]
        return f", within {', '.join(sides)}"

    def _places(self, writer: Writer) -> list[str]:
        if len(self.network.input_names) == 1:
            return [self._where(writer, piece) for piece in self.pieces]
        texts = iter(writer.positive([e.row for piece in self.pieces for e in piece.inequalities]))
        return [", ".join(next(texts) for _ in piece.inequalities) for piece in self.pieces]

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; numbers are exact fractions, as text."""
        box = None if self.box is None else [list(map(str, side)) for side in self.box]
        joined = len(self.intervals()) if len(self.network.input_names) == 1 else None
        return {
            "schema": 1,
            "inputs": self.network.input_names.all(),
            "outputs": self.network.output_names.all(),
            "box": box,
            "regions": len(self),
            "joined": joined,
            "maps": self.maps,
            "pieces": [piece.to_json() for piece in self.pieces],
            "checked": self.checked,
        }

    def _refuse_two(self) -> None:
        if len(self.network.input_names) > 1:
            raise SpecError(
                "the function is written piece by piece for networks of one input; for two, use "
                "the report or the JSON"
            )


def regions(
    network: Network,
    box: Sequence[Any] | None = None,
    most: int = _MOST,
    progress: Watcher = no_watcher,
) -> Regions:
    """All linear regions of a network of one or two inputs, everywhere or in a box.

    `box` is (low, high) for all inputs, or one such pair for each; numbers as `at` takes them.
    `progress(what, done, total)` is told on the way. Raises `SpecError` for other networks and
    boxes, `TooLargeError` for more than `most` regions.

    >>> import netsym
    >>> network = netsym.parse("1-2-1:relu")
    >>> network = network.with_parameters(dict.fromkeys(network.parameter_names(), 1.0))
    >>> print(regions(network).text())
    y = 1        if x < -1
        2*x + 3  if x >= -1
    """
    check_network(network, "list the regions of")
    most = checked_whole("most", most, 1)
    inputs = len(network.input_names)
    if inputs > 2:
        raise SpecError(
            f"regions are listed for networks of one or two inputs, and this one has {inputs:,}; "
            "ask for the region around a point (at, --at)"
        )
    refuse_names(network)
    sides = None if box is None else _box(network, box)
    starts = polygons.everywhere(inputs) if sides is None else [polygons.box(sides)]
    base = Exact()
    found: dict[bytes, list[Cell]] = {}
    known: dict[bytes, tuple[Array, list[Kinks]]] = {}
    for start in starts:
        for cell, rows, kinks in _cells(network, base, start, most):
            pattern = b"".join(each.sides.astype(np.int8).tobytes() for each in kinks)
            found.setdefault(pattern, []).append(cell)
            known[pattern] = rows, kinks
            progress("looking for regions", len(found), 0)
            if len(found) > most:
                raise _too_many(most)
    progress("checking regions", 0, len(found))
    points = {pattern: list(polygons.inside(cells[0])) for pattern, cells in found.items()}
    check(network, [(known[pattern][0], several) for pattern, several in points.items()])
    pieces = [
        _piece(*known[pattern], cells, points[pattern][0], starts)
        for pattern, cells in found.items()
    ]
    pieces.sort(key=lambda piece: piece.point)
    return Regions(network, sides, tuple(pieces), len(pieces) * (inputs + 1))


def _cells(
    network: Network, base: Exact, start: Cell, most: int
) -> Iterator[tuple[Cell, Array, list[Kinks]]]:
    """Parts of a cell on which no unit bends, with the map and the kinks of each.

    The network is read again on every part until all its kinks have a side. Parts differ in their
    sides, so there are at least as many regions as parts at any time.
    """
    waiting, done = [start], 0
    while waiting:
        cell = waiting.pop()
        try:
            rows, kinks = read(network, base, throughout(cell))
        except Undecided as undecided:
            waiting += _parts(cell, undecided.kinks, most)
            if done + len(waiting) > most:
                raise _too_many(most) from None
            continue
        done += 1
        yield cell, rows, kinks


def _parts(cell: Cell, kinks: Kinks, most: int) -> list[Cell]:
    """A cell cut by all the lines that have no side."""
    cells = [cell]
    for form in _whole(kinks.forms[kinks.sides == 0]):
        cells = [part for each in cells for part in polygons.split(each, form)]
        if len(cells) > most:
            raise _too_many(most)
    return cells


def _too_many(most: int) -> TooLargeError:
    return TooLargeError(
        f"there are more than {most:,} linear regions; look at a smaller box, ask for the region "
        "around a point (at, --at), or in Python allow more of them (most)"
    )


def _whole(forms: Array) -> list[list[int]]:
    """Forms with whole numbers, each but for a positive factor."""
    scaled = []
    for form in rows_of(forms):
        *_, denominator = polygons.corner(form)
        scaled.append([int(number * denominator) for number in form])
    return scaled


def _piece(
    rows: Array, kinks: list[Kinks], cells: Sequence[Cell], point: Point, starts: Iterable[Cell]
) -> Piece:
    """The region that is these cells together; a side of it is a line along a cell's edge."""
    dimensions = len(point)
    forms, units = sided(kinks, dimensions)
    if units:
        edges = np.any([(signs(forms, c) == 0).sum(axis=1) >= dimensions for c in cells], axis=0)
        places = np.flatnonzero(edges)
        beyond = np.any([(signs(forms[places], c) < 0).any(axis=1) for c in starts], axis=0)
        places = places[beyond]
        forms, units = forms[places], [units[place] for place in places.tolist()]
    sides = inequalities(forms, units)
    ends: dict[str, Fraction | None] = {}
    if dimensions == 1:
        corners = [corner for cell in cells for corner in cell]
        finite = [Fraction(x, w) for x, w in corners if w]
        far = {x for x, w in corners if not w}
        ends = {
            "low": None if any(x < 0 for x in far) else min(finite),
            "high": None if any(x > 0 for x in far) else max(finite),
        }
    return Piece(rows_of(rows), tuple(sides.values()), activities(kinks), point, **ends)


def _box(network: Network, given: Sequence[Any]) -> Box:
    """The (low, high) of each input, exactly."""
    names = network.input_names.all()
    wanted = "a box is (low, high) for all inputs, or one such pair for each input"
    try:
        pairs = [list(given)] * len(names) if _is_number(given[0]) else [list(p) for p in given]
    except (TypeError, IndexError, KeyError):
        raise SpecError(f"{wanted}, not {str(given)[:60]!r}") from None
    if len(pairs) != len(names) or any(len(pair) != 2 for pair in pairs):
        raise SpecError(f"{wanted} ({', '.join(names)}), not {str(given)[:60]}")
    sides = []
    for name, pair in zip(names, pairs, strict=True):
        low, high = (exact_number(f"the box: {name}", end) for end in pair)
        if low >= high:
            ends = " to ".join(as_given(end).strip("'") for end in pair)
            raise SpecError(f"the box goes from {ends} in {name}; low must be below high")
        sides.append((low, high))
    return tuple(sides)


def _is_number(given: Any) -> bool:
    return isinstance(given, str) or not hasattr(given, "__len__")
