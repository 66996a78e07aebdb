"""The reverse pass over the graph (back propagation), a block of nodes at a time.

What depends on the formula alone, which blocks are layers and what their δ are called, is found
once and kept (`Backward`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from typing import Any, Generic

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.forms.form import F
from netsym.gradient.deltas import (
    Title,
    delta_names,
    with_preactivations,
)
from netsym.gradient.factors import Signed
from netsym.gradient.signed_nodes import Product, SignedNodes
from netsym.gradient.wrt import chosen, named_outputs, names_of_outputs
from netsym.graph.dense import Layer, dense_layer
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Block, Graph, Ids, Mask, Positions, Spans
from netsym.graph.index import increasing
from netsym.graph.names import Name, Names

Rows = npt.NDArray[np.integer[Any]]


class Backward(Generic[F]):
    """What back propagation knows of a formula before it starts: no derivative, only facts.

    `plain` is the formula with its names z, `graph` that of it with names for the outputs `ends`,
    which are called `above`; `titles` has the names δ of each block, `layers` the dense layers by
    the block of their sums.
    """

    def __init__(self, formula: F) -> None:
        self.plain = with_preactivations(formula)
        self.graph = self.plain.graph.branch()
        self.above = names_of_outputs(formula)
        self.ends = named_outputs(self.plain.ends, self.graph, self.above)
        self.titles: dict[int, list[Title]] = {}
        for title in delta_names(self.plain, self.graph, self.ends):
            own = self._of_each_output(title)
            if own is not None:  # units with equal weights may be in the block of another layer
                numbers = self.graph.block_numbers(title.nodes)
                for number in np.unique(numbers).tolist():
                    self.titles.setdefault(number, []).append(own.where(numbers == number))
        for value in (1.0, 2.0, 0.0):  # most derivatives have some of them
            self.graph.constant(value)
        blocks = enumerate(self.graph.blocks)
        found = ((n, dense_layer(self.graph, n)) for n, block in blocks if block.op == "add")
        self.layers = {number: layer for number, layer in found if layer is not None}

    def _of_each_output(self, title: Title) -> Title | None:
        """Names with one more axis, the output; names that a person gave cannot have it."""
        width, names = len(self.ends), title.names
        if width == 1:
            return replace(title, positions=title.positions[None, :])
        positions = title.positions + len(names) * np.arange(width)[:, None]
        shape = (width, *names.shape)
        return None if names.literal else Title(title.nodes, replace(names, shape=shape), positions)

    def dependence(self, wrt: str | Sequence[str]) -> Dependence:
        """What depends on the names to differentiate by."""
        picked = chosen(self.plain, wrt)
        return Dependence(self.graph, self.ends, picked.nodes, picked.names)

    @cached_property
    def parameters(self) -> Dependence:
        """What depends on the parameters."""
        return self.dependence("parameters")


class Dependence:
    """What is differentiated by, and what depends on it.

    `last` is the last block of interest, `share` says of each block up to it how many of its nodes
    depend on the names, `varies` of each node whether it does; `place` is where a name is listed.
    """

    def __init__(self, graph: Graph, ends: Ids, nodes: Ids, names: tuple[Name, ...]) -> None:
        self.nodes, self.names = nodes, names
        self.last = int(graph.block_numbers(ends).max())
        size = max(graph.blocks[self.last].stop, int(nodes.max()) + 1)
        self.share, self.varies = _dependence(graph, nodes, size)
        self.place = np.empty(size, dtype=np.int32)
        self.place[nodes] = np.arange(len(nodes))
        self._graph, self._alike = graph, dict[tuple[str, int], Alike]()

    def alike(self, op: str, arity: int) -> Alike:
        """The blocks of one kind that depend on the names."""
        if (op, arity) not in self._alike:
            numbers = [
                number
                for number, block in enumerate(self._graph.blocks[: self.last + 1])
                if block.op == op and block.operands.shape[1] == arity and self.share[number]
            ]
            blocks = [self._graph.blocks[number] for number in numbers]
            edges = [*accumulate(map(len, blocks), initial=0)]
            nodes = np.concatenate([np.arange(block.start, block.stop) for block in blocks])
            called = _called(self._graph, nodes.astype(np.int32))
            operands = np.concatenate([block.operands for block in blocks])
            self._alike[op, arity] = Alike(
                dict(zip(numbers, map(slice, edges, edges[1:]), strict=False)),
                (called, *operands.T),
            )
        return self._alike[op, arity]


@dataclass(frozen=True, slots=True)
class Alike:
    """Blocks of one kind, one after another.

    `rows` has where each is, by its number; `columns` the results, by their names if they have
    some, and the operands.
    """

    rows: dict[int, slice]
    columns: tuple[Ids, ...]


# -- the pass ------------------------------------------------------------------------------------
_NONE, _SOME, _ALL = range(3)


@dataclass(frozen=True, slots=True)
class Held:
    """The adjoints of the sums of a dense layer, before they are passed through its products.

    Products with them are `new`, and different, if each δ is a name of its own that only this
    layer uses: δ*x comes first of it, w*δ last, with other w and x for each unit.
    """

    layer: Layer
    adjoints: Signed
    new: bool

    def one_by_one(self) -> tuple[Rows, Signed]:
        """The same, as it is passed to the rows of the block of products."""
        units, terms = self.layer.weights.shape
        return np.arange(units * terms), self.adjoints.repeat(terms, axis=1)


class Reverse(Generic[F]):
    """From the outputs back: the adjoint of a node is the derivative of every output by it.

    Adjoints have shape (outputs, nodes). `parts` has, for each block, what its users pass back,
    the outermost first; `leaves` what is passed to names, where products wait to be written at
    once. A dense layer is passed as a whole: `held` has the adjoints of its sums for the block of
    its products, as long as nothing but layers is passed there: those of equal weights share their
    products. `own` are the blocks each of whose adjoints has just got a name, that nothing else
    has.
    """

    def __init__(
        self, math: SignedNodes, ends: Ids, wrt: Dependence, facts: Backward[F] | None = None
    ) -> None:
        self.math, self.graph = math, math.graph
        self.ends, self.wrt, self.last = ends, wrt, wrt.last
        self.share, self.varies = wrt.share, wrt.varies
        self.titles = facts.titles if facts else {}
        self.layers = facts.layers if facts else {}
        self.held: dict[int, list[Held]] = {}
        self.own: set[int] = set()
        self.parts: dict[int, list[tuple[Rows, Signed]]] = {}
        self.leaves: list[tuple[Ids, tuple[Signed, ...]]] = []
        self.new = True  # whether all their products are different ones that cannot exist yet
        self.slopes: dict[tuple[str, int], dict[int, tuple[Product, ...]]] = {}

    def run(self) -> Signed:
        """The derivatives, shape (outputs, names)."""
        self._send(self.ends, np.eye(len(self.ends), dtype=np.int32) * np.int32(self.math.one))
        for number in range(self.last, -1, -1):
            for held in self.held.pop(number, ()):
                self._spread_layer(held)
            if number in self.parts:
                block = self.graph.blocks[number]
                rows, adjoints = self._collected(self.parts.pop(number))
                for title in self.titles.get(number, ()):
                    adjoints = self._named(title, number, rows, adjoints)
                self._spread(number, block, rows, adjoints)
        return self._found()

    def _found(self) -> Signed:
        found = np.zeros((len(self.ends), len(self.wrt.nodes)), dtype=np.int32)
        if not self.leaves:
            return found
        parts = self._leaf_parts()
        columns = self.wrt.place[np.concatenate([nodes for nodes, _ in parts])]
        once = np.zeros(len(self.wrt.nodes), dtype=np.bool_)
        once[columns] = True
        if np.count_nonzero(once) == len(columns):
            found[:, columns] = np.concatenate([adjoints for _, adjoints in parts], axis=1)
        else:
            nodes, adjoints = self._collected(parts)
            found[:, self.wrt.place[nodes]] = adjoints
        return found

    def _leaf_parts(self) -> list[tuple[Ids, Signed]]:
        """What is passed to names, all products of two written at once."""
        pairs = [(nodes, factors) for nodes, factors in self.leaves if len(factors) == 2]
        edges = list(accumulate((len(nodes) for nodes, _ in pairs), initial=0))
        table = np.empty((len(self.ends), edges[-1], 2), dtype=np.int32)
        for first, stop, (_, (left, right)) in zip(edges, edges[1:], pairs, strict=False):
            table[:, first:stop, 0], table[:, first:stop, 1] = left, right
        products, edge = self.math.products(table, self.new), iter(edges)
        first, found = next(edge), []
        for nodes, factors in self.leaves:
            adjoints = factors[0]
            if len(factors) == 2:
                stop = next(edge)
                adjoints, first = products[:, first:stop], stop
            found.append((nodes, adjoints))
        return found

    def _send(self, nodes: Ids, *factors: Signed, source: int = -1, new: bool = False) -> None:
        """Pass a product, (outputs, nodes), on to these nodes, all of block `source` if known."""
        if source < 0:
            source = self.graph.common_block(nodes)
        if source < 0:
            numbers = self.graph.block_numbers(nodes)
            for number in np.unique(numbers).tolist():
                here = numbers == number
                self._send(nodes[here], *(part[..., here] for part in factors), source=number)
            return
        if self.share[source] == _NONE:
            return
        if self.share[source] == _SOME:
            kept = self.varies[nodes]
            nodes, factors = nodes[kept], tuple(part[..., kept] for part in factors)
            if not len(nodes):
                return
        block = self.graph.blocks[source]
        if block.op == "symbol" and len(factors) <= 2:
            self.leaves.append((nodes, factors))
            self.new &= new or len(factors) == 1
            return
        adjoints = self.math.times(*factors)
        if block.op == "symbol":
            self.leaves.append((nodes, (adjoints,)))
            return
        if source in self.held:
            self.parts[source] = [held.one_by_one() for held in self.held.pop(source)]
        self.parts.setdefault(source, []).append((nodes - block.start, adjoints))

    def _collected(self, parts: Sequence[tuple[Rows, Signed]]) -> tuple[Rows, Signed]:
        """Distinct rows of a block, and the sum of what was passed to each.

        Where rows have shape (uses, rows), all uses are of the same rows, in order.
        """
        rows, adjoints = parts[0]
        if len(parts) == 1 and rows.ndim == 2:
            return rows[0], self.math.sums(adjoints.reshape(-1, *rows.shape).swapaxes(1, 2))
        if len(parts) > 1:
            rows = np.concatenate([rows.reshape(-1) for rows, _ in parts])
            adjoints = np.concatenate([adjoints for _, adjoints in parts], axis=1)
        if increasing(rows):
            return rows, adjoints
        order = rows.argsort(kind="stable")
        rows = rows[order]
        changes = np.empty(len(rows), dtype=np.bool_)
        changes[0] = True
        np.not_equal(rows[1:], rows[:-1], out=changes[1:])
        (starts,) = changes.nonzero()
        if len(starts) == len(rows):
            return rows, adjoints[:, order]
        rows, counts = rows[starts], np.append(starts[1:], len(rows)) - starts
        often = len(order) // len(rows)
        if np.count_nonzero(counts == often) == len(counts):
            return rows, self.math.sums(adjoints[:, order.reshape(-1, often)])
        sums = np.empty((len(adjoints), len(starts)), dtype=np.int32)
        for count in np.unique(counts).tolist():
            group = counts == count
            uses = order[starts[group][:, None] + np.arange(count)]
            sums[:, group] = self.math.sums(adjoints[:, uses])
        return rows, sums

    def _named(self, title: Title, number: int, rows: Rows, adjoints: Signed) -> Signed:
        """Adjoints with their names; each output has its own."""
        if not np.count_nonzero((adjoints != 0) & (adjoints != self.math.one)):
            return adjoints  # numbers have no names
        names, positions = title.names, title.positions
        own = title.nodes - self.graph.blocks[number].start
        whole = len(own) == len(rows) and np.count_nonzero(own == rows) == len(rows)
        if not whole:
            columns = np.searchsorted(rows, own)
            columns[columns == len(rows)] = 0
            present = rows[columns] == own
            columns, positions = columns[present], positions[:, present]
        values = adjoints if whole else adjoints[:, columns]
        live = values != 0
        if np.count_nonzero(live) == live.size:
            nodes = self.math.plain(values.reshape(-1))
            made = len(self.graph)
            titled = 1 + self._with_names(nodes, names, positions.reshape(-1))
            if whole and len(self.graph) - made == len(nodes):
                self.own.add(number)
            titled = titled.reshape(values.shape)
        else:
            titled = np.zeros_like(values)
            nodes = self.math.plain(values[live])
            titled[live] = 1 + self._with_names(nodes, names, positions[live])
        if whole:
            return titled
        adjoints = adjoints.copy()
        adjoints[:, columns] = titled
        return adjoints

    def _with_names(self, nodes: Ids, names: Names, positions: Positions) -> Ids:
        named = self.graph.name(nodes, names, positions)
        self.math.factors.renamed(nodes, named)
        return named

    def _spread(self, number: int, block: Block, rows: Rows, adjoints: Signed) -> None:
        """Pass the adjoints of a block on to its operands."""
        operands = block.operands if len(rows) == len(block) else block.operands[rows]
        spans = self.graph.spans(number)
        if block.op == "name":
            self._send(operands[:, 0], adjoints, source=spans[0][2])
        elif block.op == "negate":
            self._send(operands[:, 0], -adjoints, source=spans[0][2])
        elif block.op == "add":
            if number in self.layers and len(rows) == len(block):
                spans = self._hold(number, spans, adjoints)
            for first, stop, source in spans:
                passed = adjoints if stop == first + 1 else adjoints.repeat(stop - first, axis=1)
                self._send(operands[:, first:stop].reshape(-1), passed, source=source)
        elif block.op == "multiply":
            self._spread_product(spans, operands, adjoints)
        elif block.op == "power":
            self._spread_power(block.start + rows, operands, adjoints)
        else:
            adjoint = self.math.opened(adjoints)
            slopes = self._slopes(number, block)
            sources = [source for first, stop, source in spans for _ in range(first, stop)]
            for place, (slope, source) in enumerate(zip(slopes, sources, strict=True)):
                column = operands[:, place]
                if self.share[source] != _NONE if source >= 0 else self.varies[column].any():
                    over, under = slope
                    if len(rows) != len(block):
                        over, under = _picked(over, rows), _picked(under, rows)
                    passed = self.math.written(self.math.multiply(adjoint, Product(over, under)))
                    self._send(column, passed, source=source)

    def _hold(self, number: int, spans: Spans, adjoints: Signed) -> Spans:
        """Keep the adjoints of a dense layer for its products, if possible; what is left."""
        layer = self.layers[number]
        if layer.products in self.parts or self.share[layer.products] != _ALL:
            return spans
        held = Held(layer, adjoints, layer.alone and number in self.own)
        self.held.setdefault(layer.products, []).append(held)
        return spans[1:]

    def _spread_layer(self, held: Held) -> None:
        """Through the products of a dense layer: δ*x to w, and for x the w*δ of all units."""
        layer, adjoints, new = held.layer, held.adjoints, held.new
        weights, values = layer.weights.reshape(-1), layer.values.reshape(-1)
        signs = None if new else self.math.signs(adjoints)
        spread = (adjoints if signs is None else signs).repeat(layer.weights.shape[1], axis=1)
        read = (lambda ids: 1 + ids) if new else self.math.read
        to_weights: tuple[Signed, ...] = (spread, read(values))
        to_values: tuple[Signed, ...] = (read(weights), spread)
        if signs is not None:
            to_weights, to_values = (spread * to_weights[1],), (spread * to_values[0],)
        self._send(weights, *to_weights, source=layer.holder, new=new)
        source, block = layer.source, self.graph.blocks[layer.source]
        if self.share[source] != _ALL or block.op == "symbol" or source in self.held:
            self._send(values, *to_values, source=source)
        else:
            passed = self.math.times(*to_values, new=new)
            self.parts.setdefault(source, []).append((layer.values - block.start, passed))

    def _spread_product(self, spans: Spans, operands: Ids, adjoints: Signed) -> None:
        """In the place of each factor the adjoint: w*x passes δ*x to w, and w*δ to x."""
        columns = [self.math.read(column) for column in operands.T]
        signs = self.math.signs(adjoints)
        for first, stop, source in spans:
            if self.share[source] == _NONE and source >= 0:
                continue
            for place in range(first, stop):
                factors = [*columns]
                if signs is None:
                    factors[place] = adjoints
                else:
                    del factors[place]
                    factors[0] = signs * factors[0]
                self._send(operands[:, place], *factors, source=source)

    def _spread_power(self, nodes: Rows, operands: Ids, adjoints: Signed) -> None:
        """`e*b^(e - 1)` to the base; where the exponent varies, `b^e*log(b)` to it."""
        math, graph = self.math, self.graph
        base, exponents = math.read(operands[:, 0]), operands[:, 1]
        for exponent in np.unique(exponents).tolist():
            here = exponents == exponent
            if graph.block_of(exponent).op == "constant":
                value = graph.number(exponent)
                raised, below = math.constant(value), math.power(Product((base[here],)), value - 1)
            else:
                raised = Product((np.array(1 + exponent, dtype=np.int32),))
                less = math.plain(math.written(math.add(raised, math.constant(-1))))
                below = Product((1 + graph.nodes("power", operands[here, 0], less),))
            product = math.multiply(math.opened(adjoints[:, here]), raised, below)
            passed = math.written(product)
            self._send(operands[here, 0], np.broadcast_to(passed, (len(adjoints), here.sum())))
        if self.varies[exponents].any():
            slope = math.call("log", Product((base,)))
            result = 1 + _called(graph, nodes.astype(np.int32))
            self._send(exponents, math.written(math.multiply(Product((adjoints, result)), slope)))

    def _slopes(self, number: int, block: Block) -> tuple[Product, ...]:
        """The partial derivatives of a block; those of all blocks of its kind are found at once."""
        kind = block.op, block.operands.shape[1]
        if kind not in self.slopes:
            self.slopes[kind] = self._slopes_of(*kind)
        return self.slopes[kind][number]

    def _slopes_of(self, op: str, arity: int) -> dict[int, tuple[Product, ...]]:
        row = FUNCTIONS.get(op)
        derivative = _quotient_slopes if op == "divide" else row.derivative if row else None
        if derivative is None:
            raise SpecError(f"the derivative of {op} is not known")
        alike = self.wrt.alike(op, arity)
        columns = (Product((self.math.read(column),)) for column in alike.columns)
        slopes = derivative(self.math, *columns)
        return {
            number: tuple(Product(_picked(o, rows), _picked(u, rows)) for o, u in slopes)
            for number, rows in alike.rows.items()
        }


def _picked(factors: tuple[Signed, ...], rows: Rows | slice) -> tuple[Signed, ...]:
    return tuple(part if not part.ndim else part[rows] for part in factors)


def _quotient_slopes(
    math: SignedNodes, _: Product, above: Product, below: Product
) -> tuple[Product, ...]:
    """1/b and -a/b^2."""
    over = math.negate(math.divide(above, math.power(below, 2)))
    return math.divide(math.constant(1), below), over


def _dependence(graph: Graph, wrt: Ids, size: int) -> tuple[list[int], Mask]:
    """Of each block, and of each node, whether it depends on these nodes."""
    mask = np.zeros(size, dtype=np.bool_)
    mask[wrt] = True
    share: list[int] = []
    for number, block in enumerate(graph.blocks):
        if block.start >= size:
            break
        own = mask[block.start : block.stop]
        if block.operands.shape[1]:
            below = {_SOME if source < 0 else share[source] for *_, source in graph.spans(number)}
            if _SOME in below and _ALL not in below:
                own[:] = mask[block.operands].any(axis=1)
            else:
                share.append(_ALL if _ALL in below else _NONE)
                own[:] = _ALL in below
                continue
        count = np.count_nonzero(own)
        share.append(_NONE if not count else _ALL if count == len(own) else _SOME)
    return share, mask


def _called(graph: Graph, nodes: Ids) -> Ids:
    """The nodes that name these, or the nodes themselves."""
    named = np.arange(len(graph), dtype=np.int32)
    for block in graph.blocks:
        if block.op == "name":
            named[block.operands[:, 0]] = named[block.start : block.stop]
    return named[nodes]
