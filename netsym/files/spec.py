"""What a spec may say (version 1), and the network that it says.

The options of a layer are the fields of its class, its parameters the keys of `letters`; a field
`use_bias` is said as `bias = false`. So a new layer needs nothing here.
"""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, did_you_mean
from netsym.files import ends
from netsym.files.latex_of_names import ALLOWED, mistake_in
from netsym.files.options import as_written, options, switches, wrong
from netsym.layers import Activated, Layer
from netsym.layers.blocks import BLOCK, INPUT, Block, Composite, LayerWire, Shared, Wire, expanded
from netsym.layers.registry import BLOCKS, LAYERS, hint
from netsym.network.interface import Input
from netsym.network.network import Network
from netsym.wording import agreed, joined

VERSION = 1
KEYS = (
    "netsym", "title", "inputs", "shape", "outputs", "function", "parameters", "latex", "layers",
)  # fmt: skip
LAYER_KEYS = ("type", "name", "from")
BLOCK_KEYS = ("layers", "repeat", "share", "residual")
LAYER_NAME = r"[A-Za-z_][A-Za-z0-9_.-]*"
DEEPEST = 20  # blocks within each other

Arrays = Mapping[str, npt.NDArray[np.float64]]


def network(said: Mapping[str, Any], title: str, arrays: Arrays | None) -> Network:
    """The network of a document; `arrays` are those of its parameter file, if it names one.

    Raises `SpecError` for what the schema does not allow and for what does not fit together.
    """
    ends.known("the spec", said, KEYS)
    _check_version(said)
    inputs, outputs = ends.inputs(said), ends.outputs(said)
    silent: list[str] = []
    wires = _wires(said.get("layers", []), _first(inputs), arrays, silent, 0)
    if arrays is not None:
        wires = _from_file(expanded(wires, [each.name for each in inputs]), arrays)
    built = Network.of(
        _text("title", said.get("title", title)),
        inputs,
        wires,
        outputs,
        function=_function(said["function"]) if "function" in said else "",
        latex_names=checked_latex(said.get("latex", {})),
        assumed=_assumed(silent),
    )
    if arrays is not None:
        _check_missing(built, wires)
    known = named_in(built, built.latex_names)
    for name in built.latex_names:
        if name not in known:
            hint = did_you_mean(name, [*built.input_names.literal, *_few(built)])
            raise SpecError(f"latex names {name!r}, which the network does not have; {hint}")
    return built


def named_in(network: Network, names: Iterable[str]) -> set[str]:
    """Those of the names that stand for a value of the network."""
    given = {name for each in network.inputs for name in each.names.literal}
    given |= {name for each in network.outputs for name in each.names.literal}
    given |= {network.function, *_few(network)}
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


def _first(inputs: Sequence[Input]) -> str:
    """What the first layer reads where it does not say; nothing, of several inputs."""
    return inputs[0].name if len(inputs) == 1 else ""


def _wires(
    entries: Any, first: str, arrays: Arrays | None, silent: list[str], depth: int
) -> list[Wire]:
    """The layers and blocks of a list, as `Network.of` takes them.

    `first` is what the first one reads where it does not say. Names of layers that do not say their
    activation are added to `silent`.
    """
    if isinstance(entries, dict):
        raise SpecError("layers is one table; write [[layers]], in two brackets, for each layer")
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise wrong("layers", entries, "a list of tables", '[{type = "dense", units = 2}]')
    if depth > DEEPEST:
        raise SpecError(
            f"blocks stand in blocks, more than {DEEPEST} deep; write some of their layers outside"
        )
    return [_wire(n, entries, first, arrays, silent, depth) for n in range(1, len(entries) + 1)]


