"""Blocks: affine layers that one affine layer could stand for, and what that would cost."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from heapq import heappop, heappush

from netsym.collapse.diagram import Diagram
from netsym.collapse.effort import Effort, layer_effort
from netsym.collapse.facts import Facts
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale
from netsym.layers.wiring import Placed


@dataclass(frozen=True, slots=True)
class AffineBlock:
    """Affine layers from the values `sources` to the last of them, in order.

    `gone` of them would no longer be needed if one layer stood for the last; `change` is what that
    layer costs, less what is gone. `still` names a reader of a layer that stays.
    """

    layers: tuple[Placed, ...]
    sources: tuple[str, ...]
    gone: int
    new: Effort
    change: Effort
    still: str = ""

    @property
    def end(self) -> Placed:
        """The layer that is to be replaced."""
        return self.layers[-1]

    @property
    def key(self) -> tuple[str, int]:
        """What tells it from other blocks of the diagram."""
        return self.end.name, len(self.layers)

    @property
    def joins(self) -> bool:
        """Whether values come together in it, rather than one layer following another."""
        return len(self.sources) > 1 or any(len(p.sources) > 1 for p in self.layers)


def blocks(diagram: Diagram, facts: Facts, end: str) -> Iterator[AffineBlock]:
    """The blocks that end with a layer, each longer than the one before.

    Of the values that are read, the nearest to the end that is affine is taken in, again and again;
    whenever this takes in a layer that computes something, what is then read are the sources.
    """
    last = diagram.layers[end]
    inside = [last]
    gone_names = {end}
    gone_cost = facts.cost(last)
    offset = facts.offset(last)
    elementwise = last.layer.elementwise
    computing = int(not facts.joins_only(last))
    still = ""
    waiting: list[tuple[int, str]] = []
    frontier = dict.fromkeys(last.sources)
    for source in frontier:
        heappush(waiting, (-diagram.order[source], source))
    while waiting:
        _, name = heappop(waiting)
        placed = diagram.layers.get(name)
        if placed is None or not facts.affine(placed):
            continue
        del frontier[name]
        for source in placed.sources:
            if source not in frontier:
                frontier[source] = None
                heappush(waiting, (-diagram.order[source], source))
        inside.append(placed)
        others = [reader for reader in diagram.readers[name] if reader not in gone_names]
        if not others and name not in diagram.ends:
            gone_names.add(name)
            gone_cost += facts.cost(placed)
        elif not still:
            still = others[0] if others else name
        offset |= facts.offset(placed)
        elementwise &= placed.layer.elementwise
        computing += not facts.joins_only(placed)
        if computing < 2:
            continue
        sources = tuple(sorted(frontier, key=diagram.order.__getitem__))
        alike = elementwise and len(sources) == 1
        layer = Scale(use_bias=offset) if alike else Dense(units=last.width, use_bias=offset)
        new = layer_effort(layer, [(sum(diagram.width(source) for source in sources),)])
        yield AffineBlock(
            tuple(reversed(inside)), sources, len(gone_names), new, new - gone_cost, still
        )


def ends(diagram: Diagram, facts: Facts) -> Iterator[str]:
    """The layers that a block may have to end with: where what follows is not affine, or wider.

    Elsewhere a block that goes on costs no more.
    """
    for name, placed in diagram.layers.items():
        if not facts.affine(placed):
            continue
        readers = [diagram.layers[reader] for reader in diagram.readers[name]]
        if len(readers) != 1 or not facts.affine(readers[0]) or readers[0].width > placed.width:
            yield name
