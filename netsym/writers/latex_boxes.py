r"""LaTeX as boxes in boxes, for TikZ: a box is a function, its tab says of which unit."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from netsym.graph.names import Names
from netsym.writers.latex_onion import Onion, Part
from netsym.writers.latex_widths import TALL
from netsym.writers.palette import layer_color
from netsym.writers.ropes import Rope
from netsym.writers.spelling import ATOM

_LEVELS, _ROWS = 3, 6  # boxes in each other, and below each other
_SEP = 4.0  # points between a box and what is in it
_LETTER = 3.6  # of a tab


class Boxes(Onion):
    """Spells an inlined formula in which every unit is a box round what it is."""

    def value(
        self, names: Names, position: int, text: str | Rope, binds: int
    ) -> tuple[str | Rope, int]:
        found, binds = super().value(names, position, text, binds)
        if not isinstance(found, Part):
            return found, binds
        again = (names, position) in self.again
        return Part(self._box(names, position, text, again), found.bare, found.label), ATOM

    def _box(self, names: Names, position: int, text: str | Rope, again: bool) -> Rope:
        """A box with its tab, which says the name too where it is read again."""
        tab = self._tab(names, position)
        width = max(self.width(text) + 2 * _SEP, _LETTER * len(tab))
        if again:
            label = self.name(names, position)
            tab, width = f"{tab}: ${label}$", max(width, _LETTER * len(tab) + self.measure(label))
        color = getattr(layer_color(names.layer or 1), self.color) if self.color else "black"
        start = (
            rf"\vcenter{{\hbox{{\tikz{{\node[draw={color},fill={color}!7,rounded corners=2pt,"
            rf"inner sep={_SEP:g}pt](box){{$\displaystyle "
        )
        end = (
            r"$};\node[anchor=south west,inner sep=1pt,font=\sffamily\scriptsize,"
            rf"text={color}] at (box.north west){{{tab}}};}}}}}}"
        )
        return Rope([start, text, end], width, solid=True, height=TALL)

    def _tab(self, names: Names, position: int) -> str:
        where = f"layer {names.layer}"
        indices = names.indices(position) if not self.formula.whole else ()
        return f"{where}, unit {', '.join(map(str, indices))}" if indices else where

    def cells_of(self, part: Part) -> list[list[str | Rope]]:
        return [[part], [""]]

    # -- how many there are
    def _choices(self) -> Iterator[frozenset[Names]]:
        """At least what is further in than three boxes has equations of its own."""
        layers = sorted({n.layer for n in self._boxed() if n.layer})
        deep = {names for names in self._boxed() if names.layer in layers[:-_LEVELS]}
        for named in super()._choices():
            yield frozenset(named | deep)

    def _boxed(self) -> set[Names]:
        return {block.names for block, _ in self.formula.graph.walk(self.formula.mask)
                if block.op == "name" and block.names.base in self.units}  # fmt: skip

    def _fits(self) -> bool:
        sums = (
            block.operands[row].tolist()
            for block, rows in self.formula.graph.walk(self.formula.mask) if block.op == "add"
            for row in rows.tolist()
        )  # fmt: skip
        return all(self._count_boxes(terms) <= _ROWS for terms in sums) and super()._fits()

    def _count_boxes(self, terms: Sequence[int]) -> int:
        return sum(self._part(self.texts[term])[1] is not None for term in terms)
