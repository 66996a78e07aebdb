"""The graph against a dictionary of tuples: equal nodes are one node, operands come first."""

from __future__ import annotations

import struct
from collections.abc import Callable
from fractions import Fraction
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from netsym.graph import index as module
from netsym.graph.graph import NAMED, Graph
from netsym.graph.names import Names, literal
from tests.effort import random_examples
from tests.networks import Case, cases

Script = list[tuple[str, list[list[int]]]]


@st.composite
def scripts(draw: Callable[[Any], Any]) -> Script:
    """Blocks of rows of operands; an operand counts back from the newest node there is."""
    blocks: Script = []
    for _ in range(draw(st.integers(1, 7))):
        arity = draw(st.sampled_from([0, 1, 1, 2, 2, 3, 3, 4, 5, 65, 130]))
        operands = st.integers(0, draw(st.sampled_from([1, 3, 12])))
        pool = draw(
            st.lists(st.lists(operands, min_size=arity, max_size=arity), min_size=1, max_size=4)
        )
        rows = draw(st.lists(st.sampled_from(pool), min_size=1, max_size=9))
        op = draw(st.sampled_from(["add", "multiply", "max"])) if arity else "pi"
        repeats = draw(st.integers(1, 2))
        blocks += [(op, rows)] * repeats
    return blocks


def built(script: Script) -> tuple[Graph, dict[tuple[str, tuple[int, ...]], int], list[int]]:
    """The graph of a script, checked row by row against a dictionary."""
    graph = Graph()
    ids = graph.symbols(Names("x", None, (3,))).tolist()
    known: dict[tuple[str, tuple[int, ...]], int] = {}
    for op, rows in script:
        operands = [[ids[-1 - min(back, len(ids) - 1)] for back in row] for row in rows]
        before = len(graph)
        array = np.array(operands, dtype=np.int32).reshape(len(rows), len(rows[0]))
        found = graph.rows(op, array).tolist()
        fresh = 0
        for row, node in zip(operands, found, strict=True):
            key = (op, tuple(row))
            if key not in known:
                known[key] = before + fresh  # new nodes follow in the order they are asked for
                fresh += 1
            assert node == known[key]
        assert len(graph) == before + fresh
        ids += found
    return graph, known, ids


@random_examples(100)
@given(scripts())
def test_equal_nodes_are_one_node(script: Script) -> None:
    graph, known, _ = built(script)
    assert len(graph) == 3 + len(known)
    for (op, operands), node in known.items():
        block = graph.block_of(node)
        assert block.op == op
        assert tuple(block.operands[node - block.start].tolist()) == operands


@random_examples(60)
@given(scripts())
def test_operands_come_before_their_node(script: Script) -> None:
    graph, _, _ = built(script)
    stops = 0
    for block in graph.blocks:
        assert block.start == stops
        stops = block.stop
        for node, operands in enumerate(block.operands.tolist(), block.start):
            assert all(0 <= operand < block.start <= node for operand in operands)
    assert stops == len(graph)


