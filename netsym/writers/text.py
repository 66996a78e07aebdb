"""Text: Unicode for reading, ASCII for typing and copying."""

from __future__ import annotations

from collections.abc import Iterator

from netsym.formula.forms import Formula
from netsym.formula.functions import FUNCTIONS
from netsym.formula.names import Names
from netsym.writers.language import (
    Equation,
    Language,
    Watcher,
    no_watcher,
)
from netsym.writers.ropes import Layout, Rope, flat

_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")
_SUPERSCRIPTS = str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹")
_INDENT = 4
NARROWEST = 20


class Ascii(Language):
    """`y = sigmoid(w2_1_1*a1_1 + b2_1)`: names, functions and signs as one types them."""


class Unicode(Language):
    """`y = σ(w⁽²⁾₁₁·a⁽¹⁾₁ + b⁽²⁾₁)`."""

    times = "·"
    dots = "…"

    def name(self, names: Names, position: int) -> str:
        if names.literal:
            return names.literal[position]
        layer = "" if names.layer is None else f"⁽{str(names.layer).translate(_SUPERSCRIPTS)}⁾"
        indices = [str(index) for index in names.indices(position)]
        comma = "," if any(len(index) > 1 for index in indices) else ""
        return names.base + layer + comma.join(indices).translate(_SUBSCRIPTS)

    def function(self, name: str) -> str:
        return FUNCTIONS[name].unicode or name

    def power(self, base: str | Rope, exponent: str | Rope) -> str | Rope:
        return self.join([base, "^", exponent])


def write_text(
    formula: Formula,
    *,
    ascii: bool = False,
    width: int | None = None,
    digits: int | None = None,
    headings: bool = False,
    progress: Watcher = no_watcher,
) -> Iterator[str]:
    """The equations of a form as text, piece by piece; joined, they end without a line break.

    `width` breaks lines there (at least 20); `headings` puts `# layer 1: …` above each layer of
    the layered form.
    """
    language = (Ascii if ascii else Unicode)(formula, digits, width is not None, progress)
    return _lines(language, width, headings)


def _lines(language: Language, width: int | None, headings: bool) -> Iterator[str]:
    heading = -1
    for number, equation in enumerate(language.equations()):
        if number:
            yield "\n"
        if headings and language.formula.form == "layered" and language.formula.headings:
            layer = _layer(equation, language.formula.layer_count)
            if layer != heading:
                heading = layer
                yield ("\n" if number else "") + f"# {language.formula.headings[layer]}\n"
        start = f"{language.left(equation)} = "
        if width is None:
            yield start
            yield from flat(equation.right)
        else:
            width = max(width, NARROWEST)
            layout = Layout(width, len, _newline, _INDENT, deepest=max(1, width // 2 // _INDENT))
            yield from layout.lines(start, equation.right)


def _newline(level: int) -> str:
    return "\n" + " " * (_INDENT * max(level, 1))


def _layer(equation: Equation, last: int) -> int:
    layer = equation.binding.names.layer
    return last if equation.is_output or layer is None else layer
