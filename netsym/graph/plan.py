"""How to compute some nodes of a graph, block by block: what is read from where, in which order.

A plan says nothing of what a value is: `values` runs it in float64, `ops.formulas` in any reading.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from netsym.graph.graph import Block, Graph, Ids, Mask
from netsym.graph.index import sorted_distinct
from netsym.graph.names import Names, literal

Positions = npt.NDArray[np.int64]


class Gather:
    """Where some nodes are: rows of one block, or of several.

    `parts` has (block, places in the column or None for all of it, rows of the block) each.
    """

    def __init__(self, graph: Graph, ids: Ids) -> None:
        numbers = graph.block_numbers(ids)
        first = int(numbers[0]) if len(numbers) else 0
        self.parts: list[tuple[int, Positions | None, Positions | slice]]
        if not (numbers != first).any():
            rows = ids.astype(np.int64) - graph.blocks[first].start
            whole = (
                len(rows) and (rows[-1] - rows[0] + 1 == len(rows)) and (np.diff(rows) == 1).all()
            )
            picked = slice(int(rows[0]), int(rows[-1]) + 1) if whole else rows
            self.parts = [(first, None, picked)]
        else:
            self.parts = []
            for number in sorted_distinct(numbers).tolist():
                where = np.flatnonzero(numbers == number)
                self.parts.append((number, where, ids[where] - graph.blocks[number].start))
        self.length = len(ids)
        self.reads = {number for number, *_ in self.parts}


class Plain(NamedTuple):
    """A block computed operand by operand, in the order that the formula has."""

    block: Block
    columns: list[Gather]

    @property
    def reads(self) -> list[int]:
        """The blocks that it reads, each as often as it does."""
        return [number for column in self.columns for number in column.reads]


class Contraction(NamedTuple):
    """A block of sums whose leading terms are products of weights with the same values.

    The weights are `rows` (sums, terms) of the block `holder`; `rest` are the other terms.
    """

    holder: int
    rows: Positions
    right: Gather
    rest: list[Gather]

    @property
    def reads(self) -> list[int]:
        """The blocks that it reads, each as often as it does."""
        return [self.holder, *(n for each in (self.right, *self.rest) for n in each.reads)]


class LongSum(NamedTuple):
    """A block of one sum of very many terms."""

    terms: Gather

    @property
    def reads(self) -> list[int]:
        """The blocks that it reads, each as often as it does."""
        return [*self.terms.reads]


Operation = Plain | Contraction | LongSum


class Symbols(NamedTuple):
    """Where the values of a block of symbols come from: inputs, and names that need a value.

    `places` are those of the inputs, `names` the others, None for none. `order` says of every row
    which it is of both, one after the other; a row that nothing uses is any of them.
    """

    places: Positions
    names: Names | None
    order: Positions


_LONG = 1000  # terms that are not worth a column each


class Plan:
    """How to compute the outputs; made once, run any number of times.

    `leaves` are the blocks of symbols and constants, `steps` the others by number, `kept` those
    that are computed, in order: the products of a contraction need not be. `wanted` says by block
    which symbols the outputs need.
    """

    def __init__(self, graph: Graph, inputs: Ids, outputs: Ids) -> None:
        self.graph = graph
        self.outputs = Gather(graph, outputs)
        self.place = {int(node): position for position, node in enumerate(inputs)}
        self.varies: dict[int, bool] = {}  # by block: whether it depends on the inputs
        self.leaves: dict[int, Block] = {}
        self.steps: dict[int, Operation] = {}
        self.wanted: dict[int, Mask] = {}
        closed = self._reached(outputs)
        for number in reversed(range(max(closed, default=-1) + 1)):  # a block is computed whole
            if number in closed:
                closed |= graph.sources(number)
        for number in sorted(closed):
            self._prepare(number, graph.blocks[number])
        self.kept = self._kept()
        self._symbols: dict[int, Symbols] = {}

    def _reached(self, outputs: Ids) -> set[int]:
        """The blocks that have a node that the outputs need."""
        reached = self.graph.reachable(outputs)
        for number, block in enumerate(self.graph.blocks):
            if block.op == "symbol":
                self.wanted[number] = reached[block.start : block.stop].copy()
        return set(self.graph.present(reached))

    def symbols(self, number: int) -> Symbols:
        """Where the values of a leaf of symbols come from, found once."""
        if number not in self._symbols:
            self._symbols[number] = self._sources(number)
        return self._symbols[number]

    def _sources(self, number: int) -> Symbols:
        block = self.leaves[number]
        inputs = {
            node - block.start: place
            for node, place in self.place.items()
            if block.start <= node < block.stop
        }
        given = sorted(inputs)
        needed = self.wanted[number].copy()
        needed[given] = False
        others = np.flatnonzero(needed)
        order = np.zeros(len(block), dtype=np.int64)
        order[np.concatenate([given, others]).astype(np.int64)] = range(len(given) + len(others))
        places = np.array([inputs[row] for row in given], dtype=np.int64)
        if len(others) == len(block):
            return Symbols(places, block.names, order)
        names = literal(*map(block.names.ascii, others.tolist())) if len(others) else None
        return Symbols(places, names, order)

    def _prepare(self, number: int, block: Block) -> None:
        if block.op in ("symbol", "constant"):
            ids = range(block.start, block.stop)
            is_input = block.op == "symbol" and any(node in self.place for node in ids)
            self.varies[number] = is_input
            self.leaves[number] = block
            return
        self.varies[number] = any(self.varies[n] for n in self.graph.sources(number))
        self.steps[number] = self._step(number, block)

    def _step(self, number: int, block: Block) -> Operation:
        if block.op == "add":
            contraction = self._contraction(number, block)
            if contraction is not None:
                return contraction
            if len(block) == 1 and block.operands.shape[1] >= _LONG:
                return LongSum(Gather(self.graph, block.operands[0]))
        return Plain(block, [Gather(self.graph, column) for column in block.operands.T])

    def _kept(self) -> list[int]:
        used = set(self.outputs.reads)
        for number in sorted(self.steps, reverse=True):
            if number in used:
                used.update(self.steps[number].reads)
        return sorted(used)

    def _contraction(self, number: int, block: Block) -> Contraction | None:
        first, leading, source = self.graph.spans(number)[0]
        if source < 0 or leading - first < 2 or self.graph.blocks[source].op != "multiply":
            return None
        products = self.graph.blocks[source]
        spans = self.graph.spans(source)
        if len(spans) != 2 or products.operands.shape[1] != 2 or self.varies.get(spans[0][2], True):
            return None
        weights, values = products.operands[block.operands[:, :leading] - products.start].T
        values = values.T
        if bool((values != values[0]).any()):
            return None
        holder = spans[0][2]
        return Contraction(
            holder,
            weights.T.astype(np.int64) - self.graph.blocks[holder].start,
            Gather(self.graph, values[0]),
            [Gather(self.graph, column) for column in block.operands.T[leading:]],
        )
