"""What is positive in a form whatever its inputs are, so that nobody need look before dividing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from netsym.forms.form import Form
from netsym.graph.graph import Block, Graph, Ids, Mask

_NEVER_BELOW_0 = frozenset({"exp", "abs", "sigmoid", "relu", "softplus", "sqrt", "gaussian"})
_EXP = frozenset({"exp"})


@dataclass(frozen=True, slots=True)
class Signs:
    """Over the graph: what is more than 0, what is no less, and what is not 0, in float64 too.

    exp(-1000) is 0 there. A sum of exponentials is not: it is shifted, so that one of them is 1.
    """

    positive: Mask
    not_negative: Mask
    not_0: Mask


def signs(form: Form) -> Signs:
    """What is known of the signs in a form, from what its parts are made of."""
    positive, not_negative, not_0 = (np.zeros(len(form.graph), dtype=np.bool_) for _ in range(3))
    known = Signs(positive, not_negative, not_0)
    for block, rows in form.graph.walk(form.mask):
        here = block.start + rows
        if block.op == "constant":
            values = np.array([float(block.number(row)) for row in rows.tolist()])
            positive[here], not_negative[here], not_0[here] = values > 0, values >= 0, values != 0
        elif block.op != "symbol":
            operands = block.operands[rows]
            positive[here] = not_0[here] = _positive(block, operands, form.graph, known)
            not_negative[here] = _not_negative(block, operands, form.graph, known) | positive[here]
    return known


def _positive(block: Block, operands: Ids, graph: Graph, known: Signs) -> Mask:
    above = known.positive[operands]
    if block.op == "add":
        are_powers = graph.of_kind(operands.reshape(-1), _EXP).reshape(operands.shape)
        some = above.any(axis=1) & known.not_negative[operands].all(axis=1)
        return np.asarray(some | are_powers.all(axis=1))
    if block.op == "max":
        return np.asarray(above.any(axis=1))
    if block.op in ("name", "sqrt", "min"):
        return np.asarray(above.all(axis=1))
    return np.full(len(operands), block.op in ("cosh", "pi"))


def _not_negative(block: Block, operands: Ids, graph: Graph, known: Signs) -> Mask:
    above = known.not_negative[operands]
    if block.op in ("add", "multiply", "divide", "name", "min"):
        return np.asarray(above.all(axis=1))
    if block.op == "max":
        return np.asarray(above.any(axis=1))
    if block.op == "power":
        return np.array([_is_even(graph, node) for node in operands[:, 1].tolist()])
    return np.full(len(operands), block.op in _NEVER_BELOW_0)


def _is_even(graph: Graph, node: int) -> bool:
    block = graph.block_of(node)
    return block.op == "constant" and float(block.number(node - block.start)) % 2 == 0
