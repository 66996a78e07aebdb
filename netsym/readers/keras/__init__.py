"""Models of Keras, in memory or in a .keras file: what they compute at inference, as layers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from netsym.network.network import Network


def from_keras(
    model: Any, *, shapes: Mapping[str, Sequence[int]] | None = None, all_digits: bool = False
) -> Network:
    """The network of a model of Keras 3 or of the path of a .keras file, with its layers' names.

    The model is Sequential or functional. The axis of the examples goes; an input with another
    axis of no fixed length needs its shape, for one example, by its name in `shapes`. An input of
    words, which an embedding reads, has one-hot rows. A float32 is the shortest decimal that
    stands for it; with `all_digits` it is the float64 that it equals. Of a file nothing is run,
    and Keras is not needed. Raises `SpecError` for what is no such model, and for layers that are
    no formulas of their inputs, all of them, with where they stand.
    """
    from netsym.readers.keras.whole import network_of_model

    return network_of_model(model, shapes or {}, all_digits)
