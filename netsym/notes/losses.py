"""A loss and its cost in a picture: squares at the end, with what the loss compares with."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from netsym.layers.loss import Huber
from netsym.notes.marks import MATH, Box, Label, Mark, Path, Point, aside
from netsym.notes.parted import Parted
from netsym.notes.symbols import Symbol, of_latex, whole
from netsym.writers.palette import ASIDE, LOSS

SIDE, GAP = 46.0, 84.0
BELOW = 100.0  # what a target takes below the middle of its loss
_LINE = 16.0


def squares_of(parted: Parted) -> list[tuple[Symbol, str]]:
    """The squares: each with its symbol and what it computes; what is added to a cost is in it."""
    found: list[tuple[Symbol, str]] = []
    cost: list[str] = []
    for placed in parted.losses:
        if placed.layer.kind in ("cost", "penalty"):
            said = placed.layer.describe()
            if placed.layer.kind == "cost":
                said = said.replace("the losses", f"{parted.examples or 'the'} losses")
            cost.append(said)
        else:
            said = placed.layer.describe()
            if isinstance(placed.layer, Huber):
                said += f", δ = {placed.layer.delta:g}"
            found.append((whole("L", None, parted.index), said))
    if cost:
        found.append((Symbol("J"), " + ".join(cost)))
    elif found:
        found[-1] = (Symbol("J"), found[-1][1])
    return found


def losses(parted: Parted, ends: Sequence[Point], x: float, y: float) -> Iterator[Mark]:
    """The squares from x on, at the height y, each read from the `ends` of what is before it."""
    for place, (symbol, said) in enumerate(squares_of(parted)):
        for end in ends:
            yield Path((end, (x - 3, y)), color=LOSS, role="edge", width=1.6, arrow=True)
        yield Box(
            x, y - SIDE / 2, SIDE, SIDE, rounded=False, color=LOSS, role="loss", unit=symbol.base
        )
        yield Label(x + SIDE / 2, y, (symbol,), size=MATH, unit=symbol.base)
        lines = textwrap.wrap(said, 16)
        for row, line in enumerate(lines):
            above = y - SIDE / 2 - 12 - _LINE * (len(lines) - 1 - row)
            yield aside(x + SIDE / 2, above, line)
        if not place:
            yield from _target(parted, x + SIDE / 2, y + SIDE / 2)
        ends = [(x + SIDE, y)]
        x += SIDE + GAP


def _target(parted: Parted, x: float, y: float) -> Iterator[Mark]:
    """What the loss compares with, from below."""
    for name in sorted(parted.targets):
        yield Path(((x, y + 44), (x, y + 3)), color=ASIDE, role="edge", width=1.6, arrow=True)
        source = parted.sources[name]
        latex = parted.network.latex_names.get(source.letter)
        shown = of_latex(source.letter, latex) if latex else source.symbol
        yield Label(x, y + 58, (shown,), size=MATH, unit=source.letter)


def width_of(parted: Parted) -> float:
    """How wide the squares are, with the gap before them."""
    count = len(squares_of(parted))
    return count * (SIDE + GAP) + 24 * bool(count)


def described(parted: Parted) -> list[str]:
    """The squares in words."""
    return [
        f"{'cost' if symbol.base == 'J' and parted.examples else 'loss'} {symbol.base}: {said}"
        for symbol, said in squares_of(parted)
    ]
