"""Anatomy: which nodes of a network's graph belong to which unit, and how nodes are made anew."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from netsym.equality.sides import Subject
from netsym.graph.functions import ACTIVATIONS, FUNCTIONS
from netsym.graph.graph import Graph, Ids


@dataclass(frozen=True, slots=True)
class Unit:
    """A named value of a network: its node, and the nodes that belong to it alone."""

    layer: int
    number: int
    name: str
    node: int
    own: tuple[int, ...]
    output: bool
    width: int

    @property
    def where(self) -> str:
        """The unit in words."""
        layer = "the output layer" if self.output else f"layer {self.layer}"
        return layer if self.width == 1 else f"{layer}, unit {self.number} ({self.name})"


class Anatomy:
    """A network's graph, unit by unit. `moved` says where its nodes are in the graph."""

    def __init__(self, side: Subject, graph: Graph, moved: Ids) -> None:
        self.graph = graph
        self.side = side
        formula = side.graph
        self.last = layers = max(formula.layer_count, 1)
        places = [(b.names.layer or layers, b.names, b.position, b.node, False)
                  for b in formula.bindings]  # fmt: skip
        places += [(layers, o.names, o.position, o.node, True) for o in formula.outputs]
        nodes = {int(moved[node]) for *_, node, _ in places}
        self.units = [
            Unit(layer, names.indices(position)[-1] if names.shape else 1,
                 names.ascii(position), int(moved[node]),
                 tuple(self._own(int(moved[node]), nodes)), output, len(names))
            for layer, names, position, node, output in places
        ]  # fmt: skip

    def _own(self, root: int, units: set[int]) -> Iterator[int]:
        """The operations from a unit down to other units, names and numbers."""
        waiting, seen = [root], set()
        while waiting:
            node = waiting.pop()
            if node not in seen and self.operands(node):
                seen.add(node)
                yield node
                waiting += [n for n in reversed(self.operands(node)) if n not in units]

    def layer(self, number: int) -> str:
        """A layer in words."""
        return "the output layer" if number == self.last else f"layer {number}"

    def op(self, node: int) -> str:
        """The operation of a node."""
        return self.graph.block_of(node).op

    def operands(self, node: int) -> list[int]:
        """The operands of a node."""
        return self.graph.operands_of(node)

    def make(self, op: str, *operands: int) -> int:
        """A node, new or known."""
        return int(self.graph.rows(op, np.array([operands], dtype=np.int32))[0])

    def negative(self, node: int) -> int:
        """A node with the other sign."""
        if self.op(node) == "constant":
            value = -self.graph.number(node)
            return self.number(value)
        return self.make("negate", node)

    def number(self, value: Any) -> int:
        """A number as a node."""
        if isinstance(value, float):
            return int(self.graph.constants(value))
        return self.graph.fraction(value)

    def call(self, function: str, node: int) -> int:
        """An activation of a node."""
        alpha = FUNCTIONS[function].alpha
        return self.make(function, node, *(() if alpha is None else (self.number(alpha),)))

    def said(self, node: int) -> str:
        """A name or a number in words, an operation by what it begins with."""
        block = self.graph.block_of(node)
        if block.op == "symbol":
            return self.graph.name_of(node)
        if block.op == "constant":
            value = self.graph.number(node)
            return f"{value:.6g}" if isinstance(value, float) else str(value)
        for unit in self.units:
            if unit.node == node:
                return unit.name
        return "*".join(map(self.said, self.operands(node))) if block.op == "multiply" else block.op

    def calls(self, unit: Unit) -> list[int]:
        """The activations of a unit."""
        return [node for node in unit.own if self.op(node) in ACTIVATIONS]

    def sums(self, unit: Unit) -> list[int]:
        """The sums of a unit."""
        return [node for node in unit.own if self.op(node) == "add"]

    def is_parameter(self, node: int) -> bool:
        """Whether a node is a weight or a bias, as a name or a number."""
        block = self.graph.block_of(node)
        if block.op == "constant":
            return True
        return block.op == "symbol" and self.said(node) not in self.side.inputs.all()

    def products(self, unit: Unit) -> list[int]:
        """The products of a weight and a value of a unit."""
        return [
            node
            for node in unit.own
            if self.op(node) == "multiply" and self.is_parameter(self.operands(node)[0])
        ]
