"""A network with names, those of the notation, for its numbers; and the numbers by these names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TypeVar

import numpy as np

from netsym.network.naming import Naming
from netsym.network.wired import Wired
from netsym.ops.parameters import Parameter

W = TypeVar("W", bound=Wired)


def named(network: W, numeric: Iterable[Parameter] = ()) -> tuple[W, dict[str, float]]:
    """The network with a name for each number of its parameters, but of those to stay `numeric`.

    Raises `SpecError` where such a name is that of something else.
    """
    kept = set(map(id, numeric))
    numbers = dict[str, float]()
    found = {
        id(parameter): parameter if id(parameter) in kept else _named(parameter, numbers)
        for parameter in network.parameters()
    }
    layers = tuple(
        replace(p, parameters={k: found[id(v)] for k, v in p.parameters.items()})
        for p in network.layers
    )
    made = replace(network, layers=layers)
    Naming(made).check()
    return made, numbers


def _named(parameter: Parameter, numbers: dict[str, float]) -> Parameter:
    """The parameter with a name for every number, which is put among the others."""
    if parameter.formula is not None or parameter.entries is None:
        return parameter
    entries = parameter.entries.reshape(-1).tolist()
    kept = [entry if isinstance(entry, str) else None for entry in entries]
    for place, entry in enumerate(entries):
        if entry is not None and kept[place] is None:
            numbers[parameter.names.ascii(place)] = float(entry)
    if not any(kept):
        return Parameter(parameter.names)
    array = np.array([*kept, None], dtype=object)[:-1].reshape(parameter.shape)
    return Parameter(parameter.names, array)
