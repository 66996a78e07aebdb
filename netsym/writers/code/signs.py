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

    exp(-1000) is 0 there. A sum of exponentials is not if it is shifted: one of them is 1 then.
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
            values = np.array(block.numbers(rows), dtype=np.float64)
            positive[here], not_negative[here], not_0[here] = values > 0, values >= 0, values != 0
        elif block.op != "symbol":
            operands = block.operands[rows]
            positive[here] = not_0[here] = _positive(block, operands, form.graph, known)
            not_negative[here] = _not_negative(block, operands, form.graph, known) | positive[here]
    return known


def _positive(block: Block, operands: Ids, graph: Graph, known: Signs) -> Mask:
    above = known.positive[operands]
    if block.op == "add":
        found = np.asarray(above.any(axis=1) & known.not_negative[operands].all(axis=1))
        powers = graph.of_kind(operands.reshape(-1), _EXP).reshape(operands.shape).all(axis=1)
        for row in np.flatnonzero(powers).tolist():
            found[row] = _is_shifted(graph, operands[row].tolist())
        return found
    if block.op == "max":
        return np.asarray(above.any(axis=1))
    if block.op in ("name", "sqrt", "min"):
        return np.asarray(above.all(axis=1))
    return np.full(len(operands), block.op in ("cosh", "pi"))


def _is_shifted(graph: Graph, powers: list[int]) -> bool:
    """Whether exponentials are of z_1 - m, z_2 - m, …, where m is the largest of these."""
    arguments = [graph.operands_of(*graph.operands_of(node)) for node in powers]
    if any(len(each) != 2 or each[1] != arguments[0][1] for each in arguments):
        return False
    less = arguments[0][1]
    if graph.block_of(less).op != "negate":
        return False
    (largest,) = graph.operands_of(less)
    among = {each for each, _ in arguments}
    return graph.block_of(largest).op == "max" and among == {*graph.operands_of(largest)}


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
