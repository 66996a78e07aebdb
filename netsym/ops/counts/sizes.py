"""The `sizes` reading: an element is how large it would be if written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.names import Names
from netsym.ops import Ops, Present
from netsym.ops.arrays import concatenated_shape, hollow, taken_shape
from netsym.ops.counts.counts import (
    Counts,
    Objects,
    aligned,
    are_numbers,
    joined,
    over_others,
    sums_of_present,
    terms_present,
)
from netsym.ops.counts.used_masks import (
    Pull,
    Way,
    compact,
    narrowed,
    reshaped,
    sliced,
    summed,
    transposed,
    untaken,
)


class Sizes(Ops[Counts]):
    """Counts what each element costs, written out: a node costs `cost(op)` plus its operands.

    With `layered`, a named value is written once, if it is used at all, and is a leaf from then
    on; `everything` counts those too. `costs` maps an operation to its cost, 1 without it; a leaf
    costs `leaf`.
    """

    def __init__(
        self,
        layered: bool,
        expand: bool = False,
        costs: Mapping[str, int] | None = None,
        leaf: int = 1,
        once: bool = False,
    ) -> None:
        self.layered = layered
        self.once = once
        self.expand = expand
        self.costs = costs
        self.leaf = leaf
        self.bound: list[int] = []  # what the bindings cost that are known to be used
        self.ways: list[Way] = []
        self.used: set[str] = set()  # the operations met, where all cost 1

    def cost(self, op: str) -> int:
        """What one node of an operation costs, without its operands."""
        if self.costs is not None:
            return self.costs[op]
        self.used.add(op)
        return 1

    # -- the rules; `Heights` differs in them
    @staticmethod
    def join(one: Any, other: Any) -> Any:
        """What two operands cost together; ints or arrays."""
        return one + other

    def added(self, parts: Sequence[Objects], cost: Any) -> Sequence[Objects]:
        """The parts of what costs so much more, an int or an array with as many axes."""
        if isinstance(cost, int):
            cost = np.full((1,) * parts[0].ndim, cost, dtype=object)
        return [*parts, cost]

    def summed(self, part: Objects, length: int, present: Present | None) -> Objects:
        """What the elements of a part cost together along the last axis, of this length."""
        if part.shape[-1] == 1:
            if present is None:
                return part * length
            terms = terms_present(present, (length,))[..., None].astype(object)
            return np.asarray(part * terms, dtype=object)
        if present is None:
            return np.asarray(part.sum(axis=-1, keepdims=True), dtype=object)
        return sums_of_present(part, present)

    def bind(self, counts: Counts, present: Present) -> None:
        """Count the right-hand sides of names; what is a name or a number already has none."""
        least = sum(min(part.flat) for part in counts.parts)
        parts = counts.parts
        if len(parts) == 1 or least <= self.leaf:
            whole = counts.whole(self.join)
            present, parts = present & (whole != self.leaf), (whole,)
        for part in parts:
            times = over_others(present, counts.shape, part.shape)
            self.bound.append(int(sum(np.asarray(part * times, dtype=object).flat)))

    def everything(self, outputs: Counts) -> int:
        """What all outputs and all that they use cost together."""
        self.go_back(outputs)
        return sum(self.bound) + self.sum_of(outputs)

    # -- everything else follows
    def go_back(self, outputs: Counts) -> None:
        """Find out which names the outputs use, and count them."""
        self._use(outputs)
        while self.ways:
            self.ways.pop().go_back()

    def _use(self, counts: Counts) -> None:
        if counts.way is not None:
            counts.way.mark(np.ones((1,) * len(counts.shape), dtype=bool))

    def _from(self, made: Counts, *operands: tuple[Counts, Pull]) -> Counts:
        """A result with the way it came, if it is made of names."""
        sources = [(each.way, pull) for each, pull in operands if each.way is not None]
        return replace(made, way=self._way(Way(sources))) if sources else made

    def _way(self, way: Way) -> Way:
        self.ways.append(way)
        return way

    def elements(self, counts: Counts) -> npt.NDArray[np.object_]:
        """Every element; a view in which those that agree are one."""
        return np.broadcast_to(counts.whole(self.join), counts.shape)

    def sum_of(self, counts: Counts) -> int:
        """The sum of all elements."""
        shape = prod(counts.shape)
        return sum(int(sum(part.flat)) * (shape // part.size) for part in counts.parts)

    def leaves(self, shape: tuple[int, ...], numbers: bool = False) -> Counts:
        """Names, or numbers, of a shape."""
        ones = (1,) * len(shape)
        part = np.full(ones, self.leaf, dtype=object)
        return Counts(shape, (part,), np.full(ones, True) if numbers else None)

    def symbols(self, names: Names) -> Counts:
        return self.leaves((len(names),))

    def numbers(self, values: npt.NDArray[Any]) -> Counts:
        return self.leaves(values.shape, numbers=True)

    def _node(self, op: str, *operands: Counts) -> Counts:
        shape = operands[0].shape
        if any(operand.shape != shape for operand in operands):
            shape = np.broadcast_shapes(*(operand.shape for operand in operands))
        parts = [part for operand in operands for part in operand.parts]
        made = Counts.of(shape, self.added(parts, self.cost(op)), self.join)
        return self._from(made, *((operand, narrowed(operand.shape)) for operand in operands))

    def add(self, *terms: Counts) -> Counts:
        return self._node("add", *terms)

    def multiply(self, *factors: Counts) -> Counts:
        return self._node("multiply", *factors)

    def divide(self, numerator: Counts, denominator: Counts) -> Counts:
        return self._node("divide", numerator, denominator)

    def power(self, base: Counts, exponent: int) -> Counts:
        return self._node("power", base, self.constant(exponent))

    def written_power(self, base: Counts, exponent: Counts) -> Counts | None:
        return None if self.expand else self._node("power", base, exponent)

    def negate(self, value: Counts) -> Counts:
        negated = self._node("negate", value)
        numbers = value.numbers
        if numbers is None or not numbers.any():
            return negated
        if numbers.all():
            return value
        kept = np.where(numbers, value.whole(self.join), negated.whole(self.join))
        return Counts(value.shape, (kept,), numbers, negated.way)

    def call(self, function: str, *operands: Counts) -> Counts:
        return self._node(function, *operands) if operands else self.leaves(())

    # -- along axes
    def contract(
        self,
        weights: Counts,
        values: Counts,
        bias: Counts | None = None,
        present: Present | None = None,
        axes: int = 1,
    ) -> Counts:
        if len(weights.shape) > axes + 1:
            weights = self._with_axis(weights, -axes - 2)
        products = self.multiply(weights, self._with_axis(values, -axes - 1))
        return self._total(products, present, axes, bias)

    def _total(
        self,
        terms: Counts,
        present: Present | None,
        axes: int,
        bias: Counts | None,
        op: str = "add",
    ) -> Counts:
        """Sums over the last axes, which are left out."""
        lengths, shape = terms.shape[-axes:], terms.shape[:-axes]
        parts = [self._over(part, present, lengths) for part in terms.parts]
        many = terms_present(present, lengths)
        operands = [(terms, summed(present, axes, terms.shape))]
        if bias is not None:
            parts, many = [*parts, *bias.parts], np.asarray(many + 1)
            operands.append((bias, narrowed(bias.shape)))
        missing = np.asarray(many == 0)  # of no terms the sum is the number 0
        if missing.any():
            parts.append(np.where(missing, self.leaf, 0).astype(object))
        more = np.asarray(self.cost(op) * np.asarray(many > 1).astype(object), dtype=object)
        cost: Any = int(more.flat[0]) if (more == more.flat[0]).all() else aligned(more, shape)
        made = Counts.of(shape, self.added(parts, cost), self.join)
        numbers = are_numbers(terms, present, axes, bias)
        if numbers.any():
            made = replace(made, numbers=aligned(numbers, shape))
        return self._from(made, *operands)

    def _over(self, part: Objects, present: Present | None, lengths: tuple[int, ...]) -> Objects:
        """What a part costs along the last axes, of what is present."""
        for length in reversed(lengths):
            varies = present is not None and present.shape[-1] > 1
            part = self.summed(part, length, present if varies else None)[..., 0]
            present = None if present is None else np.asarray(present.any(axis=-1))
        return part if present is None or present.all() else np.where(present, part, 0)

    def total(self, values: Counts, present: Present | None = None) -> Counts:
        return self._with_axis(self._total(values, present, 1, None), -1)

    def maximum(self, values: Counts, count: int, present: Present | None = None) -> Counts:
        return self._with_axis(self._total(values, present, 1, None, "max"), -1)

    # -- structure; reshape and transpose say where the elements came from, as `arranged` cannot
    def _with_axis(self, counts: Counts, axis: int) -> Counts:
        """A new axis of length 1; -1 puts it last, -2 before the last."""
        place = len(counts.shape) + 1 + axis
        return self.reshape(counts, -axis - 1, (1, *counts.shape[place:]))

    def arranged(
        self, values: Counts, change: Callable[[npt.NDArray[Any]], npt.NDArray[Any]]
    ) -> Counts:
        def changed(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
            return compact(change(np.broadcast_to(part, values.shape)))

        shape = change(hollow(values.shape)).shape
        numbers = None if values.numbers is None else changed(values.numbers)
        made = Counts.of(shape, [changed(part) for part in values.parts], self.join)
        return Counts(shape, made.parts, numbers)

    def reshape(self, values: Counts, axes: int, shape: Sequence[int]) -> Counts:
        found = super().reshape(values, axes, shape)
        return self._from(found, (values, reshaped(values.shape, found.shape)))

    def transpose(self, values: Counts, *order: int) -> Counts:
        return self._from(super().transpose(values, *order), (values, transposed(order)))

    def concatenate(self, arrays: Sequence[Counts], axis: int = -1) -> Counts:
        shape = concatenated_shape([array.shape for array in arrays], axis)
        wholes = [array.whole(self.join) for array in arrays]
        if all(w.size == 1 and w.flat[0] == wholes[0].flat[0] for w in wholes):
            together = wholes[0].reshape((1,) * len(shape))
        else:
            together = joined(wholes, arrays, axis)
        numbers = None
        if any(array.numbers is not None for array in arrays):
            each = [np.zeros((1,) * len(a.shape), bool) if a.numbers is None else a.numbers
                    for a in arrays]  # fmt: skip
            numbers = joined(each, arrays, axis)
        operands, start = [], 0
        for array in arrays:
            length = array.shape[axis]
            operands.append((array, sliced(start, length, axis, array.shape)))
            start += length
        return self._from(Counts(shape, (together,), numbers), *operands)

    def take(self, values: Counts, positions: npt.NDArray[Any], axis: int = -1) -> Counts:
        place = len(values.shape) + axis
        shape = taken_shape(values.shape, positions, axis)

        def picked(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
            if part.shape[place] > 1:
                return np.asarray(np.take(part, positions, axis=place), dtype=part.dtype)
            ones = (1,) * positions.ndim
            return part.reshape((*part.shape[:place], *ones, *part.shape[place + 1 :]))

        numbers = None if values.numbers is None else picked(values.numbers)
        made = Counts.of(shape, [picked(part) for part in values.parts], self.join)
        found = Counts(shape, made.parts, numbers)
        return self._from(found, (values, untaken(positions, place, values.shape[place])))

    def at_step(self, names: Names, values: Counts) -> Counts:
        self._use(values)
        return super().at_step(names, values)

    def name(self, values: Counts, base: str, present: Present | None = None) -> Counts:
        if not self.layered:
            return values

        def bind(used: Present) -> None:
            self.bind(values, used if present is None else used & present)

        sources = [] if values.way is None else [(values.way, narrowed(values.shape))]
        way = self._way(Way(sources, bind))
        return replace(self.leaves(values.shape), numbers=values.numbers, way=way)
