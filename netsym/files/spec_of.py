"""The spec of a network, and the text that `load` reads back as the same network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from netsym.errors import SpecError
from netsym.files.ends import document
from netsym.files.entries_as_text import Inline
from netsym.files.formats import named
from netsym.files.numbered_for_file import renumbered
from netsym.files.options import options, switches
from netsym.files.spec import VERSION, checked_latex, checked_name
from netsym.layers.wiring import Placed
from netsym.network.network import Network
from netsym.wording import joined


def dumps(network: Network, format: str = "toml") -> str:
    """The spec of a network in a format: layers, wiring and parameters in-line.

    Floats are written so that they are read back exactly, fractions as "1/3", formulas as "2*w".
    Parameters that the notation names are left out, where the notation names them again.
    Raises `SpecError` for an unknown format, and like `TooLargeError` for numbers and formulas
    longer than a file may have.

    >>> import netsym
    >>> print(dumps(netsym.parse("1-2:tanh")))
    netsym = 1
    title = "1-2:tanh"
    inputs = 1
    <BLANKLINE>
    [[layers]]
    type = "dense"
    activation = "tanh"
    units = 2
    <BLANKLINE>
    """
    return named(format).write(_spec(network))


def _spec(given: Network) -> dict[str, Any]:
    """The spec as nested dicts and lists, in the order in which it is written."""
    _check_sayable(given)
    network = renumbered(given)
    spec = {"netsym": VERSION, "title": network.title} | document(network)
    optional = {"function": network.function, "latex": checked_latex(dict(network.latex_names))}
    spec |= {key: value for key, value in optional.items() if value}
    return spec | {"layers": list(_layers(network))}


def _layers(network: Network) -> Iterator[dict[str, Any]]:
    before = network.inputs[0].name if len(network.inputs) == 1 else ""
    owners, inline = owned(network), Inline(network)
    for number, placed in enumerate(network.layers, 1):
        checked_name(number, placed.name)  # nothing is written that could not be read back
        said: dict[str, Any] = {"type": placed.layer.kind}
        if placed.name != f"layer{number}":
            said["name"] = placed.name
        if placed.sources != (before,):
            said["from"] = list(placed.sources)
        said |= _options(placed)
        owner = owners[placed.name]
        if owner != placed.name:
            said["share"] = owner
        for key, parameter in placed.parameters.items():
            if owner != placed.name:
                continue
            if parameter.entries is not None or parameter.formula is not None:
                where = f"layer {number} ({placed.layer.kind}): {key}"
                said[key] = inline.array(where, parameter)
        yield said
        before = placed.name


def _check_sayable(network: Network) -> None:
    """Raise `SpecError` for the costs that a file cannot say."""
    if not network.inputs:
        what = "has its data as numbers and no inputs"
    elif any(placed.examples for placed in network.layers):
        what = "is a cost over several examples"
    elif any(placed.layer.kind == "penalty" for placed in network.layers):
        what = "has a penalty on the weights of other layers"
    else:
        return
    raise SpecError(
        f"{network.title!r} {what}, which a file cannot say; save the network itself, and make "
        "its cost again"
    )


def _options(placed: Placed) -> dict[str, Any]:
    """What the layer is; text is said even where it is the default, as activations should be."""
    layer = placed.layer
    said: dict[str, Any] = {}
    for name, option in options(type(layer)).items():
        value = getattr(layer, name)
        if value != option.default or isinstance(value, str):
            said[name] = value
    off = [key for key in switches(type(layer)) if not getattr(layer, f"use_{key}")]
    return said | dict.fromkeys(off, False)


def owned(network: Network) -> dict[str, str]:
    """By layer: the one whose parameters it has, itself if they are its own.

    Raises `SpecError` for a layer that shares some of its parameters only.
    """
    first: dict[int, str] = {}
    owners: dict[str, str] = {}
    for placed in network.layers:
        found = {first.setdefault(id(p), placed.name) for p in placed.parameters.values()}
        if len(found) > 1:
            raise SpecError(
                f"layer {placed.name} has parameters of {joined(sorted(found))}; a file "
                "lets a layer share those of one other layer"
            )
        owners[placed.name] = found.pop() if found else placed.name
    return owners
