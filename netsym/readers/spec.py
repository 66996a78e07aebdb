"""What a spec may say (version 1), and the network that it says.

The options of a layer are the fields of its class, its parameters the keys of `letters`; a field
`use_bias` is said as `bias = false`. So a new layer needs nothing here.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args, get_type_hints

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, did_you_mean
from netsym.layers import Activated, Layer
from netsym.layers.registry import LAYERS
from netsym.layers.wiring import INPUT
from netsym.network import Network

VERSION = 1
MOST = 10**9  # of anything counted: inputs, units
KEYS = ("netsym", "title", "inputs", "outputs", "function", "parameters", "latex", "layers")
LAYER_KEYS = ("type", "name", "from")
LAYER_NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"

Arrays = Mapping[str, npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Option:
    """One option of a layer: its name, `int`, `float`, `bool` or `str`, and its default."""

    name: str
    type: type
    default: Any = dataclasses.MISSING
    least: int = 1  # of a whole number; a field says otherwise with metadata={"least": 0}

    def checked(self, value: Any) -> Any:
        """The value, if it is of the option's type; raises `SpecError` otherwise."""
        given = type(value)
        if self.type is float and given in (int, float) and math.isfinite(_float(value)):
            return float(value)
        if self.type is int and given is int and self.least <= value <= MOST:
            return value
        if self.type in (bool, str) and given is self.type:
            return value
        wanted, example = {
            int: (f"a whole number from {self.least} to {MOST:,}", "4"),
            float: ("a finite number", "0.5"),
            bool: ("true or false", "true"),
            str: ("text in quotes", '"…"' if self.default is dataclasses.MISSING else
                  f'"{self.default}"'),
        }[self.type]  # fmt: skip
        raise _wrong(self.name, value, wanted, example)


def options(kind: type[Layer]) -> dict[str, Option]:
    """The options of a layer by name, in order; its `use_…` switches are not among them."""
    hints = get_type_hints(kind)
    return {
        field.name: Option(
            field.name, _plain(hints[field.name]), field.default, field.metadata.get("least", 1)
        )
        for field in dataclasses.fields(kind)
        if field.name.removeprefix("use_") not in kind.letters
    }


def switches(kind: type[Layer]) -> list[str]:
    """The parameters of a layer that `<parameter> = false` leaves out."""
    fields = {field.name for field in dataclasses.fields(kind)}
    return [key for key in kind.letters if f"use_{key}" in fields]


def network(said: Mapping[str, Any], title: str, arrays: Arrays | None) -> Network:
    """The network of a document; `arrays` are those of its parameter file, if it names one.

    Raises `SpecError` for what the schema does not allow and for what does not fit together.
    """
    _known("the spec", said, KEYS)
    _check_version(said)
    if "inputs" not in said:
        raise SpecError('inputs are missing; write inputs = ["x"], or how many there are')
    entries = said.get("layers", [])
    if isinstance(entries, dict):
        raise SpecError("layers is one table; write [[layers]], in two brackets, for each layer")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise _wrong("layers", entries, "a list of tables", '[{type = "dense", units = 2}]')
    placed = [_placed(n, entry, entries, arrays) for n, entry in enumerate(entries, 1)]
    if arrays is not None:
        used = {f"{name}.{key}" for name, _, _, parameters in placed for key in parameters}
        _check_unused(arrays, used)
    built = Network.of(
        _text("title", said.get("title", title)),
        _inputs(said["inputs"]),
        placed,
        _names("outputs", said["outputs"]) if "outputs" in said else (),
        function=_text("function", said.get("function", "f")) if "function" in said else "",
        latex_names=_latex(said.get("latex", {})),
        assumed=_assumed(placed, entries),
    )
    known = named_in(built, built.latex_names)
    for name in built.latex_names:
        if name not in known:
            hint = did_you_mean(name, [*built.inputs.literal, *_few(built)])
            raise SpecError(f"latex names {name!r}, which the network does not have; {hint}")
    return built


def named_in(network: Network, names: Iterable[str]) -> set[str]:
    """Those of the names that stand for a value of the network."""
    generated = list(network._generated())
    given = {*network.inputs.literal, *network.outputs.literal, network.function, *_few(network)}
    return {
        name
        for name in names
        if name in given or any(some.position(name) is not None for some in generated)
    }


def _few(network: Network) -> list[str]:
    """The names of parameters that were given one by one."""
    parameters = (p for placed in network.layers for p in placed.parameters.values())
    return [name for p in parameters if p.entries is not None for _, name in p.named()]


def _placed(
    number: int, said: Mapping[str, Any], entries: list[Any], arrays: Arrays | None
) -> tuple[str, Layer, list[str], dict[str, Any]]:
    """A layer with its name, sources and parameters, as `Network.of` takes it."""
    if "type" not in said:
        raise SpecError(f'layer {number} has no type; write type = "dense", or another of {', '.join(LAYERS)}')
    kind = _kind(number, said["type"])
    name = _name(number, said)
    where = f"layer {number} ({kind.kind}{' ' + name if 'name' in said else ''})"
    _known(where, said, (*LAYER_KEYS, *options(kind), *kind.letters))
    try:
        layer = _layer(kind, name, said, arrays)
        before = _name(number - 1, entries[number - 2]) if number > 1 else INPUT
        sources = _names("from", said["from"], INPUT) if "from" in said else [before]
        return name, layer, sources, _parameters(layer, name, said, arrays)
    except SpecError as error:
        raise SpecError(f"{where}: {error}") from None


