"""Functions of other languages, written out by those of the table: log1p(z) is log(1 + z)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from netsym.typed.carets import Span
from netsym.typed.choices import PIECEWISE, ChoiceError, Choices
from netsym.typed.nodes import TypedNodes

#: A value and its condition among others.
PIECE = "piece"


class Writer:
    """Writes nodes that stand at one place of the text."""

    def __init__(self, nodes: TypedNodes, choices: Choices, span: Span) -> None:
        self.nodes = nodes
        self.choices = choices
        self.span = span

    def number(self, value: float) -> int:
        """A constant."""
        return self.nodes.at(self.nodes.constant(value), *self.span)

    def made(self, operation: str, *operands: int) -> int:
        """An operation or a function."""
        return self.nodes.made(operation, operands, *self.span)

    def power(self, base: int, exponent: int) -> int:
        """A power; one of e is exp."""
        nodes = self.nodes
        operation, operands = nodes.kinds[base]
        if operation == "exp" and nodes.kinds[operands[0]] == ("constant", 1.0):
            return self.made("exp", exponent)
        return self.made("power", base, exponent)

    def chosen(self, condition: int, one: int, other: int) -> int:
        """`one` where the condition holds, else `other`."""
        return self.choices.chosen(condition, one, other, self.span)

    def step(self, value: int, *at_zero: int) -> int:
        """Heaviside of sympy, which says what it is at 0; else that of netsym, 0 there."""
        if at_zero and self.nodes.kinds[at_zero[0]] not in (("constant", 0.0), ("constant", 1.0)):
            raise ChoiceError("a step is 0 or 1 at 0")
        one = bool(at_zero) and self.nodes.kinds[at_zero[0]] == ("constant", 1.0)
        return self.made("step" if one else "heaviside", value)

    def both(self, *conditions: int) -> int:
        """1 where all conditions hold."""
        found = conditions[0]
        for each in conditions[1:]:
            found = self.choices.both(found, each, self.span)
        return found

    def piecewise(self, *pieces: int) -> int:
        """Values with their conditions, and at the end perhaps a value without one."""
        found = list(pieces)
        if len(found) % 2 == 0:
            certain = self.nodes.kinds[found[-1]] == ("constant", 1.0)
            pairs = zip(found[1::2], found[3::2], strict=False)
            if not (certain or all(self.choices.meet(*pair) for pair in pairs)):
                raise ChoiceError("the cases leave out some values; let the last be otherwise")
            found.pop()  # the last case is all that is left
        value = found.pop()
        while found:
            condition = found.pop()
            value = self.chosen(condition, found.pop(), value)
        return value

    def logarithm(self, value: int, base: float) -> int:
        """The logarithm of that base."""
        return self.made("divide", self.made("log", value), self.made("log", self.number(base)))


#: How many values each takes (-1: any number), and what it writes.
SPELLED_OUT: Mapping[str, tuple[int, Callable[..., int]]] = {
    "pow": (2, Writer.power),
    "power": (2, Writer.power),
    "powf": (2, Writer.power),
    "square": (1, lambda w, z: w.made("power", z, w.number(2.0))),
    "expm1": (1, lambda w, z: w.made("add", w.made("exp", z), w.number(-1.0))),
    "log1p": (1, lambda w, z: w.made("log", w.made("add", w.number(1.0), z))),
    "log10": (1, lambda w, z: w.logarithm(z, 10.0)),
    "log2": (1, lambda w, z: w.logarithm(z, 2.0)),
    "plogis": (1, lambda w, z: w.made("sigmoid", z)),
    "logsigmoid": (1, lambda w, z: w.made("log", w.made("sigmoid", z))),
    "logaddexp": (2, lambda w, a, b: w.made("log", w.made("add", w.made("exp", a),
                                                          w.made("exp", b)))),
    "add": (-1, lambda w, *terms: w.made("add", *terms)),
    "mul": (-1, lambda w, *factors: w.made("multiply", *factors)),
    "heaviside": (-1, Writer.step),
    "and": (-1, Writer.both),
    "if": (3, Writer.chosen),
    "ifelse": (3, Writer.chosen),
    "where": (3, Writer.chosen),
    PIECEWISE: (-1, Writer.piecewise),
}  # fmt: skip


def spelled_out(word: str) -> str:
    """The row that a word means, in any case of letters; "" if it means none."""
    found = word[:20].lower()
    return found if found in SPELLED_OUT else ""
