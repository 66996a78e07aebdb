"""The `sizes` and `heights` readings of any arrays, against the graph that is written out.

Programs are drawn: names, numbers and both in arrays of any axes, then operations on them, with
masks. What the symbolic reading builds is counted node by node, by recursion over its tree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from netsym.forms.form import bind, inlined, layered
from netsym.forms.sizes import Size
from netsym.formula import Formula
from netsym.graph.names import Names
from netsym.ops import Place
from netsym.ops.counts.forecast import forecast
from netsym.ops.parameters import Parameter
from netsym.ops.symbolic import Symbolic
from tests.effort import random_examples

#: What a program is: from any reading and its inputs, an array there.
Program = Callable[[Any, Any], Any]
INPUTS = Names("x", None, (6,))


# -- counting the tree --------------------------------------------------------------------------
@dataclass
class Count:
    """A count of a tree as written out, by DESIGN.md's rules."""

    nodes: int
    height: int
    operations: Counter[str]


def counted(formula: Formula) -> Size:
    """The size of a formula, by walking the trees of all right-hand sides."""
    graph = formula.graph
    cut = set(np.flatnonzero(formula.cut_mask).tolist())

    def tree(node: int, top: bool) -> Count:
        block = graph.block_of(node)
        if (node in cut and not top) or not block.operands.shape[1]:
            return Count(1, 0, Counter())
        below = block.operands[node - block.start].tolist()
        if block.op == "name":
            return tree(below[0], False)
        operands = [tree(n, False) for n in below]
        found = sum((o.operations for o in operands), Counter({block.op: 1}))
        return Count(1 + sum(o.nodes for o in operands), 1 + max(o.height for o in operands), found)

    outputs = [tree(node, False) for node in formula.ends.tolist()]
    named = [tree(node, True) for node in cut if formula.mask[node]]
    every = outputs + named
    return Size(
        nodes=sum(count.nodes for count in every),
        height=max(count.height for count in every),
        operations=dict(sorted(sum((c.operations for c in every), Counter()).items())),
        per_output=tuple(count.nodes for count in outputs),  # type: ignore[arg-type]
    )


def check(program: Program) -> None:
    """Forecasts of the inlined and the layered form are what the tree says."""

    def read(ops: Any, x: Any) -> Any:
        found = program(ops.at(Place(layer=1)), x)
        return ops.reshape(found, len(found.shape), (-1,))

    ops = Symbolic()
    x = ops.symbols(INPUTS)
    y = read(ops, x)
    formula = Formula(ops.graph, x, bind(Names("y", None, y.shape), y))
    for form, cut in (("inlined", inlined), ("layered", layered)):
        assert forecast(read, INPUTS, form, False) == counted(cut(formula)), form


# -- programs -----------------------------------------------------------------------------------
def names(shape: tuple[int, ...], base: str = "w") -> Program:
    return lambda ops, _: ops.parameter(Parameter(Names(base, 1, shape)))


def numbers(shape: tuple[int, ...]) -> Program:
    return lambda ops, _: ops.numbers(np.arange(float(np.prod(shape, dtype=int))).reshape(shape))


def mixed(shape: tuple[int, ...], which: list[bool]) -> Program:
    entries = np.array([2.5 if is_number else None for is_number in which], dtype=object)
    return lambda ops, _: ops.parameter(Parameter(Names("m", 1, shape), entries.reshape(shape)))


@st.composite
def leaves(draw: Any, shape: tuple[int, ...]) -> Program:
    count = int(np.prod(shape, dtype=int))
    kind = draw(st.integers(0, 3))
    if kind == 0:
        return numbers(shape)
    if kind == 1:
        return mixed(shape, draw(st.lists(st.booleans(), min_size=count, max_size=count)))
    if kind == 2:
        return names(shape)
    places = np.array(draw(st.lists(st.integers(0, 5), min_size=count, max_size=count)))
    return lambda ops, x: ops.take(x, places.reshape(shape))


@st.composite
def shortened(draw: Any, shape: tuple[int, ...]) -> tuple[int, ...]:
    """A shape that broadcasts to this one."""
    kept = tuple(n if draw(st.booleans()) else 1 for n in shape)
    return kept[draw(st.integers(0, len(kept) - 1)) :] if draw(st.booleans()) else kept


@st.composite
def masks(draw: Any, shape: tuple[int, ...]) -> Any:
    """None, or a mask that broadcasts to the shape, with one element at least in every sum."""
    if draw(st.booleans()):
        return None
    kept = (*(n if draw(st.booleans()) else 1 for n in shape[:-1]), shape[-1])
    count = int(np.prod(kept))
    drawn = draw(st.lists(st.booleans(), min_size=count, max_size=count))
    return np.array(drawn).reshape(kept)


