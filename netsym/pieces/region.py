"""One linear region: the affine map that a piecewise-linear network is around a point."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import groupby
from numbers import Integral
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.displayed import Displayed
from netsym.errors import SpecError, as_given
from netsym.formula import Formula
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS, LINEAR
from netsym.network.network import Network
from netsym.ops import Ops
from netsym.ops.affine.affine import NotAffine
from netsym.ops.affine.affine_pieces import (
    Kinks,
    Pieces,
    Sides,
    Undecided,
    near,
    products,
)
from netsym.ops.proved.rationals import Exact, NotRational, fractions
from netsym.ops.proved.scaled import Scaled, ScaledRationals
from netsym.pieces.affine_text import ROUNDED, Row, Writer, formula, is_rounded
from netsym.pieces.redundancy import Vector, Whole, irredundant, over_one, whole
from netsym.wording import WIDTH, agreed, few, joined, paragraph, plural, runs, spelled
from netsym.writers.text import Ascii

A = TypeVar("A")
Array = npt.NDArray[Any]
Point = tuple[Fraction, ...]

_MOST_INEQUALITIES, _MOST_INPUTS = 64, 8  # whose redundancy takes seconds at most
_CHECKED = 16  # points of a region, beside the given one
_LISTED = 20  # inequalities in a report
_AT_ONCE = 500  # maps that are checked
_WIDE = 32  # inputs of a map that a report writes out

_NUMBER = re.compile(r"\s*[+-]?(\d+/\d+|(\d+\.?\d*|\.\d+)(e[+-]?\d{1,3})?)\s*", re.ASCII | re.I)


@dataclass(frozen=True, slots=True)
class Activity:
    """Which units of an activation are active: those of relu above 0, those of hard_sigmoid between
    its ends. `active` are their numbers, of `units`, counted from 1.
    """

    layer: int
    function: str
    units: int
    active: tuple[int, ...]

    def __str__(self) -> str:
        which = (
            f": {', '.join(runs(self.active, '-'))}" if 0 < len(self.active) < self.units else ""
        )
        count = len(self.active) or "none"
        return f"layer {self.layer} {self.function}: {count} of {self.units} active{which}"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {"layer": self.layer, "function": self.function, "units": self.units,
                "active": list(self.active)}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Inequality:
    """A side of a region: `row`, coefficients and the constant last, is positive there.

    It is where a unit of a layer, counted from 1, has its kink.
    """

    layer: int
    function: str
    unit: int
    row: Row

    @property
    def where(self) -> str:
        """The unit, in words."""
        return f"layer {self.layer} {self.function} unit {self.unit}"

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; numbers are exact fractions, as text."""
        *coefficients, constant = map(str, self.row)
        return {"layer": self.layer, "function": self.function, "unit": self.unit,
                "coefficients": coefficients, "constant": constant, "holds": "> 0"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region(Displayed):
    """The affine map around a point, exactly; `str` is the report.

    `rows` has for each output its coefficients, and its bias last. `inequalities` are the sides
    of the region: of all `kinks` those that do not follow from others, if `is_reduced`, or else
    all different ones. `checked` is the number of points, the given one and more of the region,
    at which the network, evaluated in exact fractions, equals the map.
    """

    network: Network
    point: Point
    rows: tuple[Row, ...]
    inequalities: tuple[Inequality, ...]
    kinks: int
    is_reduced: bool
    activities: tuple[Activity, ...]
    checked: int

    def __repr__(self) -> str:
        count = plural(len(self.inequalities), "inequality", "inequalities")
        return f"<linear region of {self.network.title} with {count}>"

    def __str__(self) -> str:
        return self.report()

    @property
    def matrix(self) -> tuple[Row, ...]:
        """The coefficients, outputs x inputs."""
        return tuple(row[:-1] for row in self.rows)

    @property
    def bias(self) -> Row:
        """The constants, one for each output."""
        return tuple(row[-1] for row in self.rows)

    def formula(self, exact: bool = False) -> Formula:
        """The map as a formula; with long fractions as the nearest float64, or all `exact`."""
        net = self.network
        return formula(
            self.rows, net.input_names, net.output_names, exact, net.latex_names, net.function
        )

    def report(self, width: int = WIDTH, ascii: bool = False, digits: int | None = None) -> str:
        """The map, where it holds, what is active, and how it was checked.

        Lines are at most `width` long where they can be; `digits` rounds the numbers shown.
        """
        net, writer = self.network, Writer(Ascii, self.network.input_names, digits)
        lines = paragraph(f"at {_place(net, self.point)} the network is the affine map", width)
        if len(net.input_names) <= _WIDE:
            text = self.formula().text(ascii=True, width=max(width - 2, 1), digits=digits)
            lines += [f"  {line}" for line in text.splitlines()]
            rounded = any(is_rounded(number, writer.digits) for row in self.rows for number in row)
        else:
            inputs, outputs = (
                plural(len(net.input_names), "input"), plural(len(self.rows), "output")
            )  # fmt: skip
            lines.append(f"  of {inputs} to {outputs}; write it as a formula or as JSON")
            rounded = False
        shown = self.inequalities[: _LISTED if len(net.input_names) <= _MOST_INPUTS else 0]
        if shown:
            lines.append("where")
            written = writer.positive([each.row for each in shown])
            longest = max((len(text) for text in written if len(text) <= width // 2), default=0)
            for text, each in zip(written, shown, strict=True):
                lines += paragraph(f"{text:<{longest}}  ({each.where})", width, "  ")
        lines += paragraph(self._sides(len(shown)), width)
        lines += ["active units:"] if self.activities else []
        lines += (line for each in self.activities for line in paragraph(str(each), width, "  "))
        more = self.checked - 1
        lines += paragraph(f"checked: the network, evaluated in exact fractions, equals the map at "
                          f"the point and at {more} more of its region", width)  # fmt: skip
        if rounded or writer.rounded:
            lines += paragraph(f"note: {ROUNDED}", width)
        return spelled("\n".join(lines), ascii)

    def _sides(self, shown: int) -> str:
        """How many inequalities there are, and why."""
        count = len(self.inequalities)
        if not count:
            return "it holds everywhere: no kink depends on the inputs"
        text = f"inequalities: {count:,}"
        if shown < count:
            text += f", of which {shown} are shown" if shown else " (in the JSON)"
        if not self.is_reduced:
            return text + (f"; those that follow from others were not removed, which is done for "
                           f"at most {_MOST_INEQUALITIES} in {_MOST_INPUTS} inputs")  # fmt: skip
        if self.kinks > count:
            more = self.kinks - count
            text += f"; {more:,} more {agreed(more, 'follows', 'follow')} from these"
        return text

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`; numbers are exact fractions, as text."""
        return {
            "schema": 1,
            "point": list(map(str, self.point)),
            "inputs": self.network.input_names.all(),
            "outputs": self.network.output_names.all(),
            "matrix": [list(map(str, row)) for row in self.matrix],
            "bias": list(map(str, self.bias)),
            "inequalities": [each.to_json() for each in self.inequalities],
            "redundant": self.kinks - len(self.inequalities) if self.is_reduced else None,
            "active": [each.to_json() for each in self.activities],
            "checked": self.checked,
        }


def at(network: Network, point: Sequence[Any]) -> Region:
    """The region around a point: numbers, Fractions or text such as "0.5" and "1/3", all exact.

    Raises `SpecError` for a network with named parameters or with functions that are not
    piecewise linear, for what is not one finite number for each input, and for a point on a kink.

    >>> import netsym
    >>> network = netsym.parse("1-2-1:relu")
    >>> network = network.with_parameters(dict.fromkeys(network.parameter_names(), 1.0))
    >>> print(at(network, ["1/3"]).formula())
    y = 2·x + 3
    """
    refuse_names(network)
    x = _exact(network, point)
    base = Exact()
    try:
        rows, kinks = read(network, base, near(x))
    except Undecided as undecided:
        raise SpecError(_on_a_kink(network, base, x, undecided.kinks)) from None
    forms, units = sided(kinks, len(x))
    sides = inequalities(forms, units)
    forms = forms[list(sides)]
    reduce = len(sides) <= _MOST_INEQUALITIES and len(x) <= _MOST_INPUTS
    kept: Sequence[int] = range(len(sides))
    if reduce:
        kept = irredundant(-forms[:, :-1], products(forms, [(*x, 1)])[:, 0])
    points = [x, *_around(x, forms)]
    known = [over_one(row) for row in rows.tolist()]
    check(network, [whole((*point, 1)) for point in points], [(known, 0, len(points))])
    different = list(sides.values())
    active = activities((each.layer, each.function, each.sides >= 0) for each in kinks)
    return Region(
        network, x, rows_of(rows), tuple(different[place] for place in kept),
        len(units), reduce, active, len(points),
    )  # fmt: skip


# -- reading ------------------------------------------------------------------------------------
def refuse_names(network: Network) -> None:
    """Raise `SpecError` if a parameter is a name; before that, for what no numbers would mend."""
    names = network.parameter_names()
    if names:
        for placed in network.layers:
            function = getattr(placed.layer, "activation", LINEAR)
            if function != LINEAR and not FUNCTIONS[function].piecewise:
                raise _not_piecewise(placed.number, function)
        raise SpecError(
            f"which linear piece holds where depends on numbers, but {few(names, 4)} "
            f"{agreed(len(names), 'is a name', 'are names')}; give the parameters numbers, in "
            "the network's file, or in Python by with_parameters"
        )


def read(network: Network, base: Exact, sides: Sides) -> tuple[Array, list[Kinks]]:
    """The rows of the affine map (outputs, inputs + 1) on these sides, and the kinks that it met.

    Raises `Undecided` at a kink of which the sides say neither, `SpecError` for networks that are
    not piecewise linear or have no exact values.
    """
    ops = Pieces(base, len(network.input_names), sides)
    return ops.rows(read_by(network, ops, ops.identity())), ops.kinks


def read_by(network: Network, ops: Ops[A], inputs: A) -> A:
    """The outputs in a reading of affine pieces.

    Raises `SpecError` for networks that are not piecewise linear or have no exact values.
    """
    try:
        return network.read(ops, inputs)
    except NotAffine as error:
        raise _not_piecewise(error.layer, str(error)) from None
    except NotRational as error:
        raise SpecError(f"layer {error.layer} has no exact values: {error}") from None


def _not_piecewise(layer: int | None, what: str) -> SpecError:
    known = [name for name in ACTIVATIONS if name != LINEAR and FUNCTIONS[name].piecewise]
    return SpecError(
        f"layer {layer} uses {what}, which is not piecewise linear; only networks of linear "
        f"layers, {joined(known)} have linear regions"
    )


def sided(kinks: Sequence[Kinks], inputs: int) -> tuple[Array, list[tuple[int, str, int]]]:
    """The forms (n, inputs + 1) of all kinks that depend on the inputs, positive in the region.

    Beside them are the layer, the function and the unit of each.
    """
    forms: list[Array] = [np.empty((0, inputs + 1), dtype=object)]
    units = []
    for each in kinks:
        varies = (each.forms[:, :-1] != 0).any(axis=1) & (each.sides != 0)
        forms.append(each.forms[varies] * each.sides[varies, None].astype(object))
        units += [(each.layer, each.function, int(n) + 1) for n in np.flatnonzero(varies)]
    return np.concatenate(forms), units


def inequalities(forms: Array, units: Sequence[tuple[int, str, int]]) -> dict[int, Inequality]:
    """The inequalities that forms are positive, by place; each once, whatever its scale."""
    known = set()
    found = {}
    for place, (row, unit) in enumerate(zip(rows_of(forms), units, strict=True)):
        scale = abs(next(a for a in row if a))
        key = tuple(a / scale for a in row)
        if key not in known:
            known.add(key)
            found[place] = Inequality(*unit, row)
    return found


def rows_of(numbers: Array) -> tuple[Row, ...]:
    """Rows of flint's fractions as Python's."""
    return tuple(map(tuple, fractions(numbers).tolist()))


def activities(
    kinks: Iterable[tuple[int, str, npt.NDArray[np.bool_]]],
) -> tuple[Activity, ...]:
    """Which units are active, activation by activation, by layer, function, and where they bend."""
    found = []
    for (layer, function), group in groupby(kinks, lambda each: each[:2]):
        active = reduce(np.logical_and, (each for _, _, each in group))
        numbers = tuple((np.flatnonzero(active) + 1).tolist())
        found.append(Activity(layer, function, len(active), numbers))
    return tuple(found)


# -- checking -----------------------------------------------------------------------------------
def _around(point: Point, forms: Array) -> Iterator[Point]:
    """Points of the region, in directions at random."""
    source = random.Random(0)
    for number in range(1, _CHECKED + 1):
        direction = [source.choice([-1, 1]) * source.randint(1, 9) for _ in point]
        step = _step(point, direction, forms) * Fraction(number, _CHECKED)
        yield tuple(x + step * d for x, d in zip(point, direction, strict=True))


def _step(point: Point, direction: Sequence[int], forms: Array) -> Fraction:
    """A step from a point that crosses no form: a power of two."""
    values = products(forms, [(*point, 1), (*direction, 0)]).tolist()
    times = [-value / rate for value, rate in values if value * rate < 0]
    if not times:
        return Fraction(1)
    first = min(times)
    exponent = int(first.p).bit_length() - int(first.q).bit_length() - 1
    return Fraction(2) ** exponent


def check(
    network: Network, points: Sequence[Vector], maps: Sequence[tuple[Sequence[Whole], int, int]]
) -> None:
    """Compare maps with the network in exact fractions, each at the points from one to another.

    Points have their scale last. A map is a row of each output, inputs + 1; the network is read in
    another way. Raises `RuntimeError` if they differ: a mistake of netsym's.
    """
    for start in range(0, len(maps), _AT_ONCE):
        several = maps[start : start + _AT_ONCE]
        first, stop = several[0][1], several[-1][2]
        differ = _differ(network, points[first:stop], several)
        if differ is not None:
            *point, scale = points[first + differ]
            raise RuntimeError(f"the map found near {point} / {scale} is not the network's; this is"
                               " a mistake in netsym, not in the network")  # fmt: skip


def _differ(
    network: Network, points: Sequence[Vector], maps: Sequence[tuple[Sequence[Whole], int, int]]
) -> int | None:
    """A point at which a map differs from the network, by its number."""
    x = np.array(points, dtype=object)
    scales, largest = x[:, -1], max(x[:, -1])
    if not (largest % scales).any():  # so that all have one
        x, scales = x * (largest // scales)[:, None], np.array(largest, dtype=object)
    y = network.read(ScaledRationals(), Scaled(x[:, :-1], scales))
    forms = np.array([[form for form, _ in rows] for rows, _, _ in maps], dtype=object)
    under = np.array([[own for _, own in rows] for rows, _, _ in maps], dtype=object)
    which = np.repeat(np.arange(len(maps)), [stop - start for _, start, stop in maps])
    where = np.concatenate([np.arange(start, stop) for _, start, stop in maps]) - maps[0][1]
    found = (forms[which] * x[where, None]).sum(axis=-1)
    above = np.broadcast_to(y.above, (len(points), forms.shape[1]))[where]
    below = np.broadcast_to(y.below, len(points))[where]
    apart = found * below[:, None] != above * under[which] * x[where, -1:]
    places = np.flatnonzero(apart.any(axis=1))
    return int(where[places[0]]) if len(places) else None


# -- points and what is said of them ------------------------------------------------------------
def exact_number(what: str, given: Any) -> Fraction:
    """A number as given, exactly; raises `SpecError` for text that is none, infinity and nan."""
    shown = as_given(given)
    if isinstance(given, (bool, np.bool_)):
        raise SpecError(f"{what} is {shown}, which is no number")
    if isinstance(given, Integral):
        return Fraction(int(given))
    if isinstance(given, str):
        if _NUMBER.fullmatch(given) and len(given) <= 1000:
            try:
                return Fraction(given.strip())
            except ZeroDivisionError:
                raise SpecError(f"{what} is {shown}, a division by zero") from None
        if given.strip().lower().lstrip("+-") not in ("inf", "infinity", "nan"):
            raise SpecError(f"{what} is {shown}, which is no number; write it as 0.5, 1/3 or 1e-3")
        given = float(given)
    try:
        return Fraction(*given.as_integer_ratio())
    except (OverflowError, ValueError):
        raise SpecError(f"{what} is {shown}; it must be a finite number") from None
    except (AttributeError, TypeError):
        raise SpecError(f"{what} is {shown}, which is no number") from None


def _exact(network: Network, point: Any) -> Point:
    single = isinstance(point, str) or not hasattr(point, "__len__")
    given = [point] if single else list(point)
    inputs = network.input_names
    if len(given) != len(inputs):
        names = ", ".join(map(inputs.ascii, range(min(4, len(inputs)))))
        names += ", …" if len(inputs) > 4 else ""
        raise SpecError(
            f"a point of this network has {plural(len(inputs), 'value')} ({names}), but "
            f"{len(given):,} {agreed(len(given), 'was', 'were')} given"
        )
    return tuple(exact_number(inputs.ascii(n), each) for n, each in enumerate(given))


def _place(network: Network, point: Point) -> str:
    if len(point) > _WIDE:
        return "the point"
    writer = Writer(Ascii, network.input_names)
    return ", ".join(
        f"{network.input_names.ascii(n)} = {writer.number(x)}" for n, x in enumerate(point)
    )


def _on_a_kink(network: Network, base: Exact, point: Point, kinks: Kinks) -> str:
    """What to say of a point at which a unit bends: the maps on both sides, where to go."""
    varies = (kinks.forms[:, :-1] != 0).any(axis=1)
    units = np.flatnonzero((kinks.sides == 0) & varies).tolist()
    (row,) = fractions(kinks.forms[units[:1]])
    words = f"layer {kinks.layer} {kinks.function} unit {units[0] + 1}"
    others = f" (and {len(units) - 1:,} more of the layer)" if len(units) > 1 else ""
    lines = [f"{_place(network, point)} is on a kink: {words}{others} bends exactly there"]
    writer = Writer(Ascii, network.input_names)
    clear = []
    for sign in (1, -1):
        side = [sign * a for a in row]
        rows, moved = _beside(network, base, point, side)
        if max(len(point), len(rows)) <= _MOST_INPUTS:
            (where,) = writer.positive([side])
            maps = writer.functions(rows_of(rows))
            said = ", ".join(f"{network.output_names.ascii(n)} = {y}" for n, y in enumerate(maps))
            lines.append(f"  where {where}: {said}")
        changed = [n for n, x in enumerate(moved) if x != point[n]]
        if 0 < len(changed) <= _MOST_INPUTS:
            to = (f"{network.input_names.ascii(n)} = {writer.number(moved[n])}" for n in changed)
            clear.append(", ".join(to))
    hint = f", for example to {' or to '.join(clear)}" if clear else ""
    return "\n".join([*lines, f"move the point to one side{hint}"])


def _beside(network: Network, base: Exact, point: Point, row: Row) -> tuple[Array, Point]:
    """The map of a region beside a point, where a form is positive, and a point inside of it.

    The point is a step away along one input, if that is enough, or else along all; or the given
    one again.
    """
    across = max(range(len(point)), key=lambda place: abs(row[place]))
    steps = np.eye(len(point), dtype=int).tolist()
    for others in (0, 1):
        direction = [others] * len(point)
        direction[across] = len(point) * (1 if row[across] > 0 else -1)
        rows, kinks = read(network, base, near(point, [direction, *steps]))
        forms, _ = sided(kinks, len(point))
        step = _step(point, direction, forms)
        moved = tuple(x + step * d for x, d in zip(point, direction, strict=True))
        if bool((near(moved)(forms) > 0).all()):
            return rows, moved
    return rows, point
