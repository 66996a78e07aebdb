"""The values of a formula: its graph evaluated in float64 at many points at once."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property, partial
from operator import itemgetter, methodcaller
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, ValueMissingError
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block
from netsym.graph.names import Names
from netsym.graph.plan import Contraction, Gather, LongSum, Operation, Plain, Plan
from netsym.wording import plural, without_values

Floats = npt.NDArray[np.float64]
Real = np.dtype[Any]
DOUBLE, SINGLE = np.dtype(np.float64), np.dtype(np.float32)

_CHUNK_FLOATS = 4_000_000  # values held at once: 32 MB


def real_of(dtype: npt.DTypeLike) -> Real:
    """float64 or float32, as a person names it for NumPy; raises `SpecError` for anything else."""
    try:
        found: Real | None = np.dtype(dtype)
    except TypeError:
        found = None
    if found is not None and found in (DOUBLE, SINGLE):  # NumPy takes None for float64
        return found
    raise SpecError(f'values are computed in "float64" or "float32", not in {str(dtype)[:60]!r}')


def points(
    inputs: Sequence[npt.ArrayLike], count: int, real: Real = DOUBLE
) -> tuple[Floats, tuple[int, ...]]:
    """Inputs as a person gives them -> an array (points, count), and the shape of the points.

    One value per input, numbers or arrays that broadcast; or one array with `count` as its last
    axis. A single input takes numbers, (…) or (…, 1) alike. Raises `SpecError` for anything else.
    """
    try:
        arrays = [_without_columns(value, real) for value in inputs]
    except (ValueError, TypeError) as error:
        raise SpecError(f"inputs must be numbers or arrays of numbers: {error}") from None
    if not count:
        if arrays:
            raise SpecError(f"this takes no inputs, but {len(arrays)} were given")
        return np.empty((1, 0), dtype=real), ()
    if len(arrays) == 1:
        (array,) = arrays
        shape = array.shape
        if shape[-1:] == (count,) and (count > 1 or len(shape) > 1):
            return array.reshape(-1, count), shape[:-1]
    if len(arrays) == count:
        if not any(array.ndim for array in arrays):
            return np.array([arrays]), ()
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


def _without_columns(value: npt.ArrayLike, real: Real) -> Floats:
    if hasattr(value, "columns"):
        raise SpecError(
            "a formula does not look at the columns of a data frame; call the network with it, or "
            "give df[[…]].to_numpy() with the columns in the order of the inputs"
        )
    return reals(value, real)


def shaped(y: Floats, shape: tuple[int, ...]) -> Floats | float:
    """Values (points, outputs) in the shape of the points: one output has no axis, one point is a
    number.
    """
    outputs = y.shape[1]
    if outputs > 1:
        return y.reshape((*shape, outputs)) if shape else y[0]
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


def floats_by_name(values: Mapping[str, Any] | None) -> dict[str, float]:
    """The numbers given by name as float64; see `checked_numbers`."""
    if values is None:
        return {}
    return {name: float(number) for name, number in checked_numbers(values).items()}


def reals(value: npt.ArrayLike, real: Real = DOUBLE) -> Floats:
    """An array of numbers in `real`; raises `TypeError` or `ValueError` for anything else."""
    array = np.asarray(value)
    if array.dtype == real:
        return array
    if array.dtype.kind not in "biuf":
        raise TypeError(f"{str(value)[:60]} is not")
    return array.astype(real, copy=False)


def excess(
    found: Floats,
    right: Floats,
    scale: Floats,
    tolerance: float,
    tiny: float = float(np.finfo(np.float64).tiny),
) -> Floats:
    """How much farther values (points, outputs) are from the right ones than they may be.

    They may be `tolerance` times the right one, or times the `scale` of its output, away.
    """
    allowed = tolerance * np.maximum(np.abs(right), scale) + tiny
    with np.errstate(all="ignore"):
        far = np.abs(found - right) - allowed
    far[(found == right) | (np.isnan(found) & np.isnan(right))] = 0
    far[np.isnan(far)] = np.inf
    return far


def product(left: Floats, right: Floats) -> Floats:
    """`left @ right`, bit for bit; of small matrices that lie together in half the time."""
    if left.ndim == right.ndim == 2 and len(right) > 1 and left.flags.forc and right.flags.forc:
        return left.dot(right)  # type: ignore[no-any-return]
    result: Floats = left @ right
    return result


_Values = dict[int, Floats]
_Step = Callable[[_Values], Floats]


class Evaluation:
    """Runs a plan on any number of points, in float64 or float32.

    Values are held a block at a time, (nodes, points), or (nodes, 1) where no input is involved.
    """

    def __init__(self, plan: Plan, real: Real = DOUBLE) -> None:
        self.plan, self.real = plan, real
        rows = max(1, sum(len(plan.graph.blocks[n]) for n in plan.kept if plan.varies[n]))
        self._chunk = max(16, _CHUNK_FLOATS // rows)  # points at once
        self._fixed: dict[int, Floats] = {}
        self._symbols: list[tuple[int, Block]] = []  # that no input is among
        self._inputs: list[tuple[int, Callable[[Floats, Mapping[str, float]], Floats]]] = []
        for number, block in plan.leaves.items():
            if not isinstance(block.payload, Names):
                self._fixed[number] = np.array(block.payload, dtype=real).reshape(-1, 1)
            elif plan.varies[number]:
                self._inputs.append((number, self._mixed(block)))
            else:
                self._symbols.append((number, block))
        kept = {n: plan.steps[n] for n in plan.kept if n in plan.steps}
        self._readers = Counter(n for step in kept.values() for n in step.reads)
        self._readers.update(plan.outputs.reads)
        self._steps: dict[int, _Step] = {}
        for number, step in kept.items():
            self._steps[number] = self._step(step)
        self._outputs = self._picked(plan.outputs)

    def _step(self, step: Operation) -> _Step:
        if isinstance(step, LongSum):
            terms = self._picked(step.terms)
            return lambda held: terms(held).sum(axis=0, keepdims=True)
        return self._plain(step) if isinstance(step, Plain) else self._contracted(step)

    @np.errstate(all="ignore")
    def __call__(self, x: Floats, parameters: Mapping[str, float]) -> Floats:
        """Values of the outputs, a new array (points, outputs), for x of shape (points, inputs)."""
        count, constant = len(x), self._fixed
        if self._symbols:
            named = {n: self._named(b, parameters).reshape(-1, 1) for n, b in self._symbols}
            constant = constant | named
        if 0 < count <= self._chunk:
            values = self._values(x.T, constant, parameters)
            if values.shape[1] == count:
                return values.T.copy()
        result = np.empty((count, self.plan.outputs.length), dtype=self.real)
        for start in range(0, count, self._chunk):
            part = slice(start, start + self._chunk)
            result[part] = self._values(x[part].T, constant, parameters).T
        return result

    def _values(self, x: Floats, constant: _Values, parameters: Mapping[str, float]) -> Floats:
        """Values of the outputs (outputs, points), or (outputs, 1), for x (inputs, points)."""
        held = constant.copy()
        for number, mixed in self._inputs:
            held[number] = mixed(x, parameters)
        for number, step in self._steps.items():
            held[number] = step(held)
        return self._outputs(held)

    def _named(self, block: Block, parameters: Mapping[str, float]) -> Floats:
        numbers = [parameters.get(name, np.nan) for name in block.names.all()]
        return np.array(numbers, dtype=self.real)

    def _mixed(self, block: Block) -> Callable[[Floats, Mapping[str, float]], Floats]:
        """What gives the values of a block of inputs, and of names among them."""
        places = [self.plan.place.get(node) for node in range(block.start, block.stop)]
        if places == list(range(len(self.plan.place))):
            return lambda x, _: x
        if None not in places:
            order = np.array(places)
            return lambda x, _: x[order]

        def mixed(x: Floats, parameters: Mapping[str, float]) -> Floats:
            rows = self._named(block, parameters)[:, None].repeat(x.shape[1], axis=1)
            for row, place in enumerate(places):
                if place is not None:
                    rows[row] = x[place]
            return rows

        return mixed

    def numbers(self, parameters: Mapping[str, Any] | None) -> dict[str, float]:
        """The numbers that are given for the names, as float64.

        Raises `SpecError` for a name that is not there, `ValueMissingError` where one has none.
        """
        given = floats_by_name(parameters)
        if given and (unknown := [name for name in given if name not in self._names]):
            raise SpecError(f"no parameter named {unknown[0]!r} in this formula or its network")
        if self._needed and (missing := [name for name in self._needed if name not in given]):
            raise ValueMissingError(without_values(missing))
        return given

    @cached_property
    def _names(self) -> frozenset[str]:
        graph = self.plan.graph
        return frozenset(graph.symbol_names()).difference(map(graph.name_of, self.plan.place))

    @cached_property
    def _needed(self) -> list[str]:
        return [
            name
            for number, block in self.plan.leaves.items()
            if isinstance(block.payload, Names)
            for row, name in enumerate(block.names.all())
            if self.plan.wanted[number][row] and block.start + row not in self.plan.place
        ]

    def _contracted(self, step: Contraction) -> _Step:
        """The sums as the matrix product that they are; no product of it is computed by itself."""
        right, rest = self._picked(step.right), [self._picked(column) for column in step.rest]
        weights = None
        if step.holder in self._fixed:
            weights = self._fixed[step.holder][:, 0][step.rows]

        def run(held: _Values) -> Floats:
            matrix = held[step.holder][:, 0][step.rows] if weights is None else weights
            total = product(matrix, right(held))
            for column in rest:
                term = column(held)
                if term.shape[1] <= total.shape[1]:
                    total += term
                else:
                    total = total + term
            return total

        return run

    def _plain(self, step: Plain) -> _Step:
        if step.block.op == "name":
            return self._operand(step)
        function = ARITHMETIC.get(step.block.op) or FUNCTIONS[step.block.op].numpy
        if not step.columns:
            value = np.full((len(step.block), 1), function(), dtype=self.real)
            return lambda _: value
        if len(step.columns) == 1:
            only = self._operand(step)
            return lambda held: function(only(held))
        columns = [self._picked(column) for column in step.columns]
        return lambda held: function(*[column(held) for column in columns])

    def _operand(self, step: Plain) -> _Step:
        """What gives the one operand: a layer is one step, with its sums and the name it has."""
        (column,) = step.columns
        number = column.parts[0][0]
        source = self.plan.steps.get(number)
        is_named = isinstance(source, Plain) and source.block.op == "name"
        is_layer = isinstance(source, Contraction) or (step.block.op == "name" and not is_named)
        if is_layer and self._is_last(column):
            return self._steps.pop(number)
        return self._picked(column)

    def _picked(self, gather: Gather) -> _Step:
        """What gives the values of nodes (nodes, points), a view where they are rows of a block."""
        number, where, rows = gather.parts[0]
        if where is not None:
            return partial(_joined, gather)
        if number in self._fixed:
            values = self._fixed[number][rows]
            return lambda _: values
        if self._is_last(gather):
            return methodcaller("pop", number)
        if self._is_whole(gather):
            return itemgetter(number)
        return lambda held: held[number][rows]

    def _is_last(self, gather: Gather) -> bool:
        """Whether it reads all that a step makes, and nothing else does: then it need not stay."""
        number = gather.parts[0][0]
        return number in self._steps and self._is_whole(gather) and self._readers[number] == 1

    def _is_whole(self, gather: Gather) -> bool:
        number, where, rows = gather.parts[0]
        every = slice(0, len(self.plan.graph.blocks[number]))
        return where is None and isinstance(rows, slice) and rows == every


def _joined(gather: Gather, held: _Values) -> Floats:
    width = max(held[number].shape[1] for number, *_ in gather.parts)
    values = np.empty((gather.length, width), dtype=held[gather.parts[0][0]].dtype)
    for number, where, rows in gather.parts:
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
