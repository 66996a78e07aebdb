"""Writes a formula in any language: what binds how tightly, what is written once, what is refused.

A language is a subclass of `Language` that says how names, numbers and operations are spelled.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from operator import itemgetter
from typing import Any, ClassVar

import numpy as np

from netsym.forms.form import Form
from netsym.graph.graph import LEAVES, Block, Ids, Positions
from netsym.graph.names import Names
from netsym.watching import Watcher, no_watcher
from netsym.writers.dense_rows import DenseRows, read_in_rows
from netsym.writers.frames import Filled, Frame
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import (
    ATOM,
    NEGATION,
    ONE_PIECE,
    POWER,
    PRODUCT,
    QUOTIENT,
    SUM,
    Equation,
    Spelling,
    are_short,
)

_MANY = 8  # terms of sums of which there are frames


class Language(Spelling):
    """Writes formulas node by node; subclasses say how each is spelled."""

    #: The method that writes an operation, and how tightly its text binds; others are calls.
    #: Where a text binds otherwise, a method returns it with that.
    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        "add": ("_write_sum", SUM),
        "multiply": ("_write_product", PRODUCT),
        "divide": ("_write_quotient", QUOTIENT),
        "power": ("_write_power", POWER),
        "negate": ("_write_negation", NEGATION),
    }
    #: Whether sums of products are written in rows: in one piece by `times` and `around` alone.
    in_rows: ClassVar[bool] = False

    def __init__(
        self,
        formula: Form,
        digits: int | None = None,
        breakable: bool = False,
        watcher: Watcher = no_watcher,
    ) -> None:
        super().__init__(formula, digits, breakable)
        self.watcher = watcher
        self.broken: dict[Any, Any] = {}  # how sums in frames are; see `Layout`
        self.texts: list[str | Rope] = [""] * len(formula.graph)
        self.binds = bytearray([ATOM]) * len(formula.graph)

    def remarks(self) -> Iterator[str]:
        """What stands below the equations, piece by piece."""
        return iter(())

    def equations(self) -> Iterator[Equation]:
        """The equations of the form, each after what it uses."""
        self.right: dict[int, str | Rope] = {}
        self._write_nodes()
        length = sum(map(self.width, self.right.values()))
        length += sum(self.width(self.texts[output.node]) for output in self.formula.outputs)
        self.watcher("writing", 0, int(length))
        for binding in self.formula.bindings:
            yield Equation(binding, self.right[binding.node], is_output=False)
        for output in self.formula.outputs:
            yield Equation(output, self.texts[output.node], is_output=True)

    def right_sides(self) -> tuple[dict[str, str], dict[str, str]]:
        """The right-hand sides by plain name, each on one line: of the bindings, of the outputs."""
        bindings: dict[str, str] = {}
        outputs: dict[str, str] = {}
        for equation in self.equations():
            into = outputs if equation.is_output else bindings
            into[equation.binding.name] = "".join(flat(equation.right))
        return bindings, outputs

    def _write_nodes(self) -> None:
        formula, texts, binds = self.formula, self.texts, self.binds
        self._in_rows = read_in_rows(formula) if self.in_rows else {}
        self._waiting: dict[int, DenseRows] = {}
        cut, shared = formula.cut_mask, formula.cut_names is not None
        for block, rows in formula.graph.walk(formula.mask):
            self.watcher("preparing", block.start, len(formula.graph))
            if block.op == "symbol":
                whole = len(rows) == len(block)
                symbols = self.symbols(block.names, range(len(block)) if whole else rows.tolist())
                self._put(block.start + rows, symbols, bytes([ATOM]) * len(rows))
            elif block.op == "constant":
                self._put(block.start + rows, *self.numbers(block.numbers(rows)))
            elif block.op == "name":
                self._write_names(block, rows)
            else:
                self._write_operations(block, rows)
                if shared:
                    for row in rows[cut[block.start + rows]].tolist():
                        node = block.start + row
                        self.right[node] = texts[node]
                        texts[node], binds[node] = self._shared_name(node), ATOM

    def _shared_name(self, node: int) -> str:
        names = self.formula.cut_names
        assert names is not None
        return self.name(names, int(self.formula.cut.searchsorted(node)))

    def _write_names(self, block: Block, rows: Positions) -> None:
        assert isinstance(block.payload, Names)
        assert block.positions is not None
        cut = self.formula.cut_mask
        for row in rows.tolist():
            node, below = block.start + row, int(block.operands[row, 0])
            position = int(block.positions[row])
            if cut[node]:
                self.right[below] = self.texts[below]
                self.texts[node] = self.name(block.payload, position)
            else:
                self.texts[node], self.binds[node] = self.value(
                    block.payload, position, self.texts[below], self.binds[below]
                )

    def _write_operations(self, block: Block, rows: Positions) -> None:
        operands = block.operands if len(rows) == len(block) else block.operands[rows]
        first = block.start
        method, binds = self.operations.get(block.op, ("_write_call", ATOM))
        if first in self._in_rows and self._wait(operands, self._in_rows[first]):
            return
        at_once = getattr(self, f"{method}s", None) if operands.shape[1] == 2 else None
        found = at_once and at_once(operands)
        if rows_of_products := self._waiting.pop(first, None):
            found = [*self._write_rows(operands, rows_of_products)]
        if found:
            self._put(first + rows, found, bytes([binds]) * len(rows))
            return
        write = getattr(self, method)
        texts, all_binds = self.texts, self.binds
        for row, nodes in zip(rows.tolist(), operands.tolist(), strict=True):
            text = write(block.op, nodes)
            texts[first + row], all_binds[first + row] = (
                text if isinstance(text, tuple) else (text, binds)
            )

    def _put(self, nodes: Positions, texts: Sequence[str | Rope], binds: bytes) -> None:
        """Keep the texts of some increasing nodes, and how tightly each binds."""
        first, stop = int(nodes[0]), int(nodes[-1]) + 1
        if stop - first == len(nodes):
            self.texts[first:stop] = texts
            self.binds[first:stop] = binds
            return
        for node, text, tightness in zip(nodes.tolist(), texts, binds, strict=True):
            self.texts[node], self.binds[node] = text, tightness

    def operand(self, node: int, tightness: int) -> str | Rope:
        """An operand's text, in parentheses if it binds less tightly than that."""
        text = self.texts[node]
        return text if self.binds[node] >= tightness else self.parentheses(text)

    def operands(self, nodes: list[int], tightness: int) -> list[str | Rope]:
        """The same for several."""
        texts, binds = self.texts, self.binds
        if len(nodes) > 1 and min(itemgetter(*nodes)(binds)) >= tightness:
            return [*itemgetter(*nodes)(texts)]
        return [self.operand(node, tightness) for node in nodes]

    def _write_sum(self, _: str, nodes: list[int]) -> str | Rope:
        return self.sum(self.operands(nodes, NEGATION))

    def _write_products(self, operands: Ids) -> Sequence[str | Rope]:
        """Products of two factors each."""
        left, right = operands.T
        return self.products(self._texts_of(left, leading=True), self._texts_of(right))

    def _wait(self, operands: Ids, sums: int) -> bool:
        """Keep the factors of products for the sums that start there, if all are short."""
        terms = len(operands) // len(self.formula.graph.block_of(sums))
        left, right = operands.T
        if (right.reshape(-1, terms) == right[:terms]).all():
            right = right[:terms]
        if self.limit != ONE_PIECE and not self._are_framed(left, right, terms):
            return False
        plain, seconds = self._are_plain(left), self._texts_of(right)
        firsts = self._bare(left) if plain else self._texts_of(left, leading=True)
        if are_short(seconds) and (plain or are_short(firsts)) and not self._ones & {*seconds}:
            self._waiting[sums] = DenseRows(firsts, seconds, terms)  # type: ignore[arg-type]
        return sums in self._waiting

    def _are_framed(self, left: Ids, right: Ids, terms: int) -> bool:
        """Whether sums of such products are often broken in the same places: of many names that
        nobody chose, and the same values.
        """
        is_of_names = self.formula.graph.block_of(int(left[0])).op == "symbol"
        is_dense = len(right) == terms >= _MANY and not self.formula.latex_names
        return is_dense and is_of_names and self._are_plain(left)

    @property
    def _ones(self) -> frozenset[str | Rope]:
        """The factors that are not written, or not as they are: none."""
        return frozenset()

    @property
    def _zeros(self) -> frozenset[str | Rope]:
        """The terms that are not written: none."""
        return frozenset()

    def _write_waiting(self, block: Block) -> None:
        """Write products that wait, if they do, each by itself."""
        waiting = self._waiting.pop(self._in_rows.get(block.start, -1), None)
        if waiting:
            texts = [text for row in waiting for text in self.products(*row)]
            nodes = np.arange(block.start, block.stop)
            self._put(nodes, texts, bytes([PRODUCT]) * len(block))

    def _write_rows(self, operands: Ids, rows: DenseRows) -> Iterator[str | Rope]:
        """Sums that begin with products in rows."""
        return (self._joined if self.limit == ONE_PIECE else self._framed)(operands, rows)

    def _framed(self, operands: Ids, rows: DenseRows) -> Iterator[str | Rope]:
        """The same, those whose lines are broken in the same places in a frame."""
        frames: dict[Hashable, Frame] = {}
        for (firsts, seconds), nodes in zip(rows, operands[:, rows.terms :].tolist(), strict=True):
            rest = self.operands([n for n in nodes if self.texts[n] not in self._zeros], NEGATION)
            alike = self.alike([*firsts, *rest]) if are_short(rest) else None
            frame = frames.get(alike)
            if frame is None:
                made = self.sum([*self.products(firsts, seconds), *rest])
                if alike and isinstance(made, Rope) and Frame.fits(firsts, made.pieces):
                    frames[alike] = Frame.of(firsts, made.pieces, made.width, made.height)
                yield made
                continue
            signs = zip(frame.separators[rows.terms - 1 :], map(str, rest), strict=True)
            bare = [t.removeprefix(self.minus) if sign == self.less else t for sign, t in signs]
            yield Rope(Filled(frame, firsts, bare), frame.width, True, height=frame.height)

    def alike(self, texts: Sequence[str]) -> Hashable:
        """What texts have in common that are as wide and have the same signs, one by one."""
        return tuple((len(text), text.startswith(self.minus)) for text in texts)

    def _joined(self, operands: Ids, rows: DenseRows) -> Iterator[str | Rope]:
        """The same, where no line is broken in them."""
        terms, count = rows.terms, operands.shape[1]
        around = self.around(count)
        pieces, written = [""] * (2 * count + 1), None
        pieces[::2] = around
        for (firsts, seconds), nodes in zip(rows, operands[:, terms:].tolist(), strict=True):
            if seconds is not written:
                follows = zip(seconds, around[1:], strict=False)
                pieces[2 : 2 * terms + 1 : 2] = [self.times + a + b for a, b in follows]
                written = seconds
            pieces[1 : 2 * terms : 2] = firsts
            rest, text = self.operands(nodes, NEGATION), ""
            if are_short(rest):
                pieces[2 * terms + 1 :: 2] = [*rest]
                text = self._with_signs("".join(pieces), around)
            if text:
                yield self.join([text], separated=True)
            else:
                yield self.sum([*self.products(firsts, seconds), *rest])

    def _texts_of(self, nodes: Ids, leading: bool = False) -> Sequence[str | Rope]:
        """The texts of some nodes as factors, of which all come first or none does."""
        found = self._bare(nodes)
        loose = self._leading if leading else self.operand
        for place in np.flatnonzero(np.frombuffer(self.binds, np.uint8)[nodes] < POWER).tolist():
            found[place] = loose(int(nodes[place]), POWER)
        return found

    def _bare(self, nodes: Ids) -> list[str | Rope]:
        """The texts of some nodes, however tightly they bind."""
        first, stop = int(nodes[0]), int(nodes[-1]) + 1
        if stop - first == len(nodes) and (nodes[1:] > nodes[:-1]).all():
            return self.texts[first:stop]
        return [self.texts[node] for node in nodes.tolist()]

    def _are_plain(self, nodes: Ids) -> bool:
        """Whether they are names of an array or finite numbers: short, and first as they are."""
        number = self.formula.graph.common_block(nodes)
        block = self.formula.graph.blocks[number]
        if number < 0 or block.op not in LEAVES:
            return False
        if isinstance(block.payload, Names):
            return not block.names.literal
        return isinstance(block.payload, np.ndarray) and bool(np.isfinite(block.payload).all())

    def _write_product(self, _: str, nodes: list[int]) -> str | Rope:
        binds, texts = self.binds, self.texts
        if all([binds[node] >= POWER for node in nodes]):
            return self.product([texts[node] for node in nodes])
        first = self._leading(nodes[0], POWER)
        return self.product([first, *[self.operand(node, POWER) for node in nodes[1:]]])

    def _write_quotient(self, _: str, nodes: list[int]) -> str | Rope:
        return self.quotient(self._leading(nodes[0], PRODUCT), self.operand(nodes[1], POWER))

    def _write_power(self, _: str, nodes: list[int]) -> str | Rope:
        return self.power(self.operand(nodes[0], ATOM), self.operand(nodes[1], ATOM))

    def _write_negation(self, _: str, nodes: list[int]) -> str | Rope:
        text = self.operand(nodes[0], QUOTIENT)
        if next(flat(text)).startswith(self._NUMBERS):
            text = self.parentheses(text)  # -2*x is a product with the number -2
        return self.join([self.minus, text])

    def _write_call(self, op: str, nodes: list[int]) -> str | Rope:
        return self.call(op, [self.texts[node] for node in nodes])

    def _leading(self, node: int, tightness: int) -> str | Rope:
        """An operand that comes first, where a negative number needs no parentheses."""
        text = self.texts[node]
        if self.binds[node] == NEGATION and isinstance(text, str) and self._is_number(text):
            return text
        return self.operand(node, tightness)

    _NUMBERS = ("-", *"0123456789")

    @classmethod
    def _is_number(cls, text: str) -> bool:
        return text[1:2].isdecimal()
