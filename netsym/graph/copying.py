"""Nodes of one graph in another, where equal ones meet; names are left out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction

import numpy as np

from netsym.graph.graph import Block, Graph, Ids, Mask, Positions
from netsym.graph.names import Names, literal


def copy_nodes(
    old: Graph,
    mask: Mask,
    new: Graph,
    moved: Ids,
    change: Callable[[Fraction], float | Fraction] | None = None,
) -> None:
    """Copy what the mask selects; `moved` (len(old),) says where symbols are, and then all nodes.

    A node that is wrapped in a name is copied without it, a fraction as what `change` makes of it.
    """
    for block, rows in old.walk(mask):
        ids = block.start + rows
        if block.op == "symbol":
            continue
        if change is not None and isinstance(block.payload, tuple):
            moved[block.start] = new.number_id(change(block.payload[0]))
        elif block.op == "constant":
            copy_constants(block, rows, new, moved)
        elif block.op == "name":
            moved[ids] = moved[block.operands[rows, 0]]
        else:
            moved[ids] = new.rows(block.op, moved[block.operands[rows]])


def copy_constants(block: Block, rows: Positions, new: Graph, moved: Ids) -> None:
    """Copy numbers of a block."""
    if isinstance(block.payload, tuple):
        moved[block.start] = new.fraction(block.payload[0])
    else:
        assert isinstance(block.payload, np.ndarray)
        moved[block.start + rows] = new.constants(block.payload[rows])


def with_numbers(
    old: Graph,
    nodes: Ids,
    values: Mapping[str, float | Fraction],
    change: Callable[[Fraction], float | Fraction] | None = None,
) -> tuple[Graph, Ids]:
    """What some nodes are made of in a graph of its own, with some symbols replaced by numbers.

    `change` is that of `copy_nodes`.
    """
    new = Graph()
    moved = np.full(len(old), -1, dtype=np.int32)
    mask = old.reachable(nodes)
    for block, rows in old.walk(mask):
        if block.op != "symbol":
            continue
        assert isinstance(block.payload, Names)
        moved[block.start : block.stop] = new.symbols(block.payload)
        for row in rows.tolist():
            value = values.get(block.payload.ascii(row))
            if value is not None:
                moved[block.start + row] = new.number_id(value)
    copy_nodes(old, mask, new, moved, change)
    return new, moved[nodes]


def place_symbols(names: Sequence[str], known: dict[str, int], new: Graph) -> Ids:
    """Where symbols of these names are in a graph; those that `known` does not have are added."""
    missing = list(dict.fromkeys(name for name in names if name not in known))
    if missing:
        known.update(zip(missing, new.symbols(literal(*missing)).tolist(), strict=True))
    return np.array([known[name] for name in names], dtype=np.int32)


def regrouped(graph: Graph, nodes: Ids) -> tuple[Graph, Ids]:
    """What some nodes are made of in a graph of its own, in as few blocks as there can be.

    A graph that grew node by node has blocks of one node, which take long to compute. The second
    result says where each of the old nodes is, -1 for those that were not needed.
    """
    new = Graph()
    moved = np.full(len(graph), -1, dtype=np.int32)
    level = np.zeros(len(graph), dtype=np.int64)
    groups: dict[tuple[int, str, int], list[tuple[Ids, Ids]]] = {}
    for block, rows in graph.walk(graph.reachable(nodes)):
        ids = block.start + rows
        if block.op == "symbol":
            assert isinstance(block.payload, Names)
            moved[block.start : block.stop] = new.symbols(block.payload)
            continue
        operands = block.operands[rows]
        level[ids] = 1 + level[operands].max(axis=1, initial=0)
        if block.op == "constant":
            copy_constants(block, rows, new, moved)
            continue
        for height in np.unique(level[ids]).tolist():
            here = level[ids] == height
            key = (height, block.op, operands.shape[1])
            groups.setdefault(key, []).append((ids[here], operands[here]))
    for (_, op, _), parts in sorted(groups.items()):
        ids = np.concatenate([part for part, _ in parts])
        operands = np.concatenate([part for _, part in parts])
        moved[ids] = moved[operands[:, 0]] if op == "name" else new.rows(op, moved[operands])
    return new, moved
