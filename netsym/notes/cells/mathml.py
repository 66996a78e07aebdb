"""MathML of cells: every layer in its colour, sums of units in columns, each with its name."""

from __future__ import annotations

import re
from typing import Any
from xml.etree import ElementTree as Tree

from netsym.forms.form import Form
from netsym.forms.written_once import read_again
from netsym.graph.names import Derivatives, Names
from netsym.notes.cells.shortened import UNITS
from netsym.writers.array_latex import ArrayLatex, ArrayOnion
from netsym.writers.array_spoken import ArraySpoken
from netsym.writers.language import Language
from netsym.writers.mathml import MathML
from netsym.writers.palette import LOSS, layer_color
from netsym.writers.ropes import Rope
from netsym.writers.spelling import ATOM

_PREDICTION = r"\hat{y}"
_BESIDE = 5  # short equations in a line, about
_STACKED = frozenset({"mtable", "mfrac", "table"})
_WIDEST = 110  # characters of a sum of what is no unit
_READ = re.compile(r"(?<![\\A-Za-z])[A-Za-z]+|\d+")
_LAYER = re.compile(r"\^\{\[(\d+)\]")


class Unit(Rope):
    """The value of a unit where it is written out, `bare` without its name, and that: `label`."""

    __slots__ = ("bare", "label")

    def __init__(self, shown: str | Rope, bare: str | Rope, width: float, label: str) -> None:
        super().__init__([shown], width)
        self.bare = bare
        self.label = label


class InColumns(MathML):
    """Spells formulas of single units, each name in the colour of the layer that owns it; what is
    read again later stands over its name.
    """

    def __init__(self, formula: Form, *options: Any, **named: Any) -> None:
        super().__init__(formula, *options, **named)
        self.again = read_again(formula)

    def name(self, names: Names, position: int) -> str:
        shown = super().name(names, position)
        if isinstance(names, Derivatives):
            return shown  # made of names
        color = self._color(names, position)
        return f'<mrow class="{color}">{shown}</mrow>' if color else shown

    def _color(self, names: Names, position: int) -> str:
        if (names.base or names.ascii(position)) in ("L", "J"):
            return LOSS.name
        spelled = self.names.spelled(names, position) if names.literal else ""
        found = _LAYER.search(spelled)
        is_prediction = names.base == "y" or spelled == _PREDICTION
        layer = self.formula.layer_count if is_prediction else names.layer
        layer = int(found[1]) if found else layer
        return layer_color(layer).name if layer else ""

    def sum(self, terms: list[str | Rope]) -> str | Rope:
        is_of_units = any(_unit(term)[1] for term in terms)
        wide = is_of_units or sum(map(self.width, terms)) > _WIDEST
        return super().sum(terms) if wide else Language.sum(self, terms)

    def over(self, text: str | Rope, name: str) -> str | Rope:
        """A value over its name."""
        label = f'</mrow><mrow class="label">{name}</mrow></munder>'
        return self.join(['<munder><mrow class="over">', text, label])

    def value(
        self, names: Names, position: int, text: str | Rope, binds: int
    ) -> tuple[str | Rope, int]:
        again = (names, position) in self.again
        if names.base not in UNITS and not again:
            return text, binds
        bare = text if binds == ATOM else self.parentheses(text)
        shown = self.over(bare, self.name(names, position)) if again else bare
        color = self._color(names, position)
        label = f'<mrow class="{color}"><mo>◂</mo>{self.name(names, position)}</mrow>'
        return Unit(shown, bare, self.width(shown), label), ATOM

    def in_column(self, term: str | Rope) -> tuple[str | Rope, str]:
        before, unit = _unit(term)
        if unit is None:
            return term, ""
        return self.join([*before, unit.bare]), f'</mtd><mtd class="mark">{unit.label}'


class Letters(ArrayLatex):
    """Spells whole arrays in LaTeX; a letter has the colour of the layer that it says."""

    def colored(self, text: str, names: Names) -> str:
        found = _LAYER.search(text) if names.literal else None
        if found or text == _PREDICTION:
            layer = int(found[1]) if found else self.formula.layer_count
            names = Names("a", layer)
        return super().colored(text, names)


class LettersInside(Letters, ArrayOnion):
    """The same in one formula; what has a letter of its own is over it, too."""

    units = ArrayOnion.units | {""}


class LettersSpoken(ArraySpoken):
    """Says letters that have LaTeX alone, as `W'^{[2]}`: W prime 2."""

    def name(self, names: Names, position: int) -> str:
        latex = self.formula.latex_names.get(names.ascii(position), "") if names.literal else ""
        said = " ".join(_READ.findall(latex.replace(_PREDICTION, "y hat").replace("'", " prime ")))
        return said or super().name(names, position)


def _unit(term: str | Rope) -> tuple[list[str | Rope], Unit | None]:
    """The unit that a term ends in, as w times a unit does, and what stands before it."""
    before: list[str | Rope] = []
    while isinstance(term, Rope) and not term.separated:
        if isinstance(term, Unit):
            return before, term
        *first, term = term.pieces
        before += first
    return [], None


def lines(html: str) -> int:
    """How many lines formulas take, where a fraction takes two."""
    found: dict[Tree.Element, int] = {}
    for node in reversed(list(Tree.fromstring(html).iter())):
        below = [found[child] for child in node] or [1]
        if node.get("class") == "many":
            found[node] = max(below) * -(-len(below) // _BESIDE)
        else:
            found[node] = sum(below) if node.tag in _STACKED else max(below)
    return found[node]
