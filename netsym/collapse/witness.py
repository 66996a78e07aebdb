"""Witnesses: two points that show that what lies between two layers is not affine.

An affine function takes the middle of two points to the middle of its values. One pair of points
where a function does not is a proof that it is not affine, which can be checked by hand.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import chain, cycle
from typing import Any

import numpy as np

from netsym.collapse.diagram import Diagram
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.ops import Ops
from netsym.ops.numeric import Numeric
from netsym.ops.proved.balls import Balls, disjoint, midpoint, precision
from netsym.wording import few, table

_BITS = 192
_AXES = 16
_DRAWS = 8
#: Ends of a segment, small ones first; the middle is a whole number or a half.
_SEGMENTS = ((-1, 1), (0, 2), (-2, 2), (0, 1), (-3, 1), (0, 8), (-4, 4), (-10, 10), (-100, 100))
_IN_TURN = (1.0, -1.0, 2.0, 3.0, -2.0)
_CLEAR = 1e-6  # by how much, relative to the values, a middle has to be off


@dataclass(frozen=True, slots=True)
class Witness:
    """A function at two points and in the middle between them.

    `given` are the numbers that names were given, in words, and `numbers` one by one; `input` is
    what varies: all other values are 0. `points` are p, q and their middle, `values` those of
    `output` there, and `mean` the mean of its values at p and q, which an affine function would
    have in the middle. `unit` is one unit of the `function` that stands between, which takes `pre`
    to `post` there.
    """

    given: str
    input: str
    points: tuple[float, ...]
    function: str
    unit: int
    pre: tuple[float, ...]
    post: tuple[float, ...]
    output: str
    values: tuple[float, ...]
    mean: float
    numbers: Mapping[str, float] = field(hash=False)

    def table(self, width: int = 100) -> str:
        """The numbers, a point to a line, as one would check them by hand; the middle is last.

        What the unit does is left out where it would not fit into the width.
        """
        head = (self.input, f"{self.function}, unit {self.unit}", self.output)
        rows = [
            (f"{x:g}", f"{self.applied(z)}{self._short(a)}", self._short(y))
            for x, z, a, y in zip(self.points, self.pre, self.post, self.values, strict=True)
        ]
        lines = table([head, *rows], "<")
        if max(map(len, lines)) > width:
            lines = table([row[::2] for row in (head, *rows)], "<")
        return "\n".join(lines)

    def remark(self) -> str:
        """What is wrong with these numbers for an affine function."""
        mean = self._short(self.mean)
        return f"the last {self.output} should be the mean of the two above it, {mean}"

    def applied(self, z: float) -> str:
        """`relu(-1) = `; nothing for a function of all units at once."""
        row = FUNCTIONS.get(self.function)
        return "" if row is None or row.vector else f"{self.function}({self._short(z)}) = "

    def _short(self, value: float) -> str:
        """Six digits, or more if it takes more to tell the middle from the mean."""
        off = abs(self.values[2] - self.mean) / max(abs(self.mean), abs(self.values[2]))
        return f"{value:.6g}" if off > 1e-4 else f"{value:.17g}"

    def __str__(self) -> str:
        where = f", with {self.given}" if self.given else ""
        p, q, middle = (f"{self.input} = {point:g}" for point in self.points)
        return (
            f"{self.output} at {middle} is {self._short(self.values[2])}, but the mean of its "
            f"values at {p} and {q} is {self._short(self.mean)}{where}"
        )

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return asdict(self)


@dataclass(frozen=True)
class Passage:
    """The way from one value of a network through a layer that is not affine to a later value.

    `layers` are those on the way, from the one that reads `source`; values from elsewhere are 0.
    `middle` is the one that is not affine.
    """

    origin: Network
    source: str
    width: int
    layers: tuple[Placed, ...]
    middle: Placed

    def read(self, ops: Ops[Any], x: Any, zero: Any) -> tuple[Any, Any, Any]:
        """What the middle layer reads, its values, and the values at the end."""
        values = {self.source: x}
        before = x
        for placed in self.layers:
            inputs = [
                values[source] if source in values else zero(width)
                for source, width in zip(placed.sources, placed.widths, strict=True)
            ]
            values[placed.name] = placed.read(ops, *inputs)
            if placed is self.middle:
                before = inputs[0]
        return before, values[self.middle.name], values[self.layers[-1].name]

    @cached_property
    def witness(self) -> Witness | None:
        """Two points that show that it is not affine, proved; None if none were found."""
        for given, words in _draws(self):
            found = self._best(given)
            if found is not None:
                axis, segment, output, unit = found
                return self._proved(given, words, axis, segment, output, unit)
        return None

    def _best(self, given: Mapping[str, float]) -> tuple[int, tuple[int, int], int, int] | None:
        axes = range(min(self.width, _AXES))
        for segment in _SEGMENTS:
            x = np.zeros((len(axes), 3, self.width))
            for axis in axes:
                x[axis, :, axis] = [*segment, sum(segment) / 2]
            with np.errstate(all="ignore"):
                parts = self.read(Numeric(given), x, np.zeros)
            off, unit_off = (_off(part) for part in (parts[2], parts[1]))
            axis, output = divmod(int(np.argmax(off)), off.shape[1])
            if off[axis, output] > _CLEAR:
                return axis, segment, output, int(np.argmax(unit_off[axis]))
        return None

    def _proved(
        self,
        given: Mapping[str, float],
        words: str,
        axis: int,
        segment: tuple[int, int],
        output: int,
        unit: int,
    ) -> Witness | None:
        points = (float(segment[0]), float(segment[1]), sum(segment) / 2)
        x = np.zeros((3, self.width))
        x[:, axis] = points
        with precision(_BITS):
            ops = Balls(given, _BITS)
            parts = self.read(ops, ops.points(x), lambda width: ops.points(np.zeros(width)))
            pre, at, y = (np.broadcast_to(p, (3, np.shape(p)[-1])) for p in parts)
            mean = (y[0, output] + y[1, output]) / 2
            if not disjoint(y[2, output], mean):
                return None
            values, before, behind = (
                tuple(midpoint(ball) for ball in rows[:, place].tolist())
                for rows, place in ((y, output), (pre, unit % pre.shape[1]), (at, unit))
            )
            return Witness(
                words, _called(self.origin, self.source, axis), points, _function(self.middle),
                unit + 1, before, behind, _called(self.origin, self.layers[-1].name, output),
                values, midpoint(mean), given,
            )  # fmt: skip


def _function(placed: Placed) -> str:
    return str(getattr(placed.layer, "activation", placed.layer.kind))


def _off(values: Any) -> np.ndarray:
    """How far middles are from the means of the ends; (axes, 3, outputs) to (axes, outputs)."""
    values = np.asarray(values)
    if values.ndim < 3:  # what does not depend on the points has none
        return np.zeros((1, values.shape[-1]))
    p, q, middle = np.moveaxis(values, 1, 0)
    with np.errstate(all="ignore"):
        off = np.abs(middle - (p + q) / 2) / np.maximum(1e-3, np.abs(p) + np.abs(q))
    known: np.ndarray = np.nan_to_num(off, nan=0.0, posinf=0.0)
    return known


def _called(network: Network, value: str, place: int) -> str:
    """What an element of a value is called: an input, an output, a pre-activation or activation."""
    for end in network.inputs:
        if value == end.name:
            return end.names.ascii(place)
    for output in network.outputs:
        if value == output.source:
            return output.names.ascii(place)
    name, _, stage = value.partition("/")
    placed = next(placed for placed in network.layers if placed.name == name)
    return Names("z" if stage else "a", placed.number, (placed.width,)).ascii(place)


def _draws(passage: Passage) -> Iterator[tuple[dict[str, float], str]]:
    """Numbers for the names: weights of 1 and biases of 0 if they will do, else small ones."""
    names = [
        name
        for placed in passage.layers
        for parameter in placed.parameters.values()
        for _, used in parameter.symbols()
        for name in used
    ]
    names = list(dict.fromkeys(names))
    if not names:
        yield {}, ""
        return
    biases = _biases(passage.origin)
    zero = " and biases of 0" if any(name in biases for name in names) else ""
    yield {name: float(name not in biases) for name in names}, f"weights of 1{zero}"
    weights = (name for name in names if name not in biases)
    turns = dict(zip(weights, cycle(_IN_TURN)))
    words = ", ".join(f"{number:g}" for number in _IN_TURN)
    yield {name: turns.get(name, 0.0) for name in names}, f"weights of {words} by turns{zero}"
    source = np.random.default_rng(0)
    for _ in range(_DRAWS):
        drawn = source.choice(_IN_TURN, len(names)).tolist()
        values = dict(zip(names, drawn, strict=True))
        shown = few(values.items(), 8, lambda pair: f"{pair[0]} = {pair[1]:g}")
        yield values, shown + (" names" if len(names) > 8 else "")


def _biases(network: Network) -> set[str]:
    """The names of what is added and nowhere multiplied."""
    used: dict[bool, set[str]] = {True: set(), False: set()}
    for placed in network.layers:
        for key, parameter in placed.parameters.items():
            names = chain.from_iterable(names for _, names in parameter.symbols())
            used[key in ("bias", "mean")].update(names)
    return used[True] - used[False]


def passage(diagram: Diagram, before: Placed, middle: Placed, after: Placed) -> Passage:
    """The way from what `before` reads, through `middle`, to the values of `after`."""
    source = before.sources[0]
    layers = (before, middle, after)
    return Passage(diagram.origin, source, diagram.width(source), layers, middle)
