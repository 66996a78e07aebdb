"""Text: Unicode for reading, ASCII for typing and copying."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

import numpy as np

from netsym.errors import checked_whole
from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph
from netsym.graph.names import GREEK, Adjoints, Derivatives, Names, with_indices
from netsym.watching import Watcher, no_watcher
from netsym.wording import NARROWEST
from netsym.writers.language import Language
from netsym.writers.ropes import Layout, Rope, flat
from netsym.writers.spelling import Equation

_SUBSCRIPTS = str.maketrans("0123456789t+-", "₀₁₂₃₄₅₆₇₈₉ₜ₊₋")
SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹"
_RAISED = str.maketrans("0123456789", SUPERSCRIPTS)
_INDENT = 4


@lru_cache(maxsize=1 << 14)
def _lowered(index: int) -> str:
    return str(index).translate(_SUBSCRIPTS)


class Ascii(Language):
    """`y = sigmoid(w2_1_1*a1_1 + b2_1)`: names, functions and signs as one types them."""

    in_rows = True

    def every(self, names: Names) -> Sequence[str]:
        return names.all()


class Unicode(Language):
    """`y = σ(w⁽²⁾₁₁·a⁽¹⁾₁ + b⁽²⁾₁)`."""

    in_rows = True
    times = "·"
    dots = "…"

    def name(self, names: Names, position: int) -> str:
        if isinstance(names, Derivatives):
            above, below = (self.name(*place) for place in names.quotient(position))
            return f"∂{above}/∂{below}"
        if names.literal:
            return names.literal[position]
        return self._spelled(names, [[_lowered(index)] for index in names.indices(position)])[0]

    def every(self, names: Names) -> Sequence[str]:
        if isinstance(names, Derivatives) or names.literal:
            return super().every(names)
        return self._spelled(names, names.axes(_lowered))

    def _spelled(self, names: Names, axes: list[list[str]]) -> list[str]:
        """The names with these indices."""
        if names is not self._started[0]:
            self._started = names, self._start(names)
        start, step = self._started[1], names.step.translate(_SUBSCRIPTS)
        if names.step.isdecimal():
            axes = [[step], *axes]
        elif step:
            start += f"{step}," if axes else step
        return with_indices(start, axes, ",", "")

    #: The array that was named last, and what its names begin with.
    _started: tuple[Names | None, str] = (None, "")

    def _start(self, names: Names) -> str:
        base = GREEK.get(names.base, names.base.removesuffix("0"))
        layer = "" if names.layer is None else self.layer(str(names.layer).translate(_RAISED))
        return base + layer

    def layer(self, number: str) -> str:
        """The number of a layer, which is raised."""
        return f"⁽{number}⁾"

    def function(self, name: str) -> str:
        return FUNCTIONS[name].unicode or name

    def power(self, base: str | Rope, exponent: str | Rope) -> str | Rope:
        return self.join([base, "^", exponent])


def write_text(
    formula: Form,
    *,
    ascii: bool = False,
    width: int | None = None,
    digits: int | None = None,
    headings: bool = False,
    progress: Watcher = no_watcher,
    kinds: tuple[type[Language], type[Language]] = (Unicode, Ascii),
) -> Iterator[str]:
    """The equations of a form as text, piece by piece; joined, they end without a line break.

    `width` breaks lines there (at least 20); `headings` puts `# layer 1: …` above each layer of
    the layered form.
    """
    language = spell_text(
        formula, digits=digits, ascii=ascii, breakable=width is not None, progress=progress,
        kinds=kinds,
    )  # fmt: skip
    return _lines(language, width, headings)


def spell_text(
    formula: Form,
    *,
    digits: int | None = None,
    ascii: bool = False,
    breakable: bool = False,
    progress: Watcher = no_watcher,
    kinds: tuple[type[Language], type[Language]] = (Unicode, Ascii),
) -> Language:
    """What spells the equations of a form as text; see `write_text`."""
    return kinds[ascii](formula, digits, breakable, progress)


def speller_of_names(ascii: bool = False) -> Language:
    """What spells names alone."""
    return spell_text(Form(Graph(), np.empty(0, dtype=np.int32), ()), ascii=ascii)


def _lines(language: Language, width: int | None, headings: bool) -> Iterator[str]:
    heading = ""
    for number, equation in enumerate(language.equations()):
        if number:
            yield "\n"
        if headings and language.formula.stops_at_names and language.formula.headings:
            said = heading_of(equation, language.formula)
            if said != heading:
                heading = said
                yield ("\n" if number else "") + f"# {said}\n"
        start = f"{language.left(equation)} = "
        if width is None:
            yield start
            yield from flat(equation.right)
        else:
            width = max(checked_whole("width", width, 1), NARROWEST)
            layout = Layout(
                width,
                len,
                _newline,
                _INDENT,
                deepest=max(1, width // 2 // _INDENT),
                known=language.broken,
            )
            yield from layout.lines(start, equation.right)
    if headings:
        yield from language.remarks()


def _newline(level: int) -> str:
    return "\n" + " " * (_INDENT * max(level, 1))


def heading_of(equation: Equation, formula: Form) -> str:
    """What an equation stands under: its layer, the way back through one, or the derivatives."""
    names, last = equation.binding.names, formula.layer_count
    if isinstance(names, Derivatives):
        return "derivatives"
    layer = names.through if isinstance(names, Adjoints) else names.layer
    if equation.is_output or layer is None:
        layer = last
    said = formula.headings.get(layer, f"layer {layer}")
    return f"back through {said}" if isinstance(names, Adjoints) else said
