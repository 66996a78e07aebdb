"""The types of layers and blocks as a person looks them up: options, shapes, equations, examples.

All of it is read off their classes, or written by netsym from a small example.
"""

from __future__ import annotations

import dataclasses
import re
import sys
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from inspect import cleandoc
from itertools import groupby
from math import prod
from typing import Any

from netsym.errors import SpecError
from netsym.files.options import MOST, Option, as_written, options, switches
from netsym.files.spec import VERSION
from netsym.files.spec import network as network_of
from netsym.files.toml import TOML
from netsym.graph.functions import ACTIVATIONS
from netsym.layers import Layer, Shape, shape_text
from netsym.layers.blocks import BLOCK, Block, Composite
from netsym.layers.registry import BLOCKS, LAYERS, hint
from netsym.layers.samples import SAMPLES, Sample
from netsym.network.network import Network
from netsym.wording import WIDTH, plural, spelled, table, wrapped

_MOST_LINES = 12  # of equations of single units
_MARGIN = "  "
_IN_SPECS = {"parts": "layers"}  # what a spec calls otherwise than a class


@dataclass(frozen=True)
class LayerType:
    """A type of layer or block, by its name in a spec and its class."""

    name: str
    kind: type[Any]

    @property
    def family(self) -> str:
        """What the layers of its file have in common."""
        return re.split(r"[:,.]", sys.modules[self.kind.__module__].__doc__ or "")[0]

    @cached_property
    def options(self) -> dict[str, Option]:
        """What a spec can say of it, by name."""
        known = options(self.kind)  # type: ignore[arg-type]  # classes are hashable
        return {_IN_SPECS.get(name, name): option for name, option in known.items()}

    @property
    def letters(self) -> Mapping[str, str]:
        """Its parameters, with the letter that each is named by."""
        letters: Mapping[str, str] = getattr(self.kind, "letters", {})
        return letters

    @cached_property
    def description(self) -> list[str]:
        """What its class says, and what those that it is made from say of its options."""
        own, *bases = self.kind.__mro__
        found = _paragraphs(own)
        for base in bases[
            : next(n for n, b in enumerate(bases) if b in (Layer, Composite, object))
        ]:
            found += (
                text
                for text in _paragraphs(base)
                if any(f"`{name}`" in text for name in self.options)
            )
        return [re.sub("`([^`]*)`", _in_specs, text) for text in dict.fromkeys(found)]

    @property
    def summary(self) -> str:
        """What it is, in one sentence."""
        return re.split(r"(?<=\.) (?=[A-Z])", self.description[0])[0]

    @cached_property
    def spec(self) -> dict[str, Any]:
        """A small network of it, as a document."""
        sample = SAMPLES[self.name]
        layer: dict[str, Any] = {"type": self.name}
        if len(sample.reads) > 1:
            layer["from"] = list(sample.reads)
        return {"netsym": VERSION, **_inputs(sample), "layers": [layer | dict(sample.said)]}

    @property
    def example(self) -> str:
        """The same in TOML."""
        return TOML.write(self.spec)

    @cached_property
    def network(self) -> Network:
        """The network of the example."""
        return network_of(self.spec, self.name, None)

    @property
    def shapes(self) -> dict[str, Shape]:
        """The shapes of the example: of its inputs, of its parameters, and of its output."""
        network = self.network
        shapes = {each.name: each.shape for each in network.inputs}
        if self.letters:
            (layer,) = network.layers
            shapes |= {key: parameter.shape for key, parameter in layer.parameters.items()}
        return shapes | {"output": network.outputs[0].shape}

    @property
    def parts(self) -> dict[str, str]:
        """The layers that a block stands for in the example, by name, and their types."""
        if issubclass(self.kind, Layer):
            return {}
        return {placed.name: placed.layer.kind for placed in self.network.layers}

    def report(self, width: int = WIDTH, ascii: bool = False) -> str:
        """All of it, in sections."""
        inner = width - len(_MARGIN)
        arrays = self.network.matrices.text(ascii=ascii, width=inner)
        sections = {
            "options": table(self._option_rows(), "<", inner),
            "parameters": self._parameter_lines(inner),
            "example": self.example.splitlines(),
            "layers of the example": table([*self.parts.items()], "<", inner) if self.parts else [],
            "shapes of the example": table(self._shape_rows(), "<", inner),
            "equations of the example, for whole arrays": arrays.splitlines(),
            "and for single units": self._unit_lines(inner, ascii),
        }
        told = [f'type = "{self.name}"', *(textwrap.fill(text, width) for text in self.description)]
        for title, lines in sections.items():
            if lines:
                told.append("\n".join([title, *(f"{_MARGIN}{line}".rstrip() for line in lines)]))
        return spelled("\n\n".join(told), ascii)

    def _option_rows(self) -> list[tuple[str, str, str]]:
        """The options with their defaults and what they must be."""
        rows = [(name, _default(each), _wanted(each)) for name, each in self.options.items()]
        return [*rows, ("name, from", "", "as for every layer: netsym help format")]

    def _parameter_lines(self, width: int) -> list[str]:
        """The parameters, with what can be said in their place."""
        if not self.letters:
            return []
        off = switches(self.kind)
        said = [f"{name} (or {name} = false)" if name in off else name for name in self.letters]
        line = f"{', '.join(said)}: lists of numbers and names"
        if "share" not in self.options:
            line += '; or share = "…" for those of another layer'
        return wrapped(line, width).splitlines()

    def _shape_rows(self) -> list[tuple[str, str]]:
        """Every shape of the example, and what has it."""
        names: dict[str, list[str]] = {}
        for name, shape in self.shapes.items():
            names.setdefault(shape_text(shape), []).append(name)
        return [(shape, ", ".join(those)) for shape, those in names.items()]

    def _unit_lines(self, width: int, ascii: bool) -> list[str]:
        lines = self.network.layered.text(ascii=ascii, width=width).splitlines()
        more = len(lines) - _MOST_LINES
        return [*lines[:_MOST_LINES], *([f"… and {plural(more, 'more line')}"] if more > 0 else [])]

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "schema": 1,
            "type": self.name,
            "family": self.family,
            "description": self.description,
            "reads": list(getattr(self.kind, "reads", (1, None))),
            "options": [
                {
                    "name": name,
                    "required": option.default is dataclasses.MISSING,
                    "default": None if option.default is dataclasses.MISSING else option.default,
                    "is": _wanted(option),
                }
                for name, option in self.options.items()
            ],
            "parameters": dict(self.letters),
            "example": self.spec,
            "layers": self.parts,
            "shapes": {key: list(shape) for key, shape in self.shapes.items()},
            "equations": self.network.matrices.text().splitlines(),
            "units": self.network.layered.text().splitlines(),
        }