@st.composite
def arrays(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    """A program that gives an array of this shape."""
    if depth == 0:
        return draw(leaves(shape))  # type: ignore[no-any-return]
    return draw(st.sampled_from(STEPS))(draw, shape, depth - 1)  # type: ignore[no-any-return]


def joined(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    other = draw(shortened(shape))
    one, two = draw(arrays(shape, depth)), draw(arrays(other, depth))
    operation = draw(st.sampled_from(["add", "multiply", "divide"]))
    if draw(st.booleans()):
        one, two = two, one
    return lambda ops, x: getattr(ops, operation)(one(ops, x), two(ops, x))


def changed(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    one = draw(arrays(shape, depth))
    return draw(st.sampled_from([  # type: ignore[no-any-return]
        lambda ops, x: ops.negate(one(ops, x)),
        lambda ops, x: ops.power(one(ops, x), 2),
        lambda ops, x: ops.call("tanh", one(ops, x)),
        lambda ops, x: ops.apply("silu", one(ops, x)),
    ]))  # fmt: skip


def named(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    one, base = draw(arrays(shape, depth)), f"v{draw(st.integers(0, 10**9))}"
    return lambda ops, x: ops.name(one(ops, x), base)


def summed(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    length = draw(st.integers(1, 3))
    whole = (*shape[:-1], length)
    one, present = draw(arrays(whole, depth)), draw(masks(whole))
    rest = draw(leaves(shape))
    return lambda ops, x: ops.add(ops.total(one(ops, x), present), rest(ops, x))


def largest(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    length = draw(st.integers(1, 3))
    one, rest = draw(arrays((*shape[:-1], length), depth)), draw(leaves(shape))
    return lambda ops, x: ops.multiply(rest(ops, x), ops.maximum(one(ops, x), length))


def softmax(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    one, present = draw(arrays(shape, depth)), draw(masks(shape))
    return lambda ops, x: ops.softmax(one(ops, x), present)


def contracted(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    """Sums over one or two axes, with a bias or without, of matrices or of batches of them."""
    if len(shape) < 2:
        return changed(draw, shape, depth)
    *batch, n, i = shape
    inner = draw(st.lists(st.integers(1, 3), min_size=1, max_size=2).map(tuple))
    batched = tuple(batch) if draw(st.booleans()) else ()
    weights = draw(arrays((*batched, i, *inner), depth))
    values = draw(arrays((*batch, n, *inner), depth))
    bias = draw(st.none() | leaves((i,)))
    along = draw(st.sampled_from([(n, 1), (1, i)]))
    present = draw(st.none() | masks((*along, *inner)))
    return lambda ops, x: ops.contract(
        weights(ops, x), values(ops, x), bias and bias(ops, x), present, axes=len(inner)
    )


def rearranged(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    order = draw(st.permutations(range(len(shape))))
    before = tuple(shape[place] for place in np.argsort(order))
    one = draw(arrays(before, depth))
    return lambda ops, x: ops.transpose(one(ops, x), *order)


def reshaped(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    count = int(np.prod(shape, dtype=int))
    split = draw(st.sampled_from([n for n in range(1, count + 1) if count % n == 0]))
    one = draw(arrays((split, count // split), depth))
    return lambda ops, x: ops.reshape(one(ops, x), 2, shape)


def taken(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    place = draw(st.integers(0, len(shape) - 1))
    length = draw(st.integers(1, 4))
    axis = place - len(shape)
    wide = draw(st.booleans()) and axis < -1  # two axes of the result are one before
    ends = place + 1 + wide
    one = draw(arrays((*shape[:place], length, *shape[ends:]), depth))
    lengths = shape[place:ends]
    count = int(np.prod(lengths))
    positions = np.array(draw(st.lists(st.integers(0, length - 1), min_size=count,
                                       max_size=count))).reshape(lengths)  # fmt: skip
    return lambda ops, x: ops.take(one(ops, x), positions, axis=ends - len(shape) - 1)


def concatenated(draw: Any, shape: tuple[int, ...], depth: int) -> Program:
    place = draw(st.integers(0, len(shape) - 1))
    if shape[place] < 2:
        return changed(draw, shape, depth)
    first = draw(st.integers(1, shape[place] - 1))
    parts = []
    for length in (first, shape[place] - first):
        whole = tuple(
            length if n == place else (m if draw(st.booleans()) else 1) for n, m in enumerate(shape)
        )
        parts.append(draw(arrays(whole, depth)))
    full = draw(leaves(shape))  # so that the shape is as it should be
    axis = place - len(shape)
    return lambda ops, x: ops.add(
        ops.concatenate([part(ops, x) for part in parts], axis), full(ops, x)
    )


STEPS = [joined, joined, changed, named, named, summed, largest, softmax, contracted, contracted,
         rearranged, reshaped, taken, taken, concatenated]  # fmt: skip

SHAPES = st.lists(st.integers(1, 3), min_size=1, max_size=3).map(tuple)


@random_examples(150, suppress_health_check=list(HealthCheck))
@given(st.data(), SHAPES, st.integers(1, 4))
def test_any_program_is_as_large_as_forecast(data: Any, shape: Any, depth: int) -> None:
    check(data.draw(arrays(shape, depth)))
