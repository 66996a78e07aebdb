"""Equations made of the laws at random: their letters replaced by formulas, within others.

What is true where both sides are defined stays so; with one thing changed on the right it is false
if there is a point where the sides differ by proved intervals.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from netsym.equality.agreement import Draw, evaluate
from netsym.equality.law_table import LAWS
from netsym.equality.sectors import Sectors, sectors
from netsym.equality.sides import aligned, subject
from netsym.ops.proved.balls import disjoint

_INSIDE = (
    "x", "y", "z", "-x", "x - y", "2*x + 1", "x*y", "x^2 - 1", "exp(x)", "tanh(y)", "x/3", "y + z",
    "abs(x) - 1", "relu(y)", "sin(z)", "x^2 + 1", "1 - x", "3", "0.5*z",
)  # fmt: skip
_OUTSIDE = (
    "{}", "3*({}) - x", "relu({})", "max({}, z)", "exp(-abs({}))", "y*({})", "min({}, 1) + z",
    "sign({})", "({})^2", "tanh({})", "log(1 + exp({}))",
)  # fmt: skip
_LETTER = re.compile(r"\b[xyz]\b")
_CHANGES = (
    ("max", "min"), ("min", "max"), ("sin", "cos"), ("cos", "sin"), ("abs", "relu"),
    ("relu", "abs"), ("step", "heaviside"), ("heaviside", "step"), ("sigmoid", "tanh"),
    ("softplus", "relu"), ("exp", "cosh"), (" - ", " + "), (" + ", " - "), ("1", "2"), ("2", "3"),
    ("x", "y"), ("y", "x"), ("x", "(-x)"), ("sqrt", "log"), ("-abs", "abs"), ("sign", "abs"),
)  # fmt: skip


def true_pair(source: random.Random) -> tuple[str, str]:
    """A law with formulas in the place of its letters, within another formula."""
    law = source.choice(LAWS)
    inside = {letter: source.choice(_INSIDE) for letter in "xyz"}
    outside = source.choice(_OUTSIDE)

    def replaced(side: str) -> str:
        return outside.format(_LETTER.sub(lambda found: f"({inside[found[0]]})", side))

    return replaced(law.left), replaced(law.right)


def changed(text: str, source: random.Random) -> str:
    """One place changed, if any of the changes has a place in it."""
    for old, new in source.sample(_CHANGES, len(_CHANGES)):
        places = list(_places(old, text))
        if places:
            place = source.choice(places)
            return text[:place] + new + text[place + len(old) :]
    return f"{text} + 1"


def _places(old: str, text: str) -> Iterator[int]:
    whole = rf"(?<![\w.]){re.escape(old)}(?![\w.])" if old.isalnum() else re.escape(old)
    return (found.start() for found in re.finditer(whole, text))


def by_sectors(left: str, right: str, seed: str = "seed") -> Sectors | None:
    """What sectors say of two typed formulas."""
    one = subject(left)
    other = aligned(one, subject(right))
    lines = one.straight_line, other.straight_line
    numbers = [[number.value for number in line.numbers] for line in lines]
    return sectors(*lines, one.inputs, (numbers[0], numbers[1]), seed)


@dataclass
class Tried:
    """Laws that are proved, how many changed ones are false, and those of them that are proved."""

    proved: int = 0
    false: int = 0
    wrong: list[tuple[str, str]] = field(default_factory=list)


def tried(count: int, seed: int) -> Tried:
    """So many laws made at random, as they are and with one place changed."""
    source, found = random.Random(seed), Tried()
    for _ in range(count):
        left, right = true_pair(source)
        found.proved += _is_proved(left, right)
        wrong = changed(right, source)
        if apart(left, wrong, source):
            found.false += 1
            if _is_proved(left, wrong):
                found.wrong.append((left, wrong))
    return found


def _is_proved(left: str, right: str) -> bool:
    found = by_sectors(left, right)
    return found is not None and found.proved


def apart(left: str, right: str, source: random.Random) -> bool:
    """Whether they certainly differ at a point where both are defined, among them small numbers."""
    one = subject(left)
    other = aligned(one, subject(right))
    width = len(one.inputs)
    x = [[source.uniform(-3, 3) for _ in range(width)] for _ in range(20)]
    x += [[float(source.randint(-3, 3)) for _ in range(width)] for _ in range(40)]
    draw = Draw(np.array(x).reshape(60, width), dict.fromkeys([*one.names, *other.names], 0.7))
    balls = (evaluate(side, draw, 128)[0].reshape(-1).tolist() for side in (one, other))
    return any(
        a.is_finite() and b.is_finite() and disjoint(a, b) for a, b in zip(*balls, strict=True)
    )