@random_examples(60)
@given(scripts(), st.data())
def test_reachable_block_numbers_and_spans(script: Script, data: st.DataObject) -> None:
    graph, known, ids = built(script)
    below = {node: operands for (_, operands), node in known.items()}
    roots = data.draw(st.lists(st.sampled_from(ids), min_size=1, max_size=3))
    expected: set[int] = set()
    waiting = list(roots)
    while waiting:
        node = waiting.pop()
        if node not in expected:
            expected.add(node)
            waiting += below.get(node, ())
    mask = graph.reachable(np.array(roots, dtype=np.int32))
    assert set(np.flatnonzero(mask).tolist()) == expected
    walked = [b.start + row for b, rows in graph.walk(mask) for row in rows.tolist()]
    assert walked == sorted(expected)
    operations = [
        node
        for _, block, rows in graph.operations(mask)
        for node in np.arange(block.start, block.stop)[rows].tolist()
    ]
    assert operations == [node for node in walked if below.get(node)]
    assert graph.kinds() == {block.op for block in graph.blocks} - NAMED
    for op in {block.op for block in graph.blocks}:
        alone = [(b.start, rows.tolist()) for b, rows in graph.walk(mask) if b.op == op]
        assert [(b.start, rows.tolist()) for b, rows in graph.walk(mask, op)] == alone
        numbers = [n for n, block, _ in graph.operations(mask) if block.op == op]
        assert [number for number, *_ in graph.operations(mask, op)] == numbers

    home = {n: number for number, b in enumerate(graph.blocks) for n in range(b.start, b.stop)}
    some = np.array(data.draw(st.lists(st.sampled_from(ids), max_size=6)), dtype=np.int32)
    assert graph.block_numbers(some).tolist() == [home[node] for node in some.tolist()]
    for number, block in enumerate(graph.blocks):
        columns = []
        for first, stop, source in graph.spans(number):
            columns += range(first, stop)
            homes = {home[n] for n in block.operands[:, first:stop].reshape(-1).tolist()}
            assert (homes == {source}) if source >= 0 else len(homes) > 1
        assert columns == list(range(block.operands.shape[1]))


@random_examples(50)
@given(st.lists(st.integers(-1, 3), min_size=1, max_size=200), st.integers(0, 2), st.booleans())
def test_what_is_asked_of_numbers(numbers: list[int], slope: int, every_second: bool) -> None:
    """Of few, which are looked at as a list, and of many; in order, and not."""
    array = np.array(numbers, dtype=np.int32) + slope * np.arange(len(numbers), dtype=np.int32)
    if every_second:
        array = array.repeat(2).reshape(-1, 2)[:, 1]
    listed = array.tolist()
    assert module.increasing(array) == (listed == sorted({*listed}))
    assert module.all_positive(array) == all(n > 0 for n in listed)
    for stop in (3, 4, max(listed) + 1):
        assert module.all_within(array, 0, stop) == all(0 <= n < stop for n in listed)
    rows = np.stack([array, array[::-1]], axis=1)
    first, inverse = module.distinct_rows(rows)
    if first is None:
        assert len({*map(tuple, rows.tolist())}) == len(rows)
    else:
        assert rows[first][inverse].tolist() == rows.tolist()


@random_examples(50)
@given(scripts(), st.sampled_from([0, 1, 2**40]))
def test_rows_that_share_a_hash_stay_apart(script: Script, multiplier: int) -> None:
    with pytest.MonkeyPatch.context() as patch:
        weak = np.full(64, multiplier, dtype=np.int64)
        patch.setattr(module, "_MULTIPLIERS", weak)
        graph = Graph()
        ids = graph.symbols(Names("x", None, (3,))).tolist()
        for op, rows in script:
            operands = [[ids[-1 - min(back, len(ids) - 1)] for back in row] for row in rows]
            array = np.array(operands, dtype=np.int32).reshape(len(rows), len(rows[0]))
            found = graph.rows(op, array).tolist()
            for row, node in zip(operands, found, strict=True):
                block = graph.block_of(node)
                assert block.op == op
                assert block.operands[node - block.start].tolist() == row
            ids += found


SPECIAL = [0.0, -0.0, 1.0, -1.0, 5e-324, -5e-324, 0.1, 1e308, 1.0000000000000002]


@random_examples(100)
@given(
    st.lists(
        st.lists(
            st.one_of(st.sampled_from(SPECIAL), st.floats(allow_nan=False)), min_size=1, max_size=12
        ),
        min_size=1,
        max_size=6,
    )
)
def test_constants_of_equal_bits_are_one_node(blocks: list[list[float]]) -> None:
    graph = Graph()
    known: dict[bytes, int] = {}
    for values in blocks:
        for value, node in zip(values, graph.constants(values).tolist(), strict=True):
            bits = struct.pack("d", value)
            assert known.setdefault(bits, node) == node
            assert struct.pack("d", graph.number(node)) == bits
            assert graph.constant(value) == node
    assert len(graph) == len(known) == len(set(known.values()))


