"""The `symbolic` reading: an element is a node of the expression graph."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.forms.form import Form
from netsym.graph.copying import copied, place_symbols
from netsym.graph.graph import Block, Graph, Ids, Positions
from netsym.graph.index import sorted_distinct
from netsym.graph.names import Names, Several
from netsym.ops import Present
from netsym.ops.arrays import Arrays
from netsym.ops.parameters import Parameter


class Symbolic(Arrays[np.int32]):
    """Arrays of node ids of `graph`; `named` keeps the names that layers give."""

    def __init__(self, expand: bool = False, named: bool = True, once: bool = False) -> None:
        self.named = named
        self.graph = Graph()
        self.expand = expand
        self.once = once
        self.aside: list[Ids] = []  # what is defined, though no output is made of it
        self._literals: dict[str, int] = {}
        self._symbols: dict[Names, Ids] = {}

    def symbols(self, names: Names) -> Ids:
        """Each name is one node, wherever it is met."""
        if isinstance(names, Several):
            return np.concatenate([self.symbols(part).reshape(-1) for part in names.parts])
        if names.literal:
            return place_symbols(names.literal, self._literals, self.graph)
        known = self._symbols.get(names)
        if known is None:
            known = self._symbols[names] = self.graph.symbols(names)
        return known

    def copied(self, formula: Form, x: Ids | None = None) -> Ids | None:
        if x is not None and (self.expand or x.ndim > 1):
            return None
        places = {node: place for place, node in enumerate(formula.inputs.tolist())}

        def symbols(block: Block, rows: Positions) -> Ids:
            if x is None:
                return self.symbols(block.names)[rows]
            return x[[places[block.start + row] for row in rows.tolist()]]

        moved = copied(formula.graph, formula.mask, self.graph, symbols)
        return moved[formula.ends]

    def numbers(self, values: npt.NDArray[Any]) -> Ids:
        if values.dtype != object:
            return self.graph.constants(values)
        found = map(self.graph.number_id, values.reshape(-1).tolist())
        return np.fromiter(found, np.int32, values.size).reshape(values.shape)

    def parameter(self, parameter: Parameter) -> Ids:
        if parameter.entries is None or parameter.is_numeric:
            return super().parameter(parameter)
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
            return self.graph.number_id(entry)
        if entry not in self._literals:
            names = Names("", self.place.layer, (1,), (entry,))
            self._literals[entry] = int(self.graph.symbols(names)[0])
        return self._literals[entry]

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

    def written_power(self, base: Ids, exponent: Ids) -> Ids | None:
        return None if self.expand else self._elementwise("power", (base, exponent))

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

    def total(self, values: Ids, present: Present | None = None) -> Ids:
        return self._sum(values, present)[..., None]

    def maximum(self, values: Ids, count: int, present: Present | None = None) -> Ids:
        return self._sum(values, present, "max")[..., None]

    def _sum(self, terms: Ids, present: Present | None = None, op: str = "add") -> Ids:
        """One sum (or max) along the last axis; of one term it is the term, of none 0."""
        if present is not None and not present.all():
            return self._ragged(op, terms, np.broadcast_to(present, terms.shape))
        if terms.shape[-1] == 1:
            return terms[..., 0]
        sums = self.graph.rows(op, terms.reshape(-1, terms.shape[-1]))
        return sums.reshape(terms.shape[:-1])

    def _ragged(self, op: str, terms: Ids, present: Present) -> Ids:
        """Sums of what is present, in groups with as many terms."""
        flat, kept = terms.reshape(-1, terms.shape[-1]), present.reshape(-1, terms.shape[-1])
        counts = kept.sum(axis=1)
        sums = np.full(len(flat), self.constant(0.0), dtype=np.int32)
        for count in sorted_distinct(counts[counts > 0]).tolist():
            rows = counts == count
            left = flat[rows][kept[rows]].reshape(-1, count)
            sums[rows] = left[:, 0] if count == 1 else self.graph.rows(op, left)
        return sums.reshape(terms.shape[:-1])

    def written_aside(self, values: Ids) -> Ids:
        if self.once:
            self.aside.append(values.reshape(-1))
        return values

    def name(self, values: Ids, base: str, present: Present | None = None) -> Ids:
        if not self.named:
            return values
        layer, step = self.place.layer, self.place.step
        if step is None:
            return self.graph.name(values, Names(base, layer, values.shape))
        if self.once:
            return self.graph.name(values, Names(base, layer, values.shape[-1:], at="t"))
        number, count = step
        names = Names(base, layer, (count, *values.shape))
        return self.graph.name(values, names, number * values.size + np.arange(values.size))
