"""Finds nodes that exist already, block by block: equal nodes of a graph are one node."""

from __future__ import annotations

from bisect import bisect_right
from functools import cached_property
from operator import itemgetter, lt
from typing import Any

import numpy as np
import numpy.typing as npt

Ids = npt.NDArray[np.int32]
Keys = npt.NDArray[np.int64]
Positions = npt.NDArray[np.int64]

_FEW_PAIRS, _MOST_PLACES = 1000, 64  # pairs are sorted if fewer, or in more places for each
# Odd 64-bit multipliers, by the recurrence of a 64-bit congruential generator (Knuth, MMIX).
_MULTIPLIERS = np.empty(64, dtype=np.int64)
_state = 1
for _place in range(len(_MULTIPLIERS)):
    _state = (_state * 6364136223846793005 + 1442695040888963407) % 2**64
    _MULTIPLIERS[_place] = (_state >> 1) | 1


def _row_keys(operands: Ids) -> Keys:
    """One 64-bit key a row: exact up to two operands, a hash beyond."""
    arity = operands.shape[1]
    if arity == 1:
        return operands[:, 0].astype(np.int64)
    if arity == 2:
        return operands.view(np.int64).reshape(-1)
    keys = np.zeros(len(operands), dtype=np.int64)
    with np.errstate(over="ignore"):
        for start in range(0, arity, len(_MULTIPLIERS)):
            part = operands[:, start : start + len(_MULTIPLIERS)].astype(np.int64)
            keys = (keys ^ (keys >> 29)) * _MULTIPLIERS[0]
            keys = keys + part @ _MULTIPLIERS[: part.shape[1]]
    return keys


_FEW = 32  # numbers of which a list is quicker than NumPy


def increasing(keys: npt.NDArray[np.integer[Any]]) -> bool:
    """Whether each is larger than the one before."""
    if len(keys) < 2:
        return True
    if len(keys) <= _FEW:
        listed = keys.tolist()
        return all(map(lt, listed, listed[1:]))
    return bool(np.count_nonzero(keys[1:] > keys[:-1]) >= len(keys) - 1)


def all_within(values: npt.NDArray[np.integer[Any]], start: int, stop: int) -> bool:
    """Whether all numbers, at least one, are in a range."""
    if values.size <= 2 * _FEW:
        listed = values.reshape(-1).tolist()
        return bool(min(listed) >= start and max(listed) < stop)
    least, most = np.minimum.reduce(values, axis=None), np.maximum.reduce(values, axis=None)
    return bool(least >= start and most < stop)


def all_positive(values: npt.NDArray[np.integer[Any]]) -> bool:
    """Whether all numbers are larger than 0."""
    if values.size <= _FEW:
        return min(values.reshape(-1).tolist(), default=1) > 0
    return bool(np.count_nonzero(values > 0) == values.size)