def _wire(
    number: int,
    entries: list[Any],
    first: str,
    arrays: Arrays | None,
    silent: list[str],
    depth: int,
) -> Wire:
    """A layer or block with its name, sources and parameters."""
    said = entries[number - 1]
    if "type" not in said:
        raise SpecError(
            f'layer {number} has no type; write type = "dense" or another: netsym layers lists them'
        )
    kind = _kind(number, said["type"])
    name = _name(number, said)
    known = BLOCK if kind is None else kind.kind
    where = f"layer {number} ({known}{' ' + name if 'name' in said else ''})"
    ends.known(where, said, _keys(kind))
    try:
        before = _name(number - 1, entries[number - 2]) if number > 1 else first
        if not before and "from" not in said:
            raise SpecError("there are several inputs, so it must say which it reads: from = […]")
        sources = ends.names("from", said["from"], INPUT) if "from" in said else [before]
        if kind is None:
            return name, _block(said, arrays, silent, depth), sources, {}
        if issubclass(kind, Composite):
            return name, _made(kind, said).block(), sources, {}
        layer = _layer(kind, name, said, arrays)
        is_linear = isinstance(layer, Activated) and layer.activation == "linear"
        if is_linear and "activation" not in said:
            silent.append(name)
        return name, layer, sources, _parameters(layer, said)
    except SpecError as error:
        raise SpecError(f"{where}: {error}") from None


def _keys(kind: type[Layer] | type[Composite] | None) -> tuple[str, ...]:
    """The keys that a table of a layer or block may have."""
    if kind is None:
        return (*LAYER_KEYS, *BLOCK_KEYS)
    if issubclass(kind, Composite):
        return (*LAYER_KEYS, *options(kind))
    return tuple(dict.fromkeys((*LAYER_KEYS, "share", *options(kind), *kind.letters)))


def _block(said: Mapping[str, Any], arrays: Arrays | None, silent: list[str], depth: int) -> Block:
    parts = _wires(said.get("layers", []), INPUT, arrays, silent, depth + 1)
    given = {
        key: option.checked(said[key]) for key, option in options(Block).items() if key in said
    }
    return Block(parts=tuple(parts), **given)


def _made(kind: type[Composite], said: Mapping[str, Any]) -> Composite:
    """A composite with the options said."""
    known = options(kind)
    for key, option in known.items():
        if key not in said and option.default is dataclasses.MISSING:
            raise SpecError(f"{key} is missing; write {key} = …{_example(kind)}")
    return kind(**{key: known[key].checked(said[key]) for key in known if key in said})


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
            taken = key == "units" and "weights" in kind.letters
            also = f" or weights = [[…], …]{in_file}" if taken else _example(kind)
            raise SpecError(f"{key} is missing; write {key} = …{also}")
    return kind(**given)


def _example(kind: type[Layer] | type[Composite]) -> str:
    return f", as in the example of netsym layers {kind.kind}"


def _check_array(key: str, value: Any, switch: bool) -> None:
    if not (isinstance(value, list) and value) and not (switch and isinstance(value, bool)):
        wanted = f"a list of numbers and names{', or false to do without' if switch else ''}"
        raise wrong(key, value, wanted, '[["w_11"], ["w_12"]]' if key == "weights" else '["b_1"]')


def _rows(weights: Any) -> int:
    if isinstance(weights, np.ndarray):
        return weights.shape[0] if weights.ndim else 0
    return len(weights) if isinstance(weights, list) else 0


def _parameters(layer: Layer, said: Mapping[str, Any]) -> dict[str, Any] | Shared:
    """The entries of a layer's parameters that are given in-line, or whose they are."""
    if "share" in said and not hasattr(layer, "share"):
        origin = said["share"]
        if not isinstance(origin, str):
            raise wrong("share", origin, "the name of a layer", '"embedding"')
        own = [key for key in layer.letters if isinstance(said.get(key), list)]
        if own:
            raise SpecError(f"{own[0]} is given, but share = {as_written(origin)} gives it too")
        return Shared(origin)
    given = (key for key in layer.letters if key in said and not isinstance(said[key], bool))
    return {key: said[key] for key in given}


def _from_file(layers: list[LayerWire], arrays: Arrays) -> list[Wire]:
    """The layers with the arrays of the parameter file, by their full names."""
    used: set[str] = set()
    missing: set[str] = set()
    filled: list[Wire] = []
    for number, (name, layer, sources, given) in enumerate(layers, 1):
        if isinstance(given, Shared):
            filled.append((name, layer, sources, given))
            continue
        where = _where(number, layer, name)
        entries = dict(given)
        for key in layer.letters:
            full = f"{name}.{key}"
            if key in given and full in arrays:
                raise SpecError(
                    f"{where}: {key} is given both here and as {full} in the parameter file"
                )
            if key in given or not getattr(layer, f"use_{key}", True):
                continue
            if full in arrays:
                entries[key] = arrays[full]
                used.add(full)
            else:
                missing.add(full)
        filled.append((name, layer, sources, entries))
    _check_unused(arrays, used, missing)
    return filled