def _layer(
    kind: type[Layer], name: str, said: Mapping[str, Any], arrays: Arrays | None
) -> Layer:
    known = options(kind)
    given = {key: known[key].checked(said[key]) for key in known if key in said}
    for key in switches(kind):
        if key in said:
            given[f"use_{key}"] = said[key] is not False
    weights = said.get("weights", (arrays or {}).get(f"{name}.weights"))
    if "units" in known and "units" not in given and isinstance(weights, (list, np.ndarray)):
        given["units"] = known["units"].checked(len(weights) if np.ndim(weights) else 0)
    for key, option in known.items():
        if key not in given and option.default is dataclasses.MISSING:
            also = " or weights = [[…], …]" if key == "units" else ""
            raise SpecError(f"{key} is missing; write {key} = 4{also}")
    return kind(**given)


def _parameters(
    layer: Layer, name: str, said: Mapping[str, Any], arrays: Arrays | None
) -> dict[str, Any]:
    """The entries of a layer's parameters, in-line or from the file."""
    entries = {}
    for key in layer.letters:
        full, used = f"{name}.{key}", getattr(layer, f"use_{key}", True)
        inline = key in said and not (key in switches(type(layer)) and said[key] in (True, False))
        if inline and arrays is not None and full in arrays:
            raise SpecError(f"{key} is given both here and as {full} in the parameter file")
        if inline:
            entries[key] = said[key]
        elif used and arrays is not None:
            if full not in arrays:
                omit = f", or {key} = false" if key in switches(type(layer)) else ""
                raise SpecError(
                    f"the parameter file has no array {full}; add it, or write {key} = […] "
                    f"here{omit}"
                )
            entries[key] = arrays[full]
    return entries


def _check_version(said: Mapping[str, Any]) -> None:
    if "netsym" not in said:
        raise SpecError(f"the version is missing; write netsym = {VERSION} at the top")
    if said["netsym"] != VERSION or type(said["netsym"]) is not int:
        raise SpecError(
            f"netsym = {shown(said['netsym'])} is not a version that can be read here; "
            f"write netsym = {VERSION}"
        )


def _check_unused(arrays: Arrays, used: set[str]) -> None:
    extra = [name for name in arrays if name not in used]
    if extra:
        hint = did_you_mean(extra[0], sorted(used)) if used else "no layer takes one"
        raise SpecError(
            f"the parameter file has an array {extra[0]!r} that no layer takes; {hint}"
        )


def _assumed(placed: list[Any], entries: list[Any]) -> str:
    silent = [
        name
        for (name, layer, *_), entry in zip(placed, entries, strict=True)
        if isinstance(layer, Activated) and "activation" not in entry
    ]
    if not silent:
        return ""
    listed = " and ".join(silent) if len(silent) < 4 else f"{len(silent)} layers"
    have = "has" if len(silent) == 1 else "have"
    return f'{listed} {have} no activation, so linear; write activation = "sigmoid" for another'


def _name(number: int, said: Mapping[str, Any]) -> str:
    name = said.get("name", f"layer{number}")
    if not isinstance(name, str) or not re.fullmatch(LAYER_NAME, name):
        wanted = "letters, digits, _ . and -, starting with a letter, in quotes"
        raise SpecError(f"layer {number}: {_wrong('name', name, wanted, '"hidden"')}")
    if name == INPUT:
        raise SpecError(f"layer {number} is called {INPUT!r}, the network's input; rename it")
    return name


def _inputs(value: Any) -> int | list[str]:
    if isinstance(value, list):
        return _names("inputs", value)
    if type(value) is int and 1 <= value <= MOST:
        return value
    wanted = f"a list of names or a whole number from 1 to {MOST:,}"
    raise _wrong("inputs", value, wanted, '["x"]')


def _names(key: str, value: Any, example: str = "y") -> list[str]:
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return value
    raise _wrong(key, value, "a list of one or more names", f'["{example}"]')


def _latex(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise _wrong("latex", value, "a table of names and their LaTeX", '{w_11 = "w_{11}"}')
    return {name: _text(f"latex.{name}", latex) for name, latex in value.items()}


def _text(key: str, value: Any) -> str:
    if isinstance(value, str) and value.isprintable():
        return value
    raise _wrong(key, value, "one line of text in quotes, without control characters", '"…"')


def _known(where: str, said: Mapping[str, Any], keys: Iterable[str]) -> None:
    for key in said:
        if key not in keys:
            raise SpecError(f"{where} has an unknown key {shown(key)}; {did_you_mean(key, keys)}")


def _kind(number: int, name: Any) -> type[Layer]:
    if isinstance(name, str) and name in LAYERS:
        return LAYERS[name]
    hint = did_you_mean(name if isinstance(name, str) else "", LAYERS)
    raise SpecError(f"layer {number}: unknown type {shown(name)}; {hint}")


def _plain(hint: Any) -> type:
    """`float` for `float | None`; other types are themselves."""
    kinds = [kind for kind in get_args(hint) or (hint,) if kind is not NoneType]
    assert len(kinds) == 1 and kinds[0] in (int, float, bool, str), f"no way to say {hint}"
    return kinds[0]  # type: ignore[no-any-return]


def _float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _wrong(key: str, value: Any, wanted: str, example: str) -> SpecError:
    return SpecError(f"{key} is {shown(value)}; it must be {wanted}, as in {key} = {example}")


def shown(value: Any) -> str:
    """A value as a spec writes it, cut to 60 characters.

    >>> shown(["w", 1, True])
    '["w", 1, true]'
    """
    if isinstance(value, (list, dict)) and len(value) > 20:
        return f"a {'list' if isinstance(value, list) else 'table'} of {len(value)}"
    text = json.dumps(value, default=str)
    return text if len(text) <= 60 else text[:59] + "…"
