"""MathML of whole arrays: what LaTeX says of them, as `latex_in_mathml` reads it."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

from netsym.forms.form import Form
from netsym.writers.array_latex import ArrayBoxes, ArrayLatex, ArrayOnion
from netsym.writers.array_spoken import ArraySpoken
from netsym.writers.latex import Latex
from netsym.writers.latex_in_mathml import in_mathml
from netsym.writers.latex_pages import spell_latex, write_latex
from netsym.writers.ropes import flat
from netsym.writers.spelling import Equation
from netsym.writers.spoken import alternative


class _Read(ArrayLatex):
    """Spells whole arrays in LaTeX; the right sides of its equations are read as MathML."""

    def equations(self) -> Iterator[Equation]:
        for each in super().equations():
            right = in_mathml("".join(flat(each.right)))
            yield Equation(each.binding, right, is_output=each.is_output)


class _ReadOnce(_Read, ArrayOnion):
    """The same of what is written once where it is read again."""


def write_array_mathml(formula: Form, **options: Any) -> Iterator[str]:
    """Whole arrays as one `math` element, its words as `alttext`; `options` as of `write_latex`."""
    lines = write_latex(formula, kinds=(ArrayLatex, ArrayOnion, ArrayBoxes), **options)
    yield f'<math display="block" alttext="{escape(alternative(formula, ArraySpoken))}">'
    yield in_mathml("".join(lines))
    yield "</math>"


def spell_array_mathml(formula: Form, **options: Any) -> Latex:
    """What spells the equations of whole arrays; `options` are those of `spell_latex`."""
    return spell_latex(formula, kinds=(_Read, _ReadOnce, ArrayBoxes), **options)
