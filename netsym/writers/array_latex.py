"""LaTeX of whole arrays: `W^{[1]} x`, ⊙ element by element, and what arrays the letters are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import groupby
from typing import ClassVar

from netsym.forms.array_form import ArrayForm
from netsym.graph.array_operations import EXAMPLES, coded, word_and_index
from netsym.graph.functions import FUNCTIONS
from netsym.writers.array_language import ArrayLanguage
from netsym.writers.language import ATOM, POWER, PRODUCT, Watcher, no_watcher
from netsym.writers.latex import Latex
from netsym.writers.latex_widths import TALL, WIDTH
from netsym.writers.names_in_latex import NOTATIONS, Notation
from netsym.writers.ropes import Rope

#: What is more than its word.
_OPERATORS = {
    coded("mean", EXAMPLES): r"\frac{1}{m}\sum_{i=1}^{m}",
    coded("sum", EXAMPLES): r"\sum_{i=1}^{m}",
}


class ArrayLatex(ArrayLanguage, Latex):
    """Spells whole arrays in LaTeX, with vectors as columns."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Latex.operations,
        **ArrayLanguage.operations,
        "convolve": ("_write_convolution", PRODUCT),
        "channelwise": ("_write_operand", ATOM),
    }
    times = " "

    def __init__(
        self,
        formula: ArrayForm,
        digits: int | None = None,
        notation: Notation = NOTATIONS["ng"],
        color: bool = False,
        line: int = WIDTH,
        watcher: Watcher = no_watcher,
    ) -> None:
        super().__init__(formula, digits, notation, color, line, watcher)
        self.letters = formula.shapes

    def hadamard(self, factors: list[str | Rope]) -> str | Rope:
        return self.join([factors[0], *(part for f in factors[1:] for part in (r" \odot ", f))])

    def transpose(self, base: str | Rope) -> str | Rope:
        if isinstance(base, Rope) or ("^" in base and not base.endswith(")")):
            base = self.parentheses(base)
        return self.join([base, r"^{\mathsf{T}}"])

    def _write_convolution(self, _: str, nodes: list[int]) -> str | Rope:
        return self.join([self.operand(nodes[0], POWER), r" \ast ", self.operand(nodes[1], POWER)])

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        if function in FUNCTIONS:
            return super().call(function, operands)
        word, index = word_and_index(function)
        if word == "concatenate" and not index.startswith("axis"):
            between = " & " if index == "columns" else r" \\ "
            rows = [piece for operand in operands for piece in (operand, between)]
            return Rope([r"\begin{bmatrix} ", *rows[:-1], r" \end{bmatrix}"],
                        max(map(self.width, operands)) + 2, solid=True, height=TALL)  # fmt: skip
        if not operands:
            below = "" if index == "1" else self.index(index)
            return "0" if word == "zeros" else (r"\mathbf{1}" + below if below else "1")
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
        if re.fullmatch(r"\d+(x\d+)+", index):
            index = index.replace("x", r" \times ")
        if index.isalpha() and len(index) > 1:
            index = rf"\text{{{index}}}"
        return f"_{{{index.replace(',', ', ')}}}" if index else ""

    def remarks(self) -> Iterator[str]:
        yield from super().remarks()
        for layer, letters in groupby(self.letters, lambda shape: shape[0].layer):
            yield " \\\\[1ex]\n& " if layer is None else " \\\\\n& "
            alike = groupby(letters, lambda pair: (pair[0].letter[0], pair[0].letter[1] > "",
                                                   pair[1]))  # fmt: skip
            room = self.line
            for number, ((_, _, shape), group) in enumerate(alike):
                named = ", ".join(self.name(names, 0) for names, _ in group)
                times = r" \times ".join(map(str, shape))
                said = rf"{named} \in \mathbf{{R}}^{{{times}}}"
                room -= self.measure(said) + 3
                if number:
                    yield ",\\quad " if room >= 0 else ", \\\\\n& "
                if room < 0:
                    room = self.line - self.measure(said) - 3
                yield said
