"""A formula in words, as it is read aloud: what stands for a picture of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import ClassVar

from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import GREEK, Derivatives, Names
from netsym.watching import Watcher, no_watcher
from netsym.writers.language import Language
from netsym.writers.ropes import Rope, flat
from netsym.writers.spelling import ATOM, Equation, Spelled

_GREEK = {letter: word for word, letter in GREEK.items()}
_INSIDE = re.compile(r"(?<=[^\W\d_])(?=\d)|(?<=\d)(?=[^\W\d_])|_+")
#: Longer texts are not listened to.
LONGEST = 1_500


class Spoken(Language):
    """`y hat equals sigma of, w 2 1 1 times a 1 1, plus b 2 1, end`."""

    operations: ClassVar[Mapping[str, tuple[str, int]]] = {
        **Language.operations,
        "divide": ("_write_quotient", ATOM),
    }
    in_rows = True
    times = " times "
    plus, less = ", plus ", ", minus "
    minus = "minus "
    dots = "and so on to"
    _NUMBERS = ("minus ", *"0123456789")

    def name(self, names: Names, position: int) -> str:
        if isinstance(names, Derivatives):
            above, below = (self.name(*place) for place in names.quotient(position))
            return f"the derivative of {above} by {below}"
        if names.base == "y" and not names.literal:
            return f"y hat{_INSIDE.sub(' ', names.ascii(position)[1:])}"
        plain = _INSIDE.sub(" ", names.ascii(position)).strip()
        return " ".join(_GREEK.get(word, word) for word in plain.split())

    def fraction(self, value: Fraction) -> tuple[str, int]:
        if value.denominator == 1:
            return super().fraction(value)
        above = f"{self.minus if value < 0 else ''}{abs(value.numerator)}"
        return f"{above} over {value.denominator}", ATOM

    def decimals(self, texts: Sequence[str]) -> Spelled:
        texts, binds = super().decimals(texts)
        return [*map(self._decimal, texts)], binds

    def _decimal(self, text: str) -> str:
        mantissa, e, exponent = text.partition("e")
        power = f" times 10 to the power of {int(exponent)}" if e else ""
        return (mantissa + power.replace("-", self.minus)).replace("-", self.minus)

    def function(self, name: str) -> str:
        return {"exp": "e to the power of", "log": "the logarithm", "sqrt": "the square root",
                "abs": "the absolute value"}.get(name) or _GREEK.get(
            FUNCTIONS[name].unicode, name.replace("_", " "))  # fmt: skip

    def call(self, function: str, operands: list[str | Rope]) -> str | Rope:
        name = self.function(function)
        if not operands:
            return name
        pieces: list[str | Rope] = [name + (", " if name.endswith(" of") else " of, ")]
        for number, operand in enumerate(operands):
            pieces += [" and ", operand] if number else [operand]
        return self.join([*pieces, ", end"])

    def parentheses(self, piece: str | Rope) -> str | Rope:
        return self.join(["open bracket, ", piece, ", close bracket"])

    def quotient(self, numerator: str | Rope, denominator: str | Rope) -> str | Rope:
        return self.join(["the fraction, ", numerator, ", over, ", denominator, ", end"])

    def _write_quotient(self, _: str, nodes: list[int]) -> str | Rope:
        return self.quotient(*[self.texts[node] for node in nodes])

    def power(self, base: str | Rope, exponent: str | Rope) -> str | Rope:
        return self.join([base, " to the power of ", exponent])

    def sentence(self, equation: Equation) -> Iterator[str]:
        """An equation, piece by piece."""
        yield f"{self.left(equation)} equals "
        yield from flat(equation.right)

    def applied(self, function: str, inputs: list[str]) -> str:
        return f"{function} of {' and '.join(inputs)}"

    @classmethod
    def _is_number(cls, text: str) -> bool:
        return text.startswith(cls.minus) and text[len(cls.minus)].isdecimal()


def spell_spoken(
    formula: Form,
    *,
    digits: int | None = None,
    progress: Watcher = no_watcher,
    kinds: tuple[type[Spoken]] = (Spoken,),
) -> Spoken:
    """What says the equations of a form in words; see `write_spoken`."""
    return kinds[0](formula, digits, watcher=progress)


def write_spoken(
    formula: Form,
    *,
    digits: int | None = None,
    progress: Watcher = no_watcher,
    kinds: tuple[type[Spoken]] = (Spoken,),
) -> Iterator[str]:
    """The equations of a form in words, a line each, piece by piece: what a screen reader says."""
    words = spell_spoken(formula, digits=digits, progress=progress, kinds=kinds)
    for number, equation in enumerate(words.equations()):
        yield ";\n" if number else ""
        yield from words.sentence(equation)


def alternative(formula: Form, kind: type[Spoken] = Spoken) -> str:
    """What stands for a picture of a formula: its words, or of a long one how it begins."""
    return heard(
        piece.replace("\n", " ") for piece in write_spoken(formula, digits=3, kinds=(kind,))
    )


def heard(pieces: Iterable[str]) -> str:
    """Words as long as one listens to them, or else how they begin."""
    said = ""
    for piece in pieces:
        said += piece
        if len(said) > LONGEST:
            begun = said[: LONGEST // 3].rpartition(" ")[0]
            return f"{begun}, and so on: a long formula"
    return said
