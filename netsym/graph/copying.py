"""Nodes of one graph in another, where equal ones meet."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from netsym.graph.graph import LEAVES, Block, Graph, Ids, Mask, Positions
from netsym.graph.index import sorted_distinct
from netsym.graph.names import literal

#: What stands for some rows of a block in the new graph: of symbols, and of names, which are told
#: where all that came before them is.
Symbols = Callable[[Block, Positions], Ids]
Wrapped = Callable[[Block, Positions, Ids], Ids]
Change = Callable[[Fraction], float | Fraction]


def copied(
    old: Graph,
    mask: Mask,
    new: Graph,
    symbols: Symbols | None = None,
    change: Change | None = None,
    names: Wrapped | None = None,
    then: Callable[[Block, Ids], None] | None = None,
) -> Ids:
    """Copy what the mask selects; where each old node is, (len(old),), -1 for what was not copied.

    By default symbols are new ones, whole arrays of them, and a node that is wrapped in a name is
    copied without it (`kept_names` keeps it). A fraction is what `change` makes of it. `then` looks
    at what was copied after each block, and may change what its users will be made of.
    """
    moved = np.full(len(old), -1, dtype=np.int32)
    for block, rows in old.walk(mask):
        if block.op == "symbol":
            made = symbols(block, rows) if symbols else new.symbols(block.names)[rows]
        elif isinstance(block.payload, tuple):
            (value,) = block.payload
            made = np.array([new.number_id(change(value) if change else value)])
        elif isinstance(block.payload, np.ndarray):
            made = new.constants(block.payload[rows])
        elif block.op == "name":
            made = names(block, rows, moved) if names else moved[block.operands[rows, 0]]
        else:
            made = new.rows(block.op, moved[block.operands[rows]])
        moved[block.start + rows] = made
        if then:
            then(block, moved)
    return moved


def symbols_by_name(new: Graph, known: dict[str, int]) -> Symbols:
    """Symbols of one name are one; those that `known` does not have are added to it."""
    return lambda block, rows: place_symbols([block.names.ascii(r) for r in rows], known, new)


def place_symbols(names: Sequence[str], known: dict[str, int], new: Graph) -> Ids:
    """Where symbols of these names are in a graph; those that `known` does not have are added."""
    missing = list(dict.fromkeys(name for name in names if name not in known))
    if missing:
        known.update(zip(missing, new.symbols(literal(*missing)).tolist(), strict=True))
    return np.array([known[name] for name in names], dtype=np.int32)


def kept_names(new: Graph) -> Wrapped:
    """What has a name keeps it."""
    return lambda block, rows, moved: new.name(
        moved[block.operands[rows, 0]], block.names, block.places[rows]
    )


def with_numbers(
    old: Graph,
    nodes: Ids,
    values: Mapping[str, float | Fraction],
    change: Change | None = None,
) -> tuple[Graph, Ids]:
    """What some nodes are made of in a graph of its own, with some symbols replaced by numbers.

    A fraction is what `change` makes of it.
    """
    new = Graph()

    def symbols(block: Block, rows: Positions) -> Ids:
        made = new.symbols(block.names)
        for row in rows.tolist():
            value = values.get(block.names.ascii(row))
            if value is not None:
                made[row] = new.number_id(value)
        return made[rows]

    moved = copied(old, old.reachable(nodes), new, symbols, change)
    return new, moved[nodes]


def regrouped(graph: Graph, nodes: Ids) -> tuple[Graph, Ids]:
    """What some nodes are made of in a graph of its own, in as few blocks as there can be.

    A graph that grew node by node has blocks of one node, which take long to compute. The second
    result says where each of the old nodes is, -1 for those that were not needed.
    """
    new, mask = Graph(), graph.reachable(nodes)
    leaves = graph.all_of_kind(LEAVES)
    moved = copied(graph, mask & leaves, new)
    level = np.zeros(len(graph), dtype=np.int64)
    groups: dict[tuple[int, str, int], list[tuple[Ids, Ids]]] = {}
    for block, rows in graph.walk(mask & ~leaves):
        ids, operands = block.start + rows, block.operands[rows]
        level[ids] = 1 + level[operands].max(axis=1, initial=0)
        for height in sorted_distinct(level[ids]).tolist():
            here = level[ids] == height
            key = (height, block.op, operands.shape[1])
            groups.setdefault(key, []).append((ids[here], operands[here]))
    for (_, op, _), parts in sorted(groups.items()):
        ids = np.concatenate([part for part, _ in parts])
        operands = np.concatenate([part for _, part in parts])
        moved[ids] = moved[operands[:, 0]] if op == "name" else new.rows(op, moved[operands])
    return new, moved
