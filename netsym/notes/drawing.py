"""A network drawn in text: its units in columns, or its layers as boxes or as a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from netsym.graph.functions import FUNCTIONS
from netsym.graph.names import Names
from netsym.layers import Shape
from netsym.layers.dense import Dense
from netsym.layers.recurrent import Recurrent
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.notes.colored import Part
from netsym.wording import few, plural
from netsym.writers.text import speller_of_names

_MOST_ROWS = 4
_MOST_STEPS = 3
_LONGEST_NAME = 14
_START = 8  # columns before a drawing that has room
#: Signs of the drawing, and how ASCII has them.
_ASCII = str.maketrans({**dict.fromkeys("┌┐└┘├┤┼┬", "+"), "─": "-", "×": "x"})


class _Pen:
    """How names and what is left out are written."""

    def __init__(self, ascii: bool) -> None:
        self.below, self.beside = ("...", "...") if ascii else ("⋮", "⋯")
        self.name = speller_of_names(ascii).name

    def entry(self, names: Names, place: int) -> str:
        """A name that is not too long."""
        text = self.name(names, place)
        return text if len(text) <= _LONGEST_NAME else f"{text[: _LONGEST_NAME - 3]}..."


@dataclass(frozen=True, slots=True)
class Drawing:
    """Lines of text; `layers` says from which column to which a layer, counted from 1, is drawn."""

    lines: list[str]
    layers: list[Part]

    def shifted(self, by: int) -> Drawing:
        """It, further right."""
        lines = [(" " * by + line).rstrip() for line in self.lines]
        return Drawing(
            lines, [(start + by, stop + by, layer) for start, stop, layer in self.layers]
        )


def drawing(network: Network, width: int, ascii: bool = False) -> Drawing:
    """A network in at most five lines that are no wider than this.

    A stack of dense layers has its units in columns, what is between all of two columns one bus;
    a cell has a box a step, another stack is a row of boxes, and what branches is a list of its
    layers.
    """
    pen = _Pen(ascii)
    if not is_stack(network):
        found = Drawing(_listed(network, width, pen), [])
    elif all(isinstance(p.layer, Dense) and len(p.shape) == 1 for p in network.layers):
        found = _in_columns(_columns(network, pen), width, pen)
    elif _is_cell(network) and _wide((steps := _in_steps(network, pen)).lines) <= width:
        found = steps.shifted(max(0, min(_START, (width - _wide(steps.lines)) // 2)))
    else:
        found = _in_boxes(network, width, pen)
    return (
        replace(found, lines=[line.translate(_ASCII) for line in found.lines]) if ascii else found
    )


def is_stack(network: Network) -> bool:
    """Whether every layer reads the one before, and the last gives the one output."""
    before = [network.inputs[0].name, *(placed.name for placed in network.layers)]
    return (
        len(network.inputs) == len(network.outputs) == 1
        and network.outputs[0].source == before[-1]
        and all(p.sources == (b,) for p, b in zip(network.layers, before, strict=False))
    )


# -- columns of units ------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class _Column:
    """Units one below another: `cells` by row, of which some are empty, and what is below them.

    A cell of `dots` stands for all that have no row.
    """

    cells: tuple[str, ...]
    caption: str
    dots: str
    is_first: bool = False
    is_last: bool = False

    @property
    def inner(self) -> int:
        """How wide its cells are."""
        return max(map(len, self.cells))

    @property
    def width(self) -> int:
        """How wide it is, with what joins it to its neighbours."""
        wired = self.inner + 3 * (2 - self.is_first - self.is_last)
        return max(wired, len(self.caption) + 2)

    def lines(self, bus: int) -> list[str]:
        """Its rows, joined to the bus on both sides, and the caption."""
        spare = self.width - self.inner - 3 * (2 - self.is_first - self.is_last)
        before = spare if self.is_first else 0 if self.is_last else spare // 2
        found = []
        for row, cell in enumerate(self.cells):
            fill = "─" if row == bus else " "
            left, right = self._wires(row, bus)
            start = " " * before if self.is_first else f"{fill * before}{left} "
            end = " " * (spare - before) if self.is_last else f" {right}{fill * (spare - before)}"
            found.append(start + cell.ljust(self.inner) + end)
        return [*found, self.caption.center(self.width)]

    def _wires(self, row: int, bus: int) -> tuple[str, str]:
        """What joins a row to the bus on the left, and on the right."""
        rows = [place for place, cell in enumerate(self.cells) if cell]
        first, last = min(rows), max(rows)
        here = bool(self.cells[row]) and self.cells[row] != self.dots
        if first == last:
            return ("──", "──") if here else ("  ", "  ")
        if row == bus:
            return ("┼─", "─┼") if here else ("┤ ", " ├")
        if not here:
            return "  ", "  "
        left, right = ("┌", "┐") if row == first else ("└", "┘") if row == last else ("├", "┤")
        return left + "─", "─" + right


def _columns(network: Network, pen: _Pen) -> list[_Column]:
    """The columns of a stack of dense layers: inputs, hidden units, outputs."""
    ends = [network.input_names, *(_units(p) for p in network.layers[:-1]), network.output_names]
    longest = max(map(len, ends))
    rows = 1 if longest == 1 else 3 if longest <= 3 else _MOST_ROWS
    captions = [plural(len(network.input_names), "input"), *map(_caption, network.layers)]
    every = zip(ends, captions, strict=True)
    return [
        _Column(_cells(names, rows, pen), caption, pen.below, n == 0, n == len(network.layers))
        for n, (names, caption) in enumerate(every)
    ]


def _units(placed: Placed) -> Names:
    return Names("a", None, placed.shape)


def _caption(placed: Placed) -> str:
    assert isinstance(placed.layer, Dense)
    activation = FUNCTIONS[placed.layer.activation]
    return f"{placed.width:,} {activation.unicode or activation.name}" + "+" * placed.layer.skip


def _cells(names: Names, rows: int, pen: _Pen) -> tuple[str, ...]:
    """The names of a column by row, around its middle; of many the first and the last."""
    count, found = len(names), [""] * rows
    if count > rows:
        return (pen.entry(names, 0), pen.entry(names, 1), pen.below, pen.entry(names, count - 1))
    middle = rows // 2
    places = {1: [middle], 2: [middle - 1, middle + 1]}.get(count, range(rows - count, rows))
    for place, row in enumerate(places):
        found[row] = pen.entry(names, place)
    return tuple(found)


def _in_columns(columns: list[_Column], width: int, pen: _Pen) -> Drawing:
    """The columns side by side; hidden ones that find no place are left out, and dots say so."""
    found, left_out = _side_by_side(columns, 0, pen), 0
    while _wide(found.lines) > width and left_out < len(columns) - 2:
        left_out += 1
        found = _side_by_side(columns, left_out, pen)
    if len(columns[0].cells) == 1:
        found = replace(found, lines=[line for line in found.lines if line.strip()])
    return found.shifted(max(0, min(_START, (width - _wide(found.lines)) // 2)))


def _side_by_side(columns: list[_Column], left_out: int, pen: _Pen) -> Drawing:
    """The columns, without so many of the middle."""
    bus = len(columns[0].cells) // 2
    cut = (len(columns) - left_out + 1) // 2
    lines, layers = [""] * (len(columns[0].cells) + 1), []
    for place, column in enumerate(columns):
        if cut <= place < cut + left_out:
            continue
        between, said = ("──" if place else ""), ""
        if left_out and place == cut + left_out:
            between, said = f"── {pen.beside} ──".center(12, "─"), f"{left_out:,} more"
        start = len(lines[0]) + len(between)
        layers.append((start, start + column.width, place))
        for row, line in enumerate(column.lines(bus)):
            gap = between if row == bus else " " * len(between)
            lines[row] += (gap if row < len(lines) - 1 else said.center(len(between))) + line
    return Drawing(lines, layers)


def _wide(lines: Sequence[str]) -> int:
    return max(map(len, lines))


# -- steps -----------------------------------------------------------------------------------------
def _is_cell(network: Network) -> bool:
    """Whether it is a cell that goes through a sequence, and layers that read its last state."""
    cell = network.layers[0].layer
    return (
        isinstance(cell, Recurrent)
        and (cell.returns, cell.reverse) == ("last", False)
        and len(network.layers[0].sources) == 1
        and not any(placed.layer.recurrent for placed in network.layers[1:])
    )


def _in_steps(network: Network, pen: _Pen) -> Drawing:
    """The cell once for every step, of many the first two and the last, and what it hands on."""
    first, *after = network.layers
    assert isinstance(first.layer, Recurrent)
    count = network.inputs[0].shape[0]
    steps = range(1, count + 1) if count <= _MOST_STEPS else (1, 2, 0, count)

    def at(letter: str, step: int) -> str:
        return pen.name(Names(letter, None, (), at=str(step)), 0)

    def add(*parts: str) -> None:
        for row, part in enumerate(parts):
            rows[row] += part.center(max(map(len, parts)), "─" if row == 1 else " ")

    word = f" {first.layer.kind.upper()} "
    line, tee = "─" * len(word), "┬".center(len(word), "─")
    start = f"{'0' if first.layer.state == 'zero' else at('h', 0)} ──"
    begin = len(start)
    rows = [" " * begin, start, " " * begin, " " * begin]
    for step in steps:
        if not step:
            add("", f" {pen.beside} ──", "", "")
            continue
        add(f"┌{line}┐", f"┤{word}├", f"└{tee}┘", at(network.inputs[0].letter, step))
        if step < count:
            memory = f" {at('c', step)} " if "c" in first.layer.states else ""
            add(memory, "──", f" {at('h', step)} ", "")
    layers = [(begin, len(rows[1]), 1)]
    rows[1] += f"── {at('h', count)} "
    for place, placed in enumerate(after, 2):
        begin = len(rows[1])
        rows[1] += f"── {_word(placed)} "
        layers.append((begin, len(rows[1]), place))
    end = network.outputs[0].names
    rows[1] += f"── {pen.entry(end, 0) if len(end) == 1 else network.outputs[0].name}"
    return Drawing([row.rstrip() for row in rows], layers)


# -- boxes, and a list -----------------------------------------------------------------------------
def _in_boxes(network: Network, width: int, pen: _Pen) -> Drawing:
    """The layers of a stack as boxes in a row, from the input to the output."""
    (one,), (end,) = network.inputs, network.outputs
    ends = f"{one.letter} {_shape(one.shape)}", pen.entry(end.names, 0)
    if len(end.names) > 1:
        ends = ends[0], end.name
    words = {place: _word(placed) for place, placed in enumerate(network.layers, 1)}
    found, left_out = _boxes(*ends, words), 0
    while _wide(found.lines) > width and left_out < len(words) - 1:
        left_out += 1
        cut = (len(words) - left_out + 1) // 2
        fewer = {place: word for place, word in words.items() if place <= cut}
        fewer[0] = f"{pen.beside} {left_out:,} more {pen.beside}"
        fewer |= {place: word for place, word in words.items() if place > cut + left_out}
        found = _boxes(*ends, fewer)
    return found.shifted(0)


def _boxes(start: str, end: str, words: Mapping[int, str]) -> Drawing:
    """Words in boxes by layer, joined from the start to the end; what is no layer has no box."""
    top, middle, bottom = " " * (len(start) + 2), f"{start} ─", " " * (len(start) + 2)
    layers = []
    for layer, word in words.items():
        layers.append((len(top), len(top) + len(word) + 4, layer))
        if not layer:
            top, middle, bottom = (f"{top}{'':{len(word) + 3}}", f"{middle} {word} ─",
                                   f"{bottom}{'':{len(word) + 3}}")  # fmt: skip
            continue
        line = "─" * (len(word) + 2)
        top, middle, bottom = f"{top}┌{line}┐ ", f"{middle}┤ {word} ├─", f"{bottom}└{line}┘ "
    return Drawing([top, f"{middle} {end}", bottom], layers)


def _word(placed: Placed) -> str:
    """A layer in a box."""
    if isinstance(placed.layer, Dense):
        return _caption(placed)
    return f"{placed.layer.kind} {_shape(placed.shape)}"


def _shape(shape: Shape) -> str:
    return "×".join(map(str, shape))


def _listed(network: Network, width: int, pen: _Pen) -> list[str]:
    """The layers of what branches, each with what it reads; of many the first and the last."""
    lines = [
        f"{placed.name}: {placed.layer.describe()}, of {few(placed.sources, 3)}"
        for placed in network.layers
    ]
    if len(lines) > _MOST_ROWS:
        lines = [*lines[:2], f"{pen.below} {plural(len(lines) - 3, 'more layer')}", lines[-1]]
    return [line if len(line) <= width else f"{line[: width - 3]}..." for line in lines]
