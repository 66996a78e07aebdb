"""The reverse pass over the graph (back propagation), a block of nodes at a time."""

from __future__ import annotations

from typing import Generic, NamedTuple

import numpy as np

from netsym.forms.form import F
from netsym.gradient.backward import Backward
from netsym.gradient.collected import Rows, collected
from netsym.gradient.deltas import Title
from netsym.gradient.dependence import ALL, NONE, SOME, Dependence, called
from netsym.gradient.leaves import Leaves
from netsym.gradient.slopes import Slopes, picked
from netsym.graph.dense import DenseLayer
from netsym.graph.factors import Signed
from netsym.graph.graph import Block, Ids, Spans
from netsym.graph.index import sorted_distinct
from netsym.graph.signed_nodes import Product, SignedNodes


class Held(NamedTuple):
    """The adjoints of the sums of a dense layer, before they are passed through its products.

    Products with them are `new`, and different, if each δ is a name of its own that only this
    layer uses: δ*x comes first of it, w*δ last, with other w and x for each unit.
    """

    layer: DenseLayer
    adjoints: Signed
    new: bool

    def one_by_one(self) -> tuple[Rows, Signed]:
        """The same, as it is passed to the rows of the block of products."""
        units, terms = self.layer.weights.shape
        return np.arange(units * terms), self.adjoints.repeat(terms, axis=1)


class Reverse(Generic[F]):
    """From the outputs back: the adjoint of a node is the derivative of every output by it.

    Adjoints have shape (outputs, nodes). `parts` has, for each block, what its users pass back,
    the outermost first; `leaves` what is passed to names. A dense layer is passed as a whole:
    `held` has the adjoints of its sums for the block of its products, as long as nothing but
    layers is passed there: those of equal weights share their products. `own` are the blocks each
    of whose adjoints has just got a name, that nothing else has.
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
        self.leaves = Leaves(math)
        self.slopes = Slopes(math, wrt)

    def run(self) -> Signed:
        """The derivatives, shape (outputs, names)."""
        self._send(self.ends, np.eye(len(self.ends), dtype=np.int32) * np.int32(self.math.one))
        for number in range(self.last, -1, -1):
            for held in self.held.pop(number, ()):
                self._spread_layer(held)
            parts = self.parts.pop(number, None)
            if parts:
                block = self.graph.blocks[number]
                rows, adjoints = collected(self.math, parts)
                for title in self.titles.get(number, ()):
                    adjoints = self._named(title, number, rows, adjoints)
                self._spread(number, block, rows, adjoints)
        return self.leaves.derivatives(self.wrt.place, len(self.ends), len(self.wrt.nodes))

    def _send(self, nodes: Ids, *factors: Signed, source: int = -1, new: bool = False) -> None:
        """Pass a product, (outputs, nodes), on to these nodes, all of block `source` if known."""
        if source < 0:
            source = self.graph.common_block(nodes)
        if source < 0:
            for number, here in self.graph.by_block(nodes):
                self._send(nodes[here], *(part[..., here] for part in factors), source=number)
            return
        if self.share[source] == NONE:
            return
        if self.share[source] == SOME:
            kept = self.varies[nodes]
            nodes, factors = nodes[kept], tuple(part[..., kept] for part in factors)
            if not len(nodes):
                return
        block = self.graph.blocks[source]
        if block.op == "symbol" and len(factors) <= 2:
            self.leaves.add(nodes, factors, new)
            return
        adjoints = self.math.times(*factors)
        if block.op == "symbol":
            self.leaves.add(nodes, (adjoints,), new)
            return
        if source in self.held:
            self.parts[source] = [held.one_by_one() for held in self.held.pop(source)]
        self.parts.setdefault(source, []).append((nodes - block.start, adjoints))

    def _named(self, title: Title, number: int, rows: Rows, adjoints: Signed) -> Signed:
        """Adjoints with their names; each output has its own."""
        if self.math.are_zeros_and_ones(adjoints):
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
        nodes = self.math.plain(values.reshape(-1))
        made = len(self.graph)
        named = self.graph.name(nodes, names, positions.reshape(-1))
        self.math.factors.renamed(nodes, named)
        titled = 1 + named.reshape(values.shape)
        if np.count_nonzero(values) < values.size:
            titled[values == 0] = 0
        if whole:
            if len(self.graph) - made == len(nodes):
                self.own.add(number)
            return titled
        adjoints = adjoints.copy()
        adjoints[:, columns] = titled
        return adjoints

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
            slopes = self.slopes.of(number, block)
            sources = [source for first, stop, source in spans for _ in range(first, stop)]
            for place, (slope, source) in enumerate(zip(slopes, sources, strict=True)):
                column = operands[:, place]
                if self.share[source] != NONE if source >= 0 else self.varies[column].any():
                    over, under = slope
                    if len(rows) != len(block):
                        over, under = picked(over, rows), picked(under, rows)
                    passed = self.math.written(self.math.multiply(adjoint, Product(over, under)))
                    self._send(column, passed, source=source)

    def _hold(self, number: int, spans: Spans, adjoints: Signed) -> Spans:
        """Keep the adjoints of a dense layer for its products, if possible; what is left."""
        layer = self.layers[number]
        if layer.products in self.parts or self.share[layer.products] != ALL:
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
        if self.share[source] != ALL or block.op == "symbol" or source in self.held:
            self._send(values, *to_values, source=source)
        else:
            passed = self.math.times(*to_values, new=new)
            self.parts.setdefault(source, []).append((layer.values - block.start, passed))

    def _spread_product(self, spans: Spans, operands: Ids, adjoints: Signed) -> None:
        """In the place of each factor the adjoint: w*x passes δ*x to w, and w*δ to x."""
        columns = [self.math.read(column) for column in operands.T]
        signs = self.math.signs(adjoints)
        for first, stop, source in spans:
            if self.share[source] == NONE and source >= 0:
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
        for exponent in sorted_distinct(exponents).tolist():
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
            result = 1 + called(graph)[nodes]
            self._send(exponents, math.written(math.multiply(Product((adjoints, result)), slope)))
