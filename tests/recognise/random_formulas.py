"""Random formulas, of which some are networks and some are none."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass

from netsym.graph.functions import ACTIVATIONS, FUNCTIONS

INPUTS = ("x", "z")
NAMES = ("w", "v", "b", "c")
NUMBERS = ("0", "1", "1", "2", "0.5", "1/3", "3", "0.1", "-1", "pi", "e", "1e-3", "7/2", "64")
POWERS = ("0", "1", "2", "3", "-1", "-2", "0.5", "1/2", "w", "x", "64")
#: What is called, those that make networks more often.
CALLED = (
    *(name for name in FUNCTIONS if FUNCTIONS[name].arity == 1 and name != "logsumexp"),
    *("exp", "tanh", "sigmoid", "relu", "max", "min", "softmax") * 3,
)


@dataclass(frozen=True)
class Random:
    """A text with the names in it that are inputs."""

    text: str
    inputs: list[str]


class _Writer:
    """Writes sums, products and calls within each other; `likely` ones are affine."""

    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)
        self.bound: list[str] = []
        self.likely = self.source.random() < 0.6

    def leaf(self) -> str:
        kind = self.source.random()
        if kind < 0.4:
            return self.source.choice((*INPUTS, *self.bound))
        return self.source.choice(NAMES if kind < 0.7 else NUMBERS)

    def factor(self) -> str:
        return f"({self.source.choice(NAMES + NUMBERS)})"

    def term(self, depth: int) -> str:
        """A formula of at most so many levels, in parentheses where it needs them."""
        kind = self.source.random()
        if depth == 0 or kind < 0.1:
            return f"({self.leaf()})"
        if kind < 0.4:
            parts = [self.term(depth - 1) for _ in range(self.source.randrange(2, 4))]
            return f"({self.source.choice((' + ', ' - ')).join(parts)})"
        one = self.term(depth - 1)
        if kind < 0.6:
            other = self.factor() if self.likely else self.term(depth - 1)
            return self.source.choice((f"{one}*{other}", f"{other}*{one}"))
        if kind < 0.7:
            other = self.factor() if self.likely else self.term(depth - 1)
            return f"({one}/{other})"
        if kind < 0.74 or (kind < 0.8 and not self.likely):
            return f"({one})^({self.source.choice(POWERS)})"
        if kind < 0.84:
            return f"({one} + {one})" if kind < 0.82 else f"({one}/{one})"
        return self.call(one, depth)

    def call(self, one: str, depth: int) -> str:
        name = self.source.choice((*ACTIVATIONS, "exp") if self.likely else CALLED)
        row = FUNCTIONS[name]
        if row.alpha is not None:
            return f"{name}({one}, {self.source.choice(('0.1', '1', '2', '0.25'))})"
        if name == "softmax":
            return f"exp({one})/(exp({one}) + exp({self.term(depth - 1)}))"
        if name in ("max", "min"):
            return f"{name}({one}, {self.term(depth - 1)})"
        return f"{name}({one})"


def formula(seed: int) -> Random:
    """A random formula; which of its names are inputs is said, as far as they are in it."""
    writer = _Writer(seed)
    depth, lines = writer.source.randrange(1, 6), list[str]()
    for number in range(writer.source.choice((0, 0, 1, 2))):
        lines.append(f"h_{number} = {writer.term(max(depth - 2, 1))}")
        writer.bound.append(f"h_{number}")
    outputs = writer.source.choice((1, 1, 1, 2, 3))
    for number in range(1, outputs + 1):
        lines.append(f"y{f'_{number}' if outputs > 1 else ''} = {writer.term(depth)}")
    text = "\n".join(lines)
    return Random(text, [name for name in INPUTS if re.search(rf"\b{name}\b", text)])
