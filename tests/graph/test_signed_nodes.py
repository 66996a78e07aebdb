"""Signed nodes: what is told of many at once is what each says."""

from __future__ import annotations

import numpy as np
import pytest

from netsym.graph.graph import Graph
from netsym.graph.names import literal
from netsym.graph.signed_nodes import SignedNodes


@pytest.mark.parametrize("count", [0, 1, 2, 40])
@pytest.mark.parametrize("seed", range(10))
def test_zeros_and_ones(count: int, seed: int) -> None:
    graph = Graph()
    (x,) = graph.symbols(literal("x")).tolist()
    math = SignedNodes(graph)
    kinds = [0, math.one, 1 + x][: 2 + seed % 2]
    values = np.random.default_rng(seed).choice(kinds, count).astype(np.int32)
    assert math.are_zeros_and_ones(values) is all(each in (0, math.one) for each in values.tolist())
