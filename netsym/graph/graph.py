"""The expression graph: flat blocks of like nodes, append-only, operands before their users."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import copysign
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import TooLargeError
from netsym.graph.index import (
    KeyIndex,
    RowIndex,
    all_within,
    distinct,
    distinct_rows,
    sorted_distinct,
)
from netsym.graph.names import Name, Names

Ids = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
Spans = tuple[tuple[int, int, int], ...]

LEAVES = frozenset({"symbol", "constant"})
NAMED = LEAVES | {"name"}
_LIMIT = 2**31 - 1
_FEW = 24  # constants that are kept one by one as well
#: Operands of a block that take NumPy no longer than one.
FEW_OPERANDS = 1000
_AT_ONCE = 2**15  # operands of which NumPy makes int64
#: Blocks of few operands that are looked at together: many, but no memory to speak of.
MOST_TOGETHER = 1000


@dataclass(slots=True, eq=False)  # frozen takes five times as long to make
class Block:
    """Consecutive nodes of one operation and arity: ids `start … stop - 1`; they never change.

    `operands` has one row of node ids per node, (n, 0) for leaves. `payload` is the `Names` of a
    symbol or name block, the float64 or Fraction values of a constant block.
    """

    op: str  # symbol, constant, name, add, multiply, divide, power, negate, or a function's name
    start: int
    stop: int
    operands: Ids
    payload: Names | Floats | tuple[Fraction, ...] | None = None
    positions: Positions | None = None  # of a name block: where in its Names
    spans: Spans | None = None  # once they were asked for; see `Graph.spans`

    def __len__(self) -> int:
        return self.stop - self.start

    @property
    def names(self) -> Names:
        """The names that the nodes of a symbol or name block are among."""
        assert isinstance(self.payload, Names)
        return self.payload

    @property
    def places(self) -> Positions:
        """Where among its `names` each node is."""
        return np.arange(len(self)) if self.positions is None else self.positions

    def number(self, row: int) -> float | Fraction:
        """The value of one node of a constant block."""
        assert isinstance(self.payload, (np.ndarray, tuple))
        value = self.payload[row]
        return value if isinstance(value, Fraction) else float(value)

    def numbers(self, rows: Positions) -> Sequence[float] | Sequence[Fraction]:
        """The values of some nodes of a constant block."""
        assert isinstance(self.payload, (np.ndarray, tuple))
        if isinstance(self.payload, tuple):
            return [self.payload[row] for row in rows.tolist()]
        values: list[float] = self.payload[rows].tolist()
        return values


class Graph:
    """An expression graph; equal nodes are one node.

    Nodes are added a block at a time and never change. `name` wraps a node in a name, so that a
    form may stop there; wrapped nodes with different names stay apart.

    >>> graph = Graph()
    >>> x, w = graph.symbols(Names("x")), graph.symbols(Names("w", None, (2,)))
    >>> product = graph.nodes("multiply", w, np.repeat(x, 2))
    >>> len(graph), graph.nodes("multiply", w, np.repeat(x, 2)) is product
    (5, False)
    >>> len(graph)
    5
    """

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self._size = 0
        self._starts: list[int] = []
        self._constants = KeyIndex()
        self._numbers: dict[tuple[float, float], int] = {}  # those that are looked for one by one
        self._fractions: dict[Fraction, int] = {}
        self._rows: defaultdict[tuple[str, int], RowIndex] = defaultdict(RowIndex)

    def __len__(self) -> int:
        return self._size

    def branch(self) -> Graph:
        """A graph with these nodes, that grows by itself: masks over this one stay right."""
        made = Graph()
        made.blocks, made._starts, made._size = [*self.blocks], [*self._starts], self._size
        made._constants, made._fractions = self._constants.copy(), {**self._fractions}
        made._numbers = {**self._numbers}
        made._rows.update((key, index.copy()) for key, index in self._rows.items())
        return made

    # -- building -------------------------------------------------------------------------------
    def symbols(self, names: Names) -> Ids:
        """New leaf nodes, one for each name; shape (len(names),)."""
        return self._append("symbol", _no_operands(len(names)), names)

    def constants(self, values: npt.ArrayLike) -> Ids:
        """Leaf nodes of float64 values, any shape; equal bits are one node, so 0.0 is not -0.0."""
        array = np.asarray(values, dtype=np.float64)
        flat = np.ascontiguousarray(array.reshape(-1))
        if not len(flat):
            return np.empty(array.shape, dtype=np.int32)
        ids = self._constants.find(flat.view(np.int64))
        if ids is None:
            ids = self._new_constants(flat)
        else:
            new = ids < 0
            if np.count_nonzero(new):
                ids[new] = self._new_constants(flat[new])
        return ids.reshape(array.shape)

    def _new_constants(self, values: Floats) -> Ids:
        first, inverse, ordered = distinct(values.view(np.int64))
        picked = values if first is None else values[first]
        made = self._append("constant", _no_operands(len(picked)), picked)
        self._constants.insert(picked.view(np.int64), made, ordered)
        if len(made) <= _FEW:
            self._numbers.update(zip(map(_signed, picked.tolist()), made.tolist(), strict=True))
        return made if inverse is None else made[inverse]

    def constant(self, value: float) -> int:
        """A leaf node of one float64 value; see `constants`."""
        known = self._numbers.get(_signed(value))
        if known is None:
            known = self._numbers[_signed(value)] = int(self.constants([value])[0])
        return known

    def fraction(self, value: Fraction) -> int:
        """A leaf node with an exact value; a whole number that float64 has is that number."""
        if value.denominator == 1 and abs(value) <= 2**53:
            return self.constant(float(value))
        if value not in self._fractions:
            made = self._append("constant", _no_operands(1), (value,))
            self._fractions[value] = int(made[0])
        return self._fractions[value]

    def number_id(self, value: float | Fraction) -> int:
        """A leaf node of a number; see `constant` and `fraction`."""
        return self.fraction(value) if isinstance(value, Fraction) else self.constant(float(value))

    def nodes(self, op: str, *columns: Ids) -> Ids:
        """Nodes of one operation; a column holds one operand of every node, and they broadcast."""
        if len(columns) == 1:
            return self.rows(op, columns[0].reshape(-1, 1)).reshape(columns[0].shape)
        shape = common_shape(columns)
        operands = np.empty((*shape, len(columns)), dtype=np.int32)
        for place, column in enumerate(columns):
            operands[..., place] = column
        return self.rows(op, operands.reshape(-1, len(columns))).reshape(shape)

    def rows(self, op: str, operands: Ids) -> Ids:
        """Nodes of one operation from rows of operands (n, k); equal rows give equal ids.

        The array is kept as it is, so nobody may change it afterwards.
        """
        operands = np.ascontiguousarray(operands, dtype=np.int32)
        if not len(operands):
            return np.empty(0, dtype=np.int32)
        index = self._rows[op, operands.shape[1]]
        if index.are_next(operands):
            index.insert(self._size, operands)
            return self._append(op, operands)
        ids = index.find(operands)
        new = operands if ids is None else operands[ids < 0]
        if not len(new):
            assert ids is not None
            return ids
        first, inverse = distinct_rows(new)
        new = new if first is None else new[first]
        made = self._append(op, new)
        index.insert(self._size - len(new), new)
        made = made if inverse is None else made[inverse]
        if ids is None:
            return made
        ids[ids < 0] = made
        return ids

    def append(self, op: str, operands: Ids) -> Ids:
        """The same for rows that are all different and do not exist yet: nothing is looked for.

        Only for who knows that it is so, as where an operand is new and used in no other place.
        """
        if not len(operands):
            return np.empty(0, dtype=np.int32)
        self._rows[op, operands.shape[1]].insert(self._size, operands)
        return self._append(op, operands)

    def name(self, ids: Ids, names: Names, positions: Positions | None = None) -> Ids:
        """Wrap nodes in the names at these positions, by default all of them in order.

        What has a name already (or is a leaf) is kept.
        """
        wrapped = ids.flatten()
        positions = np.arange(len(wrapped)) if positions is None else positions
        common = self.common_block(wrapped)
        if common >= 0 and self.blocks[common].op not in NAMED:
            named = self._append("name", wrapped.reshape(-1, 1), names, positions)
            return named.reshape(ids.shape)
        kept = self.is_named_or_leaf(wrapped)
        count = np.count_nonzero(kept)
        if count < len(wrapped):
            (free,) = (~kept).nonzero()
            rows = wrapped[free].reshape(-1, 1)
            wrapped[free] = self._append("name", rows, names, positions[free])
        return wrapped.reshape(ids.shape)

    def _append(
        self,
        op: str,
        operands: Ids,
        payload: Names | Floats | tuple[Fraction, ...] | None = None,
        positions: Positions | None = None,
    ) -> Ids:
        start, count = self._size, len(operands)
        if start + count > _LIMIT:
            raise TooLargeError(
                f"a graph holds at most {_LIMIT:,} distinct nodes, and this network needs more; "
                "ask for sizes instead (netsym size)"
            )
        self._size = stop = start + count
        self.blocks.append(Block(op, start, stop, operands, payload, positions))
        self._starts.append(start)
        return np.arange(start, stop, dtype=np.int32)

    # -- looking --------------------------------------------------------------------------------
    def block_numbers(self, ids: Ids) -> npt.NDArray[np.int64]:
        """Which block each node is in."""
        common = self.common_block(ids)
        if common >= 0 or not ids.size:
            return np.full(ids.shape, common)
        low, high = self.block_number(int(ids.min())), self.block_number(int(ids.max()))
        if high - low > 4 * ids.size:  # to copy their starts takes longer
            found = map(self.block_number, ids.reshape(-1).tolist())
            return np.fromiter(found, np.int64, ids.size).reshape(ids.shape)
        starts = np.array(self._starts[low + 1 : high + 1])
        numbers: npt.NDArray[np.int64] = np.searchsorted(starts, ids, side="right") + low
        return numbers

    def block_number(self, node: int) -> int:
        """Which block one node is in."""
        return bisect_right(self._starts, node) - 1

    def common_block(self, ids: Ids) -> int:
        """Which block all these nodes are in, -1 if they are in several or there are none."""
        if not ids.size:
            return -1
        number = self.block_number(ids.item(0))
        if ids.size == 1:
            return number
        block = self.blocks[number]
        return number if all_within(ids, block.start, block.stop) else -1

    def by_block(self, ids: Ids) -> Iterator[tuple[int, Mask | slice]]:
        """The blocks that nodes are in, in order, by number; and which of the nodes are there."""
        common = self.common_block(ids)
        if common >= 0:
            yield common, slice(None)
        elif ids.size:
            numbers = self.block_numbers(ids)
            yield from ((number, numbers == number) for number in sorted_distinct(numbers).tolist())

    def present(self, mask: Mask) -> list[int]:
        """The numbers of the blocks that have a node in the mask."""
        if not self.blocks:
            return []
        return np.flatnonzero(np.logical_or.reduceat(mask, self._starts)).tolist()

    def block_of(self, node: int) -> Block:
        """The block that one node is in."""
        return self.blocks[self.block_number(node)]

    def is_named_or_leaf(self, ids: Ids) -> Mask:
        """Whether each node is a symbol, a constant or wrapped in a name."""
        return self.of_kind(ids, NAMED)

    def of_kind(self, ids: Ids, ops: frozenset[str]) -> Mask:
        """Whether each node is of one of these operations."""
        common = self.common_block(ids)
        if common >= 0 or not ids.size:
            alike = common >= 0 and self.blocks[common].op in ops
            return (np.ones if alike else np.zeros)(len(ids), dtype=np.bool_)
        numbers = self.block_numbers(ids)
        present = sorted_distinct(numbers)
        kinds = np.array([self.blocks[n].op in ops for n in present.tolist()])
        found: Mask = kinds[np.searchsorted(present, numbers)]
        return found

    def all_of_kind(self, ops: frozenset[str]) -> Mask:
        """A mask over all nodes: those of these operations."""
        found = np.array([block.op in ops for block in self.blocks], dtype=np.bool_)
        return found.repeat([len(block) for block in self.blocks])

    def symbol(self, node: int) -> Name:
        """The name of a symbol or name node."""
        block = self.block_of(node)
        row = node - block.start
        return block.names, row if block.positions is None else int(block.positions[row])

    def name_of(self, node: int) -> str:
        """The plain name of a symbol or name node."""
        names, position = self.symbol(node)
        return names.ascii(position)

    def operands_of(self, node: int) -> list[int]:
        """The operands of one node."""
        block = self.block_of(node)
        operands: list[int] = block.operands[node - block.start].tolist()
        return operands

    def symbol_names(self) -> Iterator[str]:
        """The plain names of all symbols."""
        for names in self.arrays():
            yield from names.all()

    def kinds(self) -> set[str]:
        """The operations that there are, but for names."""
        return {op for op, _ in self._rows}

    def arrays(self) -> list[Names]:
        """The arrays of names that symbols have."""
        return [block.names for block in self.blocks if block.op == "symbol"]

    def given_names(self) -> Iterator[str]:
        """The names of symbols that a person chose."""
        for names in self.arrays():
            yield from names.literal

    def number(self, node: int) -> float | Fraction:
        """The value of a constant node."""
        block = self.block_of(node)
        return block.number(node - block.start)

    def spans(self, number: int) -> Spans:
        """Which blocks the operands of a block are in: runs of columns (first, stop, block).

        The block is -1 for a run of columns that mix several blocks.
        """
        block = self.blocks[number]
        if block.spans is None:  # a branch has the same blocks, with the same numbers
            block.spans = self._find_spans(block.operands)
        return block.spans

    def sources(self, number: int) -> set[int]:
        """The numbers of the blocks that the operands of a block are in."""
        found: set[int] = set()
        for first, stop, source in self.spans(number):
            mixed = self.blocks[number].operands[:, first:stop]
            found.update(
                (source,) if source >= 0 else sorted_distinct(self.block_numbers(mixed)).tolist()
            )
        return found

    def _find_spans(self, operands: Ids) -> Spans:
        found: list[tuple[int, int, int]] = []
        many, count = operands.shape
        row, first = operands[0].tolist() if many else [], 0
        while first < count:
            source = bisect_right(self._starts, row[first]) - 1
            start, end = self.blocks[source].start, self.blocks[source].stop
            stop = first + 1
            while stop < count and start <= row[stop] < end:
                stop += 1
            alike = many == 1 or all_within(operands[:, first:stop], start, end)
            found.append((first, stop, source if alike else -1))
            first = stop
        return tuple(found)

    def reachable(self, roots: Ids) -> Mask:
        """A mask over all nodes: the roots, and all that they are made of."""
        mask = np.zeros(self._size, dtype=np.bool_)
        mask.put(roots, True)
        last = self.block_number(int(roots.max(initial=0)))
        for block in reversed(self.blocks[: last + 1]):
            if not block.operands.shape[1]:
                continue
            rows = mask[block.start : block.stop]
            count = np.count_nonzero(rows)
            if count:
                operands = block.operands if count == len(rows) else block.operands[rows]
                parts = 1 + operands.size // _AT_ONCE
                for part in np.array_split(operands, parts) if parts > 1 else [operands]:
                    mask.put(part, True)
        return mask

    def walk(self, mask: Mask, op: str = "") -> Iterator[tuple[Block, Positions]]:
        """Blocks in order, all or those of one operation, with the rows that the mask selects."""
        for block in self.blocks:
            if not op or block.op == op:
                (rows,) = mask[block.start : block.stop].nonzero()
                if len(rows):
                    yield block, rows

    def operations(
        self, mask: Mask, op: str = ""
    ) -> Iterator[tuple[int, Block, Positions | slice]]:
        """Blocks of operations in order, all or those of one, with their numbers and the rows that
        the mask selects.
        """
        for number, block in enumerate(self.blocks):
            if block.operands.shape[1] and (not op or block.op == op):
                selected = mask[block.start : block.stop]
                count = np.count_nonzero(selected)
                if count:
                    every = count == len(selected)
                    yield number, block, slice(None) if every else selected.nonzero()[0]

    def without_operands(self) -> Mask:
        """A mask over all nodes: those that are made of no others."""
        found = np.array([not block.operands.shape[1] for block in self.blocks], dtype=np.bool_)
        return found.repeat([len(block) for block in self.blocks])

    def used_operands(self, mask: Mask) -> Iterator[Ids]:
        """All operands, but for leaves of large blocks, of the nodes in a mask; rows of any length.

        Those of small blocks come together.
        """
        small: list[Ids] = []
        for number, block, rows in self.operations(mask):
            if block.operands.size < FEW_OPERANDS:
                small.append(block.operands[rows].reshape(-1, 1))
                if len(small) == MOST_TOGETHER:
                    yield np.concatenate(small)
                    small = []
                continue
            for first, stop, source in self.spans(number):
                if source < 0 or self.blocks[source].operands.shape[1]:
                    yield block.operands[rows, first:stop]
        if small:
            yield np.concatenate(small)


def tally(counts: Any, operands: Ids, times: Any) -> None:
    """Add to the count of every operand how many times its row counts."""
    if counts.dtype == object or operands.size < FEW_OPERANDS:
        np.add.at(counts, operands.reshape(-1), np.repeat(times, operands.shape[1]))
        return
    start = int(operands.min())
    weights = None
    if not (times == 1).all():
        weights = np.broadcast_to(times[:, None], operands.shape).reshape(-1)
    found = np.bincount((operands - start).reshape(-1), weights)
    counts[start : start + len(found)] += found.astype(counts.dtype, copy=False)


def common_shape(arrays: Sequence[Ids]) -> tuple[int, ...]:
    """The shape that these arrays broadcast to."""
    if len(arrays) <= 32:  # as many as numpy takes, and quicker
        return np.broadcast(*arrays).shape
    return np.broadcast_shapes(*(array.shape for array in arrays))


def _signed(value: float) -> tuple[float, float]:
    """A number with its sign: 0.0 is not -0.0."""
    return value, copysign(1.0, value)


def _no_operands(count: int) -> Ids:
    return np.empty((count, 0), dtype=np.int32)
