"""A network as the TOML text that `load` reads back as the same network."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from netsym.layers.wiring import INPUT, Placed
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
    network = renumbered(given)
    inline = Inline(network)
    yield f"netsym = {VERSION}"
    yield f"title = {_value(network.title)}"
    yield f"inputs = {_value(list(network.inputs.literal) or len(network.inputs))}"
    if network.outputs.literal:
        yield f"outputs = {_value(list(network.outputs.literal))}"
    if network.function:
        yield f"function = {_value(network.function)}"
    if network.latex_names:
        yield from ("", "[latex]")
        yield from (f"{name} = {_value(text)}" for name, text in network.latex_names.items())
    before = INPUT
    for number, placed in enumerate(network.layers, 1):
        yield from ("", "[[layers]]", f"type = {_value(placed.layer.kind)}")
        if placed.name != f"layer{number}":
            yield f"name = {_value(placed.name)}"
        if placed.sources != (before,):
            yield f"from = {_value(list(placed.sources))}"
        yield from _layer(placed)
        for key, parameter in placed.parameters.items():
            if parameter.entries is not None or parameter.formula is not None:
                array = inline.array(f"layer {number} ({placed.layer.kind}): {key}", parameter)
                yield f"{key} = {_array(array)}"
        before = placed.name


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


def _array(entries: Any) -> str:
    """Nested lists, a row to a line."""
    if entries and isinstance(entries[0], list):
        rows = "".join(f"  {_array(row)},\n" for row in entries)
        return f"[\n{rows}]"
    return _value(entries)


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return f"[{', '.join(map(_value, value))}]"
    if isinstance(value, Fraction):
        return f'"{value}"'
    if isinstance(value, str):  # JSON's escapes are TOML's, but for DEL
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    return repr(value)
