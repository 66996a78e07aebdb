"""The inputs and outputs of a spec, read and written.

One input is said by its entries, `inputs = ["x_1", "x_2"]` or `inputs = 2`, and by its `shape`;
several are tables, `[[inputs]]`, each with a name. Outputs alike.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod
from typing import Any

from netsym.errors import SpecError, did_you_mean
from netsym.files.options import MOST, as_written, wrong
from netsym.graph.names import is_name
from netsym.layers import MOST_AXES
from netsym.layers.blocks import INPUT
from netsym.network.interface import Input, Wanted
from netsym.network.network import Network

INPUT_KEYS = ("name", "entries", "shape")
OUTPUT_KEYS = ("name", "from", "entries")


def inputs(said: Mapping[str, Any]) -> tuple[Input, ...]:
    """The inputs of a document; raises `SpecError` for what does not fit together."""
    given: Any = said.get("inputs")
    if not _are_tables(given):
        if given is None and "shape" not in said:
            raise SpecError(
                'inputs are missing; write inputs = ["x"], or how many there are, or for an array '
                "shape = [28, 28]"
            )
        return (_input(INPUT, "inputs", given, said.get("shape")),)
    if "shape" in said:
        raise SpecError("shape is that of one input; write it in the table of its [[inputs]]")
    found = []
    for number, table in enumerate(given, 1):
        known(f"input {number}", table, INPUT_KEYS)
        name, shape = _name(f"input {number}", table, "query"), table.get("shape")
        entries = table.get("entries", 1 if shape is None else None)
        found.append(_input(name, "entries", entries, shape))
    return tuple(found)


def outputs(said: Mapping[str, Any]) -> list[str] | list[Wanted]:
    """The outputs of a document: the names of the entries of the one output, or several outputs."""
    given: Any = said.get("outputs", [])
    if not _are_tables(given):
        return names("outputs", given, "y") if "outputs" in said else []
    found = []
    for number, table in enumerate(given, 1):
        known(f"output {number}", table, OUTPUT_KEYS)
        name = _name(f"output {number}", table, "y")
        source = table.get("from")
        if source is None:
            raise SpecError(f'output {number} ({name}): from is missing; write from = "layer2"')
        if not isinstance(source, str):
            error = wrong("from", source, "the name of a layer", '"layer2"')
            raise SpecError(f"output {number} ({name}): {error}")
        entries = names("entries", table["entries"], f"{name}_1") if "entries" in table else []
        found.append(Wanted(name, source, tuple(entries)))
    return found


def document(network: Network) -> dict[str, Any]:
    """What a spec says of the inputs and outputs of a network."""
    said: dict[str, Any] = {}
    (one, *others) = network.inputs
    if not others and one.name == INPUT:
        said["inputs"] = list(one.names.literal) or len(one.names)
        if len(one.shape) > 1:
            said["shape"] = list(one.shape)
    else:
        said["inputs"] = [_said(number, each) for number, each in enumerate(network.inputs, 1)]
    (first, *more) = network.outputs
    if not more and first.name == "y" and first.source == network.layers[-1].name:
        return said | ({"outputs": list(first.names.literal)} if first.names.literal else {})
    said["outputs"] = [
        {"name": each.name, "from": each.source}
        | ({"entries": list(each.names.literal)} if each.names.literal else {})
        for each in network.outputs
    ]
    return said


def _said(number: int, each: Input) -> dict[str, Any]:
    name = {"name": _name(f"input {number}", {"name": each.name}, "query")}
    shape = {"shape": list(each.shape)} if len(each.shape) > 1 else {}
    count = len(each.names)
    if each.names != Input.of(each.name, count, each.shape).names:
        return name | {"entries": each.names.all()} | shape
    said: dict[str, Any] = shape or {"entries": count}
    return name | said


def _are_tables(given: Any) -> bool:
    return isinstance(given, list) and bool(given) and all(isinstance(e, dict) for e in given)


def _input(name: str, key: str, entries: Any, shape: Any) -> Input:
    lengths = _shape(shape) if shape is not None else ()
    count = prod(lengths) if entries is None else _entries(key, entries)
    return Input.of(name, count, lengths)


def _entries(key: str, value: Any) -> int | list[str]:
    if isinstance(value, list):
        return names(key, value, "x")
    if type(value) is int and 1 <= value <= MOST:
        return value
    wanted = f"a list of names or a whole number from 1 to {MOST:,}"
    raise wrong(key, value, wanted, '["x"]')


def _shape(value: Any) -> tuple[int, ...]:
    if isinstance(value, list) and value and all(type(n) is int and n > 0 for n in value):
        if len(value) > MOST_AXES:
            raise SpecError(
                f"shape has {len(value)} axes; at most {MOST_AXES} can be handled, so join some"
            )
        if prod(value) <= MOST:
            return tuple(value)
        raise SpecError(f"shape = {as_written(value)} has more than {MOST:,} inputs")
    raise wrong("shape", value, "a list of whole numbers above zero", "[28, 28]")


def _name(where: str, table: Mapping[str, Any], example: str) -> str:
    name = table.get("name")
    if name is None:
        raise SpecError(f'{where}: name is missing; write name = "{example}"')
    if not isinstance(name, str):
        error = wrong("name", name, "a name in quotes", f'"{example}"')
        raise SpecError(f"{where}: {error}")
    if not is_name(name):
        raise SpecError(f"{where}: {name[:60]!r} is not a name: letters, digits and underscores")
    return name


def names(key: str, value: Any, example: str) -> list[str]:
    """A list of names in a document; raises `SpecError` for anything else."""
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return value
    raise wrong(key, value, "a list of one or more names", f'["{example}"]')


def known(where: str, said: Mapping[str, Any], keys: Sequence[str]) -> None:
    """Raise `SpecError` for a key that a table cannot have."""
    for key in said:
        if key not in keys:
            raise SpecError(
                f"{where} has an unknown key {as_written(key)}; {did_you_mean(key, keys)}"
            )
