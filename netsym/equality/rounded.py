"""Rounded numbers: how far off those of a network are, one by one, from the exact ones."""

from __future__ import annotations

from collections.abc import Collection
from fractions import Fraction
from math import inf, nextafter, ulp
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.collapse.rounding import fractions_in, unnamed
from netsym.forms.form import Form
from netsym.graph.copying import copied, symbols_by_name
from netsym.graph.graph import Graph
from netsym.graph.names import Names
from netsym.network.network import Network
from netsym.ops.fixed_point import FixedPoint
from netsym.ops.parameters import Parameter, derived
from netsym.ops.proved.balls import Balls, precision
from netsym.ops.reading import read_parameter

Floats = npt.NDArray[np.float64]

_BITS = 256
_CONSTANT = frozenset({"constant"})


class _Other(Exception):
    """What is compared is not the exact one, rounded."""


def rounding(exact: Network, rounded: Network) -> dict[int, Floats] | None:
    """By the id of a parameter that was rounded: how far off its numbers are, at most.

    None if one is further off than rounding can be, or the networks are not the same otherwise.
    """
    if _wiring(exact) != _wiring(rounded):
        return None
    found: dict[int, Floats] = {}
    for mine, theirs in zip(exact.layers, rounded.layers, strict=True):
        for key, parameter in mine.parameters.items():
            other = theirs.parameters[key]
            if not _same(parameter, other):
                try:
                    found[id(other)] = _errors(parameter, other)
                except _Other:
                    return None
    return found


def _wiring(network: Network) -> list[Any]:
    """All of a network but its parameters."""
    layers = [(p.name, p.layer, p.sources, sorted(p.parameters)) for p in network.layers]
    return [network.input_names, network.output_names, *layers]


def _same(one: Parameter, other: Parameter) -> bool:
    """Whether two parameters are the same, number for number and name for name."""
    if one is other:
        return True
    off = _off(one, other)
    if off is not None:
        return one.names == other.names and not off.any()
    if one.formula is not None or other.formula is not None:
        return one.formula is other.formula and one.shape == other.shape
    if one.entries is None or other.entries is None:
        return one.entries is other.entries and one.names == other.names
    if one.names != other.names:
        return False
    if one.is_numeric and other.is_numeric:
        return np.array_equal(one.entries, other.entries)
    pairs = zip(one.entries.flat, other.entries.flat, strict=True)
    return all(a == b for a, b in pairs)  # what was rounded is so in its first numbers


def _off(exact: Parameter, rounded: Parameter) -> Floats | None:
    """How far off the nearest float64 of numbers in fixed point are at most, if it is these."""
    numbers = exact.stored
    if not isinstance(numbers, FixedPoint) or not rounded.is_numeric:
        return None
    if not np.array_equal(numbers.floats, rounded.numbers({})):
        return None
    gaps = np.abs(numbers.errors)
    return np.where(gaps > 0, np.nextafter(gaps, inf), 0.0)


def are_rounded(numbers: FixedPoint, floats: Floats) -> bool:
    """Whether no float64 is further off its exact number than rounding can be."""
    others = numbers.floats != floats
    left = FixedPoint(numbers.digits[:, others], numbers.below)
    try:
        for ratio, number in zip(left.ratios(), floats[others].tolist(), strict=True):
            _error(Fraction(*ratio), number)
    except _Other:
        return False
    return True


def _errors(exact: Parameter, rounded: Parameter) -> Floats:
    """How far off the numbers of a parameter are: its entries, then those within its formulas.

    Raises `_Other`.
    """
    off = _off(exact, rounded)
    if off is not None:
        return off
    truths, numbers = _exactly(exact), _numbers(rounded)
    if exact.shape != rounded.shape or truths.keys() != numbers.keys():
        raise _Other
    errors = [_error(truth, numbers[place]) for place, truth in truths.items()]
    if len(truths) == len(exact.names):
        return np.array(errors).reshape(exact.shape)
    mine, theirs = exact.formula, rounded.formula
    if mine is None or theirs is None:
        raise _Other
    kept = frozenset(fractions_in(rounded))
    return np.array(errors + _errors_within(mine, theirs, list(truths), kept))


def _errors_within(
    exact: Form, rounded: Form, numbers: list[int], kept: Collection[Fraction]
) -> list[float]:
    """How far off the numbers are in formulas that are the same otherwise; else raises `_Other`.

    The outputs that are `numbers` are left out, and fractions that are `kept` are not rounded.
    """
    errors = dict[Fraction, float]()

    def nearest(number: Fraction) -> float | Fraction:
        if number in kept:
            return number
        value = float(number)
        errors[number] = _error(number, value)
        return value

    graph, known = Graph(), dict[str, int]()
    ends = []
    symbols = symbols_by_name(graph, known)
    for formula, change in ((exact, nearest), (rounded, None)):
        nodes = np.delete(formula.ends, numbers)
        moved = copied(formula.graph, formula.graph.reachable(nodes), graph, symbols, change)
        ends.append(moved[nodes])
    mine, theirs = ends
    if not np.array_equal(mine, theirs):
        raise _Other
    return list(errors.values())


def _exactly(parameter: Parameter) -> dict[int, Any]:
    """By place, the entries that need no name: as Fractions, or as balls that hold the value."""
    numbers = _numbers(parameter)
    found: dict[int, Any] = {place: Fraction(number) for place, number in numbers.items()}
    formula = parameter.formula
    if formula is None:
        return found
    left = [place for place in np.flatnonzero(unnamed(formula)).tolist() if place not in found]
    if left:
        with precision(_BITS):
            values = derived(Names("c", None, (len(left),)), formula.graph, formula.ends[left])
            found.update(zip(left, read_parameter(values, Balls(bits=_BITS)).tolist(), strict=True))
    return dict(sorted(found.items()))


def _numbers(parameter: Parameter) -> dict[int, float | Fraction]:
    """By place, the entries that are numbers as they stand."""
    formula = parameter.formula
    if formula is not None:
        graph = formula.graph
        places = np.flatnonzero(graph.of_kind(formula.ends, _CONSTANT)).tolist()
        return {place: graph.number(int(formula.ends[place])) for place in places}
    if parameter.entries is None:
        return {}
    entries = enumerate(parameter.entries.reshape(-1).tolist())
    return {place: entry for place, entry in entries if isinstance(entry, (float, Fraction))}


def _error(truth: Any, number: float | Fraction) -> float:
    """How far off a number is, at most; raises `_Other` if that is more than rounding can be."""
    if isinstance(number, Fraction):
        if truth != number:
            raise _Other
        return 0.0
    least, most, whole = _distance(truth, number)
    above, below = ulp(number).as_integer_ratio()
    if 2 * least * below > above * whole:  # a ball round the middle of two floats is near to both
        raise _Other
    return nextafter(most / whole, inf) if most else 0.0


def _distance(truth: Any, number: float) -> tuple[int, int, int]:
    """How far apart they are, at least and at most, over a common denominator."""
    if isinstance(truth, Fraction):
        above, below = number.as_integer_ratio()
        gap = abs(truth.numerator * below - above * truth.denominator)
        return gap, gap, truth.denominator * below
    with precision(_BITS):
        gap = abs(truth - number)
        ends = [tuple(map(int, end.man_exp())) for end in (gap.lower(), gap.upper())]
    lowest = min(0, *(exponent for _, exponent in ends))
    least, most = (mantissa << exponent - lowest for mantissa, exponent in ends)
    return max(least, 0), most, 1 << -lowest
