"""The JSON Schema of a spec, made from the layers there are."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from netsym.files.options import MOST, Option, options, switches
from netsym.files.spec import BLOCK, LAYER_NAME, VERSION
from netsym.graph.functions import ACTIVATIONS
from netsym.layers import Layer
from netsym.layers.blocks import INPUT, Block, Composite
from netsym.layers.parameter_entries import LONGEST, NUMBER, SIGN
from netsym.layers.registry import BLOCKS, LAYERS

_NAME = {"type": "string", "pattern": "^[A-Za-z_][A-Za-z0-9_]*$"}
_NAMES = {"type": "array", "minItems": 1, "uniqueItems": True, "items": {"$ref": "#/$defs/name"}}
_TEXT = {"type": "string"}


def schema() -> dict[str, Any]:
    """The schema (JSON Schema 2020-12) of version 1 of a spec, TOML or JSON."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A neural network, as netsym reads it from TOML or JSON",
        "type": "object",
        "required": ["netsym", "layers"],
        "anyOf": [{"required": ["inputs"]}, {"required": ["shape"]}],
        "additionalProperties": False,
        "properties": {
            "netsym": {"const": VERSION, "description": "The version of this schema."},
            "title": _TEXT,
            "inputs": {
                "description": "The names of the inputs, how many there are, or a table for each.",
                "anyOf": [
                    {"$ref": "#/$defs/names"},
                    {"$ref": "#/$defs/count"},
                    {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/input"}},
                ],
            },
            "shape": {"$ref": "#/$defs/shape"},
            "outputs": {
                "description": "The names of the outputs, or a table for each of several.",
                "anyOf": [
                    {"$ref": "#/$defs/names"},
                    {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/output"}},
                ],
            },
            "function": {**_NAME, "description": "Write f(x) = … rather than y = …"},
            "parameters": {
                "description": "A file beside the spec, with arrays <layer name>.weights, ….",
                "type": "string",
                "pattern": r"\.(npz|safetensors)$",
            },
            "latex": {"type": "object", "additionalProperties": _TEXT},
            "layers": {"$ref": "#/$defs/layers"},
        },
        "$defs": {
            "name": _NAME,
            "names": _NAMES,
            "shape": {
                "description": "The lengths of the axes, where an input is an array.",
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/$defs/count"},
            },
            "input": {
                "description": "One of several inputs, which layers read by its name.",
                "type": "object",
                "required": ["name"],
                "additionalProperties": False,
                "properties": {
                    "name": {"$ref": "#/$defs/name"},
                    "entries": {"anyOf": [{"$ref": "#/$defs/names"}, {"$ref": "#/$defs/count"}]},
                    "shape": {"$ref": "#/$defs/shape"},
                },
            },
            "output": {
                "description": "One of several outputs: the values of a layer or block.",
                "type": "object",
                "required": ["name", "from"],
                "additionalProperties": False,
                "properties": {
                    "name": {"$ref": "#/$defs/name"},
                    "from": _TEXT,
                    "entries": {"$ref": "#/$defs/names"},
                },
            },
            "count": {"type": "integer", "minimum": 1, "maximum": MOST},
            "entry": {
                "description": "A number, a name, or text: an exact fraction or a formula.",
                "anyOf": [
                    {"type": "number"},
                    {"$ref": "#/$defs/name"},
                    {"$ref": "#/$defs/fraction"},
                    {"$ref": "#/$defs/formula"},
                ],
            },
            "fraction": {
                "description": 'An exact number, such as "1/3".',
                "type": "string",
                "pattern": "^[+-]?[0-9]{1,400}(/[0-9]{1,400})?$",
            },
            "formula": {
                "description": 'Made of numbers and parameters, such as "2*w + sigmoid(c)".',
                "type": "string",
                "maxLength": LONGEST,
                "pattern": rf"^(?!{NUMBER}$)[^=;#\n]*{SIGN}[^=;#\n]*$",
            },
            "array": {
                "type": "array",
                "items": {"anyOf": [{"$ref": "#/$defs/entry"}, {"$ref": "#/$defs/array"}]},
            },
            "layers": {"type": "array", "minItems": 1, "items": {"$ref": "#/$defs/layer"}},
            "layer": {"oneOf": [{"$ref": f"#/$defs/{k}"} for k in (*LAYERS, *BLOCKS, BLOCK)]},
            **{name: _layer(kind) for name, kind in LAYERS.items()},
            **{name: _block(kind) for name, kind in BLOCKS.items()},
            BLOCK: _block(Block),
        },
    }


def _layer(kind: type[Layer]) -> dict[str, Any]:
    shared = {} if "share" in options(kind) else {"share": _TEXT}
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
    sources = {"type": "array", "items": _TEXT, "minItems": least}
    every: Mapping[str, Option] = options(kind)  # type: ignore[arg-type]  # classes are hashable
    return {
        "description": (kind.__doc__ or "").partition("\n")[0],
        "type": "object",
        "required": ["type", *(["from"] if least > 1 else [])],
        "additionalProperties": False,
        "properties": {
            "type": {"const": name},
            "name": {"type": "string", "pattern": f"^{LAYER_NAME}$", "not": {"const": INPUT}},
            "from": sources | ({} if most is None else {"maxItems": most}),
            **{known.name: _option(known) for known in every.values()},
        },
    }


def _option(option: Option) -> dict[str, Any]:
    if option.name == "activation":
        words = "|".join(map(_in_any_case, ACTIVATIONS.words()))
        return {"type": "string", "pattern": f"^({words})$", "default": option.default}
    whole = {"type": "integer", "minimum": option.least, "maximum": MOST}
    types: dict[type, dict[str, Any]] = {
        int: whole,
        float: {"type": "number"},
        bool: {"type": "boolean"},
        str: {"type": "string"},
        tuple: {"anyOf": [whole, {"type": "array", "minItems": 1, "items": whole}]},
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
    array: dict[str, Any] = {"$ref": "#/$defs/array"}
    return {"anyOf": [array, {"type": "boolean"}]} if key in switches(kind) else array
