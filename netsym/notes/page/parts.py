"""Formulas in MathML that say what each part stands for, with a place for every value."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape, unescape

from netsym.forms.form import Form
from netsym.graph.graph import Block, Positions
from netsym.graph.names import Derivatives, Name, Names
from netsym.writers.latex_in_mathml import in_mathml
from netsym.writers.mathml import MathML
from netsym.writers.palette import LOSS, layer_color
from netsym.writers.ropes import Rope, flat
from netsym.writers.spoken import Spoken, heard

_PLACE = re.compile(r'<mrow data-part="([^"]*)"></mrow>')
_RAISED = re.compile(r"\^\{[^{}]*\}$")


@dataclass(frozen=True, slots=True)
class Part:
    """A value: what it is called, how that is shown and said, the class of its colour, its formula
    with places, and its equation in words.
    """

    id: str
    names: Names
    position: int
    name: str
    words: str
    color: str
    body: str
    spoken: str

    def places(self) -> list[str]:
        """The values in it, in the order in which they are written."""
        return [unescape(match[1]) for match in _PLACE.finditer(self.body)]

    def filled(self, write: Callable[[str], str]) -> str:
        """Its formula with what is written for the values in their places, one after another."""
        return _PLACE.sub(lambda match: write(unescape(match[1])), self.body)


class _Said(Spoken):
    """Words in which values have other names, those that they are `called` here."""

    called: Mapping[str, Name] = {}

    def name(self, names: Names, position: int) -> str:
        return super().name(*self.called.get(names.ascii(position), (names, position)))


class Placed(MathML):
    """MathML whose symbols have `data-e` and whose values are places; `called` are other names.

    With `examples` what is of one example carries (i): values, inputs and targets. A value takes
    `width` characters of a line: more where it is written out.
    """

    def __init__(
        self, formula: Form, called: Mapping[str, Name], examples: bool, width: int = 5
    ) -> None:
        super().__init__(formula, digits=3)
        self.called = called
        self.examples = examples
        self.width_of_value = width
        self.words = _Said(formula, digits=3)
        self.words.called = called
        self.inputs = frozenset(formula.input_names())
        self.rimmed = set[str | Rope]()

    def symbols(self, names: Names, positions: Sequence[int]) -> list[str]:
        return [self._symbol(names, position) for position in positions]

    def _symbol(self, names: Names, position: int) -> str:
        plain = names.ascii(position)
        shown = self.shown(names, position, of_one=plain in self.inputs)
        return f'<mrow class="{color_of(names)}" data-e="{escape(plain)}">{shown}</mrow>'

    def name(self, names: Names, position: int) -> str:
        place = f'<mrow data-part="{escape(self.id(names, position))}"></mrow>'
        if names.base != "z":
            self.rimmed.add(place)
        return place

    def parentheses(self, piece: str | Rope) -> str | Rope:
        """Brackets; around a value that is written out its rim is enough."""
        if piece not in self.rimmed:
            return super().parentheses(piece)
        return self.join(['<mrow><mo class="rim">(</mo>', piece, '<mo class="rim">)</mo></mrow>'])

    def _write_operations(self, block: Block, rows: Positions) -> None:
        super()._write_operations(block, rows)
        if block.op == "negate":
            self._write_minus_through(block, rows)

    def id(self, names: Names, position: int) -> str:
        """The plain name of a value, as it is called here."""
        names, position = self._called(names, position)
        return names.ascii(position)

    def _called(self, names: Names, position: int) -> Name:
        return self.called.get(names.ascii(position), (names, position))

    def shown(self, names: Names, position: int, of_one: bool = True) -> str:
        """A name as it stands on the page; whether it is of one example."""
        if isinstance(names, Derivatives):
            above, below = names.quotient(position)
            sides = self.shown(*above), self.shown(*below, of_one=False)
            return f"<mfrac>{''.join(f'<mrow><mo>∂</mo>{side}</mrow>' for side in sides)}</mfrac>"
        latex = self.names.spelled(*self._called(names, position))
        return in_mathml(of_example(latex) if self.examples and of_one else latex)

    def said(self, names: Names, position: int) -> str:
        """A name as it is read aloud."""
        return self.words.name(names, position)

    def color(self, names: Names, position: int) -> str:
        """The class of the colour of a value: that of the layer that owns it."""
        loss = (self.formula.loss, None) if self.formula.loss else ()
        if names.layer in loss or names.literal == ("J",):
            return LOSS.name
        return color_of(names) if names.layer else layer_color(self.formula.layer_count).name

    def measure(self, text: str) -> int:
        return super().measure(text) + self.width_of_value * text.count("data-part")

    def parts(self) -> list[Part]:
        """The equations of the form, each after what it uses."""
        found = list[Part]()
        for each, said in zip(self.equations(), self.words.equations(), strict=True):
            place = (each.binding.names, each.binding.position)
            body, words = "".join(flat(each.right)), heard(flat(said.right))
            found.append(
                Part(self.id(*place), *place, self.shown(*place), self.said(*place),
                     self.color(*place), body, f"{self.said(*place)} equals {words}")
            )  # fmt: skip
        return found


def of_example(latex: str) -> str:
    """A name with the index of its example, which stands above.

    >>> of_example("x_{1}"), of_example("a_{1}^{[2]}")
    ('x_{1}^{(i)}', 'a_{1}^{[2](i)}')
    """
    return f"{latex[:-1]}(i)}}" if _RAISED.search(latex) else f"{latex}^{{(i)}}"


def color_of(names: Names) -> str:
    """The class of the colour of a name: that of the layer that owns it."""
    return "ink" if not names.layer else layer_color(names.layer).name
