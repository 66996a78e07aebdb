"""What has a place in a picture of layers: sources, boxes, operations, outputs."""

from __future__ import annotations

import textwrap
from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, replace

from netsym.graph.names import literal
from netsym.layers.dense import Dense
from netsym.layers.wiring import Placed
from netsym.notes.marks import MATH, SMALL, WORD, part_width
from netsym.notes.parted import Parted, Source, shape_said
from netsym.notes.symbols import Symbol, symbol
from netsym.wording import plural
from netsym.writers.palette import ASIDE, Color, layer_color

LINE = 17.0  # the height of a line in a box
RING = 17.0  # the radius of an operation
MOST_BOXES = 8
_FIRST, _LAST = 4, 3  # of more, those that are drawn
_CHARACTERS = 20  # of a line
_SIGNS = {"add": "+", "multiply": "×"}


@dataclass(frozen=True, slots=True)
class Node:
    """What has a place: a source, a layer, an operation, an output, or all that is left out.

    `lines` are what stands in its box, the first the loudest; an end, a source or an output, has a
    `symbol` in place of a box, and they stand below it.
    """

    name: str
    sources: tuple[str, ...]
    color: Color
    lines: tuple[str, ...] = ()
    symbol: Symbol | None = None
    sign: str = ""
    unit: str = ""
    is_end: bool = False
    dashed: bool = False

    @property
    def width(self) -> float:
        """How wide it is."""
        if self.sign:
            return 2 * RING
        if self.is_end:
            widest = [part_width(line, SMALL) for line in self.lines]
            assert self.symbol is not None
            return max([part_width(self.symbol, MATH + 2), *widest]) + 6
        first, *others = self.lines
        inner = [part_width(first, WORD, True), *(part_width(line, SMALL) for line in others)]
        return max(84.0, max(inner) + 24)

    @property
    def height(self) -> float:
        """How high it is."""
        return 2 * RING if self.sign else 24 + LINE * len(self.lines)


def nodes_of(parted: Parted) -> list[Node]:
    """All nodes, each after what it reads; of very many the middle is one."""
    found = [_of_source(source) for source in parted.read]
    first = len(found)
    for placed in parted.layers:
        found += _of_layer(parted, placed)
    layers = found[first:]
    if len(layers) > MOST_BOXES:
        layers = _cut(layers)
    return [*found[:first], *layers, *_ends(parted, {node.name for node in layers})]


def _ends(parted: Parted, known: Container[str]) -> Iterator[Node]:
    """The outputs; where a loss reads one, the loss stands in its place."""
    for each in () if parted.losses else parted.network.outputs:
        shape, source = each.shape, each.source if each.source in known else ""
        lines = (shape_said(shape),) if shape != (1,) else ()
        one = Symbol("ŷ") if each.name == "y" else symbol(literal(each.name), 0)
        yield Node(f"{each.name} ", (source,), ASIDE, lines, one, unit=each.name, is_end=True)


def _of_source(source: Source) -> Node:
    return Node(
        source.name, (), ASIDE, (shape_said(source.shape),) if source.shape != (1,) else (),
        source.symbol, unit=source.letter, is_end=True,
    )  # fmt: skip


def _of_layer(parted: Parted, placed: Placed) -> Iterator[Node]:
    """A layer; one that adds its own input is two nodes."""
    color, name, sources = (
        layer_color(placed.number),
        placed.name,
        tuple(dict.fromkeys(placed.sources)),
    )
    symbol, unit = parted.symbol_of(placed), f"{parted.network.letters[name]}{placed.number}"
    if placed.layer.kind in _SIGNS:
        yield Node(name, sources, color, symbol=symbol, sign=_SIGNS[placed.layer.kind], unit=unit)
        return
    layer, inner = placed.layer, name
    skips = isinstance(layer, Dense) and layer.skip
    if isinstance(layer, Dense) and skips:
        layer, inner = replace(layer, skip=False), f"{name}+"
    title = f"layer {placed.number}" if name == f"layer{placed.number}" else name
    shape = placed.shape[len(placed.examples) :]
    lines = (_short(title), *map(_short, packed(layer.describe() or layer.kind)[:3]))
    if len(shape) > 1:
        lines = (*lines, shape_said(shape))
    yield Node(inner, sources, color, lines, symbol, unit=unit)
    if skips:
        yield Node(name, (*sources, inner), color, symbol=symbol, sign="+", unit=unit)


def packed(said: str) -> list[str]:
    """A list in lines that are broken between its items, where these fit.

    >>> packed("conv2d, 64 channels, kernel 3 x 3, padding 1, relu")
    ['conv2d, 64 channels', 'kernel 3 × 3', 'padding 1, relu']
    """
    lines: list[str] = []
    for item in said.replace(" x ", " × ").split(", "):
        if lines and len(lines[-1]) + len(item) + 2 <= _CHARACTERS:
            lines[-1] += f", {item}"
        else:
            lines += textwrap.wrap(item, _CHARACTERS + 4)
    return lines


def _short(line: str) -> str:
    """A line that is not too long."""
    return line if len(line) <= _CHARACTERS + 4 else f"{line[: _CHARACTERS + 1]}…"


def _cut(nodes: Sequence[Node]) -> list[Node]:
    """The first and the last, and between them one node that reads and gives what the rest does."""
    start, rest, end = nodes[:_FIRST], nodes[_FIRST:-_LAST], nodes[-_LAST:]
    inside = {node.name for node in rest}
    read = [s for node in rest for s in node.sources if s not in inside]
    layers = sum(not node.name.endswith("+") for node in rest)
    middle = Node(
        "", tuple(dict.fromkeys(read)), ASIDE, ("⋯", plural(layers, "more layer")), dashed=True
    )
    later = [
        replace(node, sources=tuple(dict.fromkeys("" if s in inside else s for s in node.sources)))
        for node in end
    ]
    return [*start, middle, *later]
