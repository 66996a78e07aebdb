"""MathML of whole arrays: `W x + b` with the layers above, and what arrays the letters are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from typing import ClassVar

from netsym.forms.array_form import ArrayForm
from netsym.graph.array_operations import EXAMPLES, REDUCTIONS, Shape, coded, word_and_index
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.writers.array_language import ArrayLanguage
from netsym.writers.array_spoken import ArraySpoken
from netsym.writers.language import ATOM, POWER, PRODUCT
from netsym.writers.latex_in_mathml import identifier, row
from netsym.writers.mathml import MathML
from netsym.writers.ropes import Rope, flat

_TRANSPOSED = "<mi>T</mi>"
_BY = "<mo>×</mo>"


class ArrayMathML(ArrayLanguage, MathML):
    """Spells whole arrays in MathML, with vectors as columns."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **MathML.operations,
        **ArrayLanguage.operations,
        "convolve": ("_write_convolution", PRODUCT),
        "channelwise": ("_write_operand", ATOM),
    }

    def hadamard(self, factors: list[str | Rope]) -> str | Rope:
        return self._between(factors, "<mo>⊙</mo>")

    def _write_convolution(self, _: str, nodes: list[int]) -> str | Rope:
        return self._between([self.operand(node, POWER) for node in nodes], "<mo>∗</mo>")

    def _between(self, factors: list[str | Rope], sign: str) -> str | Rope:
        return self.join([factors[0], *(part for f in factors[1:] for part in (sign, f))])

    def transpose(self, base: str | Rope) -> str | Rope:
        raised = next(flat(base)).startswith(("<msup", "<msub"))
        return self._tagged("msup", self.parentheses(base) if raised else base, _TRANSPOSED)

    def matrix(self, rows: list[list[str]]) -> str | Rope:
        cells = ("".join(f"<mtd>{entry}</mtd>" for entry in each) for each in rows)
        return self._bracketed([f"<mtr>{each}</mtr>" for each in cells])

    def _bracketed(self, rows: list[str | Rope]) -> str | Rope:
        return self._enclosed(self.join(["<mtable>", *rows, "</mtable>"]), "[", "]")

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        if function in FUNCTIONS:
            return super().call(function, operands)
        word, index = word_and_index(function)
        if word == "concatenate" and not index.startswith("axis"):
            return self._joined(operands, beside=index == "columns")
        if not operands:
            one = f"<mn>{int(word != 'zeros')}</mn>"
            return f"<msub>{one}{row(self.index(index))}</msub>" if index != "1" else one
        inner: list[str | Rope] = operands[:1]
        for operand in operands[1:]:
            inner += ["<mo>,</mo>", operand]
        return self.join([self._operator(word, index), self.parentheses(self.join(inner))])

    def _joined(self, operands: list[str | Rope], beside: bool) -> str | Rope:
        """Blocks one below another, or beside each other, in one matrix."""
        if beside:
            cells: list[str | Rope] = [p for o in operands for p in ("<mtd>", o, "</mtd>")]
            return self._bracketed(["<mtr>", *cells, "</mtr>"])
        rows = [part for o in operands for part in ("<mtr><mtd>", o, "</mtd></mtr>")]
        return self._bracketed(rows)

    def _operator(self, word: str, index: str) -> str:
        """A word with what stands below it; a mean or a sum over examples as one writes it."""
        if coded(word, index) in [coded(each, EXAMPLES) for each in REDUCTIONS]:
            start = "<mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow>"
            share = "<mfrac><mn>1</mn><mi>m</mi></mfrac>" if word == "mean" else ""
            return f"{share}<munderover><mo>∑</mo>{start}<mi>m</mi></munderover>"
        head = self.function(word) if word in FUNCTIONS else identifier(word)
        return f"<msub>{head}{row(self.index(index))}</msub>" if index else head

    def function(self, name: str) -> str:
        return MathML.function(self, name)

    def index(self, index: str) -> str:
        """An index: `2 × 3` of a shape, and words upright."""
        found = re.findall(r"\d+|[A-Za-z]+|\S", re.sub(r"(?<=\d) ?x ?(?=\d)", "×", index))
        return "".join(
            f"<mn>{part}</mn>" if part.isdecimal()
            else identifier(part) if part.isalpha() else f"<mo>{part}</mo>"
            for part in found
        )  # fmt: skip

    def remarks(self) -> Iterator[str]:
        yield from super().remarks()
        assert isinstance(self.formula, ArrayForm)
        for _, letters in groupby(self.formula.written_shapes, lambda pair: pair[0].layer):
            alike = groupby(letters, lambda pair: (pair[0].letter[0], pair[1]))
            said = [self._member(shape, group) for (_, shape), group in alike if shape]
            if said:
                yield '<mo>,</mo><mspace width="1em"></mspace>'.join(said)

    def _member(self, shape: Shape, letters: Iterable[tuple[Names, Shape]]) -> str:
        """Of which arrays letters are."""
        named = "<mo>,</mo>".join(self.name(names, 0) for names, _ in letters)
        lengths = _BY.join(f"<mn>{length}</mn>" for length in shape)
        return f"{named}<mo>∈</mo><msup><mi>ℝ</mi><mrow>{lengths}</mrow></msup>"


#: What whole arrays are written in.
KINDS = (ArrayMathML, ArraySpoken)
