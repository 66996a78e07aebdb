"""The sum of what all users of a node pass back to it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.graph.factors import Signed
from netsym.graph.index import increasing, sorted_distinct
from netsym.graph.signed_nodes import SignedNodes

Rows = npt.NDArray[np.integer[Any]]


def collected(math: SignedNodes, parts: Sequence[tuple[Rows, Signed]]) -> tuple[Rows, Signed]:
    """Distinct rows of a block, and the sum of what was passed to each.

    Where rows have shape (uses, rows), all uses are of the same rows, in order.
    """
    rows, adjoints = parts[0]
    if len(parts) == 1 and rows.ndim == 2:
        return rows[0], math.sums(adjoints.reshape(-1, *rows.shape).swapaxes(1, 2))
    if len(parts) > 1:
        rows = np.concatenate([rows.reshape(-1) for rows, _ in parts])
        adjoints = np.concatenate([adjoints for _, adjoints in parts], axis=1)
    if increasing(rows):
        return rows, adjoints
    order = rows.argsort(kind="stable")
    rows = rows[order]
    changes = np.empty(len(rows), dtype=np.bool_)
    changes[0] = True
    np.not_equal(rows[1:], rows[:-1], out=changes[1:])
    (starts,) = changes.nonzero()
    if len(starts) == len(rows):
        return rows, adjoints[:, order]
    rows, counts = rows[starts], np.append(starts[1:], len(rows)) - starts
    often = len(order) // len(rows)
    if np.count_nonzero(counts == often) == len(counts):
        return rows, math.sums(adjoints[:, order.reshape(-1, often)])
    sums = np.empty((len(adjoints), len(starts)), dtype=np.int32)
    for count in sorted_distinct(counts).tolist():
        group = counts == count
        uses = order[starts[group][:, None] + np.arange(count)]
        sums[:, group] = math.sums(adjoints[:, uses])
    return rows, sums
