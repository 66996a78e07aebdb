"""A formula in any reading: its graph computed block by block with the reading's operations."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from typing import Generic, TypeVar

import numpy as np

from netsym.forms.form import Form
from netsym.graph.graph import Block, Graph, Ids
from netsym.graph.names import Names
from netsym.graph.plan import Contraction, Gather, LongSum, Operation, Plain, Plan, Symbols
from netsym.ops import Ops
from netsym.ops.parameters import Parameter

A = TypeVar("A")


def read_formula(formula: Form, ops: Ops[A], x: A) -> A:
    """The outputs of a formula in a reading, from its inputs there; shape (…, outputs)."""
    copied = ops.copied(formula, x)
    return Reading(formula.plan, ops, x)[formula.ends] if copied is None else copied


def read_parameter(parameter: Parameter, ops: Ops[A]) -> A:
    """A parameter in a reading, whether it has entries or is derived; shape of the parameter."""
    if parameter.formula is None or ops.whole:
        return ops.parameter(parameter)
    formula = parameter.formula
    entries = ops.copied(formula)
    if entries is None:
        entries = Reading(formula.plan, ops, None)[formula.ends]
    return ops.take(entries, np.arange(len(parameter.names)).reshape(parameter.shape))


class Reading(Generic[A]):
    """The values of nodes of a plan in a reading; `reading[ids]` has shape (…, len(ids)).

    `x` (…, inputs) stands for the inputs of the plan; other symbols are what `ops.symbols` says.
    The outputs of the plan, and what they are made of, can be asked for, but for products in sums.
    """

    def __init__(self, plan: Plan, ops: Ops[A], x: A | None) -> None:
        self.graph = plan.graph
        self.ops = ops
        self.x = x
        self._held: dict[int, A] = {}
        for number in plan.kept:
            if number in plan.leaves:
                self._held[number] = self._leaf(plan, number)
            else:
                self._held[number] = self._step(plan.steps[number])

    def __getitem__(self, ids: Ids) -> A:
        return self._column(Gather(self.graph, ids))

    def _leaf(self, plan: Plan, number: int) -> A:
        block = plan.leaves[number]
        if isinstance(block.payload, Names):
            return self._names(plan.symbols(number), block)
        if isinstance(block.payload, np.ndarray):
            return self.ops.numbers(block.payload)
        entries = np.empty(len(block), dtype=object)
        entries[:] = block.payload
        return self.ops.numbers(entries)

    def _names(self, symbols: Symbols, block: Block) -> A:
        """A block of names: inputs and others; those that nothing uses need no value."""
        if symbols.names is block.names:
            return self.ops.symbols(block.names)
        arrays: list[A] = []
        if len(symbols.places):
            assert self.x is not None
            arrays.append(self.ops.take(self.x, symbols.places))
        if symbols.names is not None:
            arrays.append(self.ops.symbols(symbols.names))
        if not arrays:  # nothing that is wanted uses it
            return self._ones(len(block))
        return self.ops.take(self._joined(arrays), symbols.order)

    def _joined(self, arrays: list[A]) -> A:
        return arrays[0] if len(arrays) == 1 else self.ops.concatenate(arrays)

    def _column(self, column: Gather) -> A:
        if column.parts[0][1] is None:
            number, _, rows = column.parts[0]
            return self.ops.take(self._held[number], _listed(rows))
        arrays, order, start = [], np.empty(column.length, dtype=np.int64), 0
        for number, where, rows in column.parts:
            assert where is not None
            arrays.append(self.ops.take(self._held[number], _listed(rows)))
            order[where] = np.arange(start, start + len(where))
            start += len(where)
        return self.ops.take(self._joined(arrays), order)

    def _step(self, step: Operation) -> A:
        if isinstance(step, Contraction):
            weights = self.ops.take(self._held[step.holder], step.rows)
            rest = [self._column(column) for column in step.rest]
            return self.ops.weighted([(weights, self._column(step.right))], *rest)
        if isinstance(step, LongSum):
            return self.ops.total(self._column(step.terms))
        op, columns = step.block.op, [self._column(column) for column in step.columns]
        if op == "name":
            return columns[0]
        if op == "power":
            return self._powers(step, columns[0])
        known: dict[str, Callable[..., A]] = {
            "add": self.ops.add, "multiply": self.ops.multiply,
            "divide": self.ops.divide, "negate": self.ops.negate,
        }  # fmt: skip
        if op in known:
            return known[op](*columns)
        if columns:
            return self.ops.call(op, *columns)
        return self.ops.multiply(self._ones(1), self.ops.call(op))

    def _ones(self, count: int) -> A:
        return self.ops.numbers(np.ones(count))

    def _powers(self, step: Plain, bases: A) -> A:
        """Whole exponents are powers, halves are roots, others are `exp(exponent*log(base))`."""
        exponents, inverse = np.unique(step.block.operands[:, 1], return_inverse=True)
        groups = [np.flatnonzero(inverse == place) for place in range(len(exponents))]
        raised = [
            self._power(self.ops.take(bases, group), exponent)
            for group, exponent in zip(groups, exponents.tolist(), strict=True)
        ]
        return self.ops.take(self._joined(raised), np.argsort(np.concatenate(groups)))

    def _power(self, base: A, exponent: int) -> A:
        ops = self.ops
        raised = self._column(Gather(self.graph, np.array([exponent], dtype=np.int32)))
        written = ops.written_power(base, raised)
        if written is not None:
            return written
        value = exponent_of(self.graph, exponent)
        if value is not None:
            if value.denominator == 1:
                return ops.power(base, value.numerator)
            if value.denominator == 2:
                return ops.power(ops.call("sqrt", base), value.numerator)
        return ops.call("exp", ops.multiply(raised, ops.call("log", base)))


def exponent_of(graph: Graph, node: int) -> Fraction | None:
    """The value of an exponent that is a number, or a power of small ones, as in 2^3^2."""
    block = graph.block_of(node)
    if block.op == "constant":
        return Fraction(block.number(node - block.start))
    if block.op != "power":
        return None
    numbers = block.operands[node - block.start].tolist()
    if any(graph.block_of(number).op != "constant" for number in numbers):
        return None
    value, power = (Fraction(graph.number(number)) for number in numbers)
    small = power.denominator == 1 and 0 <= power <= 64 and abs(value) <= 64
    return value**power.numerator if small else None


def _listed(rows: np.ndarray | slice) -> np.ndarray:
    return np.arange(rows.start, rows.stop) if isinstance(rows, slice) else rows