def sorted_distinct(values: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """The values that there are, in order; `np.unique` would load masked arrays to find them."""
    ordered = np.sort(values, axis=None)
    new = np.ones(len(ordered), dtype=bool)
    np.not_equal(ordered[1:], ordered[:-1], out=new[1:])
    return ordered[new]


def _turned(pairs: Ids) -> Keys:
    """The keys of pairs with the other operand first."""
    return pairs[:, ::-1].copy().view(np.int64).reshape(-1)


def distinct(keys: Keys) -> tuple[Positions | None, Positions | None, Keys]:
    """First position of every distinct key in order of appearance, each key's rank there.

    (None, None, …) when all are distinct, as nearly always. Last, the distinct keys sorted.
    """
    if len(keys) == 1:
        return None, None, keys
    ordered = np.sort(keys)
    if increasing(ordered):
        return None, None, ordered
    ordered, first, inverse = np.unique(keys, return_index=True, return_inverse=True)
    by_appearance = np.argsort(first)
    rank = np.empty_like(by_appearance)
    rank[by_appearance] = np.arange(len(first))
    return first[by_appearance], rank[inverse.reshape(-1)], ordered


def distinct_rows(operands: Ids) -> tuple[Positions | None, Positions | None]:
    """The same for rows of operands."""
    if operands.shape[1] and increasing(operands[:, 0]):
        return None, None
    if operands.size <= _FEW:
        rows = [*map(tuple, operands.tolist())]
        if len({*rows}) == len(rows):
            return None, None
    keys = _row_keys(operands)
    many = operands.shape[1] == 2 and len(keys) >= _FEW_PAIRS  # so that a sort takes long
    if many and (_differ(operands) or increasing(keys) or increasing(_turned(operands))):
        return None, None
    first, inverse, _ = distinct(keys)
    if first is not None and operands.shape[1] > 2:
        same = bool((operands[first][inverse] == operands).all())
        if not same:  # two different rows share a hash: keep every row apart rather than err
            return None, None
    return first, inverse


def _differ(pairs: Ids) -> bool:
    """Whether pairs of close nodes are seen to be distinct: as in products of matrices, unsorted.

    A table of all pairs that there could be is quicker than a sort, while it is not too large.
    """
    first, second = (column.astype(np.int64) - column.min() for column in pairs.T)
    across = int(second.max()) + 1
    places = (int(first.max()) + 1) * across
    if places > _MOST_PLACES * len(pairs):
        return False
    seen = np.zeros(places, dtype=np.bool_)
    seen[first * across + second] = True
    return bool(np.count_nonzero(seen) == len(pairs))


class _Run:
    """Keys sorted, with their ids; which id belongs to which is worked out when one is found."""

    def __init__(self, keys: Keys, ids: Ids, ordered: Keys | None) -> None:
        self.keys = keys
        self.ids = ids
        self.ordered = np.sort(keys) if ordered is None else ordered

    @cached_property
    def ordered_ids(self) -> Ids:
        return self.ids[np.argsort(self.keys)]


class KeyIndex:
    """Finds keys that exist already: sorted runs, merged as they grow equal in length."""

    def __init__(self) -> None:
        self._runs: list[_Run] = []

    def copy(self) -> KeyIndex:
        """The same keys, to which others may be added."""
        made = KeyIndex()
        made._runs = [*self._runs]
        return made

    def insert(self, keys: Keys, ids: Ids, ordered: Keys | None = None) -> None:
        """Add distinct keys that are new, with their ids; `ordered` are the keys sorted."""
        while self._runs and len(self._runs[-1].keys) <= 2 * len(keys):
            run = self._runs.pop()
            keys, ids = np.concatenate([run.keys, keys]), np.concatenate([run.ids, ids])
            ordered = None
        self._runs.append(_Run(keys, ids, ordered))

    def find(self, keys: Keys) -> Ids | None:
        """The id of every key, -1 where it is new; None when all are new."""
        found = None
        for run in self._runs:
            at = run.ordered.searchsorted(keys)
            same = run.ordered.take(at, mode="clip") == keys
            if np.count_nonzero(same):
                if found is None:
                    found = np.full(len(keys), -1, dtype=np.int32)
                found[same] = run.ordered_ids[at[same]]
        return found


class RowIndex:
    """Finds rows of operands that exist already, among the nodes of one operation and arity.

    Operands are older than the block of their node, so rows with an operand that is not older than
    the last block of their kind cannot exist yet. That is how nearly every block of a network is,
    and then nothing is sorted or searched: blocks wait until someone asks.
    """

    def __init__(self) -> None:
        self._blocks: list[tuple[int, Ids]] = []  # start and operands of every block
        self._settled = 0  # how many of them the keys know
        self._keys = KeyIndex()
        self._last = -1  # where the last block starts

    def copy(self) -> RowIndex:
        """The same rows, to which others may be added."""
        made = RowIndex()
        made._blocks, made._settled = [*self._blocks], self._settled
        made._keys, made._last = self._keys.copy(), self._last
        return made

    def insert(self, start: int, operands: Ids) -> None:
        """Add the rows of a new block, whose first id is `start`."""
        self._blocks.append((start, operands))
        self._last = start

    def are_next(self, operands: Ids) -> bool:
        """Whether rows are seen to be new and distinct by their first operands, as nearly always:
        each is newer than all that known rows have, and than the one before.
        """
        return bool(
            operands.shape[1] and operands.item(0, 0) >= self._last and increasing(operands[:, 0])
        )

    def find(self, operands: Ids) -> Ids | None:
        """The id of every row, -1 where it is new; None when all are new."""
        if self._last < 0 or self._newer(operands):
            return None
        if operands.shape[1] == 2:  # quicker than along the axis
            newest = np.maximum(operands[:, 0], operands[:, 1])
        elif operands.shape[1]:
            newest = operands.max(axis=1)
        else:
            newest = np.full(len(operands), -1, dtype=np.int32)
        (candidates,) = (newest < self._last).nonzero()
        if not len(candidates):
            return None
        wanted = operands if len(candidates) == len(operands) else operands[candidates]
        known = self._keys_after(int(newest[candidates].min()), wanted).find(_row_keys(wanted))
        if known is None:
            return None
        if operands.shape[1] > 2:  # keys are hashes there: look at the rows themselves
            for position in np.flatnonzero(known >= 0).tolist():
                if not np.array_equal(
                    self._row(int(known[position])), operands[candidates[position]]
                ):
                    known[position] = -1
        found = np.full(len(operands), -1, dtype=np.int32)
        found[candidates] = known
        return found

    def _keys_after(self, node: int, wanted: Ids) -> KeyIndex:
        """The keys of all rows newer than a node that may be among the wanted ones.

        A few blocks are looked at by themselves; where they are more, every block is settled.
        """
        first = bisect_right(self._blocks, node, self._settled, key=itemgetter(0))
        end = self._last + len(self._blocks[-1][1])
        if first > self._settled and end - self._blocks[first][0] <= 2 * len(wanted):
            few = KeyIndex()
            low, high = wanted[:, -1].min(), wanted[:, -1].max()
            for start, rows in self._blocks[first:]:
                column = rows[:, -1]
                if column.min() <= high and column.max() >= low:
                    ids = np.arange(start, start + len(rows), dtype=np.int32)
                    few.insert(_row_keys(rows), ids)
            return few
        if self._settled < len(self._blocks):
            new = self._blocks[self._settled :]
            nodes = [np.arange(start, start + len(rows), dtype=np.int32) for start, rows in new]
            keys = [_row_keys(rows) for _, rows in new]
            self._keys.insert(np.concatenate(keys), np.concatenate(nodes))
            self._settled = len(self._blocks)
        return self._keys

    def _newer(self, operands: Ids) -> bool:
        """Whether one of the first columns has nothing but nodes that no known row can have."""
        last = self._last
        for place in range(min(2, operands.shape[1])):
            if operands.item(0, place) >= last:
                newer = np.count_nonzero(operands[:, place] >= last)
                if newer == len(operands):
                    return True
        return False

    def _row(self, node: int) -> Ids:
        number = bisect_right(self._blocks, node, key=lambda block: block[0]) - 1
        start, operands = self._blocks[number]
        row: Ids = operands[node - start]
        return row
