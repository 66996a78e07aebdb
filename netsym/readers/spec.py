"""What a spec may say (version 1), and the network that it says.

The options of a layer are the fields of its class, its parameters the keys of `letters`; a field
`use_bias` is said as `bias = false`. So a new layer needs nothing here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, did_you_mean
from netsym.layers import Activated, Layer
from netsym.layers.registry import LAYERS
from netsym.layers.wiring import INPUT
from netsym.network import Network
from netsym.readers.options import MOST, options, shown, switches, wrong

VERSION = 1
KEYS = ("netsym", "title", "inputs", "outputs", "function", "parameters", "latex", "layers")
LAYER_KEYS = ("type", "name", "from")
LAYER_NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"

Arrays = Mapping[str, npt.NDArray[np.float64]]


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
        raise wrong("layers", entries, "a list of tables", '[{type = "dense", units = 2}]')
    placed = [_placed(n, entry, entries, arrays) for n, entry in enumerate(entries, 1)]
    if arrays is not None:
        used = {f"{name}.{key}" for name, _, _, parameters in placed for key in parameters}
        _check_unused(arrays, used)
    built = Network.of(
        _text("title", said.get("title", title)),
        _inputs(said["inputs"]),
        placed,
        _names("outputs", said["outputs"], "y") if "outputs" in said else (),
        function=_function(said["function"]) if "function" in said else "",
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
    given = {*network.inputs.literal, *network.outputs.literal, network.function, *_few(network)}
    return {name for name in names if name in given or network.generates(name)}


def _few(network: Network) -> list[str]:
    """The names of parameters that were given one by one, and those in formulas."""
    parameters = [p for placed in network.layers for p in placed.parameters.values()]
    given = [name for p in parameters if p.entries is not None for _, name in p.named()]
    return given + [
        name
        for p in parameters
        if p.formula is not None
        for _, names in p.symbols()
        for name in names
    ]


def _placed(
    number: int, said: Mapping[str, Any], entries: list[Any], arrays: Arrays | None
) -> tuple[str, Layer, list[str], dict[str, Any]]:
    """A layer with its name, sources and parameters, as `Network.of` takes it."""
    if "type" not in said:
        kinds = ", ".join(LAYERS)
        raise SpecError(f'layer {number} has no type; write type = "dense", or another of {kinds}')
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


def _layer(kind: type[Layer], name: str, said: Mapping[str, Any], arrays: Arrays | None) -> Layer:
    known = options(kind)
    given = {key: known[key].checked(said[key]) for key in known if key in said}
    for key in said.keys() & kind.letters.keys():
        _check_array(key, said[key], key in switches(kind))
    given |= {f"use_{key}": said[key] is not False for key in switches(kind) if key in said}
    weights = said.get("weights", (arrays or {}).get(f"{name}.weights"))
    if "units" in known and "units" not in given and (rows := _rows(weights)):
        given["units"] = known["units"].checked(rows)
    for key, option in known.items():
        if key not in given and option.default is dataclasses.MISSING:
            in_file = f", or add {name}.weights to the parameter file" if arrays is not None else ""
            also = f" or weights = [[…], …]{in_file}" if key == "units" else ""
            raise SpecError(f"{key} is missing; write {key} = …{also}")
    return kind(**given)


def _check_array(key: str, value: Any, switch: bool) -> None:
    if not (isinstance(value, list) and value) and not (switch and isinstance(value, bool)):
        wanted = f"a list of numbers and names{', or false to do without' if switch else ''}"
        raise wrong(key, value, wanted, '[["w_11"], ["w_12"]]' if key == "weights" else '["b_1"]')


def _rows(weights: Any) -> int:
    if isinstance(weights, np.ndarray):
        return weights.shape[0] if weights.ndim else 0
    return len(weights) if isinstance(weights, list) else 0


def _parameters(
    layer: Layer, name: str, said: Mapping[str, Any], arrays: Arrays | None
) -> dict[str, Any]:
    """The entries of a layer's parameters, in-line or from the file."""
    entries = {}
    for key in layer.letters:
        full, used = f"{name}.{key}", getattr(layer, f"use_{key}", True)
        inline = key in said and not isinstance(said[key], bool)
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
        raise SpecError(f"the parameter file has an array {extra[0]!r} that no layer takes; {hint}")


def _assumed(placed: list[Any], entries: list[Any]) -> str:
    silent = [
        name
        for (name, layer, *_), entry in zip(placed, entries, strict=True)
        if isinstance(layer, Activated) and "activation" not in entry
    ]
    if not silent:
        return ""
    listed = " and ".join(silent) if len(silent) < 4 else f"{len(silent)} layers"
    are = "has no activation and is" if len(silent) == 1 else "have no activation and are"
    return f'{listed} {are} linear; to say so, write activation = "linear"'


def _name(number: int, said: Mapping[str, Any]) -> str:
    name = said.get("name", f"layer{number}")
    if not isinstance(name, str) or not re.fullmatch(LAYER_NAME, name):
        wanted = "letters, digits, _ . and -, starting with a letter, in quotes"
        error = wrong("name", name, wanted, '"hidden"')
        raise SpecError(f"layer {number}: {error}")
    if name == INPUT:
        raise SpecError(f"layer {number} is called {INPUT!r}, the network's input; rename it")
    return name


def _inputs(value: Any) -> int | list[str]:
    if isinstance(value, list):
        return _names("inputs", value, "x")
    if type(value) is int and 1 <= value <= MOST:
        return value
    wanted = f"a list of names or a whole number from 1 to {MOST:,}"
    raise wrong("inputs", value, wanted, '["x"]')


def _names(key: str, value: Any, example: str) -> list[str]:
    if isinstance(value, list) and value and all(isinstance(name, str) for name in value):
        return value
    raise wrong(key, value, "a list of one or more names", f'["{example}"]')


def _function(value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise wrong("function", value, "a name in quotes", '"f"')


def _latex(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise wrong("latex", value, "a table of names and their LaTeX", '{w_11 = "w_{11}"}')
    for name, latex in value.items():
        if not _balanced(_text(f"latex.{name}", latex)):
            raise wrong(f"latex.{name}", latex, "LaTeX whose braces open and close", '"w_{11}"')
    return dict(value)


def _balanced(latex: str) -> bool:
    r"""Whether every brace that opens is closed; \{ and \} are signs, not braces."""
    depth, plain = 0, re.sub(r"\\.", "", latex)
    for character in plain:
        depth += {"{": 1, "}": -1}.get(character, 0)
        if depth < 0:
            return False
    return depth == 0 and not plain.endswith("\\")


def _text(key: str, value: Any) -> str:
    if isinstance(value, str) and value.isprintable():
        return value
    raise wrong(key, value, "one line of text in quotes, without control characters", '"…"')


def _known(where: str, said: Mapping[str, Any], keys: Iterable[str]) -> None:
    for key in said:
        if key not in keys:
            raise SpecError(f"{where} has an unknown key {shown(key)}; {did_you_mean(key, keys)}")


def _kind(number: int, name: Any) -> type[Layer]:
    if isinstance(name, str) and name in LAYERS:
        return LAYERS[name]
    hint = did_you_mean(name if isinstance(name, str) else "", LAYERS)
    raise SpecError(f"layer {number}: unknown type {shown(name)}; {hint}")
