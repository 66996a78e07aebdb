"""Parameters of which every channel, the first axis of (channels, …), has its own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

from netsym.layers import Shape
from netsym.ops import Ops, WholeOps

A = TypeVar("A")


def for_each_channel(ops: Ops[A], parameters: Mapping[str, A], shape: Shape) -> dict[str, A]:
    """Parameters (channels,) as arrays that fit (channels, …) element by element."""
    ones = (1,) * (len(shape) - 1)
    return {key: ops.reshape(value, 1, (shape[0], *ones)) for key, value in parameters.items()}


def channelwise(ops: WholeOps[A], parameters: Mapping[str, A]) -> Mapping[str, A]:
    """The same with letters: of a vector the channels are its elements."""
    if len(ops.place.shapes[0]) == 1:
        return parameters
    return {key: ops.channelwise(value) for key, value in parameters.items()}
