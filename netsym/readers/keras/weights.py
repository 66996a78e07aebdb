"""The numbers of a model by where its layers stand, as Keras itself calls these places."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy.typing as npt

Array = npt.NDArray[Any]


class Weights(Protocol):
    """The weights of a layer, or of several, and those of the layers in it."""

    def arrays(self) -> Sequence[Array]:
        """Its own weights in their order; raises `Unreadable` for what is no array of numbers."""

    def part(self, name: str) -> Weights:
        """Those of a part of it, as of a cell; raises `Unreadable` if there is none."""


def places(kinds: Iterable[str]) -> list[str]:
    """What layers of these classes are called among each other.

    >>> places(["Dense", "Conv2D", "Dense", "ReLU"])
    ['dense', 'conv2d', 'dense_1', 're_lu']
    """
    seen, found = Counter[str](), []
    for kind in kinds:
        name = _snake_case(kind)
        found.append(f"{name}_{seen[name]}" if seen[name] else name)
        seen[name] += 1
    return found


def _snake_case(kind: str) -> str:
    parted = re.sub("(.)([A-Z][a-z]+)", r"\1_\2", re.sub(r"\W+", "", kind))
    return re.sub("([a-z])([A-Z])", r"\1_\2", parted).lower()
