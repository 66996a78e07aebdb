"""Exponentials shifted by their largest, so that no sum of them overflows: softmax, log-sum-exp.

exp(z_i)/(exp(z_1) + exp(z_2))  =>  exp(z_i - m)/(exp(z_1 - m) + exp(z_2 - m)), m = max(z_1, z_2)
log(exp(z_1) + exp(z_2))        =>  m + log(exp(z_1 - m) + exp(z_2 - m))
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from netsym.forms.form import F, in_graph, layered, no_nodes, shared
from netsym.graph.copying import kept_names
from netsym.graph.graph import Block, Graph, Ids, Mask, tally

_EXP = frozenset({"exp"})


def shifted(form: F) -> tuple[F, Mask]:
    """The same function; and over its graph, what is used several times and has no name yet."""
    if not _has_sums(form):
        return form, np.zeros(len(form.graph), dtype=np.bool_)
    shift = _Shift(Graph())
    plain = dataclasses.replace(form, form="inlined", cut=no_nodes(), cut_names=None)
    made = in_graph(plain, shift.new, names=kept_names(shift.new), then=shift.then)
    made = dataclasses.replace(made, form=form.form)
    if form.form == "layered":
        made = layered(made)
    elif form.form == "shared":
        made = shared(made)
    return made, _held(made, shift)


def _has_sums(form: F) -> bool:
    return any(
        len(_sums(form.graph, block.operands[rows]))
        for block, rows in form.graph.walk(form.mask)
        if block.op == "add"
    )


def _sums(graph: Graph, operands: Ids) -> npt.NDArray[np.intp]:
    """The rows that have nothing but exponentials."""
    are = graph.of_kind(operands.reshape(-1), _EXP).reshape(operands.shape)
    return np.flatnonzero(are.all(axis=1))


@dataclass
class _Shift:
    """What was found while a graph is copied: the largest of each sum, and the sum with it."""

    new: Graph
    found: dict[int, tuple[int, int]] = field(default_factory=dict)
    largest: list[Ids] = field(default_factory=list)
    others: list[Ids] = field(default_factory=list)

    def then(self, block: Block, moved: Ids) -> None:
        """Look at a block that was copied, and change what its users will be made of."""
        here = np.flatnonzero(moved[block.start : block.stop] >= 0)
        if block.op not in ("add", "name", "divide", "log") or not len(here):
            return
        operands = moved[block.operands[here]]
        if block.op == "name":
            named = zip(moved[block.start + here].tolist(), operands[:, 0].tolist(), strict=True)
            self.found |= {name: self.found[node] for name, node in named if node in self.found}
            return
        if block.op == "add":
            rows = _sums(self.new, operands)
            if len(rows):
                self._find(operands[rows], moved[block.start + here[rows]])
            return
        known = np.array([node in self.found for node in operands[:, -1].tolist()])
        if block.op == "divide":
            known &= self.new.of_kind(operands[:, 0], _EXP)
        here, operands = here[known], operands[known]
        if len(here):
            shifts = np.array(
                [self.found[node] for node in operands[:, -1].tolist()], dtype=np.int32
            )
            moved[block.start + here] = self._changed(block.op, operands[:, 0], *shifts.T)

    def _find(self, powers: Ids, sums: Ids) -> None:
        z = self._arguments(powers)
        largest = self.new.rows("max", z)
        below = self._below(z, largest[:, None])
        total = self.new.rows("add", below)
        self.largest.append(largest)
        self.others += [z.reshape(-1), below.reshape(-1), total]
        self.found |= dict(
            zip(sums.tolist(), zip(largest.tolist(), total.tolist(), strict=True), strict=True)
        )

    def _below(self, z: Ids, largest: Ids) -> Ids:
        return self.new.nodes("exp", self.new.nodes("add", z, self.new.nodes("negate", largest)))

    def _arguments(self, powers: Ids) -> Ids:
        found = [self.new.operands_of(node)[0] for node in powers.reshape(-1).tolist()]
        return np.array(found, dtype=np.int32).reshape(powers.shape)

    def _changed(self, op: str, above: Ids, largest: Ids, total: Ids) -> Ids:
        """The logarithms of sums, or the quotients of exponentials by them."""
        if op == "log":
            return self.new.nodes("add", largest, self.new.nodes("log", total))
        return self.new.nodes("divide", self._below(self._arguments(above), largest), total)


def _held(form: F, shift: _Shift) -> Mask:
    """What has no name where the writing stops: the largest, and others that are used again."""
    graph = form.graph
    held = np.zeros(len(graph), dtype=np.bool_)
    if graph is not shift.new:  # all that is used again has a name
        return held
    uses = np.zeros(len(graph), dtype=np.int64)
    for _, block, rows in graph.operations(form.mask):
        operands = block.operands[rows]
        tally(uses, operands, np.ones(len(operands), dtype=np.int64))
    for nodes in shift.others:
        held[[_unnamed(form, node) for node in nodes[uses[nodes] > 1].tolist()]] = True
    for nodes in shift.largest:
        held[nodes] = True
    held[graph.is_named_or_leaf(np.arange(len(graph), dtype=np.int32))] = False
    return held & ~form.cut_mask


def _unnamed(form: F, node: int) -> int:
    """What a name stands for, where it is written out."""
    block = form.graph.block_of(node)
    named = block.op == "name" and not form.stops_at_names
    return int(block.operands[node - block.start, 0]) if named else node
