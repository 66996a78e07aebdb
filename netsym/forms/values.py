"""The values of a formula: its graph evaluated in float64 at many points at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block
from netsym.graph.names import Names
from netsym.graph.plan import Contraction, Gather, LongSum, Operation, Plain, Plan
from netsym.wording import plural

Floats = npt.NDArray[np.float64]

_CHUNK_FLOATS = 4_000_000  # values held at once: 32 MB


def points(inputs: Sequence[npt.ArrayLike], count: int) -> tuple[Floats, tuple[int, ...]]:
    """Inputs as a person gives them -> an array (points, count), and the shape of the points.

    One value per input, numbers or arrays that broadcast; or one array with `count` as its last
    axis. A single input takes numbers, (…) or (…, 1) alike. Raises `SpecError` for anything else.
    """
    if any(hasattr(value, "columns") for value in inputs):
        raise SpecError(
            "a formula does not look at the columns of a data frame; call the network with it, or "
            "give df[[…]].to_numpy() with the columns in the order of the inputs"
        )
    try:
        arrays = [reals(value) for value in inputs]
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
        f"this takes {plural(count, 'input')}, but {given} given; pass {plural(count, 'value')}, "
        f"or one array whose last axis has length {count}"
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
    if isinstance(value, bool) or not isinstance(value, (int, float, np.integer, np.floating)):
        raise SpecError(f"parameter {name} must be one number, not {type(value).__name__}")
    try:
        return float(value)
    except OverflowError:
        raise SpecError(f"parameter {name} is too large for a float64") from None


def checked_numbers(values: Mapping[str, Any] | None) -> dict[str, float | Fraction]:
    """The numbers given by name; raises `SpecError` for what is no mapping, or holds others."""
    if values is None:
        return {}
    if not isinstance(values, Mapping):
        raise SpecError(
            f'parameters are numbers by their names, as {{"w1_1_1": 0.5}}, not '
            f"{type(values).__name__}"
        )
    unnamed = next((name for name in values if not isinstance(name, str)), None)
    if unnamed is not None:
        raise SpecError(f"parameters have names, and {unnamed!r} is none")
    return {name: checked_number(name, value) for name, value in values.items()}


def reals(value: npt.ArrayLike) -> Floats:
    """An array of numbers as float64; raises `TypeError` or `ValueError` for anything else."""
    array = np.asarray(value)
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{str(value)[:60]} is not")
    return array.astype(np.float64, copy=False)


_Values = dict[int, Floats]


class Evaluation:
    """Runs a plan in float64 on any number of points.

    Values are held a block at a time, (nodes, points), or (nodes, 1) where no input is involved.
    """

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rows = max(1, sum(len(plan.graph.blocks[number]) for number in plan.kept))
        self._fixed: dict[int, Floats] = {}
        self._symbols: list[tuple[int, Names, Block]] = []
        for number, block in plan.leaves.items():
            if isinstance(block.payload, Names):
                self._symbols.append((number, block.payload, block))
            else:
                self._fixed[number] = np.array(block.payload, dtype=np.float64).reshape(-1, 1)
        self._steps = {number: self._step(step) for number, step in plan.steps.items()}

    def _step(self, step: Operation) -> Callable[[_Values], Floats]:
        if isinstance(step, LongSum):
            return lambda held: _picked(step.terms, held).sum(axis=0, keepdims=True)
        return _plain(step) if isinstance(step, Plain) else _contracted(step, self._fixed)

    def __call__(self, x: Floats, parameters: Mapping[str, float]) -> Floats:
        """Values of the outputs, (points, outputs), for x of shape (points, inputs)."""
        count = len(x)
        result = np.empty((count, self.plan.outputs.length))
        constant = dict(self._fixed)
        for number, names, _ in self._symbols:
            if not self.plan.varies[number]:
                constant[number] = self._named(names, parameters).reshape(-1, 1)
        chunk = max(16, _CHUNK_FLOATS // self.rows)
        with np.errstate(all="ignore"):
            for start in range(0, count, chunk):
                part = x[start : start + chunk].T
                held = dict(constant)
                for number, names, block in self._symbols:
                    if self.plan.varies[number]:
                        held[number] = self._mixed(block, names, part, parameters)
                for number in self.plan.kept:
                    if number in self._steps:
                        held[number] = self._steps[number](held)
                result[start : start + chunk] = _picked(self.plan.outputs, held).T
        return result

    def _named(self, names: Names, parameters: Mapping[str, float]) -> Floats:
        return np.array([parameters.get(name, np.nan) for name in names.all()])

    def _mixed(
        self, block: Block, names: Names, x: Floats, parameters: Mapping[str, float]
    ) -> Floats:
        places = [self.plan.place.get(node) for node in range(block.start, block.stop)]
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
            name
            for _, names, block in self._symbols
            for node, name in enumerate(names.all(), block.start)
            if self.plan.wanted[node] and node not in self.plan.place and name not in parameters
        ]


def _contracted(step: Contraction, fixed: _Values) -> Callable[[_Values], Floats]:
    """The sums as the matrix product that they are; its products are not computed one by one."""
    weights = fixed[step.holder][:, 0][step.rows] if step.holder in fixed else None

    def run(held: _Values) -> Floats:
        matrix = held[step.holder][:, 0][step.rows] if weights is None else weights
        total: Floats = matrix @ _picked(step.right, held)
        for column in step.rest:
            total = total + _picked(column, held)
        return total

    return run


def _plain(step: Plain) -> Callable[[_Values], Floats]:
    block = step.block
    function = ARITHMETIC.get(block.op) or FUNCTIONS[block.op].numpy

    def run(held: _Values) -> Floats:
        result: Floats = np.atleast_1d(function(*[_picked(c, held) for c in step.columns]))
        return result.reshape(len(block), -1)

    return run


def _picked(column: Gather, held: _Values) -> Floats:
    if column.parts[0][1] is None:
        number, _, rows = column.parts[0]
        return held[number][rows]
    width = max(held[number].shape[1] for number, *_ in column.parts)
    values = np.empty((column.length, width))
    for number, where, rows in column.parts:
        values[where] = held[number][rows]
    return values


def _fold(function: np.ufunc) -> Callable[..., Floats]:
    def folded(*operands: Floats) -> Floats:
        result = operands[0]
        for operand in operands[1:]:
            result = function(result, operand)
        return result

    return folded


#: What the operations that are no functions of the table are in float64.
ARITHMETIC: dict[str, Callable[..., Floats]] = {
    "add": _fold(np.add),
    "multiply": _fold(np.multiply),
    "divide": np.divide,
    "power": np.power,
    "negate": np.negative,
    "name": lambda value: value,
}
