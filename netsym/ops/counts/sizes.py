"""The `sizes` reading: an element is how large it would be if written out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, pairwise
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.names import Names
from netsym.ops import Present
from netsym.ops.arrays import concatenated_shape, hollow, taken_shape
from netsym.ops.counts.counts import (
    Counts,
    Objects,
    agreed,
    aligned,
    apart,
    joined,
    joined_numbers,
    many_present,
    over_others,
    sums_of_present,
    terms_present,
)
from netsym.ops.counts.repeated import Numbers, Stepwise
from netsym.ops.counts.rows_of_masks import any_in_row
from netsym.ops.counts.used_masks import (
    Pull,
    Way,
    both,
    compact,
    narrowed,
    reshaped,
    sliced,
    summed,
    transposed,
    untaken,
)
from netsym.ops.fixed_point import FixedPoint


class Sizes(Stepwise):
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
        super().__init__()
        self.layered = layered
        self.once = once
        self.expand = expand
        self.costs = costs
        self.leaf = leaf
        self.used: set[str] = set()  # the operations met

    def cost(self, op: str) -> int:
        """What one node of an operation costs, without its operands."""
        self.used.add(op)
        return 1 if self.costs is None else self.costs[op]

    # -- the rules; `Heights` differs in them
    @staticmethod
    def join(one: Any, other: Any) -> Any:
        """What two operands cost together; ints or arrays."""
        return one + other

    def added(
        self, everywhere: int, parts: Sequence[Objects], cost: Any
    ) -> tuple[int, Sequence[Objects]]:
        """What costs so much more, an int or an array with as many axes."""
        if isinstance(cost, int):
            return everywhere + cost, parts
        return everywhere, [*parts, cost]

    @staticmethod
    def times(everywhere: int, many: Any) -> Any:
        """What so many terms, an int or an array, cost together that cost the same everywhere."""
        return everywhere * (many if isinstance(many, int) else many.astype(object))

    def summed(self, part: Objects, length: int, present: Present | None) -> Objects:
        """What the elements of a part cost together along the last axis, of this length."""
        if part.shape[-1] == 1:
            if present is None:
                return part * length
            terms = np.asarray(terms_present(present, (length,)), dtype=object)[..., None]
            return np.asarray(part * terms, dtype=object)
        if present is None:
            return np.asarray(part.sum(axis=-1, keepdims=True), dtype=object)
        return sums_of_present(part, present)

    @staticmethod
    def linear(step: Numbers, many: int) -> Numbers:
        """The same as a step from so many counts, which is linear in them, without reading it."""
        least = step([0] * many)
        slopes = []
        for place in range(many):
            one = step([int(place == other) for other in range(many)])
            slopes.append([more - low for more, low in zip(one, least, strict=True)])

        def further(costs: Sequence[int]) -> list[int]:
            found = least
            for cost, column in zip(costs, slopes, strict=True):
                found = [low + cost * slope for low, slope in zip(found, column, strict=True)]
            return found

        return further

    def bind(self, counts: Counts, present: Present | bool) -> None:
        """Count the right-hand sides of names; what is a name or a number already has none."""
        least = counts.everywhere + sum(min(part.flat) for part in counts.parts)
        parts, everywhere = counts.parts, counts.everywhere
        if parts and (len(parts) == 1 or least <= self.leaf):
            parts, everywhere = (counts.whole(self.join),), 0
            present = both(present, agreed(parts[0] != self.leaf))
        elif least == self.leaf:
            return
        if everywhere:
            self.bound.append(everywhere * many_present(present, counts.shape))
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
        self.all_back()

    def _use(self, counts: Counts) -> None:
        if counts.way is not None:
            counts.way.mark(True)

    def _from(self, operand: Counts, pull: Pull) -> Way | None:
        """The way that a result came from an operand, if it is made of names."""
        return None if operand.way is None else self._way(Way([(operand.way, pull)]))

    def _way(self, way: Way) -> Way:
        self.ways.append(way)
        return way

    def elements(self, counts: Counts) -> npt.NDArray[np.object_]:
        """Every element; a view in which those that agree are one."""
        return np.broadcast_to(counts.whole(self.join), counts.shape)

    def sum_of(self, counts: Counts) -> int:
        """The sum of all elements."""
        many = prod(counts.shape)
        parts = (int(sum(part.flat)) * (many // part.size) for part in counts.parts)
        return counts.everywhere * many + sum(parts)

    def leaves(self, shape: tuple[int, ...], numbers: bool = False) -> Counts:
        """Names, or numbers, of a shape."""
        return Counts(shape, self.leaf, (), numbers)

    def symbols(self, names: Names) -> Counts:
        return self.leaves((len(names),))

    def numbers(self, values: npt.NDArray[Any]) -> Counts:
        return self.leaves(values.shape, numbers=True)

    def fixed_point(self, values: FixedPoint) -> Counts:
        return self.leaves(values.shape, numbers=True)

    def _node(self, op: str, *operands: Counts) -> Counts:
        first, *others = operands
        shape, everywhere, parts = first.shape, first.everywhere, first.parts
        for other in others:
            if other.shape != shape:
                shape = _together(shape, other.shape)
            everywhere = self.join(everywhere, other.everywhere)
            parts += other.parts
        sources = [(each.way, narrowed(each.shape)) for each in operands if each.way is not None]
        way = self._way(Way(sources)) if sources else None
        return self._made(shape, everywhere, parts, self.cost(op), way=way)

    def _made(
        self, shape: tuple[int, ...], everywhere: int, parts: Sequence[Any], cost: Any = 0,
        numbers: Present | bool = False, way: Way | None = None,
    ) -> Counts:  # fmt: skip
        """Counts of parts that may depend on the same axes, and of what costs so much more."""
        everywhere, parts = self.added(everywhere, parts, cost)
        kept: tuple[Objects, ...] = ()
        if parts:
            everywhere, kept = apart(shape, everywhere, parts, self.join)
        return Counts(shape, everywhere, kept, numbers, way)

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
        numbers = value.numbers
        if numbers is True:
            return value
        negated = self._node("negate", value)
        if isinstance(numbers, bool):
            return negated
        kept = np.where(numbers, value.whole(self.join), negated.whole(self.join))
        return self._made(value.shape, 0, [kept], numbers=numbers, way=negated.way)

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
        return self._total([products], present, axes, [] if bias is None else [bias])

    def weighted(self, products: Sequence[tuple[Counts, Counts]], *terms: Counts) -> Counts:
        """As ever; what is counted for each product apart is a number more often."""
        found = [self.multiply(weights, self._with_axis(x, -2)) for weights, x in products]
        return self._total(found, None, 1, terms)

    def _total(
        self,
        arrays: Sequence[Counts],
        present: Present | None,
        axes: int,
        others: Sequence[Counts] = (),
        op: str = "add",
    ) -> Counts:
        """Sums over the last axes, which are left out, of what is present and of others."""
        shape, parts = arrays[0].shape[:-axes], list[Any]()
        numbers: Present | bool = False
        sources, everywhere, many = list[tuple[Way, Pull]](), 0, 0
        for terms in arrays:
            lengths = terms.shape[-axes:]
            here = terms_present(present, lengths)
            many = many + here
            alike = self.times(terms.everywhere, here)
            if isinstance(alike, int):
                everywhere = self.join(everywhere, alike)
            else:
                parts.append(alike)
            parts += [self._over(part, present, lengths) for part in terms.parts]
            numbers = numbers | _some_numbers(terms, present, axes)
            if terms.way is not None:
                sources.append((terms.way, summed(present, axes, terms.shape)))
        for other in others:
            everywhere, many = self.join(everywhere, other.everywhere), many + 1
            parts += other.parts
            numbers = numbers | other.numbers
            if other.way is not None:
                sources.append((other.way, narrowed(other.shape)))
        cost: Any = self.cost(op)
        least = many if isinstance(many, int) else int(many.min())
        if least > 1:
            numbers = False
        elif isinstance(many, int):
            cost, numbers = (0, numbers) if many else (self.leaf, True)
        else:
            costs = np.array([self.leaf, 0, cost], dtype=object)  # of no term, of one, of more
            cost = aligned(costs[np.minimum(many, 2)], shape)
            numbers = (many == 0) | ((many == 1) & numbers)
        if not isinstance(numbers, bool):
            numbers = agreed(aligned(numbers, shape))
        way = self._way(Way(sources)) if sources else None
        return self._made(shape, everywhere, parts, cost, numbers, way)

    def _over(self, part: Objects, present: Present | None, lengths: tuple[int, ...]) -> Objects:
        """What a part costs along the last axes, of what is present."""
        for length in reversed(lengths):
            varies = present is not None and present.shape[-1] > 1
            part = self.summed(part, length, present if varies else None)[..., 0]
            present = None if present is None else any_in_row(present)
        return part if present is None or present.all() else np.where(present, part, 0)

    def total(self, values: Counts, present: Present | None = None) -> Counts:
        return self._with_axis(self._total([values], present, 1), -1)

    def maximum(self, values: Counts, count: int, present: Present | None = None) -> Counts:
        return self._with_axis(self._total([values], present, 1, op="max"), -1)

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

        shape, numbers = change(hollow(values.shape)).shape, values.numbers
        if not isinstance(numbers, bool):
            numbers = changed(numbers)
        parts = [changed(part) for part in values.parts]
        return self._made(shape, values.everywhere, parts, numbers=numbers)

    def reshape(self, values: Counts, axes: int, shape: Sequence[int]) -> Counts:
        kept = values.shape[: len(values.shape) - axes]
        if values.parts or not isinstance(values.numbers, bool) or -1 in shape:
            found = super().reshape(values, axes, shape)
            way = self._from(values, reshaped(values.shape, found.shape))
            return replace(found, way=way)
        after = (*kept, *shape)
        way = self._from(values, reshaped(values.shape, after))
        return Counts(after, values.everywhere, (), values.numbers, way)

    def transpose(self, values: Counts, *order: int) -> Counts:
        found = super().transpose(values, *order)
        return replace(found, way=self._from(values, transposed(order)))

    def concatenate(self, arrays: Sequence[Counts], axis: int = -1) -> Counts:
        shape = concatenated_shape([array.shape for array in arrays], axis)
        edges = accumulate((array.shape[axis] for array in arrays), initial=0)
        sources = [
            (array.way, sliced(start, stop - start, axis, array.shape))
            for array, (start, stop) in zip(arrays, pairwise(edges), strict=True)
            if array.way is not None
        ]
        way = self._way(Way(sources)) if sources else None
        numbers = joined_numbers(arrays, axis)
        if not any(array.parts or array.everywhere != arrays[0].everywhere for array in arrays):
            return Counts(shape, arrays[0].everywhere, (), numbers, way)
        together = joined([array.whole(self.join) for array in arrays], arrays, axis)
        return self._made(shape, 0, [together], numbers=numbers, way=way)

    def take(self, values: Counts, positions: npt.NDArray[Any], axis: int = -1) -> Counts:
        place = len(values.shape) + axis
        shape = taken_shape(values.shape, positions, axis)

        def picked(part: npt.NDArray[Any]) -> npt.NDArray[Any]:
            if part.shape[place] > 1:
                return np.asarray(np.take(part, positions, axis=place), dtype=part.dtype)
            ones = (1,) * positions.ndim
            return part.reshape((*part.shape[:place], *ones, *part.shape[place + 1 :]))

        numbers = values.numbers
        if not isinstance(numbers, bool):
            numbers = picked(numbers)
        way = self._from(values, untaken(positions, place, values.shape))
        parts = [picked(part) for part in values.parts]
        return self._made(shape, values.everywhere, parts, numbers=numbers, way=way)

    def written_aside(self, values: Counts) -> Counts:
        if self.once:
            self._use(values)
        return values

    def name(self, values: Counts, base: str, present: Present | None = None) -> Counts:
        if not self.layered:
            return values

        def bind(used: Present | bool) -> None:
            self.bind(values, used if present is None else both(used, present))

        sources = [] if values.way is None else [(values.way, narrowed(values.shape))]
        way = self._way(Way(sources, bind))
        return Counts(values.shape, self.leaf, (), values.numbers, way)


def _together(one: tuple[int, ...], other: tuple[int, ...]) -> tuple[int, ...]:
    """The shape that two broadcast to; of fitting shapes, quicker than NumPy."""
    longer, shorter = (one, other) if len(one) >= len(other) else (other, one)
    kept = len(longer) - len(shorter)
    ends = zip(longer[kept:], shorter, strict=True)
    return (*longer[:kept], *(second if first == 1 else first for first, second in ends))


def _some_numbers(terms: Counts, present: Present | None, axes: int) -> Present | bool:
    """Where some of the terms along the last axes that are present are numbers."""
    numbers = terms.numbers
    if present is not None and numbers is not False:
        numbers = present & numbers
    if isinstance(numbers, bool):
        return numbers
    return np.asarray(numbers.any(axis=tuple(range(-axes, 0))))
