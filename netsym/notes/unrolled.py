"""A recurrent network as a picture: its cell once for every step, with what goes on in time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from netsym.layers.recurrent import LSTM, Recurrent
from netsym.layers.wiring import Placed
from netsym.notes import losses
from netsym.notes.marks import MATH, SMALL, Box, Label, Mark, Path, aside, part_width
from netsym.notes.nodes import packed
from netsym.notes.parted import Parted
from netsym.notes.picture import Picture
from netsym.notes.symbols import Symbol
from netsym.wording import plural
from netsym.writers.palette import ASIDE, LAYERS, Color, layer_color

_MOST_STEPS = 4
_LEFT, _GAP = 112.0, 56.0  # left of the first box, and between two
_CELL, _PLAIN, _RISE = 104.0, 54.0, 56.0  # the heights of cells, of other layers, between rows
_NARROWEST = 112.0  # the width of a box whose text is short
_MEMORY, _STATE = 0.22, 0.72  # where c and h go through a cell, of its height


@dataclass(frozen=True)
class Unrolled:
    """Rows of layers, from below: each has a box for every step that is drawn.

    What reads the last state alone stands to the right of it.
    """

    parted: Parted

    @cached_property
    def rows(self) -> list[Placed]:
        """The layers that have a box for every step."""
        found: list[Placed] = []
        for placed in self.parted.layers:
            steps = placed.layer.recurrent or (placed.layer.stepwise and len(placed.seen[0]) == 2)
            if not steps or (found and len(found[-1].shape) == len(found[-1].examples) + 1):
                break
            found.append(placed)
        return found

    @property
    def after(self) -> Sequence[Placed]:
        """The layers that read what is left when all steps are done."""
        return self.parted.layers[len(self.rows) :]

    @property
    def fits(self) -> bool:
        """Whether it can be drawn so: a stack that reads a sequence from its start."""
        if not self.parted.is_stack or len(self.parted.read[0].shape) != 2 or not self.rows:
            return False
        cells = [p.layer for p in self.rows if isinstance(p.layer, Recurrent)]
        ends = not self.after or not self._gives_all(self.rows[-1])
        return bool(cells) and ends and not any(cell.reverse for cell in cells)

    @staticmethod
    def _gives_all(placed: Placed) -> bool:
        return len(placed.shape) - len(placed.examples) == 2

    @property
    def count(self) -> int:
        """How many steps there are."""
        return self.parted.read[0].shape[0]

    @cached_property
    def steps(self) -> list[int]:
        """The steps that have a column; 0 stands for those that are left out."""
        if self.count <= _MOST_STEPS:
            return list(range(1, self.count + 1))
        return [1, 2, 0, self.count]

    # -- places -----------------------------------------------------------------------------------
    def x(self, column: int) -> float:
        """Where a column of boxes begins."""
        return _LEFT + column * (self.width + _GAP)

    @cached_property
    def width(self) -> float:
        """The width of all boxes."""
        lines = [line for placed in self.parted.layers for line in self._lines(placed)[1:]]
        return max(_NARROWEST, *(part_width(line, SMALL) + 16 for line in lines))

    def _height(self, placed: Placed) -> float:
        if placed.layer.recurrent:
            return _CELL
        return max(_PLAIN, 20 + 17.0 * len(self._lines(placed)))

    @cached_property
    def tops(self) -> list[float]:
        """The upper side of each row, from below."""
        total = sum(map(self._height, self.rows)) + _RISE * (len(self.rows) - 1)
        y, found = self._above + total, []
        for placed in self.rows:
            found.append(y - self._height(placed))
            y -= self._height(placed) + _RISE
        return found

    @property
    def _above(self) -> float:
        """The room above the last row: of what it gives at each step, or of what is said there."""
        return 76.0 if self._gives_all(self.rows[-1]) else 44.0

    @property
    def right(self) -> float:
        """Where the last column of boxes ends."""
        return self.x(len(self.steps) - 1) + self.width

    # -- marks ------------------------------------------------------------------------------------
    def picture(self) -> Picture:
        """All of it."""
        marks = [*self._inputs()]
        for row, placed in enumerate(self.rows):
            marks += self._row(row, placed)
        bottom = self.tops[0] + self._height(self.rows[0]) + 84
        last = len(self.rows) - 1
        y = self.tops[last] + _STATE * self._height(self.rows[last])
        if self._gives_all(self.rows[-1]):
            marks += self._outputs(last)
            width = self.right + 60
        else:
            after, width = self._rest(y)
            marks += after
        if self.parted.losses:
            marks += losses.losses(self.parted, [(width - 12, y)], width + losses.GAP - 40, y)
            width += losses.width_of(self.parted)
            bottom = max(bottom, y + losses.BELOW)
        title, said = self.parted.network.title, self.described()
        return Picture(title, said, width + 12, bottom, tuple(marks))

    def described(self) -> str:
        """What is drawn, in words."""
        said = [f"{plural(self.count, 'step')} of {plural(self.parted.read[0].shape[1], 'input')}"]
        for placed in self.rows:
            again = ", the same at every step"
            said.append(f"layer {placed.number}: {placed.layer.describe()}{again}")
        said += [f"layer {p.number}, after the last step: {p.layer.describe()}" for p in self.after]
        if 0 in self.steps:
            said.append(f"steps 3 to {self.count - 1:,} are left out")
        return f"{'; '.join([*said, *losses.described(self.parted)])}."

    def _inputs(self) -> Iterator[Mark]:
        (source,) = self.parted.read
        bottom = self.tops[0] + self._height(self.rows[0])
        for column, step in enumerate(self.steps):
            if not step:
                continue
            x = self.x(column) + self.width / 2
            yield Path(
                ((x, bottom + 50), (x, bottom + 3)), 1.8, color=ASIDE, role="edge", arrow=True
            )
            one = Symbol(source.symbol.base, f"{step}", source.symbol.above)
            yield Label(x, bottom + 64, (one,), size=MATH, unit=f"{source.letter}_{step}")

    def _row(self, row: int, placed: Placed) -> Iterator[Mark]:
        color = layer_color(placed.number)
        for column, step in enumerate(self.steps):
            x, y = self.x(column), self.tops[row]
            if step:
                yield from self._box(placed, x, y, self._height(placed), str(step))
                if row + 1 < len(self.rows):
                    yield from self._up(row, column, step)
            else:
                middle = y + self._height(placed) / 2
                yield Label(x + self.width / 2, middle, ("⋯",), size=24, color=color, bold=True)
        if isinstance(placed.layer, Recurrent):
            yield from self._states(row, placed, placed.layer)

    def _up(self, row: int, column: int, step: int) -> Iterator[Mark]:
        """From a row to the one above, at a step."""
        placed, x, y = self.rows[row], self.x(column) + self.width / 2, self.tops[row]
        color = layer_color(placed.number)
        yield Path(((x, y), (x, y - _RISE + 3)), 1.8, color=color, role="edge", arrow=True)
        text = self._value("h" if placed.layer.recurrent else "a", placed, str(step))
        yield Label(x + 8, y - _RISE / 2, (text,), size=15, color=color, anchor="start")

    def _box(
        self, placed: Placed, x: float, y: float, height: float, step: str = ""
    ) -> Iterator[Mark]:
        color, unit = layer_color(placed.number), self._unit(placed, step)
        yield Box(x, y, self.width, height, color=color, role="layer", unit=unit)
        title, *said = self._lines(placed)
        middle = y + height / 2 - 17 * len(said) / 2
        yield Label(x + self.width / 2, middle, (title,), color=color, bold=True, unit=unit)
        for row, line in enumerate(said):
            yield aside(x + self.width / 2, middle + 18 + 16 * row, line, unit=unit)

    def _lines(self, placed: Placed) -> list[str]:
        """What stands in the box of a layer."""
        layer, title = placed.layer, f"layer {placed.number}"
        if not isinstance(layer, Recurrent):
            return [title, *packed(layer.describe())]
        letters = dict.fromkeys(key[0] for key in placed.parameters if key[-1] != "0")
        same = ", ".join(self._array(letter) for letter in letters)
        return [layer.kind.upper(), title, plural(layer.units, "unit"), f"same {same}"]

    @staticmethod
    def _array(letter: str) -> str:
        return letter if letter == "b" else letter.upper()

    def _unit(self, placed: Placed, step: str) -> str:
        letter = "h" if placed.layer.recurrent else self.parted.network.letters[placed.name]
        return "_".join(filter(None, (f"{letter}{placed.number}", step)))

    def _value(self, letter: str, placed: Placed, step: str) -> Symbol:
        """A value of a step; of which layer is said where there are several rows."""
        above = f"[{placed.number}]" if len(self.rows) > 1 else ""
        return Symbol(letter, step, above + self.parted.index)

    def _states(self, row: int, placed: Placed, layer: Recurrent) -> Iterator[Mark]:
        """The state, from step to step; the memory of an LSTM above it."""
        own = layer_color(placed.number)
        ways = [("h", _STATE, own, 1.8)]
        if isinstance(layer, LSTM):
            memory = LAYERS[placed.number % len(LAYERS)]
            ways.append(("c", _MEMORY, memory, 2.8))
            text = "memory c, along the top"
            if row == len(self.rows) - 1:
                yield Label(
                    _LEFT, self.tops[row] - 18, (text,), size=SMALL, color=memory, anchor="start"
                )
        for letter, share, color, width in ways:
            yield from self._way(row, placed, letter, share, color, width, layer.state == "zero")

    def _way(
        self, row: int, placed: Placed, letter: str, share: float, color: Color, width: float,
        is_zero: bool,
    ) -> Iterator[Mark]:  # fmt: skip
        y = self.tops[row] + share * _CELL
        first = self._value(letter, placed, "0")
        text = (first, " = 0") if is_zero else (first,)
        yield Label(_LEFT - 44, y, text, size=15, color=color, anchor="end")
        starts = [
            _LEFT - 38,
            *(self.x(column) + self.width for column in range(len(self.steps) - 1)),
        ]
        for column, start in enumerate(starts):
            step = self.steps[column]
            before = self.steps[column - 1] if column else 0
            end = self.x(column) - 3
            start = start - self.width / 2 + 22 if column and not before else start
            end = end if step else self.x(column) + self.width / 2 - 22
            yield Path(((start, y), (end, y)), width, color=color, role="edge", arrow=True)
            after = before or (f"{self.count - 1:,}" if column else 0)
            if column:
                said = self._value(letter, placed, str(after))
                middle = (start + end) / 2
                yield Label(middle, y - 15, (said,), size=15, color=color)

    def _outputs(self, row: int) -> Iterator[Mark]:
        placed = self.rows[row]
        color = layer_color(placed.number)
        for column, step in enumerate(self.steps):
            if step:
                x, y = self.x(column) + self.width / 2, self.tops[row]
                yield Path(((x, y), (x, y - 40)), 1.8, color=color, role="edge", arrow=True)
                said = Symbol("ŷ", str(step), self.parted.index)
                yield Label(x, y - 56, (said,), size=MATH, unit=f"y_{step}")

    def _rest(self, y: float) -> tuple[list[Mark], float]:
        """What reads the last state, and where it ends."""
        marks: list[Mark] = []
        last, x = self.rows[-1], self.right
        said = self._value("h", last, str(self.count))
        color = layer_color(last.number)
        for placed in self.after:
            marks.append(
                Path(((x, y), (x + _GAP - 3, y)), 1.8, color=color, role="edge", arrow=True)
            )
            if said.base:
                marks.append(Label(x + _GAP / 2 - 2, y - 15, (said,), size=15, color=color))
            x += _GAP
            marks += self._box(placed, x, y - self._height(placed) / 2, self._height(placed))
            x, color, said = x + self.width, layer_color(placed.number), Symbol("")
        marks.append(Path(((x, y), (x + _GAP - 3, y)), 1.8, color=color, role="edge", arrow=True))
        if said.base:
            marks.append(Label(x + _GAP / 2 - 2, y - 15, (said,), size=15, color=color))
        end = self.parted.network.outputs[0]
        name = Symbol("ŷ" if end.name in ("y", "J") else end.name, "", self.parted.index)
        x += _GAP + 6
        marks.append(Label(x, y, (name,), size=MATH + 2, anchor="start", unit=end.name))
        return marks, x + part_width(name, MATH + 2) + 12
