"""Name or write out: a value that is used twice in print is written once, and is a name then.

Plain data, for every writer: of a form comes a form in which a `name` node is what is written out
with its name, as over a brace, and a symbol of that name is every later use.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from netsym.forms.form import F, Form
from netsym.graph.graph import Block, Graph, Ids
from netsym.graph.names import Name, Names


def written_once(form: F, shown: Container[str] = ()) -> F:
    """The inlined form in which a named value is written out where it is first read, and is its
    name from then on.

    What is first is in the order of print: output by output, operand by operand. The names of
    values that are read once are left out, unless their letter is among those `shown`.

    >>> import netsym
    >>> cost = netsym.cost(netsym.parse("1-1:sigmoid"), "bce").inlined
    >>> print(written_once(cost).text(ascii=True))
    J = -(t*log(sigmoid(w1_1_1*x + b1_1)) + (1 - t)*log(1 - a1_1))
    """
    return _WrittenOnce(form, shown).made(form)


def read_again(form: Form) -> frozenset[Name]:
    """Of what `written_once` gives: the names that are written out and then read again."""
    inner = {
        (block.names, place)
        for block, rows in form.graph.walk(form.mask) if block.op == "name"
        for place in block.places[rows].tolist()
    }  # fmt: skip
    symbols = {
        (block.names, row)
        for block, rows in form.graph.walk(form.mask) if block.op == "symbol"
        for row in rows.tolist()
    }  # fmt: skip
    return frozenset(inner & symbols)


class _WrittenOnce:
    """Every node has at most two versions in the new graph: as it is first read, with all that is
    first read there written out, and as it is `later`, when all names in it are known.
    """

    def __init__(self, form: Form, shown: Container[str]) -> None:
        self.shown = shown
        self.old = form.graph
        self.new = Graph()
        self.starts = np.cumsum([0, *(block.operands.size for block in self.old.blocks)])
        self.is_first = np.zeros(int(self.starts[-1]), dtype=np.bool_)  # by use of a node
        self.again = np.zeros(len(self.old), dtype=np.bool_)
        self.reached = np.zeros(len(self.old), dtype=np.bool_)
        self.symbols: dict[Names, Ids] = {}

    def made(self, form: F) -> F:
        """The form in the new graph."""
        ends = [self._read(output.node) for output in form.outputs]
        for node in form.aside.tolist():
            self._read(node)
        self.named = form.cut_mask
        self._spread_again()
        mask = form.mask | self.old.all_of_kind(frozenset({"symbol"}))
        first, later = (np.full(len(self.old), -1, dtype=np.int32) for _ in range(2))
        for number, block in enumerate(self.old.blocks):
            (rows,) = mask[block.start : block.stop].nonzero()
            if len(rows):
                self._copy(number, block, rows, first, later)
        outputs = tuple(
            replace(output, node=int((first if is_first else later)[output.node]))
            for output, is_first in zip(form.outputs, ends, strict=True)
        )
        return replace(form, graph=self.new, inputs=later[form.inputs], outputs=outputs,
                       cut=first[form.cut], aside=first[form.aside])  # fmt: skip

    def _read(self, end: int) -> bool:
        """Go through what one output is made of, as it is read; whether it was not read before."""
        if self.reached[end]:
            return False
        self.reached[end] = True
        open_ = [(end, 0)]
        while open_:
            node, column = open_.pop()
            number = self.old.block_number(node)
            block = self.old.blocks[number]
            width = block.operands.shape[1]
            if column == width:
                continue
            open_.append((node, column + 1))
            operand = int(block.operands[node - block.start, column])
            if self.reached[operand]:
                self.again[operand] = True
            else:
                self.reached[operand] = True
                self.is_first[self.starts[number] + (node - block.start) * width + column] = True
                open_.append((operand, 0))
        return True

    def _spread_again(self) -> None:
        """What is read again reads again the names that it is made of."""
        for block in reversed(self.old.blocks):
            if block.op != "name" and block.operands.shape[1]:
                self.again[block.operands[self.again[block.start : block.stop]]] = True

    def _copy(
        self, number: int, block: Block, rows: npt.NDArray[np.int64], first: Ids, later: Ids
    ) -> None:
        """Both versions of the nodes of a block."""
        ids = block.start + rows
        if block.op == "symbol":
            first[ids] = later[ids] = self._symbols(block.names)[rows]
        elif block.op == "constant":
            made = [self.new.number_id(block.number(row)) for row in rows.tolist()]
            first[ids] = later[ids] = made
        elif block.op == "name":
            later[ids] = self._symbols(block.names)[block.places[rows]]
            kept = self.again[ids] | self.named[ids] | (block.names.base in self.shown)
            first[ids] = first[block.operands[rows, 0]]
            wrapped, places = ids[kept], block.places[rows][kept]
            first[wrapped] = self.new.name(first[wrapped], block.names, places)
        else:
            below = block.operands[rows]
            size = slice(self.starts[number], self.starts[number + 1])
            flags = self.is_first[size].reshape(block.operands.shape)[rows]
            later[ids] = self.new.rows(block.op, later[below])
            first[ids] = self.new.rows(block.op, np.where(flags, first[below], later[below]))

    def _symbols(self, names: Names) -> Ids:
        if names not in self.symbols:
            self.symbols[names] = self.new.symbols(names)
        return self.symbols[names]
