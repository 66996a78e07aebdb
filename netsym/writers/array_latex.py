"""LaTeX of whole arrays: `W^{[1]} x`, ⊙ element by element, and what arrays the letters are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any, ClassVar

from netsym.forms.array_form import ArrayForm
from netsym.graph.array_operations import (
    EXAMPLES,
    REDUCTIONS,
    coded,
    shapes_of,
    word_and_index,
)
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.writers.array_language import ArrayLanguage
from netsym.writers.latex import Latex
from netsym.writers.latex_boxes import Boxes
from netsym.writers.latex_onion import UNITS, Onion
from netsym.writers.latex_widths import TALL, height_of, width_of
from netsym.writers.ropes import Rope
from netsym.writers.spelling import ATOM, POWER, PRODUCT

#: What is more than its word.
_OPERATORS = {
    coded("mean", EXAMPLES): r"\frac{1}{m}\sum_{i=1}^{m}",
    coded("sum", EXAMPLES): r"\sum_{i=1}^{m}",
}


_BRACKETS = {"bmatrix": ("[", "]"), "pmatrix": ("(", ")")}
_MOST_COLUMNS = 10  # of those of amsmath


def matrix(rows: Sequence[Sequence[str]], kind: str = "bmatrix", columns: str = "") -> str:
    """A matrix of texts; scripts of two rows do not touch."""
    if len(rows[0]) > _MOST_COLUMNS and kind in _BRACKETS:
        opening, closing = _BRACKETS[kind]
        inside = matrix(rows, "array", f"{{{'c' * len(rows[0])}}}")
        return rf"\left{opening} {inside} \right{closing}"
    lines = [" & ".join(row) for row in rows]
    space = ""
    if kind == "pmatrix" and any("^" in line for line in lines):
        space = "[8pt]" if any(r"\dfrac" in line for line in lines) else "[2pt]"
    body = rf" \\{space} ".join(lines)
    return rf"\begin{{{kind}}}{columns} {body} \end{{{kind}}}"


class ArrayLatex(ArrayLanguage, Latex):
    """Spells whole arrays in LaTeX, with vectors as columns."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Latex.operations,
        **ArrayLanguage.operations,
        "convolve": ("_write_convolution", PRODUCT),
        "channelwise": ("_write_operand", ATOM),
    }
    times = " "

    def __init__(self, formula: ArrayForm, *options: Any, **named: Any) -> None:
        super().__init__(formula, *options, **named)
        self.letters = formula.written_shapes
        self.shapes = shapes_of(formula.graph, formula.shapes)

    def hadamard(self, factors: list[str | Rope]) -> str | Rope:
        return self.join([factors[0], *(part for f in factors[1:] for part in (r" \odot ", f))])

    def transpose(self, base: str | Rope) -> str | Rope:
        if isinstance(base, Rope) or ("^" in base and not base.endswith(")")):
            base = self.parentheses(base)
        return self.join([base, r"^{\mathsf{T}}"])

    def matrix(self, rows: list[list[str]]) -> str | Rope:
        text = matrix(rows)
        return Rope([text], width_of(text), solid=True, height=TALL)

    def _write_convolution(self, _: str, nodes: list[int]) -> str | Rope:
        return self.join([self.operand(nodes[0], POWER), r" \ast ", self.operand(nodes[1], POWER)])

    def _write_hadamard(self, op: str, nodes: list[int]) -> str | Rope:
        """Element by element; of single numbers it is a product."""
        if all(map(self._is_number_alone, nodes)):
            return self.product([self.operand(node, POWER) for node in nodes])
        return super()._write_hadamard(op, nodes)

    def _write_call(self, op: str, nodes: list[int]) -> str | Rope:
        """A function; the mean or sum of one number is that number."""
        if op in REDUCTIONS and self._is_number_alone(nodes[0]):
            return self.operand(nodes[0], ATOM)
        return super()._write_call(op, nodes)

    def _is_number_alone(self, node: int) -> bool:
        return self.shapes.get(node) in ((), (1,))

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        if function in FUNCTIONS:
            return super().call(function, operands)
        word, index = word_and_index(function)
        if word == "concatenate" and not index.startswith("axis"):
            between = " & " if index == "columns" else r" \\ "
            rows = [piece for operand in operands for piece in (operand, between)]
            return Rope([r"\begin{bmatrix} ", *rows[:-1], r" \end{bmatrix}"],
                        max(map(self.width, operands)) + 10, solid=True, height=TALL)  # fmt: skip
        if not operands:
            below = "" if index == "1" else self.index(index)
            return "0" if word == "zeros" else (r"\mathbf{1}" + below if below else "1")
        if function in _OPERATORS and self.is_one(operands[0]):
            return f"{_OPERATORS[function]} {operands[0]}"
        inner = [piece for operand in operands for piece in (",\\, ", operand)]
        return self._enclosed(self._operator(function), self.join(inner[1:]), "(", ")")

    def _operator(self, function: str) -> str:
        word, index = word_and_index(function)
        head = FUNCTIONS[word].latex if word in FUNCTIONS else rf"\operatorname{{{word}}}"
        return _OPERATORS.get(function) or head + self.index(index)

    def index(self, index: str) -> str:
        r"""An index: `2 \times 3` of a shape, `i=1` to 2, and words upright."""
        if "=" in index:
            first, last = index.split(":")
            return f"_{{{first}}}^{{{last}}}"
        index = re.sub(r"(?<=\d) ?x ?(?=\d)", "×", index)
        words = re.sub("[a-z]{2,}", r"\\text{\g<0>}", index)
        index = words.replace(" ", "~") if words != index else re.sub(", ?", ", ", index)
        index = index.replace("×", r" \times ")
        return f"_{{{index}}}" if index else ""

    def remarks(self, room: float = 0.0) -> Iterator[str]:
        """Which arrays the letters are; of one number nothing is said."""
        yield from super().remarks(room)
        rows = list(self._shapes())
        if not rows:
            return
        table = matrix([[", ".join(cell) for cell in zip(*row, strict=True)] for row in rows],
                       "array", "{ll}")  # fmt: skip
        beside = rf" \qquad {table}"
        if self.measure(beside) <= room:
            yield beside
            return
        for number, row in enumerate(rows):
            yield " \\\\\n& " if number else " \\\\[1ex]\n& "
            left = self.line
            for place, (named, times) in enumerate(row):
                said = rf"{named} \in \mathbf{{R}}^{{{times}}}"
                left -= self.measure(said) + 15
                if place:
                    yield ",\\quad " if left >= 0 else ", \\\\\n& "
                if left < 0:
                    left = self.line - self.measure(said) - 15
                yield said

    def _shapes(self) -> Iterator[list[tuple[str, str]]]:
        """Letters and what arrays they are, layer by layer; those that are alike together."""
        for _, letters in groupby(self.letters, lambda shape: shape[0].layer):
            alike = groupby(letters, lambda pair: (pair[0].letter[0], pair[0].letter[1] > "",
                                                   pair[1]))  # fmt: skip
            row = [
                (", ".join(self.name(names, 0) for names, _ in group),
                 r" \times ".join(map(str, shape)))
                for (_, _, shape), group in alike if shape not in ((), (1,))
            ]  # fmt: skip
            if row:
                yield row


