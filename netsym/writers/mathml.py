"""Presentation MathML, which browsers show without a library: how formulas are spelled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from html import escape
from typing import ClassVar

from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Derivatives, Names
from netsym.watching import Watcher, no_watcher
from netsym.writers.in_print import InPrint
from netsym.writers.latex_in_mathml import RIGHT, in_mathml, is_one, row
from netsym.writers.names_in_latex import NamesInLatex
from netsym.writers.notations import NOTATIONS, Notation, named_notation
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, NEGATION, POWER, Equation, Spelled, one_by_one
from netsym.writers.spoken import Spoken, alternative

_SILENT = re.compile("<[^>]*>|[\u2061\u2062]")
_LINE, _END = '<mtr><mtd style="text-align:left">', "</mtd></mtr>"
#: How wide a sum may be; a wider one is a column, as MathML breaks no lines. In characters.
WIDTH = 60
_TIMES = '<mo lspace="0" rspace="0.15em">\u2062</mo>'  # invisible
_DOT, _APPLIED = "<mo>⋅</mo>", "<mo>\u2061</mo>"


class MathML(InPrint):
    """Spells a formula in MathML: rows of `mi`, `mn` and `mo`, in fractions, powers and roots."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **InPrint.operations,
        "divide": ("_write_quotient", ATOM),
    }
    times = _TIMES
    plus, less = '<mo form="infix">+</mo>', '<mo form="infix">−</mo>'
    minus = '<mo form="prefix">−</mo>'
    dots = "<mo>…</mo>"
    _NUMBERS = (minus, "<mn>")

    def __init__(
        self,
        formula: Form,
        digits: int | None = None,
        notation: Notation = NOTATIONS["ng"],
        line: int = WIDTH,
        watcher: Watcher = no_watcher,
    ) -> None:
        super().__init__(formula, digits, watcher=watcher)
        self.line = line
        self.names = NamesInLatex(formula, notation)

    # -- names and numbers
    def name(self, names: Names, position: int) -> str:
        if isinstance(names, Derivatives):
            above, below = (f"<mo>∂</mo>{self.name(*place)}" for place in names.quotient(position))
            return f"<mfrac>{row(above)}{row(below)}</mfrac>"
        return in_mathml(self.names.spelled(names, position))

    def fraction(self, value: Fraction) -> tuple[str, int]:
        if value.denominator == 1:
            return super().fraction(value)
        sign = self.minus if value < 0 else ""
        above, below = abs(value.numerator), value.denominator
        text = f"{sign}<mfrac><mn>{above}</mn><mn>{below}</mn></mfrac>"
        return text, NEGATION if sign else ATOM

    def decimals(self, texts: Sequence[str]) -> Spelled:
        return one_by_one(self._decimal, *super().decimals(texts))

    def _decimal(self, text: str, binds: int) -> tuple[str, int]:
        sign = self.minus if text.startswith("-") and text.strip("-0.") else ""  # none of -0.0
        mantissa, e, exponent = text.lstrip("-").partition("e")
        if not e:
            return f"{sign}<mn>{mantissa}</mn>", binds
        below_zero = "<mo>−</mo>" if exponent.startswith("-") else ""
        power = f"<mrow>{below_zero}<mn>{exponent.lstrip('+-').lstrip('0')}</mn></mrow>"
        ten = f"<msup><mn>10</mn>{power}</msup>"
        shown = ten if mantissa == "1" else f"<mn>{mantissa}</mn>{_DOT}{ten}"
        return sign + shown, NEGATION if sign else POWER

    # -- operations
    def sum(self, terms: list[str | Rope]) -> str | Rope:
        if len(terms) == 1 or sum(map(self.width, terms)) <= self.line:
            return super().sum(terms)
        pieces: list[str | Rope] = ['<mtable displaystyle="true">']
        for number, term in enumerate(terms):
            less = self._starts_with_minus(term)
            plus = self.plus if number else f"<mphantom>{self.plus}</mphantom>"
            bare = self._without_minus(term) if less else term
            start = f"{_END if number else ''}{_LINE}{self.less if less else plus}"
            pieces += [start, *self.in_column(bare)]
        return self.join([*pieces, f"{_END}</mtable>"])

    def in_column(self, term: str | Rope) -> tuple[str | Rope, str]:
        """A term as it stands in a column, and what is at its side."""
        return term, ""

    def function(self, name: str) -> str:
        return in_mathml(FUNCTIONS[name].latex)

    def parentheses(self, piece: str | Rope) -> str | Rope:
        return self._enclosed(piece, "(", ")")

    def _enclosed(self, piece: str | Rope, opening: str, closing: str) -> str | Rope:
        return self.join([f"<mrow><mo>{opening}</mo>", piece, f"<mo>{closing}</mo></mrow>"])

    def product(self, factors: list[str | Rope]) -> str | Rope:
        pieces = factors[:1]
        for factor in factors[1:]:
            digit = next(flat(factor)).startswith(("<mn>", "<mfrac>", "<msup><mn>"))
            pieces += [_DOT if digit else _TIMES, factor]
        return self.join(pieces)

    def quotient(self, numerator: str | Rope, denominator: str | Rope) -> str | Rope:
        return self._tagged("mfrac", numerator, denominator)

    def power(self, base: str | Rope, exponent: str | Rope) -> str | Rope:
        return self._tagged("msup", base, exponent)

    def _write_quotient(self, _: str, nodes: list[int]) -> str | Rope:
        return self.quotient(*[self.texts[node] for node in nodes])

    def _write_power(self, _: str, nodes: list[int]) -> str | Rope:
        return self.power(self.operand(nodes[0], ATOM), self.texts[nodes[1]])

    def _tagged(self, tag: str, *rows: str | Rope) -> str | Rope:
        inside: list[str | Rope] = [f"<{tag}>"]
        for each in rows:
            alone = isinstance(each, str) and is_one(each)
            inside += [each] if alone else ["<mrow>", each, "</mrow>"]
        return self.join([*inside, f"</{tag}>"])

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        if not operands:
            return self.function(function)
        if function == "sqrt":
            return self._tagged("msqrt", *operands)
        if function == "abs":
            return self._enclosed(operands[0], "|", "|")
        name = self.function(function)
        if FUNCTIONS[function].alpha is not None:
            name = f"<msub>{name}{row(''.join(flat(operands[1])))}</msub>"
            operands = operands[:1]
        inner: list[str | Rope] = operands[:1]
        for operand in operands[1:]:
            inner += ["<mo>,</mo>", operand]
        return self.join([name, _APPLIED, self.parentheses(self.join(inner))])

    @classmethod
    def _is_number(cls, text: str) -> bool:
        return text.startswith(f"{cls.minus}<m") and text.count("<mo") == 1

    def remarks(self) -> Iterator[str]:
        """For which steps the equations hold, and what stands before the first."""
        if self.formula.steps:
            until = f"<mo>,</mo>{self.dots}<mo>,</mo><mn>{self.formula.steps}</mn>"
            yield f"<mi>t</mi><mo>=</mo><mn>1</mn>{until if self.formula.steps > 1 else ''}"
            for state, value in self.formula.starts:
                is_ = "<mn>0</mn>" if value is None else self.name(value, 0)
                yield f"{self.name(state, 0)}<mo>=</mo>{is_}"

    def applied(self, function: str, inputs: list[str]) -> str:
        return f"{function}<mo>(</mo>{'<mo>,</mo>'.join(inputs)}<mo>)</mo>"

    def measure(self, text: str) -> int:
        return len(_SILENT.sub("", text))


