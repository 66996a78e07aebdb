"""The steps of a recurrence, which are alike: what one of them costs tells what others do.

A step is read from counts alone. Where they are those of the step before, it costs what that did;
else they are linear in those of the step before, as all counts are in those of their operands.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from netsym.ops import Ops
from netsym.ops.counts.counts import Counts
from netsym.ops.counts.used_masks import Used, Way, untaken

#: A step as it is read: from a reading, its input and the state before, the state after it.
Cell = Callable[..., tuple[Counts, ...]]
#: The step in numbers: from what each array of the state costs before, what each costs after it.
Numbers = Callable[[Sequence[int]], list[int]]


class Stepwise(Ops[Counts]):
    """A counting reading, of which a step of many that are alike is read and not all."""

    def __init__(self) -> None:
        self.bound: list[int] = []  # what the bindings cost that are known to be used
        self.ways: list[Way] = []

    @staticmethod
    @abstractmethod
    def linear(step: Numbers, many: int) -> Numbers:
        """The same as a step from so many counts, which is linear in them, without reading it."""

    def all_back(self) -> None:
        """Go back all ways, from the last: whatever uses an array comes after it."""
        while self.ways:
            self.ways.pop().go_back()

    def each_step(
        self, cell: Cell, values: Counts, state: Sequence[Counts], order: range
    ) -> list[Counts]:
        """As ever; of steps that are alike only the first ones are read."""
        if len(order) <= 2:
            return super().each_step(cell, values, state, order)
        first = self.one_step(cell, values, state, order[0])
        second = self.one_step(cell, values, first, order[1])
        later = _Repeated(self, cell, values, order[2:]).states(first, second)
        if later is None:
            later = super().each_step(cell, values, second, order[2:])
        return [first[0], second[0], *later]


@dataclass(frozen=True, slots=True)
class _Repeated:
    """A cell that reads the same counts at every step but the first ones."""

    ops: Stepwise
    cell: Cell
    values: Counts
    order: range

    def states(self, first: Sequence[Counts], second: Sequence[Counts]) -> list[Counts] | None:
        """The first array of the state after each step that follows the `second` state.

        None where the steps are not seen to be alike.
        """
        part_of_step = [part.shape[-2] > 1 for part in self.values.parts]
        if any(part_of_step) or not isinstance(self.values.numbers, bool):
            return None
        if all(map(_alike, first, second)):
            return self._same(second)
        states = (*first, *second)
        if any(each.parts or each.numbers is not False or each.way for each in states):
            return None
        return self._growing(second)

    # -- steps that all cost the same
    def _same(self, before: Sequence[Counts]) -> list[Counts]:
        ways = [[each.way and Way(()) for each in before] for _ in self.order]
        if any(ways[-1]):
            ends = [[each.way for each in before], *ways]
            self.ops.ways.append(_Back((), steps=self, state=before, ends=ends))
        return [replace(before[0], way=way) for way, *_ in ways]

    def used(self, state: Sequence[Counts], after: Sequence[Used]) -> _Used:
        """What a step uses, of whose results this is used."""
        ops = self.ops.at(self.ops.place)
        ops.ways, ops.bound = [], []
        operands = [replace(each, way=each.way and Way(())) for each in (self._input(ops), *state)]
        for counts, mask in zip(self._read(ops, *operands), after, strict=True):
            if counts.way is not None:
                counts.way.mark(mask)
        ops.all_back()
        return _Used(ops.bound, *_masks(counts.way for counts in operands))

    # -- steps that cost more and more
    def _growing(self, before: Sequence[Counts]) -> list[Counts]:
        def step(costs: Sequence[int]) -> list[int]:
            state = [replace(each, everywhere=c) for each, c in zip(before, costs, strict=True)]
            after = self._read(self.ops, self._input(self.ops), *state)
            assert not any(each.parts for each in after)
            return [each.everywhere for each in after]

        further = self.ops.linear(step, len(before))
        costs, found = [each.everywhere for each in before], list[Counts]()
        for _ in self.order:
            costs = further(costs)
            found.append(replace(before[0], everywhere=costs[0]))
        return found

    def _input(self, ops: Stepwise) -> Counts:
        return ops.take(self.values, np.array(self.order[0]), axis=-2)

    def _read(self, ops: Stepwise, *operands: Counts) -> tuple[Counts, ...]:
        step = self.order[0], self.values.shape[-2]
        return self.cell(ops.at(replace(ops.place, step=step)), *operands)


class _Used:
    """What the names of a step cost that are used, and what is used of its input and the state."""

    def __init__(self, bound: list[int], read: Used, *before: Used) -> None:
        self.bound, self.read, self.before = bound, read, before


@dataclass(eq=False, slots=True, kw_only=True)
class _Back(Way):
    """The way back through steps, from the last: where the same is used of several, all do alike.

    `ends` are the ways of the state before the first step, and after every one.
    """

    steps: _Repeated
    state: Sequence[Counts]
    ends: list[list[Way | None]]

    def go_back(self) -> None:
        known: dict[tuple[Used, ...], _Used] = {}
        for step in reversed(self.steps.order):
            after = _masks(self.ends.pop())
            if not any(map(np.any, after)):
                continue
            alike = all(isinstance(mask, bool) for mask in after)
            found = known.get(after) if alike else None
            if found is None:
                found = self.steps.used(self.state, after)
            if alike:
                known[after] = found
            self.steps.ops.bound.extend(found.bound)
            for way, mask in zip(self.ends[-1], found.before, strict=True):
                if way is not None:
                    way.mark(mask)
            self._mark_input(step, found.read)

    def _mark_input(self, step: int, mask: Used) -> None:
        values = self.steps.values
        if values.way is not None and np.any(mask):
            pull = untaken(np.array(step), len(values.shape) - 2, values.shape)
            values.way.mark(pull(mask))


def _masks(ways: Iterable[Way | None]) -> tuple[Used, ...]:
    return tuple(way is not None and way.used for way in ways)


def _alike(one: Counts, other: Counts) -> bool:
    """Whether two arrays cost the same, and are both made of names, or neither is."""
    return (
        (one.shape, one.everywhere, one.way is None, len(one.parts))
        == (other.shape, other.everywhere, other.way is None, len(other.parts))
        and all(map(np.array_equal, one.parts, other.parts))
        and np.array_equal(one.numbers, other.numbers)
    )
