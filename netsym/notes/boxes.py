"""A network as a picture of its layers: a box for each, left to right, with what each reads."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, count

from netsym.notes import losses
from netsym.notes.marks import MATH, Box, Circle, Label, Mark, Path, Point, Step, aside
from netsym.notes.nodes import LINE, RING, Node, nodes_of
from netsym.notes.parted import Parted
from netsym.notes.picture import Picture
from netsym.wording import few

_GAP, _DOT = 56.0, 22.0  # between columns, and where in it a value goes two ways
_BETWEEN, _ARC = 28.0, 34.0  # lanes of boxes; lanes of values that go past them


@dataclass(frozen=True)
class Boxes:
    """Nodes in columns and lanes: what reads stands further right than what it reads.

    The longest way from a source is lane 0. Lanes below it are of other boxes, those above of
    values that go past boxes.
    """

    parted: Parted

    @cached_property
    def nodes(self) -> dict[str, Node]:
        """The nodes, by name."""
        return {node.name: node for node in nodes_of(self.parted)}

    @cached_property
    def readers(self) -> dict[str, list[str]]:
        """By name: who reads it, in order."""
        found: dict[str, list[str]] = {name: [] for name in self.nodes}
        for node in self.nodes.values():
            for source in node.sources:
                found[source].append(node.name)
        return found

    @cached_property
    def columns(self) -> dict[str, int]:
        """The column of each node: a source stands just before who reads it first."""
        found: dict[str, int] = {}
        for name, node in self.nodes.items():
            found[name] = max((found[source] + 1 for source in node.sources), default=0)
        last = max(found.values())
        for name, node in self.nodes.items():
            if not node.sources:
                found[name] = min(found[reader] for reader in self.readers[name]) - 1
            elif node.is_end:
                found[name] = last
        return found

    @cached_property
    def main(self) -> set[str]:
        """The nodes of the longest way, one for each column."""

        def far(name: str) -> int:
            return max((self.columns[source] for source in self.nodes[name].sources), default=-1)

        name = max(self.nodes, key=far)
        found = {name}
        while self.nodes[name].sources:
            name = max(self.nodes[name].sources, key=lambda source: self.columns[source])
            found.add(name)
        return found

    @cached_property
    def lanes(self) -> dict[str, int]:
        """The lanes of nodes: that of what they read, if it is free, or else the next below."""
        found = dict.fromkeys(self.main, 0)
        taken = {(self.columns[name], 0) for name in self.main}
        for name, node in self.nodes.items():
            if name not in found:
                beside = [found[source] for source in node.sources if found[source] > 0]
                wanted = chain(beside, count(1))
                column = self.columns[name]
                found[name] = next(lane for lane in wanted if (column, lane) not in taken)
                taken.add((column, found[name]))
        return found

    @cached_property
    def passing(self) -> dict[tuple[str, str], int]:
        """The lanes of values that are read further on than in the next column, by source and
        reader: that of one of these, if it is free, or else one above.
        """
        taken = {(self.columns[name], lane) for name, lane in self.lanes.items()}
        found: dict[tuple[str, str], int] = {}
        for name, node in self.nodes.items():
            for source in node.sources:
                between = range(self.columns[source] + 1, self.columns[name])
                if not between:
                    continue
                wanted = chain((self.lanes[source], self.lanes[name]), count(-1, -1))
                lane = next(n for n in wanted if not taken & {(c, n) for c in between})
                found[source, name] = lane
                taken |= {(column, lane) for column in between}
        return found

    # -- places -----------------------------------------------------------------------------------
    @cached_property
    def edges_of_columns(self) -> list[tuple[float, float]]:
        """Where each column begins and ends."""
        widths = [0.0] * (max(self.columns.values()) + 1)
        for name, column in self.columns.items():
            widths[column] = max(widths[column], self.nodes[name].width)
        found, x = [], 24.0
        for width in widths:
            found.append((x, x + width))
            x += width + _GAP
        return found

    @cached_property
    def _pitch(self) -> float:
        return max(node.height for node in self.nodes.values()) + _BETWEEN

    @cached_property
    def middle(self) -> float:
        """The height of lane 0."""
        arcs = -min(0, *self.passing.values(), 0)
        above = 34.0 + arcs * _ARC + 16 * bool(arcs)
        if self.parted.losses:
            above = max(above, 40.0)
        return above + (self._pitch - _BETWEEN) / 2

    def height_of(self, lane: int) -> float:
        """The height of a lane."""
        if lane >= 0:
            return self.middle + lane * self._pitch
        return self.middle - (self._pitch - _BETWEEN) / 2 + 10 + lane * _ARC

    def center(self, name: str) -> Point:
        """The middle of a node."""
        left, right = self.edges_of_columns[self.columns[name]]
        return (left + right) / 2, self.height_of(self.lanes[name])

    # -- marks ------------------------------------------------------------------------------------
    def picture(self) -> Picture:
        """All of it."""
        marks = [mark for node in self.nodes.values() for mark in self._reads(node)]
        marks += [mark for node in self.nodes.values() for mark in self._drawn(node)]
        width = self.edges_of_columns[-1][1] + 24
        lowest = max(self.height_of(lane) for lane in self.lanes.values()) + self._pitch / 2
        if self.parted.losses:
            last = max(self.nodes, key=lambda name: self.columns[name])
            x, y = self.center(last)
            end = (x + self.nodes[last].width / 2, y)
            marks += losses.losses(self.parted, [end], width - 24 + losses.GAP, y)
            width += losses.width_of(self.parted)
            lowest = max(lowest, y + losses.BELOW)
        title, said = self.parted.network.title, self.described()
        return Picture(title, said, width, lowest + 8, tuple(marks))

    def described(self) -> str:
        """What is drawn, in words."""
        said = []
        for node in self.nodes.values():
            lines = ", ".join(line for line in node.lines if line != "⋯")
            read = few([self._called(source) for source in node.sources], 3)
            name = node.symbol.base if node.symbol and (node.is_end or not lines) else ""
            kind = {"+": "sum", "×": "product"}.get(node.sign, "")
            if not node.sources:
                said.append(f"input {name}" + (f", {lines}" if lines else ""))
            elif node.is_end:
                said.append(f"output {name} of {read}")
            else:
                said.append(f"{kind or lines}, of {read}")
        return f"{'; '.join([*said, *losses.described(self.parted)])}."

    def _called(self, name: str) -> str:
        node = self.nodes[name]
        if node.sign:
            return "the sum" if node.sign == "+" else "the product"
        if node.is_end and node.symbol:
            return node.symbol.base
        return next((line for line in node.lines if line != "⋯"), name)

    def _drawn(self, node: Node) -> Iterator[Mark]:
        x, y = self.center(node.name)
        if node.is_end:
            assert node.symbol is not None
            yield Label(x, y, (node.symbol,), size=MATH + 2, unit=node.unit)
            for row, line in enumerate(node.lines):
                yield aside(x, y + 22 + LINE * row, line)
        elif node.sign:
            yield Circle(x, y, RING, color=node.color, role="layer", unit=node.unit)
            yield Label(x, y - 1, (node.sign,), size=20, color=node.color, unit=node.unit)
        else:
            yield from self._box(node, x, y)

    def _box(self, node: Node, x: float, y: float) -> Iterator[Mark]:
        left, top = x - node.width / 2, y - node.height / 2
        yield Box(
            left, top, node.width, node.height, dashed=node.dashed, color=node.color,
            role="layer", unit=node.unit,
        )  # fmt: skip
        for row, line in enumerate(node.lines):
            at = top + 12 + LINE * (row + 0.5)
            if row:
                yield aside(x, at, line, unit=node.unit)
            else:
                yield Label(x, at, (line,), color=node.color, bold=True, unit=node.unit)

    def _reads(self, node: Node) -> Iterator[Mark]:
        """The lines to a node, and what stands at them."""
        above = [source for source in node.sources if self._arcs(source, node.name)]
        for source in node.sources:
            steps = self._along(source, node)
            if source in above:
                steps = self._over(source, node, 16.0 * above.index(source))
            color = self.nodes[source].color
            yield Path(steps, 1.8, color=color, role="edge", arrow=True)
            if source in above and node.sign == "+" and len(self.passing) < 3:
                (first, *_), lane = self.center(source), self.passing[source, node.name]
                middle = (first + self.center(node.name)[0]) / 2
                yield aside(middle, self.height_of(lane) - 12, "unchanged")
        if any(self._arcs(node.name, reader) for reader in self.readers[node.name]):
            yield from self._dot(node)

    def _arcs(self, source: str, name: str) -> bool:
        return self.passing.get((source, name), 0) < 0

    def _dot(self, node: Node) -> Iterator[Mark]:
        """Where a value of lane 0 goes two ways, and what it is called."""
        if self.lanes[node.name]:
            return
        x, y = self._leaves(node.name)
        yield Circle(x, y, 3, color=node.color, fill=node.color, role="edge", unit=node.unit)
        if node.symbol is not None and not node.is_end:
            yield Label(x, y + 19, (node.symbol,), size=15, color=node.color, unit=node.unit)

    def _leaves(self, name: str) -> Point:
        """Where a value goes up."""
        return self.edges_of_columns[self.columns[name]][1] + _DOT, self.center(name)[1]

    def _over(self, source: str, node: Node, shift: float) -> tuple[Step, ...]:
        """From a value up, along a lane above, and down onto a node.

        Lane 0 is left at a dot and reached from above, others through the gaps between columns.
        """
        height = self.height_of(self.passing[source, node.name])
        (x, y), (u, v) = self._leaves(source), self.center(node.name)
        top = v - node.height / 2 - 2
        u += shift if node.sign or node.is_end else shift - node.width / 4
        across, bend, low = min(60.0, (u - x) / 2), 0.45, 0.6
        start: list[Step] = [
            (x, y),
            (x, y + (height - y) * low, x + across * bend, height, x + across, height),
        ]
        end: list[Step] = [
            (u - across, height),
            (u - across * bend, height, u, top + (height - top) * low, u, top),
        ]
        if self.lanes[source]:
            start = [self._right(source), *self._through(self.columns[source], y, height)]
        if self.lanes[node.name]:
            end = [*self._through(self.columns[node.name] - 1, height, v), self._left(node)]
        return (*start, *end)

    def _right(self, name: str) -> Point:
        """Where a value leaves its node."""
        x, y = self.center(name)
        return x + self.nodes[name].width / 2, y

    def _left(self, node: Node) -> Point:
        """Where a node is reached, before it."""
        x, y = self.center(node.name)
        return x - node.width / 2 - 3, y

    def _through(self, column: int, before: float, after: float) -> list[Step]:
        """From one height to another in the gap behind a column."""
        left, right = self.edges_of_columns[column][1], self.edges_of_columns[column + 1][0]
        half = (left + right) / 2
        return [(left, before), (half, before, half, after, right, after)]

    def _along(self, source: str, node: Node) -> tuple[Step, ...]:
        """From the right of a value to the left of a node, through gaps from lane to lane."""
        (_, y), (_, v) = self.center(source), self.center(node.name)
        lane = self.passing.get((source, node.name), self.lanes[node.name])
        height = self.height_of(lane)
        steps: list[Step] = [self._right(source)]
        for at, before, after in (
            (self.columns[source], y, height), (self.columns[node.name] - 1, height, v),
        ):  # fmt: skip
            if before != after:
                steps += self._through(at, before, after)
        return (*steps, self._left(node))
