"""Copies of graphs: what becomes of symbols, fractions and names is what the caller says."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from netsym.graph.copying import copied, kept_names, regrouped, symbols_by_name, with_numbers
from netsym.graph.graph import Graph, Ids
from netsym.graph.names import Names


def small() -> tuple[Graph, Ids]:
    """`x_1*x_2 + 1/3`, the product named a; x_3 and 7 are not used."""
    graph = Graph()
    x = graph.symbols(Names("x", None, (3,)))
    graph.constant(7.0)
    product = graph.name(graph.nodes("multiply", x[:1], x[1:2]), Names("a", 1, (1,)))
    return graph, graph.nodes("add", product, np.array([graph.fraction(Fraction(1, 3))]))


def ops(graph: Graph) -> list[str]:
    return [block.op for block in graph.blocks]


def test_names_are_left_out_or_kept() -> None:
    old, ends = small()
    plain, named = Graph(), Graph()
    moved = copied(old, old.reachable(ends), plain)
    assert ops(plain) == ["symbol", "multiply", "constant", "add"]
    assert plain.operands_of(int(moved[ends[0]])) == [3, 4]
    copied(old, old.reachable(ends), named, names=kept_names(named))
    assert ops(named) == ["symbol", "multiply", "name", "constant", "add"]
    assert named.name_of(4) == "a1_1"


def test_what_the_mask_leaves_out_is_nowhere() -> None:
    old, ends = small()
    moved = copied(old, old.reachable(ends), new := Graph())
    assert moved[2] == -1 and moved[3] == -1  # x_3, whose array is there whole, and 7
    assert list(new.symbol_names()) == ["x_1", "x_2", "x_3"]


def test_symbols_of_one_name_meet() -> None:
    (one, ends), (other, again) = small(), small()
    new, known = Graph(), dict[str, int]()
    symbols = symbols_by_name(new, known)
    mine = copied(one, one.reachable(ends), new, symbols)[ends]
    assert mine == copied(other, other.reachable(again), new, symbols)[again]
    assert list(known) == ["x_1", "x_2"]


def test_fractions_become_what_the_caller_says() -> None:
    old, ends = small()
    copied(old, old.reachable(ends), new := Graph(), change=float)
    assert new.number(4) == 1 / 3 and isinstance(new.number(4), float)


def test_numbers_for_symbols() -> None:
    old, ends = small()
    new, (end,) = with_numbers(old, ends, {"x_2": 0.5, "x_3": 2.0})
    product, third = new.operands_of(int(end))
    assert new.number(third) == Fraction(1, 3)
    assert [new.block_of(n).op for n in new.operands_of(product)] == ["symbol", "constant"]


def test_what_is_copied_may_change_on_the_way() -> None:
    """Users are made of what `then` leaves."""
    old, ends = small()
    new = Graph()

    def then(block: object, moved: Ids) -> None:
        if getattr(block, "op", "") == "multiply":
            moved[4] = moved[0]

    moved = copied(old, old.reachable(ends), new, then=then)
    assert new.operands_of(int(moved[ends[0]]))[0] == moved[0]


def test_blocks_of_one_node_are_brought_together() -> None:
    graph = Graph()
    x = graph.symbols(Names("x", None, (4,)))
    rows = [graph.nodes("multiply", x[n : n + 1], x[n : n + 1]) for n in range(4)]
    new, places = regrouped(graph, np.concatenate(rows))
    assert [len(block) for block in new.blocks] == [4, 4]
    assert places[np.concatenate(rows)].tolist() == [4, 5, 6, 7]
