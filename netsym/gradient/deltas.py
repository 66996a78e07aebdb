"""How what back propagation passes back is called: δ."""

from __future__ import annotations

import dataclasses
from typing import NamedTuple

import numpy as np

from netsym.forms.form import Form
from netsym.graph.functions import FUNCTIONS
from netsym.graph.graph import Graph, Ids, Mask, Positions
from netsym.graph.names import Adjoints, Names, first_words


class Title(NamedTuple):
    """Names for some nodes: `names` at `positions`, one for each of `nodes`."""

    nodes: Ids
    names: Names
    positions: Positions

    def where(self, mask: Mask | slice) -> Title:
        """The names of the nodes that the mask selects."""
        return Title(self.nodes[mask], self.names, self.positions[..., mask])


def shape_of_units(formula: Form, names: Names) -> tuple[int, ...]:
    """The shape of names of units; whole arrays have none."""
    return () if formula.whole else (len(names),)


def delta_names(formula: Form, graph: Graph, ends: Ids) -> list[Title]:
    """How the adjoints that are passed back are called: δ of every layer, by unit.

    Each belongs to z, what the activation of a named value is applied to, or to the value itself
    where there is none. Values with other letters than a, h and y have their own: `dc` for c; and
    so has a prediction, that a loss reads: `da`, which the slope of its activation multiplies.
    """
    found: list[tuple[int, Title]] = []
    last = set(ends.tolist())
    layer = formula.layer_count or None
    for number, block in enumerate(graph.blocks):
        if block.op != "name":
            continue
        names, ids = block.names, np.arange(block.start, block.stop, dtype=np.int32)
        is_last = last.issuperset(range(block.start, block.stop))
        if names.literal and not is_last:
            names = dataclasses.replace(names, literal=tuple(f"delta_{n}" for n in names.literal))
        elif is_last:
            names = Names("y", layer, shape_of_units(formula, names))
        if names.base == "z":
            found.append((0, Title(ids, names, block.places)))
            continue
        ((_, _, source),) = graph.spans(number)
        under = graph.blocks[source]
        is_call = source >= 0 and under.op in FUNCTIONS
        nodes = ids
        if is_call and under.operands.shape[1]:
            nodes = under.operands[:, 0].take(block.operands[:, 0] - under.start)
        places = block.places
        found.append((1 if is_call else 2, Title(nodes, names, places)))
        if is_call and names.layer is not None and names.layer + 1 == formula.loss:
            found.append((2, Title(ids, names, places)))
    found.sort(key=lambda pair: pair[0])
    taken: dict[str, tuple[Names | None, set[int]]] = {
        word: (None, set()) for word in first_words(formula.given_names())
    }
    titles, covered = [], np.zeros(len(graph), dtype=np.bool_)
    for _, title in found:
        known = covered.take(title.nodes)
        if np.count_nonzero(known):
            title = title.where(~known)
        if len(title.nodes):
            covered.put(title.nodes, True)
            names = title.names
            free = _adjoints(names, names.base) if names.literal else _own_names(title, taken)
            if free is not None:
                titles.append(Title(title.nodes, free, title.positions))
    return titles


def _own_names(title: Title, taken: dict[str, tuple[Names | None, set[int]]]) -> Names | None:
    """The first names that nobody else has; the steps of a sequence share theirs."""
    positions = set(title.positions.tolist())
    own = f"d{title.names.base}"
    for base in ("delta", own) if title.names.base in ("a", "h", "y", "z") else (own, "delta"):
        names = _adjoints(title.names, base)
        known, used = taken.setdefault(names.start, (names, set()))
        if known == names and used.isdisjoint(positions):
            used |= positions
            return names
    return None


def _adjoints(names: Names, base: str) -> Adjoints:
    """Names of what is passed back; what a layer gives has come back through the next one."""
    back = names.layer
    if back is not None and base in ("da", "dL"):
        back += 1
    return Adjoints(base, names.layer, names.shape, names.literal, names.at, through=back)
