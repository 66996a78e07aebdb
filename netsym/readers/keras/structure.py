"""What a model is made of: its layers, which calls of them read which, its inputs and outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from typing import Any

import numpy as np

from netsym.readers.graph.traced import Unreadable
from netsym.readers.keras.options import Options, Spec, shown, spec_of
from netsym.readers.keras.weights import places

MODELS = ("Sequential", "Functional")
INPUT_LAYER = "InputLayer"
Key = tuple[str, int]  # the name of a layer, and which of its calls


@dataclass(frozen=True, slots=True)
class Ref:
    """One of the values that a call of a layer gives."""

    key: Key
    place: int


@dataclass(frozen=True, slots=True)
class Node:
    """A call of a layer, with what it is given: a `Ref` stands for each value of another call."""

    layer: str
    args: Sequence[Any]
    named: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Entry:
    """An input of a model: its name, its shape with the examples first, and its kind of numbers."""

    name: str
    shape: Sequence[int | None]
    dtype: str


@dataclass(slots=True)
class Structure:
    """A model; `stored` says by the name of a layer what its weights are called."""

    layers: dict[str, Spec] = field(default_factory=dict)
    stored: dict[str, str] = field(default_factory=dict)
    nodes: dict[Key, Node] = field(default_factory=dict)
    inputs: list[Entry] = field(default_factory=list)
    outputs: dict[str, Ref] = field(default_factory=dict)

    def in_order(self) -> list[Key]:
        """The calls, each after those that it reads; raises `Unreadable` if there is no such way.

        What is read must be there.
        """
        known = {(entry.name, 0) for entry in self.inputs} | {*self.nodes}
        before: dict[Key, set[Key]] = {}
        for key, node in self.nodes.items():
            before[key] = {ref.key for ref in refs([node.args, node.named])}
        for key in [*(k for keys in before.values() for k in keys),
                    *(ref.key for ref in self.outputs.values())]:  # fmt: skip
            if key not in known:
                raise Unreadable(f"reads a call {key[1]} of {key[0][:60]!r}, which there is not")
        try:
            order = [*TopologicalSorter(before).static_order()]
        except CycleError:
            raise Unreadable("has calls of layers that read each other in a circle") from None
        return [key for key in order if key in self.nodes]

    def readers(self, name: str) -> Iterator[tuple[Spec, int]]:
        """The layers that read an input, and as which of their inputs."""
        for node in self.nodes.values():
            for place, ref in enumerate(refs([node.args, node.named])):
                if ref.key == (name, 0):
                    yield self.layers[node.layer], place
        if any(ref.key == (name, 0) for ref in self.outputs.values()):
            yield Spec("output", name, Options({}), "", True), 0


def structure_of(spec: Spec) -> Structure:
    """The structure of a model; raises `Unreadable` for what its config lacks."""
    given = spec.options.given.get("layers")
    if not isinstance(given, list) or not given:
        raise Unreadable("has no layers")
    return _sequence(spec, given) if spec.kind == "Sequential" else _graph(spec, given)


def _entry(spec: Spec) -> Entry:
    options = spec.options
    shape = options.given.get("batch_shape", options.given.get("batch_input_shape"))
    return Entry(spec.name, _shape(shape), shown(options.given.get("dtype", "float32")))


def _shape(given: Any) -> list[int | None]:
    lengths = (int, type(None))
    if not isinstance(given, list) or not given or not all(
        isinstance(n, lengths) and not isinstance(n, bool) and (n is None or n > 0) for n in given
    ):  # fmt: skip
        raise Unreadable(f"has an input of the shape {shown(given)}; build the model, and save it")
    return given


def _sequence(spec: Spec, given: Sequence[Any]) -> Structure:
    made = Structure()
    specs = [spec_of(each) for each in given]
    if specs[0].kind == INPUT_LAYER:
        made.inputs.append(_entry(specs.pop(0)))
    else:
        shape = spec.options.given.get("build_input_shape")
        made.inputs.append(Entry("input", _shape(shape), "float32"))
    before = Ref((made.inputs[0].name, 0), 0)
    for each, place in zip(specs, places(each.kind for each in specs), strict=True):
        _add(made, each, place)
        made.nodes[each.name, 0] = Node(each.name, [before], {})
        before = Ref((each.name, 0), 0)
    made.outputs["output"] = before
    return made


def _add(made: Structure, spec: Spec, place: str) -> None:
    if spec.name in made.layers or spec.name in {entry.name for entry in made.inputs}:
        raise Unreadable(f"has two layers called {spec.name[:60]!r}")
    made.layers[spec.name], made.stored[spec.name] = spec, place


def _graph(spec: Spec, given: Sequence[Any]) -> Structure:
    made = Structure()
    specs = [spec_of(each) for each in given]
    stored = iter(places(each.kind for each in specs if not each.is_operation))
    for each, config in zip(specs, given, strict=True):
        place = "" if each.is_operation else next(stored)
        if each.kind == INPUT_LAYER:
            made.inputs.append(_entry(each))
        else:
            _add(made, each, place)
            made.nodes |= _calls(each.name, config.get("inbound_nodes"))
    made.inputs = _in_order(made.inputs, _ends(spec, made, "input_layers"))
    for name, ref in _ends(spec, made, "output_layers"):
        made.outputs[_free(name, made.outputs)] = ref
    if not made.outputs:
        raise Unreadable("has no outputs")
    return made


def _calls(name: str, given: Any) -> dict[Key, Node]:
    """The calls of a layer, each with what it is given."""
    if not isinstance(given, list) or not given:
        raise Unreadable(f"does not say what {name[:60]!r} reads")
    found: dict[Key, Node] = {}
    for number, node in enumerate(given):
        if not isinstance(node, dict):
            raise Unreadable("was saved by Keras 2; load it with Keras 3 and save it again")
        args, named = _arguments(node.get("args")), _arguments(node.get("kwargs"))
        if not isinstance(args, list) or not isinstance(named, dict):
            raise Unreadable(f"does not say what {name[:60]!r} reads")
        found[name, number] = Node(name, args, named)
    return found


def _in_order(inputs: Sequence[Entry], ends: Sequence[tuple[str, Ref]]) -> list[Entry]:
    """The inputs in the order in which their values are given."""
    asked, by_name = [ref.key[0] for _, ref in ends], {entry.name: entry for entry in inputs}
    if sorted(asked) != sorted(entry.name for entry in inputs):
        raise Unreadable("has other inputs than it says")
    return [by_name[name] for name in asked]


def _free(name: str, taken: Mapping[str, Any]) -> str:
    found, number = name, 1
    while found in taken:
        number += 1
        found = f"{name}_{number}"
    return found


def _ends(spec: Spec, made: Structure, which: str) -> list[tuple[str, Ref]]:
    """The inputs or the outputs, in the order in which their values are given, with their names."""
    given = spec.options.given.get(which)
    found = list[tuple[str, Ref]]()
    for path, leaf in _leaves(given, ""):
        name, node, place = leaf
        layer = made.layers.get(name)
        # a functional model counts the call that made it
        first = 1 if layer is not None and layer.kind == "Functional" else 0
        found.append((path or name, Ref((name, node - first), place)))
    return found


def _leaves(given: Any, path: str) -> Iterator[tuple[str, tuple[str, int, int]]]:
    """`[layer, call, value]` of each end, with the key that it has in a dict."""
    if _is_leaf(given):
        yield path, (given[0], given[1], given[2])
    elif isinstance(given, dict):
        for key in sorted(given):
            yield from _leaves(given[key], str(key))
    elif isinstance(given, list):
        for each in given:
            yield from _leaves(each, path)
    else:
        raise Unreadable(f"has {shown(given)} where an input or output must be")


def _is_leaf(given: Any) -> bool:
    return (
        isinstance(given, list)
        and len(given) == 3
        and isinstance(given[0], str)
        and all(isinstance(n, int) and not isinstance(n, bool) and n >= 0 for n in given[1:])
    )


def _arguments(given: Any) -> Any:
    """What a call is given, with a `Ref` for each value of another one, and arrays as such."""
    if isinstance(given, list):
        return [_arguments(each) for each in given]
    if not isinstance(given, dict):
        return given
    kind, config = given.get("class_name"), given.get("config")
    if kind == "__keras_tensor__" and isinstance(config, dict):
        leaf: Any = config.get("keras_history")
        if not _is_leaf(leaf):
            raise Unreadable("reads a value that no layer gives")
        return Ref((leaf[0], leaf[1]), leaf[2])
    if kind in ("__numpy__", "__tensor__") and isinstance(config, dict):
        return np.asarray(config.get("value"), dtype=np.float64)
    if kind == "__slice__" and isinstance(config, dict):
        return slice(*(config.get(end) for end in ("start", "stop", "step")))
    if kind == "__tuple__" and isinstance(given.get("items"), list):
        return [_arguments(each) for each in given["items"]]
    if kind == "__ellipsis__":
        return ...
    return {key: _arguments(each) for key, each in given.items()}


def refs(given: Any) -> Iterator[Ref]:
    """The values of other calls among arguments, in the order in which Keras lays them out."""
    if isinstance(given, Ref):
        yield given
    elif isinstance(given, list):
        for each in given:
            yield from refs(each)
    elif isinstance(given, dict):
        for key in sorted(given):
            yield from refs(given[key])


def filled(given: Any, known: Mapping[Ref, Any]) -> Any:
    """The arguments with the values in place of what stands for them."""
    if isinstance(given, Ref):
        return known.get(given)
    if isinstance(given, list):
        return [filled(each, known) for each in given]
    if isinstance(given, dict):
        return {key: filled(each, known) for key, each in given.items()}
    return given