class ArrayOnion(ArrayLatex, Onion):
    """Says under the values of every layer which they are; what is read again is written once."""

    columns = False
    units = UNITS | {"Q", "K", "V"}
    held = PRODUCT
    left_out: frozenset[Names] = frozenset()  # the values that dots stand for
    dots_round: str | Rope = ""  # the last value before these, between dots
    last_inner: Names | None = None

    def leave_out(self) -> int:
        """Of a stack the layers between the first two and the last two; how many these are."""
        walk = self.formula.graph.walk(self.formula.mask)
        names = [block.names for block, _ in walk if block.op == "name"]
        self.left_out, self.last_inner = frozenset(names[2:-1]), names[1]
        return len(self.left_out)

    def value(
        self, names: Names, position: int, text: str | Rope, binds: int
    ) -> tuple[str | Rope, int]:
        """What is left out is the last value before it, with dots on both sides."""
        if names in self.left_out:
            return self.dots_round, ATOM
        found, binds = super().value(names, position, text, binds)
        if self.left_out and names == self.last_inner:
            pieces = [r"\cdots ", found, r" \cdots"]
            wide = self.width(found) + 2 * self.measure(r"\cdots ")
            self.dots_round = Rope(pieces, wide, solid=True, height=height_of(found))
        return found, binds


class ArrayBoxes(ArrayOnion, Boxes):
    """The same in boxes."""


#: What whole arrays are written in.
KINDS = (ArrayLatex, ArrayOnion, ArrayBoxes)
