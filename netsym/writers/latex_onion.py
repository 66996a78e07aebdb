r"""LaTeX as an onion: what is in what, outside in, and every part with its name.

A value that is read again is written out once (`netsym.forms.written_once`). What fits on a line
has braces; else a sum of units is a column, one unit a line; else values get equations of their
own, the prediction first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from netsym.forms.form import Binding, Form
from netsym.forms.written_once import read_again, written_once
from netsym.graph.array_operations import REDUCTIONS, word_and_index
from netsym.graph.graph import Block, Positions
from netsym.graph.names import Names
from netsym.writers.latex import Latex
from netsym.writers.latex_widths import GROWN, TALL, height_of
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, POWER, PRODUCT, SUM, Equation

#: The letters of values that are braced although they are read once: a unit, a state.
UNITS = frozenset({"a", "h"})

_MOST_ROWS = 40
_PLUS, _MARK = 16.6, 24.0  # points: a sign before a term; the mark behind it, and a gap
_SHORT = 40.0  # what stands below the weights
_SIGNED = r"\phantom{{}+{}}"


class Part(Rope):
    """A value over a brace with its name: `bare` is the value, `label` the name."""

    __slots__ = ("bare", "label")

    def __init__(self, braced: Rope, bare: str | Rope, label: str) -> None:
        super().__init__(braced.pieces, braced.width, solid=True, height=braced.height)
        self.bare = bare
        self.label = label


class Onion(Latex):
    """Spells an inlined formula in LaTeX, in which every value that has a name says it."""

    in_rows = False
    columns = True  # whether sums of units may be written in a column
    units: frozenset[str] = UNITS  # the letters of what is braced
    held = ATOM  # how tightly what a brace alone holds together binds

    def __init__(self, formula: Form, *options: Any, shown: bool = True, once: bool = True) -> None:
        names = [block.names for block in formula.graph.blocks if block.op == "name"]
        self.units = self.units.union(each.base for each in names if each.at)  # of a cell
        kept = self.units | {"z"}  # z is what a softmax is of
        super().__init__(written_once(formula, kept) if once else formula, *options)
        self.handed_on = frozenset(each.names for each in self.formula.bindings)
        self.once = once
        self.solid = self.line if self.columns else self.solid
        self.shown = shown
        self.again = read_again(self.formula)
        self.named: frozenset[Names] = frozenset()  # the values that have equations of their own
        self.in_columns: set[int] = set()

    # -- a value and its name
    def value(
        self, names: Names, position: int, text: str | Rope, binds: int
    ) -> tuple[str | Rope, int]:
        if names.base not in self.units and (names, position) not in self.again:
            return text, binds
        label = self.name(names, position)
        bare = text if binds >= self.held else self.parentheses(text)
        if (self.shown and names.base in self.units) or (names, position) in self.again:
            return Part(self.braced(bare, label), bare, label), ATOM
        quiet = Rope([bare], self.width(bare), height=height_of(bare))
        return Part(quiet, bare, label), ATOM  # says its name in a column alone

    def is_one(self, text: str | Rope) -> bool:
        return isinstance(text, Part) or super().is_one(text)

    # -- what reads better so, and is the same
    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        word, index = word_and_index(function)
        if word in REDUCTIONS and index:
            return self._over_examples(word, index, operands[0])
        if function == "log" and self.is_one(operands[0]):
            width = self.width(operands[0]) + self.measure(r"\log ")
            return Rope([r"\log ", operands[0]], width, solid=True, height=height_of(operands[0]))
        if function == "exp" and isinstance(operands[0], str) and self.is_one(operands[0]):
            return f"e^{{{operands[0]}}}"
        return super().call(function, operands)

    def _over_examples(self, word: str, index: str, loss: str | Rope) -> str | Rope:
        first, last = index.split(":")
        share = rf"\frac{{1}}{{{last}}}" if word == REDUCTIONS[0] else ""
        head = rf"{share}\sum_{{{first}}}^{{{last}}}"
        if height_of(loss) < 2:
            return self.join([rf"{head}\Bigl[", loss, r"\Bigr]"])
        return self._enclosed(head, loss, "[", "]")

    def product(self, factors: list[str | Rope]) -> str | Rope:
        """A product; what is behind \\log x would be read as part of it."""
        *first, last = factors
        return super().product([*(self._closed(factor) for factor in first), last])

    def _closed(self, factor: str | Rope) -> str | Rope:
        bare = next(flat(factor)).startswith(r"\log ")
        return self.parentheses(factor) if bare else factor

    def _print_quotient(self, op: str, nodes: list[int]) -> str | Rope | tuple[str | Rope, int]:
        """A number in a product over a number stands before it: 0.1/2 times the squares."""
        graph = self.formula.graph
        above = graph.block_of(nodes[0])
        if above.op == "multiply" and graph.block_of(nodes[1]).op == "constant":
            first, *rest = above.operands[nodes[0] - above.start].tolist()
            if graph.block_of(first).op == "constant":
                share = self._fraction(self.texts[first], self.texts[nodes[1]])
                others = [self.operand(node, POWER) for node in rest]
                return self.product([share, *others]), PRODUCT
        return super()._print_quotient(op, nodes)

    # -- what gets equations of its own
    def equations(self) -> Iterator[Equation]:
        """Those of the outputs, then those of what they are made of: outside in."""
        given = list(super().equations())
        yield from (each for each in given if each.is_output)
        ends = {each.node for each in self.formula.outputs}
        graph = self.formula.graph
        blocks = [
            (block, rows)
            for block, rows in graph.walk(self.formula.mask)
            if block.op == "name" and block.names in self.named
        ]
        for block, rows in reversed(blocks):
            for row in rows.tolist():
                below = int(block.operands[row, 0])
                if below in self.right and below not in ends:
                    binding = Binding(block.names, int(block.places[row]), below)
                    yield Equation(binding, self.right[below], is_output=False)

    def _write_nodes(self) -> None:
        for named in self._choices():
            self.named = named
            self._write_all()
            if self._fits():
                return

    def _choices(self) -> Iterator[frozenset[Names]]:
        """The values that get equations of their own, from the fewest to all."""
        if not self.once:
            yield self.handed_on
            return
        inner = [block.names for block, _ in self.formula.graph.walk(self.formula.mask)
                 if block.op == "name"]  # fmt: skip
        every = set(inner)
        scores = {names for names in every if names.base == "z" and not names.at}
        scores |= self.handed_on
        yield frozenset(scores)
        if self.handed_on:  # the gates one by one, from outside in
            yield from (frozenset(scores.union(inner[-n:])) for n in range(1, len(inner)))
        ends = {names for names in every if names.layer == self.formula.loss - 1} | scores
        if ends > scores:
            yield frozenset(ends)
        if every > ends:
            yield frozenset(every)

    def _write_all(self) -> None:
        """All texts: first on one line each, then with columns where that is too wide."""
        self.in_columns = set()
        self.right.clear()
        super()._write_nodes()
        self.in_columns = self._too_wide() if self.columns else set()
        if self.in_columns:
            super()._write_nodes()

    def _write_names(self, block: Block, rows: Positions) -> None:
        if block.names not in self.named:
            super()._write_names(block, rows)
            return
        for row, place in zip(rows.tolist(), block.places[rows].tolist(), strict=True):
            below = int(block.operands[row, 0])
            self.right[below] = self.texts[below]
            self.texts[block.start + row] = self.name(block.names, place)

    def _fits(self) -> bool:
        """Whether no line is too long, and no column."""
        if len(self.in_columns) and self._count_parts() > _MOST_ROWS:
            return False
        texts = [*self.right.values(), *(self.texts[node] for node in self.formula.ends.tolist())]
        return all(self._widest(text) + self._left <= self.line for text in texts)

    def _widest(self, text: str | Rope) -> float:
        """How wide the lines of an equation are: one, or where there are no columns its terms."""
        if self.columns or isinstance(text, str) or not text.separated:
            return self.width(text)
        return max(map(self.width, text.pieces[::2])) + _PLUS

    def _count_parts(self) -> int:
        graph = self.formula.graph
        return sum(
            len(rows)
            for block, rows in graph.walk(self.formula.mask)
            if block.op == "name" and block.names not in self.named
        )

    @property
    def _left(self) -> float:
        """How wide the widest left side is, about."""
        return 45.0

    # -- columns
    def _too_wide(self) -> set[int]:
        """The sums that are written in a column: from the outside in, where room is short."""
        graph, found = self.formula.graph, set[int]()
        room = np.full(len(graph), np.inf)
        room[self.formula.ends] = self.line - self._left
        room[list(self.right)] = self.line - self._left
        for block in reversed(graph.blocks):
            (rows,) = (room[block.start : block.stop] < np.inf).nonzero()
            for row in rows.tolist():
                node = block.start + row
                wide, left = self.width(self.texts[node]), float(room[node])
                if wide <= left or (block.op == "name" and block.names in self.named):
                    continue
                operands = block.operands[row].tolist()
                if block.op == "add" and self._is_column(operands):
                    found.add(node)
                    rest = [_PLUS + _MARK + GROWN + self._before(node) for node in operands]
                elif block.op in ("name", "divide"):
                    rest = [6.0] * len(operands)
                else:
                    rest = [wide - self.width(self.texts[node]) for node in operands]
                room[operands] = np.minimum(room[operands], left - np.array(rest))
        return found

    def _is_column(self, terms: Sequence[int]) -> bool:
        """Whether a sum is one of units, or of many short terms."""
        parts = [self._part(self.texts[node]) for node in terms]
        units = [before for before, part in parts if part]
        if units:
            return len(units) > 1 or bool(units[0])
        texts = [self.texts[node] for node in terms]
        return (
            all(isinstance(t, str) for t in texts) and sum(map(self.width, texts)) > self.line / 2
        )

    def _before(self, node: int) -> float:
        """How wide it is what stands before a unit in its term."""
        pieces, part = self._part(self.texts[node])
        return sum(map(self.width, pieces)) if part else 0.0

    @staticmethod
    def _part(text: str | Rope) -> tuple[list[str | Rope], Part | None]:
        """A term that ends in a part: what stands before it, and the part."""
        before: list[str | Rope] = []
        while isinstance(text, Rope) and not text.separated:
            if isinstance(text, Part):
                return before, text
            if text.solid:
                break
            *first, text = text.pieces
            before += first
        return [], None

    def _write_operations(self, block: Block, rows: Positions) -> None:
        super()._write_operations(block, rows)
        if block.op == "negate":
            self._write_minus_through(block, rows)
        if block.op != "add":
            return
        for row in rows.tolist():
            if block.start + row in self.in_columns:
                terms = [self.operand(node, SUM + 1) for node in block.operands[row].tolist()]
                self.texts[block.start + row] = self._column(terms)

    def _column(self, terms: Sequence[str | Rope]) -> Rope:
        """One unit a line with its name at the right edge; other terms fill lines."""
        pieces: list[str | Rope] = [r"\begin{aligned}", "\n  "]
        widths = [0.0, 0.0, 0.0]
        parts = [self._part(term) for term in terms]
        number = 0
        while number < len(terms):
            before, part = parts[number]
            if part is not None:
                sign, head = self._signed(self.join(before) if before else "", number)
                cells: list[list[str | Rope]] = [[sign, head], *self.cells_of(part)]
                count = 1
            else:
                cells, count = self._filled(terms, parts, number)
            for column, cell in enumerate(cells):
                widths[column] = max(widths[column], sum(map(self.width, cell)))
            row: list[str | Rope] = []
            for cell, edge in zip(cells, ("&", " && ", ""), strict=False):
                row += [*cell, edge]
            pieces += [" \\\\[3pt]\n  " if number else "", *row[:-1]]
            number += count
        pieces += ["\n", r"\end{aligned}"]
        return Rope(pieces, sum(widths) + 10, solid=True, height=TALL)

    def cells_of(self, part: Part) -> list[list[str | Rope]]:
        """A part in a column, and what stands at the right of it."""
        return [[part.bare], [_mark(part.label)]]

    def _filled(
        self, terms: Sequence[str | Rope], parts: Sequence[tuple[Any, Part | None]], first: int
    ) -> tuple[list[list[str | Rope]], int]:
        """The cells of a line of terms without a part, and how many of them it has."""
        sign, term = self._signed(terms[first], first)
        leading = sign if first else "-" if "-" in sign else ""
        line, wide, stop = [leading, term], self.width(term), first + 1
        while stop < len(terms) and parts[stop][1] is None:
            sign, term = self._signed(terms[stop], stop)
            wide += self.width(term) + _PLUS
            if wide > self.line / 2:
                break
            line += [sign.replace("{}", " "), term]
            stop += 1
        alone = stop == first + 1 and wide < _SHORT and any(part for _, part in parts)
        return [line] if alone else [[""], line], stop - first

    def _signed(self, term: str | Rope, number: int) -> tuple[str, str | Rope]:
        """The sign before a term, which the first has only where it is a minus."""
        if self._starts_with_minus(term):
            return "{}- ", self._without_minus(term)
        return ("{}+ " if number else f"{_SIGNED} "), term


def _mark(label: str) -> str:
    return rf"{{\scriptstyle\triangleleft}}\;{label}"
