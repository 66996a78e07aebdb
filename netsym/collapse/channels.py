"""Batch norm, and what else does the same to all values of a channel, in a convolution beside it.

That is exact after a convolution. Before one it is where the channel is not shifted, or where the
kernel meets none of the zeros of its padding: these are put in after the shift.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.collapse.effort import network_effort
from netsym.collapse.maps import as_parameter, channel_map, in_exact_numbers, is_zero
from netsym.collapse.rules import Found, Work
from netsym.collapse.units import is_rounded
from netsym.collapse.words import costs, layer_words
from netsym.graph.functions import LINEAR
from netsym.graph.names import Names
from netsym.layers.convolution import Convolution
from netsym.layers.wiring import Placed
from netsym.ops.numeric import Numeric
from netsym.ops.proved.rationals import NotRational
from netsym.ops.reading import read_parameter

Array = npt.NDArray[Any]


def absorb_after(work: Work) -> Found | None:
    """`s (W * x + b) + t -> (s W) * x + (s b + t)`: channels scaled after a convolution."""
    return _first(work, after=True)


def absorb_before(work: Work) -> Found | None:
    """`W * (s x + t) + b -> (W s) * x + (W t + b)`: channels scaled before a convolution."""
    return _first(work, after=False)


def apart(work: Work) -> Iterator[tuple[tuple[Placed, Placed], str]]:
    """The pairs of such layers that stay as they are, and why."""
    layers = work.diagram.layers
    for last in layers.values():
        middle = layers.get(last.sources[0])
        first = None if middle is None else layers.get(middle.sources[0])
        if middle is None:
            continue
        pair = _pair(work, middle, last)
        if pair is not None:
            found = _one(work, pair)
            if isinstance(found, str):
                yield (middle, last), found
        elif first is not None and _is_bend(middle) and _pair(work, first, last) is not None:
            yield (first, last), f"{middle.layer.describe()} stands between"


@dataclass(frozen=True, slots=True)
class _Pair:
    """A convolution, and the layer `beside` it at one place of the channels; in their order."""

    first: Placed
    last: Placed
    beside: Placed
    after: bool

    @property
    def convolution(self) -> Placed:
        """The one that takes the other in."""
        return self.first if self.after else self.last


def _pair(work: Work, first: Placed, last: Placed) -> _Pair | None:
    """The two layers, if one is a convolution, and the other acts on each channel alone."""
    for convolution, other in ((first, last), (last, first)):
        layer = convolution.layer
        if isinstance(layer, Convolution) and layer.activation == LINEAR:
            beside = work.facts.at_one_place(other)
            if beside is not None:
                return _Pair(first, last, beside, other is last)
    return None


def _is_bend(placed: Placed) -> bool:
    return placed.layer.elementwise and not placed.parameters


def _first(work: Work, after: bool) -> Found | None:
    for last in work.diagram.layers.values():
        first = work.diagram.layers.get(last.sources[0])
        pair = None if first is None else _pair(work, first, last)
        if pair is not None and pair.after is after:
            found = _one(work, pair)
            if isinstance(found, Found):
                return found
    return None


def _one(work: Work, pair: _Pair) -> Found | str:
    """One convolution for both; or why they stay apart."""
    diagram, first, last = work.diagram, pair.first, pair.last
    others = [name for name in diagram.readers[first.name] if name != last.name]
    if others or first.name in diagram.ends:
        still = layer_words([diagram.layers[others[0]]]) if others else "an output"
        return f"{still} still needs what is between"
    try:
        changed = in_exact_numbers((first, last), lambda base: _joined(base, pair))
    except (NotRational, OverflowError) as error:
        return (
            "a number would be too large for float64" if isinstance(error, OverflowError)
            else f"their exact numbers cannot be computed ({error})"
        )  # fmt: skip
    if changed is None:  # its shift is in the way
        return (
            f"{layer_words([first])} shifts its values, and the zeros with which "
            f"{layer_words([last])} pads them come after that"
        )
    after = diagram.replaced([changed], is_rounded(diagram, [first, last]))
    more = network_effort(after.network()) - network_effort(diagram.network())
    if more.grows and not work.force:
        return f"one layer instead would take {costs(more)}; --force does it all the same"
    words = f"{layer_words([first, last])} are one convolution: its weights take the factors"
    because = (
        "a sum times a number is the sum of its terms times the number" if pair.after
        else "a number times each value of a channel can be a part of the weights that it meets"
    )  # fmt: skip
    return Found((first, last), after, words, because, first.sources)


def _joined(base: Any, pair: _Pair) -> Placed | None:
    """The convolution that is both, its numbers read by `base`; None if it pads what is shifted."""
    placed = pair.convolution
    layer = placed.layer
    assert isinstance(layer, Convolution)
    factors, shifts = channel_map(base, pair.beside)
    weights = layer.grouped(base, read_parameter(placed.parameters["weights"], base))
    groups, units, inputs, _ = weights.shape
    bias = read_parameter(placed.parameters["bias"], base) if layer.use_bias else None
    shape = (groups, units, 1, 1) if pair.after else (groups, 1, inputs, 1)
    if pair.after:
        bias = None if bias is None else base.multiply(bias, factors)
    elif shifts is not None:
        if layer.windows(placed.shapes[0][1:]).present is not None:
            return None
        met = base.multiply(weights, shifts.reshape(shape))
        shifts = base.total(met.reshape(groups * units, -1)).reshape(-1)
    if shifts is not None:
        bias = shifts if bias is None else base.add(bias, shifts)
    arrays = {"weights": _ungrouped(layer, placed, base.multiply(weights, factors.reshape(shape)))}
    if bias is not None and not is_zero(base, bias):
        arrays["bias"] = bias
    parameters = {
        key: as_parameter(Names(layer.letters[key], pair.last.number, values.shape), base, values)
        for key, values in arrays.items()
    }
    return replace(
        placed, name=pair.last.name, number=pair.last.number, sources=pair.first.sources,
        layer=replace(layer, use_bias="bias" in arrays), parameters=parameters,
    )  # fmt: skip


def _ungrouped(layer: Convolution, placed: Placed, grouped: Array) -> Array:
    """Weights as the layer has them, from those that `grouped` gives."""
    shape = placed.parameters["weights"].shape
    places: Array = layer.grouped(Numeric({}), np.arange(float(grouped.size)).reshape(shape))
    found = np.empty(grouped.size, dtype=grouped.dtype)
    found[places.reshape(-1).astype(np.int64)] = grouped.reshape(-1)
    return found.reshape(shape)