def test_zero_and_negative_zero_differ() -> None:
    graph = Graph()
    plus, minus = graph.constants([0.0, -0.0]).tolist()
    assert plus != minus
    assert [str(graph.number(plus)), str(graph.number(minus))] == ["0.0", "-0.0"]


def test_constants_keep_their_shape() -> None:
    graph = Graph()
    ids = graph.constants([[1.0, 2.0], [2.0, 1.0]])
    assert ids.tolist() == [[0, 1], [1, 0]]
    assert graph.constants(2.0).shape == ()
    assert int(graph.constants(2.0)) == 1


def test_equal_fractions_are_one_node() -> None:
    graph = Graph()
    third = graph.fraction(Fraction(1, 3))
    assert graph.fraction(Fraction(2, 6)) == third
    assert graph.fraction(Fraction(-1, 3)) != third
    assert graph.number(third) == Fraction(1, 3)
    assert graph.constants(1 / 3) != third  # the float is another number


def test_nothing_added_is_nothing_added() -> None:
    graph = Graph()
    x = graph.symbols(Names("x"))
    assert graph.rows("add", np.empty((0, 2), dtype=np.int32)).shape == (0,)
    assert graph.constants(np.empty((0, 2))).shape == (0, 2)
    graph.nodes("add", x, x)
    assert graph.rows("add", np.empty((0, 2), dtype=np.int32)).shape == (0,)
    assert len(graph) == 2


def test_names_wrap_what_has_no_name() -> None:
    graph = Graph()
    x = graph.symbols(Names("x"))
    number = graph.constants([2.0])
    product = graph.nodes("multiply", number, x)
    values = np.concatenate([x, product, number, product])
    wrapped = graph.name(values, Names("a", 1, (4,)))
    assert wrapped[0] == x[0]
    assert wrapped[2] == number[0]  # leaves are kept
    assert wrapped[1] != wrapped[3]  # two names of one value stay apart
    for node, position in ((wrapped[1], 1), (wrapped[3], 3)):
        names, found = graph.symbol(int(node))
        assert names.ascii(found) == f"a1_{position + 1}"
        block = graph.block_of(int(node))
        assert block.operands[int(node) - block.start].tolist() == product.tolist()
    again = graph.name(wrapped, Names("a", 2, (4,)))
    assert again.tolist() == wrapped.tolist()  # what has a name keeps it
    assert graph.name(wrapped.reshape(2, 2), Names("b", 3, (2, 2))).shape == (2, 2)


def test_of_kind_looks_at_every_node() -> None:
    graph = Graph()
    x = graph.symbols(Names("x", None, (2,)))
    sums = graph.nodes("add", x, x)
    ids = np.concatenate([x, sums, x])
    found = graph.of_kind(ids, frozenset({"add"}))
    assert found.tolist() == [False, False, True, True, False, False]
    assert graph.of_kind(x[:0], frozenset({"add"})).tolist() == []
    assert graph.is_named_or_leaf(ids).tolist() == [True, True, False, False, True, True]


def test_literal_names_are_found_by_node() -> None:
    graph = Graph()
    ids = graph.symbols(literal("u", "speed"))
    names, position = graph.symbol(int(ids[1]))
    assert names.ascii(position) == "speed"


@random_examples(60)
@given(cases())
def test_networks_have_no_node_twice(case: Case) -> None:
    graph = case.network.inlined.graph
    seen: set[tuple[Any, ...]] = set()
    for block in graph.blocks:
        for row, operands in enumerate(block.operands.tolist()):
            assert all(operand < block.start for operand in operands)
            if block.op in ("symbol", "name"):
                names, position = graph.symbol(block.start + row)
                key: tuple[Any, ...] = (block.op, names.ascii(position))
            elif block.op == "constant":
                value = block.number(row)
                exact = isinstance(value, Fraction)
                key = (block.op, value if exact else struct.pack("d", value))
            else:
                key = (block.op, *operands)
            assert key not in seen
            seen.add(key)
