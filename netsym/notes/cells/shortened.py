"""A form for reading at a glance: one equation of many, and dots in sums that are long."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from netsym.forms.form import Binding, in_graph, layered
from netsym.formula import Face
from netsym.graph.copying import copied, kept_names
from netsym.graph.graph import Block, Graph, Ids, Positions
from netsym.graph.names import literal

#: The letters of values that a column has at its side.
UNITS = frozenset({"a", "h"})
_MOST_UNITS, _MOST_TERMS = 12, 8  # of a sum; of more, the first two and the last two
_DOTS = literal("⋯")


def equation_alone(form: Face, equation: Binding) -> Face:
    """One equation of a layered form, in which the values that it uses are symbols."""
    old, new, mask = form.graph, Graph(), np.zeros(len(form.graph), dtype=np.bool_)
    mask[equation.node] = True
    for block in reversed(old.blocks):
        if block.op != "name" and block.operands.shape[1]:
            mask[block.operands[mask[block.start : block.stop]]] = True

    def symbols(block: Block, rows: Positions, _: Ids) -> Ids:
        return new.symbols(block.names)[block.places[rows]]

    moved = copied(old, mask, new, names=symbols)
    end = replace(equation, node=int(moved[equation.node]))
    none = np.empty(0, dtype=np.int32)
    return replace(
        form, graph=new, inputs=none, outputs=(end,), function="", form="inlined", cut=none,
        aside=none, steps=0, starts=(),
    )  # fmt: skip


def shortened(form: Face) -> Face:
    """The form with dots for the terms of long sums that are neither first nor last."""
    if form.whole or form.form not in ("inlined", "layered"):
        return form
    new = Graph()

    def cut(block: Block, moved: Ids) -> None:
        count = block.operands.shape[1]
        if block.op != "add" or count <= (
            _MOST_UNITS if _is_of_units(form, block) else _MOST_TERMS
        ):
            return
        (rows,) = np.nonzero(moved[block.start : block.stop] >= 0)
        kept = moved[block.operands[rows][:, [0, 1, -2, -1]]]
        dots = np.full((len(rows), 1), new.symbols(_DOTS)[0], dtype=np.int32)
        short = new.rows("add", np.hstack([kept[:, :2], dots, kept[:, 2:]]))
        moved[block.start + rows] = short

    made = in_graph(form, new, kept_names(new), cut)
    made = replace(made, latex_names={**form.latex_names, "⋯": r"\cdots"})
    return layered(made) if form.form == "layered" else made


def is_shortened(form: Face) -> bool:
    """Whether there are dots for terms."""
    return any(block.op == "symbol" and block.names == _DOTS for block in form.graph.blocks)


def _is_of_units(form: Face, block: Block) -> bool:
    """Whether the sums of a block are of units, each with its weight."""
    ends = [form.graph.operands_of(node)[-1:] or [node] for node in block.operands[0].tolist()]
    return any(
        each.op == "name" and each.names.base in UNITS
        for (end,) in ends
        for each in [form.graph.block_of(end)]
    )
