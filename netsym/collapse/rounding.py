"""Rounding: exact numbers to the nearest float64, once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from fractions import Fraction
from math import isfinite
from typing import Any

import numpy as np

from netsym.forms.form import Form
from netsym.graph.copying import with_numbers
from netsym.graph.graph import Graph, Ids, Mask
from netsym.graph.names import Names
from netsym.ops.fixed_point import FixedPoint
from netsym.ops.parameters import Parameter, derived
from netsym.ops.proved.balls import Balls, precision
from netsym.ops.proved.rationals import Exact, NotRational, fractions
from netsym.ops.reading import read_parameter

Number = float | Fraction
Nearest = Callable[[Number], Number]

_CONSTANT = frozenset({"constant"})
_PRECISIONS = (256, 1024, 4096)


def rounded(parameter: Parameter, given: Collection[Fraction] = ()) -> Parameter:
    """A parameter whose exact numbers are rounded to float64; itself if it has none.

    An entry that needs no name is one number. Fractions that were `given`, and that float64 does
    not have, stay as they are; so do names. Raises `OverflowError` for a number that is too large.
    """

    def nearest(number: Number) -> Number:
        value = float(number)
        return number if given and number in given and value != number else value

    if isinstance(parameter.stored, FixedPoint) and not given:
        return Parameter(parameter.names, parameter.stored.floats)
    formula, entries = parameter.formula, parameter.entries
    if formula is not None:
        return _rounded(parameter, formula, nearest)
    if entries is None or entries.dtype != object:
        return parameter
    found = list(map(nearest, entries.reshape(-1).tolist()))
    changed = any(isinstance(number, float) for number in found)
    return _numeric(parameter.names, found) if changed else parameter


def fractions_in(parameter: Parameter) -> Iterator[Fraction]:
    """The exact fractions in a parameter."""
    if parameter.formula is not None:
        for block, _ in parameter.formula.graph.walk(parameter.formula.mask):
            if isinstance(block.payload, tuple):
                yield from block.payload
    elif parameter.entries is not None and not parameter.is_numeric:
        yield from (
            entry for entry in parameter.entries.reshape(-1).tolist() if isinstance(entry, Fraction)
        )


def unnamed(formula: Form) -> Mask:
    """Which outputs need no name, and so are numbers; shape (outputs,)."""
    graph = formula.graph
    blocks = [block for block, _ in graph.walk(formula.mask)]
    needs = np.zeros(len(graph), dtype=np.bool_)
    for block in blocks:
        here = needs[block.start : block.stop]
        if block.op == "symbol":
            here[:] = True
        elif block.operands.shape[1]:
            first = needs[block.operands[:, 0]]  # mostly a name's, and no need to look further
            here[:] = True if first.all() else needs[block.operands].any(axis=1)
    return np.asarray(~needs[formula.ends])


def _rounded(parameter: Parameter, formula: Form, nearest: Nearest) -> Parameter:
    """A derived parameter; of numbers alone it is one no longer."""
    graph, ends, alone = formula.graph, formula.ends, unnamed(formula)
    kept = all(isinstance(nearest(number), Fraction) for number in fractions_in(parameter))
    if kept and not alone.all() and graph.of_kind(ends[alone], _CONSTANT).all():
        return parameter
    numbers = [nearest(number) for number in _numbers(graph, ends[alone])]
    if alone.all():
        return _numeric(parameter.names, numbers)
    new, others = with_numbers(graph, ends[~alone], {}, nearest)
    nodes = np.empty(len(ends), dtype=np.int32)
    nodes[~alone], nodes[alone] = others, [new.number_id(number) for number in numbers]
    return derived(parameter.names, new, nodes.reshape(parameter.shape))


def _numeric(names: Names, numbers: Iterable[Number]) -> Parameter:
    """A parameter of numbers: in float64, if all of them are."""
    entries = np.empty(len(names), dtype=object)
    entries[:] = list(numbers)
    if all(isinstance(entry, float) for entry in entries):
        return Parameter(names, entries.astype(np.float64).reshape(names.shape))
    return Parameter(names, entries.reshape(names.shape))


def _numbers(graph: Graph, nodes: Ids) -> list[Number]:
    """The numbers that nodes are: exact where they are constants, else to the nearest float64."""
    constant = graph.of_kind(nodes, _CONSTANT)
    values = iter(_values(graph, nodes[~constant]))
    return [
        graph.number(node) if exact else next(values)
        for node, exact in zip(nodes.tolist(), constant.tolist(), strict=True)
    ]


def _values(graph: Graph, nodes: Ids) -> list[float]:
    """The values of nodes that are made of numbers alone, to the nearest float64."""
    if not len(nodes):
        return []
    parameter = derived(Names("c", None, (len(nodes),)), graph, nodes)
    try:
        return list(map(float, fractions(read_parameter(parameter, Exact()))))
    except NotRational:
        return _by_intervals(parameter)


def _by_intervals(parameter: Parameter) -> list[float]:
    """The same of what is not rational.

    Intervals are narrowed until both ends have one nearest float64; if they never have, the value
    is the middle of two as far as 4,096 bits can tell, and either is as near.
    """
    ends: list[tuple[float, float]] = []
    for bits in _PRECISIONS:
        with precision(bits):
            balls: list[Any] = read_parameter(parameter, Balls(bits=bits)).tolist()
            ends = [(_nearest(ball.lower()), _nearest(ball.upper())) for ball in balls]
        if all(low == high for low, high in ends):
            break
    return [low for low, _ in ends]


def _nearest(number: Any) -> float:
    """The float64 nearest to an exact number of flint's; raises `OverflowError` for infinity."""
    found = float(number)
    if not isfinite(found):
        raise OverflowError("not finite")
    return found
