"""Anatomy: which nodes of a network's graph belong to which unit, and how nodes are made anew."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from netsym.equality.sides import Subject
from netsym.equality.substitution import Changes
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


@dataclass(frozen=True, slots=True)
class Slot:
    """A place in a unit where a parameter or a value stands, and something else may by mistake.

    It is operand `place` of a product, which is `term` of the sum `host` (None: the host itself);
    without a place it is that term. What is changed is the host: another unit may share a product.
    """

    unit: Unit
    host: int
    term: int | None
    place: int | None


class Anatomy:
    """A network's graph, unit by unit. `moved` says where its nodes are in the graph."""

    def __init__(self, side: Subject, graph: Graph, moved: Ids) -> None:
        self.graph = graph
        self.side = side
        self.inputs = frozenset(side.inputs.all())
        formula = side.graph
        self.last = layers = max(formula.layer_count, 1)
        assert side.network is not None
        self.kinds = {placed.number: placed.layer for placed in side.network.layers}
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
            return self.graph.number_id(-self.graph.number(node))
        return self.make("negate", node)

    def number(self, value: int) -> int:
        """A whole number as a node."""
        return self.graph.constant(float(value))

    def alphas(self, function: str, near: int) -> list[list[float | Fraction]]:
        """The constants that a function may have in the place of an activation: its own default,
        or what that one has.
        """
        default = FUNCTIONS[function].alpha
        if default is None:
            return [[]]
        given = [self.graph.number(node) for node in self.operands(near)[1:]]
        return [[alpha] for alpha in dict.fromkeys([*given, default])]

    def call(self, function: str, node: int, alpha: Sequence[float | Fraction] = ()) -> int:
        """An activation of a node."""
        return self.make(function, node, *map(self.graph.number_id, alpha))

    def as_call(self, node: int) -> str:
        """An activation in words, with the alpha that it has."""
        return called(self.op(node), map(self.graph.number, self.operands(node)[1:]))

    def said(self, node: int) -> str:
        """A name or a number in words, an operation by what it begins with."""
        block = self.graph.block_of(node)
        if block.op == "symbol":
            return self.graph.name_of(node)
        if block.op == "constant":
            return number_in_words(self.graph.number(node))
        for unit in self.units:
            if unit.node == node:
                return unit.name
        below = [self.said(operand) for operand in self.operands(node)]
        known = {"multiply": "*".join(below), "negate": f"-{below[0]}" if below else ""}
        return known.get(block.op, block.op)

    def calls(self, unit: Unit) -> list[int]:
        """The activations of a unit."""
        return [node for node in unit.own if self.op(node) in ACTIVATIONS]

    def sums(self, unit: Unit) -> list[int]:
        """The sums of a unit."""
        return [node for node in unit.own if self.op(node) == "add"]

    def is_parameter(self, node: int) -> bool:
        """Whether a node is a weight or a bias, as a name or a number, or the negative of one."""
        block = self.graph.block_of(node)
        if block.op == "negate":
            return self.is_parameter(self.operands(node)[0])
        if block.op == "constant":
            return True
        return block.op == "symbol" and self.said(node) not in self.inputs

    def values(self, unit: Unit) -> list[int]:
        """What a unit is computed from, but for its parameters."""
        below = [n for node in unit.own for n in self.operands(node) if n not in unit.own]
        return [node for node in dict.fromkeys(below) if not self.is_parameter(node)]

    def biases(self, unit: Unit) -> list[Slot]:
        """Where a parameter is added."""
        return [
            Slot(unit, host, term, None)
            for host in self.sums(unit)
            for term, node in enumerate(self.operands(host))
            if self.is_parameter(node)
        ]

    def skips(self, unit: Unit) -> list[Slot]:
        """Where a value is added as it is: of layers that add what they take to what they make."""
        layer = self.kinds.get(unit.layer)
        if not (getattr(layer, "skip", False) or getattr(layer, "kind", "") == "add"):
            return []
        values = self.values(unit)
        return [
            Slot(unit, host, term, None)
            for host in self.sums(unit)
            for term, node in enumerate(self.operands(host))
            if node in values
        ]

    def products(self, unit: Unit, place: int = 0) -> list[Slot]:
        """Where a weight (place 0) is multiplied with a value (place 1)."""
        found, in_sums = [], set()
        for host in self.sums(unit):
            for term, node in enumerate(self.operands(host)):
                if self.is_weighted(node):
                    found.append(Slot(unit, host, term, place))
                    in_sums.add(node)
        alone = (node for node in unit.own if self.is_weighted(node) and node not in in_sums)
        return found + [Slot(unit, node, None, place) for node in alone]

    def is_weighted(self, node: int) -> bool:
        """Whether a node is a parameter times a value."""
        return self.op(node) == "multiply" and self.is_parameter(self.operands(node)[0])

    def is_elementwise(self, layer: int) -> bool:
        """Whether a layer makes each of its elements of one element, with parameters."""
        kind = self.kinds.get(layer)
        return kind is not None and kind.elementwise and bool(kind.letters)

    def removed(self, slot: Slot) -> Changes:
        """The changes that leave a term of a sum out."""
        left = self.operands(slot.host)
        del left[slot.term or 0]
        made = self.make("add", *left) if len(left) > 1 else left[0]
        return {slot.host: made}

    def weighted(self, values: Container[int]) -> dict[int, int]:
        """The products of a parameter other than 0 and one of some values, and that value."""
        zero = self.number(0)
        slots = (slot for unit in self.units for slot in self.products(unit))
        pairs = {self.term(slot): self.operands(self.term(slot)) for slot in slots}
        return {node: below[1] for node, below in pairs.items()
                if len(below) == 2 and below[0] != zero and below[1] in values}  # fmt: skip

    def term(self, slot: Slot) -> int:
        """The term that a slot is, or is in."""
        return slot.host if slot.term is None else self.operands(slot.host)[slot.term]

    def filling(self, slot: Slot) -> int:
        """The node that stands in a slot."""
        node = self.term(slot)
        return node if slot.place is None else self.operands(node)[slot.place]

    def refilled(self, filled: Mapping[Slot, int]) -> Changes:
        """The changes that put other nodes into slots."""
        hosts = {slot.host: self.operands(slot.host) for slot in filled}
        for slot, node in filled.items():
            below = hosts[slot.host]
            if slot.term is None:
                assert slot.place is not None
                below[slot.place] = node
            elif slot.place is None:
                below[slot.term] = node
            else:
                factors = self.operands(below[slot.term])
                factors[slot.place] = node
                below[slot.term] = self.make("multiply", *factors)
        return {host: self.make(self.op(host), *below) for host, below in hosts.items()}


def called(function: str, alpha: Iterable[float | Fraction]) -> str:
    """A function in words, with the alpha that it has: "elu (alpha 0.5)"."""
    return " ".join([function, *(f"(alpha {number_in_words(number)})" for number in alpha)])


def number_in_words(value: float | Fraction) -> str:
    """A number with at most six digits."""
    return f"{value:.6g}" if isinstance(value, float) else str(value)
