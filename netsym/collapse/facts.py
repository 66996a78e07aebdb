"""What is known of single layers while a network is simplified; each is found out once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np

from netsym.collapse.effort import Effort, placed_effort
from netsym.collapse.maps import channel_map, collapse, in_exact_numbers, side_by_side
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Scale
from netsym.layers.function import Function
from netsym.layers.merge import Concat
from netsym.layers.wiring import Placed
from netsym.ops.affine.symbolic_tidy import Tidy
from netsym.ops.fields.outline import Outline, Outlines
from netsym.ops.numeric import Floats, Numeric
from netsym.ops.parameters import Parameter
from netsym.ops.proved.rationals import Exact, NotRational

T = TypeVar("T")


class Facts:
    """Answers about layers, kept as long as this is."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, int], tuple[Placed, Any]] = {}
        #: By the last layer and how many there are: blocks that cannot be collapsed, and why.
        self.refused: dict[tuple[str, int], str] = {}

    def once(self, what: str, placed: Placed, find: Callable[[Placed], T]) -> T:
        """What `find` says of a layer, found out once."""
        key = (what, id(placed))
        if key not in self._known:
            self._known[key] = placed, find(placed)
        found: T = self._known[key][1]
        return found

    def made(self, placed: Placed, identity: bool) -> None:
        """What is known of a layer that stands for an affine map, before anybody reads it again."""
        self._known["affine", id(placed)] = placed, True
        self._known["identity", id(placed)] = placed, identity

    def affine(self, placed: Placed) -> bool:
        """Whether the layer is affine: its own `forward`, read as polynomials, has degree 1."""
        return self.once("affine", placed, _is_affine)

    def cost(self, placed: Placed) -> Effort:
        """What the layer costs."""
        return self.once("cost", placed, placed_effort)

    def offset(self, placed: Placed) -> bool:
        """Whether the layer is not 0 where its inputs are."""
        return self.once("offset", placed, _has_offset)

    def identity(self, placed: Placed) -> bool:
        """Whether the layer gives its one input as it is."""
        return self.once("identity", placed, self._is_identity)

    def at_one_place(self, placed: Placed) -> Placed | None:
        """The layer at one place of (channels, …), if it is affine and the same at all of them."""
        return self.once("one place", placed, _at_one_place)

    def _is_identity(self, placed: Placed) -> bool:
        there = self.at_one_place(placed)
        if there is not None:
            return _changes_nothing(there)
        if len(placed.sources) > 1 or placed.widths != (placed.width,) or not self.affine(placed):
            return False
        x = np.ones(placed.width) if placed.layer.elementwise else np.arange(1.0, 1 + placed.width)
        if not np.array_equal(_in_float64(placed, x), x):
            return False
        try:
            start = side_by_side({placed.sources[0]: placed.width})
            return collapse([placed], placed.width, start).is_identity
        except NotRational:
            return False

    def joins_only(self, placed: Placed) -> bool:
        """Whether the layer computes nothing, but puts values one after another."""
        return isinstance(placed.layer, Concat)


def _is_affine(placed: Placed) -> bool:
    return placed.on_vectors and _has_degree_1(placed)  # collapsing is for vectors


def _has_degree_1(placed: Placed) -> bool:
    ops = Outlines(opaque=True)
    inputs = [Outline(shape, above=1, inputs=1) for shape in placed.shapes]
    return placed.read(ops, *inputs).inputs <= 1


def _at_one_place(placed: Placed) -> Placed | None:
    layer, shape = placed.layer, placed.shape
    of_each = layer.elementwise or isinstance(layer, Function)
    if placed.shapes != (shape,) or len(shape) < 2 or not of_each:
        return None
    place = (shape[0], *(1,) * (len(shape) - 1))
    taken = {key: parameter.shape for key, parameter in placed.parameters.items()}
    if layer.parameters(place) != taken or layer.shape(place) != place:
        return None
    there = replace(placed, shapes=(place,), shape=place)
    return there if _has_degree_1(there) else None


def _changes_nothing(there: Placed) -> bool:
    def read(base: Exact | Tidy) -> bool:
        factors, shifts = channel_map(base, there)
        return shifts is None and bool((factors == base.ones(factors.shape)).all())

    try:
        return in_exact_numbers([there], read)
    except NotRational:
        return False


def _has_offset(placed: Placed) -> bool:
    zeros = [np.zeros(width) for width in placed.widths]
    weights = placed.parameters.get("weights")
    if isinstance(placed.layer, (Dense, Scale)) and weights is not None:  # W 0 = 0 for every W
        none = Parameter(weights.names, np.zeros(weights.shape))
        placed = replace(placed, parameters={**placed.parameters, "weights": none})
    return bool(np.any(_in_float64(placed, *zeros) != 0))


def _in_float64(placed: Placed, *inputs: Floats) -> Floats:
    """The values of a layer, with a random number for every name."""
    random = np.random.default_rng(0)
    if all(p.is_notation or p.is_numeric for p in placed.parameters.values()):  # no name twice
        drawn = {
            key: p if p.is_numeric else Parameter(p.names, random.uniform(1, 2, p.shape))
            for key, p in placed.parameters.items()
        }
        placed, numeric = replace(placed, parameters=drawn), Numeric({})
    else:
        numeric = Numeric(_drawn(placed, random))
    with np.errstate(all="ignore"):
        return placed.read(numeric, *inputs)


def _drawn(placed: Placed, random: np.random.Generator) -> dict[str, float]:
    arrays = (array for p in placed.parameters.values() for array in p.symbols())
    names = list(dict.fromkeys(name for _, names in arrays for name in names))
    return dict(zip(names, random.uniform(1, 2, len(names)).tolist(), strict=True))
