"""The `sizes` and `heights` readings: an element is how large it would be if written out.

Counts are exact Python integers. Along an axis where all elements agree the array has stride 0
(`numpy.broadcast_to`), so that a layer of a million equal counts is one number.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from netsym.formula.names import Names
from netsym.ops import Ops
from netsym.ops.parameters import Parameter

Counts = npt.NDArray[np.object_]


class _Number(int):
    """The count of a leaf that is a number: its negative is a number too, not a negation."""


class Sizes(Ops[Counts]):
    """Counts what each element costs, written out: a node costs `cost(op)` plus its operands.

    With `layered`, a named value is written once: it is added to `bound`, and is a leaf from then
    on. `costs` maps an operation to its cost, 1 where it says nothing; a leaf costs `leaf`.
    Operation counts are read by giving every operation its own power of a large base.
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

    def cost(self, op: str) -> int:
        """What one node of an operation costs, without its operands."""
        return 1 if self.costs is None else self.costs.get(op, 0)

    def symbols(self, names: Names) -> Counts:
        return self._leaves(names.shape or (1,))

    def parameter(self, parameter: Parameter) -> Counts:
        number = _Number(self.leaf)
        if parameter.entries is None:
            return self._leaves(parameter.shape)
        if parameter.is_numeric:
            return _spread(number, parameter.shape)
        counts = [self.leaf if isinstance(e, str) else number for e in parameter.entries.flat]
        return np.array([*counts, None], dtype=object)[:-1].reshape(parameter.shape)

    def constant(self, value: float | Fraction) -> Counts:  # noqa: ARG002
        return _spread(_Number(self.leaf), ())

    def _leaves(self, shape: tuple[int, ...]) -> Counts:
        return _spread(self.leaf, shape)

    # -- the two rules; `Heights` differs in them
    def _join(self, counts: Sequence[Counts]) -> Counts:
        joined = counts[0]
        for count in counts[1:]:
            joined = joined + count
        return joined

    def _join_axis(self, counts: Counts, length: int) -> Counts:
        """Join along the last axis; a stride-0 axis stands for `length` equal counts."""
        joined: Counts = counts.sum(axis=-1)
        return joined * length if counts.shape[-1] == 1 else joined

    # -- everything else follows
    def _node(self, op: str, *operands: Counts) -> Counts:
        shape = np.broadcast_shapes(*(operand.shape for operand in operands))
        joined = self._join([_compact(operand) for operand in operands])
        return _spread(joined + self.cost(op), shape)

    def _sum(self, terms: Counts, bias: Counts | None) -> Counts:
        length = terms.shape[-1]
        joined = self._join_axis(_compact(terms), length)
        if bias is not None:
            joined = self._join([joined, _compact(bias)])
        if length + (bias is not None) > 1:
            joined = joined + self.cost("add")
        return _spread(joined, terms.shape[:-1])

    def add(self, *terms: Counts) -> Counts:
        return self._node("add", *terms)

    def multiply(self, *factors: Counts) -> Counts:
        return self._node("multiply", *factors)

    def divide(self, numerator: Counts, denominator: Counts) -> Counts:
        return self._node("divide", numerator, denominator)

    def power(self, base: Counts, exponent: int) -> Counts:
        return self._node("power", base, self.constant(exponent))

    def negate(self, value: Counts) -> Counts:
        compact = _compact(value)
        if not any(isinstance(count, _Number) for count in compact.flat):
            return self._node("negate", value)
        counts = [c if isinstance(c, _Number) else c + self.cost("negate") for c in compact.flat]
        return _spread(np.array([*counts, None], dtype=object)[:-1].reshape(compact.shape), value.shape)

    def call(self, function: str, *operands: Counts) -> Counts:
        return self._node(function, *operands) if operands else self._leaves(())

    def contract(self, weights: Counts, values: Counts, bias: Counts | None) -> Counts:
        return self._sum(self._node("multiply", weights, values[..., None, :]), bias)

    def total(self, values: Counts) -> Counts:
        return self._sum(values, None)[..., None]

    def concatenate(self, arrays: Sequence[Counts]) -> Counts:
        first = _compact(arrays[0])
        if first.size == 1 and all(
            a.size and _compact(a).size == 1 and _compact(a).flat[0] == first.flat[0]
            for a in arrays
        ):
            length = sum(a.shape[-1] for a in arrays)
            return np.broadcast_to(first.reshape(()), (*arrays[0].shape[:-1], length))
        return np.concatenate(arrays, axis=-1)

    def name(self, values: Counts, base: str) -> Counts:  # noqa: ARG002
        if not self.layered:
            return values
        compact = _compact(values)
        alike = values.size // compact.size
        self._bind([int(count) for count in compact.reshape(-1) if count != self.leaf], alike)
        return self._leaves(values.shape)

    def _bind(self, counts: Sequence[int], alike: int) -> None:
        self.bound += sum(counts) * alike


class Heights(Sizes):
    """The number of operations on the longest way from a value down to a name or a number."""

    def __init__(self, layered: bool, expand: bool = False) -> None:
        super().__init__(layered, expand, leaf=0)

    def _join(self, counts: Sequence[Counts]) -> Counts:
        joined = counts[0]
        for count in counts[1:]:
            joined = np.maximum(joined, count)
        return joined

    def _join_axis(self, counts: Counts, length: int) -> Counts:  # noqa: ARG002
        joined: Counts = np.maximum.reduce(counts, axis=-1)
        return joined

    def _bind(self, counts: Sequence[int], alike: int) -> None:  # noqa: ARG002
        self.bound = max([self.bound, *counts])


def total(counts: Counts) -> int:
    """The sum of an array of counts."""
    compact = _compact(counts)
    return sum(int(count) for count in compact.flat) * (counts.size // compact.size)


def _spread(counts: Counts | int, shape: tuple[int, ...]) -> Counts:
    """The counts repeated to a shape, without copies; Python integers, whatever NumPy makes of them."""
    return np.broadcast_to(np.asarray(counts, dtype=object), shape)


def _compact(counts: Counts) -> Counts:
    """A view with length 1 along every axis that repeats one value."""
    if 0 not in counts.strides:
        return counts
    picked = tuple(
        slice(0, 1) if stride == 0 and length else slice(None)
        for stride, length in zip(counts.strides, counts.shape, strict=True)
    )
    return counts[picked]
