"""Networks of which one has layers multiplied together, as exporters do with batch norm."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import numpy as np

from netsym.collapse.channels import absorb_after, absorb_before
from netsym.collapse.diagram import Diagram
from netsym.collapse.rules import compose, drop_identity
from netsym.collapse.simplification import simplify
from netsym.equality.sides import Subject
from netsym.errors import TooLargeError
from netsym.layers.convolution import Convolution
from netsym.layers.normalisation import BatchNorm
from netsym.network.network import Network
from netsym.ops.parameters import Parameter
from netsym.ops.proved.balls import Balls, overlap, precision
from netsym.ops.reading import read_parameter
from netsym.readers.graph.numbers import shortest

_BITS = 256
#: What exporters do in floats; numbers of other rules are exact ones that were rounded once.
_FOLDED = frozenset({absorb_after, absorb_before, compose, drop_identity})
_MOST = 200_000  # parameters that are multiplied together to look for such a cause
#: The room of a number that arithmetic made, relative to it, by the kind of float it was made in.
_ROOMS = {"float32": Fraction(4, 2**24), "float64": Fraction(8, 2**53)}


def folded(one: Subject, other: Subject) -> str | None:
    """How numbers agree once layers of both are multiplied together; None if they do not.

    The layers are then the same. What nothing was multiplied with must be equal; each of the other
    numbers may be off by what the arithmetic of its kind of float leaves.
    """
    first, second = one.network, other.network
    if first is None or second is None or one.names or other.names or other.order is not None:
        return None
    if max(first.parameter_count, second.parameter_count) > _MOST:
        return None
    layers = [placed.layer for side in (first, second) for placed in side.layers]
    if not any(isinstance(layer, (Convolution, BatchNorm)) for layer in layers):
        return None
    try:
        results = [simplify(network, exact=True) for network in (first, second)]
    except TooLargeError:  # it would take too long to look for this cause
        return None
    sides = [Diagram.of(result.exact) for result in results]
    rules = {step.rule for result in results for step in result.steps}
    if not rules or rules - _FOLDED or _outline(sides[0]) != _outline(sides[1]):
        return None
    given = {id(each) for network in (first, second) for each in _parameters(network)}
    pairs = [*zip(*(_in(side) for side in sides), strict=True)]
    made = [pair for pair in pairs if not all(id(each) in given for each in pair)]
    kept = [pair for pair in pairs if all(id(each) in given for each in pair)]
    if any(a != b and not np.array_equal(a.entries, b.entries) for a, b in kept):
        return None
    kind = "float32" if _is_single(first) and _is_single(second) else "float64"
    if not all(_agree(a, b, _ROOMS[kind]) for a, b in made):
        return None
    count = sum(len(a.names) for a, _ in made)
    which = max(results, key=lambda result: len(result.steps))
    patterns = "; ".join(dict.fromkeys(step.pattern for step in which.steps))
    return (
        f"layers of the one are multiplied together in the other ({patterns}): the {count:,} "
        f"numbers that this makes agree but for a few units in the last place of {kind}, all "
        "others are equal"
    )


def _outline(side: Diagram) -> list[object]:
    """The layers and what each reads, by its place."""
    rows: list[object] = [
        (placed.layer, [side.order[source] for source in placed.sources], placed.shapes)
        for placed in side.layers.values()
    ]
    return [*rows, [side.order[end] for end in side.ends]]


def _in(side: Diagram) -> Iterator[Parameter]:
    for placed in side.layers.values():
        for key in sorted(placed.parameters):
            yield placed.parameters[key]


def _parameters(network: Network) -> Iterator[Parameter]:
    return (each for placed in network.layers for each in placed.parameters.values())


def _is_single(network: Network) -> bool:
    """Whether all numbers are the shortest decimals of float32, or float32 themselves."""
    with np.errstate(over="ignore"):
        for each in _parameters(network):
            values = np.asarray(each.entries, dtype=np.float64)
            single = values.astype(np.float32)
            if (single != values).any() and (shortest(single) != values).any():
                return False
    return True


def _agree(one: Parameter, other: Parameter, room: Fraction) -> bool:
    def off(value: float | Fraction) -> Fraction:
        return abs(Fraction(value)) * room

    with precision(_BITS):
        balls = [read_parameter(each, Balls(bits=_BITS, radius=off)) for each in (one, other)]
        return all(overlap(a, b) for a, b in zip(balls[0].flat, balls[1].flat, strict=True))
