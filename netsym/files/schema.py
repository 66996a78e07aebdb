"""The JSON Schema of a spec, made from the layers there are."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from typing import Any

from netsym.files.options import MOST, Option, options, switches
from netsym.files.spec import LAYER_NAME, VERSION
from netsym.graph.functions import ACTIVATIONS
from netsym.layers import Layer
from netsym.layers.blocks import BLOCK, INPUT, Block, Composite
from netsym.layers.parameter_entries import EXACT, LONGEST, NUMBER, SIGN
from netsym.layers.registry import BLOCKS, LAYERS


def _ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/$defs/{name}"}


def _any(*kinds: dict[str, Any], said: str = "") -> dict[str, Any]:
    return ({"description": said} if said else {}) | {"anyOf": list(kinds)}


def _text(said: str = "", **more: Any) -> dict[str, Any]:
    return ({"description": said} if said else {}) | {"type": "string", **more}


def _list(of: dict[str, Any], said: str = "", least: int = 1, **more: Any) -> dict[str, Any]:
    start = {"description": said} if said else {}
    return start | {"type": "array", "minItems": least, **more, "items": of}


def _table(said: str, required: list[str], properties: dict[str, Any]) -> dict[str, Any]:
    """A table that has no other keys than these."""
    return {
        "description": said,
        "type": "object",
        "required": required,
        "additionalProperties": False,
        "properties": properties,
    }


_NAME = _text(pattern="^[A-Za-z_][A-Za-z0-9_]*$")

#: What a spec has at the top.
_SPEC = {
    "netsym": {"const": VERSION, "description": "The version of this schema."},
    "title": _text(),
    "inputs": _any(
        _ref("names"), _ref("count"), _list(_ref("input")),
        said="The names of the inputs, how many there are, or a table for each.",
    ),
    "shape": _ref("shape"),
    "outputs": _any(
        _ref("names"), _list(_ref("output")),
        said="The names of the outputs, or a table for each of several.",
    ),
    "function": _NAME | {"description": "Write f(x) = … rather than y = …"},
    "parameters": _text("A file beside the spec, with arrays <layer name>.weights, ….",
                        pattern=r"\.(npz|safetensors)$"),
    "latex": {"type": "object", "additionalProperties": _text()},
    "layers": _ref("layers"),
}  # fmt: skip

#: What they are made of, besides the layers that there are.
_DEFINED = {
    "name": _NAME,
    "names": _list(_ref("name"), uniqueItems=True),
    "shape": _list(_ref("count"), "The lengths of the axes, where an input is an array."),
    "input": _table(
        "One of several inputs, which layers read by its name.", ["name"],
        {"name": _ref("name"), "entries": _any(_ref("names"), _ref("count")),
         "shape": _ref("shape")},
    ),
    "output": _table(
        "One of several outputs: the values of a layer or block.", ["name", "from"],
        {"name": _ref("name"), "from": _text(), "entries": _ref("names")},
    ),
    "count": {"type": "integer", "minimum": 1, "maximum": MOST},
    "entry": _any(
        {"type": "number"}, _ref("name"), _ref("exact"), _ref("expression"),
        said="A number, a name, or text: an exact number or a formula.",
    ),
    "exact": _text('An exact number, such as "0.15" or "1/3".', pattern=f"^{EXACT}$"),
    "expression": _text('Made of numbers and parameters, such as "2*w + sigmoid(c)".',
                     maxLength=LONGEST, pattern=rf"^(?!{NUMBER}$)[^=;#\n]*{SIGN}[^=;#\n]*$"),
    "array": {"type": "array", "items": _any(_ref("entry"), _ref("array"))},
    "layers": _list(_ref("layer")),
    "layer": {"oneOf": [_ref(kind) for kind in (*LAYERS, *BLOCKS, BLOCK)]},
}  # fmt: skip


def schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of version 1 of a spec, TOML or JSON."""
    layers = {name: _layer(kind) for name, kind in LAYERS.items()}
    blocks = {name: _block(kind) for name, kind in BLOCKS.items()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A neural network, as netsym reads it from TOML or JSON",
        "type": "object",
        "required": ["netsym", "layers"],
        "anyOf": [{"required": ["inputs"]}, {"required": ["shape"]}],
        "additionalProperties": False,
        "properties": _SPEC,
        "$defs": _DEFINED | layers | blocks | {BLOCK: _block(Block)},
    }


def _layer(kind: type[Layer]) -> dict[str, Any]:
    shared = {} if "share" in options(kind) else {"share": _text()}
    parameters = {key: _parameter(key, kind) for key in kind.letters}
    said = _said(kind, kind.kind, *kind.reads)
    said["properties"] |= parameters | shared
    return said


def _block(kind: type[Composite | Block]) -> dict[str, Any]:
    if issubclass(kind, Composite):
        return _said(kind, kind.kind, *kind.reads)
    said = _said(kind, BLOCK, 1, None)
    del said["properties"]["parts"]
    said["properties"]["layers"] = {"$ref": "#/$defs/layers"}
    return said | {"required": ["type", "layers"]}


def _said(kind: type[Any], name: str, least: int, most: int | None) -> dict[str, Any]:
    """A table with the options of a layer or block, which reads from so many values."""
    sources = _list(_text(), least=least) | ({} if most is None else {"maxItems": most})
    every: Mapping[str, Option] = options(kind)  # type: ignore[arg-type]  # classes are hashable
    properties = {
        "type": {"const": name},
        "name": _text(pattern=f"^{LAYER_NAME}$") | {"not": {"const": INPUT}},
        "from": sources,
        **{known.name: _option(known) for known in every.values()},
    }
    said = (kind.__doc__ or "").partition("\n")[0]
    return _table(said, ["type", *(["from"] if least > 1 else [])], properties)


def _option(option: Option) -> dict[str, Any]:
    if option.name == "activation":
        words = "|".join(map(_in_any_case, ACTIVATIONS.words()))
        return {"type": "string", "pattern": f"^({words})$", "default": option.default}
    whole = {"type": "integer", "minimum": option.least, "maximum": MOST}
    types: dict[type, dict[str, Any]] = {
        int: whole,
        float: {"type": "number"},
        bool: {"type": "boolean"},
        str: _text(),
        tuple: _any(whole, _list(whole)),
    }
    said = types[option.type]
    known = option.default not in (dataclasses.MISSING, None)
    default = list(option.default) if isinstance(option.default, tuple) else option.default
    return said | ({"default": default} if known else {})


def _in_any_case(word: str) -> str:
    """A pattern, where JSON Schema has no flag for it.

    >>> _in_any_case("relu6")
    '[rR][eE][lL][uU]6'
    """
    return "".join(f"[{c}{c.upper()}]" if c.isalpha() else c for c in word)


def _parameter(key: str, kind: type[Layer]) -> dict[str, Any]:
    array = _ref("array")
    return _any(array, {"type": "boolean"}) if key in switches(kind) else array


def lines(table: dict[str, Any], margin: str = "  ") -> str:
    """A table in JSON, a key to a line; those of `$defs` too."""
    said = (
        lines(value, f"{margin}  ") if key == "$defs" else json.dumps(value, ensure_ascii=False)
        for key, value in table.items()
    )
    keys = (f"{margin}{json.dumps(key)}: {value}" for key, value in zip(table, said, strict=True))
    return "{\n" + ",\n".join(keys) + f"\n{margin[2:]}}}"
