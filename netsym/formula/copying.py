"""Nodes of one graph in another, where equal ones meet; names are left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from netsym.formula.graph import Graph, Ids, Mask
from netsym.formula.names import literal


def copy_nodes(old: Graph, mask: Mask, new: Graph, moved: Ids) -> None:
    """Copy what the mask selects; `moved` (len(old),) says where symbols are, and then all nodes.

    A node that is wrapped in a name is copied without it.
    """
    for block, rows in old.walk(mask):
        ids = block.start + rows
        if block.op == "symbol":
            continue
        if block.op == "constant":
            if isinstance(block.payload, tuple):
                moved[block.start] = new.fraction(block.payload[0])
            else:
                assert isinstance(block.payload, np.ndarray)
                moved[ids] = new.constants(block.payload[rows])
        elif block.op == "name":
            moved[ids] = moved[block.operands[rows, 0]]
        else:
            moved[ids] = new.rows(block.op, moved[block.operands[rows]])


def place_symbols(names: Sequence[str], known: dict[str, int], new: Graph) -> Ids:
    """Where symbols of these names are in a graph; those that `known` does not have are added."""
    missing = list(dict.fromkeys(name for name in names if name not in known))
    if missing:
        known.update(zip(missing, new.symbols(literal(*missing)).tolist(), strict=True))
    return np.array([known[name] for name in names], dtype=np.int32)
