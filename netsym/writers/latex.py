"""LaTeX that compiles with amsmath alone, and in KaTeX and MathJax: how formulas are spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import ClassVar

from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Derivatives, Names
from netsym.watching import Watcher, no_watcher
from netsym.writers.in_print import InPrint, with_zeros
from netsym.writers.language import Language
from netsym.writers.latex_widths import BIG, CHARACTER, GROWN, TALL, WIDTH, height_of, width_of
from netsym.writers.names_in_latex import NamesInLatex
from netsym.writers.notations import NOTATIONS, Notation
from netsym.writers.palette import GATES, LOSS, layer_color
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, NEGATION, POWER, PRODUCT, QUOTIENT, Spelled, one_by_one

#: One name, with its scripts.
_ONE = re.compile(
    r"(?:\\textcolor\{\w+\}\{)?(?:\\[A-Za-z]+(?:\{[\w ]+\})?|[A-Za-z])(?:[_^]\{[^{}]*\})*\}?"
)
_COLOR = re.compile(r"\\textcolor\{\w+\}\{")
_ROOT = "^{1/2}"
_LETTER = r"(?:\\textcolor\{\w+\}\{)?(?:\\[A-Za-z]+|[A-Za-z])"
_SCRIPTED = re.compile(rf"{_LETTER}(?:[_^]\{{[^{{}}]*\}})+\}}?")
_NAME = re.compile(rf"{_LETTER}(?:[_^]\{{[^{{}}]*\}})*\}}?")


class Latex(InPrint):
    """Spells a formula in LaTeX. Sizes of parentheses grow from the inside out.

    `color` is what of a `Color` names it where layers have colours: "known", or the "name" that a
    document defines.
    """

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **InPrint.operations,
        "divide": ("_print_quotient", POWER),
        "power": ("_print_power", POWER),
    }
    in_rows = True
    times = r"\,"
    dots = r"\dots"

    def __init__(
        self,
        formula: Form,
        digits: int | None = None,
        notation: Notation = NOTATIONS["ng"],
        color: str = "",
        line: float = WIDTH,
        watcher: Watcher = no_watcher,
    ) -> None:
        super().__init__(formula, digits, breakable=True, watcher=watcher)
        self.notation = notation
        self.names = NamesInLatex(formula, notation)
        self.color = color
        self.line = line
        self.solid = line - 60  # how wide what cannot be broken may be: more stands around it
        self.limit = 12 * CHARACTER
        self.widths: dict[str, float] = {}

    # -- names and numbers
    def name(self, names: Names, position: int) -> str:
        if isinstance(names, Derivatives):
            above, below = (rf"\partial {self.name(*p)}" for p in names.quotient(position))
            text = rf"\frac{{{above}}}{{{below}}}"
            self.widths[text] = max(self.measure(above), self.measure(below))
            return text
        return self.colored(self.names.spelled(names, position), names)

    def every(self, names: Names) -> Sequence[str]:
        if isinstance(names, Derivatives):
            return super().every(names)
        texts = self.names.every(names)
        return [self.colored(text, names) for text in texts] if self.color else texts

    def colored(self, text: str, names: Names) -> str:
        """A text in the colour of the layer that owns these names."""
        layer = self.formula.layer_count if names.base == "y" else names.layer
        if not (self.color and layer) or names is self.formula.cut_names:
            return text
        is_loss = (names.base or names.literal[0]) in ("L", "J")
        color = LOSS if is_loss else layer_color(self._gate(names) or layer)
        return rf"\textcolor{{{getattr(color, self.color)}}}{{{text}}}"

    def _gate(self, names: Names) -> int:
        """Which gate of a cell it is, or belongs to, counted from 1; 0 if to none."""
        if not self.formula.steps:
            return 0
        return GATES.find(names.letter[1] or (names.base if names.at else "-")) + 1

    def fraction(self, value: Fraction) -> tuple[str, int]:
        if value.denominator == 1:
            return super().fraction(value)
        sign = "-" if value < 0 else ""
        text = rf"{sign}\tfrac{{{abs(value.numerator)}}}{{{value.denominator}}}"
        return text, NEGATION if sign else POWER

    def decimals(self, texts: Sequence[str]) -> Spelled:
        return one_by_one(self._decimal, *super().decimals(texts))

    def _decimal(self, text: str, binds: int) -> tuple[str, int]:
        mantissa, e, exponent = text.partition("e")
        if not e:
            return text, binds
        # as a factor it stands like a number: products put a dot before digits
        binds = NEGATION if binds == NEGATION else POWER
        power = f"10^{{{int(exponent)}}}"
        times = {"1": "", "-1": "-"}.get(mantissa, rf"{mantissa} \cdot ")
        return times + power, binds

    # -- operations
    def parentheses(self, piece: str | Rope) -> str | Rope:
        return self._enclosed("", piece, "(", ")")

    def _enclosed(self, head: str, piece: str | Rope, opening: str, closing: str) -> str | Rope:
        if height_of(piece) >= TALL and self.width(piece) < self.solid:
            pieces = [rf"{head}\left{opening}", piece, rf"\right{closing}"]
            return Rope(pieces, self.width(piece) + GROWN, solid=True, height=TALL)
        big = BIG[min(height_of(piece), len(BIG) - 1)]
        small = big[:-1] + "r" if big else ""
        return self.join([f"{head}{big}{opening}", piece, f"{small}{closing}"])

    def product(self, factors: list[str | Rope]) -> str | Rope:
        pieces = factors[:1]
        for factor in factors[1:]:
            first = next(iter(flat(factor)))
            if first.startswith("10^{"):  # behind a number it would be read as a part of that
                factor = self.parentheses(factor)
                first = "("
            pieces += [self._between(pieces[-1], factor, first), factor]
        return self._breakable(pieces)

    def _breakable(self, pieces: Sequence[str | Rope]) -> str | Rope:
        """Factors or arguments with what stands between them, where a line may be broken."""
        found = self.join(pieces)
        if isinstance(found, str) and self.measure(found) <= self.line / 3:
            return found
        return Rope(pieces, self.width(found), height=height_of(found), product=True)

    def _between(self, left: str | Rope, right: str | Rope, first: str) -> str:
        """What stands between factors: nothing where a letter follows one with scripts."""
        if first[:1].isdecimal() or first.startswith(r"\tfrac"):
            return r" \cdot "
        if not (isinstance(left, str) and isinstance(right, str)):
            return self.times
        is_close = _SCRIPTED.fullmatch(left) and _NAME.fullmatch(right)
        return self.times.removesuffix(r"\,") if is_close else self.times

    def _print_quotient(self, _: str, nodes: list[int]) -> str | Rope | tuple[str | Rope, int]:
        above, below = self.texts[nodes[0]], self.texts[nodes[1]]
        if below == "1":
            return above, self.binds[nodes[0]]
        most = self.line - 30 if nodes in self._ends else self.solid
        if max(self.width(above), self.width(below)) <= most:
            return self._fraction(above, below)
        if self.width(below) <= most:
            factor = self.operand(nodes[0], POWER)
            return self.product([self._fraction("1", below), factor]), PRODUCT
        above = self._leading(nodes[0], PRODUCT)
        return self._breakable([above, " / ", self.parentheses(below)]), QUOTIENT

    def _fraction(self, above: str | Rope, below: str | Rope) -> Rope:
        pieces = [r"\dfrac{", above, "}{", below, "}"]
        width = max(self.width(above), self.width(below))
        return Rope(pieces, width, solid=True, height=self._over(above, below))

    @cached_property
    def _ends(self) -> list[list[int]]:
        """What the first outputs are made of: nothing stands around them on the line."""
        return [self.formula.graph.operands_of(n) for n in self.formula.ends[:20].tolist()]

    def _over(self, above: str | Rope, below: str | Rope) -> int:
        return 2 + max(height_of(above), height_of(below))

    def _print_power(self, op: str, nodes: list[int]) -> str | Rope | tuple[str | Rope, int]:
        base = self.texts[nodes[0]]
        if self.texts[nodes[1]] != "-1":
            return self._write_power(op, nodes)
        if self.width(base) <= self.solid:
            return self._fraction("1", base)
        return self._breakable(["1", " / ", self.parentheses(base)]), QUOTIENT

    def _write_power(self, _: str, nodes: list[int]) -> str | Rope:
        base = self.operand(nodes[0], ATOM)
        last = "".join(flat(base)).endswith(_ROOT)
        if last or (isinstance(base, str) and "^" in base and not base.endswith(")")):
            base = self.parentheses(base)
        return self.join([base, "^{", self.texts[nodes[1]], "}"])

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        row = FUNCTIONS[function]
        if not operands:
            return row.latex
        if function == "sqrt":
            if self.width(operands[0]) > self.solid:  # no root goes over several lines
                return self.join([self.parentheses(operands[0]), _ROOT])
            return Rope(
                [r"\sqrt{", operands[0], "}"],
                self.width(operands[0]) + 10,
                solid=True,
                height=height_of(operands[0]),
            )
        if function == "abs":
            return self._enclosed("", operands[0], r"\lvert ", r"\rvert ")
        if row.alpha is not None:
            alpha = "".join(flat(operands[1]))
            return self._enclosed(f"{row.latex}_{{{alpha}}}", operands[0], "(", ")")
        inner = [operands[0]]
        for operand in operands[1:]:
            inner += [",\\, ", operand]
        nested = function == "exp" and any("(" in text for text in flat(operands[0]))
        opening, closing = ("[", "]") if nested else ("(", ")")
        return self._enclosed(
            row.latex, self._breakable(inner) if len(inner) > 1 else inner[0], opening, closing
        )

    def is_one(self, text: str | Rope) -> bool:
        """Whether it is one name, with its scripts."""
        return isinstance(text, str) and _ONE.fullmatch(text) is not None

    def braced(self, text: str | Rope, label: str) -> Rope:
        """A text over a brace with its name, in a document in the colour of that; no line is
        broken in it.
        """
        width = max(self.width(text), 0.81 * self.measure(label), 18.1)
        pieces = [r"{\underbrace{", text, "}_{", label, "}}"]
        if self.color == "name" and (found := _COLOR.match(label)):
            pieces = [rf"{found[0]}\underbrace{{\textcolor{{black}}{{", text, "}}_{", label, "}}"]
        return Rope(pieces, width, solid=True, height=height_of(text))

    _NUMBERS = (*Language._NUMBERS, r"\tfrac")

    @classmethod
    def _is_number(cls, text: str) -> bool:
        return text[1:2].isdecimal() or text.startswith(r"-\tfrac")

    def remarks(self, room: float = 0.0) -> Iterator[str]:
        """What stands below the equations, or beside the one that leaves so much room: for which
        steps they hold.
        """
        if self.formula.steps:
            starts = [
                rf",\quad {self.name(state, 0)} = {'0' if value is None else self.name(value, 0)}"
                for state, value in self.formula.starts
            ]
            steps = rf"1, \dots, {self.formula.steps}" if self.formula.steps > 1 else "1"
            yield f" \\\\[1ex]\n& t = {steps}{''.join(starts)}"

    # -- measures
    def measure(self, text: str) -> float:
        """The width in points."""
        found = self.widths.get(text)
        if found is None:
            alike = with_zeros(text)  # all digits are equally wide
            if alike not in self.widths:
                self.widths[alike] = width_of(alike)
            found = self.widths[text] = self.widths[alike]
        return found

    def rope(self, pieces: Sequence[str | Rope], width: float, separated: bool) -> Rope:
        texts = "".join([piece for piece in pieces if isinstance(piece, str)])
        ropes = (piece.height for piece in pieces if isinstance(piece, Rope))
        return Rope(pieces, width, separated, height=max(height_of(texts), *ropes, 0))
