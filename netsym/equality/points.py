"""Sample points: of every magnitude, and on both sides of where units change side."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from hashlib import blake2b
from typing import Any

import numpy as np

from netsym.graph.functions import FUNCTIONS
from netsym.ops import Ops, Present
from netsym.ops.numeric import Floats, Numeric

#: `read(ops, x)`: the outputs in a reading, from the inputs there.
Read = Callable[[Any, Any], Any]

_FEW = 50  # units, all of which are searched
_MOST_EXTRA = 48  # points, where there are more units
_MOST_SEARCHES = 8  # along lines, where there are more units
_CANDIDATES = 2000
_PROBES = 64
_STARTS = 4
_ROUNDS = 8
_HALVINGS = 40  # down to a relative distance of 1e-11: closer, and rounding decides the side


def sample(
    read: Read, width: int, seed: int, count: int, values: Mapping[str, float] | None = None
) -> Floats:
    """Inputs at which to compare what `read(ops, x)` reads with others; shape (points, width).

    `count` points are the origin and, by turns, moderate ones (all |x| <= 2) and ones whose
    coordinates have magnitudes from 1e-3 to 1e4. Behind them stand points that show every max,
    min and abs of the reading from both sides, and pairs just beside where it changes side: for
    all elements if they are at most 50, else at most 48 points. `values` gives names their
    numbers. The same arguments give the same points.
    """
    source = np.random.default_rng(seed)
    x = _at_random(source, width, count)
    with np.errstate(all="ignore"):
        kinks = _Kinks(read, values, source, width)
        if kinks.count and kinks.quick:
            room = 2 * kinks.count if kinks.few else _MOST_EXTRA // 2
            x = np.concatenate([x, _other_sides(kinks, x, room)])
            x = np.concatenate([x, _beside(kinks, x, kinks.count if kinks.few else room // 2)])
    return x


def affine_basis(width: int) -> Floats:
    """The origin and the unit vectors: their values determine an affine function."""
    return np.concatenate([np.zeros((1, width)), np.eye(width)])


def values_for(names: Iterable[str], seed: int) -> dict[str, float]:
    """A number for each name, which depends on the name and the seed alone.

    Magnitudes go from 0.01 to 10 and are mostly about 1, signs are random.
    """
    names = list(names)
    drawn = (blake2b(f"{seed} {name}".encode(), digest_size=8).digest() for name in names)
    words = np.frombuffer(b"".join(drawn), dtype=">u8").astype(np.uint64)
    share = (words % np.uint64(2**56)).astype(np.float64) / 2**56
    # the triangular distribution from -2 to 1 with its peak at 0, by its inverse
    powers = np.where(share < 2 / 3, -2 + np.sqrt(6 * share), 1 - np.sqrt(3 * (1 - share)))
    signs = np.where(words >> np.uint64(56) & np.uint64(1), -1.0, 1.0)
    sizes = [10**power for power in powers.tolist()]  # as NumPy has no power that is always so
    return dict(zip(names, (signs * sizes).tolist(), strict=True))


def _at_random(source: np.random.Generator, width: int, count: int) -> Floats:
    x = source.uniform(-2, 2, (count, width))
    signs = source.choice([-1.0, 1.0], (count, width))
    powers = source.uniform(-3, 4, (count, width))
    x[::2] = signs[::2] * 10 ** powers[::2]
    x[:1] = 0
    return x


class _Watcher(Numeric):
    """Keeps by how much the first operand of every max, min and abs exceeds the other."""

    def __init__(self, values: Mapping[str, float] | None) -> None:
        super().__init__(values)
        self.margins: list[Floats] = []

    def call(self, function: str, *operands: Floats) -> Floats:
        row = FUNCTIONS[function]
        if function == "abs":
            self._watch(operands[0], self.constant(0))
        elif function in ("max", "min"):
            so_far = operands[0]
            for operand in operands[1:]:
                self._watch(so_far, operand)
                so_far = row.numpy(so_far, operand)
        elif row.expansion is not None and not row.vector:
            row.expansion(self, *operands)  # to watch it; the value is better computed as it is
        return super().call(function, *operands)

    def maximum(self, values: Floats, count: int, present: Present | None = None) -> Floats:
        return Ops.maximum(self, values, count, present)

    def apply(self, function: str, values: Floats, *constants: float) -> Floats:
        if FUNCTIONS[function].vector:
            return super().apply(function, values, *constants)
        return self.call(function, values, *map(self.constant, constants))

    def _watch(self, first: Floats, other: Floats) -> None:
        margin = np.asarray(first - other)
        if margin.ndim > 1:
            self.margins.append(margin.reshape(len(margin), -1))


class _Kinks:
    """The places where elements change side: `kinks(x)` (points, count) is positive on one."""

    def __init__(
        self,
        read: Read,
        values: Mapping[str, float] | None,
        source: np.random.Generator,
        width: int,
    ) -> None:
        self.read = read
        self.watcher = _Watcher(values)
        self.source = source
        probes = self._margins(_at_random(source, width, 16))
        self.columns = np.sort(np.unique(probes, axis=1, return_index=True)[1])
        self.count = len(self.columns)
        self.few = self.count <= _FEW
        self.quick = len(self.watcher.margins) <= _FEW  # each takes its own calls of NumPy

    def __call__(self, x: Floats) -> Floats:
        return self._margins(x)[:, self.columns]

    def _margins(self, x: Floats) -> Floats:
        self.watcher.margins.clear()
        self.read(self.watcher, x)
        there = (margins for margins in self.watcher.margins if len(margins) == len(x))
        return np.concatenate([np.empty((len(x), 0)), *there], axis=1)


def _sides(margins: Floats) -> Any:
    """Which elements are above 0, then which are below; shape (points, 2*elements)."""
    return np.concatenate([margins > 0, margins < 0], axis=1)


def _other_sides(kinks: _Kinks, x: Floats, room: int) -> Floats:
    """Points, at most `room`, that show elements on sides where no point of `x` shows them."""
    seen = _sides(kinks(x)).any(axis=0)
    number = min(_CANDIDATES, 4_000_000 // (kinks.count + x.shape[1]) + 1)
    candidates = np.concatenate([x, _at_random(kinks.source, x.shape[1], number)])
    margins = kinks(candidates)
    shows = _sides(margins)
    found: list[Floats] = []
    while len(found) < room and (gains := (shows & ~seen).sum(axis=1)).any():
        best = int(np.argmax(gains))
        found.append(candidates[best])
        seen = seen | shows[best]
    unseen = np.flatnonzero(~seen).tolist()
    for side in unseen if kinks.few else unseen[:_MOST_SEARCHES]:
        if len(found) == room:
            break
        heights = np.concatenate([margins, -margins], axis=1)[:, side]
        point = None if seen[side] else _search(kinks, side, candidates, heights)
        if point is not None:
            found.append(point)
            seen = seen | _sides(kinks(point[None]))[0]
    return np.array(found).reshape(-1, x.shape[1])


def _search(kinks: _Kinks, side: int, points: Floats, heights: Floats) -> Floats | None:
    """A point on a side, uphill along lines from the points that are highest already."""
    if np.isnan(heights).all():  # it has no value anywhere, and so no side
        return None
    sign, element = (1 if side < kinks.count else -1), side % kinks.count
    for start in np.argsort(-np.nan_to_num(heights, nan=-np.inf))[:_STARTS]:
        point, height = points[start], heights[start]
        for _ in range(_ROUNDS):
            lines = _directions(kinks, point, sign, element)
            steps = (1 + np.abs(point).max()) * np.geomspace(1e-4, 1e4, 25)
            tried = point + (steps[:, None, None] * lines).reshape(-1, len(point))
            reached = sign * kinks(tried)[:, element]
            best = int(np.argmax(np.nan_to_num(reached, nan=-np.inf)))
            if reached[best] > 0:
                return np.asarray(tried[best])
            if reached[best] > height:
                point, height = tried[best], reached[best]
    return None


def _directions(kinks: _Kinks, point: Floats, sign: int, element: int) -> Floats:
    """Uphill by differences, and a few at random; of length 1, shape (lines, width)."""
    width = len(point)
    axes = np.eye(width) if width <= _PROBES else kinks.source.normal(size=(_PROBES, width))
    near = 1e-6 * (1 + np.abs(point).max())
    margins = sign * kinks(np.concatenate([point[None], point + near * axes]))[:, element]
    uphill = np.nan_to_num(margins[1:] - margins[0]) @ axes
    lines = np.concatenate([uphill[None], kinks.source.normal(size=(16, width))])
    return np.asarray(lines / (np.linalg.norm(lines, axis=1, keepdims=True) + 1e-300))


def _beside(kinks: _Kinks, x: Floats, most: int) -> Floats:
    """For at most so many elements, neighbouring points on either side of where it changes, and it.

    Where it changes is where the secant of the two is 0, as near as float64 has it.
    """
    margins = kinks(x)
    both = np.flatnonzero((margins > 0).any(axis=0) & (margins < 0).any(axis=0))
    if len(both) > most:
        both = np.sort(kinks.source.choice(both, most, replace=False))
    if not len(both):
        return x[:0]
    margins = margins[:, both]
    above = x[np.argmin(np.where(margins > 0, margins, np.inf), axis=0)]
    below = x[np.argmin(np.where(margins < 0, -margins, np.inf), axis=0)]
    rows = np.arange(len(both))
    for _ in range(_HALVINGS):
        between = above + 0.45 * (below - above)  # the very middle is too often exactly a kink
        side = kinks(between)[rows, both][:, None]
        above = np.where(side > 0, between, above)
        below = np.where(side < 0, between, below)
    high, low = (kinks(points)[rows, both][:, None] for points in (above, below))
    zero = above + (below - above) * (high / (high - low))
    zero = np.where(np.isfinite(zero), zero, above)
    return np.stack([above, below, zero], axis=1).reshape(-1, x.shape[1])
