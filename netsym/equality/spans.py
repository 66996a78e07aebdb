"""Spans: which of the places in a text is meant, where what is typed there is typed more than once.

A formula has equal nodes once, so a part that is wrong in one place and right in another is one
node. What is around a mistake in the network is around it in the text as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from netsym.equality.anatomy import Anatomy
from netsym.equality.recognition import Recognition, same
from netsym.equality.search import Together
from netsym.equality.substitution import Mutant, substituted
from netsym.graph.graph import Ids
from netsym.graph.index import sorted_distinct
from netsym.typed.carets import Span
from netsym.typed.parse import Parsed


def departs(
    both: Together, values: Recognition, proved: Mutant | None, parsed: Parsed
) -> Span | None:
    """Where the text departs: what a mistake made, or the innermost part that is not known."""
    text = _Text(both, values, parsed)
    made = None if proved is None else text.made(proved)
    return text.innermost() if made is None else made


class _Text:
    """A typed formula, with the places of its nodes in the graph that it shares with a network."""

    def __init__(self, both: Together, values: Recognition, parsed: Parsed) -> None:
        self.both = both
        self.values = values
        self.equations = _in_order(both, parsed)
        found: dict[int, set[Span]] = {}
        for node, span in parsed.spans.items():
            if node < len(both.theirs) and both.theirs[node] >= 0:
                spans = found.setdefault(int(both.theirs[node]), set())
                spans.update((span, *parsed.again.get(node, ())))
        self.places = {node: sorted(spans) for node, spans in found.items()}

    def made(self, mutant: Mutant) -> Span | None:
        """What a mistake made: of its places the one that has the mistaken network around it."""
        both = self.both
        known = self.values.of(both.typed)
        mine = sorted_distinct(both.mine[both.mine >= 0])
        changed = substituted(both.graph, mine, [mutant])[0]
        around = changed[(changed != mine) & ~np.isin(mine, list(mutant.changes))]
        outer = [self._alike(known, node) for node in around.tolist()]
        outer.append([self.equations[place] for place in self._wrong()])
        for node in _made(both.anatomy, mutant):
            places = self._alike(known, node)
            for spans in outer:
                places = _within(places, spans)
            if places:
                return max(places, key=lambda span: (span[1] - span[0], -span[0]))
        return None

    def innermost(self) -> Span | None:
        """The innermost part that is not the network's; where there are several, all around them.

        It is looked for in the first output that is wrong.
        """
        both, anatomy = self.both, self.both.anatomy
        known = {node for unit in anatomy.units for node in (unit.node, *unit.own)}
        found = self.values.among(both.typed, sorted(known))
        strange = {n for n, have in zip(both.typed.tolist(), found, strict=True) if not have}
        place = next(iter(self._wrong()), 0)
        node, spans = int(both.ends[place]), [self.equations[place]]
        while True:
            spans = _within(self.places.get(node, ()), spans)
            below = [n for n in anatomy.operands(node)
                     if n in strange and n in self.places and anatomy.operands(n)]  # fmt: skip
            if len(below) != 1:
                return spans[0] if spans else None
            node = below[0]

    def _alike(self, known: np.typing.NDArray[np.float64], node: int) -> list[Span]:
        """The places of what has the values of a node."""
        alike = self.both.typed[same(known, self.values.of([node]))].tolist()
        return [span for each in alike for span in self.places.get(each, ())]

    def _wrong(self) -> list[int]:
        """The outputs that have other values than those of the network."""
        both = self.both
        ours: Ids = both.mine[both.one.graph.ends]
        pairs = zip(self.values.of(ours).T, self.values.of(both.ends).T, strict=True)
        return [n for n, (a, b) in enumerate(pairs) if not same(a[:, None], b[:, None]).all()]


def _in_order(both: Together, parsed: Parsed) -> list[Span]:
    """Where the equation of each output is, in the order of the outputs that are compared."""
    whole = (0, len(parsed.text))
    return [parsed.equations.get(name, whole) for name in both.other.outputs]


def _within(places: Iterable[Span], spans: Sequence[Span]) -> list[Span]:
    """The places that are in one of some spans; all, if none is."""
    given = list(places)
    inside = [p for p in given if any(start <= p[0] and p[1] <= stop for start, stop in spans)]
    return inside or given


def _made(anatomy: Anatomy, mutant: Mutant) -> list[int]:
    """What a mistake made: of a sum, the products that are new in it, if there are any."""
    found = []
    for old, new in mutant.changes.items():
        kept = set(anatomy.operands(old)) if anatomy.op(old) == anatomy.op(new) == "add" else None
        terms = [n for n in anatomy.operands(new) if kept is not None and n not in kept]
        found += [n for n in terms if anatomy.op(n) == "multiply"] or [new]
    return found
