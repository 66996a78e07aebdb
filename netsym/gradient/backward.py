"""What back propagation knows of a formula before it starts; it depends on the formula alone."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Generic

import numpy as np

from netsym.forms.form import F
from netsym.gradient.deltas import Title, delta_names
from netsym.gradient.dependence import Dependence
from netsym.gradient.preactivations import with_preactivations
from netsym.gradient.wrt import chosen, named_outputs, names_of_outputs
from netsym.graph.dense import DenseLayer, dense_layer
from netsym.graph.names import Adjoints


class Backward(Generic[F]):
    """What back propagation knows of a formula before it starts: no derivative, only facts.

    `plain` is the formula with its names z, `graph` that of it with names for the outputs `ends`,
    which are called `above`; `titles` has the names δ of each block, `layers` the dense layers by
    the block of their sums.
    """

    def __init__(self, formula: F) -> None:
        self.plain = with_preactivations(formula)
        self.graph = self.plain.graph.branch()
        self.above = names_of_outputs(formula)
        self.ends = named_outputs(self.plain.ends, self.graph, self.above)
        self.titles: dict[int, list[Title]] = {}
        for title in delta_names(self.plain, self.graph, self.ends):
            own = self._of_each_output(title)
            if own is not None:  # units with equal weights may be in the block of another layer
                for number, here in self.graph.by_block(title.nodes):
                    self.titles.setdefault(number, []).append(own.where(here))
        self.graph.constants([1.0, 2.0, 0.0])  # most derivatives have some of them
        self.layers: dict[int, DenseLayer] = {}
        for number, block in enumerate(self.graph.blocks):
            if block.op == "add" and (layer := dense_layer(self.graph, number)):
                self.layers[number] = layer

    def _of_each_output(self, title: Title) -> Title | None:
        """Names with one more axis, the output; names that a person gave cannot have it."""
        width, names = len(self.ends), title.names
        if width == 1:
            return Title(title.nodes, names, title.positions[None, :])
        if names.literal:
            return None
        assert isinstance(names, Adjoints)
        positions = title.positions + len(names) * np.arange(width)[:, None]
        return Title(title.nodes, names.of_each(width), positions)

    def dependence(self, wrt: str | Sequence[str]) -> Dependence:
        """What depends on the names to differentiate by."""
        picked = chosen(self.plain, wrt)
        return Dependence(self.graph, self.ends, picked.nodes, picked.names)

    @cached_property
    def parameters(self) -> Dependence:
        """What depends on the parameters."""
        return self.dependence("parameters")
