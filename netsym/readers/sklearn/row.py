"""What is known of a class of scikit-learn, and a network while it is read from one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError
from netsym.layers import Layer, Shape
from netsym.layers.blocks import INPUT, Wire
from netsym.layers.dense import Dense
from netsym.layers.elementwise import Activation, Scale, Standardize
from netsym.layers.function import Function
from netsym.layers.merge import Add, Concat
from netsym.layers.shaping import Rearrange
from netsym.layers.written import Written
from netsym.readers.graph.numbers import Digits

Floats = npt.NDArray[Any]
#: The methods that say what a model computes: who writes one anew computes something else.
METHODS = ("transform", "inverse_transform", "predict", "predict_proba", "decision_function")
_UNKNOWN = "it is no model of scikit-learn that is known here; netsym help scikit-learn lists them"


@dataclass(frozen=True, slots=True)
class Answer:
    """What a classifier says: by `decision`, its decision function, by `probabilities`, or by both.

    Of two classes each has one value, that of the second, else one for every class, or with `pairs`
    a decision for every two. The class is the one with the largest of `scores`, or of two the
    second if its score is above 0; without scores they are the decision, or else the probabilities.
    With `labels` every output is a class that applies or not.
    """

    classes: Sequence[Any]
    decision: Vector | None = None
    probabilities: Vector | None = None
    scores: Vector | None = None
    labels: bool = False
    pairs: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """How a class is read: what `transform` of it computes, its inverse, and what `predict` does.

    What it does not have, or what is no formula, is None. `fitted` are attributes that only a
    fitted one has, `parts` the models in it with what they are called, and `refused` is why it
    cannot be read, and what does it; one that is `transparent` is called by its parts.
    `unfitted` is what is said of one that is not fitted.
    """

    transform: Callable[[Any, Vector], Vector] | None = None
    inverse: Callable[[Any, Vector], Vector] | None = None
    predict: Callable[[Any, Vector], Vector | Answer] | None = None
    fitted: tuple[str, ...] = ()
    parts: Callable[[Any], list[tuple[str, Any]]] | None = None
    refused: str = ""
    transparent: bool = False
    unfitted: str = "is not fitted; call fit with data first"


@dataclass(slots=True)
class Plan:
    """The layers of a network as they are added, and the rows by which models in it are read."""

    rows: Mapping[str, Row]
    inputs: int
    layers: list[tuple[Layer, tuple[int, ...], Mapping[str, Any]]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def input(self) -> Vector:
        """The inputs of the network."""
        return Vector(self, 0, (self.inputs,))

    def note(self, note: str) -> None:
        """Keep what is to be said of the network, once."""
        if note not in self.notes:
            self.notes.append(note)

    def wires(self, end: Vector, written: Digits) -> list[Wire]:
        """The layers that a value needs, numbered in order, with their numbers as `written`."""
        needed = {end.place}
        for place in range(len(self.layers), 0, -1):
            if place in needed:
                needed.update(self.layers[place - 1][1])
        names = {place: f"layer{n}" for n, place in enumerate(sorted(needed - {0}), 1)}
        names[0] = INPUT
        return [
            (
                names[place],
                layer,
                [names[source] for source in sources],
                {key: written(floats(values)) for key, values in given.items()},
            )
            for place, (layer, sources, given) in enumerate(self.layers, 1)
            if place in needed
        ]


@dataclass(frozen=True, slots=True)
class Vector:
    """An array in a network that is being read: the place of the layer that gives it, its shape."""

    plan: Plan
    place: int
    shape: Shape

    @property
    def width(self) -> int:
        """How many values it has."""
        return prod(self.shape)

    def then(self, layer: Layer, *others: Vector, **given: Any) -> Vector:
        """What a layer makes of it, and of others; `given` are the parameters of the layer."""
        every = (self, *others)
        shape = layer.shape(*(each.shape for each in every))
        self.plan.layers.append((layer, tuple(each.place for each in every), given))
        return Vector(self.plan, len(self.plan.layers), shape)

    def dense(self, weights: Any, bias: Any = None, activation: str = "linear") -> Vector:
        """`g(W x + b)`, weights (units, inputs), and a bias for every unit, if there is one."""
        matrix = np.atleast_2d(floats(weights))
        layer = Dense(units=len(matrix), use_bias=bias is not None, activation=activation)
        if bias is None:
            return self.then(layer, weights=matrix)
        return self.then(layer, weights=matrix, bias=spread(bias, len(matrix)))

    def activated(self, activation: str) -> Vector:
        """An activation of it, element by element; softmax of it all."""
        return self.then(Activation(activation=activation))

    def scaled(self, weights: Any, bias: Any = None) -> Vector:
        """`w x + b`, element by element."""
        given = {"weights": weights} | ({} if bias is None else {"bias": bias})
        entries = {key: spread(value, self.width) for key, value in given.items()}
        return self.then(Scale(use_bias=bias is not None), **entries)

    def standardised(self, mean: Any = None, scale: Any = None) -> Vector:
        """`(x - m)/s`, element by element."""
        given = {
            key: value for key, value in (("mean", mean), ("scale", scale)) if value is not None
        }
        if not given:
            return self
        entries = {key: spread(value, self.width) for key, value in given.items()}
        return self.then(
            Standardize(use_mean="mean" in given, use_scale="scale" in given), **entries
        )

    def columns(self, positions: Sequence[int]) -> Vector:
        """Some of its values, counted from 0, in this order."""
        if list(positions) == list(range(self.width)):
            return self
        if not len(positions):
            raise SpecError("no column is left of the inputs; a network needs one at least")
        return self.then(Rearrange(positions=tuple(map(int, positions))))

    def written(self, texts: Sequence[str], numbers: Mapping[str, float] | None = None) -> Vector:
        """A value for each text, a formula of the values x_1, x_2, … and of names of `numbers`."""
        left = [f"y_{n}" for n in range(1, len(texts) + 1)] if len(texts) > 1 else ["y"]
        layer = Written(
            formula=";\n".join(f"{name} = {text}" for name, text in zip(left, texts, strict=True)),
            arguments=", ".join(f"x_{n}" for n in range(1, self.width + 1)),
        )
        names = {key: layer.names_of(key) for key in layer.parameters(self.shape)}
        entries = {key: floats([(numbers or {})[n] for n in own]) for key, own in names.items()}
        return self.then(layer, **entries)

    def function(self, name: str, *others: Vector, constant: Any = None) -> Vector:
        """A function of the table or arithmetic, element by element, with a constant if given."""
        if constant is None:
            return self.then(Function(function=name), *others)
        constant = floats(constant)
        return self.then(Function(function=name, lengths=constant.shape), constant=constant)

    def power(self, exponent: float) -> Vector:
        """Every value to a power."""
        if exponent == int(exponent):
            return self.then(Function(function="power", exponent=int(exponent)))
        return self.function("power", constant=[exponent])

    def transformed(self, model: Any) -> Vector:
        """What `transform` of a model makes of it."""
        row = row_of(self.plan.rows, model)
        if row.transform is None:
            raise SpecError(
                f"{article(model)} is no step that changes its inputs; it has to be last"
            )
        return row.transform(model, self)

    def restored(self, model: Any) -> Vector:
        """What `inverse_transform` of a model makes of it."""
        row = row_of(self.plan.rows, model)
        if row.inverse is None:
            raise SpecError(f"what undoes {article(model)} is no formula that is known here")
        return row.inverse(model, self)

    def predicted(self, model: Any) -> Vector | Answer:
        """What a model says of it; of one that does not predict, what its `transform` makes."""
        row = row_of(self.plan.rows, model)
        return row.predict(model, self) if row.predict else self.transformed(model)

    def regressed(self, model: Any) -> Vector:
        """What `predict` of a regressor says of it."""
        found = self.predicted(model)
        if isinstance(found, Answer):
            raise SpecError(f"{article(model)} gives classes where numbers are wanted")
        return found

    def classified(self, model: Any) -> Answer:
        """What a classifier says of it."""
        found = self.predicted(model)
        if isinstance(found, Vector):
            raise SpecError(f"{article(model)} gives numbers where classes are wanted")
        return found


def joined(vectors: Sequence[Vector]) -> Vector:
    """Vectors one after another, as one."""
    first, *others = vectors
    return first.then(Concat(), *others) if others else first


def mean(vectors: Sequence[Vector], weights: Sequence[float] | None = None) -> Vector:
    """The mean of vectors, weighted or not."""
    if weights is not None:
        vectors = [v.scaled(w) for v, w in zip(vectors, weights, strict=True)]
    first, *others = vectors
    total = first.then(Add(), *others) if others else first
    return total.standardised(scale=len(vectors) if weights is None else sum(weights))


def kind_of(rows: Mapping[str, Row], model: Any) -> str | None:
    """The class of scikit-learn that an object is, or derives from, if a row has it."""
    for base in type(model).__mro__:
        if base.__name__ in rows and base.__module__.partition(".")[0] == "sklearn":
            return base.__name__
    return None


def refusal(rows: Mapping[str, Row], model: Any) -> str:
    """Why a model cannot be read; empty if it can."""
    kind = kind_of(rows, model)
    if kind is None:
        return _UNKNOWN
    if rows[kind].refused:
        return rows[kind].refused
    changed = _overridden(kind, model)
    return f"its {changed} is its own, and not that of {kind}" if changed else ""


def _overridden(kind: str, model: Any) -> str | None:
    """The first method by which a derived class computes something else."""
    for base in type(model).__mro__:
        if base.__name__ == kind:
            return None
        for method in METHODS:
            if method in vars(base):
                return method
    return None


def row_of(rows: Mapping[str, Row], model: Any) -> Row:
    """The row of a model; raises `SpecError` if it cannot be read, or is not fitted."""
    why = refusal(rows, model)
    if why:
        raise SpecError(f"{article(model)} cannot be read: {why}")
    row = rows[kind_of(rows, model) or ""]
    if not all(hasattr(model, attribute) for attribute in row.fitted):
        raise SpecError(f"this {type(model).__name__} {row.unfitted}")
    return row


def parts_of(rows: Mapping[str, Row], model: Any, where: str = "") -> Iterator[tuple[str, Any]]:
    """A model and all models in it, each with where it stands."""
    yield where, model
    kind = kind_of(rows, model)
    row = rows[kind] if kind else None
    if row is not None and row.parts is not None:
        row = row_of(rows, model)
        assert row.parts is not None
        for name, part in row.parts(model):
            yield from parts_of(rows, part, f"{where}.{name}" if where else name)


def floats(values: Any) -> Floats:
    """Numbers as an array of floats, of a sparse matrix as well."""
    found = np.asarray(values.toarray() if hasattr(values, "toarray") else values)
    return found if found.dtype.kind == "f" else found.astype(np.float64)


def spread(values: Any, count: int) -> Floats:
    """A number for each of so many, of one number or of an array."""
    return np.broadcast_to(floats(values).reshape(-1), (count,)).copy()


def article(model: Any) -> str:
    """A class of scikit-learn in a sentence: a PCA, an SVC."""
    name = type(model).__name__
    first = "AEFHILMNORSX" if name[:2].isupper() else "AEIOUaeiou"  # letters said one by one
    return f"{'an' if name[0] in first and not name.startswith('One') else 'a'} {name}"
