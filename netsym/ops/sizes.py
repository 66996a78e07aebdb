"""The `sizes` and `heights` readings: an element is how large it would be if written out.

Counts are exact Python integers. Along an axis where all elements agree only one is kept, so that
a layer of a million equal counts is one number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import repeat
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.formula.names import Names
from netsym.ops import Ops
from netsym.ops.parameters import Parameter


class _Number(int):
    """The count of a leaf that is a number: its negative is a number too, not a negation."""


@dataclass(frozen=True, slots=True)
class Counts:
    """An array of counts of some shape.

    `values` is an int where all elements agree, else an object array with as many axes as the
    shape, of length 1 along every axis where they agree.
    """

    values: Any
    shape: tuple[int, ...]

    def kept(self) -> Iterator[int]:
        """The kept values."""
        return iter((self.values,)) if isinstance(self.values, int) else iter(self.values.flat)

    @property
    def times(self) -> int:
        """How many elements each kept value stands for."""
        return prod(self.shape) // (1 if isinstance(self.values, int) else int(self.values.size))

    def total(self) -> int:
        """The sum of all elements."""
        return sum(int(count) for count in self.kept()) * self.times

    def elements(self) -> Iterator[int]:
        """Every element, in order."""
        if isinstance(self.values, int):
            return repeat(int(self.values), prod(self.shape))
        return (int(count) for count in np.broadcast_to(self.values, self.shape).flat)

    def with_axis(self, axis: int) -> Counts:
        """A new axis of length 1; -1 puts it last, -2 before the last."""
        place = len(self.shape) + 1 + axis
        shape = (*self.shape[:place], 1, *self.shape[place:])
        if isinstance(self.values, int):
            return Counts(self.values, shape)
        return Counts(np.expand_dims(self.values, place), shape)

    def map(self, function: Any) -> Counts:
        """A function of every element."""
        if isinstance(self.values, int):
            return Counts(function(self.values), self.shape)
        mapped = np.empty(self.values.shape, dtype=object)
        mapped.flat[:] = [function(count) for count in self.values.flat]
        return Counts(mapped, self.shape)


class Sizes(Ops[Counts]):
    """Counts what each element costs, written out: a node costs `cost(op)` plus its operands.

    With `layered`, a named value is written once: it is added to `bound`, and is a leaf from then
    on. `costs` maps an operation to its cost, 1 without it; a leaf costs `leaf`.
    """

    def __init__(
        self,
        layered: bool,
        expand: bool = False,
        costs: Mapping[str, int] | None = None,
        leaf: int = 1,
    ) -> None:
        self.layered = layered
        self.expand = expand
        self.costs = costs
        self.leaf = leaf
        self.bound = 0  # what all bindings so far cost
        self.used: set[str] = set()  # the operations met, where all cost 1

    def cost(self, op: str) -> int:
        """What one node of an operation costs, without its operands."""
        if self.costs is not None:
            return self.costs[op]
        self.used.add(op)
        return 1

    # -- the rules; `Heights` differs in them
    def join(self, counts: Sequence[Any]) -> Any:
        """What operands cost together; ints or arrays that broadcast."""
        joined = counts[0]
        for count in counts[1:]:
            joined = joined + count
        return joined

    def join_alike(self, count: Any, length: int) -> Any:
        """What `length` operands of one count cost together."""
        return count * length

    def bind(self, counts: Iterator[int], times: int) -> None:
        """Count right-hand sides, each `times` times."""
        self.bound += sum(counts) * times

    # -- everything else follows
    def symbols(self, names: Names) -> Counts:
        return Counts(self.leaf, (len(names),))

    def parameter(self, parameter: Parameter) -> Counts:
        if parameter.entries is None:
            return Counts(self.leaf, parameter.shape)
        number = _Number(self.leaf)
        if parameter.is_numeric:
            return Counts(number, parameter.shape)
        counts = np.empty(parameter.shape, dtype=object)
        counts.flat[:] = [
            self.leaf if e is None or isinstance(e, str) else number for e in parameter.entries.flat
        ]
        return Counts(counts, parameter.shape)

    def constant(self, value: float | Fraction) -> Counts:
        return Counts(_Number(self.leaf), ())

    def _node(self, op: str, *operands: Counts) -> Counts:
        shape = operands[0].shape
        if any(operand.shape != shape for operand in operands):
            shape = np.broadcast_shapes(*(operand.shape for operand in operands))
        joined = self.join([operand.values for operand in operands]) + self.cost(op)
        return _aligned(joined, shape)

    def add(self, *terms: Counts) -> Counts:
        return self._node("add", *terms)

    def multiply(self, *factors: Counts) -> Counts:
        return self._node("multiply", *factors)

    def divide(self, numerator: Counts, denominator: Counts) -> Counts:
        return self._node("divide", numerator, denominator)

    def power(self, base: Counts, exponent: int) -> Counts:
        return self._node("power", base, self.constant(exponent))

    def negate(self, value: Counts) -> Counts:
        cost = self.cost("negate")
        return value.map(lambda count: count if isinstance(count, _Number) else count + cost)

    def call(self, function: str, *operands: Counts) -> Counts:
        return self._node(function, *operands) if operands else Counts(self.leaf, ())

    def contract(self, weights: Counts, values: Counts, bias: Counts | None) -> Counts:
        return self._sum(self._node("multiply", weights, values.with_axis(-2)), bias)

    def total(self, values: Counts) -> Counts:
        return self._sum(values, None).with_axis(-1)

    def _sum(self, terms: Counts, bias: Counts | None) -> Counts:
        *shape, length = terms.shape
        joined = terms.values
        if isinstance(joined, int):
            joined = self.join_alike(joined, length)
        elif joined.shape[-1] == 1:
            joined = self.join_alike(joined[..., 0], length)
        else:
            joined = self.join(np.moveaxis(joined, -1, 0))
        if bias is not None:
            joined = self.join([joined, bias.values])
        if length + (bias is not None) > 1:
            joined = joined + self.cost("add")
        return _aligned(joined, tuple(shape))

    def concatenate(self, arrays: Sequence[Counts]) -> Counts:
        shape = (*arrays[0].shape[:-1], sum(array.shape[-1] for array in arrays))
        first = arrays[0].values
        if all(isinstance(array.values, int) and array.values == first for array in arrays):
            return Counts(first, shape)
        whole = [
            np.broadcast_to(np.asarray(array.values, dtype=object), array.shape) for array in arrays
        ]
        return Counts(np.concatenate(whole, axis=-1), shape)

    def take(self, values: Counts, positions: npt.NDArray[Any]) -> Counts:
        shape = (*values.shape[:-1], *positions.shape)
        if isinstance(values.values, int):
            return Counts(values.values, shape)
        whole = np.broadcast_to(values.values, values.shape)
        return Counts(whole[..., positions], shape)

    def name(self, values: Counts, base: str) -> Counts:
        if not self.layered:
            return values
        self.bind((count for count in values.kept() if count != self.leaf), values.times)
        return Counts(self.leaf, values.shape)


class Heights(Sizes):
    """The number of operations on the longest way from a value down to a name or a number."""

    def __init__(self, layered: bool, expand: bool = False) -> None:
        super().__init__(layered, expand, leaf=0)

    def join(self, counts: Sequence[Any]) -> Any:
        joined = counts[0]
        for count in counts[1:]:
            both = isinstance(joined, int) and isinstance(count, int)
            joined = max(joined, count) if both else np.maximum(joined, count)
        return joined

    def join_alike(self, count: Any, length: int) -> Any:
        return count

    def bind(self, counts: Iterator[int], times: int) -> None:
        self.bound = max([self.bound, *counts])


def _aligned(values: Any, shape: tuple[int, ...]) -> Counts:
    """Counts of a shape from an int, or from an array with as many axes or fewer."""
    if not isinstance(values, (int, np.ndarray)):
        values = int(values)  # NumPy makes a scalar of a single count
    if isinstance(values, int) or values.ndim == len(shape):
        return Counts(values, shape)
    return Counts(values.reshape((1,) * (len(shape) - values.ndim) + values.shape), shape)
