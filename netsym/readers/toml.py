"""A network as the TOML text that `load` reads back as the same network."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from netsym.errors import SpecError
from netsym.layers.blocks import INPUT
from netsym.layers.wiring import Placed
from netsym.network import Network
from netsym.readers.inline import Inline
from netsym.readers.options import options, switches
from netsym.readers.renumbered import renumbered
from netsym.readers.spec import VERSION
from netsym.writers.whole_file import replacing


def dumps(network: Network) -> str:
    """The spec of a network: layers, wiring and parameters in-line.

    Floats are written so that they are read back exactly, fractions as "1/3", formulas as "2*w".
    Parameters that the notation names are left out, where the notation names them again.
    Raises `SpecError` or `TooLargeError` for numbers and formulas longer than a file may have.

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
    return "\n".join(_lines(network)) + "\n"


def save(network: Network, path: str | os.PathLike[str]) -> None:
    """Write the spec of a network to a file, whole or not at all; else raises `OutputError`."""
    with replacing(os.fspath(path)) as file:
        file.write(dumps(network))


def _lines(given: Network) -> Iterator[str]:
    _check_sayable(given)
    network = renumbered(given)
    inline = Inline(network)
    yield f"netsym = {VERSION}"
    yield f"title = {_value(network.title)}"
    yield f"inputs = {_value(list(network.inputs.literal) or len(network.inputs))}"
    if network.shape:
        yield f"shape = {_value(list(network.shape))}"
    if network.outputs.literal:
        yield f"outputs = {_value(list(network.outputs.literal))}"
    if network.function:
        yield f"function = {_value(network.function)}"
    if network.latex_names:
        yield from ("", "[latex]")
        yield from (f"{name} = {_value(text)}" for name, text in network.latex_names.items())
    before, owners = INPUT, owned(network)
    for number, placed in enumerate(network.layers, 1):
        yield from ("", "[[layers]]", f"type = {_value(placed.layer.kind)}")
        if placed.name != f"layer{number}":
            yield f"name = {_value(placed.name)}"
        if placed.sources != (before,):
            yield f"from = {_value(list(placed.sources))}"
        yield from _layer(placed)
        owner = owners[placed.name]
        if owner != placed.name:
            yield f"share = {_value(owner)}"
        for key, parameter in placed.parameters.items():
            if owner != placed.name:
                continue
            if parameter.entries is not None or parameter.formula is not None:
                array = inline.array(f"layer {number} ({placed.layer.kind}): {key}", parameter)
                yield f"{key} = {_array(array)}"
        before = placed.name


def _check_sayable(network: Network) -> None:
    """Raise `SpecError` for the costs that a file cannot say."""
    if not len(network.inputs):
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


def _layer(placed: Placed) -> Iterator[str]:
    """What the layer is; text is said even where it is the default, as activations should be."""
    layer = placed.layer
    for name, option in options(type(layer)).items():
        value = getattr(layer, name)
        if value != option.default or isinstance(value, str):
            yield f"{name} = {_value(value)}"
    for key in switches(type(layer)):
        if not getattr(layer, f"use_{key}"):
            yield f"{key} = false"


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
                f"layer {placed.name} has parameters of {' and '.join(sorted(found))}; a file "
                "lets a layer share those of one other layer"
            )
        owners[placed.name] = found.pop() if found else placed.name
    return owners


def _array(entries: Any) -> str:
    """Nested lists, a row to a line."""
    if entries and isinstance(entries[0], list):
        rows = "".join(f"  {_array(row)},\n" for row in entries)
        return f"[\n{rows}]"
    return _value(entries)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Fraction):
        return f'"{value}"'
    if isinstance(value, str):  # JSON's escapes are TOML's, but for DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
