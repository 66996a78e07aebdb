"""What goes into a network and what comes out: named inputs and outputs, each with a shape."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import prod
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from netsym.errors import SpecError, checked_whole
from netsym.graph.names import Names, literal
from netsym.layers import Shape, shape_text
from netsym.layers.blocks import INPUT
from netsym.network.columns import in_order
from netsym.wording import plural

MOST_INPUTS = 10**9  # as many as a file may ask for


@dataclass(frozen=True, slots=True)
class Input:
    """An array that layers read by its `name`; `names` are those of its entries, in order.

    `examples` are the first axes of its shape, of which whole arrays are written without, and
    `letter` is what they are called then.
    """

    name: str
    names: Names
    shape: Shape
    letter: str = "x"
    examples: Shape = ()

    def __repr__(self) -> str:
        return f"<input {self.name} of shape {shape_text(self.shape)}>"

    @classmethod
    def of(cls, name: str, entries: int | Sequence[str], shape: Shape = ()) -> Input:
        """An input with so many entries, or with entries of these names; in an array of `shape`.

        The one input of a network is called "input", and its entries x_1, x_2, …; those of any
        other have its name. Raises `SpecError` for a shape that does not fit.
        """
        named = list(entries) if isinstance(entries, Iterable) else None
        count = checked_whole("inputs", entries, 1, MOST_INPUTS) if named is None else len(named)
        if not count:
            raise SpecError("a network needs at least one input; the list of inputs is empty")
        if shape and (min(shape) < 1 or prod(shape) != count):
            raise SpecError(
                f"inputs of shape {shape_text(shape)} are {max(prod(shape), 0):,}, but {count:,} "
                "are given"
            )
        letter = "x" if name == INPUT else name
        if named is not None:
            names = literal(*named)
        elif len(shape) > 1:
            names = Names(letter, None, shape)
        else:
            names = Names(letter, None, () if count == 1 else (count,))
        return cls(name, names, shape or (count,), letter)


class Wanted(NamedTuple):
    """An output that is asked for: its name, the layer or block that gives it, and the names of its
    entries, if a person chose them.
    """

    name: str
    source: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Output:
    """The values of a layer, `source`, with the names of their entries."""

    name: str
    source: str
    names: Names
    shape: Shape

    def __repr__(self) -> str:
        return f"<output {self.name} of shape {shape_text(self.shape)}>"

    @classmethod
    def of(
        cls, name: str, source: str, shape: Shape, entries: Sequence[str] = (), layer: int = 0
    ) -> Output:
        """What a layer gives, with entries of these names, or named after the output.

        `layer` is its number.

        Raises `SpecError` for another number of names than there are entries.
        """
        width = prod(shape)
        if entries and len(entries) != width:
            called, wanted = plural(len(entries), "output name"), plural(width, "output")
            raise SpecError(f"{called} for {wanted}; give one each")
        names = Names(name, None, () if width == 1 else shape)
        if entries:
            names = Names("", layer, (width,), tuple(entries))
        return cls(name, source, names, shape)


def inputs_of(given: int | Sequence[str] | Sequence[Input], shape: Shape) -> tuple[Input, ...]:
    """The inputs of a network: of the one input the entries, or several inputs.

    Raises `SpecError` for two of one name.
    """
    several = [e for e in given if isinstance(e, Input)] if isinstance(given, Iterable) else []
    if not several:
        entries = [str(name) for name in given] if isinstance(given, Iterable) else given
        return (Input.of(INPUT, entries, shape),)
    for name, times in Counter(each.name for each in several).items():
        if times > 1:
            raise SpecError(f"{times} inputs are called {name!r}; give each its own name")
    return tuple(several)


def wanted_of(given: Sequence[str] | Mapping[str, str] | Sequence[Wanted]) -> tuple[Wanted, ...]:
    """The outputs that are asked for: one without a source, of which the entries may be named; or
    several. Raises `SpecError` for two of one name.
    """
    if isinstance(given, Mapping):
        return tuple(Wanted(name, source) for name, source in given.items())
    several = [each for each in given if isinstance(each, Wanted)]
    if not several:
        return (Wanted("y", "", tuple(str(name) for name in given)),)
    for name, times in Counter(each.name for each in several).items():
        if times > 1:
            raise SpecError(f"{times} outputs are called {name!r}; give each its own name")
    return tuple(several)


def flat(inputs: Sequence[Input], given: Sequence[npt.ArrayLike]) -> Sequence[npt.ArrayLike]:
    """Arrays in the shapes of the inputs, as one whose last axis has the entries of all.

    The axes before those of the inputs broadcast. What is given entry by entry, or as such an
    array, stays so. Raises `SpecError` where several inputs have not one array of its shape each.
    """
    if not inputs:
        return given
    if len(given) == 1:
        given = [framed(given[0], inputs)]
    elif len(given) == len(inputs):
        given = [framed(value, [each]) for value, each in zip(given, inputs, strict=True)]
    if len(inputs) == 1 and len(inputs[0].shape) == 1:
        return given
    entries = sum(len(each.names) for each in inputs)
    try:
        arrays = [np.asarray(value) for value in given]
    except ValueError:  # lists of several lengths: no array, which is said where it is read
        return given
    vectors = _vectors(inputs, arrays)
    if vectors is None:
        if len(inputs) < 2 or len(arrays) == entries or _last(arrays) == entries:
            return given
        wanted = ", ".join(f"{each.name} ({shape_text(each.shape)})" for each in inputs)
        got = ", ".join(shape_text(array.shape) or "a number" for array in arrays) or "nothing"
        raise SpecError(
            f"this network has {len(inputs)} inputs: give an array for each, {wanted}, with the "
            f"points in the axes before; given were {got}"
        )
    try:
        leading = np.broadcast_shapes(*(vector.shape[:-1] for vector in vectors))
    except ValueError:
        raise SpecError(
            f"the points of {', '.join(each.name for each in inputs)} do not fit together: "
            f"{', '.join(shape_text(vector.shape[:-1]) or 'one' for vector in vectors)}"
        ) from None
    whole = [np.broadcast_to(vector, (*leading, vector.shape[-1])) for vector in vectors]
    return [np.concatenate(whole, axis=-1)]


def framed(data: Any, inputs: Sequence[Input]) -> Any:
    """The columns of a data frame in the order of the entries of inputs; else what was given."""
    if not hasattr(data, "columns"):
        return data
    names = [name for each in inputs for name in each.names.all()]
    return in_order(data, names, what="the inputs")


def answers(output: Output, targets: int) -> list[Names]:
    """What so many targets may be called: as the outputs that a person named, and as t and y."""
    shape = () if targets == 1 else output.shape
    named = [output.names] if output.names.literal and len(output.names) == targets else []
    return [*named, Names("t", None, shape), Names("y", None, shape)]


def _last(arrays: Sequence[npt.NDArray[Any]]) -> int:
    """The length of the last axis of the one array that was given, 0 if it is none."""
    return arrays[0].shape[-1] if len(arrays) == 1 and arrays[0].ndim else 0


def _vectors(
    inputs: Sequence[Input], arrays: Sequence[npt.NDArray[Any]]
) -> list[npt.NDArray[Any]] | None:
    """The arrays with the axes of the inputs as one, if each has the shape of its input."""
    vectors = []
    for each, array in zip(inputs, arrays, strict=False):
        axes = len(each.shape)
        if array.shape[max(array.ndim - axes, 0) :] == each.shape:
            vectors.append(array.reshape(*array.shape[: array.ndim - axes], len(each.names)))
        elif each.shape == (1,):
            vectors.append(array[..., None])
    return vectors if len(vectors) == len(arrays) == len(inputs) else None