@dataclass(frozen=True, slots=True)
class LayerTypes:
    """All types, by family."""

    every: tuple[LayerType, ...]

    def report(self, width: int = WIDTH, ascii: bool = False) -> str:
        """A line for each."""
        widest = max(len(each.name) for each in self.every)
        lines = []
        for family, members in groupby(self.every, lambda each: each.family):
            lines.append(textwrap.shorten(family, width, placeholder=" …"))
            for each in members:
                room = max(width - widest - 4, 20)
                said = textwrap.shorten(each.summary, room, placeholder=" …")
                lines.append(f"{_MARGIN}{each.name:<{widest}}  {said}")
        lines += ["", "netsym layers TYPE: its options, shapes and equations, and an example"]
        return spelled("\n".join(lines), ascii)

    def to_json(self) -> dict[str, Any]:
        """The data, for `--json`."""
        return {
            "schema": 1,
            "types": [
                {"type": each.name, "family": each.family, "summary": each.summary}
                for each in self.every
            ],
        }


def layer_types() -> LayerTypes:
    """All types, those of a file one after another.

    >>> print(layer_types().report().splitlines()[1])
      dense                 a = g(W x + b): weights (units, inputs), bias (units,).
    """
    every = [LayerType(name, kind) for name, kind in _kinds().items()]
    files = list(dict.fromkeys(each.kind.__module__ for each in every))
    return LayerTypes(tuple(sorted(every, key=lambda each: files.index(each.kind.__module__))))


def layer_type(name: str) -> LayerType:
    """The type of this name; raises `SpecError` if there is none.

    >>> print(layer_type("scale").report().splitlines()[-1])
      y₂ = w⁽¹⁾₂·x₂ + b⁽¹⁾₂
    """
    kinds = _kinds()
    if name not in kinds:
        raise SpecError(f"there is no type {name[:60]!r}; {hint(name)}")
    return LayerType(name, kinds[name])


def _kinds() -> dict[str, type[Any]]:
    return {**LAYERS, **BLOCKS, BLOCK: Block}


def _inputs(sample: Sample) -> dict[str, Any]:
    """What a spec says of the inputs of an example."""
    said = {
        name: {"entries": prod(shape)} if len(shape) == 1 else {"shape": list(shape)}
        for name, shape in sample.reads.items()
    }
    if len(said) > 1:
        return {"inputs": [{"name": name} | each for name, each in said.items()]}
    (one,) = said.values()
    return {"inputs": one["entries"]} if "entries" in one else one


def _paragraphs(kind: type[Any]) -> list[str]:
    """The docstring of a class, a text for each paragraph."""
    paragraphs = re.split(r"\n\s*\n", cleandoc(kind.__doc__ or ""))
    return [" ".join(paragraph.split()) for paragraph in paragraphs]


def _in_specs(quoted: re.Match[str]) -> str:
    """A word of a docstring as a spec has it: classes by their types."""
    words = {kind.__name__: name for name, kind in _kinds().items()} | _IN_SPECS
    return words.get(quoted[1], quoted[1])


def _default(option: Option) -> str:
    if option.default is dataclasses.MISSING:
        return "needed"
    return "none" if option.default in (None, ()) else as_written(option.default)


def _wanted(option: Option) -> str:
    if option.name == "activation":
        return f"one of {', '.join(ACTIVATIONS)}"
    if option.name in _IN_SPECS:
        return "a list of layers, as [{type = …}, …]"
    return option.wanted[0].replace(f" to {MOST:,}", "")
