"""A node of an ONNX graph as its operator reads it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from netsym.readers.graph.builder import Builder, Constant
from netsym.readers.graph.operations import Value
from netsym.readers.graph.traced import Traced, Unreadable


@dataclass(frozen=True, slots=True)
class Operator:
    """The inputs of a node, of which those left out are None, and its attributes as `options`.

    `used` says of each output whether something reads it.
    """

    kind: str
    inputs: Sequence[Value | None]
    options: Mapping[str, Any]
    used: Sequence[bool]
    opset: int
    build: Builder

    def has(self, place: int) -> bool:
        """Whether there is an input at this place."""
        return place < len(self.inputs) and self.inputs[place] is not None

    def given(self, place: int) -> Value | None:
        """The input at this place; None if it is left out."""
        return self.inputs[place] if self.has(place) else None

    def any(self, place: int = 0) -> Value:
        """The input at this place, whatever it is."""
        value = self.given(place)
        if value is None:
            raise Unreadable(f"lacks its input {place + 1}")
        return value

    def value(self, place: int = 0) -> Traced:
        """The input at this place, which depends on the inputs of the network."""
        value = self.any(place)
        return value if isinstance(value, Traced) else self.build.numbers(value)

    def constant(self, place: int) -> Constant:
        """The input at this place, which must not depend on the inputs of the network."""
        value = self.any(place)
        if isinstance(value, Traced):
            raise Unreadable(f"depends on values where input {place + 1} must be numbers")
        return value

    def constant_or(self, place: int, default: Any = None) -> Any:
        """The same, or a default for what is left out."""
        return self.constant(place) if self.has(place) else default

    def number(self, place: int, option: str, default: float | None = None) -> float | None:
        """A single number that is an input, or was an attribute in older opsets."""
        if self.has(place):
            found = self.constant(place)
            if found.size != 1:
                raise Unreadable(f"has several numbers as its input {place + 1}")
            return float(found.reshape(-1)[0])
        found = self.options.get(option, default)
        return None if found is None else float(found)

    def axes(self, place: int = 1) -> list[int] | None:
        """The axes that are an input, or were an attribute in older opsets; None if none are."""
        given = self.constant_or(place, self.options.get("axes"))
        found = [int(n) for n in np.reshape([] if given is None else given, -1)]
        return found or None

    def text(self, option: str, default: str) -> str:
        """An attribute that is a text."""
        found = self.options.get(option, default)
        return found.decode("utf-8", "replace") if isinstance(found, bytes) else str(found)

    def only_first_output(self) -> None:
        """Raise `Unreadable` if another output than the first is read."""
        if any(self.used[1:]):
            raise Unreadable("is read by more than its first output")
