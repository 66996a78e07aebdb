"""A call of a layer as its rule reads it: options, weights, and what it is given."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from netsym.layers import Layer, Shape, shape_text
from netsym.readers.graph.builder import Builder, Constant, checked
from netsym.readers.graph.operations import Value
from netsym.readers.graph.traced import Traced, Unreadable
from netsym.readers.keras.options import Options, Spec, spec_of
from netsym.readers.keras.weights import Weights
from netsym.wording import plural

#: What a layer within another one gives: of its spec, its weights, what it reads, and its path.
Inner = Callable[[Spec, Weights, Sequence[Any], str], Any]


@dataclass(frozen=True, slots=True)
class Unread:
    """What a layer gives that no value can be; whoever reads it is refused."""

    why: str


@dataclass(slots=True)
class Call:
    """One call. Arrays are those of one example: what Keras calls axis 1 is their first.

    `named` has what is given by a name; what no rule takes out of it is refused. `words` are the
    inputs whose rows are one-hot.
    """

    build: Builder
    options: Options
    weights: Weights
    args: Sequence[Any]
    named: dict[str, Any]
    words: frozenset[str]
    inner: Inner

    def values(self) -> list[Traced]:
        """All that it reads, given as one list."""
        first = self.args[0] if self.args else None
        every = list(first) if isinstance(first, list) else [*self.args]
        return [self._traced(each) for each in every]

    def value(self, place: int = 0) -> Traced:
        """One of the values that it is given."""
        if place >= len(self.args):
            raise Unreadable(f"lacks its input {place + 1}")
        first = self.args[place]
        return self._traced(first[0] if isinstance(first, list) and len(first) == 1 else first)

    def _traced(self, value: Any) -> Traced:
        if isinstance(value, (int, float, np.ndarray)) and not isinstance(value, bool):
            return self.build.numbers(np.asarray(value))
        if isinstance(value, Unread):
            raise Unreadable(value.why)
        if not isinstance(value, Traced):
            raise Unreadable("is given something else than one array")
        return value

    def apply(self, layer: Layer, value: Value, **given: Constant) -> Traced:
        """A layer of one value."""
        return self.build.apply(layer, self._traced(value), None, given)

    def of(self, part: str) -> Call:
        """The same call with the weights of a part."""
        return replace(self, weights=self.weights.part(part))

    def with_argument(self, place: int, given: Any) -> Call:
        """The same call with an argument, that was given by its name, in its place."""
        args = [*self.args, *[None] * (place + 1 - len(self.args))]
        args[place] = given
        return replace(self, args=args)

    def arrays(self, **shapes: Shape | None) -> dict[str, Constant]:
        """Its weights by their names, in their order, without those whose shape is None.

        Raises `Unreadable` if there are others, or of other shapes.
        """
        wanted = {name: shape for name, shape in shapes.items() if shape is not None}
        found = self.weights.arrays() if wanted else []
        if len(found) < len(wanted):
            raise Unreadable(f"lacks its weight {[*wanted][len(found)]}")
        if len(found) > len(wanted):
            raise Unreadable(
                f"has {plural(len(found), 'weight')}, but its options say {len(wanted)}"
            )
        for (name, shape), array in zip(wanted.items(), found, strict=True):
            if array.shape != shape:
                raise Unreadable(
                    f"has a weight {name} of shape {_text(array.shape)}, but its options and what "
                    f"it reads say {_text(shape)}"
                )
        return {
            name: self.build.digits(checked(array))
            for name, array in zip(wanted, found, strict=True)
        }

    def within(self, key: str, *args: Any, path: str = "") -> Any:
        """What a layer gives that is an option, with the weights of the part of this name.

        It is called as this one, or with the path behind that.
        """
        spec = spec_of(self.options.given.get(key))
        return self.inner(spec, self.weights.part(key), args, path)


def _text(shape: Shape) -> str:
    return shape_text(shape) or "a single number"
