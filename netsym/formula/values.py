"""The values of a formula: its graph evaluated in float64 at many points at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.formula.functions import FUNCTIONS
from netsym.formula.graph import Block, Graph, Ids
from netsym.formula.names import Names

Floats = npt.NDArray[np.float64]

_CHUNK_FLOATS = 4_000_000  # values held at once: 32 MB


def points(inputs: Sequence[npt.ArrayLike], count: int) -> tuple[Floats, tuple[int, ...]]:
    """Inputs as a person gives them -> an array (points, count), and the shape of the points.

    One value per input, numbers or arrays that broadcast; or one array with `count` as its last
    axis. A single input takes numbers, (…) or (…, 1) alike. Raises `SpecError` for anything else.
    """
    try:
        arrays = [_reals(value) for value in inputs]
    except (ValueError, TypeError) as error:
        raise SpecError(f"inputs must be numbers or arrays of numbers: {error}") from None
    if not count:
        if arrays:
            raise SpecError(f"this takes no inputs, but {len(arrays)} were given")
        return np.empty((1, 0)), ()
    if len(arrays) == 1 and arrays[0].shape[-1:] == (count,) and (count > 1 or arrays[0].ndim > 1):
        return arrays[0].reshape(-1, count), arrays[0].shape[:-1]
    if len(arrays) == count:
        try:
            together = np.broadcast_arrays(*arrays)
        except ValueError:
            shapes = ", ".join(str(array.shape) for array in arrays)
            raise SpecError(f"inputs of shapes {shapes} do not fit together") from None
        shape = together[0].shape
        return np.stack([array.reshape(-1) for array in together], axis=1), shape
    given = (
        f"an array of shape {arrays[0].shape} was" if len(arrays) == 1 else f"{len(arrays)} were"
    )
    raise SpecError(
        f"this takes {count} input{'s' * (count != 1)}, but {given} given; pass {count} "
        f"value{'s' * (count != 1)}, or one array whose last axis has length {count}"
    )


def shaped(y: Floats, x: Floats, shape: tuple[int, ...]) -> Floats | float:
    """Values (points, outputs) in the shape of the points: one output has no axis, one point is a
    number; never a view of the inputs, so that nobody's data change with the result.
    """
    if np.may_share_memory(x, y):
        y = y.copy()
    if y.shape[1] > 1:
        return y.reshape(*shape, y.shape[1])
    return y.reshape(shape) if shape else float(y[0, 0])


def checked_number(name: str, value: Any) -> float | Fraction:
    """The number given for a name; raises `SpecError` for anything else than one real number."""
    if isinstance(value, Fraction):
        return value
    if isinstance(value, np.ndarray) and not value.ndim:
        value = value.item()
    if not isinstance(value, (int, float, np.integer, np.floating)):
        raise SpecError(f"parameter {name} must be one number, not {type(value).__name__}")
    try:
        return float(value)
    except OverflowError:
        raise SpecError(f"parameter {name} is too large for a float64") from None


def _reals(value: npt.ArrayLike) -> Floats:
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{str(value)[:60]} is not")
    return array.astype(np.float64, copy=False)


class Plan:
    """How to evaluate some nodes of a graph; made once, run on any number of points.

    Values are held a block at a time, (nodes, points), or (nodes, 1) where no input is involved.
    A sum of products with the same right factors in every row is recognised as the matrix product
    that it is, and its products are not computed one by one.
    """

    def __init__(self, graph: Graph, inputs: Ids, outputs: Ids) -> None:
        self.graph = graph
        self.outputs = outputs
        self.place = {int(node): position for position, node in enumerate(inputs)}
        self.varies: dict[int, bool] = {}  # by block: whether its values differ between points
        self.symbols: list[tuple[int, Names, Block]] = []
        self._fixed: dict[int, Floats] = {}
        self._steps: dict[int, _Step] = {}
        self.wanted = graph.reachable(outputs)
        closed = set(graph.present(self.wanted))
        for number in reversed(range(max(closed) + 1)):  # a block is evaluated whole
            if number in closed:
                closed |= graph.sources(number)
        for number in sorted(closed):
            self._prepare(number, graph.blocks[number])
        self.rows = max(1, sum(len(graph.blocks[n]) for n in self._kept()))

    def _prepare(self, number: int, block: Block) -> None:
        if block.op == "symbol":
            assert isinstance(block.payload, Names)
            ids = range(block.start, block.stop)
            self.varies[number] = any(node in self.place for node in ids)
            self.symbols.append((number, block.payload, block))
        elif block.op == "constant":
            assert isinstance(block.payload, (np.ndarray, tuple))
            self.varies[number] = False
            self._fixed[number] = np.array(block.payload, dtype=np.float64).reshape(-1, 1)
        else:
            self.varies[number] = any(self.varies[n] for n in self.graph.sources(number))
            contraction = self._contraction(number, block) if block.op == "add" else None
            self._steps[number] = contraction or self._plain(block)

    def _kept(self) -> list[int]:
        """The blocks whose values are computed: those that no contraction makes superfluous."""
        used: set[int] = set(self.graph.block_numbers(self.outputs).tolist())
        for number in sorted(self._steps, reverse=True):
            if number in used:
                used.update(self._steps[number].reads)
        return sorted(used)

    def _contraction(self, number: int, block: Block) -> _Step | None:
        """A step for a sum whose leading terms are products of weights with the same values."""
        first, leading, source = self.graph.spans(number)[0]
        if source < 0 or leading - first < 2 or self.graph.blocks[source].op != "multiply":
            return None
        products = self.graph.blocks[source]
        spans = self.graph.spans(source)
        if len(spans) != 2 or products.operands.shape[1] != 2 or self.varies.get(spans[0][2], True):
            return None
        weights, values = products.operands[block.operands[:, :leading] - products.start].T
        values = values.T
        if bool((values != values[0]).any()):
            return None
        holder = spans[0][2]
        rows = weights.T - self.graph.blocks[holder].start
        fixed = self._fixed[holder][:, 0][rows] if holder in self._fixed else None
        right = _Column(self.graph, values[0])
        rest = [_Column(self.graph, column) for column in block.operands.T[leading:]]

        def run(held: _Values) -> Floats:
            matrix = held[holder][:, 0][rows] if fixed is None else fixed
            total: Floats = matrix @ right(held)
            for column in rest:
                total = total + column(held)
            return total

        return _Step(run, {holder, *right.reads}.union(*(column.reads for column in rest)))

    def _plain(self, block: Block) -> _Step:
        """A step that evaluates a block operand by operand, in the order that the formula has."""
        columns = [_Column(self.graph, column) for column in block.operands.T]
        function = _ARITHMETIC.get(block.op) or FUNCTIONS[block.op].numpy

        def run(held: _Values) -> Floats:
            result: Floats = np.atleast_1d(function(*[column(held) for column in columns]))
            return result.reshape(len(block), -1)

        return _Step(run, set().union(*(column.reads for column in columns)))

    def __call__(self, x: Floats, parameters: Mapping[str, float]) -> Floats:
        """Values of the outputs, (points, outputs), for x of shape (points, inputs)."""
        count = len(x)
        kept = self._kept()
        result = np.empty((count, len(self.outputs)))
        constant = dict(self._fixed)
        for number, names, _ in self.symbols:
            if not self.varies[number]:
                constant[number] = self._named(names, parameters).reshape(-1, 1)
        chunk = max(16, _CHUNK_FLOATS // self.rows)
        last = _Column(self.graph, self.outputs)
        with np.errstate(all="ignore"):
            for start in range(0, count, chunk):
                part = x[start : start + chunk].T
                held = dict(constant)
                for number, names, block in self.symbols:
                    if self.varies[number]:
                        held[number] = self._mixed(block, names, part, parameters)
                for number in kept:
                    if number in self._steps:
                        held[number] = self._steps[number].run(held)
                result[start : start + chunk] = last(held).T
        return result

    def _named(self, names: Names, parameters: Mapping[str, float]) -> Floats:
        return np.array([parameters.get(names.ascii(i), np.nan) for i in range(len(names))])

    def _mixed(
        self, block: Block, names: Names, x: Floats, parameters: Mapping[str, float]
    ) -> Floats:
        places = [self.place.get(node) for node in range(block.start, block.stop)]
        if None not in places:
            return x[np.array(places)] if places != list(range(len(x))) else x
        rows = self._named(names, parameters)[:, None].repeat(x.shape[1], axis=1)
        for row, place in enumerate(places):
            if place is not None:
                rows[row] = x[place]
        return rows

    def missing(self, parameters: Mapping[str, float]) -> list[str]:
        """The names that are needed and have no value."""
        return [
            names.ascii(node - block.start)
            for _, names, block in self.symbols
            for node in range(block.start, block.stop)
            if self.wanted[node]
            and node not in self.place
            and names.ascii(node - block.start) not in parameters
        ]


_Values = dict[int, Floats]


@dataclass(frozen=True, slots=True)
class _Step:
    """Computes one block from the blocks that it reads."""

    run: Callable[[_Values], Floats]
    reads: set[int]


class _Column:
    """Where the operands of one column come from: rows of one block, or of several."""

    def __init__(self, graph: Graph, ids: Ids) -> None:
        numbers = graph.block_numbers(ids)
        first = int(numbers[0]) if len(numbers) else 0
        self.parts: list[tuple[int, npt.NDArray[np.int64] | None, npt.NDArray[np.int64] | slice]]
        if not (numbers != first).any():
            rows = ids.astype(np.int64) - graph.blocks[first].start
            whole = (
                len(rows) and (rows[-1] - rows[0] + 1 == len(rows)) and (np.diff(rows) == 1).all()
            )
            picked = slice(int(rows[0]), int(rows[-1]) + 1) if whole else rows
            self.parts = [(first, None, picked)]
        else:
            self.parts = []
            for number in np.unique(numbers).tolist():
                where = np.flatnonzero(numbers == number)
                self.parts.append((number, where, ids[where] - graph.blocks[number].start))
        self.length = len(ids)
        self.reads = {number for number, *_ in self.parts}

    def __call__(self, held: _Values) -> Floats:
        if self.parts[0][1] is None:
            number, _, rows = self.parts[0]
            return held[number][rows]
        width = max(held[number].shape[1] for number, *_ in self.parts)
        values = np.empty((self.length, width))
        for number, where, rows in self.parts:
            values[where] = held[number][rows]
        return values


def _fold(function: np.ufunc) -> Callable[..., Floats]:
    def folded(*operands: Floats) -> Floats:
        result = operands[0]
        for operand in operands[1:]:
            result = function(result, operand)
        return result

    return folded


_ARITHMETIC: dict[str, Callable[..., Floats]] = {
    "add": _fold(np.add),
    "multiply": _fold(np.multiply),
    "divide": np.divide,
    "power": np.power,
    "negate": np.negative,
    "name": lambda value: value,
}