def write_mathml(
    formula: Form,
    *,
    notation: str = "ng",
    digits: int | None = None,
    progress: Watcher = no_watcher,
    kinds: tuple[type[MathML], type[Spoken]] = (MathML, Spoken),
) -> Iterator[str]:
    """A form as one `math` element, piece by piece: a row an equation, its words as `alttext`."""
    language = spell_mathml(
        formula, digits=digits, notation=notation, progress=progress, kinds=kinds
    )
    yield f'<math display="block" alttext="{escape(alternative(formula, kinds[1]))}">'
    yield '<mtable displaystyle="true">\n'
    for equation in language.equations():
        yield from table_row(language, equation)
    for remark in language.remarks():
        yield f"<mtr><mtd></mtd><mtd>{remark}</mtd></mtr>\n"
    yield "</mtable></math>"


def spell_mathml(
    formula: Form,
    *,
    digits: int | None = None,
    notation: str = "ng",
    progress: Watcher = no_watcher,
    kinds: tuple[type[MathML], type[Spoken]] = (MathML, Spoken),
) -> MathML:
    """What spells the equations of a form in MathML; see `write_mathml`."""
    return kinds[0](formula, digits, named_notation(notation), watcher=progress)


def table_row(language: MathML, equation: Equation) -> Iterator[str]:
    """An equation as a row of a table, whose columns are its sides."""
    left = f'<mtd style="{RIGHT}">{language.left(equation)}</mtd>'
    yield f'<mtr>{left}<mtd style="text-align:left"><mo>=</mo>'
    yield from flat(equation.right)
    yield "</mtd></mtr>\n"