def _check_missing(built: Network, layers: Sequence[Wire]) -> None:
    """Raise `SpecError` for a parameter that neither the spec nor its file gives."""
    given = {
        name: set(entries) for name, _, _, entries in layers if not isinstance(entries, Shared)
    }
    for placed in built.layers:
        for key in placed.parameters:
            if key not in given.get(placed.name, placed.parameters):
                omit = f", or {key} = false" if key in switches(type(placed.layer)) else ""
                where = _where(placed.number, placed.layer, placed.name)
                raise SpecError(
                    f"{where}: the parameter file has no array {placed.name}.{key}; add it, or "
                    f"write {key} = […] here{omit}"
                )


def _where(number: int, layer: Layer, name: str) -> str:
    """What errors call a layer."""
    return f"layer {number} ({layer.kind}{'' if name == f'layer{number}' else ' ' + name})"


def _check_version(said: Mapping[str, Any]) -> None:
    if "netsym" not in said:
        raise SpecError(f"the version is missing; write netsym = {VERSION} at the top")
    if said["netsym"] != VERSION or type(said["netsym"]) is not int:
        raise SpecError(
            f"netsym = {as_written(said['netsym'])} is not a version that can be read here; "
            f"write netsym = {VERSION}"
        )


def _check_unused(arrays: Arrays, used: set[str], missing: set[str]) -> None:
    extra = [name for name in arrays if name not in used]
    if extra:
        known = sorted(missing or used)
        hint = did_you_mean(extra[0], known) if known else "no layer takes one"
        raise SpecError(f"the parameter file has an array {extra[0]!r} that no layer takes; {hint}")


def _assumed(silent: list[str]) -> str:
    if not silent:
        return ""
    listed = joined(silent) if len(silent) < 4 else f"{len(silent)} layers"
    are = agreed(len(silent), "has no activation and is", "have no activation and are")
    return f'{listed} {are} linear; to say so, write activation = "linear"'


def _name(number: int, said: Mapping[str, Any]) -> str:
    return checked_name(number, said.get("name", f"layer{number}"))


def checked_name(number: int, name: Any) -> str:
    """The name of a layer; raises `SpecError` for what is none in a file."""
    if not isinstance(name, str) or not re.fullmatch(LAYER_NAME, name):
        wanted = "letters, digits, _ . and -, starting with a letter, in quotes"
        error = wrong("name", name, wanted, '"hidden"')
        raise SpecError(f"layer {number}: {error}")
    if name == INPUT:
        raise SpecError(f"layer {number} is called {INPUT!r}, the network's input; rename it")
    return name


def _function(value: Any) -> str:
    if isinstance(value, str) and value:
        return value
    raise wrong("function", value, "a name in quotes", '"f"')


def checked_latex(value: Any) -> dict[str, str]:
    """The LaTeX of names; raises `SpecError` for what is none in a file."""
    if not isinstance(value, dict):
        raise wrong("latex", value, "a table of names and their LaTeX", '{w_11 = "w_{11}"}')
    for name, latex in value.items():
        found = mistake_in(_text(f"latex.{name}", latex))
        if found:
            error = wrong(f"latex.{name}", latex, ALLOWED, r'"\\hat{\\mu}_{1}"')
            raise SpecError(f"{error}; not allowed: {found}")
    return dict(value)


def _text(key: str, value: Any) -> str:
    if isinstance(value, str) and value.isprintable():
        return value
    raise wrong(key, value, "one line of text in quotes, without control characters", '"…"')


def _kind(number: int, name: Any) -> type[Layer] | type[Composite] | None:
    """What a type stands for; None for a block."""
    if name == BLOCK:
        return None
    if isinstance(name, str) and name in LAYERS:
        return LAYERS[name]
    if isinstance(name, str) and name in BLOCKS:
        return BLOCKS[name]
    raise SpecError(f"layer {number}: unknown type {as_written(name)}; {hint(name)}")
