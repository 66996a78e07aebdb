"""Networks of which one has the other's numbers in float32, as files of trained networks have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from netsym.equality.identity import identity
from netsym.equality.sides import Subject
from netsym.network.network import Network
from netsym.ops.numeric import Numeric
from netsym.ops.parameters import Parameter
from netsym.readers.graph.numbers import Digits, digits

Floats = npt.NDArray[np.float64]

_NEAR = 1e-9  # what is further apart in float64 is not the same; float32 is off by 6e-8
_MORE = 2.0**-40  # relative; what is off by less is off by ulps of float64, which have no room
_MOST = 200_000  # parameters of a network that is made anew in float32


def narrowed(one: Subject, other: Subject, x: Floats) -> tuple[str, str] | None:
    """That every number of one is that of the other in float32, and how that was proved.

    A number in float32 is what that stores, or the shortest decimal that stands for it. Functions
    that are far apart at points `x` are not looked at further.
    """
    sides = ((one, other, "second", "first"), (other, one, "first", "second"))
    for wide, narrow, its, of in sides:
        proof = _proof(wide, narrow, x)
        if proof is not None:
            return f"every number of the {its} is that of the {of}, rounded to float32", proof
    return None


def _proof(wide: Subject, narrow: Subject, x: Floats) -> str | None:
    given, theirs = parameters(wide), parameters(narrow)
    if given is None or theirs is None or not _is_more_than_float32(given):
        return None
    kinds = [digits(every) for every in (True, False)]
    if same_layers(wide, narrow):
        known = [[_in_float32(a, kind) for kind in kinds] for a in given]
        if all(((b == c) | (b == d)).all() for (c, d), b in zip(known, theirs, strict=True)):
            return "the layers are the same, and their numbers were compared one by one"
    if max(wide.parameter_count, narrow.parameter_count) > _MOST:
        return None
    for kind in kinds:
        made = _with_float32(wide, kind)
        if not np.allclose(_values(made, x), _values(narrow, x), _NEAR, _NEAR, equal_nan=True):
            continue
        found = identity(made.read, narrow.read, wide.inputs, len(wide.outputs), wide.fingerprint)
        if found is not None and found.convinces:
            return f"rounded so, it is the same function: {found}"
    return None


def _is_more_than_float32(arrays: Sequence[Floats]) -> bool:
    """Whether float32 can hold all numbers, and is off in some by more than ulps of float64."""
    every = np.concatenate([np.empty(0), *(each.reshape(-1) for each in arrays)])
    if np.abs(every).max(initial=0.0) > np.finfo(np.float32).max:
        return False
    off = np.abs(every.astype(np.float32) - every)
    return bool((off > _MORE * np.abs(every)).any())


def _in_float32(values: Floats, kind: Digits) -> Floats:
    return kind(values.astype(np.float32))


def _with_float32(side: Subject, kind: Digits) -> Subject:
    """The same with its numbers in float32."""
    assert side.network is not None
    layers = [
        replace(placed, parameters={
            key: Parameter(each.names, _in_float32(each.numbers({}), kind))
            for key, each in placed.parameters.items()
        })
        for placed in side.network.layers
    ]  # fmt: skip
    return replace(side, network=replace(side.network, layers=tuple(layers)))


def _values(side: Subject, x: Floats) -> Floats:
    with np.errstate(all="ignore"):
        return np.asarray(side.read(Numeric(), x))


def parameters(side: Subject) -> list[Floats] | None:
    """All parameter arrays of a network that are numbers; None if there are others."""
    if side.network is None:
        return None
    found = [each for placed in side.network.layers for each in placed.parameters.values()]
    if not all(each.is_numeric for each in found):
        return None
    return [each.numbers({}) for each in found]


def same_layers(one: Subject, other: Subject) -> bool:
    """Whether both are networks of the same layers, whatever their numbers are."""
    if one.network is None or other.network is None:
        return False
    if one.network.input_names.all() != other.network.input_names.all():
        return False
    return _layers(one.network) == _layers(other.network)


def _layers(network: Network) -> list[object]:
    return [(placed.layer, placed.sources, placed.shapes) for placed in network.layers]
