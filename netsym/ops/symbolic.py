"""The `symbolic` reading: an element is a node of the expression graph."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.formula.copying import copy_nodes, place_symbols
from netsym.formula.forms import Formula
from netsym.formula.graph import Graph, Ids
from netsym.formula.names import Names
from netsym.ops import Ops
from netsym.ops.parameters import Parameter


class Symbolic(Ops[Ids]):
    """Arrays of node ids of `graph`; `named` keeps the names that layers give."""

    def __init__(self, expand: bool = False, named: bool = True) -> None:
        self.named = named
        self.graph = Graph()
        self.expand = expand
        self._literals: dict[str, int] = {}
        self._symbols: dict[Names, Ids] = {}

    def symbols(self, names: Names) -> Ids:
        """Each name is one node, wherever it is met."""
        if names.literal:
            return place_symbols(names.literal, self._literals, self.graph)
        if names not in self._symbols:
            self._symbols[names] = self.graph.symbols(names)
        return self._symbols[names]

    def copied(self, formula: Formula) -> Ids:
        moved = np.full(len(formula.graph), -1, dtype=np.int32)
        for block, _ in formula.graph.walk(formula.mask):
            if isinstance(block.payload, Names):
                moved[block.start : block.stop] = self.symbols(block.payload)
        copy_nodes(formula.graph, formula.mask, self.graph, moved)
        return moved[formula.ends]

    def parameter(self, parameter: Parameter) -> Ids:
        if parameter.entries is None:
            return self.symbols(parameter.names).reshape(parameter.shape)
        if parameter.is_numeric:
            return self.graph.constants(parameter.entries)
        entries = parameter.entries.reshape(-1)
        nodes = np.zeros(len(entries), dtype=np.int32)
        unnamed = np.array([entry is None for entry in entries])
        if unnamed.any():
            nodes[unnamed] = self.symbols(parameter.names)[unnamed]
        for position in np.flatnonzero(~unnamed):
            nodes[position] = self._entry(entries[position])
        return nodes.reshape(parameter.shape)

    def _entry(self, entry: str | float | Fraction) -> int:
        if not isinstance(entry, str):
            return int(self.constant(entry))
        if entry not in self._literals:
            names = Names("", self.layer, (1,), (entry,))
            self._literals[entry] = int(self.graph.symbols(names)[0])
        return self._literals[entry]

    def constant(self, value: float | Fraction) -> Ids:
        if isinstance(value, Fraction):
            return np.array(self.graph.fraction(value), dtype=np.int32)
        return self.graph.constants(value)

    def _elementwise(self, op: str, operands: Sequence[Ids]) -> Ids:
        return self.graph.nodes(op, *operands)

    def add(self, *terms: Ids) -> Ids:
        return self._elementwise("add", terms)

    def multiply(self, *factors: Ids) -> Ids:
        return self._elementwise("multiply", factors)

    def divide(self, numerator: Ids, denominator: Ids) -> Ids:
        return self._elementwise("divide", (numerator, denominator))

    def power(self, base: Ids, exponent: int) -> Ids:
        return self._elementwise("power", (base, self.constant(exponent)))

    def negate(self, value: Ids) -> Ids:
        """A negation; the negative of a number is a number."""
        flat = value.reshape(-1)
        numbers = self.graph.of_kind(flat, frozenset({"constant"}))
        if not numbers.any():
            return self._elementwise("negate", (value,))
        negated = np.empty_like(flat)
        negated[~numbers] = self._elementwise("negate", (flat[~numbers],))
        for position in np.flatnonzero(numbers):
            negated[position] = self.constant(-self.graph.number(int(flat[position])))
        return negated.reshape(value.shape)

    def call(self, function: str, *operands: Ids) -> Ids:
        if not operands:
            return self.graph.rows(function, np.empty((1, 0), dtype=np.int32)).reshape(())
        return self._elementwise(function, operands)

    def contract(self, weights: Ids, values: Ids, bias: Ids | None) -> Ids:
        terms = self._elementwise("multiply", (weights, values[..., None, :]))
        if bias is not None:
            ends = np.broadcast_to(bias[..., None], (*terms.shape[:-1], 1))
            terms = np.concatenate([terms, ends], axis=-1)
        return self._sum(terms)

    def total(self, values: Ids) -> Ids:
        return self._sum(values)[..., None]

    def _sum(self, terms: Ids) -> Ids:
        if terms.shape[-1] == 1:
            return terms[..., 0]
        sums = self.graph.rows("add", terms.reshape(-1, terms.shape[-1]))
        return sums.reshape(terms.shape[:-1])

    def concatenate(self, arrays: Sequence[Ids]) -> Ids:
        return np.concatenate(arrays, axis=-1)

    def take(self, values: Ids, positions: npt.NDArray[Any]) -> Ids:
        taken: Ids = values[..., positions]
        return taken

    def name(self, values: Ids, base: str) -> Ids:
        if not self.named:
            return values
        return self.graph.name(values, Names(base, self.layer, values.shape))
