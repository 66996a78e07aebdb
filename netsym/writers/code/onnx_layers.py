"""ONNX of a network, layer by layer: a reading whose values are those of operators."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import wraps
from itertools import chain
from math import prod
from typing import Any, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from netsym.forms.form import Form
from netsym.forms.shifted import shifted
from netsym.layers import Shape
from netsym.layers.wiring import Placed
from netsym.ops import ByMatrices, Present
from netsym.ops.arrays import concatenated_shape, taken_shape
from netsym.ops.numeric import Floats, Numeric
from netsym.ops.reading import Reading, read_parameter
from netsym.writers.code.onnx_nodes import Nodes
from netsym.writers.code.onnx_operators import ACTIVATIONS, CLIPPED, LAYERS

M = TypeVar("M", bound=Callable[..., Any])


class End(Protocol):
    """An input or an output of a network."""

    @property
    def name(self) -> str: ...
    @property
    def shape(self) -> Shape: ...


class Source(End, Protocol):
    """An output, and the layer whose value it is."""

    @property
    def source(self) -> str: ...


class Layers(Protocol):
    """A network: its layers, each after what it reads, between its inputs and its outputs."""

    @property
    def inputs(self) -> Sequence[End]: ...
    @property
    def layers(self) -> Sequence[Placed]: ...
    @property
    def outputs(self) -> Sequence[Source]: ...


def by_layers(
    network: Layers, single: bool, digits: int | None
) -> tuple[Nodes, Mapping[str, Shape]]:
    """The operators of a network, and the shapes of its outputs by name."""
    inputs = _called(network.inputs, "inputs")
    nodes = Nodes({name: each.shape for name, each in inputs.items()}, single, digits)
    ops = Operators(nodes)
    values: dict[str, Any] = {each.name: Tensor(name, each.shape) for name, each in inputs.items()}
    with np.errstate(all="ignore"):
        for placed in network.layers:
            values[placed.name] = ops.layer(placed, *(values[each] for each in placed.sources))
    nodes.scope = ""
    outputs = _called(network.outputs, "outputs")
    for name, each in outputs.items():
        value = nodes.in_rows(ops.named(values[each.source]), each.shape)
        nodes.node("Identity", [value], name)
    return nodes, {name: each.shape for name, each in outputs.items()}


E = TypeVar("E", bound=End)


def _called(ends: Sequence[E], alone: str) -> dict[str, E]:
    """Inputs or outputs by what they are called in the model."""
    return {alone if len(ends) == 1 else each.name: each for each in ends}


@dataclass(frozen=True, slots=True)
class Tensor:
    """A value that depends on the inputs: its name, and its shape for each of their rows."""

    name: str
    shape: Shape


#: What a reading here has for an array: of numbers alone it is the numbers.
Value = Tensor | Floats


def _of_tensors(method: M) -> M:
    """An operation that of numbers alone is computed at once."""

    @wraps(method)
    def either(self: Operators, *given: Any, **said: Any) -> Any:
        lists = (each for each in given if isinstance(each, (list, tuple)))
        if any(isinstance(each, Tensor) for each in chain(given, *lists)):
            return method(self, *given, **said)
        return getattr(self.numeric, method.__name__)(*given, **said)

    return either  # type: ignore[return-value]


class Operators(ByMatrices[Any]):
    """Arrays are those of operators, (N, …), or numbers, which have no axis of rows."""

    def __init__(self, nodes: Nodes) -> None:
        self.nodes = nodes
        self.numeric = Numeric()
        self._called: dict[int, tuple[Floats, str]] = {}

    # -- layers -----------------------------------------------------------------------------------
    def layer(self, placed: Placed, *inputs: Value) -> Value:
        """The output of a layer: its own operator, where there is one, or several for it."""
        here = self.at(placed.at(self).place)
        self.nodes.scope = placed.name
        parameters = {
            key: self.called(key, self.nodes.rounded(read_parameter(each, self.numeric)))
            for key, each in placed.parameters.items()
        }
        row = LAYERS.get(placed.layer.kind) if self.nodes.single and not placed.examples else None
        if row is not None and all(isinstance(each, Tensor) for each in inputs):
            found: Value | None = row(here, placed.layer, parameters, *inputs)
            if found is not None:
                return found
        made: Value = placed.layer.forward(here, parameters, *inputs)
        return made

    def called(self, key: str, numbers: Floats) -> Floats:
        """Parameters of the layer, which are called so in the model."""
        self._called[id(numbers)] = numbers, f"{self.nodes.scope}.{key}"
        return numbers

    def made(self, shape: Shape, operator: str, *operands: Value | str, **said: Any) -> Tensor:
        """The value of an operator, which has this shape for each row."""
        return Tensor(self.nodes.node(operator, [*map(self.named, operands)], **said), shape)

    def named(self, value: Value | str) -> str:
        """The name of a value; a parameter has that of its layer, also where it is transposed."""
        if isinstance(value, str):
            return value
        if isinstance(value, Tensor):
            return value.name
        origin: Any = value
        while origin is not None and id(origin) not in self._called:
            origin = origin.base
        return self.nodes.keep(value, "" if origin is None else self._called[id(origin)][1])

    # -- element by element -----------------------------------------------------------------------
    def symbols(self, names: Any) -> Value:
        raise AssertionError("what has no number was refused")

    def numbers(self, values: npt.NDArray[Any]) -> Floats:
        return self.numeric.numbers(values)

    def copied(self, formula: Form, x: Value | None = None) -> Value | None:
        """A formula with its exponentials shifted, so that none overflows."""
        plain, _ = shifted(formula)
        found: Value = Reading(plain.plan, self, x)[plain.ends]
        return found

    def _each(self, op: str, *operands: Value) -> Tensor:
        """An operation element by element; of fewer axes than others it is from the last."""
        axes = max(len(each.shape) for each in operands if isinstance(each, Tensor))
        aligned = [self._with_axes(each, axes) for each in operands]
        shape = np.broadcast_shapes(*(_whole(each) for each in aligned))
        assert len(shape) == axes + 1, "numbers have more axes than values"
        return Tensor(self.nodes.operation(op, [self.named(each) for each in aligned]), shape[1:])

    def _with_axes(self, value: Value, axes: int) -> Value:
        if not isinstance(value, Tensor) or len(value.shape) == axes:
            return value
        return self._shaped(value, (1,) * (axes - len(value.shape)) + value.shape)

    @_of_tensors
    def add(self, *terms: Value) -> Value:
        return self._each("add", *terms)

    @_of_tensors
    def multiply(self, *factors: Value) -> Value:
        return self._each("multiply", *factors)

    @_of_tensors
    def divide(self, numerator: Value, denominator: Value) -> Value:
        return self._each("divide", numerator, denominator)

    @_of_tensors
    def power(self, base: Value, exponent: int) -> Value:
        return self._each("power", base, np.array(float(exponent)))

    @_of_tensors
    def negate(self, value: Value) -> Value:
        return self._each("negate", value)

    @_of_tensors
    def call(self, function: str, *operands: Value) -> Value:
        return self._each(function, *operands)

    @_of_tensors
    def apply(self, function: str, values: Value, *constants: float) -> Value:
        if function == "softmax":
            return self.softmax(values)
        if function == "logsumexp":
            return self._reduced("ReduceLogSumExp", values)
        if function == "silu":
            return self.multiply(values, self.call("sigmoid", values))
        if function in CLIPPED:
            ends = map(np.array, CLIPPED[function])
            return self.made(values.shape, "Clip", values, *ends)
        if self.nodes.single and function in ACTIVATIONS:
            operator, options = ACTIVATIONS[function]
            alpha = dict.fromkeys(["alpha"], constants[0]) if constants else {}
            return self.made(values.shape, operator, values, **options, **alpha)
        return self.call(function, values, *map(self.constant, constants))

    # -- along axes -------------------------------------------------------------------------------
    def contract(
        self, weights: Value, values: Value, bias: Value | None = None,
        present: Present | None = None, axes: int = 1,
    ) -> Value:  # fmt: skip
        """As ever; of a vector it is one operator with the weights as they are."""
        if (
            present is None
            and axes == 1
            and isinstance(values, Tensor)
            and len(values.shape) == 1
            and not isinstance(weights, Tensor)
            and not isinstance(bias, Tensor)
        ):
            rest = [] if bias is None else [bias]
            return self.made(weights.shape[:1], "Gemm", values, weights, *rest, transB=1)
        found: Value = super().contract(weights, values, bias, present, axes)
        return found

    @_of_tensors
    def products(self, weights: Value, values: Value) -> Value:
        flipped: Value
        if isinstance(weights, Tensor):
            axes = len(weights.shape)
            flipped = self.transpose(weights, *range(axes - 2), axes - 1, axes - 2)
        else:
            flipped = weights.swapaxes(-1, -2)
        left, right = _whole(values), _whole(flipped)
        shape = (*np.broadcast_shapes(left[:-2], right[:-2]), left[-2], right[-1])
        return self.made(shape[1:], "MatMul", values, flipped)

    def weighted(self, products: Sequence[tuple[Value, Value]], *terms: Value) -> Value:
        return self.add(*(self.contract(matrix, x) for matrix, x in products), *terms)

    @_of_tensors
    def kept(self, values: Value, present: Present) -> Value:
        shape = np.broadcast_shapes(_whole(values), present.shape)[1:]
        return self._where(present, values, 0.0, shape)

    def _where(self, present: Present, values: Value, other: float, shape: Shape) -> Tensor:
        return self.made(shape, "Where", self.nodes.keep(present), values, np.array(other))

    @_of_tensors
    def total(self, values: Value, present: Present | None = None) -> Value:
        every = values if present is None else self.kept(values, present)
        return self._reduced("ReduceSum", every)

    def _reduced(self, operator: str, values: Value) -> Tensor:
        shape = (*values.shape[:-1], 1)
        return self.made(shape, operator, values, self.nodes.places([-1]), keepdims=1)

    @_of_tensors
    def softmax(self, values: Value, present: Present | None = None) -> Value:
        if present is not None:
            values = self._where(present, values, -np.inf, values.shape)
        return self.made(values.shape, "Softmax", values, axis=-1)

    # -- structure --------------------------------------------------------------------------------
    @_of_tensors
    def arranged(
        self, values: Value, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
    ) -> Value:
        count = prod(values.shape)
        (places,) = change(np.arange(count).reshape(1, *values.shape))
        return self.take(self._shaped(values, (count,)), places)

    @_of_tensors
    def reshape(self, values: Value, axes: int, shape: Sequence[int]) -> Value:
        before = values.shape[: len(values.shape) - axes]
        count = prod(values.shape[len(before) :])
        known = prod(each for each in shape if each >= 0)
        whole = (count // known if each < 0 else each for each in shape)
        return self._shaped(values, (*before, *whole))

    def _shaped(self, values: Value, shape: Shape) -> Tensor:
        if isinstance(values, Tensor) and values.shape == shape:
            return values
        return self.made(shape, "Reshape", values, self.nodes.places([0, *shape]))

    @_of_tensors
    def transpose(self, values: Value, *order: int) -> Value:
        first = len(values.shape) - len(order)
        places = [*range(first), *(first + each for each in order)]
        if places == sorted(places):
            return values
        shape = tuple(values.shape[place] for place in places)
        return self.made(shape, "Transpose", values, perm=[0, *(place + 1 for place in places)])

    @_of_tensors
    def concatenate(self, arrays: Sequence[Value], axis: int = -1) -> Value:
        shape = concatenated_shape([_whole(each) for each in arrays], axis)
        parts = []
        for each in arrays:
            own = [*shape[1:]]
            own[axis] = each.shape[axis]
            name = self.nodes.in_rows(self.named(each), own)
            if isinstance(each, Tensor) and each.shape != tuple(own):
                name = self.nodes.node("Expand", [name, self.nodes.places([1, *own])])
            parts.append(name)
        return Tensor(self.nodes.node("Concat", parts, axis=len(shape) + axis), shape[1:])

    @_of_tensors
    def take(self, values: Value, positions: npt.NDArray[Any], axis: int = -1) -> Value:
        shape = taken_shape(values.shape, positions, axis)
        if shape == values.shape and np.array_equal(positions, np.arange(len(positions))):
            return values
        along = len(values.shape) + 1 + axis
        return self.made(shape, "Gather", values, self.nodes.places(positions), axis=along)


def _whole(value: Value) -> Shape:
    """The shape of a value with one row, or of numbers as they are."""
    return (1, *value.shape) if isinstance(value, Tensor) else value.shape
