"""ONNX of any formula: a product of matrices or an operator for each block of its graph."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from netsym.forms.form import Form
from netsym.forms.shifted import shifted
from netsym.layers import Shape
from netsym.writers.code.loops import Column, Joined, Loop, Loops, Number, Picked
from netsym.writers.code.onnx_nodes import Nodes

_INPUTS, _OUTPUTS = "inputs", "outputs"


def by_loops(form: Form, single: bool, digits: int | None) -> tuple[Nodes, Mapping[str, Shape]]:
    """The operators of a form, from `inputs` (N, inputs), and the shape of its `outputs`."""
    plain, _ = shifted(form)
    names = [*dict.fromkeys(plain.input_names())]
    nodes = Nodes({_INPUTS: [len(names)]}, single, digits)
    _Program(plain, names, nodes).write()
    return nodes, {_OUTPUTS: (len(form.outputs),)}


class _Program:
    """The loops of a form, while their operators are collected."""

    def __init__(self, form: Form, names: list[str], nodes: Nodes) -> None:
        given = {name: (_INPUTS, place) for place, name in enumerate(names)}
        self.nodes = nodes
        self.loops = Loops(form, given, frozenset({_INPUTS, _OUTPUTS}))
        self.count = len(form.outputs)
        self.numbers = {name: nodes.rounded(values) for name, values in self.loops.numbers.items()}
        self.sizes = {_INPUTS: len(names)} | {loop.target: loop.length for loop in self.loops.loops}

    def write(self) -> None:
        """All operators, to those of the outputs."""
        for loop in self.loops.loops:
            self._loop(loop)
        found = self._column(self.loops.outputs, self.count)
        self.nodes.node("Identity", [self.nodes.in_rows(found, [self.count])], _OUTPUTS)

    def _loop(self, loop: Loop) -> None:
        nodes = self.nodes
        columns = [self._column(column, loop.length) for column in loop.columns]
        if loop.right is not None:
            columns.insert(0, self._total(loop, self._column(loop.right, loop.width)))
        found = nodes.operation(loop.op, columns)
        if all(isinstance(each, Number) for each in loop.columns) and loop.right is None:
            found = nodes.node("Expand", [found, nodes.places([1, loop.length])])
        nodes.node("Identity", [found], loop.target)

    def _total(self, loop: Loop, right: str) -> str:
        """A matrix times what is right, or the sum of that."""
        nodes = self.nodes
        if not loop.matrix:
            return nodes.node("ReduceSum", [right, nodes.places([1])], keepdims=1)
        if not loop.table:
            return nodes.node("MatMul", [right, nodes.keep(self.numbers[loop.matrix].T)])
        table = nodes.places(self.loops.tables[loop.table])
        matrix = nodes.node("Gather", [loop.matrix, table], axis=1)
        last = nodes.places([2])
        total = nodes.node("MatMul", [matrix, nodes.node("Unsqueeze", [right, last])])
        return nodes.node("Squeeze", [total, last])

    def _column(self, column: Column, length: int) -> str:
        """Entries of an array, (N, length), or (1, …) of what no input changes."""
        nodes = self.nodes
        if isinstance(column, Number):
            return nodes.number(float(nodes.rounded(np.array(column.value))))
        if isinstance(column, Joined):
            parts, order = [], []
            for places, read in column.parts:
                order += places.tolist()
                parts.append(self._wide(self._column(read, len(places)), len(places)))
            joined = nodes.node("Concat", parts, axis=1)
            return nodes.node("Gather", [joined, nodes.places(np.argsort(order))], axis=1)
        if isinstance(column, Picked):
            places = self.loops.tables[column.table]
        else:
            places = column.start + column.step * np.arange(length if column.step else 1)
        if column.array in self.numbers:
            return nodes.keep(self.numbers[column.array][None, places])
        if np.array_equal(places, np.arange(self.sizes[column.array])):
            return column.array
        return nodes.node("Gather", [column.array, nodes.places(places)], axis=1)

    def _wide(self, value: str, width: int) -> str:
        """A value with all rows and entries, as what is joined must have."""
        full = self.nodes.in_rows(value, [width])
        if full != value or width == 1:
            return full
        return self.nodes.node("Expand", [full, self.nodes.places([1, width])])
