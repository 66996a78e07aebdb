"""Text of whole arrays: Unicode for reading, ASCII as NumPy has it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from typing import ClassVar

from netsym.forms.array_form import ArrayForm, Nested
from netsym.graph.array_operations import Shape, Shapes
from netsym.graph.names import Names
from netsym.wording import FIXED, WIDTH, wrapped
from netsym.writers.array_language import ArrayLanguage
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, PRODUCT
from netsym.writers.text import SUPERSCRIPTS, Ascii, Unicode

_RAISED = ("ᵀ", *SUPERSCRIPTS)


class ArrayText(ArrayLanguage):
    """Says below the formula what arrays its letters are."""

    by = " x "

    def remarks(self) -> Iterator[str]:
        layers = [list(pairs) for _, pairs in groupby(self._shapes(), lambda pair: pair[0].layer)]
        alike = (list(run) for _, run in groupby(layers, self._kinds))
        said = "; ".join(", ".join(map(self._said, *run[:: len(run) - 1 or 1])) for run in alike)
        if said:
            lines = wrapped(said, WIDTH - 2).splitlines()
            yield "\n" * (1 + self.formula.stops_at_names) + "\n".join(
                f"# {line}" for line in lines
            )

    def _shapes(self) -> Shapes:
        assert isinstance(self.formula, ArrayForm)
        return self.formula.written_shapes

    @staticmethod
    def _kinds(layer: Sequence[tuple[Names, Shape]]) -> object:
        """What the arrays of several layers have in common that are said together."""
        return [(names.base, names.layer is None, shape) for names, shape in layer]

    def _said(self, *ends: tuple[Names, Shape]) -> str:
        """One letter, or the first and the last of several layers, and their shape."""
        letters = f" {self.dots} ".join(self.name(names, 0) for names, _ in ends)
        return f"{letters}: {self.by.join(map(str, ends[0][1]))}".replace(" ", FIXED)


class ArrayAscii(ArrayText, Ascii):
    """`y = W2 @ tanh(W1 @ x + b1) + b2`, with vectors of one axis, and `*` element by element."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Ascii.operations, **ArrayLanguage.operations, "outer": ("_write_call", ATOM),
    }  # fmt: skip

    def matmul(self, factors: list[str | Rope]) -> str | Rope:
        return self.join([factors[0], *(part for f in factors[1:] for part in (" @ ", f))])

    def _numbers(self, numbers: Nested) -> str | Rope:
        return f"array({self._listed(numbers)})"

    def _listed(self, numbers: Nested) -> str:
        """As NumPy has it: a vector has one axis."""
        if not isinstance(numbers, tuple):
            return self._entry(numbers)
        return f"[{', '.join(map(self._listed, numbers))}]"

    def _is_unit(self, node: int) -> bool:
        return False  # NumPy needs it

    def _write_dot(self, _: str, nodes: list[int]) -> str | Rope:
        return self._write_matmul("", nodes)


class ArrayUnicode(ArrayText, Unicode):
    """`ŷ = W²·tanh(W¹x + b¹) + b²`, with vectors as columns, and `⊙` element by element."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Unicode.operations, **ArrayLanguage.operations,
        "convolve": ("_write_convolution", PRODUCT), "channelwise": ("_write_operand", ATOM),
    }  # fmt: skip

    by = " × "

    def name(self, names: Names, position: int) -> str:
        text = super().name(names, position)
        return "ŷ" + text[1:] if _is_prediction(names) else text

    def layer(self, number: str) -> str:
        return number

    def matmul(self, factors: list[str | Rope]) -> str | Rope:
        """Letters stand side by side where the first has a layer, as in W¹x."""
        pieces = factors[:1]
        for left, right in pairwise(factors):
            beside = "".join(flat(left)).endswith(_RAISED) and _is_letter("".join(flat(right)))
            pieces += [right] if beside else [self.times, right]
        return self.join(pieces)

    def hadamard(self, factors: list[str | Rope]) -> str | Rope:
        return self.join([factors[0], *(part for f in factors[1:] for part in (" ⊙ ", f))])

    def transpose(self, base: str | Rope) -> str | Rope:
        return self.join([base, "ᵀ"])

    def power(self, base: str | Rope, exponent: str | Rope) -> str | Rope:
        if "".join(flat(base)).endswith(_RAISED):  # a²^2 would look like a layer's number
            base = self.parentheses(base)
        return super().power(base, exponent)

    def index(self, index: str) -> str:
        return super().index(re.sub(r"(?<=\d) ?x ?(?=\d)", "×", index))

    def function(self, name: str) -> str:
        return {"ones[1]": "1"}.get(name) or super().function(name)

    def _write_convolution(self, _: str, nodes: list[int]) -> str | Rope:
        left, right = (self.operand(node, PRODUCT + 1) for node in nodes)
        return self.join([left, " ∗ ", right])


def _is_letter(text: str) -> bool:
    return text.rstrip("ᵀₜ₊₋₀₁₂₃₄₅₆₇₈₉" + SUPERSCRIPTS).isalpha()


def _is_prediction(names: Names) -> bool:
    return type(names) is Names and names.base == "y" and names.layer is None


#: What whole arrays are written in.
KINDS = (ArrayUnicode, ArrayAscii)
