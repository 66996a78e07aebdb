"""Dense layers in a graph: sums over the products of weights with the same values."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from netsym.graph.graph import Graph, Ids
from netsym.graph.index import increasing


class DenseLayer(NamedTuple):
    """The products `w*x` of a block of sums, all of them, in order; the sums may have more terms.

    `weights` and `values` have shape (units, terms). Weights are distinct nodes of the block
    `holder`; the values of every unit are the same, increasing nodes of the block `source`. It is
    `alone` if weights and the other terms are symbols, and values no numbers.
    """

    products: int
    weights: Ids
    values: Ids
    holder: int
    source: int
    alone: bool


def has_products(graph: Graph, number: int) -> bool:
    """Whether sums begin with the products of two that are a block, in order, and have none of
    them besides.
    """
    sums, spans = graph.blocks[number].operands, graph.spans(number)
    _, terms, products = spans[0]
    block = graph.blocks[products]
    if products < 0 or block.op != "multiply" or len(block) != len(sums) * terms:
        return False
    if block.operands.shape[1] != 2 or any(source == products for *_, source in spans[1:]):
        return False
    return increasing(sums[:, :terms].reshape(-1))  # so it is all products, in order


def dense_layer(graph: Graph, number: int) -> DenseLayer | None:
    """The dense layer whose sums are this block, or None."""
    if not has_products(graph, number):
        return None
    (_, terms, products), *rest = graph.spans(number)
    factors, holders = graph.blocks[products].operands, graph.spans(products)
    if len(holders) != 2:
        return None
    (_, _, holder), (_, _, source) = holders
    if holder < 0 or source < 0 or not increasing(factors[:, 0]):
        return None
    pairs = factors.reshape(-1, terms, 2)
    weights, values = pairs[..., 0], pairs[..., 1]
    if not increasing(values[0]) or np.count_nonzero(values != values[0]):
        return None
    symbols = [holder, *(other for _, _, other in rest)]
    alone = graph.blocks[source].op != "constant" and all(
        [other >= 0 and graph.blocks[other].op == "symbol" for other in symbols]
    )
    return DenseLayer(products, weights, values, holder, source, alone)
