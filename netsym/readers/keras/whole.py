"""A model of Keras, in memory or in a file, as a network."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from netsym.errors import SpecError, checked_whole, did_you_mean
from netsym.layers import Shape
from netsym.needed import need
from netsym.network.network import Network
from netsym.readers.graph.reading import End, Graph, called, checked, network
from netsym.readers.graph.traced import Unreadable
from netsym.readers.keras.call import Unread
from netsym.readers.keras.options import Spec, shown, spec_of
from netsym.readers.keras.reader import Reader
from netsym.readers.keras.structure import MODELS, Entry, Structure, structure_of
from netsym.readers.keras.weights import Weights


def network_of_model(model: Any, shapes: Mapping[str, Sequence[int]], all_digits: bool) -> Network:
    """What `netsym.from_keras` gives."""
    config, weights, title = _opened(model)
    try:
        made, name = _structure(config)
        words = _Words()
        rows = {entry.name: words.of(made, entry.name) for entry in made.inputs}
    except Unreadable as error:
        raise SpecError(f"the model {error}") from None
    ends = [End(entry.name, _shape(entry, rows[entry.name], shapes), None) for entry in made.inputs]
    for each in shapes:
        if each not in rows:
            raise SpecError(f"the model has no input {each!r}; {did_you_mean(each, rows)}")
    notes = [
        f"input {each!r} has one-hot rows of {count} words" for each, count in rows.items() if count
    ]
    graph = _graph(made, weights, ends, rows, all_digits)
    return network(title or name, ends, graph, notes)


def _opened(model: Any) -> tuple[Any, Weights, str]:
    """What a model is made of, its weights, and its name where a file has one."""
    if isinstance(model, (str, os.PathLike)):
        need("h5py", "a .keras file", "keras")
        from netsym.readers.keras.saved import model_in

        path = Path(os.fspath(model))
        return *model_in(path), path.stem
    if "keras" not in sys.modules:  # which whoever has a model has imported
        raise SpecError(
            f"a {type(model).__name__} was given; give a model of Keras, or the path of a .keras "
            "file: netsym.from_keras(model)"
        )
    from netsym.readers.keras.live import opened

    return *opened(model), ""


def _structure(config: Any) -> tuple[Structure, str]:
    """The structure of the model, and its name."""
    spec = spec_of(config)
    if not spec.is_own or spec.kind not in MODELS:
        raise Unreadable(
            f"is a {shown(spec.kind)}, whose own code says what it computes and is not run; only "
            "Sequential and functional models are read"
        )
    return structure_of(spec), spec.name


def _graph(
    made: Structure,
    weights: Weights,
    ends: Sequence[End],
    rows: Mapping[str, int],
    all_digits: bool,
) -> Graph:
    names = called(ends)
    graph = Graph.of(ends, all_digits)
    values = [end.traced(name, 0) for end, name in zip(ends, names, strict=True)]
    one_hot = frozenset(name for end, name in zip(ends, names, strict=True) if rows[end.name])
    reader = Reader(graph, one_hot)
    try:
        outputs = reader.model(made, weights, values, "")
    except Unreadable as error:
        raise SpecError(f"the model {error}") from None
    for name, value in zip(made.outputs, outputs, strict=True):
        if isinstance(value, Unread):
            graph.refused.append(f"output {name[:60]!r} {value.why}")
        elif value is not None:
            graph.give(name, value.moved(lambda places: places[None]))
        elif not graph.refused:
            graph.refused.append(f"output {name[:60]!r} is given by no layer")
    return checked(graph)


def _shape(entry: Entry, words: int, shapes: Mapping[str, Sequence[int]]) -> Shape:
    """The shape of an input for one example, with an axis of its words."""
    name, given = entry.name, entry.shape[1:]
    if not entry.dtype.startswith(("float", "bfloat", "int", "uint")):
        raise SpecError(f"input {name[:60]!r} has the numbers {entry.dtype}; only floats are read")
    if name in shapes:
        asked = [checked_whole(f"the shape of {name!r}", each, 1) for each in shapes[name]]
        fits = len(asked) == len(given) and all(
            n in (None, m) for n, m in zip(given, asked, strict=True)
        )
        if not fits:
            raise SpecError(f"input {name!r} has the shape {given}, which {asked} does not fit")
        given = asked
    if None in given:
        some = ", ".join("8" if n is None else str(n) for n in given)
        comma = "," if len(given) == 1 else ""
        raise SpecError(
            f"input {name[:60]!r} has an axis of no fixed length; give its shape: from_keras(…, "
            f"shapes={{{name[:60]!r}: ({some}{comma})}})"
        )
    lengths = tuple(n for n in given if n is not None)
    return (*lengths, words) if words else lengths


class _Words:
    """How many words an input has that embeddings read, and nothing else; 0 of any other."""

    def __init__(self) -> None:
        self._known: dict[tuple[int, int], set[int]] = {}

    def of(self, made: Structure, name: str) -> int:
        """That of an input; raises `Unreadable` if its readers do not agree."""
        found = self._read(made, name)
        if len(found) > 1:
            raise Unreadable(
                f"reads input {name[:60]!r} both as words and as numbers, or as words of several "
                "embeddings"
            )
        return found.pop() if found else 0

    def _read(self, made: Structure, name: str) -> set[int]:
        """How many words each of its readers takes; 0 for numbers."""
        found = set[int]()
        for spec, place in made.readers(name):
            if spec.is_own and spec.kind == "Embedding":
                found.add(spec.options.whole("input_dim"))
            elif spec.is_own and spec.kind in MODELS:
                found |= self._read_inside(spec, place)
            else:
                found.add(0)
        return found

    def _read_inside(self, spec: Spec, place: int) -> set[int]:
        key = (id(spec.options.given), place)
        if key not in self._known:
            inner = structure_of(spec)
            known = place < len(inner.inputs)
            self._known[key] = self._read(inner, inner.inputs[place].name) if known else {0}
        return self._known[key]
