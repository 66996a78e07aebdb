"""Typed numbers: which of those in a formula stand for a number of the network."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

import numpy as np

from netsym.equality.substitution import Mutant, substituted
from netsym.graph.graph import Graph, Ids
from netsym.graph.index import sorted_distinct
from netsym.ops.decimals import decimal
from netsym.typed.numerals import digits

_LEAST_DIGITS = 2  # of a decimal that may be a rounded number: 0.5 may be anything
_CONSTANT = frozenset({"constant"})


def numbers(graph: Graph, nodes: Ids) -> list[int]:
    """Those of some nodes that are numbers, each once; what was not copied is -1 and none."""
    found = sorted_distinct(nodes[nodes >= 0])
    return found[graph.of_kind(found, _CONSTANT)].tolist() if len(found) else []


def taken(graph: Graph, mine: Ids, theirs: Ids, halves: Mapping[float | Fraction, Fraction]) -> Ids:
    """The nodes of a formula, with the numbers of the network in the place of rounded ones.

    A decimal of two significant digits or more, that was typed, is the nearest number of the
    network within half a unit of its last digit (`halves`), and a fraction is what it is in
    float64.
    """
    sizes = {abs(decimal(graph.number(node))) for node in numbers(graph, mine)}
    ordered = sorted(sizes)
    along = np.array([float(size) for size in ordered])
    changes = {}
    for node in numbers(graph, theirs):
        value = decimal(graph.number(node))
        place = int(np.searchsorted(along, abs(float(value))))
        near = ordered[max(place - 1, 0) : place + 2]
        size = min(near, key=lambda known: abs(known - abs(value)), default=abs(value))
        if 0 < abs(size - abs(value)) <= _half(graph.number(node), halves):
            changes[node] = number_node(graph, size if value > 0 else -size)
    made = theirs.copy()
    if changes:
        made[theirs >= 0] = substituted(graph, theirs[theirs >= 0], [Mutant("", changes)])[0]
    return made


def _half(number: float | Fraction, halves: Mapping[float | Fraction, Fraction]) -> Fraction:
    """How far a number may be off."""
    half = halves.get(number)
    if half is None:
        return abs(number) / 2**53 if isinstance(number, Fraction) else Fraction(0)
    return half if digits(decimal(number), half) >= _LEAST_DIGITS else Fraction(0)


def number_node(graph: Graph, value: Fraction) -> int:
    """The node of a decimal: that of the float64 that is written so, if there is one."""
    near = float(value)
    return graph.constant(near) if decimal(near) == value else graph.fraction(value)
