"""Small functions nearly each other: one weight, sign, ulp or activation off; and all pairs."""

from __future__ import annotations

import random
from dataclasses import dataclass
from itertools import combinations, product

from netsym.equality.identity import Read
from netsym.ops.fields.fields import Fields
from netsym.ops.fields.outline import Outlines
from netsym.ops.fields.tower import towers
from netsym.ops.proved.balls import Balls, disjoint, precision
from tests.equality.rewrites import VARIABLES, reading

#: Where their values are told apart.
POINTS = [[0.7, -1.3], [-0.4, 0.9], [1.9, 0.35], [-2.2, -0.6]]

_UNITS = (
    "tanh", "sigmoid", "relu", "softplus", "silu", "erf", "gelu", "sin", "cos", "atan", "abs",
    "hard_sigmoid", "exp",
)  # fmt: skip
_ULP = "0.50000000000000011"  # the float after 0.5
_INSIDE = (
    "2*x + 0.5*y + 0.25", "2*x + 0.5*y - 0.25", "2*x - 0.5*y + 0.25", "2*y + 0.5*x + 0.25",
    "2*x + 0.5*y", f"2*x + {_ULP}*y + 0.25", "-2*x + 0.5*y + 0.25", "0.5*x + 2*y + 0.25*x*y",
    "2.0000000000000004*x + 0.5*y + 0.25", "x + 0.5*y + 0.25", "-(2*x + 0.5*y + 0.25)",
)  # fmt: skip
_OUTSIDE = ("3*{}", "3*{} + 1", "-3*{}")


def near_misses() -> list[str]:
    """The functions, as they are typed."""
    units = [
        outside.format(f"{unit}({inside})")
        for unit, inside, outside in product(_UNITS, _INSIDE, _OUTSIDE)
    ]
    rational = [f"({a}*x + {b})/({c}*y^2 + 1)" for a, b, c in product((1, 2), (3, -3), (1, 4, 5))]
    sides = ("{}", "2*{}", "{} + 1", "-{}")
    largest = [f"max({a.format('x')}, {b.format('y')})" for a, b in product(sides, sides)]
    smallest = [text.replace("max", "min") for text in largest]
    return [*units, *rational, *largest, *smallest]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Of all pairs of `functions`: those proved `different`, those of them that are called equal
    (`wrong`), and those that are neither proved different nor looked at (`open`).
    """

    functions: int
    different: int
    wrong: list[tuple[str, str]]
    open: int


def all_pairs() -> Pairs:
    """All functions read in one graph: their values in rigorous balls, and their residues."""
    texts = near_misses()
    read = reading("\n".join(f"y_{n} = {text}" for n, text in enumerate(texts, 1)))
    ops = Balls({}, 128)
    with precision(128):
        values = read(ops, ops.points(POINTS)).tolist()
    ways, different, wrong, left = _residues(read, len(texts)), 0, [], 0
    for i, j in combinations(range(len(texts)), 2):
        if not any(disjoint(row[i], row[j]) for row in values):
            left += 1
            continue
        different += 1
        if any(way[i] == way[j] for way in ways):
            wrong.append((texts[i], texts[j]))
    return Pairs(len(texts), different, wrong, left)


def _residues(read: Read, outputs: int) -> list[list[tuple[int, ...]]]:
    """In every way that `identity` reads: the residues of each output, over levels and trials."""
    ways = []
    for opaque, flat in ((True, False), (True, True), (False, False), (False, True)):
        outline = Outlines(opaque)
        read(outline, outline.inputs(VARIABLES))
        levels = 1 if opaque else outline.found.levels
        bits = 22 if not opaque and "log" in outline.found.functions else None
        field = towers(levels, 3, random.Random(5), roots=not opaque, bits=bits)
        ops = Fields(b"all", field, opaque=opaque, kinked=True, flat=flat)
        found = read(ops, ops.symbols(VARIABLES))
        assert ops.good.all()
        at = [found.at[level][..., 0, :] for level in found.levels()]  # type: ignore[index]
        ways.append([tuple(int(v) for a in at for v in a[place]) for place in range(outputs)])
    return ways
