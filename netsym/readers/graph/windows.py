"""Layers whose kernel moves along one, two or three axes, and how far it moves."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from netsym.layers import Layer, Shape
from netsym.layers.convolution import (
    Conv1d,
    Conv2d,
    Conv3d,
    ConvTranspose1d,
    ConvTranspose2d,
    ConvTranspose3d,
)
from netsym.layers.pooling import (
    AveragePool1d,
    AveragePool2d,
    AveragePool3d,
    MaxPool1d,
    MaxPool2d,
    MaxPool3d,
)
from netsym.readers.graph.traced import Unreadable

#: By how many axes they have, from one.
CONV = (Conv1d, Conv2d, Conv3d)
CONV_BACK = (ConvTranspose1d, ConvTranspose2d, ConvTranspose3d)
MAX = (MaxPool1d, MaxPool2d, MaxPool3d)
AVERAGE = (AveragePool1d, AveragePool2d, AveragePool3d)


def of_axes(kinds: Sequence[type[Layer]], axes: int) -> Any:
    """The layer along so many axes; raises `Unreadable` if there is none."""
    if not 1 <= axes <= len(kinds):
        raise Unreadable(f"moves along {axes} axes")
    return kinds[axes - 1]


def short(numbers: Shape) -> Shape:
    """One number, if it is that along every axis."""
    return numbers[:1] if len(set(numbers)) == 1 else numbers


def to_ceil(padded: int, reach: int, stride: int, start: int) -> int:
    """How much more padding at the end makes room for a last window that begins before it."""
    places = -(-(padded - reach) // stride) + 1
    if (places - 1) * stride >= start:
        places -= 1
    return max((places - 1) * stride + reach - padded, 0)
