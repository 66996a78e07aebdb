"""A network as a file numbers it: layers 1, 2, … as they stand, with the names that they have.

What was simplified keeps the numbers, and so the names, of the network that it comes from; a file
says nothing of these, so names that the notation would not give again are written out.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from netsym.errors import SpecError
from netsym.files.spec import named_in
from netsym.graph.names import Names
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.ops.parameters import Parameter


def renumbered(network: Network) -> Network:
    """The same function of the same parameters, its layers numbered in order.

    Values of layers get the new numbers, as in a3_1, and so do layers that are called by theirs.
    Raises `SpecError` if a parameter would have the name of such a value.
    """
    names = _layer_names(network)
    known: dict[int, Parameter] = {}  # by the id of the old one: several layers may share it
    for number, placed in enumerate(network.layers, 1):
        for key, parameter in placed.parameters.items():
            if id(parameter) not in known:
                letters = Names(placed.layer.letters[key], number, parameter.shape)
                known[id(parameter)] = _explicit(parameter, letters)
    layers = tuple(
        dataclasses.replace(
            placed,
            number=number,
            name=names[placed.name],
            sources=tuple(names[source] for source in placed.sources),
            parameters={key: known[id(parameter)] for key, parameter in placed.parameters.items()},
            copy_of=names.get(placed.copy_of, ""),
        )
        for number, placed in enumerate(network.layers, 1)
    )
    found = dataclasses.replace(
        network,
        layers=layers,
        outputs=tuple(
            dataclasses.replace(each, source=names[each.source]) for each in network.outputs
        ),
        latex_names=_latex_names(network),
    )
    try:
        found.naming.check()
    except SpecError as error:
        raise SpecError(f"a file numbers the layers in order; then {error}") from None
    return found


def _layer_names(network: Network) -> Mapping[str, str]:
    """The new names of layers, by their old ones; the old ones, if two would be called the same."""
    names = {each.name: each.name for each in network.inputs}
    for number, placed in enumerate(network.layers, 1):
        is_default = placed.name == f"layer{placed.number}"
        names[placed.name] = f"layer{number}" if is_default else placed.name
    return names if len(set(names.values())) == len(names) else {name: name for name in names}


def _explicit(parameter: Parameter, names: Names) -> Parameter:
    """The parameter in a place where the notation gives `names`; its own are written out."""
    if parameter.names == names or not parameter.takes_notation:
        return dataclasses.replace(parameter, names=names)
    entries = np.full(len(names), None, dtype=object)
    if parameter.entries is not None:
        entries[:] = parameter.entries.reshape(-1)
    for position, name in parameter.named():
        entries[position] = name
    return Parameter(names, entries.reshape(names.shape))


def _latex_names(network: Network) -> Mapping[str, str]:
    """The LaTeX of what there is; that of the values of layers goes with them."""
    known = named_in(network, network.latex_names)
    moved: dict[str, str] = {}
    for number, placed in enumerate(network.layers, 1):
        if known and placed.number != number:
            moved |= dict(zip(_values(placed, placed.number), _values(placed, number), strict=True))
    given = network.latex_names.items()
    return {moved.get(name, name): latex for name, latex in given if name in known}


def _values(placed: Placed, number: int) -> list[str]:
    return [name for letter in "az" for name in Names(letter, number, placed.shape).all()]
